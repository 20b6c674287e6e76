"""YAML templates: parsed as CloudFormation does, with its short tags in their long form.

The body is built from the parser's events and not by PyYAML's own constructor: so nothing recurses
however deep the text is nested, aliases are counted before they multiply, a key that stands twice
is seen, and dates stay text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeAlias

import yaml

from hipaa_constructs.loading._text import DEEPEST, BrokenText, refuse_depth, too_deep
from hipaa_constructs.rules._template import LineFinder
from hipaa_constructs.rules._value import Json

LARGEST_EXPANSION = 10 * 1024 * 1024
"""What aliases may add to a file, in characters, before it counts as an attack on memory."""

_LOADER: type[yaml.SafeLoader | yaml.CSafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_COST_OF_A_VALUE = 16
_STANDARD = "tag:yaml.org,2002:"
_MAP, _SEQUENCE, _TEXT = f"{_STANDARD}map", f"{_STANDARD}seq", f"{_STANDARD}str"
_TYPED = tuple(_STANDARD + kind for kind in ("null", "bool", "int", "float", "timestamp"))
_WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
_FRACTION = re.compile(r"[-+]?([0-9]{1,18}\.[0-9]*|\.[0-9]+)([eE][-+]?[0-9]{1,2})?")
_MEANING: dict[bool | None, tuple[str, ...]] = {
    None: ("null", "~", ""),
    True: ("true", "yes", "on"),
    False: ("false", "no", "off"),
}
_WORDS: dict[str, bool | None] = {
    spelling: value
    for value, words in _MEANING.items()
    for word in words
    for spelling in (word, word.capitalize(), word.upper())
}
_MERGE = "<<"

Lines: TypeAlias = dict[int, dict[str | int, int]]
"""The line of each key or index of a list or mapping, by the identity of the latter."""

Place: TypeAlias = tuple[int, int]
"""A line and a column, both counted from 1."""


def parse_yaml(text: str) -> tuple[Json, LineFinder]:
    """Parse YAML.

    Plain words are read as YAML 1.1 does, but only decimal numbers are numbers: what else YAML 1.1
    knows (a date, ``0755``, ``22:22``) stays the text that was written. Keys are always text.

    Returns:
        The document, and what finds the line of a place in it.

    Raises:
        BrokenText: it is broken, too deep, expands too much, or is several documents.
    """
    builder = _Builder()
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            builder.take(event)
    except yaml.MarkedYAMLError as fault:
        mark = fault.problem_mark or fault.context_mark
        what = fault.problem or fault.context or "it can't be parsed"
        place = (mark.line + 1, mark.column + 1) if mark else None
        raise _broken(what, place) from None
    except yaml.reader.ReaderError as fault:
        raise BrokenText(f"broken YAML: {fault.reason}", *_place(text, fault.position)) from None
    except yaml.YAMLError:
        raise BrokenText("broken YAML: it can't be parsed") from None
    body = builder.document
    refuse_depth(body)
    return body, _line_finder(body, builder.lines)


def _line_finder(body: Json, lines: Lines) -> LineFinder:
    def line_of(keys: Sequence[str | int]) -> int | None:
        place, line = body, 1
        for key in keys:
            known = lines.get(id(place), {})
            if key not in known:
                break
            line = known[key]
            match place, key:
                case dict(), str():
                    place = place[key]
                case list(), int():
                    place = place[key]
        return line

    return line_of


class _Level:
    """A list or mapping that is being read.

    Attributes:
        holder: what was read of it so far.
        tag: its short tag, if it has one.
        anchor: its anchor, if it has one.
        place: where it starts.
        cost: what an alias of it would add.
        key: the key whose value comes next.
        merged: the keys that come from a merge and that a key of its own replaces.
    """

    __slots__ = ("anchor", "cost", "holder", "key", "merged", "place", "tag")

    def __init__(
        self,
        holder: list[Json] | dict[str, Json],
        tag: str | None,
        anchor: str | None,
        place: Place,
    ) -> None:
        self.holder = holder
        self.tag = tag
        self.anchor = anchor
        self.place = place
        self.cost = _COST_OF_A_VALUE
        self.key: str | None = None
        self.merged: set[str] = set()


class _Builder:
    """Builds the body from the events of the parser.

    Attributes:
        document: the body, once all events are taken.
        lines: where everything in it stands.
    """

    def __init__(self) -> None:
        self.document: Json = None
        self.lines: Lines = {}
        self._levels: list[_Level] = []
        self._documents = 0
        self._anchors: dict[str, tuple[Json, int] | None] = {}
        self._expansion = 0

    def take(self, event: yaml.Event) -> None:
        mark = event.start_mark
        place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        match event:
            case yaml.DocumentStartEvent():
                self._start_document(place)
            case yaml.AliasEvent(anchor=str(anchor)):
                self._put(*self._aliased(anchor, place), place)
            case yaml.ScalarEvent():
                self._take_scalar(event, place)
            case yaml.MappingStartEvent():
                self._open({}, _tag(event.tag, _MAP, place), event.anchor, place)
            case yaml.SequenceStartEvent():
                self._open([], _tag(event.tag, _SEQUENCE, place), event.anchor, place)
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self._close()

    def _start_document(self, place: Place) -> None:
        self._documents += 1
        if self._documents > 1:
            template = isinstance(self.document, dict) and "Resources" in self.document
            raise BrokenText("it has several YAML documents, a template is one", *place, foreign=not template)

    def _open(
        self,
        holder: list[Json] | dict[str, Json],
        tag: str | None,
        anchor: str | None,
        place: Place,
    ) -> None:
        if self._awaits_key():
            raise _broken("a list or mapping can't be a key", place)
        if len(self._levels) >= DEEPEST:
            raise too_deep(*place)
        if anchor is not None:
            self._anchors[anchor] = None
        self.lines[id(holder)] = {}
        self._levels.append(_Level(holder, tag, anchor, place))

    def _close(self) -> None:
        level = self._levels.pop()
        value: Json = level.holder
        if level.tag is not None:
            value = self._function(level.tag, value, level.place)
        if level.anchor is not None:
            self._anchors[level.anchor] = (value, level.cost)
        self._put(value, level.cost, level.place)

    def _take_scalar(self, event: yaml.ScalarEvent, place: Place) -> None:
        text: str = event.value
        cost = _COST_OF_A_VALUE + len(text)
        if self._awaits_key():
            self._take_key(text, event.implicit[0], place)
            if event.anchor is not None:
                self._anchors[event.anchor] = (text, cost)
            return
        tag = _tag(event.tag, _TEXT, place)
        value: Json = text
        if tag is not None:
            value = self._function(tag, text, place)
        elif event.tag in _TYPED or event.implicit[0]:
            value = _plain(text)
        if event.anchor is not None:
            self._anchors[event.anchor] = (value, cost)
        self._put(value, cost, place)

    def _awaits_key(self) -> bool:
        level = self._levels[-1] if self._levels else None
        return level is not None and level.key is None and isinstance(level.holder, dict)

    def _take_key(self, text: str, plain: bool, place: Place) -> None:
        level = self._levels[-1]
        level.key = text
        level.cost += len(text)
        if plain and text == _MERGE:
            return
        if text in level.holder and text not in level.merged:
            raise _broken(f"the key {text[:60]!r} stands here a second time", place)
        level.merged.discard(text)
        self.lines[id(level.holder)][text] = place[0]

    def _put(self, value: Json, cost: int, place: Place) -> None:
        if not self._levels:
            self.document = value
            return
        level = self._levels[-1]
        level.cost += cost
        if isinstance(level.holder, list):
            self.lines[id(level.holder)][len(level.holder)] = place[0]
            level.holder.append(value)
        elif level.key is None:
            self._take_key(_as_key(value, place), False, place)
        elif level.key == _MERGE and level.key not in self.lines[id(level.holder)]:
            self._merge(value, level, place)
            level.key = None
        else:
            level.holder[level.key] = value
            level.key = None

    def _merge(self, value: Json, level: _Level, place: Place) -> None:
        for source in value if isinstance(value, list) else [value]:
            if not isinstance(source, dict) or not isinstance(level.holder, dict):
                raise _broken("only mappings can be merged with <<", place)
            for key, child in source.items():
                if key not in level.holder:
                    level.holder[key] = child
                    level.merged.add(key)
                    self.lines[id(level.holder)][key] = self.lines[id(source)].get(key, place[0])

    def _aliased(self, anchor: str, place: Place) -> tuple[Json, int]:
        if anchor not in self._anchors:
            raise _broken(f"the alias *{anchor} has no anchor", place)
        target = self._anchors[anchor]
        if target is None:
            raise _broken(f"the alias *{anchor} stands inside its own anchor", place)
        self._expansion += target[1]
        if self._expansion > LARGEST_EXPANSION:
            raise _broken(f"its aliases expand to more than {LARGEST_EXPANSION // 1024**2} MiB", place)
        return target

    def _function(self, tag: str, argument: Json, place: Place) -> Json:
        """Return the long form of a short tag, also of one that came after this was written."""
        name = tag[1:] if tag in ("!Ref", "!Condition") else f"Fn::{tag[1:]}"
        if tag == "!GetAtt" and isinstance(argument, str) and "." in argument:
            argument = list(argument.split(".", 1))
            self.lines[id(argument)] = {}
        long_form: dict[str, Json] = {name: argument}
        self.lines[id(long_form)] = {name: place[0]}
        return long_form


def _tag(tag: str | None, usual: str, place: Place) -> str | None:
    """Return a short tag; None for no tag or one that changes nothing.

    Raises:
        BrokenText: CloudFormation does not know it either, as one that makes a Python object.
    """
    if tag is None or tag in ("!", usual) or (usual == _TEXT and tag in _TYPED):
        return None
    if tag.startswith("!") and tag[1:].isalnum():
        return tag
    shown = tag.replace(_STANDARD, "!!")
    raise _broken(f"the tag {shown[:60]} is none of CloudFormation's", place)


def _plain(text: str) -> Json:
    if text in _WORDS:
        return _WORDS[text]
    if _WHOLE.fullmatch(text):
        return int(text)
    return float(text) if _FRACTION.fullmatch(text) else text


def _as_key(value: Json, place: Place) -> str:
    if isinstance(value, str):
        return value
    raise _broken("only text can be a key", place)


def _broken(why: str, place: Place | None) -> BrokenText:
    return BrokenText(f"broken YAML: {why}", *(place or ()))


def _place(text: str, offset: int) -> tuple[int, int]:
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)
