"""The whole templates of what watches an account."""

from __future__ import annotations

from aws_cdk import RemovalPolicy, Stack

from hipaa_constructs import AuditBaseline, LogArchive
from tests._synthesis import synthesized
from tests.snapshot.conftest import Templates


def test_audit_baseline_with_defaults(templates: Templates) -> None:
    templates.hold(synthesized(lambda stack: AuditBaseline(stack, "It")))


def test_audit_baseline_with_all_options(templates: Templates) -> None:
    def build(stack: Stack) -> None:
        AuditBaseline(
            stack,
            "Default",
            log_archive=LogArchive(stack, "Logs"),
            global_types=False,
            conformance_pack=False,
            security_hub=False,
            removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        )

    templates.hold(synthesized(build, region="us-east-1"))
