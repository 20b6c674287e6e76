"""JSON templates: parsed strictly, with the lines of their places."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Sequence

from hipaa_constructs.loading._text import BrokenText, refuse_depth, too_deep
from hipaa_constructs.rules._template import LineFinder
from hipaa_constructs.rules._value import Json

_DECODER = json.JSONDecoder()
_SPACE = re.compile(r"[ \t\n\r]*")
_LONGEST_KEY = 60
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]:,]|[^\s{}\[\]:,"]+')


def parse_json(text: str) -> tuple[Json, LineFinder]:
    """Parse JSON as strictly as CloudFormation does: no key twice, no NaN.

    Returns:
        The document, and what finds the line of a place in it.

    Raises:
        BrokenText: it is not that, or too deep.
    """
    odd = False

    def members(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
        nonlocal odd
        result = dict(pairs)
        odd = odd or len(result) != len(pairs)
        return result

    def constant(_: str) -> None:
        nonlocal odd
        odd = True

    try:
        body: Json = json.loads(text, object_pairs_hook=members, parse_constant=constant)
    except json.JSONDecodeError as fault:
        what = fault.msg[:1].lower() + fault.msg[1:]
        raise BrokenText(f"broken JSON: {what}", fault.lineno, fault.colno) from None
    except RecursionError:
        raise too_deep() from None
    except ValueError:
        # Python reads no integer of more than 4300 digits, and does not say where it stood.
        raise BrokenText("broken JSON: a number has thousands of digits") from None
    if odd:
        raise _oddity(text)
    refuse_depth(body)
    return body, JsonLines(text).line_of


class JsonLines:
    """The lines of the places of a valid JSON document.

    Only the lists and mappings on the way to a place that is asked for are ever scanned, the rest
    is skipped by the standard library's parser: a full walk in Python would cost more than all
    rules together.
    """

    def __init__(self, text: str) -> None:
        """Remember the text; nothing is scanned yet."""
        self._text = text
        self._children: dict[int, dict[str | int, tuple[int, int]]] = {}
        self._starts: list[int] = []

    def line_of(self, keys: Sequence[str | int]) -> int | None:
        """Return the line of a place, counted from 1, or of the nearest place above it."""
        mark = value = self._after_space(0)
        for key in keys:
            children = self._children_of(value)
            if key not in children:
                break
            mark, value = children[key]
        return self._line(mark)

    def _line(self, offset: int) -> int:
        if not self._starts:
            self._starts = [0, *(match.end() for match in re.finditer("\n", self._text))]
        return bisect_right(self._starts, offset)

    def _children_of(self, start: int) -> dict[str | int, tuple[int, int]]:
        if start not in self._children:
            self._children[start] = self._scan(start)
        return self._children[start]

    def _scan(self, start: int) -> dict[str | int, tuple[int, int]]:
        opening = self._text[start]
        children: dict[str | int, tuple[int, int]] = {}
        if opening not in "{[":
            return children
        at = self._after_space(start + 1)
        while self._text[at] not in "}]":
            mark, key = at, len(children) if opening == "[" else None
            if key is None:
                key, at = _DECODER.raw_decode(self._text, at)
                at = self._after_space(self._after_space(at) + 1)
            children[key] = (mark, at)
            at = self._after_space(_DECODER.raw_decode(self._text, at)[1])
            if self._text[at] == ",":
                at = self._after_space(at + 1)
        return children

    def _after_space(self, offset: int) -> int:
        match = _SPACE.match(self._text, offset)
        return match.end() if match else offset


def _oddity(text: str) -> BrokenText:
    """Find what Python's JSON parser lets pass and JSON does not mean: a key twice, or NaN."""
    levels: list[set[str] | None] = []
    last, start = "", 0
    for match in _TOKEN.finditer(text):
        token = match.group()
        if token in "{[":
            levels.append(set() if token == "{" else None)
        elif token in "}]":
            levels.pop()
        elif token in ("NaN", "Infinity", "-Infinity"):
            return _broken_at(text, match.start(), f"{token} is no JSON value")
        elif token == ":":
            key, keys = json.loads(last), levels[-1]
            if keys is not None and key in keys:
                shown = last if len(last) < _LONGEST_KEY else last[:_LONGEST_KEY] + "…"
                return _broken_at(text, start, f"the key {shown} stands here a second time")
            if keys is not None:
                keys.add(key)
        last, start = token, match.start()
    return BrokenText("broken JSON")


def _broken_at(text: str, offset: int, why: str) -> BrokenText:
    line = text.count("\n", 0, offset) + 1
    return BrokenText(f"broken JSON: {why}", line, offset - text.rfind("\n", 0, offset))
