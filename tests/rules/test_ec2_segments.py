"""What is judged of the segments of a network: where data stores are, and what may leave."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules import RULES, Assembly, Settings, Template
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

STORES, EGRESS, GATEWAY = "DataStoreInIsolatedSubnets", "SecurityGroupEgressConfined", "InternetGatewayAuthorized"
GROUP = "AWS::EC2::SecurityGroup"
LOCAL: Json = {"RouteTableId": {"Ref": "Table"}, "DestinationCidrBlock": "10.1.0.0/16"}
DEFAULT: Json = {"RouteTableId": {"Ref": "Table"}, "DestinationCidrBlock": "0.0.0.0/0"}


def network(route: Json = None, association: Json = None) -> dict[str, Json]:
    """Make a VPC with a subnet and a route table with a route."""
    parts: dict[str, Json] = {
        "Vpc": resource("AWS::EC2::VPC", {}),
        "Subnet": resource("AWS::EC2::Subnet", {"VpcId": {"Ref": "Vpc"}}),
        "Table": resource("AWS::EC2::RouteTable", {"VpcId": {"Ref": "Vpc"}}),
        "Route": resource("AWS::EC2::Route", route or LOCAL),
        "Association": resource(
            "AWS::EC2::SubnetRouteTableAssociation",
            association or {"SubnetId": {"Ref": "Subnet"}, "RouteTableId": {"Ref": "Table"}},
        ),
    }
    return parts


PLACES: dict[str, Json] = {
    "AWS::DAX::SubnetGroup": {"SubnetIds": [{"Ref": "Subnet"}]},
    "AWS::DMS::ReplicationSubnetGroup": {"SubnetIds": [{"Ref": "Subnet"}]},
    "AWS::DocDB::DBSubnetGroup": {"SubnetIds": [{"Ref": "Subnet"}]},
    "AWS::EFS::MountTarget": {"SubnetId": {"Ref": "Subnet"}},
    "AWS::ElastiCache::ServerlessCache": {"SubnetIds": [{"Ref": "Subnet"}]},
    "AWS::ElastiCache::SubnetGroup": {"SubnetIds": [{"Ref": "Subnet"}]},
    "AWS::MemoryDB::SubnetGroup": {"SubnetIds": [{"Ref": "Subnet"}]},
    "AWS::Neptune::DBSubnetGroup": {"SubnetIds": [{"Ref": "Subnet"}]},
    "AWS::OpenSearchService::Domain": {"VPCOptions": {"SubnetIds": [{"Ref": "Subnet"}]}},
    "AWS::RDS::DBSubnetGroup": {"SubnetIds": [{"Ref": "Subnet"}]},
    "AWS::Redshift::ClusterSubnetGroup": {"SubnetIds": [{"Ref": "Subnet"}]},
    "AWS::RedshiftServerless::Workgroup": {"SubnetIds": [{"Ref": "Subnet"}]},
}


def test_every_type_that_is_judged_is_tried() -> None:
    assert set(RULES[STORES].applies_to) == set(PLACES)


@pytest.mark.parametrize("kind", PLACES)
@pytest.mark.parametrize(("route", "wanted"), [(LOCAL, MET), (DEFAULT, BROKEN)])
def test_the_routes_of_the_subnets_decide(kind: str, route: Json, wanted: str) -> None:
    assert verdict(STORES, template({"It": resource(kind, PLACES[kind]), **network(route)})) == wanted


@pytest.mark.parametrize(
    ("route", "wanted"),
    [
        ({"RouteTableId": {"Ref": "Table"}, "DestinationIpv6CidrBlock": "::/0"}, BROKEN),
        ({"RouteTableId": {"Ref": "Table"}, "DestinationIpv6CidrBlock": "fd00::/32"}, MET),
        ({"RouteTableId": {"Ref": "Table"}, "DestinationPrefixListId": "pl-1"}, MET),
        ({"RouteTableId": {"Ref": "Table"}, "DestinationCidrBlock": PARAMETER}, NOT_APPLICABLE),
        ({"RouteTableId": PARAMETER, "DestinationCidrBlock": "0.0.0.0/0"}, NOT_APPLICABLE),
        ({"RouteTableId": {"Ref": "Another"}, "DestinationCidrBlock": "0.0.0.0/0"}, MET),
    ],
)
def test_a_route_counts_where_it_leads_everywhere(route: Json, wanted: str) -> None:
    another = resource("AWS::EC2::RouteTable", {"VpcId": "vpc-2"})
    store = resource("AWS::RDS::DBSubnetGroup", {"SubnetIds": [{"Ref": "Subnet"}]})
    assert verdict(STORES, template({"It": store, **network(route), "Another": another})) == wanted


@pytest.mark.parametrize(("named", "wanted"), [(PARAMETER, NOT_APPLICABLE), ("subnet-2", MET)])
def test_another_association_may_be_of_the_subnet(named: Json, wanted: str) -> None:
    perhaps: Json = {"SubnetId": named, "RouteTableId": {"Ref": "Table"}}
    store = resource("AWS::RDS::DBSubnetGroup", {"SubnetIds": [{"Ref": "Subnet"}]})
    association = resource("AWS::EC2::SubnetRouteTableAssociation", perhaps)
    assert verdict(STORES, template({"It": store, **network(LOCAL), "Perhaps": association})) == wanted


@pytest.mark.parametrize(("ranges", "wanted"), [("0.0.0.0/0", BROKEN), ("203.0.113.0/24", MET)])
def test_a_route_to_a_prefix_list_leads_where_its_entries_are(ranges: str, wanted: str) -> None:
    listed = resource("AWS::EC2::PrefixList", {"Entries": [{"Cidr": ranges}]})
    route: Json = {"RouteTableId": {"Ref": "Table"}, "DestinationPrefixListId": {"Ref": "List"}}
    store = resource("AWS::RDS::DBSubnetGroup", {"SubnetIds": [{"Ref": "Subnet"}]})
    assert verdict(STORES, template({"It": store, **network(route), "List": listed})) == wanted


@pytest.mark.parametrize(
    ("association", "wanted"),
    [
        ({"SubnetId": "subnet-2", "RouteTableId": {"Ref": "Table"}}, NOT_APPLICABLE),
        ({"SubnetId": PARAMETER, "RouteTableId": {"Ref": "Table"}}, NOT_APPLICABLE),
        ({"SubnetId": {"Ref": "Subnet"}, "RouteTableId": "rtb-1"}, NOT_APPLICABLE),
    ],
)
def test_a_subnet_without_a_table_of_the_templates_leaves_it_open(association: Json, wanted: str) -> None:
    store = resource("AWS::RDS::DBSubnetGroup", {"SubnetIds": [{"Ref": "Subnet"}]})
    assert verdict(STORES, template({"It": store, **network(LOCAL, association)})) == wanted


@pytest.mark.parametrize(
    ("subnets", "wanted"),
    [
        ([{"Ref": "Subnet"}, "subnet-1"], NOT_APPLICABLE),
        (["subnet-1"], NOT_APPLICABLE),
        ([{"Ref": "Vpc"}], NOT_APPLICABLE),
        (PARAMETER, NOT_APPLICABLE),
        ("x", NOT_APPLICABLE),
        ([3], BROKEN),
        ({"a": "b"}, BROKEN),
        ([], NOT_APPLICABLE),
        (GONE, NOT_APPLICABLE),
    ],
)
def test_subnets_that_are_not_in_the_templates_leave_it_open(subnets: Json, wanted: str) -> None:
    store = resource("AWS::RDS::DBSubnetGroup", {"SubnetIds": subnets})
    assert verdict(STORES, template({"It": store, **network()})) == wanted


def test_one_subnet_that_leads_out_breaks() -> None:
    parts = network()
    other: dict[str, Json] = {
        "Open": resource("AWS::EC2::Subnet", {"VpcId": {"Ref": "Vpc"}}),
        "Out": resource("AWS::EC2::RouteTable", {"VpcId": {"Ref": "Vpc"}}),
        "Way": resource("AWS::EC2::Route", {"RouteTableId": {"Ref": "Out"}, "DestinationCidrBlock": "0.0.0.0/0"}),
        "Both": resource(
            "AWS::EC2::SubnetRouteTableAssociation", {"SubnetId": {"Ref": "Open"}, "RouteTableId": {"Ref": "Out"}}
        ),
    }
    store = resource("AWS::RDS::DBSubnetGroup", {"SubnetIds": [{"Ref": "Subnet"}, {"Ref": "Open"}]})
    assert verdict(STORES, template({"It": store, **parts, **other})) == BROKEN


def test_subnets_of_another_stack_are_followed() -> None:
    exported: Json = {"Id": {"Value": {"Ref": "Subnet"}, "Export": {"Name": "subnet"}}}
    store = resource("AWS::RDS::DBSubnetGroup", {"SubnetIds": [{"Fn::ImportValue": "subnet"}]})
    assert verdict(STORES, template(network(DEFAULT), Outputs=exported), template({"It": store})) == BROKEN


def opening(**changes: Json) -> Body:
    return {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "0.0.0.0/0", **changes}


OPENINGS = [
    (opening(), MET),
    (opening(IpProtocol="udp"), MET),
    (opening(CidrIp="10.0.0.0/8", FromPort=5432, ToPort=5432), MET),
    (opening(CidrIp=GONE, DestinationPrefixListId="pl-1", FromPort=0, ToPort=65535), MET),
    ({"CidrIp": "255.255.255.255/32", "IpProtocol": "icmp", "FromPort": 252, "ToPort": 86}, MET),
    ({"CidrIp": "0.0.0.0/0", "IpProtocol": "-1"}, BROKEN),
    (opening(FromPort=80, ToPort=80), BROKEN),
    (opening(ToPort=444), BROKEN),
    (opening(CidrIp=GONE, CidrIpv6="::/0", FromPort=0), BROKEN),
    (opening(FromPort=PARAMETER), UNDECIDED),
    (opening(CidrIp=PARAMETER, FromPort=80), UNDECIDED),
]


@pytest.mark.parametrize(("rule_", "wanted"), OPENINGS)
def test_what_may_be_called_decides(rule_: Body, wanted: str) -> None:
    group = resource(GROUP, {"VpcId": "vpc-1", "SecurityGroupEgress": [rule_]})
    assert verdict(EGRESS, template({"It": group})) == wanted
    alone = resource("AWS::EC2::SecurityGroupEgress", {"GroupId": "sg-1", **rule_})
    assert verdict(EGRESS, template({"It": alone})) == wanted


@pytest.mark.parametrize(("ranges", "wanted"), [("0.0.0.0/0", BROKEN), ("203.0.113.0/24", MET)])
def test_the_entries_of_a_prefix_list_are_what_may_be_called(ranges: str, wanted: str) -> None:
    rule_ = opening(CidrIp=GONE, DestinationPrefixListId={"Ref": "List"}, FromPort=0, ToPort=65535)
    group = resource(GROUP, {"VpcId": "vpc-1", "SecurityGroupEgress": [rule_]})
    listed = resource("AWS::EC2::PrefixList", {"Entries": [{"Cidr": ranges}]})
    assert verdict(EGRESS, template({"It": group, "List": listed})) == wanted


@pytest.mark.parametrize(
    ("rules", "wanted"),
    [
        ([opening(), opening(IpProtocol="-1")], BROKEN),
        (opening(IpProtocol="-1"), BROKEN),
        ([PARAMETER], UNDECIDED),
        (PARAMETER, UNDECIDED),
        ([], BROKEN),
        (GONE, BROKEN),
    ],
)
def test_every_rule_of_a_group_is_judged(rules: Json, wanted: str) -> None:
    assert verdict(EGRESS, template({"It": resource(GROUP, {"SecurityGroupEgress": rules})})) == wanted


@pytest.mark.parametrize("value", MALFORMED, ids=str)
def test_a_malformed_intrinsic_function_is_no_pass(value: Json) -> None:
    assert verdict(EGRESS, template({"It": resource(GROUP, {"SecurityGroupEgress": value})})) in (BROKEN, UNDECIDED)


@pytest.mark.parametrize(
    ("named", "wanted"),
    [({"Ref": "It"}, MET), ({"Fn::GetAtt": ["It", "GroupId"]}, MET), (PARAMETER, UNDECIDED), ("sg-2", BROKEN)],
)
def test_a_rule_of_its_own_takes_the_place_of_the_one_that_lets_everything_out(named: Json, wanted: str) -> None:
    rule_ = resource("AWS::EC2::SecurityGroupEgress", {"GroupId": named, **opening()})
    assert verdict(EGRESS, template({"It": resource(GROUP, {}), "Rule": rule_})) == wanted


@pytest.mark.parametrize(
    ("route", "wanted"),
    [
        (LOCAL, MET),
        (DEFAULT, BROKEN),
        ({"RouteTableId": PARAMETER, "DestinationCidrBlock": "0.0.0.0/0"}, BROKEN),
    ],
)
def test_a_network_that_nothing_leads_out_of_confines_by_itself(route: Json, wanted: str) -> None:
    group = resource(GROUP, {"VpcId": {"Ref": "Vpc"}})
    assert verdict(EGRESS, template({"It": group, **network(route)})) == wanted
    rule_ = resource("AWS::EC2::SecurityGroupEgress", {"GroupId": {"Ref": "Group"}, **opening(IpProtocol="-1")})
    assert verdict(EGRESS, template({"It": rule_, "Group": group, **network(route)})) == wanted


def test_each_network_has_routes_of_its_own() -> None:
    opening: Json = [{"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}]
    body = template(
        {
            **network(DEFAULT),
            "Closed": resource("AWS::EC2::VPC", {}),
            "ClosedTable": resource("AWS::EC2::RouteTable", {"VpcId": {"Ref": "Closed"}}),
            **{
                f"Of{vpc}": resource(GROUP, {"VpcId": {"Ref": vpc}, "SecurityGroupEgress": opening})
                for vpc in ("Vpc", "Closed")
            },
        }
    )
    made = Template(body)
    Assembly([made])
    found = [RULES[EGRESS].judge(made.resources[name]).verdict.value for name in ("OfVpc", "OfClosed")]
    assert found == [BROKEN, MET]


def test_a_network_without_route_tables_in_the_templates_leads_anywhere() -> None:
    group = resource(GROUP, {"VpcId": {"Ref": "Vpc"}})
    assert verdict(EGRESS, template({"It": group, "Vpc": resource("AWS::EC2::VPC", {})})) == BROKEN


def test_a_table_that_may_be_of_the_network_leaves_the_finding() -> None:
    group = resource(GROUP, {"VpcId": {"Ref": "Vpc"}})
    hidden = resource("AWS::EC2::RouteTable", {"VpcId": PARAMETER})
    assert verdict(EGRESS, template({"It": group, **network(), "Hidden": hidden})) == BROKEN


def attached(vpc: Json = None, **settings: tuple[str, ...]) -> str:
    gateway: Json = {"VpcId": vpc or {"Ref": "Vpc"}, "InternetGatewayId": {"Ref": "Gateway"}}
    network_ = resource("AWS::EC2::VPC", {}, Metadata={"aws:cdk:path": "Edge/Network/Resource"})
    body = template(
        {
            "It": resource("AWS::EC2::VPCGatewayAttachment", gateway),
            "Vpc": network_,
            "Gateway": resource("AWS::EC2::InternetGateway"),
        }
    )
    return verdict(GATEWAY, body, settings=Settings(**settings))


@pytest.mark.parametrize(
    ("vpcs", "wanted"),
    [((), BROKEN), (("Vpc",), MET), (("Edge/Network/Resource",), MET), (("Other", "vpc-1"), BROKEN)],
)
def test_a_gateway_is_attached_where_the_team_wants_one(vpcs: tuple[str, ...], wanted: str) -> None:
    assert attached(internet_vpcs=vpcs) == wanted


@pytest.mark.parametrize(("vpc", "wanted"), [("vpc-1", MET), ("vpc-2", BROKEN), (7, BROKEN), (PARAMETER, UNDECIDED)])
def test_a_vpc_that_is_not_in_the_templates_is_named_by_its_id(vpc: Json, wanted: str) -> None:
    assert attached(vpc, internet_vpcs=("vpc-1",)) == wanted


def test_without_a_decision_no_gateway_is_judged() -> None:
    assert attached() == NOT_APPLICABLE


def test_gateways_of_a_vpn_are_not_judged() -> None:
    body = template({"It": resource("AWS::EC2::VPCGatewayAttachment", {"VpcId": "vpc-1", "VpnGatewayId": "vgw-1"})})
    assert verdict(GATEWAY, body, settings=Settings(internet_vpcs=())) == NOT_APPLICABLE


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        (template({"It": resource(GROUP, {})}), ("SecurityGroupEgress", "absent: everything")),
        (
            template({"It": resource(GROUP, {"SecurityGroupEgress": [opening(FromPort=80)]})}),
            ("SecurityGroupEgress[0]", "everything outside, on other ports than 443"),
        ),
        (
            template({"It": resource(GROUP, {"SecurityGroupEgress": [opening(FromPort=PARAMETER)]})}),
            ("SecurityGroupEgress[0]", "an intrinsic function hides what is called on which port"),
        ),
    ],
)
def test_a_finding_says_what_is_wrong(body: Body, wanted: tuple[str, str]) -> None:
    found = outcome(EGRESS, body)
    assert (found.property, found.found) == wanted


def test_a_finding_names_the_subnet() -> None:
    store = resource("AWS::RDS::DBSubnetGroup", {"SubnetIds": [{"Ref": "Subnet"}]})
    found = outcome(STORES, template({"It": store, **network(DEFAULT)}))
    assert (found.property, found.found) == ("SubnetIds[0]", "a subnet with a default route")
