"""AWS Backup: restores on trial, so that they are known to work before they are needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aws_cdk import Names
from aws_cdk import aws_backup as backup
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from constructs import Construct

from hipaa_constructs.services.iam import ManagedPolicyRole

_POLICIES = ("service-role/AWSBackupServiceRolePolicyForRestores", "AWSBackupServiceRolePolicyForS3Restore")
_RESTORED = ("Aurora", "DynamoDB", "EBS", "EFS", "RDS", "S3")
"""The types of resource whose restore needs no settings of the application's."""

_WINDOW_DAYS = 35


@dataclass(frozen=True, slots=True)
class RestoreTesting:
    """What restores the newest recovery points of a vault on trial, and deletes what it restored afterwards.

    Aurora, DynamoDB, EBS, EFS, RDS and S3 are restored with settings that AWS Backup infers; instances of EC2 and
    others need settings of yours. What is restored holds the same records: it is deleted at once after the trial.

    AWS: https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing.html

    Attributes:
        plan: the ``AWS::Backup::RestoreTestingPlan``.
        selections: one for each type of resource.
        role: what AWS Backup restores with.
    """

    plan: backup.CfnRestoreTestingPlan
    selections: Sequence[backup.CfnRestoreTestingSelection]
    role: ManagedPolicyRole


def test_restores(scope: Construct, schedule: events.Schedule, vault: backup.IBackupVault) -> RestoreTesting:
    """Restore the newest recovery points of a vault on trial, on a schedule."""
    role = ManagedPolicyRole(
        scope,
        "RestoreRole",
        # AWS Backup documents no condition against confused deputies; no other account can pass the role.
        assumed_by=iam.ServicePrincipal("backup.amazonaws.com"),
        description="Restores recovery points on trial",
        managed_policies=[iam.ManagedPolicy.from_aws_managed_policy_name(name) for name in _POLICIES],
    )
    plan = backup.CfnRestoreTestingPlan(
        scope,
        "RestoreTesting",
        restore_testing_plan_name=Names.unique_resource_name(scope, max_length=50, separator="_"),
        schedule_expression=schedule.expression_string,
        recovery_point_selection=backup.CfnRestoreTestingPlan.RestoreTestingRecoveryPointSelectionProperty(
            algorithm="LATEST_WITHIN_WINDOW",
            include_vaults=[vault.backup_vault_arn],
            recovery_point_types=["CONTINUOUS", "SNAPSHOT"],
            selection_window_days=_WINDOW_DAYS,
        ),
    )
    selections = [
        backup.CfnRestoreTestingSelection(
            scope,
            f"RestoreTesting{kind}",
            iam_role_arn=role.role.role_arn,
            protected_resource_type=kind,
            protected_resource_arns=["*"],
            restore_testing_plan_name=plan.ref,
            restore_testing_selection_name=kind,
        )
        for kind in _RESTORED
    ]
    return RestoreTesting(plan, selections, role)
