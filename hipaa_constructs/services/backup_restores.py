"""AWS Backup: restores on trial, so that they are known to work before they are needed."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import Names, Stack
from aws_cdk import aws_backup as backup
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from constructs import Construct

from hipaa_constructs.services.backup_resources import Chosen, grouped
from hipaa_constructs.services.iam import ManagedPolicyRole

_POLICIES = ("service-role/AWSBackupServiceRolePolicyForRestores", "AWSBackupServiceRolePolicyForS3Restore")
_NETWORKED = ("Aurora", "RDS")
_MOST_ARNS = 30
_WINDOW_DAYS = 35


class RestoreTesting:
    """What restores the newest recovery points of a vault on trial, and deletes what it restored afterwards.

    DynamoDB, EBS, EFS and S3 are restored with settings that AWS Backup infers, tables and volumes under the vault's
    key. Databases of RDS and Aurora that were protected by their construct are restored into their own subnets and
    security groups; others are not, since AWS Backup would put them into the default VPC. What is restored holds the
    same records: it is deleted as soon as the trial is over.

    AWS: https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing-inferred-metadata.html

    Attributes:
        plan: the ``AWS::Backup::RestoreTestingPlan``.
        selections: what it restores, by type of resource and settings.
        role: what AWS Backup restores with.
    """

    def __init__(
        self, scope: Construct, schedule: events.Schedule, vault: backup.IBackupVault, key_arn: str | None
    ) -> None:
        """Restore the newest recovery points of a vault on trial, on a schedule.

        Args:
            scope: the backup plan.
            schedule: when.
            vault: what the recovery points are in.
            key_arn: of the key that encrypts what is restored, where AWS Backup would take one of its own.
        """
        self._scope = scope
        self.role = ManagedPolicyRole(
            scope,
            "RestoreRole",
            # AWS Backup documents no condition against confused deputies; no other account can pass the role.
            assumed_by=iam.ServicePrincipal("backup.amazonaws.com"),
            description="Restores recovery points on trial",
            managed_policies=[iam.ManagedPolicy.from_aws_managed_policy_name(name) for name in _POLICIES],
        )
        self.plan = backup.CfnRestoreTestingPlan(
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
        self.selections: list[backup.CfnRestoreTestingSelection] = []
        self._groups: dict[tuple[Stack, str, str], tuple[backup.CfnRestoreTestingSelection, list[str]]] = {}
        encrypted: Mapping[str, Mapping[str, str]] = {}
        if key_arn is not None:
            encrypted = {
                "DynamoDB": {"encryptionType": "KMS", "kmsMasterKeyArn": key_arn},
                "EBS": {"kmsKeyId": key_arn},
            }
        for kind in ("DynamoDB", "EBS", "EFS", "S3"):
            self._select(scope, kind, kind, ["*"], encrypted.get(kind, {}), name=kind)

    def add(self, one: Chosen, scope: Construct) -> None:
        """Restore a database into its own network; anything else is restored, or not, by its type.

        Args:
            one: what is backed up.
            scope: where it is selected.
        """
        if one.arn is None or one.kind not in _NETWORKED or not one.restored_with:
            return
        group = (one.stack, one.kind, grouped(one.restored_with, one.stack))
        selection, arns = self._groups.get(group, (None, []))
        if selection is None or len(arns) == _MOST_ARNS:
            number = len(self.selections)
            own = scope is self._scope
            name = f"{one.kind}{number}" if own else f"{one.kind}{number}_{one.stack.node.addr[-8:]}"
            arns = [one.arn]
            made = self._select(scope, f"{one.kind}{number}", one.kind, arns, one.restored_with, name=name)
            self._groups[group] = made, arns
            return
        arns.append(one.arn)
        selection.protected_resource_arns = list(arns)

    def _select(
        self, scope: Construct, id: str, kind: str, arns: list[str], restored_with: Mapping[str, str], *, name: str
    ) -> backup.CfnRestoreTestingSelection:
        made = backup.CfnRestoreTestingSelection(
            scope,
            f"RestoreTesting{id}",
            iam_role_arn=self.role.role.role_arn,
            protected_resource_type=kind,
            protected_resource_arns=list(arns),
            restore_metadata_overrides=dict(restored_with) or None,
            restore_testing_plan_name=self.plan.ref,
            restore_testing_selection_name=name,
        )
        self.selections.append(made)
        return made
