"""Ports, protocols and ranges of addresses, as rules of security groups write them."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules import Assembly, Node, Template
from hipaa_constructs.rules._network import covers, in_range, is_wide, only_port
from hipaa_constructs.rules._value import Json
from tests.rules._judging import PARAMETER, outcome, resource, template

GONE: Json = {"Ref": "AWS::NoValue"}


def opening(**parts: Json) -> Node:
    home = Template(
        template(
            {
                "It": resource("AWS::EC2::SecurityGroupIngress", parts),
                "Vpc": resource("AWS::EC2::VPC"),
                "Subnet": resource("AWS::EC2::Subnet"),
                "Block": resource("AWS::EC2::VPCCidrBlock"),
                "Pool": resource("AWS::EC2::IPAMPoolCidr"),
                "Address": resource("AWS::EC2::EIP"),
            }
        )
    )
    Assembly([home])
    return home.resources["It"].at()


@pytest.mark.parametrize(
    ("protocol", "port", "answer"),
    [
        ("tcp", 22, True),
        ("TCP", 22, True),
        ("6", 22, True),
        (6, 22, True),
        ("all", 22, True),
        ("", 22, True),
        (GONE, 22, True),
        ([], 22, True),
        ("tcp", 23, False),
        ("all", 23, False),
        ("-1", 23, True),
        (-1, 23, True),
        ("udp", 22, False),
        ("17", 22, False),
        ("icmp", 22, False),
        ("x", 22, False),
        (PARAMETER, 22, None),
    ],
)
def test_the_protocol_decides_whether_ports_count(protocol: Json, port: int, answer: bool | None) -> None:
    assert covers(opening(IpProtocol=protocol, FromPort=22, ToPort=22), port) is answer


@pytest.mark.parametrize(
    ("first", "last", "answer"),
    [
        (22, 22, True),
        (21, 23, True),
        ("22", "22", True),
        (23, 30, False),
        (1, 21, False),
        (22, GONE, True),
        (GONE, 22, True),
        (-1, 22, True),
        (1, -1, True),
        (-1, -1, True),
        ("x", 21, True),
        (PARAMETER, 22, None),
        (PARAMETER, 21, False),
        (22, PARAMETER, None),
        (23, PARAMETER, False),
        (PARAMETER, -1, None),
        (PARAMETER, PARAMETER, None),
    ],
)
def test_a_port_lies_in_a_range(first: Json, last: Json, answer: bool | None) -> None:
    place = opening(FromPort=first, ToPort=last)
    assert in_range(place.at("FromPort"), place.at("ToPort"), 22) is answer


@pytest.mark.parametrize(
    ("protocol", "first", "last", "answer"),
    [
        ("tcp", 443, 443, True),
        ("udp", 443, 443, True),
        ("6", 443, 443, True),
        ("17", 443, 443, True),
        (6, 443, 443, True),
        (17, 443, 443, True),
        ("-1", 443, 443, False),
        ("icmp", 443, 443, False),
        (7, 443, 443, False),
        (18, 443, 443, False),
        ("tcp", 443, 444, False),
        ("tcp", 442, 443, False),
        ("tcp", 443, PARAMETER, None),
        ("tcp", PARAMETER, 444, False),
        (PARAMETER, 443, 443, None),
    ],
)
def test_one_port_and_no_other(protocol: Json, first: Json, last: Json, answer: bool | None) -> None:
    assert only_port(opening(IpProtocol=protocol, FromPort=first, ToPort=last), 443) is answer


@pytest.mark.parametrize(
    ("addresses", "answer"),
    [
        ("0.0.0.0/0", True),
        ("10.0.0.0/7", True),
        ("10.0.0.0/8", False),
        ("10.1.2.3/8", False),
        ("203.0.113.7", False),
        ("::/0", True),
        ("2001:db8::/31", True),
        ("2001:db8::/32", False),
        ("anywhere", True),
        ("", True),
        (3, True),
        (GONE, False),
        (PARAMETER, None),
        ({"Fn::GetAtt": ["Vpc", "CidrBlock"]}, False),
        ({"Fn::GetAtt": ["Subnet", "CidrBlock"]}, False),
        ({"Fn::GetAtt": ["Block", "CidrBlock"]}, False),
        ({"Fn::GetAtt": ["Pool", "Cidr"]}, False),
        ({"Fn::GetAtt": ["Address", "PublicIp"]}, None),
    ],
)
def test_a_range_of_addresses_is_the_public_or_not(addresses: Json, answer: bool | None) -> None:
    assert is_wide(opening(CidrIp=addresses).at("CidrIp")) is answer


def test_all_ports_that_are_reached_are_named() -> None:
    everything: Json = {"IpProtocol": "tcp", "FromPort": 20, "ToPort": 23, "CidrIp": "0.0.0.0/0"}
    found = outcome(
        "SecurityGroupAdminPortsClosed", template({"It": resource("AWS::EC2::SecurityGroupIngress", everything)})
    )
    assert found.found == "the internet reaches port 20, 21, 23"
