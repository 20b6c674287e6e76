"""Templates as rules read them."""

from __future__ import annotations

import functools

import pytest

from hipaa_constructs.rules import Assembly, Node, Template
from hipaa_constructs.rules._template import anchored
from hipaa_constructs.rules._value import Json
from tests.rules._buckets import bucket
from tests.rules._judging import PARAMETER, Body, resource, template

EITHER: Json = {"Fn::Select": [PARAMETER, ["x", "y"]]}
TOPIC = "AWS::SNS::Topic"


def stack(body: Body) -> Template:
    made = Template(body)
    Assembly([made])
    return made


def value(raw: Json) -> Node:
    return stack(template({"It": bucket({"P": raw}), "Other": bucket()})).resources["It"].at("P")


@pytest.mark.parametrize(
    "sections",
    [
        {},
        {"Resources": None},
        {"Resources": "x"},
        {"Resources": []},
        {"Resources": {"A": None, "B": "x", "C": [], "D": {}, "E": {"Type": 3}}},
        {"Resources": {}, "Parameters": [], "Conditions": "x", "Mappings": 3, "Outputs": None},
    ],
    ids=str,
)
def test_what_is_no_resource_is_passed_over(sections: Body) -> None:
    assert stack(sections).resources == {}


@pytest.mark.parametrize(
    "output",
    [None, "x", [], {}, {"Export": None}, {"Export": {"Name": None}}, {"Export": {"Name": "x"}}],
    ids=str,
)
def test_what_is_no_output_is_passed_over(output: Json) -> None:
    made = stack(template({}, Outputs={"O": output}))
    assert made.assembly.export("x", made) is None


def test_resources_are_found_by_type() -> None:
    made = stack(template({"A": bucket(), "B": resource(TOPIC), "C": bucket()}))
    assert [one.logical_id for one in made.assembly.resources("AWS::S3::Bucket")] == ["A", "C"]


def test_resources_of_all_stacks_are_found() -> None:
    assembly = Assembly([Template(template({"A": bucket()})), Template(template({"B": bucket()}))])
    assert [one.logical_id for one in assembly.resources("*")] == ["A", "B"]


@pytest.mark.parametrize(
    ("depends_on", "wanted"),
    [
        ("A", ["A"]),
        (["A", "B"], ["A", "B"]),
        (["A", "NoSuch", 3, None], ["A"]),
        ({"Ref": "A"}, []),
        (None, []),
        (3, []),
    ],
    ids=str,
)
def test_depends_on_names_resources(depends_on: Json, wanted: list[str]) -> None:
    it = resource(TOPIC, DependsOn=depends_on)
    made = stack(template({"A": bucket(), "B": bucket(), "It": it}))
    assert [one.logical_id for one in made.resources["It"].depends_on] == wanted


def test_without_depends_on_there_is_none() -> None:
    assert stack(template({"It": bucket()})).resources["It"].depends_on == []


def test_the_path_of_the_construct_is_in_the_metadata() -> None:
    it = resource(TOPIC, Metadata={"aws:cdk:path": "Stack/Topic/Resource"})
    found = stack(template({"It": it})).resources["It"]
    assert found.construct_path == "Stack/Topic/Resource"


