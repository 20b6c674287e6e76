"""What an escape hatch can add to a construct's template is noticed, as what it can take away is."""

from __future__ import annotations

import copy
from collections.abc import Callable

import pytest
from aws_cdk import Stack

from hipaa_constructs import (
    EncryptedBucket,
    EncryptionKey,
    FlowLoggedVpc,
    HipaaRedisCluster,
    LogArchive,
    ReplicaEncryptionKey,
)
from hipaa_constructs.checker import check
from hipaa_constructs.rules import Template, Verdict
from hipaa_constructs.rules._value import Json
from tests._synthesis import Body, at, of_type, synthesized

PRIMARY = "arn:aws:kms:us-east-1:123456789012:key/mrk-0123456789abcdef"


def archive(stack: Stack) -> None:
    EncryptedBucket(stack, "It")
    LogArchive.of(stack).allow_load_balancer_logs()


def replica_key(stack: Stack) -> None:
    ReplicaEncryptionKey(stack, "It", primary_key_arn=PRIMARY).allow_cloudwatch_logs()


BUCKETS = synthesized(archive)
KEYS = synthesized(lambda stack: EncryptionKey(stack, "It").allow_cloudwatch_logs())
REPLICA_KEYS = synthesized(replica_key)

EVERYONE: tuple[Json, ...] = ("*", {"AWS": "*"}, {"AWS": ["*"]})
A_SERVICE: Json = {"Service": "config.amazonaws.com"}
ANOTHER_CONDITION: dict[str, Json] = {"StringEquals": {"aws:PrincipalTag/team": "billing"}}


def findings(template: Body) -> set[tuple[str, str]]:
    return {
        (one.rule.id, one.resource.logical_id)
        for one in check([Template(template)]).judgements
        if one.outcome.verdict is not Verdict.MET
    }


def changed(template: Body, logical_id: str, change: Callable[[Body], None]) -> set[tuple[str, str]]:
    """Return the findings that a change of one resource adds."""
    mutated = copy.deepcopy(template)
    resource = at(mutated, "Resources", logical_id)
    assert isinstance(resource, dict)
    change(resource)
    return findings(mutated) - findings(template)


def statements_of(resource: Body, document: str) -> list[Json]:
    found = at(resource, "Properties", document, "Statement")
    assert isinstance(found, list)
    return found


def allowing(principal: Json, action: str) -> Body:
    return {"Effect": "Allow", "Principal": principal, "Action": action, "Resource": "*"}


DENIALS = [
    pytest.param(policy, number, id=f"{policy}-{number}")
    for policy, body in of_type(BUCKETS, "AWS::S3::BucketPolicy").items()
    for number, statement in enumerate(statements_of(body, "PolicyDocument"))
    if at(statement, "Effect") == "Deny"
]


@pytest.mark.parametrize("policy", of_type(BUCKETS, "AWS::S3::BucketPolicy"))
@pytest.mark.parametrize("action", ["s3:GetObject", "s3:PutObject", "s3:ListBucket", "s3:*", "*"])
@pytest.mark.parametrize("principal", [*EVERYONE, A_SERVICE], ids=str)
def test_a_statement_that_opens_a_bucket(policy: str, action: str, principal: Json) -> None:
    def change(resource: Body) -> None:
        statements_of(resource, "PolicyDocument").append(allowing(principal, action))

    assert changed(BUCKETS, policy, change)


@pytest.mark.parametrize(
    ("template", "kind"), [(KEYS, "AWS::KMS::Key"), (REPLICA_KEYS, "AWS::KMS::ReplicaKey")], ids=["key", "replica"]
)
@pytest.mark.parametrize("action", ["kms:Decrypt", "kms:ScheduleKeyDeletion", "kms:*"])
@pytest.mark.parametrize("principal", [*EVERYONE, A_SERVICE], ids=str)
def test_a_statement_that_opens_a_key(template: Body, kind: str, action: str, principal: Json) -> None:
    def change(resource: Body) -> None:
        statements_of(resource, "KeyPolicy").append(allowing(principal, action))

    assert changed(template, next(iter(of_type(template, kind))), change)


@pytest.mark.parametrize(("policy", "number"), DENIALS)
@pytest.mark.parametrize("part", ["Condition", "Resource", "Principal", "Action"])
def test_a_denial_of_less(policy: str, number: int, part: str) -> None:
    def change(resource: Body) -> None:
        statement = statements_of(resource, "PolicyDocument")[number]
        assert isinstance(statement, dict)
        condition = statement.get("Condition", {})
        assert isinstance(condition, dict)
        arn: Json = at(statement, "Resource", "Fn::Join", 1, 0) or at(statement, "Resource", 0)
        less: dict[str, Json] = {
            "Condition": {**condition, **ANOTHER_CONDITION},
            "Resource": {"Fn::Join": ["", [arn, "/public/*"]]},
            "Principal": {"AWS": "123456789012"},
            "Action": "s3:GetObject",
        }
        statement[part] = less[part]

    assert changed(BUCKETS, policy, change)


