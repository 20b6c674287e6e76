"""What is judged of the logs of databases."""

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
    outcome,
    resource,
    template,
    verdict,
)

INSTANCE, CLUSTER = "AWS::RDS::DBInstance", "AWS::RDS::DBCluster"
LOGS = {
    "postgres": ("postgresql", "upgrade"),
    "mysql": ("audit", "error", "general", "slowquery"),
    "mariadb": ("audit", "error", "general", "slowquery"),
    "oracle-ee": ("alert", "audit", "listener", "oemagent", "trace"),
    "sqlserver-se": ("agent", "error"),
    "aurora-mysql": ("audit", "error", "general", "slowquery"),
    "aurora-postgresql": ("postgresql",),
    "db2-ae": ("diag.log", "notify.log"),
}


def exporting(engine: str, *logs: Json) -> Body:
    kind = CLUSTER if engine.startswith("aurora") else INSTANCE
    return template({"It": resource(kind, {"Engine": engine, "EnableCloudwatchLogsExports": list(logs)})})


@pytest.mark.parametrize("engine", LOGS)
def test_a_database_that_exports_all_logs_meets(engine: str) -> None:
    assert verdict("RdsLogsExported", exporting(engine, *LOGS[engine])) == MET


@pytest.mark.parametrize(("engine", "log"), [(engine, log) for engine, logs in LOGS.items() for log in logs])
def test_each_log_is_missed_by_name(engine: str, log: str) -> None:
    found = outcome("RdsLogsExported", exporting(engine, *(one for one in LOGS[engine] if one != log)))
    assert (found.verdict.value, found.found) == (BROKEN, f"no {log} log")


def test_all_logs_that_are_missed_are_named() -> None:
    assert outcome("RdsLogsExported", exporting("postgres")).found == "no postgresql, upgrade log"


def audited(engine: Json, parameters: Json, kind: str = INSTANCE) -> Body:
    name = "DBParameterGroupName" if kind == INSTANCE else "DBClusterParameterGroupName"
    group = "AWS::RDS::DBParameterGroup" if kind == INSTANCE else "AWS::RDS::DBClusterParameterGroup"
    return template(
        {
            "Group": resource(group, {"Family": "x", "Parameters": parameters}),
            "It": resource(kind, {"Engine": engine, name: {"Ref": "Group"}}),
        }
    )


@pytest.mark.parametrize("value", ["", "0", "off", "OFF", "none", "NONE", "false", " off ", 0, False])
def test_an_audit_that_is_off_breaks(value: Json) -> None:
    assert verdict("RdsAudited", audited("oracle-ee", {"audit_trail": value})) == BROKEN


@pytest.mark.parametrize("value", ["OS", "db", "xml", "true", "1", True])
def test_an_audit_that_is_on_meets(value: Json) -> None:
    assert verdict("RdsAudited", audited("oracle-ee", {"audit_trail": value})) == MET


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("1", MET),
        (1, MET),
        ("on", MET),
        ("ON", MET),
        ("true", MET),
        (True, MET),
        ("0", BROKEN),
        ("off", BROKEN),
        ("yes", BROKEN),
        (PARAMETER, UNDECIDED),
    ],
)
def test_the_switch_of_aurora_mysql_decides(value: Json, wanted: str) -> None:
    parameters: Json = {"server_audit_logging": value, "server_audit_events": "CONNECT,QUERY"}
    assert verdict("RdsAudited", audited("aurora-mysql", parameters, CLUSTER)) == wanted


@pytest.mark.parametrize(
    ("library", "wanted"),
    [("pgaudit", MET), ("pg_cron, pgaudit", MET), ("pgaudit2", BROKEN), ("xpgaudit", BROKEN), ("PGAUDIT", BROKEN)],
)
def test_the_library_is_looked_for_by_its_whole_name(library: str, wanted: str) -> None:
    parameters: Json = {"shared_preload_libraries": library, "pgaudit.log": "all"}
    assert verdict("RdsAudited", audited("postgres", parameters)) == wanted


@pytest.mark.parametrize("engine", [PARAMETER, {"Fn::Sub": "${AnyParameter}sql"}])
def test_of_an_unknown_engine_nothing_is_known(engine: Json) -> None:
    found = outcome("RdsAudited", audited(engine, {"audit_trail": "OS"}))
    assert (found.verdict.value, found.found) == (UNDECIDED, "the engine is not known")


