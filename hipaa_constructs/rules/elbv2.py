"""What a template must show of Application and Network Load Balancers."""

from __future__ import annotations

from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._outcome import MET, NOT_APPLICABLE, Outcome, Verdict, all_met, any_met, broken, undecided
from hipaa_constructs.rules._rule import Severity, rule
from hipaa_constructs.rules._vended_logs import vended
from hipaa_constructs.rules._zones import spans_zones

BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"
CLASSIC = "AWS::ElasticLoadBalancing::LoadBalancer"
WEB_ACL_ASSOCIATION = "AWS::WAFv2::WebACLAssociation"
_GUIDE = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/"
_AVAILABILITY = ("164.308(a)(7)(i)", "164.308(a)(7)(ii)(C)")
_SAFE_DESYNC_MODES = ("defensive", "strictest")


def is_application(balancer: Resource) -> bool | None:
    """Tell whether a load balancer is an Application Load Balancer, which it is by default; None if that is hidden."""
    kind = balancer.at("Type")
    if kind.is_unknown:
        return None if kind.may_be("application") else False
    return kind.is_absent or kind.value == "application"


def _only_for_applications(balancer: Resource, outcome: Outcome) -> Outcome:
    application = is_application(balancer)
    if application is False:
        return NOT_APPLICABLE
    if application is None and outcome.verdict is Verdict.BROKEN:
        return balancer.at("Type").undecided()
    return outcome


def attribute(balancer: Resource, key: str, wanted: tuple[str, ...], *, absent: Outcome) -> Outcome:
    """Judge an attribute of a load balancer.

    Args:
        balancer: the load balancer.
        key: the name of the attribute.
        wanted: the values that are good.
        absent: the verdict if it is not set.
    """
    listed = balancer.at("LoadBalancerAttributes")
    if listed.is_unknown:
        return listed.undecided()
    if not (listed.is_absent or isinstance(listed.value, list)):
        return listed.broken()
    items = listed.items()
    found = [item.at("Value") for item in items if item.at("Key").value == key]
    if found:
        return all_met(_is_one_of(value, wanted) for value in found)
    hidden = next((item for item in items if item.is_unknown or item.at("Key").may_be(key)), None)
    return absent if hidden is None else hidden.undecided("an intrinsic function hides which attribute it is")


def _is_one_of(value: Node, wanted: tuple[str, ...]) -> Outcome:
    # CloudFormation takes true for "true" here.
    return MET if value.value is True and "true" in wanted else value.must_be(*wanted)


def _unset(key: str) -> Outcome:
    return broken("Properties", "LoadBalancerAttributes", found=f"{key} is not set")


@rule(
    title="every Application Load Balancer drops headers that are not valid",
    fix="set the attribute routing.http.drop_invalid_header_fields.enabled to true (drop_invalid_header_fields=True)",
    applies_to=(BALANCER,),
    controls=("164.312(a)(2)(iv)", "164.312(e)(1)", "164.312(e)(2)(i)", "164.312(e)(2)(ii)"),
    requirement="HC-143",
    same_as=(
        "cdk-nag:HIPAA.Security-ALBHttpDropInvalidHeaderEnabled",
        "guard:ALB_HTTP_DROP_INVALID_HEADER_ENABLED",
        "checkov:CKV_AWS_131",
    ),
    url=_GUIDE + "edit-load-balancer-attributes.html",
)
def alb_drops_invalid_headers(balancer: Resource) -> Outcome:
    """Judge the attribute; by default such headers reach the targets, which may read them otherwise."""
    key = "routing.http.drop_invalid_header_fields.enabled"
    return _only_for_applications(balancer, attribute(balancer, key, ("true",), absent=_unset(key)))


@rule(
    title="every load balancer logs who asked for what",
    fix="set the attributes access_logs.s3.enabled to true and access_logs.s3.bucket to a bucket with SSE-S3, or add "
    "an AWS::Logs::DeliverySource with its ARN and an AWS::Logs::Delivery; of a classic one AccessLoggingPolicy",
    applies_to=(BALANCER, CLASSIC),
    controls=("164.312(b)",),
    requirement="HC-144",
    same_as=(
        "cdk-nag:HIPAA.Security-ELBLoggingEnabled",
        "config:elb-logging-enabled",
        "guard:ELB_LOGGING_ENABLED",
        "prowler:elbv2_logging_enabled",
        "prowler:elb_logging_enabled",
        "checkov:CKV_AWS_91",
    ),
    url=_GUIDE + "load-balancer-access-logs.html",
)
def load_balancer_access_logged(balancer: Resource) -> Outcome:
    """Judge that access logs go to a bucket, or are vended; Gateway Load Balancers have none."""
    if balancer.type == CLASSIC:
        policy = balancer.at("AccessLoggingPolicy")
        return all_met([policy.at("Enabled").must_be(True), policy.at("S3BucketName").must_be_set()])
    if balancer.at("Type").value == "gateway":
        return NOT_APPLICABLE
    return any_met([vended(balancer, "ALB_ACCESS_LOGS", "NLB_ACCESS_LOGS"), _logs(balancer, "access_logs")])


