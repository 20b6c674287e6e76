"""What is judged of where trails and event data stores keep events."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import (
    BROKEN,
    GONE,
    MET,
    NEVER_TRUE,
    NOT_APPLICABLE,
    PARAMETER,
    UNDECIDED,
    Body,
    outcome,
    resource,
    template,
    verdict,
)

TRAIL, BUCKET = "AWS::CloudTrail::Trail", "AWS::S3::Bucket"
GUARDED, UNUSUAL = "TrailBucketGuarded", "TrailLooksForUnusualActivity"
BLOCKED: Body = {
    "BlockPublicAcls": True,
    "BlockPublicPolicy": True,
    "IgnorePublicAcls": True,
    "RestrictPublicBuckets": True,
}
LOGGED: Body = {"DestinationBucketName": "logs"}


def delivering(**bucket: Json) -> Body:
    properties: Json = {"PublicAccessBlockConfiguration": BLOCKED, "LoggingConfiguration": LOGGED, **bucket}
    return template(
        {"It": resource(TRAIL, {"S3BucketName": {"Ref": "Bucket"}}), "Bucket": resource(BUCKET, properties)}
    )


@pytest.mark.parametrize(
    ("bucket", "wanted"),
    [
        ({}, MET),
        ({"LoggingConfiguration": GONE}, BROKEN),
        ({"LoggingConfiguration": {"LogFilePrefix": "own/"}}, MET),
        ({"LoggingConfiguration": PARAMETER}, UNDECIDED),
        ({"PublicAccessBlockConfiguration": GONE}, BROKEN),
        *(({"PublicAccessBlockConfiguration": {**BLOCKED, key: False}}, BROKEN) for key in BLOCKED),
        ({"PublicAccessBlockConfiguration": {**BLOCKED, "BlockPublicAcls": PARAMETER}}, UNDECIDED),
    ],
)
def test_the_bucket_of_a_trail_is_private_and_logged(bucket: Body, wanted: str) -> None:
    assert verdict(GUARDED, delivering(**bucket)) == wanted


def test_a_finding_names_the_bucket_and_stands_at_the_trail() -> None:
    found = outcome(GUARDED, delivering(LoggingConfiguration=GONE))
    assert (found.property, found.found) == ("S3BucketName", "Bucket: no access log")


@pytest.mark.parametrize("name", ["elsewhere", PARAMETER, GONE])
def test_a_bucket_of_elsewhere_is_not_judged(name: Json) -> None:
    assert verdict(GUARDED, template({"It": resource(TRAIL, {"S3BucketName": name})})) == NOT_APPLICABLE


RATE: Json = {"InsightType": "ApiCallRateInsight"}
ERRORS: Json = {"InsightType": "ApiErrorRateInsight"}


@pytest.mark.parametrize(
    ("selectors", "wanted"),
    [
        ([RATE, ERRORS], MET),
        ([RATE], BROKEN),
        ([ERRORS], BROKEN),
        ([], BROKEN),
        (GONE, BROKEN),
        (PARAMETER, UNDECIDED),
        ([RATE, {"InsightType": PARAMETER}], UNDECIDED),
        ("x", BROKEN),
    ],
)
def test_both_kinds_of_insight_are_asked_for(selectors: Json, wanted: str) -> None:
    assert verdict(UNUSUAL, template({"It": resource(TRAIL, {"InsightSelectors": selectors})})) == wanted


def test_another_trail_may_look() -> None:
    other = template({"Other": resource(TRAIL, {"InsightSelectors": [RATE, ERRORS]})})
    assert verdict(UNUSUAL, template({"It": resource(TRAIL, {})}), other) == MET


def store(properties: Json) -> Body:
    return template({"It": resource("AWS::CloudTrail::EventDataStore", properties)})


@pytest.mark.parametrize(
    ("key", "wanted"),
    [
        ("arn:aws:kms:us-east-1:123456789012:key/a", MET),
        ("alias/trail", MET),
        ("alias/aws/cloudtrail", BROKEN),
        (GONE, BROKEN),
        (PARAMETER, UNDECIDED),
    ],
)
def test_the_key_of_an_event_data_store_decides(key: Json, wanted: str) -> None:
    assert verdict("EventDataStoreEncrypted", store({"KmsKeyId": key})) == wanted


KEPT = "EventDataStoreKeptSixYears"


@pytest.mark.parametrize(
    ("properties", "wanted"),
    [
        ({"RetentionPeriod": 2192}, MET),
        ({"RetentionPeriod": 2191}, BROKEN),
        ({"RetentionPeriod": PARAMETER}, UNDECIDED),
        ({}, BROKEN),
        ({"BillingMode": "EXTENDABLE_RETENTION_PRICING"}, BROKEN),
        ({"BillingMode": "FIXED_RETENTION_PRICING"}, MET),
        ({"RetentionPeriod": 2192, "MultiRegionEnabled": True, "TerminationProtectionEnabled": True}, MET),
        ({"RetentionPeriod": 2192, "MultiRegionEnabled": False}, BROKEN),
        ({"RetentionPeriod": 2192, "TerminationProtectionEnabled": False}, BROKEN),
        ({"RetentionPeriod": 2192, "IngestionEnabled": False}, BROKEN),
        ({"RetentionPeriod": 2192, "IngestionEnabled": PARAMETER}, UNDECIDED),
    ],
)
def test_an_event_data_store_keeps_events_six_years(properties: Json, wanted: str) -> None:
    assert verdict(KEPT, store(properties)) == wanted


@pytest.mark.parametrize("switch", NEVER_TRUE)
def test_a_switch_that_is_none_breaks(switch: Json) -> None:
    assert verdict(KEPT, store({"RetentionPeriod": 2192, "MultiRegionEnabled": switch})) == BROKEN
