"""What a team would write once and use in each stack."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import aws_cdk as cdk
from aws_cdk import Acknowledgment, Aws, CfnResource, Duration, RemovalPolicy, Validations
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from constructs import Construct

ACCOUNT, PRIMARY, RECOVERY, DOMAIN = "123456789012", "us-east-2", "us-west-2", "portal.example.org"
SIX_YEARS = Duration.days(2192)
ABORT = s3.LifecycleRule(id="AbortIncompleteUploads", abort_incomplete_multipart_upload_after=Duration.days(7))


class PortalStack(cdk.Stack):
    """A stack in a Region."""

    def __init__(self, app: cdk.App, id: str, region: str, *, stateful: bool = True) -> None:
        """Make a stack, protected from being deleted if it holds data."""
        env = cdk.Environment(account=ACCOUNT, region=region)
        super().__init__(app, id, env=env, termination_protection=stateful)


def log_group(
    scope: Construct,
    id: str,
    key: kms.IKey,
    name: str | None = None,
    masking: logs.DataProtectionPolicy | None = None,
) -> logs.LogGroup:
    """Make a log group that keeps for six years, encrypted."""
    group = logs.LogGroup(
        scope,
        id,
        encryption_key=key,
        data_protection_policy=masking,
        log_group_name=name,
        retention=logs.RetentionDays.SIX_YEARS,
        removal_policy=RemovalPolicy.RETAIN,
        deletion_protection_enabled=True,
    )
    return group


def let_logs_in(key: kms.Key) -> None:
    """Let CloudWatch Logs use a key for the log groups of the account."""
    key.add_to_resource_policy(logs_statement())


def logs_statement() -> iam.PolicyStatement:
    """Return what a key's policy must allow CloudWatch Logs."""
    groups = f"arn:{Aws.PARTITION}:logs:{Aws.REGION}:{Aws.ACCOUNT_ID}:log-group:*"
    return iam.PolicyStatement(
        sid="CloudWatchLogsOfThisAccount",
        actions=["kms:Decrypt", "kms:Describe*", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"],
        principals=[iam.ServicePrincipal(f"logs.{Aws.REGION}.amazonaws.com")],
        resources=["*"],
        conditions={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": groups}},
    )


def stack_key(stack: cdk.Stack) -> kms.Key:
    """Make a key of one stack."""
    key = kms.Key(
        stack,
        "EncryptionKey",
        description=f"Encrypts the data of the stack {stack.node.path}",
        enable_key_rotation=True,
        pending_window=Duration.days(30),
        removal_policy=RemovalPolicy.RETAIN,
    )
    let_logs_in(key)
    return key


def archive_bucket(scope: Construct, id: str) -> s3.Bucket:
    """Make a bucket of logs, and accept what it can't have."""
    bucket = plain_archive_bucket(scope, id)
    resource = bucket.node.default_child
    assert isinstance(resource, s3.CfnBucket)
    because = "Access logs are delivered to buckets with SSE-S3 only, inside one Region"
    accept(resource, "S3DefaultEncryptionKMS", "S3BucketReplicationEnabled", because=because)
    return bucket


def plain_archive_bucket(scope: Construct, id: str) -> s3.Bucket:
    """Make a bucket of logs."""
    keep = s3.LifecycleRule(
        id="KeepForSixYears",
        expiration=SIX_YEARS,
        noncurrent_version_expiration=SIX_YEARS,
        transitions=[
            s3.Transition(storage_class=s3.StorageClass.GLACIER_INSTANT_RETRIEVAL, transition_after=Duration.days(90)),
            s3.Transition(storage_class=s3.StorageClass.DEEP_ARCHIVE, transition_after=Duration.days(365)),
        ],
    )
    bucket = s3.Bucket(
        scope,
        id,
        encryption=s3.BucketEncryption.S3_MANAGED,
        blocked_encryption_types=[s3.BlockedEncryptionType.SSE_C],
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
        enforce_ssl=True,
        minimum_tls_version=1.2,
        versioned=True,
        removal_policy=RemovalPolicy.RETAIN,
        lifecycle_rules=[ABORT, keep],
    )
    deny_deletion(bucket)
    conditions = {
        "ArnLike": {"aws:SourceArn": f"arn:{Aws.PARTITION}:s3:::*"},
        "StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID},
    }
    allow_writing(bucket, "S3AccessLogsOfThisAccount", "logging.s3.amazonaws.com", conditions)
    keep_policy(bucket)
    return bucket


def accept(resource: CfnResource, *checks: str, because: str) -> None:
    """Accept findings of cdk-nag on a resource, for auditors to read in the template."""
    resource.add_metadata("accepted", dict.fromkeys(checks, because))
    acknowledgments = [Acknowledgment(id=f"HIPAA.Security::HIPAA.Security-{one}", reason=because) for one in checks]
    Validations.of(resource).acknowledge(*acknowledgments)


def log_archive(stack: cdk.Stack) -> s3.Bucket:
    """Make the archive of a stack, and the bucket that its own access logs go to."""
    archive = archive_bucket(stack, "LogArchive")
    log_access(archive, archive_bucket(archive, "AccessLogs"), prefix="")
    return archive


def allow_writing(bucket: s3.Bucket, sid: str, service: str, conditions: Mapping[str, object]) -> None:
    """Let a service write to a bucket."""
    bucket.add_to_resource_policy(
        iam.PolicyStatement(
            sid=sid,
            actions=["s3:PutObject"],
            principals=[iam.ServicePrincipal(service)],
            resources=[bucket.arn_for_objects("*")],
            conditions=conditions,
        )
    )


def deny(bucket: s3.Bucket, sid: str, actions: Sequence[str], conditions: Mapping[str, object] | None = None) -> None:
    """Refuse something to everyone."""
    bucket.add_to_resource_policy(
        iam.PolicyStatement(
            sid=sid,
            effect=iam.Effect.DENY,
            principals=[iam.AnyPrincipal()],
            actions=list(actions),
            resources=[bucket.arn_for_objects("*")],
            conditions=conditions,
        )
    )


def deny_deletion(bucket: s3.Bucket) -> None:
    """Refuse to delete logs."""
    deny(bucket, "NobodyDeletesLogs", ["s3:DeleteObject", "s3:DeleteObjectVersion"])


def keep_policy(bucket: s3.Bucket) -> None:
    """Retain the policy with its bucket."""
    assert bucket.policy is not None
    bucket.policy.apply_removal_policy(RemovalPolicy.RETAIN)


def log_access(bucket: s3.Bucket, archive: s3.Bucket, prefix: str = "s3/") -> s3.CfnBucket:
    """Log who reads a bucket, and return its resource."""
    resource = bucket.node.default_child
    assert isinstance(resource, s3.CfnBucket)
    resource.logging_configuration = s3.CfnBucket.LoggingConfigurationProperty(
        destination_bucket_name=archive.bucket_name,
        log_file_prefix=prefix,
        target_object_key_format=s3.CfnBucket.TargetObjectKeyFormatProperty(
            partitioned_prefix=s3.CfnBucket.PartitionedPrefixProperty(partition_date_source="EventTime")
        ),
    )
    assert archive.policy is not None
    bucket.node.add_dependency(archive.policy)
    return resource


def records_bucket(
    scope: Construct,
    id: str,
    key: kms.IKey,
    archive: s3.Bucket,
    *,
    name: str | None = None,
    lock: s3.ObjectLockRetention | None = None,
    replicate_to: s3.IBucket | None = None,
    replica_key: kms.IKey | None = None,
) -> s3.Bucket:
    """Make a bucket of records."""
    bucket = s3.Bucket(
        scope,
        id,
        bucket_name=name,
        encryption=s3.BucketEncryption.KMS,
        encryption_key=key,
        bucket_key_enabled=True,
        blocked_encryption_types=[s3.BlockedEncryptionType.SSE_C],
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
        enforce_ssl=True,
        minimum_tls_version=1.2,
        versioned=True,
        removal_policy=RemovalPolicy.RETAIN,
        lifecycle_rules=[ABORT],
        object_lock_default_retention=lock,
    )
    for sid, header, wanted in (
        ("DenyOtherEncryption", "s3:x-amz-server-side-encryption", "aws:kms"),
        ("DenyOtherKeys", "s3:x-amz-server-side-encryption-aws-kms-key-id", key.key_arn),
    ):
        conditions = {
            "StringNotEquals": {header: wanted},
            "Null": {"s3:x-amz-server-side-encryption": "false"},
            "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
        }
        deny(bucket, sid, ["s3:PutObject"], conditions)
    keep_policy(bucket)
    log_access(bucket, archive)
    if replicate_to is not None and replica_key is not None:
        _replicate(bucket, key, replicate_to, replica_key)
    else:
        resource = bucket.node.default_child
        assert isinstance(resource, s3.CfnBucket)
        accept(resource, "S3BucketReplicationEnabled", because="It is the replica")
    return bucket


def _replicate(bucket: s3.Bucket, key: kms.IKey, replica: s3.IBucket, replica_key: kms.IKey) -> None:
    role = role_of(
        bucket, "ReplicationRole", iam.ServicePrincipal("s3.amazonaws.com"), "Copies new objects to the replica bucket"
    )
    own, theirs = bucket.bucket_arn, replica.bucket_arn
    iam.ManagedPolicy(
        bucket,
        "ReplicationPolicy",
        roles=[role],
        statements=[
            allow(["s3:GetReplicationConfiguration", "s3:ListBucket"], [own]),
            allow(
                [
                    "s3:GetObjectLegalHold",
                    "s3:GetObjectRetention",
                    "s3:GetObjectVersionAcl",
                    "s3:GetObjectVersionForReplication",
                    "s3:GetObjectVersionTagging",
                ],
                [f"{own}/*"],
            ),
            allow(["s3:ReplicateDelete", "s3:ReplicateObject", "s3:ReplicateTags"], [f"{theirs}/*"]),
            allow(["kms:Decrypt"], [key.key_arn], _by_s3(own)),
            allow(["kms:Encrypt", "kms:GenerateDataKey"], [replica_key.key_arn], _by_s3(theirs)),
        ],
    )
    resource = bucket.node.default_child
    assert isinstance(resource, s3.CfnBucket)
    everything = {
        "id": "Everything",
        "status": "Enabled",
        "filter": {"prefix": ""},
        "deleteMarkerReplication": {"status": "Enabled"},
        "sourceSelectionCriteria": {
            "replicaModifications": {"status": "Enabled"},
            "sseKmsEncryptedObjects": {"status": "Enabled"},
        },
        "destination": {
            "bucket": theirs,
            "encryptionConfiguration": {"replicaKmsKeyId": replica_key.key_arn},
            "metrics": {"eventThreshold": {"minutes": 15}, "status": "Enabled"},
            "replicationTime": {"status": "Enabled", "time": {"minutes": 15}},
        },
    }
    resource.replication_configuration = s3.CfnBucket.ReplicationConfigurationProperty(
        role=role.role_arn, rules=[everything]
    )


def _by_s3(bucket_arn: str) -> Mapping[str, object]:
    context = [bucket_arn, f"{bucket_arn}/*"]
    return {"StringLike": {"kms:ViaService": "s3.*", "kms:EncryptionContext:aws:s3:arn": context}}


def allow(
    actions: Sequence[str], resources: Sequence[str], conditions: Mapping[str, object] | None = None
) -> iam.PolicyStatement:
    """Return a statement that allows something."""
    return iam.PolicyStatement(actions=list(actions), resources=list(resources), conditions=conditions)


def role_of(scope: Construct, id: str, principal: iam.IPrincipal, description: str | None = None) -> iam.Role:
    """Make a role."""
    return iam.Role(scope, id, assumed_by=principal, description=description)


def service_role(
    scope: Construct, id: str, principal: iam.IPrincipal, description: str | None, *statements: iam.PolicyStatement
) -> tuple[iam.Role, iam.ManagedPolicy]:
    """Make a role and its managed policy."""
    role = role_of(scope, id, principal, description)
    return role, iam.ManagedPolicy(role, "Grants", roles=[role], statements=list(statements))


def on_behalf_of(service: str, source: str) -> iam.IPrincipal:
    """Return a service that acts for something of this account."""
    return iam.ServicePrincipal(
        service,
        conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}, "ArnLike": {"aws:SourceArn": source}},
    )
