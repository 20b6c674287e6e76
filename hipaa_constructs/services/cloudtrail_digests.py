"""The review of a trail's digest files: the AWS CLI's own validation, on a schedule."""

from __future__ import annotations

import math
from dataclasses import dataclass

from aws_cdk import CfnResource, Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_codebuild as codebuild
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from constructs import Construct

from hipaa_constructs.services._library_waivers import DIGEST_REVIEW_WITHOUT_SOURCE
from hipaa_constructs.services._tokens import ACCOUNT_ID
from hipaa_constructs.services._waiving import record
from hipaa_constructs.services.cloudtrail_alarms import alarm_on
from hipaa_constructs.services.iam import ManagedPolicyRole
from hipaa_constructs.services.logs import EncryptedLogGroup

_LONGEST = Duration.hours(8)

# validate-logs looks at the digest files of one Region (and in an organization of one account), follows them backwards
# from the newest one that it finds, and ends with 1 when a file is invalid or missing. It ends with 0 when there is no
# digest file at all, when the newest ones are missing, and when the chain is interrupted, as after logging was stopped.
# Digest files come every hour, whether anything happened or not; those that are marked as backfill come now and then.
# Accounts that are closed get none; their State was called Status before.
SCRIPT = r"""
set -u
failed=0
report=$(mktemp)
start=$(date -u -d "-${COVERS_HOURS} hours" +%Y-%m-%dT%H:%M:%SZ)
recent=$(date -u -d "-6 hours" +%Y-%m-%dT%H:%M:%SZ)
regions=$(aws ec2 describe-regions --query 'Regions[].RegionName' --output text) || exit 2
if [ "${ORGANIZATION}" = yes ]; then
  active="Accounts[?(State || Status) == 'ACTIVE'].Id"
  accounts=$(aws organizations list-accounts --query "${active}" --output text) || exit 2
else
  accounts=${ACCOUNT}
fi
if [ -z "${accounts}" ] || [ -z "${regions}" ]; then
  echo "REVIEW FAILED: nothing to review"
  exit 2
fi
for account in ${accounts}; do
  option=""
  if [ "${ORGANIZATION}" = yes ]; then option="--account-id ${account}"; fi
  for region in ${regions}; do
    echo "== ${account} ${region}"
    aws cloudtrail validate-logs --region "${region}" --trail-arn "${TRAIL_ARN}" --start-time "${start}" ${option} \
      > "${report}" 2>&1
    result=$?
    cat "${report}"
    newest=$(sed -n 's/^Results found for .* to \(.*\):$/\1/p' "${report}")
    why=""
    if [ ${result} -ne 0 ]; then why="a file is invalid or missing, or the review could not be done"
    elif ! grep -q "[0-9] digest files valid" "${report}"; then why="there is no digest file"
    elif grep -q "^No log files were delivered" "${report}"; then why="the digest files are interrupted"
    elif [[ "${newest}" < "${recent}" ]]; then why="the newest digest files are missing"
    fi
    if [ -n "${why}" ]; then
      echo "REVIEW FAILED: ${account} ${region}: ${why}"
      failed=1
    fi
  done
done
if [ ${failed} -eq 0 ]; then echo "REVIEW PASSED"; fi
exit ${failed}
"""


@dataclass(frozen=True, slots=True)
class DigestReview:
    """What reviews the digest files of a trail.

    Attributes:
        project: the CodeBuild project; start it by hand for a review out of turn.
        rule: the EventBridge rule that starts it on a schedule.
        log_group: where the results are kept.
        alarm: goes off when a review fails.
    """

    project: codebuild.Project
    rule: events.Rule
    log_group: EncryptedLogGroup
    alarm: cloudwatch.Alarm


