"""Amazon Redshift: warehouses over two zones that accept encrypted connections only, and that a second Region has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TypedDict, Unpack

import jsii
from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_redshift as redshift
from constructs import Construct

from hipaa_constructs.services._keeping import KEEPING_DATA
from hipaa_constructs.services._of_stack import region_of
from hipaa_constructs.services._options import Arguments, Contract
from hipaa_constructs.services._placement import inner_subnets
from hipaa_constructs.services._rds import closed_security_group, derived_identifier, exported_log_groups
from hipaa_constructs.services._redshift import LOGS, PORT, check_copies, check_port
from hipaa_constructs.services._tokens import is_unresolved
from hipaa_constructs.services._waiving import excuse
from hipaa_constructs.services.backup import HipaaBackupPlan
from hipaa_constructs.services.kms import AnyKey, EncryptionKey, usable_key
from hipaa_constructs.services.logs import EncryptedLogGroup
from hipaa_constructs.services.profile import Relaxation
from hipaa_constructs.waivers import Waiver

_FAMILY = "redshift-2.0"
_PARAMETERS = {"enable_user_activity_logging": "RedshiftUserActivityLogged", "require_ssl": "RedshiftTlsOnly"}
_NO_PARAMETERS: Mapping[str, str] = MappingProxyType({})
_LONGEST = Duration.days(35)
_WINDOW = "sun:08:00-sun:09:00"
_ZONES, _FEWEST_NODES, _MOST_NODES = 3, 2, 100
_ELSEWHERE = Relaxation(
    option="snapshot_copy_region",
    production="a second Region",
    development="none",
    rules=("RedshiftSnapshotsCopied",),
)
_MULTI_AZ = Relaxation(option="multi_az", production=True, development=False, rules=("RedshiftMultiAz",))
_NODES = Relaxation(option="number_of_nodes", production=_FEWEST_NODES, development=1)
_SNAPSHOTS = Relaxation(
    option="snapshot_retention",
    production=_LONGEST,
    development=Duration.days(7),
    rules=("RedshiftSnapshotsKept",),
)
_REMOVAL = Relaxation(
    option="removal_policy",
    production=RemovalPolicy.SNAPSHOT,
    development=RemovalPolicy.DESTROY,
    rules=("RedshiftKept",),
    without_phi=True,
)


class RedshiftOptions(TypedDict, total=False):
    """The options of `aws_cdk.aws_redshift.CfnCluster` that are passed on as they are."""

    cluster_version: str
    iam_roles: Sequence[str | iam.IRole]
    maintenance_track_name: str
    manual_snapshot_retention_period: float
    preferred_maintenance_window: str
    snapshot_copy_manual: bool
    snapshot_copy_retention_period: float


@jsii.implements(ec2.IConnectable)
class HipaaRedshiftCluster(Construct):
    """A warehouse over two zones, encrypted with your key, that refuses plaintext and logs what its users do.

    Redshift makes the password, keeps it under your key and rotates it. Connections, users and what they do go to
    encrypted log groups that keep six years. COPY and UNLOAD go through the network. Snapshots are kept for 35 days, a
    second Region has them under a key there, and a backup plan keeps others. Isolated subnets, and a security group
    that admits whom `connections` names. A last snapshot is taken when the cluster goes.

    The log groups are made before the cluster, under an identifier that is derived from the construct's and the
    stack's. A change that would replace the cluster, and leave an empty one in its place, fails therefore.

    Price: two nodes in each of two zones (ra3.xlplus by default: about 4.35 USD an hour for the four), managed storage
    (0.024 USD for a GB and month), snapshots there, and log events by the GB.

    Rules: RedshiftEncrypted, RedshiftUsesCustomerManagedKey, RedshiftLogged, RedshiftUserActivityLogged,
    RedshiftTlsOnly, RedshiftNotPublic, RedshiftRoutedThroughVpc, RedshiftBackedUp, RedshiftSnapshotsKept,
    RedshiftMaintained, RedshiftInVpc, RedshiftSubnetsPrivate, RedshiftMultiAz, RedshiftSnapshotsCopied,
    RedshiftPasswordManaged, RedshiftKept, DataStoreInBackupPlan.
    Your duty: an ``AWS::Redshift::SnapshotCopyGrant`` in the second Region; endpoints for what is loaded; who may read
    which columns; that statements in logs hold no more PHI than need be; that restores work, and Redshift is switched
    on in the Region's AWS Backup settings.
    AWS: https://docs.aws.amazon.com/redshift/latest/mgmt/working-with-db-encryption.html

    Attributes:
        resource: the ``AWS::Redshift::Cluster``; the CDK has no construct of a higher level for it.
        connections: whom the security group admits, on the port of the cluster.
        log_groups: the log groups by type of log.
    """

    contract = Contract(
        wraps=redshift.CfnCluster,
        types=(
            "AWS::Redshift::Cluster",
            "AWS::Redshift::ClusterParameterGroup",
            "AWS::Redshift::ClusterSubnetGroup",
        ),
        fixed={
            "aqua_configuration_status": "AWS has retired it",
            "automated_snapshot_retention_period": "pass snapshot_retention (164.308(a)(7)(ii)(A))",
            "availability_zone": "Redshift spreads the nodes over the zones of vpc_subnets (164.308(a)(7)(ii)(C))",
            "availability_zone_relocation": "nodes lie in two zones anyway (164.308(a)(7)(ii)(C))",
            "availability_zone_relocation_status": "nodes lie in two zones anyway (164.308(a)(7)(ii)(C))",
            "classic": "an elastic resize needs no new cluster",
            "cluster_identifier": "it is derived, so that log groups can be made before (164.312(b))",
            "cluster_parameter_group_name": "pass parameters (164.312(e)(1))",
            "cluster_security_groups": "clusters are in a VPC, with a security group (164.312(e)(1))",
            "cluster_subnet_group_name": "pass vpc, and vpc_subnets (164.312(e)(1))",
            "cluster_type": "pass number_of_nodes",
            "defer_maintenance": "patches are installed in the maintenance window (164.308(a)(5)(ii)(A))",
            "defer_maintenance_duration": "patches are installed in the maintenance window (164.308(a)(5)(ii)(A))",
            "defer_maintenance_end_time": "patches are installed in the maintenance window (164.308(a)(5)(ii)(A))",
            "defer_maintenance_start_time": "patches are installed in the maintenance window (164.308(a)(5)(ii)(A))",
            "destination_region": "pass snapshot_copy_region (164.308(a)(7)(ii)(A))",
            "elastic_ip": "a warehouse is not reached from the internet (164.312(e)(1))",
            "encrypted": "it always is (164.312(a)(2)(iv)); pass encryption_key to choose the key",
            "endpoint": "Redshift gives it",
            "enhanced_vpc_routing": "what is loaded and unloaded goes through the network (164.312(e)(1))",
            "hsm_client_certificate_identifier": "a key of KMS encrypts it (164.312(a)(2)(iv))",
            "hsm_configuration_identifier": "a key of KMS encrypts it (164.312(a)(2)(iv))",
            "kms_key_id": "pass encryption_key (164.312(a)(2)(iv))",
            "logging_properties": "audit logs always go to encrypted log groups (164.312(b))",
            "manage_master_password": "Redshift makes and rotates the password (164.312(d))",
            "master_password_secret_kms_key_id": "pass encryption_key (164.312(a)(2)(iv))",
            "master_user_password": "a password in the template can be read by everybody who can read the stack "
            "(164.312(d))",
            "namespace_resource_policy": "share data by a policy of its own, and on the record (164.312(a)(1))",
            "owner_account": "restore snapshots of other accounts with a CfnCluster (164.312(a)(1))",
            "publicly_accessible": "a warehouse is not reached from the internet (164.312(e)(1))",
            "resource_action": "pause a cluster by hand",
            "revision_target": "patches are installed in the maintenance window (164.308(a)(5)(ii)(A))",
            "rotate_encryption_key": "key material rotates with the key itself (164.312(a)(2)(iv))",
            "snapshot_cluster_identifier": "restore with a CfnCluster (164.312(a)(2)(iv))",
            "snapshot_copy_grant_name": "pass snapshot_copy_grant (164.312(a)(2)(iv))",
            "snapshot_identifier": "restore with a CfnCluster (164.312(a)(2)(iv))",
            "tags": "call Tags.of() (164.308(a)(7)(ii)(E))",
            "vpc_security_group_ids": "pass security_groups for further ones (164.312(e)(1))",
        },
        governed={
            "allow_version_upgrade": ("RedshiftMaintained",),
            "multi_az": ("RedshiftMultiAz",),
            "parameters": ("RedshiftTlsOnly", "RedshiftUserActivityLogged"),
            "removal_policy": ("RedshiftKept",),
            "snapshot_copy_region": ("RedshiftSnapshotsCopied",),
            "snapshot_retention": ("RedshiftSnapshotsKept",),
        },
        chosen=("db_name", "master_username", "node_type", "number_of_nodes", "port"),
        free=RedshiftOptions,
        relaxations=(_ELSEWHERE, _MULTI_AZ, _NODES, _SNAPSHOTS, _REMOVAL),
    )

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        vpc: ec2.IVpc,
        vpc_subnets: ec2.SubnetSelection | None = None,
        security_groups: Sequence[ec2.ISecurityGroup] = (),
        node_type: str = "ra3.xlplus",
        number_of_nodes: int | None = None,
        multi_az: bool | None = None,
        db_name: str = "records",
        master_username: str = "warehouse",
        port: int = PORT,
        parameters: Mapping[str, str] = _NO_PARAMETERS,
        encryption_key: AnyKey | None = None,
        allow_version_upgrade: bool = True,
        snapshot_retention: Duration | None = None,
        snapshot_copy_region: str | None = None,
        snapshot_copy_grant: str | None = None,
        backup_plan: HipaaBackupPlan | None = None,
        removal_policy: RemovalPolicy | None = None,
        holds_phi: bool = True,
        waivers: Sequence[Waiver] = (),
        **options: Unpack[RedshiftOptions],
    ) -> None:
        """Make a cluster.

        Args:
            scope: where it belongs.
            id: its id there.
            vpc: the network, with subnets in three Availability Zones or more, of which Redshift takes two.
            vpc_subnets: by default the isolated ones, or the private ones if there are no isolated ones; public ones
                are refused.
            security_groups: further ones, beside the cluster's own.
            node_type: one with managed storage (``ra3.…`` or ``rg.…``); by default ``ra3.xlplus``.
            number_of_nodes: in each zone; by default 2, the fewest over two zones.
            multi_az: by default, and unless waived, as many nodes in a second zone take over.
            db_name: the first database; by default ``records``. It can't be changed later.
            master_username: by default ``warehouse``. It can't be changed later.
            port: by default 5439; 5431 to 5455 or 8191 to 8215.
            parameters: further parameters of the engine, of the family redshift-2.0.
            encryption_key: of storage, snapshots, password and log groups; by default the stack's `EncryptionKey`.
            allow_version_upgrade: by default, and unless waived, new versions are installed in the maintenance window.
            snapshot_retention: of automated snapshots, in days up to 35; by default, and unless waived, 35.
            snapshot_copy_region: the second Region that snapshots are copied to; needed in production unless waived.
                CloudFormation's code, as AWS publishes it, turns copies on when it changes a cluster and not when it
                makes one: look at the new cluster (``aws redshift describe-clusters``), and where it has no
                ClusterSnapshotCopyStatus, run ``aws redshift enable-snapshot-copy`` with the Region and the grant. To
                choose another Region, turn copies off first.
            snapshot_copy_grant: the name of an ``AWS::Redshift::SnapshotCopyGrant`` there, for a key of yours.
            backup_plan: by default the stack's `HipaaBackupPlan`.
            removal_policy: by default a last snapshot is taken when the cluster goes; RETAIN keeps the cluster.
            holds_phi: False says that it holds no PHI; a development environment then lets it go with its stack.
            waivers: exceptions from the rules about clusters.
            **options: of `redshift.CfnCluster`, see `RedshiftOptions`. Maintenance is on Sundays at 8 to 9, UTC, by
                default.

        Raises:
            ComplianceError: an option is fixed or unknown, weaker than a rule that is not waived, or makes no cluster.
        """
        arguments = Arguments(scope, id, contract=self.contract, waivers=waivers, free=options, holds_phi=holds_phi)
        multi_az = arguments.default(_MULTI_AZ, multi_az)
        number_of_nodes = arguments.default(_NODES, number_of_nodes)
        snapshot_retention = arguments.default(_SNAPSHOTS, snapshot_retention)
        removal_policy = arguments.default(_REMOVAL, removal_policy)
        subnets = inner_subnets(arguments, vpc, vpc_subnets).subnets or ()
        _check_nodes(arguments, node_type, number_of_nodes)
        check_port(arguments, port, "nodes with managed storage")
        if multi_az:
            _check_zones(arguments, number_of_nodes, subnets)
        check_copies(
            arguments,
            region_of(scope),
            snapshot_copy_region,
            ("snapshot_copy_grant", snapshot_copy_grant),
            way_out="copies are encrypted by a grant of the Region they go to",
        )
        days = snapshot_retention.to_days(integral=False)
        if not 1 <= days <= _LONGEST.to_days():
            arguments.refuse(
                "snapshot_retention",
                snapshot_retention,
                asked="1 to 35 days",
                way_out="Redshift keeps automated snapshots no longer; a backup plan does",
                citation="164.308(a)(7)(ii)(A)",
            )
        for name, value, holds, asked, rule in (
            ("allow_version_upgrade", allow_version_upgrade, allow_version_upgrade, "True", "RedshiftMaintained"),
            ("multi_az", multi_az, multi_az, "True", "RedshiftMultiAz"),
            ("removal_policy", removal_policy, removal_policy in KEEPING_DATA, "SNAPSHOT or RETAIN", "RedshiftKept"),
            (
                "snapshot_copy_region",
                snapshot_copy_region,
                snapshot_copy_region is not None,
                "a second Region, with a snapshot_copy_grant there",
                "RedshiftSnapshotsCopied",
            ),
            (
                "snapshot_retention",
                snapshot_retention,
                days >= _LONGEST.to_days(),
                "35 days",
                "RedshiftSnapshotsKept",
            ),
            *(
                ("parameters", f"{name} {value}", value == "true", f"with {name} true", _PARAMETERS[name])
                for name, value in parameters.items()
                if name in _PARAMETERS
            ),
        ):
            arguments.govern(name, value, holds=holds, asked=asked, rule=rule)
        super().__init__(scope, id)
        key: AnyKey = EncryptionKey.of(self) if encryption_key is None else encryption_key
        key_arn = usable_key(scope, key).key_arn
        own = closed_security_group(self, vpc)
        self._connections = ec2.Connections(default_port=ec2.Port.tcp(port), security_groups=[own, *security_groups])
        group = redshift.CfnClusterParameterGroup(
            self,
            "Parameters",
            description=f"Parameters of the cluster {self.node.id}",
            parameter_group_family=_FAMILY,
            parameters=[
                redshift.CfnClusterParameterGroup.ParameterProperty(parameter_name=name, parameter_value=value)
                for name, value in {**dict.fromkeys(_PARAMETERS, "true"), **parameters}.items()
            ],
        )
        placed = redshift.CfnClusterSubnetGroup(
            self,
            "Subnets",
            description=f"Subnets of the cluster {self.node.id}",
            subnet_ids=[subnet.subnet_id for subnet in subnets],
        )
        identifier = derived_identifier(self)
        options.setdefault("preferred_maintenance_window", _WINDOW)
        self.resource = redshift.CfnCluster(
            self,
            "Default",
            allow_version_upgrade=allow_version_upgrade,
            automated_snapshot_retention_period=snapshot_retention.to_days(),
            cluster_identifier=identifier,
            cluster_parameter_group_name=group.ref,
            cluster_subnet_group_name=placed.ref,
            cluster_type="multi-node" if number_of_nodes > 1 else "single-node",
            db_name=db_name,
            destination_region=snapshot_copy_region,
            encrypted=True,
            enhanced_vpc_routing=True,
            kms_key_id=key_arn,
            logging_properties=redshift.CfnCluster.LoggingPropertiesProperty(
                log_destination_type="cloudwatch", log_exports=list(LOGS)
            ),
            manage_master_password=True,
            master_password_secret_kms_key_id=key_arn,
            master_username=master_username,
            multi_az=multi_az,
            node_type=node_type,
            number_of_nodes=number_of_nodes if number_of_nodes > 1 else None,
            port=port,
            publicly_accessible=False,
            snapshot_copy_grant_name=snapshot_copy_grant,
            vpc_security_group_ids=[one.security_group_id for one in self._connections.security_groups],
            **options,
        )
        self.resource.apply_removal_policy(removal_policy)
        self.log_groups: Mapping[str, EncryptedLogGroup] = exported_log_groups(
            self, self.resource, f"/aws/redshift/cluster/{identifier}", LOGS, key
        )
        (backup_plan or HipaaBackupPlan.of(scope)).protect(self.resource)
        excuse(self, arguments)

    @property
    def connections(self) -> ec2.Connections:
        """Whom the security group admits, on the port of the cluster."""
        return self._connections


def _check_nodes(arguments: Arguments, node_type: str, number_of_nodes: int) -> None:
    if not node_type.startswith(("ra3.", "rg.")):
        arguments.refuse(
            "node_type",
            node_type,
            asked="one with managed storage, ra3.… or rg.…",
            way_out="others lie in one zone (164.308(a)(7)(ii)(C)), and AWS retires them",
            citation="164.308(a)(7)(i)",
        )
    if not 1 <= number_of_nodes <= _MOST_NODES:
        arguments.refuse(
            "number_of_nodes",
            number_of_nodes,
            asked="1 to 100",
            way_out="Redshift takes no other number",
            citation="164.308(a)(7)(i)",
        )


def _check_zones(arguments: Arguments, number_of_nodes: int, subnets: Sequence[ec2.ISubnet]) -> None:
    if number_of_nodes < _FEWEST_NODES:
        arguments.refuse(
            "number_of_nodes",
            number_of_nodes,
            asked="2 or more with multi_az",
            way_out="Redshift spreads no single node over zones",
            citation="164.308(a)(7)(ii)(C)",
        )
    zones = {subnet.availability_zone for subnet in subnets}
    if not any(is_unresolved(zone) for zone in zones) and len(zones) < _ZONES:
        arguments.refuse(
            "vpc_subnets",
            f"{len(subnets)} of {len(zones)}",
            asked="of three Availability Zones or more",
            way_out="Redshift chooses two of them for multi_az; pass a network that has them",
            citation="164.308(a)(7)(ii)(C)",
        )
