"""The whole templates of volumes and the policies of their snapshots."""

from __future__ import annotations

from aws_cdk import Duration, RemovalPolicy, Size, Stack
from aws_cdk import aws_ec2 as ec2

from hipaa_constructs import EncryptedVolume, EncryptionKey, HipaaBackupPlan, SnapshotPolicy
from tests._synthesis import synthesized
from tests.snapshot.conftest import Templates
from tools.examples import EXAMPLES


def test_volume_with_defaults(templates: Templates) -> None:
    templates.hold(synthesized(EXAMPLES[EncryptedVolume]))


def test_policy_with_defaults(templates: Templates) -> None:
    templates.hold(synthesized(EXAMPLES[SnapshotPolicy]))


def test_volume_and_policy_with_all_options(templates: Templates) -> None:
    def build(stack: Stack) -> None:
        key = EncryptionKey(stack, "Own")
        volume = EncryptedVolume(
            stack,
            "It",
            availability_zone="us-east-1a",
            auto_enable_io=True,
            backup_plan=HipaaBackupPlan(stack, "Plan"),
            enable_multi_attach=True,
            encryption_key=key,
            iops=3000,
            removal_policy=RemovalPolicy.RETAIN,
            size=Size.gibibytes(500),
            volume_name="records",
            volume_type=ec2.EbsDeviceVolumeType.IO2,
        )
        policy = SnapshotPolicy(
            stack,
            "Snapshots",
            block_public_access=True,
            copy_to={"us-west-2": "arn:aws:kms:us-west-2:123456789012:key/mrk-0123456789abcdef"},
            encryption_key=key,
            every=Duration.hours(1),
            fast_restore_zones=["us-east-1a"],
            retention=Duration.days(3),
            start="00:30",
        )
        policy.protect(volume)

    templates.hold(synthesized(build, region="us-east-1"))
