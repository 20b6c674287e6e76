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
