"""Amazon EFS: file systems under your key that only TLS and IAM reach, in two Regions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict, Unpack

import jsii
from aws_cdk import RemovalPolicy, Size
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_efs as efs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from hipaa_constructs.errors import ComplianceError
from hipaa_constructs.services._keeping import KEEPING
from hipaa_constructs.services._of_stack import region_of
from hipaa_constructs.services._options import Arguments, Contract
from hipaa_constructs.services._placement import inner_subnets
from hipaa_constructs.services._tokens import is_unresolved
from hipaa_constructs.services._waiving import excuse
from hipaa_constructs.services.backup import HipaaBackupPlan
from hipaa_constructs.services.kms import AnyKey, usable_key
from hipaa_constructs.services.profile import Relaxation
from hipaa_constructs.waivers import Waiver

_MOUNT_TARGETS_BY_SUBNET = "@aws-cdk/aws-efs:mountTargetOrderInsensitiveLogicalId"
"""The feature flag that names mount targets by subnet, so that a further zone replaces none."""

_ELSEWHERE = Relaxation(
    option="replication_region", production="a second Region", development="none", rules=("EfsReplicated",)
)
_REMOVAL = Relaxation(
    option="removal_policy",
    production=RemovalPolicy.RETAIN,
    development=RemovalPolicy.DESTROY,
    rules=("EfsKept",),
    without_phi=True,
)


class FileSystemOptions(TypedDict, total=False):
    """The options of `aws_cdk.aws_efs.FileSystem` that are passed on as they are."""

    file_system_name: str
    lifecycle_policy: efs.LifecyclePolicy
    out_of_infrequent_access_policy: efs.OutOfInfrequentAccessPolicy
    performance_mode: efs.PerformanceMode
    provisioned_throughput_per_second: Size
    throughput_mode: efs.ThroughputMode
    transition_to_archive_policy: efs.LifecyclePolicy


@jsii.implements(ec2.IConnectable)
class EncryptedFileSystem(Construct):
    """A file system under your key that answers only clients that IAM lets in, over TLS, and that a second Region has.

    Its policy denies clients without TLS and allows nobody: a client needs a role that may mount it (`grant_access`)
    and, as no grant here makes anybody root, an access point that says whose files it sees (`add_access_point`). Mount
    targets lie in isolated subnets, and the security group admits whom `connections` names. A backup plan keeps
    backups. The file system stays when the stack goes.

    Encryption can't be changed later: with another key CloudFormation makes a new and empty file system.

    Price: about 0.30 USD for a GB and month, 0.025 USD once it has not been read for 30 days, and as much again in the
    second Region, with the transfer there.

    Rules: EfsEncrypted, EfsUsesCustomerManagedKey, EfsTlsOnly, EfsMountTargetPrivate, EfsRegional, EfsReplicated,
    EfsKept, EfsFileSystemInBackupPlan.
    With `add_access_point` also EfsAccessPointEnforcesUser and EfsAccessPointEnforcesRoot.
    Your duty: to mount with the EFS mount helper, ``tls`` and ``iam``; that restores work, and EFS is switched on in
    the Region's AWS Backup settings; that the second Region has subnets and mount targets when it is needed.
    AWS: https://docs.aws.amazon.com/efs/latest/ug/security-considerations.html

    Attributes:
        file_system: the `efs.FileSystem`, with the logical id that it would have without this construct.
        connections: whom the security group admits, on the port of NFS.
    """

    contract = Contract(
        wraps=efs.FileSystem,
        types=("AWS::EFS::FileSystem", "AWS::EFS::AccessPoint", "AWS::EFS::MountTarget"),
        fixed={
            "allow_anonymous_access": "only clients that IAM lets in mount it (164.312(d)); call grant_access()",
            "enable_automatic_backups": "the backup plan takes them (164.308(a)(7)(ii)(A)); pass backup_plan",
            "encrypted": "it always is (164.312(a)(2)(iv)); pass encryption_key to choose the key",
            "kms_key": "pass encryption_key (164.312(a)(2)(iv))",
            "one_zone": "files lie in several Availability Zones (164.308(a)(7)(i))",
            "replication_configuration": "pass replication_region and replication_key (164.308(a)(7)(ii)(A))",
            "replication_overwrite_protection": "nothing replaces the files of this one (164.312(c)(1)); make an "
            "efs.FileSystem for a destination",
            "security_group": "pass security_groups for further ones (164.312(e)(1))",
        },
        governed={"removal_policy": ("EfsKept",), "replication_region": ("EfsReplicated",)},
        chosen=("file_system_policy", "vpc", "vpc_subnets"),
        free=FileSystemOptions,
        relaxations=(_ELSEWHERE, _REMOVAL),
    )

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        vpc: ec2.IVpc,
        vpc_subnets: ec2.SubnetSelection | None = None,
        encryption_key: AnyKey | None = None,
        replication_region: str | None = None,
        replication_key: str | None = None,
        file_system_policy: iam.PolicyDocument | None = None,
        backup_plan: HipaaBackupPlan | None = None,
        removal_policy: RemovalPolicy | None = None,
        holds_phi: bool = True,
        waivers: Sequence[Waiver] = (),
        **options: Unpack[FileSystemOptions],
    ) -> None:
        """Make a file system.

        Args:
            scope: where it belongs.
            id: its id there.
            vpc: the network, with subnets in two Availability Zones or more.
            vpc_subnets: by default the isolated ones, or the private ones if there are no isolated ones; public ones
                are refused.
            encryption_key: by default the stack's `EncryptionKey`. It can't be changed later.
            replication_region: the second Region, in which EFS makes a copy that is read only; needed in production
                unless waived.
            replication_key: the ARN of a key of that Region, needed with it.
            file_system_policy: further statements; by default clients without TLS are denied, and nobody is let in.
            backup_plan: by default the stack's `HipaaBackupPlan`.
            removal_policy: by default, and unless waived, the file system stays when the stack goes.
            holds_phi: False says that it holds no PHI; a development environment then lets it go with its stack.
            waivers: exceptions from the rules about file systems.
            **options: of `efs.FileSystem`, see `FileSystemOptions`. What nobody read for 30 days moves to a cheaper
                storage class by default.

        Raises:
            ComplianceError: an option is fixed or unknown, weaker than a rule that is not waived, or does not go
                together with another.
        """
        arguments = Arguments(scope, id, contract=self.contract, waivers=waivers, free=options, holds_phi=holds_phi)
        removal_policy = arguments.default(_REMOVAL, removal_policy)
        arguments.govern(
            "removal_policy", removal_policy, holds=removal_policy in KEEPING, asked="RETAIN", rule="EfsKept"
        )
        _check_replication(arguments, region_of(scope), replication_region, replication_key)
        arguments.govern(
            "replication_region",
            replication_region,
            holds=replication_region is not None,
            asked="a second Region, with a replication_key there",
            rule="EfsReplicated",
        )
        subnets = inner_subnets(arguments, vpc, vpc_subnets)
        super().__init__(scope, id)
        self.node.set_context(_MOUNT_TARGETS_BY_SUBNET, value=True)
        key = usable_key(scope, encryption_key)
        group = ec2.SecurityGroup(
            self,
            "SecurityGroup",
            vpc=vpc,
            allow_all_outbound=False,
            description=f"Who mounts the file system {self.node.id}",
        )
        policy = file_system_policy or iam.PolicyDocument()
        policy.add_statements(_refusing_plaintext())
        options.setdefault("lifecycle_policy", efs.LifecyclePolicy.AFTER_30_DAYS)
        self.file_system = efs.FileSystem(
            self,
            "Default",
            vpc=vpc,
            vpc_subnets=subnets,
            # The policy allows nobody; the L2 would let whoever mounts it be root there.
            allow_anonymous_access=True,
            encrypted=True,
            file_system_policy=policy,
            kms_key=key,
            removal_policy=removal_policy,
            replication_configuration=None
            if replication_region is None or replication_key is None
            else efs.ReplicationConfiguration.regional_file_system(
                replication_region, kms.Key.from_key_arn(self, "ReplicationKey", replication_key)
            ),
            security_group=group,
            **options,
        )
        self._connections = self.file_system.connections
        (backup_plan or HipaaBackupPlan.of(scope)).protect(self.file_system)
        excuse(self, arguments)

    @property
    def connections(self) -> ec2.Connections:
        """Whom the security group admits, on the port of NFS."""
        return self._connections

    def add_access_point(
        self,
        id: str,
        *,
        path: str,
        uid: str,
        gid: str,
        secondary_gids: Sequence[str] = (),
        permissions: str = "750",
    ) -> efs.AccessPoint:
        """Make a way in that shows one directory, as one user, whoever the client says it is.

        Args:
            id: its id here.
            path: the directory, not the root; it is made when it is first mounted.
            uid: the number of the user, who owns the directory; not that of root.
            gid: the number of the group.
            secondary_gids: further groups.
            permissions: of a directory that is made, by default ``750``.

        Raises:
            ComplianceError: the directory is the root, or the user is.
        """
        if path.strip("/") == "":
            raise ComplianceError(
                f"{self.node.path}: path must be a directory of the file system, got {path!r}; make an "
                "efs.AccessPoint for all of it (164.312(a)(1))"
            )
        if uid == "0":
            raise ComplianceError(
                f"{self.node.path}: uid must be that of a user, got {uid!r}; root reads and changes everything: make "
                "an efs.AccessPoint if it must (164.312(a)(1))"
            )
        return efs.AccessPoint(
            self,
            id,
            file_system=self.file_system,
            path=path,
            create_acl=efs.Acl(owner_uid=uid, owner_gid=gid, permissions=permissions),
            posix_user=efs.PosixUser(uid=uid, gid=gid, secondary_gids=list(secondary_gids) or None),
        )

    def grant_access(self, grantee: iam.IGrantable, point: efs.IAccessPoint, *, write: bool = True) -> iam.Grant:
        """Let somebody mount the file system, by one access point and not as root.

        Args:
            grantee: whom.
            point: of this file system.
            write: False lets it read only.
        """
        actions = ["elasticfilesystem:ClientMount", *(["elasticfilesystem:ClientWrite"] if write else [])]
        return iam.Grant.add_to_principal(
            grantee=grantee,
            actions=actions,
            resource_arns=[self.file_system.file_system_arn],
            conditions={"StringEquals": {"elasticfilesystem:AccessPointArn": point.access_point_arn}},
        )


def _refusing_plaintext() -> iam.PolicyStatement:
    return iam.PolicyStatement(
        sid="TlsOnly",
        effect=iam.Effect.DENY,
        principals=[iam.AnyPrincipal()],
        actions=["*"],
        # The ARN of the file system would make it depend on itself.
        resources=["*"],
        conditions={"Bool": {"aws:SecureTransport": "false"}},
    )


def _check_replication(arguments: Arguments, here: str, region: str | None, key: str | None) -> None:
    if (region is None) is not (key is None):
        arguments.refuse(
            "replication_region" if region is None else "replication_key",
            None,
            asked="given with its pair",
            way_out="a Region and a key of that Region belong together",
            citation="164.312(a)(2)(iv)",
        )
    if region is None or key is None or is_unresolved(region):
        return
    if region == here:
        arguments.refuse(
            "replication_region",
            region,
            asked="another Region than the file system's",
            way_out="a copy in the same Region guards against nothing new",
            citation="164.308(a)(7)(ii)(A)",
        )
    if not is_unresolved(key) and f":{region}:" not in key:
        arguments.refuse(
            "replication_key",
            key,
            asked=f"the ARN of a key in {region}",
            way_out="copies are encrypted with a key of the Region they are in",
            citation="164.312(a)(2)(iv)",
        )
