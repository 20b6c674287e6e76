"""What is judged of listeners that pass through what they get, and of the target groups behind them."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import BROKEN, MET, PARAMETER, UNDECIDED, Body, resource, template, verdict

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
