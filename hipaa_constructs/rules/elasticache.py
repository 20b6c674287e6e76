"""What a template must show of Amazon ElastiCache."""

from __future__ import annotations

import json

from hipaa_constructs.rules._keys import customers_key
from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._outcome import MET, NOT_APPLICABLE, Outcome, all_met, any_met
from hipaa_constructs.rules._rule import Severity, rule
from hipaa_constructs.rules._value import Unresolved

GROUP = "AWS::ElastiCache::ReplicationGroup"
CLUSTER = "AWS::ElastiCache::CacheCluster"
SERVERLESS = "AWS::ElastiCache::ServerlessCache"
USER = "AWS::ElastiCache::User"
_GUIDE = "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/"
_LEAST_DAYS = 15
_FLOORS = {"redis": (6, 0), "valkey": (7, 2)}


@rule(
    title="every Redis or Valkey group is encrypted at rest",
    fix="set AtRestEncryptionEnabled to true; it can't be changed later",
    applies_to=(GROUP,),
    controls=("164.312(a)(2)(iv)", "164.312(e)(2)(ii)"),
    requirement="HC-223",
    same_as=("checkov:CKV_AWS_29",),
    url=_GUIDE + "at-rest-encryption.html",
)
def redis_encrypted_at_rest(group: Resource) -> Outcome:
    """Judge the switch, which is off where nothing is said."""
    return _of_global_or(group, group.at("AtRestEncryptionEnabled").must_be(True))


@rule(
    title="every cache is encrypted with a customer managed key",
    fix="set KmsKeyId to a key of yours",
    applies_to=(GROUP, SERVERLESS),
    controls=("164.312(a)(2)(iv)", "164.312(e)(2)(ii)"),
    requirement="HC-227",
    severity=Severity.WARNING,
    url=_GUIDE + "at-rest-encryption.html",
)
def redis_uses_customer_managed_key(cache: Resource) -> Outcome:
    """Judge the key; ElastiCache encrypts with one of its own otherwise."""
    return customers_key(cache.at("KmsKeyId"))


@rule(
    title="every Redis or Valkey group refuses connections without TLS",
    fix="set TransitEncryptionEnabled to true and TransitEncryptionMode to required",
    applies_to=(GROUP, CLUSTER),
    controls=("164.312(e)(1)", "164.312(e)(2)(i)", "164.312(e)(2)(ii)"),
    requirement="HC-224",
    same_as=("checkov:CKV_AWS_30",),
    url=_GUIDE + "in-transit-encryption.html",
)
def redis_tls_required(cache: Resource) -> Outcome:
    """Judge both; in the mode preferred, connections without TLS are accepted as well."""
    mode = cache.at("TransitEncryptionMode")
    return _of_global_or(
        cache,
        all_met(
            [
                cache.at("TransitEncryptionEnabled").must_be(True),
                MET if mode.is_absent else mode.must_be("required"),
            ]
        ),
    )


@rule(
    title="every cache makes clients sign in",
    fix="set UserGroupIds (UserGroupId), or AuthToken to a dynamic reference to a secret",
    applies_to=(GROUP, SERVERLESS),
    controls=("164.312(d)", "164.312(a)(1)"),
    requirement="HC-226",
    url=_GUIDE + "auth.html",
)
def redis_authenticated(cache: Resource) -> Outcome:
    """Judge that there are users or a token; and that no token stands in the template."""
    if cache.type == SERVERLESS:
        return cache.at("UserGroupId").must_be_set()
    token = cache.at("AuthToken")
    return _of_global_or(cache, any_met([cache.at("UserGroupIds").must_be_set(), _is_hidden(token)]))


def _is_hidden(token: Node) -> Outcome:
    if isinstance(token.value, Unresolved) and "{{resolve:" in json.dumps(token.value.expression):
        return MET
    if token.text is not None:
        return token.broken("a token in the template" if token.text else "an empty token")
    return token.must_be_set()


