"""AWS Backup: plans that keep what is restored from after a disaster."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict, Unpack

from aws_cdk import Duration, Names, Stack
from aws_cdk import aws_backup as backup
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from constructs import Construct, IConstruct

from hipaa_constructs.services._durations import days_of
from hipaa_constructs.services._of_stack import one_of_stack, stack_of
from hipaa_constructs.services._options import Arguments, Contract
from hipaa_constructs.services._waiving import excuse
from hipaa_constructs.services.backup_resources import Chosen, Protectable, chosen
from hipaa_constructs.services.backup_restores import RestoreTesting
from hipaa_constructs.services.backup_retention import (
    A_YEAR,
    SIX_YEARS,
    check_locks,
    check_retention,
    check_rules,
    standard_rules,
)
from hipaa_constructs.services.backup_vault import (
    LONGEST_CONTINUOUS,
    AnyVault,
    EncryptedBackupVault,
    vault_seen_from,
)
from hipaa_constructs.services.iam import ManagedPolicyRole
from hipaa_constructs.services.kms import AnyKey
from hipaa_constructs.services.profile import Relaxation
from hipaa_constructs.services.sns import EncryptedTopic
from hipaa_constructs.waivers import Waiver

_POLICIES = ("service-role/AWSBackupServiceRolePolicyForBackup", "AWSBackupServiceRolePolicyForS3Backup")
_FAILED = ["ABORTED", "EXPIRED", "FAILED", "PARTIAL"]
_HALF_A_YEAR = Duration.days(180)
_DAILY = Relaxation(
    option="daily_retention",
    production=LONGEST_CONTINUOUS,
    development=Duration.days(7),
    rules=("BackupPlanRunsDaily",),
)
_MONTHLY = Relaxation(option="monthly_retention", production=A_YEAR, development=_HALF_A_YEAR)
_YEARLY = Relaxation(option="yearly_retention", production=SIX_YEARS, development=_HALF_A_YEAR)


class PlanOptions(TypedDict, total=False):
    """The options of `aws_cdk.aws_backup.BackupPlan` that are passed on as they are."""

    backup_plan_name: str
    windows_vss: bool


class HipaaBackupPlan(Construct):
    """Daily, monthly and yearly backups in a locked, encrypted vault, and a topic that is told of jobs that fail.

    Daily backups are kept for 35 days, and are continuous where the service has it (RDS, Aurora, S3, SAP HANA), so that
    any second of them can be restored. Monthly ones are kept for a year, yearly ones for 2192 days (six years), both in
    cold storage after 90 days where the service has it. Where two fall together AWS Backup takes one, for the longer
    time. What is backed up is chosen by `protect`: by resource, and by tag.

    Databases of this package join the stack's own plan, see `of`. Backups cost about 0.01 to 0.10 USD a GB and month by
    service and tier, copies the transfer between Regions too; nothing by the hour.

    Rules: BackupPlanRunsDaily, BackupVaultUsesCustomerManagedKey, BackupVaultProtectedFromDeletion,
    BackupVaultLocked, BackupVaultDeletionDenied, BackupVaultKept.
    Your duty: that every store of PHI is protected; ``copy_to`` another Region or account; that restores are tried
    (``restore_testing``), and how long they take. Resource types must be switched on in the AWS Backup settings of the
    Region.
    AWS: https://docs.aws.amazon.com/aws-backup/latest/devguide/creating-a-backup-plan.html

    Attributes:
        plan: the `backup.BackupPlan`, with the logical id that it would have without this construct.
        vault: the `backup.IBackupVault` that recovery points are kept in.
        role: what AWS Backup takes backups with.
        topic: what is told of jobs that fail.
        restore_testing: the plan that tests restores; None if it was not asked for.
    """

    contract = Contract(
        wraps=backup.BackupPlan,
        types=("AWS::Backup::BackupPlan",),
        fixed={},
        governed={"daily_retention": ("BackupPlanRunsDaily",), "backup_plan_rules": ("BackupPlanRunsDaily",)},
        chosen=("backup_vault",),
        free=PlanOptions,
        relaxations=(_DAILY, _MONTHLY, _YEARLY),
    )

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        backup_vault: EncryptedBackupVault | backup.IBackupVault | None = None,
        daily_retention: Duration | None = None,
        monthly_retention: Duration | None = None,
        yearly_retention: Duration | None = None,
        backup_plan_rules: Sequence[backup.BackupPlanRule] | None = None,
        copy_to: AnyVault | None = None,
        restore_testing: events.Schedule | None = None,
        notify: EncryptedTopic | sns.ITopic | None = None,
        encryption_key: AnyKey | None = None,
        waivers: Sequence[Waiver] = (),
        **options: Unpack[PlanOptions],
    ) -> None:
        """Make a plan.

        Args:
            scope: where it belongs.
            id: its id there.
            backup_vault: by default an `EncryptedBackupVault` of its own.
            daily_retention: of daily backups; by default, and unless waived at least, 35 days. Longer ones are not
                continuous, as AWS Backup keeps continuous backups for 35 days at most.
            monthly_retention: of monthly backups; by default a year, at least 180 days, as cold storage takes 90.
            yearly_retention: of yearly backups; by default 2192 days (six years), at least 180.
            backup_plan_rules: rules of your own in place of these three.
            copy_to: a vault, in another Region or account as a rule, that every recovery point is copied to, with the
                same retention: one of the app, also of a stack in another Region, or an ARN. None by default.
            restore_testing: when the newest recovery points are restored on trial and deleted again, e.g. monthly;
                paid like the resources restored. None by default. See `RestoreTesting` for what it can restore.
            notify: what is told of backup, copy and restore jobs that fail; by default the stack's `EncryptedTopic`. An
                imported one must let EventBridge publish.
            encryption_key: of its own vault; by default the stack's `EncryptionKey`.
            waivers: exceptions from the rules about plans.
            **options: of `backup.BackupPlan`, see `PlanOptions`.

        Raises:
            ComplianceError: an option is unknown, weaker than a rule that is not waived, or refused by AWS Backup.
        """
        arguments = Arguments(scope, id, contract=self.contract, waivers=waivers, free=options)
        daily_retention = arguments.default(_DAILY, daily_retention)
        periods = (
            daily_retention,
            arguments.default(_MONTHLY, monthly_retention),
            arguments.default(_YEARLY, yearly_retention),
        )
        check_retention(arguments, *periods)
        if backup_plan_rules is None:
            check_locks(arguments, periods, backup_vault, copy_to)
        else:
            check_rules(arguments, backup_plan_rules, backup_vault, copied=copy_to is not None)
        super().__init__(scope, id)
        vault = backup_vault or EncryptedBackupVault(
            self,
            "Vault",
            encryption_key=encryption_key,
            min_retention=min(daily_retention, LONGEST_CONTINUOUS, key=days_of),
        )
        self.vault: backup.IBackupVault = vault.vault if isinstance(vault, EncryptedBackupVault) else vault
        rules = (
            standard_rules(*periods, None if copy_to is None else vault_seen_from(self, copy_to))
            if backup_plan_rules is None
            else backup_plan_rules
        )
        # The L2's own name would be that of its construct id.
        options.setdefault("backup_plan_name", Names.unique_resource_name(self, max_length=50, separator="-"))
        self.plan = backup.BackupPlan(
            self, "Default", backup_vault=self.vault, backup_plan_rules=list(rules), **options
        )
        self.role = ManagedPolicyRole(
            self,
            "Role",
            # AWS Backup documents no condition against confused deputies; no other account can pass the role.
            assumed_by=iam.ServicePrincipal("backup.amazonaws.com"),
            description="Takes the backups of a plan",
            managed_policies=[iam.ManagedPolicy.from_aws_managed_policy_name(name) for name in _POLICIES],
        )
        self._selections: dict[Stack, backup.CfnBackupSelection] = {}
        self._chosen: dict[Stack, dict[str, Chosen]] = {}
        self.topic: sns.ITopic = self._tell_of_failures(notify)
        self.restore_testing: RestoreTesting | None = (
            None
            if restore_testing is None
            else RestoreTesting(
                self,
                restore_testing,
                self.vault,
                vault.key.key_arn if isinstance(vault, EncryptedBackupVault) else None,
            )
        )
        excuse(self, arguments)

    @classmethod
    def of(cls, scope: IConstruct) -> HipaaBackupPlan:
        """Return the one plan of a stack, which is made when it is first asked for.

        Nested stacks use the plan of the stack they belong to.

        Args:
            scope: anything in the stack.

        Raises:
            ComplianceError: something else than a `HipaaBackupPlan` is called ``HipaaBackupPlan`` in the stack.
        """
        return one_of_stack(scope, cls, cls, way_out="pass backup_plan= wherever one is asked for")

    def protect(self, *resources: Protectable, scope: IConstruct | None = None) -> None:
        """Back resources up by this plan; what is backed up by it already is passed over.

        A selection is made in the stack of the resource, where cdk-nag looks for it, so that the resource depends on
        nothing. A selection takes 500 ARNs, a plan ten selections.

        Args:
            *resources: constructs of any level (databases of RDS, Aurora, DocumentDB, Neptune and Redshift, namespaces
                of Redshift Serverless, tables of DynamoDB, file systems of EFS and FSx, volumes, instances, buckets
                that keep versions), ARNs, or what `aws_cdk.aws_backup.BackupResource` makes, say of a tag:
                ``BackupResource.from_tag("phi", "yes")``. Of a construct that holds several, all are; members of an
                Aurora cluster with their cluster. What has a tag is not seen by cdk-nag.
            scope: anything in the stack that selects what is not a construct of the app; by default the plan.

        Raises:
            ComplianceError: AWS Backup does not know a resource, or it is in another Region or account.
        """
        for one in chosen(self.node.path, resources, scope or self):
            before = self._chosen.setdefault(one.stack, {})
            if one.identity() in before:
                continue
            before[one.identity()] = one
            made = self._selections.get(one.stack)
            if made is None:
                made = self._selections[one.stack] = backup.CfnBackupSelection(
                    self._home(one.stack),
                    "Selection",
                    backup_plan_id=self.plan.backup_plan_id,
                    backup_selection=self._selected(list(before.values())),
                )
            made.backup_selection = self._selected(list(before.values()))
            if self.restore_testing is not None:
                self.restore_testing.add(one, self._home(one.stack))

    def _home(self, stack: Stack) -> Construct:
        if stack is stack_of(self):
            return self
        id = f"BackedUpBy{self.node.addr[-8:]}"
        found = stack.node.try_find_child(id)
        return found if isinstance(found, Construct) else Construct(stack, id)

    def _selected(self, every: Sequence[Chosen]) -> backup.CfnBackupSelection.BackupSelectionResourceTypeProperty:
        return backup.CfnBackupSelection.BackupSelectionResourceTypeProperty(
            iam_role_arn=self.role.role.role_arn,
            selection_name="Protected",
            resources=[one.arn for one in every if one.arn is not None] or None,
            not_resources=[one.arn for one in every if one.arn is not None and one.left_out] or None,
            # Whatever has one of the tags, beside the resources.
            list_of_tags=[
                backup.CfnBackupSelection.ConditionResourceTypeProperty(
                    condition_key=one.tag.key, condition_type="STRINGEQUALS", condition_value=one.tag.value
                )
                for one in every
                if one.tag is not None
            ]
            or None,
        )

    def _tell_of_failures(self, given: EncryptedTopic | sns.ITopic | None) -> sns.ITopic:
        topic = given or EncryptedTopic.of(self)
        if isinstance(topic, EncryptedTopic):
            topic.allow_event_rules()
            topic = topic.topic
        # https://docs.aws.amazon.com/aws-backup/latest/devguide/eventbridge.html
        events.CfnRule(
            self,
            "FailedJobs",
            description="Tells of backup, copy and restore jobs that fail",
            event_pattern={
                "source": ["aws.backup"],
                "detail-type": ["Backup Job State Change", "Copy Job State Change", "Restore Job State Change"],
                "$or": [{"detail": {"state": _FAILED}}, {"detail": {"status": _FAILED}}],
            },
            state="ENABLED",
            targets=[events.CfnRule.TargetProperty(id="Topic", arn=topic.topic_arn)],
        )
        return topic
