"""What is judged of Security Hub CSPM."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import BROKEN, GONE, MET, NEVER_TEXT, PARAMETER, UNDECIDED, resource, template, verdict

HUB, STANDARD = "AWS::SecurityHub::Hub", "AWS::SecurityHub::Standard"
REASONS = "SecurityHubControlsDisabledWithReason"


@pytest.mark.parametrize(
    ("properties", "alone", "beside"),
    [
        ({}, MET, MET),
        ({"EnableDefaultStandards": True}, MET, MET),
        ({"EnableDefaultStandards": False}, BROKEN, MET),
        ({"EnableDefaultStandards": PARAMETER}, UNDECIDED, MET),
        ({"AutoEnableControls": False}, BROKEN, BROKEN),
        ({"AutoEnableControls": True}, MET, MET),
        ({"AutoEnableControls": PARAMETER}, UNDECIDED, UNDECIDED),
    ],
)
def test_a_hub_has_default_standards_or_others(properties: Json, alone: str, beside: str) -> None:
    hub, standard = resource(HUB, properties), resource(STANDARD, {"StandardsArn": "x"})
    bodies = template({"It": hub}), template({"It": hub, "Standard": standard})
    assert [verdict("SecurityHubHasStandards", body) for body in bodies] == [alone, beside]


@pytest.mark.parametrize(
    ("disabled", "wanted"),
    [
        (GONE, MET),
        ([], MET),
        ([{"StandardsControlArn": "a", "Reason": "no EC2 here"}], MET),
        ([{"StandardsControlArn": "a"}], BROKEN),
        ([{"StandardsControlArn": "a", "Reason": ""}], BROKEN),
        ([{"StandardsControlArn": "a", "Reason": "b"}, {"StandardsControlArn": "b"}], BROKEN),
        ([{"StandardsControlArn": "a", "Reason": PARAMETER}], UNDECIDED),
        (PARAMETER, UNDECIDED),
    ],
)
def test_what_is_switched_off_has_a_reason(disabled: Json, wanted: str) -> None:
    assert verdict(REASONS, template({"It": resource(STANDARD, {"DisabledStandardsControls": disabled})})) == wanted


@pytest.mark.parametrize("properties", NEVER_TEXT)
def test_no_properties_make_them_fail(properties: Json) -> None:
    assert verdict(REASONS, template({"It": resource(STANDARD, properties)})) == MET
