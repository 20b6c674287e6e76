"""Trails, weakened."""

from __future__ import annotations

from aws_cdk import Duration, Stack
from aws_cdk import aws_events as events

from hipaa_constructs import EncryptedTrail
from tests.mutation._weakening import Weakening


def trail(stack: Stack) -> None:
    EncryptedTrail(stack, "It", digest_review=events.Schedule.rate(Duration.days(1)))


WEAKENING = Weakening(
    "cloudtrail",
    (trail,),
    only=(
        "Alarm::removed",
        "Alarm:Properties/AlarmActions*:deleted",
        "Alarm:Properties/ComparisonOperator:*",
        "Alarm:Properties/InsufficientDataActions*:deleted",
        "Alarm:Properties/MetricName:*",
        "Alarm:Properties/Namespace:*",
        "Bucket:Properties/ObjectLock*",
        "LogGroup:Properties/KmsKeyId:*",
        "LogGroup:Properties/RetentionInDays:2191",
        "MetricFilter::removed",
        "MetricFilter:Properties/*",
        "Trail:Properties/*",
    ),
    exempt=(
        ("Bucket:*/ObjectLockConfiguration/ObjectLockEnabled", "*", "refused by S3: it knows no other value"),
        ("ItDigestRe:*", "*", "the review is on request; no rule asks for it"),
        ("ItTrailSel:*", "*", "an alarm beyond those of the CIS benchmark"),
        ("MetricFilter:*/DefaultValue", "*", "without events the alarm is quiet either way"),
        ("Trail:*/AdvancedEventSelectors/1/FieldSelectors/2*", "*", "which objects is the app's decision"),
        ("Trail:*/AdvancedEventSelectors/2*", "*", "which objects is the app's decision"),
        ("Trail:*/AdvancedEventSelectors/?/Name", "*", "a name"),
        ("Trail:Properties/CloudWatchLogsRoleArn", "alias/aws/s3", "another role"),
        ("Trail:Properties/IncludeGlobalServiceEvents", "deleted", "included where nothing is said"),
        ("Trail:Properties/S3BucketName", "*", "another bucket, or refused: the property is required"),
        ("Trail:Properties/TrailName", "*", "refused by CloudTrail: the policies let no other trail deliver"),
    ),
    expected=frozenset({"S3BucketReplicated"}),
)
