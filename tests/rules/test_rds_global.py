"""What is judged of global databases of Aurora."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import BROKEN, MET, PARAMETER, UNDECIDED, Body, resource, template, verdict
from tests.rules._stores import ON, Place, alone, each_case, judged

GLOBAL = "AWS::RDS::GlobalCluster"


CLUSTERS: list[tuple[Body, str]] = [
    ({"StorageEncrypted": True}, MET),
    ({}, BROKEN),
    ({"Engine": "aurora-mysql"}, UNDECIDED),
    ({"SnapshotIdentifier": "x"}, UNDECIDED),
    ({"SnapshotIdentifier": "x", "StorageEncrypted": True}, UNDECIDED),
    ({"SnapshotIdentifier": "x", "StorageEncrypted": True, "KmsKeyId": "x"}, MET),
]


@each_case(
    [
        ("RdsGlobalClusterEncrypted", GLOBAL, ("StorageEncrypted",)),
        ("RdsGlobalClusterDeletionProtected", GLOBAL, ("DeletionProtection",)),
    ],
    ON,
)
def test_the_switch_decides(place: Place, value: Json, wanted: str) -> None:
    assert judged(place, value) == wanted


@pytest.mark.parametrize(("cluster", "wanted"), CLUSTERS, ids=str)
def test_the_cluster_that_it_is_made_of_decides(cluster: Body, wanted: str) -> None:
    made = resource(GLOBAL, {"SourceDBClusterIdentifier": {"Fn::GetAtt": ["Cluster", "DBClusterArn"]}})
    body = template({"It": made, "Cluster": resource("AWS::RDS::DBCluster", cluster)})
    assert verdict("RdsGlobalClusterEncrypted", body) == wanted


@pytest.mark.parametrize("source", ["portal", PARAMETER, {"Ref": "Other"}], ids=str)
def test_a_cluster_that_is_not_here_leaves_it_open(source: Json) -> None:
    body = alone(GLOBAL, {"SourceDBClusterIdentifier": source, "StorageEncrypted": True})
    assert verdict("RdsGlobalClusterEncrypted", body) == UNDECIDED
