"""What is judged of caches and their users."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import (
    BROKEN,
    GONE,
    MET,
    NEVER_TRUE,
    NOT_APPLICABLE,
    PARAMETER,
    UNDECIDED,
    Body,
    outcome,
    resource,
    template,
    verdict,
)

GROUP = "AWS::ElastiCache::ReplicationGroup"
CLUSTER = "AWS::ElastiCache::CacheCluster"
SERVERLESS = "AWS::ElastiCache::ServerlessCache"
USER = "AWS::ElastiCache::User"
USER_GROUP = "AWS::ElastiCache::UserGroup"


def alone(kind: str, properties: Json = None, **attributes: Json) -> Body:
    return template({"It": resource(kind, properties, **attributes)})


@pytest.mark.parametrize(
    ("value", "wanted"),
    [(True, MET), ("true", MET), (False, BROKEN), (GONE, BROKEN), (PARAMETER, UNDECIDED)]
    + [(value, BROKEN) for value in NEVER_TRUE],
    ids=str,
)
def test_encryption_at_rest_decides(value: Json, wanted: str) -> None:
    assert verdict("RedisEncryptedAtRest", alone(GROUP, {"AtRestEncryptionEnabled": value})) == wanted


@pytest.mark.parametrize(
    ("rule", "kind"),
    [("RedisUsesCustomerManagedKey", GROUP), ("ServerlessCacheUsesCustomerManagedKey", SERVERLESS)],
)
@pytest.mark.parametrize(
    ("key", "wanted"),
    [
        ({"Fn::GetAtt": ["Key", "Arn"]}, MET),
        ("arn:aws:kms:us-east-1:123456789012:key/1234", MET),
        ("alias/aws/elasticache", BROKEN),
        (GONE, BROKEN),
        (PARAMETER, UNDECIDED),
    ],
    ids=str,
)
def test_the_key_decides(rule: str, kind: str, key: Json, wanted: str) -> None:
    assert verdict(rule, alone(kind, {"KmsKeyId": key})) == wanted


@pytest.mark.parametrize("kind", [GROUP, CLUSTER])
@pytest.mark.parametrize(
    ("value", "wanted"),
    [(True, MET), ("true", MET), (False, BROKEN), (GONE, BROKEN), (PARAMETER, UNDECIDED)]
    + [(value, BROKEN) for value in NEVER_TRUE],
    ids=str,
)
def test_encryption_in_transit_decides(kind: str, value: Json, wanted: str) -> None:
    assert verdict("RedisEncryptedInTransit", alone(kind, {"TransitEncryptionEnabled": value})) == wanted


@pytest.mark.parametrize(
    ("properties", "wanted"),
    [
        ({"TransitEncryptionEnabled": True, "TransitEncryptionMode": "required"}, MET),
        ({"TransitEncryptionEnabled": True}, MET),
        ({"TransitEncryptionEnabled": True, "TransitEncryptionMode": "preferred"}, BROKEN),
        ({"TransitEncryptionEnabled": True, "TransitEncryptionMode": 7}, BROKEN),
        ({"TransitEncryptionEnabled": PARAMETER, "TransitEncryptionMode": "preferred"}, BROKEN),
        ({"TransitEncryptionEnabled": PARAMETER}, UNDECIDED),
        ({"TransitEncryptionEnabled": True, "TransitEncryptionMode": PARAMETER}, UNDECIDED),
        ({"TransitEncryptionEnabled": False, "TransitEncryptionMode": "preferred"}, NOT_APPLICABLE),
        ({}, NOT_APPLICABLE),
    ],
    ids=str,
)
def test_tls_must_be_required(properties: Json, wanted: str) -> None:
    assert verdict("RedisTlsRequired", alone(GROUP, properties)) == wanted


@pytest.mark.parametrize(
    ("properties", "wanted"),
    [
        ({"UserGroupIds": [{"Ref": "Users"}]}, MET),
        ({"UserGroupIds": ["users"]}, MET),
        ({"UserGroupIds": []}, BROKEN),
        ({"UserGroupIds": PARAMETER}, UNDECIDED),
        ({"AuthToken": "{{resolve:secretsmanager:token:SecretString}}"}, MET),
        ({"AuthToken": {"Fn::Sub": "{{resolve:secretsmanager:${Secret}}}"}}, MET),
        ({"AuthToken": "swordfish-swordfish"}, BROKEN),
        ({"AuthToken": ""}, BROKEN),
        ({"AuthToken": 1234567890123456}, BROKEN),
        ({"AuthToken": PARAMETER}, UNDECIDED),
        ({"AuthToken": "{{resolve:ssm-secure:/portal/token}}"}, MET),
        ({"AuthToken": "{{resolve:ssm:/portal/token}}"}, UNDECIDED),
        ({"AuthToken": {"Fn::Sub": "{{resolve:ssm:/${Stage}/token}}"}}, UNDECIDED),
        ({"AuthToken": {"Fn::Sub": "swordfish-${AnyParameter}"}}, UNDECIDED),
        ({"AuthToken": {"Fn::GetAtt": ["Secret", "Id"]}}, UNDECIDED),
        ({"AuthToken": "{{resolve:ssm:/portal/token}}", "UserGroupIds": ["users"]}, MET),
        ({}, BROKEN),
    ],
    ids=str,
)
def test_clients_must_sign_in_to_a_group(properties: Json, wanted: str) -> None:
    assert verdict("RedisAuthenticated", alone(GROUP, properties)) == wanted


@pytest.mark.parametrize(
    ("properties", "wanted"),
    [
        ({"UserGroupId": "users"}, MET),
        ({}, BROKEN),
        ({"UserGroupId": PARAMETER}, UNDECIDED),
        ({"Engine": "valkey", "UserGroupId": "users"}, MET),
        ({"Engine": PARAMETER, "UserGroupId": "users"}, MET),
        ({"Engine": "memcached", "UserGroupId": "users"}, BROKEN),
    ],
    ids=str,
)
def test_clients_must_sign_in_to_a_serverless_cache(properties: Json, wanted: str) -> None:
    assert verdict("RedisAuthenticated", alone(SERVERLESS, properties)) == wanted


@pytest.mark.parametrize("engine", ["memcached", "Memcached"])
def test_a_finding_about_memcached_says_that_it_knows_no_users(engine: str) -> None:
    found = outcome("RedisAuthenticated", alone(SERVERLESS, {"Engine": engine}))
    text = "memcached, which can't sign clients in: use Valkey or Redis OSS"
    assert (found.property, found.found) == ("Engine", text)


def test_a_finding_about_valkey_names_the_users() -> None:
    assert outcome("RedisAuthenticated", alone(SERVERLESS, {"Engine": "valkey"})).property == "UserGroupId"


@pytest.mark.parametrize(
    ("properties", "wanted"),
    [
        ({"AccessString": "on ~* +@all", "AuthenticationMode": {"Type": "iam"}}, MET),
        ({"AccessString": "on ~* +@all", "Passwords": ["{{resolve:secretsmanager:x}}"]}, MET),
        ({"AccessString": "off ~* -@all", "NoPasswordRequired": True}, MET),
        ({"AccessString": "on ~* +@all", "NoPasswordRequired": True}, BROKEN),
        ({"AccessString": "on ~* +@all", "NoPasswordRequired": False}, MET),
        ({"AccessString": "on ~* +@all", "AuthenticationMode": {"Type": "no-password-required"}}, BROKEN),
        ({"AccessString": "on nopass ~* +@all"}, BROKEN),
        ({"AccessString": "off on ~* +@all", "NoPasswordRequired": True}, BROKEN),
        ({"AccessString": "~* +@all", "NoPasswordRequired": True}, MET),
        ({"NoPasswordRequired": True}, MET),
        ({"AccessString": 7, "NoPasswordRequired": True}, BROKEN),
        ({"AccessString": PARAMETER, "NoPasswordRequired": True}, UNDECIDED),
        ({"AccessString": "on ~*", "NoPasswordRequired": PARAMETER}, UNDECIDED),
        ({"AccessString": "on ~*", "AuthenticationMode": {"Type": PARAMETER}}, UNDECIDED),
    ],
    ids=str,
)
def test_a_user_that_is_on_must_sign_in(properties: Json, wanted: str) -> None:
    assert verdict("RedisUserSignsIn", alone(USER, properties)) == wanted


def test_a_token_in_the_template_is_what_the_finding_is_about() -> None:
    found = outcome("RedisAuthenticated", alone(GROUP, {"AuthToken": "swordfish-swordfish"}))
    assert (found.property, found.found) == ("AuthToken", "a password in the template")


def test_a_group_without_a_token_is_asked_for_users() -> None:
    found = outcome("RedisAuthenticated", alone(GROUP))
    assert (found.property, found.found) == ("UserGroupIds", "absent")


HIDDEN = "{{resolve:secretsmanager:portal:SecretString:password}}"


@pytest.mark.parametrize("within", ["Passwords", "AuthenticationMode"])
@pytest.mark.parametrize(
    ("passwords", "wanted"),
    [
        ([HIDDEN], MET),
        ([{"Fn::Sub": "{{resolve:secretsmanager:${Secret}}}"}], MET),
        (["swordfish-swordfish"], BROKEN),
        ([HIDDEN, "swordfish-swordfish"], BROKEN),
        ([""], BROKEN),
        ([7], BROKEN),
        ("swordfish-swordfish", BROKEN),
        ([PARAMETER], UNDECIDED),
        (PARAMETER, UNDECIDED),
        (["{{resolve:ssm-secure:/portal/password}}"], MET),
        (["{{resolve:ssm:/portal/password}}"], UNDECIDED),
        ([HIDDEN, "{{resolve:ssm:/portal/password}}"], UNDECIDED),
        ([], NOT_APPLICABLE),
        (GONE, NOT_APPLICABLE),
    ],
    ids=str,
)
def test_no_password_stands_in_the_template(within: str, passwords: Json, wanted: str) -> None:
    properties: Body = {"Passwords": passwords}
    if within == "AuthenticationMode":
        properties = {"AuthenticationMode": {"Type": "password", "Passwords": passwords}}
    assert verdict("RedisPasswordHidden", alone(USER, properties)) == wanted


@pytest.mark.parametrize(
    ("ids", "wanted"),
    [
        ([{"Ref": "Nobody"}], MET),
        (["nobody", {"Ref": "Nobody"}], MET),
        ([{"Fn::ImportValue": "Nobody"}], MET),
        (["default"], BROKEN),
        ([{"Ref": "Nobody"}, "Default"], BROKEN),
        ([], BROKEN),
        ([{}], BROKEN),
        ("nobody", BROKEN),
        ("default", BROKEN),
        ([GONE], BROKEN),
        ({"Fn::ImportValue": "Users"}, MET),
        (GONE, BROKEN),
        ([PARAMETER], UNDECIDED),
        (PARAMETER, UNDECIDED),
    ],
    ids=str,
)
def test_elasticaches_own_default_user_is_in_no_group(ids: Json, wanted: str) -> None:
    body = template(
        {
            "It": resource(USER_GROUP, {"UserIds": ids}),
            "Nobody": resource(USER, {"UserId": "nobody", "UserName": "default", "AccessString": "off ~* -@all"}),
        }
    )
    assert verdict("RedisDefaultUserReplaced", body) == wanted


@pytest.mark.parametrize("kind", [GROUP, CLUSTER, SERVERLESS])
@pytest.mark.parametrize(
    ("days", "wanted"),
    [(15, MET), ("35", MET), (14, BROKEN), (0, BROKEN), (GONE, BROKEN), ("x", BROKEN), (PARAMETER, UNDECIDED)],
)
def test_snapshots_of_15_days_are_kept(kind: str, days: Json, wanted: str) -> None:
    assert verdict("RedisBackedUp", alone(kind, {"SnapshotRetentionLimit": days})) == wanted


@pytest.mark.parametrize(("engine", "wanted"), [("memcached", NOT_APPLICABLE), ("redis", BROKEN), (PARAMETER, BROKEN)])
def test_memcached_has_no_snapshots(engine: Json, wanted: str) -> None:
    assert verdict("RedisBackedUp", alone(CLUSTER, {"Engine": engine})) == wanted


SAFE: Body = {"AutomaticFailoverEnabled": True, "MultiAZEnabled": True}


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"ReplicasPerNodeGroup": 1}, MET),
        ({"NumCacheClusters": 2}, MET),
        ({"NodeGroupConfiguration": [{"ReplicaCount": 1}]}, MET),
        ({"ReplicasPerNodeGroup": 0}, BROKEN),
        ({"NumCacheClusters": 1}, BROKEN),
        ({"NodeGroupConfiguration": [{"ReplicaCount": 1}, {"ReplicaCount": 0}]}, BROKEN),
        ({"AutomaticFailoverEnabled": False}, BROKEN),
        ({"MultiAZEnabled": GONE}, BROKEN),
        ({"ReplicasPerNodeGroup": PARAMETER}, UNDECIDED),
        ({"MultiAZEnabled": PARAMETER, "NumCacheClusters": 2}, UNDECIDED),
        ({"NodeGroupConfiguration": [{"ReplicaAvailabilityZones": ["us-east-1b"]}]}, MET),
        ({"NodeGroupConfiguration": [{}]}, BROKEN),
        ({"NodeGroupConfiguration": PARAMETER}, UNDECIDED),
        ({"NumNodeGroups": 3}, BROKEN),
        ({}, BROKEN),
        ({"SnapshotName": "yesterday"}, UNDECIDED),
        ({"PrimaryClusterId": "old"}, UNDECIDED),
        ({"SnapshotArns": ["arn:aws:s3:::seeds/yesterday.rdb"]}, UNDECIDED),
        ({"AutomaticFailoverEnabled": False, "NumCacheClusters": 2}, BROKEN),
        ({"MultiAZEnabled": False, "NumCacheClusters": 2}, BROKEN),
    ],
    ids=str,
)
def test_a_group_fails_over(changes: Body, wanted: str) -> None:
    assert verdict("RedisFailsOver", alone(GROUP, {**SAFE, **changes})) == wanted


@pytest.mark.parametrize("kind", [GROUP, CLUSTER])
@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ({"Ref": "Subnets"}, MET),
        ("inner", MET),
        ("default", BROKEN),
        (GONE, BROKEN),
        (PARAMETER, UNDECIDED),
    ],
    ids=str,
)
def test_subnets_are_chosen(kind: str, name: Json, wanted: str) -> None:
    body = template(
        {"It": resource(kind, {"CacheSubnetGroupName": name}), "Subnets": resource("AWS::ElastiCache::SubnetGroup")}
    )
    assert verdict("RedisInSubnetGroup", body) == wanted


@pytest.mark.parametrize(("subnets", "wanted"), [(["subnet-1"], MET), ([], BROKEN), (GONE, BROKEN)])
def test_subnets_of_a_serverless_cache_are_chosen(subnets: Json, wanted: str) -> None:
    assert verdict("RedisInSubnetGroup", alone(SERVERLESS, {"SubnetIds": subnets})) == wanted


@pytest.mark.parametrize(
    ("kind", "name"),
    [(GROUP, "SecurityGroupIds"), (CLUSTER, "VpcSecurityGroupIds"), (SERVERLESS, "SecurityGroupIds")],
)
@pytest.mark.parametrize(("groups", "wanted"), [(["sg-1"], MET), ([], BROKEN), (GONE, BROKEN), (PARAMETER, UNDECIDED)])
def test_security_groups_are_chosen(kind: str, name: str, groups: Json, wanted: str) -> None:
    assert verdict("RedisInSecurityGroup", alone(kind, {name: groups})) == wanted


@pytest.mark.parametrize(
    ("properties", "wanted"),
    [
        ({"Engine": "valkey", "EngineVersion": "7.2"}, MET),
        ({"Engine": "valkey", "EngineVersion": "8.0"}, MET),
        ({"Engine": "Valkey", "EngineVersion": 8}, MET),
        ({"Engine": "redis", "EngineVersion": "6.x"}, MET),
        ({"EngineVersion": "7.1"}, MET),
        ({"Engine": "redis"}, MET),
        ({"Engine": "redis", "EngineVersion": "5.0.6"}, BROKEN),
        ({"Engine": "redis", "EngineVersion": "7.1.0"}, MET),
        ({"Engine": "valkey", "EngineVersion": "7.1"}, BROKEN),
        ({"Engine": "valkey", "EngineVersion": "newest"}, BROKEN),
        ({"Engine": "memcached", "EngineVersion": "1.6.22"}, BROKEN),
        ({"Engine": "valkey", "EngineVersion": "8.0", "AutoMinorVersionUpgrade": False}, BROKEN),
        ({"Engine": "valkey", "EngineVersion": PARAMETER}, UNDECIDED),
        ({"Engine": PARAMETER, "EngineVersion": "7.2"}, UNDECIDED),
    ],
    ids=str,
)
def test_engine_and_version_decide(properties: Json, wanted: str) -> None:
    assert verdict("RedisEngineSupported", alone(GROUP, properties)) == wanted


@pytest.mark.parametrize(
    ("kinds", "wanted"),
    [
        (["slow-log", "engine-log"], MET),
        (["slow-log"], BROKEN),
        (["engine-log"], BROKEN),
        ([], BROKEN),
        (["slow-log", PARAMETER], UNDECIDED),
    ],
)
def test_both_logs_are_delivered(kinds: list[Json], wanted: str) -> None:
    configurations: Json = [{"LogType": kind} for kind in kinds]
    assert verdict("RedisLogged", alone(GROUP, {"LogDeliveryConfigurations": configurations})) == wanted


@pytest.mark.parametrize(("logs", "wanted"), [(GONE, BROKEN), ("x", BROKEN), (PARAMETER, UNDECIDED)])
def test_logs_that_are_no_list(logs: Json, wanted: str) -> None:
    assert verdict("RedisLogged", alone(GROUP, {"LogDeliveryConfigurations": logs})) == wanted


@pytest.mark.parametrize(
    ("deletion", "replacement", "wanted"),
    [
        ("Snapshot", "Snapshot", MET),
        ("Retain", "Retain", MET),
        ("Delete", "Snapshot", BROKEN),
        ("Snapshot", "Delete", BROKEN),
        (None, "Snapshot", BROKEN),
    ],
)
def test_what_becomes_of_the_data_decides(deletion: Json, replacement: Json, wanted: str) -> None:
    attributes = {"DeletionPolicy": deletion, "UpdateReplacePolicy": replacement}
    assert verdict("RedisKept", alone(GROUP, {}, **attributes)) == wanted


@pytest.mark.parametrize("engine", ["memcached", "redis", GONE, PARAMETER])
def test_no_stand_alone_cluster_holds_records(engine: Json) -> None:
    assert verdict("RedisNotStandAlone", alone(CLUSTER, {"Engine": engine})) == BROKEN


MEMBER = alone(GROUP, {"GlobalReplicationGroupId": "sgaui-records"})


@pytest.mark.parametrize(
    "rule",
    [
        "RedisAuthenticated",
        "RedisEncryptedAtRest",
        "RedisEncryptedInTransit",
        "RedisEngineSupported",
        "RedisTlsRequired",
    ],
)
def test_a_member_of_a_global_datastore_has_the_settings_of_its_primary(rule: str) -> None:
    assert verdict(rule, MEMBER) == NOT_APPLICABLE


@pytest.mark.parametrize("rule", ["RedisFailsOver", "RedisInSecurityGroup", "RedisInSubnetGroup"])
def test_a_member_of_a_global_datastore_has_a_network_and_replicas_of_its_own(rule: str) -> None:
    assert verdict(rule, MEMBER) == BROKEN
