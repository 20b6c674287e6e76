"""What is judged of alarms on what a trail records."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import (
    BROKEN,
    GONE,
    MALFORMED,
    MET,
    NEVER_TEXT,
    NOT_APPLICABLE,
    PARAMETER,
    UNDECIDED,
    Body,
    changed,
    outcome,
    resource,
    template,
    verdict,
    without,
)

PATTERNS: Mapping[str, Mapping[str, str]] = {
    "TrailAlarmsOnSignIn": {
        "root use": '{$.userIdentity.type="Root" && $.userIdentity.invokedBy NOT EXISTS}',
        "failed sign-ins": '{($.eventName=ConsoleLogin) && ($.errorMessage="Failed authentication")}',
        "sign-ins without MFA": '{($.eventName="ConsoleLogin") && ($.additionalEventData.MFAUsed !="Yes")}',
        "refused calls": '{($.errorCode="*UnauthorizedOperation") || ($.errorCode="AccessDenied*")}',
    },
    "TrailAlarmsOnNetworkChanges": {
        "security groups": "{($.eventName=AuthorizeSecurityGroupIngress) || ($.eventName=DeleteSecurityGroup)}",
        "network ACLs": "{($.eventName=CreateNetworkAclEntry) || ($.eventName=ReplaceNetworkAclAssociation)}",
        "gateways": "{($.eventName=AttachInternetGateway) || ($.eventName=CreateInternetGateway)}",
        "route tables": "{($.eventName=CreateRoute) || ($.eventName=ReplaceRoute)}",
        "VPCs": "{($.eventName=CreateVpc) || ($.eventName=ModifyVpcAttribute)}",
    },
    "TrailAlarmsOnSafeguardChanges": {
        "keys": "{($.eventName=DisableKey) || ($.eventName=ScheduleKeyDeletion)}",
        "trails": "{($.eventName=UpdateTrail) || ($.eventName=DeleteTrail) || ($.eventName=StopLogging)}",
        "bucket policies": "{($.eventName=PutBucketPolicy) || ($.eventName=DeleteBucketPolicy)}",
        "IAM policies": "{($.eventName=PutRolePolicy) || ($.eventName=CreatePolicyVersion)"
        " || ($.eventName=AttachRolePolicy)}",
        "AWS Config": "{($.eventName=StopConfigurationRecorder) || ($.eventName=DeleteDeliveryChannel)}",
    },
}
EACH = [pytest.param(rule, what, id=what) for rule, patterns in PATTERNS.items() for what in patterns]
RULE = "TrailAlarmsOnNetworkChanges"
THE_GROUP: Json = {"Fn::GetAtt": ["Group", "Arn"]}
TOPIC = "arn:aws:sns:us-east-1:123456789012:alarms"


def trail(group: Json = THE_GROUP) -> Json:
    return resource("AWS::CloudTrail::Trail", {"CloudWatchLogsLogGroupArn": group})


def metric_filter(pattern: Json, name: Json, group: Json = None) -> Json:
    transformation: Json = {"MetricName": name, "MetricNamespace": "Trail", "MetricValue": "1"}
    return resource(
        "AWS::Logs::MetricFilter",
        {
            "LogGroupName": group or {"Ref": "Group"},
            "FilterPattern": pattern,
            "MetricTransformations": [transformation],
        },
    )


def alarm(name: Json) -> Json:
    return resource(
        "AWS::CloudWatch::Alarm",
        {
            "Namespace": "Trail",
            "MetricName": name,
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
            "AlarmActions": [TOPIC],
        },
    )


def watched(rule: str) -> Body:
    """Make a trail of which each kind of event that a rule is about raises an alarm, by numbered resources."""
    found: dict[str, Json] = {"It": trail(), "Group": resource("AWS::Logs::LogGroup", {"LogGroupName": "trail"})}
    for number, pattern in enumerate(PATTERNS[rule].values()):
        found[f"Filter{number}"] = metric_filter(pattern, f"Metric{number}")
        found[f"Alarm{number}"] = alarm(f"Metric{number}")
    return template(found)


FIRST = ("Resources", "Filter0", "Properties")
FIRST_METRIC = (*FIRST, "MetricTransformations", 0)
FIRST_ALARM = ("Resources", "Alarm0", "Properties")


@pytest.mark.parametrize("rule", PATTERNS)
def test_a_trail_of_which_all_raises_alarms_meets(rule: str) -> None:
    assert verdict(rule, watched(rule)) == MET


@pytest.mark.parametrize(("rule", "what"), EACH)
@pytest.mark.parametrize("kind", ["Filter", "Alarm"])
def test_what_raises_no_alarm_breaks_and_is_named(rule: str, what: str, kind: str) -> None:
    number = list(PATTERNS[rule]).index(what)
    found = outcome(rule, without(watched(rule), ("Resources", f"{kind}{number}")))
    assert (found.verdict.value, found.found) == (BROKEN, f"{what} raise no alarm")
    assert found.property == "CloudWatchLogsLogGroupArn"


@pytest.mark.parametrize(
    ("rule", "what", "event"),
    [
        ("TrailAlarmsOnSignIn", "root use", "userIdentity.type"),
        ("TrailAlarmsOnSignIn", "root use", "Root"),
        ("TrailAlarmsOnSignIn", "failed sign-ins", "ConsoleLogin"),
        ("TrailAlarmsOnSignIn", "failed sign-ins", "errorMessage"),
        ("TrailAlarmsOnSignIn", "sign-ins without MFA", "ConsoleLogin"),
        ("TrailAlarmsOnSignIn", "sign-ins without MFA", "additionalEventData.MFAUsed"),
        ("TrailAlarmsOnSignIn", "refused calls", "errorCode"),
        ("TrailAlarmsOnSignIn", "refused calls", "*UnauthorizedOperation"),
        *(
            (rule, what, part.partition(")")[0])
            for rule in ("TrailAlarmsOnNetworkChanges", "TrailAlarmsOnSafeguardChanges")
            for what, pattern in PATTERNS[rule].items()
            for part in pattern.split("eventName=")[1:]
        ),
    ],
)
def test_a_filter_that_leaves_something_out_breaks(rule: str, what: str, event: str) -> None:
    number, pattern = list(PATTERNS[rule]).index(what), PATTERNS[rule][what]
    place = ("Resources", f"Filter{number}", "Properties", "FilterPattern")
    assert verdict(rule, changed(watched(rule), place, pattern.replace(event, "Other"))) == BROKEN


def test_one_filter_may_look_for_all() -> None:
    body = watched(RULE)
    for number in range(1, 5):
        body = without(without(body, ("Resources", f"Filter{number}")), ("Resources", f"Alarm{number}"))
    every = " || ".join(PATTERNS[RULE].values())
    assert verdict(RULE, changed(body, (*FIRST, "FilterPattern"), every)) == MET


def test_one_alarm_of_several_is_enough() -> None:
    silent = changed(watched(RULE), ("Resources", "Silent"), metric_filter(PATTERNS[RULE]["security groups"], "Silent"))
    assert verdict(RULE, silent) == MET
    second = changed(watched(RULE), ("Resources", "Another"), without(alarm_body(), ("AlarmActions",)))
    assert verdict(RULE, second) == MET


def alarm_body() -> Body:
    return {"Type": "AWS::CloudWatch::Alarm", "Properties": {"Namespace": "Trail", "MetricName": "Metric0"}}


@pytest.mark.parametrize(
    ("pattern", "wanted"),
    [(GONE, BROKEN), ("", BROKEN), (PARAMETER, UNDECIDED), *((value, BROKEN) for value in NEVER_TEXT)],
)
def test_the_pattern_of_a_filter_decides(pattern: Json, wanted: str) -> None:
    assert verdict(RULE, changed(watched(RULE), (*FIRST, "FilterPattern"), pattern)) == wanted


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("1", MET),
        (1, MET),
        ("0.5", MET),
        ("$.size", MET),
        (PARAMETER, MET),
        ("0", BROKEN),
        ("-1", BROKEN),
        ("", BROKEN),
        ("one", BROKEN),
        (GONE, BROKEN),
        (None, BROKEN),
        ([], BROKEN),
        ({"a": "b"}, BROKEN),
    ],
)
def test_a_metric_must_count(value: Json, wanted: str) -> None:
    assert verdict(RULE, changed(watched(RULE), (*FIRST_METRIC, "MetricValue"), value)) == wanted


@pytest.mark.parametrize("name", ["", "Other", GONE, *NEVER_TEXT])
def test_a_metric_of_another_name_raises_no_alarm(name: Json) -> None:
    assert verdict(RULE, changed(watched(RULE), (*FIRST_METRIC, "MetricName"), name)) == BROKEN


def test_metrics_that_are_named_alike_by_the_deployment_agree() -> None:
    name: Json = {"Fn::Sub": "Changed-${AnyParameter}"}
    body = changed(watched(RULE), (*FIRST_METRIC, "MetricName"), name)
    assert verdict(RULE, changed(body, (*FIRST_ALARM, "MetricName"), name)) == MET


@pytest.mark.parametrize("metrics", [[], None, "x", 3, [GONE], GONE, {"a": "b"}])
def test_a_filter_without_metrics_breaks(metrics: Json) -> None:
    assert verdict(RULE, changed(watched(RULE), (*FIRST, "MetricTransformations"), metrics)) == BROKEN


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("Namespace", "Other", BROKEN),
        ("Namespace", GONE, BROKEN),
        ("Namespace", 3, BROKEN),
        ("Namespace", PARAMETER, UNDECIDED),
        ("ComparisonOperator", "GreaterThanThreshold", MET),
        ("ComparisonOperator", "LessThanThreshold", BROKEN),
        ("ComparisonOperator", "greaterthanthreshold", BROKEN),
        ("ComparisonOperator", GONE, BROKEN),
        ("ComparisonOperator", PARAMETER, UNDECIDED),
        ("AlarmActions", [], BROKEN),
        ("AlarmActions", GONE, BROKEN),
        ("AlarmActions", [""], BROKEN),
        ("AlarmActions", PARAMETER, UNDECIDED),
        ("ActionsEnabled", True, MET),
        ("ActionsEnabled", GONE, MET),
        ("ActionsEnabled", False, BROKEN),
        ("ActionsEnabled", "x", BROKEN),
        ("ActionsEnabled", PARAMETER, UNDECIDED),
    ],
)
def test_an_alarm_must_go_off_and_tell_somebody(name: str, value: Json, wanted: str) -> None:
    assert verdict(RULE, changed(watched(RULE), (*FIRST_ALARM, name), value)) == wanted


def test_an_alarm_in_the_namespace_that_the_deployment_names_meets() -> None:
    body = changed(watched(RULE), (*FIRST_METRIC, "MetricNamespace"), PARAMETER)
    assert verdict(RULE, changed(body, (*FIRST_ALARM, "Namespace"), PARAMETER)) == MET


def test_what_is_hidden_is_told_with_its_place() -> None:
    for place in ((*FIRST_ALARM, "Namespace"), (*FIRST, "FilterPattern")):
        found = outcome(RULE, changed(watched(RULE), place, PARAMETER))
        assert found.property == "CloudWatchLogsLogGroupArn"
        assert found.found == "an intrinsic function hides whether security groups raise an alarm"


MATH: Body = {
    "AlarmActions": [TOPIC],
    "Metrics": [
        {"Id": "all", "Expression": "SUM(METRICS())"},
        {"Id": "one", "MetricStat": {"Metric": {"Namespace": "Trail", "MetricName": "Metric0"}}},
    ],
}


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({}, MET),
        ({"AlarmActions": []}, BROKEN),
        ({"ActionsEnabled": False}, BROKEN),
        ({"ActionsEnabled": True}, MET),
        ({"Metrics": [{"MetricStat": {"Metric": {"MetricName": "Other"}}}]}, BROKEN),
        ({"Metrics": []}, BROKEN),
    ],
)
def test_an_alarm_on_an_expression_counts(changes: Body, wanted: str) -> None:
    of_expression = resource("AWS::CloudWatch::Alarm", {**MATH, **changes})
    assert verdict(RULE, changed(watched(RULE), ("Resources", "Alarm0"), of_expression)) == wanted


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize(
    "other", [{"MetricValue": "0", "MetricName": "Size"}, {"MetricName": "Other", "MetricValue": "1"}]
)
def test_a_filter_may_have_another_metric_too(other: Json, before: bool) -> None:
    counting: Json = {"MetricName": "Metric0", "MetricNamespace": "Trail", "MetricValue": "1"}
    metrics: Json = [other, counting] if before else [counting, other]
    assert verdict(RULE, changed(watched(RULE), (*FIRST, "MetricTransformations"), metrics)) == MET


CONDITIONS: Json = {
    "Never": {"Fn::Equals": ["a", "b"]},
    "Maybe": {"Fn::Equals": [PARAMETER, "x"]},
}


@pytest.mark.parametrize("kind", ["Filter0", "Alarm0"])
@pytest.mark.parametrize(("condition", "wanted"), [("Never", BROKEN), ("Maybe", UNDECIDED)])
def test_what_is_not_always_made_counts_only_where_it_is(kind: str, condition: str, wanted: str) -> None:
    body = {**changed(watched(RULE), ("Resources", kind, "Condition"), condition), "Conditions": CONDITIONS}
    assert verdict(RULE, body) == wanted


@pytest.mark.parametrize(
    ("group", "wanted"),
    [("another", BROKEN), (PARAMETER, UNDECIDED), ({"Fn::Sub": "trail-${AnyParameter}"}, BROKEN), ("trail", MET)],
)
def test_a_filter_counts_on_the_group_of_the_trail(group: Json, wanted: str) -> None:
    assert verdict(RULE, changed(watched(RULE), (*FIRST, "LogGroupName"), group)) == wanted


def test_a_filter_of_an_unknown_group_that_looks_for_something_else_leaves_nothing_open() -> None:
    other = metric_filter("{$.eventName=Other}", "Other", PARAMETER)
    body = changed(without(watched(RULE), ("Resources", "Filter0")), ("Resources", "Other"), other)
    assert verdict(RULE, body) == BROKEN


def test_a_hidden_filter_of_an_unknown_group_leaves_it_open() -> None:
    other = metric_filter(PARAMETER, "Other", PARAMETER)
    body = changed(without(watched(RULE), ("Resources", "Filter0")), ("Resources", "Other"), other)
    assert verdict(RULE, body) == UNDECIDED


@pytest.mark.parametrize("rule", PATTERNS)
def test_a_trail_without_a_log_group_is_judged_by_another_rule(rule: str) -> None:
    assert verdict(rule, changed(watched(rule), ("Resources", "It"), trail(GONE))) == NOT_APPLICABLE


@pytest.mark.parametrize(
    "group", ["arn:aws:logs:us-east-1:123456789012:log-group:x", PARAMETER, {"Ref": "It"}, *NEVER_TEXT, *MALFORMED]
)
def test_alarms_on_a_group_of_no_template_are_not_known(group: Json) -> None:
    found = outcome(RULE, changed(watched(RULE), ("Resources", "It"), trail(group)))
    assert found.verdict.value == UNDECIDED
    assert found.property == "CloudWatchLogsLogGroupArn"


def test_filters_and_alarms_of_another_stack_count() -> None:
    body = watched(RULE)
    resources = body["Resources"]
    assert isinstance(resources, dict)
    kept = {name: resources[name] for name in ("It", "Group")}
    group: Json = {"Value": {"Ref": "Group"}, "Export": {"Name": "group"}}
    elsewhere = {name: one for name, one in resources.items() if name not in kept}
    for number in range(5):
        elsewhere[f"Filter{number}"] = metric_filter(
            list(PATTERNS[RULE].values())[number], f"Metric{number}", {"Fn::ImportValue": "group"}
        )
    assert verdict(RULE, template(kept, Outputs={"Group": group}), template(elsewhere)) == MET
    assert verdict(RULE, template(kept, Outputs={"Group": group})) == BROKEN
