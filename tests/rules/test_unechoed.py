"""What is judged of values that a parameter with NoEcho is written into."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import BROKEN, MET, PARAMETER, Body, outcome, resource, template, verdict

PARAMETERS: Json = {
    "Hidden": {"Type": "String", "NoEcho": True},
    "Also": {"Type": "String", "NoEcho": "true"},
    "Shown": {"Type": "String", "NoEcho": False},
    "AnyParameter": {"Type": "String"},
    "Wrong": ["NoEcho"],
}
RULES = (
    "Ec2UserDataWithoutSecrets",
    "EcsVariablesWithoutSecrets",
    "BatchVariablesWithoutSecrets",
    "LambdaVariablesWithoutSecrets",
)
EACH_RULE = pytest.mark.parametrize("rule", RULES)


def holder(rule: str, value: Json) -> Json:
    variables: Json = [{"Name": "URL", "Value": value}]
    match rule:
        case "Ec2UserDataWithoutSecrets":
            return resource("AWS::EC2::Instance", {"UserData": {"Fn::Base64": value}})
        case "EcsVariablesWithoutSecrets":
            return resource("AWS::ECS::TaskDefinition", {"ContainerDefinitions": [{"Environment": variables}]})
        case "BatchVariablesWithoutSecrets":
            return resource("AWS::Batch::JobDefinition", {"ContainerProperties": {"Environment": variables}})
    return resource("AWS::Lambda::Function", {"Environment": {"Variables": {"URL": value}}})


def body_of(rule: str, value: Json) -> Body:
    return template({"It": holder(rule, value), "Table": resource("AWS::DynamoDB::Table")}, Parameters=PARAMETERS)


@EACH_RULE
@pytest.mark.parametrize(
    "value",
    [
        {"Ref": "Hidden"},
        {"Fn::Sub": "x ${Hidden}"},
        {"Fn::Sub": ["x ${It}", {"It": {"Ref": "Hidden"}}]},
        {"Fn::Join": ["", ["x ", {"Ref": "Shown"}, {"Ref": "Hidden"}]]},
    ],
    ids=str,
)
def test_a_parameter_that_is_not_echoed_is_a_secret(rule: str, value: Json) -> None:
    assert verdict(rule, body_of(rule, value)) == BROKEN
    assert outcome(rule, body_of(rule, value)).found == "Hidden, a parameter with NoEcho"


@EACH_RULE
@pytest.mark.parametrize(
    "value",
    [
        {"Fn::Sub": "x ${Shown}"},
        {"Fn::Sub": "x ${Wrong}"},
        {"Fn::Sub": "x ${Table}"},
        {"Fn::Sub": "x ${Hidden.Arn}"},
        {"Fn::Join": ["", ["x ", PARAMETER]]},
        "x Hidden",
    ],
    ids=str,
)
def test_nothing_else_is_one(rule: str, value: Json) -> None:
    assert verdict(rule, body_of(rule, value)) == MET


@EACH_RULE
def test_the_switch_may_be_text(rule: str) -> None:
    assert verdict(rule, body_of(rule, {"Ref": "Also"})) == BROKEN


def test_a_secret_that_the_stack_above_passes_is_one() -> None:
    child = body_of("EcsVariablesWithoutSecrets", {"Ref": "Shown"})
    passes: Json = {"TemplateURL": "child.json", "Parameters": {"Shown": {"Ref": "Hidden"}}}
    parent = template({"Child": resource("AWS::CloudFormation::Stack", passes)}, Parameters=PARAMETERS)
    files = {0: "child.json", 1: "parent.json"}
    assert verdict("EcsVariablesWithoutSecrets", child, parent, files=files) == BROKEN
