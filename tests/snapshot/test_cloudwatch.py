"""The whole templates of the alarms on trails."""

from __future__ import annotations

from aws_cdk import Stack

from hipaa_constructs import AuditAlarms, EncryptedTopic
from tests._synthesis import synthesized
from tests.snapshot.conftest import Templates
from tools.examples import imported_log_group


def test_audit_alarms_with_defaults(templates: Templates) -> None:
    templates.hold(synthesized(lambda stack: AuditAlarms(stack, "It", log_group=imported_log_group(stack))))


def test_audit_alarms_with_all_options(templates: Templates) -> None:
    def build(stack: Stack) -> None:
        AuditAlarms(
            stack,
            "It",
            log_group=imported_log_group(stack),
            alarm_topic=EncryptedTopic(stack, "Security"),
            break_glass_roles=["arn:aws:iam::123456789012:role/BreakGlass"],
            patterns={"ExportStarted": "$.eventName=StartExportTask"},
        )

    templates.hold(synthesized(build))
