"""What is judged of connections to databases."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import (
    BROKEN,
    MET,
    NOT_APPLICABLE,
    PARAMETER,
    UNDECIDED,
    Body,
    outcome,
    resource,
    template,
    verdict,
)

INSTANCE = "AWS::RDS::DBInstance"
CLUSTER = "AWS::RDS::DBCluster"
FORCE, SECURE = "rds.force_ssl", "require_secure_transport"


def grouped(engine: Json, parameters: Json, version: Json = "14", kind: str = INSTANCE) -> Body:
    """Return a database with a parameter group."""
    of = "DB" if kind == INSTANCE else "DBCluster"
    return template(
        {
            "Group": resource(f"AWS::RDS::{of}ParameterGroup", {"Family": "x", "Parameters": parameters}),
            "It": resource(
                kind, {"Engine": engine, "EngineVersion": version, f"{of}ParameterGroupName": {"Ref": "Group"}}
            ),
        }
    )


def alone(kind: str = INSTANCE, **properties: Json) -> Body:
    return template({"It": resource(kind, properties)})


CASES: list[tuple[str, Body, str]] = [
    ("RdsPostgresTlsOnly", grouped("postgres", {FORCE: "1"}), MET),
    ("RdsPostgresTlsOnly", grouped("postgres", {FORCE: 1}), MET),
    ("RdsPostgresTlsOnly", grouped("postgres", {FORCE: True}), MET),
    ("RdsPostgresTlsOnly", grouped("postgres", {FORCE: "0"}), BROKEN),
    ("RdsPostgresTlsOnly", grouped("postgres", {FORCE: "0"}, "17"), BROKEN),
    ("RdsPostgresTlsOnly", grouped("postgres", {FORCE: []}), BROKEN),
    ("RdsPostgresTlsOnly", grouped("postgres", {}), BROKEN),
    ("RdsPostgresTlsOnly", grouped("postgres", {}, "15.4"), MET),
    ("RdsPostgresTlsOnly", grouped("postgres", {}, 17), MET),
    ("RdsPostgresTlsOnly", grouped("postgres", {}, PARAMETER), UNDECIDED),
    ("RdsPostgresTlsOnly", grouped("postgres", {FORCE: PARAMETER}), UNDECIDED),
    ("RdsPostgresTlsOnly", grouped("postgres", PARAMETER), UNDECIDED),
    ("RdsPostgresTlsOnly", grouped("mysql", {}), NOT_APPLICABLE),
    ("RdsPostgresTlsOnly", grouped(PARAMETER, {FORCE: "0"}), UNDECIDED),
    ("RdsPostgresTlsOnly", grouped(PARAMETER, {FORCE: "1"}), MET),
    ("RdsPostgresTlsOnly", alone(Engine="postgres", EngineVersion="14"), BROKEN),
    ("RdsPostgresTlsOnly", alone(Engine="postgres", EngineVersion="16"), MET),
    ("RdsPostgresTlsOnly", alone(Engine="postgres"), UNDECIDED),
    (
        "RdsPostgresTlsOnly",
        alone(Engine="postgres", EngineVersion="14", DBParameterGroupName="default.postgres14"),
        BROKEN,
    ),
    ("RdsPostgresTlsOnly", alone(Engine="postgres", DBParameterGroupName="own"), UNDECIDED),
    ("RdsPostgresTlsOnly", alone(Engine="postgres", DBParameterGroupName=[]), BROKEN),
    ("RdsPostgresTlsOnly", alone(Engine="aurora-postgresql", DBClusterIdentifier="x"), NOT_APPLICABLE),
    ("RdsMysqlTlsOnly", grouped("mysql", {SECURE: "1"}), MET),
    ("RdsMysqlTlsOnly", grouped("mariadb", {SECURE: "ON"}), MET),
    ("RdsMysqlTlsOnly", grouped("mariadb", {SECURE: "OFF"}), BROKEN),
    ("RdsMysqlTlsOnly", grouped("mysql", {}, "8.0.39"), BROKEN),
    ("RdsMysqlTlsOnly", grouped("mysql", {}, "8.4.3"), BROKEN),
    ("RdsMysqlTlsOnly", grouped("mysql", {}, 9), UNDECIDED),
    ("RdsMysqlTlsOnly", grouped("mysql", {}, "9.6"), UNDECIDED),
    ("RdsMysqlTlsOnly", grouped("mysql", {}, "9.7"), MET),
    ("RdsMysqlTlsOnly", grouped("mysql", {}, "10.1"), MET),
    ("RdsMysqlTlsOnly", grouped("mysql", {SECURE: "0"}, "9.7"), BROKEN),
    ("RdsMysqlTlsOnly", grouped("mysql", {}, PARAMETER), UNDECIDED),
    ("RdsMysqlTlsOnly", alone(Engine="mysql", EngineVersion="9.7.0"), MET),
    ("RdsMysqlTlsOnly", grouped("mariadb", {}, "10.11"), BROKEN),
    ("RdsMysqlTlsOnly", grouped("mariadb", {}, "11.4.5"), BROKEN),
    ("RdsMysqlTlsOnly", grouped("mariadb", {}, "11.8.3"), MET),
    ("RdsMysqlTlsOnly", grouped("mariadb", {}, "12.3"), MET),
    ("RdsSqlServerTlsOnly", grouped("sqlserver-se", {FORCE: "1"}), MET),
    ("RdsSqlServerTlsOnly", grouped("sqlserver-se", {}, "16.00"), BROKEN),
    ("RdsSqlServerTlsOnly", alone(Engine="sqlserver-ee"), BROKEN),
    ("RdsSqlServerTlsOnly", alone(Engine="postgres"), NOT_APPLICABLE),
    ("RdsDb2TlsOnly", grouped("db2-se", {"db2comm": "SSL"}), MET),
    ("RdsDb2TlsOnly", grouped("db2-se", {"db2comm": "TCPIP,SSL"}), BROKEN),
    ("RdsDb2TlsOnly", alone(Engine="db2-ae"), BROKEN),
    ("RdsAuroraTlsOnly", grouped("aurora-postgresql", {FORCE: "1"}, kind=CLUSTER), MET),
    ("RdsAuroraTlsOnly", grouped("aurora-postgresql", {}, "16.8", CLUSTER), BROKEN),
    ("RdsAuroraTlsOnly", grouped("aurora-postgresql", {}, "17.4", CLUSTER), MET),
    ("RdsAuroraTlsOnly", grouped("aurora-mysql", {SECURE: "ON"}, kind=CLUSTER), MET),
    ("RdsAuroraTlsOnly", grouped("aurora-mysql", {SECURE: "OFF"}, kind=CLUSTER), BROKEN),
    ("RdsAuroraTlsOnly", grouped("aurora-mysql", {}, "8.0.mysql_aurora.3.08.0", CLUSTER), BROKEN),
    ("RdsAuroraTlsOnly", grouped("mysql", {}, "8.0.39", CLUSTER), BROKEN),
    ("RdsAuroraTlsOnly", grouped(PARAMETER, {FORCE: "1"}, kind=CLUSTER), MET),
    ("RdsAuroraTlsOnly", grouped(PARAMETER, {}, kind=CLUSTER), UNDECIDED),
    ("RdsAuroraTlsOnly", alone(CLUSTER, Engine="neptune"), NOT_APPLICABLE),
    ("RdsAuroraTlsOnly", grouped("aurora-mysql", {}, "8.4.mysql_aurora.4.0.0", CLUSTER), UNDECIDED),
    ("RdsAuroraTlsOnly", grouped("aurora-mysql", {}, PARAMETER, CLUSTER), UNDECIDED),
    ("RdsAuroraTlsOnly", grouped("aurora", {SECURE: "ON"}, kind=CLUSTER), MET),
    ("RdsAuroraTlsOnly", grouped("aurora", {SECURE: "OFF"}, kind=CLUSTER), BROKEN),
    ("RdsAuroraTlsOnly", grouped("mysql", {SECURE: "ON"}, kind=CLUSTER), MET),
    ("RdsAuroraTlsOnly", grouped("mysql", {}, "8.4.3", CLUSTER), BROKEN),
    ("RdsAuroraTlsOnly", grouped("postgres", {FORCE: "1"}, kind=CLUSTER), MET),
    ("RdsAuroraTlsOnly", grouped("postgres", {FORCE: "0"}, kind=CLUSTER), BROKEN),
    ("RdsAuroraTlsOnly", grouped("postgres", {}, "14.9", CLUSTER), BROKEN),
    ("RdsAuroraTlsOnly", grouped("postgres", {}, "15.4", CLUSTER), MET),
    ("RdsAuroraTlsOnly", grouped(PARAMETER, {SECURE: "ON"}, kind=CLUSTER), MET),
    ("RdsProxyTlsOnly", alone("AWS::RDS::DBProxy", RequireTLS=True), MET),
    ("RdsProxyTlsOnly", alone("AWS::RDS::DBProxy"), BROKEN),
    ("RdsProxyTlsOnly", alone("AWS::RDS::DBProxy", RequireTLS=PARAMETER), UNDECIDED),
]


@pytest.mark.parametrize(("rule", "body", "wanted"), CASES)
def test_a_connection_is_judged(rule: str, body: Body, wanted: str) -> None:
    assert verdict(rule, body) == wanted


def oracle(options: Json, engine: Json = "oracle-ee") -> Body:
    return template(
        {
            "Group": resource("AWS::RDS::OptionGroup", {"OptionConfigurations": options}),
            "It": resource(INSTANCE, {"Engine": engine, "OptionGroupName": {"Ref": "Group"}}),
        }
    )


def native(value: Json) -> Json:
    settings: Json = [{"Name": "SQLNET.ENCRYPTION_SERVER", "Value": value}]
    return [{"OptionName": "NATIVE_NETWORK_ENCRYPTION", "OptionSettings": settings}]


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        (oracle(native("REQUIRED")), MET),
        (oracle(native("REQUESTED")), BROKEN),
        (oracle(native(PARAMETER)), UNDECIDED),
        (oracle([{"OptionName": "NATIVE_NETWORK_ENCRYPTION"}]), BROKEN),
        (oracle([{"OptionName": "NATIVE_NETWORK_ENCRYPTION", "OptionSettings": PARAMETER}]), UNDECIDED),
        (oracle([{"OptionName": "SSL"}]), UNDECIDED),
        (oracle([]), BROKEN),
        (oracle([], "postgres"), NOT_APPLICABLE),
        (oracle([], PARAMETER), UNDECIDED),
        (alone(Engine="oracle-se2-cdb"), BROKEN),
    ],
)
def test_the_options_of_oracle_decide(body: Body, wanted: str) -> None:
    assert verdict("RdsOracleEncrypted", body) == wanted


def test_the_family_of_the_group_tells_the_engine_of_a_replica() -> None:
    body = template(
        {
            "Group": resource("AWS::RDS::DBParameterGroup", {"Family": "mysql8.0", "Parameters": {SECURE: "0"}}),
            "It": resource(
                INSTANCE,
                {"SourceDBInstanceIdentifier": "arn:x", "DBParameterGroupName": {"Ref": "Group"}},
            ),
        }
    )
    assert verdict("RdsMysqlTlsOnly", body) == BROKEN
    assert verdict("RdsPostgresTlsOnly", body) == NOT_APPLICABLE


def test_a_group_of_another_stack_is_found() -> None:
    group = template(
        {"Group": resource("AWS::RDS::DBParameterGroup", {"Family": "x", "Parameters": {FORCE: "0"}})},
        Outputs={"Name": {"Value": {"Ref": "Group"}, "Export": {"Name": "group"}}},
    )
    body = alone(Engine="postgres", DBParameterGroupName={"Fn::ImportValue": "group"})
    assert verdict("RdsPostgresTlsOnly", body, group) == BROKEN


def test_a_condition_that_matters_is_undecided() -> None:
    body = grouped("postgres", {FORCE: {"Fn::If": ["Strict", "1", "0"]}})
    body["Conditions"] = {"Strict": {"Fn::Equals": [PARAMETER, "yes"]}}
    assert verdict("RdsPostgresTlsOnly", body) == UNDECIDED


@pytest.mark.parametrize(
    ("parameters", "found"),
    [
        ({FORCE: "0"}, "rds.force_ssl is 0"),
        ({}, "rds.force_ssl is the engine's default"),
        ({FORCE: PARAMETER}, 'rds.force_ssl is {"Ref": "AnyParameter"}, which is known at deployment only'),
    ],
)
def test_the_finding_names_the_parameter_where_the_group_is_named(parameters: dict[str, Json], found: str) -> None:
    judged = outcome("RdsPostgresTlsOnly", grouped("postgres", parameters))
    assert (judged.property, judged.found) == ("DBParameterGroupName", found)


def test_a_second_port_with_tls_is_told_at_the_options() -> None:
    found = outcome("RdsOracleEncrypted", oracle([{"OptionName": "SSL"}]))
    assert found.property == "OptionGroupName"
