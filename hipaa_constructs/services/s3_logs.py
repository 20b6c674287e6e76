"""Amazon S3: the archive for the logs of who read what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict, Unpack

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_s3 as s3
from constructs import Construct, IConstruct

from hipaa_constructs.services._buckets import (
    ABORT_UPLOADS,
    FIXED,
    LOWEST_TLS,
    deliver,
    deny_deletion,
    keep_policy,
    log_access,
    resource_of,
)
from hipaa_constructs.services._deliveries import deliver_logs
from hipaa_constructs.services._durations import days_of, known_days
from hipaa_constructs.services._library_waivers import (
    LOG_ARCHIVE_NOT_REPLICATED,
    LOG_ARCHIVE_WITHOUT_KMS,
)
from hipaa_constructs.services._of_stack import one_of_stack
from hipaa_constructs.services._options import Arguments, Contract
from hipaa_constructs.services._tokens import ACCOUNT_ID, PARTITION, REGION
from hipaa_constructs.services._waiving import record
from hipaa_constructs.waivers import Waiver

_SIX_YEARS = Duration.days(2192)
_ARCHIVE_TIERS = ((s3.StorageClass.GLACIER_INSTANT_RETRIEVAL, 90), (s3.StorageClass.DEEP_ARCHIVE, 365))


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


_FIXED_FOR_LOGS = {
    **FIXED,
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
    "server_access_logs_bucket": "accesses to the archive are logged to a bucket of its own (164.312(b))",
    "server_access_logs_prefix": "accesses to the archive are logged to a bucket of its own (164.312(b))",
    "transfer_acceleration": "the archive is written to by AWS, inside the Region",
    "versioned": "versions guard logs against being overwritten (164.312(c)(1))",
}


class LogArchive(Construct):
    """The bucket that access logs of S3 buckets and load balancers are delivered to, kept for six years.

    Encrypted with SSE-S3, as AWS delivers access logs to no other bucket; TLS 1.2 or newer only; versioned; private;
    with a policy that lets nobody delete a log. After 90 days logs move to S3 Glacier Instant Retrieval, after a year
    to S3 Glacier Deep Archive, whose objects take up to 12 hours to be read. Objects below 128 KB stay where they are.

    Accesses to the archive itself are logged to a second bucket, kept the same way; accesses to that one are not, as
    each log would make another one.

    One archive serves a whole stack, see `of`. Its bucket must be in the same Region and account as what is logged.

    Rules: S3LogBucketCanReceive, S3LogsKeptSixYears, S3LogsProtectedFromDeletion, S3BucketTlsOnly, S3BucketTls12Only,
    S3BucketPublicAccessBlocked, S3BucketAclsDisabled, S3BucketPolicyNamesPrincipals, S3BucketVersioned, S3BucketKept,
    S3BucketPolicyKept.
    Library waivers: KMS and replication of both buckets, which AWS leaves no room for.
    Your duty: that somebody reads the logs; to lift the policy, on the record, should a log have to be erased.
    AWS: https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html

    Attributes:
        bucket: the `s3.Bucket`, with the logical id that it would have without this construct.
        access_log_bucket: the `s3.Bucket` that accesses to the archive are logged to.
    """

    contract = Contract(
        wraps=s3.Bucket,
        types=("AWS::S3::Bucket",),
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
            holds=(days := known_days(retention)) is None or days >= days_of(_SIX_YEARS),
            asked="2192 days (six years) or longer",
            rule="S3LogsKeptSixYears",
        )
        super().__init__(scope, id)
        self.bucket = _log_bucket(self, "Default", retention, options, waivers, arguments.path)
        self.access_log_bucket = _log_bucket(self, "AccessLogs", retention, {}, waivers, arguments.path)
        log_access(self.bucket, self.access_log_bucket, "")

    @classmethod
    def of(cls, scope: IConstruct) -> LogArchive:
        """Return the one archive of a stack, which is made when it is first asked for.

        Nested stacks use the archive of the stack they belong to.

        Args:
            scope: anything in the stack.

        Raises:
            ComplianceError: something else than a `LogArchive` is called ``LogArchive`` in the stack.
        """
        return one_of_stack(scope, cls, cls, way_out="pass server_access_logs_bucket= to each EncryptedBucket")

    def allow_load_balancer_logs(self) -> None:
        """Let Application and Classic Load Balancers of this account and Region deliver their logs, under any prefix.

        AWS: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
        """
        balancers = f"arn:{PARTITION}:elasticloadbalancing:{REGION}:{ACCOUNT_ID}:loadbalancer/*"
        self.bucket.add_to_resource_policy(
            deliver(
                self.bucket,
                sid="LoadBalancerLogsOfThisAccount",
                service="logdelivery.elasticloadbalancing.amazonaws.com",
                source=balancers,
                with_account=False,
            )
        )

    def allow_network_load_balancer_logs(self) -> None:
        """Let Network Load Balancers of this account and Region deliver their logs, under any prefix.

        AWS: https://docs.aws.amazon.com/elasticloadbalancing/latest/network/enable-access-logs.html
        """
        for statement in deliver_logs(self.bucket):
            self.bucket.add_to_resource_policy(statement)


def _log_bucket(
    scope: Construct,
    id: str,
    retention: Duration,
    options: LogArchiveOptions,
    waivers: Sequence[Waiver],
    path: str,
) -> s3.Bucket:
    bucket = s3.Bucket(
        scope,
        id,
        encryption=s3.BucketEncryption.S3_MANAGED,
        blocked_encryption_types=[s3.BlockedEncryptionType.SSE_C],
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
        enforce_ssl=True,
        minimum_tls_version=LOWEST_TLS,
        versioned=True,
        removal_policy=RemovalPolicy.RETAIN,
        lifecycle_rules=_archive_rules(retention),
        **options,
    )
    for statement in (
        deny_deletion(bucket),
        deliver(
            bucket,
            sid="S3AccessLogsOfThisAccount",
            service="logging.s3.amazonaws.com",
            source=f"arn:{PARTITION}:s3:::*",
        ),
    ):
        bucket.add_to_resource_policy(statement)
    keep_policy(bucket)
    made_by_library = [one.waiver for one in (LOG_ARCHIVE_WITHOUT_KMS, LOG_ARCHIVE_NOT_REPLICATED)]
    resource = resource_of(bucket)
    record(resource, made_by_library, path=path, by_library=True)
    record(resource, waivers, path=path)
    return bucket


def _archive_rules(retention: Duration) -> list[s3.LifecycleRule]:
    # S3 refuses a move that would come after the end, which a waived retention can be.
    kept = known_days(retention)
    return [
        ABORT_UPLOADS,
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
