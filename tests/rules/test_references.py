"""What a template's values name in other stacks, and which resources point at one, however the index keeps them."""

from __future__ import annotations

from pathlib import Path

import pytest

from hipaa_constructs.rules import Assembly, Template
from hipaa_constructs.rules._pointers import Pointers
from hipaa_constructs.rules._s3 import receives_access_logs
from hipaa_constructs.rules._value import Json
from hipaa_constructs.rules._world import World, explore
from tests.rules._buckets import bucket, deny, policy
from tests.rules._judging import (
    BROKEN,
    GONE,
    MET,
    NOT_APPLICABLE,
    PARAMETER,
    UNDECIDED,
    Body,
    outcome,
    resource,
    template,
    verdict,
)

TLS, VERSIONED = "S3BucketTlsOnly", "S3BucketVersioned"
STACK = "AWS::CloudFormation::Stack"
DENY = deny("s3:*", "*", {"Bool": {"aws:SecureTransport": "false"}})
FILES = {0: "parent.json", 1: "child.json"}
TAKES_NAME: Json = {"Name": {"Type": "String"}}
NESTED = resource(STACK, {"TemplateURL": "child.json"})


def policy_for(of: Json) -> Body:
    return template({"Policy": policy(DENY, bucket=of)})


def named(asking: Template, raw: Json) -> list[str]:
    return sorted(one.logical_id for one in asking.named_resources(raw))


# Exports and outputs


def test_an_export_may_come_from_a_region_that_the_importer_does_not_know() -> None:
    exported: Json = {"O": {"Value": {"Ref": "It"}, "Export": {"Name": "records"}}}
    one = Template(template({"It": bucket()}, Outputs=exported), region="us-east-1")
    other = Template(policy_for({"Fn::ImportValue": "records"}))
    found = Assembly([one, other]).export("records", other)
    assert found is not None
    assert found[0] is one


@pytest.mark.parametrize(
    ("home", "asked", "own", "found"),
    [
        ("us-east-1", None, None, True),
        (None, "us-east-1", None, True),
        (None, None, "us-east-1", True),
        ("us-east-1", "us-east-1", "us-west-2", True),
        ("us-east-1", "us-west-2", "us-east-1", False),
        ("us-east-1", None, "us-west-2", False),
    ],
)
def test_an_output_is_of_a_stack_that_may_be_in_the_region(
    home: str | None, asked: str | None, own: str | None, found: bool
) -> None:
    one = Template(template({}, Outputs={"O": {"Value": "x"}}), stack_name="records", region=home)
    reader = Template({}, region=own)
    output = Assembly([one, reader]).stack_output("records", "O", asked, reader)
    assert (output == (one, "x")) is found


@pytest.mark.parametrize(
    "reference",
    [
        {"Fn::ImportValue": "records"},
        {"Fn::GetStackOutput": {"StackName": "records", "OutputName": "One"}},
    ],
)
def test_the_resource_of_another_stack_is_named_inside_a_longer_text(reference: Json) -> None:
    outputs: Json = {"One": {"Value": {"Ref": "It"}, "Export": {"Name": "records"}}}
    home = Template(template({"It": bucket()}, Outputs=outputs), stack_name="records")
    reader = Template({})
    Assembly([home, reader])
    assert named(reader, {"Fn::Join": ["", ["arn:aws:s3:::", reference, "/*"]]}) == ["It"]


def test_two_resources_of_one_stack_are_named_by_two_imports() -> None:
    outputs: Json = {
        "One": {"Value": {"Ref": "It"}, "Export": {"Name": "one"}},
        "Two": {"Value": {"Ref": "Other"}, "Export": {"Name": "two"}},
    }
    home, reader = Template(template({"It": bucket(), "Other": bucket()}, Outputs=outputs)), Template({})
    Assembly([home, reader])
    both: Json = [{"Fn::ImportValue": "one"}, {"Fn::ImportValue": "two"}]
    assert named(reader, {"Fn::Join": ["/", both]}) == ["It", "Other"]