@pytest.mark.parametrize(
    ("one", "other", "wanted"),
    [
        ("a", "a", True),
        ("a", "b", False),
        (3, 3, False),
        (None, None, False),
        ({"Ref": "Other"}, {"Ref": "Other"}, True),
        ({"Ref": "Other"}, {"Fn::GetAtt": ["Other", "Arn"]}, True),
        ({"Ref": "Other"}, {"Fn::Sub": "${Other}"}, True),
        ({"Ref": "Other"}, {"Fn::Sub": "${Other}x"}, False),
        ({"Ref": "Other"}, {"Fn::Sub": "x${Other}"}, False),
        ({"Ref": "Other"}, {"Ref": "It"}, False),
        ({"Ref": "Other"}, "Other", False),
        (PARAMETER, PARAMETER, True),
        (PARAMETER, {"Ref": "Other"}, False),
    ],
    ids=str,
)
def test_two_places_agree_if_they_surely_hold_the_same(one: Json, other: Json, wanted: bool) -> None:
    resources: dict[str, Json] = {"It": bucket({"A": one, "B": other}), "Other": bucket()}
    found = stack(template(resources)).resources["It"]
    assert found.at("A").agrees_with(found.at("B")) is wanted


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        ({"Ref": "Other"}, "Other"),
        ({"Fn::Sub": "arn:aws:s3:::${Other}"}, "Other"),
        ({"Fn::Join": ["", [{"Ref": "Other"}, {"Ref": "It"}]]}, None),
        ({"Fn::Select": [PARAMETER, [{"Ref": "Other"}, "x"]]}, None),
        ({"Fn::Sub": ["${a}${b}", {"a": {"Ref": "Other"}, "b": "x"}]}, "Other"),
        ({"Fn::Sub": ["${a}${b}", {"a": {"Ref": "Other"}, "b": EITHER}]}, None),
        (PARAMETER, None),
        ("Other", None),
    ],
    ids=str,
)
def test_a_target_is_the_one_resource_that_a_value_is_made_of(raw: Json, wanted: str | None) -> None:
    target = value(raw).target()
    assert (target and target.logical_id) == wanted


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        (30, 30.0),
        ("30", 30.0),
        (1.5, 1.5),
        ("-1.5", -1.5),
        (True, None),
        ("1e3", None),
        (" 30", None),
        ("30 days", None),
        (float("nan"), None),
        (float("inf"), None),
        (10**400, None),
        ("1" * 400, None),
        ([], None),
    ],
    ids=lambda raw: str(raw)[:20],
)
def test_a_number_may_be_written_as_text(raw: Json, wanted: float | None) -> None:
    assert value(raw).number == wanted


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("x", "x"),
        (True, "true"),
        ({"Ref": "Other"}, '{"Ref": "Other"}'),
        ("a\n  b", "a b"),
        ("x" * 100, "x" * 79 + "…"),
    ],
    ids=lambda raw: str(raw)[:20],
)
def test_a_finding_quotes_a_value_on_one_short_line(raw: Json, shown: str) -> None:
    assert value(raw).shown() == shown


@pytest.mark.parametrize(("raw", "met"), [(30, True), ("30", True), (31, False), (True, False), ("x", False)])
def test_a_number_is_wanted_as_a_number_or_as_text(raw: Json, met: bool) -> None:
    assert (value(raw).must_be(30).verdict.value == "met") is met


def test_a_finding_quotes_what_is_not_there_as_absent() -> None:
    assert value({}).at("A").shown() == "absent"


def test_a_finding_quotes_a_value_of_the_wrong_type_as_malformed() -> None:
    assert value("x").at("A").shown() == "malformed: x"


def test_a_place_in_a_file_has_the_line_that_the_reader_finds() -> None:
    made = Template({}, line_of=lambda keys: len(keys))
    assert (made.line_of("Resources", "It"), Template({}).line_of("Resources")) == (2, None)


def test_what_asks_nothing_is_worked_out_once() -> None:
    calls: list[int] = []
    assembly = Assembly([])
    for _ in range(3):
        assembly.once("question", lambda: calls.append(1))
    assert calls == [1]


def test_what_hangs_on_a_world_is_worked_out_in_each() -> None:
    calls: list[int] = []
    assembly = Assembly([])

    def ask() -> None:
        calls.append(1)
        assembly.world.choose("a", "a", (True, False))

    for _ in range(3):
        assembly.once("question", ask)
    assert calls == [1, 1, 1]


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        ({"Fn::GetAtt": ["It", "Arn"]}, "met"),
        ({"Fn::GetAtt": "It.Arn"}, "met"),
        ({"Fn::GetAtt": ["It", {"Ref": "Attribute"}]}, "met"),
        ({"Fn::GetAtt": None}, "undecided"),
        ({"Fn::GetAtt": "It"}, "undecided"),
        ({"Fn::GetAtt": ".Arn"}, "undecided"),
        ({"Fn::GetAtt": "It."}, "undecided"),
        ({"Fn::GetAtt": ["Elsewhere"]}, "undecided"),
        ({"Fn::GetAtt": ["", "Arn"]}, "undecided"),
        ({"Fn::GetAtt": ["Elsewhere", None]}, "undecided"),
        ({"Fn::GetAtt": ["It", None]}, "undecided"),
        ({"Fn::If": [{"Ref": "It"}]}, "undecided"),
        ({"Fn::ImportValue": "Export"}, "met"),
        ({"Fn::ImportValue": {"Fn::Sub": "${AWS::Region}-export"}}, "met"),
        ({"Fn::ImportValue": None}, "undecided"),
        ({"Fn::ImportValue": ""}, "undecided"),
        ({"Fn::GetStackOutput": {"StackName": "a", "OutputName": "b"}}, "met"),
        ({"Fn::GetStackOutput": {"StackName": "a"}}, "undecided"),
        ({"Ref": "It"}, "met"),
        ({"Ref": "Parameter"}, "undecided"),
    ],
    ids=str,
)
def test_what_is_computed_is_set_if_the_function_is_whole(raw: Json, wanted: str) -> None:
    assert value(raw).must_be_set().verdict == wanted


