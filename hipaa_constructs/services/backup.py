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

from hipaa_constructs.services._of_stack import one_of_stack
from hipaa_constructs.services._options import Arguments, Contract
from hipaa_constructs.services._waiving import waive
from hipaa_constructs.services.backup_restores import RestoreTesting, test_restores
from hipaa_constructs.services.backup_vault import LONGEST_CONTINUOUS, EncryptedBackupVault
from hipaa_constructs.services.iam import ManagedPolicyRole
from hipaa_constructs.services.kms import AnyKey
from hipaa_constructs.services.sns import EncryptedTopic
from hipaa_constructs.waivers import Waiver

_A_YEAR = Duration.days(365)
_SIX_YEARS = Duration.days(2192)
_COLD_AFTER = Duration.days(90)
_SHORTEST_COLD = Duration.days(90)
_CITATION = "164.308(a)(7)(ii)(A)"
_POLICIES = ("service-role/AWSBackupServiceRolePolicyForBackup", "AWSBackupServiceRolePolicyForS3Backup")
_FAILED = ["ABORTED", "EXPIRED", "FAILED", "PARTIAL"]


class PlanOptions(TypedDict, total=False):
    """The options of `aws_cdk.aws_backup.BackupPlan` that are passed on as they are."""

    backup_plan_name: str
    windows_vss: bool


