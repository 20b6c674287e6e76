"""What is judged of buckets that archive to Glacier."""

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

DENIAL: Json = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": [{"Fn::GetAtt": ["It", "Arn"]}, {"Fn::Sub": "${It.Arn}/*"}],
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}
TO_GLACIER: Json = {"Status": "Enabled", "Transitions": [{"StorageClass": "GLACIER", "TransitionInDays": 90}]}


def archiving(item: Json, algorithm: Json = "aws:kms", *, denied: bool = True) -> Body:
    default: Json = {"ServerSideEncryptionByDefault": {"SSEAlgorithm": algorithm}}
    bucket: Body = {
        "LifecycleConfiguration": {"Rules": [item]},
        "BucketEncryption": {"ServerSideEncryptionConfiguration": [default]},
    }
    statements: Json = [DENIAL] if denied else []
    policy = resource("AWS::S3::BucketPolicy", {"Bucket": {"Ref": "It"}, "PolicyDocument": {"Statement": statements}})
    return template({"It": resource("AWS::S3::Bucket", bucket), "Policy": policy})


@pytest.mark.parametrize(
    ("algorithm", "wanted"),
    [
        ("aws:kms", MET),
        ("aws:kms:dsse", MET),
        ("AES256", MET),
        ("x", BROKEN),
        (GONE, BROKEN),
        (7, BROKEN),
        (PARAMETER, UNDECIDED),
    ],
)
def test_the_encryption_decides(algorithm: Json, wanted: str) -> None:
    assert verdict("S3ArchiveGuarded", archiving(TO_GLACIER, algorithm)) == wanted


def test_plaintext_must_be_denied() -> None:
    assert verdict("S3ArchiveGuarded", archiving(TO_GLACIER, denied=False)) == BROKEN


@pytest.mark.parametrize(
    ("item", "wanted"),
    [
        (TO_GLACIER, BROKEN),
        ({"Transitions": [{"StorageClass": "DEEP_ARCHIVE"}]}, BROKEN),
        ({"Transitions": [{"StorageClass": "STANDARD_IA"}, {"StorageClass": "GLACIER_IR"}]}, BROKEN),
        ({"Transition": {"StorageClass": "GLACIER"}}, BROKEN),
        ({"NoncurrentVersionTransitions": [{"StorageClass": "GLACIER"}]}, BROKEN),
        ({"NoncurrentVersionTransition": {"StorageClass": "GLACIER"}}, BROKEN),
        ({"Transitions": [{"StorageClass": PARAMETER}]}, BROKEN),
        ({"Status": "Disabled", "Transitions": [{"StorageClass": "GLACIER"}]}, NOT_APPLICABLE),
        ({"Transitions": [{"StorageClass": "STANDARD_IA"}]}, NOT_APPLICABLE),
        ({"Transitions": "GLACIER"}, NOT_APPLICABLE),
        ({}, NOT_APPLICABLE),
        ("x", NOT_APPLICABLE),
    ],
    ids=str,
)
def test_what_moves_to_glacier_is_asked(item: Json, wanted: str) -> None:
    assert verdict("S3ArchiveGuarded", archiving(item, denied=False)) == wanted


def test_a_rule_that_is_off_does_not_end_the_search() -> None:
    both: Json = {"Rules": [{"Status": "Disabled", "Transitions": [{"StorageClass": "GLACIER"}]}, TO_GLACIER]}
    body = template({"It": resource("AWS::S3::Bucket", {"LifecycleConfiguration": both})})
    assert verdict("S3ArchiveGuarded", body) == BROKEN
