"""Databases, buckets, caches, queues, and their backups."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import Aws, Duration, RemovalPolicy
from aws_cdk import aws_backup as backup
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_elasticache as elasticache
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_rds as rds
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from benchmarks.by_hand.common import PortalStack, log_group, on_behalf_of, records_bucket
from benchmarks.by_hand.foundation import CopiesStack, KeysStack, NetworkStack, repository, vault

DATABASE = "portal-records"
_NOT_IN_URLS = "/@\"' \\"
_POSTGRES = rds.DatabaseInstanceEngine.postgres(version=rds.PostgresEngineVersion.VER_17_6)
_LOGS = {"postgresql": "PostgresqlLog", "upgrade": "UpgradeLog", "iam-db-auth-error": "IamDbAuthErrorLog"}
_PARAMETERS = {
    "log_connections": "1",
    "log_disconnections": "1",
    "pgaudit.log": "ddl,read,role,write",
    "rds.force_ssl": "1",
    "shared_preload_libraries": "pg_stat_statements,pgaudit",
    "ssl_min_protocol_version": "TLSv1.2",
}
_FAILED = ["ABORTED", "EXPIRED", "FAILED", "PARTIAL"]


@dataclass(frozen=True, kw_only=True)
class Stores:
    """What the service of a Region works with."""

    records: ec2.IConnectable
    records_host: str
    password: secretsmanager.ISecret
    documents: s3.Bucket
    sessions: Sessions
    events: sqs.Queue


class Records(Construct):
    """What a database and its replica have in common."""

    def __init__(self, scope: Construct, vpc: ec2.IVpc) -> None:
        """Make the group and the role."""
        super().__init__(scope, "Records")
        self.group = ec2.SecurityGroup(
            self, "SecurityGroup", vpc=vpc, allow_all_outbound=False, description="Who reaches the database Records"
        )
        databases = f"arn:{Aws.PARTITION}:rds:{Aws.REGION}:{Aws.ACCOUNT_ID}:db:*"
        self.role = iam.Role(
            self,
            "MonitoringRole",
            assumed_by=on_behalf_of("monitoring.rds.amazonaws.com", databases),
            managed_policies=[
                iam.ManagedPolicy.from_aws_managed_policy_name("service-role/AmazonRDSEnhancedMonitoringRole")
            ],
        )
        self.subnets = ec2.SubnetSelection(subnet_group_name="Isolated")
        self.parameters = rds.ParameterGroup(self, "ParameterGroup", engine=_POSTGRES, parameters=_PARAMETERS)

    def log(self, database: Construct, identifier: str, key: kms.IKey) -> None:
        """Make the log groups before the database, which would make bare ones."""
        for name, id in _LOGS.items():
            database.node.add_dependency(log_group(self, id, key, f"/aws/rds/instance/{identifier}/{name}"))


class Sessions(Construct):
    """A cache with users of IAM."""

    def __init__(self, scope: Construct, vpc: ec2.IVpc, key: kms.IKey) -> None:
        """Make the cache."""
        super().__init__(scope, "Sessions")
        prefix = scope.node.id.lower()
        self.group = ec2.SecurityGroup(
            self, "SecurityGroup", vpc=vpc, allow_all_outbound=False, description="Nodes of a cache cluster"
        )
        self.connections = ec2.Connections(default_port=ec2.Port.tcp(6379), security_groups=[self.group])
        subnets = elasticache.CfnSubnetGroup(
            self,
            "Subnets",
            description=self.node.path,
            subnet_ids=vpc.select_subnets(subnet_group_name="Isolated").subnet_ids,
        )
        default = elasticache.CfnUser(
            self,
            "DefaultUser",
            engine="redis",
            user_id=f"{prefix}-sessions-default",
            user_name="default",
            access_string="off ~* -@all",
            no_password_required=True,
        )
        self.user_id = f"{prefix}-sessions-portal"
        user = elasticache.CfnUser(
            self,
            "UserPortal",
            engine="redis",
            user_id=self.user_id,
            user_name=self.user_id,
            access_string="on ~* &* +@all -@dangerous -@admin",
            authentication_mode={"Type": "iam"},
        )
        users = elasticache.CfnUserGroup(
            self,
            "UserGroup",
            engine="redis",
            user_group_id=f"{prefix}-sessions-users",
            user_ids=[default.ref, user.ref],
        )
        logs = {kind: log_group(self, id, key) for kind, id in (("slow-log", "SlowLog"), ("engine-log", "EngineLog"))}
        self.cluster = elasticache.CfnReplicationGroup(
            self,
            "Resource",
            replication_group_description=self.node.path,
            engine="valkey",
            engine_version="8.0",
            cache_node_type="cache.t4g.small",
            cache_subnet_group_name=subnets.ref,
            cluster_mode="disabled",
            num_node_groups=1,
            replicas_per_node_group=1,
            port=6379,
            at_rest_encryption_enabled=True,
            kms_key_id=key.key_arn,
            transit_encryption_enabled=True,
            transit_encryption_mode="required",
            automatic_failover_enabled=True,
            multi_az_enabled=True,
            auto_minor_version_upgrade=True,
            snapshot_retention_limit=35,
            security_group_ids=[self.group.security_group_id],
            user_group_ids=[users.ref],
            log_delivery_configurations=[
                {
                    "destinationDetails": {"cloudWatchLogsDetails": {"logGroup": group.log_group_name}},
                    "destinationType": "cloudwatch-logs",
                    "logFormat": "json",
                    "logType": kind,
                }
                for kind, group in logs.items()
            ],
        )
        self.cluster.apply_removal_policy(RemovalPolicy.SNAPSHOT)

    def grant_connect(self, policy: iam.ManagedPolicy) -> None:
        """Let the program sign in."""
        here = f"arn:{Aws.PARTITION}:elasticache:{Aws.REGION}:{Aws.ACCOUNT_ID}"
        resources = [f"{here}:replicationgroup:{self.cluster.ref}", f"{here}:user:{self.user_id}"]
        policy.add_statements(iam.PolicyStatement(actions=["elasticache:Connect"], resources=resources))


def _events_queue(scope: Construct, key: kms.IKey) -> sqs.Queue:
    failed, queue = (
        sqs.Queue(
            scope,
            id,
            encryption=sqs.QueueEncryption.KMS,
            encryption_master_key=key,
            enforce_ssl=True,
            retention_period=Duration.days(14),
            removal_policy=RemovalPolicy.RETAIN,
        )
        for id in ("EventsFailed", "Events")
    )
    resource = queue.node.default_child
    assert isinstance(resource, sqs.CfnQueue)
    resource.redrive_policy = {"deadLetterTargetArn": failed.queue_arn, "maxReceiveCount": 5}
    return queue


class BackupPlan(Construct):
    """Daily, monthly and yearly backups, and a message of each that fails."""

    def __init__(
        self, scope: Construct, stored_in: backup.IBackupVault, topic: sns.ITopic, copied_to: backup.IBackupVault | None
    ) -> None:
        """Make the plan."""
        super().__init__(scope, "Backup")
        self.role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("backup.amazonaws.com"),
            description="Takes the backups of a plan",
            managed_policies=[
                iam.ManagedPolicy.from_aws_managed_policy_name("service-role/AWSBackupServiceRolePolicyForBackup"),
                iam.ManagedPolicy.from_aws_managed_policy_name("AWSBackupServiceRolePolicyForS3Backup"),
            ],
        )
        self.plan = backup.BackupPlan(
            self,
            "Default",
            backup_plan_name=f"{scope.node.id}-Backup",
            backup_plan_rules=[
                _rule("Daily", "5", None, None, 35, None, copied_to),
                _rule("Monthly", "6", "1", None, 365, 90, copied_to),
                _rule("Yearly", "7", "1", "1", 2192, 90, copied_to),
            ],
            backup_vault=stored_in,
        )
        rule = events.Rule(
            self,
            "FailedJobs",
            description="Tells of backup, copy and restore jobs that fail",
            event_pattern=events.EventPattern(
                source=["aws.backup"],
                detail_type=["Backup Job State Change", "Copy Job State Change", "Restore Job State Change"],
            ),
        )
        resource = rule.node.default_child
        assert isinstance(resource, events.CfnRule)
        resource.add_property_override(
            "EventPattern.$or", [{"detail": {"state": _FAILED}}, {"detail": {"status": _FAILED}}]
        )
        resource.targets = [events.CfnRule.TargetProperty(arn=topic.topic_arn, id="Topic")]

    def protect(self, *arns: str) -> None:
        """Back resources up."""
        backup.CfnBackupSelection(
            self,
            "Selection",
            backup_plan_id=self.plan.backup_plan_id,
            backup_selection={"selectionName": "Protected", "iamRoleArn": self.role.role_arn, "resources": list(arns)},
        )


def _rule(
    name: str,
    hour: str,
    day: str | None,
    month: str | None,
    kept: int,
    cold: int | None,
    copied_to: backup.IBackupVault | None,
) -> backup.BackupPlanRule:
    keep = Duration.days(kept)
    archive = Duration.days(cold) if cold else None
    copies = (
        [
            backup.BackupPlanCopyActionProps(
                destination_backup_vault=copied_to, delete_after=keep, move_to_cold_storage_after=archive
            )
        ]
        if copied_to
        else []
    )
    return backup.BackupPlanRule(
        rule_name=name,
        schedule_expression=events.Schedule.cron(minute="0", hour=hour, day=day, month=month),
        delete_after=keep,
        move_to_cold_storage_after=archive,
        enable_continuous_backup=True if cold is None else None,
        copy_actions=copies,
    )


def _test_restores(
    plan: BackupPlan, stored_in: backup.BackupVault, key: kms.IKey, records: Records, database: rds.CfnDBInstance
) -> None:
    role = iam.Role(
        plan,
        "RestoreRole",
        assumed_by=iam.ServicePrincipal("backup.amazonaws.com"),
        description="Restores recovery points on trial",
        managed_policies=[
            iam.ManagedPolicy.from_aws_managed_policy_name("service-role/AWSBackupServiceRolePolicyForRestores"),
            iam.ManagedPolicy.from_aws_managed_policy_name("AWSBackupServiceRolePolicyForS3Restore"),
        ],
    )
    testing = backup.CfnRestoreTestingPlan(
        plan,
        "RestoreTesting",
        restore_testing_plan_name="Data_Backup",
        schedule_expression="cron(0 8 2 * ? *)",
        recovery_point_selection={
            "algorithm": "LATEST_WITHIN_WINDOW",
            "includeVaults": [stored_in.backup_vault_arn],
            "recoveryPointTypes": ["CONTINUOUS", "SNAPSHOT"],
            "selectionWindowDays": 35,
        },
    )
    everything = ["*"]
    tested: Mapping[str, tuple[str, list[str], dict[str, str] | None]] = {
        "DynamoDB": ("DynamoDB", everything, {"encryptionType": "KMS", "kmsMasterKeyArn": key.key_arn}),
        "EBS": ("EBS", everything, {"kmsKeyId": key.key_arn}),
        "EFS": ("EFS", everything, None),
        "RDS4": (
            "RDS",
            [database.attr_db_instance_arn],
            {
                "dbSubnetGroupName": database.db_subnet_group_name or "",
                "vpcSecurityGroupIds": f'["{records.group.security_group_id}"]',
            },
        ),
        "S3": ("S3", everything, None),
    }
    for name, (kind, arns, overrides) in tested.items():
        backup.CfnRestoreTestingSelection(
            plan,
            f"RestoreTesting{name}",
            iam_role_arn=role.role_arn,
            protected_resource_type=kind,
            protected_resource_arns=arns,
            restore_metadata_overrides=overrides,
            restore_testing_plan_name=testing.ref,
            restore_testing_selection_name=name,
        )


class DataStack(PortalStack):
    """The primary Region's stores."""

    def __init__(
        self, app: cdk.App, id: str, region: str, keys: KeysStack, network: NetworkStack, copies: CopiesStack
    ) -> None:
        """Make the stores."""
        super().__init__(app, id, region)
        key, vpc = keys.key, network.vpc
        password = secretsmanager.Secret(
            self,
            "Password",
            secret_name=DATABASE,
            encryption_key=key,
            generate_secret_string=secretsmanager.SecretStringGenerator(
                secret_string_template='{"username": "postgres"}',
                generate_string_key="password",
                exclude_characters=_NOT_IN_URLS,
            ),
            removal_policy=RemovalPolicy.RETAIN,
            replica_regions=[secretsmanager.ReplicaRegion(region=copies.region, encryption_key=copies.key)],
        )
        password.deny_account_root_delete()
        rotation = secretsmanager.HostedRotation.postgre_sql_single_user(vpc=vpc, exclude_characters=_NOT_IN_URLS)
        schedule = secretsmanager.RotationSchedule(
            password,
            "Rotation",
            secret=password,
            hosted_rotation=rotation,
            automatically_after=Duration.days(30),
            rotate_immediately_on_update=None,
        )
        records = Records(self, vpc)
        database = rds.DatabaseInstance(
            records,
            "Default",
            engine=_POSTGRES,
            vpc=vpc,
            vpc_subnets=records.subnets,
            instance_identifier=DATABASE,
            credentials=rds.Credentials.from_secret(password, "postgres"),
            storage_encryption_key=key,
            storage_type=rds.StorageType.GP3,
            port=5432,
            multi_az=True,
            publicly_accessible=False,
            security_groups=[records.group],
            parameter_group=records.parameters,
            iam_authentication=True,
            auto_minor_version_upgrade=True,
            copy_tags_to_snapshot=True,
            backup_retention=Duration.days(35),
            delete_automated_backups=False,
            deletion_protection=True,
            removal_policy=RemovalPolicy.SNAPSHOT,
            cloudwatch_logs_exports=list(_LOGS),
            enable_performance_insights=True,
            performance_insight_encryption_key=key,
            monitoring_interval=Duration.seconds(60),
            monitoring_role=records.role,
        )
        records.log(database, DATABASE, key)
        assert database.secret is not None
        schedule.node.add_dependency(database.secret)
        database.connections.allow_default_port_from(rotation, "Rotates the password")
        documents = records_bucket(
            self,
            "Documents",
            key,
            keys.log_archive,
            replicate_to=copies.documents,
            replica_key=copies.key,
        )
        _alarm_replication(documents, copies.documents, keys.topic)
        stored_in = vault(self, "BackupVault", key)
        plan = BackupPlan(self, stored_in, keys.topic, copies.vault)
        resource = database.node.default_child
        assert isinstance(resource, rds.CfnDBInstance)
        plan.protect(resource.attr_db_instance_arn, documents.bucket_arn)
        _test_restores(plan, stored_in, key, records, resource)
        repository(self, key)
        ecr.CfnReplicationConfiguration(
            self,
            "ImagesReplication",
            replication_configuration={
                "rules": [
                    {
                        "destinations": [{"region": copies.region, "registryId": self.account}],
                        "repositoryFilters": [{"filter": "portal", "filterType": "PREFIX_MATCH"}],
                    }
                ]
            },
        ).node.add_dependency(copies)
        self.stores = Stores(
            records=database,
            records_host=database.db_instance_endpoint_address,
            password=password,
            documents=documents,
            sessions=Sessions(self, vpc, key),
            events=_events_queue(self, key),
        )


