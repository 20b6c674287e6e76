"""What has an account scanned, and what that refuses."""

from __future__ import annotations

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_sns as sns

from hipaa_constructs import EncryptedTopic, InspectorScanning
from hipaa_constructs.rules._value import Json
from tests._refusals import made, refusal, waiver
from tests._synthesis import at, list_at, metadata_waivers, of_type, report_of, statements, synthesized, the

DOCUMENT, ASSOCIATION, RULE = "AWS::SSM::Document", "AWS::SSM::Association", "AWS::Events::Rule"
CIS, TOPIC, ROLE = "AWS::InspectorV2::CisScanConfiguration", "AWS::SNS::Topic", "AWS::IAM::Role"
PLAIN = synthesized(lambda stack: InspectorScanning(stack, "It"))
WITH_CIS = synthesized(
    lambda stack: InspectorScanning(
        stack, "It", cis_tags={"phi": ["yes", "maybe"]}, cis_level=2, cis_days=["MON", "FRI"], cis_time="23:59"
    )
)


@pytest.fixture
def stack() -> Stack:
    return Stack(App(), "Stack")


def steps(*, of: Json) -> list[Json]:
    return list_at(of, "Properties", "Content", "mainSteps")


def test_everything_is_scanned() -> None:
    assert at(steps(of=the(PLAIN, DOCUMENT))[1], "inputs") == {
        "Service": "inspector2",
        "Api": "Enable",
        "resourceTypes": ["EC2", "ECR", "LAMBDA", "LAMBDA_CODE"],
    }


def test_the_runbook_waits_until_each_kind_of_scan_is_enabled() -> None:
    waits = steps(of=the(PLAIN, DOCUMENT))[2:]
    assert [at(one, "inputs", "PropertySelector") for one in waits] == [
        f"$.accounts[0].resourceState.{state}.status" for state in ("ec2", "ecr", "lambda", "lambdaCode")
    ]
    assert {str(at(one, "inputs", "DesiredValues")) for one in waits} == {"['ENABLED']"}
    assert {at(one, "action") for one in waits} == {"aws:waitForAwsResourceProperty"}


def test_the_runbook_lets_iam_catch_up_and_ends_before_the_stack_stops_waiting() -> None:
    sleep, enable, *waits = steps(of=the(PLAIN, DOCUMENT))
    assert (at(sleep, "action"), at(sleep, "inputs", "Duration"), at(enable, "maxAttempts")) == (
        "aws:sleep",
        "PT30S",
        5,
    )
    timeout = at(the(PLAIN, ASSOCIATION), "Properties", "WaitForSuccessTimeoutSeconds")
    assert isinstance(timeout, int)
    assert 30 + sum(int(str(at(one, "timeoutSeconds"))) for one in waits) < timeout


def test_less_can_be_scanned() -> None:
    template = synthesized(lambda stack: InspectorScanning(stack, "It", scans=["ECR"]))
    _, enable, wait = steps(of=the(template, DOCUMENT))
    assert at(enable, "inputs", "resourceTypes") == ["ECR"]
    assert at(wait, "name") == "Wait_ECR"


def test_the_runbook_runs_at_once_and_every_twelve_hours_and_the_stack_waits_for_it() -> None:
    properties = at(the(PLAIN, ASSOCIATION), "Properties")
    (runbook,) = of_type(PLAIN, DOCUMENT)
    assert at(properties, "Name") == {"Ref": runbook}
    assert at(properties, "ScheduleExpression") == "rate(12 hours)"
    assert at(properties, "ApplyOnlyAtCronInterval") is None
    assert at(properties, "WaitForSuccessTimeoutSeconds") == 900


def test_the_runbook_runs_with_the_role_once_it_has_its_grants() -> None:
    (role,) = of_type(PLAIN, ROLE)
    assert at(the(PLAIN, ASSOCIATION), "Properties", "Parameters", "AutomationAssumeRole") == [
        {"Fn::GetAtt": [role, "Arn"]}
    ]
    assert at(the(PLAIN, ASSOCIATION), "DependsOn") == list(of_type(PLAIN, "AWS::IAM::ManagedPolicy"))


