"""How long a schedule of AWS can leave between two runs."""

from __future__ import annotations

import re
from itertools import pairwise

_RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
_CRON = re.compile(r"cron\((\S+) (\S+) (\S+) (\S+) (\S+) \S+\)")
_STEPS = re.compile(r"(\*|\d+)(?:-(\d+))?(?:/(\d+))?")
_MINUTES = {"minute": 1, "hour": 60, "day": 1440}
_DAY, _WEEK, _MONTH, _YEAR = 1440, 7 * 1440, 31 * 1440, 366 * 1440


def longest_gap(schedule: str) -> int | None:
    """Return the most minutes that pass between two runs.

    Args:
        schedule: a ``rate(…)`` or ``cron(…)`` expression.

    Returns:
        None for what is neither. Days of the week or of the month count as one of them at least: a week, or a month.
    """
    rate = _RATE.fullmatch(schedule)
    if rate is not None:
        return int(rate[1]) * _MINUTES[rate[2]] or None
    cron = _CRON.fullmatch(schedule)
    if cron is None:
        return None
    minutes, hours, days, months, weekdays = cron.groups()
    if months != "*":
        return _YEAR
    if days not in ("*", "?"):
        return _MONTH
    if weekdays not in ("*", "?"):
        return _WEEK
    at_minutes, at_hours = _values(minutes, 60), _values(hours, 24)
    if not at_minutes or not at_hours:
        return None
    runs = sorted(60 * hour + minute for hour in at_hours for minute in at_minutes)
    return max(later - earlier for earlier, later in pairwise([*runs, runs[0] + _DAY]))


def _values(field: str, end: int) -> set[int]:
    """Return the values below an end that a field of a cron expression takes; none if it is none."""
    found: set[int] = set()
    for part in field.split(","):
        steps = _STEPS.fullmatch(part)
        if steps is None:
            return set()
        first = 0 if steps[1] == "*" else int(steps[1])
        last = int(steps[2]) if steps[2] else end - 1 if steps[1] == "*" or steps[3] else first
        if not first <= last < end:
            return set()
        found.update(range(first, last + 1, int(steps[3] or 1) or end))
    return found
