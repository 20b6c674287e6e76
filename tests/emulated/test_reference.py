"""The reference deployment, in two Regions of an emulated AWS: what is left when the primary stacks are gone.

Not shown, as moto does not do it: objects are not copied by replication rules, nor images; backups are neither taken
nor copied, and restore tests not run; a replica of a database follows no changes; CloudFront, AWS WAF, the trail, the
rotation and the scaling are not made; health checks see nothing, so that no record fails over. `test_what_is_not_shown`
has the test run say so.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.conftest import SKIPPED
from tests.emulated._cloud import ACCOUNT, DEPLOY, Cloud

APP = f"{sys.executable} examples/reference/app.py"
PRIMARY, RECOVERY, EDGE = "us-east-2", "us-west-2", "us-east-1"
OF_PRIMARY = ("Audit", "Recorder", "Service", "Data", "Network", "Keys")
NOT_SHOWN = (
    "replication of objects and images",
    "backups, their copies and restore tests",
    "changes that follow to the replica of the database",
    "failover of names and origins",
)


@dataclass(frozen=True, slots=True)
class Portal:
    """What was deployed."""

    cloud: Cloud

    def here(self, service: str) -> Any:
        return self.cloud.client(service, PRIMARY)

    def there(self, service: str) -> Any:
        return self.cloud.client(service, RECOVERY)

    def bucket(self, prefix: str) -> str:
        names = [str(one["Name"]) for one in self.here("s3").list_buckets()["Buckets"]]
        (found,) = (name for name in names if name.startswith(prefix))
        return found


@pytest.fixture(scope="module")
def portal(cloud: Cloud) -> Portal:
    cloud.cdk("bootstrap", *(f"aws://{ACCOUNT}/{region}" for region in (PRIMARY, RECOVERY, EDGE)), app=APP)
    cloud.cdk(*DEPLOY, "--all", app=APP)
    return Portal(cloud)


@pytest.fixture(scope="module")
def lost(portal: Portal) -> Portal:
    """Write something, and lose the primary Region's stacks."""
    portal.here("s3").put_object(Bucket=portal.bucket("data-documents"), Key="letters/1", Body=b"a letter")
    arn = portal.here("rds").create_db_snapshot(DBInstanceIdentifier="portal-records", DBSnapshotIdentifier="before")
    portal.there("rds").copy_db_snapshot(
        SourceDBSnapshotIdentifier=arn["DBSnapshot"]["DBSnapshotArn"],
        TargetDBSnapshotIdentifier="copied",
        SourceRegion=PRIMARY,
    )
    stacks = portal.here("cloudformation")
    portal.here("rds").modify_db_instance(DBInstanceIdentifier="portal-records", DeletionProtection=False)
    # moto takes the endpoints of a network for something that holds it.
    for name in (one for one in OF_PRIMARY if one != "Network"):
        stacks.update_termination_protection(StackName=name, EnableTerminationProtection=False)
        stacks.delete_stack(StackName=name)
    return portal


# Deployed


def test_what_is_not_shown(portal: Portal, record_property: Any) -> None:
    skipped = portal.cloud.skipped()
    for kind in skipped:
        record_property(SKIPPED, kind)
    for what in NOT_SHOWN:
        record_property(SKIPPED, what)
    assert {kind.split("::")[1] for kind in skipped} == {
        *("AccessAnalyzer", "ApplicationAutoScaling", "Backup", "CDK", "CloudFront", "CloudTrail", "CodeBuild"),
        *("Config", "EC2"),
        *("ElastiCache", "Logs", "SNS", "SQS", "SSM", "SecretsManager", "SecurityHub", "WAFv2"),
    }


def test_every_stack_is_deployed_in_its_region(portal: Portal) -> None:
    stacks = {
        region: {
            one["StackName"]
            for one in portal.cloud.client("cloudformation", region).describe_stacks()["Stacks"]
            if one["StackName"] != "CDKToolkit"
        }
        for region in (PRIMARY, RECOVERY, EDGE)
    }
    recovery = {"RecoveryKeys", "RecoveryNetwork", "RecoveryCopies", "RecoveryStandby", "RecoveryService"}
    assert stacks == {
        PRIMARY: set(OF_PRIMARY),
        RECOVERY: {*recovery, "RecoveryRecorder"},
        EDGE: {"Edge"},
    }


def test_the_key_of_the_recovery_region_is_a_copy(portal: Portal) -> None:
    keys = [one["KeyId"] for one in portal.there("kms").list_keys()["Keys"]]
    copies = [portal.there("kms").describe_key(KeyId=one)["KeyMetadata"] for one in keys]
    (copy,) = (one for one in copies if one["MultiRegion"])
    assert copy["MultiRegionConfiguration"]["PrimaryKey"]["Region"] == PRIMARY


def test_documents_are_to_be_replicated_with_the_key_of_the_other_region(portal: Portal) -> None:
    documents = portal.bucket("data-documents")
    (rule,) = portal.here("s3").get_bucket_replication(Bucket=documents)["ReplicationConfiguration"]["Rules"]
    destination = rule["Destination"]
    assert destination["Bucket"].endswith(portal.bucket("recoverycopiesycopiesdocuments"))
    assert f":kms:{RECOVERY}:" in destination["EncryptionConfiguration"]["ReplicaKmsKeyID"]


