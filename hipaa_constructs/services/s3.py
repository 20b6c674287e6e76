"""Amazon S3: buckets for records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Unpack

from aws_cdk import Duration, RemovalPolicy, Stack, Stage
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from constructs import Construct

from hipaa_constructs.errors import ComplianceError
from hipaa_constructs.services._buckets import (
    ABORT_UPLOADS,
    FIXED,
    LOWEST_TLS,
    REPLICATION_RULE,
    allow_replication,
    deny_other_encryption,
    keep_policy,
    log_access,
    replication_role,
    replication_rule,
    resource_of,
)
from hipaa_constructs.services._keeping import KEEPING
from hipaa_constructs.services._library_waivers import BUCKET_NOT_REPLICATED
from hipaa_constructs.services._of_stack import stack_of
from hipaa_constructs.services._options import Arguments, Contract
from hipaa_constructs.services._waiving import excuse, record
from hipaa_constructs.services.kms import AnyKey, is_alias, usable_key
from hipaa_constructs.services.profile import Relaxation
from hipaa_constructs.services.s3_logs import LogArchive, LogArchiveOptions
from hipaa_constructs.services.sns import EncryptedTopic
from hipaa_constructs.waivers import Waiver

_FIFTEEN_MINUTES = Duration.minutes(15)
_REMOVAL = Relaxation(
    option="removal_policy",
    production=RemovalPolicy.RETAIN,
    development=RemovalPolicy.DESTROY,
    rules=("S3BucketKept",),
    without_phi=True,
)


class BucketOptions(LogArchiveOptions, total=False):
    """The options of `aws_cdk.aws_s3.Bucket` that `EncryptedBucket` passes on as they are."""

    cors: Sequence[s3.CorsRule]
    event_bridge_enabled: bool
    notifications_handler_role: iam.IRole
    notifications_skip_destination_validation: bool
    object_lock_default_retention: s3.ObjectLockRetention
    object_lock_enabled: bool
    transfer_acceleration: bool


_FIXED_FOR_RECORDS = {
    **FIXED,
    "bucket_key_enabled": "a bucket key is always used: it cuts the requests to KMS, and their price",
    "encryption": "it is always SSE-KMS (164.312(a)(2)(iv)); pass encryption_key to choose the key",
    "replication_role": "the role comes with replicate_to, with the least privilege that AWS documents",
    "replication_rules": "pass replicate_to, which encrypts replicas with their own Region's key (164.312(a)(2)(iv))",
}


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
        types=("AWS::S3::Bucket",),
        fixed=_FIXED_FOR_RECORDS,
        relaxations=(_REMOVAL,),
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
        minimum_tls_version: float = LOWEST_TLS,
        lifecycle_rules: Sequence[s3.LifecycleRule] = (),
        removal_policy: RemovalPolicy | None = None,
        holds_phi: bool = True,
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
            holds_phi: False says that it holds no PHI; a development environment then lets it go with its stack.
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
        arguments = Arguments(scope, id, contract=self.contract, waivers=waivers, free=options, holds_phi=holds_phi)
        removal_policy = arguments.default(_REMOVAL, removal_policy)
        arguments.govern("versioned", versioned, holds=versioned is True, asked="True", rule="S3BucketVersioned")
        arguments.govern(
            "minimum_tls_version",
            minimum_tls_version,
            holds=minimum_tls_version >= LOWEST_TLS,
            asked="1.2 or higher",
            rule="S3BucketTls12Only",
        )
        arguments.govern(
            "removal_policy", removal_policy, holds=removal_policy in KEEPING, asked="RETAIN", rule="S3BucketKept"
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
        self.encryption_key = usable_key(scope, encryption_key)
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
            lifecycle_rules=[ABORT_UPLOADS, *lifecycle_rules],
            replication_role=role,
            replication_rules=[replication_rule(replica.bucket, replica.encryption_key)] if replica else None,
            **options,
        )
        for statement in deny_other_encryption(self.bucket, self.encryption_key):
            self.bucket.add_to_resource_policy(statement)
        keep_policy(self.bucket)
        resource = resource_of(self.bucket)
        if server_access_logs_bucket is not False:
            destination = server_access_logs_bucket or LogArchive.of(scope)
            bucket = destination.bucket if isinstance(destination, LogArchive) else destination
            log_access(self.bucket, bucket, server_access_logs_prefix)
        if isinstance(replicate_to, EncryptedBucket):
            _deploy_first(stack_of(replicate_to), stack_of(self))
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
            record(resource, [BUCKET_NOT_REPLICATED.waiver], path=arguments.path, by_library=True)
        excuse(self, arguments)
        self._replica = None if replica is None else replica.bucket

    def alarm_replication(self, topic: EncryptedTopic | sns.ITopic) -> Sequence[cloudwatch.Alarm]:
        """Tell a topic when copies are more than 15 minutes late, or fail.

        Price: two alarms, about 0.10 USD a month each.

        Args:
            topic: whom to tell. An imported one must let CloudWatch alarms publish.

        Raises:
            ComplianceError: the bucket is not replicated.

        AWS: https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-metrics.html
        """
        if self._replica is None:
            raise ComplianceError(
                f"{self.node.path}: replicate_to must be given for an alarm on replication, got None; name a bucket in "
                "a second Region (164.308(a)(7)(ii)(A))"
            )
        if isinstance(topic, EncryptedTopic):
            topic.allow_alarms()
            topic = topic.topic
        dimensions = {
            "SourceBucket": self.bucket.bucket_name,
            "DestinationBucket": self._replica.bucket_name,
            "RuleId": REPLICATION_RULE,
        }
        late, failed = (
            cloudwatch.Metric(namespace="AWS/S3", metric_name=name, dimensions_map=dimensions, statistic="Maximum")
            for name in ("ReplicationLatency", "OperationsFailedReplication")
        )
        return [
            _alarm(self, "ReplicatedLate", late, _FIFTEEN_MINUTES.to_seconds(), topic),
            _alarm(self, "NotReplicated", failed, 0, topic),
        ]


def _alarm(scope: Construct, id: str, metric: cloudwatch.Metric, above: float, topic: sns.ITopic) -> cloudwatch.Alarm:
    alarm = cloudwatch.Alarm(
        scope,
        id,
        metric=metric,
        threshold=above,
        evaluation_periods=1,
        comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
        # S3 measures while there is something to copy.
        treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
    )
    alarm.add_alarm_action(actions.SnsAction(topic))
    alarm.add_insufficient_data_action(actions.SnsAction(topic))
    return alarm


def _deploy_first(target: Stack, source: Stack) -> None:
    # S3 refuses to replicate to a bucket that is not there, and a name of another Region makes no dependency.
    if target is not source and Stage.of(target) is Stage.of(source):
        source.add_stack_dependency(target)


def _replica_of(given: EncryptedBucket | ReplicaBucket | None) -> ReplicaBucket | None:
    if isinstance(given, EncryptedBucket):
        return ReplicaBucket(bucket=given.bucket, encryption_key=given.encryption_key)
    return given
