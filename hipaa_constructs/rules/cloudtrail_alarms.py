"""What must raise an alarm of what a trail records."""

from __future__ import annotations

import re
from collections import defaultdict

from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._outcome import MET, NOT_APPLICABLE, Outcome, Verdict, all_met, any_met, undecided
from hipaa_constructs.rules._rule import Severity, rule
from hipaa_constructs.rules._template import Assembly
from hipaa_constructs.rules.cloudtrail import TRAIL
from hipaa_constructs.rules.cloudwatch import ALARM, tells_somebody
from hipaa_constructs.rules.logs import LOG_GROUP

_FILTER = "AWS::Logs::MetricFilter"
_URL = "https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html"
_FIX = "add metric filters and alarms of the CIS benchmark on the trail's log group (EncryptedTrail makes them)"
_WORD = re.compile(r"[\w.*]+")
_RISING = ("GreaterThanOrEqualToThreshold", "GreaterThanThreshold")

_SIGN_IN = (
    ("root use", ("userIdentity.type", "Root")),
    ("failed sign-ins", ("ConsoleLogin", "errorMessage")),
    ("sign-ins without MFA", ("ConsoleLogin", "additionalEventData.MFAUsed")),
    ("refused calls", ("errorCode", "*UnauthorizedOperation")),
)
_NETWORK = (
    ("security groups", ("AuthorizeSecurityGroupIngress", "DeleteSecurityGroup")),
    ("network ACLs", ("CreateNetworkAclEntry", "ReplaceNetworkAclAssociation")),
    ("gateways", ("AttachInternetGateway", "CreateInternetGateway")),
    ("route tables", ("CreateRoute", "ReplaceRoute")),
    ("VPCs", ("CreateVpc", "ModifyVpcAttribute")),
)
_SAFEGUARDS = (
    ("keys", ("DisableKey", "ScheduleKeyDeletion")),
    ("trails", ("UpdateTrail", "DeleteTrail", "StopLogging")),
    ("bucket policies", ("PutBucketPolicy", "DeleteBucketPolicy")),
    ("IAM policies", ("PutRolePolicy", "CreatePolicyVersion", "AttachRolePolicy")),
    ("AWS Config", ("StopConfigurationRecorder", "DeleteDeliveryChannel")),
)


@rule(
    title="root use, sign-ins that fail or lack MFA and refused calls raise an alarm",
    fix=_FIX,
    applies_to=(TRAIL,),
    controls=("164.308(a)(5)(ii)(C)", "164.308(a)(1)(ii)(D)", "164.308(a)(6)(ii)"),
    requirement="HC-242",
    same_as=(
        "prowler:cloudwatch_log_metric_filter_root_usage",
        "prowler:cloudwatch_log_metric_filter_authentication_failures",
    ),
    severity=Severity.WARNING,
    url=_URL,
)
def trail_alarms_on_sign_in(trail: Resource) -> Outcome:
    """Judge the metric filters of the log group that the trail is delivered to, and the alarms on their metrics."""
    return _all_watched(trail, _SIGN_IN)


@rule(
    title="changes of the network raise an alarm",
    fix=_FIX,
    applies_to=(TRAIL,),
    controls=("164.308(a)(6)(i)", "164.308(a)(6)(ii)"),
    requirement="HC-243",
    same_as=(
        "prowler:cloudwatch_changes_to_network_acls_alarm_configured",
        "prowler:cloudwatch_changes_to_network_gateways_alarm_configured",
        "prowler:cloudwatch_changes_to_network_route_tables_alarm_configured",
        "prowler:cloudwatch_changes_to_vpcs_alarm_configured",
    ),
    severity=Severity.WARNING,
    url=_URL,
)
def trail_alarms_on_network_changes(trail: Resource) -> Outcome:
    """Judge the metric filters of the log group that the trail is delivered to, and the alarms on their metrics."""
    return _all_watched(trail, _NETWORK)


