"""What is judged of Amazon Inspector."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import (
    BROKEN,
    GONE,
    MALFORMED,
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

REPEATED, ROUTED = "InspectorCisScanRepeated", "InspectorFindingsRouted"
NO_SCHEDULE: tuple[Json, ...] = (None, 0, True, [], {})
START: Json = {"StartTime": {"TimeOfDay": "02:00", "TimeZone": "UTC"}}


def scan(schedule: Json) -> Body:
    return template({"It": resource("AWS::InspectorV2::CisScanConfiguration", {"Schedule": schedule})})


@pytest.mark.parametrize(
    ("schedule", "wanted"),
    [
        ({"Daily": START}, MET),
        ({"Weekly": START}, MET),
        ({"Monthly": START}, MET),
        ({"OneTime": {}}, BROKEN),
        ({"Daily": GONE, "OneTime": {}}, BROKEN),
        ({"Daily": PARAMETER}, UNDECIDED),
        ({"Daily": True}, BROKEN),
        (PARAMETER, UNDECIDED),
        (GONE, BROKEN),
        ("Daily", BROKEN),
        *((value, BROKEN) for value in NO_SCHEDULE),
    ],
)
def test_a_scan_is_repeated(schedule: Json, wanted: str) -> None:
    assert verdict(REPEATED, scan(schedule)) == wanted


@pytest.mark.parametrize("value", MALFORMED, ids=str)
def test_a_malformed_intrinsic_function_is_no_pass(value: Json) -> None:
    assert verdict(REPEATED, scan(value)) in (BROKEN, UNDECIDED)
    assert verdict(ROUTED, event_rule(Targets=value)) in (BROKEN, UNDECIDED)


def event_rule(source: Json = None, **properties: Json) -> Body:
    pattern: Json = {"source": source or ["aws.inspector2"], "detail": {"severity": ["HIGH"]}}
    body: Json = {"EventPattern": pattern, "Targets": [{"Arn": {"Ref": "Topic"}, "Id": "x"}], **properties}
    return template({"It": resource("AWS::Events::Rule", body), "Topic": resource("AWS::SNS::Topic")})


@pytest.mark.parametrize(
    ("properties", "wanted"),
    [
        ({}, MET),
        ({"State": "ENABLED"}, MET),
        ({"State": "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"}, MET),
        ({"State": "DISABLED"}, BROKEN),
        ({"State": PARAMETER}, UNDECIDED),
        ({"Targets": []}, BROKEN),
        ({"Targets": [GONE]}, BROKEN),
        ({"Targets": GONE}, BROKEN),
        ({"Targets": "x"}, BROKEN),
        ({"Targets": PARAMETER}, UNDECIDED),
        ({"Targets": PARAMETER, "State": "DISABLED"}, BROKEN),
        *(({"State": value}, BROKEN) for value in NEVER_TEXT),
    ],
)
def test_what_is_found_reaches_somebody(properties: Body, wanted: str) -> None:
    assert verdict(ROUTED, event_rule(**properties)) == wanted


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("aws.inspector2", BROKEN),
        (["aws.guardduty", "aws.inspector2"], BROKEN),
        (["aws.guardduty"], NOT_APPLICABLE),
        ([{"prefix": "aws."}], NOT_APPLICABLE),
        (PARAMETER, NOT_APPLICABLE),
    ],
)
def test_rules_for_events_of_inspector_are_judged(source: Json, wanted: str) -> None:
    assert verdict(ROUTED, event_rule(source, Targets=[])) == wanted


def test_scheduled_rules_are_not_judged() -> None:
    body = template({"It": resource("AWS::Events::Rule", {"ScheduleExpression": "rate(1 day)"})})
    assert verdict(ROUTED, body) == NOT_APPLICABLE
