"""What is judged of event buses and their policies."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import (
    BROKEN,
    GONE,
    MET,
    NEVER_TEXT,
    PARAMETER,
    UNDECIDED,
    Body,
    resource,
    template,
    verdict,
)

BUS = "AWS::Events::EventBus"
POLICY = "AWS::Events::EventBusPolicy"
RULE = "EventBusPolicyNamesPrincipals"
ALLOW: Body = {"Effect": "Allow", "Action": "events:PutEvents", "Resource": "*"}


@pytest.mark.parametrize(
    ("key", "wanted"),
    [
        ({"Ref": "Key"}, MET),
        ("alias/mine", MET),
        ("alias/aws/events", BROKEN),
        (GONE, BROKEN),
        (PARAMETER, UNDECIDED),
    ],
)
def test_the_key_of_a_bus_decides(key: Json, wanted: str) -> None:
    body = template({"It": resource(BUS, {"KmsKeyIdentifier": key}), "Key": resource("AWS::KMS::Key")})
    assert verdict("EventBusUsesCustomerManagedKey", body) == wanted


@pytest.mark.parametrize(
    ("statement", "wanted"),
    [
        ({"Principal": {"AWS": "123456789012"}}, MET),
        ({"Principal": "*"}, BROKEN),
        ({"Principal": "*", "Effect": "Deny"}, MET),
        ({"Principal": "*", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}}, MET),
        ({"Principal": PARAMETER}, UNDECIDED),
    ],
)
def test_whom_a_policy_names_decides(statement: Body, wanted: str) -> None:
    whole: Json = {**ALLOW, **statement}
    of_policy = template({"It": resource(POLICY, {"Statement": whole})})
    of_bus = template({"It": resource(BUS, {"Policy": {"Statement": [whole]}})})
    assert {verdict(RULE, of_policy), verdict(RULE, of_bus)} == {wanted}


@pytest.mark.parametrize(
    ("properties", "wanted"),
    [
        ({"Principal": "123456789012"}, MET),
        ({"Principal": "*"}, BROKEN),
        ({"Principal": "*", "Condition": {"Key": "aws:PrincipalOrgID", "Value": "o-1"}}, MET),
        ({"Principal": "*", "Condition": {"Key": "aws:PrincipalOrgID", "Value": ""}}, BROKEN),
        ({"Principal": "*", "Condition": {"Key": "other", "Value": "o-1"}}, BROKEN),
        ({"Principal": "*", "Condition": PARAMETER}, UNDECIDED),
        ({"Principal": PARAMETER}, UNDECIDED),
        ({}, BROKEN),
        ({"Statement": PARAMETER}, UNDECIDED),
        ({"Statement": "x"}, BROKEN),
        ({"Statement": [ALLOW]}, BROKEN),
        *(({"Principal": value}, BROKEN) for value in NEVER_TEXT),
    ],
)
def test_the_older_form_of_a_policy_decides(properties: Body, wanted: str) -> None:
    assert verdict(RULE, template({"It": resource(POLICY, properties)})) == wanted


@pytest.mark.parametrize(
    ("policy", "wanted"), [(GONE, MET), (PARAMETER, UNDECIDED), ({"Statement": PARAMETER}, UNDECIDED), (3, BROKEN)]
)
def test_the_policy_of_a_bus_may_be_hidden(policy: Json, wanted: str) -> None:
    assert verdict(RULE, template({"It": resource(BUS, {"Policy": policy})})) == wanted
