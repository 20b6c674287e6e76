"""Amazon EC2 Auto Scaling: groups of instances with encrypted volumes, that nobody reaches from outside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict, Unpack

import jsii
from aws_cdk import Duration, Stack
from aws_cdk import aws_autoscaling as autoscaling
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from hipaa_constructs.services._instances import check_root_volume, fixed, machine_role, root_volume
from hipaa_constructs.services._of_stack import stack_of
from hipaa_constructs.services._options import Arguments, Contract
from hipaa_constructs.services._placement import calling_group, serving_subnets
from hipaa_constructs.services._tokens import PARTITION
from hipaa_constructs.services._waiving import waive
from hipaa_constructs.services.kms import AnyKey, let_in, usable_key
from hipaa_constructs.services.profile import Relaxation
from hipaa_constructs.waivers import Waiver

LEAST_INSTANCES = 2
INSTANCES = Relaxation(option="min_capacity", production=LEAST_INSTANCES, development=1)
_LIFETIME = Duration.days(30)


class AutoScalingGroupOptions(TypedDict, total=False):
    """The options of `aws_cdk.aws_autoscaling.AutoScalingGroup` that are passed on as they are."""

    auto_scaling_group_name: str
    az_capacity_distribution_strategy: autoscaling.CapacityDistributionStrategy
    capacity_rebalance: bool
    cooldown: Duration
    default_instance_warmup: Duration
    deletion_protection: autoscaling.DeletionProtection
    desired_capacity: float
    group_metrics: Sequence[autoscaling.GroupMetrics]
    health_checks: autoscaling.HealthChecks
    ignore_unmodified_size_properties: bool
    instance_lifecycle_policy: autoscaling.InstanceLifecyclePolicy
    max_healthy_percentage: float
    max_instance_lifetime: Duration
    min_healthy_percentage: float
    new_instances_protected_from_scale_in: bool
    notifications: Sequence[autoscaling.NotificationConfiguration]
    signals: autoscaling.Signals
    termination_policies: Sequence[autoscaling.TerminationPolicy]
    termination_policy_custom_lambda_function_arn: str
    update_policy: autoscaling.UpdatePolicy


_TEMPLATE = "instances are launched from a template of the group's own; read launch_template"
_FIXED = {
    **fixed("group"),
    "health_check": "the CDK deprecates it; pass health_checks",
    "instance_monitoring": "instances are always measured every minute (164.312(b))",
    "launch_template": _TEMPLATE,
    "migrate_to_launch_template": _TEMPLATE,
    "mixed_instances_policy": _TEMPLATE,
    "spot_price": _TEMPLATE,
}


@jsii.implements(ec2.IConnectable)
class HipaaAutoScalingGroup(Construct):
    """A group of two instances or more over two zones, with encrypted volumes and without public addresses.

    Instance metadata needs a token (IMDSv2) that travels one hop, so containers don't get the instance's role. There is
    no SSH key and no open port: operators come in by Session Manager, which IAM governs. Instances are measured every
    minute and replaced after 30 days, so that none grows old unpatched; what must stay does not belong on them.

    Volumes are encrypted with the AWS managed key of Amazon EBS, or with ``encryption_key``. A key of yours must name
    the service-linked role of EC2 Auto Scaling, and KMS takes no policy that names a role that is not there: in an
    account that never had a group, first run
    ``aws iam create-service-linked-role --aws-service-name autoscaling.amazonaws.com``.

    The price: that of the instances and their volumes, e.g. two m7g.large some 0.17 USD an hour; detailed monitoring
    some 2 USD a month for each.

    Rules: Ec2VolumesEncrypted, Ec2MetadataNeedsToken, Ec2MetadataStaysOnInstance, Ec2TemplateAssignsNoPublicAddress,
    Ec2InstanceMonitored, Ec2WithoutKeyPair, SsmManagesInstances, SecurityGroupEgressConfined,
    AutoScalingGroupSpansZones.
    Your duty: the image and its patches; what the role may do; backups, should anything but scratch be on a volume.
    AWS: https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-data-protection.html

    Attributes:
        group: the `autoscaling.AutoScalingGroup`, with the logical id that it would have without this construct.
        launch_template: what its instances are launched from.
        role: what they may do; grant to it.
        security_group: who may reach them, and whom they may call: HTTPS by default.
    """

    contract = Contract(
        wraps=autoscaling.AutoScalingGroup,
        types=("AWS::AutoScaling::AutoScalingGroup", "AWS::EC2::LaunchTemplate"),
        fixed=_FIXED,
        governed={},
        chosen=(
            "instance_type",
            "machine_image",
            "max_capacity",
            "min_capacity",
            "security_group",
            "user_data",
            "vpc",
            "vpc_subnets",
        ),
        free=AutoScalingGroupOptions,
        relaxations=(INSTANCES,),
    )

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        vpc: ec2.IVpc,
        instance_type: ec2.InstanceType,
        machine_image: ec2.IMachineImage,
        vpc_subnets: ec2.SubnetSelection | None = None,
        security_group: ec2.ISecurityGroup | None = None,
        min_capacity: int | None = None,
        max_capacity: int | None = None,
        root_device_name: str = "/dev/xvda",
        root_volume_gib: int = 30,
        encryption_key: AnyKey | None = None,
        user_data: ec2.UserData | None = None,
        waivers: Sequence[Waiver] = (),
        **options: Unpack[AutoScalingGroupOptions],
    ) -> None:
        """Make a group.

        Args:
            scope: where it belongs.
            id: its id there.
            vpc: the network.
            instance_type: size and processor.
            machine_image: what the instances run.
            vpc_subnets: by default the private subnets, else the isolated ones; of two Availability Zones or more.
            security_group: by default one of its own, which nobody may enter and whose instances may call HTTPS only.
            min_capacity: how many instances there are at least; by default two, and never fewer.
            max_capacity: how many at most; by default three times as many.
            root_device_name: what the image calls its volume; by default ``/dev/xvda``, as Amazon Linux does. Under a
                wrong name an instance gets a second volume, and the image's own is as it comes.
            root_volume_gib: its size in GiB, 8 or more; by default 30.
            encryption_key: of the volumes; by default the AWS managed key of Amazon EBS.
            user_data: what an instance runs as it starts; nothing by default.
            waivers: exceptions from the rules about groups and launch templates.
            **options: of `autoscaling.AutoScalingGroup`, see `AutoScalingGroupOptions`.

        Raises:
            ComplianceError: an option is fixed or unknown; the subnets are public or of one zone only; a number is too
                small.
        """
        arguments = Arguments(scope, id, contract=self.contract, waivers=waivers, free=options)
        min_capacity = arguments.default(INSTANCES, min_capacity)
        most = min_capacity * 3 if max_capacity is None else max_capacity
        _check_sizes(arguments, min_capacity, most)
        check_root_volume(arguments, root_volume_gib)
        subnets = serving_subnets(arguments, vpc, vpc_subnets)
        super().__init__(scope, id)
        self.role = machine_role(self)
        self.security_group = security_group or calling_group(self, vpc, "Instances of a group")
        self.launch_template = ec2.LaunchTemplate(
            self,
            "LaunchTemplate",
            instance_type=instance_type,
            machine_image=machine_image,
            role=self.role.role,
            security_group=self.security_group,
            user_data=user_data or ec2.UserData.for_linux(),
            block_devices=[root_volume(root_device_name, root_volume_gib, _volume_key(self, encryption_key))],
            associate_public_ip_address=False,
            detailed_monitoring=True,
            require_imdsv2=True,
            http_endpoint=True,
            http_put_response_hop_limit=1,
        )
        chosen: AutoScalingGroupOptions = {
            "group_metrics": [autoscaling.GroupMetrics.all()],
            "max_instance_lifetime": _LIFETIME,
            "update_policy": autoscaling.UpdatePolicy.rolling_update(
                max_batch_size=1, min_instances_in_service=min(min_capacity, most - 1)
            ),
            **options,
        }
        self.group = autoscaling.AutoScalingGroup(
            self,
            "Default",
            vpc=vpc,
            vpc_subnets=subnets,
            launch_template=self.launch_template,
            min_capacity=min_capacity,
            max_capacity=most,
            **chosen,
        )
        # Instances start at once, and nobody could come in without what the role may do.
        self.group.node.add_dependency(*self.role.policies)
        waive(self, *waivers)

    @property
    def connections(self) -> ec2.Connections:
        """Who may reach the instances, and whom they may call."""
        return self.group.connections


def _check_sizes(arguments: Arguments, least: int, most: int) -> None:
    if least < (1 if arguments.relaxes(INSTANCES) else LEAST_INSTANCES):
        arguments.refuse(
            "min_capacity",
            least,
            asked="2 or more",
            way_out="a zone that fails must leave an instance",
            citation="164.308(a)(7)(i)",
        )
    if most < least:
        arguments.refuse(
            "max_capacity",
            most,
            asked=f"{least} or more",
            way_out="min_capacity instances run always",
            citation="164.308(a)(7)(i)",
        )


def _volume_key(scope: Construct, given: AnyKey | None) -> kms.IKey | None:
    if given is None:
        return None
    let_in(given, *_auto_scaling_statements(stack_of(scope)))
    return usable_key(scope, given)


def _auto_scaling_statements(stack: Stack) -> Sequence[iam.PolicyStatement]:
    # https://docs.aws.amazon.com/autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html
    role = f"arn:{PARTITION}:iam::{stack.account}:role/aws-service-role/autoscaling.amazonaws.com"
    principal = iam.ArnPrincipal(f"{role}/AWSServiceRoleForAutoScaling")
    return (
        iam.PolicyStatement(
            sid="VolumesOfAutoScalingGroups",
            actions=["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"],
            resources=["*"],
            principals=[principal],
        ),
        iam.PolicyStatement(
            sid="GrantsForVolumesOfAutoScalingGroups",
            actions=["kms:CreateGrant"],
            resources=["*"],
            principals=[principal],
            conditions={"Bool": {"kms:GrantIsForAWSResource": "true"}},
        ),
    )
