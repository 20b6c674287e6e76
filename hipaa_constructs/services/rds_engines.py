"""What the engines of Amazon RDS call the same things: TLS only, audit, logs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from aws_cdk import aws_rds as rds

_OLD_TLS_OFF = {"rds.tls10": "disabled", "rds.tls11": "disabled"}
_PGAUDIT = {
    "shared_preload_libraries": "pg_stat_statements,pgaudit",
    "pgaudit.log": "ddl,read,role,write",
    "log_connections": "1",
    "log_disconnections": "1",
}
_MARIADB_AUDIT = {"MARIADB_AUDIT_PLUGIN": {"SERVER_AUDIT_EVENTS": "CONNECT,QUERY_DDL,QUERY_DML,QUERY_DCL"}}
_MYSQL_TLS = {"require_secure_transport": "1", "tls_version": "TLSv1.2,TLSv1.3"}
_MYSQL_FILES = {"log_output": "FILE", "slow_query_log": "1"}
_MYSQL_LOGS = ("audit", "error", "general", "slowquery", "iam-db-auth-error")
_ORACLE_ENCRYPTION = {
    "NATIVE_NETWORK_ENCRYPTION": {
        "SQLNET.ENCRYPTION_SERVER": "REQUIRED",
        "SQLNET.ENCRYPTION_TYPES_SERVER": "AES256,AES192",
        "SQLNET.CRYPTO_CHECKSUM_SERVER": "REQUIRED",
        "SQLNET.CRYPTO_CHECKSUM_TYPES_SERVER": "SHA256,SHA384,SHA512",
        "SQLNET.ALLOW_WEAK_CRYPTO_CLIENTS": "FALSE",
    }
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """One engine.

    Attributes:
        floor: the oldest major version that is taken; older ones get no security patches, or only paid ones.
        floor_shown: the same as text.
        logs: all log types that it can export.
        tls: the parameters that refuse connections without TLS 1.2 or later.
        tls_rule: the rule that judges them.
        audit: the parameters that log who did what.
        further: parameters without which an exported log stays empty.
        options: the options of its option group, each with its settings.
        iam: whether its users can sign in with IAM.
        graviton: whether it runs on the processors of AWS, which burstable types of the fourth generation have.
        port: what it listens on unless another is chosen.
        replicas: whether a read replica can have all that an instance has.
    """

    floor: tuple[int, ...]
    floor_shown: str
    logs: tuple[str, ...]
    tls: Mapping[str, str] = field(default_factory=dict)
    tls_rule: str
    audit: Mapping[str, str] = field(default_factory=dict)
    further: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    graviton: bool = False
    iam: bool = False
    port: int
    replicas: bool = True

    @property
    def parameters(self) -> dict[str, str]:
        """The parameters that are set unless another value is given."""
        return {**self.tls, **self.audit, **self.further}


ENGINES: Mapping[str, Engine] = MappingProxyType(
    {
        "postgres": Engine(
            port=5432,
            floor=(14,),
            floor_shown="14",
            logs=("postgresql", "upgrade", "iam-db-auth-error"),
            tls={"rds.force_ssl": "1", "ssl_min_protocol_version": "TLSv1.2"},
            tls_rule="RdsPostgresTlsOnly",
            audit=_PGAUDIT,
            graviton=True,
            iam=True,
        ),
        "mysql": Engine(
            port=3306,
            floor=(8, 0),
            floor_shown="8.0",
            logs=_MYSQL_LOGS,
            tls=_MYSQL_TLS,
            tls_rule="RdsMysqlTlsOnly",
            further=_MYSQL_FILES,
            options=_MARIADB_AUDIT,
            graviton=True,
            iam=True,
        ),
        "mariadb": Engine(
            port=3306,
            floor=(10, 6),
            floor_shown="10.6",
            logs=_MYSQL_LOGS,
            tls=_MYSQL_TLS,
            tls_rule="RdsMysqlTlsOnly",
            further=_MYSQL_FILES,
            options=_MARIADB_AUDIT,
            graviton=True,
            iam=True,
        ),
        "sqlserver": Engine(
            port=1433,
            floor=(15,),
            floor_shown="15.00 (2019)",
            logs=("agent", "error"),
            tls={"rds.force_ssl": "1", **_OLD_TLS_OFF},
            tls_rule="RdsSqlServerTlsOnly",
            replicas=False,
        ),
        "oracle": Engine(
            port=1521,
            floor=(19,),
            floor_shown="19",
            logs=("alert", "audit", "listener", "oemagent", "trace"),
            tls_rule="RdsOracleEncrypted",
            audit={"audit_trail": "OS"},
            options=_ORACLE_ENCRYPTION,
        ),
    }
)
"""The engines of instances by the first part of their names.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_LogAccess.Procedural.UploadtoCloudWatch.html
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Oracle.Options.NNE.Options.html
"""

CLUSTER_ENGINES: Mapping[str, Engine] = MappingProxyType(
    {
        "aurora-postgresql": Engine(
            port=5432,
            floor=(14,),
            floor_shown="14",
            logs=("postgresql", "iam-db-auth-error", "instance"),
            tls={"rds.force_ssl": "1", "ssl_min_protocol_version": "TLSv1.2"},
            tls_rule="RdsAuroraTlsOnly",
            audit=_PGAUDIT,
            iam=True,
        ),
        "aurora-mysql": Engine(
            port=3306,
            floor=(8, 0),
            floor_shown="8.0 (version 3)",
            logs=(*_MYSQL_LOGS, "instance"),
            tls={"require_secure_transport": "ON", "tls_version": "TLSv1.2,TLSv1.3"},
            tls_rule="RdsAuroraTlsOnly",
            audit={"server_audit_logging": "1", "server_audit_events": "CONNECT,QUERY_DDL,QUERY_DML,QUERY_DCL"},
            further={"slow_query_log": "1"},
            iam=True,
        ),
    }
)
"""The engines of clusters by their names.

https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraPostgreSQL.Security.html
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraMySQL.Auditing.html
"""


def engine_type(engine: rds.IInstanceEngine | rds.IClusterEngine) -> str:
    """Return the name of an engine; empty for what is none."""
    name: object = getattr(engine, "engine_type", None)
    return name if isinstance(name, str) else ""


def known(engine: rds.IInstanceEngine | rds.IClusterEngine, table: Mapping[str, Engine]) -> Engine | None:
    """Return what is known of an engine; None for one that is not in a table."""
    name = engine_type(engine)
    return table.get(name) or table.get(name.partition("-")[0])


def major_version(engine: rds.IInstanceEngine | rds.IClusterEngine) -> tuple[int, ...] | None:
    """Return the numbers that an engine's version begins with; None where there is none."""
    version = engine.engine_version
    if version is None:
        return None
    text = version.major_version or version.full_version or ""
    return tuple(int(number) for number in re.findall(r"\d+", text)[:2]) or None
