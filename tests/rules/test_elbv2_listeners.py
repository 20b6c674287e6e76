"""What is judged of listeners that pass through what they get, and of the target groups behind them."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import BROKEN, MET, PARAMETER, UNDECIDED, Body, outcome, partly, resource, template, verdict

LISTENER = "AWS::ElasticLoadBalancingV2::Listener"
TARGETS = "AWS::ElasticLoadBalancingV2::TargetGroup"
CHECKED: Body = {"Protocol": "TCP", "Port": 8443, "HealthCheckProtocol": "HTTPS"}
ENDING_TLS: list[Body] = [
    CHECKED,
    {**CHECKED, "HealthCheckPort": "traffic-port"},
    {**CHECKED, "HealthCheckPort": "8443"},
    {**CHECKED, "HealthCheckEnabled": True},
]
NOT_SURELY_ENDING_TLS: list[Body] = [
    {**CHECKED, "HealthCheckPort": "8080"},
    {**CHECKED, "HealthCheckPort": PARAMETER},
    {**CHECKED, "HealthCheckProtocol": "TCP"},
    {**CHECKED, "HealthCheckProtocol": "HTTP"},
    {**CHECKED, "HealthCheckProtocol": PARAMETER},
    {**CHECKED, "HealthCheckEnabled": False},
    {**CHECKED, "HealthCheckEnabled": PARAMETER},
    {**CHECKED, "Protocol": "TCP_UDP"},
    {"Protocol": "TCP", "Port": 8443},
]


def forwarding(*actions: Json, group: Body, protocol: str = "TCP", port: int = 443) -> Body:
    properties: Body = {"Protocol": protocol, "Port": port, "DefaultActions": list(actions)}
    return template({"It": resource(LISTENER, properties), "Targets": resource(TARGETS, group)})


TO_TARGETS: Json = {"Type": "forward", "TargetGroupArn": {"Ref": "Targets"}}
WEIGHED: Json = {"Type": "forward", "ForwardConfig": {"TargetGroups": [{"TargetGroupArn": {"Ref": "Targets"}}]}}
ELSEWHERE: Json = {"Type": "forward", "TargetGroupArn": "arn:aws:elasticloadbalancing:us-east-1:1:targetgroup/x/1"}


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        *((forwarding(TO_TARGETS, group=group), MET) for group in ENDING_TLS),
        *((forwarding(TO_TARGETS, group=group), UNDECIDED) for group in NOT_SURELY_ENDING_TLS),
        (forwarding(WEIGHED, group=CHECKED), MET),
        (forwarding(TO_TARGETS, group={"Protocol": "TCP", "TargetType": "alb", "Port": 443}), MET),
        (forwarding(TO_TARGETS, group={"Protocol": "TCP", "TargetType": "alb", "Port": 8443}), UNDECIDED),
        (forwarding(TO_TARGETS, group={"Protocol": "TLS", "Port": 8443}), UNDECIDED),
        (forwarding(TO_TARGETS, ELSEWHERE, group=CHECKED), UNDECIDED),
        (forwarding(ELSEWHERE, group=CHECKED), UNDECIDED),
        (forwarding({"Type": "forward", "TargetGroupArn": {"Ref": "It"}}, group=CHECKED), UNDECIDED),
        (forwarding(group=CHECKED), UNDECIDED),
        (forwarding(TO_TARGETS, group=CHECKED, protocol="UDP"), UNDECIDED),
        (forwarding(TO_TARGETS, group=CHECKED, port=80), BROKEN),
    ],
    ids=str,
)
def test_what_is_passed_through_is_tls_if_the_targets_must_answer_https(body: Body, wanted: str) -> None:
    assert verdict("NlbListenerEncrypted", body) == wanted


@pytest.mark.parametrize(
    ("properties", "wanted"),
    [
        *((properties, MET) for properties in ENDING_TLS),
        *((properties, UNDECIDED) for properties in NOT_SURELY_ENDING_TLS),
    ],
    ids=str,
)
def test_targets_that_must_answer_https_end_tls(properties: Body, wanted: str) -> None:
    assert verdict("TargetGroupEncrypted", template({"It": resource(TARGETS, properties)})) == wanted


def behind(listener: Json, group: Body = CHECKED) -> Body:
    return template({"It": resource(TARGETS, group), "Listener": resource(LISTENER, listener)})


TO_IT: Json = {"Type": "forward", "TargetGroupArn": {"Ref": "It"}}
WEIGHED_TO_IT: Json = {"Type": "forward", "ForwardConfig": {"TargetGroups": [{"TargetGroupArn": {"Ref": "It"}}]}}


@pytest.mark.parametrize(
    ("protocol", "action", "wanted"),
    [
        ("TLS", TO_IT, BROKEN),
        ("TLS", WEIGHED_TO_IT, BROKEN),
        ("TCP", TO_IT, MET),
        (PARAMETER, TO_IT, UNDECIDED),
        (partly("TCP"), TO_IT, UNDECIDED),
        (partly("UDP"), TO_IT, MET),
        ("TLS", ELSEWHERE, MET),
        ("TLS", {"TargetGroupArn": PARAMETER}, UNDECIDED),
        (PARAMETER, {"TargetGroupArn": PARAMETER}, UNDECIDED),
        ("TCP", {"TargetGroupArn": PARAMETER}, MET),
    ],
    ids=str,
)
def test_targets_behind_a_listener_that_ended_tls_get_plain_text(protocol: Json, action: Json, wanted: str) -> None:
    body = behind({"Protocol": protocol, "DefaultActions": [action]})
    assert verdict("TargetGroupEncrypted", body) == wanted


def test_targets_of_plain_tcp_behind_a_listener_that_ended_tls_break() -> None:
    body = behind({"Protocol": "TLS", "DefaultActions": [TO_IT]}, {"Protocol": "TCP", "Port": 8080})
    assert outcome("TargetGroupEncrypted", body).found == "TCP behind a listener that ends TLS"


def test_targets_that_are_reached_over_tls_again_are_let_be() -> None:
    body = behind({"Protocol": "TLS", "DefaultActions": [TO_IT]}, {"Protocol": "TLS", "Port": 8443})
    assert verdict("TargetGroupEncrypted", body) == MET


REDIRECTING: Json = {"Type": "redirect", "RedirectConfig": {"Protocol": "HTTPS", "StatusCode": "HTTP_301"}}
ANSWERING: Json = {"Type": "forward", "TargetGroupArn": "x"}


@pytest.mark.parametrize(
    ("port", "listener", "wanted"),
    [
        (8443, {"Port": 8443, "Protocol": "HTTPS"}, MET),
        (8443, {"Port": "8443", "Protocol": "HTTPS"}, MET),
        (8443, {"Port": 443, "Protocol": "HTTPS"}, UNDECIDED),
        (8443, {"Port": 8443, "Protocol": PARAMETER}, UNDECIDED),
        (8443, {"Port": PARAMETER, "Protocol": "HTTPS"}, UNDECIDED),
        (443, {"Port": 443, "Protocol": "HTTP", "DefaultActions": [ANSWERING]}, BROKEN),
        (443, {"Port": 443, "Protocol": "HTTP", "DefaultActions": [REDIRECTING]}, UNDECIDED),
        (443, {"Port": 443, "Protocol": PARAMETER}, UNDECIDED),
        (443, {"Port": 80, "Protocol": "HTTP", "DefaultActions": [ANSWERING]}, MET),
        (8080, {"Port": 8080, "Protocol": "HTTP", "DefaultActions": [ANSWERING]}, BROKEN),
    ],
    ids=str,
)
def test_the_listener_of_the_load_balancer_behind_it_decides(port: int, listener: Body, wanted: str) -> None:
    group: Json = {"Protocol": "TCP", "TargetType": "alb", "Port": port, "Targets": [{"Id": {"Ref": "Inner"}}]}
    outer: Json = {"Protocol": "TCP", "Port": 443, "DefaultActions": [TO_TARGETS]}
    body = template(
        {
            "It": resource(LISTENER, outer),
            "Targets": resource(TARGETS, group),
            "Inner": resource("AWS::ElasticLoadBalancingV2::LoadBalancer", {}),
            "Listener": resource(LISTENER, {"LoadBalancerArn": {"Ref": "Inner"}, **listener}),
        }
    )
    assert verdict("NlbListenerEncrypted", body) == wanted
    assert verdict("TargetGroupEncrypted", body, of="Targets") == wanted


def test_one_plain_group_of_several_breaks() -> None:
    plain: Json = {"Protocol": "TCP", "TargetType": "alb", "Port": 8080, "Targets": [{"Id": {"Ref": "Inner"}}]}
    inner: Json = {"Port": 8080, "Protocol": "HTTP", "LoadBalancerArn": {"Ref": "Inner"}}
    actions: Json = [TO_TARGETS, ELSEWHERE, {"Type": "forward", "TargetGroupArn": {"Ref": "Plain"}}]
    body = template(
        {
            "It": resource(LISTENER, {"Protocol": "TCP", "Port": 443, "DefaultActions": actions}),
            "Targets": resource(TARGETS, CHECKED),
            "Plain": resource(TARGETS, plain),
            "Inner": resource("AWS::ElasticLoadBalancingV2::LoadBalancer", {}),
            "Listener": resource(LISTENER, inner),
        }
    )
    assert outcome("NlbListenerEncrypted", body).found == "it passes through to an HTTP listener"


def test_what_only_the_targets_know_is_told_at_the_listener_and_at_the_group() -> None:
    body = forwarding(TO_TARGETS, group={"Protocol": "TCP", "Port": 8443})
    told = "it passes through what it gets; only the targets know whether that is TLS"
    assert outcome("NlbListenerEncrypted", body).found == told
    assert outcome("TargetGroupEncrypted", body, of="Targets").found == told
