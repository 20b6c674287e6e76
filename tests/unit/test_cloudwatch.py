"""What the alarms on a trail are, and what they refuse."""

from __future__ import annotations

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns

from hipaa_constructs import AuditAlarms, EncryptedLogGroup, EncryptedTopic, EncryptedTrail
from hipaa_constructs.services.cloudtrail_alarms import PATTERNS
from hipaa_constructs.services.cloudwatch import FURTHER
from tests._refusals import refusal, waiver
from tests._synthesis import at, metadata_waivers, of_type, report_of, synthesized, the
from tests.unit.test_cloudtrail import SILENT
from tools.examples import imported_log_group

ALARM, FILTER, TOPIC = "AWS::CloudWatch::Alarm", "AWS::Logs::MetricFilter", "AWS::SNS::Topic"
ROLE = "arn:aws:iam::123456789012:role/emergency/break-glass"
OTHER = "arn:aws-us-gov:iam::123456789012:role/Second"


def everything(stack: Stack) -> None:
    AuditAlarms(
        stack,
        "It",
        log_group=imported_log_group(stack),
        break_glass_roles=[ROLE, OTHER],
        patterns={"ExportStarted": "$.eventName=StartExportTask"},
    )


PLAIN = synthesized(lambda stack: AuditAlarms(stack, "It", log_group=imported_log_group(stack)))
FULL = synthesized(everything)


@pytest.fixture
def stack() -> Stack:
    return Stack(App(), "Stack")


def test_there_are_the_fifteen_of_the_benchmark_and_ten_more() -> None:
    assert (len(PATTERNS), len(FURTHER)) == (15, 10)
    names = {at(alarm, "Properties", "MetricName") for alarm in of_type(PLAIN, ALARM).values()}
    assert names == {*PATTERNS, *FURTHER}


def test_each_alarm_tells_the_topic_of_the_stack_of_both_states() -> None:
    (topic,) = of_type(PLAIN, TOPIC)
    for alarm in of_type(PLAIN, ALARM).values():
        assert at(alarm, "Properties", "AlarmActions") == [{"Ref": topic}]
        assert at(alarm, "Properties", "InsufficientDataActions") == [{"Ref": topic}]


def test_each_filter_reads_the_log_group_of_the_trail() -> None:
    assert {at(one, "Properties", "LogGroupName") for one in of_type(PLAIN, FILTER).values()} == {"trail"}


def test_every_pattern_is_as_long_as_cloudwatch_logs_takes() -> None:
    assert all(len(f"{{{pattern}}}") <= 1024 for _, pattern in {**PATTERNS, **FURTHER}.values())


def test_a_trail_that_has_alarms_gets_the_others_alone() -> None:
    def build(stack: Stack) -> None:
        alarms = AuditAlarms(stack, "It", log_group=EncryptedTrail(stack, "Trail")).alarms
        assert set(alarms) == set(FURTHER)

    template = synthesized(build)
    assert len(of_type(template, ALARM)) == 25
    assert len(of_type(template, TOPIC)) == 1


def test_they_tell_the_topic_of_the_trail() -> None:
    def build(stack: Stack) -> None:
        trail = EncryptedTrail(stack, "Trail", alarm_topic=EncryptedTopic(stack, "Security"))
        AuditAlarms(stack, "It", log_group=trail)

    assert len(of_type(synthesized(build), TOPIC)) == 1


def test_a_trail_without_alarms_gets_all() -> None:
    def build(stack: Stack) -> None:
        trail = EncryptedTrail(stack, "Trail", alarm_topic=False, waivers=SILENT)
        assert set(AuditAlarms(stack, "It", log_group=trail).alarms) == {*PATTERNS, *FURTHER}

    synthesized(build)


def test_a_log_group_of_this_package_is_taken() -> None:
    template = synthesized(lambda stack: AuditAlarms(stack, "It", log_group=EncryptedLogGroup(stack, "Group")))
    (group,) = of_type(template, "AWS::Logs::LogGroup")
    assert {str(at(one, "Properties", "LogGroupName")) for one in of_type(template, FILTER).values()} == {
        str({"Ref": group})
    }


def test_they_can_tell_an_imported_topic() -> None:
    arn = "arn:aws:sns:us-east-1:123456789012:security"
    template = synthesized(
        lambda stack: AuditAlarms(
            stack,
            "It",
            log_group=imported_log_group(stack),
            alarm_topic=sns.Topic.from_topic_arn(stack, "Topic", arn),
        )
    )
    assert of_type(template, TOPIC) == {}
    assert at(the(template, ALARM, "ItRootUserUsed"), "Properties", "AlarmActions") == [arn]


