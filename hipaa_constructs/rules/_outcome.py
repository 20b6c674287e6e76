"""What a rule can say of a resource."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from typing import NamedTuple


class Verdict(enum.StrEnum):
    """The four answers of a rule. Unknown is never a pass."""

    MET = "met"
    BROKEN = "broken"
    UNDECIDED = "undecided"
    NOT_APPLICABLE = "not applicable"


class Outcome(NamedTuple):
    """A verdict, where in the resource it was read, and what was found there.

    Attributes:
        verdict: the answer.
        path: the place in the resource's body, e.g. ``("Properties", "VersioningConfiguration", "Status")``.
        found: for *broken* what the template says there; for *undecided* what hides it; else empty.
    """

    verdict: Verdict
    path: tuple[str | int, ...] = ()
    found: str = ""

    @property
    def property(self) -> str:
        """The place as a person writes it: ``VersioningConfiguration.Status``."""
        keys = self.path[1:] if self.path[:1] == ("Properties",) else self.path
        text = ""
        for key in keys:
            text += f"[{key}]" if isinstance(key, int) else f".{key}" if text else key
        return text


# To look a member of an enumeration up costs more than to compare it.
_MET, _BROKEN, _UNDECIDED, _NOT_APPLICABLE = Verdict

MET = Outcome(_MET)
NOT_APPLICABLE = Outcome(_NOT_APPLICABLE)


def broken(*path: str | int, found: str) -> Outcome:
    """Return the verdict that the resource does not show the state wanted."""
    return Outcome(_BROKEN, path, found)


def undecided(*path: str | int, why: str) -> Outcome:
    """Return the verdict that the template alone can't tell."""
    return Outcome(_UNDECIDED, path, why)


def all_met(outcomes: Iterable[Outcome]) -> Outcome:
    """Combine demands that must all hold: the first broken one decides, then the first undecided one."""
    result = NOT_APPLICABLE
    for outcome in outcomes:
        verdict = outcome.verdict
        if verdict is _BROKEN:
            return outcome
        if verdict is _UNDECIDED:
            if result.verdict is not _UNDECIDED:
                result = outcome
        elif verdict is _MET and result is NOT_APPLICABLE:
            result = outcome
    return result


def any_met(outcomes: Iterable[Outcome]) -> Outcome:
    """Combine alternatives of which one is enough: the first met one decides, then the first undecided one."""
    result = NOT_APPLICABLE
    for outcome in outcomes:
        verdict = outcome.verdict
        if verdict is _MET:
            return outcome
        if verdict is _UNDECIDED:
            if result.verdict is not _UNDECIDED:
                result = outcome
        elif verdict is _BROKEN and result is NOT_APPLICABLE:
            result = outcome
    return result