def test_a_cluster_of_mysql_has_no_option_group() -> None:
    assert verdict("RdsAudited", audited("mysql", {}, CLUSTER)) == NOT_APPLICABLE


EVENTS: list[tuple[str, str]] = [
    ("QUERY", MET),
    ("CONNECT,QUERY", MET),
    ("QUERY_DML", MET),
    ("CONNECT, QUERY_DDL, QUERY_DML, QUERY_DCL", MET),
    ("CONNECT", BROKEN),
    ("QUERY_DML_NO_SELECT", BROKEN),
    ("CONNECT,QUERY_DDL,QUERY_DCL", BROKEN),
    ("", BROKEN),
]


@pytest.mark.parametrize(("events", "wanted"), [*EVENTS, (PARAMETER, UNDECIDED), (["QUERY"], BROKEN)], ids=str)
def test_the_events_of_aurora_mysql_name_statements(events: Json, wanted: str) -> None:
    parameters: Json = {"server_audit_logging": "1", "server_audit_events": events}
    assert verdict("RdsAudited", audited("aurora-mysql", parameters, CLUSTER)) == wanted


@pytest.mark.parametrize(
    ("classes", "wanted"),
    [
        ("all", MET),
        ("ALL", MET),
        ("read,write", MET),
        ("ddl, read, role, write", MET),
        ("all,-misc", MET),
        ("-all,read,write", MET),
        ("none,all", MET),
        ("read", BROKEN),
        ("write,ddl", BROKEN),
        ("misc", BROKEN),
        ("ddl,role,function", BROKEN),
        ("-all", BROKEN),
        ("all,-read", BROKEN),
        ("read,write,-all", BROKEN),
        ("none", BROKEN),
        ("", BROKEN),
        (PARAMETER, UNDECIDED),
    ],
)
def test_the_classes_of_pgaudit_are_those_that_read_and_write(classes: Json, wanted: str) -> None:
    parameters: Json = {"shared_preload_libraries": "pgaudit", "pgaudit.log": classes}
    assert verdict("RdsAudited", audited("postgres", parameters)) == wanted


def with_plugin(settings: Json) -> Body:
    option: Json = {"OptionName": "MARIADB_AUDIT_PLUGIN", "OptionSettings": settings}
    return template(
        {
            "Group": resource("AWS::RDS::OptionGroup", {"OptionConfigurations": [option]}),
            "It": resource(INSTANCE, {"Engine": "mariadb", "OptionGroupName": {"Ref": "Group"}}),
        }
    )


def events_are(value: Json) -> Json:
    return {"Name": "SERVER_AUDIT_EVENTS", "Value": value}


@pytest.mark.parametrize(
    ("settings", "wanted"),
    [
        *(([events_are(events)], wanted) for events, wanted in EVENTS),
        ([events_are("connect,query")], MET),
        ([{"Name": "SERVER_AUDIT_LOGGING", "Value": "ON"}, events_are("CONNECT")], BROKEN),
        ([{"Name": "SERVER_AUDIT_LOGGING", "Value": "ON"}], MET),
        ([], MET),
        (GONE, MET),
        ([events_are(PARAMETER)], UNDECIDED),
        ([events_are({"a": "b"})], BROKEN),
        ([PARAMETER], UNDECIDED),
        ([PARAMETER, events_are("CONNECT")], BROKEN),
        ([{"Name": PARAMETER, "Value": "CONNECT"}], UNDECIDED),
        (PARAMETER, UNDECIDED),
        ("QUERY", BROKEN),
    ],
    ids=str,
)
def test_the_events_of_the_audit_plugin_name_statements(settings: Json, wanted: str) -> None:
    assert verdict("RdsAudited", with_plugin(settings)) == wanted


def test_a_plugin_that_records_no_statements_is_told() -> None:
    found = outcome("RdsAudited", with_plugin([events_are("CONNECT")]))
    assert (found.property, found.found) == ("OptionGroupName", "SERVER_AUDIT_EVENTS has neither QUERY nor QUERY_DML")
