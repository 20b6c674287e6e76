"""How long the CDK's durations are."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from aws_cdk import Duration

_DAYS: WeakKeyDictionary[Duration, float | None] = WeakKeyDictionary()
"""What was asked: every question to Node takes time, and defaults are asked of by every construct."""


def known_days(duration: Duration) -> float | None:
    """Return how many days a duration has, also in parts, or None where only the deployment knows."""
    if duration not in _DAYS:
        _DAYS[duration] = None if duration.is_unresolved() else duration.to_days(integral=False)
    return _DAYS[duration]


def days_of(duration: Duration) -> float:
    """Return how many days a duration has, also in parts.

    Raises:
        RuntimeError: only the deployment knows.
    """
    known = known_days(duration)
    return duration.to_days(integral=False) if known is None else known
