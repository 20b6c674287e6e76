"""What is judged of AWS Config."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import (
    BROKEN,
    GONE,
    MET,
    NEVER_TEXT,
    NOT_APPLICABLE,
    PARAMETER,
    UNDECIDED,
    Body,
    outcome,
    resource,
    template,
    verdict,
)

RECORDER = "AWS::Config::ConfigurationRecorder"
ALL, CONTINUOUS, BUCKET = "ConfigRecorderRecordsAllTypes", "ConfigRecorderContinuous", "ConfigDeliveryBucketNotLocked"


def recorder(rule: str, key: str, value: Json) -> str:
    return verdict(rule, template({"It": resource(RECORDER, {key: value})}))


@pytest.mark.parametrize(
    ("group", "wanted"),
    [
        ({"AllSupported": True}, MET),
        ({"AllSupported": True, "ResourceTypes": [], "ExclusionByResourceTypes": {"ResourceTypes": []}}, MET),
        ({"RecordingStrategy": {"UseOnly": "ALL_SUPPORTED_RESOURCE_TYPES"}}, MET),
        ({"RecordingStrategy": {"UseOnly": "EXCLUSION_BY_RESOURCE_TYPES"}}, BROKEN),
        ({"AllSupported": False}, BROKEN),
        ({"AllSupported": True, "ResourceTypes": ["AWS::S3::Bucket"]}, BROKEN),
        ({"AllSupported": True, "ExclusionByResourceTypes": {"ResourceTypes": ["AWS::S3::Bucket"]}}, BROKEN),
        ({"AllSupported": PARAMETER}, UNDECIDED),
        ({}, BROKEN),
    ],
)
def test_the_recording_group_decides(group: Body, wanted: str) -> None:
    assert recorder(ALL, "RecordingGroup", {**group, "IncludeGlobalResourceTypes": True}) == wanted


@pytest.mark.parametrize(
    ("group", "wanted"),
    [
        (GONE, UNDECIDED),
        (PARAMETER, UNDECIDED),
        ({"AllSupported": True}, UNDECIDED),
        ({"AllSupported": True, "IncludeGlobalResourceTypes": False}, UNDECIDED),
        ({"AllSupported": True, "IncludeGlobalResourceTypes": PARAMETER}, UNDECIDED),
        ({"AllSupported": True, "IncludeGlobalResourceTypes": "true"}, MET),
        ({"AllSupported": False, "IncludeGlobalResourceTypes": False}, BROKEN),
    ],
    ids=str,
)
def test_what_iam_keeps_is_recorded_only_where_it_is_said(group: Json, wanted: str) -> None:
    assert recorder(ALL, "RecordingGroup", group) == wanted


@pytest.mark.parametrize(("condition", "wanted"), [({}, MET), ({"Condition": "Never"}, UNDECIDED)], ids=str)
@pytest.mark.parametrize("group", [GONE, {"AllSupported": True}], ids=str)
def test_a_recorder_of_another_region_may_record_what_iam_keeps(group: Json, condition: Body, wanted: str) -> None:
    other = resource(RECORDER, {"RecordingGroup": {"IncludeGlobalResourceTypes": True}}, **condition)
    conditions: Json = {"Never": {"Fn::Equals": ["a", "b"]}}
    own = template({"It": resource(RECORDER, {"RecordingGroup": group})})
    assert verdict(ALL, own, template({"Other": other}, Conditions=conditions)) == wanted


def test_a_recorder_is_told_what_it_leaves_out() -> None:
    found = outcome(ALL, template({"It": resource(RECORDER, {})}))
    assert found.property == "RecordingGroup.IncludeGlobalResourceTypes"
    assert found.found == "no recorder here records users, groups, roles and policies of IAM"


@pytest.mark.parametrize("group", NEVER_TEXT)
def test_a_recording_group_that_is_none_breaks(group: Json) -> None:
    assert recorder(ALL, "RecordingGroup", group) == BROKEN


@pytest.mark.parametrize(
    ("mode", "wanted"),
    [
        (GONE, MET),
        ({"RecordingFrequency": "CONTINUOUS"}, MET),
        ({"RecordingFrequency": "DAILY"}, BROKEN),
        ({"RecordingFrequency": PARAMETER}, UNDECIDED),
        ({"RecordingFrequency": "CONTINUOUS", "RecordingModeOverrides": [{"RecordingFrequency": "DAILY"}]}, BROKEN),
        ({"RecordingFrequency": "CONTINUOUS", "RecordingModeOverrides": [{"RecordingFrequency": "CONTINUOUS"}]}, MET),
        ({"RecordingFrequency": "CONTINUOUS", "RecordingModeOverrides": PARAMETER}, UNDECIDED),
        ({}, BROKEN),
    ],
)
def test_the_frequency_decides(mode: Json, wanted: str) -> None:
    assert recorder(CONTINUOUS, "RecordingMode", mode) == wanted


@pytest.mark.parametrize(
    ("bucket", "wanted"),
    [
        ({}, MET),
        ({"ObjectLockEnabled": True}, MET),
        ({"ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled"}}, MET),
        ({"ObjectLockConfiguration": {"Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}}}}, BROKEN),
        ({"ObjectLockConfiguration": {"Rule": {"DefaultRetention": PARAMETER}}}, UNDECIDED),
        ({"ObjectLockConfiguration": PARAMETER}, UNDECIDED),
    ],
)
def test_a_bucket_with_a_default_retention_receives_nothing(bucket: Json, wanted: str) -> None:
    channel = resource("AWS::Config::DeliveryChannel", {"S3BucketName": {"Ref": "Bucket"}})
    body = template({"It": channel, "Bucket": resource("AWS::S3::Bucket", bucket)})
    assert verdict(BUCKET, body) == wanted


@pytest.mark.parametrize("name", ["elsewhere", PARAMETER, *NEVER_TEXT])
def test_a_bucket_of_elsewhere_is_not_judged(name: Json) -> None:
    body = template({"It": resource("AWS::Config::DeliveryChannel", {"S3BucketName": name})})
    assert verdict(BUCKET, body) == NOT_APPLICABLE
