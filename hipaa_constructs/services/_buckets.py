"""What the buckets have in common, and what their policies and replication roles say."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from hipaa_constructs.services._tokens import ACCOUNT_ID

REPLICATION_RULE = "Everything"
LOWEST_TLS = 1.2

FIXED = {
    "access_control": "ACLs are off; grant by policy (164.312(a)(1))",
    "auto_delete_objects": "records are never deleted automatically (164.308(a)(7)(ii)(A))",
    "block_public_access": "all four ways are always blocked (164.312(a)(1))",
    "blocked_encryption_types": "keys that the client holds (SSE-C) are always blocked (164.312(a)(2)(iv))",
    "enforce_ssl": "requests without TLS are always denied (164.312(e)(1))",
    "object_ownership": "the bucket's owner owns every object (164.312(a)(1))",
    "public_read_access": "no record is public (164.312(a)(1))",
    "target_object_key_format": "logs are partitioned by source and date, so that one archive serves many buckets",
    "website_error_document": "S3 website endpoints speak no TLS (164.312(e)(1)); put CloudFront before the bucket",
    "website_index_document": "S3 website endpoints speak no TLS (164.312(e)(1)); put CloudFront before the bucket",
    "website_redirect": "S3 website endpoints speak no TLS (164.312(e)(1)); put CloudFront before the bucket",
    "website_routing_rules": "S3 website endpoints speak no TLS (164.312(e)(1)); put CloudFront before the bucket",
}
"""What no bucket of this package leaves to its user: how, why, and the way out."""

ABORT_UPLOADS = s3.LifecycleRule(id="AbortIncompleteUploads", abort_incomplete_multipart_upload_after=Duration.days(7))


_RESOURCES: WeakKeyDictionary[s3.Bucket, s3.CfnBucket] = WeakKeyDictionary()
"""What was asked: every question to Node takes time, and a bucket's resource is asked for several times."""


def resource_of(bucket: s3.Bucket) -> s3.CfnBucket:
    """Return the resource of a bucket."""
    if bucket not in _RESOURCES:
        resource = bucket.node.default_child
        assert isinstance(resource, s3.CfnBucket)
        _RESOURCES[bucket] = resource
    return _RESOURCES[bucket]


def keep_policy(bucket: s3.Bucket) -> None:
    """Let a bucket's policy outlive the stack too; without it, the bucket would accept plaintext requests."""
    policy = bucket.policy
    assert policy is not None
    policy.apply_removal_policy(RemovalPolicy.RETAIN)


def log_access(bucket: s3.Bucket, destination: s3.IBucket, prefix: str) -> None:
    """Have the accesses to a bucket logged, once the destination's policy lets S3 deliver."""
    # The L2's own option sets an ACL on the destination unless a feature flag is on; ACLs are off there.
    resource_of(bucket).logging_configuration = s3.CfnBucket.LoggingConfigurationProperty(
        destination_bucket_name=destination.bucket_name,
        log_file_prefix=prefix,
        target_object_key_format=s3.CfnBucket.TargetObjectKeyFormatProperty(
            partitioned_prefix=s3.CfnBucket.PartitionedPrefixProperty(partition_date_source="EventTime")
        ),
    )
    policy = destination.policy
    if policy is not None:
        bucket.node.add_dependency(policy)


def deny_deletion(bucket: s3.Bucket) -> iam.PolicyStatement:
    """Let nobody delete an object; lifecycle rules are not subject to bucket policies, so objects still expire."""
    return iam.PolicyStatement(
        sid="NobodyDeletesLogs",
        effect=iam.Effect.DENY,
        principals=[iam.AnyPrincipal()],
        actions=["s3:DeleteObject", "s3:DeleteObjectVersion"],
        resources=[bucket.arn_for_objects("*")],
    )


def deliver(
    bucket: s3.Bucket, *, sid: str, service: str, source: str, with_account: bool = True
) -> iam.PolicyStatement:
    """Let an AWS service write objects on behalf of this account's own resources."""
    conditions: dict[str, dict[str, str]] = {"ArnLike": {"aws:SourceArn": source}}
    if with_account:
        conditions["StringEquals"] = {"aws:SourceAccount": ACCOUNT_ID}
    return iam.PolicyStatement(
        sid=sid,
        actions=["s3:PutObject"],
        resources=[bucket.arn_for_objects("*")],
        principals=[iam.ServicePrincipal(service)],
        conditions=conditions,
    )


