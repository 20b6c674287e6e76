"""The whole templates of the trails."""

from __future__ import annotations

from aws_cdk import Duration, Stack
from aws_cdk import aws_cloudtrail as cloudtrail
from aws_cdk import aws_events as events

from hipaa_constructs import EncryptedBucket, EncryptedTopic, EncryptedTrail
from tests._synthesis import synthesized
from tests.snapshot.conftest import Templates


def test_encrypted_trail_with_defaults(templates: Templates) -> None:
    templates.hold(synthesized(lambda stack: EncryptedTrail(stack, "It")))


def test_encrypted_trail_with_all_options(templates: Templates) -> None:
    def build(stack: Stack) -> None:
        EncryptedTrail(
            stack,
            "It",
            retention=Duration.days(3653),
            lock_mode="COMPLIANCE",
            replicate_to=EncryptedBucket(stack, "Replica"),
            data_events=[EncryptedBucket(stack, "Records")],
            digest_review=events.Schedule.rate(Duration.days(7)),
            sns_topic=EncryptedTopic(stack, "Files"),
            is_organization_trail=True,
            org_id="o-1234567890",
            s3_key_prefix="trail",
            trail_name="organization",
            insight_types=[cloudtrail.InsightType.API_ERROR_RATE, cloudtrail.InsightType.API_CALL_RATE],
        )

    templates.hold(synthesized(build))
