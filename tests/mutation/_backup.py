"""Backup plans and vaults, weakened."""

from __future__ import annotations

from aws_cdk import Stack
from aws_cdk import aws_backup as backup

from hipaa_constructs import HipaaBackupPlan
from tests.mutation._weakening import Weakening


def plan(stack: Stack) -> None:
    arn = "arn:aws:dynamodb:us-east-1:123456789012:table/visits"
    HipaaBackupPlan(stack, "It").protect(backup.BackupResource.from_arn(arn))


WEAKENING = Weakening(
    "backup",
    (plan,),
    only=(
        "BackupPlan:*BackupPlanRule:deleted",
        "BackupPlan:*BackupPlanRule/0:deleted",
        "BackupPlan:*BackupPlanRule/0/Lifecycle/DeleteAfterDays:34",
        "BackupPlan:*BackupPlanRule/0/ScheduleExpression:weakened",
        "BackupVault:DeletionPolicy:*",
        "BackupVault:Properties/AccessPolicy:*",
        "BackupVault:Properties/AccessPolicy/Statement*:deleted",
        "BackupVault:Properties/AccessPolicy/Statement/0/Effect:*",
        "BackupVault:Properties/AccessPolicy/Statement/0/Resource:*",
        "BackupVault:Properties/LockConfiguration:*",
        "BackupVault:Properties/LockConfiguration/MinRetentionDays:deleted",
        "BackupVault:Properties/EncryptionKeyArn:*",
        "BackupVault:UpdateReplacePolicy:*",
        "Topic:Properties/KmsMasterKeyId:*",
    ),
)
