"""What is judged of IAM policies."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import BROKEN, MET, PARAMETER, UNDECIDED, resource, template, verdict

RULE = "IamPolicyManaged"
INLINE: Json = [{"PolicyName": "Read", "PolicyDocument": {"Statement": []}}]


@pytest.mark.parametrize(
    "kind", ["AWS::IAM::Policy", "AWS::IAM::RolePolicy", "AWS::IAM::UserPolicy", "AWS::IAM::GroupPolicy"]
)
@pytest.mark.parametrize("properties", [{}, {"PolicyDocument": {}}, None, "x"])
def test_an_inline_policy_breaks(kind: str, properties: Json) -> None:
    assert verdict(RULE, template({"It": resource(kind, properties)})) == BROKEN


@pytest.mark.parametrize("kind", ["AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group"])
@pytest.mark.parametrize(
    ("policies", "wanted"),
    [
        ({"Ref": "AWS::NoValue"}, MET),
        ([], MET),
        ([{"Ref": "AWS::NoValue"}], MET),
        (INLINE, BROKEN),
        ({}, BROKEN),
        ("x", BROKEN),
        (None, BROKEN),
        (PARAMETER, UNDECIDED),
        ({"Fn::If": ["Prod", [], INLINE]}, UNDECIDED),
    ],
)
def test_the_policies_inside_a_role_user_or_group_decide(kind: str, policies: Json, wanted: str) -> None:
    assert verdict(RULE, template({"It": resource(kind, {"Policies": policies})})) == wanted


def test_a_role_without_policies_meets() -> None:
    assert verdict(RULE, template({"It": resource("AWS::IAM::Role", {})})) == MET
