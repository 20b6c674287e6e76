"""What a template must show of Amazon ElastiCache."""

from __future__ import annotations

from hipaa_constructs.rules._keys import customers_key
from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._outcome import MET, NOT_APPLICABLE, Outcome, Verdict, all_met, any_met
from hipaa_constructs.rules._rule import Severity, rule
from hipaa_constructs.rules._stores import from_secret

GROUP = "AWS::ElastiCache::ReplicationGroup"
CLUSTER = "AWS::ElastiCache::CacheCluster"
SERVERLESS = "AWS::ElastiCache::ServerlessCache"
USER = "AWS::ElastiCache::User"
USER_GROUP = "AWS::ElastiCache::UserGroup"
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
    title="every Redis or Valkey group is encrypted with a customer managed key",
    fix="set KmsKeyId to a key of yours",
    applies_to=(GROUP,),
    controls=("164.312(a)(2)(iv)", "164.312(e)(2)(ii)"),
    requirement="HC-227",
    severity=Severity.WARNING,
    url=_GUIDE + "at-rest-encryption.html",
)
def redis_uses_customer_managed_key(group: Resource) -> Outcome:
    """Judge the key; ElastiCache encrypts with one of its own otherwise."""
    return customers_key(group.at("KmsKeyId"))


@rule(
    title="every serverless cache is encrypted with a customer managed key",
    fix="set KmsKeyId to a key of yours; it can't be changed later",
    applies_to=(SERVERLESS,),
    controls=("164.312(a)(2)(iv)", "164.312(e)(2)(ii)"),
    requirement="HC-233",
    severity=Severity.WARNING,
    url=_GUIDE + "at-rest-encryption.html",
)
def serverless_cache_uses_customer_managed_key(cache: Resource) -> Outcome:
    """Judge the key; a serverless cache is always encrypted, with a key of ElastiCache's own otherwise."""
    return customers_key(cache.at("KmsKeyId"))


@rule(
    title="every cache speaks TLS",
    fix="set TransitEncryptionEnabled to true",
    applies_to=(GROUP, CLUSTER),
    controls=("164.312(e)(1)", "164.312(e)(2)(i)", "164.312(e)(2)(ii)"),
    requirement="HC-224",
    same_as=("checkov:CKV_AWS_30",),
    url=_GUIDE + "in-transit-encryption.html",
)
def redis_encrypted_in_transit(cache: Resource) -> Outcome:
    """Judge the switch, which is off where nothing is said; serverless caches have none, and always speak TLS."""
    return _of_global_or(cache, cache.at("TransitEncryptionEnabled").must_be(True))


@rule(
    title="every Redis or Valkey group refuses connections without TLS",
    fix="set TransitEncryptionMode to required",
    applies_to=(GROUP,),
    controls=("164.312(e)(1)", "164.312(e)(2)(i)", "164.312(e)(2)(ii)"),
    requirement="HC-225",
    url=_GUIDE + "in-transit-encryption-enable.html",
)
def redis_tls_required(group: Resource) -> Outcome:
    """Judge the mode: preferred lets clients in without TLS; a new group that names none requires it."""
    enabled, mode = group.at("TransitEncryptionEnabled").must_be(True), group.at("TransitEncryptionMode")
    if enabled.verdict is Verdict.BROKEN:
        return NOT_APPLICABLE
    return _of_global_or(group, enabled if mode.is_absent else mode.must_be("required"))


@rule(
    title="every cache makes clients sign in",
    fix="set UserGroupIds (UserGroupId), or AuthToken to a dynamic reference to a secret; Memcached has no users, use "
    "Valkey or Redis OSS",
    applies_to=(GROUP, SERVERLESS),
    controls=("164.312(d)", "164.312(a)(1)"),
    requirement="HC-226",
    same_as=("checkov:CKV_AWS_31",),
    url=_GUIDE + "auth.html",
)
def redis_authenticated(cache: Resource) -> Outcome:
    """Judge that there are users, or a token that is a secret; a plain parameter of Parameter Store may be anything.

    Serverless caches of Memcached have neither.
    """
    if cache.type == SERVERLESS:
        engine = cache.at("Engine")
        if _is_memcached(engine):
            return engine.broken("memcached, which can't sign clients in: use Valkey or Redis OSS")
        return cache.at("UserGroupId").must_be_set()
    token = cache.at("AuthToken")
    users = cache.at("UserGroupIds").must_be_set()
    return _of_global_or(cache, users if token.is_absent else any_met([from_secret(token), users]))


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
    if access.is_unknown:
        off = access.undecided()
    else:
        # Who is neither on nor off is off.
        off = access.broken() if "on" in words or (access.text is None and not access.is_absent) else MET
    open_access = access.broken() if "nopass" in words else MET
    mode = user.at("AuthenticationMode", "Type")
    without = mode.broken() if mode.text == "no-password-required" else mode.undecided() if mode.is_unknown else MET
    flag = user.at("NoPasswordRequired")
    needs = MET if flag.is_absent else flag.must_be(False)
    return any_met([off, all_met([open_access, without, needs])])


