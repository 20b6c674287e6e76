"""Amazon S3: buckets for records, and the archive for the logs of who read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypedDict, Unpack
from weakref import WeakKeyDictionary

from aws_cdk import Aws, Duration, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct, IConstruct

from hipaa_constructs.errors import ComplianceError
from hipaa_constructs.services._buckets import (
    allow_replication,
    deliver,
    deny_deletion,
    deny_other_encryption,
    keep_policy,
    replication_role,
    replication_rule,
)
from hipaa_constructs.services._library_waivers import (
    BUCKET_NOT_REPLICATED,
    LOG_ARCHIVE_NOT_LOGGED,
    LOG_ARCHIVE_NOT_REPLICATED,
    LOG_ARCHIVE_WITHOUT_KMS,
)
from hipaa_constructs.services._options import Arguments, Contract
from hipaa_constructs.services._waiving import record
from hipaa_constructs.services.kms import AnyKey, is_alias, outermost_stack, usable_key
from hipaa_constructs.waivers import Waiver

_SIX_YEARS = Duration.days(2192)
_STACK_ARCHIVE_ID = "LogArchive"
_STACK_ARCHIVES: WeakKeyDictionary[Stack, LogArchive] = WeakKeyDictionary()
"""What each stack's own is, as far as asked: every question to Node takes time, and every bucket asks."""
_KEEPING = (RemovalPolicy.RETAIN, RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)
_TYPES = ("AWS::S3::Bucket",)
_LOWEST_TLS = 1.2


class LogArchiveOptions(TypedDict, total=False):
    """The options of `aws_cdk.aws_s3.Bucket` that `LogArchive` passes on as they are."""

    abac_status: bool
    bucket_name: str
    bucket_name_prefix: str
    bucket_namespace: s3.BucketNamespace
    intelligent_tiering_configurations: Sequence[s3.IntelligentTieringConfiguration]
    inventories: Sequence[s3.Inventory]
    metrics: Sequence[s3.BucketMetrics]
    transition_default_minimum_object_size: s3.TransitionDefaultMinimumObjectSize


class BucketOptions(LogArchiveOptions, total=False):
    """The options of `aws_cdk.aws_s3.Bucket` that `EncryptedBucket` passes on as they are."""

    cors: Sequence[s3.CorsRule]
    event_bridge_enabled: bool
    notifications_handler_role: iam.IRole
    notifications_skip_destination_validation: bool
    object_lock_default_retention: s3.ObjectLockRetention
    object_lock_enabled: bool
    transfer_acceleration: bool


