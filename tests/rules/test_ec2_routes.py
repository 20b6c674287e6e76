"""What else is judged of networks: where routes lead, whom endpoints admit, and what flow logs leave out."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import (
    BROKEN,
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

ENDPOINT, FLOW_LOG, ROUTE, SUBNET, VPC = (
    f"AWS::EC2::{kind}" for kind in ("VPCEndpoint", "FlowLog", "Route", "Subnet", "VPC")
)


def alone(kind: str, properties: Json) -> Body:
    return template({"It": resource(kind, properties)})


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        ("AWS::EC2::InternetGateway", BROKEN),
        ("AWS::EC2::VPNGateway", MET),
        ("AWS::EC2::CarrierGateway", MET),
        ("AWS::EC2::VPCEndpoint", MET),
        ("AWS::EC2::NetworkInterface", UNDECIDED),
    ],
)
def test_a_route_leads_to_what_its_gateway_is(kind: str, wanted: str) -> None:
    route = resource(ROUTE, {"GatewayId": {"Ref": "Gateway"}, "DestinationCidrBlock": "0.0.0.0/0"})
    assert verdict("RouteNotToInternetGateway", template({"It": route, "Gateway": resource(kind)})) == wanted


def test_a_value_made_of_two_gateways_is_neither_for_sure() -> None:
    route = resource(ROUTE, {"GatewayId": {"Fn::Sub": "${One}${Other}"}, "DestinationCidrBlock": "0.0.0.0/0"})
    body = template(
        {"It": route, "One": resource("AWS::EC2::InternetGateway"), "Other": resource("AWS::EC2::VPNGateway")}
    )
    assert verdict("RouteNotToInternetGateway", body) == UNDECIDED


@pytest.mark.parametrize("family", ["DestinationCidrBlock", "DestinationIpv6CidrBlock"])
def test_a_finding_names_the_family_of_addresses(family: str) -> None:
    route = alone(ROUTE, {"GatewayId": "igw-1", family: "0.0.0.0/0" if family == "DestinationCidrBlock" else "::/0"})
    assert outcome("RouteNotToInternetGateway", route).property == family
    narrow = {"DestinationCidrBlock": "203.0.113.0/24", "DestinationIpv6CidrBlock": "2001:db8::/32"}[family]
    assert verdict("RouteNotToInternetGateway", alone(ROUTE, {"GatewayId": "igw-1", family: narrow})) == MET


EVERYONE: Body = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}


def admitting(*statements: Json, **properties: Json) -> Body:
    own: Json = {"ServiceName": "com.amazonaws.us-east-1.s3", "PolicyDocument": {"Statement": list(statements)}}
    assert isinstance(own, dict)
    return alone(ENDPOINT, {**own, **properties})


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"Condition": {"StringEquals": {"aws:PrincipalArn": "arn:aws:iam::1:role/x"}}}, MET),
        ({"Condition": {"StringEquals": {"aws:PrincipalOrgPaths": "o-1/r-1/"}}}, MET),
        ({"Condition": {"StringEquals": {"aws:userid": "AIDA"}}}, MET),
        ({"Condition": {"StringEquals": {"aws:RequestedRegion": "us-east-1"}}}, BROKEN),
        ({"Condition": {"Bool": {"aws:PrincipalIsAWSService": "True"}}}, MET),
        ({"Condition": {"Bool": {"aws:PrincipalIsAWSService": "false"}}}, BROKEN),
        ({"Condition": {"Bool": {"aws:PrincipalIsAWSService": []}}}, BROKEN),
        ({"Effect": PARAMETER}, UNDECIDED),
        ({"Effect": "Deny"}, MET),
        ({"Resource": ["arn:aws:s3:::records/*", "*"]}, BROKEN),
        ({"Resource": ["arn:aws:s3:::records/*", "arn:aws:s3:::logs"]}, MET),
        ({"Resource": "arn:aws:s3:::record?/*"}, BROKEN),
        ({"Resource": "arn:aws:sqs:us-east-1:123456789012:*"}, MET),
        ({"Resource": "arn:aws:sqs:us-east-1:*:queue"}, BROKEN),
        ({"Resource": "arn:aws:s3"}, BROKEN),
        ({"Resource": PARAMETER}, UNDECIDED),
        ({"Resource": [PARAMETER, "arn:aws:s3:::records/*"]}, UNDECIDED),
        ({"Resource": [PARAMETER, "*"]}, BROKEN),
        ({"Resource": {"Fn::Sub": "arn:aws:s3:::${AnyParameter}/*"}}, MET),
    ],
)
def test_what_an_endpoint_admits_to_what_decides(changes: Body, wanted: str) -> None:
    assert verdict("VpcEndpointPolicyConfined", admitting({**EVERYONE, **changes})) == wanted


def without(statement: Body, name: str) -> Body:
    return {key: value for key, value in statement.items() if key != name}


@pytest.mark.parametrize(
    ("statement", "wanted"),
    [
        ({**without(EVERYONE, "Principal"), "NotPrincipal": {"AWS": "123456789012"}}, BROKEN),
        ({**without(EVERYONE, "Resource"), "NotResource": "arn:aws:s3:::records/*"}, BROKEN),
        ({**without(EVERYONE, "Principal"), "NotPrincipal": "*", "Resource": "arn:aws:s3:::records/*"}, MET),
    ],
)
def test_exceptions_admit_all_others(statement: Body, wanted: str) -> None:
    assert verdict("VpcEndpointPolicyConfined", admitting(statement)) == wanted


@pytest.mark.parametrize("kind", ["GatewayLoadBalancer", "Resource", "ServiceNetwork"])
def test_endpoints_that_take_no_policy_need_none(kind: str) -> None:
    assert verdict("VpcEndpointPolicyConfined", admitting(EVERYONE, VpcEndpointType=kind)) == NOT_APPLICABLE
    assert verdict("VpcEndpointPolicyConfined", admitting(EVERYONE, VpcEndpointType=kind.lower())) == BROKEN


@pytest.mark.parametrize("rule", ["FlowLogRecordsAllTraffic", "FlowLogRecordsWhoSpoke"])
@pytest.mark.parametrize(
    ("kind", "applies"),
    [("TransitGateway", False), ("TransitGatewayAttachment", False), ("VPC", True), ("transitgateway", True)],
)
def test_flow_logs_of_gateways_record_everything(rule: str, kind: str, applies: bool) -> None:
    found = verdict(rule, alone(FLOW_LOG, {"ResourceType": kind, "TrafficType": "ACCEPT", "LogFormat": "${start}"}))
    assert (found != NOT_APPLICABLE) is applies


def test_all_fields_that_are_missed_are_named() -> None:
    fields = "interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status tcp-flags"
    whole = " ".join(f"${{{field}}}" for field in fields.split())
    found = outcome("FlowLogRecordsWhoSpoke", alone(FLOW_LOG, {"ResourceType": "VPC", "LogFormat": whole}))
    assert found.found == "without pkt-srcaddr, pkt-dstaddr, flow-direction, traffic-path"


@pytest.mark.parametrize(
    ("one", "other", "wanted"),
    [("ACCEPT", "REJECT", MET), ("REJECT", "ACCEPT", MET), ("REJECT", "REJECT", BROKEN), ("x", "ALL", BROKEN)],
)
def test_a_second_flow_log_may_record_the_other_half(one: str, other: str, wanted: str) -> None:
    of_network: Body = {"ResourceId": {"Ref": "Vpc"}, "ResourceType": "VPC"}
    body = template(
        {
            "Vpc": resource(VPC),
            "It": resource(FLOW_LOG, {**of_network, "TrafficType": one}),
            "Second": resource(FLOW_LOG, {**of_network, "TrafficType": other}),
        }
    )
    assert verdict("FlowLogRecordsAllTraffic", body) == wanted


GROUP_OF_IT: Json = {"Fn::GetAtt": ["It", "DefaultSecurityGroup"]}


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("AWSConfigRemediation-RemoveVPCDefaultSecurityGroupRules", MET),
        ("AWS-CloseSecurityGroup", MET),
        ("aws-closesecuritygroup", BROKEN),
    ],
)
@pytest.mark.parametrize("parameter", ["GroupId", "SecurityGroupId"])
def test_each_runbook_closes_the_default_group(name: str, wanted: str, parameter: str) -> None:
    association = resource("AWS::SSM::Association", {"Name": name, "Parameters": {parameter: [GROUP_OF_IT]}})
    assert verdict("VpcDefaultSecurityGroupClosed", template({"It": resource(VPC), "Other": association})) == wanted


@pytest.mark.parametrize(
    ("zones", "wanted"),
    [(["use1-az1", "use1-az2"], MET), (["use1-az1", "use1-az1"], BROKEN), (["use1-az1", PARAMETER], UNDECIDED)],
)
def test_zones_may_be_named_by_their_ids(zones: list[Json], wanted: str) -> None:
    subnets = {
        f"Subnet{number}": resource(SUBNET, {"VpcId": {"Ref": "It"}, "AvailabilityZoneId": zone})
        for number, zone in enumerate(zones)
    }
    assert verdict("VpcSpansZones", template({"It": resource(VPC), **subnets})) == wanted


def test_a_subnet_that_may_be_of_the_network_leaves_it_open() -> None:
    own = resource(SUBNET, {"VpcId": {"Ref": "It"}, "AvailabilityZone": "us-east-1a"})
    other = resource(SUBNET, {"VpcId": PARAMETER, "AvailabilityZone": "us-east-1a"})
    assert verdict("VpcSpansZones", template({"It": resource(VPC), "Own": own, "Other": other})) == UNDECIDED
