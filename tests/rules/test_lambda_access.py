"""The rules about who may call AWS Lambda functions and use their layers."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import (
    BROKEN,
    GONE,
    MET,
    NEVER_TEXT,
    NOT_APPLICABLE,
    PARAMETER,
    UNDECIDED,
    Body,
    partly,
    resource,
    template,
    verdict,
)

PERMISSION = "AWS::Lambda::Permission"


def role(*services: str) -> Json:
    statement: Json = {"Effect": "Allow", "Principal": {"Service": list(services)}, "Action": "sts:AssumeRole"}
    return resource("AWS::IAM::Role", {"AssumeRolePolicyDocument": {"Statement": [statement]}})


@pytest.mark.parametrize(
    ("properties", "wanted"),
    [
        ({"Principal": "*"}, BROKEN),
        ({"Principal": 123456789012}, MET),
        ({"Principal": True}, BROKEN),
        ({"Principal": "*", "PrincipalOrgID": "o-1"}, MET),
        ({"Principal": "*", "SourceAccount": "123456789012"}, MET),
        ({"Principal": "*", "SourceArn": "arn"}, MET),
        ({"Principal": "*", "SourceArn": PARAMETER}, UNDECIDED),
        ({"Principal": "*", "SourceArn": "arn:aws:s3:::*"}, BROKEN),
        ({"Principal": "*", "SourceArn": "arn:aws:s3:::*", "SourceAccount": "123456789012"}, MET),
        ({"Principal": "*", "FunctionUrlAuthType": "NONE", "SourceArn": "arn"}, BROKEN),
        ({"Principal": "*", "FunctionUrlAuthType": "NONE", "PrincipalOrgID": "o-1"}, MET),
        ({"Principal": "*", "FunctionUrlAuthType": "AWS_IAM", "SourceArn": "arn"}, MET),
        ({"Principal": "*", "OrganizationId": "o-1"}, BROKEN),
        ({"Principal": "123456789012"}, MET),
        ({"Principal": "s3.amazonaws.com"}, MET),
        ({"Principal": PARAMETER}, UNDECIDED),
        ({"Principal": PARAMETER, "PrincipalOrgID": "o-1"}, MET),
        ({"Principal": partly("*")}, UNDECIDED),
        ({"Principal": partly("sns.amazonaws.com")}, MET),
        ({"Principal": {"Fn::Sub": "arn:aws:iam::${AnyParameter}:root"}}, MET),
        ({"Principal": {"Fn::GetAtt": ["Role", "Arn"]}}, MET),
        ({"Principal": ""}, BROKEN),
        ({}, BROKEN),
        *(({"Principal": value, "PrincipalOrgID": "o-1"}, BROKEN) for value in NEVER_TEXT),
    ],
)
def test_whom_a_permission_lets_in_decides(properties: Body, wanted: str) -> None:
    body = template({"It": resource(PERMISSION, properties), "Role": role()})
    assert verdict("LambdaPermissionNotPublic", body) == wanted


@pytest.mark.parametrize(
    ("properties", "wanted"),
    [
        ({"Principal": "*"}, BROKEN),
        ({"Principal": "*", "OrganizationId": "o-1"}, MET),
        ({"Principal": "*", "PrincipalOrgID": "o-1"}, BROKEN),
        ({"Principal": "123456789012"}, MET),
    ],
)
def test_whom_a_layer_is_shared_with_decides(properties: Body, wanted: str) -> None:
    body = template({"It": resource("AWS::Lambda::LayerVersionPermission", properties)})
    assert verdict("LambdaPermissionNotPublic", body) == wanted


def allowing(**statement: Json) -> Json:
    return {"Statement": [{"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": "*", **statement}]}


@pytest.mark.parametrize(
    ("document", "wanted"),
    [
        (allowing(Principal={"AWS": "123456789012"}), MET),
        (allowing(Principal={"Service": "s3.amazonaws.com"}), MET),
        (allowing(Principal="*"), BROKEN),
        (allowing(Principal={"AWS": "*"}), BROKEN),
        (allowing(Principal="*", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}}), MET),
        (allowing(Principal="*", Condition={"StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}}), BROKEN),
        (allowing(Effect="Deny", Principal="*"), MET),
        (allowing(Principal=PARAMETER), UNDECIDED),
        (allowing(Principal="*", Condition=PARAMETER), UNDECIDED),
        ({"Statement": [PARAMETER]}, UNDECIDED),
        ({"Statement": PARAMETER}, UNDECIDED),
        (PARAMETER, UNDECIDED),
        ({"Statement": []}, BROKEN),
        (GONE, BROKEN),
        *((value, BROKEN) for value in NEVER_TEXT),
    ],
    ids=str,
)
def test_whom_a_policy_lets_in_decides(document: Json, wanted: str) -> None:
    body = template({"It": resource("AWS::Lambda::ResourcePolicy", {"PolicyDocument": document})})
    assert verdict("LambdaPermissionNotPublic", body) == wanted


@pytest.mark.parametrize(
    ("properties", "wanted"),
    [
        ({"Principal": "s3.amazonaws.com"}, BROKEN),
        ({"Principal": "s3.amazonaws.com", "SourceArn": "arn"}, MET),
        ({"Principal": "s3.amazonaws.com", "SourceAccount": "1"}, MET),
        ({"Principal": "s3.amazonaws.com", "SourceArn": "arn:aws:s3:::*"}, BROKEN),
        ({"Principal": "s3.amazonaws.com", "SourceArn": "arn:aws:s3:::portal-?"}, BROKEN),
        ({"Principal": "s3.amazonaws.com", "SourceArn": "arn:aws:s3:::portal/*"}, MET),
        ({"Principal": "s3.amazonaws.com", "SourceArn": "arn:aws:s3:::X"}, MET),
        ({"Principal": "s3.amazonaws.com", "SourceArn": "arn:aws:s3:::*:x"}, BROKEN),
        ({"Principal": "sns.amazonaws.com", "SourceArn": "arn:aws:sns:us-east-1:123456789012:topic:*:x"}, MET),
        ({"Principal": "s3.amazonaws.com", "SourceArn": {"Fn::Sub": "arn:${AWS::Partition}:s3:::*"}}, BROKEN),
        ({"Principal": "s3.amazonaws.com", "SourceArn": {"Fn::Sub": "arn:aws:s3:::${AnyParameter}"}}, MET),
        ({"Principal": "sns.amazonaws.com", "SourceArn": "arn:aws:sns:us-east-1:123456789012:*"}, MET),
        ({"Principal": "sns.amazonaws.com", "SourceArn": {"Fn::Sub": "arn:aws:sns:x:${AWS::AccountId}:*"}}, MET),
        ({"Principal": "sns.amazonaws.com", "SourceArn": "arn:aws:sns:us-east-1:*:topic"}, BROKEN),
        ({"Principal": PARAMETER, "SourceArn": "arn:aws:s3:::*"}, UNDECIDED),
        ({"Principal": "alexa-appkit.amazon.com", "EventSourceToken": "t"}, MET),
        ({"Principal": "alexa-appkit.amazon.com"}, BROKEN),
        ({"Principal": "s3.amazonaws.com.cn"}, BROKEN),
        ({"Principal": "s3.amazonaws.com", "PrincipalOrgID": "o-1"}, MET),
        ({"Principal": "s3.amazonaws.com", "SourceArn": GONE}, BROKEN),
        ({"Principal": "s3.amazonaws.com", "SourceArn": PARAMETER}, UNDECIDED),
        ({"Principal": {"Fn::Sub": "logs.${AnyParameter}.amazonaws.com"}}, BROKEN),
        ({"Principal": PARAMETER}, UNDECIDED),
        ({"Principal": PARAMETER, "SourceArn": "arn"}, NOT_APPLICABLE),
        ({"Principal": partly("sns.amazonaws.com")}, UNDECIDED),
        ({"Principal": partly("arn:aws:iam::123456789012:root")}, NOT_APPLICABLE),
        ({"Principal": "123456789012"}, NOT_APPLICABLE),
        ({"Principal": "*"}, NOT_APPLICABLE),
        ({}, NOT_APPLICABLE),
    ],
)
def test_the_source_of_a_permission_decides(properties: Body, wanted: str) -> None:
    assert verdict("LambdaPermissionNamesSource", template({"It": resource(PERMISSION, properties)})) == wanted


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [("AWS_IAM", MET), ("NONE", BROKEN), (GONE, BROKEN), (PARAMETER, UNDECIDED), *((v, BROKEN) for v in NEVER_TEXT)],
)
def test_the_authorization_of_a_url_decides(kind: Json, wanted: str) -> None:
    body = template({"It": resource("AWS::Lambda::Url", {"AuthType": kind})})
    assert verdict("LambdaUrlRequiresIam", body) == wanted


FUNCTION = "AWS::Lambda::Function"
ALIAS = resource("AWS::Lambda::Alias", {"FunctionName": {"Ref": "It"}, "Name": "live"})
OTHERS = resource("AWS::Lambda::Alias", {"FunctionName": {"Ref": "Other"}, "Name": "live"})
VERSION = resource("AWS::Lambda::Version", {"FunctionName": {"Ref": "It"}})
OF_NOBODY = resource("AWS::Lambda::Alias", {"FunctionName": PARAMETER, "Name": "live"})


def let_in(principal: str, name: str) -> Json:
    return resource(PERMISSION, {"FunctionName": {"Ref": name}, "Principal": principal})


@pytest.mark.parametrize(
    ("caller", "wanted"),
    [
        (let_in("s3.amazonaws.com", "Alias"), BROKEN),
        (let_in("s3.amazonaws.com", "Version"), BROKEN),
        (let_in("apigateway.amazonaws.com", "Alias"), NOT_APPLICABLE),
        (let_in("apigateway.amazonaws.com", "Version"), NOT_APPLICABLE),
        (resource("AWS::Lambda::EventSourceMapping", {"FunctionName": {"Ref": "Alias"}}), NOT_APPLICABLE),
        (resource("AWS::Lambda::Url", {"TargetFunctionArn": {"Ref": "Alias"}}), NOT_APPLICABLE),
        (let_in("s3.amazonaws.com", "Others"), UNDECIDED),
    ],
    ids=str,
)
def test_who_calls_a_version_or_an_alias_calls_the_function(caller: Json, wanted: str) -> None:
    body = template(
        {
            "It": resource(FUNCTION),
            "Other": resource(FUNCTION),
            "Alias": ALIAS,
            "Version": VERSION,
            "Others": OTHERS,
            "Caller": caller,
        }
    )
    assert verdict("LambdaKeepsFailedEvents", body) == wanted


@pytest.mark.parametrize(("alias", "wanted"), [(OTHERS, NOT_APPLICABLE), (OF_NOBODY, UNDECIDED)], ids=str)
def test_an_alias_that_hides_whose_it_is_may_be_of_the_function(alias: Json, wanted: str) -> None:
    body = template(
        {
            "It": resource(FUNCTION),
            "Other": resource(FUNCTION),
            "Alias": alias,
            "Called": let_in("apigateway.amazonaws.com", "It"),
            "Caller": let_in("s3.amazonaws.com", "Alias"),
        }
    )
    assert verdict("LambdaKeepsFailedEvents", body) == wanted


def test_a_permission_for_what_is_not_known_may_be_for_the_function() -> None:
    hidden = resource(PERMISSION, {"FunctionName": PARAMETER, "Principal": "s3.amazonaws.com"})
    called = let_in("apigateway.amazonaws.com", "It")
    body = template({"It": resource(FUNCTION), "Called": called, "Hidden": hidden})
    assert verdict("LambdaKeepsFailedEvents", body) == UNDECIDED
