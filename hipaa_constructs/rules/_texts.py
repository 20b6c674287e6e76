"""Every text of a template, read once for what must not stand in one."""

from __future__ import annotations

import marshal
import re
from collections.abc import Iterator, Mapping

from hipaa_constructs.rules._node import Resource
from hipaa_constructs.rules._resolve import intrinsic
from hipaa_constructs.rules._template import Template
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


def suspects(template: Template, signs: Mapping[bytes, re.Pattern[bytes]]) -> Iterator[Resource]:
    """Yield the resources of a template that have one of some signs anywhere in their bodies.

    Args:
        template: all of its resources are looked at.
        signs: patterns of texts in lower case with every digit as 0, each by a word that is in every text of it and
            that is found faster than the pattern. Words are of letters, digits and some marks only.
    """
    by_type = template.assembly.once("words", lambda: _words(template), of=template)
    # Most words are nowhere in a template, so that hardly any is looked for in the texts of each type.
    everything = b" ".join(by_type.values())
    present = {word: pattern for word, pattern in signs.items() if word in everything}
    for kind, words in by_type.items():
        patterns = [pattern for word, pattern in present.items() if word in words]
        if patterns:
            for resource in template.by_type[kind]:
                text = folded(resource.body)
                if any(pattern.search(text) is not None for pattern in patterns):
                    yield resource


def _words(template: Template) -> Mapping[str, bytes]:
    """Return the texts of all resources of each type, folded, with no borders between them: for words only."""
    # Version 4 writes a key once that stands in many places.
    return {
        kind: marshal.dumps([one.body for one in resources], 4).translate(_FOLDED, _OF_NO_WORD)
        for kind, resources in template.by_type.items()
    }


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
