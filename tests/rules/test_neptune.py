"""What is judged of clusters of Neptune."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import (
    BROKEN,
    GONE,
    MET,
    NOT_APPLICABLE,
    PARAMETER,
    UNDECIDED,
    Body,
    resource,
    template,
    verdict,
)
from tests.rules._stores import ON, OWN_KEY_OR_ALIAS, Place, alone, each_case, each_policy, judged, kept, least

CLUSTER = "AWS::Neptune::DBCluster"
GROUP = "AWS::Neptune::DBClusterParameterGroup"
RESTORED: tuple[Body, ...] = ({"SnapshotIdentifier": "x"}, {"SourceDBClusterIdentifier": "x"})


@each_case(
    [
        ("NeptuneEncrypted", CLUSTER, ("StorageEncrypted",)),
        ("NeptuneAuthenticated", CLUSTER, ("IamAuthEnabled",)),
        ("NeptuneDeletionProtected", CLUSTER, ("DeletionProtection",)),
    ],
    ON,
)
def test_the_switch_decides(place: Place, value: Json, wanted: str) -> None:
    assert judged(place, value) == wanted


@each_case([("NeptuneUsesCustomerManagedKey", CLUSTER, ("KmsKeyId",))], [*OWN_KEY_OR_ALIAS, (GONE, BROKEN)])
def test_the_key_decides(place: Place, value: Json, wanted: str) -> None:
    assert judged(place, value) == wanted


@pytest.mark.parametrize("origin", RESTORED, ids=str)
@pytest.mark.parametrize("rule", ["NeptuneEncrypted", "NeptuneUsesCustomerManagedKey"])
def test_what_a_restored_cluster_does_not_say_is_its_origins(rule: str, origin: Body) -> None:
    assert verdict(rule, alone(CLUSTER, origin)) == UNDECIDED


def test_a_clone_of_what_is_restored_with_a_key_is_encrypted() -> None:
    restored = resource(CLUSTER, {"SnapshotIdentifier": "x", "KmsKeyId": "x"})
    body = template({"It": resource(CLUSTER, {"SourceDBClusterIdentifier": {"Ref": "Other"}}), "Other": restored})
    assert verdict("NeptuneEncrypted", body) == MET


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("1", MET),
        (1, MET),
        ("0", BROKEN),
        (0, BROKEN),
        ("true", BROKEN),
        (GONE, BROKEN),
        ({}, BROKEN),
        (PARAMETER, UNDECIDED),
    ],
    ids=str,
)
def test_the_parameter_of_the_audit_decides(value: Json, wanted: str) -> None:
    assert verdict("NeptuneAudited", alone(GROUP, {"Parameters": {"neptune_enable_audit_log": value}})) == wanted


@pytest.mark.parametrize(("parameters", "wanted"), [(GONE, BROKEN), ("x", BROKEN), (PARAMETER, UNDECIDED)])
def test_parameters_of_no_meaning_break(parameters: Json, wanted: str) -> None:
    assert verdict("NeptuneAudited", alone(GROUP, {"Parameters": parameters})) == wanted


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        (GONE, BROKEN),
        ("default.neptune1.3", BROKEN),
        ("made-by-hand", UNDECIDED),
        (PARAMETER, UNDECIDED),
        ({"Ref": "Group"}, NOT_APPLICABLE),
        (7, BROKEN),
    ],
    ids=str,
)
def test_the_group_of_a_cluster_decides_whether_it_is_audited(name: Json, wanted: str) -> None:
    cluster = resource(CLUSTER, {"DBClusterParameterGroupName": name})
    assert verdict("NeptuneAudited", template({"It": cluster, "Group": resource(GROUP)})) == wanted


@pytest.mark.parametrize(
    ("exports", "wanted"),
    [(["audit"], MET), (["slowquery"], BROKEN), ([PARAMETER], UNDECIDED), (GONE, BROKEN), (PARAMETER, UNDECIDED)],
    ids=str,
)
def test_the_audit_log_is_exported(exports: Json, wanted: str) -> None:
    assert verdict("NeptuneAuditLogExported", alone(CLUSTER, {"EnableCloudwatchLogsExports": exports})) == wanted


@each_case([("NeptuneBackupsKept", CLUSTER, ("BackupRetentionPeriod",))], least(35, BROKEN))
def test_backups_are_kept(place: Place, value: Json, wanted: str) -> None:
    assert judged(place, value) == wanted


@each_policy(("NeptuneKept", CLUSTER), snapshots=True)
def test_clusters_are_kept(rule: str, kind: str, deletion: Json, replacement: Json, wanted: str) -> None:
    assert kept(rule, kind, deletion, replacement) == wanted