@rule(
    title="no user of a cache signs in without a password",
    fix="set AuthenticationMode to iam or password, or switch the user off in AccessString",
    applies_to=(USER,),
    controls=("164.312(d)", "164.312(a)(1)"),
    requirement="HC-226",
    url=_GUIDE + "Clusters.RBAC.html",
)
def redis_user_signs_in(user: Resource) -> Outcome:
    """Judge users that are on; one that is off can't sign in at all."""
    access = user.at("AccessString")
    words = (access.text or "").lower().split()
    off = MET if "off" in words and "on" not in words else access.broken("on")
    if access.is_unknown:
        off = access.undecided()
    open_access = access.broken() if "nopass" in words else MET
    mode = user.at("AuthenticationMode", "Type")
    without = mode.broken() if mode.text == "no-password-required" else mode.undecided() if mode.is_unknown else MET
    flag = user.at("NoPasswordRequired")
    needs = MET if flag.is_absent else flag.must_be(False)
    return any_met([off, all_met([open_access, without, needs])])


@rule(
    title="every cache keeps daily snapshots for 15 days",
    fix="set SnapshotRetentionLimit to 15 or more",
    applies_to=(GROUP, SERVERLESS),
    controls=("164.308(a)(7)(i)", "164.308(a)(7)(ii)(A)", "164.308(a)(7)(ii)(B)"),
    requirement="HC-228",
    same_as=(
        "cdk-nag:HIPAA.Security-ElastiCacheRedisClusterAutomaticBackup",
        "config:elasticache-redis-cluster-automatic-backup-check",
    ),
    url=_GUIDE + "backups-automatic.html",
)
def redis_backed_up(cache: Resource) -> Outcome:
    """Judge how long snapshots are kept; nothing said means none."""
    return cache.at("SnapshotRetentionLimit").must_be_at_least(_LEAST_DAYS)


@rule(
    title="every Redis or Valkey group fails over to another Availability Zone",
    fix="set AutomaticFailoverEnabled and MultiAZEnabled to true, with a replica for each primary",
    applies_to=(GROUP,),
    controls=("164.308(a)(7)(i)", "164.308(a)(7)(ii)(C)"),
    requirement="HC-229",
    severity=Severity.WARNING,
    url=_GUIDE + "AutoFailover.html",
)
def redis_fails_over(group: Resource) -> Outcome:
    """Judge both switches, and that there is something to fail over to."""
    counts = [
        place.must_be_at_least(least)
        for place, least in (
            (group.at("ReplicasPerNodeGroup"), 1),
            (group.at("NumCacheClusters"), 2),
            *((one.at("ReplicaCount"), 1) for one in group.each("NodeGroupConfiguration", "*")),
        )
        if not place.is_absent
    ]
    return _of_global_or(
        group,
        all_met(
            [group.at("AutomaticFailoverEnabled").must_be(True), group.at("MultiAZEnabled").must_be(True), *counts]
        ),
    )


@rule(
    title="every cache is in subnets of a VPC",
    fix="set CacheSubnetGroupName to a group of private subnets (SubnetIds for serverless caches)",
    applies_to=(GROUP, CLUSTER, SERVERLESS),
    controls=("164.312(a)(1)", "164.312(e)(1)"),
    requirement="HC-230",
    severity=Severity.WARNING,
    url=_GUIDE + "SubnetGroups.html",
)
def redis_in_subnet_group(cache: Resource) -> Outcome:
    """Judge that subnets are chosen; without any the default ones are taken, which are public."""
    if cache.type == SERVERLESS:
        return cache.at("SubnetIds").must_be_set()
    name = cache.at("CacheSubnetGroupName")
    return _of_global_or(cache, name.broken() if name.text == "default" else name.must_be_set())