_FIXED = {
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

_FIXED_FOR_RECORDS = {
    **_FIXED,
    "bucket_key_enabled": "a bucket key is always used: it cuts the requests to KMS, and their price",
    "encryption": "it is always SSE-KMS (164.312(a)(2)(iv)); pass encryption_key to choose the key",
    "replication_role": "the role comes with replicate_to, with the least privilege that AWS documents",
    "replication_rules": "pass replicate_to, which encrypts replicas with their own Region's key (164.312(a)(2)(iv))",
}

_FIXED_FOR_LOGS = {
    **_FIXED,
    "bucket_key_enabled": "access logs are delivered to SSE-S3 buckets only, which have no bucket key",
    "cors": "browsers have no business with logs (164.312(b))",
    "encryption": "access logs are delivered to SSE-S3 buckets only (164.312(b))",
    "encryption_key": "access logs are delivered to SSE-S3 buckets only (164.312(b))",
    "event_bridge_enabled": "the archive keeps logs and starts nothing; read it with Athena",
    "lifecycle_rules": "pass retention to keep logs longer than six years (164.316(b)(2)(i))",
    "minimum_tls_version": "requests below TLS 1.2 are always denied (164.312(e)(1))",
    "notifications_handler_role": "the archive keeps logs and starts nothing; read it with Athena",
    "notifications_skip_destination_validation": "the archive keeps logs and starts nothing; read it with Athena",
    "object_lock_default_retention": "Object Lock stops log delivery; a policy denies deletion (164.312(c)(1))",
    "object_lock_enabled": "Object Lock stops log delivery; a policy denies deletion (164.312(c)(1))",
    "removal_policy": "logs always stay when the stack goes (164.316(b)(2)(i))",
    "replication_role": "access logs belong to one Region and account; each Region has an archive",
    "replication_rules": "access logs belong to one Region and account; each Region has an archive",
    "server_access_logs_bucket": "the archive is where access logs go; logging it would make a log of every log",
    "server_access_logs_prefix": "the archive is where access logs go; logging it would make a log of every log",
    "transfer_acceleration": "the archive is written to by AWS, inside the Region",
    "versioned": "versions guard logs against being overwritten (164.312(c)(1))",
}


class LogArchive(Construct):
    """The bucket that access logs of S3 buckets and load balancers are delivered to, kept for six years.

    Encrypted with SSE-S3, as AWS delivers access logs to no other bucket; TLS 1.2 or newer only; versioned; private;
    with a policy that lets nobody delete a log. After 90 days logs move to S3 Glacier Instant Retrieval, after a year
    to S3 Glacier Deep Archive, whose objects take up to 12 hours to be read. Objects below 128 KB stay where they are.

    One archive serves a whole stack, see `of`. Its bucket must be in the same Region and account as what is logged.

    Rules: S3LogBucketCanReceive, S3LogsKeptSixYears, S3LogsProtectedFromDeletion, S3BucketTlsOnly, S3BucketTls12Only,
    S3BucketPublicAccessBlocked, S3BucketAclsDisabled, S3BucketPolicyNamesPrincipals, S3BucketVersioned, S3BucketKept,
    S3BucketPolicyKept.
    Library waivers: KMS, access logging and replication of the archive itself, which AWS leaves no room for.
    Your duty: that somebody reads the logs; to lift the policy, on the record, should a log have to be erased.
    AWS: https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html

    Attributes:
        bucket: the `s3.Bucket`, with the logical id that it would have without this construct.
    """

    contract = Contract(
        wraps=s3.Bucket,
        types=_TYPES,
        fixed=_FIXED_FOR_LOGS,
        governed={"retention": ("S3LogsKeptSixYears",)},
        free=LogArchiveOptions,
    )

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        retention: Duration = _SIX_YEARS,
        waivers: Sequence[Waiver] = (),
        **options: Unpack[LogArchiveOptions],
    ) -> None:
        """Make an archive.

        Args:
            scope: where it belongs.
            id: its id there.
            retention: how long logs are kept before they expire; by default, and unless waived, 2192 days (six years)
                or longer. An overwritten log is kept as long again.
            waivers: exceptions from the rules about buckets.
            **options: of `s3.Bucket`, see `LogArchiveOptions`.

        Raises:
            ComplianceError: an option is fixed or unknown, or weaker than a rule that is not waived.
        """
        arguments = Arguments(scope, id, contract=self.contract, waivers=waivers, free=options)
        arguments.govern(
            "retention",
            retention,
            holds=retention.is_unresolved() or retention.to_days() >= _SIX_YEARS.to_days(),
            asked="2192 days (six years) or longer",
            rule="S3LogsKeptSixYears",
        )
        super().__init__(scope, id)
        self.bucket = s3.Bucket(
            self,
            "Default",
            encryption=s3.BucketEncryption.S3_MANAGED,
            blocked_encryption_types=[s3.BlockedEncryptionType.SSE_C],
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=True,
            minimum_tls_version=_LOWEST_TLS,
            versioned=True,
            removal_policy=RemovalPolicy.RETAIN,
            lifecycle_rules=_archive_rules(retention),
            **options,
        )
        for statement in (
            deny_deletion(self.bucket),
            deliver(
                self.bucket,
                sid="S3AccessLogsOfThisAccount",
                service="logging.s3.amazonaws.com",
                source=f"arn:{Aws.PARTITION}:s3:::*",
            ),
        ):
            self.bucket.add_to_resource_policy(statement)
        keep_policy(self.bucket)
        resource = _resource_of(self.bucket)
        made_by_library = [
            w.waiver for w in (LOG_ARCHIVE_WITHOUT_KMS, LOG_ARCHIVE_NOT_LOGGED, LOG_ARCHIVE_NOT_REPLICATED)
        ]
        record(resource, made_by_library, scope=self, by_library=True)
        record(resource, waivers, scope=self)

    @classmethod
    def of(cls, scope: IConstruct) -> LogArchive:
        """Return the one archive of a stack, which is made when it is first asked for.

        Nested stacks use the archive of the stack they belong to.

        Args:
            scope: anything in the stack.

        Raises:
            ComplianceError: something else than a `LogArchive` is called ``LogArchive`` in the stack.
        """
        nearest = Stack.of(scope)
        known = _STACK_ARCHIVES.get(nearest)
        if isinstance(known, cls):
            return known
        stack = outermost_stack(nearest)
        found = stack.node.try_find_child(_STACK_ARCHIVE_ID)
        if found is None:
            found = cls(stack, _STACK_ARCHIVE_ID)
        elif not isinstance(found, cls):
            raise ComplianceError(
                f"{found.node.path}: the id {_STACK_ARCHIVE_ID} is kept for the stack's LogArchive, got another "
                "construct; rename it, or pass server_access_logs_bucket= to each EncryptedBucket"
            )
        _STACK_ARCHIVES[nearest] = found
        return found

    def allow_load_balancer_logs(self) -> None:
        """Let Application and Classic Load Balancers of this account and Region deliver their logs, under any prefix.

        AWS: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
        """
        balancers = f"arn:{Aws.PARTITION}:elasticloadbalancing:{Aws.REGION}:{Aws.ACCOUNT_ID}:loadbalancer/*"
        self.bucket.add_to_resource_policy(
            deliver(
                self.bucket,
                sid="LoadBalancerLogsOfThisAccount",
                service="logdelivery.elasticloadbalancing.amazonaws.com",
                source=balancers,
                with_account=False,
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplicaBucket:
    """Where replicas go, when it is not an `EncryptedBucket` of the same app.

    Attributes:
        bucket: versioned, in another Region or account. Another account must let the replication role write, by the
            bucket's policy and the key's.
        encryption_key: the key that the replicas are encrypted with, in the bucket's own Region.
    """

    bucket: s3.IBucket
    encryption_key: kms.IKey


class EncryptedBucket(Construct):
    """A private bucket for records: encrypted with your key, TLS 1.2 or newer only, versioned, logged and retained.

    Its policy denies plaintext requests, and uploads that ask for other encryption or another key. Incomplete uploads
    are aborted after 7 days. Access logs go to the stack's `LogArchive`. A bucket key keeps the requests to KMS few.

    Swap it for an `s3.Bucket` of the same id: the logical id stays, so the bucket is updated in place.

    Rules: S3BucketEncryptedWithKms, S3BucketUsesCustomerManagedKey, S3BucketKeyEnabled, S3BucketTlsOnly,
    S3BucketTls12Only, S3BucketRefusesOtherKeys, S3BucketRefusesClientHeldKeys, S3BucketPublicAccessBlocked,
    S3BucketAclsDisabled, S3BucketAccessLogged, S3BucketVersioned, S3BucketLifecycleSet, S3BucketKept,
    S3BucketPolicyKept.
    With ``replicate_to`` also S3BucketReplicated and S3ReplicaEncrypted.
    Library waiver: S3BucketReplicated, while ``replicate_to`` is not given.
    Your duty: who may read; that names, keys and tags of objects carry no PHI, as they are not encrypted with your key.
    AWS: https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html

    Attributes:
        bucket: the `s3.Bucket`, with the logical id that it would have without this construct.
        encryption_key: the key of the bucket.
    """

    contract = Contract(
        wraps=s3.Bucket,
        types=_TYPES,
        fixed=_FIXED_FOR_RECORDS,
        governed={
            "versioned": ("S3BucketVersioned",),
            "minimum_tls_version": ("S3BucketTls12Only",),
            "removal_policy": ("S3BucketKept",),
            "server_access_logs_bucket": ("S3BucketAccessLogged",),
            "replicate_to": ("S3BucketReplicated",),
        },
        chosen=("encryption_key", "lifecycle_rules", "server_access_logs_prefix"),
        free=BucketOptions,
    )

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        encryption_key: AnyKey | None = None,
        versioned: bool = True,
        minimum_tls_version: float = _LOWEST_TLS,
        lifecycle_rules: Sequence[s3.LifecycleRule] = (),
        removal_policy: RemovalPolicy = RemovalPolicy.RETAIN,
        replicate_to: EncryptedBucket | ReplicaBucket | None = None,
        server_access_logs_bucket: LogArchive | s3.IBucket | Literal[False] | None = None,
        server_access_logs_prefix: str = "s3/",
        waivers: Sequence[Waiver] = (),
        **options: Unpack[BucketOptions],
    ) -> None:
        """Make a bucket.

        Args:
            scope: where it belongs.
            id: its id there.
            encryption_key: by default the stack's `EncryptionKey`; not an alias, which S3 would look up in the account
                of whoever uploads.
            versioned: by default, and unless waived, old versions are kept.
            minimum_tls_version: by default 1.2; 1.3 is refused by older clients.
            lifecycle_rules: beside the one that aborts incomplete uploads after 7 days; none by default, so that no
                version ever expires. What they delete, and when, is your decision.
            removal_policy: by default, and unless waived, the bucket stays when the stack goes.
            replicate_to: a versioned bucket, in another Region as a rule, that every new object is copied to,
                encrypted with that bucket's key, with delete markers and within 15 minutes. Costs transfer, storage and
                the replication time control. None by default.
            server_access_logs_bucket: by default the bucket of the stack's `LogArchive`. Another one must be in the
                same Region and account, encrypted with SSE-S3, without Object Lock, and let
                ``logging.s3.amazonaws.com`` write. False, if waived, switches access logs off.
            server_access_logs_prefix: of the logs' keys in that bucket, by default ``s3/``.
            waivers: exceptions from the rules about buckets.
            **options: of `s3.Bucket`, see `BucketOptions`.

        Raises:
            ComplianceError: an option is fixed or unknown, or weaker than a rule that is not waived.
        """
        arguments = Arguments(scope, id, contract=self.contract, waivers=waivers, free=options)
        arguments.govern("versioned", versioned, holds=versioned is True, asked="True", rule="S3BucketVersioned")
        arguments.govern(
            "minimum_tls_version",
            minimum_tls_version,
            holds=minimum_tls_version >= _LOWEST_TLS,
            asked="1.2 or higher",
            rule="S3BucketTls12Only",
        )
        arguments.govern(
            "removal_policy", removal_policy, holds=removal_policy in _KEEPING, asked="RETAIN", rule="S3BucketKept"
        )
        arguments.govern(
            "server_access_logs_bucket",
            server_access_logs_bucket,
            holds=server_access_logs_bucket is not False,
            asked="a bucket",
            rule="S3BucketAccessLogged",
        )
        if is_alias(encryption_key):
            arguments.refuse(
                "encryption_key",
                "an alias",
                asked="a key",
                way_out="S3 would look the alias up in the account of whoever uploads; pass the key itself",
                citation="164.312(a)(2)(iv)",
            )
        if replicate_to is not None and not versioned:
            arguments.refuse(
                "versioned",
                versioned,
                asked="True with replicate_to",
                way_out="S3 replicates versioned buckets only",
                citation="164.308(a)(7)(ii)(A)",
            )
        super().__init__(scope, id)
        self.encryption_key = usable_key(self, encryption_key)
        replica = _replica_of(replicate_to)
        role = replication_role(self) if replica else None
        self.bucket = s3.Bucket(
            self,
            "Default",
            encryption=s3.BucketEncryption.KMS,
            encryption_key=self.encryption_key,
            bucket_key_enabled=True,
            blocked_encryption_types=[s3.BlockedEncryptionType.SSE_C],
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=True,
            minimum_tls_version=minimum_tls_version,
            versioned=versioned,
            removal_policy=removal_policy,
            lifecycle_rules=[_ABORT_UPLOADS, *lifecycle_rules],
            replication_role=role,
            replication_rules=[replication_rule(replica.bucket, replica.encryption_key)] if replica else None,
            **options,
        )
        for statement in deny_other_encryption(self.bucket, self.encryption_key):
            self.bucket.add_to_resource_policy(statement)
        keep_policy(self.bucket)
        resource = _resource_of(self.bucket)
        if server_access_logs_bucket is not False:
            destination = server_access_logs_bucket or LogArchive.of(self)
            bucket = destination.bucket if isinstance(destination, LogArchive) else destination
            self._log_access(resource, bucket, server_access_logs_prefix)
        if replica is not None and role is not None:
            allow_replication(
                self,
                role,
                source=self.bucket,
                source_key=self.encryption_key,
                target=replica.bucket,
                target_key=replica.encryption_key,
            )
        if replica is None and not any(waiver.rule == "S3BucketReplicated" for waiver in waivers):
            record(resource, [BUCKET_NOT_REPLICATED.waiver], scope=self, by_library=True)
        record(resource, waivers, scope=self)

    def _log_access(self, resource: s3.CfnBucket, destination: s3.IBucket, prefix: str) -> None:
        # The L2's own option sets an ACL on the destination unless a feature flag is on; ACLs are off there.
        resource.logging_configuration = s3.CfnBucket.LoggingConfigurationProperty(
            destination_bucket_name=destination.bucket_name,
            log_file_prefix=prefix,
            target_object_key_format=s3.CfnBucket.TargetObjectKeyFormatProperty(
                partitioned_prefix=s3.CfnBucket.PartitionedPrefixProperty(partition_date_source="EventTime")
            ),
        )
        policy = destination.policy
        if policy is not None:
            self.bucket.node.add_dependency(policy)


_ABORT_UPLOADS = s3.LifecycleRule(id="AbortIncompleteUploads", abort_incomplete_multipart_upload_after=Duration.days(7))


def _archive_rules(retention: Duration) -> list[s3.LifecycleRule]:
    # S3 refuses a move that would come after the end, which a waived retention can be.
    kept = None if retention.is_unresolved() else retention.to_days()
    return [
        _ABORT_UPLOADS,
        s3.LifecycleRule(
            id="KeepForSixYears",
            expiration=retention,
            noncurrent_version_expiration=retention,
            transitions=[
                s3.Transition(storage_class=storage_class, transition_after=Duration.days(days))
                for storage_class, days in _ARCHIVE_TIERS
                if kept is None or days < kept
            ],
        ),
    ]


_ARCHIVE_TIERS = ((s3.StorageClass.GLACIER_INSTANT_RETRIEVAL, 90), (s3.StorageClass.DEEP_ARCHIVE, 365))


def _resource_of(bucket: s3.Bucket) -> s3.CfnBucket:
    resource = bucket.node.default_child
    assert isinstance(resource, s3.CfnBucket)
    return resource


def _replica_of(given: EncryptedBucket | ReplicaBucket | None) -> ReplicaBucket | None:
    if isinstance(given, EncryptedBucket):
        return ReplicaBucket(bucket=given.bucket, encryption_key=given.encryption_key)
    return given
