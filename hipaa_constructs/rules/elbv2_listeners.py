"""What a template must show of the listeners and target groups of load balancers."""

from __future__ import annotations

import re

from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._outcome import MET, NOT_APPLICABLE, Outcome, Verdict, all_met
from hipaa_constructs.rules._rule import Severity, rule

LISTENER = "AWS::ElasticLoadBalancingV2::Listener"
LISTENER_RULE = "AWS::ElasticLoadBalancingV2::ListenerRule"
TARGET_GROUP = "AWS::ElasticLoadBalancingV2::TargetGroup"
_GUIDE = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/"
_NETWORK_GUIDE = "https://docs.aws.amazon.com/elasticloadbalancing/latest/network/"
_IN_TRANSIT = ("164.312(a)(2)(iv)", "164.312(e)(1)", "164.312(e)(2)(i)", "164.312(e)(2)(ii)")
_TLS_12_OR_NEWER = re.compile(r"ELBSecurityPolicy-(TLS13-1-[23]|TLS-1-2|FS-1-2)(-.*)?")
_ENCRYPTED = ("HTTPS", "TLS")
_PASSED_THROUGH = ("TCP", "UDP", "TCP_UDP", "QUIC", "TCP_QUIC")


@rule(
    title="every plain HTTP listener only redirects to HTTPS",
    fix="redirect to protocol HTTPS in DefaultActions, in every rule of the listener too, or drop the listener",
    applies_to=(LISTENER,),
    controls=_IN_TRANSIT,
    requirement="HC-137",
    same_as=(
        "cdk-nag:HIPAA.Security-ALBHttpToHttpsRedirection",
        "config:alb-http-to-https-redirection-check",
        "checkov:CKV_AWS_2",
    ),
    url=_GUIDE + "create-http-listener.html",
)
def http_listener_only_redirects(listener: Resource) -> Outcome:
    """Judge the listener's own actions and those of its rules in any stack."""
    protocol = listener.at("Protocol")
    if protocol.may_be("HTTP"):
        outcome = _only_redirects(listener)
        return outcome if outcome.verdict is Verdict.MET else protocol.undecided()
    return _only_redirects(listener) if protocol.value == "HTTP" else NOT_APPLICABLE


def _only_redirects(listener: Resource) -> Outcome:
    sure, unsure = listener.template.assembly.pointing_at(listener, LISTENER_RULE, "ListenerArn")
    rules = [_redirecting(one.at("Actions")) for one in sure]
    hidden = [
        one.at("ListenerArn").undecided("an intrinsic function hides which listener it is of")
        for one in unsure
        if _redirecting(one.at("Actions")).verdict is not Verdict.MET
    ]
    return all_met([_redirecting(listener.at("DefaultActions")), *rules, *hidden])


def _redirecting(actions: Node) -> Outcome:
    if actions.is_unknown:
        return actions.undecided()
    found = actions.items()
    return all_met(map(_redirects, found)) if found else actions.broken()


def _redirects(action: Node) -> Outcome:
    if action.is_unknown:
        return action.undecided()
    kind = action.at("Type").must_be("redirect")
    return all_met([kind, _to_https(action)])


def _to_https(action: Node) -> Outcome:
    return action.at("RedirectConfig", "Protocol").must_be("HTTPS")


@rule(
    title="every TLS listener uses a certificate of ACM",
    fix="name a certificate of AWS Certificate Manager in Certificates",
    applies_to=(LISTENER,),
    controls=("164.312(a)(2)(iv)", "164.312(e)(2)(ii)"),
    requirement="HC-138",
    same_as=(
        "cdk-nag:HIPAA.Security-ELBv2ACMCertificateRequired",
        "config:elbv2-acm-certificate-required",
        "guard:ELBV2_ACM_CERTIFICATE_REQUIRED",
    ),
    url=_GUIDE + "https-listener-certificates.html",
)
def tls_listener_uses_acm_certificate(listener: Resource) -> Outcome:
    """Judge where the default certificate comes from; one uploaded to IAM is not renewed by anybody."""
    return _of_tls(listener, _from_acm(listener.at("Certificates")))


def _from_acm(certificates: Node) -> Outcome:
    if certificates.is_unknown:
        return certificates.undecided()
    arns = [one.at("CertificateArn") for one in certificates.items()]
    if not arns:
        return certificates.broken()
    return all_met(arn.broken() if ":iam:" in arn.outline() else arn.must_be_set() for arn in arns)


@rule(
    title="every TLS listener refuses versions older than TLS 1.2",
    fix="set SslPolicy to ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09, or another one with TLS 1.2 or 1.3 as its floor",
    applies_to=(LISTENER,),
    controls=_IN_TRANSIT,
    requirement="HC-139",
    url=_GUIDE + "describe-ssl-policies.html",
)
def tls_listener_tls12_only(listener: Resource) -> Outcome:
    """Judge the security policy; without one CloudFormation takes ELBSecurityPolicy-2016-08, which allows TLS 1.0."""
    policy = listener.at("SslPolicy")
    if policy.is_unknown:
        return _of_tls(listener, policy.undecided())
    modern = policy.text is not None and _TLS_12_OR_NEWER.fullmatch(policy.text)
    return _of_tls(listener, MET if modern else policy.broken())