@rule(
    title="no password of a cache's user stands in the template",
    fix="set AuthenticationMode to iam, or Passwords to dynamic references to a secret",
    applies_to=(USER,),
    controls=("164.312(d)", "164.312(a)(1)"),
    requirement="HC-226",
    url="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-secretsmanager.html",
)
def redis_password_hidden(user: Resource) -> Outcome:
    """Judge both places where passwords may stand, which whoever can read the stack can read.

    A plain parameter of Parameter Store may be anything.
    """
    places = [user.at("Passwords"), user.at("AuthenticationMode", "Passwords")]
    given = [place for place in places if not place.is_absent and place.value != []]
    return all_met(from_secret(password) for place in given for password in place.items() or [place])


@rule(
    title="no user group lets in ElastiCache's own default user",
    fix="put a user of your own, with UserName default and the AccessString off, in the place of default in UserIds",
    applies_to=(USER_GROUP,),
    controls=("164.312(d)", "164.312(a)(1)"),
    requirement="HC-226",
    url=_GUIDE + "Clusters.RBAC.html",
)
def redis_default_user_replaced(group: Resource) -> Outcome:
    """Judge the ids: the user whose id is default may do everything, with no password, and can't be changed."""
    users = group.at("UserIds")
    if users.is_unknown:
        return _is_not_default(users)
    return all_met(map(_is_not_default, users.items())) if users.items() else users.broken()


def _is_not_default(user: Node) -> Outcome:
    if user.may_be("default"):
        return user.undecided()
    return user.broken() if (user.text or "").lower() == "default" else user.must_be_set()


@rule(
    title="every cache keeps daily snapshots for 15 days",
    fix="set SnapshotRetentionLimit to 15 or more",
    applies_to=(GROUP, CLUSTER, SERVERLESS),
    controls=("164.308(a)(7)(i)", "164.308(a)(7)(ii)(A)", "164.308(a)(7)(ii)(B)"),
    requirement="HC-228",
    same_as=(
        "cdk-nag:HIPAA.Security-ElastiCacheRedisClusterAutomaticBackup",
        "config:elasticache-redis-cluster-automatic-backup-check",
    ),
    url=_GUIDE + "backups-automatic.html",
)
def redis_backed_up(cache: Resource) -> Outcome:
    """Judge how long snapshots are kept; nothing said means none, and a cluster of Memcached has none."""
    if cache.type == CLUSTER and _is_memcached(cache.at("Engine")):
        return NOT_APPLICABLE
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
    switches = [group.at(name).must_be(True) for name in ("AutomaticFailoverEnabled", "MultiAZEnabled")]
    return all_met([*switches, *_replicas(group)])


def _replicas(group: Resource) -> list[Outcome]:
    shards = group.at("NodeGroupConfiguration")
    counts = [(group.at("ReplicasPerNodeGroup"), 1), (group.at("NumCacheClusters"), 2)]
    counts += [(shard.at("ReplicaCount"), 1) for shard in shards.items()]
    found = [place.must_be_at_least(least) for place, least in counts if not place.is_absent]
    found += [MET for shard in shards.items() if shard.at("ReplicaAvailabilityZones").must_be_set() == MET]
    if shards.is_unknown:
        found.append(shards.undecided())
    if found:
        return found
    sources = [group.at(name) for name in ("PrimaryClusterId", "SnapshotName", "SnapshotArns")]
    known = next((source for source in sources if not source.is_absent), None)
    if known is not None:
        return [known.undecided("what the group is made from says how many replicas it has")]
    return [group.at("ReplicasPerNodeGroup").broken("no replica")]


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
    return name.broken() if name.text == "default" else name.must_be_set()


@rule(
    title="every cache has a security group of its own",
    fix="set SecurityGroupIds (VpcSecurityGroupIds for stand-alone clusters)",
    applies_to=(GROUP, CLUSTER, SERVERLESS),
    controls=("164.312(a)(1)", "164.312(e)(1)"),
    requirement="HC-230",
    severity=Severity.WARNING,
    url=_GUIDE + "VPCs.EC.html",
)
def redis_in_security_group(cache: Resource) -> Outcome:
    """Judge that groups are chosen; without any the cache is in the default group, with all that is in it too."""
    return cache.at("VpcSecurityGroupIds" if cache.type == CLUSTER else "SecurityGroupIds").must_be_set()


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
    url=_GUIDE + "at-rest-encryption.html",
)
def redis_not_stand_alone(cluster: Resource) -> Outcome:
    """Judge the engine: no stand-alone cluster of any is encrypted at rest; Memcached keeps nothing on disk."""
    engine = cluster.at("Engine")
    return engine.broken(f"{engine.shown()}, which a stand-alone cluster does not encrypt at rest")


def _is_memcached(engine: Node) -> bool:
    return engine.text is not None and engine.text.lower() == "memcached"


def _of_global_or(cache: Resource, outcome: Outcome) -> Outcome:
    """Leave a member of a global datastore alone, whose settings are those of its primary."""
    return NOT_APPLICABLE if cache.at("GlobalReplicationGroupId").must_be_set() is MET else outcome