def test_stacks_that_ask_the_same_get_answers_of_their_own() -> None:
    one, other = Template({}), Template({})
    assembly = Assembly([one, other])
    assembly.world = World([0, 1])
    question = ("parameter", "Size")
    assert [made.choose(question, "Size", ("big", "small")) for made in (one, other)] == ["big", "small"]


# Nested stacks


def test_what_a_parent_passes_is_named_inside_a_longer_text() -> None:
    stack = resource(STACK, {"TemplateURL": "child.json", "Parameters": {"Name": {"Ref": "It"}}})
    parent = Template(template({"It": bucket(), "Child": stack}), path=Path("/stacks/parent.json"))
    child = Template({"Parameters": TAKES_NAME}, path=Path("/stacks/child.json"))
    Assembly([parent, child])
    assert named(child, {"Fn::Sub": "arn:aws:s3:::${Name}/*"}) == ["It"]


def test_an_output_of_a_nested_stack_is_named_inside_a_longer_text() -> None:
    parent = Template(template({"Child": NESTED}), path=Path("/stacks/parent.json"))
    outputs: Json = {"Name": {"Value": {"Ref": "It"}}}
    child = Template(template({"It": bucket()}, Outputs=outputs), path=Path("/stacks/child.json"))
    Assembly([parent, child])
    assert named(parent, {"Fn::Sub": "arn:aws:s3:::${Child.Outputs.Name}/*"}) == ["It"]


@pytest.mark.parametrize("output", [None, "Value", ["Value"], {}, {"Description": "x"}, 3], ids=str)
def test_what_is_no_output_of_a_nested_stack_may_be_any_bucket(output: Json) -> None:
    parent = template({"Child": NESTED, "Policy": policy(DENY, bucket={"Fn::GetAtt": ["Child", "Outputs.Name"]})})
    child = template({"It": bucket()}, Outputs={"Name": output})
    assert verdict(TLS, parent, child, files=FILES) == UNDECIDED


@pytest.mark.parametrize("properties", [None, "x", 3, [], {"Parameters": "Name"}, {"Parameters": None}], ids=str)
def test_properties_of_a_nested_stack_that_are_none_pass_nothing(properties: Json) -> None:
    stack: Json = {"Type": STACK, "Metadata": {"aws:asset:path": "child.json"}, "Properties": properties}
    status: Json = {"VersioningConfiguration": {"Status": {"Ref": "Name"}}}
    child = template({"It": bucket(status)}, Parameters=TAKES_NAME)
    assert verdict(VERSIONED, template({"Child": stack}), child, files=FILES) == UNDECIDED


def test_the_file_of_a_nested_stack_may_be_told() -> None:
    stack = resource(STACK, {"TemplateURL": PARAMETER, "Parameters": {"Status": "Enabled"}})
    parent = Template(template({"Child": stack}), nested={"Child": Path("/elsewhere/child.json")})
    status: Json = {"VersioningConfiguration": {"Status": {"Ref": "Status"}}}
    body = template({"It": bucket(status)}, Parameters={"Status": {"Type": "String"}})
    child = Template(body, path=Path("/elsewhere/child.json"))
    Assembly([parent, child])
    assert child.resources["It"].at("VersioningConfiguration", "Status").value == "Enabled"


def test_what_stands_in_a_nested_stack_that_is_never_made_is_not_judged() -> None:
    never: Json = {"Never": {"Fn::Equals": ["a", "b"]}}
    stack = resource(STACK, {"TemplateURL": "child.json"}, Condition="Never")
    parent = template({"Child": stack}, Conditions=never)
    assert verdict(VERSIONED, parent, template({"It": bucket()}), files=FILES) == NOT_APPLICABLE


# Who points at a resource


