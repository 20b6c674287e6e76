"""What the trails are, and what they refuse."""

from __future__ import annotations

import json

import pytest
from aws_cdk import App, Duration, Stack, Stage
from aws_cdk import aws_cloudtrail as cloudtrail
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3

from hipaa_constructs import EncryptedBucket, EncryptedLogGroup, EncryptedTopic, EncryptedTrail
from hipaa_constructs.rules._value import Json
from tests._refusals import made, refusal, waiver
from tests._synthesis import Body, at, of_type, report_of, statement_called, statements, synthesized, the

TRAIL = "AWS::CloudTrail::Trail"
BUCKET = "AWS::S3::Bucket"
POLICY = "AWS::S3::BucketPolicy"
KEY = "AWS::KMS::Key"
ALARM = "AWS::CloudWatch::Alarm"
PROJECT = "AWS::CodeBuild::Project"
DAILY = events.Schedule.rate(Duration.days(1))
SILENT = [
    waiver(rule) for rule in ("TrailAlarmsOnSignIn", "TrailAlarmsOnNetworkChanges", "TrailAlarmsOnSafeguardChanges")
]

PLAIN = synthesized(lambda stack: EncryptedTrail(stack, "It"))
REVIEWED = synthesized(lambda stack: EncryptedTrail(stack, "It", digest_review=DAILY))


@pytest.fixture
def stack() -> Stack:
    return Stack(App(), "Stack")


def properties(template: Body) -> Json:
    return at(the(template, TRAIL), "Properties")


@pytest.mark.parametrize(
    "switch", ["EnableLogFileValidation", "IncludeGlobalServiceEvents", "IsLogging", "IsMultiRegionTrail"]
)
def test_everything_is_switched_on(switch: str) -> None:
    assert at(properties(PLAIN), switch) is True


def test_files_are_encrypted_with_the_stacks_key() -> None:
    (key,) = of_type(PLAIN, KEY)
    assert at(properties(PLAIN), "KMSKeyId") == {"Fn::GetAtt": [key, "Arn"]}


@pytest.mark.parametrize("sid", ["CloudTrailEncrypts", "CloudTrailDecrypts", "CloudTrailDescribes"])
def test_the_key_is_used_for_this_trail_only(sid: str) -> None:
    statement = statement_called(the(PLAIN, KEY), sid, "KeyPolicy")
    source = json.dumps(at(statement, "Condition", "StringEquals", "aws:SourceArn"))
    assert ":trail/Stack-It-" in source
    assert '{"Ref": "AWS::AccountId"}' in source


@pytest.mark.parametrize("sid", ["CloudTrailChecks", "CloudTrailDelivers"])
def test_the_bucket_takes_files_of_this_trail_only(sid: str) -> None:
    statement = statement_called(the(PLAIN, POLICY, "ItS3"), sid)
    assert ":trail/Stack-It-" in json.dumps(at(statement, "Condition", "StringEquals", "aws:SourceArn"))


def test_the_policies_name_the_trail_by_its_name() -> None:
    name = json.dumps(at(properties(PLAIN), "TrailName", "Fn::Join", 1))[1:-1]
    source = at(statement_called(the(PLAIN, POLICY, "ItS3"), "CloudTrailChecks"), "Condition", "StringEquals")
    assert name.partition('"')[2].partition('"')[0] in json.dumps(source)


def test_files_are_locked_for_six_years() -> None:
    lock = at(the(PLAIN, BUCKET, "ItS3"), "Properties", "ObjectLockConfiguration", "Rule", "DefaultRetention")
    assert lock == {"Days": 2192, "Mode": "GOVERNANCE"}


def test_files_can_be_locked_against_everybody() -> None:
    template = synthesized(
        lambda stack: EncryptedTrail(stack, "It", lock_mode="COMPLIANCE", retention=Duration.days(3000))
    )
    lock = at(the(template, BUCKET, "ItS3"), "Properties", "ObjectLockConfiguration", "Rule", "DefaultRetention")
    assert lock == {"Days": 3000, "Mode": "COMPLIANCE"}


