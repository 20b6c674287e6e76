"""Every text of an assembly's templates, read once for what must not stand in one."""

from __future__ import annotations

import marshal
import re
from collections.abc import Iterator, Mapping

from hipaa_constructs.rules._node import Resource
from hipaa_constructs.rules._resolve import intrinsic
from hipaa_constructs.rules._template import Assembly, Template
from hipaa_constructs.rules._value import Json

_FOLDED = bytes(ord("0") if 48 <= code <= 57 else code + 32 if 65 <= code <= 90 else code for code in range(256))
"""Every digit as 0, every letter in lower case."""

Place = tuple[str | int, ...]


def folded(raw: Json, version: int = 2) -> bytes:
    """Return all texts of a part of a template as bytes to look for words in, with every digit as 0.

    Args:
        raw: what the template says, unresolved.
        version: of the encoding. 2 does not look for what stands in several places, 3 writes it once; in both no
            digit or letter of another value stands beside a text.
    """
    # Of all encoders this one is the fastest.
    return marshal.dumps(raw, version).translate(_FOLDED)


def suspects(assembly: Assembly, signs: Mapping[bytes, re.Pattern[bytes]]) -> Iterator[Resource]:
    """Yield the resources that have one of some signs anywhere in their bodies.

    Args:
        assembly: all of its resources are looked at.
        signs: patterns of texts in lower case with every digit as 0, each by a word that is in every text of it and
            that is found faster than the pattern.
    """
    for template in assembly.templates:
        # Most signs are nowhere in a template, so that hardly any is looked for in each resource.
        found = _signs_in(_all_folded(template), signs)
        if found:
            for resource, text in _each_folded(template):
                if any(map(text.__contains__, found)) and has_sign(text, found):
                    yield resource


def _all_folded(template: Template) -> bytes:
    bodies: list[Json] = [resource.body for resource in template.resources.values()]
    return template.assembly.once(("all folded", template), lambda: folded(bodies, version=3))


def _each_folded(template: Template) -> list[tuple[Resource, bytes]]:
    resources = template.resources.values()
    return template.assembly.once(("each folded", template), lambda: [(one, folded(one.body)) for one in resources])


def has_sign(text: bytes, signs: Mapping[bytes, re.Pattern[bytes]]) -> bool:
    """Tell whether a folded text has one of some signs."""
    return any(word in text and pattern.search(text) is not None for word, pattern in signs.items())


def _signs_in(text: bytes, signs: Mapping[bytes, re.Pattern[bytes]]) -> dict[bytes, re.Pattern[bytes]]:
    return {word: pattern for word, pattern in signs.items() if word in text and pattern.search(text) is not None}


def texts(raw: Json, path: Place = (), *, without: frozenset[str] = frozenset()) -> Iterator[tuple[Place, str]]:
    """Yield each text below a value with its place, also those in every branch of an intrinsic function.

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
            pending += [((*place, index), item) for index, item in enumerate(value)]
        elif isinstance(value, dict):
            inside = intrinsic(value) is not None
            pending += [(place if inside else (*place, key), item) for key, item in value.items() if key not in without]


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
    return resource is next(iter(anchors(resource.template.assembly)), None)


def anchors(assembly: Assembly) -> dict[Resource, None]:
    """Return the resources at which findings about each template stand, the one of the whole run first."""
    return assembly.once("anchors", lambda: _find_anchors(assembly))


def _find_anchors(assembly: Assembly) -> dict[Resource, None]:
    # By name, so that no verdict hangs on the order in which templates are given.
    found = (anchor(template) for template in sorted(assembly.templates, key=lambda one: one.name))
    return {resource: None for resource in found if resource is not None}
