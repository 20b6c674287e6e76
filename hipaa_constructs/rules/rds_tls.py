"""What a template must show of Amazon RDS: that connections without encryption are refused."""

from __future__ import annotations

from hipaa_constructs.rules._node import Resource
from hipaa_constructs.rules._outcome import MET, NOT_APPLICABLE, Outcome, Verdict, any_met, undecided
from hipaa_constructs.rules._rds import (
    AURORA_GUIDE,
    CLUSTER,
    GUIDE,
    INSTANCE,
    Setting,
    engine_named,
    if_engine,
    is_member,
    major_version,
    one_of,
    option,
    parameter,
)
from hipaa_constructs.rules._rule import rule

_IN_TRANSIT = ("164.312(e)(1)", "164.312(e)(2)(i)", "164.312(e)(2)(ii)", "164.312(a)(2)(iv)")
_ON = ("1", "on", "true")
REQUIRED = Setting("SQLNET.ENCRYPTION_SERVER", lambda value: value == "REQUIRED", "is not REQUIRED")
_FORCED_SINCE = {"postgres": (15,), "aurora-postgresql": (17,), "mysql": (9, 7), "mariadb": (11, 8)}
_MAY_BE_FORCED_SINCE = {"mysql": (9,), "aurora-mysql": (8, 4)}


def _forced(database: Resource, name: str, *engines: str) -> Outcome:
    """Judge a parameter of databases of some engines, and the default of new versions where it is not set."""
    if is_member(database):
        return NOT_APPLICABLE
    found = parameter(database, name)
    outcome = one_of(found, *_ON)
    unset = not isinstance(found, Outcome) and found.value.is_absent
    version = major_version(database)
    for engine in engines:
        if not unset or not engine_named(database, engine):
            continue
        if engine in _FORCED_SINCE and version >= _FORCED_SINCE[engine]:
            outcome = MET
        elif not version or version >= _MAY_BE_FORCED_SINCE.get(engine, (99,)):
            outcome = undecided(why=f"the default of {name} depends on the version")
    return if_engine(engine_named(database, *engines), database, outcome)


@rule(
    title="MySQL and MariaDB refuse plaintext connections",
    fix="set require_secure_transport to 1 in the parameter group",
    applies_to=(INSTANCE,),
    controls=_IN_TRANSIT,
    requirement="HC-100",
    same_as=(
        "config:rds-mysql-instance-encrypted-in-transit",
        "config:rds-mariadb-instance-encrypted-in-transit",
        "prowler:rds_instance_transport_encrypted",
    ),
    url=GUIDE + "mysql-ssl-connections.html",
)
def rds_mysql_tls_only(instance: Resource) -> Outcome:
    """Judge the parameter group of instances of MySQL and MariaDB; from versions 9.7 and 11.8 on it is the default."""
    return _forced(instance, "require_secure_transport", "mysql", "mariadb")


@rule(
    title="PostgreSQL refuses plaintext connections",
    fix="set rds.force_ssl to 1 in the parameter group",
    applies_to=(INSTANCE,),
    controls=_IN_TRANSIT,
    requirement="HC-101",
    same_as=("config:rds-postgres-instance-encrypted-in-transit", "prowler:rds_instance_transport_encrypted"),
    url=GUIDE + "PostgreSQL.Concepts.General.SSL.html",
)
def rds_postgres_tls_only(instance: Resource) -> Outcome:
    """Judge the parameter group of instances of PostgreSQL; from version 15 on it is the default."""
    return _forced(instance, "rds.force_ssl", "postgres")


@rule(
    title="SQL Server refuses plaintext connections",
    fix="set rds.force_ssl to 1 in the parameter group",
    applies_to=(INSTANCE,),
    controls=_IN_TRANSIT,
    requirement="HC-102",
    same_as=("config:rds-sqlserver-encrypted-in-transit", "prowler:rds_instance_transport_encrypted"),
    url=GUIDE + "SQLServer.Concepts.General.SSL.Using.html",
)
def rds_sql_server_tls_only(instance: Resource) -> Outcome:
    """Judge the parameter group of instances of SQL Server."""
    outcome = one_of(parameter(instance, "rds.force_ssl"), *_ON)
    return if_engine(engine_named(instance, "sqlserver"), instance, outcome)


@rule(
    title="clusters of Aurora refuse plaintext connections",
    fix="set rds.force_ssl to 1 (PostgreSQL), require_secure_transport to ON (MySQL), in the cluster's parameter group",
    applies_to=(CLUSTER,),
    controls=_IN_TRANSIT,
    requirement="HC-103",
    same_as=("prowler:rds_instance_transport_encrypted",),
    url=AURORA_GUIDE + "AuroraPostgreSQL.Security.html",
)
def rds_aurora_tls_only(cluster: Resource) -> Outcome:
    """Judge the parameter group of clusters of Aurora, and of those of RDS with the same engines."""
    postgres = engine_named(cluster, "aurora-postgresql", "postgres")
    mysql = engine_named(cluster, "mysql", "aurora")  # The first part of aurora-mysql.
    if postgres:
        return _forced(cluster, "rds.force_ssl", "aurora-postgresql", "postgres")
    if mysql:
        return _forced(cluster, "require_secure_transport", "aurora-mysql", "mysql", "aurora")
    if postgres is None:
        either = [one_of(parameter(cluster, name), *_ON) for name in ("rds.force_ssl", "require_secure_transport")]
        return if_engine(None, cluster, any_met(either))
    return NOT_APPLICABLE


@rule(
    title="Oracle refuses connections without encryption",
    fix="add the option NATIVE_NETWORK_ENCRYPTION with SQLNET.ENCRYPTION_SERVER REQUIRED to the option group",
    applies_to=(INSTANCE,),
    controls=_IN_TRANSIT,
    requirement="HC-104",
    url=GUIDE + "Appendix.Oracle.Options.NetworkEncryption.html",
)
def rds_oracle_encrypted(instance: Resource) -> Outcome:
    """Judge the option group of instances of Oracle.

    The option SSL opens a second port for TLS and leaves the first one as it is: who may reach that is the security
    group's matter, so it is undecided.
    """
    native = option(instance, "NATIVE_NETWORK_ENCRYPTION", REQUIRED)
    if native.verdict is Verdict.BROKEN and option(instance, "SSL") is MET:
        native = undecided(*native.path, why="SSL leaves a port without TLS, which a security group may close")
    return if_engine(engine_named(instance, "oracle"), instance, native)


@rule(
    title="Db2 accepts TLS only",
    fix="set db2comm to SSL in the parameter group",
    applies_to=(INSTANCE,),
    controls=_IN_TRANSIT,
    requirement="HC-105",
    url=GUIDE + "Db2.Concepts.SSL.html",
)
def rds_db2_tls_only(instance: Resource) -> Outcome:
    """Judge the parameter group of instances of Db2."""
    return if_engine(engine_named(instance, "db2"), instance, one_of(parameter(instance, "db2comm"), "ssl"))


@rule(
    title="every RDS Proxy requires TLS",
    fix="set RequireTLS to true",
    applies_to=("AWS::RDS::DBProxy",),
    controls=_IN_TRANSIT,
    requirement="HC-106",
    same_as=("config:rds-proxy-tls-encryption",),
    url=GUIDE + "rds-proxy.howitworks.html",
)
def rds_proxy_tls_only(proxy: Resource) -> Outcome:
    """Judge what a proxy asks of its clients, whatever the database behind it asks."""
    return proxy.at("RequireTLS").must_be(True)
