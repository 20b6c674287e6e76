"""The whole templates of the keys."""

from __future__ import annotations

from aws_cdk import Duration, Stack
from aws_cdk import aws_iam as iam

from hipaa_constructs import EncryptionKey, ReplicaEncryptionKey
from tests._refusals import waiver
from tests._synthesis import synthesized
from tests.snapshot.conftest import Templates

PRIMARY = "arn:aws:kms:us-east-1:123456789012:key/mrk-0123456789abcdef"


def test_encryption_key_with_defaults(templates: Templates) -> None:
    templates.hold(synthesized(lambda stack: EncryptionKey(stack, "It")))


def test_encryption_key_with_all_options(templates: Templates) -> None:
    def build(stack: Stack) -> None:
        EncryptionKey(
            stack,
            "It",
            admins=[iam.Role.from_role_arn(stack, "Admin", "arn:aws:iam::123456789012:role/KeyAdmin")],
            alias="records",
            description="Encrypts the records of the portal",
            multi_region=True,
            pending_window=Duration.days(14),
            rotation_period=Duration.days(180),
            waivers=[waiver("KmsKeyDeletedSlowly")],
        ).allow_cloudwatch_logs()

    templates.hold(synthesized(build))


def test_replica_encryption_key(templates: Templates) -> None:
    def build(stack: Stack) -> None:
        key = ReplicaEncryptionKey(stack, "It", primary_key_arn=PRIMARY, description="Records, second Region")
        key.allow_cloudwatch_logs()

    templates.hold(synthesized(build))
