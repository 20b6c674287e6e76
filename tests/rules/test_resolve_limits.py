"""How deep and how long intrinsic functions are followed: to the limit, and not past it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from hipaa_constructs.rules import Assembly, Template
from hipaa_constructs.rules._resolve import DEEPEST, MOST_STEPS, condition
from hipaa_constructs.rules._value import ABSENT, Json, Value
from hipaa_constructs.rules._world import World
from tests.rules._judging import GONE, PARAMETER, Body, resource, template

REGION: Json = {"Ref": "AWS::Region"}
SURE: Json = {"Fn::Equals": ["a", "a"]}
SECTIONS: Body = {
    "Conditions": {"Sure": SURE},
    "Mappings": {"Map": {"0": {"Key": "0"}, "1": {"Key": "1"}}, "Others": {"a": {"Key": "1"}}},
    "Outputs": {"Zero": {"Value": "0", "Export": {"Name": "0"}}},
}


def stack(body: Body, *others: Template, path: Path | None = None) -> Template:
    """Make a stack whose questions all get their second answer."""
    made = Template(body, region="us-east-1", stack_name="Home", path=path)
    Assembly([made, *others]).world = World([1])
    return made


def value(raw: Json, **sections: Json) -> Value:
    body = template({"It": resource("AWS::S3::Bucket", {"Tags": raw})}, **{**SECTIONS, **sections})
    return stack(body).resources["It"].at("Tags").value


def nested(wrap: Callable[[Json], Json], raw: Json, levels: int) -> Json:
    for _ in range(levels):
        raw = wrap(raw)
    return raw


def of_one(raw: Json) -> Json:
    """Return a list that is there if a value is known to be 0."""
    return {"Fn::Select": [raw, [["0"]]]}


WRAPS: dict[str, tuple[int, Callable[[Json], Json]]] = {
    "piece": (1, lambda raw: {"Fn::Join": ["", [raw]]}),
    "pieces": (2, lambda raw: {"Fn::Join": ["", of_one(raw)]}),
    "variable": (1, lambda raw: {"Fn::Sub": ["${v}", {"v": raw}]}),
    "index": (1, lambda raw: {"Fn::Select": [raw, ["0"]]}),
    "list": (2, lambda raw: {"Fn::Select": ["0", of_one(raw)]}),
    "item": (1, lambda raw: {"Fn::Select": ["0", [raw]]}),
    "branch": (1, lambda raw: {"Fn::If": ["Sure", raw, "1"]}),
    "key": (1, lambda raw: {"Fn::FindInMap": ["Map", raw, "Key"]}),
    "default": (1, lambda raw: {"Fn::FindInMap": ["Map", "none", "Key", {"DefaultValue": raw}]}),
    "default-of-any-key": (1, lambda raw: {"Fn::FindInMap": ["Others", PARAMETER, "Key", {"DefaultValue": raw}]}),
    "export": (1, lambda raw: {"Fn::ImportValue": raw}),
    "length": (3, lambda raw: {"Fn::Select": [{"Fn::Length": of_one(raw)}, ["1", "0"]]}),
}
EACH = pytest.mark.parametrize(("cost", "wrap"), WRAPS.values(), ids=WRAPS)


@EACH
def test_functions_inside_functions_are_followed_to_the_limit(cost: int, wrap: Callable[[Json], Json]) -> None:
    assert value(nested(wrap, "0", DEEPEST // cost)) == "0"


@EACH
def test_functions_inside_functions_are_not_followed_past_the_limit(cost: int, wrap: Callable[[Json], Json]) -> None:
    assert value(nested(wrap, "0", DEEPEST // cost + 1)) != "0"


@pytest.mark.parametrize(("levels", "is_known"), [((DEEPEST - 1) // 2, True), ((DEEPEST - 1) // 2 + 1, False)])
def test_what_a_length_counts_is_followed_to_the_limit(levels: int, is_known: bool) -> None:
    found = value(nested(lambda raw: {"Fn::Select": [{"Fn::Length": [raw]}, [GONE, "1"]]}, GONE, levels))
    assert (found is ABSENT) is is_known


CHAINS: dict[str, tuple[Callable[[int], Json], Callable[[dict[int, Json]], Body]]] = {
    "export": (
        lambda number: {"Fn::ImportValue": f"e{number}"},
        lambda values: {
            "Outputs": {f"O{n}": {"Value": one, "Export": {"Name": f"e{n}"}} for n, one in values.items()},
        },
    ),
    "output": (
        lambda number: {"Fn::GetStackOutput": {"StackName": "Home", "OutputName": f"O{number}"}},
        lambda values: {"Outputs": {f"O{n}": {"Value": one} for n, one in values.items()}},
    ),
    "map": (
        lambda number: {"Fn::FindInMap": ["Map", f"k{number}", "Key"]},
        lambda values: {"Mappings": {"Map": {f"k{n}": {"Key": one} for n, one in values.items()}}},
    ),
}


@pytest.mark.parametrize(("levels", "is_known"), [(DEEPEST, True), (DEEPEST + 1, False)])
@pytest.mark.parametrize(("reading", "sections"), CHAINS.values(), ids=CHAINS)
def test_values_that_refer_to_each_other_are_followed_to_the_limit(
    reading: Callable[[int], Json], sections: Callable[[dict[int, Json]], Body], levels: int, is_known: bool
) -> None:
    values = {number: reading(number - 1) if number else "0" for number in range(levels)}
    assert (value(reading(levels - 1), **sections(values)) == "0") is is_known


@pytest.mark.parametrize(("children", "is_known"), [(DEEPEST // 2, True), (DEEPEST // 2 + 1, False)])
def test_nested_stacks_are_followed_to_the_limit(children: int, is_known: bool) -> None:
    def output(number: int) -> Json:
        return {"Fn::GetAtt": [f"Child{number}", "Outputs.Out"]} if number else "0"

    made: Body = {
        f"Child{number}": resource(
            "AWS::CloudFormation::Stack",
            {"TemplateURL": f"{number}.json", "Parameters": {"In": output(number - 1)}},
        )
        for number in range(1, children + 1)
    }
    child = template({}, Parameters={"In": {"Type": "String"}}, Outputs={"Out": {"Value": {"Ref": "In"}}})
    others = [Template(child, path=Path(f"/stacks/{number}.json")) for number in range(1, children + 1)]
    it = resource("AWS::S3::Bucket", {"Tags": output(children)})
    parent = stack(template({**made, "It": it}), *others, path=Path("/stacks/parent.json"))
    assert (parent.resources["It"].at("Tags").value == "0") is is_known


def chosen(raw: Json) -> Json:
    return {"Fn::If": [raw, "0", "1"]}


CONDITIONS: dict[str, tuple[int, Callable[[str], Json]]] = {
    "name": (1, lambda name: {"Condition": name}),
    "left": (2, lambda name: {"Fn::Equals": [chosen(name), "0"]}),
    "right": (2, lambda name: {"Fn::Equals": ["0", chosen(name)]}),
}


@pytest.mark.parametrize("more", [0, 1], ids=["within", "past"])
@pytest.mark.parametrize(("cost", "naming"), CONDITIONS.values(), ids=CONDITIONS)
def test_conditions_are_followed_to_the_limit(cost: int, naming: Callable[[str], Json], more: int) -> None:
    levels = (DEEPEST - 1) // cost + more
    conditions: Body = {"C0": SURE, **{f"C{n}": naming(f"C{n - 1}") for n in range(1, levels + 1)}}
    assert condition(stack(template({}, Conditions=conditions)), f"C{levels}") is not bool(more)


OPERATORS: dict[str, tuple[int, Callable[[Json], Json]]] = {
    "not": (2, lambda raw: {"Fn::Not": [{"Fn::Not": [raw]}]}),
    "and": (1, lambda raw: {"Fn::And": [raw]}),
    "or": (1, lambda raw: {"Fn::Or": [raw]}),
}


@pytest.mark.parametrize("more", [0, 1], ids=["within", "past"])
@pytest.mark.parametrize(("cost", "wrap"), OPERATORS.values(), ids=OPERATORS)
def test_operators_inside_operators_are_followed_to_the_limit(
    cost: int, wrap: Callable[[Json], Json], more: int
) -> None:
    conditions: Body = {"C": nested(wrap, SURE, (DEEPEST - 1) // cost + more)}
    assert condition(stack(template({}, Conditions=conditions)), "C") is not bool(more)


@pytest.mark.parametrize(("regions", "is_known"), [(MOST_STEPS - 1, True), (MOST_STEPS, False)])
def test_as_many_functions_as_said_are_carried_out_for_a_value(regions: int, is_known: bool) -> None:
    assert (value({"Fn::Join": ["", [REGION] * regions]}) == "us-east-1" * regions) is is_known


def test_the_functions_of_other_values_do_not_count() -> None:
    values: Json = [{"Fn::Join": ["", [REGION] * (MOST_STEPS - 1)]} for _ in range(2)]
    it = stack(template({"It": resource("AWS::S3::Bucket", {"Tags": values})})).resources["It"]
    assert [isinstance(one.value, str) for one in it.at("Tags").items()] == [True, True]


def long_condition(regions: int) -> Json:
    return {"Fn::Equals": [{"Fn::Join": ["", [REGION] * regions]}, "us-east-1" * regions]}


@pytest.mark.parametrize(("regions", "is_known"), [(MOST_STEPS - 1, True), (MOST_STEPS, False)])
def test_as_many_functions_as_said_are_carried_out_for_a_condition(regions: int, is_known: bool) -> None:
    made = stack(template({}, Conditions={"C": long_condition(regions)}))
    assert condition(made, "C") is is_known


def test_the_functions_of_other_conditions_do_not_count() -> None:
    conditions: Body = {name: long_condition(MOST_STEPS - 1) for name in ("C", "D")}
    made = stack(template({}, Conditions=conditions))
    assert condition(made, "C")
    assert condition(made, "D")