@pytest.mark.parametrize("sid", ["NobodyDeletesLogs", "NobodyBypassesTheLock"])
def test_nobody_deletes_files_or_bypasses_the_lock(sid: str) -> None:
    statement = statement_called(the(PLAIN, POLICY, "ItS3"), sid)
    assert (statement["Effect"], statement["Principal"]) == ("Deny", {"AWS": "*"})


def test_digest_files_with_another_encryption_header_are_not_denied_to_aws() -> None:
    for sid in ("DenyOtherEncryption", "DenyOtherKeys"):
        statement = statement_called(the(PLAIN, POLICY, "ItS3"), sid)
        assert at(statement, "Condition", "BoolIfExists", "aws:PrincipalIsAWSService") == "false"


def test_bucket_and_policy_stay_when_the_stack_goes() -> None:
    for kind in (BUCKET, POLICY):
        assert the(PLAIN, kind, "ItS3")["DeletionPolicy"] == "Retain"


def test_all_management_events_are_recorded() -> None:
    first = at(properties(PLAIN), "AdvancedEventSelectors", 0, "FieldSelectors")
    assert first == [{"Equals": ["Management"], "Field": "eventCategory"}]


def test_data_events_of_all_objects_are_recorded_but_not_deliveries_of_logs() -> None:
    second = at(properties(PLAIN), "AdvancedEventSelectors", 1, "FieldSelectors")
    buckets = {name for name in of_type(PLAIN, BUCKET)}
    left_out = json.dumps(at(second, 2, "NotStartsWith"))
    assert all(name in left_out for name in buckets)


def test_who_reads_logs_is_recorded() -> None:
    third = at(properties(PLAIN), "AdvancedEventSelectors", 2, "FieldSelectors")
    assert {"Equals": ["true"], "Field": "readOnly"} in (third if isinstance(third, list) else [])


def test_data_events_can_be_chosen() -> None:
    def build(stack: Stack) -> None:
        table = dynamodb.Table.from_table_arn(stack, "Table", "arn:aws:dynamodb:us-east-1:123456789012:table/visits")
        EncryptedTrail(stack, "It", data_events=[EncryptedBucket(stack, "Records"), table])

    chosen = at(properties(synthesized(build)), "AdvancedEventSelectors")
    assert isinstance(chosen, list)
    assert [at(one, "FieldSelectors", 1, "Equals", 0) for one in chosen[1:]] == [
        "AWS::S3::Object",
        "AWS::DynamoDB::Table",
    ]


def test_events_go_to_an_encrypted_log_group() -> None:
    (group,) = of_type(PLAIN, "AWS::Logs::LogGroup")
    assert at(properties(PLAIN), "CloudWatchLogsLogGroupArn") == {"Fn::GetAtt": [group, "Arn"]}


def test_the_role_writes_to_that_log_group_only() -> None:
    (statement,) = statements(the(PLAIN, "AWS::IAM::ManagedPolicy", "ItLogsRole"))
    (group,) = of_type(PLAIN, "AWS::Logs::LogGroup")
    assert statement["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents"]
    assert f'{{"Ref": "{group}"}}' in json.dumps(statement["Resource"])


def test_the_trail_waits_for_what_cloudtrail_tries() -> None:
    assert the(PLAIN, TRAIL)["DependsOn"] == [
        *of_type(PLAIN, "AWS::IAM::ManagedPolicy"),
        next(name for name in of_type(PLAIN, POLICY) if name.startswith("ItS3")),
    ]


def test_there_are_fifteen_alarms_and_each_tells_the_topic() -> None:
    (topic,) = of_type(PLAIN, "AWS::SNS::Topic")
    alarms = of_type(PLAIN, ALARM)
    assert len(alarms) == 15
    for alarm in alarms.values():
        assert at(alarm, "Properties", "AlarmActions") == [{"Ref": topic}]
        assert at(alarm, "Properties", "InsufficientDataActions") == [{"Ref": topic}]


