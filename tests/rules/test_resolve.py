"""Intrinsic functions, carried out as far as the templates alone allow."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules import Assembly, Template
from hipaa_constructs.rules._node import Node
from hipaa_constructs.rules._resolve import intrinsic, names_in, settled
from hipaa_constructs.rules._value import UNKNOWN, Json, Malformed, Unresolved, Value
from hipaa_constructs.rules._world import World, explore
from tests.rules._buckets import bucket
from tests.rules._judging import (
    BROKEN,
    GONE,
    MALFORMED,
    MET,
    PARAMETER,
    UNDECIDED,
    Body,
    template,
    verdict,
)

VERSIONED = "S3BucketVersioned"
MAPPINGS: Json = {
    "Map": {
        "us-east-1": {"Status": "Enabled", "Mixed": "Enabled"},
        "eu-west-1": {"Status": "Enabled", "Mixed": "Suspended"},
    },
    "Short": {"x": {"Only": "Enabled"}},
    "List": {"x": {"All": ["Enabled", "Suspended"]}},
    "Empty": {},
    "Broken": ["x"],
}


def node(raw: Json, **sections: Json) -> Node:
    body = template({"Bucket": bucket(), "It": bucket({"Tags": raw})}, **sections)
    stack = Template(body, region="us-east-1", account="111122223333")
    Assembly([stack])
    return stack.resources["It"].at("Tags")


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        ("plain", "plain"),
        ({"Ref": "AWS::Region"}, "us-east-1"),
        ({"Ref": "AWS::AccountId"}, "111122223333"),
        ({"Fn::Sub": "a-${AWS::Region}"}, "a-us-east-1"),
        ({"Fn::Sub": ["a-${b}-${b}", {"b": "c"}]}, "a-c-c"),
        ({"Fn::Sub": ["a-${b}", {"b": {"Ref": "AWS::Region"}}]}, "a-us-east-1"),
        ({"Fn::Sub": "a-${!Literal}"}, "a-${Literal}"),
        ({"Fn::Sub": "a-${ AWS::Region }"}, "a-us-east-1"),
        ({"Fn::Sub": "$ { } ${"}, "$ { } ${"),
        ({"Fn::Sub": ["${n}${t}", {"n": 30, "t": True}]}, "30true"),
        ({"Fn::Join": ["-", ["a", "b", 3, True]]}, "a-b-3-true"),
        ({"Fn::Join": ["", []]}, ""),
        ({"Fn::Join": ["-", ["a", {"Fn::Join": ["+", ["b", "c"]]}]]}, "a-b+c"),
        ({"Fn::Select": [1, ["a", "b"]]}, "b"),
        ({"Fn::Select": ["1", ["a", {"Ref": "AWS::Region"}]]}, "us-east-1"),
        ({"Fn::FindInMap": ["Map", {"Ref": "AWS::Region"}, "Mixed"]}, "Enabled"),
        ({"Fn::Select": [1, {"Fn::FindInMap": ["List", "x", "All"]}]}, "Suspended"),
    ],
    ids=str,
)
def test_what_the_template_tells_is_worked_out(raw: Json, wanted: str) -> None:
    assert node(raw, Mappings=MAPPINGS).value == wanted


HIDDEN: list[tuple[Json, str]] = [
    ({"Ref": "Bucket"}, UNKNOWN),
    ({"Ref": "AWS::StackName"}, UNKNOWN),
    ({"Fn::GetAtt": ["Bucket", "Arn"]}, UNKNOWN),
    ({"Fn::GetAtt": "Bucket.Arn"}, UNKNOWN),
    ({"Fn::Sub": "a-${Bucket}-${AWS::Region}"}, f"a-{UNKNOWN}-us-east-1"),
    ({"Fn::Sub": "a-${Bucket.Arn}"}, f"a-{UNKNOWN}"),
    ({"Fn::Join": ["/", [{"Ref": "Bucket"}, "*"]]}, f"{UNKNOWN}/*"),
    ({"Fn::Join": ["", ["a", PARAMETER, {"Fn::Sub": "${Bucket}b"}]]}, f"a{UNKNOWN * 2}b"),
    ({"Fn::Join": ["-", ["a", ["b"]]]}, f"a-{UNKNOWN}"),
    ({"Fn::Select": [0, {"Fn::GetAZs": ""}]}, UNKNOWN),
    ({"Fn::FindInMap": ["Map", "us-east-1", "NoSuch"]}, UNKNOWN),
    ({"Fn::FindInMap": ["Empty", PARAMETER, "x"]}, UNKNOWN),
    ({"Fn::FindInMap": ["Broken", PARAMETER, "x"]}, UNKNOWN),
    ({"Fn::FindInMap": ["Short", 3, "Only"]}, UNKNOWN),
    ({"Fn::Join": None}, UNKNOWN),
    ({"Fn::Join": ["-"]}, UNKNOWN),
    ({"Fn::Length": "abc"}, UNKNOWN),
    ({"Fn::Select": [1, ["a"]]}, UNKNOWN),
    ({"Fn::ToJsonString": {"a": PARAMETER}}, UNKNOWN),
    ({"Fn::FindInMap": [PARAMETER, "us-east-1", "Status"]}, UNKNOWN),
    ("{{resolve:ssm:/name}}", UNKNOWN),
    ("a-{{resolve:ssm:/name}}-b", f"a-{UNKNOWN}-b"),
    ({"Fn::Sub": "${AWS::Region}-{{resolve:ssm:/name}}"}, f"us-east-1-{UNKNOWN}"),
    ({"Fn::Sub": "{{resolve:secretsmanager:${Bucket}:SecretString:key}}"}, UNKNOWN),
    *((raw, UNKNOWN) for raw in MALFORMED),
]


@pytest.mark.parametrize(("raw", "outline"), HIDDEN, ids=str)
def test_what_only_the_deployment_tells_stays_unknown(raw: Json, outline: str) -> None:
    assert node(raw, Mappings=MAPPINGS).outline() == outline


@pytest.mark.parametrize("raw", [raw for raw, _ in HIDDEN], ids=str)
def test_what_stays_unknown_is_kept_as_it_is_written(raw: Json) -> None:
    found = node(raw, Mappings=MAPPINGS)
    assert isinstance(found.value, Unresolved)
    assert found.value.expression == raw
    assert found.value.template is found.template


def test_a_property_called_condition_is_no_function() -> None:
    assert node({"Condition": {"KeyPrefixEquals": "x"}}).at("Condition", "KeyPrefixEquals").value == "x"


def test_properties_that_a_dynamic_reference_makes_are_unknown() -> None:
    stack = Template(template({"It": {"Type": "AWS::S3::Bucket", "Properties": "{{resolve:ssm:/properties}}"}}))
    Assembly([stack])
    assert stack.resources["It"].at().is_unknown


def test_a_macro_among_other_keys_is_a_function() -> None:
    assert intrinsic({"A": 1, "Fn::Transform": {"Name": "Macro"}}) == ("Fn::Transform", {"Name": "Macro"})


def test_what_holds_in_every_world_is_worked_out_once() -> None:
    stack = Template(template({}))
    Assembly([stack])
    assert settled(stack, PARAMETER)[1] is settled(stack, PARAMETER)[1]


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        ({"Fn::FindInMap": ["Map", PARAMETER, "Status"]}, MET),
        ({"Fn::FindInMap": ["Map", PARAMETER, "Mixed"]}, UNDECIDED),
        ({"Fn::FindInMap": ["Map", "us-east-1", PARAMETER]}, MET),
        ({"Fn::FindInMap": ["Map", "eu-west-1", PARAMETER]}, UNDECIDED),
        ({"Fn::FindInMap": ["Short", PARAMETER, "Only"]}, MET),
        (
            {"Fn::Join": ["", [{"Fn::FindInMap": ["Map", "us-east-1", PARAMETER]}, ""]]},
            MET,
        ),
        ({"Fn::Sub": "Ena${Bucket}"}, UNDECIDED),
        ({"Fn::Sub": "Sus${Bucket}"}, BROKEN),
        ({"Fn::Sub": "${Bucket}ed"}, UNDECIDED),
        ({"Fn::Sub": "${Bucket}x"}, BROKEN),
        ({"Fn::Sub": "E${Bucket}bl${Bucket}d"}, UNDECIDED),
        ({"Fn::Sub": "E${Bucket}xx${Bucket}d"}, BROKEN),
        ({"Fn::Sub": "Enabled${Bucket}Enabled"}, BROKEN),
        ("{{resolve:ssm:/status}}", UNDECIDED),
        ("Off{{resolve:ssm:/status}}", BROKEN),
    ],
    ids=str,
)
def test_a_value_that_is_partly_known_is_judged_by_what_is_known(raw: Json, wanted: str) -> None:
    it = bucket({"VersioningConfiguration": {"Status": raw}})
    body = template({"Bucket": bucket(), "It": it}, Mappings=MAPPINGS)
    assert verdict(VERSIONED, body) == wanted


def test_a_macro_beside_other_keys_may_change_them() -> None:
    hidden: Json = {"Status": "Enabled", "Fn::Transform": {"Name": "Macro"}}
    body = template({"It": bucket({"VersioningConfiguration": hidden})})
    assert verdict(VERSIONED, body) == UNDECIDED


def test_maps_with_keys_of_their_own_are_looked_up_one_by_one() -> None:
    mappings: Json = {
        "Long": {"x": {f"k{n}": "Enabled" for n in range(5)}},
        "Short": {"x": {"k": ""}},
        "Two": {"x": {"a": "", "b": ""}},
    }
    found: Json = [{"Fn::FindInMap": [name, "x", PARAMETER]} for name in ("Long", "Short", "Two")]
    it = bucket({"VersioningConfiguration": {"Status": {"Fn::Join": ["", found]}}})
    assert verdict(VERSIONED, template({"It": it}, Mappings=mappings)) == MET


def test_no_value_is_absent() -> None:
    assert node(GONE).is_absent


def test_no_value_is_no_item_of_a_list() -> None:
    assert [item.value for item in node(["a", GONE, "b"]).items()] == ["a", "b"]


def test_no_value_is_no_entry_of_a_mapping() -> None:
    assert [key for key, _ in node({"a": 1, "b": GONE}).entries()] == ["a"]


def test_items_keep_their_places() -> None:
    assert [item.path[-1] for item in node([GONE, "b"]).items()] == [1]


@pytest.mark.parametrize("raw", ["x", 3, True, None, ["x"]], ids=str)
def test_what_can_not_hold_a_key_is_malformed_below(raw: Json) -> None:
    assert isinstance(node(raw).at("Key", "Deeper").value, Malformed)


@pytest.mark.parametrize("raw", [{}, {"Other": 1, "More": 2}], ids=str)
def test_what_holds_no_such_key_is_absent_below(raw: Json) -> None:
    assert node(raw).at("Key", "Deeper").is_absent


def test_below_the_unknown_all_is_unknown() -> None:
    assert isinstance(node(PARAMETER).at("Key", 0, "Deeper").value, Unresolved)


def test_a_place_that_is_missing_is_named_in_full() -> None:
    assert node({}).at("A", "B").path == ("Properties", "Tags", "A", "B")


def test_a_text_deep_inside_a_function_is_found() -> None:
    assert node({"Fn::If": ["C", {"A": "x", "B": "y"}, GONE]}).at("A").value == "x"


OUTPUT: dict[str, Json] = {"StackName": "Home", "OutputName": "Arn"}


@pytest.mark.parametrize(
    ("raw", "names"),
    [
        ({"Ref": "A"}, [("A", "")]),
        ({"Fn::GetAtt": ["A", "Arn"]}, [("A", "Arn")]),
        ({"Fn::GetAtt": "A.Outputs.B"}, [("A", "Outputs.B")]),
        ({"Fn::GetAtt": "A"}, []),
        ({"Fn::GetAtt": ["A", {"Ref": "B"}]}, [("A", "")]),
        ({"Fn::ImportValue": "a"}, [("Fn::ImportValue", "a")]),
        ({"Fn::GetStackOutput": OUTPUT}, [("Fn::GetStackOutput", '["Home", "Arn", null]')]),
        ({"Fn::GetStackOutput": {**OUTPUT, "RoleArn": {"Ref": "A"}}}, [("A", "")]),
        ({"Fn::Sub": "${A}${B.Arn}${!C}${AWS::Region}"}, [("A", ""), ("B", "Arn"), ("AWS::Region", "")]),
        ({"Fn::Sub": ["${A}${b}", {"b": {"Ref": "C"}}]}, [("A", ""), ("C", "")]),
        ([{"Ref": "B"}, {"Fn::Sub": [{"Ref": "A"}]}], [("A", ""), ("B", "")]),
        ({"Fn::Join": ["", [{"Ref": "A"}, "x"]]}, [("A", "")]),
        ({"Fn::If": ["C", {"Ref": "A"}, {"Ref": "B"}]}, [("A", ""), ("B", "")]),
        ({"Condition": "C"}, []),
        ([{"k": {"Ref": "A"}}], [("A", "")]),
        ("A", []),
        (None, []),
    ],
    ids=str,
)
def test_the_names_in_a_value_are_found(raw: Json, names: list[tuple[str, str]]) -> None:
    assert sorted(names_in(raw)) == sorted(names)


def test_what_several_rules_read_is_read_once_and_what_hangs_on_a_condition_again() -> None:
    body: Body = {
        "Conditions": {"IsProd": {"Fn::Equals": [{"Ref": "P"}, "prod"]}},
        "Parameters": {"P": {"Type": "String"}},
        "Resources": {
            "It": {
                "Type": "AWS::S3::Bucket",
                "Properties": {"Sure": {"Ref": "P"}, "Either": {"Fn::If": ["IsProd", "yes", "no"]}},
            }
        },
    }
    assembly = Assembly([Template(body)])
    (it,) = assembly.resources("*")
    assert it.at("Sure") is it.at("Sure")

    def read(world: World) -> Value:
        assembly.world = world
        return it.at("Either").value

    assert [value for _, value in explore(read)] == ["yes", "no"]


def test_a_value_that_is_known_already_is_asked_for_in_each_world() -> None:
    body: Body = {
        "Conditions": {f"Is{one}": {"Fn::Equals": [PARAMETER, one]} for one in ("Prod", "Test")},
        "Resources": {
            "It": {
                "Type": "AWS::S3::Bucket",
                "Condition": "IsProd",
                "Properties": {"Either": {"Fn::If": ["IsTest", "yes", "no"]}},
            }
        },
    }
    assembly = Assembly([Template(body)])
    (it,) = assembly.resources("*")

    def read(world: World) -> tuple[bool, Value]:
        assembly.world = world
        return it.exists, it.at("Either").value

    assert [found for _, found in explore(read)] == [(True, "no"), (False, "yes"), (False, "no")]


def test_a_value_may_name_its_own_resource() -> None:
    body: Body = {"Resources": {"It": {"Type": "A", "Properties": {"To": {"Ref": "It"}}}}}
    assembly = Assembly([Template(body)])
    (it,) = assembly.resources("*")
    assert it.at("To").targets() == (it,)
