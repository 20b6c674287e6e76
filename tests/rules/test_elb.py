"""What is judged of Classic Load Balancers."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import (
    BROKEN,
    GONE,
    MALFORMED,
    MET,
    NEVER_TEXT,
    NEVER_TRUE,
    NOT_APPLICABLE,
    PARAMETER,
    UNDECIDED,
    Body,
    resource,
    template,
    verdict,
)

ACM = "arn:aws:acm:us-east-1:123456789012:certificate/1"


def balancer(*listeners: Json, **properties: Json) -> Body:
    whole: Body = {"Listeners": list(listeners), **properties}
    return template({"It": resource("AWS::ElasticLoadBalancing::LoadBalancer", whole)})


def listener(front: Json, back: Json) -> Json:
    return {"Protocol": front, "InstanceProtocol": back}


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        (balancer(listener("HTTPS", "HTTPS")), MET),
        (balancer(listener("ssl", "ssl")), MET),
        (balancer(listener("HTTPS", "HTTP")), BROKEN),
        (balancer(listener("HTTPS", GONE)), BROKEN),
        (balancer(listener("HTTP", "HTTPS")), BROKEN),
        (balancer(listener("HTTPS", "HTTPS"), listener("TCP", "TCP")), BROKEN),
        (balancer(), BROKEN),
        (balancer(Listeners="x"), BROKEN),
        (balancer(Listeners=PARAMETER), UNDECIDED),
        (balancer(PARAMETER), UNDECIDED),
        (balancer(listener(PARAMETER, "HTTPS")), UNDECIDED),
    ],
)
def test_both_sides_of_each_listener_decide(body: Body, wanted: str) -> None:
    assert verdict("ClassicListenerEncrypted", body) == wanted


@pytest.mark.parametrize(
    ("certificate", "wanted"),
    [
        (ACM, MET),
        ("arn:aws:iam::123456789012:server-certificate/portal", BROKEN),
        (GONE, BROKEN),
        ("", BROKEN),
        (PARAMETER, UNDECIDED),
    ],
)
def test_the_certificate_of_each_listener_decides(certificate: Json, wanted: str) -> None:
    assert verdict("ClassicListenerUsesAcmCertificate", balancer({"SSLCertificateId": certificate})) == wanted


@pytest.mark.parametrize(("value", "wanted"), [(True, MET), ("true", MET), (GONE, BROKEN), (PARAMETER, UNDECIDED)])
def test_the_spread_over_zones_decides(value: Json, wanted: str) -> None:
    assert verdict("ClassicBalancerSpansZones", balancer(CrossZone=value)) == wanted


@pytest.mark.parametrize("value", NEVER_TRUE)
def test_a_spread_of_a_wrong_type_breaks(value: Json) -> None:
    assert verdict("ClassicBalancerSpansZones", balancer(CrossZone=value)) == BROKEN


TLS12 = "ClassicListenerTls12Only"
PREDEFINED = "ELBSecurityPolicy-TLS-1-2-2017-01"
NEW: Json = {"Name": "Protocol-TLSv1.2", "Value": True}


def tls(*names: Json, protocol: Json = "HTTPS") -> Json:
    return {"Protocol": protocol, "PolicyNames": list(names) or ["policy"]}


def negotiated(*attributes: Json, name: Json = "policy", kind: Json = "SSLNegotiationPolicyType") -> dict[str, Json]:
    return {"PolicyName": name, "PolicyType": kind, "Attributes": list(attributes)}


def reference(name: Json) -> Json:
    return {"Name": "Reference-Security-Policy", "Value": name}


def with_policies(*policies: Json, listeners: tuple[Json, ...] = (tls(),)) -> Body:
    return balancer(*listeners, Policies=list(policies))


GOOD = negotiated(reference(PREDEFINED))


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        (with_policies(GOOD), MET),
        (with_policies(GOOD, listeners=(tls(protocol="ssl"),)), MET),
        (with_policies(negotiated(reference(PREDEFINED), kind="Other"), GOOD), MET),
        (with_policies(GOOD, listeners=(tls(), {"Protocol": "HTTP"})), MET),
        (with_policies(GOOD, listeners=(tls(), tls("other"))), BROKEN),
        (with_policies(GOOD, listeners=({"Protocol": "HTTPS"},)), BROKEN),
        (with_policies(negotiated(reference("ELBSecurityPolicy-2016-08"))), BROKEN),
        (with_policies(negotiated(reference(PREDEFINED), kind="Other")), BROKEN),
        (with_policies(negotiated(reference(PREDEFINED), name="other")), BROKEN),
        (with_policies(GOOD, negotiated(reference("ELBSecurityPolicy-2016-08"))), BROKEN),
        (balancer(tls()), BROKEN),
        (balancer(tls(), Policies="x"), BROKEN),
        (balancer({"Protocol": "HTTP"}), NOT_APPLICABLE),
        (balancer({"Protocol": "TCP"}), NOT_APPLICABLE),
        (balancer(), NOT_APPLICABLE),
        (balancer(Listeners=PARAMETER), UNDECIDED),
        (balancer(PARAMETER, Policies=[GOOD]), UNDECIDED),
        (balancer(tls(), Policies=PARAMETER), UNDECIDED),
        (balancer(tls(), Policies=[PARAMETER]), UNDECIDED),
        (with_policies(GOOD, listeners=({"Protocol": "HTTPS", "PolicyNames": PARAMETER},)), UNDECIDED),
        (with_policies(GOOD, listeners=(tls(PARAMETER),)), UNDECIDED),
        (with_policies(GOOD, listeners=(tls(protocol=PARAMETER),)), UNDECIDED),
        (with_policies(negotiated(reference(PARAMETER))), UNDECIDED),
        (with_policies({**GOOD, "Attributes": PARAMETER}), UNDECIDED),
    ],
)
def test_the_policy_of_each_tls_listener_decides(body: Body, wanted: str) -> None:
    assert verdict(TLS12, body) == wanted


@pytest.mark.parametrize("old", ["Protocol-SSLv2", "Protocol-SSLv3", "Protocol-TLSv1", "Protocol-TLSv1.1"])
@pytest.mark.parametrize(("value", "wanted"), [(False, MET), ("false", MET), (True, BROKEN), (PARAMETER, UNDECIDED)])
def test_a_custom_policy_has_no_old_version(old: str, value: Json, wanted: str) -> None:
    assert verdict(TLS12, with_policies(negotiated(NEW, {"Name": old, "Value": value}))) == wanted


@pytest.mark.parametrize("attributes", [(), ({"Name": "Protocol-TLSv1.2", "Value": False},), ({"Name": "x"},)])
def test_a_custom_policy_has_the_new_version(attributes: tuple[Json, ...]) -> None:
    assert verdict(TLS12, with_policies(negotiated(*attributes))) == BROKEN


@pytest.mark.parametrize("value", [*NEVER_TEXT, *MALFORMED], ids=str)
def test_a_policy_of_a_wrong_type_is_never_met(value: Json) -> None:
    assert verdict(TLS12, with_policies(negotiated(reference(value)))) in (BROKEN, UNDECIDED)
