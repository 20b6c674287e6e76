"""The whole templates of the backup plans and vaults."""

from __future__ import annotations

from aws_cdk import Duration, Stack
from aws_cdk import aws_backup as backup
from aws_cdk import aws_events as events
from aws_cdk import aws_rds as rds

from hipaa_constructs import EncryptedBackupVault, HipaaBackupPlan
from tests._synthesis import synthesized
from tests.snapshot.conftest import Templates


def test_encrypted_backup_vault_locked_for_good(templates: Templates) -> None:
    templates.hold(
        synthesized(
            lambda stack: EncryptedBackupVault(
                stack,
                "It",
                lock_mode="COMPLIANCE",
                changeable_for=Duration.days(7),
                max_retention=Duration.days(2192),
                freeze_policy=True,
            )
        )
    )


def test_hipaa_backup_plan_with_defaults(templates: Templates) -> None:
    templates.hold(synthesized(lambda stack: HipaaBackupPlan(stack, "It")))


def test_hipaa_backup_plan_with_all_options(templates: Templates) -> None:
    def build(stack: Stack) -> None:
        plan = HipaaBackupPlan(
            stack,
            "It",
            daily_retention=Duration.days(60),
            copy_to="arn:aws:backup:us-west-2:123456789012:backup-vault:copies",
            restore_testing=events.Schedule.cron(day="2", hour="8", minute="0"),
            backup_plan_name="records",
            windows_vss=True,
        )
        plan.protect(
            backup.BackupResource.from_tag("phi", "yes"),
            "arn:aws:dynamodb:us-east-1:123456789012:table/visits",
            rds.CfnDBInstance(stack, "Database", db_subnet_group_name="data", vpc_security_groups=["sg-1"]),
        )

    templates.hold(synthesized(build))