def test_the_database_is_over_two_zones_and_has_a_replica_elsewhere(portal: Portal) -> None:
    (database,) = portal.here("rds").describe_db_instances()["DBInstances"]
    (replica,) = portal.there("rds").describe_db_instances()["DBInstances"]
    assert (database["MultiAZ"], database["StorageEncrypted"], database["PubliclyAccessible"]) == (True, True, False)
    assert replica["ReadReplicaSourceDBInstanceIdentifier"] == database["DBInstanceArn"]
    assert f":kms:{RECOVERY}:" in replica["KmsKeyId"]


def test_the_cache_fails_over_and_speaks_tls(portal: Portal) -> None:
    for region in (portal.here, portal.there):
        (group,) = region("elasticache").describe_replication_groups()["ReplicationGroups"]
        assert (group["AutomaticFailover"], group["TransitEncryptionEnabled"]) == ("enabled", True)


def test_both_regions_serve_https_to_cloudfront_and_their_own_network(portal: Portal) -> None:
    for region, cidr in ((portal.here, "10.0.0.0/16"), (portal.there, "10.1.0.0/16")):
        (balancer,) = region("elbv2").describe_load_balancers()["LoadBalancers"]
        (listener,) = region("elbv2").describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
        assert (balancer["Scheme"], listener["Protocol"]) == ("internal", "HTTPS")
        found = region("ec2").describe_security_groups(GroupIds=balancer["SecurityGroups"])["SecurityGroups"]
        opened = [one for group in found for one in group["IpPermissions"]]
        assert {one["FromPort"] for one in opened} == {443}
        assert [range["CidrIp"] for one in opened for range in one["IpRanges"]] == [cidr]


def test_names_inside_are_checked(portal: Portal) -> None:
    route53 = portal.cloud.client("route53", EDGE)
    checks = {one["Id"] for one in route53.list_health_checks()["HealthChecks"]}
    (zone,) = route53.list_hosted_zones()["HostedZones"]
    records = route53.list_resource_record_sets(HostedZoneId=zone["Id"])["ResourceRecordSets"]
    found = {one["Failover"]: one["HealthCheckId"] for one in records if "Failover" in one}
    assert set(found) == {"PRIMARY", "SECONDARY"}
    assert set(found.values()) <= checks


def test_a_stateful_stack_is_not_deleted(portal: Portal) -> None:
    for name in ("Data", "Keys", "Network", "Audit"):
        with pytest.raises(ClientError, match="protected"):
            portal.here("cloudformation").delete_stack(StackName=name)


# Lost


def test_documents_and_logs_outlive_the_stacks(lost: Portal) -> None:
    stacks = [one["StackName"] for one in lost.here("cloudformation").describe_stacks()["Stacks"]]
    assert set(stacks) == {"CDKToolkit", "Network"}
    documents = lost.bucket("data-documents")
    assert lost.here("s3").get_object(Bucket=documents, Key="letters/1")["Body"].read() == b"a letter"
    assert lost.bucket("keys-logarchive6")
    assert lost.bucket("audit-trail")
    assert len(lost.here("logs").describe_log_groups()["logGroups"]) >= 10


def test_the_keys_outlive_the_stacks(lost: Portal) -> None:
    keys = [one["KeyId"] for one in lost.here("kms").list_keys()["Keys"]]
    assert {lost.here("kms").describe_key(KeyId=one)["KeyMetadata"]["KeyState"] for one in keys} == {"Enabled"}
    assert any(one.startswith("mrk-") for one in keys)


def test_queues_images_and_vaults_outlive_the_stacks(lost: Portal) -> None:
    assert len(lost.here("sqs").list_queues()["QueueUrls"]) == 2
    repositories = [one["repositoryName"] for one in lost.here("ecr").describe_repositories()["repositories"]]
    assert "portal" in repositories
    assert lost.here("backup").list_backup_vaults()["BackupVaultList"]


def test_the_database_leaves_a_snapshot(lost: Portal) -> None:
    snapshots = lost.here("rds").describe_db_snapshots()["DBSnapshots"]
    assert "portal-records-final" in [one["DBSnapshotIdentifier"] for one in snapshots]


# Recovered


def test_the_replica_becomes_a_database_of_its_own(lost: Portal) -> None:
    lost.there("rds").promote_read_replica(DBInstanceIdentifier="portal-records-standby")
    (database,) = lost.there("rds").describe_db_instances(DBInstanceIdentifier="portal-records-standby")["DBInstances"]
    assert database["DBInstanceStatus"] == "available"


def test_a_copied_snapshot_is_restored_in_the_recovery_region(lost: Portal) -> None:
    rds = lost.there("rds")
    (standby,) = rds.describe_db_instances(DBInstanceIdentifier="portal-records-standby")["DBInstances"]
    group = standby["DBSubnetGroup"]["DBSubnetGroupName"]
    restored = rds.restore_db_instance_from_db_snapshot(
        DBInstanceIdentifier="restored", DBSnapshotIdentifier="copied", DBSubnetGroupName=group
    )["DBInstance"]
    assert restored["StorageEncrypted"] is True


def test_the_password_is_read_in_the_recovery_region(lost: Portal) -> None:
    secret = json.loads(lost.there("secretsmanager").get_secret_value(SecretId="portal-records")["SecretString"])
    assert (secret["username"], len(secret["password"])) == ("postgres", 32)


def test_what_serves_in_the_recovery_region_is_untouched(lost: Portal) -> None:
    names = {one["StackName"] for one in lost.there("cloudformation").describe_stacks()["Stacks"]}
    assert {"RecoveryCopies", "RecoveryService", "RecoveryStandby"} <= names
    (cluster,) = lost.there("ecs").list_clusters()["clusterArns"]
    (service,) = lost.there("ecs").list_services(cluster=cluster)["serviceArns"]
    assert service
