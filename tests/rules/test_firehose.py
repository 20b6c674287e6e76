"""What is judged of delivery streams of Firehose."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import (
    BROKEN,
    GONE,
    MET,
    NOT_APPLICABLE,
    PARAMETER,
    UNDECIDED,
    Body,
    resource,
    template,
    verdict,
)
from tests.rules._stores import KEY_ARN, ON, OWN_KEY, SET, Place, alone, each_case, judged, one_of

STREAM = "AWS::KinesisFirehose::DeliveryStream"
INPUT = "DeliveryStreamEncryptionConfigurationInput"
BUCKETS = ("S3DestinationConfiguration", "ExtendedS3DestinationConfiguration")


@each_case([("FirehoseEncrypted", STREAM, (INPUT, "KeyType"))], one_of("AWS_OWNED_CMK", "CUSTOMER_MANAGED_CMK"))
def test_the_kind_of_key_decides(place: Place, value: Json, wanted: str) -> None:
    assert judged(place, value) == wanted


@each_case([("FirehoseUsesCustomerManagedKey", STREAM, (INPUT, "KeyType"))], one_of("CUSTOMER_MANAGED_CMK"))
def test_the_kind_must_be_the_customers(place: Place, value: Json, wanted: str) -> None:
    assert judged(place, value, {INPUT: {"KeyARN": KEY_ARN}}) == wanted


@each_case([("FirehoseUsesCustomerManagedKey", STREAM, (INPUT, "KeyARN"))], [*OWN_KEY, (GONE, BROKEN)])
def test_the_key_must_be_the_customers(place: Place, value: Json, wanted: str) -> None:
    assert judged(place, value, {INPUT: {"KeyType": "CUSTOMER_MANAGED_CMK"}}) == wanted


@pytest.mark.parametrize("rule", ["FirehoseEncrypted", "FirehoseUsesCustomerManagedKey"])
@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        ("DirectPut", BROKEN),
        (GONE, BROKEN),
        ("KinesisStreamAsSource", NOT_APPLICABLE),
        ("MSKAsSource", NOT_APPLICABLE),
        (PARAMETER, UNDECIDED),
    ],
)
def test_what_comes_from_another_stream_is_encrypted_there(rule: str, kind: Json, wanted: str) -> None:
    assert verdict(rule, alone(STREAM, {"DeliveryStreamType": kind})) == wanted


def with_key(key: Json) -> Body:
    return {"BucketARN": "arn:aws:s3:::logs", "EncryptionConfiguration": {"KMSEncryptionConfig": {"AWSKMSKeyARN": key}}}


@pytest.mark.parametrize("destination", BUCKETS)
@pytest.mark.parametrize(
    ("key", "wanted"), [(one, MET if wanted == MET else UNDECIDED) for one, wanted in OWN_KEY], ids=str
)
def test_the_key_of_a_destination_meets(destination: str, key: Json, wanted: str) -> None:
    assert verdict("FirehoseDestinationEncrypted", alone(STREAM, {destination: with_key(key)})) == wanted


def bucket(key: Json) -> Json:
    default: Json = {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}}
    return resource("AWS::S3::Bucket", {"BucketEncryption": {"ServerSideEncryptionConfiguration": [default]}})


def delivering(properties: Body, key: Json) -> Body:
    return template({"It": resource(STREAM, properties), "Bucket": bucket(key)})


TO_BUCKET: Body = {"BucketARN": {"Fn::GetAtt": ["Bucket", "Arn"]}}


@pytest.mark.parametrize("destination", BUCKETS)
@pytest.mark.parametrize(
    ("key", "wanted"),
    [(KEY_ARN, MET), ("alias/portal", MET), ("alias/aws/s3", BROKEN), (GONE, BROKEN), (PARAMETER, UNDECIDED)],
    ids=str,
)
def test_the_default_key_of_the_bucket_counts(destination: str, key: Json, wanted: str) -> None:
    assert verdict("FirehoseDestinationEncrypted", delivering({destination: TO_BUCKET}, key)) == wanted


def test_what_asks_for_no_encryption_gets_the_buckets() -> None:
    plain: Body = {**TO_BUCKET, "EncryptionConfiguration": {"NoEncryptionConfig": "NoEncryption"}}
    assert verdict("FirehoseDestinationEncrypted", delivering({BUCKETS[1]: plain}, KEY_ARN)) == MET


@pytest.mark.parametrize(
    ("destination", "backup"),
    [
        ("ExtendedS3DestinationConfiguration", "S3BackupConfiguration"),
        ("RedshiftDestinationConfiguration", "S3Configuration"),
        ("AmazonopensearchserviceDestinationConfiguration", "S3Configuration"),
        ("HttpEndpointDestinationConfiguration", "S3Configuration"),
    ],
)
@pytest.mark.parametrize(("key", "wanted"), [(KEY_ARN, MET), (GONE, BROKEN)], ids=["own", "none"])
def test_buckets_of_backups_and_failures_are_judged(destination: str, backup: str, key: Json, wanted: str) -> None:
    configuration: Body = {**with_key(KEY_ARN), backup: TO_BUCKET}
    assert verdict("FirehoseDestinationEncrypted", delivering({destination: configuration}, key)) == wanted


def test_what_is_no_destination_is_not_judged() -> None:
    properties: Body = {"KinesisStreamSourceConfiguration": {"S3Configuration": TO_BUCKET}}
    assert verdict("FirehoseDestinationEncrypted", delivering(properties, GONE)) == NOT_APPLICABLE
    assert verdict("FirehoseLogged", delivering(properties, GONE)) == NOT_APPLICABLE


@pytest.mark.parametrize("target", ["x", {"Ref": "It"}, 7, GONE], ids=str)
def test_a_bucket_that_is_not_here_leaves_it_open(target: Json) -> None:
    assert verdict("FirehoseDestinationEncrypted", alone(STREAM, {BUCKETS[0]: {"BucketARN": target}})) == UNDECIDED


LOGGING = ("SplunkDestinationConfiguration", "CloudWatchLoggingOptions")


@each_case([("FirehoseLogged", STREAM, (*LOGGING, "Enabled"))], ON)
def test_logging_must_be_on(place: Place, value: Json, wanted: str) -> None:
    assert judged(place, value, {LOGGING[0]: {LOGGING[1]: {"LogGroupName": "x"}}}) == wanted


@each_case([("FirehoseLogged", STREAM, (*LOGGING, "LogGroupName"))], SET)
def test_logs_must_go_somewhere(place: Place, value: Json, wanted: str) -> None:
    assert judged(place, value, {LOGGING[0]: {LOGGING[1]: {"Enabled": True}}}) == wanted
