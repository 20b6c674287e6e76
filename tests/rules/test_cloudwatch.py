"""What is judged of alarms."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import BROKEN, GONE, MALFORMED, MET, PARAMETER, UNDECIDED, resource, template, verdict

TOPIC: Json = {"Ref": "Topic"}
BOTH: dict[str, Json] = {"AlarmActions": [TOPIC], "InsufficientDataActions": [TOPIC]}


def judged(properties: Json) -> str:
    topic = resource("AWS::SNS::Topic")
    return verdict("AlarmActs", template({"It": resource("AWS::CloudWatch::Alarm", properties), "Topic": topic}))


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({}, MET),
        ({"ActionsEnabled": True}, MET),
        ({"ActionsEnabled": "true"}, MET),
        ({"ActionsEnabled": GONE}, MET),
        ({"ActionsEnabled": False}, BROKEN),
        ({"ActionsEnabled": PARAMETER}, UNDECIDED),
    ],
    ids=str,
)
def test_an_alarm_with_actions(changes: dict[str, Json], wanted: str) -> None:
    assert judged({**BOTH, **changes}) == wanted


@pytest.mark.parametrize("state", ["AlarmActions", "InsufficientDataActions"])
@pytest.mark.parametrize(
    ("actions", "wanted"),
    [
        (["arn:aws:sns:us-east-1:1:t"], MET),
        ([{"Fn::ImportValue": "Topic"}], MET),
        (["", TOPIC], MET),
        ([], BROKEN),
        ([""], BROKEN),
        ([None], BROKEN),
        ([GONE], BROKEN),
        (GONE, BROKEN),
        ("arn:aws:sns:us-east-1:1:t", BROKEN),
        (None, BROKEN),
        ({}, BROKEN),
        (3, BROKEN),
        (PARAMETER, UNDECIDED),
        *((value, UNDECIDED) for value in MALFORMED),
    ],
    ids=str,
)
def test_an_alarm_tells_somebody(state: str, actions: Json, wanted: str) -> None:
    assert judged({**BOTH, state: actions}) == wanted


@pytest.mark.parametrize(
    ("missing", "wanted"),
    [
        ("breaching", MET),
        *((value, BROKEN) for value in ("notBreaching", "ignore", "missing", "Breaching", "", None, 3, [], {}, GONE)),
        (PARAMETER, UNDECIDED),
    ],
    ids=str,
)
def test_missing_data_that_count_as_a_breach_set_an_alarm_off(missing: Json, wanted: str) -> None:
    assert judged({"AlarmActions": [TOPIC], "TreatMissingData": missing}) == wanted


def test_missing_data_that_count_as_a_breach_need_an_action_of_the_alarm() -> None:
    assert judged({"InsufficientDataActions": [TOPIC], "TreatMissingData": "breaching"}) == BROKEN


@pytest.mark.parametrize("properties", [None, {}, [], "x", 3], ids=str)
def test_a_bare_alarm_tells_nobody(properties: Json) -> None:
    assert judged(properties) == BROKEN


@pytest.mark.parametrize(("properties", "wanted"), [(BOTH, MET), ({"AlarmActions": [TOPIC]}, BROKEN), ({}, BROKEN)])
def test_an_alarm_of_alarms_tells_somebody_too(properties: Json, wanted: str) -> None:
    alarm = resource("AWS::CloudWatch::CompositeAlarm", properties)
    assert verdict("AlarmActs", template({"It": alarm, "Topic": resource("AWS::SNS::Topic")})) == wanted
