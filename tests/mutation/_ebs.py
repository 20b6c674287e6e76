"""Volumes and the policies of their snapshots, weakened."""

from __future__ import annotations

from aws_cdk import Fn, Size, Stack

from hipaa_constructs import EncryptedVolume, SnapshotPolicy
from tests.mutation._weakening import Weakening


def volume(stack: Stack) -> None:
    EncryptedVolume(stack, "It", availability_zone=Fn.select(0, Fn.get_azs()), size=Size.gibibytes(10))


def snapshots(stack: Stack) -> None:
    key = "arn:aws:kms:us-west-2:123456789012:key/mrk-0123456789abcdef"
    SnapshotPolicy(stack, "It", copy_to={"us-west-2": key}, block_public_access=True)


WEAKENING = Weakening(
    "ebs",
    (volume, snapshots),
    only=(
        "LifecyclePolicy:Properties/PolicyDetails:deleted",
        "LifecyclePolicy:Properties/PolicyDetails/Schedules*/CreateRule:deleted",
        "LifecyclePolicy:Properties/PolicyDetails/Schedules*/Encrypted:*",
        "LifecyclePolicy:Properties/PolicyDetails/Schedules*/RetainRule:deleted",
        "LifecyclePolicy:Properties/State:*",
        "SnapshotBlockPublicAccess:Properties/State:*",
        "Volume:DeletionPolicy:*",
        "Volume:Properties/Encrypted:*",
        "Volume:Properties/KmsKeyId:*",
        "Volume:UpdateReplacePolicy:*",
        "BackupSelection::removed",
    ),
    exempt=(("LifecyclePolicy:*CrossRegionCopyRules/0/RetainRule", "deleted", "refused, or a copy is kept for ever"),),
)
