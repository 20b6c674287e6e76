"""Every text of an assembly's templates, read once for what must not stand in one."""

from __future__ import annotations

import marshal
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate

from hipaa_constructs.rules._node import Resource
from hipaa_constructs.rules._resolve import intrinsic
from hipaa_constructs.rules._template import Assembly, Template
from hipaa_constructs.rules._value import Json

_FOLDED = bytes(ord("0") if 48 <= code <= 57 else code + 32 if 65 <= code <= 90 else code for code in range(256))
"""Every digit as 0, every letter in lower case."""

_VERSION = 2
"""Of marshal, of all encoders the fastest; this version does not look for what stands in two places."""

_OF_NO_WORD = bytes(code for code in range(256) if code > 127 or not (chr(code).isalnum() or chr(code) in "-.:@ "))
"""What no word of a sign has in it."""

Place = tuple[str | int, ...]


def folded(raw: Json) -> bytes:
    """Return all texts of a part of a template as bytes to look for words in, with every digit as 0."""
    return marshal.dumps(raw, _VERSION).translate(_FOLDED)


def suspects(assembly: Assembly, signs: Mapping[bytes, re.Pattern[bytes]]) -> Iterator[Resource]:
    """Yield the resources that have one of some signs anywhere in their bodies.

    Args:
        assembly: all of its resources are looked at.
        signs: patterns of texts in lower case with every digit as 0, each by a word that is in every text of it and
            that is found faster than the pattern. Words are of letters, digits and some marks only.
    """
    for template in assembly.templates:
        # Most words are nowhere in a template, so that hardly any is looked for in the texts of resources.
        words = _words(template)
        asked = {word: pattern for word, pattern in signs.items() if word in words}
        if asked:
            resources, text, ends = _folded_bodies(template)
            found = {number for word, pattern in asked.items() for number in _numbers_of(word, pattern, text, ends)}
            yield from (resources[number] for number in sorted(found))


def _words(template: Template) -> bytes:
    return template.assembly.once(("words", template), lambda: _words_of(template))


def _words_of(template: Template) -> bytes:
    """Return the texts of all resources folded, with no borders between them: to look for words only."""
    bodies: list[Json] = [resource.body for resource in template.resources.values()]
    # Version 4 writes a key once that stands in many places.
    return marshal.dumps(bodies, 4).translate(_FOLDED, _OF_NO_WORD)


def _numbers_of(word: bytes, pattern: re.Pattern[bytes], text: bytes, ends: Sequence[int]) -> Iterator[int]:
    """Yield which pieces of a text a pattern is found in, looking only where its word is."""
    place = text.find(word)
    while place != -1:
        number = bisect_right(ends, place)
        end = ends[number]
        if pattern.search(text, ends[number - 1] if number else 0, end) is not None:
            yield number
        place = text.find(word, end)


def _folded_bodies(template: Template) -> tuple[Sequence[Resource], bytes, Sequence[int]]:
    """Return all resources, the texts of them all, and where in those each one's end."""
    return template.assembly.once(("folded bodies", template), lambda: _fold_bodies(template))


def _fold_bodies(template: Template) -> tuple[Sequence[Resource], bytes, Sequence[int]]:
    resources = list(template.resources.values())
    bodies = [marshal.dumps(resource.body, _VERSION) for resource in resources]
    return resources, b"".join(bodies).translate(_FOLDED), list(accumulate(map(len, bodies)))


def has_sign(text: bytes, signs: Mapping[bytes, re.Pattern[bytes]]) -> bool:
    """Tell whether a folded text has one of some signs."""
    return any(word in text and pattern.search(text) is not None for word, pattern in signs.items())


def texts(raw: Json, path: Place = (), *, without: frozenset[str] = frozenset()) -> Iterator[tuple[Place, str]]:
    """Yield each text below a value with its place, in order, also those in every branch of an intrinsic function.

    Args:
        raw: what the template says, unresolved.
        path: where it stands.
        without: keys whose values are passed over.
    """
    pending: list[tuple[Place, Json]] = [(path, raw)]
    while pending:
        place, value = pending.pop()
        if isinstance(value, str):
            yield place, value
        elif isinstance(value, list):
            pending += reversed([((*place, index), item) for index, item in enumerate(value)])
        elif isinstance(value, dict):
            inside = intrinsic(value) is not None
            kept = [(key, item) for key, item in value.items() if key not in without]
            pending += [(place if inside else (*place, key), item) for key, item in reversed(kept)]


def anchor(template: Template) -> Resource | None:
    """Return the resource at which findings about the template itself stand: the first by name.

    One that is always made goes before one under a condition, and both before metadata of the CDK.
    """
    return min(template.resources.values(), key=_rank, default=None)


def _rank(resource: Resource) -> tuple[bool, bool, str]:
    return resource.type == "AWS::CDK::Metadata", "Condition" in resource.body, resource.logical_id


def is_anchor(resource: Resource) -> bool:
    """Tell whether findings about its template stand at a resource."""
    return resource in anchors(resource.template.assembly)


def is_first(resource: Resource) -> bool:
    """Tell whether findings about the whole run stand at a resource."""
    return resource is next(iter(anchors(resource.template.assembly)))


def anchors(assembly: Assembly) -> dict[Resource, None]:
    """Return the resources at which findings about each template stand, the one of the whole run first."""
    return assembly.once("anchors", lambda: _find_anchors(assembly))


def _find_anchors(assembly: Assembly) -> dict[Resource, None]:
    # By name, so that no verdict hangs on the order in which templates are given.
    found = (anchor(template) for template in sorted(assembly.templates, key=lambda one: one.name))
    return {resource: None for resource in found if resource is not None}
