"""What is judged of the traffic between the services of Amazon ECS."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import (
    BROKEN,
    GONE,
    MALFORMED,
    MET,
    NOT_APPLICABLE,
    PARAMETER,
    UNDECIDED,
    Body,
    outcome,
    resource,
    template,
    verdict,
)

RULE = "EcsServiceConnectEncrypted"
TLS: Json = {"IssuerCertificateAuthority": {"AwsPcaAuthorityArn": {"Fn::GetAtt": ["Authority", "Arn"]}}}


def service(configured: Json, protocol: Json = "http", task: Json = None) -> Body:
    mapping: Json = {"ContainerPort": 80, "Name": "web", "AppProtocol": protocol}
    other: Json = {"ContainerPort": 81, "Name": "admin"}
    properties: Json = {"TaskDefinition": task or {"Ref": "Task"}, "ServiceConnectConfiguration": configured}
    containers: Json = [{"PortMappings": [other, mapping]}]
    return template(
        {
            "It": resource("AWS::ECS::Service", properties),
            "Task": resource("AWS::ECS::TaskDefinition", {"ContainerDefinitions": containers}),
        }
    )


def offering(*services: Json, enabled: Json = True) -> Json:
    return {"Enabled": enabled, "Services": list(services)}


WEB: Body = {"PortName": "web"}


@pytest.mark.parametrize("protocol", ["http", "http2", "grpc"])
def test_a_port_of_http_needs_tls(protocol: str) -> None:
    assert verdict(RULE, service(offering(WEB), protocol)) == BROKEN
    assert verdict(RULE, service(offering({**WEB, "Tls": TLS}), protocol)) == MET
    assert verdict(RULE, service(offering({**WEB, "Tls": TLS}, WEB), protocol)) == BROKEN


@pytest.mark.parametrize(
    ("tls", "wanted"),
    [
        (GONE, BROKEN),
        ({}, BROKEN),
        ({"RoleArn": "arn"}, BROKEN),
        ({"IssuerCertificateAuthority": {"AwsPcaAuthorityArn": ""}}, BROKEN),
        (PARAMETER, UNDECIDED),
        ("x", BROKEN),
    ],
)
def test_tls_names_an_authority(tls: Json, wanted: str) -> None:
    assert verdict(RULE, service(offering({**WEB, "Tls": tls}))) == wanted


@pytest.mark.parametrize("protocol", [GONE, "tcp", PARAMETER, 7])
def test_on_a_port_without_a_protocol_the_program_may_speak_tls(protocol: Json) -> None:
    assert verdict(RULE, service(offering(WEB), protocol)) == UNDECIDED


@pytest.mark.parametrize(
    ("offered", "task"),
    [
        (WEB, "portal:1"),
        (WEB, PARAMETER),
        ({"PortName": "other"}, None),
        ({"PortName": PARAMETER}, None),
        ({}, None),
        (PARAMETER, None),
    ],
)
def test_a_port_that_is_not_in_the_templates_leaves_it_open(offered: Json, task: Json) -> None:
    assert verdict(RULE, service(offering(offered), task=task)) == UNDECIDED


@pytest.mark.parametrize("offered", ["x", 3, [], None, True])
def test_a_service_of_a_wrong_type_breaks(offered: Json) -> None:
    assert verdict(RULE, service(offering(offered))) == BROKEN


@pytest.mark.parametrize(
    ("configured", "wanted"),
    [
        (GONE, NOT_APPLICABLE),
        ({"Enabled": True}, NOT_APPLICABLE),
        (offering(), NOT_APPLICABLE),
        (offering(WEB, enabled=False), NOT_APPLICABLE),
        (offering(WEB, enabled="false"), NOT_APPLICABLE),
        (offering(WEB, enabled=PARAMETER), BROKEN),
        (PARAMETER, UNDECIDED),
        ({"Enabled": True, "Services": PARAMETER}, UNDECIDED),
    ],
)
def test_services_that_offer_nothing_are_not_judged(configured: Json, wanted: str) -> None:
    assert verdict(RULE, service(configured)) == wanted


@pytest.mark.parametrize("value", MALFORMED, ids=str)
def test_a_malformed_intrinsic_function_is_no_pass(value: Json) -> None:
    assert verdict(RULE, service(value)) in (BROKEN, UNDECIDED)


def test_a_finding_names_the_place() -> None:
    found = outcome(RULE, service(offering(WEB)))
    wanted = ("ServiceConnectConfiguration.Services[0].Tls", "absent, on a port of HTTP")
    assert (found.property, found.found) == wanted
