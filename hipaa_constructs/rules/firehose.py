"""What a template must show of Amazon Data Firehose."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from hipaa_constructs.rules._keys import customers_key
from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._outcome import NOT_APPLICABLE, Outcome, all_met, any_met
from hipaa_constructs.rules._rule import Severity, rule
from hipaa_constructs.rules._s3 import BUCKET, each_default
from hipaa_constructs.rules._stores import AT_REST

STREAM = "AWS::KinesisFirehose::DeliveryStream"
_GUIDE = "https://docs.aws.amazon.com/firehose/latest/dev/"
_DESTINATION = "DestinationConfiguration"
_BUCKETS = ("S3DestinationConfiguration", "ExtendedS3DestinationConfiguration")
_BACKUPS = ("S3Configuration", "S3BackupConfiguration")


def _if_direct(stream: Resource, judge: Callable[[Node], Outcome]) -> Outcome:
    """Judge the encryption of what producers put; what comes from another stream is encrypted there."""
    kind, place = stream.at("DeliveryStreamType"), stream.at("DeliveryStreamEncryptionConfigurationInput")
    if kind.is_unknown:
        return kind.undecided()
    return judge(place) if kind.is_absent or kind.text == "DirectPut" else NOT_APPLICABLE


@rule(
    title="every delivery stream encrypts what it holds",
    fix="set DeliveryStreamEncryptionConfigurationInput.KeyType",
    applies_to=(STREAM,),
    controls=AT_REST,
    requirement="HC-361",
    same_as=("config:kinesis-firehose-delivery-stream-encrypted",),
    url=_GUIDE + "encryption.html",
)
def firehose_encrypted(stream: Resource) -> Outcome:
    """Judge streams that producers put to; nothing is encrypted where nothing is said."""
    return _if_direct(stream, lambda place: place.at("KeyType").must_be("AWS_OWNED_CMK", "CUSTOMER_MANAGED_CMK"))


@rule(
    title="every delivery stream is encrypted with a customer managed key",
    fix="set KeyType to CUSTOMER_MANAGED_CMK and KeyARN to a key of yours",
    applies_to=(STREAM,),
    controls=AT_REST,
    requirement="HC-361",
    severity=Severity.WARNING,
    url=_GUIDE + "encryption.html",
)
def firehose_uses_customer_managed_key(stream: Resource) -> Outcome:
    """Judge kind and key of streams that producers put to."""
    return _if_direct(
        stream,
        lambda place: all_met([place.at("KeyType").must_be("CUSTOMER_MANAGED_CMK"), customers_key(place.at("KeyARN"))]),
    )


@rule(
    title="every delivery stream encrypts what it puts into a bucket with a customer managed key",
    fix="set EncryptionConfiguration.KMSEncryptionConfig.AWSKMSKeyARN, or the bucket's default key, to a key of yours",
    applies_to=(STREAM,),
    controls=AT_REST,
    requirement="HC-362",
    url="https://docs.aws.amazon.com/firehose/latest/APIReference/API_EncryptionConfiguration.html",
)
def firehose_destination_encrypted(stream: Resource) -> Outcome:
    """Judge every bucket of the stream, also those for backups and failures; the bucket's own key counts."""
    return all_met(_encrypts(place) for place in _buckets(stream))


def _buckets(stream: Resource) -> Iterator[Node]:
    for name, place in stream.at().entries():
        if name.endswith(_DESTINATION):
            if name in _BUCKETS:
                yield place
            yield from (place.at(backup) for backup in _BACKUPS if not place.at(backup).is_absent)


def _encrypts(configuration: Node) -> Outcome:
    key = customers_key(configuration.at("EncryptionConfiguration", "KMSEncryptionConfig", "AWSKMSKeyARN"))
    name = configuration.at("BucketARN")
    bucket = name.target()
    if bucket is None or bucket.type != BUCKET:
        return any_met([key, name.undecided("the bucket, which may encrypt, is not in these templates")])
    defaults = each_default(bucket, "ServerSideEncryptionByDefault", "KMSMasterKeyID")
    return any_met([key, all_met(customers_key(place, by_alias=True) for place in defaults)])


@rule(
    title="every delivery stream logs what it could not deliver",
    fix="set CloudWatchLoggingOptions with Enabled true, LogGroupName and LogStreamName",
    applies_to=(STREAM,),
    controls=("164.312(b)",),
    requirement="HC-363",
    severity=Severity.WARNING,
    url=_GUIDE + "monitoring-with-cloudwatch-logs.html",
)
def firehose_logged(stream: Resource) -> Outcome:
    """Judge the options of every destination."""
    places = (place for name, place in stream.at().entries() if name.endswith(_DESTINATION))
    return all_met(
        outcome
        for options in (place.at("CloudWatchLoggingOptions") for place in places)
        for outcome in (options.at("Enabled").must_be(True), options.at("LogGroupName").must_be_set())
    )
