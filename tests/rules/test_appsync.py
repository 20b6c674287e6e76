"""What is judged of GraphQL APIs."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import (
    BROKEN,
    GONE,
    MALFORMED,
    MET,
    NEVER_TEXT,
    NEVER_TRUE,
    NOT_APPLICABLE,
    PARAMETER,
    UNDECIDED,
    Body,
    partly,
    resource,
    template,
    verdict,
)

API = "AWS::AppSync::GraphQLApi"
ROLE: Json = {"Fn::GetAtt": ["Role", "Arn"]}


def api(properties: Json, **others: Json) -> Body:
    return template({"It": resource(API, properties), **others})


@pytest.mark.parametrize(
    ("log", "wanted"),
    [
        *(
            ({"FieldLogLevel": level, "CloudWatchLogsRoleArn": ROLE}, MET)
            for level in ("ALL", "DEBUG", "ERROR", "INFO")
        ),
        ({"FieldLogLevel": "NONE", "CloudWatchLogsRoleArn": ROLE}, BROKEN),
        ({"FieldLogLevel": "ALL"}, BROKEN),
        ({"CloudWatchLogsRoleArn": ROLE}, BROKEN),
        ({"FieldLogLevel": PARAMETER, "CloudWatchLogsRoleArn": ROLE}, UNDECIDED),
        (GONE, BROKEN),
        ("x", BROKEN),
        (PARAMETER, UNDECIDED),
    ],
)
def test_the_log_of_an_api_decides(log: Json, wanted: str) -> None:
    assert verdict("AppsyncRequestsLogged", api({"LogConfig": log})) == wanted


@pytest.mark.parametrize(
    ("log", "wanted"),
    [
        ({"FieldLogLevel": "ALL", "ExcludeVerboseContent": True}, MET),
        ({"FieldLogLevel": "ALL", "ExcludeVerboseContent": False}, BROKEN),
        ({"FieldLogLevel": "ALL"}, BROKEN),
        ({"FieldLogLevel": "ALL", "ExcludeVerboseContent": PARAMETER}, UNDECIDED),
        ({"FieldLogLevel": "NONE"}, NOT_APPLICABLE),
        (GONE, NOT_APPLICABLE),
        (PARAMETER, UNDECIDED),
        ("x", BROKEN),
    ],
)
def test_content_in_the_log_decides(log: Json, wanted: str) -> None:
    assert verdict("AppsyncLogWithoutContent", api({"LogConfig": log})) == wanted


@pytest.mark.parametrize("also", [[], [{"AuthenticationType": "AWS_IAM"}]])
@pytest.mark.parametrize(
    ("how", "wanted"),
    [
        *((name, MET) for name in ("AMAZON_COGNITO_USER_POOLS", "AWS_IAM", "AWS_LAMBDA", "OPENID_CONNECT")),
        ("API_KEY", BROKEN),
        (GONE, BROKEN),
        (PARAMETER, UNDECIDED),
        *((value, BROKEN) for value in NEVER_TEXT),
    ],
)
def test_how_callers_prove_who_they_are_decides(also: Json, how: Json, wanted: str) -> None:
    first: Body = {"AuthenticationType": how, "AdditionalAuthenticationProviders": also}
    second: Body = {"AuthenticationType": "AWS_IAM", "AdditionalAuthenticationProviders": [{"AuthenticationType": how}]}
    assert {verdict("AppsyncAsksWhoCalls", api(first)), verdict("AppsyncAsksWhoCalls", api(second))} == {wanted}


@pytest.mark.parametrize("others", [PARAMETER, [PARAMETER]])
def test_hidden_ways_in_are_undecided(others: Json) -> None:
    properties: Body = {"AuthenticationType": "AWS_IAM", "AdditionalAuthenticationProviders": others}
    assert verdict("AppsyncAsksWhoCalls", api(properties)) == UNDECIDED


PREFIX = "arn:${AWS::Partition}:appsync:${AWS::Region}:${AWS::AccountId}:apis"


@pytest.mark.parametrize(
    ("visibility", "arn", "wanted"),
    [
        (GONE, {"Fn::GetAtt": ["It", "Arn"]}, MET),
        (GONE, {"Fn::GetAtt": ["Other", "Arn"]}, BROKEN),
        (GONE, PARAMETER, UNDECIDED),
        (GONE, {"Fn::Sub": f"{PREFIX}/${{It.ApiId}}"}, MET),
        (GONE, {"Fn::Sub": f"{PREFIX}/${{Other.ApiId}}"}, BROKEN),
        (GONE, {"Fn::Join": ["", ["arn:aws:appsync:us-east-1:1:apis/", {"Fn::GetAtt": ["It", "ApiId"]}]]}, MET),
        ("GLOBAL", "arn:aws:appsync:us-east-1:123456789012:apis/x", BROKEN),
        (PARAMETER, {"Fn::GetAtt": ["Other", "Arn"]}, UNDECIDED),
        (partly("PRIVATE"), {"Fn::GetAtt": ["Other", "Arn"]}, UNDECIDED),
        (partly("GLOBAL"), {"Fn::GetAtt": ["Other", "Arn"]}, BROKEN),
        ("PRIVATE", {"Fn::GetAtt": ["Other", "Arn"]}, NOT_APPLICABLE),
    ],
)
def test_the_web_acl_of_an_api_decides(visibility: Json, arn: Json, wanted: str) -> None:
    others = {"Acl": resource("AWS::WAFv2::WebACLAssociation", {"ResourceArn": arn}), "Other": resource(API)}
    assert verdict("AppsyncHasWebAcl", api({"Visibility": visibility, "Name": "portal"}, **others)) == wanted


@pytest.mark.parametrize("place", ["AtRestEncryptionEnabled", "TransitEncryptionEnabled"])
@pytest.mark.parametrize(
    ("switch", "wanted"),
    [(True, MET), (False, BROKEN), (GONE, BROKEN), (PARAMETER, UNDECIDED)] + [(value, BROKEN) for value in NEVER_TRUE],
)
def test_the_encryption_of_a_cache_decides(place: str, switch: Json, wanted: str) -> None:
    properties: Body = {"AtRestEncryptionEnabled": True, "TransitEncryptionEnabled": True, place: switch}
    assert verdict("AppsyncCacheEncrypted", template({"It": resource("AWS::AppSync::ApiCache", properties)})) == wanted


@pytest.mark.parametrize("value", MALFORMED, ids=str)
def test_a_malformed_intrinsic_function_is_no_pass(value: Json) -> None:
    assert verdict("AppsyncRequestsLogged", api({"LogConfig": value})) in (BROKEN, UNDECIDED)
    assert verdict("AppsyncAsksWhoCalls", api({"AuthenticationType": value})) in (BROKEN, UNDECIDED)


@pytest.mark.parametrize(
    ("logging", "wanted"),
    [(GONE, BROKEN), (True, BROKEN), ({"ExcludeVerboseContent": True}, MET), ({"FieldLogLevel": "ERROR"}, BROKEN)],
)
def test_the_log_of_a_graphql_api_of_sam_holds_content_where_nothing_is_said(logging: Json, wanted: str) -> None:
    own: Body = {"Auth": {"Type": "AWS_IAM"}}
    sam = resource("AWS::Serverless::GraphQLApi", own if logging == GONE else {**own, "Logging": logging})
    body = template({"It": sam}, Transform="AWS::Serverless-2016-10-31")
    assert verdict("AppsyncLogWithoutContent", body) == wanted