def _alarm_replication(bucket: s3.Bucket, replica: s3.IBucket, topic: sns.ITopic) -> None:
    for id, name, most in (
        ("NotReplicated", "OperationsFailedReplication", 0),
        ("ReplicatedLate", "ReplicationLatency", 900),
    ):
        alarm = cloudwatch.Alarm(
            bucket,
            id,
            metric=cloudwatch.Metric(
                namespace="AWS/S3",
                metric_name=name,
                statistic="Maximum",
                dimensions_map={
                    "SourceBucket": bucket.bucket_name,
                    "DestinationBucket": replica.bucket_name,
                    "RuleId": "Everything",
                },
            ),
            threshold=most,
            evaluation_periods=1,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        alarm.add_alarm_action(actions.SnsAction(topic))
        alarm.add_insufficient_data_action(actions.SnsAction(topic))


class StandbyStack(PortalStack):
    """The recovery Region's replica, cache and queue."""

    def __init__(
        self, app: cdk.App, id: str, keys: KeysStack, network: NetworkStack, copies: CopiesStack, data: DataStack
    ) -> None:
        """Make the stores."""
        super().__init__(app, id, copies.region)
        form, name, vpc, key = cdk.ArnFormat.COLON_RESOURCE_NAME, f"{DATABASE}-standby", network.vpc, keys.key
        replica = self.format_arn(service="secretsmanager", resource="secret", resource_name=DATABASE, arn_format=form)
        password = secretsmanager.Secret.from_secret_attributes(
            self, "Password", secret_partial_arn=replica, encryption_key=key
        )
        source = data.format_arn(service="rds", resource="db", resource_name=DATABASE, arn_format=form)
        records = Records(self, vpc)
        database = rds.DatabaseInstanceReadReplica(
            records,
            "Default",
            source_database_instance=rds.DatabaseInstance.from_database_instance_attributes(
                records,
                "Source",
                instance_identifier=DATABASE,
                instance_endpoint_address="",
                port=0,
                security_groups=[],
            ),
            instance_type=ec2.InstanceType.of(ec2.InstanceClass.M5, ec2.InstanceSize.LARGE),
            vpc=vpc,
            vpc_subnets=records.subnets,
            instance_identifier=name,
            storage_encryption_key=key,
            storage_type=rds.StorageType.GP3,
            port=5432,
            multi_az=True,
            publicly_accessible=False,
            security_groups=[records.group],
            parameter_group=records.parameters,
            iam_authentication=True,
            auto_minor_version_upgrade=True,
            copy_tags_to_snapshot=True,
            delete_automated_backups=False,
            deletion_protection=True,
            removal_policy=RemovalPolicy.SNAPSHOT,
            cloudwatch_logs_exports=list(_LOGS),
            enable_performance_insights=True,
            performance_insight_encryption_key=key,
            monitoring_interval=Duration.seconds(60),
            monitoring_role=records.role,
        )
        resource = database.node.default_child
        assert isinstance(resource, rds.CfnDBInstance)
        resource.backup_retention_period = 35
        resource.source_db_instance_identifier = source
        resource.source_region = data.region
        resource.add_property_deletion_override("StorageEncrypted")
        records.log(database, name, key)
        records.node.add_dependency(data)
        plan = BackupPlan(self, copies.vault, keys.topic, None)
        plan.protect(resource.attr_db_instance_arn)
        lag = database.metric("ReplicaLag", statistic="Maximum", period=Duration.minutes(1))
        keys.alarm(self, "ReplicaLag", lag, above=5 * 60)
        self.stores = Stores(
            records=database,
            records_host=database.db_instance_endpoint_address,
            password=password,
            documents=copies.documents,
            sessions=Sessions(self, vpc, key),
            events=_events_queue(self, key),
        )