def test_a_dynamic_reference_may_name_any_bucket() -> None:
    it = bucket({"BucketName": "records"})
    assert verdict(TLS, template({"It": it, "Policy": policy(DENY, bucket="{{resolve:ssm:name}}")})) == UNDECIDED


def test_a_policy_of_the_bucket_counts_beside_one_of_whatever_else() -> None:
    others = {"Made": resource("Custom::Name"), "Other": policy(DENY, bucket={"Fn::GetAtt": ["Made", "Name"]})}
    body = template({"It": bucket(), "Policy": policy(DENY, bucket={"Ref": "It"}), **others})
    assert verdict(TLS, body) == MET


def test_what_may_be_another_bucket_or_anything_may_be_the_bucket() -> None:
    of: Json = {"Fn::Select": [PARAMETER, [{"Ref": "Other"}, {"Fn::GetAtt": ["Made", "Name"]}]]}
    others = {"Other": bucket(), "Made": resource("Custom::Name")}
    assert verdict(TLS, template({"It": bucket(), "Policy": policy(DENY, bucket=of), **others})) == UNDECIDED


def test_a_piece_of_the_arn_of_another_bucket_is_no_name_of_the_bucket() -> None:
    of: Json = {"Fn::Select": [5, {"Fn::Split": [":", {"Fn::GetAtt": ["Other", "Arn"]}]}]}
    assert verdict(TLS, template({"It": bucket(), "Other": bucket(), "Policy": policy(DENY, bucket=of)})) == BROKEN


def test_an_export_that_is_a_choice_may_name_what_no_reference_names() -> None:
    either: Json = {"Fn::If": ["Prod", {"Ref": "Other"}, "records"]}
    exported: Json = {"O": {"Value": either, "Export": {"Name": "either"}}}
    home = template({"It": bucket({"BucketName": "records"}), "Other": bucket()}, Outputs=exported)
    assert verdict(TLS, home, policy_for({"Fn::ImportValue": "either"})) == UNDECIDED


def test_an_export_made_of_several_things_may_name_any() -> None:
    pieces: Json = {"Fn::Join": [",", [{"Fn::GetAtt": ["Made", "Name"]}, {"Ref": "Other"}]]}
    first: Json = {"Fn::Select": [PARAMETER, {"Fn::Split": [",", pieces]}]}
    exported: Json = {"O": {"Value": first, "Export": {"Name": "either"}}}
    home = template({"It": bucket(), "Other": bucket(), "Made": resource("Custom::Name")}, Outputs=exported)
    assert verdict(TLS, home, policy_for({"Fn::ImportValue": "either"})) == UNDECIDED


def test_what_is_no_reference_refers_to_nothing() -> None:
    home = Template(template({"": bucket(), "It": bucket()}))
    written: list[Json] = ["It", {"Ref": 3}, {"Fn::GetAtt": "It"}, {"Fn::ImportValue": "x"}, {"Fn::Sub": "${It}"}]
    assert [raw for raw in written if home.referred(raw) is not None] == []


def test_a_reference_leads_through_exports_and_nested_stacks_to_one_resource() -> None:
    stack = resource(STACK, {"TemplateURL": "child.json", "Parameters": {"Name": {"Ref": "It"}}})
    exported: Json = {"O": {"Value": {"Fn::GetAtt": ["Nested", "Outputs.Inner"]}, "Export": {"Name": "inner"}}}
    parent = Template(template({"Nested": stack, "It": bucket()}, Outputs=exported), path=Path("/stacks/parent.json"))
    outputs: Json = {"Inner": {"Value": {"Ref": "Inner"}}}
    child_body = template({"Inner": bucket()}, Parameters=TAKES_NAME, Outputs=outputs)
    child = Template(child_body, path=Path("/stacks/child.json"))
    reader = Template(template({}))
    Assembly([parent, child, reader])
    assert reader.led_to({"Fn::ImportValue": "inner"}) is child.resources["Inner"]
    assert parent.led_to({"Fn::GetAtt": "Nested.Outputs.Inner"}) is child.resources["Inner"]
    assert child.led_to({"Ref": "Name"}) is parent.resources["It"]
    others: list[Json] = [{"Fn::Sub": "${It}"}, {"Fn::Join": ["", [{"Ref": "It"}]]}, "It", {"Ref": "Name"}, {}]
    assert [raw for raw in others if parent.led_to(raw) is not None] == []
    assert child.led_to({"Fn::Sub": "${Name}-x"}) is None


