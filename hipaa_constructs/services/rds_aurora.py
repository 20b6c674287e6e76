"""Amazon Aurora: clusters that accept encrypted connections only, and can be restored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypedDict, Unpack

import jsii
from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_rds as rds
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from hipaa_constructs.services._of_stack import region_of
from hipaa_constructs.services._options import Arguments, Contract
from hipaa_constructs.services._placement import inner_subnets
from hipaa_constructs.services._rds import (
    BACKUP_RETENTION,
    DELETE_BACKUPS,
    FIXED,
    MONITORING_INTERVAL,
    PROTECTION,
    REMOVAL,
    check_key,
    check_snapshot,
    closed_security_group,
    derived_identifier,
    exported_log_groups,
    govern_backups,
    govern_parameters,
    govern_settings,
    known_engine,
    managed_credentials,
    monitoring_role,
    rotate_once_attached,
    secret_of,
)
from hipaa_constructs.services._waiving import excuse
from hipaa_constructs.services.backup import HipaaBackupPlan
from hipaa_constructs.services.kms import AnyKey, usable_key
from hipaa_constructs.services.profile import Relaxation
from hipaa_constructs.services.rds_engines import CLUSTER_ENGINES
from hipaa_constructs.services.secretsmanager import EncryptedSecret
from hipaa_constructs.waivers import Waiver

_NO_PARAMETERS: Mapping[str, str] = {}
_MEMBERS = "pass instance_type and readers; the construct makes the members, each encrypted and monitored"
_MOST_READERS = 15
_READERS = Relaxation(option="readers", production=1, development=0, rules=("RdsClusterMultiAz",))


class ClusterOptions(TypedDict, total=False):
    """The options of `aws_cdk.aws_rds.DatabaseCluster` that are passed on as they are."""

    backtrack_window: Duration
    cluster_scalability_type: rds.ClusterScalabilityType
    database_insights_mode: rds.DatabaseInsightsMode
    default_database_name: str
    domain: str
    domain_role: iam.IRole
    enable_data_api: bool
    enable_local_write_forwarding: bool
    engine_lifecycle_support: rds.EngineLifecycleSupport
    instance_update_behaviour: rds.InstanceUpdateBehaviour
    network_type: rds.NetworkType
    port: float
    preferred_maintenance_window: str
    s3_export_buckets: Sequence[s3.IBucket]
    s3_export_role: iam.IRole
    s3_import_buckets: Sequence[s3.IBucket]
    s3_import_role: iam.IRole
    serverless_v2_auto_pause_duration: Duration
    serverless_v2_max_capacity: float
    serverless_v2_min_capacity: float
    storage_type: rds.DBClusterStorageType
    subnet_group: rds.ISubnetGroup


@jsii.implements(ec2.IConnectable)
class HipaaAuroraCluster(Construct):
    """A cluster of Aurora with a reader in another zone, encrypted everywhere with your key, that refuses plaintext.

    PostgreSQL and MySQL, serverless v2 or provisioned. The engine's own parameter refuses connections without TLS 1.2;
    its audit is on (pgAudit, ``server_audit_logging``), and all its logs go to encrypted log groups that keep six
    years. RDS makes the password and rotates it. Backups of 35 days restore to any second, and a backup plan keeps
    others. Isolated subnets, and a security group that admits whom `connections` names.

    The log groups are made before the cluster, under an identifier that is derived from the construct's and the
    stack's. A change that would replace the cluster, and leave an empty one in its place, fails therefore.

    Price: by default two serverless members of half a capacity unit each when idle (about 0.12 USD an hour together,
    and as much for every further unit), storage at about 0.10 USD a GB and month, and log events by the GB.

    Rules: RdsStorageEncrypted, RdsUsesCustomerManagedKey, RdsAuroraTlsOnly, RdsNotPublic, RdsClusterMultiAz,
    RdsBackedUp, RdsBackupsKept, RdsInBackupPlan, RdsDeletionProtected, RdsKept, RdsMonitored, RdsLogsExported,
    RdsAudited, RdsMinorVersionsUpgraded, RdsIamAuthenticated, RdsPasswordManaged, RdsPerformanceInsightsEncrypted,
    RdsEngineEligible, RdsTagsCopied.
    Your duty: ``CREATE EXTENSION pgaudit`` in each PostgreSQL database, users of people that sign in with IAM, that
    restores work, Aurora switched on in the Region's AWS Backup settings, and that statements in logs and metrics
    (``RDSOSMetrics``) hold no more PHI than need be.
    AWS: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/CHAP_BestPractices.Security.html

    Attributes:
        cluster: the `rds.DatabaseCluster`, or `rds.DatabaseClusterFromSnapshot`, with the logical id that it would
            have without this construct.
        log_groups: the log groups by type of log.
    """

    contract = Contract(
        wraps=rds.DatabaseCluster,
        types=("AWS::RDS::DBCluster", "AWS::RDS::DBInstance"),
        fixed={
            **FIXED,
            "backup": "pass backup_retention and preferred_backup_window",
            "cluster_scailability_type": "pass cluster_scalability_type",
            "enable_cluster_level_enhanced_monitoring": "each member is monitored (164.312(b))",
            "instance_identifier_base": _MEMBERS,
            "instance_props": _MEMBERS,
            "instances": _MEMBERS,
            "replication_source_identifier": "a replica of another cluster has its password and settings; make an "
            "rds.DatabaseCluster, which the rules judge",
            "writer": _MEMBERS,
        },
        governed={
            "auto_minor_version_upgrade": ("RdsMinorVersionsUpgraded",),
            "backup_retention": ("RdsBackedUp", "RdsBackupsKept"),
            "cloudwatch_logs_exports": ("RdsLogsExported",),
            "delete_automated_backups": ("RdsKept",),
            "deletion_protection": ("RdsDeletionProtected",),
            "iam_authentication": ("RdsIamAuthenticated",),
            "monitoring_interval": ("RdsMonitored",),
            "parameters": ("RdsAuroraTlsOnly", "RdsAudited"),
            "readers": ("RdsClusterMultiAz",),
            "removal_policy": ("RdsKept",),
        },
        chosen=(
            "backup_plan",
            "cluster_identifier",
            "enable_performance_insights",
            "encryption_key",
            "engine",
            "instance_type",
            "master_secret",
            "master_username",
            "performance_insight_retention",
            "preferred_backup_window",
            "security_groups",
            "snapshot_identifier",
            "vpc",
            "vpc_subnets",
        ),
        free=ClusterOptions,
        relaxations=(_READERS, BACKUP_RETENTION, DELETE_BACKUPS, PROTECTION, REMOVAL),
    )

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        engine: rds.IClusterEngine,
        vpc: ec2.IVpc,
        vpc_subnets: ec2.SubnetSelection | None = None,
        security_groups: Sequence[ec2.ISecurityGroup] | None = None,
        encryption_key: AnyKey | None = None,
        instance_type: ec2.InstanceType | None = None,
        readers: int | None = None,
        master_username: str | None = None,
        master_secret: EncryptedSecret | secretsmanager.ISecret | None = None,
        snapshot_identifier: str | None = None,
        cluster_identifier: str | None = None,
        parameters: Mapping[str, str] = _NO_PARAMETERS,
        cloudwatch_logs_exports: Sequence[str] | None = None,
        iam_authentication: bool = True,
        monitoring_interval: Duration = MONITORING_INTERVAL,
        enable_performance_insights: bool = True,
        performance_insight_retention: rds.PerformanceInsightRetention = rds.PerformanceInsightRetention.DEFAULT,
        auto_minor_version_upgrade: bool = True,
        backup_retention: Duration | None = None,
        preferred_backup_window: str | None = None,
        backup_plan: HipaaBackupPlan | None = None,
        delete_automated_backups: bool | None = None,
        deletion_protection: bool | None = None,
        removal_policy: RemovalPolicy | None = None,
        holds_phi: bool = True,
        waivers: Sequence[Waiver] = (),
        **options: Unpack[ClusterOptions],
    ) -> None:
        """Make a cluster.

        Args:
            scope: where it belongs.
            id: its id there.
            engine: with its version, e.g. ``rds.DatabaseClusterEngine.aurora_postgres(version=…)``. Aurora PostgreSQL
                from 14, Aurora MySQL from version 3 (8.0).
            vpc: the network, with subnets in two Availability Zones or more.
            vpc_subnets: by default the isolated ones, or the private ones if there are no isolated ones; public ones
                are refused.
            security_groups: by default one that admits nobody, and lets nothing out, until told to.
            encryption_key: of storage, backups, password, Performance Insights and log groups; by default the stack's
                `EncryptionKey`. It can't be changed later.
            instance_type: of each member; by default serverless v2.
            readers: how many members besides the writer; by default, and unless waived, one or more, at most 15.
            master_username: by default that of the engine, ``postgres`` or ``admin``.
            master_secret: by default RDS makes, keeps and rotates the password. A secret of yours is in
                JSON with ``username`` and ``password``; what rotates it must reach the cluster.
            snapshot_identifier: restores a snapshot of the same Region, by name or ARN, under ``encryption_key``. Leave
                it there afterwards, or an empty cluster takes the place.
            cluster_identifier: by default derived, so that it is known beforehand and unlike any other stack's.
            parameters: further parameters of the cluster, and other values than those set here.
            cloudwatch_logs_exports: by default, and unless waived, all types of logs of the engine.
            iam_authentication: by default, and unless waived, users can sign in with IAM.
            monitoring_interval: of enhanced monitoring; by default 60 seconds.
            enable_performance_insights: by default on.
            performance_insight_retention: by default 7 days.
            auto_minor_version_upgrade: by default, and unless waived, security patches are applied in the maintenance
                window.
            backup_retention: by default, and unless waived, 35 days, the longest.
            preferred_backup_window: ``hh24:mi-hh24:mi`` in UTC, 30 minutes or more; by default one that RDS chooses.
            backup_plan: by default the stack's `HipaaBackupPlan`.
            delete_automated_backups: by default, and unless waived, they outlive the cluster.
            deletion_protection: by default every deletion is refused until this is switched off.
            removal_policy: by default a last snapshot is taken when the stack goes.
            holds_phi: False says that it holds no PHI; a development environment then lets it go with its stack.
            waivers: exceptions from the rules about databases.
            **options: of `rds.DatabaseCluster`, see `ClusterOptions`.

        Raises:
            ComplianceError: an option is fixed or unknown, weaker than a rule that is not waived, or does not go
                together with another.
        """
        arguments = Arguments(scope, id, contract=self.contract, waivers=waivers, free=options, holds_phi=holds_phi)
        backup_retention = arguments.default(BACKUP_RETENTION, backup_retention)
        delete_automated_backups = arguments.default(DELETE_BACKUPS, delete_automated_backups)
        deletion_protection = arguments.default(PROTECTION, deletion_protection)
        removal_policy = arguments.default(REMOVAL, removal_policy)
        readers = arguments.default(_READERS, readers)
        known = known_engine(arguments, engine, CLUSTER_ENGINES)
        subnets = inner_subnets(arguments, vpc, vpc_subnets)
        check_key(arguments, encryption_key)
        _check_readers(arguments, readers)
        _check_restore(arguments, region_of(scope), snapshot_identifier, master_secret, master_username, options)
        govern_backups(arguments, backup_retention)
        logs = list(known.logs if cloudwatch_logs_exports is None else cloudwatch_logs_exports)
        govern_settings(
            arguments,
            known,
            auto_minor_version_upgrade=auto_minor_version_upgrade,
            cloudwatch_logs_exports=logs,
            delete_automated_backups=delete_automated_backups,
            deletion_protection=deletion_protection,
            iam_authentication=iam_authentication,
            monitoring_interval=monitoring_interval,
            removal_policy=removal_policy,
        )
        all_parameters = govern_parameters(arguments, known, parameters)

        super().__init__(scope, id)
        secret = secret_of(master_secret)
        key = usable_key(scope, encryption_key)
        insights = _Insights(
            enable_performance_insights=enable_performance_insights,
            performance_insight_encryption_key=key if enable_performance_insights else None,
            performance_insight_retention=performance_insight_retention if enable_performance_insights else None,
        )
        members = [
            _member("Writer" if index == 0 else f"Reader{index}", instance_type, auto_minor_version_upgrade, insights)
            for index in range(readers + 1)
        ]
        options.setdefault("port", known.port)
        groups = list(security_groups or ()) or [closed_security_group(self, vpc)]
        self._connections = ec2.Connections(default_port=ec2.Port.tcp(options["port"]), security_groups=groups)
        identifier = cluster_identifier or derived_identifier(self)
        shared = _Shared(
            backup=rds.BackupProps(retention=backup_retention, preferred_window=preferred_backup_window),
            cloudwatch_logs_exports=logs,
            cluster_identifier=identifier,
            copy_tags_to_snapshot=True,
            delete_automated_backups=delete_automated_backups,
            deletion_protection=deletion_protection,
            engine=engine,
            iam_authentication=iam_authentication,
            manage_master_user_password=master_secret is None or None,
            monitoring_interval=monitoring_interval,
            monitoring_role=monitoring_role(self, "db"),
            parameters=all_parameters,
            readers=members[1:],
            removal_policy=removal_policy,
            security_groups=groups,
            storage_encryption_key=key,
            vpc=vpc,
            vpc_subnets=subnets,
            writer=members[0],
        )
        self.cluster: rds.DatabaseCluster | rds.DatabaseClusterFromSnapshot
        if snapshot_identifier is None:
            username = master_username or engine.default_username or "admin"
            self.cluster = rds.DatabaseCluster(
                self,
                "Default",
                credentials=managed_credentials(username, key)
                if secret is None
                else rds.Credentials.from_secret(secret, username),
                **shared,
                **insights,
                **options,
            )
        else:
            self.cluster = rds.DatabaseClusterFromSnapshot(
                self, "Default", snapshot_identifier=snapshot_identifier, **shared, **insights, **options
            )
        resource = self.cluster.node.default_child
        assert isinstance(resource, rds.CfnDBCluster)
        if snapshot_identifier is not None:
            resource.master_user_secret = rds.CfnDBCluster.MasterUserSecretProperty(kms_key_id=key.key_arn)
        self.log_groups = exported_log_groups(self, resource, f"/aws/rds/cluster/{identifier}", logs, encryption_key)
        (backup_plan or HipaaBackupPlan.of(scope)).protect(self.cluster)
        rotate_once_attached(master_secret, self.cluster.secret)
        excuse(self, arguments)

    @property
    def connections(self) -> ec2.Connections:
        """Who reaches it, on its port."""
        return self._connections


class _Insights(TypedDict):
    """What a cluster and its members are given alike."""

    enable_performance_insights: bool
    performance_insight_encryption_key: kms.IKey | None
    performance_insight_retention: rds.PerformanceInsightRetention | None


class _Shared(TypedDict):
    """What a new and a restored cluster are both given."""

    backup: rds.BackupProps
    cloudwatch_logs_exports: Sequence[str]
    cluster_identifier: str
    copy_tags_to_snapshot: bool
    delete_automated_backups: bool
    deletion_protection: bool
    engine: rds.IClusterEngine
    iam_authentication: bool
    manage_master_user_password: bool | None
    monitoring_interval: Duration
    monitoring_role: iam.IRole
    parameters: Mapping[str, str]
    readers: Sequence[rds.IClusterInstance]
    removal_policy: RemovalPolicy
    security_groups: Sequence[ec2.ISecurityGroup]
    storage_encryption_key: kms.IKey
    vpc: ec2.IVpc
    vpc_subnets: ec2.SubnetSelection
    writer: rds.IClusterInstance


def _member(
    id: str, instance_type: ec2.InstanceType | None, auto_minor_version_upgrade: bool, insights: _Insights
) -> rds.IClusterInstance:
    if instance_type is None:
        return rds.ClusterInstance.serverless_v2(
            id,
            auto_minor_version_upgrade=auto_minor_version_upgrade,
            publicly_accessible=False,
            scale_with_writer=id != "Writer" or None,
            **insights,
        )
    return rds.ClusterInstance.provisioned(
        id,
        auto_minor_version_upgrade=auto_minor_version_upgrade,
        instance_type=instance_type,
        publicly_accessible=False,
        **insights,
    )


def _check_readers(arguments: Arguments, readers: int) -> None:
    if not 0 <= readers <= _MOST_READERS:
        arguments.refuse(
            "readers",
            readers,
            asked=f"1 to {_MOST_READERS}",
            way_out="a cluster of Aurora has no more members",
            citation="164.308(a)(7)(ii)(C)",
        )
    arguments.govern("readers", readers, holds=readers > 0, asked="1 or more", rule="RdsClusterMultiAz")


def _check_restore(
    arguments: Arguments,
    here: str,
    snapshot: str | None,
    secret: EncryptedSecret | secretsmanager.ISecret | None,
    username: str | None,
    options: ClusterOptions,
) -> None:
    if snapshot is None:
        return
    check_snapshot(arguments, here, snapshot, "cluster-snapshot", "snapshot")
    for name, value in (
        ("default_database_name", options.get("default_database_name")),
        ("master_secret", secret),
        ("master_username", username),
    ):
        if value is not None:
            arguments.refuse(
                name,
                value if isinstance(value, str) else "a secret",
                asked="left out with snapshot_identifier",
                way_out="RDS makes a new password of the user in the snapshot, whose databases are in it too",
                citation="164.308(a)(7)(ii)(B)",
            )
