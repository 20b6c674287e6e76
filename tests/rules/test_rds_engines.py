"""What is judged of databases by their engine, and of keys by an alias."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import BROKEN, MET, NOT_APPLICABLE, outcome, resource, template, verdict

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
