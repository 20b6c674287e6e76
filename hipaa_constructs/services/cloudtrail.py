"""AWS CloudTrail: the record of who did what, which nobody can change or delete."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal, TypedDict, Unpack

from aws_cdk import Duration, Names
from aws_cdk import aws_cloudtrail as cloudtrail
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from constructs import Construct, IDependable

from hipaa_constructs.services._buckets import deny_deletion
from hipaa_constructs.services._options import Arguments, Contract
from hipaa_constructs.services._tokens import ACCOUNT_ID, PARTITION, REGION
from hipaa_constructs.services._waiving import record
from hipaa_constructs.services.cloudtrail_alarms import told, watch
from hipaa_constructs.services.cloudtrail_arguments import SIX_YEARS, data_event_sources, refuse_gaps, refuse_impossible
from hipaa_constructs.services.cloudtrail_digests import DigestReview, review_digests
from hipaa_constructs.services.cloudtrail_events import selectors
from hipaa_constructs.services.iam import ManagedPolicyRole
from hipaa_constructs.services.kms import AnyKey, EncryptionKey, let_in, usable_key
from hipaa_constructs.services.logs import EncryptedLogGroup
from hipaa_constructs.services.s3 import EncryptedBucket, ReplicaBucket
from hipaa_constructs.services.s3_logs import LogArchive
from hipaa_constructs.services.sns import EncryptedTopic
from hipaa_constructs.waivers import Waiver

if TYPE_CHECKING:
    from hipaa_constructs.services.cloudtrail_events import DataEventSource

_A_WEEK = Duration.days(8)
_PRINCIPAL = "cloudtrail.amazonaws.com"
_ALARMING = ("TrailAlarmsOnSignIn", "TrailAlarmsOnNetworkChanges", "TrailAlarmsOnSafeguardChanges")


class TrailOptions(TypedDict, total=False):
    """The options of `aws_cdk.aws_cloudtrail.Trail` that are passed on as they are."""

    insight_types: Sequence[cloudtrail.InsightType]


_FIXED = {
    "cloud_watch_logs_retention": "events are kept for six years (164.316(b)(2)(i)); "
    "pass cloud_watch_log_group=EncryptedLogGroup(…, retention=…)",
    "enable_file_validation": "digest files are always made, which show whether a log was changed (164.312(c)(2))",
    "include_global_service_events": "events of IAM, STS and CloudFront are always recorded (164.312(b))",
    "is_multi_region_trail": "events of every Region are always recorded (164.312(b))",
    "management_events": "all management events are always recorded, reads too (164.312(b))",
    "send_to_cloud_watch_logs": "events always go to a log group, which the alarms watch (164.308(a)(1)(ii)(D))",
}


def _with_insights(options: TrailOptions) -> TrailOptions:
    kinds = [cloudtrail.InsightType.API_CALL_RATE, cloudtrail.InsightType.API_ERROR_RATE]
    return {"insight_types": kinds, **options}


class EncryptedTrail(Construct):
    """A trail of all Regions, encrypted, validated, locked for six years, watched, and reviewed on request.

    Management events of all kinds and data events go to a bucket of its own and to an encrypted log group. Object Lock
    and the bucket's policy keep files from being changed or deleted for six years. Fifteen alarms, those of the CIS
    benchmark among them, tell the stack's `EncryptedTopic` of root use, sign-ins without MFA or that fail, refused
    calls, and changes of IAM policies, keys, trails, bucket policies, AWS Config and the network.

    The first copy of management events is free; data events cost 0.10 USD per 100,000, CloudWatch Logs 0.50 USD per GB
    taken in, the alarms 1.50 USD a month. Nothing is paid by the hour.

    Rules: TrailEncrypted, TrailLogFilesValidated, TrailMultiRegion, TrailLogging, TrailLogsManagementEvents,
    TrailLogsS3DataEvents, TrailDeliveredToLogs, TrailAlarmsOnSignIn, TrailAlarmsOnNetworkChanges,
    TrailAlarmsOnSafeguardChanges, TrailLooksForUnusualActivity, TrailBucketGuarded, AlarmActs,
    S3TrailBucketLocked, S3LogsKeptSixYears, AuditLogGroupKeptSixYears.
    Library waiver: S3BucketReplicated of its bucket, while ``replicate_to`` is not given.
    Your duty: that somebody subscribes to the topic and looks into alarms; the review of digest files, by
    ``digest_review`` or by hand; data events of tables, functions and queues that hold PHI; that PHI is in no name.
    AWS: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/best-practices-security.html

    Attributes:
        trail: the `cloudtrail.Trail`, with the logical id that it would have without this construct. Don't add event
            selectors to it: CloudTrail takes them or the advanced ones made here.
        trail_arn: the ARN, put together of the name; what the trail depends on may name it.
        bucket: what its files are delivered to.
        encryption_key: the key of the files.
        log_group: what its events are delivered to.
        log_role: the role that CloudTrail delivers with.
        alarm_topic: what the alarms are published to; None without alarms.
        alarms: the alarms by name, e.g. ``RootUserUsed``.
        digest_review: what validates the files on a schedule; None if it was not asked for.
    """

    contract = Contract(
        wraps=cloudtrail.Trail,
        types=("AWS::CloudTrail::Trail",),
        fixed=_FIXED,
        governed={"alarm_topic": _ALARMING, "data_events": ("TrailLogsS3DataEvents",)},
        chosen=(
            "bucket",
            "cloud_watch_log_group",
            "encryption_key",
            "is_organization_trail",
            "org_id",
            "s3_key_prefix",
            "sns_topic",
            "trail_name",
        ),
        free=TrailOptions,
    )

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        encryption_key: AnyKey | None = None,
        bucket: s3.IBucket | None = None,
        retention: Duration = SIX_YEARS,
        lock_mode: Literal["GOVERNANCE", "COMPLIANCE"] = "GOVERNANCE",
        replicate_to: EncryptedBucket | ReplicaBucket | None = None,
        cloud_watch_log_group: EncryptedLogGroup | logs.ILogGroup | None = None,
        data_events: Sequence[DataEventSource] | None = None,
        alarm_topic: EncryptedTopic | sns.ITopic | Literal[False] | None = None,
        digest_review: events.Schedule | None = None,
        digest_review_covers: Duration = _A_WEEK,
        sns_topic: EncryptedTopic | sns.ITopic | None = None,
        is_organization_trail: bool = False,
        org_id: str | None = None,
        s3_key_prefix: str | None = None,
        trail_name: str | None = None,
        waivers: Sequence[Waiver] = (),
        **options: Unpack[TrailOptions],
    ) -> None:
        """Make a trail.

        Args:
            scope: where it belongs.
            id: its id there.
            encryption_key: by default the stack's `EncryptionKey`. An imported key must let CloudTrail and CloudWatch
                Logs use it.
            bucket: by default one of its own. One that you pass must be encrypted with the key and locked; that of
                another account must let CloudTrail write already.
            retention: how long Object Lock keeps each file of its own bucket; by default, and at least, 2192 days.
            lock_mode: ``GOVERNANCE``, the default, lets whoever changes the bucket's policy and may bypass the lock
                delete files; ``COMPLIANCE`` lets nobody, not even AWS or the root user, and can't be undone.
            replicate_to: a bucket, in another Region as a rule, that its own bucket is copied to. None by default.
            cloud_watch_log_group: by default an `EncryptedLogGroup` that keeps events for six years.
            data_events: the buckets, tables, functions and queues whose data events are recorded. By default those of
                every object of Amazon S3 in the account; of the buckets that logs are delivered to, reads only.
            alarm_topic: by default the stack's `EncryptedTopic`. An imported one must let CloudWatch alarms publish.
                False, if waived, makes no alarms.
            digest_review: when ``aws cloudtrail validate-logs`` is run in every Region, by CodeBuild; about 0.0034 USD
                a minute. An alarm goes off when a file is invalid or missing, digest files are interrupted, or there is
                none of the last six hours; so in a Region newly enabled the first review may fail. None by default.
            digest_review_covers: how far back each review looks, by default 8 days; longer than between two reviews.
            sns_topic: is told of each file that is delivered; none by default.
            is_organization_trail: records all accounts of the organization, from its management account; by default
                this account only. Of a trail that a delegated administrator makes, the management account is the owner:
                its ARN is another than the policies made here would name.
            org_id: the id of the organization, ``o-…``; needed for its trail.
            s3_key_prefix: of the files in the bucket, none by default.
            trail_name: by default made of the path and the Region. Keys and policies name it, so it is never left to
                CloudFormation.
            waivers: exceptions from the rules about trails.
            **options: of `cloudtrail.Trail`, see `TrailOptions`; by default both kinds of insight are on, for about
                0.35 USD per 100,000 events that write.

        Raises:
            ComplianceError: an option is fixed or unknown, weaker than a rule that is not waived, or impossible.
        """
        arguments = Arguments(scope, id, contract=self.contract, waivers=waivers, free=options)
        sources = data_event_sources(arguments, data_events)
        for rule in _ALARMING:
            arguments.govern("alarm_topic", alarm_topic, holds=alarm_topic is not False, asked="a topic", rule=rule)
        refuse_impossible(
            arguments,
            encryption_key=encryption_key,
            bucket=bucket,
            retention=retention,
            lock_mode=lock_mode,
            replicate_to=replicate_to,
            of_organization=is_organization_trail,
            org_id=org_id,
            trail_name=trail_name,
        )
        if digest_review is not None:
            refuse_gaps(arguments, digest_review, digest_review_covers, alarm_topic)
        super().__init__(scope, id)
        name = trail_name or f"{Names.unique_resource_name(self, max_length=90, separator='-')}-{REGION}"
        self.trail_arn = f"arn:{PARTITION}:cloudtrail:{REGION}:{ACCOUNT_ID}:trail/{name}"
        key = EncryptionKey.of(self) if encryption_key is None else encryption_key
        let_in(key, *_key_statements(self.trail_arn))
        self.encryption_key: kms.IKey = usable_key(scope, key)
        self.bucket: s3.IBucket = bucket or self._own_bucket(key, retention, lock_mode, replicate_to)
        self._let_cloudtrail_deliver(s3_key_prefix, org_id if is_organization_trail else None)
        group = cloud_watch_log_group or EncryptedLogGroup(
            self, "LogGroup", encryption_key=key, data_protection_policy=False
        )
        self.log_group: logs.ILogGroup = group.log_group if isinstance(group, EncryptedLogGroup) else group
        self.log_role, grant = self._role(org_id if is_organization_trail else None)
        self.trail = cloudtrail.Trail(
            self,
            "Default",
            trail_name=name,
            # Of a bucket that it knows, the L2 would let CloudTrail write for any trail of any account.
            bucket=s3.Bucket.from_bucket_name(self, "Delivery", self.bucket.bucket_name),
            s3_key_prefix=s3_key_prefix,
            encryption_key=self.encryption_key,
            enable_file_validation=True,
            include_global_service_events=True,
            is_multi_region_trail=True,
            is_organization_trail=is_organization_trail or None,
            org_id=org_id,
            send_to_cloud_watch_logs=False,
            **_with_insights(options),
        )
        logged_to = [self.bucket]
        if bucket is None:
            archive = LogArchive.of(scope)
            logged_to += [archive.bucket, archive.access_log_bucket]
        record(self._completed(sources, logged_to, grant, sns_topic), waivers, path=arguments.path)
        self.alarm_topic: sns.ITopic | None = self._alarm_topic(alarm_topic)
        self.alarms: Mapping[str, cloudwatch.Alarm] = (
            {} if self.alarm_topic is None else watch(self, self.log_group, self.alarm_topic)
        )
        self.digest_review: DigestReview | None = None
        if digest_review is not None and self.alarm_topic is not None:
            review = Construct(self, "DigestReview")
            self.digest_review = review_digests(
                review,
                schedule=digest_review,
                covers=digest_review_covers,
                trail_arn=self.trail_arn,
                bucket=self.bucket,
                encryption_key=self.encryption_key,
                log_group=EncryptedLogGroup(review, "LogGroup", encryption_key=key, data_protection_policy=False),
                topic=self.alarm_topic,
                of_organization=is_organization_trail,
            )

    def _own_bucket(
        self, key: AnyKey, retention: Duration, mode: str, replicate_to: EncryptedBucket | ReplicaBucket | None
    ) -> s3.Bucket:
        locks = s3.ObjectLockRetention
        bucket = EncryptedBucket(
            self,
            "S3",
            encryption_key=key,
            object_lock_enabled=True,
            object_lock_default_retention=(
                locks.compliance(retention) if mode == "COMPLIANCE" else locks.governance(retention)
            ),
            replicate_to=replicate_to,
        ).bucket
        bucket.add_to_resource_policy(deny_deletion(bucket))
        bucket.add_to_resource_policy(
            iam.PolicyStatement(
                sid="NobodyBypassesTheLock",
                effect=iam.Effect.DENY,
                principals=[iam.AnyPrincipal()],
                actions=["s3:BypassGovernanceRetention"],
                resources=[bucket.arn_for_objects("*")],
            )
        )
        return bucket

    def _let_cloudtrail_deliver(self, prefix: str | None, org_id: str | None) -> None:
        # https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html
        of_trail = {"aws:SourceArn": self.trail_arn}
        folder = f"{prefix}/AWSLogs" if prefix else "AWSLogs"
        owners = [ACCOUNT_ID, *([org_id] if org_id else [])]
        principal = iam.ServicePrincipal(_PRINCIPAL)
        self.bucket.add_to_resource_policy(
            iam.PolicyStatement(
                sid="CloudTrailChecks",
                actions=["s3:GetBucketAcl"],
                resources=[self.bucket.bucket_arn],
                principals=[principal],
                conditions={"StringEquals": of_trail},
            )
        )
        self.bucket.add_to_resource_policy(
            iam.PolicyStatement(
                sid="CloudTrailDelivers",
                actions=["s3:PutObject"],
                resources=[self.bucket.arn_for_objects(f"{folder}/{owner}/*") for owner in owners],
                principals=[principal],
                conditions={"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control", **of_trail}},
            )
        )

    def _role(self, org_id: str | None) -> tuple[ManagedPolicyRole, IDependable | None]:
        # The L2's own role has an inline policy. CloudTrail fills in no condition against confused deputies here:
        # https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-required-policy-for-cloudwatch-logs.html
        role = ManagedPolicyRole(
            self,
            "LogsRole",
            assumed_by=iam.ServicePrincipal(_PRINCIPAL),
            description="Delivers the events of a trail to a log group",
        )
        group = f"arn:{PARTITION}:logs:{REGION}:{ACCOUNT_ID}:log-group:{self.log_group.log_group_name}"
        streams = [f"{ACCOUNT_ID}_CloudTrail_*", *([f"{org_id}_*"] if org_id else [])]
        added = role.role.add_to_principal_policy(
            iam.PolicyStatement(
                actions=["logs:CreateLogStream", "logs:PutLogEvents"],
                resources=[f"{group}:log-stream:{stream}" for stream in streams],
            )
        )
        return role, added.policy_dependable

    def _completed(
        self,
        sources: Sequence[tuple[str, str]] | None,
        logged_to: Sequence[s3.IBucket],
        grant: IDependable | None,
        sns_topic: EncryptedTopic | sns.ITopic | None,
    ) -> cloudtrail.CfnTrail:
        resource = self.trail.node.default_child
        assert isinstance(resource, cloudtrail.CfnTrail)
        resource.event_selectors = None
        resource.advanced_event_selectors = selectors(sources, logged_to)
        resource.cloud_watch_logs_log_group_arn = self.log_group.log_group_arn
        resource.cloud_watch_logs_role_arn = self.log_role.role.role_arn
        needed: list[IDependable | None] = [grant, self.bucket.policy]
        # The L2 would let CloudTrail publish, and use the topic's key, for anybody's trail.
        if isinstance(sns_topic, EncryptedTopic):
            sns_topic.allow_service(_PRINCIPAL, source_arn=self.trail_arn)
            resource.sns_topic_name = sns_topic.topic.topic_name
            needed.append(sns_topic.topic.node.try_find_child("Policy"))
        elif sns_topic is not None:
            resource.sns_topic_name = sns_topic.topic_name
        # CloudTrail tries them all when it makes the trail.
        self.trail.node.add_dependency(*(one for one in needed if one is not None))
        return resource

    def _alarm_topic(self, given: EncryptedTopic | sns.ITopic | Literal[False] | None) -> sns.ITopic | None:
        return None if given is False else told(self, given)


def _key_statements(trail_arn: str) -> list[iam.PolicyStatement]:
    # https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html
    trails = f"arn:{PARTITION}:cloudtrail:*:{ACCOUNT_ID}:trail/*"
    of_trail = {"StringEquals": {"aws:SourceArn": trail_arn}}
    return [
        iam.PolicyStatement(
            sid=sid,
            actions=[action],
            resources=["*"],
            principals=[iam.ServicePrincipal("cloudtrail.amazonaws.com")],
            conditions={**of_trail, **conditions},
        )
        for sid, action, conditions in (
            (
                "CloudTrailEncrypts",
                "kms:GenerateDataKey*",
                {"StringLike": {"kms:EncryptionContext:aws:cloudtrail:arn": trails}},
            ),
            ("CloudTrailDecrypts", "kms:Decrypt", {}),
            ("CloudTrailDescribes", "kms:DescribeKey", {}),
        )
    ]
