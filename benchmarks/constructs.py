"""What needs the CDK: the same stack of this package's constructs and written by hand, and cdk-nag's HIPAA pack.

Run as a process, as the CDK tells every finding to the standard error: ``python -m benchmarks.constructs TEMPLATE``.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

os.environ["CDK_VALIDATION"] = "false"

from aws_cdk import Acknowledgment, App, CfnResource, Duration, RemovalPolicy, Stack, Validations
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk.cloudformation_include import CfnInclude
from cdk_nag import HIPAASecurityChecks

from benchmarks.by_hand.common import ABORT, keep_policy, log_access, plain_archive_bucket
from hipaa_constructs import EncryptedBucket
from hipaa_constructs.rules._value import Json
from hipaa_constructs.services._library_waivers import BUCKET_NOT_REPLICATED

BUCKETS = 50
RUNS = 15

Build = Callable[[Stack], None]


def _seconds(build: Build, folder: Path) -> float:
    """Measure how long a stack takes to be built and synthesized."""
    start = time.perf_counter()
    app = App(outdir=str(folder), analytics_reporting=False)
    build(Stack(app, "Stack"))
    app.synth()
    return time.perf_counter() - start


def _resources(folder: Path) -> Json:
    """Return what was synthesized last, without what differs by intent."""
    body = json.loads((folder / "Stack.template.json").read_text(encoding="utf-8"))
    return {name: _comparable(resource) for name, resource in body["Resources"].items()}


def _comparable(resource: dict[str, Json]) -> Json:
    return {name: value for name, value in resource.items() if name not in ("DependsOn", "Metadata")}


def _of_constructs(stack: Stack, buckets: int = BUCKETS) -> None:
    """Build the buckets of this package."""
    for number in range(buckets):
        EncryptedBucket(stack, f"Bucket{number}")


def _by_hand(stack: Stack, buckets: int = BUCKETS) -> None:
    """Build the same of the CDK's own constructs, as a careful team would, acknowledgements included."""
    archive = plain_archive_bucket(stack, "LogArchive")
    log_access(archive, plain_archive_bucket(archive, "AccessLogs"), "")
    key = kms.Key(
        stack,
        "EncryptionKey",
        description=f"Encrypts the data of the stack {stack.node.path}",
        enable_key_rotation=True,
        pending_window=Duration.days(30),
        removal_policy=RemovalPolicy.RETAIN,
    )
    for number in range(buckets):
        _records(stack, f"Bucket{number}", key, archive)


def _records(stack: Stack, name: str, key: kms.Key, archive: s3.Bucket) -> None:
    bucket = s3.Bucket(
        stack,
        name,
        encryption=s3.BucketEncryption.KMS,
        encryption_key=key,
        bucket_key_enabled=True,
        blocked_encryption_types=[s3.BlockedEncryptionType.SSE_C],
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
        enforce_ssl=True,
        minimum_tls_version=1.2,
        versioned=True,
        removal_policy=RemovalPolicy.RETAIN,
        lifecycle_rules=[ABORT],
    )
    for sid, header, wanted in (
        ("DenyOtherEncryption", "s3:x-amz-server-side-encryption", "aws:kms"),
        ("DenyOtherKeys", "s3:x-amz-server-side-encryption-aws-kms-key-id", key.key_arn),
    ):
        bucket.add_to_resource_policy(
            iam.PolicyStatement(
                sid=sid,
                effect=iam.Effect.DENY,
                principals=[iam.AnyPrincipal()],
                actions=["s3:PutObject"],
                resources=[bucket.arn_for_objects("*")],
                conditions={
                    "StringNotEquals": {header: wanted},
                    "Null": {"s3:x-amz-server-side-encryption": "false"},
                    "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
                },
            )
        )
    keep_policy(bucket)
    _accept(log_access(bucket, archive))


def _accept(resource: CfnResource) -> None:
    reason = BUCKET_NOT_REPLICATED.waiver.reason
    resource.add_metadata("accepted", {"replication": reason})
    Validations.of(resource).acknowledge(
        Acknowledgment(id="HIPAA.Security::HIPAA.Security-S3BucketReplicationEnabled", reason=reason)
    )


def _nag_seconds(template: Path, folder: Path, *, judged: bool) -> float:
    """Measure the synthesis of an included template, with cdk-nag's HIPAA pack or without."""
    app = App(outdir=str(folder), analytics_reporting=False)
    CfnInclude(Stack(app, "Stack"), "Template", template_file=str(template))
    if judged:
        Validations.of(app).add_plugins(HIPAASecurityChecks(app))
    start = time.perf_counter()
    try:
        app.synth()
    except RuntimeError as failed:  # The template is weak in places; anything else than a finding is a fault.
        if not judged or "ValidationFailed" not in str(failed):
            raise
    return time.perf_counter() - start


def resources(folder: Path, buckets: int = BUCKETS) -> tuple[Json, Json]:
    """Return the resources of the stack by hand, and those of the one of constructs.

    Args:
        folder: for what is synthesized.
        buckets: how many both have.
    """
    _seconds(lambda stack: _by_hand(stack, buckets), folder)
    by_hand = _resources(folder)
    _seconds(lambda stack: _of_constructs(stack, buckets), folder)
    return by_hand, _resources(folder)


def measured(template: Path, folder: Path) -> dict[str, float]:
    """Return the median seconds of the stack by hand, of the one of constructs, and of cdk-nag's pack alone.

    Args:
        template: what the pack judges.
        folder: for what is synthesized.

    Raises:
        SystemExit: the two stacks are not the same.
    """
    one, other = resources(folder)  # The first synthesis of a process pays for loading the CDK.
    if one != other:
        raise SystemExit("the stack by hand gives another template; bring benchmarks/constructs.py up to date")
    runs = [(_seconds(_by_hand, folder), _seconds(_of_constructs, folder)) for _ in range(RUNS)]
    nag = [
        _nag_seconds(template, folder, judged=True) - _nag_seconds(template, folder, judged=False) for _ in range(RUNS)
    ]
    by_hand, of_constructs = zip(*runs, strict=True)
    return {"by_hand": median(by_hand), "of_constructs": median(of_constructs), "nag": median(nag)}


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        print(json.dumps(measured(Path(sys.argv[1]), Path(name))))
