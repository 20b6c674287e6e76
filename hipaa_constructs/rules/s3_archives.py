"""What a template must show of Amazon S3 buckets whose objects move to Glacier storage classes."""

from __future__ import annotations

from collections.abc import Iterator

from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._outcome import NOT_APPLICABLE, Outcome, all_met
from hipaa_constructs.rules._rule import rule
from hipaa_constructs.rules._s3 import BUCKET, GUIDE, each_default
from hipaa_constructs.rules.s3_policies import tls_only

_CLASSES = ("DEEP_ARCHIVE", "GLACIER", "GLACIER_IR")
_TRANSITIONS = ("NoncurrentVersionTransition", "Transition")
_ALGORITHMS = ("AES256", "aws:kms", "aws:kms:dsse")


@rule(
    title="every bucket that archives to Glacier says how it encrypts, and refuses requests without TLS",
    fix="set BucketEncryption, and deny s3:* when aws:SecureTransport is false",
    applies_to=(BUCKET,),
    controls=("164.312(a)(2)(iv)", "164.312(e)(2)(ii)"),
    requirement="HC-095",
    url=GUIDE + "archival-storage.html",
)
def s3_archive_guarded(bucket: Resource) -> Outcome:
    """Judge buckets with such a lifecycle rule that is on, or may be."""
    if not any(place.is_unknown or place.text in _CLASSES for place in _classes(bucket)):
        return NOT_APPLICABLE
    algorithms = each_default(bucket, "ServerSideEncryptionByDefault", "SSEAlgorithm")
    return all_met([*(one.must_be(*_ALGORITHMS) for one in algorithms), tls_only(bucket)])


def _classes(bucket: Resource) -> Iterator[Node]:
    for item in bucket.each("LifecycleConfiguration", "Rules", "*"):
        if item.at("Status").text == "Disabled":
            continue
        for name in _TRANSITIONS:
            yield item.at(name, "StorageClass")
            yield from item.each(f"{name}s", "*", "StorageClass")
