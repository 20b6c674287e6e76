"""The whole templates of what has an account scanned."""

from __future__ import annotations

from aws_cdk import Stack

from hipaa_constructs import EncryptedTopic, InspectorScanning
from tests._synthesis import synthesized
from tests.snapshot.conftest import Templates


def test_inspector_scanning_with_defaults(templates: Templates) -> None:
    templates.hold(synthesized(lambda stack: InspectorScanning(stack, "It")))


def test_inspector_scanning_with_all_options(templates: Templates) -> None:
    def build(stack: Stack) -> None:
        InspectorScanning(
            stack,
            "It",
            scans=["EC2", "ECR"],
            severities=["CRITICAL", "HIGH", "MEDIUM"],
            topic=EncryptedTopic(stack, "Security"),
            cis_tags={"phi": ["yes"]},
            cis_level=2,
            cis_days=["MON", "THU"],
            cis_time="02:30",
        )

    templates.hold(synthesized(build))
