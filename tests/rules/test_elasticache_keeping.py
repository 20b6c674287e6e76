"""What else is judged of caches: users that are known in part, versions and what stays."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import BROKEN, MET, PARAMETER, UNDECIDED, outcome, partly, resource, template, verdict

GROUP = "AWS::ElastiCache::ReplicationGroup"


@pytest.mark.parametrize(
    ("policy", "wanted"),
    [
        ("Snapshot", MET),
        ("Retain", MET),
        ("RetainExceptOnCreate", MET),
        ("retainexceptoncreate", BROKEN),
        ("Delete", BROKEN),
    ],
)
def test_the_deletion_policy_of_a_group_decides(policy: str, wanted: str) -> None:
    group = resource(GROUP, {}, DeletionPolicy=policy, UpdateReplacePolicy="Snapshot")
    assert verdict("RedisKept", template({"It": group})) == wanted
    other = resource(GROUP, {}, DeletionPolicy="Snapshot", UpdateReplacePolicy=policy)
    assert verdict("RedisKept", template({"It": other})) == (BROKEN if policy.startswith("RetainE") else wanted)


@pytest.mark.parametrize(
    ("user", "wanted"),
    [("portal", MET), ("default", BROKEN), ("Default", BROKEN), (partly("default"), UNDECIDED), (partly("x"), MET)],
)
def test_the_users_of_a_group_leave_the_default_one_out(user: Json, wanted: str) -> None:
    group = resource("AWS::ElastiCache::UserGroup", {"UserIds": [user]})
    assert verdict("RedisDefaultUserReplaced", template({"It": group})) == wanted


@pytest.mark.parametrize(
    ("engine", "version", "wanted"),
    [
        ("redis", "6.0", MET),
        ("redis", "6.x", MET),
        ("redis", "6", MET),
        ("redis", 6.2, MET),
        ("redis", "5.0.6", BROKEN),
        ("valkey", "7.2", MET),
        ("valkey", "7.1", BROKEN),
        ("valkey", "8.0", MET),
        ("memcached", "1.6", BROKEN),
        ("redis", "new", BROKEN),
        ("redis", True, BROKEN),
        ("redis", PARAMETER, UNDECIDED),
    ],
)
def test_the_version_of_the_engine_decides(engine: str, version: Json, wanted: str) -> None:
    body = template({"It": resource(GROUP, {"Engine": engine, "EngineVersion": version})})
    assert verdict("RedisEngineSupported", body) == wanted


def test_what_is_hidden_of_a_version_is_named() -> None:
    hidden: dict[str, Json] = {"Engine": "redis", "EngineVersion": "7.1"}
    for name in hidden:
        found = outcome("RedisEngineSupported", template({"It": resource(GROUP, {**hidden, name: PARAMETER})}))
        assert (found.verdict.value, found.property) == (UNDECIDED, name)
