"""What is judged of plans for the loss of a zone or a Region."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import BROKEN, GONE, MET, PARAMETER, UNDECIDED, resource, template, verdict


def judged(rule: str, kind: str, properties: Json) -> str:
    return verdict(rule, template({"It": resource(kind, properties)}))


@pytest.mark.parametrize(
    ("minutes", "wanted"),
    [(60, MET), ("60", MET), (1, MET), (0, BROKEN), (GONE, BROKEN), ("x", BROKEN), (PARAMETER, UNDECIDED)],
)
def test_a_switch_of_regions_states_its_objective(minutes: Json, wanted: str) -> None:
    properties: Json = {"RecoveryTimeObjectiveMinutes": minutes}
    assert judged("RegionSwitchPlanStatesObjective", "AWS::ARCRegionSwitch::Plan", properties) == wanted


@pytest.mark.parametrize(
    ("region", "wanted"),
    [
        ({"RtoInSecs": 3600, "RpoInSecs": 0}, MET),
        ({"RtoInSecs": 3600}, BROKEN),
        ({"RpoInSecs": 3600}, BROKEN),
        ({"RtoInSecs": 3600, "RpoInSecs": -1}, BROKEN),
        ({"RtoInSecs": 3600, "RpoInSecs": PARAMETER}, UNDECIDED),
        (GONE, BROKEN),
        (PARAMETER, UNDECIDED),
        ("x", BROKEN),
    ],
)
def test_a_resiliency_policy_covers_the_region(region: Json, wanted: str) -> None:
    properties: Json = {"Policy": {"AZ": {"RtoInSecs": 1, "RpoInSecs": 1}, "Region": region}}
    assert judged("ResiliencyPolicyCoversRegion", "AWS::ResilienceHub::ResiliencyPolicy", properties) == wanted


@pytest.mark.parametrize(
    ("properties", "wanted"),
    [
        ({"ResiliencyPolicyArn": "arn:a"}, MET),
        ({"ResiliencyPolicyArn": "arn:a", "AppAssessmentSchedule": "Daily"}, MET),
        ({"ResiliencyPolicyArn": "arn:a", "AppAssessmentSchedule": "Disabled"}, BROKEN),
        ({"ResiliencyPolicyArn": "arn:a", "AppAssessmentSchedule": PARAMETER}, UNDECIDED),
        ({"AppAssessmentSchedule": "Daily"}, BROKEN),
        ("x", BROKEN),
    ],
)
def test_an_application_has_a_policy_and_is_assessed(properties: Json, wanted: str) -> None:
    assert judged("ResilienceAppAssessed", "AWS::ResilienceHub::App", properties) == wanted


@pytest.mark.parametrize(
    ("status", "practice", "wanted"),
    [
        ("ENABLED", {"OutcomeAlarms": [{"AlarmIdentifier": "a"}]}, MET),
        ("DISABLED", {"OutcomeAlarms": [{"AlarmIdentifier": "a"}]}, BROKEN),
        (GONE, {"OutcomeAlarms": [{"AlarmIdentifier": "a"}]}, BROKEN),
        ("ENABLED", {"OutcomeAlarms": []}, BROKEN),
        ("ENABLED", GONE, BROKEN),
        (PARAMETER, {"OutcomeAlarms": [{"AlarmIdentifier": "a"}]}, UNDECIDED),
    ],
)
def test_zonal_autoshift_is_on_and_tried_out(status: Json, practice: Json, wanted: str) -> None:
    properties: Json = {"ZonalAutoshiftStatus": status, "PracticeRunConfiguration": practice}
    kind = "AWS::ARCZonalShift::ZonalAutoshiftConfiguration"
    assert judged("ZonalAutoshiftEnabled", kind, properties) == wanted
