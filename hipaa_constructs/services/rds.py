"""Amazon RDS: databases that accept encrypted connections only, and can be restored."""

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

from hipaa_constructs.errors import ComplianceError
from hipaa_constructs.services._of_stack import region_of
from hipaa_constructs.services._options import Arguments, Contract
from hipaa_constructs.services._placement import inner_subnets
from hipaa_constructs.services._rds import (
    BACKUP_RETENTION,
    DELETE_BACKUPS,
    FIXED,
    INSTANCE_TYPE,
    MONITORING_INTERVAL,
    MULTI_AZ,
    PROTECTION,
    REMOVAL,
    check_key,
    check_replication,
    closed_security_group,
    derived_identifier,
    exported_log_groups,
    govern_backups,
    govern_parameters,
    govern_settings,
    known_engine,
    managed_credentials,
    monitoring_role,
    option_group,
    resource_of,
    rotate_once_attached,
    secret_of,
    usual_type,
)
from hipaa_constructs.services._waiving import excuse
from hipaa_constructs.services.backup import HipaaBackupPlan
from hipaa_constructs.services.kms import AnyKey, usable_key
from hipaa_constructs.services.rds_engines import ENGINES
from hipaa_constructs.services.rds_replica import HipaaRdsReadReplica, ReadReplicaOptions
from hipaa_constructs.services.rds_restore import check_restore, finish_restore
from hipaa_constructs.services.secretsmanager import EncryptedSecret
from hipaa_constructs.waivers import Waiver

_NO_PARAMETERS: Mapping[str, str] = {}
_TLS_RULES = ("RdsMysqlTlsOnly", "RdsPostgresTlsOnly", "RdsSqlServerTlsOnly")


class InstanceOptions(TypedDict, total=False):
    """The options of `aws_cdk.aws_rds.DatabaseInstance` that are passed on as they are."""

    allocated_storage: float
    allow_major_version_upgrade: bool
    apply_immediately: bool
    availability_zone: str
    ca_certificate: rds.CaCertificate
    database_insights_mode: rds.DatabaseInsightsMode
    database_name: str
    domain: str
    domain_role: iam.IRole
    engine_lifecycle_support: rds.EngineLifecycleSupport
    instance_type: ec2.InstanceType
    iops: float
    license_model: rds.LicenseModel
    max_allocated_storage: float
    network_type: rds.NetworkType
    performance_insight_retention: rds.PerformanceInsightRetention
    port: float
    preferred_backup_window: str
    preferred_maintenance_window: str
    processor_features: rds.ProcessorFeatures
    s3_export_buckets: Sequence[s3.IBucket]
    s3_export_role: iam.IRole
    s3_import_buckets: Sequence[s3.IBucket]
    s3_import_role: iam.IRole
    storage_throughput: float
    storage_type: rds.StorageType
    subnet_group: rds.ISubnetGroup
    timezone: str


