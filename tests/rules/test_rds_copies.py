"""What is judged of the encryption of copies of databases: replicas, clones and what is restored."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import BROKEN, MET, UNDECIDED, Body, outcome, resource, template, verdict

INSTANCE = "AWS::RDS::DBInstance"
CLUSTER = "AWS::RDS::DBCluster"
KEY = "arn:aws:kms:us-east-1:123456789012:key/1234"
REPLICA: Body = {"SourceDBInstanceIdentifier": "arn:aws:rds:us-west-2:123456789012:db:records"}
RESTORED: Body = {"DBSnapshotIdentifier": "records"}
OF_ZONES: Body = {"Engine": "postgres", "DBClusterInstanceClass": "db.m6gd.large"}


@pytest.mark.parametrize("origin", ["SnapshotIdentifier", "SourceDBClusterIdentifier", "SourceDbClusterResourceId"])
@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ({}, UNDECIDED),
        ({"StorageEncrypted": True}, UNDECIDED),
        ({"StorageEncrypted": False}, BROKEN),
        ({"StorageEncrypted": True, "KmsKeyId": KEY}, MET),
    ],
    ids=str,
)
def test_a_restored_cluster_is_encrypted_for_sure_only_with_a_key(origin: str, said: Body, wanted: str) -> None:
    body = template({"It": resource(CLUSTER, {origin: "records", **said})})
    assert verdict("RdsStorageEncrypted", body) == wanted


def chain(first: Body, middle: Body | None = None) -> Body:
    """Make a copy of a copy of a database, of its own kind."""
    kind = CLUSTER if "Engine" in first else INSTANCE
    name = "SourceDBClusterIdentifier" if kind == CLUSTER else "SourceDBInstanceIdentifier"
    return template(
        {
            "First": resource(kind, first),
            "Middle": resource(kind, {name: {"Ref": "First"}, **(middle or {})}),
            "It": resource(kind, {name: {"Ref": "Middle"}}),
        }
    )


@pytest.mark.parametrize(
    ("first", "middle", "wanted"),
    [
        ({"StorageEncrypted": True, "KmsKeyId": KEY}, {}, (MET, MET)),
        ({"StorageEncrypted": True}, {}, (MET, BROKEN)),
        ({}, {}, (BROKEN, BROKEN)),
        ({"StorageEncrypted": True}, {"KmsKeyId": KEY}, (MET, MET)),
        ({"StorageEncrypted": True}, {"StorageEncrypted": False}, (BROKEN, BROKEN)),
        ({}, {"StorageEncrypted": True}, (BROKEN, BROKEN)),
        (RESTORED, {}, (UNDECIDED, UNDECIDED)),
        ({"Engine": "aurora-mysql", "StorageEncrypted": True, "KmsKeyId": KEY}, {}, (MET, MET)),
        ({"Engine": "aurora-mysql"}, {}, (UNDECIDED, BROKEN)),
        (
            {"Engine": "mysql", "SnapshotIdentifier": "x", "StorageEncrypted": True, "KmsKeyId": KEY},
            {},
            (MET, MET),
        ),
    ],
    ids=str,
)
def test_a_copy_of_a_copy_is_encrypted_as_the_first_one_is(first: Body, middle: Body, wanted: tuple[str, str]) -> None:
    body = chain(first, middle)
    assert (verdict("RdsStorageEncrypted", body), verdict("RdsUsesCustomerManagedKey", body)) == wanted


@pytest.mark.parametrize("rule", ["RdsStorageEncrypted", "RdsUsesCustomerManagedKey"])
def test_copies_of_each_other_leave_open_whether_they_are_encrypted(rule: str) -> None:
    def copy(source: str) -> Json:
        return resource(INSTANCE, {"SourceDBInstanceIdentifier": {"Ref": source}})

    assert verdict(rule, template({"It": copy("One"), "One": copy("Other"), "Other": copy("One")})) == UNDECIDED


@pytest.mark.parametrize(("source", "wanted"), [({"StorageEncrypted": True}, MET), ({}, BROKEN)], ids=str)
def test_a_replica_of_a_cluster_is_encrypted_as_that_is(source: Body, wanted: str) -> None:
    its: Json = {"SourceDBClusterIdentifier": {"Ref": "Source"}}
    body = template({"Source": resource(CLUSTER, {**OF_ZONES, **source}), "It": resource(INSTANCE, its)})
    assert verdict("RdsStorageEncrypted", body) == wanted


def test_a_replica_in_another_region_that_says_it_is_encrypted_is() -> None:
    its: Json = {"ReplicationSourceIdentifier": {"Ref": "Source"}, "StorageEncrypted": True}
    body = template({"Source": resource(CLUSTER, {"StorageEncrypted": False}), "It": resource(CLUSTER, its)})
    assert verdict("RdsStorageEncrypted", body) == MET


@pytest.mark.parametrize(
    ("properties", "rule", "found"),
    [
        (RESTORED, "RdsStorageEncrypted", "it is that of the snapshot or of the other database"),
        (REPLICA, "RdsUsesCustomerManagedKey", "it is that of the snapshot or of the other database"),
        (RESTORED, "RdsUsesCustomerManagedKey", "an instance is restored with the key of its snapshot"),
    ],
)
def test_what_is_open_of_a_copy_is_said_to_be_its_origins(properties: Body, rule: str, found: str) -> None:
    assert outcome(rule, template({"It": resource(INSTANCE, properties)})).found == found
