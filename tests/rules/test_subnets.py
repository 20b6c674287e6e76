"""What makes a subnet public, asked through mount targets of Amazon EFS."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import (
    BROKEN,
    GONE,
    MET,
    PARAMETER,
    UNDECIDED,
    Body,
    changed,
    outcome,
    resource,
    template,
    verdict,
)
from tests.rules._stores import network

RULE = "EfsMountTargetPrivate"


def mounted(subnet: Json = None, **others: Json) -> Body:
    target = resource("AWS::EFS::MountTarget", {"SubnetId": {"Ref": "Subnet"} if subnet is None else subnet})
    return template({"It": target, **others})


@pytest.mark.parametrize(
    ("public", "wanted"), [(GONE, MET), (False, MET), (True, BROKEN), ("x", BROKEN), (PARAMETER, UNDECIDED)]
)
def test_public_addresses_make_it_public(public: Json, wanted: str) -> None:
    assert verdict(RULE, mounted(**network(public=public))) == wanted


@pytest.mark.parametrize(("public", "start"), [(True, ""), (PARAMETER, "it may be ")])
def test_a_finding_says_that_addresses_are_given_out(public: Json, start: str) -> None:
    found = outcome(RULE, mounted(**network(public=public)))
    assert found.found == f"{start}a subnet that gives out public addresses"


@pytest.mark.parametrize(
    ("gateway", "wanted"),
    [
        ({"Ref": "Gateway"}, BROKEN),
        ({"Fn::GetAtt": ["Gateway", "InternetGatewayId"]}, BROKEN),
        ("igw-0123", BROKEN),
        ("vgw-0123", MET),
        ({"Ref": "Nat"}, MET),
        (GONE, MET),
        (7, MET),
        (PARAMETER, UNDECIDED),
    ],
    ids=str,
)
def test_a_route_to_an_internet_gateway_makes_it_public(gateway: Json, wanted: str) -> None:
    assert verdict(RULE, mounted(**network(gateway=gateway))) == wanted


@pytest.mark.parametrize(
    ("destination", "wanted"),
    [("0.0.0.0/0", BROKEN), ("0.0.0.0/1", BROKEN), ("10.0.0.0/8", MET), (PARAMETER, UNDECIDED)],
)
def test_a_route_to_the_whole_internet_makes_it_public(destination: Json, wanted: str) -> None:
    assert verdict(RULE, mounted(**network(gateway={"Ref": "Gateway"}, destination=destination))) == wanted


def test_a_route_of_ipv6_makes_it_public() -> None:
    made = network(gateway={"Ref": "Gateway"}, destination="10.0.0.0/8")
    body = changed(mounted(**made), ("Resources", "Route", "Properties", "DestinationIpv6CidrBlock"), "::/0")
    assert verdict(RULE, body) == BROKEN


@pytest.mark.parametrize(
    ("subnet", "wanted"),
    [("subnet-0123", UNDECIDED), (PARAMETER, UNDECIDED), ({"Ref": "Gateway"}, UNDECIDED), (GONE, BROKEN), (7, BROKEN)],
    ids=str,
)
def test_a_subnet_that_is_not_here_decides_nothing(subnet: Json, wanted: str) -> None:
    assert verdict(RULE, mounted(subnet, **network())) == wanted


def test_a_subnet_of_another_stack_counts() -> None:
    outputs: Json = {"O": {"Value": {"Ref": "Subnet"}, "Export": {"Name": "subnet"}}}
    other = template(network(gateway={"Ref": "Gateway"}), Outputs=outputs)
    assert verdict(RULE, mounted({"Fn::ImportValue": "subnet"}), other) == BROKEN


@pytest.mark.parametrize("table", ["rtb-0123", PARAMETER, {"Fn::ImportValue": "x"}], ids=str)
def test_a_table_that_is_not_here_leaves_it_open(table: Json) -> None:
    path = ("Resources", "Association", "Properties", "RouteTableId")
    assert verdict(RULE, changed(mounted(**network()), path, table)) == UNDECIDED


@pytest.mark.parametrize(("place", "name"), [("Association", "SubnetId"), ("Route", "RouteTableId")])
def test_what_may_be_about_the_subnet_leaves_it_open(place: str, name: str) -> None:
    body = changed(mounted(**network(gateway={"Ref": "Gateway"})), ("Resources", place, "Properties", name), PARAMETER)
    assert verdict(RULE, body) == UNDECIDED


def test_a_subnet_without_a_table_of_its_own_is_private_as_far_as_can_be_seen() -> None:
    made = {name: one for name, one in network().items() if name != "Association"}
    assert verdict(RULE, mounted(**made)) == MET
