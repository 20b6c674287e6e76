"""A database, deployed by the real CDK CLI to an emulated AWS, and read back.

moto serves no database: it shows that the references of the template resolve, in order, and what RDS was asked for.
"""

from __future__ import annotations

import sys
from typing import Any

import pytest

from tests.emulated._cloud import DEPLOY, Cloud

APP = f"{sys.executable} -m tests.emulated._databases_app"


@pytest.fixture(scope="module")
def deployed(cloud: Cloud) -> Cloud:
    cloud.cdk(*DEPLOY, app=APP)
    return cloud


@pytest.fixture(scope="module")
def database(deployed: Cloud) -> dict[str, Any]:
    (found,) = deployed.client("rds").describe_db_instances()["DBInstances"]
    return dict(found)


def test_the_database_is_encrypted_private_and_over_two_zones(database: dict[str, Any]) -> None:
    assert database["StorageEncrypted"] is True
    assert database["MultiAZ"] is True
    assert database["PubliclyAccessible"] is False


def test_the_database_is_protected_and_backed_up(database: dict[str, Any]) -> None:
    assert database["DeletionProtection"] is True
    assert database["BackupRetentionPeriod"] == 35


def test_the_database_is_in_the_isolated_subnets(database: dict[str, Any], deployed: Cloud) -> None:
    subnets = [one["SubnetIdentifier"] for one in database["DBSubnetGroup"]["Subnets"]]
    described = deployed.client("ec2").describe_subnets(SubnetIds=subnets)["Subnets"]
    assert len({one["AvailabilityZone"] for one in described}) == 3
    assert not any(one["MapPublicIpOnLaunch"] for one in described)


def test_the_log_groups_are_named_after_the_database(database: dict[str, Any], deployed: Cloud) -> None:
    prefix = f"/aws/rds/instance/{database['DBInstanceIdentifier']}/"
    groups = deployed.client("logs").describe_log_groups(logGroupNamePrefix=prefix)["logGroups"]
    assert [one["logGroupName"].removeprefix(prefix) for one in groups] == [
        "iam-db-auth-error",
        "postgresql",
        "upgrade",
    ]
    assert {one["retentionInDays"] for one in groups} == {2192}
    assert all(one["kmsKeyId"] for one in groups)


def test_the_parameters_refuse_plaintext(database: dict[str, Any], deployed: Cloud) -> None:
    (group,) = database["DBParameterGroups"]
    found = deployed.client("rds").describe_db_parameters(DBParameterGroupName=group["DBParameterGroupName"])
    values = {one["ParameterName"]: one["ParameterValue"] for one in found["Parameters"]}
    assert values["rds.force_ssl"] == "1"
    assert "pgaudit" in values["shared_preload_libraries"]
