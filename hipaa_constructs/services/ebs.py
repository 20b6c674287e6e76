"""Amazon EBS: volumes that are encrypted, kept and backed up, and snapshots of them on a schedule."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TypedDict, Unpack

from aws_cdk import CfnTag, Duration, Names, RemovalPolicy, Size, Tags
from aws_cdk import aws_dlm as dlm
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from constructs import Construct, IConstruct

from hipaa_constructs.services._keeping import KEEPING_DATA
from hipaa_constructs.services._of_stack import region_of
from hipaa_constructs.services._options import Arguments, Contract
from hipaa_constructs.services._tokens import REGION, is_unresolved
from hipaa_constructs.services._waiving import excuse
from hipaa_constructs.services.backup import HipaaBackupPlan
from hipaa_constructs.services.iam import ManagedPolicyRole, on_behalf_of
from hipaa_constructs.services.kms import AnyKey, usable_key
from hipaa_constructs.services.profile import Relaxation
from hipaa_constructs.waivers import Waiver

_RECOVERY = "164.308(a)(7)(ii)(A)"
_RETENTION = Relaxation(option="retention", production=Duration.days(35), development=Duration.days(7))
_INTERVALS = (1, 2, 3, 4, 6, 8, 12, 24)
_LONGEST_DAYS = 36500
_MOST_COPIES = 3
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_REGION = re.compile(r"([a-z]+-){2,3}\d")
_KEY = re.compile(r"arn:aws(-[a-z]{1,3}){0,2}:kms:(?P<region>[a-z0-9-]+):\d+:key/.+")


class VolumeOptions(TypedDict, total=False):
    """The options of `aws_cdk.aws_ec2.Volume` that are passed on as they are."""

    auto_enable_io: bool
    enable_multi_attach: bool
    iops: float
    size: Size
    snapshot_id: str
    throughput: float
    volume_initialization_rate: Size
    volume_name: str
    volume_type: ec2.EbsDeviceVolumeType


class EncryptedVolume(Construct):
    """A volume that is encrypted with your key and backed up, and of which a snapshot stays when the stack goes.

    It lies in one Availability Zone, and is attached to an instance there (``ec2.CfnVolumeAttachment``); elsewhere it
    is restored from a snapshot. Whoever attaches it must be allowed to use the key, as `HipaaInstance` says. A GB costs
    about 0.08 USD a month, and some 0.05 USD for its backups.

    An account can encrypt every new volume by default, whoever makes it. CloudFormation has no type for that setting:
    ``aws ec2 enable-ebs-encryption-by-default`` and ``aws ec2 modify-ebs-default-kms-key-id --kms-key-id KEY`` set it,
    once in each Region.

    Rules: EbsVolumeEncrypted, EbsVolumeUsesCustomerManagedKey, EbsVolumeKept, EbsVolumeInBackupPlan.
    Your duty: that restores are tried, and what happens to volumes that nobody needs any more.
    AWS: https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption.html

    Attributes:
        volume: the `ec2.Volume`, with the logical id that it would have without this construct.
    """

    contract = Contract(
        wraps=ec2.Volume,
        types=("AWS::EC2::Volume",),
        fixed={"encrypted": "it always is (164.312(a)(2)(iv)); pass encryption_key to choose the key"},
        governed={"removal_policy": ("EbsVolumeKept",)},
        chosen=("availability_zone", "encryption_key"),
        free=VolumeOptions,
    )

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        availability_zone: str,
        encryption_key: AnyKey | None = None,
        backup_plan: HipaaBackupPlan | None = None,
        removal_policy: RemovalPolicy = RemovalPolicy.SNAPSHOT,
        waivers: Sequence[Waiver] = (),
        **options: Unpack[VolumeOptions],
    ) -> None:
        """Make a volume.

        Args:
            scope: where it belongs.
            id: its id there.
            availability_zone: where it lies, as the instance that it is attached to
                (``instance.instance_availability_zone``).
            encryption_key: by default the stack's `EncryptionKey`. Another key makes another volume, empty or of the
                snapshot.
            backup_plan: by default the stack's `HipaaBackupPlan`.
            removal_policy: by default, and unless waived, a snapshot of it stays when the stack goes or an update
                replaces it.
            waivers: exceptions from the rules about volumes.
            **options: of `ec2.Volume`, see `VolumeOptions`. It needs a ``size`` or a ``snapshot_id``; its type is gp3
                by default.

        Raises:
            ComplianceError: an option is fixed or unknown, or weaker than a rule that is not waived; it has neither a
                size nor a snapshot.
        """
        arguments = Arguments(scope, id, contract=self.contract, waivers=waivers, free=options)
        arguments.govern(
            "removal_policy",
            removal_policy,
            holds=removal_policy in KEEPING_DATA,
            asked="SNAPSHOT or RETAIN",
            rule="EbsVolumeKept",
        )
        if options.get("size") is None and options.get("snapshot_id") is None:
            arguments.refuse(
                "size", None, asked="given, or snapshot_id", way_out="e.g. Size.gibibytes(100)", citation=_RECOVERY
            )
        super().__init__(scope, id)
        # The L2's own default depends on a feature flag.
        options.setdefault("volume_type", ec2.EbsDeviceVolumeType.GP3)
        self.volume = ec2.Volume(
            self,
            "Default",
            availability_zone=availability_zone,
            encrypted=True,
            encryption_key=usable_key(scope, encryption_key),
            removal_policy=removal_policy,
            **options,
        )
        (backup_plan or HipaaBackupPlan.of(scope)).protect(self.volume)
        excuse(self, arguments)


class SnapshotPolicyOptions(TypedDict, total=False):
    """No option of `aws_cdk.aws_dlm.CfnLifecyclePolicy` is passed on as it is."""


class SnapshotPolicy(Construct):
    """Snapshots of volumes every day, kept for 35 days, and copied to other Regions, encrypted, if asked for.

    It takes the volumes that have its tag, which `protect` gives them. It is for what a `HipaaBackupPlan` does not do:
    snapshots every hour, or ones that restore at once. They are not locked: whoever may delete snapshots can delete
    these, and the plan stays where the backups are that the law asks for. Snapshots stay when the policy goes.

    They cost about 0.05 USD a GB and month for what changed, in each Region. Fast restores cost about 0.75 USD an hour,
    some 540 USD a month, for each snapshot and zone; of a volume there are as many as are taken in a day.

    Rules: DlmPolicyTakesSnapshots.
    With ``copy_to`` also DlmCopiesEncrypted.
    Your duty: that restores are tried, an alarm on ``DLM Policy State Change`` events, and that keys of other Regions
    let the role use them, if they are of another account.
    AWS: https://docs.aws.amazon.com/ebs/latest/userguide/snapshot-lifecycle.html

    Attributes:
        resource: the ``AWS::DLM::LifecyclePolicy``; the CDK has no construct of a higher level for it.
        role: what snapshots are taken with.
        tags: what volumes must have.
    """

    contract = Contract(
        wraps=dlm.CfnLifecyclePolicy,
        types=("AWS::DLM::LifecyclePolicy", "AWS::EC2::SnapshotBlockPublicAccess"),
        fixed={
            "default_policy": "it takes what it was told to, not every volume of the account; make a "
            "dlm.CfnLifecyclePolicy for it",
            "execution_role_arn": "its own role has managed policies only (164.308(a)(4)(ii)(B))",
            "policy_details": "what is copied is always encrypted (164.312(a)(2)(iv)); pass copy_to",
            "state": "a policy that is off takes no snapshots (164.308(a)(7)(ii)(A))",
        },
        governed={},
        chosen=("retention",),
        free=SnapshotPolicyOptions,
        relaxations=(_RETENTION,),
    )

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        every: Duration | None = None,
        start: str = "05:00",
        retention: Duration | None = None,
        copy_to: Mapping[str, str] | None = None,
        fast_restore_zones: Sequence[str] = (),
        encryption_key: AnyKey | None = None,
        block_public_access: bool = False,
        waivers: Sequence[Waiver] = (),
        **options: Unpack[SnapshotPolicyOptions],
    ) -> None:
        """Make a policy.

        Args:
            scope: where it belongs.
            id: its id there.
            every: how often a snapshot is taken: 1, 2, 3, 4, 6, 8, 12 or 24 hours; by default every 24.
            start: when the first is taken, in UTC; by default ``05:00``, and within the hour after.
            retention: how long snapshots and their copies are kept, in whole days; by default 35.
            copy_to: the Regions, three at most, that every snapshot is copied to, each with the ARN of a key of that
                Region, which must exist; none by default. The stack of a `ReplicaEncryptionKey` has such a key.
            fast_restore_zones: the Availability Zones in which the snapshots of the last day restore at full speed,
                five of a Region at most unless AWS raises the quota; none by default.
            encryption_key: that the volumes are encrypted with; by default the stack's `EncryptionKey`.
            block_public_access: True forbids that any snapshot of this account and Region is shared with everybody,
                those of others too. An account has one such setting in a Region, so only one stack can have it.
            waivers: exceptions from the rules about lifecycle policies.
            **options: none.

        Raises:
            ComplianceError: an option is fixed or unknown; interval, time, retention, Region or key are none that Data
                Lifecycle Manager takes.
        """
        arguments = Arguments(scope, id, contract=self.contract, waivers=waivers, free=options)
        every = Duration.hours(24) if every is None else every
        retention = arguments.default(_RETENTION, retention)
        copies = copy_to or {}
        _check_schedule(arguments, every, start, retention)
        _check_copies(arguments, copies, region_of(scope))
        super().__init__(scope, id)
        self.tags: Mapping[str, str] = {"SnapshotPolicy": Names.unique_resource_name(self, max_length=100)}
        self.role = _role(self, [usable_key(scope, encryption_key).key_arn, *copies.values()])
        days = int(retention.to_days())
        self.resource = dlm.CfnLifecyclePolicy(
            self,
            "Default",
            description="Takes snapshots of the volumes that have its tag",
            execution_role_arn=self.role.role.role_arn,
            state="ENABLED",
            policy_details=dlm.CfnLifecyclePolicy.PolicyDetailsProperty(
                policy_type="EBS_SNAPSHOT_MANAGEMENT",
                resource_types=["VOLUME"],
                target_tags=[CfnTag(key=key, value=value) for key, value in self.tags.items()],
                schedules=[_schedule(int(every.to_hours()), start, days, copies, fast_restore_zones)],
            ),
        )
        self.resource.node.add_dependency(*self.role.policies)
        if block_public_access:
            ec2.CfnSnapshotBlockPublicAccess(self, "PublicAccess", state="block-all-sharing")
        excuse(self, arguments)

    def protect(self, *constructs: IConstruct) -> None:
        """Give volumes the tag of this policy.

        Args:
            *constructs: volumes, or whatever has volumes below it; volumes that instances are launched with are not
                among them.
        """
        for construct in constructs:
            for key, value in self.tags.items():
                Tags.of(construct).add(key, value, include_resource_types=["AWS::EC2::Volume"])


def _schedule(
    hours: int, start: str, days: int, copies: Mapping[str, str], zones: Sequence[str]
) -> dlm.CfnLifecyclePolicy.ScheduleProperty:
    retained = dlm.CfnLifecyclePolicy.CrossRegionCopyRetainRuleProperty(interval=days, interval_unit="DAYS")
    return dlm.CfnLifecyclePolicy.ScheduleProperty(
        name=f"Every {hours} hours",
        copy_tags=True,
        create_rule=dlm.CfnLifecyclePolicy.CreateRuleProperty(interval=hours, interval_unit="HOURS", times=[start]),
        retain_rule=dlm.CfnLifecyclePolicy.RetainRuleProperty(interval=days, interval_unit="DAYS"),
        cross_region_copy_rules=[
            dlm.CfnLifecyclePolicy.CrossRegionCopyRuleProperty(
                target=region, encrypted=True, cmk_arn=key, copy_tags=True, retain_rule=retained
            )
            for region, key in copies.items()
        ]
        or None,
        fast_restore_rule=dlm.CfnLifecyclePolicy.FastRestoreRuleProperty(
            availability_zones=list(zones), interval=1, interval_unit="DAYS"
        )
        if zones
        else None,
    )


def _role(scope: Construct, keys: Sequence[str]) -> ManagedPolicyRole:
    # https://docs.aws.amazon.com/ebs/latest/userguide/service-role.html
    role = ManagedPolicyRole(
        scope,
        "Role",
        assumed_by=on_behalf_of("dlm.amazonaws.com", f"dlm:{REGION}", "policy/*"),
        managed_policies=[
            iam.ManagedPolicy.from_aws_managed_policy_name("service-role/AWSDataLifecycleManagerServiceRole")
        ],
    )
    # https://docs.aws.amazon.com/ebs/latest/userguide/dlm-prerequisites.html
    for statement in (
        iam.PolicyStatement(
            actions=["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"],
            resources=list(keys),
            conditions={"Bool": {"kms:GrantIsForAWSResource": "true"}},
        ),
        iam.PolicyStatement(
            actions=["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"],
            resources=list(keys),
        ),
    ):
        role.role.add_to_principal_policy(statement)
    return role


def _check_schedule(arguments: Arguments, every: Duration, start: str, retention: Duration) -> None:
    if every.to_hours(integral=False) not in _INTERVALS:
        arguments.refuse(
            "every", every, asked="1, 2, 3, 4, 6, 8, 12 or 24 hours",
            way_out="Data Lifecycle Manager takes no other interval", citation=_RECOVERY,
        )  # fmt: skip
    if not _TIME.fullmatch(start):
        arguments.refuse("start", start, asked="a time of day in UTC", way_out="e.g. 05:00", citation=_RECOVERY)
    days = retention.to_days(integral=False)
    if days != int(days) or not 1 <= days <= _LONGEST_DAYS:
        arguments.refuse(
            "retention", retention, asked=f"whole days, from 1 to {_LONGEST_DAYS}",
            way_out="Data Lifecycle Manager takes no other time", citation=_RECOVERY,
        )  # fmt: skip


def _check_copies(arguments: Arguments, copies: Mapping[str, str], here: str) -> None:
    if len(copies) > _MOST_COPIES:
        arguments.refuse(
            "copy_to", len(copies), asked=f"{_MOST_COPIES} Regions at most",
            way_out="Data Lifecycle Manager copies to no more", citation="164.308(a)(7)(ii)(B)",
        )  # fmt: skip
    for region, key in copies.items():
        if region == here or not _REGION.fullmatch(region):
            arguments.refuse(
                "copy_to", region, asked="other Regions", way_out="e.g. us-west-2", citation="164.308(a)(7)(ii)(B)"
            )
        found = _KEY.fullmatch(key)
        if not is_unresolved(key) and (found is None or found["region"] != region):
            arguments.refuse(
                "copy_to", key, asked=f"given with the ARN of a key of {region}",
                way_out="Data Lifecycle Manager takes no alias, and no key of another Region",
                citation="164.312(a)(2)(iv)",
            )  # fmt: skip