def test_the_alarms_can_tell_another_topic() -> None:
    template = synthesized(lambda stack: EncryptedTrail(stack, "It", alarm_topic=EncryptedTopic(stack, "Security")))
    (topic,) = of_type(template, "AWS::SNS::Topic")
    assert topic.startswith("Security")


def test_without_alarms_there_is_no_topic() -> None:
    template = synthesized(lambda stack: EncryptedTrail(stack, "It", alarm_topic=False, waivers=SILENT))
    assert (of_type(template, ALARM), of_type(template, "AWS::SNS::Topic")) == ({}, {})


def test_a_trail_has_the_logical_id_of_the_plain_one() -> None:
    plain = synthesized(lambda stack: cloudtrail.Trail(stack, "It"))
    assert list(of_type(PLAIN, TRAIL)) == list(of_type(plain, TRAIL))


def test_its_own_bucket_has_the_logical_id_of_the_plain_trails() -> None:
    plain = synthesized(lambda stack: cloudtrail.Trail(stack, "It"))
    assert set(of_type(plain, BUCKET)) < set(of_type(PLAIN, BUCKET))


def test_a_trail_of_an_organization_takes_the_files_of_all_accounts() -> None:
    template = synthesized(lambda stack: EncryptedTrail(stack, "It", is_organization_trail=True, org_id="o-1234567890"))
    delivery = statement_called(the(template, POLICY, "ItS3"), "CloudTrailDelivers")
    assert at(properties(template), "IsOrganizationTrail") is True
    assert "/AWSLogs/o-1234567890/*" in json.dumps(delivery["Resource"])


def test_insights_are_passed_on() -> None:
    template = synthesized(
        lambda stack: EncryptedTrail(stack, "It", insight_types=[cloudtrail.InsightType.API_ERROR_RATE])
    )
    assert at(properties(template), "InsightSelectors") == [{"InsightType": "ApiErrorRateInsight"}]


def test_a_topic_told_of_deliveries_lets_the_trail_publish() -> None:
    template = synthesized(lambda stack: EncryptedTrail(stack, "It", sns_topic=EncryptedTopic(stack, "Files")))
    policy = the(template, "AWS::SNS::TopicPolicy", "Files")
    (allowed,) = (one for one in statements(policy) if at(one, "Principal", "Service") == "cloudtrail.amazonaws.com")
    assert ":trail/Stack-It-" in json.dumps(allowed["Condition"])


def test_a_bucket_of_another_account_is_named_as_it_is() -> None:
    template = synthesized(
        lambda stack: EncryptedTrail(stack, "It", bucket=s3.Bucket.from_bucket_name(stack, "Central", "central-logs"))
    )
    assert at(properties(template), "S3BucketName") == "central-logs"


def test_a_trail_in_a_stage_breaks_no_rule() -> None:
    def build(app: App) -> None:
        EncryptedTrail(Stack(Stage(app, "Prod"), "Stack"), "It", digest_review=DAILY)

    assert [one.rule.id for one in report_of(build).findings] == []


def test_a_log_group_of_ones_own_is_delivered_to() -> None:
    template = synthesized(
        lambda stack: EncryptedTrail(stack, "It", cloud_watch_log_group=EncryptedLogGroup(stack, "Security"))
    )
    (group,) = of_type(template, "AWS::Logs::LogGroup")
    assert group.startswith("Security")


def test_the_review_runs_on_its_schedule() -> None:
    assert at(the(REVIEWED, "AWS::Events::Rule"), "Properties", "ScheduleExpression") == "rate(1 day)"


def test_the_review_runs_the_validation_of_the_aws_cli() -> None:
    spec = json.dumps(at(the(REVIEWED, PROJECT), "Properties", "Source", "BuildSpec"))
    assert "aws cloudtrail validate-logs" in spec
    assert 'grep -q \\\\\\"[0-9] digest files valid' in spec