def review_digests(
    scope: Construct,
    *,
    schedule: events.Schedule,
    covers: Duration,
    trail_arn: str,
    bucket: s3.IBucket,
    encryption_key: kms.IKey,
    log_group: EncryptedLogGroup,
    topic: sns.ITopic,
    of_organization: bool,
) -> DigestReview:
    """Make the project, the schedule and the alarm, with the least privilege that validate-logs needs.

    AWS: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-cli.html
    """
    role = ManagedPolicyRole(
        scope,
        "Role",
        # The ARN of the project would make the role depend on what depends on it.
        assumed_by=iam.ServicePrincipal(
            "codebuild.amazonaws.com", conditions={"StringEquals": {"aws:SourceAccount": ACCOUNT_ID}}
        ),
        description="Validates the files of a trail",
    )
    grants = [
        role.role.add_to_principal_policy(statement).policy_dependable
        for statement in _permissions(bucket, encryption_key, log_group, of_organization=of_organization)
    ]
    variables = {
        "ACCOUNT": ACCOUNT_ID,
        "COVERS_HOURS": str(math.ceil(covers.to_hours(integral=False))),
        "ORGANIZATION": "yes" if of_organization else "no",
        "TRAIL_ARN": trail_arn,
    }
    project = codebuild.Project(
        scope,
        "Project",
        description="Runs aws cloudtrail validate-logs in every Region",
        # The CDK would also let it make log groups, and encrypt with the key.
        role=role.role.without_policy_updates(),
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
        encryption_key=encryption_key,
        grant_report_group_permissions=False,
        logging=codebuild.LoggingOptions(cloud_watch=codebuild.CloudWatchLoggingOptions(log_group=log_group.log_group)),
        timeout=_LONGEST,
    )
    # Grants of the role are a resource of their own: without it, the first review could come too early.
    project.node.add_dependency(*(grant for grant in grants if grant is not None))
    resource = project.node.default_child
    assert isinstance(resource, CfnResource)
    record(resource, [DIGEST_REVIEW_WITHOUT_SOURCE.waiver], path=scope.node.path, by_library=True)
    starter = ManagedPolicyRole(
        scope,
        "StarterRole",
        assumed_by=iam.ServicePrincipal(
            "events.amazonaws.com", conditions={"StringEquals": {"aws:SourceAccount": ACCOUNT_ID}}
        ),
        description="Starts the review of a trail's digest files",
    )
    rule = events.Rule(
        scope,
        "Rule",
        description="Starts the review of a trail's digest files",
        schedule=schedule,
        targets=[targets.CodeBuildProject(project, event_role=starter.role)],
    )
    alarm = alarm_on(
        scope,
        "Alarm",
        project.metric_failed_builds(statistic="Sum", period=Duration.minutes(5)),
        "CloudTrail: a review found an invalid or missing file, or could not be done",
        actions.SnsAction(topic),
    )
    return DigestReview(project, rule, log_group, alarm)


def _permissions(
    bucket: s3.IBucket, key: kms.IKey, log_group: EncryptedLogGroup, *, of_organization: bool
) -> list[iam.PolicyStatement]:
    by_account = ["cloudtrail:DescribeTrails", "cloudtrail:ListPublicKeys", "ec2:DescribeRegions"]
    if of_organization:
        by_account += ["organizations:DescribeOrganization", "organizations:ListAccounts"]
    return [
        # These know no resources.
        iam.PolicyStatement(actions=by_account, resources=["*"]),
        iam.PolicyStatement(actions=["s3:GetBucketLocation", "s3:ListBucket"], resources=[bucket.bucket_arn]),
        iam.PolicyStatement(actions=["s3:GetObject"], resources=[bucket.arn_for_objects("*")]),
        iam.PolicyStatement(
            actions=["kms:Decrypt"],
            resources=[key.key_arn],
            conditions={"StringLike": {"kms:ViaService": "s3.*"}},
        ),
        iam.PolicyStatement(
            actions=["logs:CreateLogStream", "logs:PutLogEvents"],
            resources=[log_group.log_group.log_group_arn],
        ),
    ]