def deny_other_encryption(bucket: s3.Bucket, key: kms.IKey) -> list[iam.PolicyStatement]:
    """Deny uploads that ask for other encryption than SSE-KMS, for another key, or for no key in particular."""
    # Without the Null test the statements would deny uploads that ask for nothing and get the default encryption. It is
    # about the algorithm in both: a request for aws:kms without a key id gets the AWS managed key, not the default one.
    # AWS services that the policy lets deliver choose the encryption as they are configured, with headers of their own.
    algorithm = "s3:x-amz-server-side-encryption"
    wanted = {
        "DenyOtherEncryption": (algorithm, "aws:kms"),
        "DenyOtherKeys": (f"{algorithm}-aws-kms-key-id", key.key_arn),
    }
    return [
        iam.PolicyStatement(
            sid=sid,
            effect=iam.Effect.DENY,
            principals=[iam.AnyPrincipal()],
            actions=["s3:PutObject"],
            resources=[bucket.arn_for_objects("*")],
            conditions={
                "StringNotEquals": {header: value},
                "Null": {algorithm: "false"},
                "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
            },
        )
        for sid, (header, value) in wanted.items()
    ]


def replication_role(scope: Construct) -> iam.Role:
    """Make the role that S3 replicates with; `allow_replication` gives it its permissions."""
    # AWS documents no confused-deputy condition for this role, and one that S3 does not fill in would stop replication
    # without a word. S3 takes the role only from whoever may pass it, in this account.
    return iam.Role(
        scope,
        "ReplicationRole",
        assumed_by=iam.ServicePrincipal("s3.amazonaws.com"),
        description="Copies new objects to the replica bucket",
    )


def replication_rule(target: s3.IBucket, key: kms.IKey) -> s3.ReplicationRule:
    """Return the rule that copies everything, with delete markers, within 15 minutes."""
    return s3.ReplicationRule(
        id=REPLICATION_RULE,
        destination=target,
        kms_key=key,
        sse_kms_encrypted_objects=True,
        delete_marker_replication=True,
        replica_modifications=True,
        replication_time_control=s3.ReplicationTimeValue.FIFTEEN_MINUTES,
        metrics=s3.ReplicationTimeValue.FIFTEEN_MINUTES,
    )


def allow_replication(
    scope: Construct,
    role: iam.Role,
    *,
    source: s3.IBucket,
    source_key: kms.IKey,
    target: s3.IBucket,
    target_key: kms.IKey,
) -> None:
    """Grant what S3 documents for replication, in a managed policy, as the rule sets refuse inline ones.

    AWS: https://docs.aws.amazon.com/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html
    """
    iam.ManagedPolicy(
        scope,
        "ReplicationPolicy",
        roles=[role],
        statements=[
            iam.PolicyStatement(
                actions=["s3:GetReplicationConfiguration", "s3:ListBucket"], resources=[source.bucket_arn]
            ),
            iam.PolicyStatement(
                actions=[
                    "s3:GetObjectLegalHold",
                    "s3:GetObjectRetention",
                    "s3:GetObjectVersionAcl",
                    "s3:GetObjectVersionForReplication",
                    "s3:GetObjectVersionTagging",
                ],
                resources=[source.arn_for_objects("*")],
            ),
            iam.PolicyStatement(
                actions=["s3:ReplicateDelete", "s3:ReplicateObject", "s3:ReplicateTags"],
                resources=[target.arn_for_objects("*")],
            ),
            _through_s3("kms:Decrypt", key=source_key, bucket=source),
            _through_s3("kms:Encrypt", "kms:GenerateDataKey", key=target_key, bucket=target),
        ],
    )


def _through_s3(*actions: str, key: kms.IKey, bucket: s3.IBucket) -> iam.PolicyStatement:
    return iam.PolicyStatement(
        actions=list(actions),
        resources=[key.key_arn],
        conditions={
            "StringLike": {
                "kms:ViaService": "s3.*",
                "kms:EncryptionContext:aws:s3:arn": [bucket.bucket_arn, bucket.arn_for_objects("*")],
            }
        },
    )
