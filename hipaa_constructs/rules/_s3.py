"""What the rules of Amazon S3 have in common: a bucket's policies, its default encryption, what is delivered to it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from hipaa_constructs.rules._accounts import LOG_DELIVERY, account_of
from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._outcome import Outcome
from hipaa_constructs.rules._policy import Policies, Statement, policies_of
from hipaa_constructs.rules._template import Assembly
from hipaa_constructs.rules._value import UNKNOWN

BUCKET = "AWS::S3::Bucket"
BUCKET_POLICY = "AWS::S3::BucketPolicy"
GUIDE = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/"
S3_LOG_WRITER = "logging.s3.amazonaws.com"
_LOG_WRITERS = (S3_LOG_WRITER, "logdelivery.elasticloadbalancing.amazonaws.com")
_LOG_BUCKET_ATTRIBUTES = ("access_logs.s3.bucket", "connection_logs.s3.bucket", "health_check_logs.s3.bucket")
_OTHER_LOGS = (
    ("AWS::CloudFront::Distribution", "DistributionConfig", "Logging", "Bucket"),
    ("AWS::EC2::FlowLog", "LogDestination"),
)
_BUCKET_IN_TEXT = re.compile(r"(?:arn:[^:]*:s3:::)?([^/:]+?)(?:\.s3[.-][^/]*)?(?:/.*)?")
"""The name of a bucket alone, in its ARN or its domain name, and before a prefix."""


def policies(bucket: Resource) -> Policies:
    """Return the statements of a bucket's policies."""
    return policies_of(bucket, BUCKET_POLICY, "Bucket")


def receives_access_logs(bucket: Resource) -> bool:
    """Tell whether S3 or a load balancer delivers access logs to a bucket, which AWS does to SSE-S3 buckets only.

    A bucket whose policy lets them deliver is one: the load balancers may be those of other stacks.
    A bucket that logs to itself alone is none: otherwise any bucket of records could pass as a log bucket.
    """
    template = bucket.template
    question = ("receives_access_logs", bucket)
    return template.assembly.once(question, lambda: _receives_access_logs(bucket), of=template)


def _receives_access_logs(bucket: Resource) -> bool:
    return bool(
        receives_server_access_logs(bucket) or [*_prefixes_of_balancers(bucket)] or _receives_without_prefix(bucket)
    )


def _receives_without_prefix(bucket: Resource) -> bool:
    kind = "AWS::ElasticLoadBalancing::LoadBalancer"
    classic = bucket.template.assembly.pointing_at(bucket, kind, "AccessLoggingPolicy", "S3BucketName")[0]
    return bool(classic) or _lets_deliver(bucket, *_LOG_WRITERS, *LOG_DELIVERY)


def _prefixes_of_balancers(bucket: Resource) -> Iterator[str]:
    kind = "AWS::ElasticLoadBalancingV2::LoadBalancer"
    for balancer in bucket.template.assembly.pointing_at(bucket, kind, "LoadBalancerAttributes", "*", "Value")[0]:
        attributes = balancer.each("LoadBalancerAttributes", "*")
        values = {one.at("Key").outline(): one.at("Value") for one in attributes}
        for key in _LOG_BUCKET_ATTRIBUTES:
            if key in values and values[key].designates(bucket):
                yield _below(values.get(key.replace("bucket", "prefix")))


def _below(prefix: Node | None) -> str:
    """Return what keys below a prefix begin with, as far as it is known."""
    text = "" if prefix is None else prefix.outline()
    known, unknown, _ = text.partition(UNKNOWN)
    return known if unknown else f"{known}/AWSLogs/".removeprefix("/")


def known_prefixes(bucket: Resource) -> list[str]:
    """Return what the keys of the logs in a bucket begin with: ``""`` is among them where that is not known of all."""
    assembly = bucket.template.assembly
    trails = assembly.pointing_at(bucket, "AWS::CloudTrail::Trail", "S3BucketName")[0]
    found = [*_prefixes_of_balancers(bucket), *(_below(trail.at("S3KeyPrefix")) for trail in trails)]
    for source in _sources_of_server_access_logs(bucket):
        found.append(source.at("LoggingConfiguration", "LogFilePrefix").outline().partition(UNKNOWN)[0])
    return [*found, ""] if _receives_without_prefix(bucket) or receives_other_logs(bucket) else found


def _lets_deliver(bucket: Resource, *writers: str) -> bool:
    return any(
        statement.effect == "Allow" and statement.covers("s3:PutObject") and _names_one(statement, writers)
        for _, statement in policies(bucket).sure
    )


def _names_one(statement: Statement, writers: tuple[str, ...]) -> bool:
    return any((who.text if kind == "Service" else account_of(who)) in writers for kind, who in statement.principals)


def receives_server_access_logs(bucket: Resource) -> bool:
    """Tell whether another bucket logs its access to a bucket."""
    return bool(_sources_of_server_access_logs(bucket))


def _sources_of_server_access_logs(bucket: Resource) -> list[Resource]:
    assembly = bucket.template.assembly
    sources = assembly.pointing_at(bucket, BUCKET, "LoggingConfiguration", "DestinationBucketName")[0]
    return [source for source in sources if source is not bucket]


def ends_server_access_logs(bucket: Resource) -> bool:
    """Tell whether S3 delivers access logs to a bucket, so that a log of its own would have no end."""
    return receives_server_access_logs(bucket) or _lets_deliver(bucket, S3_LOG_WRITER)


def receives_other_logs(bucket: Resource) -> bool:
    """Tell whether CloudFront or a flow log delivers to a bucket, which both do to buckets with a KMS key, too."""
    assembly = bucket.template.assembly
    found = assembly.once("other log buckets", lambda: set(_other_log_buckets(assembly)))
    return bucket in found or bucket.name.text in found


def _other_log_buckets(assembly: Assembly) -> Iterator[Resource | str]:
    for kind, *path in _OTHER_LOGS:
        for writer in assembly.resources(kind):
            place = writer.at(*path)
            written = _BUCKET_IN_TEXT.fullmatch(place.outline())
            if written and writer.exists:
                yield from place.targets() if written[1] == UNKNOWN else [written[1]]


def is_trail_bucket(bucket: Resource) -> bool:
    """Tell whether a trail delivers to a bucket."""
    return bool(bucket.template.assembly.pointing_at(bucket, "AWS::CloudTrail::Trail", "S3BucketName")[0])


def _default_encryption(bucket: Resource) -> Node:
    return bucket.at("BucketEncryption", "ServerSideEncryptionConfiguration")


def each_default(bucket: Resource, *keys: str) -> list[Node]:
    """Return a place in each default encryption rule of a bucket."""
    configuration = _default_encryption(bucket)
    return [item.at(*keys) for item in configuration.items() or [configuration.at(0)]]


def denied_to_all(bucket: Resource, denies: Callable[[Statement], bool | None], what: str) -> Outcome:
    """Judge that a policy denies something to everyone."""
    return policies(bucket).deny(denies, f"no bucket policy denies {what}")