def test_the_role_may_enable_inspector_and_nothing_else() -> None:
    (policy,) = of_type(PLAIN, "AWS::IAM::ManagedPolicy").values()
    assert [one["Action"] for one in statements(policy)] == [
        ["inspector2:BatchGetAccountStatus", "inspector2:Enable"],
        "iam:CreateServiceLinkedRole",
        ["ssm:GetAutomationExecution", "ssm:StartAutomationExecution"],
        "iam:PassRole",
    ]
    linked = list(statements(policy))[1]
    assert at(linked, "Condition", "StringEquals", "iam:AWSServiceName") == [
        "inspector2.amazonaws.com",
        "agentless.inspector2.amazonaws.com",
    ]


def test_no_lambda_function_is_needed() -> None:
    assert of_type(PLAIN, "AWS::Lambda::Function") == {}


def test_the_topic_of_the_stack_is_told_of_severe_findings_that_are_open() -> None:
    (topic,) = of_type(PLAIN, TOPIC)
    properties = at(the(PLAIN, RULE), "Properties")
    assert at(properties, "EventPattern") == {
        "source": ["aws.inspector2"],
        "detail-type": ["Inspector2 Finding"],
        "detail": {"severity": ["CRITICAL", "HIGH"], "status": ["ACTIVE"]},
    }
    assert at(properties, "State") == "ENABLED"
    assert at(properties, "Targets", 0, "Arn") == {"Ref": topic}


def test_only_event_rules_of_this_account_may_publish() -> None:
    (policy,) = of_type(PLAIN, "AWS::SNS::TopicPolicy").values()
    allowed = [one for one in statements(policy) if one["Effect"] == "Allow"]
    assert [one["Principal"] for one in allowed] == [{"Service": "events.amazonaws.com"}]
    assert all(at(one, "Condition", "ArnLike", "aws:SourceArn") for one in allowed)


def test_it_can_be_told_of_other_findings() -> None:
    template = synthesized(lambda stack: InspectorScanning(stack, "It", severities=["LOW"]))
    assert at(the(template, RULE), "Properties", "EventPattern", "detail", "severity") == ["LOW"]


def test_another_topic_can_be_told() -> None:
    template = synthesized(lambda stack: InspectorScanning(stack, "It", topic=EncryptedTopic(stack, "Security")))
    (topic,) = of_type(template, TOPIC)
    assert topic.startswith("Security")
    assert at(the(template, RULE), "Properties", "Targets", 0, "Arn") == {"Ref": topic}


def test_an_imported_topic_can_be_told() -> None:
    arn = "arn:aws:sns:us-east-1:123456789012:security"
    template = synthesized(
        lambda stack: InspectorScanning(stack, "It", topic=sns.Topic.from_topic_arn(stack, "Topic", arn))
    )
    assert at(the(template, RULE), "Properties", "Targets", 0, "Arn") == arn
    assert of_type(template, TOPIC) == {}


def test_without_tags_there_is_no_cis_scan() -> None:
    assert of_type(PLAIN, CIS) == {}


def test_a_cis_scan_is_of_this_account_and_of_the_tags() -> None:
    assert at(the(WITH_CIS, CIS), "Properties", "Targets") == {
        "AccountIds": ["SELF"],
        "TargetResourceTags": {"phi": ["yes", "maybe"]},
    }


def test_a_cis_scan_is_of_the_level_and_on_the_days_and_at_the_time_that_are_given() -> None:
    properties = at(the(WITH_CIS, CIS), "Properties")
    assert at(properties, "SecurityLevel") == "LEVEL_2"
    assert at(properties, "Schedule") == {
        "Weekly": {"Days": ["MON", "FRI"], "StartTime": {"TimeOfDay": "23:59", "TimeZone": "UTC"}}
    }


