"""Loops over plain lists, and the other functions of the language extensions."""

from __future__ import annotations

import json

import pytest

from hipaa_constructs.checker import check
from hipaa_constructs.rules import Assembly, Node, Template
from hipaa_constructs.rules._foreach import Loops
from hipaa_constructs.rules._value import ABSENT, Json, Unresolved
from tests.rules._judging import BROKEN, GONE, MET, PARAMETER, UNDECIDED, Body, resource, template, verdict

LOOPS: Json = "AWS::LanguageExtensions"
KEY: Json = {"KmsMasterKeyId": "alias/mine"}


def stack(resources: Body, **sections: Json) -> Template:
    made = Template(template(resources, Transform=LOOPS, **sections))
    Assembly([made])
    return made


def value(raw: Json, **sections: Json) -> Node:
    return stack({"It": resource("AWS::SQS::Queue", {"P": raw})}, **sections).resources["It"].at("P")


def loop(name: str, values: Json, pattern: Body) -> Json:
    return [name, values, pattern]


def test_a_loop_makes_a_resource_for_each_value() -> None:
    pattern: Body = {"Queue${Name}": resource("AWS::SQS::Queue", {"QueueName": "q-${Name}", "Tag": {"Ref": "Name"}})}
    made = stack({"Fn::ForEach::Q": loop("Name", ["A", "B"], pattern)})
    assert sorted(made.resources) == ["QueueA", "QueueB"]
    assert made.resources["QueueB"].at("QueueName").value == "q-B"
    assert made.resources["QueueB"].at("Tag").value == "B"


def test_the_resources_of_a_loop_are_judged() -> None:
    pattern: Body = {"It${Name}": resource("AWS::SQS::Queue", {"KmsMasterKeyId": "${Name}"})}
    body = template({"Fn::ForEach::Q": loop("Name", ["k1"], pattern)}, Transform=LOOPS)
    assert verdict("SqsQueueUsesCustomerManagedKey", body, of="Itk1") == MET


def test_the_line_of_a_resource_of_a_loop_is_the_loops() -> None:
    def line_of(keys: object) -> int:
        return 7 if isinstance(keys, tuple) and keys[:2] == ("Resources", "Fn::ForEach::Q") else 1

    pattern: Body = {"It${Name}": resource("AWS::SQS::Queue")}
    body = template({"Fn::ForEach::Q": loop("Name", ["A"], pattern)}, Transform=LOOPS)
    assert {one.line for one in check([Template(body, line_of=line_of)]).judgements} == {7}


@pytest.mark.parametrize(
    ("loops", "origin"),
    [(["Q"], ("Resources", "Fn::ForEach::Q")), (["P", "Q"], ("Resources",))],
    ids=["one", "two"],
)
def test_a_resource_of_a_loop_is_written_there_if_there_is_one_loop_only(
    loops: list[str], origin: tuple[str, ...]
) -> None:
    patterns: Body = {
        f"Fn::ForEach::{name}": loop("Name", ["A"], {f"{name}${{Name}}": resource("AWS::SQS::Queue")}) for name in loops
    }
    assert stack(patterns).resources["QA"].origin == origin


def test_a_resource_beside_a_loop_is_written_where_it_stands() -> None:
    looped: Json = loop("Name", ["A"], {"Q${Name}": resource("AWS::SQS::Queue")})
    made = stack({"It": resource("AWS::SQS::Queue"), "Fn::ForEach::Q": looped})
    assert made.resources["It"].origin == ("Resources", "It")


def test_an_ampersand_drops_what_no_id_may_hold() -> None:
    pattern: Body = {"Q&{Name}": resource("AWS::SQS::Queue", {"QueueName": "&{Name}|${Name}"})}
    made = stack({"Fn::ForEach::Q": loop("Name", ["a-B.c"], pattern)})
    assert made.resources["QaBc"].at("QueueName").value == "aBc|a-B.c"


def test_loops_inside_loops_make_all_pairs() -> None:
    inner: Body = {"Fn::ForEach::Inner": loop("Other", ["1", 2], {"Q${Name}${Other}": resource("AWS::SQS::Queue")})}
    assert sorted(stack({"Fn::ForEach::Q": loop("Name", ["A", "B"], inner)}).resources) == ["QA1", "QA2", "QB1", "QB2"]


def test_a_loop_over_a_name_of_the_loop_around_it_is_carried_out() -> None:
    inner: Body = {"Fn::ForEach::Inner": loop("Other", [{"Ref": "Name"}], {"Q${Other}": resource("AWS::SQS::Queue")})}
    assert sorted(stack({"Fn::ForEach::Q": loop("Name", ["A"], inner)}).resources) == ["QA"]


