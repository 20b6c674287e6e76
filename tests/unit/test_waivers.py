"""Waivers: what they excuse, and what they refuse."""

from __future__ import annotations

import dataclasses
import datetime

import pytest

from hipaa_constructs.errors import ComplianceError
from hipaa_constructs.rules import RULES, Assembly, Resource, Template
from hipaa_constructs.rules._value import Json
from hipaa_constructs.waivers import RecordedWaiver, UnusableWaiver, Waiver, recorded_in

GOOD = {
    "rule": "S3BucketVersioned",
    "reason": "scratch data",
    "approved_by": "CISO",
    "expires": "2027-03-31",
}


def made(**changes: object) -> Waiver:
    # A user without a type checker may pass anything.
    maker: type = Waiver
    waiver = maker(**{**GOOD, **changes})
    assert isinstance(waiver, Waiver)
    return waiver


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"rule": "S3BucketVersion"},
            "Waiver: rule must be the id of a rule, got 'S3BucketVersion'; did you mean S3BucketVersioned?",
        ),
        (
            {"rule": "zzz"},
            "Waiver: rule must be the id of a rule, got 'zzz'; `hipaa-constructs rules` lists them",
        ),
        (
            {"rule": ""},
            "Waiver: rule must be the id of a rule, got ''; `hipaa-constructs rules` lists them",
        ),
        (
            {"rule": None},
            "Waiver: rule must be the id of a rule, got None; `hipaa-constructs rules` lists them",
        ),
        (
            {"rule": "WaiverCurrent"},
            "Waiver of WaiverCurrent: this rule can't be waived; "
            "mend what it excuses, or have it approved again with a later date",
        ),
        (
            {"reason": ""},
            "Waiver of S3BucketVersioned: reason must say something, got '' (164.306(d)(3), 164.316(b)(1))",
        ),
        (
            {"reason": " \n"},
            "Waiver of S3BucketVersioned: reason must say something, got ' \\n' (164.306(d)(3), 164.316(b)(1))",
        ),
        (
            {"reason": None},
            "Waiver of S3BucketVersioned: reason must say something, got None (164.306(d)(3), 164.316(b)(1))",
        ),
        (
            {"approved_by": ""},
            "Waiver of S3BucketVersioned: approved_by must say something, got '' (164.306(d)(3), 164.316(b)(1))",
        ),
        (
            {"approved_by": 7},
            "Waiver of S3BucketVersioned: approved_by must say something, got 7 (164.306(d)(3), 164.316(b)(1))",
        ),
        (
            {"expires": "31.03.2027"},
            "Waiver of S3BucketVersioned: expires must be a date such as 2027-03-31, got '31.03.2027' (164.306(d)(3))",
        ),
        (
            {"expires": "2027-02-30"},
            "Waiver of S3BucketVersioned: expires must be a date such as 2027-03-31, got '2027-02-30' (164.306(d)(3))",
        ),
        (
            {"expires": None},
            "Waiver of S3BucketVersioned: expires must be a date such as 2027-03-31, got None (164.306(d)(3))",
        ),
    ],
    ids=str,
)
def test_what_excuses_or_explains_nothing_is_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(ComplianceError) as refusal:
        made(**changes)
    assert str(refusal.value) == message


@pytest.mark.parametrize("rule", [["S3BucketVersioned"], {}, 3, b"S3BucketVersioned"], ids=str)
def test_a_rule_of_the_wrong_type_is_refused(rule: object) -> None:
    with pytest.raises(ComplianceError, match="rule must be the id of a rule"):
        made(rule=rule)


@pytest.mark.parametrize("rule", [rule.id for rule in RULES.values() if not rule.waivable])
def test_a_demand_on_waivers_can_not_be_waived(rule: str) -> None:
    with pytest.raises(ComplianceError, match="this rule can't be waived"):
        made(rule=rule)


@pytest.mark.parametrize("rule", [rule.id for rule in RULES.values() if rule.waivable])
def test_every_other_rule_can_be_waived(rule: str) -> None:
    assert made(rule=rule).rule == rule