def test_what_imports_an_attribute_of_something_else_may_name_any_bucket() -> None:
    exported: Json = {"O": {"Value": {"Fn::GetAtt": ["Made", "Name"]}, "Export": {"Name": "made"}}}
    home = template({"It": bucket(), "Made": resource("Custom::Name")}, Outputs=exported)
    assert verdict(TLS, home, policy_for({"Fn::ImportValue": "made"})) == UNDECIDED


def test_names_that_lead_to_each_other_end() -> None:
    loop: Json = {"Fn::Sub": "${Nested.Outputs.O}-x"}
    stack = resource(STACK, {"TemplateURL": "child.json", "Parameters": {"Name": loop}})
    parent = template({"Nested": stack, "It": bucket(), "Policy": policy(DENY, bucket=loop)})
    child = template({}, Parameters=TAKES_NAME, Outputs={"O": {"Value": {"Fn::Sub": "${Name}-y"}}})
    assert verdict(TLS, parent, child, files=FILES) == BROKEN


def test_names_that_lead_into_a_loop_end() -> None:
    loop: Json = {"Fn::Sub": "${Nested.Outputs.O}-x"}
    stack = resource(STACK, {"TemplateURL": "child.json", "Parameters": {"Name": loop}})
    parent = Template(template({"Nested": stack}), path=Path("/stacks/parent.json"))
    outputs: Json = {"O": {"Value": {"Fn::Sub": "${Name}-y"}}}
    child = Template(template({}, Parameters=TAKES_NAME, Outputs=outputs), path=Path("/stacks/child.json"))
    Assembly([parent, child])
    assert child.named_resources({"Fn::Sub": "z-${Name}"}) == ()


def test_parameters_that_pass_each_other_on_end() -> None:
    loop: Json = {"Fn::GetAtt": ["Nested", "Outputs.O"]}
    stack = resource(STACK, {"TemplateURL": "child.json", "Parameters": {"Name": loop}})
    parent = template({"Nested": stack, "It": bucket(), "Policy": policy(DENY, bucket=loop)})
    child = template({}, Parameters=TAKES_NAME, Outputs={"O": {"Value": {"Ref": "Name"}}})
    assert verdict(TLS, parent, child, files=FILES) == UNDECIDED


DOCUMENT: Json = {"Statement": [DENY]}
AROUND: Json = {"Fn::If": ["Prod", {"Bucket": {"Ref": "It"}, "PolicyDocument": DOCUMENT}, GONE]}
AT: Json = {"Bucket": {"Fn::If": ["Prod", {"Ref": "It"}, GONE]}, "PolicyDocument": DOCUMENT}


@pytest.mark.parametrize("written", [AROUND, AT], ids=["around", "at"])
def test_a_choice_on_the_way_to_the_name_of_a_bucket_hides_nothing(written: Json) -> None:
    body = template({"It": bucket(), "Policy": resource("AWS::S3::BucketPolicy", written)})
    assert outcome(TLS, body).verdict == UNDECIDED


def test_another_buckets_policy_is_no_policy_of_the_bucket() -> None:
    of: Json = {"Fn::If": ["Prod", {"Ref": "Other"}, {"Ref": "Third"}]}
    body = template({"It": bucket(), "Other": bucket(), "Third": bucket(), "Policy": policy(DENY, bucket=of)})
    assert verdict(TLS, body) == BROKEN


