"""What is judged of web ACLs and their logs."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import BROKEN, GONE, MET, PARAMETER, UNDECIDED, Body, resource, template, verdict

ACL = "AWS::WAFv2::WebACL"
LOGGING = "AWS::WAFv2::LoggingConfiguration"
WHOLE: list[Json] = [
    {"SingleHeader": {"Name": "authorization"}},
    {"SingleHeader": {"Name": "Cookie"}},
    {"QueryString": {}},
]


def logged(arn: Json) -> Body:
    return template({"It": resource(ACL, {}), "Log": resource(LOGGING, {"ResourceArn": arn})})


@pytest.mark.parametrize(
    ("arn", "wanted"),
    [
        ({"Fn::GetAtt": ["It", "Arn"]}, MET),
        ("arn:aws:wafv2:us-east-1:1:regional/webacl/other/1", BROKEN),
        (PARAMETER, UNDECIDED),
        (GONE, BROKEN),
    ],
    ids=str,
)
def test_a_logging_configuration_about_it_decides(arn: Json, wanted: str) -> None:
    assert verdict("WebAclLogged", logged(arn)) == wanted


def test_a_web_acl_without_a_log_breaks() -> None:
    assert verdict("WebAclLogged", template({"It": resource(ACL)})) == BROKEN


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        (WHOLE, MET),
        ([*WHOLE, {"UriPath": {}}], MET),
        ([{"SingleHeader": {"name": "authorization"}}, *WHOLE[1:]], MET),
        ([{"SingleHeader": {"name": "host"}}, *WHOLE[1:]], BROKEN),
        ([{"SingleHeader": PARAMETER}, *WHOLE[1:]], UNDECIDED),
        ([*WHOLE[:2], {"QueryString": PARAMETER}], UNDECIDED),
        (WHOLE[:2], BROKEN),
        (WHOLE[1:], BROKEN),
        ([WHOLE[0], WHOLE[2]], BROKEN),
        ([{"singleHeader": {"Name": "authorization"}}, *WHOLE[1:]], BROKEN),
        ([], BROKEN),
        (GONE, BROKEN),
        ("x", BROKEN),
        (PARAMETER, UNDECIDED),
        ([PARAMETER, *WHOLE[1:]], UNDECIDED),
        ([{"SingleHeader": {"Name": PARAMETER}}, *WHOLE[1:]], UNDECIDED),
    ],
    ids=str,
)
def test_what_a_log_leaves_out_decides(fields: Json, wanted: str) -> None:
    assert verdict("WebAclLogRedacted", template({"It": resource(LOGGING, {"RedactedFields": fields})})) == wanted


def protection(kind: Json, *keys: Json, **changes: Json) -> Json:
    return {"Field": {"FieldType": kind, "FieldKeys": list(keys)}, "Action": "SUBSTITUTION", **changes}


HEADERS = protection("SINGLE_HEADER", "Authorization", "cookie")
QUERY = protection("QUERY_STRING")


def protecting(protections: Json, fields: Json = GONE) -> Body:
    log: Json = {"ResourceArn": {"Fn::GetAtt": ["Acl", "Arn"]}, "RedactedFields": fields}
    acl: Json = {"DataProtectionConfig": {"DataProtections": protections}}
    return template({"It": resource(LOGGING, log), "Acl": resource(ACL, acl)})


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        (protecting([HEADERS, QUERY]), MET),
        (protecting([protection("SINGLE_HEADER", "cookie"), HEADERS, QUERY]), MET),
        (protecting([QUERY], WHOLE[:2]), MET),
        (protecting([HEADERS], WHOLE[2:]), MET),
        (protecting([HEADERS]), BROKEN),
        (protecting([QUERY]), BROKEN),
        (protecting([protection("SINGLE_HEADER", "cookie"), QUERY]), BROKEN),
        (protecting([protection("SINGLE_HEADER"), QUERY]), BROKEN),
        (protecting([protection("SINGLE_COOKIE", "authorization", "cookie"), QUERY]), BROKEN),
        (protecting([HEADERS, protection("QUERY_STRING", ExcludeRuleMatchDetails=True)]), BROKEN),
        (protecting([HEADERS, protection("QUERY_STRING", ExcludeRateBasedDetails=True)]), BROKEN),
        (protecting([HEADERS, protection("QUERY_STRING", ExcludeRuleMatchDetails=False)]), MET),
        (protecting([HEADERS, protection(PARAMETER)]), UNDECIDED),
        (protecting([protection("SINGLE_HEADER", "cookie", PARAMETER), QUERY]), UNDECIDED),
        (protecting([HEADERS, PARAMETER]), UNDECIDED),
        (protecting(PARAMETER), UNDECIDED),
        (protecting([HEADERS, QUERY], PARAMETER), MET),
        (protecting([HEADERS], PARAMETER), UNDECIDED),
        (protecting("x"), BROKEN),
        (protecting([]), BROKEN),
        (protecting(GONE), BROKEN),
    ],
    ids=str,
)
def test_what_a_web_acl_protects_is_in_no_log(body: Body, wanted: str) -> None:
    assert verdict("WebAclLogRedacted", body) == wanted


def test_what_another_resource_protects_says_nothing_of_a_log() -> None:
    acl: Json = {"DataProtectionConfig": {"DataProtections": [HEADERS, QUERY]}}
    log: Json = {"ResourceArn": {"Fn::GetAtt": ["Acl", "Arn"]}}
    body = template({"It": resource(LOGGING, log), "Acl": resource("Custom::Acl", acl)})
    assert verdict("WebAclLogRedacted", body) == BROKEN


@pytest.mark.parametrize(
    ("properties", "wanted"),
    [
        ({"Rules": [{"Name": "x"}]}, MET),
        ({"Rules": [{}, {"Name": "x"}]}, MET),
        ({"Rules": [{}]}, BROKEN),
        ({"Rules": [GONE]}, BROKEN),
        ({"Rules": "x"}, BROKEN),
        ({"Rules": [PARAMETER]}, UNDECIDED),
        ({"Rules": [{}], "DefaultAction": {"Block": {}}}, MET),
        ({"Rules": PARAMETER, "DefaultAction": {"Block": {}}}, MET),
        ({"Rules": []}, BROKEN),
        ({}, BROKEN),
        ({"DefaultAction": {"Allow": {}}}, BROKEN),
        ({"DefaultAction": {"Block": {"CustomResponse": {"ResponseCode": 403}}}}, MET),
        ({"Rules": PARAMETER}, UNDECIDED),
    ],
    ids=str,
)
def test_rules_decide(properties: Json, wanted: str) -> None:
    assert verdict("WebAclHasRules", template({"It": resource(ACL, properties)})) == wanted