def _of_tls(listener: Resource, outcome: Outcome) -> Outcome:
    protocol = listener.at("Protocol")
    if protocol.is_unknown and any(protocol.may_be(one) for one in _ENCRYPTED):
        return outcome if outcome.verdict is Verdict.MET else protocol.undecided()
    return outcome if protocol.value in _ENCRYPTED else NOT_APPLICABLE


@rule(
    title="every listener of a Network Load Balancer ends TLS, or passes it through to targets that do",
    fix="set Protocol to TLS, or forward to an Application Load Balancer with an HTTPS listener, or to targets whose "
    "health is checked over HTTPS",
    applies_to=(LISTENER,),
    controls=_IN_TRANSIT,
    requirement="HC-142",
    url=_NETWORK_GUIDE + "create-tls-listener.html",
)
def nlb_listener_encrypted(listener: Resource) -> Outcome:
    """Judge the protocol; TCP that is passed through carries TLS if its targets must answer HTTPS to be healthy."""
    protocol = listener.at("Protocol")
    if protocol.is_unknown:
        return protocol.undecided() if any(protocol.may_be(one) for one in _PASSED_THROUGH) else NOT_APPLICABLE
    if protocol.value == "TLS":
        return MET
    if protocol.value not in _PASSED_THROUGH:
        return NOT_APPLICABLE
    if listener.at("Port").number == 80:
        return listener.at("Port").broken("port 80 is plain HTTP")
    if protocol.value == "TCP" and _passes_tls_on(listener):
        return MET
    return protocol.undecided("it passes through what it gets; only the targets know whether that is TLS")


def _passes_tls_on(listener: Resource) -> bool:
    forwarded = [
        *listener.each("DefaultActions", "*", "TargetGroupArn"),
        *listener.each("DefaultActions", "*", "ForwardConfig", "TargetGroups", "*", "TargetGroupArn"),
    ]
    groups = [place.target() for place in forwarded if not place.is_absent]
    return bool(groups) and all(group is not None and _ends_tls(group) for group in groups)


def _ends_tls(group: Resource) -> bool:
    """Tell whether a group that TCP is passed through to has targets that end TLS."""
    if group.type != TARGET_GROUP or group.at("Protocol").value != "TCP":
        return False
    if group.at("TargetType").value == "alb":
        return group.at("Port").number == 443
    # What does not speak TLS there is unhealthy, and gets nothing.
    checked = group.at("HealthCheckPort")
    same = checked.is_absent or checked.text == "traffic-port" or checked.text == str(group.at("Port").value)
    off = group.at("HealthCheckEnabled")
    return same and group.at("HealthCheckProtocol").value == "HTTPS" and (off.is_absent or off.value is True)


@rule(
    title="every load balancer talks to its targets over HTTPS or TLS",
    fix="set Protocol to HTTPS, of a Network Load Balancer's target group to TLS",
    applies_to=(TARGET_GROUP,),
    controls=_IN_TRANSIT,
    requirement="HC-140",
    url=_GUIDE + "load-balancer-target-groups.html",
)
def target_group_encrypted(group: Resource) -> Outcome:
    """Judge the protocol to the targets; functions are called over HTTPS always, appliances get packets as they are.

    TCP is passed through: that it is TLS is shown by a health check over HTTPS on the same port.
    """
    if group.at("TargetType").value == "lambda":
        return NOT_APPLICABLE
    protocol = group.at("Protocol")
    if protocol.value == "GENEVE":
        return NOT_APPLICABLE
    if protocol.value in _PASSED_THROUGH:
        if _ends_tls(group):
            return MET
        return protocol.undecided("it passes through what it gets; only the targets know whether that is TLS")
    hidden = group.at("TargetType").may_be("lambda")
    outcome = protocol.must_be(*_ENCRYPTED)
    return group.at("TargetType").undecided() if hidden and outcome.verdict is Verdict.BROKEN else outcome


@rule(
    title="every health check of a target group is made over HTTPS",
    fix="set HealthCheckProtocol to HTTPS",
    applies_to=(TARGET_GROUP,),
    controls=_IN_TRANSIT,
    requirement="HC-141",
    severity=Severity.WARNING,
    url=_GUIDE + "target-group-health-checks.html",
)
def target_group_health_checked_over_https(group: Resource) -> Outcome:
    """Judge the protocol; a check that only opens a TCP connection sends nothing."""
    if group.at("TargetType").value == "lambda" or group.at("HealthCheckEnabled").value is False:
        return NOT_APPLICABLE
    check, protocol = group.at("HealthCheckProtocol"), group.at("Protocol")
    if not check.is_absent:
        return check.must_be("HTTPS", "TCP")
    if protocol.is_unknown:
        return protocol.undecided()
    # By default the groups of Application Load Balancers, and those that lead to one, are checked over HTTP.
    plain = protocol.value in ("HTTP", "HTTPS") or group.at("TargetType").value == "alb"
    return check.broken("absent, which is HTTP") if plain else MET