def test_a_cis_scan_is_of_the_first_level_and_on_sundays_by_default() -> None:
    template = synthesized(lambda stack: InspectorScanning(stack, "It", cis_tags={"phi": ["yes"]}))
    properties = at(the(template, CIS), "Properties")
    assert at(properties, "SecurityLevel") == "LEVEL_1"
    assert at(properties, "Schedule", "Weekly", "Days") == ["SUN"]


def test_a_cis_scan_waits_until_inspector_is_enabled() -> None:
    assert at(the(WITH_CIS, CIS), "DependsOn") == list(of_type(WITH_CIS, ASSOCIATION))


@pytest.mark.parametrize(
    ("name", "given", "known"),
    [
        ("scans", [], "EC2, ECR, LAMBDA, LAMBDA_CODE"),
        ("scans", ["EC2", "S3"], "EC2, ECR, LAMBDA, LAMBDA_CODE"),
        ("severities", [], "CRITICAL, HIGH, MEDIUM, LOW, INFORMATIONAL, UNTRIAGED"),
        ("severities", ["BAD"], "CRITICAL, HIGH, MEDIUM, LOW, INFORMATIONAL, UNTRIAGED"),
        ("cis_days", ["SUNDAY"], "MON, TUE, WED, THU, FRI, SAT, SUN"),
    ],
)
def test_what_inspector_does_not_know_is_refused(stack: Stack, name: str, given: list[str], known: str) -> None:
    refusal(
        lambda: made(InspectorScanning, stack, **{name: given}),
        f"Stack/It: {name} must be some of {known}, got {', '.join(given)!r}; leave it out for the default "
        "(164.308(a)(1)(ii)(A))",
    )


SIX = [str(number) for number in range(6)]


@pytest.mark.parametrize("tags", [{}, {"phi": []}, {"phi": SIX}, {name: ["yes"] for name in SIX}], ids=len)
def test_tags_that_inspector_does_not_take_are_refused(stack: Stack, tags: dict[str, list[str]]) -> None:
    refusal(
        lambda: InspectorScanning(stack, "It", cis_tags=tags),
        f"Stack/It: cis_tags must be 1 to 5 tags with 1 to 5 values each, got {tags}; Inspector takes no others; leave "
        "it out to scan none (164.308(a)(8))",
    )


def test_five_tags_with_five_values_are_taken(stack: Stack) -> None:
    assert InspectorScanning(stack, "It", cis_tags={name: SIX[:5] for name in SIX[:5]}).cis_scan


def test_a_level_that_there_is_not_is_refused(stack: Stack) -> None:
    refusal(
        lambda: made(InspectorScanning, stack, cis_level=3),
        "Stack/It: cis_level must be 1 or 2, got 3; the benchmarks have two levels (164.308(a)(8))",
    )


@pytest.mark.parametrize("time", ["3:00", "24:00", "03:60", "03:00Z", ""])
def test_a_time_that_is_none_is_refused(stack: Stack, time: str) -> None:
    refusal(
        lambda: InspectorScanning(stack, "It", cis_time=time),
        f"Stack/It: cis_time must be a time as in 03:00, got {time!r}; it is in UTC (164.308(a)(8))",
    )


def test_a_waiver_is_recorded_on_what_it_is_about() -> None:
    template = synthesized(lambda stack: InspectorScanning(stack, "It", waivers=[waiver("InspectorFindingsRouted")]))
    assert metadata_waivers(the(template, RULE))


def test_scanning_breaks_no_rule() -> None:
    report = report_of(lambda app: InspectorScanning(Stack(app, "Stack"), "It", cis_tags={"phi": ["yes"]}))
    assert report.findings == []
    met = {one.rule.id for one in report.judgements if one.outcome.verdict.name == "MET"}
    assert {"InspectorFindingsRouted", "InspectorCisScanRepeated"} <= met
