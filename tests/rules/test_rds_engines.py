"""What is judged of databases by their engine, and of keys by an alias."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hipaa_constructs.rules import Assembly, Template
from hipaa_constructs.rules._rds import option
from hipaa_constructs.rules._value import Json
from hipaa_constructs.rules.rds_tls import REQUIRED
from tests.rules._judging import BROKEN, MET, NOT_APPLICABLE, UNDECIDED, outcome, resource, template, verdict, verdicts

INSTANCE, CLUSTER = "AWS::RDS::DBInstance", "AWS::RDS::DBCluster"
ELIGIBLE = ("aurora-mysql", "aurora-postgresql", "db2-ae", "db2-se", "mariadb", "mysql", "oracle-ee", "oracle-se2-cdb",
            "postgres", "sqlserver-ee", "sqlserver-web")  # fmt: skip


@pytest.mark.parametrize("engine", ELIGIBLE)
def test_each_eligible_engine_meets(engine: str) -> None:
    assert verdict("RdsEngineEligible", template({"It": resource(INSTANCE, {"Engine": engine})})) == MET


@pytest.mark.parametrize("engine", ["neptune", "docdb", "custom-oracle-ee", "", 3])
def test_other_engines_break(engine: Json) -> None:
    assert verdict("RdsEngineEligible", template({"It": resource(INSTANCE, {"Engine": engine})})) == BROKEN


@pytest.mark.parametrize(
    ("engine", "wanted"),
    [
        ("postgres", BROKEN),
        ("mysql", BROKEN),
        ("mariadb", BROKEN),
        ("aurora-postgresql", BROKEN),
        ("aurora-mysql", BROKEN),
        ("oracle-ee", NOT_APPLICABLE),
        ("sqlserver-se", NOT_APPLICABLE),
    ],
)
def test_engines_that_know_iam_must_use_it(engine: str, wanted: str) -> None:
    kind = CLUSTER if engine.startswith("aurora") else INSTANCE
    assert verdict("RdsIamAuthenticated", template({"It": resource(kind, {"Engine": engine})})) == wanted


@pytest.mark.parametrize(
    ("rule", "properties"),
    [
        (
            "RdsPasswordManaged",
            lambda key: {"ManageMasterUserPassword": True, "MasterUserSecret": {"KmsKeyId": key}},
        ),
        (
            "RdsPerformanceInsightsEncrypted",
            lambda key: {"EnablePerformanceInsights": True, "PerformanceInsightsKMSKeyId": key},
        ),
        ("RdsUsesCustomerManagedKey", lambda key: {"KmsKeyId": key}),
    ],
)
def test_a_key_may_be_named_by_an_alias_of_ones_own(rule: str, properties: Callable[[str], Json]) -> None:
    for key, wanted in (("alias/records", MET), ("alias/aws/rds", BROKEN)):
        assert verdict(rule, template({"It": resource(INSTANCE, properties(key))})) == wanted


@pytest.mark.parametrize(("zones", "found"), [(["a"], "one member"), (["a", "a"], "2 members in one zone")])
def test_what_a_cluster_has_too_little_of_is_counted(zones: list[str], found: str) -> None:
    members = {
        f"Member{number}": resource(INSTANCE, {"DBClusterIdentifier": {"Ref": "It"}, "AvailabilityZone": zone})
        for number, zone in enumerate(zones)
    }
    assert outcome("RdsClusterMultiAz", template({"It": resource(CLUSTER), **members})).found == found


@pytest.mark.parametrize(("interval", "wanted"), [(1, MET), ("1", MET), (0, BROKEN), ("0", BROKEN)])
def test_a_second_is_an_interval(interval: Json, wanted: str) -> None:
    properties: Json = {"MonitoringInterval": interval, "MonitoringRoleArn": "arn:aws:iam::1:role/x"}
    assert verdict("RdsMonitored", template({"It": resource(INSTANCE, properties)})) == wanted


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (INSTANCE, "DBSnapshotIdentifier"),
        (INSTANCE, "DBClusterSnapshotIdentifier"),
        (INSTANCE, "SourceDBInstanceAutomatedBackupsArn"),
        (INSTANCE, "SourceDbiResourceId"),
        (CLUSTER, "SnapshotIdentifier"),
        (CLUSTER, "SourceDbClusterResourceId"),
    ],
)
def test_what_is_restored_is_as_its_origin_was(kind: str, name: str) -> None:
    restored = template({"It": resource(kind, {name: "records"})})
    assert verdict("RdsStorageEncrypted", restored) == UNDECIDED
    assert verdict("RdsEngineEligible", restored) == NOT_APPLICABLE
    assert verdict("RdsStorageEncrypted", template({"It": resource(kind, {name.upper(): "records"})})) == BROKEN


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (INSTANCE, "SourceDBInstanceIdentifier"),
        (INSTANCE, "SourceDBClusterIdentifier"),
        (CLUSTER, "ReplicationSourceIdentifier"),
    ],
)
def test_a_replica_of_another_stack_goes_by_its_key(kind: str, name: str) -> None:
    assert verdict("RdsStorageEncrypted", template({"It": resource(kind, {name: "records"})})) == UNDECIDED
    keyed = resource(kind, {name: "records", "KmsKeyId": "alias/records"})
    assert verdict("RdsStorageEncrypted", template({"It": keyed})) == MET


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (INSTANCE, "SourceDBInstanceIdentifier"),
        (CLUSTER, "ReplicationSourceIdentifier"),
        (CLUSTER, "SourceDBClusterIdentifier"),
    ],
)
@pytest.mark.parametrize(("encrypted", "wanted"), [(True, MET), (False, BROKEN)])
def test_a_replica_is_encrypted_as_its_source_is(kind: str, name: str, encrypted: bool, wanted: str) -> None:
    source = resource(kind, {"Engine": "postgres", "StorageEncrypted": encrypted})
    body = template({"It": resource(kind, {name: {"Ref": "Source"}}), "Source": source})
    assert verdict("RdsStorageEncrypted", body) == wanted
    assert verdict("RdsEngineEligible", body) == MET


def test_a_replica_of_a_replica_has_the_engine_of_the_first() -> None:
    body = template(
        {
            "It": resource(INSTANCE, {"SourceDBInstanceIdentifier": {"Ref": "Middle"}}),
            "Middle": resource(INSTANCE, {"SourceDBInstanceIdentifier": {"Ref": "First"}}),
            "First": resource(INSTANCE, {"Engine": "neptune"}),
        }
    )
    assert verdict("RdsEngineEligible", body) == BROKEN


@pytest.mark.parametrize(("version", "wanted"), [("14.9", BROKEN), ("15.4", MET), (16, MET)])
def test_the_version_of_a_replica_is_its_sources(version: Json, wanted: str) -> None:
    source = resource(INSTANCE, {"Engine": "postgres", "EngineVersion": version})
    body = template({"It": resource(INSTANCE, {"SourceDBInstanceIdentifier": {"Ref": "Source"}}), "Source": source})
    assert verdict("RdsPostgresTlsOnly", body) == wanted


@pytest.mark.parametrize(("family", "wanted"), [("postgres14", BROKEN), ("postgres15", MET)])
def test_the_family_of_the_parameters_tells_the_version(family: str, wanted: str) -> None:
    group = resource("AWS::RDS::DBParameterGroup", {"Family": family, "Parameters": {}})
    database = resource(INSTANCE, {"Engine": "postgres", "DBParameterGroupName": {"Ref": "Group"}})
    assert verdict("RdsPostgresTlsOnly", template({"It": database, "Group": group})) == wanted


def test_a_replica_that_names_its_engine_has_that_one() -> None:
    replica = resource(INSTANCE, {"Engine": "neptune", "SourceDBInstanceIdentifier": {"Ref": "Source"}})
    body = template({"It": replica, "Source": resource(INSTANCE, {"Engine": "postgres"})})
    assert verdict("RdsEngineEligible", body) == BROKEN


def test_replicas_of_each_other_end() -> None:
    def replica_of(source: str) -> Json:
        return resource(INSTANCE, {"SourceDBInstanceIdentifier": {"Ref": source}})

    body = template({"It": replica_of("One"), "One": replica_of("Other"), "Other": replica_of("One")})
    assert verdict("RdsEngineEligible", body) == NOT_APPLICABLE


@pytest.mark.parametrize(
    ("kind", "wanted"), [("AWS::RDS::DBParameterGroup", MET), ("AWS::RDS::DBClusterParameterGroup", BROKEN)]
)
def test_parameters_of_another_kind_tell_no_engine(kind: str, wanted: str) -> None:
    database = resource(INSTANCE, {"DBParameterGroupName": {"Ref": "Group"}})
    group = resource(kind, {"Family": "postgres16"})
    assert verdict("RdsEngineEligible", template({"It": database, "Group": group})) == wanted


ENCRYPTED: Json = [{"Name": "SQLNET.ENCRYPTION_SERVER", "Value": "REQUESTED"}]


@pytest.mark.parametrize(
    ("named", "options", "found"),
    [
        ("default:oracle-ee", [], "the default option group, without options"),
        ({"Ref": "Group"}, [], "an option group without NATIVE_NETWORK_ENCRYPTION"),
        ({"Ref": "Group"}, {"Ref": "Any"}, "an intrinsic function hides the options of the group"),
        ({"Ref": "Group"}, [{"Ref": "Any"}], "an intrinsic function hides an option of the group"),
        (
            {"Ref": "Group"},
            [{"OptionName": "NATIVE_NETWORK_ENCRYPTION", "OptionSettings": {"Ref": "Any"}}],
            "an intrinsic function hides SQLNET.ENCRYPTION_SERVER",
        ),
        (
            {"Ref": "Group"},
            [{"OptionName": "NATIVE_NETWORK_ENCRYPTION", "OptionSettings": ENCRYPTED}],
            "SQLNET.ENCRYPTION_SERVER is not REQUIRED",
        ),
    ],
)
def test_a_finding_about_options_names_their_group(named: Json, options: Json, found: str) -> None:
    group = resource("AWS::RDS::OptionGroup", {"OptionConfigurations": options})
    made = Template(template({"It": resource(INSTANCE, {"OptionGroupName": named}), "Group": group}))
    Assembly([made])
    judged = option(made.resources["It"], "NATIVE_NETWORK_ENCRYPTION", REQUIRED)
    assert (judged.path, judged.found) == (("Properties", "OptionGroupName"), found)


def test_parameters_that_are_hidden_are_those_of_the_group_that_is_named() -> None:
    database = resource(INSTANCE, {"Engine": "sqlserver-se", "DBParameterGroupName": {"Ref": "Group"}})
    group = resource("AWS::RDS::DBParameterGroup", {"Parameters": {"Ref": "Any"}})
    found = outcome("RdsSqlServerTlsOnly", template({"It": database, "Group": group}))
    assert (found.verdict, found.path) == (UNDECIDED, ("Properties", "DBParameterGroupName"))


def test_a_parameter_that_is_not_set_has_the_engines_default() -> None:
    assert outcome("RdsDb2TlsOnly", template({"It": resource(INSTANCE, {"Engine": "db2-se"})})).found == (
        "db2comm is the engine's default"
    )


def test_each_of_several_databases_has_an_engine_of_its_own() -> None:
    engines = {"A": "postgres", "B": "db2-ae", "C": "oracle-ee", "D": "informix"}
    body = template({name: resource("AWS::RDS::DBInstance", {"Engine": engine}) for name, engine in engines.items()})
    assert verdicts("RdsEngineEligible", body) == {"A": MET, "B": MET, "C": MET, "D": BROKEN}