@rule(
    title="every Redis or Valkey group runs a supported engine and takes minor versions",
    fix="set EngineVersion to Redis OSS 6.0, Valkey 7.2 or newer, and leave AutoMinorVersionUpgrade true",
    applies_to=(GROUP,),
    controls=("164.308(a)(5)(ii)(B)",),
    requirement="HC-231",
    severity=Severity.WARNING,
    url=_GUIDE + "engine-versions.html",
)
def redis_engine_supported(group: Resource) -> Outcome:
    """Judge the version; without one ElastiCache takes the newest."""
    upgrades = group.at("AutoMinorVersionUpgrade")
    return _of_global_or(
        group,
        all_met(
            [
                MET if upgrades.is_absent else upgrades.must_be(True),
                _is_supported(group.at("Engine"), group.at("EngineVersion")),
            ]
        ),
    )


def _is_supported(engine: Node, version: Node) -> Outcome:
    if version.is_absent:
        return MET
    if version.is_unknown or engine.is_unknown:
        return (version if version.is_unknown else engine).undecided()
    text = version.text or (f"{version.number:g}" if version.number is not None else "")
    major, _, minor = text.partition(".")
    digits = minor.partition(".")[0].replace("x", "0") or "0"
    floor = _FLOORS.get((engine.text or "redis").lower())
    if floor is None or not major.isdecimal() or not digits.isdecimal():
        return version.broken()
    return MET if (int(major), int(digits)) >= floor else version.broken()


@rule(
    title="every Redis or Valkey group delivers its slow log and its engine log",
    fix="add both log types to LogDeliveryConfigurations, to an encrypted log group",
    applies_to=(GROUP,),
    controls=("164.312(b)",),
    requirement="HC-234",
    severity=Severity.WARNING,
    url=_GUIDE + "Log_Delivery.html",
)
def redis_logged(group: Resource) -> Outcome:
    """Judge that each kind of log has a destination."""
    place = group.at("LogDeliveryConfigurations")
    if place.is_unknown:
        return place.undecided()
    kinds = [one.at("LogType") for one in place.items()]
    return all_met(
        any_met([*(kind.must_be(wanted) for kind in kinds), place.broken(f"no {wanted}")])
        for wanted in ("slow-log", "engine-log")
    )


@rule(
    title="every Redis or Valkey group leaves a snapshot behind, or stays, when its stack goes",
    fix="set DeletionPolicy and UpdateReplacePolicy to Snapshot or Retain",
    applies_to=(GROUP,),
    controls=("164.308(a)(7)(ii)(A)",),
    requirement="HC-228",
    severity=Severity.WARNING,
    url="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html",
)
def redis_kept(group: Resource) -> Outcome:
    """Judge what becomes of the data when the stack goes, or the group is replaced."""
    return all_met(
        [
            group.attribute("DeletionPolicy").must_be("Snapshot", "Retain", "RetainExceptOnCreate"),
            group.attribute("UpdateReplacePolicy").must_be("Snapshot", "Retain"),
        ]
    )


@rule(
    title="no stand-alone cluster holds records",
    fix="use a replication group of Redis OSS or Valkey, which can be encrypted, or a serverless cache",
    applies_to=(CLUSTER,),
    controls=("164.312(a)(2)(iv)",),
    requirement="HC-232",
    severity=Severity.WARNING,
    url=_GUIDE + "at-rest-encryption.html",
)
def redis_not_stand_alone(cluster: Resource) -> Outcome:
    """Judge the engine: no stand-alone cluster of any is encrypted at rest; Memcached keeps nothing on disk."""
    engine = cluster.at("Engine")
    if engine.text is not None and engine.text.lower() == "memcached":
        return engine.broken("memcached, which is not encrypted at rest")
    return engine.undecided() if engine.is_unknown else engine.broken()


def _of_global_or(cache: Resource, outcome: Outcome) -> Outcome:
    """Leave a member of a global datastore alone, whose settings are those of its primary."""
    return NOT_APPLICABLE if cache.at("GlobalReplicationGroupId").must_be_set() is MET else outcome