def test_the_review_is_encrypted_and_not_privileged() -> None:
    project = at(the(REVIEWED, PROJECT), "Properties")
    (key,) = of_type(REVIEWED, KEY)
    assert at(project, "EncryptionKey") == {"Fn::GetAtt": [key, "Arn"]}
    assert at(project, "Environment", "PrivilegedMode") is False


def test_the_review_may_read_the_files_and_write_its_log_and_nothing_else() -> None:
    granted: set[str] = set()
    for statement in statements(the(REVIEWED, "AWS::IAM::ManagedPolicy", "ItDigestReviewRole")):
        actions = statement["Action"]
        granted |= {str(action) for action in (actions if isinstance(actions, list) else [actions])}
    assert granted == {
        "cloudtrail:DescribeTrails",
        "cloudtrail:ListPublicKeys",
        "ec2:DescribeRegions",
        "kms:Decrypt",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
        "s3:GetBucketLocation",
        "s3:GetObject",
        "s3:ListBucket",
    }


def test_an_alarm_tells_of_a_review_that_failed() -> None:
    alarm = the(REVIEWED, ALARM, "ItDigestReviewAlarm")
    (topic,) = of_type(REVIEWED, "AWS::SNS::Topic")
    assert at(alarm, "Properties", "MetricName") == "FailedBuilds"
    assert at(alarm, "Properties", "AlarmActions") == [{"Ref": topic}]


def test_no_policy_is_inline() -> None:
    assert of_type(REVIEWED, "AWS::IAM::Policy") == {}


@pytest.mark.parametrize("option", ["is_multi_region_trail", "enable_file_validation", "include_global_service_events"])
def test_what_is_always_on_can_not_be_set(stack: Stack, option: str) -> None:
    with pytest.raises(Exception, match=f"Stack/It: {option} can't be set, got False; "):
        made(EncryptedTrail, stack, **{option: False})


def test_no_alarms_need_a_waiver(stack: Stack) -> None:
    refusal(
        lambda: EncryptedTrail(stack, "It", alarm_topic=False),
        "Stack/It: alarm_topic must be a topic, got False; to go without it pass waivers=[Waiver("
        'rule="TrailAlarmsOnSignIn", …)] (164.308(a)(5)(ii)(C))',
    )


def test_data_events_without_a_bucket_need_a_waiver(stack: Stack) -> None:
    refusal(
        lambda: EncryptedTrail(stack, "It", data_events=[]),
        "Stack/It: data_events must be None, for all buckets, or hold one, got '0 without a bucket'; to go without it "
        'pass waivers=[Waiver(rule="TrailLogsS3DataEvents", …)] (164.312(b))',
    )


def test_data_events_of_something_else_are_refused(stack: Stack) -> None:
    role = iam.Role.from_role_arn(stack, "Role", "arn:aws:iam::123456789012:role/reader")
    with pytest.raises(Exception, match="data_events must be buckets, tables, functions or queues"):
        made(EncryptedTrail, stack, data_events=[role])


def test_fewer_than_six_years_are_refused(stack: Stack) -> None:
    refusal(
        lambda: EncryptedTrail(stack, "It", retention=Duration.days(365)),
        "Stack/It: retention must be 2192 days (six years) or longer, got 365 days; pass a bucket of your own to keep "
        "files as you see fit (164.316(b)(2)(i))",
    )


def test_an_unknown_lock_is_refused(stack: Stack) -> None:
    refusal(
        lambda: made(EncryptedTrail, stack, lock_mode="NONE"),
        "Stack/It: lock_mode must be 'GOVERNANCE' or 'COMPLIANCE', got 'NONE'; Object Lock knows no other mode "
        "(164.312(c)(1))",
    )


