"""What else is judged of load balancers: kinds and protocols that are known in part, and each one's name."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import (
    BROKEN,
    MET,
    NOT_APPLICABLE,
    UNDECIDED,
    Body,
    outcome,
    partly,
    resource,
    template,
    verdict,
)

BALANCER, LISTENER, TARGETS = (
    f"AWS::ElasticLoadBalancingV2::{kind}" for kind in ("LoadBalancer", "Listener", "TargetGroup")
)
PASSED_THROUGH = ("TCP", "UDP", "TCP_UDP", "QUIC", "TCP_QUIC")


def alone(kind: str, **properties: Json) -> Body:
    return template({"It": resource(kind, properties)})


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        ("application", BROKEN),
        ("network", NOT_APPLICABLE),
        (partly("application"), UNDECIDED),
        (partly("network"), NOT_APPLICABLE),
    ],
)
def test_the_kind_of_a_load_balancer_decides(kind: Json, wanted: str) -> None:
    assert verdict("AlbDropsInvalidHeaders", alone(BALANCER, Type=kind)) == wanted


@pytest.mark.parametrize(
    ("scheme", "wanted"),
    [
        ("internal", NOT_APPLICABLE),
        ("internet-facing", BROKEN),
        (partly("internal"), UNDECIDED),
        (partly("public"), BROKEN),
    ],
)
def test_the_scheme_decides_who_needs_a_web_acl(scheme: Json, wanted: str) -> None:
    assert verdict("AlbPublicBehindWebAcl", alone(BALANCER, Scheme=scheme)) == wanted


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        ("AlbDropsInvalidHeaders", "routing.http.drop_invalid_header_fields.enabled is not set"),
        ("LoadBalancerProtectedFromDeletion", "deletion_protection.enabled is not set"),
        ("LoadBalancerAccessLogged", "access_logs.s3.enabled is not set"),
    ],
)
def test_an_attribute_that_is_missed_is_named(rule: str, found: str) -> None:
    judged = outcome(rule, alone(BALANCER))
    assert (judged.found, judged.path) == (found, ("Properties", "LoadBalancerAttributes"))


def test_a_bucket_that_is_missed_is_named() -> None:
    enabled: Json = [{"Key": "access_logs.s3.enabled", "Value": "true"}]
    judged = outcome("LoadBalancerAccessLogged", alone(BALANCER, LoadBalancerAttributes=enabled))
    assert judged.found == "access_logs.s3.bucket is not set"


@pytest.mark.parametrize(("other", "wanted"), [("us-east-1b", MET), ("us-east-1a", BROKEN)])
def test_subnets_may_be_mapped(other: str, wanted: str) -> None:
    zones = {"One": "us-east-1a", "Other": other}
    subnets = {name: resource("AWS::EC2::Subnet", {"AvailabilityZone": zone}) for name, zone in zones.items()}
    mapped: Json = [{"SubnetId": {"Ref": name}} for name in zones]
    body = template({"It": resource(BALANCER, {"SubnetMappings": mapped}), **subnets})
    assert verdict("LoadBalancerSpansZones", body) == wanted


@pytest.mark.parametrize("protocol", PASSED_THROUGH)
def test_what_is_passed_through_may_be_tls(protocol: str) -> None:
    assert verdict("NlbListenerEncrypted", alone(LISTENER, Protocol=protocol, Port=443)) == UNDECIDED
    assert verdict("NlbListenerEncrypted", alone(LISTENER, Protocol=protocol, Port=80)) == BROKEN
    assert verdict("TargetGroupEncrypted", alone(TARGETS, Protocol=protocol)) == UNDECIDED


@pytest.mark.parametrize(
    ("protocol", "wanted"),
    [("HTTPS", NOT_APPLICABLE), ("tcp", NOT_APPLICABLE), (partly("TCP"), UNDECIDED), (partly("HTTP"), NOT_APPLICABLE)],
)
def test_listeners_of_applications_are_judged_elsewhere(protocol: Json, wanted: str) -> None:
    assert verdict("NlbListenerEncrypted", alone(LISTENER, Protocol=protocol)) == wanted


@pytest.mark.parametrize(
    ("protocol", "wanted"), [(partly("HTTP"), UNDECIDED), (partly("TCP"), NOT_APPLICABLE), ("HTTP", BROKEN)]
)
def test_a_listener_that_may_be_plain_is_undecided(protocol: Json, wanted: str) -> None:
    assert verdict("HttpListenerOnlyRedirects", alone(LISTENER, Protocol=protocol, DefaultActions=[])) == wanted


@pytest.mark.parametrize(
    ("kind", "wanted"), [(partly("lambda"), UNDECIDED), (partly("ip"), BROKEN), ("lambda", NOT_APPLICABLE)]
)
def test_functions_are_called_over_https_always(kind: Json, wanted: str) -> None:
    assert verdict("TargetGroupEncrypted", alone(TARGETS, Protocol="HTTP", TargetType=kind)) == wanted


@pytest.mark.parametrize(
    ("protocol", "kind", "wanted"),
    [
        ("HTTP", "ip", BROKEN),
        ("HTTPS", "ip", BROKEN),
        ("TCP", "ip", MET),
        ("TCP", "alb", BROKEN),
        ("http", "ip", MET),
    ],
)
def test_health_checks_are_plain_by_default(protocol: str, kind: str, wanted: str) -> None:
    group = alone(TARGETS, Protocol=protocol, TargetType=kind)
    assert verdict("TargetGroupHealthCheckedOverHttps", group) == wanted
