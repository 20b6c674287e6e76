"""What is judged of clusters of DocumentDB."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import (
    BROKEN,
    GONE,
    MET,
    NEVER_TEXT,
    NOT_APPLICABLE,
    PARAMETER,
    UNDECIDED,
    Body,
    outcome,
    resource,
    template,
    verdict,
)
from tests.rules._stores import (
    ON,
    OWN_KEY_OR_ALIAS,
    PASSWORD,
    Place,
    alone,
    each_case,
    each_policy,
    judged,
    kept,
    least,
)

CLUSTER = "AWS::DocDB::DBCluster"
ELASTIC = "AWS::DocDBElastic::Cluster"
GROUP = "AWS::DocDB::DBClusterParameterGroup"
RESTORED: tuple[Body, ...] = ({"SnapshotIdentifier": "x"}, {"SourceDBClusterIdentifier": "x"})


@each_case(
    [
        ("DocdbEncrypted", CLUSTER, ("StorageEncrypted",)),
        ("DocdbDeletionProtected", CLUSTER, ("DeletionProtection",)),
    ],
    ON,
)
def test_the_switch_decides(place: Place, value: Json, wanted: str) -> None:
    assert judged(place, value) == wanted


@each_case(
    [("DocdbUsesCustomerManagedKey", kind, ("KmsKeyId",)) for kind in (CLUSTER, ELASTIC)],
    [*OWN_KEY_OR_ALIAS, (GONE, BROKEN)],
)
def test_the_key_decides(place: Place, value: Json, wanted: str) -> None:
    assert judged(place, value) == wanted


@pytest.mark.parametrize("origin", RESTORED, ids=str)
@pytest.mark.parametrize("rule", ["DocdbEncrypted", "DocdbUsesCustomerManagedKey", "DocdbPasswordManaged"])
def test_what_a_restored_cluster_does_not_say_is_its_origins(rule: str, origin: Body) -> None:
    assert verdict(rule, alone(CLUSTER, origin)) == UNDECIDED


@pytest.mark.parametrize("origin", RESTORED, ids=str)
def test_what_is_restored_with_a_key_is_encrypted(origin: Body) -> None:
    assert verdict("DocdbEncrypted", alone(CLUSTER, {**origin, "KmsKeyId": "x"})) == MET
    assert verdict("DocdbEncrypted", alone(CLUSTER, {**origin, "StorageEncrypted": False, "KmsKeyId": "x"})) == BROKEN
    assert verdict("DocdbUsesCustomerManagedKey", alone(CLUSTER, {**origin, "KmsKeyId": "x"})) == MET


def test_a_key_alone_does_not_encrypt_a_new_cluster() -> None:
    assert verdict("DocdbEncrypted", alone(CLUSTER, {"KmsKeyId": "x"})) == BROKEN


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ({"StorageEncrypted": True, "KmsKeyId": "x"}, (MET, MET)),
        ({"StorageEncrypted": True, "KmsKeyId": "alias/records"}, (MET, MET)),
        ({"StorageEncrypted": True, "KmsKeyId": "alias/aws/rds"}, (MET, BROKEN)),
        ({"StorageEncrypted": True}, (MET, BROKEN)),
        ({}, (BROKEN, BROKEN)),
    ],
    ids=str,
)
def test_the_source_of_a_copy_decides(source: Body, wanted: tuple[str, str]) -> None:
    copy = resource(CLUSTER, {"SourceDBClusterIdentifier": {"Ref": "Source"}})
    body = template({"It": copy, "Source": resource(CLUSTER, source)})
    assert (verdict("DocdbEncrypted", body), verdict("DocdbUsesCustomerManagedKey", body)) == wanted


@pytest.mark.parametrize(
    ("first", "wanted"),
    [
        ({"StorageEncrypted": True, "KmsKeyId": "alias/portal"}, (MET, MET)),
        ({"StorageEncrypted": True}, (MET, BROKEN)),
        ({}, (BROKEN, BROKEN)),
        ({"SnapshotIdentifier": "x", "KmsKeyId": "x"}, (MET, MET)),
        ({"SnapshotIdentifier": "x"}, (UNDECIDED, UNDECIDED)),
        ({"SourceDBClusterIdentifier": {"Ref": "Middle"}}, (UNDECIDED, UNDECIDED)),
        ({"SourceDBClusterIdentifier": {"Ref": "It"}}, (UNDECIDED, UNDECIDED)),
    ],
    ids=str,
)
def test_a_copy_of_a_copy_goes_by_the_first_one(first: Body, wanted: tuple[str, str]) -> None:
    body = template(
        {
            "It": resource(CLUSTER, {"SourceDBClusterIdentifier": {"Ref": "Middle"}}),
            "Middle": resource(CLUSTER, {"SourceDBClusterIdentifier": {"Ref": "First"}}),
            "First": resource(CLUSTER, first),
        }
    )
    assert (verdict("DocdbEncrypted", body), verdict("DocdbUsesCustomerManagedKey", body)) == wanted


@pytest.mark.parametrize("rule", ["DocdbEncrypted", "DocdbUsesCustomerManagedKey"])
def test_what_is_restored_is_said_to_be_as_its_origin_is(rule: str) -> None:
    found = outcome(rule, alone(CLUSTER, {"SnapshotIdentifier": "x"}))
    assert (found.verdict, found.found) == (UNDECIDED, "it is that of the snapshot or of the other cluster")


@pytest.mark.parametrize("source", ["It", "Other"])
def test_a_source_that_is_no_other_cluster_decides_nothing(source: str) -> None:
    copy = resource(CLUSTER, {"SourceDBClusterIdentifier": {"Ref": source}})
    assert verdict("DocdbEncrypted", template({"It": copy, "Other": resource(GROUP)})) == UNDECIDED


@pytest.mark.parametrize(
    ("tls", "wanted"),
    [
        ("enabled", MET),
        ("Enabled", MET),
        ("tls1.2+", MET),
        ("tls1.3+", MET),
        ("fips-140-3", MET),
        ("disabled", BROKEN),
        ("x", BROKEN),
        (GONE, MET),
        (PARAMETER, UNDECIDED),
        *((value, BROKEN) for value in NEVER_TEXT if value != ["x"]),
    ],
    ids=str,
)
def test_the_parameter_of_tls_decides(tls: Json, wanted: str) -> None:
    assert verdict("DocdbTlsOnly", alone(GROUP, {"Parameters": {"tls": tls}})) == wanted


@pytest.mark.parametrize(
    ("parameters", "wanted"), [({}, MET), (GONE, BROKEN), (7, BROKEN), (PARAMETER, UNDECIDED)], ids=str
)
def test_parameters_of_no_meaning_break(parameters: Json, wanted: str) -> None:
    assert verdict("DocdbTlsOnly", alone(GROUP, {"Parameters": parameters})) == wanted


@pytest.mark.parametrize(
    ("audit", "wanted"),
    [
        ("enabled", MET),
        ("all", MET),
        ("ddl, dml_read, dml_write", MET),
        ("DML_READ,DML_WRITE", MET),
        ("ddl", BROKEN),
        ("dml_read", BROKEN),
        ("ddl,dml_write", BROKEN),
        ("disabled", BROKEN),
        ("none", BROKEN),
        (GONE, BROKEN),
        (7, BROKEN),
        (PARAMETER, UNDECIDED),
    ],
)
def test_the_parameter_of_the_audit_decides(audit: Json, wanted: str) -> None:
    assert verdict("DocdbAudited", alone(GROUP, {"Parameters": {"audit_logs": audit}})) == wanted


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        (GONE, BROKEN),
        ("default.docdb5.0", BROKEN),
        ("made-by-hand", UNDECIDED),
        (PARAMETER, UNDECIDED),
        ({"Ref": "Group"}, NOT_APPLICABLE),
        ({"Ref": "It"}, UNDECIDED),
        (7, BROKEN),
    ],
    ids=str,
)
def test_the_group_of_a_cluster_decides_whether_it_is_audited(name: Json, wanted: str) -> None:
    cluster = resource(CLUSTER, {"DBClusterParameterGroupName": name})
    assert verdict("DocdbAudited", template({"It": cluster, "Group": resource(GROUP)})) == wanted


@pytest.mark.parametrize(
    ("exports", "wanted"),
    [
        (["audit"], MET),
        (["profiler", "audit"], MET),
        (["profiler"], BROKEN),
        (["profiler", PARAMETER], UNDECIDED),
        ([], BROKEN),
        ("audit", BROKEN),
        (GONE, BROKEN),
        (PARAMETER, UNDECIDED),
    ],
    ids=str,
)
def test_the_audit_log_is_exported(exports: Json, wanted: str) -> None:
    assert verdict("DocdbAuditLogExported", alone(CLUSTER, {"EnableCloudwatchLogsExports": exports})) == wanted


@each_case([("DocdbBackupsKept", kind, ("BackupRetentionPeriod",)) for kind in (CLUSTER, ELASTIC)], least(35, BROKEN))
def test_backups_are_kept(place: Place, value: Json, wanted: str) -> None:
    assert judged(place, value) == wanted


@each_policy(("DocdbKept", CLUSTER), snapshots=True)
def test_clusters_are_kept(rule: str, kind: str, deletion: Json, replacement: Json, wanted: str) -> None:
    assert kept(rule, kind, deletion, replacement) == wanted


@each_policy(("DocdbKept", ELASTIC), snapshots=False)
def test_elastic_clusters_are_kept(rule: str, kind: str, deletion: Json, replacement: Json, wanted: str) -> None:
    assert kept(rule, kind, deletion, replacement) == wanted


@each_case([("DocdbPasswordManaged", CLUSTER, ("MasterUserPassword",))], PASSWORD)
def test_the_password_comes_from_a_secret(place: Place, value: Json, wanted: str) -> None:
    assert judged(place, value) == wanted


@each_case([("DocdbPasswordManaged", CLUSTER, ("ManageMasterUserPassword",))], ON)
def test_or_it_is_managed(place: Place, value: Json, wanted: str) -> None:
    assert judged(place, value, {"MasterUserSecretKmsKeyId": "x"}) == wanted


@each_case([("DocdbPasswordManaged", CLUSTER, ("MasterUserSecretKmsKeyId",))], [*OWN_KEY_OR_ALIAS, (GONE, BROKEN)])
def test_with_an_own_key(place: Place, value: Json, wanted: str) -> None:
    assert judged(place, value, {"ManageMasterUserPassword": True}) == wanted


def test_the_password_of_a_global_cluster_may_be_anothers() -> None:
    assert verdict("DocdbPasswordManaged", alone(CLUSTER, {"GlobalClusterIdentifier": "x"})) == UNDECIDED
    managed: Body = {"GlobalClusterIdentifier": "x", "ManageMasterUserPassword": False}
    assert verdict("DocdbPasswordManaged", alone(CLUSTER, managed)) == BROKEN
