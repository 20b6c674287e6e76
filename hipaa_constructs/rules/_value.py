"""The values of a template as a rule meets them: JSON, absent, malformed, or not known before the deployment."""

from __future__ import annotations

import enum
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from hipaa_constructs.rules._template import Template

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
Scalar: TypeAlias = "bool | int | float | str"


class Absent(enum.Enum):
    """The property is not there, or is ``AWS::NoValue``."""

    ABSENT = "absent"


ABSENT = Absent.ABSENT

UNKNOWN = "\0"
"""Stands for a piece of text that is not known; no name, ARN or policy has this character."""


@dataclass(frozen=True, slots=True)
class Malformed:
    """A value of a type that no schema allows at its place."""

    raw: Json


@dataclass(slots=True, eq=False)  # Frozen ones take three times as long to make, and a template has thousands.
class Unresolved:
    """A value that CloudFormation computes at the deployment; nothing changes it.

    Attributes:
        template: the template whose names the expression uses.
        expression: the intrinsic function, as written.
        parts: the value as text, with None for each piece that is not known.
        is_around: whether the expression makes what the value would stand in, and not the value itself.
    """

    template: Template
    expression: Json
    parts: tuple[str | None, ...] = (None,)
    is_around: bool = False

    def around(self) -> Unresolved:
        """Return what is known of a value inside this one."""
        return self if self.is_around else replace(self, is_around=True)

    def may_be(self, text: str) -> bool:
        """Tell whether the value can come out as a text, going by the pieces that are known."""
        return may_match(self.parts, text)


_ANY = (None,)


def may_match(parts: Sequence[str | None], text: str) -> bool:
    """Tell whether a text can be made of some pieces, of which those that are None can be any text."""
    if parts == _ANY:
        return True
    joined = "".join(UNKNOWN if part is None else part for part in parts)
    first, *middle = joined.split(UNKNOWN)
    if not middle:
        return text == first
    last = middle.pop()
    end = len(text) - len(last)
    if not text.startswith(first) or not text.endswith(last) or end < len(first):
        return False
    position = len(first)
    for part in middle:
        position = text.find(part, position, end)
        if position < 0:
            return False
        position += len(part)
    return True


Value: TypeAlias = "Json | Absent | Malformed | Unresolved"

_LONGEST_TEXT = 80
_LARGEST_NUMBER = 10**15


def describe(value: Value) -> str:
    """Return a value as a finding quotes it: short, on one line."""
    match value:
        case Absent():
            return "absent"
        case Malformed():
            return f"malformed: {_short(value.raw)}"
        case Unresolved():
            return _short(value.expression)
        case _:
            return _short(value)


def _short(value: Json) -> str:
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    text = " ".join(text.split()) or '""'
    return text if len(text) <= _LONGEST_TEXT else text[: _LONGEST_TEXT - 1] + "…"


def same(value: Value, wanted: Scalar) -> bool:
    """Compare as CloudFormation does, which takes ``"true"`` for true and ``"30"`` for 30."""
    if isinstance(wanted, str):
        return isinstance(value, str) and value == wanted
    if isinstance(wanted, bool):
        return value is wanted or (isinstance(value, str) and as_text(value) == as_text(wanted))
    return as_number(value) == wanted


def as_text(value: Scalar) -> str:
    """Return a scalar as the text that CloudFormation makes of it."""
    text = str(value)
    return text.lower() if len(text) in (4, 5) and text.lower() in ("true", "false") else text


def as_number(value: Value) -> float | None:
    """Return a number, also one written as text; None for anything else or beyond any real setting."""
    if isinstance(value, str) and re.fullmatch(r"-?\d{1,15}(\.\d{1,15})?", value):
        return float(value)
    if isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < _LARGEST_NUMBER:
        return float(value)
    return None


def name_in(text: str) -> str:
    """Return the name in an ARN of a bucket, a log group, a topic, a distribution or a GraphQL API.

    Other text is a name itself.
    """
    start = text.removesuffix(":*")
    if not text.startswith("arn:"):
        return start
    return start.rpartition(":")[2].removeprefix("distribution/").removeprefix("apis/")
