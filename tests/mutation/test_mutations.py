"""Whatever is weakened in a construct's template, the pack notices.

Every property of the synthesized templates is deleted, and gets a weaker value. Each change must give a finding that
the unchanged template does not have, unless it is listed below with the reason why it weakens nothing.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from fnmatch import fnmatchcase
from pathlib import Path

import pytest
from aws_cdk import App, Stack

from hipaa_constructs import EncryptedBucket, EncryptedLogGroup, EncryptionKey, LogArchive, ReplicaEncryptionKey
from hipaa_constructs.checker import check
from hipaa_constructs.rules import Template, Verdict
from hipaa_constructs.rules._value import Json
from tests.mutation._mutations import Mutation, mutations

PRIMARY = "arn:aws:kms:us-east-1:123456789012:key/mrk-0123456789abcdef"


def bucket(stack: Stack) -> None:
    EncryptedBucket(stack, "It")
    LogArchive.of(stack).allow_load_balancer_logs()


def replicated_bucket(stack: Stack) -> None:
    EncryptedBucket(stack, "It", replicate_to=EncryptedBucket(stack, "Replica"))


def key(stack: Stack) -> None:
    EncryptionKey(stack, "It").allow_cloudwatch_logs()


def replica_key(stack: Stack) -> None:
    ReplicaEncryptionKey(stack, "It", primary_key_arn=PRIMARY).allow_cloudwatch_logs()


def log_group(stack: Stack) -> None:
    EncryptedLogGroup(stack, "It")


BUILDERS: tuple[Callable[[Stack], None], ...] = (bucket, replicated_bucket, key, replica_key, log_group)

EXEMPT: tuple[tuple[str, str, str], ...] = (
    # what is changed, to what, and why it weakens nothing
    ("*:Properties/*/Sid", "*", "a name"),
    ("*:Properties/*/Id", "*", "a name"),
    ("*:Properties/Description", "*", "a text"),
    ("*Policy*:Properties/*/Version", "*", "no statement uses what the newer version adds"),
    ("Role:Properties/AssumeRolePolicyDocument*", "*", "takes access away, or is refused by IAM"),
    ("ManagedPolicy:*", "*", "takes access away, or lets one role use one key in another way"),
    ("Key:Properties/KeyPolicy", "deleted", "AWS's default policy, which is the account's own"),
    ("ReplicaKey:Properties/KeyPolicy", "deleted", "refused: the property is required"),
    ("*Key:Properties/KeyPolicy/Version", "*", "no statement uses what the newer version adds"),
    ("*Key:Properties/KeyPolicy/Statement", "deleted", "refused by KMS: nobody could use the key"),
    ("*Key:Properties/KeyPolicy/Statement/?", "deleted", "takes access away"),
    ("*Key:Properties/KeyPolicy/Statement/?/*", "deleted", "takes access away, or is refused by KMS"),
    ("*Key:Properties/KeyPolicy/Statement/?/*", "weakened", "takes access away"),
    ("*Key:Properties/KeyPolicy/Statement/?/*", "alias/aws/s3", "takes access away"),
    ("*Key:Properties/KeyPolicy/Statement/?/Effect", "Deny", "takes access away"),
    ("*Key:Properties/KeyPolicy/Statement/?/Resource", "nobody", "takes access away"),
    ("*Key:Properties/PendingWindowInDays", "deleted", "30 days are KMS's own default"),
    ("ReplicaKey:Properties/PrimaryKeyArn", "*", "another key, or refused: the property is required"),
    ("Bucket:*/AbortIncompleteMultipartUpload/DaysAfterInitiation", "6", "sooner"),
    ("Bucket:*/LoggingConfiguration/LogFilePrefix", "*", "where in the log bucket"),
    ("Bucket:*/LoggingConfiguration/TargetObjectKeyFormat*", "*", "where in the log bucket"),
    ("Bucket:*/LoggingConfiguration/DestinationBucketName", "alias/aws/s3", "another log bucket by name"),
    ("Bucket:*/ReplicationConfiguration/Role", "*", "another role, or refused: the property is required"),
    ("Bucket:*/ReplicationConfiguration/Rules/0/Filter*", "*", "which objects is the app's decision"),
    ("Bucket:*/ReplicationConfiguration/Rules/0/DeleteMarkerReplication*", "*", "more is kept in the replica"),
    ("Bucket:*/ReplicationConfiguration/Rules/0/Destination/Metrics*", "*", "how soon, not whether"),
    ("Bucket:*/ReplicationConfiguration/Rules/0/Destination/ReplicationTime*", "*", "how soon, not whether"),
    ("Bucket:*/SourceSelectionCriteria/ReplicaModifications*", "*", "changes made at the replica"),
    ("BucketPolicy:*/Statement/?/Condition/Null*", "deleted", "denies more, uploads with no header too"),
    ("LogArchive:*/LifecycleConfiguration/Rules/0*", "*", "incomplete uploads of logs hold no log"),
    ("LogArchive:*/LifecycleConfiguration/Rules/1", "deleted", "logs are kept for ever"),
    ("LogArchive:*/LifecycleConfiguration/Rules/1/ExpirationInDays", "deleted", "logs are kept for ever"),
    ("LogArchive:*/LifecycleConfiguration/Rules/1/NoncurrentVersionExpiration*", "deleted", "kept for ever"),
    ("LogArchive:*/LifecycleConfiguration/Rules/1/Status", "*", "logs are kept for ever"),
    ("LogArchive:*/LifecycleConfiguration/Rules/1/Transitions*", "*", "dearer or cheaper storage"),
    ("BucketPolicy:*/Statement/[34]/Condition/*", "alias/aws/s3", "takes access away"),
    ("BucketPolicy:*/Statement/3/Condition/ArnLike*", "deleted", "the account still confines it"),
    ("BucketPolicy:*/Statement/4", "deleted", "takes the load balancers' access away"),
    ("BucketPolicy:*/Statement/4/Action", "*", "takes the load balancers' access away"),
    ("BucketPolicy:*/Statement/4/Effect", "*", "takes the load balancers' access away"),
    ("BucketPolicy:*/Statement/4/Principal*", "*", "takes the load balancers' access away"),
    ("BucketPolicy:*/Statement/4/Resource", "*", "takes the load balancers' access away"),
)


def synthesized(build: Callable[[Stack], None]) -> dict[str, Json]:
    with tempfile.TemporaryDirectory() as folder:
        app = App(outdir=folder)
        build(Stack(app, "Stack"))
        app.synth()
        template: dict[str, Json] = json.loads((Path(folder) / "Stack.template.json").read_text("utf-8"))
    return {"Resources": template["Resources"]}


TEMPLATES = {build.__name__: synthesized(build) for build in BUILDERS}


def findings(template: dict[str, Json]) -> set[tuple[str, str]]:
    return {
        (one.rule.id, one.resource.logical_id)
        for one in check([Template(template)]).judgements
        if one.outcome.verdict is not Verdict.MET
    }


BEFORE = {name: findings(template) for name, template in TEMPLATES.items()}


def matches(exemption: tuple[str, str, str], mutation: Mutation) -> bool:
    place, change, _ = exemption
    kind = mutation.kind.rpartition("::")[2]
    names = (f"{kind}:{mutation.place}", f"{mutation.logical_id[:10]}:{mutation.place}")
    return any(fnmatchcase(name, place) for name in names) and fnmatchcase(mutation.change, change)


def is_exempt(mutation: Mutation) -> bool:
    return any(matches(exemption, mutation) for exemption in EXEMPT)


CASES = [(name, mutation) for name, template in TEMPLATES.items() for mutation in mutations(template)]
WEAKER = [
    pytest.param(name, mutation, id=f"{name}-{mutation.logical_id}-{mutation}")
    for name, mutation in CASES
    if not is_exempt(mutation)
]


@pytest.mark.parametrize(("name", "mutation"), WEAKER)
def test_a_weaker_template_gives_a_finding(name: str, mutation: Mutation) -> None:
    assert findings(mutation.applied_to(TEMPLATES[name])) - BEFORE[name]


def test_the_unchanged_templates_give_none_but_those_of_library_waivers() -> None:
    assert {rule for found in BEFORE.values() for rule, _ in found} <= {"S3BucketReplicated"}


def test_most_changes_are_judged_and_not_exempt() -> None:
    assert len(WEAKER) > len(CASES) / 2


@pytest.mark.parametrize("exemption", EXEMPT, ids=lambda exemption: f"{exemption[0]}:{exemption[1]}")
def test_every_exemption_is_needed(exemption: tuple[str, str, str]) -> None:
    unnoticed = (
        mutation
        for name, template in TEMPLATES.items()
        for mutation in mutations(template)
        if matches(exemption, mutation) and not findings(mutation.applied_to(template)) - BEFORE[name]
    )
    assert next(unnoticed, None) is not None
