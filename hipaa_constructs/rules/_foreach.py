"""Loops of the language extensions: ``Fn::ForEach`` over a plain list, written out as CloudFormation does it."""

from __future__ import annotations

import re

from hipaa_constructs.rules._value import Json

LOOP = "Fn::ForEach::"

MOST_VALUES = 100_000
"""Values that the loops of one template may make; CloudFormation takes 500 resources."""

_DEEPEST = 60


class Loops:
    """Carries loops out, within a budget for the whole template."""

    def __init__(self) -> None:
        """Start with the whole budget."""
        self._left = MOST_VALUES

    def carried_out(self, raw: Json, names: dict[str, str] | None = None, depth: int = 0) -> Json:
        """Return a value in which loops over plain lists are written out; others stay as they are.

        A mapping that keeps a loop among other keys can't be read, unless it is a section of the template.

        Args:
            raw: the value.
            names: what the identifiers of the loops around it stand for.
            depth: how deep the value stands.
        """
        names = names or {}
        if depth > _DEEPEST:
            return {"Fn::Transform": LOOP}
        if isinstance(raw, str):
            return _replaced(raw, names)
        if isinstance(raw, list):
            return [self.carried_out(one, names, depth + 1) for one in raw]
        if not isinstance(raw, dict):
            return raw
        if len(raw) == 1 and isinstance(name := raw.get("Ref"), str) and name in names:
            return names[name]
        return self._mapping(raw, names, depth, holds_entries=not depth)

    def _mapping(self, raw: dict[str, Json], names: dict[str, str], depth: int, *, holds_entries: bool) -> Json:
        result: dict[str, Json] = {}
        unread = False
        for key, value in raw.items():
            if not key.startswith(LOOP):
                result[_replaced(key, names)] = self.carried_out(value, names, depth + 1)
                continue
            made = self._loop(value, names, depth)
            if made is None:
                result[_replaced(key, names)] = value
                unread = True
            else:
                result |= made
        # Where entries stand side by side, those of the loop are hidden and the others are not.
        return {"Fn::Transform": LOOP} if unread and not holds_entries else result

    def _loop(self, raw: Json, names: dict[str, str], depth: int) -> dict[str, Json] | None:
        match raw:
            case [str(name), list(values), dict(pattern)]:
                pass
            case _:
                return None
        made: dict[str, Json] = {}
        size = _size(pattern)
        for value in values:
            text = _text(self.carried_out(value, names, depth + 1))
            self._left -= size
            if text is None or self._left < 0:
                return None
            one = self._mapping(pattern, {**names, name: text}, depth + 1, holds_entries=True)
            if not isinstance(one, dict) or any(key.startswith(LOOP) for key in one):
                return None
            made |= one
        return made


def _text(value: Json) -> str | None:
    return str(value) if isinstance(value, (int, float, str)) and not isinstance(value, bool) else None


def _replaced(text: str, names: dict[str, str]) -> str:
    for name, value in names.items():
        text = text.replace("${" + name + "}", value)
        # Named so, a text loses what no logical id may hold.
        text = text.replace("&{" + name + "}", re.sub("[^A-Za-z0-9]", "", value))
    return text


def _size(raw: Json) -> int:
    """Return how many values stand in a value; where they are more than the budget allows, one more than that."""
    pending: list[Json] = [raw]
    size = 0
    while pending and size <= MOST_VALUES:
        value = pending.pop()
        size += 1
        if isinstance(value, dict):
            pending += value.values()
        elif isinstance(value, list):
            pending += value
    return size
