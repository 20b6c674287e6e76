"""How long a schedule of AWS can leave between two runs."""

from __future__ import annotations

import re
from itertools import pairwise

_RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
_CRON = re.compile(r"cron\((\S+) (\S+) (\S+) (\S+) (\S+) (\S+)\)")
_STEPS = re.compile(r"(\*|\d+)(?:-(\d+))?(?:/(\d+))?")
_MINUTES = {"minute": 1, "hour": 60, "day": 1440}
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_DAY, _WEEK, _MONTH, _YEAR = 1440, 7 * 1440, 31 * 1440, 366 * 1440


def longest_gap(schedule: str) -> int | None:
    """Return the most minutes that pass between two runs.

    Args:
        schedule: a ``rate(…)`` or ``cron(…)`` expression.

    Returns:
        None for what is neither. Some days of the week or of the month count as one of them: a week, or a month.
    """
    rate = _RATE.fullmatch(schedule)
    if rate is not None:
        return int(rate[1]) * _MINUTES[rate[2]] or None
    cron = _CRON.fullmatch(schedule)
    if cron is None:
        return None
    minutes, hours, days, months, weekdays, years = cron.groups()
    if years != "*" or not _is_every(months, 12, _MONTHS):
        return _YEAR
    if not _is_every(days, 31):
        return _MONTH
    if not _is_every(weekdays, 7, _WEEKDAYS):
        return _WEEK
    at_minutes, at_hours = _values(minutes, 60), _values(hours, 24)
    if not at_minutes or not at_hours:
        return None
    runs = sorted(60 * hour + minute for hour in at_hours for minute in at_minutes)
    return max(later - earlier for earlier, later in pairwise([*runs, runs[0] + _DAY]))


def _is_every(field: str, last: int, names: tuple[str, ...] = ()) -> bool:
    """Tell whether a field of a cron expression takes every value from 1 on."""
    for number, name in enumerate(names, 1):
        field = field.upper().replace(name, str(number))
    return field == "?" or _values(field, last + 1) >= set(range(1, last + 1))


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
