"""Alarms on trails, weakened."""

from __future__ import annotations

from aws_cdk import Stack

from hipaa_constructs import AuditAlarms, EncryptedTrail
from hipaa_constructs.services.cloudwatch import FURTHER
from tests.mutation._weakening import Weakening
from tests.unit.test_cloudtrail import SILENT


def alarms(stack: Stack) -> None:
    trail = EncryptedTrail(stack, "Trail", alarm_topic=False, waivers=SILENT)
    AuditAlarms(stack, "It", log_group=trail.log_group)


WEAKENING = Weakening(
    "cloudwatch",
    (alarms,),
    only=(
        "Alarm::removed",
        "Alarm:Properties/AlarmActions*:deleted",
        "Alarm:Properties/ComparisonOperator:*",
        "Alarm:Properties/InsufficientDataActions*:deleted",
        "MetricFilter::removed",
    ),
    exempt=tuple(
        (f"It{name}"[:10] + ":*", "*", "an alarm beyond those that a rule asks for")
        for name in ("TrailSelectionChanged", *FURTHER)
    ),
    expected=frozenset({"S3BucketReplicated", "WaiverUsed"}),
)
