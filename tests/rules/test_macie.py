"""What is judged of Macie sessions."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import BROKEN, GONE, MET, NEVER_TEXT, PARAMETER, UNDECIDED, resource, template, verdict

RULE = "MacieSessionEnabled"


@pytest.mark.parametrize("key", ["Status", "AutomatedDiscoveryStatus"])
@pytest.mark.parametrize(
    ("value", "wanted"),
    [(GONE, MET), ("ENABLED", MET), ("PAUSED", BROKEN), ("DISABLED", BROKEN), (PARAMETER, UNDECIDED)],
)
def test_both_switches_decide(key: str, value: Json, wanted: str) -> None:
    assert verdict(RULE, template({"It": resource("AWS::Macie::Session", {key: value})})) == wanted


@pytest.mark.parametrize("value", NEVER_TEXT)
def test_a_switch_that_is_none_breaks(value: Json) -> None:
    assert verdict(RULE, template({"It": resource("AWS::Macie::Session", {"Status": value})})) == BROKEN
