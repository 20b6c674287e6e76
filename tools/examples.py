"""Each construct with its defaults, as the generated pages and the tests of all constructs make it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from constructs import Construct

from hipaa_constructs import (
    EncryptedBucket,
    EncryptedLogGroup,
    EncryptionKey,
    LogArchive,
    ManagedPolicyRole,
    ReplicaEncryptionKey,
)

EXAMPLES: Mapping[type[Construct], Callable[[Stack], Construct]] = {
    EncryptedBucket: lambda stack: EncryptedBucket(stack, "Example"),
    EncryptedLogGroup: lambda stack: EncryptedLogGroup(stack, "Example"),
    EncryptionKey: lambda stack: EncryptionKey(stack, "Example"),
    LogArchive: lambda stack: LogArchive(stack, "Example"),
    ManagedPolicyRole: lambda stack: ManagedPolicyRole(stack, "Example", assumed_by=iam.AccountRootPrincipal()),
    ReplicaEncryptionKey: lambda stack: ReplicaEncryptionKey(
        stack, "Example", primary_key_arn="arn:aws:kms:us-east-1:123456789012:key/mrk-0123456789abcdef"
    ),
}
