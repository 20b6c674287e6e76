"""The whole templates of the log groups."""

from __future__ import annotations

from aws_cdk import Stack
from aws_cdk import aws_logs as logs

from hipaa_constructs import EncryptedLogGroup, EncryptionKey, masks_identifiers
from tests._refusals import waiver
from tests._synthesis import synthesized
from tests.snapshot.conftest import Templates


def test_encrypted_log_group_with_defaults(templates: Templates) -> None:
    templates.hold(synthesized(lambda stack: EncryptedLogGroup(stack, "It")))


def test_encrypted_log_group_with_all_options(templates: Templates) -> None:
    def build(stack: Stack) -> None:
        EncryptedLogGroup(
            stack,
            "It",
            encryption_key=EncryptionKey(stack, "Own"),
            retention=logs.RetentionDays.ONE_MONTH,
            deletion_protection_enabled=False,
            data_protection_policy=masks_identifiers(
                custom={"MedicalRecordNumber": "MRN-[0-9]{8}"},
                findings_to=EncryptedLogGroup(stack, "Found", data_protection_policy=False),
            ),
            field_index_policies=[logs.FieldIndexPolicy(fields=["requestId"])],
            log_group_class=logs.LogGroupClass.STANDARD,
            log_group_name="/portal/debug",
            waivers=[waiver("LogGroupKeptSixYears"), waiver("LogGroupProtectedFromDeletion")],
        )

    templates.hold(synthesized(build))
