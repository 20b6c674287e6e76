"""What a template must show of Amazon CloudWatch Logs."""

from __future__ import annotations

from hipaa_constructs.rules._keys import customers_key
from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._outcome import MET, NOT_APPLICABLE, Outcome, all_met
from hipaa_constructs.rules._policy import Statement, read
from hipaa_constructs.rules._retention import SIX_YEARS_DAYS, kept_on_deletion
from hipaa_constructs.rules._rule import Severity, rule
from hipaa_constructs.rules._value import UNKNOWN

LOG_GROUP = "AWS::Logs::LogGroup"
_GUIDE = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/"
_FORWARDING = "DELIVERY"
"""The class of log groups that pass events on and keep none."""

_AUDIT_SOURCES: tuple[tuple[str, ...], ...] = (
    ("AWS::ApiGateway::Stage", "AccessLogSetting", "DestinationArn"),
    ("AWS::ApiGatewayV2::Stage", "AccessLogSettings", "DestinationArn"),
    ("AWS::CloudTrail::Trail", "CloudWatchLogsLogGroupArn"),
    ("AWS::EC2::FlowLog", "LogDestination"),
    ("AWS::EC2::FlowLog", "LogGroupName"),
    ("AWS::Route53::HostedZone", "QueryLoggingConfig", "CloudWatchLogsLogGroupArn"),
    ("AWS::Route53Resolver::ResolverQueryLoggingConfig", "DestinationArn"),
    ("AWS::WAFv2::LoggingConfiguration", "LogDestinationConfigs", "*"),
)


def receives_audit_logs(group: Resource) -> bool:
    """Tell whether a trail, a flow log or another record of who did what goes to a log group."""
    assembly = group.template.assembly
    return assembly.once(
        ("receives_audit_logs", group),
        lambda: any(assembly.pointing_at(group, kind, *path)[0] for kind, *path in _AUDIT_SOURCES),
        of=group.template,
    )


@rule(
    title="every log group is encrypted with a KMS key",
    fix="set KmsKeyId to the ARN of a key whose policy lets CloudWatch Logs use it",
    applies_to=(LOG_GROUP,),
    controls=("164.312(a)(2)(iv)", "164.312(e)(2)(ii)"),
    requirement="HC-235",
    same_as=(
        "cdk-nag:HIPAA.Security-CloudWatchLogGroupEncrypted",
        "config:cloudwatch-log-group-encrypted",
        "guard:CLOUDWATCH_LOG_GROUP_ENCRYPTED",
        "prowler:cloudwatch_log_group_kms_encryption_enabled",
        "checkov:CKV_AWS_158",
    ),
    url=_GUIDE + "encrypt-log-data-kms.html",
)
def log_group_encrypted(group: Resource) -> Outcome:
    """Judge the key: CloudWatch Logs encrypts without one too, but the customer governs only a key of its own."""
    return customers_key(group.at("KmsKeyId"))


@rule(
    title="every log group says how long it keeps its events",
    fix="set RetentionInDays",
    applies_to=(LOG_GROUP,),
    controls=("164.312(b)",),
    requirement="HC-236",
    same_as=(
        "cdk-nag:HIPAA.Security-CloudWatchLogGroupRetentionPeriod",
        "config:cw-loggroup-retention-period-check",
        "guard:CW_LOGGROUP_RETENTION_PERIOD_CHECK",
        "prowler:cloudwatch_log_group_retention_policy_specific_days_enabled",
        "checkov:CKV_AWS_66",
    ),
    severity=Severity.WARNING,
    url=_GUIDE + "Working-with-log-groups-and-streams.html",
)
def log_group_retention_set(group: Resource) -> Outcome:
    """Judge that a period is chosen; without one events are kept, and paid for, for ever.

    Log groups of the class DELIVERY have no period to choose.
    """
    if group.at("LogGroupClass").value == _FORWARDING:
        return NOT_APPLICABLE
    return group.at("RetentionInDays").must_be_set()


def _kept_six_years(group: Resource) -> Outcome:
    kind = group.at("LogGroupClass")
    if kind.value == _FORWARDING:
        return kind.broken("DELIVERY, which keeps events for one day")
    if kind.may_be(_FORWARDING):
        return kind.undecided()
    return group.at("RetentionInDays").must_be_at_least(SIX_YEARS_DAYS, absent=True)


