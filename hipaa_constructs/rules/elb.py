"""What a template must show of Classic Load Balancers."""

from __future__ import annotations

from collections.abc import Callable

from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._outcome import Outcome, all_met
from hipaa_constructs.rules._rule import Severity, rule

CLASSIC = "AWS::ElasticLoadBalancing::LoadBalancer"
_GUIDE = "https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/"
_ENCRYPTED = ("HTTPS", "SSL")
_TLS12_ONLY = "ELBSecurityPolicy-TLS-1-2-2017-01"
_OLD_PROTOCOLS = ("Protocol-SSLv2", "Protocol-SSLv3", "Protocol-TLSv1", "Protocol-TLSv1.1")


@rule(
    title="every listener of a Classic Load Balancer, and what it leads to, uses HTTPS or SSL",
    fix="set Protocol and InstanceProtocol to HTTPS or SSL, or move to an HttpsLoadBalancer",
    applies_to=(CLASSIC,),
    controls=("164.312(a)(2)(iv)", "164.312(e)(1)", "164.312(e)(2)(i)", "164.312(e)(2)(ii)"),
    requirement="HC-150",
    same_as=("config:elb-tls-https-listeners-only", "guard:ELB_TLS_HTTPS_LISTENERS_ONLY", "prowler:elb_ssl_listeners"),
    url=_GUIDE + "elb-https-load-balancers.html",
)
def classic_listener_encrypted(balancer: Resource) -> Outcome:
    """Judge both sides; by default the instances get what the listener's own protocol is without TLS."""
    return _every_listener(balancer, _encrypted)


def _encrypted(listener: Node) -> list[Outcome]:
    return [_is_encrypted(listener.at("Protocol")), _is_encrypted(listener.at("InstanceProtocol"))]


def _is_encrypted(protocol: Node) -> Outcome:
    return protocol.must_be(*_ENCRYPTED, *(name.lower() for name in _ENCRYPTED))


@rule(
    title="every listener of a Classic Load Balancer uses a certificate of ACM",
    fix="set SSLCertificateId to the ARN of a certificate of AWS Certificate Manager",
    applies_to=(CLASSIC,),
    controls=("164.312(a)(2)(iv)", "164.312(e)(1)", "164.312(e)(2)(i)", "164.312(e)(2)(ii)"),
    requirement="HC-151",
    same_as=(
        "config:elb-acm-certificate-required",
        "guard:ELB_ACM_CERTIFICATE_REQUIRED",
        "prowler:elb_ssl_listeners_use_acm_certificate",
    ),
    url=_GUIDE + "ssl-server-cert.html",
)
def classic_listener_uses_acm_certificate(balancer: Resource) -> Outcome:
    """Judge where the certificates come from."""
    return _every_listener(balancer, lambda listener: [_from_acm(listener.at("SSLCertificateId"))])


def _from_acm(certificate: Node) -> Outcome:
    return certificate.broken() if ":iam:" in certificate.outline() else certificate.must_be_set()


@rule(
    title="every TLS listener of a Classic Load Balancer refuses versions older than TLS 1.2",
    fix=f"name a policy of the type SSLNegotiationPolicyType with the Reference-Security-Policy {_TLS12_ONLY}",
    applies_to=(CLASSIC,),
    controls=("164.312(a)(2)(iv)", "164.312(e)(1)", "164.312(e)(2)(i)", "164.312(e)(2)(ii)"),
    requirement="HC-139",
    same_as=("config:elb-predefined-security-policy-ssl-check",),
    url=_GUIDE + "elb-security-policy-table.html",
)
def classic_listener_tls12_only(balancer: Resource) -> Outcome:
    """Judge the predefined or custom policy of each TLS listener; the default one takes TLS 1.0."""
    listeners = balancer.at("Listeners")
    if listeners.is_unknown:
        return listeners.undecided()
    found = [one for one in listeners.items() if one.is_unknown or _may_speak_tls(one.at("Protocol"))]
    return all_met(_tls12_only(balancer, one) for one in found)


def _may_speak_tls(protocol: Node) -> bool:
    return protocol.is_unknown or (protocol.text or "").upper() in _ENCRYPTED


def _tls12_only(balancer: Resource, listener: Node) -> Outcome:
    protocol, names, policies = listener.at("Protocol"), listener.at("PolicyNames"), balancer.at("Policies")
    wanted = {name.text for name in names.items()} - {None}
    negotiating = [policy for policy in policies.items() if policy.at("PolicyType").text == "SSLNegotiationPolicyType"]
    chosen = [policy for policy in negotiating if policy.at("PolicyName").text in wanted]
    hidden = [
        place for place in (listener, protocol, names, policies, *names.items(), *policies.items()) if place.is_unknown
    ]
    if hidden:
        return hidden[0].undecided()
    if not chosen:
        return names.broken("the default policy, ELBSecurityPolicy-2016-08")
    return all_met(_negotiates_tls12(policy) for policy in chosen)


def _negotiates_tls12(policy: Node) -> Outcome:
    attributes = policy.at("Attributes")
    if attributes.is_unknown:
        return attributes.undecided()
    values = {one.at("Name").text: one.at("Value") for one in attributes.items()}
    if "Reference-Security-Policy" in values:
        return values["Reference-Security-Policy"].must_be(_TLS12_ONLY)
    old = [values[name].must_be(False) for name in _OLD_PROTOCOLS if name in values]
    new = values.get("Protocol-TLSv1.2")
    return all_met([*old, attributes.broken() if new is None else new.must_be(True)])


def _every_listener(balancer: Resource, judge: Callable[[Node], list[Outcome]]) -> Outcome:
    listeners = balancer.at("Listeners")
    if listeners.is_unknown:
        return listeners.undecided()
    found = listeners.items()
    if not found:
        return listeners.broken()
    return all_met(outcome for one in found for outcome in ([one.undecided()] if one.is_unknown else judge(one)))


@rule(
    title="every Classic Load Balancer spreads requests over all zones",
    fix="set CrossZone to true",
    applies_to=(CLASSIC,),
    controls=("164.308(a)(7)(i)", "164.308(a)(7)(ii)(C)"),
    requirement="HC-152",
    same_as=(
        "cdk-nag:HIPAA.Security-ELBCrossZoneLoadBalancingEnabled",
        "config:elb-cross-zone-load-balancing-enabled",
        "guard:ELB_CROSS_ZONE_LOAD_BALANCING_ENABLED",
        "prowler:elb_cross_zone_load_balancing_enabled",
    ),
    severity=Severity.WARNING,
    url=_GUIDE + "enable-disable-crosszone-lb.html",
)
def classic_balancer_spans_zones(balancer: Resource) -> Outcome:
    """Judge the setting, which CloudFormation leaves off."""
    return balancer.at("CrossZone").must_be(True)
