"""A block gives the same safe template whatever feature flags the app sets."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from aws_cdk import Stack

from hipaa_constructs.checker import check
from hipaa_constructs.rules import Template
from hipaa_constructs.rules._value import Json
from tests._synthesis import ALL_FLAGS, Body, of_type, statements, synthesized
from tests.unit.test_s3 import with_replica
from tools.examples import EXAMPLES

BUILDS: dict[str, Callable[[Stack], object]] = {
    **{kind.__name__: build for kind, build in EXAMPLES.items()},
    "a replicated bucket": with_replica,
}
EACH = pytest.mark.parametrize("build", BUILDS.values(), ids=BUILDS)


def without_statements(template: Body) -> Json:
    """Return a template as sorted text, without the policies, which a flag may merge."""
    text: Json = json.loads(json.dumps(template))
    assert isinstance(text, dict)
    for resource in of_type(text, "AWS::S3::BucketPolicy") | of_type(text, "AWS::IAM::ManagedPolicy"):
        resources = text["Resources"]
        assert isinstance(resources, dict)
        del resources[resource]
    return text


def granted(template: Body, kind: str) -> set[tuple[str, str, str, str]]:
    """Return each action of each statement by itself, which no merging changes."""
    found = set()
    for policy in of_type(template, kind).values():
        for statement in statements(policy):
            rest = {key: value for key, value in statement.items() if key not in ("Action", "Resource", "Sid")}
            for action in as_list(statement["Action"]):
                for resource in as_list(statement["Resource"]):
                    found.add((kind, json.dumps(action), json.dumps(resource), json.dumps(rest, sort_keys=True)))
    return found


def as_list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else [value]


@EACH
def test_all_recommended_flags_change_no_property(build: Callable[[Stack], object]) -> None:
    plain = synthesized(build, region="us-east-1")
    flagged = synthesized(build, context=PARTITION_KEPT, region="us-east-1")
    assert without_statements(flagged) == without_statements(plain)


@EACH
@pytest.mark.parametrize("kind", ["AWS::S3::BucketPolicy", "AWS::IAM::ManagedPolicy"])
def test_all_recommended_flags_grant_and_deny_the_same(build: Callable[[Stack], object], kind: str) -> None:
    plain = synthesized(build, region="us-east-1")
    flagged = synthesized(build, context=PARTITION_KEPT, region="us-east-1")
    assert granted(flagged, kind) == granted(plain, kind)


@EACH
def test_with_all_recommended_flags_no_rule_is_broken(build: Callable[[Stack], object]) -> None:
    template = synthesized(build, context=ALL_FLAGS, region="us-east-1")
    assert check([Template(template)]).findings == []


# Writes arn:aws: for arn:${AWS::Partition}: where the Region is known, which says the same.
PARTITION_KEPT = {**ALL_FLAGS, "@aws-cdk/core:enablePartitionLiterals": False}