def test_that_one_bucket_receives_logs_says_nothing_of_another() -> None:
    logged = bucket({"LoggingConfiguration": {"DestinationBucketName": {"Ref": "Logs"}}})
    made = Template(template({"Logs": bucket(), "It": logged}))
    Assembly([made])
    assert [receives_access_logs(made.resources[name]) for name in ("Logs", "It")] == [True, False]


def candidates(asked: str, *path: str, reader: Body, others: Body | None = None) -> list[str]:
    """Return which resources of the reader's may point at one of a home stack, of which It and Other are buckets."""
    outputs: Json = {"O": {"Value": {"Ref": "Other"}, "Export": {"Name": "other"}}}
    resources: Body = {"It": bucket({"BucketName": "it"}), "Other": bucket({"BucketName": "other"}), **(others or {})}
    home = Template(template(resources, Outputs=outputs), stack_name="home")
    assembly = Assembly([home, Template(template(reader))])
    found = Pointers(assembly.resources("Custom::Reader"), path).candidates(home.resources[asked])
    return [one.logical_id for one in found]


OUTPUT: Json = {"Fn::GetStackOutput": {"StackName": "home", "OutputName": "O"}}


@pytest.mark.parametrize("of", [{"Fn::ImportValue": "other"}, OUTPUT, "other", "arn:aws:s3:::other"], ids=str)
def test_few_resources_are_looked_at_for_one_that_others_name(of: Json) -> None:
    reader: Body = {"Reader": resource("Custom::Reader", {"Rules": [{"Bucket": of}, {}], "More": {"Ref": "Any"}})}
    assert candidates("Other", "Rules", "*", "Bucket", reader=reader) == ["Reader"]
    assert candidates("It", "Rules", "*", "Bucket", reader=reader) == []


@pytest.mark.parametrize(
    "of", [{"Ref": "Other"}, {"Fn::GetAtt": ["Other", "Arn"]}, {"Fn::GetAtt": "Other.Arn"}], ids=str
)
def test_few_resources_of_the_same_stack_are_looked_at(of: Json) -> None:
    reader: Body = {"Reader": resource("Custom::Reader", {"Bucket": of})}
    home = Template(template({"It": bucket(), "Other": bucket(), **reader}))
    found = Pointers(Assembly([home]).resources("Custom::Reader"), ("Bucket",))
    assert [one.logical_id for one in found.sure(home.resources["Other"])] == ["Reader"]
    assert found.sure(home.resources["It"]) == []
    assert found.candidates(home.resources["Other"]) == found.candidates(home.resources["It"]) == []


IN_ALL_WAYS: Body = {
    "Imports": resource("Custom::Reader", {"Bucket": {"Fn::ImportValue": "other"}}),
    "IsTold": resource("Custom::Reader", {"Bucket": PARAMETER}),
    "AsksElsewhere": resource("Custom::Reader", {"Bucket": {"Fn::GetAtt": ["Elsewhere", "Bucket"]}}),
    "Names": resource("Custom::Reader", {"Bucket": "other"}),
    "Elsewhere": resource("Custom::Elsewhere"),
}


def test_resources_are_looked_at_in_whichever_way_they_may_point() -> None:
    assert sorted(candidates("Other", "Bucket", reader=IN_ALL_WAYS)) == ["AsksElsewhere", "Imports", "IsTold", "Names"]


def test_a_hidden_name_may_be_that_of_any_resource_that_is_named() -> None:
    hidden = bucket({"BucketName": {"Fn::Sub": "o${AnyParameter}"}})
    home = Template(template({"It": hidden, **IN_ALL_WAYS}))
    found = Pointers(Assembly([home]).resources("Custom::Reader"), ("Bucket",)).candidates(home.resources["It"])
    assert sorted(one.logical_id for one in found) == ["AsksElsewhere", "Imports", "IsTold", "Names"]


