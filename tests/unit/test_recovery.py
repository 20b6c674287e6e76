"""What recovery objectives write into templates, and what is no objective."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from aws_cdk import App, Duration, Environment, Stack
from aws_cdk import aws_sns as sns

from hipaa_constructs import ComplianceError, EncryptedBucket, RecoveryObjective, Waiver, waive
from hipaa_constructs.rules._value import Json
from tests._synthesis import at, metadata_waivers, report_of, synthesized, the

HOUR = RecoveryObjective(rpo=Duration.hours(1), rto=Duration.hours(4))
OBJECTIVE: Json = {"rpo_minutes": 60, "rto_minutes": 240}
WAIVER = Waiver(rule="S3BucketReplicated", reason="made anew", approved_by="CISO", expires="2999-12-31")
BUCKET = "AWS::S3::Bucket"


def findings(objective: RecoveryObjective, *, replicated: bool) -> Sequence[str]:
    def build(app: App) -> None:
        home, abroad = (
            Stack(app, name, env=Environment(account="123456789012", region=region))
            for name, region in (("Home", "us-east-1"), ("Abroad", "us-west-2"))
        )
        copies = EncryptedBucket(abroad, "Copies", bucket_name="copies-of-records") if replicated else None
        objective.set_for(EncryptedBucket(home, "Records", replicate_to=copies))

    return [one.outcome.found for one in report_of(build).findings if one.rule.id == "RecoveryObjectiveMet"]


def test_the_objectives_stand_in_the_metadata_of_each_store() -> None:
    template = synthesized(lambda stack: HOUR.set_for(EncryptedBucket(stack, "Records")))
    assert at(the(template, BUCKET, "Records"), "Metadata", "hipaa_constructs", "recovery_objective") == OBJECTIVE


def test_other_stores_of_the_stack_have_none() -> None:
    template = synthesized(lambda stack: HOUR.set_for(EncryptedBucket(stack, "Records")))
    log_archive = the(template, BUCKET, "LogArchive62")
    assert at(log_archive, "Metadata", "hipaa_constructs", "recovery_objective") is None


@pytest.mark.parametrize("objective_first", [True, False])
def test_waivers_and_objectives_of_a_resource_stand_side_by_side(objective_first: bool) -> None:
    def build(stack: Stack) -> None:
        records = EncryptedBucket(stack, "Records")
        for step in (0, 1):
            if bool(step) is objective_first:
                waive(records, WAIVER)
            else:
                HOUR.set_for(records)

    bucket = the(synthesized(build), BUCKET, "Records")
    assert at(bucket, "Metadata", "hipaa_constructs", "recovery_objective") == OBJECTIVE
    assert "made anew" in [one["reason"] for one in metadata_waivers(bucket)]


def test_objectives_that_are_set_again_take_the_place_of_the_first() -> None:
    def build(stack: Stack) -> None:
        records = EncryptedBucket(stack, "Records")
        RecoveryObjective(rpo=Duration.days(1), rto=Duration.days(1)).set_for(records)
        HOUR.set_for(records)

    bucket = the(synthesized(build), BUCKET, "Records")
    assert at(bucket, "Metadata", "hipaa_constructs", "recovery_objective") == OBJECTIVE


def test_a_bucket_replicated_to_another_region_meets_an_hour() -> None:
    assert findings(HOUR, replicated=True) == []


def test_a_bucket_that_is_replicated_nowhere_does_not() -> None:
    assert findings(HOUR, replicated=False) == [
        "RPO 60 min and RTO 240 min are set, and it has nothing in another Region"
    ]


def test_replication_does_not_meet_a_minute() -> None:
    objective = RecoveryObjective(rpo=Duration.minutes(1), rto=Duration.hours(4))
    assert findings(objective, replicated=True) == [
        "RPO 1 min and RTO 240 min are set, and it has S3 replication with time control (RPO 15 min, RTO 15 min)"
    ]


def test_a_construct_without_a_store_is_refused() -> None:
    topic = sns.Topic(Stack(App(), "Stack"), "Topic")
    message = r"^Stack/Topic: a recovery objective must be set for a data store, got none of AWS::S3::Bucket, .*"
    with pytest.raises(ComplianceError, match=message):
        HOUR.set_for(topic)


def test_nothing_is_written_where_one_of_several_is_refused() -> None:
    def build(stack: Stack) -> None:
        records = EncryptedBucket(stack, "Records")
        with pytest.raises(ComplianceError):
            HOUR.set_for(records, sns.Topic(stack, "Topic"))

    bucket = the(synthesized(build), BUCKET, "Records")
    assert at(bucket, "Metadata", "hipaa_constructs", "recovery_objective") is None


@pytest.mark.parametrize(
    ("name", "given", "shown"),
    [
        ("rpo", 60, "60"),
        ("rpo", Duration.seconds(30), "30 seconds"),
        ("rto", None, "None"),
        ("rto", Duration.minutes(0), "0 minutes"),
    ],
)
def test_what_is_no_duration_of_a_minute_is_refused(name: str, given: object, shown: str) -> None:
    options: dict[str, object] = {"rpo": Duration.hours(1), "rto": Duration.hours(1), name: given}
    make: type = RecoveryObjective
    message = (
        f"RecoveryObjective: {name} must be a Duration of a minute or longer, got {shown}; no copy of data is made in "
        "less time (164.308(a)(7)(ii)(B))"
    )
    with pytest.raises(ComplianceError, match=f"^{re.escape(message)}$"):
        make(**options)
