"""Amazon ElastiCache: what a cluster is asked for, checked before it is built."""

from __future__ import annotations

import re
from collections.abc import Mapping

from aws_cdk import Duration, RemovalPolicy

from hipaa_constructs.errors import ComplianceError
from hipaa_constructs.services._durations import known_days
from hipaa_constructs.services._keeping import KEEPING_DATA
from hipaa_constructs.services._options import Arguments
from hipaa_constructs.services._tokens import is_unresolved
from hipaa_constructs.services.elasticache_engines import ENGINES, Engine, parsed
from hipaa_constructs.services.kms import AnyKey, is_alias

_MOST_REPLICAS = 5
_MOST_SHARDS = 500
_MOST_PORTS = 65535
_LONGEST_SNAPSHOTS = 35
_LEAST_SNAPSHOTS = 15
_AVAILABILITY = "164.308(a)(7)(ii)(C)"
_AUTHENTICATION = "164.312(d)"
_TRANSMISSION = "164.312(e)(1)"
_NODE_TYPE = re.compile(r"cache\.([a-z0-9-]+)\.[a-z0-9]+")
_BEFORE_TLS = ("c1", "m1", "m2", "t1")


def check_engine(arguments: Arguments, name: str, version: str | None) -> Engine:
    """Return the engine; refuse one that can't be protected, or a version that can't sign users in."""
    if not isinstance(name, str) or name not in ENGINES:
        arguments.refuse(
            "engine",
            name,
            asked="valkey or redis",
            way_out="no other engine of ElastiCache is encrypted, signed in to and backed up",
            citation="164.312(a)(2)(iv)",
        )
    engine = ENGINES[name]
    if version is None or is_unresolved(version):
        return engine
    found = parsed(version) if isinstance(version, str) else None
    if found is None or found < engine.floor:
        floor = ".".join(map(str, engine.floor))
        arguments.refuse(
            "engine_version",
            version,
            asked=f"{floor} or newer for {name}",
            way_out="older ones can't sign users in with IAM",
            citation=_AUTHENTICATION,
        )
    return engine


def check_nodes(arguments: Arguments, kind: str, shards: int, replicas: int, port: int) -> None:
    """Refuse nodes that can't speak TLS or take over from each other, and a port that is none."""
    if not is_unresolved(kind):
        match = _NODE_TYPE.fullmatch(kind) if isinstance(kind, str) else None
        if match is None or match[1] in _BEFORE_TLS:
            arguments.refuse(
                "cache_node_type",
                kind,
                asked="a node type of a current generation",
                way_out="older ones neither speak TLS nor fail over; take for example cache.m7g.large",
                citation=_TRANSMISSION,
            )
    _check_number(
        arguments, "replicas_per_node_group", replicas, _MOST_REPLICAS, "no primary has more", _AVAILABILITY, least=0
    )
    arguments.govern("replicas_per_node_group", replicas, holds=replicas != 0, asked="1 or more", rule="RedisFailsOver")
    _check_number(arguments, "num_node_groups", shards, _MOST_SHARDS, "a cluster has a shard", _AVAILABILITY)
    _check_number(arguments, "port", port, _MOST_PORTS, "TCP knows no other port", _TRANSMISSION)


def _check_number(
    arguments: Arguments, name: str, value: int, most: int, why: str, citation: str, least: int = 1
) -> None:
    whole = isinstance(value, int) and not isinstance(value, bool)
    if is_unresolved(value) or (whole and least <= value <= most):
        return
    arguments.refuse(name, value, asked=f"from {least} to {most}", way_out=why, citation=citation)


def check_keeping(arguments: Arguments, retention: Duration, removal_policy: RemovalPolicy) -> None:
    """Refuse snapshots of too few days, or of more than ElastiCache keeps, and an end without a last one."""
    if not isinstance(retention, Duration):
        _refuse_retention(arguments, retention, "a Duration", "pass Duration.days(…)")
    days = known_days(retention)
    if days is not None:
        arguments.govern(
            "snapshot_retention",
            retention,
            holds=days >= _LEAST_SNAPSHOTS,
            asked=f"{_LEAST_SNAPSHOTS} days or longer",
            rule="RedisBackedUp",
        )
        if days > _LONGEST_SNAPSHOTS:
            _refuse_retention(
                arguments,
                retention,
                f"{_LONGEST_SNAPSHOTS} days or shorter",
                "ElastiCache keeps none longer; copy snapshots to a bucket",
            )
        if days != int(days):
            _refuse_retention(arguments, retention, "a whole number of days", "ElastiCache counts in days")
    arguments.govern(
        "removal_policy",
        removal_policy,
        holds=removal_policy in KEEPING_DATA,
        asked="SNAPSHOT or RETAIN",
        rule="RedisKept",
    )


def _refuse_retention(arguments: Arguments, given: object, asked: str, way_out: str) -> None:
    arguments.refuse("snapshot_retention", given, asked=asked, way_out=way_out, citation="164.308(a)(7)(ii)(A)")


def check_key(arguments: Arguments, key: AnyKey | None) -> None:
    """Refuse an alias, which the log groups can't use."""
    if is_alias(key):
        arguments.refuse(
            "encryption_key",
            "an alias",
            asked="a key",
            way_out="CloudWatch Logs takes the ARN of a key only; pass the key itself",
            citation="164.312(a)(2)(iv)",
        )


def check_parameters(arguments: Arguments, parameters: Mapping[str, str] | None) -> None:
    """Refuse what would contradict the number of shards."""
    if "cluster-enabled" in (parameters or {}):
        arguments.refuse(
            "parameters",
            "cluster-enabled",
            asked="without it",
            way_out="several num_node_groups switch cluster mode on",
            citation=_AVAILABILITY,
        )


def check_access(path: str, access_string: str) -> None:
    """Refuse a user who need not sign in, or whose password would stand in the template.

    Raises:
        ComplianceError: it is so.
    """
    if is_unresolved(access_string):
        return
    words = access_string.lower().split()
    if "nopass" in words:
        raise ComplianceError(f"{path}: access_string must make the user sign in, got nopass ({_AUTHENTICATION})")
    if "reset" in words or any(word.startswith((">", "<", "#", "!")) for word in words):
        raise ComplianceError(
            f"{path}: access_string must be without passwords, got one; the user signs in with IAM ({_AUTHENTICATION})"
        )