def test_a_loop_in_properties_makes_properties() -> None:
    looped: Json = {"Fixed": 1, "Fn::ForEach::P": loop("Name", ["A", "B"], {"Key${Name}": "${Name}"})}
    assert value(looped).value == {"Fixed": 1, "KeyA": "A", "KeyB": "B"}


def test_a_hidden_loop_in_properties_hides_them_all() -> None:
    looped: Json = {"Fixed": 1, "Fn::ForEach::P": loop("Name", PARAMETER, {"Key${Name}": "${Name}"})}
    assert isinstance(value(looped).value, Unresolved)
    assert isinstance(value([[looped]]).at(0, 0, "Fixed").value, Unresolved)


def test_a_loop_makes_conditions_and_outputs() -> None:
    conditions: Json = {"Fn::ForEach::C": loop("Name", ["A"], {"Is${Name}": {"Fn::Equals": ["${Name}", "A"]}})}
    outputs: Json = {
        "Fn::ForEach::O": loop("Name", ["A"], {"Out${Name}": {"Value": 1, "Export": {"Name": "e${Name}"}}})
    }
    made = stack({"It": resource("AWS::SQS::Queue", None, Condition="IsA")}, Conditions=conditions, Outputs=outputs)
    assert made.resources["It"].exists
    assert made.assembly.export("eA", made) is not None


def test_a_loop_that_makes_too_much_is_not_carried_out() -> None:
    many: Json = [str(number) for number in range(400)]
    inner: Body = {"Fn::ForEach::Inner": loop("B", many, {"Q${A}${B}": resource("AWS::SQS::Queue")})}
    found = stack({"Fn::ForEach::Q": loop("A", many, inner)}).resources
    assert list(found) == ["Fn::ForEach::Q"]


def test_deep_loops_are_not_carried_out() -> None:
    nested: Body = {"Q": resource("AWS::SQS::Queue")}
    for number in range(200):
        nested = {f"Fn::ForEach::L{number}": loop(f"N{number}", ["a"], nested)}
    assert [one.type for one in stack(nested).resources.values()] == ["Template::Unreadable::Loop"]


def test_deep_values_are_hidden() -> None:
    deep: Json = "x"
    for _ in range(100):
        deep = [deep]
    node = value(deep)
    while isinstance(node.value, list):
        node = node.at(0)
    assert isinstance(node.value, Unresolved)


@pytest.mark.parametrize(
    ("argument", "wanted"),
    [
        (["a", "b", "c"], 3),
        ([], 0),
        (["a", GONE], 1),
        ({"Fn::If": ["Sure", ["a"], []]}, 1),
        (["a", PARAMETER], 2),
    ],
)
def test_the_length_of_a_list_is_known(argument: Json, wanted: int) -> None:
    assert value({"Fn::Length": argument}, Conditions={"Sure": {"Fn::Equals": ["a", "a"]}}).value == wanted


@pytest.mark.parametrize("argument", [PARAMETER, "abc", None, {"a": 1}])
def test_the_length_of_what_is_no_list_is_not_known(argument: Json) -> None:
    assert isinstance(value({"Fn::Length": argument}).value, Unresolved)


@pytest.mark.parametrize(
    ("argument", "wanted"), [({"a": [1, True]}, '{"a":[1,true]}'), (["x"], '["x"]'), ({"Fn": 1}, '{"Fn":1}')]
)
def test_plain_json_is_known_as_text(argument: Json, wanted: str) -> None:
    assert value({"Fn::ToJsonString": argument}).value == wanted


@pytest.mark.parametrize(
    "argument",
    [
        {"a": PARAMETER},
        [{"Fn::Sub": "x"}],
        {"Condition": "C"},
        {"a": "{{resolve:ssm:x}}"},
        {"b": 1, "Fn::Transform": 2},
    ],
)
def test_json_with_functions_is_not_known_as_text(argument: Json) -> None:
    assert isinstance(value({"Fn::ToJsonString": argument}).value, Unresolved)


MAPPINGS: Json = {"Plans": {"live": {"Size": "big"}, "test": {"Size": "small"}}}


