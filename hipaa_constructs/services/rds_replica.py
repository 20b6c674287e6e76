"""Read replicas of Amazon RDS, in the same Region and in others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypedDict, Unpack

import jsii
from aws_cdk import Duration, Fn, RemovalPolicy
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_rds as rds
from aws_cdk import aws_s3 as s3
from constructs import Construct

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
    closed_security_group,
    derived_identifier,
    exported_log_groups,
    govern_backups,
    govern_parameters,
    govern_settings,
    known_engine,
    monitoring_role,
    option_group,
    resource_of,
    usual_type,
)
from hipaa_constructs.services._tokens import is_unresolved
from hipaa_constructs.services._waiving import excuse
from hipaa_constructs.services.backup import HipaaBackupPlan
from hipaa_constructs.services.kms import AnyKey, usable_key
from hipaa_constructs.services.rds_engines import ENGINES, engine_type
from hipaa_constructs.waivers import Waiver

_NO_PARAMETERS: Mapping[str, str] = {}
_ARN_PARTS = 7
_FIXED = {name: why for name, why in FIXED.items() if name not in ("credentials", "manage_master_user_password")}


class ReadReplicaOptions(TypedDict, total=False):
    """The options of `aws_cdk.aws_rds.DatabaseInstanceReadReplica` that are passed on as they are."""

    allocated_storage: float
    apply_immediately: bool
    ca_certificate: rds.CaCertificate
    database_insights_mode: rds.DatabaseInsightsMode
    iops: float
    max_allocated_storage: float
    network_type: rds.NetworkType
    performance_insight_retention: rds.PerformanceInsightRetention
    port: float
    preferred_backup_window: str
    preferred_maintenance_window: str
    processor_features: rds.ProcessorFeatures
    storage_throughput: float
    storage_type: rds.StorageType
    subnet_group: rds.ISubnetGroup
    availability_zone: str
    domain: str
    domain_role: iam.IRole
    engine_lifecycle_support: rds.EngineLifecycleSupport
    s3_export_buckets: Sequence[s3.IBucket]
    s3_export_role: iam.IRole
    s3_import_buckets: Sequence[s3.IBucket]
    s3_import_role: iam.IRole


@jsii.implements(ec2.IConnectable)
class HipaaRdsReadReplica(Construct):
    """A read replica that is encrypted, logged, audited and reached as its source is, in any Region.

    It can be promoted when its source's Region is lost. It costs what an instance with a standby costs; copies between
    Regions by the GB.

    Rules: RdsStorageEncrypted, RdsUsesCustomerManagedKey, RdsPostgresTlsOnly, RdsNotPublic, RdsMultiAz, RdsBackedUp,
    RdsBackupsKept, RdsInBackupPlan, RdsDeletionProtected, RdsKept, RdsMonitored, RdsLogsExported, RdsAudited,
    RdsMinorVersionsUpgraded, RdsIamAuthenticated, RdsPerformanceInsightsEncrypted, RdsTagsCopied.
    Your duty: that the source's password is not managed by RDS, which makes no replica then; alarms on the lag.
    AWS: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.html

    Attributes:
        instance: the `rds.DatabaseInstanceReadReplica`, with the logical id that it would have without this construct.
        log_groups: the log groups by type of log.
    """

    contract = Contract(
        wraps=rds.DatabaseInstanceReadReplica,
        types=("AWS::RDS::DBInstance",),
        fixed={
            **_FIXED,
            "option_group": "the construct makes the group that the engine needs",
            "publicly_accessible": "a database is not reached from the internet (164.312(e)(1))",
            "source_database_instance": "pass source",
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
            "parameters": ("RdsMysqlTlsOnly", "RdsPostgresTlsOnly", "RdsAudited"),
        },
        chosen=(
            "backup_plan",
            "enable_performance_insights",
            "encryption_key",
            "engine",
            "instance_identifier",
            "instance_type",
            "removal_policy",
            "security_groups",
            "source",
            "vpc",
            "vpc_subnets",
        ),
        free=ReadReplicaOptions,
        relaxations=(INSTANCE_TYPE, BACKUP_RETENTION, DELETE_BACKUPS, MULTI_AZ, PROTECTION, REMOVAL),
    )

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        source: rds.IDatabaseInstance | str,
        engine: rds.IInstanceEngine,
        vpc: ec2.IVpc,
        vpc_subnets: ec2.SubnetSelection | None = None,
        security_groups: Sequence[ec2.ISecurityGroup] | None = None,
        encryption_key: AnyKey | None = None,
        instance_identifier: str | None = None,
        instance_type: ec2.InstanceType | None = None,
        parameters: Mapping[str, str] = _NO_PARAMETERS,
        cloudwatch_logs_exports: Sequence[str] | None = None,
        multi_az: bool | None = None,
        iam_authentication: bool | None = None,
        monitoring_interval: Duration = MONITORING_INTERVAL,
        enable_performance_insights: bool = True,
        auto_minor_version_upgrade: bool = True,
        backup_retention: Duration | None = None,
        backup_plan: HipaaBackupPlan | None = None,
        delete_automated_backups: bool | None = None,
        deletion_protection: bool | None = None,
        removal_policy: RemovalPolicy | None = None,
        holds_phi: bool = True,
        waivers: Sequence[Waiver] = (),
        **options: Unpack[ReadReplicaOptions],
    ) -> None:
        """Make a replica.

        Args:
            scope: where it belongs.
            id: its id there.
            source: the database, if it is in the same Region; the ARN of one in another Region.
            engine: the source's, with its version; not SQL Server, whose replicas RDS does not back up.
            vpc: the network, with subnets in two Availability Zones or more.
            vpc_subnets: by default the isolated ones, or the private ones if there are no isolated ones; public ones
                are refused.
            security_groups: by default one that admits nobody, and lets nothing out, until told to.
            encryption_key: by default the stack's `EncryptionKey`. In the Region of the source it must be the source's.
            instance_identifier: by default derived, so that it is known beforehand and unlike any other stack's.
            instance_type: by default m5.large.
            parameters: further parameters of the engine, and other values than those set here.
            cloudwatch_logs_exports: by default, and unless waived, all types of logs of the engine.
            multi_az: by default, and unless waived, a standby in another zone takes over.
            iam_authentication: by default on for the engines that have it (PostgreSQL, MySQL, MariaDB).
            monitoring_interval: of enhanced monitoring; by default 60 seconds.
            enable_performance_insights: by default on, with 7 days of history.
            auto_minor_version_upgrade: by default, and unless waived, security patches are applied in the maintenance
                window.
            backup_retention: by default, and unless waived, 35 days, the longest.
            backup_plan: by default the stack's `HipaaBackupPlan`.
            delete_automated_backups: by default, and unless waived, they outlive the replica.
            deletion_protection: by default every deletion is refused until this is switched off.
            removal_policy: by default SNAPSHOT, as of other databases; but RDS takes no last snapshot of a replica, and
                what remains of it are its automated backups. RETAIN keeps it when the stack goes.
            holds_phi: False says that it holds no PHI; a development environment then lets it go with its stack.
            waivers: exceptions from the rules about databases.
            **options: of `rds.DatabaseInstanceReadReplica`, see `ReadReplicaOptions`. Storage is of the type gp3 by
                default.

        Raises:
            ComplianceError: an option is fixed or unknown, weaker than a rule that is not waived, or does not go
                together with another.
        """
        arguments = Arguments(scope, id, contract=self.contract, waivers=waivers, free=options, holds_phi=holds_phi)
        backup_retention = arguments.default(BACKUP_RETENTION, backup_retention)
        delete_automated_backups = arguments.default(DELETE_BACKUPS, delete_automated_backups)
        deletion_protection = arguments.default(PROTECTION, deletion_protection)
        multi_az = arguments.default(MULTI_AZ, multi_az)
        removal_policy = arguments.default(REMOVAL, removal_policy)
        known = known_engine(arguments, engine, ENGINES)
        _check_source(arguments, source, engine_type(engine) if not known.replicas else "")
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
        )
        all_parameters = govern_parameters(arguments, known, parameters)

        super().__init__(scope, id)
        key = usable_key(scope, encryption_key)
        options.setdefault("storage_type", rds.StorageType.GP3)
        options.setdefault("port", known.port)
        groups = list(security_groups or ()) or [closed_security_group(self, vpc)]
        self._connections = ec2.Connections(default_port=ec2.Port.tcp(options["port"]), security_groups=groups)
        identifier = instance_identifier or derived_identifier(self)
        self.instance = rds.DatabaseInstanceReadReplica(
            self,
            "Default",
            auto_minor_version_upgrade=auto_minor_version_upgrade,
            cloudwatch_logs_exports=logs,
            copy_tags_to_snapshot=True,
            delete_automated_backups=delete_automated_backups,
            deletion_protection=deletion_protection,
            enable_performance_insights=enable_performance_insights,
            iam_authentication=signs_in_with_iam if known.iam else None,
            instance_identifier=identifier,
            instance_type=instance_type or usual_type(arguments, known),
            monitoring_interval=monitoring_interval,
            monitoring_role=monitoring_role(self, "db"),
            multi_az=multi_az,
            option_group=option_group(self, engine, known, ()),
            parameter_group=rds.ParameterGroup(self, "ParameterGroup", engine=engine, parameters=all_parameters),
            performance_insight_encryption_key=key if enable_performance_insights else None,
            publicly_accessible=False,
            removal_policy=removal_policy,
            security_groups=groups,
            source_database_instance=_imported(self, source) if isinstance(source, str) else source,
            storage_encryption_key=key,
            vpc=vpc,
            vpc_subnets=subnets,
            **options,
        )
        resource = resource_of(self.instance)
        # The CDK refuses it for PostgreSQL, whose replicas have backups from version 14 on.
        resource.backup_retention_period = backup_retention.to_days()
        # The template must not say it: it is the source's, and a key for an unencrypted one is refused. cdk-nag reads
        # the construct.
        resource.add_property_deletion_override("StorageEncrypted")
        if isinstance(source, str):
            resource.source_db_instance_identifier = source
            resource.source_region = _part(source, 3)
        self.log_groups = exported_log_groups(self, resource, f"/aws/rds/instance/{identifier}", logs, encryption_key)
        (backup_plan or HipaaBackupPlan.of(scope)).protect(self.instance)
        excuse(self, arguments)

    @property
    def connections(self) -> ec2.Connections:
        """Who reaches it, on its port."""
        return self._connections


def _check_source(arguments: Arguments, source: rds.IDatabaseInstance | str, without_replicas: str) -> None:
    if without_replicas:
        arguments.refuse(
            "engine",
            without_replicas,
            asked="PostgreSQL, MySQL, MariaDB or Oracle",
            way_out="RDS makes no automated backups of a replica of SQL Server; make an "
            "rds.DatabaseInstanceReadReplica with a waiver",
            citation="164.308(a)(7)(ii)(A)",
        )
    if isinstance(source, str) and not is_unresolved(source):
        parts = source.split(":")
        if len(parts) != _ARN_PARTS or parts[2] != "rds" or parts[5] != "db":
            arguments.refuse(
                "source",
                source,
                asked="a database, or the ARN of one (arn:aws:rds:REGION:ACCOUNT:db:IDENTIFIER)",
                way_out="its identifier alone does not say the Region",
                citation="164.308(a)(7)(ii)(B)",
            )


def _part(arn: str, index: int) -> str:
    return Fn.select(index, Fn.split(":", arn)) if is_unresolved(arn) else arn.split(":")[index]


def _imported(scope: Construct, arn: str) -> rds.IDatabaseInstance:
    return rds.DatabaseInstance.from_database_instance_attributes(
        scope,
        "Source",
        instance_identifier=_part(arn, 6),
        instance_endpoint_address="",
        port=0,
        security_groups=[],
    )
