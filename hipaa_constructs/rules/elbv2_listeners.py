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
_FORWARDED = ("DefaultActions", "*", "TargetGroupArn")
_WEIGHED = ("DefaultActions", "*", "ForwardConfig", "TargetGroups", "*", "TargetGroupArn")
_ONLY_TARGETS_KNOW = "it passes through what it gets; only the targets know whether that is TLS"
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
    ends = _passes_tls_on(listener) if protocol.value == "TCP" else None
    if ends is False:
        return protocol.broken("it passes through to an HTTP listener")
    return MET if ends else protocol.undecided(_ONLY_TARGETS_KNOW)


def _passes_tls_on(listener: Resource) -> bool | None:
    forwarded = [
        *listener.each(*_FORWARDED),
        *listener.each(*_WEIGHED),
    ]
    groups = [place.target() for place in forwarded if not place.is_absent]
    answers = [None if group is None else _ends_tls(group) for group in groups]
    return False if False in answers else True if answers and None not in answers else None


def _ends_tls(group: Resource) -> bool | None:
    """Tell whether a group that TCP is passed through to has targets that end TLS; None if that is not known."""
    if group.type != TARGET_GROUP or group.at("Protocol").value != "TCP":
        return None
    if group.at("TargetType").value == "alb":
        return _balancer_ends_tls(group)
    # What does not speak TLS there is unhealthy, and gets nothing.
    checked = group.at("HealthCheckPort")
    same = checked.is_absent or checked.text == "traffic-port" or checked.text == str(group.at("Port").value)
    off = group.at("HealthCheckEnabled")
    answers = same and group.at("HealthCheckProtocol").value == "HTTPS" and (off.is_absent or off.value is True)
    return True if answers else None


def _balancer_ends_tls(group: Resource) -> bool | None:
    """Tell whether the Application Load Balancer of a group ends TLS on its port, which 443 says without a listener."""
    port = group.at("Port").number
    targets = [one.target() for one in group.each("Targets", "*", "Id")]
    listeners = [
        listener
        for target in targets
        if target is not None
        for listener in target.template.assembly.pointing_at(target, LISTENER, "LoadBalancerArn")[0]
        if listener.at("Port").number == port
    ]
    for listener in listeners:
        protocol = listener.at("Protocol")
        if protocol.value == "HTTP":
            # One that only redirects answers with where HTTPS is.
            return None if _only_redirects(listener).verdict is Verdict.MET else False
        if protocol.value != "HTTPS":
            return None
    return True if listeners or port == 443 else None


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

    TCP is passed through: that it is TLS is shown by a health check over HTTPS on the same port, or by the listener of
    the load balancer that is the target. A TLS listener has ended TLS, and sends on what it decrypted.
    """
    if group.at("TargetType").value == "lambda":
        return NOT_APPLICABLE
    protocol = group.at("Protocol")
    if protocol.value == "GENEVE":
        return NOT_APPLICABLE
    if protocol.value in _PASSED_THROUGH:
        decrypted, ends = _behind_tls_listener(group), _ends_tls(group)
        if decrypted:
            return protocol.broken(f"{protocol.shown()} behind a listener that ends TLS")
        if ends is False:
            return protocol.broken("it passes through to an HTTP listener")
        if ends and decrypted is False:
            return MET
        return protocol.undecided(_ONLY_TARGETS_KNOW)
    hidden = group.at("TargetType").may_be("lambda")
    outcome = protocol.must_be(*_ENCRYPTED)
    return group.at("TargetType").undecided() if hidden and outcome.verdict is Verdict.BROKEN else outcome


def _behind_tls_listener(group: Resource) -> bool | None:
    """Tell whether a listener decrypts what it forwards to a group; None if an intrinsic function hides it."""
    assembly = group.template.assembly
    hidden = False
    for place in (_FORWARDED, _WEIGHED):
        sure, unsure = assembly.pointing_at(group, LISTENER, *place)
        if any(listener.at("Protocol").value == "TLS" for listener in sure):
            return True
        hidden = hidden or any(_may_end_tls(listener) for listener in (*sure, *unsure))
    return None if hidden else False


def _may_end_tls(listener: Resource) -> bool:
    protocol = listener.at("Protocol")
    return protocol.value == "TLS" or protocol.may_be("TLS")


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