@pytest.mark.parametrize("policy", of_type(BUCKETS, "AWS::S3::BucketPolicy"))
def test_a_policy_that_may_not_be_deployed(policy: str) -> None:
    parameters: Json = {"Strict": {"Type": "String"}}
    conditions: Json = {"IsStrict": {"Fn::Equals": [{"Ref": "Strict"}, "yes"]}}
    template: Body = {**BUCKETS, "Parameters": parameters, "Conditions": conditions}
    assert changed(template, policy, lambda resource: resource.update(Condition="IsStrict"))


@pytest.mark.parametrize("acl", ["PublicRead", "PublicReadWrite", "AuthenticatedRead"])
@pytest.mark.parametrize("bucket", of_type(BUCKETS, "AWS::S3::Bucket"))
def test_a_public_acl(bucket: str, acl: str) -> None:
    def change(resource: Body) -> None:
        properties = resource["Properties"]
        assert isinstance(properties, dict)
        properties["AccessControl"] = acl

    assert changed(BUCKETS, bucket, change)


def log_archive() -> str:
    return next(name for name in of_type(BUCKETS, "AWS::S3::Bucket") if name.startswith("LogArchive"))


@pytest.mark.parametrize(
    "expiry",
    [
        {"ExpirationInDays": 30},
        {"NoncurrentVersionExpiration": {"NoncurrentDays": 30}},
        {"ExpirationDate": "2027-01-01"},
    ],
    ids=str,
)
def test_a_lifecycle_rule_that_ends_logs_early(expiry: Body) -> None:
    def change(resource: Body) -> None:
        rules = at(resource, "Properties", "LifecycleConfiguration", "Rules")
        assert isinstance(rules, list)
        rules.append({"Status": "Enabled", **expiry})

    assert changed(BUCKETS, log_archive(), change)


def test_an_object_lock_that_stops_the_delivery_of_logs() -> None:
    def change(resource: Body) -> None:
        properties = resource["Properties"]
        assert isinstance(properties, dict)
        properties["ObjectLockConfiguration"] = {"ObjectLockEnabled": "Enabled"}

    assert changed(BUCKETS, log_archive(), change)


@pytest.mark.parametrize("bucket", of_type(BUCKETS, "AWS::S3::Bucket"))
def test_a_custom_resource_that_empties_a_bucket(bucket: str) -> None:
    template = copy.deepcopy(BUCKETS)
    resources = template["Resources"]
    assert isinstance(resources, dict)
    resources["Cleaner"] = {
        "Type": "Custom::S3AutoDeleteObjects",
        "Properties": {
            "ServiceToken": "arn:aws:lambda:us-east-1:123456789012:function:f",
            "BucketName": {"Ref": bucket},
        },
    }
    assert findings(template) - findings(BUCKETS)


def test_a_disabled_key() -> None:
    def change(resource: Body) -> None:
        properties = resource["Properties"]
        assert isinstance(properties, dict)
        properties["Enabled"] = False

    assert changed(KEYS, next(iter(of_type(KEYS, "AWS::KMS::Key"))), change)


def caches(stack: Stack) -> None:
    HipaaRedisCluster(stack, "It", vpc=FlowLoggedVpc(stack, "Network", max_azs=2).vpc).add_user("Portal")


CACHES = synthesized(caches)


@pytest.mark.parametrize(
    ("kind", "name", "value"),
    [
        ("AWS::ElastiCache::ReplicationGroup", "TransitEncryptionMode", "preferred"),
        ("AWS::ElastiCache::UserGroup", "UserIds", ["default"]),
        ("AWS::ElastiCache::User", "Passwords", ["swordfish-swordfish"]),
        ("AWS::ElastiCache::User", "AuthenticationMode", {"Type": "password", "Passwords": ["swordfish-swordfish"]}),
    ],
    ids=str,
)
def test_a_way_into_a_cache(kind: str, name: str, value: Json) -> None:
    def change(resource: Body) -> None:
        properties = resource["Properties"]
        assert isinstance(properties, dict)
        properties[name] = value

    for cache in of_type(CACHES, kind):
        assert changed(CACHES, cache, change)


@pytest.mark.parametrize("user", of_type(CACHES, "AWS::ElastiCache::User"))
def test_a_user_of_a_cache_who_is_on_without_a_password(user: str) -> None:
    def change(resource: Body) -> None:
        properties = resource["Properties"]
        assert isinstance(properties, dict)
        properties.update(AccessString="on ~* +@all", NoPasswordRequired=True)

    assert changed(CACHES, user, change)