def test_an_alias_is_refused(stack: Stack) -> None:
    key = kms.Alias.from_alias_name(stack, "Alias", "alias/trail")
    refusal(
        lambda: EncryptedTrail(stack, "It", encryption_key=key),
        "Stack/It: encryption_key must be a key, got 'an alias'; CloudWatch Logs takes the ARN of a key only; pass the "
        "key itself (164.312(a)(2)(iv))",
    )


def test_a_trail_of_an_organization_without_its_id_is_refused(stack: Stack) -> None:
    refusal(
        lambda: EncryptedTrail(stack, "It", is_organization_trail=True),
        "Stack/It: org_id must be the id of the organization, got None; the bucket's policy must name it for "
        "CloudTrail to deliver (164.312(b))",
    )


@pytest.mark.parametrize("name", ["a", "-trail", "my..trail", "x" * 129, "my trail"])
def test_a_name_that_cloudtrail_does_not_take_is_refused(stack: Stack, name: str) -> None:
    refusal(
        lambda: EncryptedTrail(stack, "It", trail_name=name),
        f"Stack/It: trail_name must be 3 to 128 letters, digits, periods, underscores and dashes, got '{name}'; "
        "CloudTrail takes no other name (164.312(b))",
    )


def test_a_bucket_of_ones_own_is_not_replicated_here(stack: Stack) -> None:
    bucket = s3.Bucket.from_bucket_name(stack, "Central", "central-logs")
    refusal(
        lambda: EncryptedTrail(stack, "It", bucket=bucket, replicate_to=EncryptedBucket(stack, "Copy")),
        "Stack/It: replicate_to must be None with bucket, got 'a bucket'; replicate the bucket that you pass yourself "
        "(164.308(a)(7)(ii)(A))",
    )


def test_a_review_that_nobody_hears_of_is_refused(stack: Stack) -> None:
    refusal(
        lambda: EncryptedTrail(stack, "It", digest_review=DAILY, alarm_topic=False, waivers=SILENT),
        "Stack/It: digest_review must be None without an alarm_topic, got 'a schedule'; nobody would hear of a file "
        "that is invalid; pass a topic (164.312(c)(2))",
    )


def test_reviews_that_leave_days_out_are_refused(stack: Stack) -> None:
    refusal(
        lambda: EncryptedTrail(stack, "It", digest_review=events.Schedule.rate(Duration.days(30))),
        "Stack/It: digest_review_covers must be as long as the time between two reviews, rate(30 days), got 8 days; "
        "files of the time between would never be reviewed (164.312(c)(2))",
    )


@pytest.mark.parametrize(
    ("cron", "days"),
    [
        (events.Schedule.cron(minute="0", hour="6", day="1"), 31),
        (events.Schedule.cron(minute="0", hour="6", day="1", month="JAN"), 365),
        (events.Schedule.cron(minute="0", hour="6", week_day="MON#1"), 35),
        (events.Schedule.cron(minute="0", hour="6", week_day="MON"), 7),
        (events.Schedule.cron(minute="0", hour="6"), 0),
        (events.Schedule.cron(minute="0", hour="6", week_day="MON-FRI"), 0),
    ],
    ids=lambda value: value.expression_string if isinstance(value, events.Schedule) else None,
)
def test_reviews_by_the_calendar_must_cover_the_time_between_too(
    stack: Stack, cron: events.Schedule, days: int
) -> None:
    EncryptedTrail(stack, "Enough", digest_review=cron, digest_review_covers=Duration.days(max(days, 1)))
    if days:
        few = Duration.days(days - 1)
        refusal(
            lambda: EncryptedTrail(stack, "It", digest_review=cron, digest_review_covers=few),
            "Stack/It: digest_review_covers must be as long as the time between two reviews, "
            f"{cron.expression_string}, got {days - 1} days; files of the time between would never be reviewed "
            "(164.312(c)(2))",
        )


def test_a_refusal_leaves_nothing_behind(stack: Stack) -> None:
    with pytest.raises(Exception, match="alarm_topic"):
        EncryptedTrail(stack, "It", alarm_topic=False)
    assert stack.node.children == []
