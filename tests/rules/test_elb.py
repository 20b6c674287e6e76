"""What is judged of Classic Load Balancers."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import BROKEN, GONE, MET, NEVER_TRUE, PARAMETER, UNDECIDED, Body, resource, template, verdict

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
