"""What a template must show of AWS WAF."""

from __future__ import annotations

from hipaa_constructs.rules._launches import listed
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
    fix="set RedactedFields with the single headers authorization and cookie, and the query string, or protect those "
    "by DataProtectionConfig of the web ACL",
    applies_to=(LOGGING,),
    controls=("164.312(a)(1)",),
    requirement="HC-201",
    severity=Severity.WARNING,
    url=_GUIDE + "logging-management.html",
)
def web_acl_log_redacted(logging: Resource) -> Outcome:
    """Judge the redacted fields, and what the web ACL protects; what a log holds, whoever reads logs can use."""
    fields = logging.at("RedactedFields")
    items, protected = fields.items(), _protected(logging)
    hidden = [fields.undecided()] if fields.is_unknown else []
    query = [*map(_is_query, items), *(_protects(one, "QUERY_STRING") for one in protected), *hidden]
    outcomes = [any_met([*query, fields.broken("without the query string")])]
    for name in _CREDENTIALS:
        found = [_is_header(item, name) for item in items]
        found += [_protects(one, "SINGLE_HEADER", name) for one in protected]
        outcomes.append(any_met([*found, *hidden, fields.broken(f"without the header {name}")]))
    return all_met(outcomes)


def _protected(logging: Resource) -> list[Node]:
    """Return what the web ACL that a log is about keeps out of it, and out of samples of requests."""
    acl = logging.at("ResourceArn").target()
    if acl is None or acl.type != WEB_ACL:
        return []
    return listed(acl.at("DataProtectionConfig", "DataProtections"))


def _protects(protection: Node, kind: str, header: str = "") -> Outcome:
    """Judge that a field of requests is protected wherever it is recorded."""
    if protection.is_unknown:
        return undecided(why="an intrinsic function hides what the web ACL protects")
    field = protection.at("Field")
    everywhere = [protection.at(key) for key in ("ExcludeRuleMatchDetails", "ExcludeRateBasedDetails")]
    keys = listed(field.at("FieldKeys"))
    named = [MET if (key.text or "").lower() == header else key.must_be(header) for key in keys]
    return all_met(
        [
            field.at("FieldType").must_be(kind),
            *([any_met([*named, field.broken()])] if header else []),
            *(place.must_be(False) for place in everywhere if not place.is_absent),
        ]
    )


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
