"""Templates that get rules past their first line, made of the places that rules look at and of what they want there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from hypothesis import strategies as st

from hipaa_constructs.rules import RULES, Assembly, Node, Outcome, Resource, Template
from hipaa_constructs.rules._value import Json, Scalar
from tests.rules._judging import GONE, TODAY, Body

_ROUNDS = 4
"""How often rules are asked again, each time with what they looked for the last time."""

NAMES = ("It", "Other", "Third", "Fourth")


@dataclass
class Place:
    """What rules asked of a place.

    Attributes:
        below: the places in it, with 0 for each of a list.
        wanted: the values that met what they asked.
        partners: of a resource's properties, the types that were looked through for those that point at it.
    """

    below: dict[str | int, Place] = field(default_factory=dict)
    wanted: list[Scalar] = field(default_factory=list)
    partners: dict[str, None] = field(default_factory=dict)

    def reach(self, path: tuple[str | int, ...]) -> Place:
        """Return a place below this one, which may be a new one."""
        place = self
        for key in path:
            place = place.below.setdefault(0 if isinstance(key, int) else key, Place())
        return place

    def filled(self) -> Json:
        """Return a value with all that is known to be asked of it."""
        lists = self.below.get(0)
        if lists is not None:
            return [lists.filled()]
        if self.below:
            return {str(key): place.filled() for key, place in self.below.items()}
        return self.wanted[0] if self.wanted else "x"


@contextmanager
def _recorded(root: Place, kinds: dict[str, Place]) -> Iterator[None]:
    """Note every place that is looked at, below the properties of the one resource there is."""
    at, items, must_be, pointing_at = Node.at, Node.items, Node.must_be, Assembly.pointing_at

    def note(node: Node, *more: str | int) -> Place | None:
        return root.reach((*node.path[1:], *more)) if node.path[:1] == ("Properties",) else None

    def noted_at(node: Node, *keys: str | int) -> Node:
        found = at(node, *keys)
        note(found)
        return found

    def noted_items(node: Node) -> list[Node]:
        note(node, 0)
        return items(node)

    def noted_must_be(node: Node, *wanted: Scalar) -> Outcome:
        place = note(node)
        if place is not None:
            place.wanted += [one for one in wanted if one not in place.wanted]
        return must_be(node, *wanted)

    def noted_pointing_at(
        assembly: Assembly, resource: Resource, kind: str, *path: str
    ) -> tuple[list[Resource], list[Resource]]:
        kinds.setdefault(kind, Place()).reach(tuple(0 if key == "*" else key for key in path))
        root.partners[kind] = None
        return pointing_at(assembly, resource, kind, *path)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Node, "at", noted_at)
        patch.setattr(Node, "items", noted_items)
        patch.setattr(Node, "must_be", noted_must_be)
        patch.setattr(Assembly, "pointing_at", noted_pointing_at)
        yield


def places_asked() -> dict[str, Place]:
    """Return what rules look at in the properties of each type, found by asking them again and again."""
    kinds = {kind: Place() for rule in RULES.values() for kind in rule.applies_to if kind != "*"}
    for _ in range(_ROUNDS):
        for kind, root in list(kinds.items()):
            body: Body = {"Resources": {"It": {"Type": kind, "Properties": root.filled()}}}
            assembly = Assembly([Template(body)], today=TODAY)
            with _recorded(root, kinds):
                for rule in RULES.values():
                    for resource in assembly.resources(*rule.applies_to):
                        rule.judge(resource)
    return kinds


REFERENCES: st.SearchStrategy[Json] = st.one_of(
    st.sampled_from(NAMES).map(lambda name: {"Ref": name}),
    st.sampled_from(NAMES).map(lambda name: {"Fn::GetAtt": [name, "Arn"]}),
    st.sampled_from(
        [{"Ref": "Stage"}, {"Ref": "Anything"}, {"Fn::ImportValue": "shared"}, {"Fn::Sub": "${It}-x"}, GONE]
    ),
)
VALUES: st.SearchStrategy[Json] = st.sampled_from(
    [True, False, 0, 1, 35, 2192, "", "x", "*", "arn:aws:s3:::x", None, []]
)


def _value(place: Place) -> st.SearchStrategy[Json]:
    """Return values of a place: mostly of the shape that rules expect there, also under a condition."""
    shapes: list[st.SearchStrategy[Json]] = []
    maps = {key: _value(below) for key, below in place.below.items() if isinstance(key, str)}
    if maps:
        whole: st.SearchStrategy[Json] = st.fixed_dictionaries(maps)
        part: st.SearchStrategy[Json] = st.fixed_dictionaries({}, optional=maps)
        shapes += [whole, part]
    if 0 in place.below:
        shapes.append(st.lists(_value(place.below[0]), max_size=2))
    if not shapes:
        shapes += [st.sampled_from(place.wanted)] * 3 if place.wanted else []
        shapes += [REFERENCES, VALUES]
    plain = st.one_of(shapes)
    either: st.SearchStrategy[Json] = st.tuples(plain, plain).map(lambda two: {"Fn::If": ["IsProd", *two]})
    # Of eight values one hangs on a condition, and one is of any type.
    return st.integers(0, 7).flatmap(lambda n: either if n == 0 else VALUES if n == 1 else plain)


def _resource(kind: str, root: Place) -> st.SearchStrategy[Json]:
    maps = {key: _value(below) for key, below in root.below.items() if isinstance(key, str)}
    properties = st.one_of(st.fixed_dictionaries(maps), st.fixed_dictionaries({}, optional=maps))
    return st.fixed_dictionaries(
        {"Type": st.just(kind), "Properties": properties},
        optional={
            "Condition": st.sampled_from(["IsProd", "IsOther"]),
            "DeletionPolicy": st.sampled_from(["Retain", "Delete"]),
        },
    )


_SECTIONS: Body = {
    "Parameters": {"Stage": {"Type": "String", "AllowedValues": ["prod", "dev"]}, "Anything": {"Type": "String"}},
    "Conditions": {
        "IsProd": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]},
        "IsOther": {"Fn::Equals": [{"Ref": "Anything"}, "other"]},
    },
}


def realistic(kinds: dict[str, Place]) -> st.SearchStrategy[Body]:
    """Return templates of a resource and a few others that rules about it look at; they name each other and themselves.

    Args:
        kinds: what `places_asked` found.
    """
    each = {kind: _resource(kind, root) for kind, root in kinds.items()}

    def around(kind: str) -> st.SearchStrategy[dict[str, Json]]:
        near = st.one_of([each[one] for one in (kind, *kinds[kind].partners)])
        return st.fixed_dictionaries({"It": each[kind]}, optional=dict.fromkeys(NAMES[1:], near))

    exports = st.sampled_from(NAMES).map(lambda name: {"O": {"Value": {"Ref": name}, "Export": {"Name": "shared"}}})
    return st.builds(
        lambda resources, outputs: {**_SECTIONS, "Resources": resources, "Outputs": outputs},
        st.sampled_from(sorted(kinds)).flatmap(around),
        st.one_of(st.just({}), exports),
    )
