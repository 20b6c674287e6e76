"""What is judged of security groups and network ACLs."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import (
    BROKEN,
    GONE,
    MET,
    NOT_APPLICABLE,
    PARAMETER,
    UNDECIDED,
    Body,
    resource,
    template,
    verdict,
)

GROUP = "AWS::EC2::SecurityGroup"
INGRESS = "AWS::EC2::SecurityGroupIngress"
OPEN_ON_HTTPS = "SecurityGroupOpenOnHttpsOnly"
EGRESS = "AWS::EC2::SecurityGroupEgress"
ENTRY = "AWS::EC2::NetworkAclEntry"


def opening(port: Json = 22, last: Json = None, **changes: Json) -> Body:
    whole: Body = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port if last is None else last}
    return {**whole, "CidrIp": "0.0.0.0/0", **changes}


def both(rule: str, properties: Body) -> tuple[str, str]:
    """Judge an ingress rule as a resource of its own and inside a group."""
    vpc = {"Vpc": resource("AWS::EC2::VPC")}
    inside: Json = {"SecurityGroupIngress": [properties]}
    return (
        verdict(rule, template({"It": resource(INGRESS, properties), **vpc})),
        verdict(rule, template({"It": resource(GROUP, inside), **vpc})),
    )


@pytest.mark.parametrize(
    ("properties", "wanted"),
    [
        (opening(22), BROKEN),
        (opening(0, 65535), BROKEN),
        (opening(22, CidrIp=GONE, CidrIpv6="::/0"), BROKEN),
        (opening(22, CidrIp="0.0.0.0/1"), BROKEN),
        (opening(22, CidrIp=7), BROKEN),
        ({"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}, BROKEN),
        ({"IpProtocol": -1, "CidrIp": "0.0.0.0/0"}, BROKEN),
        (opening(443), MET),
        (opening(22, IpProtocol="udp"), MET),
        (opening(22, CidrIp="10.0.0.0/8"), MET),
        (opening(22, CidrIp=GONE, SourceSecurityGroupId="sg-1"), MET),
        (opening(22, CidrIp={"Fn::GetAtt": ["Vpc", "CidrBlock"]}), MET),
        (opening(22, CidrIp=PARAMETER), UNDECIDED),
        (opening(PARAMETER, PARAMETER), UNDECIDED),
        (opening(22, IpProtocol=PARAMETER), UNDECIDED),
        (opening(443, PARAMETER), MET),
    ],
)
def test_ssh_from_the_internet_breaks(properties: Body, wanted: str) -> None:
    assert both("SecurityGroupSshClosed", properties) == (wanted, wanted)


PORTS = (
    20, 21, 23, 135, 445, 1433, 1434, 1521, 2049, 3306, 3309, 3389, 4333, 5432, 5439, 6379, 9200, 11211, 27017,
)  # fmt: skip


@pytest.mark.parametrize("port", PORTS)
def test_databases_and_administration_from_the_internet_break(port: int) -> None:
    assert both("SecurityGroupAdminPortsClosed", opening(port)) == (BROKEN, BROKEN)


@pytest.mark.parametrize("port", sorted({near for port in PORTS for near in (port - 1, port + 1)} - {*PORTS}))
def test_the_ports_beside_are_not_meant(port: int) -> None:
    assert both("SecurityGroupAdminPortsClosed", opening(port)) == (MET, MET)


@pytest.mark.parametrize(
    ("properties", "wanted"),
    [
        (opening(443), MET),
        (opening(8443), BROKEN),
        (opening(80), BROKEN),
        (opening(443, 444), BROKEN),
        ({"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}, BROKEN),
        (opening(80, CidrIp="10.0.0.0/16"), MET),
        (opening(80, CidrIp=PARAMETER), UNDECIDED),
        (opening(PARAMETER, PARAMETER), UNDECIDED),
    ],
)
def test_the_internet_reaches_https_only(properties: Body, wanted: str) -> None:
    assert both("SecurityGroupOpenOnHttpsOnly", properties) == (wanted, wanted)


@pytest.mark.parametrize("rule", ["SecurityGroupSshClosed", "SecurityGroupAdminPortsClosed"])
@pytest.mark.parametrize(
    ("ingress", "wanted"),
    [(GONE, MET), ([], MET), (PARAMETER, UNDECIDED), ([PARAMETER], UNDECIDED), ([GONE], MET)],
)
def test_a_group_without_or_with_hidden_rules(rule: str, ingress: Json, wanted: str) -> None:
    assert verdict(rule, template({"It": resource(GROUP, {"SecurityGroupIngress": ingress})})) == wanted


@pytest.mark.parametrize(("port", "wanted"), [(22, BROKEN), (443, MET)])
def test_one_rule_need_not_stand_in_a_list(port: int, wanted: str) -> None:
    assert (
        verdict("SecurityGroupSshClosed", template({"It": resource(GROUP, {"SecurityGroupIngress": opening(port)})}))
        == wanted
    )


def prefixes(*ranges: Json) -> Json:
    return resource("AWS::EC2::PrefixList", {"Entries": [{"Cidr": one} for one in ranges]})


@pytest.mark.parametrize("port", [22, 3389, 8080])
@pytest.mark.parametrize(
    ("listed", "wanted"),
    [
        (prefixes("0.0.0.0/0"), BROKEN),
        (prefixes("10.0.0.0/8", "::/0"), BROKEN),
        (prefixes(PARAMETER, "0.0.0.0/0"), BROKEN),
        (prefixes("10.0.0.0/8", "192.0.2.0/24"), MET),
        (prefixes(), MET),
        (prefixes("10.0.0.0/8", PARAMETER), UNDECIDED),
        (resource("AWS::EC2::PrefixList", {"Entries": PARAMETER}), UNDECIDED),
        (resource("AWS::S3::Bucket"), MET),
    ],
    ids=str,
)
def test_the_entries_of_a_prefix_list_decide(port: int, listed: Json, wanted: str) -> None:
    rule = {22: "SecurityGroupSshClosed", 3389: "SecurityGroupAdminPortsClosed"}.get(port, OPEN_ON_HTTPS)
    whole = opening(port, CidrIp=GONE, SourcePrefixListId={"Ref": "List"})
    assert verdict(rule, template({"It": resource(INGRESS, whole), "List": listed})) == wanted
    inside = resource(GROUP, {"SecurityGroupIngress": [whole]})
    assert verdict(rule, template({"It": inside, "List": listed})) == wanted


@pytest.mark.parametrize("name", ["pl-3b927c52", PARAMETER])
def test_a_prefix_list_of_elsewhere_is_one_of_known_addresses(name: Json) -> None:
    whole = opening(22, CidrIp=GONE, SourcePrefixListId=name)
    assert verdict("SecurityGroupSshClosed", template({"It": resource(INGRESS, whole)})) == MET


@pytest.mark.parametrize(
    ("kind", "properties", "wanted"),
    [
        (GROUP, {"GroupDescription": "Web"}, MET),
        (GROUP, {}, BROKEN),
        (GROUP, {"GroupDescription": ""}, BROKEN),
        (GROUP, {"GroupDescription": PARAMETER}, UNDECIDED),
        (GROUP, {"GroupDescription": "Web", "SecurityGroupIngress": [{"Description": "HTTPS"}]}, MET),
        (GROUP, {"GroupDescription": "Web", "SecurityGroupIngress": [{}]}, BROKEN),
        (GROUP, {"GroupDescription": "Web", "SecurityGroupEgress": [{}]}, BROKEN),
        (GROUP, {"GroupDescription": "Web", "SecurityGroupEgress": [PARAMETER]}, UNDECIDED),
        (GROUP, {"GroupDescription": "Web", "SecurityGroupIngress": {"Description": "HTTPS"}}, MET),
        (GROUP, {"GroupDescription": "Web", "SecurityGroupIngress": {"IpProtocol": "tcp"}}, BROKEN),
        (GROUP, {"GroupDescription": "Web", "SecurityGroupEgress": {}}, BROKEN),
        (GROUP, {"GroupDescription": "Web", "SecurityGroupEgress": PARAMETER}, UNDECIDED),
        (GROUP, {"GroupDescription": "Web", "SecurityGroupIngress": PARAMETER}, UNDECIDED),
        (GROUP, {"GroupDescription": "Web", "SecurityGroupIngress": "x"}, BROKEN),
        (INGRESS, {"Description": "HTTPS"}, MET),
        (INGRESS, {}, BROKEN),
        (EGRESS, {}, BROKEN),
    ],
)
def test_descriptions_decide(kind: str, properties: Json, wanted: str) -> None:
    assert verdict("SecurityGroupDescribed", template({"It": resource(kind, properties)})) == wanted


def entry(**changes: Json) -> Body:
    whole: Body = {"RuleAction": "allow", "CidrBlock": "0.0.0.0/0", "Protocol": 6, "PortRange": {"From": 22, "To": 22}}
    return {**whole, **changes}


@pytest.mark.parametrize(
    ("properties", "wanted"),
    [
        (entry(), BROKEN),
        (entry(Protocol=-1, PortRange=GONE), BROKEN),
        (entry(PortRange={"From": 3000, "To": 4000}), BROKEN),
        (entry(CidrBlock=GONE, Ipv6CidrBlock="::/0"), BROKEN),
        (entry(PortRange={"From": 3389, "To": 3389}), BROKEN),
        (entry(PortRange={"From": 3390, "To": 3390}), MET),
        (entry(PortRange={"From": 443, "To": 443}), MET),
        (entry(Protocol="-1", PortRange={"From": 443, "To": 443}), BROKEN),
        (entry(Protocol=1), MET),
        (entry(Protocol=PARAMETER), UNDECIDED),
        (entry(Protocol=PARAMETER, PortRange={"From": 443, "To": 443}), MET),
        (entry(Egress="true"), NOT_APPLICABLE),
        (entry(Egress="false"), BROKEN),
        (entry(Egress=PARAMETER), UNDECIDED),
        (entry(CidrBlock="10.0.0.0/16"), MET),
        (entry(Protocol=17), BROKEN),
        (entry(Protocol=17, PortRange={"From": 3389, "To": 3389}), BROKEN),
        (entry(Protocol="17", PortRange={"From": 1024, "To": 65535}), BROKEN),
        (entry(Protocol=17, PortRange={"From": 53, "To": 53}), MET),
        (entry(Egress=True), NOT_APPLICABLE),
        (entry(RuleAction="deny"), NOT_APPLICABLE),
        (entry(CidrBlock=PARAMETER), UNDECIDED),
        (entry(PortRange=PARAMETER), UNDECIDED),
        (entry(RuleAction=PARAMETER), UNDECIDED),
    ],
)
def test_what_a_network_acl_lets_in_decides(properties: Json, wanted: str) -> None:
    assert verdict("NetworkAclAdminPortsClosed", template({"It": resource(ENTRY, properties)})) == wanted
