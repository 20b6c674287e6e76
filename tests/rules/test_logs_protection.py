"""What is judged of identifiers in the logs of applications."""

from __future__ import annotations

import json

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
    resource,
    template,
    verdict,
)

RULE = "LogGroupMasksIdentifiers"
MASKING: Json = {"Statement": [{"DataIdentifier": ["a"], "Operation": {"Deidentify": {"MaskConfig": {}}}}]}
AUDITING: Json = {"Statement": [{"DataIdentifier": ["a"], "Operation": {"Audit": {}}}]}
FUNCTION = resource("AWS::Lambda::Function", {"LoggingConfig": {"LogGroup": {"Ref": "It"}}})
TASK = resource(
    "AWS::ECS::TaskDefinition",
    {"ContainerDefinitions": [{"LogConfiguration": {"Options": {"awslogs-group": {"Ref": "It"}}}}]},
)


def group(policy: Json, writer: Json = FUNCTION, **others: Json) -> Body:
    made = resource("AWS::Logs::LogGroup", {"DataProtectionPolicy": policy})
    return template({"It": made, "Writer": writer, **others})


@pytest.mark.parametrize("writer", [FUNCTION, TASK])
@pytest.mark.parametrize(
    ("policy", "wanted"),
    [
        (MASKING, MET),
        (json.dumps(MASKING), MET),
        (AUDITING, BROKEN),
        (GONE, BROKEN),
        (PARAMETER, UNDECIDED),
        *((value, BROKEN) for value in NEVER_TEXT),
    ],
)
def test_the_policy_of_a_group_that_applications_write_to_decides(policy: Json, writer: Json, wanted: str) -> None:
    assert verdict(RULE, group(policy, writer)) == wanted


def test_other_groups_are_not_asked() -> None:
    assert verdict(RULE, group(GONE, resource("AWS::EC2::FlowLog", {"LogGroupName": {"Ref": "It"}}))) == NOT_APPLICABLE


@pytest.mark.parametrize(
    ("kind", "document", "wanted"),
    [
        ("DATA_PROTECTION_POLICY", json.dumps(MASKING), MET),
        ("DATA_PROTECTION_POLICY", json.dumps(AUDITING), BROKEN),
        ("SUBSCRIPTION_FILTER_POLICY", json.dumps(MASKING), BROKEN),
        ("DATA_PROTECTION_POLICY", PARAMETER, UNDECIDED),
    ],
)
def test_a_policy_of_the_account_counts(kind: str, document: Json, wanted: str) -> None:
    policy = resource("AWS::Logs::AccountPolicy", {"PolicyType": kind, "PolicyDocument": document})
    assert verdict(RULE, group(GONE, Policy=policy)) == wanted