@pytest.mark.parametrize("path", [("Bucket",), ("Rules", "*", "Bucket")])
def test_a_resource_that_points_twice_points_once(path: tuple[str, ...]) -> None:
    twice: Json = {"Bucket": {"Ref": "It"}, "Rules": [{"Bucket": {"Ref": "It"}}, {"Bucket": {"Ref": "It"}}]}
    home = Template(template({"It": bucket(), "Reader": resource("Custom::Reader", twice)}))
    assembly = Assembly([home])
    assert assembly.pointing_at(home.resources["It"], "Custom::Reader", *path) == ([home.resources["Reader"]], [])


def test_a_resource_that_surely_points_is_no_candidate_too() -> None:
    rules: Json = [{"Bucket": {"Ref": "It"}}, {"Bucket": PARAMETER}]
    home = Template(template({"It": bucket(), "Reader": resource("Custom::Reader", {"Rules": rules})}))
    assembly = Assembly([home])
    found = assembly.pointing_at(home.resources["It"], "Custom::Reader", "Rules", "*", "Bucket")
    assert found == ([home.resources["Reader"]], [])


def test_a_reference_in_place_of_what_a_place_is_in_points_at_nothing_for_sure() -> None:
    home = Template(template({"It": bucket(), "Reader": resource("Custom::Reader", {"Rules": {"Ref": "It"}})}))
    Assembly([home])
    found = Pointers([home.resources["Reader"]], ("Rules", "*", "Bucket"))
    assert found.sure(home.resources["It"]) == []
    assert found.candidates(home.resources["It"]) == [home.resources["Reader"]]


def test_a_resource_that_points_only_where_it_exists_points_in_those_worlds() -> None:
    reader = resource("Custom::Reader", {"Bucket": {"Ref": "It"}}, Condition="Prod")
    home = Template(template({"It": bucket(), "Reader": reader}))
    assembly = Assembly([home])

    def read(world: World) -> int:
        assembly.world = world
        return len(assembly.pointing_at(home.resources["It"], "Custom::Reader", "Bucket")[0])

    assert [found for _, found in explore(read)] == [1, 0]


def test_an_output_of_a_nested_stack_is_no_reference_to_the_stack() -> None:
    output: Json = {"Fn::GetAtt": ["Nested", "Outputs.Name"]}
    nested = resource("AWS::CloudFormation::Stack", {})
    home = Template(template({"Nested": nested, "Reader": resource("Custom::Reader", {"Bucket": output})}))
    assert home.referred(output) is None
    assert home.referred({"Fn::GetAtt": ["Reader", "Arn"]}) is home.resources["Reader"]


@pytest.mark.parametrize(
    "properties",
    [
        {"Bucket": PARAMETER},
        {"Bucket": {"Fn::Sub": "${AnyParameter}"}},
        {"Bucket": "{{resolve:ssm:name}}"},
        {"Fn::If": ["Prod", {"Bucket": "it"}, GONE]},
    ],
    ids=str,
)
def test_what_may_name_anything_is_looked_at(properties: Json) -> None:
    assert candidates("It", "Bucket", reader={"Reader": resource("Custom::Reader", properties)}) == ["Reader"]


@pytest.mark.parametrize("properties", [None, {}, {"Bucket": None}, "x", {"Other": PARAMETER}], ids=str)
def test_what_names_nothing_is_not_looked_at(properties: Json) -> None:
    assert candidates("It", "Bucket", reader={"Reader": resource("Custom::Reader", properties)}) == []


@pytest.mark.parametrize("rules", [3, None, "x", {"Bucket": PARAMETER}], ids=str)
def test_what_is_no_list_names_nothing_in_its_places(rules: Json) -> None:
    reader: Body = {"Reader": resource("Custom::Reader", {"Rules": rules})}
    assert candidates("It", "Rules", "*", "Bucket", reader=reader) == []
