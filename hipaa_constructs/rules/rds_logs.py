"""What a template must show of Amazon RDS: logs, and the audit that fills them."""

from __future__ import annotations

from collections.abc import Callable

from hipaa_constructs.rules._node import Resource
from hipaa_constructs.rules._outcome import MET, NOT_APPLICABLE, Outcome, all_met
from hipaa_constructs.rules._rds import (
    CLUSTER,
    GUIDE,
    INSTANCE,
    Parameter,
    Setting,
    engine_named,
    engine_of,
    hides_its_engine,
    is_member,
    one_of,
    option,
    parameter,
)
from hipaa_constructs.rules._rule import rule

_LOGS = {
    "postgres": ("postgresql", "upgrade"),
    "mysql": ("audit", "error", "general", "slowquery"),
    "mariadb": ("audit", "error", "general", "slowquery"),
    "oracle": ("alert", "audit", "listener", "oemagent", "trace"),
    "sqlserver": ("agent", "error"),
    "aurora-mysql": ("audit", "error", "general", "slowquery"),
    "aurora-postgresql": ("postgresql",),
    "db2": ("diag.log", "notify.log"),
}
_EVENTS = ("QUERY", "QUERY_DML")
_LOGS_OF_CLUSTERS = {"mysql": ("error", "general", "slowquery")}
_READS_AND_WRITES = {"read", "write"}
_OFF = ("", "0", "off", "none", "false")


@rule(
    title="every database exports all its logs",
    fix="set EnableCloudwatchLogsExports to all types of logs of the engine",
    applies_to=(INSTANCE, CLUSTER),
    controls=("164.312(b)", "164.308(a)(5)(ii)(C)"),
    requirement="HC-116",
    same_as=(
        "cdk-nag:HIPAA.Security-RDSLoggingEnabled",
        "config:rds-logging-enabled",
        "guard:RDS_INSTANCE_LOGGING_ENABLED",
        "prowler:rds_instance_integration_cloudwatch_logs",
    ),
    url=GUIDE + "USER_LogAccess.Procedural.UploadtoCloudWatch.html",
)
def rds_logs_exported(database: Resource) -> Outcome:
    """Judge the types of logs by the engine; those of a member of a cluster are the cluster's.

    A cluster of MySQL other than Aurora has no audit log.
    """
    if is_member(database):
        return NOT_APPLICABLE
    exports = database.at("EnableCloudwatchLogsExports")
    engine = engine_of(database)
    if engine.is_unknown or (engine.is_absent and hides_its_engine(database)):
        return engine.undecided("the engine, and so which logs there are, is not known")
    names = [name for name in _LOGS if engine_named(database, name)]
    if not names:
        return NOT_APPLICABLE
    if exports.is_unknown:
        return exports.undecided()
    found = exports.items()
    texts = {one.text for one in found}
    logs = _LOGS | _LOGS_OF_CLUSTERS if database.type == CLUSTER else _LOGS
    missing = [log for log in logs[names[-1]] if log not in texts]
    if missing and any(one.is_unknown for one in found):
        return exports.undecided()
    return exports.broken(f"no {', '.join(missing)} log") if missing else MET


@rule(
    title="every database records who ran which statements",
    fix="load pgaudit and set pgaudit.log to all, or to read and write; for MySQL and MariaDB add the option "
    "MARIADB_AUDIT_PLUGIN, for Aurora MySQL set server_audit_logging, both with the event QUERY or QUERY_DML; for "
    "Oracle set audit_trail; for Db2 add the option DB2_AUDIT",
    applies_to=(INSTANCE, CLUSTER),
    controls=("164.312(b)", "164.308(a)(1)(ii)(D)"),
    requirement="HC-117",
    url=GUIDE + "Appendix.PostgreSQL.CommonDBATasks.pgaudit.html",
)
def rds_audited(database: Resource) -> Outcome:
    """Judge what fills the audit log, with statements that read and that write.

    Whom an audit leaves out is not judged. SQL Server's is its own, with a bucket and statements of SQL; so is
    Db2's, but that has an option, without which nothing is recorded.
    """
    if is_member(database):
        return NOT_APPLICABLE
    postgres = engine_named(database, "postgres", "aurora-postgresql")
    if postgres is None:
        return engine_of(database).undecided("the engine is not known")
    if postgres:
        return all_met([_lists(database, "shared_preload_libraries", "pgaudit"), _logs_statements(database)])
    if engine_named(database, "aurora-mysql"):
        logging = one_of(parameter(database, "server_audit_logging"), "1", "on", "true")
        return all_met([logging, _judged(parameter(database, "server_audit_events"), _has_statements)])
    if engine_named(database, "oracle"):
        return _on(database, "audit_trail")
    if engine_named(database, "mysql", "mariadb") and database.type == INSTANCE:
        return option(database, "MARIADB_AUDIT_PLUGIN", STATEMENTS)
    if engine_named(database, "db2"):
        found = option(database, "DB2_AUDIT")
        decided_later = database.at("OptionGroupName").undecided("statements of SQL decide what DB2_AUDIT records")
        return decided_later if found is MET else found
    return NOT_APPLICABLE


def _logs_statements(database: Resource) -> Outcome:
    return _judged(parameter(database, "pgaudit.log"), lambda text: _classes(text) >= _READS_AND_WRITES)


def _classes(text: str) -> set[str]:
    """Return the classes of statements that matter here and that pgaudit.log names; each word adds or takes some."""
    classes: set[str] = set()
    for word in (one.strip() for one in text.split(",")):
        named = word.removeprefix("-")
        meant = _READS_AND_WRITES if named == "all" else {named}
        classes = classes - meant if word.startswith("-") else classes | meant
    return classes


def _has_statements(events: str) -> bool:
    return any(event.strip().upper() in _EVENTS for event in events.split(","))


STATEMENTS = Setting(
    "SERVER_AUDIT_EVENTS",
    lambda events: events is None or _has_statements(events),  # By default connections and all queries are recorded.
    "has neither QUERY nor QUERY_DML",
)


def _lists(database: Resource, name: str, wanted: str) -> Outcome:
    found = parameter(database, name)
    if isinstance(found, Outcome):
        return found
    # Names of libraries keep their case.
    listed = [one.strip() for one in found.value.outline().split(",")]
    return _judged(found, lambda _: wanted in listed)


def _on(database: Resource, name: str) -> Outcome:
    return _judged(parameter(database, name), lambda text: text not in _OFF)


def _judged(found: Parameter | Outcome, fits: Callable[[str], bool]) -> Outcome:
    if isinstance(found, Outcome):
        return found
    if found.value.is_unknown:
        return found.undecided()
    return MET if fits(found.text) else found.broken()
