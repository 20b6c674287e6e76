"""What a template must show of AWS WAF."""

from __future__ import annotations

from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._outcome import MET, Outcome, all_met, any_met, broken, undecided
from hipaa_constructs.rules._rule import Severity, rule

WEB_ACL = "AWS::WAFv2::WebACL"
LOGGING = "AWS::WAFv2::LoggingConfiguration"
_GUIDE = "https://docs.aws.amazon.com/waf/latest/developerguide/"
_CREDENTIALS = ("authorization", "cookie")


@rule(
    title="every web ACL logs the requests that it judges",
    fix="add an AWS::WAFv2::LoggingConfiguration with its ARN in ResourceArn",
    applies_to=(WEB_ACL,),
    controls=("164.312(b)",),
    requirement="HC-200",
    same_as=(
        "cdk-nag:HIPAA.Security-WAFv2LoggingEnabled",
        "config:wafv2-logging-enabled",
        "prowler:wafv2_webacl_logging_enabled",
    ),
    url=_GUIDE + "logging.html",
)
def web_acl_logged(acl: Resource) -> Outcome:
    """Judge that a logging configuration of any stack is about it."""
    sure, unsure = acl.template.assembly.pointing_at(acl, LOGGING, "ResourceArn")
    if sure:
        return MET
    if unsure:
        return undecided(why="an intrinsic function hides what a logging configuration is about")
    return broken(found="no logging configuration is about it")


@rule(
    title="every log of a web ACL leaves credentials and query strings out",
    fix="set RedactedFields with the single headers authorization and cookie, and the query string",
    applies_to=(LOGGING,),
    controls=("164.312(a)(1)",),
    requirement="HC-201",
    severity=Severity.WARNING,
    url=_GUIDE + "logging-management.html",
)
def web_acl_log_redacted(logging: Resource) -> Outcome:
    """Judge the redacted fields; what a log holds, whoever reads logs can use."""
    fields = logging.at("RedactedFields")
    if fields.is_unknown:
        return fields.undecided()
    items = fields.items()
    query = any_met([*(_is_query(item) for item in items), fields.broken("without the query string")])
    headers = [
        any_met([*(_is_header(item, name) for item in items), fields.broken(f"without the header {name}")])
        for name in _CREDENTIALS
    ]
    return all_met([query, *headers])


def _is_query(field: Node) -> Outcome:
    place = field.at("QueryString")
    if place.is_unknown:
        return field.undecided()
    return place.broken() if place.is_absent else MET


def _is_header(field: Node, name: str) -> Outcome:
    header = field.at("SingleHeader")
    place = header.at("Name")
    place = header.at("name") if place.is_absent else place
    if place.is_unknown:
        return field.undecided()
    return MET if (place.text or "").lower() == name else place.broken()


@rule(
    title="every web ACL has rules",
    fix="add Rules, at the least AWSManagedRulesCommonRuleSet and AWSManagedRulesKnownBadInputsRuleSet",
    applies_to=(WEB_ACL,),
    controls=("164.308(a)(5)(ii)(B)",),
    requirement="HC-202",
    same_as=("config:wafv2-webacl-not-empty", "prowler:wafv2_webacl_with_rules"),
    severity=Severity.WARNING,
    url=_GUIDE + "aws-managed-rule-groups-list.html",
)
def web_acl_has_rules(acl: Resource) -> Outcome:
    """Judge that something is judged, or that all is refused."""
    rules = acl.at("Rules")
    if rules.is_unknown:
        return any_met([_refuses_all(acl), rules.must_be_set()])
    return any_met([_refuses_all(acl), rules.broken(), *(one.must_be_set() for one in rules.items())])


def _refuses_all(acl: Resource) -> Outcome:
    block = acl.at("DefaultAction", "Block")
    return MET if isinstance(block.value, dict) else block.must_be_set()
