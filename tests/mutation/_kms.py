"""Keys, weakened."""

from __future__ import annotations

from aws_cdk import Stack

from hipaa_constructs import EncryptionKey, ReplicaEncryptionKey
from tests.mutation._weakening import KEYS_EXEMPT, Weakening

PRIMARY = "arn:aws:kms:us-east-1:123456789012:key/mrk-0123456789abcdef"


def key(stack: Stack) -> None:
    EncryptionKey(stack, "It").allow_cloudwatch_logs()


def replica_key(stack: Stack) -> None:
    ReplicaEncryptionKey(stack, "It", primary_key_arn=PRIMARY).allow_cloudwatch_logs()


WEAKENING = Weakening("kms", (key, replica_key), exempt=KEYS_EXEMPT)