@jsii.implements(ec2.IConnectable)
class HipaaRdsInstance(Construct):
    """A database with a standby in another zone, encrypted everywhere with your key, that refuses plaintext.

    PostgreSQL, MySQL, MariaDB, SQL Server and Oracle. The engine's own parameter, or for Oracle its option, refuses
    connections without encryption; its audit is on (pgAudit, the MariaDB audit plug-in, Oracle's audit trail), and all
    its logs go to encrypted log groups that keep six years. RDS makes the password and rotates it. Backups of 35 days
    restore to any second, and a backup plan keeps others. Isolated subnets, and a security group that admits whom
    `connections` names.

    The log groups are made before the database, under an identifier that is derived from the construct's and the
    stack's. A change that would replace the database, and leave an empty one in its place, fails therefore.

    Price: two instances (m5.large by default: about 0.36 USD an hour for both with PostgreSQL, licences more), 100 GB
    on each of two volumes (about 23 USD a month), the key, and log events by the GB.

    Rules: RdsStorageEncrypted, RdsUsesCustomerManagedKey, RdsPostgresTlsOnly, RdsNotPublic, RdsMultiAz, RdsBackedUp,
    RdsBackupsKept, RdsInBackupPlan, RdsDeletionProtected, RdsKept, RdsMonitored, RdsLogsExported, RdsAudited,
    RdsMinorVersionsUpgraded, RdsIamAuthenticated, RdsPasswordManaged, RdsPerformanceInsightsEncrypted,
    RdsEngineEligible, RdsTagsCopied.
    Your duty: ``CREATE EXTENSION pgaudit`` in each PostgreSQL database, SQL Server's audit (option SQLSERVER_AUDIT),
    audit policies of Oracle, users of people that sign in with IAM, that restores work, RDS switched on in the
    Region's AWS Backup settings, and that statements in logs and metrics (``RDSOSMetrics``) hold no more PHI than need
    be.
    AWS: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_BestPractices.Security.html

    Attributes:
        instance: the `rds.DatabaseInstance`, or `rds.DatabaseInstanceFromSnapshot`, with the logical id that it would
            have without this construct.
        log_groups: the log groups by type of log.
    """

    contract = Contract(
        wraps=rds.DatabaseInstance,
        types=("AWS::RDS::DBInstance",),
        fixed={
            **FIXED,
            "option_group": "the construct makes the group; pass option_configurations",
            "publicly_accessible": "a database is not reached from the internet (164.312(e)(1))",
        },
        governed={
            "auto_minor_version_upgrade": ("RdsMinorVersionsUpgraded",),
            "backup_retention": ("RdsBackedUp", "RdsBackupsKept"),
            "cloudwatch_logs_exports": ("RdsLogsExported",),
            "delete_automated_backups": ("RdsKept",),
            "deletion_protection": ("RdsDeletionProtected",),
            "iam_authentication": ("RdsIamAuthenticated",),
            "monitoring_interval": ("RdsMonitored",),
            "multi_az": ("RdsMultiAz",),
            "parameters": (*_TLS_RULES, "RdsAudited"),
            "removal_policy": ("RdsKept",),
        },
        chosen=(
            "automated_backups_arn",
            "backup_plan",
            "backup_replication_key",
            "backup_replication_region",
            "character_set_name",
            "enable_performance_insights",
            "encryption_key",
            "engine",
            "instance_identifier",
            "master_secret",
            "master_username",
            "option_configurations",
            "security_groups",
            "snapshot_identifier",
            "vpc",
            "vpc_subnets",
        ),
        free=InstanceOptions,
        relaxations=(INSTANCE_TYPE, BACKUP_RETENTION, DELETE_BACKUPS, MULTI_AZ, PROTECTION, REMOVAL),
    )

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        engine: rds.IInstanceEngine,
        vpc: ec2.IVpc,
        vpc_subnets: ec2.SubnetSelection | None = None,
        security_groups: Sequence[ec2.ISecurityGroup] | None = None,
        encryption_key: AnyKey | None = None,
        master_username: str | None = None,
        master_secret: EncryptedSecret | secretsmanager.ISecret | None = None,
        snapshot_identifier: str | None = None,
        automated_backups_arn: str | None = None,
        instance_identifier: str | None = None,
        character_set_name: str | None = None,
        parameters: Mapping[str, str] = _NO_PARAMETERS,
        option_configurations: Sequence[rds.OptionConfiguration] = (),
        cloudwatch_logs_exports: Sequence[str] | None = None,
        multi_az: bool | None = None,
        iam_authentication: bool | None = None,
        monitoring_interval: Duration = MONITORING_INTERVAL,
        enable_performance_insights: bool = True,
        auto_minor_version_upgrade: bool = True,
        backup_retention: Duration | None = None,
        backup_plan: HipaaBackupPlan | None = None,
        backup_replication_region: str | None = None,
        backup_replication_key: str | None = None,
        delete_automated_backups: bool | None = None,
        deletion_protection: bool | None = None,
        removal_policy: RemovalPolicy | None = None,
        holds_phi: bool = True,
        waivers: Sequence[Waiver] = (),
        **options: Unpack[InstanceOptions],
    ) -> None:
        """Make a database.

        Args:
            scope: where it belongs.
            id: its id there.
            engine: with its version, e.g. ``rds.DatabaseInstanceEngine.postgres(version=…)``. PostgreSQL from 14, MySQL
                from 8.0, MariaDB from 10.6, SQL Server from 2019, Oracle from 19.
            vpc: the network, with subnets in two Availability Zones or more.
            vpc_subnets: by default the isolated ones, or the private ones if there are no isolated ones; public ones
                are refused.
            security_groups: by default one that admits nobody, and lets nothing out, until told to.
            encryption_key: of storage, backups, password, Performance Insights and log groups; by default the stack's
                `EncryptionKey`. It can't be changed later.
            master_username: by default that of the engine, ``postgres`` or ``admin``.
            master_secret: by default RDS makes, keeps and rotates the password. A secret of yours, in JSON with
                ``username`` and ``password``, is needed for read replicas; what rotates it must reach the database.
            snapshot_identifier: restores a snapshot of the same Region, by name or ARN. It must be encrypted: its key
                goes on being used for storage, backups and replicas. Leave it there afterwards, or an empty database
                takes the place.
            automated_backups_arn: restores automated backups that another Region replicated to this one
                (``backup_replication_region``), as they were at the latest time there is. Their key goes on being used.
                Leave it there afterwards, as with a snapshot. Pass the ``master_secret`` that the lost database had, or
                RDS makes a new password.
            instance_identifier: by default derived, so that it is known beforehand and unlike any other stack's.
            character_set_name: of Oracle and SQL Server; by default the engine's.
            parameters: further parameters of the engine, and other values than those set here.
            option_configurations: further options of the engine.
            cloudwatch_logs_exports: by default, and unless waived, all types of logs of the engine.
            multi_az: by default, and unless waived, a standby in another zone takes over.
            iam_authentication: by default on for the engines that have it (PostgreSQL, MySQL, MariaDB).
            monitoring_interval: of enhanced monitoring; by default 60 seconds.
            enable_performance_insights: by default on, with 7 days of history; some small instances don't have it.
            auto_minor_version_upgrade: by default, and unless waived, security patches are applied in the maintenance
                window.
            backup_retention: by default, and unless waived, 35 days, the longest.
            backup_plan: by default the stack's `HipaaBackupPlan`.
            backup_replication_region: a second Region that automated backups are copied to; by default none.
            backup_replication_key: the ARN of a key of that Region, needed with it.
            delete_automated_backups: by default, and unless waived, they outlive the database.
            deletion_protection: by default every deletion is refused until this is switched off.
            removal_policy: by default a last snapshot is taken when the stack goes.
            holds_phi: False says that it holds no PHI; a development environment then lets it go with its stack.
            waivers: exceptions from the rules about databases.
            **options: of `rds.DatabaseInstance`, see `InstanceOptions`. Storage is of the type gp3 by default.

        Raises:
            ComplianceError: an option is fixed or unknown, weaker than a rule that is not waived, or does not go
                together with another.
        """
        arguments = Arguments(scope, id, contract=self.contract, waivers=waivers, free=options, holds_phi=holds_phi)
        backup_retention = arguments.default(BACKUP_RETENTION, backup_retention)
        delete_automated_backups = arguments.default(DELETE_BACKUPS, delete_automated_backups)
        deletion_protection = arguments.default(PROTECTION, deletion_protection)
        removal_policy = arguments.default(REMOVAL, removal_policy)
        multi_az = arguments.default(MULTI_AZ, multi_az)
        known = known_engine(arguments, engine, ENGINES)
        subnets = inner_subnets(arguments, vpc, vpc_subnets)
        check_key(arguments, encryption_key)
        govern_backups(arguments, backup_retention)
        logs = list(known.logs if cloudwatch_logs_exports is None else cloudwatch_logs_exports)
        signs_in_with_iam = known.iam if iam_authentication is None else iam_authentication
        govern_settings(
            arguments,
            known,
            auto_minor_version_upgrade=auto_minor_version_upgrade,
            cloudwatch_logs_exports=logs,
            delete_automated_backups=delete_automated_backups,
            deletion_protection=deletion_protection,
            iam_authentication=signs_in_with_iam,
            monitoring_interval=monitoring_interval,
            multi_az=multi_az,
            removal_policy=removal_policy,
        )
        all_parameters = govern_parameters(arguments, known, parameters)
        origin = check_restore(
            arguments,
            region_of(scope),
            snapshot_identifier,
            automated_backups_arn,
            {**options, **({} if character_set_name is None else {"character_set_name": character_set_name})},
        )
        check_replication(arguments, region_of(scope), backup_replication_region, backup_replication_key)

        super().__init__(scope, id)
        secret = secret_of(master_secret)
        self._engine, self._key, self._vpc, self._parameters = engine, encryption_key, vpc, parameters
        self._managed = master_secret is None
        key = usable_key(scope, encryption_key)
        options.setdefault("instance_type", usual_type(arguments, known))
        options.setdefault("storage_type", rds.StorageType.GP3)
        options.setdefault("port", known.port)
        groups = list(security_groups or ()) or [closed_security_group(self, vpc)]
        self._connections = ec2.Connections(default_port=ec2.Port.tcp(options["port"]), security_groups=groups)
        identifier = instance_identifier or derived_identifier(self)
        shared = _Shared(
            auto_minor_version_upgrade=auto_minor_version_upgrade,
            backup_retention=backup_retention,
            cloudwatch_logs_exports=logs,
            copy_tags_to_snapshot=True,
            delete_automated_backups=delete_automated_backups,
            deletion_protection=deletion_protection,
            enable_performance_insights=enable_performance_insights,
            engine=engine,
            iam_authentication=signs_in_with_iam if known.iam else None,
            instance_identifier=identifier,
            monitoring_interval=monitoring_interval,
            monitoring_role=monitoring_role(self, "db"),
            multi_az=multi_az,
            option_group=option_group(self, engine, known, option_configurations),
            parameters=all_parameters,
            performance_insight_encryption_key=key if enable_performance_insights else None,
            publicly_accessible=False,
            removal_policy=removal_policy,
            security_groups=groups,
            vpc=vpc,
            vpc_subnets=subnets,
        )
        username = master_username or engine.default_username or "admin"
        self.instance: rds.DatabaseInstance | rds.DatabaseInstanceFromSnapshot
        if origin is None:
            self.instance = rds.DatabaseInstance(
                self,
                "Default",
                character_set_name=character_set_name,
                credentials=managed_credentials(username, key)
                if secret is None
                else rds.Credentials.from_secret(secret, username),
                manage_master_user_password=master_secret is None or None,
                storage_encryption_key=key,
                **shared,
                **options,
            )
        else:
            self.instance = rds.DatabaseInstanceFromSnapshot(
                self,
                "Default",
                credentials=None if secret is None else rds.SnapshotCredentials.from_secret(secret),
                snapshot_identifier=origin,
                **shared,
                **options,
            )
        self._resource = resource_of(self.instance)
        if origin is not None:
            finish_restore(self._resource, key if master_secret is None else None, automated_backups_arn)
        if backup_replication_region is not None:
            self._resource.automatic_backup_replication_region = backup_replication_region
            self._resource.automatic_backup_replication_kms_key_id = backup_replication_key
            self._resource.automatic_backup_replication_retention_period = backup_retention.to_days()
        self.log_groups = exported_log_groups(
            self, self._resource, f"/aws/rds/instance/{identifier}", logs, encryption_key
        )
        (backup_plan or HipaaBackupPlan.of(scope)).protect(self.instance)
        rotate_once_attached(master_secret, self.instance.secret)
        excuse(self, arguments)

    @property
    def connections(self) -> ec2.Connections:
        """Who reaches it, on its port."""
        return self._connections

    def add_read_replica(self, id: str, **options: Unpack[ReadReplicaOptions]) -> HipaaRdsReadReplica:
        """Make a read replica in the same Region and network, with the same key.

        For one in another Region make a `HipaaRdsReadReplica` in a stack there, with the ARN of this database.

        Args:
            id: its id, inside this construct.
            **options: of `HipaaRdsReadReplica`, see `ReadReplicaOptions`. The engine's parameters are those of this
                database.

        Raises:
            ComplianceError: RDS can't make one of this database.
        """
        if self._managed:
            raise ComplianceError(
                f"{self.node.path}: master_secret must be a secret of yours for a read replica, got None; RDS makes no "
                "replica of a database whose password it manages (164.308(a)(7)(ii)(C))"
            )
        return HipaaRdsReadReplica(
            self,
            id,
            source=self.instance,
            engine=self._engine,
            vpc=self._vpc,
            encryption_key=self._key,
            parameters=self._parameters,
            **options,
        )


class _Shared(TypedDict):
    """What a new and a restored database are both given."""

    auto_minor_version_upgrade: bool
    backup_retention: Duration
    cloudwatch_logs_exports: Sequence[str]
    copy_tags_to_snapshot: bool
    delete_automated_backups: bool
    deletion_protection: bool
    enable_performance_insights: bool
    engine: rds.IInstanceEngine
    iam_authentication: bool | None
    instance_identifier: str
    monitoring_interval: Duration
    monitoring_role: iam.IRole
    multi_az: bool
    option_group: rds.IOptionGroup | None
    parameters: Mapping[str, str] | None
    performance_insight_encryption_key: kms.IKey | None
    publicly_accessible: bool
    removal_policy: RemovalPolicy
    security_groups: Sequence[ec2.ISecurityGroup]
    vpc: ec2.IVpc
    vpc_subnets: ec2.SubnetSelection
