"""What must not be lost, how it reaches the recovery Region, and what stands by there."""

from __future__ import annotations

from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_rds as rds
from aws_cdk import aws_secretsmanager as secretsmanager

from hipaa_constructs import (
    EncryptedBucket,
    EncryptedQueue,
    EncryptedRepository,
    EncryptedSecret,
    HipaaBackupPlan,
    HipaaRdsInstance,
    HipaaRdsReadReplica,
    HipaaRedisCluster,
)
from portal.copies import CopiesStack
from portal.foundation import KeysStack, NetworkStack
from portal.settings import PortalStack

DATABASE = "portal-records"
NOT_IN_URLS = "/@\"' \\"
POSTGRES = rds.DatabaseInstanceEngine.postgres(version=rds.PostgresEngineVersion.VER_17_6)


@dataclass(frozen=True, kw_only=True)
class Stores:
    """What the service of a Region works with."""

    records: HipaaRdsInstance | HipaaRdsReadReplica
    password: secretsmanager.ISecret
    documents: EncryptedBucket
    sessions: HipaaRedisCluster
    events: EncryptedQueue


class DataStack(PortalStack):
    """The primary Region's stores, backed up and copied to the recovery Region."""

    def __init__(
        self, app: cdk.App, id: str, region: str, keys: KeysStack, network: NetworkStack, copies: CopiesStack
    ) -> None:
        super().__init__(app, id, region)
        warm = self.settings.standby == "warm"
        plan = HipaaBackupPlan(
            self,
            "Backup",
            copy_to=copies.vault,
            encryption_key=keys.key,
            notify=keys.topic,
            restore_testing=events.Schedule.cron(day="2", hour="8", minute="0"),
        )
        rotation = secretsmanager.HostedRotation.postgre_sql_single_user(
            vpc=network.vpc, exclude_characters=NOT_IN_URLS
        )
        generated = secretsmanager.SecretStringGenerator(
            secret_string_template='{"username": "postgres"}',
            generate_string_key="password",
            exclude_characters=NOT_IN_URLS,
        )
        password = EncryptedSecret(
            self,
            "Password",
            secret_name=DATABASE,
            encryption_key=keys.key,
            hosted_rotation=rotation,
            generate_secret_string=generated,
            replica_regions=[secretsmanager.ReplicaRegion(region=copies.region, encryption_key=copies.key)],
        )
        records = HipaaRdsInstance(
            self,
            "Records",
            engine=POSTGRES,
            vpc=network.vpc,
            instance_identifier=DATABASE,
            encryption_key=keys.key,
            master_secret=password,
            backup_plan=plan,
            backup_replication_region=None if warm else copies.region,
            backup_replication_key=None if warm else copies.key.key_arn,
        )
        records.connections.allow_default_port_from(rotation, "Rotates the password")
        documents = EncryptedBucket(
            self,
            "Documents",
            encryption_key=keys.key,
            server_access_logs_bucket=keys.log_archive,
            replicate_to=copies.documents,
        )
        plan.protect(documents)
        self.settings.objective.set_for(records, documents)
        documents.alarm_replication(keys.topic)
        self.stores = Stores(
            records=records,
            password=password.secret,
            documents=documents,
            sessions=HipaaRedisCluster(self, "Sessions", vpc=network.vpc, encryption_key=keys.key),
            events=EncryptedQueue(self, "Events", encryption_key=keys.key),
        )
        EncryptedRepository(
            self, "Images", repository_name="portal", encryption_key=keys.key, replicate_to=[copies.region]
        ).node.add_dependency(copies)


class StandbyStack(PortalStack):
    """In the recovery Region: a replica of the database, to be promoted, or a restored one; a cache and a queue."""

    def __init__(
        self, app: cdk.App, id: str, keys: KeysStack, network: NetworkStack, copies: CopiesStack, data: DataStack
    ) -> None:
        super().__init__(app, id, copies.region)
        form, name, vpc = cdk.ArnFormat.COLON_RESOURCE_NAME, self.settings.standby_name, network.vpc
        replica = self.format_arn(service="secretsmanager", resource="secret", resource_name=DATABASE, arn_format=form)
        password = secretsmanager.Secret.from_secret_attributes(
            self, "Password", secret_partial_arn=replica, encryption_key=keys.key.key
        )
        plan = HipaaBackupPlan(self, "Backup", backup_vault=copies.vault, notify=keys.topic)
        records: HipaaRdsInstance | HipaaRdsReadReplica
        if self.settings.restore_from:
            records = HipaaRdsInstance(
                self, "Records", engine=POSTGRES, vpc=vpc, instance_identifier=name, backup_plan=plan,
                encryption_key=keys.key, master_secret=password, automated_backups_arn=self.settings.restore_from,
            )  # fmt: skip
        else:
            source = data.format_arn(service="rds", resource="db", resource_name=DATABASE, arn_format=form)
            records = HipaaRdsReadReplica(
                self, "Records", engine=POSTGRES, vpc=vpc, instance_identifier=name, backup_plan=plan,
                encryption_key=keys.key, source=source,
            )  # fmt: skip
            records.node.add_dependency(data)
            lag = records.instance.metric("ReplicaLag", statistic="Maximum", period=cdk.Duration.minutes(1))
            keys.alarm(self, "ReplicaLag", lag, above=5 * 60)
        self.stores = Stores(
            records=records,
            password=password,
            documents=copies.documents,
            sessions=HipaaRedisCluster(self, "Sessions", vpc=vpc, encryption_key=keys.key),
            events=EncryptedQueue(self, "Events", encryption_key=keys.key),
        )