@pytest.mark.parametrize(
    ("keys", "wanted"),
    [
        (["Plans", "live", "Size"], "big"),
        (["Plans", "other", "Size"], "default"),
        (["Plans", "live", "Other"], "default"),
        (["Others", "live", "Size"], "default"),
    ],
)
def test_a_default_stands_for_a_key_that_no_map_has(keys: list[Json], wanted: str) -> None:
    assert value({"Fn::FindInMap": [*keys, {"DefaultValue": "default"}]}, Mappings=MAPPINGS).value == wanted


def test_a_default_that_is_gone_is_absent() -> None:
    raw: Json = {"Fn::FindInMap": ["Plans", "other", "Size", {"DefaultValue": GONE}]}
    assert value(raw, Mappings=MAPPINGS).value is ABSENT


@pytest.mark.parametrize(("default", "wanted"), [("alias/mine", MET), ("alias/aws/sqs", UNDECIDED), (GONE, UNDECIDED)])
def test_a_default_may_stand_for_a_key_that_is_not_known(default: Json, wanted: str) -> None:
    found: Json = {"Fn::FindInMap": ["Keys", PARAMETER, "Key", {"DefaultValue": default}]}
    body = template(
        {"It": resource("AWS::SQS::Queue", {"KmsMasterKeyId": found})},
        Mappings={"Keys": {"a": {"Key": "alias/a"}, "b": {"Key": "alias/b"}}},
        Transform=LOOPS,
    )
    assert verdict("SqsQueueUsesCustomerManagedKey", body) == wanted


def test_a_map_without_defaults_has_only_its_keys() -> None:
    found: Json = {"Fn::FindInMap": ["Keys", PARAMETER, "Key"]}
    body = template(
        {"It": resource("AWS::SQS::Queue", {"KmsMasterKeyId": found})},
        Mappings={"Keys": {"a": {"Key": "alias/aws/sqs"}, "b": {"Key": "alias/aws/sqs"}}},
    )
    assert verdict("SqsQueueUsesCustomerManagedKey", body) == BROKEN


def deep(leaf: Json, lists: int) -> Json:
    for _ in range(lists):
        leaf = [leaf]
    return leaf


def deep_mapping(leaf: Json, mappings: int) -> Json:
    for _ in range(mappings):
        leaf = {"A": leaf}
    return leaf


def deep_loop(leaf: Json, loops: int) -> Json:
    for _ in range(loops):
        leaf = {"Fn::ForEach::L": ["Name", ["a"], leaf if isinstance(leaf, dict) else {"Q": leaf}]}
    return leaf


def holds(raw: Json, text: str) -> bool:
    return text in json.dumps(raw)


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        (deep("leaf", 60), True),
        (deep("leaf", 61), False),
        (deep_mapping("leaf", 60), True),
        (deep_mapping("leaf", 61), False),
        ({"Fn::ForEach::L": ["Name", ["a"], {"Q": deep("leaf", 58)}]}, True),
        ({"Fn::ForEach::L": ["Name", ["a"], {"Q": deep("leaf", 59)}]}, False),
        (deep_loop("leaf", 59), True),
        (deep_loop("leaf", 60), False),
    ],
    ids=["list", "longer-list", "mapping", "longer-mapping", "in-loop", "deeper-in-loop", "loops", "more-loops"],
)
def test_values_are_read_down_to_sixty_levels(raw: Json, read: bool) -> None:
    assert holds(Loops().carried_out(raw), "leaf") is read


@pytest.mark.parametrize(("loops", "carried_out"), [(60, True), (61, False)])
def test_loops_are_carried_out_down_to_sixty_levels(loops: int, carried_out: bool) -> None:
    assert holds(Loops().carried_out(deep_loop("leaf", loops)), "ForEach::L") is not carried_out


def of_size(values: int) -> Body:
    """Make a pattern in which a number of values stand, with itself, its one entry and what is in that."""
    return {"Q&{Name}": ["x"] * (values - 2)}


@pytest.mark.parametrize(
    ("times", "size", "carried_out"),
    [(10_000, 10, True), (9_091, 11, False), (1, 100_000, True), (1, 100_001, False), (1, 200_000, False)],
)
def test_the_loops_of_a_template_make_a_hundred_thousand_values(times: int, size: int, carried_out: bool) -> None:
    raw: Body = {"Fn::ForEach::L": loop("Name", [str(number) for number in range(times)], of_size(size))}
    made = Loops().carried_out(raw)
    assert (made != raw) is carried_out


def test_a_loop_that_is_not_carried_out_stays_as_it_is_written() -> None:
    raw: Json = {"Fn::ForEach::Q": loop("Name", PARAMETER, {"Q${Name}": "x"}), "Other": "y"}
    assert Loops().carried_out(raw) == raw
