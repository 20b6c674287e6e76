"""Stores, deployed by the real CDK CLI to an emulated AWS, and read back.

moto drops the policy of a file system and its replication.
"""

from __future__ import annotations

import sys
from typing import Any

import pytest

from tests.emulated._cloud import DEPLOY, Cloud

APP = f"{sys.executable} -m tests.emulated._stores_app"


@pytest.fixture(scope="module")
def deployed(cloud: Cloud) -> Cloud:
    cloud.cdk(*DEPLOY, app=APP)
    return cloud


@pytest.fixture(scope="module")
def files(deployed: Cloud) -> dict[str, Any]:
    (found,) = deployed.client("efs").describe_file_systems()["FileSystems"]
    return dict(found)


@pytest.fixture(scope="module")
def archive(deployed: Cloud) -> str:
    names = [str(bucket["Name"]) for bucket in deployed.client("s3").list_buckets()["Buckets"]]
    (found,) = (name for name in names if name.startswith("stores-closed"))
    return found


def test_the_file_system_is_encrypted_with_a_key_of_the_account(files: dict[str, Any], deployed: Cloud) -> None:
    keys = [key["KeyArn"] for key in deployed.client("kms").list_keys()["Keys"]]
    assert files["Encrypted"] is True
    assert files["KmsKeyId"] in keys


def test_the_file_system_is_mounted_in_two_zones(files: dict[str, Any], deployed: Cloud) -> None:
    targets = deployed.client("efs").describe_mount_targets(FileSystemId=files["FileSystemId"])["MountTargets"]
    assert len({one["AvailabilityZoneName"] for one in targets}) == 2


def test_the_access_point_shows_a_directory_as_one_user(files: dict[str, Any], deployed: Cloud) -> None:
    (point,) = deployed.client("efs").describe_access_points(FileSystemId=files["FileSystemId"])["AccessPoints"]
    assert (point["PosixUser"]["Uid"], point["RootDirectory"]["Path"]) == (1000, "/scans")


def test_the_archive_moves_objects_to_glacier_and_keeps_them_six_years(archive: str, deployed: Cloud) -> None:
    rules = deployed.client("s3").get_bucket_lifecycle_configuration(Bucket=archive)["Rules"]
    (rule,) = (one for one in rules if one["ID"] == "Archive")
    assert [one["StorageClass"] for one in rule["Transitions"]] == ["GLACIER_IR", "DEEP_ARCHIVE"]
    assert rule["Expiration"]["Days"] == 2192
