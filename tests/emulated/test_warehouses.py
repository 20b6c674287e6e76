"""A table and a warehouse, deployed by the real CDK CLI to an emulated AWS, and read back.

moto drops the name, zones, parameters, password, logging and copies of a cluster, and the policy and replicas of a
table. It knows nothing of Redshift Serverless.
"""

from __future__ import annotations

import sys
from typing import Any

import pytest

from tests.emulated._cloud import DEPLOY, Cloud

APP = f"{sys.executable} -m tests.emulated._warehouses_app"


@pytest.fixture(scope="module")
def deployed(cloud: Cloud) -> Cloud:
    cloud.cdk(*DEPLOY, app=APP)
    return cloud


@pytest.fixture(scope="module")
def keys(deployed: Cloud) -> list[str]:
    return [str(key["KeyArn"]) for key in deployed.client("kms").list_keys()["Keys"]]


@pytest.fixture(scope="module")
def cluster(deployed: Cloud) -> dict[str, Any]:
    (found,) = deployed.client("redshift").describe_clusters()["Clusters"]
    return dict(found)


@pytest.fixture(scope="module")
def table(deployed: Cloud) -> dict[str, Any]:
    client = deployed.client("dynamodb")
    (name,) = client.list_tables()["TableNames"]
    return dict(client.describe_table(TableName=name)["Table"])


def test_the_table_is_encrypted_with_a_key_of_the_account_and_protected(table: dict[str, Any], keys: list[str]) -> None:
    assert table["SSEDescription"]["KMSMasterKeyArn"] in keys
    assert table["DeletionProtectionEnabled"] is True


def test_the_table_can_be_restored_to_any_point_of_35_days(table: dict[str, Any], deployed: Cloud) -> None:
    found = deployed.client("dynamodb").describe_continuous_backups(TableName=table["TableName"])
    recovery = found["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    assert (recovery["PointInTimeRecoveryStatus"], recovery["RecoveryPeriodInDays"]) == ("ENABLED", 35)


def test_the_cluster_is_encrypted_with_a_key_of_the_account(cluster: dict[str, Any], keys: list[str]) -> None:
    assert cluster["Encrypted"] is True
    assert cluster["KmsKeyId"] in keys


def test_the_cluster_is_private_and_keeps_snapshots(cluster: dict[str, Any]) -> None:
    assert (cluster["PubliclyAccessible"], cluster["EnhancedVpcRouting"]) == (False, True)
    assert (cluster["AutomatedSnapshotRetentionPeriod"], cluster["NumberOfNodes"]) == (35, 2)


def test_the_cluster_may_be_in_isolated_subnets_of_three_zones(cluster: dict[str, Any], deployed: Cloud) -> None:
    name = cluster["ClusterSubnetGroupName"]
    found = deployed.client("redshift").describe_cluster_subnet_groups(ClusterSubnetGroupName=name)
    (group,) = found["ClusterSubnetGroups"]
    subnets = [one["SubnetIdentifier"] for one in group["Subnets"]]
    described = deployed.client("ec2").describe_subnets(SubnetIds=subnets)["Subnets"]
    assert len({one["AvailabilityZone"] for one in described}) == 3
    assert not any(one["MapPublicIpOnLaunch"] for one in described)


def test_only_its_own_security_group_admits_to_the_cluster(cluster: dict[str, Any], deployed: Cloud) -> None:
    (group,) = cluster["VpcSecurityGroups"]
    (found,) = deployed.client("ec2").describe_security_groups(GroupIds=[group["VpcSecurityGroupId"]])["SecurityGroups"]
    assert found["IpPermissions"] == []


def test_its_logs_are_encrypted_and_kept_six_years(deployed: Cloud, keys: list[str]) -> None:
    groups = deployed.client("logs").describe_log_groups(logGroupNamePrefix="/aws/redshift/cluster/")["logGroups"]
    assert [one["logGroupName"].rpartition("/")[2] for one in groups] == ["connectionlog", "useractivitylog", "userlog"]
    assert {one["retentionInDays"] for one in groups} == {2192}
    assert {one["kmsKeyId"] for one in groups} <= set(keys)
