"""Who did what."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import Aws, Duration
from aws_cdk import aws_accessanalyzer as accessanalyzer
from aws_cdk import aws_cloudtrail as cloudtrail
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_codebuild as codebuild
from aws_cdk import aws_config as config
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_guardduty as guardduty
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_securityhub as securityhub
from aws_cdk import aws_sns as sns
from constructs import Construct

from benchmarks.by_hand.common import (
    SIX_YEARS,
    PortalStack,
    accept,
    allow,
    deny,
    deny_deletion,
    log_archive,
    log_group,
    records_bucket,
    service_role,
    stack_key,
)
from benchmarks.by_hand.foundation import CopiesStack, KeysStack
from hipaa_constructs.services._conformance import judged_in, pack_bodies
from hipaa_constructs.services.cloudtrail_alarms import PATTERNS
from hipaa_constructs.services.cloudtrail_digests import SCRIPT

_FIVE_MINUTES = Duration.minutes(5)
_NAME = f"Audit-Trail-3BF4E139-{Aws.REGION}"
_TRAIL_ARN = f"arn:{Aws.PARTITION}:cloudtrail:{Aws.REGION}:{Aws.ACCOUNT_ID}:trail/{_NAME}"
_FROM_TRAIL = {"StringEquals": {"aws:SourceArn": _TRAIL_ARN}}


class AuditStack(PortalStack):
    """A trail of all Regions."""

    def __init__(self, app: cdk.App, id: str, region: str, copies: CopiesStack) -> None:
        """Make the trail."""
        super().__init__(app, id, region)
        archive = log_archive(self)
        key = self._key()
        topic = self._topic(key)
        trail = Construct(self, "Trail")
        bucket = self._bucket(trail, key, archive, copies)
        group = log_group(trail, "LogGroup", key)
        streams = f"arn:{Aws.PARTITION}:logs:{Aws.REGION}:{Aws.ACCOUNT_ID}:log-group:{group.log_group_name}"
        role, policy = service_role(
            trail,
            "LogsRole",
            iam.ServicePrincipal("cloudtrail.amazonaws.com"),
            "Delivers the events of a trail to a log group",
            allow(
                ["logs:CreateLogStream", "logs:PutLogEvents"],
                [f"{streams}:log-stream:{Aws.ACCOUNT_ID}_CloudTrail_*"],
            ),
        )
        access_logs = archive.node.find_child("AccessLogs")
        assert isinstance(access_logs, s3.Bucket)
        of_logs = [f"{one.bucket_arn}/" for one in (bucket, archive, access_logs)]
        resource = cloudtrail.CfnTrail(
            trail,
            "Resource",
            trail_name=_NAME,
            is_logging=True,
            is_multi_region_trail=True,
            include_global_service_events=True,
            enable_log_file_validation=True,
            kms_key_id=key.key_arn,
            s3_bucket_name=bucket.bucket_name,
            cloud_watch_logs_log_group_arn=group.log_group_arn,
            cloud_watch_logs_role_arn=role.role_arn,
            insight_selectors=[{"insightType": "ApiCallRateInsight"}, {"insightType": "ApiErrorRateInsight"}],
            advanced_event_selectors=[
                _selector("All management events", [{"field": "eventCategory", "equalTo": ["Management"]}]),
                _selector("All objects but logs", [*_OBJECTS, {"field": "resources.ARN", "notStartsWith": of_logs}]),
                _selector(
                    "Logs that are read",
                    [
                        *_OBJECTS,
                        {"field": "readOnly", "equalTo": ["true"]},
                        {"field": "resources.ARN", "startsWith": of_logs},
                    ],
                ),
            ],
        )
        assert bucket.policy is not None
        resource.node.add_dependency(bucket.policy, policy)
        self._watch(trail, group, topic)
        self._review(Construct(trail, "DigestReview"), bucket, key, topic)

    def _key(self) -> kms.Key:
        key = stack_key(self)
        service = [iam.ServicePrincipal("cloudtrail.amazonaws.com")]
        trails = f"arn:{Aws.PARTITION}:cloudtrail:*:{Aws.ACCOUNT_ID}:trail/*"
        in_context = {**_FROM_TRAIL, "StringLike": {"kms:EncryptionContext:aws:cloudtrail:arn": trails}}
        for sid, action, conditions in (
            ("CloudTrailEncrypts", "kms:GenerateDataKey*", in_context),
            ("CloudTrailDecrypts", "kms:Decrypt", _FROM_TRAIL),
            ("CloudTrailDescribes", "kms:DescribeKey", _FROM_TRAIL),
        ):
            key.add_to_resource_policy(
                iam.PolicyStatement(
                    sid=sid, actions=[action], resources=["*"], principals=service, conditions=conditions
                )
            )
        topics = f"arn:{Aws.PARTITION}:sns:{Aws.REGION}:{Aws.ACCOUNT_ID}:*"
        key.add_to_resource_policy(
            iam.PolicyStatement(
                actions=["kms:Decrypt", "kms:GenerateDataKey*"],
                principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                resources=["*"],
                conditions={"ArnLike": {"kms:EncryptionContext:aws:sns:topicArn": topics}},
            )
        )
        return key

    def _topic(self, key: kms.Key) -> sns.Topic:
        topic = sns.Topic(self, "EncryptedTopic", master_key=key, enforce_ssl=True)
        alarms = f"arn:{Aws.PARTITION}:cloudwatch:{Aws.REGION}:{Aws.ACCOUNT_ID}:alarm:*"
        topic.add_to_resource_policy(
            iam.PolicyStatement(
                actions=["sns:Publish"],
                principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                resources=[topic.topic_arn],
                conditions={"ArnLike": {"aws:SourceArn": alarms}},
            )
        )
        return topic

    def _bucket(self, trail: Construct, key: kms.Key, archive: s3.Bucket, copies: CopiesStack) -> s3.Bucket:
        bucket = records_bucket(
            trail,
            "S3",
            key,
            archive,
            lock=s3.ObjectLockRetention.governance(SIX_YEARS),
            replicate_to=copies.trail,
            replica_key=copies.key,
        )
        deny_deletion(bucket)
        deny(bucket, "NobodyBypassesTheLock", ["s3:BypassGovernanceRetention"])
        service = [iam.ServicePrincipal("cloudtrail.amazonaws.com")]
        bucket.add_to_resource_policy(
            iam.PolicyStatement(
                sid="CloudTrailChecks",
                actions=["s3:GetBucketAcl"],
                principals=service,
                resources=[bucket.bucket_arn],
                conditions=_FROM_TRAIL,
            )
        )
        full = {"StringEquals": {"aws:SourceArn": _TRAIL_ARN, "s3:x-amz-acl": "bucket-owner-full-control"}}
        bucket.add_to_resource_policy(
            iam.PolicyStatement(
                sid="CloudTrailDelivers",
                actions=["s3:PutObject"],
                principals=service,
                resources=[bucket.arn_for_objects(f"AWSLogs/{Aws.ACCOUNT_ID}/*")],
                conditions=full,
            )
        )
        return bucket

    def _watch(self, trail: Construct, group: logs.LogGroup, topic: sns.Topic) -> None:
        for name, (text, pattern) in PATTERNS.items():
            metric = logs.MetricFilter(
                trail,
                f"{name}Filter",
                log_group=group,
                filter_pattern=logs.FilterPattern.literal(f"{{{pattern}}}"),
                metric_namespace="Trail/AuditTrail3BF4E139",
                metric_name=name,
                metric_value="1",
                default_value=0,
            ).metric(statistic="Sum", period=_FIVE_MINUTES)
            _alarm(trail, f"{name}Alarm", metric, f"CloudTrail: {text}", topic)

    def _review(self, scope: Construct, bucket: s3.Bucket, key: kms.Key, topic: sns.Topic) -> None:
        group = log_group(scope, "LogGroup", key)
        own = {"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}}
        role, policy = service_role(
            scope,
            "Role",
            iam.ServicePrincipal("codebuild.amazonaws.com", conditions=own),
            "Validates the files of a trail",
            allow(["cloudtrail:DescribeTrails", "cloudtrail:ListPublicKeys", "ec2:DescribeRegions"], ["*"]),
            allow(["s3:GetBucketLocation", "s3:ListBucket"], [bucket.bucket_arn]),
            allow(["s3:GetObject"], [bucket.arn_for_objects("*")]),
            allow(["kms:Decrypt"], [key.key_arn], {"StringLike": {"kms:ViaService": "s3.*"}}),
            allow(["logs:CreateLogStream", "logs:PutLogEvents"], [group.log_group_arn]),
        )
        variables = {"ACCOUNT": Aws.ACCOUNT_ID, "COVERS_HOURS": "192", "ORGANIZATION": "no", "TRAIL_ARN": _TRAIL_ARN}
        project = codebuild.Project(
            scope,
            "Project",
            description="Runs aws cloudtrail validate-logs in every Region",
            role=role.without_policy_updates(),
            build_spec=codebuild.BuildSpec.from_object(
                {"version": "0.2", "env": {"shell": "bash"}, "phases": {"build": {"commands": [f"({SCRIPT})"]}}}
            ),
            environment=codebuild.BuildEnvironment(
                build_image=codebuild.LinuxArmBuildImage.AMAZON_LINUX_2023_STANDARD_3_0,
                compute_type=codebuild.ComputeType.SMALL,
            ),
            environment_variables={
                name: codebuild.BuildEnvironmentVariable(value=value) for name, value in variables.items()
            },
            encryption_key=key,
            grant_report_group_permissions=False,
            logging=codebuild.LoggingOptions(cloud_watch=codebuild.CloudWatchLoggingOptions(log_group=group)),
            timeout=Duration.hours(8),
        )
        project.node.add_dependency(policy)
        resource = project.node.default_child
        assert isinstance(resource, codebuild.CfnProject)
        accept(resource, "CodeBuildProjectSourceRepoUrl", because="It has no source")
        starter, _ = service_role(
            scope,
            "StarterRole",
            iam.ServicePrincipal("events.amazonaws.com", conditions=own),
            "Starts the review of a trail's digest files",
            allow(["codebuild:StartBuild"], [project.project_arn]),
        )
        events.Rule(
            scope,
            "Rule",
            description="Starts the review of a trail's digest files",
            schedule=events.Schedule.cron(hour="6", minute="0", week_day="MON"),
            targets=[targets.CodeBuildProject(project, event_role=starter.without_policy_updates())],
        )
        failed = project.metric_failed_builds(statistic="Sum", period=_FIVE_MINUTES)
        text = "CloudTrail: a review found an invalid or missing file, or could not be done"
        _alarm(scope, "Alarm", failed, text, topic)


_OBJECTS: list[dict[str, object]] = [
    {"field": "eventCategory", "equalTo": ["Data"]},
    {"field": "resources.type", "equalTo": ["AWS::S3::Object"]},
]


def _selector(name: str, fields: list[dict[str, object]]) -> dict[str, object]:
    return {"name": name, "fieldSelectors": fields}


def _alarm(scope: Construct, id: str, metric: cloudwatch.Metric, text: str, topic: sns.Topic) -> None:
    alarm = cloudwatch.Alarm(
        scope,
        id,
        metric=metric,
        alarm_description=text,
        comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        threshold=1,
        evaluation_periods=1,
        treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
    )
    action = actions.SnsAction(topic)
    alarm.add_alarm_action(action)
    alarm.add_insufficient_data_action(action)


class RecorderStack(PortalStack):
    """What watches a Region."""

    def __init__(self, app: cdk.App, id: str, region: str, keys: KeysStack, *, is_primary: bool) -> None:
        """Make the recorder, the packs, GuardDuty, Security Hub and the analyzer."""
        super().__init__(app, id, region)
        bucket = keys.log_archive
        own = {"StringEquals": {"aws:SourceAccount": self.account}}
        service = iam.ServicePrincipal("config.amazonaws.com", conditions=own)
        for allowed, resource in (
            (["s3:GetBucketAcl", "s3:ListBucket"], bucket.bucket_arn),
            (["s3:PutObject"], bucket.arn_for_objects(f"config/AWSLogs/{self.account}/Config/*")),
        ):
            bucket.add_to_resource_policy(
                iam.PolicyStatement(principals=[service], actions=allowed, resources=[resource])
            )
        name = "aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"
        role = self.format_arn(service="iam", region="", resource="role", resource_name=name)
        recorded = {"allSupported": True, "includeGlobalResourceTypes": is_primary}
        recorder = config.CfnConfigurationRecorder(self, "Recorder", role_arn=role, recording_group=recorded)
        channel = config.CfnDeliveryChannel(self, "Channel", s3_bucket_name=bucket.bucket_name, s3_key_prefix="config")
        kept: list[cdk.CfnResource] = [recorder, channel]
        for count, body in enumerate(pack_bodies(judged_in(region)), start=1):
            pack = config.CfnConformancePack(
                self, f"Pack{count}", conformance_pack_name=f"{id}-{count}", template_body=body
            )
            pack.node.add_dependency(recorder, channel)
            kept.append(pack)
        names = (
            "S3_DATA_EVENTS",
            "EKS_AUDIT_LOGS",
            "EBS_MALWARE_PROTECTION",
            "RDS_LOGIN_EVENTS",
            "LAMBDA_NETWORK_LOGS",
        )
        agents = ("EKS_ADDON_MANAGEMENT", "ECS_FARGATE_AGENT_MANAGEMENT", "EC2_AGENT_MANAGEMENT")
        runtime = {
            "name": "RUNTIME_MONITORING",
            "status": "ENABLED",
            "additionalConfiguration": [{"name": name, "status": "ENABLED"} for name in agents],
        }
        detector = guardduty.CfnDetector(
            self,
            "Detector",
            enable=True,
            features=[*({"name": name, "status": "ENABLED"} for name in names), runtime],
            finding_publishing_frequency="FIFTEEN_MINUTES",
        )
        hub = securityhub.CfnHub(
            self,
            "Hub",
            auto_enable_controls=True,
            control_finding_generator="SECURITY_CONTROL",
            enable_default_standards=False,
        )
        hub.node.add_dependency(recorder, channel)
        kept += [detector, hub]
        for standard_id, path in (
            ("FoundationalBestPractices", "aws-foundational-security-best-practices/v/1.0.0"),
            ("Nist80053", "nist-800-53/v/5.0.0"),
        ):
            arn = f"arn:{cdk.Aws.PARTITION}:securityhub:{region}::standards/{path}"
            standard = securityhub.CfnStandard(self, standard_id, standards_arn=arn)
            standard.node.add_dependency(kept[-1])
            kept.append(standard)
        kept.append(accessanalyzer.CfnAnalyzer(self, "Analyzer", type="ACCOUNT"))
        for one in kept:
            one.apply_removal_policy(cdk.RemovalPolicy.RETAIN)