@pytest.mark.parametrize(
    "raw", [{"Fn::GetAtt": ["It", "Arn"]}, {"Ref": "It"}, {"Fn::Sub": "a-${AWS::Region}"}], ids=str
)
def test_what_would_stand_inside_a_computed_value_is_not_known(raw: Json) -> None:
    inside = value({"A": raw}).at("A", "B")
    assert inside.must_be_set().verdict == "undecided"
    assert inside.at("C").must_be_set().verdict == "undecided"


@pytest.mark.parametrize(
    ("kind", "key"),
    [
        ("AWS::IAM::Role", "RoleName"),
        ("AWS::Backup::BackupVault", "BackupVaultName"),
        ("AWS::ECS::Cluster", "ClusterName"),
        ("AWS::ElastiCache::UserGroup", "UserGroupId"),
        ("AWS::RDS::DBParameterGroup", "DBParameterGroupName"),
        ("AWS::Events::EventBus", "Name"),
    ],
)
def test_a_resource_is_known_by_the_property_that_names_it(kind: str, key: str) -> None:
    policy: Json = {"Type": "AWS::IAM::Policy", "Properties": {"Roles": ["reader"]}}
    body: Body = {"Resources": {"It": {"Type": kind, "Properties": {key: "reader"}}, "Policy": policy}}
    assembly = Assembly([Template(body)])
    (it,) = assembly.resources(kind)
    assert assembly.pointing_at(it, "AWS::IAM::Policy", "Roles", "*") == (assembly.resources("AWS::IAM::Policy"), [])


def test_what_is_known_at_deployment_only_is_said_to_be() -> None:
    assert value(PARAMETER).undecided().found == '{"Ref": "AnyParameter"} is known at deployment only'


def test_a_resource_stands_among_the_resources_of_the_file() -> None:
    it = stack(template({"It": bucket()})).resources["It"]
    assert (it.origin, it.places) == (("Resources", "It"), {})


def test_a_template_without_name_is_called_template() -> None:
    assert Template({}).name == "template"


def test_loops_of_a_template_without_the_transform_are_not_carried_out() -> None:
    loop: Json = {"Fn::ForEach::C": ["Name", ["A"], {"Is${Name}": True}]}
    assert stack(template({}, Conditions=loop)).section("Conditions") == loop


def test_an_answer_about_a_template_is_forgotten_with_it() -> None:
    one, other = Template({"Resources": {}}), Template({"Resources": {}})
    assembly = Assembly([one, other])
    calls: list[Template] = []
    for asked in (one, other, one, other):
        assembly.once("question", functools.partial(calls.append, asked), of=asked)
    one.forget()
    for asked in (one, other):
        assembly.once("question", functools.partial(calls.append, asked), of=asked)
    assert calls == [one, other, one]


def test_a_template_without_resources_has_none_that_stands_for_it() -> None:
    empty = Template({"Resources": {}})
    assert Assembly([empty]).anchor is None
    assert list(anchored(empty)) == []


def test_the_first_template_by_name_that_has_resources_stands_for_all() -> None:
    body: dict[str, Json] = {"Resources": {"B": {"Type": "AWS::SNS::Topic"}, "A": {"Type": "AWS::SNS::Topic"}}}
    second, first, empty = Template(body, name="2"), Template(body, name="1"), Template({"Resources": {}}, name="0")
    assert Assembly([second, first, empty]).anchor is first.resources["A"]
    assert list(anchored(second)) == [second.resources["A"]]


def test_what_a_transform_makes_of_a_resource_is_not_known() -> None:
    kept: Json = {"Type": "AWS::SNS::Topic", "DeletionPolicy": "Retain", "Fn::Transform": {"Name": "AnyMacro"}}
    one = Template({"Resources": {"It": kept, "Other": {"Type": "AWS::SNS::Topic", "DeletionPolicy": "Retain"}}})
    Assembly([one])
    assert one.resources["It"].attribute("DeletionPolicy").is_unknown
    assert one.resources["It"].attribute("UpdateReplacePolicy").is_unknown
    assert one.resources["It"].attribute("UpdateReplacePolicy").undecided("x").path == ("UpdateReplacePolicy",)
    assert one.resources["Other"].attribute("DeletionPolicy").text == "Retain"
    assert one.resources["Other"].attribute("UpdateReplacePolicy").is_absent


@pytest.mark.parametrize("name", ["Nothing", "It"])
def test_a_reference_is_shown_as_it_is_written(name: str) -> None:
    body: dict[str, Json] = {"It": {"Type": "AWS::SNS::Topic", "Properties": {"To": {"Ref": name}}}}
    one = Template({"Resources": body})
    Assembly([one])
    assert one.resources["It"].at("To").shown() == f'{{"Ref": "{name}"}}'
