"""Every way to weaken one place of a template."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass

from hipaa_constructs.rules._value import Json

Path = tuple[str | int, ...]

_ASIDE = ("DependsOn", "Metadata", "Type")
_WEAKER: dict[str, Json] = {
    "*": "nobody",
    "AES256": "aws:kms",
    "Allow": "Deny",
    "BucketOwnerEnforced": "ObjectWriter",
    "Deny": "Allow",
    "Enabled": "Disabled",
    "Retain": "Delete",
    "SSE-C": "NONE",
    "aws:kms": "AES256",
    "false": "true",
}
_INTRINSIC = ("Ref", "Fn::GetAtt", "Fn::Join", "Fn::Sub")


@dataclass(frozen=True, slots=True)
class Mutation:
    """One change of one place.

    Attributes:
        logical_id: the resource.
        kind: its type.
        path: the place in the resource's body.
        change: what is done there: ``deleted``, or the value it gets.
    """

    logical_id: str
    kind: str
    path: Path
    change: str
    value: Json = None

    @property
    def place(self) -> str:
        """The place as text, e.g. ``Properties/KeyPolicy/Statement/0/Effect``."""
        return "/".join(str(key) for key in self.path)

    def __str__(self) -> str:
        return f"{self.kind.rpartition('::')[2]}:{self.place}:{self.change}"

    def applied_to(self, template: dict[str, Json]) -> dict[str, Json]:
        """Return a copy of a template with the change."""
        mutated = copy.deepcopy(template)
        if not self.path:
            resources = mutated["Resources"]
            assert isinstance(resources, dict)
            del resources[self.logical_id]
            return mutated
        holder: Json = mutated
        for key in ("Resources", self.logical_id, *self.path[:-1]):
            holder = _child(holder, key)
        last = self.path[-1]
        if isinstance(holder, dict) and isinstance(last, str):
            holder[last] = self.value
            if self.change == "deleted":
                del holder[last]
        elif isinstance(holder, list) and isinstance(last, int):
            holder[last] = self.value
            if self.change == "deleted":
                holder.pop(last)
        return mutated


def mutations(template: dict[str, Json]) -> Iterator[Mutation]:
    """Yield the removal of every resource, and every deletion and every weaker value of every place in it."""
    resources = template["Resources"]
    assert isinstance(resources, dict)
    for logical_id, resource in resources.items():
        assert isinstance(resource, dict)
        kind = resource["Type"]
        assert isinstance(kind, str)
        yield Mutation(logical_id, kind, (), "removed")
        for path, value in _places(resource, ()):
            if path[0] in _ASIDE or path == ("Properties",):
                continue
            yield Mutation(logical_id, kind, path, "deleted")
            for weaker in _weaker(value):
                yield Mutation(logical_id, kind, path, str(weaker), weaker)


def _places(value: Json, path: Path) -> Iterator[tuple[Path, Json]]:
    if path:
        yield path, value
    if isinstance(value, dict) and not _is_intrinsic(value):
        for key, child in value.items():
            yield from _places(child, (*path, key))
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from _places(child, (*path, index))


def _weaker(value: Json) -> Iterator[Json]:
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield value - 1
    elif isinstance(value, float):
        yield value - 0.2
    elif isinstance(value, str):
        yield _WEAKER.get(value, "weakened")
    elif _is_intrinsic(value):
        yield "alias/aws/s3"


def _is_intrinsic(value: Json) -> bool:
    return isinstance(value, dict) and len(value) == 1 and next(iter(value)) in _INTRINSIC


def _child(holder: Json, key: str | int) -> Json:
    if isinstance(holder, dict) and isinstance(key, str):
        return holder[key]
    assert isinstance(holder, list)
    assert isinstance(key, int)
    return holder[key]
