"""What in a trail raises an alarm: the filters that the CIS benchmark prescribes, and two of the trail's own."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import Duration, Names
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns
from constructs import Construct

from hipaa_constructs.services.sns import EncryptedTopic


def any_event(*names: str) -> str:
    """Return the pattern of events of some names."""
    return " || ".join(f"($.eventName={name})" for name in names)


def of_source(source: str, *names: str) -> str:
    """Return the pattern of events of some names of a service."""
    return f"($.eventSource={source}.amazonaws.com) && ({any_event(*names)})"


PATTERNS: Mapping[str, tuple[str, str]] = {
    "RootUserUsed": (
        "the root user was used",
        '$.userIdentity.type="Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType !="AwsServiceEvent"',
    ),
    "UnauthorizedCalls": (
        "a call was refused for lack of permission",
        '($.errorCode="*UnauthorizedOperation") || ($.errorCode="AccessDenied*")',
    ),
    "SignInWithoutMfa": (
        "somebody signed in to the console without MFA",
        '($.eventName="ConsoleLogin") && ($.additionalEventData.MFAUsed !="Yes") && '
        '($.userIdentity.type="IAMUser") && ($.responseElements.ConsoleLogin="Success")',
    ),
    "SignInFailed": (
        "somebody failed to sign in to the console",
        '($.eventName=ConsoleLogin) && ($.errorMessage="Failed authentication")',
    ),
    "IamPolicyChanged": (
        "an IAM policy was changed, attached or detached",
        of_source(
            "iam",
            "DeleteGroupPolicy",
            "DeleteRolePolicy",
            "DeleteUserPolicy",
            "PutGroupPolicy",
            "PutRolePolicy",
            "PutUserPolicy",
            "CreatePolicy",
            "DeletePolicy",
            "CreatePolicyVersion",
            "DeletePolicyVersion",
            "AttachRolePolicy",
            "DetachRolePolicy",
            "AttachUserPolicy",
            "DetachUserPolicy",
            "AttachGroupPolicy",
            "DetachGroupPolicy",
        ),
    ),
    "TrailChanged": (
        "a trail was made, changed, deleted, started or stopped",
        any_event("CreateTrail", "UpdateTrail", "DeleteTrail", "StartLogging", "StopLogging"),
    ),
    "TrailSelectionChanged": (
        "what a trail records was changed",
        of_source("cloudtrail", "PutEventSelectors", "PutInsightSelectors"),
    ),
    "KeyDisabled": (
        "a KMS key was disabled or scheduled for deletion",
        of_source("kms", "DisableKey", "ScheduleKeyDeletion"),
    ),
    "BucketPolicyChanged": (
        "the policy, ACL, lifecycle, replication or CORS of a bucket was changed",
        of_source(
            "s3",
            "PutBucketAcl",
            "PutBucketPolicy",
            "PutBucketCors",
            "PutBucketLifecycle",
            "PutBucketReplication",
            "DeleteBucketPolicy",
            "DeleteBucketCors",
            "DeleteBucketLifecycle",
            "DeleteBucketReplication",
        ),
    ),
    "ConfigChanged": (
        "what AWS Config records was changed",
        of_source(
            "config",
            "StopConfigurationRecorder",
            "DeleteDeliveryChannel",
            "PutDeliveryChannel",
            "PutConfigurationRecorder",
        ),
    ),
    "SecurityGroupChanged": (
        "a security group was changed",
        any_event(
            "AuthorizeSecurityGroupIngress",
            "AuthorizeSecurityGroupEgress",
            "RevokeSecurityGroupIngress",
            "RevokeSecurityGroupEgress",
            "CreateSecurityGroup",
            "DeleteSecurityGroup",
        ),
    ),
    "NetworkAclChanged": (
        "a network ACL was changed",
        any_event(
            "CreateNetworkAcl",
            "CreateNetworkAclEntry",
            "DeleteNetworkAcl",
            "DeleteNetworkAclEntry",
            "ReplaceNetworkAclEntry",
            "ReplaceNetworkAclAssociation",
        ),
    ),
    "GatewayChanged": (
        "a gateway of a VPC was changed",
        any_event(
            "CreateCustomerGateway",
            "DeleteCustomerGateway",
            "AttachInternetGateway",
            "CreateInternetGateway",
            "DeleteInternetGateway",
            "DetachInternetGateway",
        ),
    ),
    "RouteTableChanged": (
        "a route table was changed",
        "($.eventSource=ec2.amazonaws.com) && ("
        + any_event(
            "CreateRoute",
            "CreateRouteTable",
            "ReplaceRoute",
            "ReplaceRouteTableAssociation",
            "DeleteRouteTable",
            "DeleteRoute",
            "DisassociateRouteTable",
        )
        + ")",
    ),
    "VpcChanged": (
        "a VPC, its peering or its ClassicLink was changed",
        any_event(
            "CreateVpc",
            "DeleteVpc",
            "ModifyVpcAttribute",
            "AcceptVpcPeeringConnection",
            "CreateVpcPeeringConnection",
            "DeleteVpcPeeringConnection",
            "RejectVpcPeeringConnection",
            "AttachClassicLinkVpc",
            "DetachClassicLinkVpc",
            "DisableVpcClassicLink",
            "EnableVpcClassicLink",
        ),
    ),
}
"""What is watched for by name: in words, and as a pattern. Security Hub asks for the prescribed ones to the letter.

AWS: https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html
"""

_PERIOD = Duration.minutes(5)


def told(scope: Construct, given: EncryptedTopic | sns.ITopic | None) -> sns.ITopic:
    """Return the topic that alarms tell, by default the stack's, which lets them publish."""
    topic = given or EncryptedTopic.of(scope)
    if isinstance(topic, EncryptedTopic):
        topic.allow_alarms()
        return topic.topic
    return topic


def watch(
    scope: Construct,
    log_group: logs.ILogGroup,
    topic: sns.ITopic,
    patterns: Mapping[str, tuple[str, str]] = PATTERNS,
) -> dict[str, cloudwatch.Alarm]:
    """Make a metric filter and an alarm of each pattern.

    Args:
        scope: the trail, or a construct below it.
        log_group: what the trail is delivered to.
        topic: what the alarms are published to.
        patterns: what is watched for, by name; by default `PATTERNS`.
    """
    # Metric names are known to the whole account and Region; two trails must not feed one another's alarms.
    namespace = f"Trail/{Names.unique_resource_name(scope, max_length=200)}"
    action = actions.SnsAction(topic)
    alarms: dict[str, cloudwatch.Alarm] = {}
    for name, (text, pattern) in patterns.items():
        metric = logs.MetricFilter(
            scope,
            f"{name}Filter",
            log_group=log_group,
            filter_pattern=logs.FilterPattern.literal(f"{{{pattern}}}"),
            metric_namespace=namespace,
            metric_name=name,
            metric_value="1",
            default_value=0,
        ).metric(statistic="Sum", period=_PERIOD)
        alarms[name] = alarm_on(scope, f"{name}Alarm", metric, f"CloudTrail: {text}", action)
    return alarms


def alarm_on(
    scope: Construct, id: str, metric: cloudwatch.Metric, description: str, action: cloudwatch.IAlarmAction
) -> cloudwatch.Alarm:
    """Make an alarm on a metric that should be zero; it says too when it can no longer tell."""
    alarm = cloudwatch.Alarm(
        scope,
        id,
        metric=metric,
        alarm_description=description,
        comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        threshold=1,
        evaluation_periods=1,
        treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
    )
    alarm.add_alarm_action(action)
    alarm.add_insufficient_data_action(action)
    return alarm
