"""Preferences of sessions, weakened."""

from __future__ import annotations

from aws_cdk import Stack

from hipaa_constructs import EncryptedBucket, SessionManagerAccess
from tests.mutation._weakening import Weakening


def sessions(stack: Stack) -> None:
    SessionManagerAccess(stack, "It")


def stored_sessions(stack: Stack) -> None:
    SessionManagerAccess(stack, "It", bucket=EncryptedBucket(stack, "Copies"))


WEAKENING = Weakening(
    "ssm",
    (sessions, stored_sessions),
    only=(
        "Document:Properties/Content:deleted",
        "Document:Properties/Content/inputs:deleted",
        "Document:Properties/Content/inputs/cloudWatchEncryptionEnabled:*",
        "Document:Properties/Content/inputs/cloudWatchLogGroupName:deleted",
        "Document:Properties/Content/inputs/kmsKeyId:*",
        "Document:Properties/Content/inputs/s3EncryptionEnabled:*",
    ),
    exempt=(
        ("Document:*/cloudWatchLogGroupName", "deleted", "with a bucket, which has the logs too"),
        ("Document:*/s3EncryptionEnabled", "*", "without a bucket it says nothing"),
    ),
    expected=frozenset({"S3BucketReplicated"}),
)
