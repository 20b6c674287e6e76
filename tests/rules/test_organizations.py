"""What is judged of policies of AWS Organizations."""

from __future__ import annotations

import json

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import (
    BROKEN,
    MET,
    NEVER_TEXT,
    NOT_APPLICABLE,
    PARAMETER,
    UNDECIDED,
    outcome,
    partly,
    resource,
    template,
    verdict,
)

RULE = "ServiceControlPolicyGuardsWholly"
KIND = "AWS::Organizations::Policy"
TRAIL: list[Json] = ["cloudtrail:DeleteTrail", "cloudtrail:StopLogging", "cloudtrail:UpdateTrail"]
CONFIG: list[Json] = [
    "config:DeleteConfigurationRecorder",
    "config:DeleteDeliveryChannel",
    "config:StopConfigurationRecorder",
]
DETECTOR: list[Json] = [
    "guardduty:DeleteDetector",
    "guardduty:DisassociateFromAdministratorAccount",
    "guardduty:UpdateDetector",
]


def denying(actions: Json, kind: Json = "SERVICE_CONTROL_POLICY", effect: Json = "Deny") -> Json:
    content: Json = {"Statement": [{"Effect": effect, "Action": actions, "Resource": "*"}]}
    return resource(KIND, {"Type": kind, "Content": content})


@pytest.mark.parametrize("whole", [TRAIL, CONFIG, DETECTOR])
def test_a_safeguard_is_guarded_wholly_or_not_at_all(whole: list[Json]) -> None:
    assert verdict(RULE, template({"It": denying(whole)})) == MET
    for missing in range(3):
        some = [action for number, action in enumerate(whole) if number != missing]
        assert verdict(RULE, template({"It": denying(some)})) == BROKEN
    assert verdict(RULE, template({"It": denying(whole, effect="Allow")})) == NOT_APPLICABLE


def test_wildcards_and_several_statements_count() -> None:
    assert verdict(RULE, template({"It": denying(["cloudtrail:*"])})) == MET
    statements: Json = [{"Effect": "Deny", "Action": action, "Resource": "*"} for action in TRAIL]
    for content in ({"Statement": statements}, json.dumps({"Statement": statements})):
        properties: Json = {"Type": "SERVICE_CONTROL_POLICY", "Content": content}
        assert verdict(RULE, template({"It": resource(KIND, properties)})) == MET


def test_a_finding_names_what_is_missing() -> None:
    found = outcome(RULE, template({"It": denying(TRAIL[:2])}))
    assert found.found == "it denies cloudtrail:DeleteTrail and not cloudtrail:UpdateTrail"
    assert found.property == "Content"


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        ("TAG_POLICY", NOT_APPLICABLE),
        (PARAMETER, UNDECIDED),
        (partly("SERVICE_CONTROL_POLICY"), UNDECIDED),
        *((k, NOT_APPLICABLE) for k in NEVER_TEXT),
    ],
)
def test_other_policies_are_not_asked(kind: Json, wanted: str) -> None:
    assert verdict(RULE, template({"It": denying(TRAIL[:1], kind)})) == wanted


def test_a_policy_about_other_things_is_not_asked() -> None:
    assert verdict(RULE, template({"It": denying(["s3:DeleteBucket"])})) == NOT_APPLICABLE


@pytest.mark.parametrize("content", [PARAMETER, {"Statement": PARAMETER}, "not JSON"])
def test_a_hidden_policy_is_undecided(content: Json) -> None:
    properties: Json = {"Type": "SERVICE_CONTROL_POLICY", "Content": content}
    assert verdict(RULE, template({"It": resource(KIND, properties)})) == UNDECIDED


def test_a_denial_of_all_but_a_few_actions_is_not_asked() -> None:
    content: Json = {"Statement": [{"Effect": "Deny", "NotAction": TRAIL[:1], "Resource": "*"}]}
    properties: Json = {"Type": "SERVICE_CONTROL_POLICY", "Content": content}
    assert verdict(RULE, template({"It": resource(KIND, properties)})) == NOT_APPLICABLE
