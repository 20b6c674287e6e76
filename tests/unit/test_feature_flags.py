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


DOCUMENTS = {
    "AWS::EC2::VPCEndpoint": "PolicyDocument",
    "AWS::IAM::ManagedPolicy": "PolicyDocument",
    "AWS::KMS::Key": "KeyPolicy",
    "AWS::S3::BucketPolicy": "PolicyDocument",
    "AWS::SNS::TopicPolicy": "PolicyDocument",
    "AWS::SQS::QueuePolicy": "PolicyDocument",
    "AWS::SecretsManager::ResourcePolicy": "ResourcePolicy",
}


def without_statements(template: Body) -> Json:
    """Return a template without the statements of its policies, which a flag may merge."""
    text: Body = json.loads(json.dumps(template))
    for kind, document in DOCUMENTS.items():
        for policy in of_type(text, kind).values():
            properties = policy["Properties"]
            assert isinstance(properties, dict)
            del properties[document]
    return text


def granted(template: Body) -> set[tuple[str, str, str, str]]:
    """Return each action of each statement by itself, which no merging changes."""
    found = set()
    for kind, document in DOCUMENTS.items():
        for name, policy in of_type(template, kind).items():
            for statement in statements(policy, document):
                rest = {key: value for key, value in statement.items() if key not in ("Action", "Resource", "Sid")}
                for action in as_list(statement["Action"]):
                    for resource in as_list(statement["Resource"]):
                        shown = json.dumps(resource), json.dumps(rest, sort_keys=True)
                        found.add((name, json.dumps(action), *shown))
    return found


def as_list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else [value]


@EACH
def test_all_recommended_flags_change_no_property(build: Callable[[Stack], object]) -> None:
    plain = synthesized(build, region="us-east-1")
    flagged = synthesized(build, context=PARTITION_KEPT, region="us-east-1")
    assert without_statements(flagged) == without_statements(plain)


@EACH
def test_all_recommended_flags_grant_and_deny_the_same(build: Callable[[Stack], object]) -> None:
    plain = synthesized(build, region="us-east-1")
    flagged = synthesized(build, context=PARTITION_KEPT, region="us-east-1")
    assert granted(flagged) == granted(plain)


@EACH
def test_with_all_recommended_flags_no_rule_is_broken(build: Callable[[Stack], object]) -> None:
    template = synthesized(build, context=ALL_FLAGS, region="us-east-1")
    assert check([Template(template, account="123456789012")]).findings == []


# Writes arn:aws: for arn:${AWS::Partition}: where the Region is known, which says the same.
PARTITION_KEPT = {**ALL_FLAGS, "@aws-cdk/core:enablePartitionLiterals": False}
