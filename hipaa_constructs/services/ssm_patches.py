"""AWS Systems Manager: patches that are approved in time and installed on a schedule, and reports of both."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import TypedDict, Unpack

from aws_cdk import Duration, Names, Tags
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_ssm as ssm
from constructs import Construct, IConstruct

from hipaa_constructs.services._options import Arguments, Contract
from hipaa_constructs.services._tokens import ACCOUNT_ID, PARTITION, REGION
from hipaa_constructs.services._waiving import excuse
from hipaa_constructs.services.kms import let_in
from hipaa_constructs.services.s3 import EncryptedBucket
from hipaa_constructs.waivers import Waiver

_CITATION = "164.308(a)(5)(ii)(B)"
_GROUP = "PatchGroup"
_IN_TIME = 15
_LONGEST_WAIT = 360
_LINUX: Mapping[str, Sequence[str]] = {"PRODUCT": ["*"]}
_FILTERS: Mapping[str, Mapping[str, Sequence[str]]] = {
    "ALMA_LINUX": _LINUX,
    "AMAZON_LINUX_2": _LINUX,
    "AMAZON_LINUX_2023": _LINUX,
    "DEBIAN": _LINUX,
    "ORACLE_LINUX": _LINUX,
    "REDHAT_ENTERPRISE_LINUX": _LINUX,
    "ROCKY_LINUX": _LINUX,
    "SUSE": _LINUX,
    "UBUNTU": _LINUX,
    "WINDOWS": {"PRODUCT": ["*"], "CLASSIFICATION": ["CriticalUpdates", "SecurityUpdates"]},
}
"""What is approved: all security updates of each operating system, as others of Linux are left out by default."""

_WITHOUT_DELAY = ("DEBIAN", "UBUNTU")
_AGENT = (
    *("ec2messages:AcknowledgeMessage", "ec2messages:DeleteMessage", "ec2messages:FailMessage"),
    *("ec2messages:GetEndpoint", "ec2messages:GetMessages", "ec2messages:SendReply"),
    *("ssm:DescribeAssociation", "ssm:DescribeDocument", "ssm:GetDeployablePatchSnapshotForInstance"),
    *("ssm:GetDocument", "ssm:GetManifest", "ssm:ListAssociations", "ssm:ListInstanceAssociations"),
    *("ssm:PutComplianceItems", "ssm:PutInventory", "ssm:UpdateAssociationStatus"),
    *("ssm:UpdateInstanceAssociationStatus", "ssm:UpdateInstanceInformation"),
)
"""What AmazonSSMManagedInstanceCore permits, but for the parameters of the whole account."""

_OF_AWS = ("aws-ssm-{}", "aws-patch-manager-{}-*", "patch-baseline-snapshot-{}*")


class PatchOptions(TypedDict, total=False):
    """The options of `aws_cdk.aws_ssm.CfnPatchBaseline` that are passed on as they are."""

    approved_patches: Sequence[str]
    description: str
    rejected_patches: Sequence[str]


class PatchPolicy(Construct):
    """Security updates, approved after a week and installed every Sunday, and a report of what is missing.

    It patches what it was told to `protect`, half of it at a time, and restarts machines where an update asks for it.
    What is installed, and which patches are missing, is gathered twice a day and written to a bucket, encrypted with
    your key, where an auditor can query it. Machines of a `HipaaAutoScalingGroup` come from a new image instead.

    Systems Manager patches machines of EC2 without charge; what is stored costs some cents a month.

    Rules: SsmPatchesInstalled, SsmPatchesApprovedInTime.
    Library waiver: that of its `EncryptedBucket`.
    Your duty: that machines reach the repositories of their system, and the buckets of Systems Manager through the
    endpoint policies of the network; that somebody reads the reports; what is critical sooner than in a week.
    AWS: https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager.html

    Attributes:
        baseline: the ``AWS::SSM::PatchBaseline``; the CDK has no construct of a higher level for it.
        installation: what installs patches.
        inventory: what gathers what is installed.
        reports: where the reports are.
        group: the value of the tag ``PatchGroup`` that machines must have.
    """

    contract = Contract(
        wraps=ssm.CfnPatchBaseline,
        types=("AWS::SSM::Association", "AWS::SSM::PatchBaseline"),
        fixed={
            "approval_rules": f"security updates are approved by themselves ({_CITATION}); pass approve_after",
            "default_baseline": "it is for its own machines, not for all of the account; register it by hand",
            "global_filters": f"nothing that is approved is left out ({_CITATION}); pass rejected_patches",
            "patch_groups": "it has a group of its own; protect machines with it",
        },
        governed={"approve_after": ("SsmPatchesApprovedInTime",)},
        chosen=("operating_system",),
        free=PatchOptions,
    )

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        operating_system: str = "AMAZON_LINUX_2023",
        approve_after: Duration | None = None,
        schedule: str = "cron(0 7 ? * SUN *)",
        reports: EncryptedBucket | None = None,
        waivers: Sequence[Waiver] = (),
        **options: Unpack[PatchOptions],
    ) -> None:
        """Make a policy.

        Args:
            scope: where it belongs.
            id: its id there.
            operating_system: of the machines, as Systems Manager calls it; by default ``AMAZON_LINUX_2023``.
            approve_after: how long after its release an update is approved, in whole days; by default 7, and unless
                waived 15 at most. Debian and Ubuntu say not when an update was released: there it is approved at once.
            schedule: when it is installed, in UTC, as a cron or rate expression; by default on Sundays at 07:00.
            reports: where reports are written; by default a bucket of its own.
            waivers: exceptions from the rules about patch baselines and associations.
            **options: of `ssm.CfnPatchBaseline`, see `PatchOptions`.

        Raises:
            ComplianceError: an option is fixed or unknown, or weaker than a rule that is not waived; the operating
                system or the schedule is none that Systems Manager takes.
        """
        arguments = Arguments(scope, id, contract=self.contract, waivers=waivers, free=options)
        after = Duration.days(7) if approve_after is None else approve_after
        _check(arguments, operating_system, after, schedule)
        super().__init__(scope, id)
        self.group: str = Names.unique_resource_name(self, max_length=64)
        self.baseline = ssm.CfnPatchBaseline(
            self,
            "Default",
            name=self.group,
            operating_system=operating_system,
            patch_groups=[self.group],
            approval_rules=ssm.CfnPatchBaseline.RuleGroupProperty(
                patch_rules=[
                    ssm.CfnPatchBaseline.RuleProperty(
                        approve_after_days=None if operating_system in _WITHOUT_DELAY else int(after.to_days()),
                        compliance_level="CRITICAL",
                        patch_filter_group=ssm.CfnPatchBaseline.PatchFilterGroupProperty(
                            patch_filters=[
                                ssm.CfnPatchBaseline.PatchFilterProperty(key=key, values=list(values))
                                for key, values in _FILTERS[operating_system].items()
                            ]
                        ),
                    )
                ]
            ),
            **options,
        )
        self.installation = self._associated(
            "Installation",
            document="AWS-RunPatchBaseline",
            schedule=schedule,
            parameters={"Operation": ["Install"], "RebootOption": ["RebootIfNeeded"]},
            max_concurrency="50%",
            # An association runs at once, too, and would start machines anew in the middle of the day.
            apply_only_at_cron_interval=schedule.startswith("cron") or None,
        )
        self.inventory = self._associated(
            "Inventory",
            document="AWS-GatherSoftwareInventory",
            schedule="rate(12 hours)",
            parameters={"applications": ["Enabled"], "awsComponents": ["Enabled"], "networkConfig": ["Disabled"]},
        )
        self.reports = reports or EncryptedBucket(self, "Reports")
        _report_to(self, self.reports, self.group)
        excuse(self, arguments)

    def protect(self, machine: IConstruct, role: iam.IGrantable) -> None:
        """Patch a machine, and let it say what it has.

        Args:
            machine: an instance, or whatever has instances below it.
            role: its role, e.g. that of a `HipaaInstance`.
        """
        Tags.of(machine).add(_GROUP, self.group, include_resource_types=["AWS::EC2::Instance"])
        buckets = [
            f"arn:{PARTITION}:s3:::{name.format(REGION)}/*" for name in _OF_AWS
        ]  # https://docs.aws.amazon.com/systems-manager/latest/userguide/ssm-agent-minimum-s3-permissions.html
        for statement in (
            # The agent's own actions are about the instance that calls, and have no ARN but *.
            iam.PolicyStatement(actions=list(_AGENT), resources=["*"]),
            iam.PolicyStatement(actions=["s3:GetObject"], resources=buckets),
        ):
            role.grant_principal.add_to_principal_policy(statement)

    def _associated(
        self,
        id: str,
        *,
        document: str,
        schedule: str,
        parameters: Mapping[str, Sequence[str]],
        max_concurrency: str | None = None,
        apply_only_at_cron_interval: bool | None = None,
    ) -> ssm.CfnAssociation:
        return ssm.CfnAssociation(
            self,
            id,
            name=document,
            association_name=f"{self.group}-{id}",
            targets=[ssm.CfnAssociation.TargetProperty(key=f"tag:{_GROUP}", values=[self.group])],
            parameters=parameters,
            schedule_expression=schedule,
            compliance_severity="CRITICAL",
            max_concurrency=max_concurrency,
            apply_only_at_cron_interval=apply_only_at_cron_interval,
        )


def _report_to(scope: Construct, reports: EncryptedBucket, name: str) -> None:
    # https://docs.aws.amazon.com/systems-manager/latest/userguide/inventory-create-resource-data-sync.html
    own = {
        "StringEquals": {"aws:SourceAccount": ACCOUNT_ID},
        "ArnLike": {"aws:SourceArn": f"arn:{PARTITION}:ssm:*:{ACCOUNT_ID}:resource-data-sync/*"},
    }
    service, bucket = iam.ServicePrincipal("ssm.amazonaws.com"), reports.bucket
    bucket.add_to_resource_policy(
        iam.PolicyStatement(
            sid="ReportsAskWhoseBucketItIs",
            principals=[service],
            actions=["s3:GetBucketAcl"],
            resources=[bucket.bucket_arn],
            conditions=own,
        )
    )
    bucket.add_to_resource_policy(
        iam.PolicyStatement(
            sid="ReportsOfThisAccount",
            principals=[service],
            actions=["s3:PutObject"],
            resources=[bucket.arn_for_objects(f"*/accountid={ACCOUNT_ID}/*")],
            conditions={**own, "StringEquals": {**own["StringEquals"], "s3:x-amz-acl": "bucket-owner-full-control"}},
        )
    )
    let_in(
        reports.encryption_key,
        iam.PolicyStatement(
            sid="ReportsOfSystemsManager",
            principals=[service],
            actions=["kms:GenerateDataKey"],
            resources=["*"],
            conditions=own,
        ),
    )
    synced = ssm.CfnResourceDataSync(
        scope,
        "Sync",
        # None of it can be changed in place, so that another bucket or key needs another name.
        sync_name=f"{name}-{_of(bucket, reports.encryption_key)}",
        sync_type="SyncToDestination",
        s3_destination=ssm.CfnResourceDataSync.S3DestinationProperty(
            bucket_name=bucket.bucket_name,
            bucket_region=REGION,
            kms_key_arn=reports.encryption_key.key_arn,
            sync_format="JsonSerDe",
        ),
    )
    policy = bucket.policy
    if isinstance(policy, s3.BucketPolicy):
        synced.node.add_dependency(policy)


def _of(*constructs: IConstruct) -> str:
    return hashlib.sha256("".join(one.node.addr for one in constructs).encode()).hexdigest()[:8]


def _check(arguments: Arguments, operating_system: str, after: Duration, schedule: str) -> None:
    if operating_system not in _FILTERS:
        arguments.refuse(
            "operating_system", operating_system, asked=" or ".join(_FILTERS),
            way_out="make an ssm.CfnPatchBaseline for another", citation=_CITATION,
        )  # fmt: skip
    if not schedule.startswith(("cron(", "rate(")):
        arguments.refuse(
            "schedule", schedule, asked="a cron or rate expression", way_out="e.g. cron(0 7 ? * SUN *)",
            citation=_CITATION,
        )  # fmt: skip
    days = after.to_days(integral=False)
    if days != int(days) or not 0 <= days <= _LONGEST_WAIT:
        arguments.refuse(
            "approve_after", after, asked=f"whole days, from 0 to {_LONGEST_WAIT}",
            way_out="Systems Manager takes no other time", citation=_CITATION,
        )  # fmt: skip
    arguments.govern(
        "approve_after", after, holds=days <= _IN_TIME, asked="15 days or less", rule="SsmPatchesApprovedInTime"
    )