@rule(
    title="every log group keeps its events for six years",
    fix="set RetentionInDays to 2192 or more or leave it out, and use no LogGroupClass DELIVERY",
    applies_to=(LOG_GROUP,),
    controls=("164.316(b)(2)(i)", "164.312(b)"),
    requirement="HC-237",
    severity=Severity.WARNING,
    url="https://www.ecfr.gov/current/title-45/section-164.316#p-164.316(b)(2)(i)",
)
def log_group_kept_six_years(group: Resource) -> Outcome:
    """Judge any log group: which of them an audit will ask for is known only afterwards.

    The class DELIVERY keeps events for one day, whatever else is set.
    """
    return _kept_six_years(group)


@rule(
    title="every log group with audit logs keeps its events for six years",
    fix="set RetentionInDays to 2192 or more or leave it out, and use no LogGroupClass DELIVERY",
    applies_to=(LOG_GROUP,),
    controls=("164.316(b)(2)(i)", "164.312(b)"),
    requirement="HC-237",
    url="https://www.ecfr.gov/current/title-45/section-164.316#p-164.316(b)(2)(i)",
)
def audit_log_group_kept_six_years(group: Resource) -> Outcome:
    """Judge the log groups that trails, flow logs and other access logs are sent to."""
    return _kept_six_years(group) if receives_audit_logs(group) else NOT_APPLICABLE


@rule(
    title="every log group survives its stack",
    fix="set DeletionPolicy and UpdateReplacePolicy to Retain",
    applies_to=(LOG_GROUP,),
    controls=("164.312(c)(1)", "164.316(b)(2)(i)"),
    requirement="HC-238",
    severity=Severity.WARNING,
    url="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html",
)
def log_group_kept(group: Resource) -> Outcome:
    """Judge what becomes of the events when the stack goes."""
    return kept_on_deletion(group)


@rule(
    title="every log group is protected from deletion",
    fix="set DeletionProtectionEnabled to true",
    applies_to=(LOG_GROUP,),
    controls=("164.312(c)(1)", "164.316(b)(2)(i)"),
    requirement="HC-238",
    severity=Severity.WARNING,
    url=_GUIDE + "Working-with-log-groups-and-streams.html",
)
def log_group_protected_from_deletion(group: Resource) -> Outcome:
    """Judge the protection, which refuses DeleteLogGroup until somebody switches it off on purpose."""
    return group.at("DeletionProtectionEnabled").must_be(True)


@rule(
    title="no resource policy opens log groups to everyone",
    fix="name principals in place of *, or confine the statement by aws:SourceAccount or aws:SourceArn",
    applies_to=("AWS::Logs::ResourcePolicy",),
    controls=("164.312(a)(1)", "164.308(a)(4)(ii)(C)"),
    requirement="HC-240",
    same_as=("prowler:cloudwatch_log_group_not_publicly_accessible",),
    url=_GUIDE + "iam-access-control-overview-cwl.html",
)
def logs_policy_names_principals(policy: Resource) -> Outcome:
    """Judge the document, which CloudFormation takes as text."""
    place = policy.at("PolicyDocument")
    statements, hidden = read(place)
    if place.is_unknown and (hidden or not statements):
        return place.undecided()
    if hidden or not statements or not (place.is_unknown or place.text is not None):
        return place.broken("not a policy document in JSON")
    return all_met(_not_open(place, statement) for statement in statements)


def _not_open(place: Node, statement: Statement) -> Outcome:
    said = [statement.node.at("Effect"), *(who for _, who in statement.principals)]
    unsaid = any(one.text and not one.text.strip(UNKNOWN) for one in said)
    if not statement.may_be("Allow") and not unsaid:
        return MET if statement.is_deny else place.broken("a statement that is neither Allow nor Deny")
    opens = statement.opens_to_everyone()
    if opens is None or unsaid:
        return place.undecided("an intrinsic function hides whom it allows")
    return place.broken("it allows everyone (Principal *)") if opens else MET