@rule(
    title="every Application Load Balancer logs who connected, and how",
    fix="set the attributes connection_logs.s3.enabled to true and connection_logs.s3.bucket to a bucket with SSE-S3",
    applies_to=(BALANCER,),
    controls=("164.312(b)",),
    requirement="HC-145",
    severity=Severity.WARNING,
    url=_GUIDE + "load-balancer-connection-logs.html",
)
def alb_connections_logged(balancer: Resource) -> Outcome:
    """Judge the logs that show TLS versions, client certificates and connections that failed before any request.

    Those that are vended count like those that the load balancer brings to a bucket itself.
    """
    logged = any_met([vended(balancer, "ALB_CONNECTION_LOGS"), _logs(balancer, "connection_logs")])
    return _only_for_applications(balancer, logged)


def _logs(balancer: Resource, kind: str) -> Outcome:
    enabled, bucket = f"{kind}.s3.enabled", f"{kind}.s3.bucket"
    on = attribute(balancer, enabled, ("true",), absent=_unset(enabled))
    if on.verdict is not Verdict.MET:
        return on
    items = balancer.at("LoadBalancerAttributes").items()
    named = [item.at("Value").must_be_set() for item in items if item.at("Key").value == bucket]
    if named:
        return all_met(named)
    hidden = next((item for item in items if item.is_unknown or item.at("Key").may_be(bucket)), None)
    return _unset(bucket) if hidden is None else hidden.undecided("an intrinsic function hides which attribute it is")


@rule(
    title="every load balancer is protected from deletion",
    fix="set the attribute deletion_protection.enabled to true (deletion_protection=True)",
    applies_to=(BALANCER,),
    controls=_AVAILABILITY,
    requirement="HC-146",
    same_as=(
        "cdk-nag:HIPAA.Security-ELBDeletionProtectionEnabled",
        "config:elb-deletion-protection-enabled",
        "guard:ELB_DELETION_PROTECTION_ENABLED",
        "prowler:elbv2_deletion_protection",
    ),
    severity=Severity.WARNING,
    url=_GUIDE + "edit-load-balancer-attributes.html",
)
def load_balancer_protected_from_deletion(balancer: Resource) -> Outcome:
    """Judge the protection, without which one call takes every application behind it off the network."""
    key = "deletion_protection.enabled"
    return attribute(balancer, key, ("true",), absent=_unset(key))


@rule(
    title="every public Application Load Balancer has a web ACL",
    fix="add an AWS::WAFv2::WebACLAssociation whose ResourceArn is the load balancer",
    applies_to=(BALANCER,),
    controls=("164.308(a)(5)(ii)(B)", "164.312(e)(1)"),
    requirement="HC-147",
    same_as=("config:alb-waf-enabled",),
    severity=Severity.WARNING,
    url="https://docs.aws.amazon.com/waf/latest/developerguide/how-aws-waf-works-resources.html",
)
def alb_public_behind_web_acl(balancer: Resource) -> Outcome:
    """Judge that a web ACL of any stack is associated with it, if the internet reaches it."""
    scheme = balancer.at("Scheme")
    if scheme.value == "internal" or is_application(balancer) is False:
        return NOT_APPLICABLE
    sure, unsure = balancer.template.assembly.pointing_at(balancer, WEB_ACL_ASSOCIATION, "ResourceArn")
    if sure:
        return MET
    if unsure:
        return undecided(why="an intrinsic function hides what a web ACL is associated with")
    if scheme.may_be("internal"):
        return scheme.undecided()
    return _only_for_applications(balancer, scheme.broken("public, and no web ACL is associated with it"))


@rule(
    title="every load balancer spans at least two Availability Zones",
    fix="name subnets of two zones or more in Subnets or SubnetMappings",
    applies_to=(BALANCER,),
    controls=_AVAILABILITY,
    requirement="HC-148",
    severity=Severity.WARNING,
    url="https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/how-elastic-load-balancing-works.html",
)
def load_balancer_spans_zones(balancer: Resource) -> Outcome:
    """Judge the subnets: at least two, and not all in the same zone as far as the templates show it."""
    listed, mapped = balancer.at("Subnets"), balancer.at("SubnetMappings")
    return any_met(
        [
            spans_zones(listed, listed.items()),
            spans_zones(mapped, [one.at("SubnetId") for one in mapped.items()]),
        ]
    )


@rule(
    title="every Application Load Balancer guards its targets against requests that two sides read differently",
    fix="leave the attribute routing.http.desync_mitigation_mode out, or set it to defensive or strictest",
    applies_to=(BALANCER,),
    controls=("164.312(e)(2)(i)",),
    requirement="HC-149",
    severity=Severity.WARNING,
    url=_GUIDE + "desync-mitigation-mode.html",
)
def alb_desync_mitigated(balancer: Resource) -> Outcome:
    """Judge the mode; the default is defensive."""
    key = "routing.http.desync_mitigation_mode"
    return _only_for_applications(balancer, attribute(balancer, key, _SAFE_DESYNC_MODES, absent=MET))