class HipaaBackupPlan(Construct):
    """Daily, monthly and yearly backups in a locked, encrypted vault, and a topic that is told of jobs that fail.

    Daily backups are kept for 35 days, and are continuous where the service has it (RDS, Aurora, S3, SAP HANA), so that
    any second of them can be restored. Monthly ones are kept for a year, yearly ones for 2192 days (six years), both in
    cold storage after 90 days where the service has it. What is backed up is chosen by `protect`: by resource, and by
    tag.

    Databases of this package join the stack's own plan, see `of`. Backups cost about 0.01 to 0.10 USD a GB and month by
    service and tier, copies the transfer between Regions too; nothing by the hour.

    Rules: BackupPlanRunsDaily, BackupVaultUsesCustomerManagedKey, BackupVaultProtectedFromDeletion, BackupVaultKept.
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
    )

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        backup_vault: EncryptedBackupVault | backup.IBackupVault | None = None,
        daily_retention: Duration = LONGEST_CONTINUOUS,
        monthly_retention: Duration = _A_YEAR,
        yearly_retention: Duration = _SIX_YEARS,
        backup_plan_rules: Sequence[backup.BackupPlanRule] | None = None,
        copy_to: EncryptedBackupVault | backup.IBackupVault | None = None,
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
                same retention. None by default.
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
        _check_retention(arguments, daily_retention, monthly_retention, yearly_retention)
        _check_rules(arguments, backup_plan_rules, backup_vault, copy_to)
        super().__init__(scope, id)
        vault = backup_vault or EncryptedBackupVault(self, "Vault", encryption_key=encryption_key)
        self.vault: backup.IBackupVault = _vault_of(vault)
        rules = (
            _standard_rules(daily_retention, monthly_retention, yearly_retention, copy_to)
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
        self._protected: dict[Stack, list[backup.BackupResource]] = {}
        self.topic: sns.ITopic = self._tell_of_failures(notify)
        self.restore_testing: RestoreTesting | None = (
            None if restore_testing is None else test_restores(self, restore_testing, self.vault)
        )
        waive(self, *waivers)

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

    def protect(self, *resources: backup.BackupResource, scope: IConstruct | None = None) -> None:
        """Back resources up by this plan.

        Args:
            resources: each by its construct (``BackupResource.from_rds_database_instance(…)``), ARN or tag.
            scope: anything in the stack that the selection is made in; by default the plan.
        """
        stack = Stack.of(scope or self)
        protected = self._protected.setdefault(stack, [])
        protected.extend(resources)
        content = backup.CfnBackupSelection.BackupSelectionResourceTypeProperty(
            iam_role_arn=self.role.role.role_arn,
            selection_name="Protected",
            resources=[one.resource for one in protected if one.resource is not None] or None,
            list_of_tags=[
                backup.CfnBackupSelection.ConditionResourceTypeProperty(
                    condition_key=tag.key,
                    condition_type="STRINGEQUALS",
                    condition_value=tag.value,
                )
                for tag in (one.tag_condition for one in protected)
                if tag is not None
            ]
            or None,
        )
        if stack in self._selections:
            self._selections[stack].backup_selection = content
            return
        own = stack is Stack.of(self)
        self._selections[stack] = backup.CfnBackupSelection(
            self if own else stack,
            "Selection" if own else f"BackupSelection{self.node.addr[-8:]}",
            backup_plan_id=self.plan.backup_plan_id,
            backup_selection=content,
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


def _vault_of(vault: EncryptedBackupVault | backup.IBackupVault) -> backup.IBackupVault:
    return vault.vault if isinstance(vault, EncryptedBackupVault) else vault


def _standard_rules(
    daily: Duration, monthly: Duration, yearly: Duration, copy_to: EncryptedBackupVault | backup.IBackupVault | None
) -> list[backup.BackupPlanRule]:
    def copies(keep: Duration, cold: Duration | None) -> list[backup.BackupPlanCopyActionProps]:
        if copy_to is None:
            return []
        vault = _vault_of(copy_to)
        return [
            backup.BackupPlanCopyActionProps(
                destination_backup_vault=vault, delete_after=keep, move_to_cold_storage_after=cold
            )
        ]

    return [
        backup.BackupPlanRule(
            rule_name="Daily",
            schedule_expression=events.Schedule.cron(hour="5", minute="0"),
            delete_after=daily,
            enable_continuous_backup=daily.to_days() <= LONGEST_CONTINUOUS.to_days(),
            copy_actions=copies(daily, None),
        ),
        backup.BackupPlanRule(
            rule_name="Monthly",
            schedule_expression=events.Schedule.cron(day="1", hour="6", minute="0"),
            delete_after=monthly,
            move_to_cold_storage_after=_COLD_AFTER,
            copy_actions=copies(monthly, _COLD_AFTER),
        ),
        backup.BackupPlanRule(
            rule_name="Yearly",
            schedule_expression=events.Schedule.cron(month="1", day="1", hour="7", minute="0"),
            delete_after=yearly,
            move_to_cold_storage_after=_COLD_AFTER,
            copy_actions=copies(yearly, _COLD_AFTER),
        ),
    ]


def _check_retention(arguments: Arguments, daily: Duration, monthly: Duration, yearly: Duration) -> None:
    arguments.govern(
        "daily_retention",
        daily,
        holds=daily.to_days() >= LONGEST_CONTINUOUS.to_days(),
        asked="35 days or longer",
        rule="BackupPlanRunsDaily",
    )
    least = _COLD_AFTER.to_days() + _SHORTEST_COLD.to_days()
    for name, retention in (("monthly_retention", monthly), ("yearly_retention", yearly)):
        if retention.to_days() < least:
            arguments.refuse(
                name,
                retention,
                asked=f"{least:.0f} days or longer",
                way_out="backups move to cold storage after 90 days and stay there for 90; pass backup_plan_rules for "
                "others",
                citation=_CITATION,
            )


def _check_rules(
    arguments: Arguments,
    rules: Sequence[backup.BackupPlanRule] | None,
    vault: EncryptedBackupVault | backup.IBackupVault | None,
    copy_to: EncryptedBackupVault | backup.IBackupVault | None,
) -> None:
    if rules is None:
        return
    if copy_to is not None:
        arguments.refuse(
            "copy_to",
            "a vault",
            asked="left out with backup_plan_rules",
            way_out="give each rule copy_actions of its own",
            citation=_CITATION,
        )
    kept = [rule.props.delete_after for rule in rules]
    arguments.govern(
        "backup_plan_rules",
        f"{len(rules)} rules" if rules else "none",
        holds=any(one is None or one.to_days() >= LONGEST_CONTINUOUS.to_days() for one in kept),
        asked="rules of which a daily one keeps backups for 35 days or longer",
        rule="BackupPlanRunsDaily",
    )
    least = vault.min_retention if isinstance(vault, EncryptedBackupVault) else LONGEST_CONTINUOUS
    for rule, keep in zip(rules, kept, strict=True):
        if (
            (vault is None or isinstance(vault, EncryptedBackupVault))
            and keep is not None
            and keep.to_days() < least.to_days()
        ):
            arguments.refuse(
                "backup_plan_rules",
                f"{rule.props.rule_name or 'a rule'} with {keep.to_human_string()}",
                asked=f"rules that keep backups for {least.to_human_string()} or longer",
                way_out="the lock of the vault refuses others; pass a vault with a shorter min_retention",
                citation=_CITATION,
            )
