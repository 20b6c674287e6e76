"""What is judged of the waivers recorded in a template."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import (
    BROKEN,
    GONE,
    MET,
    NOT_APPLICABLE,
    PARAMETER,
    TODAY,
    outcome,
    template,
    verdict,
)

RULE = "WaiverCurrent"


def holder(waivers: Json, **others: Json) -> Json:
    recorded: Json = {"hipaa_constructs": {"waivers": waivers}, **others}
    return {"Type": "AWS::SNS::Topic", "Metadata": recorded}


def judged(waivers: Json) -> str:
    return verdict(RULE, template({"It": holder(waivers)}))


@pytest.mark.parametrize(
    ("expires", "wanted"),
    [
        ("2027-03-31", MET),
        ("2027-04-01", MET),
        ("9999-12-31", MET),
        ("2027-03-30", BROKEN),
        ("0001-01-01", BROKEN),
        ("2027-02-30", BROKEN),
        ("31.03.2028", BROKEN),
        ("", BROKEN),
        (20280101, BROKEN),
        (True, BROKEN),
        (None, BROKEN),
        ([], BROKEN),
        ({}, BROKEN),
        (GONE, BROKEN),
        (PARAMETER, BROKEN),
    ],
    ids=str,
)
def test_a_waiver_holds_up_to_the_day_it_names(expires: Json, wanted: str) -> None:
    assert (str(TODAY), judged([{"expires": expires}])) == ("2027-03-31", wanted)


def test_each_of_several_waivers_is_judged() -> None:
    assert judged([{"expires": "2028-01-01"}, {"expires": "2026-01-01"}]) == BROKEN


def test_a_past_waiver_is_pointed_at() -> None:
    body = template({"It": holder([{"expires": "2028-01-01"}, {"expires": "2026-01-01"}])})
    found = outcome(RULE, body)
    assert (found.property, found.found) == (
        "Metadata.hipaa_constructs.waivers[1].expires",
        "2026-01-01 is past",
    )


@pytest.mark.parametrize("waivers", [[], {}, "x", 3, None, GONE, PARAMETER], ids=str)
def test_without_a_waiver_there_is_nothing_to_judge(waivers: Json) -> None:
    assert judged(waivers) == NOT_APPLICABLE


@pytest.mark.parametrize("waiver", ["x", 3, None, [], [[]], {}], ids=str)
def test_a_waiver_of_the_wrong_type_is_not_current(waiver: Json) -> None:
    assert judged([waiver]) == BROKEN


@pytest.mark.parametrize("metadata", [None, "x", [], {}, {"hipaa_constructs": []}], ids=str)
def test_other_metadata_is_no_waiver(metadata: Json) -> None:
    body = template({"It": {"Type": "AWS::SNS::Topic", "Metadata": metadata}})
    assert verdict(RULE, body) == NOT_APPLICABLE


def test_a_waiver_under_a_condition_counts_where_that_holds() -> None:
    recorded: Json = {"hipaa_constructs": {"waivers": [{"expires": "2026-01-01"}]}}
    for answer, wanted in (("yes", BROKEN), ("no", NOT_APPLICABLE)):
        topic: Json = {"Type": "AWS::SNS::Topic", "Metadata": {"Fn::If": ["Live", recorded, {}]}}
        body = template({"It": topic}, Conditions={"Live": {"Fn::Equals": [answer, "yes"]}})
        assert verdict(RULE, body) == wanted


@pytest.mark.parametrize("rule", ["WaiverUsed", "RuleCompleted"])
def test_what_the_checker_decides_is_not_asked_of_a_resource(rule: str) -> None:
    assert verdict(rule, template({"It": holder([])})) == NOT_APPLICABLE
