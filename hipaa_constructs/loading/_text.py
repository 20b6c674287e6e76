"""What JSON and YAML have in common: how deep they may be, how a broken one is described."""

from __future__ import annotations

from hipaa_constructs.rules._value import Json

DEEPEST = 100
"""The levels of the deepest file that is read, far beyond any schema of AWS."""


class BrokenText(Exception):
    """Text that is not the JSON or YAML of a template.

    Attributes:
        line: counted from 1, if known.
        column: counted from 1, if known.
        foreign: whether it is well-formed, but never a template.
    """

    def __init__(
        self,
        why: str,
        line: int | None = None,
        column: int | None = None,
        *,
        foreign: bool = False,
    ) -> None:
        """Say what is wrong, and where."""
        super().__init__(why)
        self.line = line
        self.column = column
        self.foreign = foreign


def too_deep(line: int | None = None, column: int | None = None) -> BrokenText:
    """Return the refusal of lists and mappings below `DEEPEST`."""
    return BrokenText(f"it is nested deeper than {DEEPEST} levels", line, column)


def refuse_depth(body: Json) -> None:
    """Refuse a body that rules could not walk.

    Raises:
        BrokenText: it is deeper than `DEEPEST`.
    """
    level = [body]
    for _ in range(DEEPEST + 1):
        level = [child for place in level for child in _children(place) if isinstance(child, (dict, list))]
        if not level:
            return
    raise too_deep()


def _children(place: Json) -> list[Json]:
    if isinstance(place, dict):
        return list(place.values())
    return place if isinstance(place, list) else []
