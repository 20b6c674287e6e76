"""Amazon EC2: single instances, encrypted, backed up, entered by Session Manager alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict, Unpack

import jsii
from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from hipaa_constructs.services._instances import check_root_volume, fixed, machine_role, root_volume
from hipaa_constructs.services._options import Arguments, Contract
from hipaa_constructs.services._placement import calling_group, one_subnet
from hipaa_constructs.services._waiving import excuse
from hipaa_constructs.services.backup import HipaaBackupPlan
from hipaa_constructs.services.kms import AnyKey, usable_key
from hipaa_constructs.services.profile import Relaxation
from hipaa_constructs.waivers import Waiver

_PROTECTION = Relaxation(
    option="disable_api_termination",
    production=True,
    development=False,
    rules=("Ec2InstanceProtectedFromTermination",),
    without_phi=True,
)
_REMOVAL = Relaxation(
    option="removal_policy",
    production=RemovalPolicy.RETAIN,
    development=RemovalPolicy.DESTROY,
    without_phi=True,
)


class InstanceOptions(TypedDict, total=False):
    """The options of `aws_cdk.aws_ec2.Instance` that are passed on as they are."""

    availability_zone: str
    credit_specification: ec2.CpuCredits
    ebs_optimized: bool
    enclave_enabled: bool
    hibernation_enabled: bool
    http_protocol_ipv6: bool
    instance_metadata_tags: bool
    instance_name: str
    ipv6_address_count: float
    placement_group: ec2.IPlacementGroup
    private_ip_address: str
    propagate_tags_to_volume_on_creation: bool
    resource_signal_timeout: Duration
    source_dest_check: bool
    user_data_causes_replacement: bool


_HOP = "the answer with the token travels one hop, so containers don't get the instance's role (164.312(a)(1))"
_TOKEN = "instance metadata always needs a token (164.312(a)(1))"


@jsii.implements(ec2.IConnectable)
class HipaaInstance(Construct):
    """An instance with encrypted volumes and without public addresses, for what can't run in a group of several.

    Instance metadata needs a token (IMDSv2) that travels one hop. There is no SSH key and no open port: operators come
    in by Session Manager, which IAM governs. The instance is measured every minute, can't be terminated before somebody
    allows it, is backed up by the stack's `HipaaBackupPlan`, and stays when the stack goes, as its volume does when it
    is terminated. Records belong on an `EncryptedVolume`, which another instance can take over.

    An instance lies in one Availability Zone and fails with it: a `HipaaAutoScalingGroup` behind an `HttpsLoadBalancer`
    does not. Where only one instance can answer at a time, an Elastic IP address can be moved to a second one that
    stands by. It is declared apart, as an ``ec2.CfnEIP`` without an instance and an ``ec2.CfnEIPAssociation``
    (ElasticIpMovesToStandby); a public address and a public subnet need a waiver of Ec2InstanceWithoutPublicAddress.
    docs/failover.md has the commands and the price.

    Whoever deploys must be allowed to use the key for volumes: ``kms:CreateGrant``, ``kms:Decrypt``,
    ``kms:DescribeKey``, ``kms:GenerateDataKeyWithoutPlaintext`` and ``kms:ReEncrypt*``. The price is that of the
    instance and its volume, e.g. an m7g.large some 0.08 USD an hour, of detailed monitoring, some 2 USD a month, and
    of the backups.

    Rules: Ec2VolumesEncrypted, Ec2MetadataNeedsToken, Ec2InstanceWithoutPublicAddress, Ec2InstanceInVpc,
    Ec2InstanceHasProfile, Ec2InstanceMonitored, Ec2WithoutKeyPair, Ec2InstanceProtectedFromTermination,
    SsmManagesInstances, SecurityGroupEgressConfined.
    Your duty: the image and its patches (`PatchPolicy`); what the role may do; that the programs encrypt what they
    send; to delete the volume of an instance that was terminated, once its backups are known to be good.
    AWS: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-security.html

    Attributes:
        instance: the `ec2.Instance`, with the logical id that it would have without this construct.
        role: what it may do; grant to it.
        security_group: who may reach it, and whom it may call: HTTPS by default.
    """

    contract = Contract(
        wraps=ec2.Instance,
        types=("AWS::EC2::Instance",),
        fixed={
            **fixed("instance"),
            "allow_all_ipv6_outbound": "instances may call HTTPS only; allow more on the instance's connections "
            "(164.312(e)(1))",
            "http_endpoint": _TOKEN,
            "http_put_response_hop_limit": _HOP,
            "http_tokens": _TOKEN,
            "instance_initiated_shutdown_behavior": "an instance that shuts down is stopped, or protection from "
            "termination would be void (164.308(a)(7)(i))",
            "instance_profile": "the profile has the instance's own role; grant on it (164.308(a)(4)(ii)(B))",
        },
        governed={
            "detailed_monitoring": ("Ec2InstanceMonitored",),
            "disable_api_termination": ("Ec2InstanceProtectedFromTermination",),
            "vpc_subnets": ("Ec2InstanceWithoutPublicAddress",),
        },
        chosen=("instance_type", "machine_image", "removal_policy", "security_group", "user_data", "vpc"),
        free=InstanceOptions,
        relaxations=(_PROTECTION, _REMOVAL),
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
        root_device_name: str = "/dev/xvda",
        root_volume_gib: int = 30,
        encryption_key: AnyKey | None = None,
        user_data: ec2.UserData | None = None,
        detailed_monitoring: bool = True,
        disable_api_termination: bool | None = None,
        backup_plan: HipaaBackupPlan | None = None,
        removal_policy: RemovalPolicy | None = None,
        holds_phi: bool = True,
        waivers: Sequence[Waiver] = (),
        **options: Unpack[InstanceOptions],
    ) -> None:
        """Make an instance.

        Args:
            scope: where it belongs.
            id: its id there.
            vpc: the network. No template shows whether the subnets of an imported one assign public addresses, so that
                it needs a waiver of Ec2InstanceWithoutPublicAddress.
            instance_type: size and processor.
            machine_image: what it runs. An image that changes, as the newest of Amazon Linux does, replaces the
                instance at the next deployment: ``cached_in_context=True``, or the id of an image, keeps it. With a
                ``private_ip_address`` that is needed, as the new instance finds the address taken.
            vpc_subnets: by default the private subnets, else the isolated ones; the first is taken, or that of
                ``availability_zone``. Public ones only if that is waived.
            security_group: by default one of its own, which nobody may enter and which lets HTTPS out only.
            root_device_name: what the image calls its volume; by default ``/dev/xvda``, as Amazon Linux does. Under a
                wrong name the instance gets a second volume, and the image's own is as it comes.
            root_volume_gib: its size in GiB, 8 or more; by default 30.
            encryption_key: of the volume; by default the stack's `EncryptionKey`.
            user_data: what it runs as it starts for the first time; nothing by default.
            detailed_monitoring: by default, and unless waived, it is measured every minute.
            disable_api_termination: by default, and unless waived, it can't be terminated until this is switched off.
            backup_plan: by default the stack's `HipaaBackupPlan`.
            removal_policy: by default the instance runs on when the stack goes, or when an update replaces it.
            holds_phi: False says that it holds no PHI; a development environment then lets it go with its stack.
            waivers: exceptions from the rules about instances.
            **options: of `ec2.Instance`, see `InstanceOptions`.

        Raises:
            ComplianceError: an option is fixed or unknown, or weaker than a rule that is not waived; the network has no
                such subnets; the volume is too small.
        """
        arguments = Arguments(scope, id, contract=self.contract, waivers=waivers, free=options, holds_phi=holds_phi)
        disable_api_termination = arguments.default(_PROTECTION, disable_api_termination)
        arguments.govern(
            "disable_api_termination",
            disable_api_termination,
            holds=disable_api_termination is True,
            asked="True",
            rule="Ec2InstanceProtectedFromTermination",
        )
        arguments.govern(
            "detailed_monitoring",
            detailed_monitoring,
            holds=detailed_monitoring is True,
            asked="True",
            rule="Ec2InstanceMonitored",
        )
        check_root_volume(arguments, root_volume_gib)
        subnets, exposed = one_subnet(arguments, vpc, vpc_subnets)
        arguments.govern(
            "vpc_subnets",
            "public ones",
            holds=not exposed,
            asked="isolated or private",
            rule="Ec2InstanceWithoutPublicAddress",
        )
        super().__init__(scope, id)
        # The L2's own name would be that of its construct id.
        options.setdefault("instance_name", self.node.path)
        self.role = machine_role(self)
        self.security_group = security_group or calling_group(self, vpc, "An instance")
        key = usable_key(scope, encryption_key)
        self.instance = ec2.Instance(
            self,
            "Default",
            vpc=vpc,
            vpc_subnets=subnets,
            instance_type=instance_type,
            machine_image=machine_image,
            role=self.role.role,
            security_group=self.security_group,
            user_data=user_data,
            block_devices=[root_volume(root_device_name, root_volume_gib, key, kept=True)],
            detailed_monitoring=detailed_monitoring,
            disable_api_termination=disable_api_termination,
            http_endpoint=True,
            http_put_response_hop_limit=1,
            http_tokens=ec2.HttpTokens.REQUIRED,
            **options,
        )
        self.instance.apply_removal_policy(arguments.default(_REMOVAL, removal_policy))
        # It starts at once, and nobody could come in without what the role may do.
        self.instance.node.add_dependency(*self.role.policies)
        (backup_plan or HipaaBackupPlan.of(scope)).protect(self.instance)
        excuse(self, arguments)

    @property
    def connections(self) -> ec2.Connections:
        """Who may reach the instance, and whom it may call."""
        return self.instance.connections