@pytest.mark.parametrize(("name", "arn"), [("BreakGlassRoleUsed", ROLE), ("BreakGlassRoleUsed2", OTHER)])
def test_a_break_glass_role_that_is_taken_or_used_sets_off_an_alarm(name: str, arn: str) -> None:
    assert at(the(FULL, FILTER, f"It{name}Filter"), "Properties", "FilterPattern") == (
        f'{{(($.eventName="AssumeRole*") && ($.requestParameters.roleArn="{arn}")) || '
        f'($.userIdentity.sessionContext.sessionIssuer.arn="{arn}")}}'
    )
    description = at(the(FULL, ALARM, f"It{name}Alarm"), "Properties", "AlarmDescription")
    assert description == f"CloudTrail: a break-glass role was used: {arn}"


def test_a_break_glass_role_of_the_app_is_named_by_its_arn() -> None:
    def build(stack: Stack) -> None:
        role = iam.Role(stack, "Emergency", assumed_by=iam.AccountRootPrincipal())
        AuditAlarms(stack, "It", log_group=imported_log_group(stack), break_glass_roles=[role])

    template = synthesized(build)
    (role,) = of_type(template, "AWS::IAM::Role")
    pattern = at(the(template, FILTER, "ItBreakGlassRoleUsed"), "Properties", "FilterPattern", "Fn::Join", 1)
    assert isinstance(pattern, list)
    assert pattern.count({"Fn::GetAtt": [role, "Arn"]}) == 2


def test_a_pattern_of_ones_own_is_watched_for() -> None:
    assert at(the(FULL, FILTER, "ItExportStarted"), "Properties", "FilterPattern") == "{$.eventName=StartExportTask}"
    assert at(the(FULL, ALARM, "ItExportStarted"), "Properties", "AlarmDescription") == "CloudTrail: ExportStarted"


@pytest.mark.parametrize(
    "name", ["RootUserUsed", "SnapshotShared", "BreakGlassRoleUsed3", "exportStarted", "Export started", "X" * 65, ""]
)
def test_a_name_that_is_none_or_taken_is_refused(stack: Stack, name: str) -> None:
    refusal(
        lambda: AuditAlarms(stack, "It", log_group=imported_log_group(stack), patterns={name: "$.a=1"}),
        f"Stack/It: patterns must be named in CamelCase and unlike those that are there, got {name!r}; the name "
        "becomes that of a metric and an alarm (164.308(a)(1)(ii)(D))",
    )


@pytest.mark.parametrize("pattern", ["", "{$.a=1}", "x" * 1023])
def test_a_pattern_that_is_none_is_refused(stack: Stack, pattern: str) -> None:
    refusal(
        lambda: AuditAlarms(stack, "It", log_group=imported_log_group(stack), patterns={"Mine": pattern}),
        f"Stack/It: patterns must be 1 to 1022 characters without the outer braces, got {pattern!r}; CloudWatch Logs "
        "takes no other (164.308(a)(1)(ii)(D))",
    )


def test_the_longest_name_and_pattern_are_taken(stack: Stack) -> None:
    name, pattern = "X" * 64, "x" * 1022
    assert AuditAlarms(stack, "It", log_group=imported_log_group(stack), patterns={name: pattern}).alarms[name]


@pytest.mark.parametrize("role", ["break-glass", "arn:aws:iam::123456789012:user/anna", f"{ROLE} x"])
def test_a_role_that_is_none_is_refused(stack: Stack, role: str) -> None:
    refusal(
        lambda: AuditAlarms(stack, "It", log_group=imported_log_group(stack), break_glass_roles=[role]),
        f"Stack/It: break_glass_roles must be roles or their ARNs, got {role!r}; a trail records the whole ARN "
        "(164.312(a)(2)(ii))",
    )


def test_a_waiver_is_recorded_on_the_alarms() -> None:
    template = synthesized(
        lambda stack: AuditAlarms(stack, "It", log_group=imported_log_group(stack), waivers=[waiver("AlarmActs")])
    )
    assert all(metadata_waivers(one) for one in of_type(template, ALARM).values())


def test_alarms_on_a_plain_trail_meet_its_rules() -> None:
    def build(app: App) -> None:
        stack = Stack(app, "Stack")
        trail = EncryptedTrail(stack, "Trail", alarm_topic=False, waivers=SILENT)
        AuditAlarms(stack, "It", log_group=trail.log_group)

    met = {one.rule.id for one in report_of(build).judgements if one.outcome.verdict.name == "MET"}
    assert {one.rule for one in SILENT} <= met


def test_the_alarms_break_no_rule() -> None:
    def build(app: App) -> None:
        everything(Stack(app, "Stack"))

    assert report_of(build).findings == []


def test_refused_alarms_leave_nothing_in_the_tree(stack: Stack) -> None:
    group = logs.LogGroup.from_log_group_name(stack, "Group", "trail")
    with pytest.raises(Exception, match="break_glass_roles"):
        AuditAlarms(stack, "It", log_group=group, break_glass_roles=["x"])
    assert stack.node.try_find_child("It") is None
