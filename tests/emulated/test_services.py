"""What the minimal example leaves out, deployed to an emulated AWS: log groups, and replication to a second Region.

`test_minimal.py` says what the emulator shows and what not. Beyond that, it has no protection of log groups from
deletion and no replica keys, forgets the filter and the delete markers of replication, and copies no objects.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.emulated._cloud import ACCOUNT, DEPLOY, Cloud

APP = f"{sys.executable} {Path(__file__).with_name('_services_app.py')}"
REPLICA = "records-replica"


@dataclass(frozen=True, slots=True)
class Regions:
    """What was deployed."""

    cloud: Cloud
    records: str
    key_arn: str
    replica_key_arn: str

    def role(self) -> str:
        role = self.cloud.client("s3").get_bucket_replication(Bucket=self.records)["ReplicationConfiguration"]["Role"]
        return str(role)

    def replication(self) -> dict[str, Any]:
        configuration = self.cloud.client("s3").get_bucket_replication(Bucket=self.records)["ReplicationConfiguration"]
        (rule,) = configuration["Rules"]
        return dict(rule)

    def log_group(self) -> dict[str, Any]:
        (group,) = self.cloud.client("logs").describe_log_groups()["logGroups"]
        return dict(group)


@pytest.fixture(scope="module")
def regions(cloud: Cloud) -> Regions:
    cloud.cdk(*DEPLOY, "West", app=APP)
    (replica_key,) = cloud.client("kms", "us-west-2").list_keys()["Keys"]
    cloud.cdk(*DEPLOY, "East", "--context", f"replica_key={replica_key['KeyArn']}", app=APP)
    (key,) = cloud.client("kms").list_keys()["Keys"]
    names = [bucket["Name"] for bucket in cloud.client("s3").list_buckets()["Buckets"]]
    (records,) = (name for name in names if name.startswith("east-records"))
    return Regions(cloud, records, key["KeyArn"], replica_key["KeyArn"])


def test_the_emulator_skips_the_cdk_metadata_only(regions: Regions) -> None:
    deployed, skipped = regions.cloud.kinds(), regions.cloud.skipped()
    assert skipped == {"AWS::CDK::Metadata"}
    assert deployed - skipped == {
        "AWS::IAM::ManagedPolicy",
        "AWS::IAM::Role",
        "AWS::KMS::Key",
        "AWS::Logs::LogGroup",
        "AWS::S3::Bucket",
        "AWS::S3::BucketPolicy",
    }


def test_a_log_group_keeps_events_for_six_years(regions: Regions) -> None:
    assert regions.log_group()["retentionInDays"] == 2192


def test_a_log_group_is_encrypted_with_the_stacks_key(regions: Regions) -> None:
    assert regions.log_group()["kmsKeyId"] == regions.key_arn


def test_the_key_lets_the_log_groups_of_this_account_and_region_use_it(regions: Regions) -> None:
    policy = regions.cloud.client("kms").get_key_policy(KeyId=regions.key_arn, PolicyName="default")["Policy"]
    by_principal = {json.dumps(one["Principal"]): one for one in json.loads(policy)["Statement"]}
    logs = by_principal.pop('{"Service": "logs.us-east-1.amazonaws.com"}')
    assert logs["Condition"] == {
        "ArnLike": {"kms:EncryptionContext:aws:logs:arn": f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:*"}
    }
    assert set(by_principal) == {f'{{"AWS": "arn:aws:iam::{ACCOUNT}:root"}}'}


def test_everything_is_replicated_to_the_second_region(regions: Regions) -> None:
    rule = regions.replication()
    assert (rule["Status"], rule["Destination"]["Bucket"]) == ("Enabled", f"arn:aws:s3:::{REPLICA}")


def test_replicas_are_encrypted_with_the_second_regions_key(regions: Regions) -> None:
    destination = regions.replication()["Destination"]
    assert destination["EncryptionConfiguration"] == {"ReplicaKmsKeyID": regions.replica_key_arn}
    assert ":us-west-2:" in regions.replica_key_arn


def test_the_replica_is_versioned_and_in_the_second_region(regions: Regions) -> None:
    s3 = regions.cloud.client("s3", "us-west-2")
    assert s3.get_bucket_versioning(Bucket=REPLICA)["Status"] == "Enabled"
    assert s3.get_bucket_location(Bucket=REPLICA)["LocationConstraint"] == "us-west-2"


def test_the_replication_role_reads_here_and_writes_there_and_nothing_else(regions: Regions) -> None:
    iam = regions.cloud.client("iam")
    name = regions.role().rpartition("/")[2]
    assert iam.list_role_policies(RoleName=name)["PolicyNames"] == []
    (attached,) = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
    version = iam.get_policy_version(PolicyArn=attached["PolicyArn"], VersionId="v1")["PolicyVersion"]
    granted: dict[str, set[str]] = {}
    for statement in version["Document"]["Statement"]:
        actions, target = statement["Action"], statement["Resource"]
        granted.setdefault(target, set()).update([actions] if isinstance(actions, str) else actions)
    assert granted == {
        f"arn:aws:s3:::{regions.records}": {"s3:GetReplicationConfiguration", "s3:ListBucket"},
        f"arn:aws:s3:::{regions.records}/*": {
            "s3:GetObjectLegalHold",
            "s3:GetObjectRetention",
            "s3:GetObjectVersionAcl",
            "s3:GetObjectVersionForReplication",
            "s3:GetObjectVersionTagging",
        },
        f"arn:aws:s3:::{REPLICA}/*": {"s3:ReplicateDelete", "s3:ReplicateObject", "s3:ReplicateTags"},
        regions.key_arn: {"kms:Decrypt"},
        regions.replica_key_arn: {"kms:Encrypt", "kms:GenerateDataKey"},
    }