@pytest.mark.parametrize("check", ["cdk-nag:HIPAA.Security-NoSuchCheck", "checkov:CKV_AWS_21", "cdk-nag:"])
def test_a_check_that_no_rule_answers_is_refused(check: str) -> None:
    with pytest.raises(ComplianceError, match="rule must be the id of a rule"):
        made(rule=check)


@pytest.mark.parametrize(
    "expires",
    ["2027-03-31", datetime.date(2027, 3, 31), datetime.datetime(2027, 3, 31, 23, 59)],
    ids=str,
)
def test_the_last_day_may_be_given_as_text_or_date(expires: object) -> None:
    assert made(expires=expires).expiry == datetime.date(2027, 3, 31)


def test_the_last_day_is_kept_as_a_date() -> None:
    assert made(expires="2027-03-31").expires == datetime.date(2027, 3, 31)


def test_waivers_that_say_the_same_are_the_same() -> None:
    assert made() == made(expires=datetime.date(2027, 3, 31))


@pytest.mark.parametrize("attribute", ["rule", "reason", "approved_by", "expires"])
def test_a_waiver_can_not_be_changed(attribute: str) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(made(), attribute, "another")


def test_a_waiver_takes_keywords_only() -> None:
    maker: type = Waiver
    with pytest.raises(TypeError):
        maker("S3BucketVersioned", "reason", "CISO", "2027-03-31")


def test_a_waiver_acknowledges_its_rule_and_the_same_checks_of_cdk_nag() -> None:
    assert made().acknowledged_ids == (
        "HipaaConstructs::S3BucketVersioned",
        "HIPAA.Security::HIPAA.Security-S3BucketVersioningEnabled",
    )


def test_a_waiver_of_a_rule_that_only_this_package_has_acknowledges_that_alone() -> None:
    assert made(rule="S3BucketKept").acknowledged_ids == ("HipaaConstructs::S3BucketKept",)


def test_a_waiver_of_another_tools_check_acknowledges_that_alone() -> None:
    waiver = made(rule="cdk-nag:HIPAA.Security-S3DefaultEncryptionKMS")
    assert (waiver.is_foreign, waiver.acknowledged_ids) == (
        True,
        ("HIPAA.Security::HIPAA.Security-S3DefaultEncryptionKMS",),
    )


# Records


def holder(record: Json) -> Resource:
    metadata: Json = {"hipaa_constructs": {"waivers": [record]}}
    body: dict[str, Json] = {"It": {"Type": "AWS::S3::Bucket", "Metadata": metadata}}
    template = Template({"Resources": body})
    Assembly([template])
    return template.resources["It"]


@pytest.mark.parametrize("by_library", [True, False])
def test_a_recorded_waiver_is_read_back_as_it_was(by_library: bool) -> None:
    recorded = RecordedWaiver(made(), "Stack/Bucket", by_library)
    assert recorded_in(holder({**recorded.as_metadata()})) == [recorded]


def test_a_record_is_plain_text() -> None:
    assert RecordedWaiver(made(), "Stack/Bucket", by_library=False).as_metadata() == {
        **GOOD,
        "scope": "Stack/Bucket",
    }


def test_a_record_of_the_library_says_so() -> None:
    record = RecordedWaiver(made(), "Stack/Bucket", by_library=True).as_metadata()
    assert record["made_by"] == "hipaa_constructs"


def test_a_record_that_somebody_else_made_is_not_the_librarys() -> None:
    (found,) = recorded_in(holder({**GOOD, "made_by": "somebody"}))
    assert isinstance(found, RecordedWaiver)
    assert not found.by_library


@pytest.mark.parametrize("missing", GOOD)
def test_a_record_without_a_part_is_unusable(missing: str) -> None:
    record: Json = {key: value for key, value in GOOD.items() if key != missing}
    (found,) = recorded_in(holder(record))
    assert isinstance(found, UnusableWaiver)
    assert found.place.path == ("Metadata", "hipaa_constructs", "waivers", 0)
