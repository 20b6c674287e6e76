"""Which log group is a Lambda function's own, and which function runs in CloudFront, where several stand in a stack."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules import Assembly, Template
from hipaa_constructs.rules._functions import is_at_the_edge
from hipaa_constructs.rules._value import Json
from tests.rules._judging import BROKEN, MET, PARAMETER, UNDECIDED, resource, template, verdict

DECLARED = "LambdaLogGroupDeclared"
FUNCTION = "AWS::Lambda::Function"


def logged(name: Json) -> Json:
    return resource("AWS::Logs::LogGroup", {"LogGroupName": name})


@pytest.mark.parametrize(
    ("chosen", "group", "wanted"),
    [
        ("/wards/records", {"Fn::Sub": "/wards/${AnyParameter}"}, UNDECIDED),
        ("/wards/records", {"Fn::Sub": "/visits/${AnyParameter}"}, BROKEN),
        ("/wards/records", PARAMETER, UNDECIDED),
        ("/wards/records", "/wards/records", MET),
    ],
)
def test_a_log_group_of_any_name_may_be_the_one_that_is_chosen(chosen: str, group: Json, wanted: str) -> None:
    function = resource(FUNCTION, {"LoggingConfig": {"LogGroup": chosen}})
    assert verdict(DECLARED, template({"It": function, "Group": logged(group)})) == wanted


def test_a_log_group_of_another_function_is_not_the_functions() -> None:
    group = logged({"Fn::Sub": "/aws/lambda/visits-${AnyParameter}"})
    body = template({"It": resource(FUNCTION, {"FunctionName": "records"}), "Group": group})
    assert verdict(DECLARED, body) == BROKEN


def test_the_same_words_in_another_stack_name_another_log_group() -> None:
    function = template({"It": resource(FUNCTION, {"FunctionName": PARAMETER})})
    group = template({"Group": logged({"Fn::Sub": "/aws/lambda/${AnyParameter}"})})
    assert verdict(DECLARED, function, group) == UNDECIDED


def test_a_log_group_named_by_another_parameter_may_be_another_functions() -> None:
    group = logged({"Fn::Sub": "/aws/lambda/${Other}"})
    body = template({"It": resource(FUNCTION, {"FunctionName": {"Ref": "Name"}}), "Group": group})
    assert verdict(DECLARED, body) == UNDECIDED


EDGE: Json = {"Effect": "Allow", "Principal": {"Service": "edgelambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
PLAIN: Json = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}


def test_the_role_of_one_function_says_nothing_of_another() -> None:
    roles = {
        name: resource("AWS::IAM::Role", {"AssumeRolePolicyDocument": {"Statement": [statement]}})
        for name, statement in (("EdgeRole", EDGE), ("PlainRole", PLAIN))
    }
    functions = {
        name: resource(FUNCTION, {"Role": {"Fn::GetAtt": [f"{name}Role", "Arn"]}}) for name in ("Edge", "Plain")
    }
    made = Template(template({**roles, **functions}))
    Assembly([made])
    assert [is_at_the_edge(made.resources[name]) for name in functions] == [True, False]


def test_each_function_of_a_distribution_is_at_the_edge() -> None:
    associations: Json = [{"LambdaFunctionARN": {"Ref": "One"}}, {"LambdaFunctionARN": {"Ref": "Version"}}]
    config: Json = {"DefaultCacheBehavior": {"LambdaFunctionAssociations": associations}}
    resources = {
        "One": resource(FUNCTION),
        "Other": resource(FUNCTION),
        "Version": resource("AWS::Lambda::Version", {"FunctionName": {"Ref": "Other"}}),
        "Third": resource(FUNCTION),
        "Distribution": resource("AWS::CloudFront::Distribution", {"DistributionConfig": config}),
    }
    made = Template(template(resources))
    Assembly([made])
    found = [is_at_the_edge(made.resources[name]) for name in ("One", "Other", "Third")]
    assert found == [True, True, False]