@rule(
    title="changes of keys, trails, bucket and IAM policies and AWS Config raise an alarm",
    fix=_FIX,
    applies_to=(TRAIL,),
    controls=("164.308(a)(6)(ii)",),
    requirement="HC-244",
    same_as=(
        "prowler:cloudwatch_log_metric_filter_disable_or_scheduled_deletion_of_kms_cmk",
        "prowler:cloudwatch_log_metric_filter_and_alarm_for_cloudtrail_configuration_changes_enabled",
        "prowler:cloudwatch_log_metric_filter_for_s3_bucket_policy_changes",
    ),
    severity=Severity.WARNING,
    url=_URL,
)
def trail_alarms_on_safeguard_changes(trail: Resource) -> Outcome:
    """Judge the metric filters of the log group that the trail is delivered to, and the alarms on their metrics."""
    return _all_watched(trail, _SAFEGUARDS)


def _all_watched(trail: Resource, wanted: tuple[tuple[str, tuple[str, ...]], ...]) -> Outcome:
    place = trail.at("CloudWatchLogsLogGroupArn")
    if place.is_absent:
        return NOT_APPLICABLE
    groups = [target for target in place.targets() if target.type == LOG_GROUP]
    if not groups:
        return place.undecided("the log group is in no template, so its alarms may be in none either")
    (group, *_) = groups
    assembly = trail.template.assembly
    sure, unsure = assembly.pointing_at(group, _FILTER, "LogGroupName")
    alarms = assembly.once(("alarms by metric",), lambda: _alarms_by_metric(assembly))
    return all_met(_watched(place, what, words, sure, unsure, alarms) for what, words in wanted)


def _watched(
    place: Node,
    what: str,
    words: tuple[str, ...],
    sure: list[Resource],
    unsure: list[Resource],
    alarms: dict[str, list[Resource]],
) -> Outcome:
    answers = [_alarmed(one, alarms) for one in sure if _looks_for(one.at("FilterPattern"), words)]
    if any(answer.verdict is Verdict.MET for answer in answers):
        return MET
    if any(one.at("FilterPattern").is_unknown for one in sure) or any(
        one.at("FilterPattern").is_unknown or _looks_for(one.at("FilterPattern"), words) for one in unsure
    ):
        return undecided(*place.path, why=f"an intrinsic function hides whether {what} raise an alarm")
    if any(answer.verdict is Verdict.UNDECIDED for answer in answers):
        return undecided(*place.path, why=f"an intrinsic function hides whether {what} raise an alarm")
    return place.broken(f"{what} raise no alarm")


def _looks_for(pattern: Node, words: tuple[str, ...]) -> bool:
    # A field is written $.name, which the dollar sign sets apart.
    found = {word.strip(".") for word in _WORD.findall(pattern.text or "")}
    return found.issuperset(words)


def _alarms_by_metric(assembly: Assembly) -> dict[str, list[Resource]]:
    found: dict[str, list[Resource]] = defaultdict(list)
    for alarm in assembly.resources(ALARM):
        found[alarm.at("MetricName").outline()].append(alarm)
        for name in alarm.each("Metrics", "*", "MetricStat", "Metric", "MetricName"):
            found[name.outline()].append(alarm)
    return found


def _alarmed(metric_filter: Resource, alarms: dict[str, list[Resource]]) -> Outcome:
    outcomes: list[Outcome] = []
    for metric in metric_filter.each("MetricTransformations", "*"):
        name = metric.at("MetricName").outline()
        if not name or not _counts(metric.at("MetricValue")):
            continue
        outcomes += [_goes_off(alarm, metric) for alarm in alarms.get(name, ()) if alarm.exists]
    return any_met(outcomes)


def _counts(value: Node) -> bool:
    by_field = value.text is not None and value.text.startswith("$")
    return by_field or value.is_unknown or (value.number or 0) > 0


def _goes_off(alarm: Resource, metric: Node) -> Outcome:
    enabled = alarm.at("ActionsEnabled")
    tells = [tells_somebody(alarm.at("AlarmActions")), MET if enabled.is_absent else enabled.must_be(True)]
    if alarm.at("Metrics").items():
        return all_met(tells)
    namespace, wanted = alarm.at("Namespace"), metric.at("MetricNamespace")
    same = MET if namespace.agrees_with(wanted) else namespace.broken()
    if namespace.is_unknown and same is not MET:
        same = namespace.undecided()
    return all_met([same, alarm.at("ComparisonOperator").must_be(*_RISING), *tells])
