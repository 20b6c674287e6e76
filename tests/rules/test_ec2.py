"""What is judged of networks: flow logs, default groups, subnets, routes, zones and endpoints."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import (
    BROKEN,
    GONE,
    MET,
    NEVER_TEXT,
    NOT_APPLICABLE,
    PARAMETER,
    UNDECIDED,
    Body,
    changed,
    partly,
    resource,
    template,
    verdict,
)

VPC = "AWS::EC2::VPC"
SUBNET = "AWS::EC2::Subnet"
FLOW_LOG = "AWS::EC2::FlowLog"
ROUTE = "AWS::EC2::Route"
ENDPOINT = "AWS::EC2::VPCEndpoint"
ASSOCIATION = "AWS::SSM::Association"
RUNBOOK = "AWSConfigRemediation-RemoveVPCDefaultSecurityGroupRules"
GROUP_OF_IT: Json = {"Fn::GetAtt": ["It", "DefaultSecurityGroup"]}
WHOLE_FORMAT = (
    "${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${packets} ${bytes} ${start} ${end} "
    "${action} ${log-status} ${tcp-flags} ${pkt-srcaddr} ${pkt-dstaddr} ${flow-direction} ${traffic-path}"
)


def alone(kind: str, properties: Json = None) -> Body:
    return template({"It": resource(kind, properties)})


def beside_vpc(kind: str, properties: Json) -> Body:
    return template({"It": resource(VPC, {"CidrBlock": "10.0.0.0/16"}), "Other": resource(kind, properties)})


@pytest.mark.parametrize(
    ("properties", "wanted"),
    [
        ({"ResourceId": {"Ref": "It"}, "ResourceType": "VPC"}, MET),
        ({"ResourceId": {"Fn::GetAtt": ["It", "VpcId"]}, "ResourceType": "VPC"}, MET),
        ({"ResourceId": {"Ref": "It"}, "ResourceType": "Subnet"}, BROKEN),
        ({"ResourceId": {"Ref": "It"}}, BROKEN),
        ({"ResourceId": "vpc-1", "ResourceType": "VPC"}, BROKEN),
        ({"ResourceType": "VPC"}, BROKEN),
        ({"ResourceId": PARAMETER, "ResourceType": "VPC"}, UNDECIDED),
        ({"ResourceId": {"Ref": "It"}, "ResourceType": PARAMETER}, UNDECIDED),
    ],
)
def test_a_flow_log_of_the_vpc_decides(properties: Json, wanted: str) -> None:
    assert verdict("VpcFlowLogged", beside_vpc(FLOW_LOG, properties)) == wanted


def test_a_vpc_without_a_flow_log_breaks() -> None:
    assert verdict("VpcFlowLogged", alone(VPC)) == BROKEN


def test_a_flow_log_of_another_stack_counts() -> None:
    network = template({"It": resource(VPC)}, Outputs={"Id": {"Value": {"Ref": "It"}, "Export": {"Name": "vpc"}}})
    log: Json = {"ResourceId": {"Fn::ImportValue": "vpc"}, "ResourceType": "VPC"}
    assert verdict("VpcFlowLogged", network, template({"Log": resource(FLOW_LOG, log)})) == MET


@pytest.mark.parametrize(
    ("properties", "wanted"),
    [
        ({"TrafficType": "ALL"}, MET),
        ({"TrafficType": "ACCEPT"}, BROKEN),
        ({"TrafficType": "REJECT"}, BROKEN),
        ({}, BROKEN),
        ({"TrafficType": GONE}, BROKEN),
        ({"TrafficType": PARAMETER}, UNDECIDED),
        ({"ResourceType": "TransitGateway"}, NOT_APPLICABLE),
    ],
)
def test_the_kind_of_traffic_decides(properties: Json, wanted: str) -> None:
    assert verdict("FlowLogRecordsAllTraffic", alone(FLOW_LOG, properties)) == wanted


@pytest.mark.parametrize("kind", NEVER_TEXT)
def test_a_kind_of_traffic_that_is_no_text_breaks(kind: Json) -> None:
    assert verdict("FlowLogRecordsAllTraffic", alone(FLOW_LOG, {"TrafficType": kind})) == BROKEN


@pytest.mark.parametrize(("other", "wanted"), [("REJECT", MET), ("ALL", MET), ("ACCEPT", BROKEN)])
def test_two_flow_logs_may_record_a_half_each(other: str, wanted: str) -> None:
    def log(kind: str) -> Json:
        return resource(FLOW_LOG, {"ResourceId": {"Ref": "Vpc"}, "ResourceType": "VPC", "TrafficType": kind})

    body = template({"Vpc": resource(VPC), "It": log("ACCEPT"), "Other": log(other)})
    assert verdict("FlowLogRecordsAllTraffic", body) == wanted


@pytest.mark.parametrize(
    ("log_format", "wanted"),
    [
        (WHOLE_FORMAT, MET),
        (f"${{version}} {WHOLE_FORMAT} ${{reject-reason}}", MET),
        (WHOLE_FORMAT.replace("${pkt-srcaddr}", ""), BROKEN),
        ("${srcaddr}", BROKEN),
        ("", BROKEN),
        (GONE, BROKEN),
        (7, BROKEN),
        (PARAMETER, UNDECIDED),
    ],
)
def test_the_fields_of_a_flow_log_decide(log_format: Json, wanted: str) -> None:
    assert verdict("FlowLogRecordsWhoSpoke", alone(FLOW_LOG, {"LogFormat": log_format})) == wanted


@pytest.mark.parametrize(
    ("kind", "properties", "wanted"),
    [
        (ASSOCIATION, {"Name": RUNBOOK, "Targets": [{"Key": "ParameterValues", "Values": [GROUP_OF_IT]}]}, MET),
        (ASSOCIATION, {"Name": RUNBOOK, "Parameters": {"GroupId": [GROUP_OF_IT]}}, MET),
        (ASSOCIATION, {"Name": "AWS-RunPatchBaseline", "Parameters": {"GroupId": [GROUP_OF_IT]}}, BROKEN),
        (ASSOCIATION, {"Name": RUNBOOK, "Parameters": {"GroupId": ["sg-1"]}}, BROKEN),
        (ASSOCIATION, {"Name": RUNBOOK, "Parameters": {"GroupId": [PARAMETER]}}, UNDECIDED),
        ("Custom::VpcRestrictDefaultSG", {"DefaultSecurityGroupId": GROUP_OF_IT}, MET),
        ("Custom::ClosesGroups", {"Group": GROUP_OF_IT}, UNDECIDED),
        ("AWS::CloudFormation::CustomResource", {"Group": GROUP_OF_IT}, UNDECIDED),
        ("Custom::Something", {"Vpc": {"Ref": "It"}}, BROKEN),
        ("AWS::Config::RemediationConfiguration", {"TargetId": RUNBOOK, "Automatic": True}, MET),
        ("AWS::Config::RemediationConfiguration", {"TargetId": RUNBOOK, "Automatic": False}, BROKEN),
        ("AWS::Config::RemediationConfiguration", {"TargetId": RUNBOOK}, BROKEN),
    ],
)
def test_what_closes_the_default_group_decides(kind: str, properties: Json, wanted: str) -> None:
    assert verdict("VpcDefaultSecurityGroupClosed", beside_vpc(kind, properties)) == wanted


def test_a_vpc_whose_default_group_nothing_closes_breaks() -> None:
    assert verdict("VpcDefaultSecurityGroupClosed", alone(VPC)) == BROKEN


@pytest.mark.parametrize("flag", ["MapPublicIpOnLaunch", "AssignIpv6AddressOnCreation"])
@pytest.mark.parametrize(
    ("value", "wanted"),
    [(False, MET), ("false", MET), (GONE, MET), (True, BROKEN), ("true", BROKEN), ([], BROKEN), (PARAMETER, UNDECIDED)],
)
def test_public_addresses_on_launch_break(flag: str, value: Json, wanted: str) -> None:
    assert verdict("SubnetAssignsNoPublicAddress", alone(SUBNET, {flag: value})) == wanted


@pytest.mark.parametrize(
    ("properties", "wanted"),
    [
        ({"GatewayId": {"Ref": "Gateway"}, "DestinationCidrBlock": "0.0.0.0/0"}, BROKEN),
        ({"GatewayId": {"Ref": "Gateway"}, "DestinationIpv6CidrBlock": "::/0"}, BROKEN),
        ({"GatewayId": {"Ref": "Gateway"}, "DestinationCidrBlock": "0.0.0.0/1"}, BROKEN),
        ({"GatewayId": "igw-1", "DestinationCidrBlock": "0.0.0.0/0"}, BROKEN),
        ({"GatewayId": {"Ref": "Gateway"}}, BROKEN),
        ({"GatewayId": {"Ref": "Gateway"}, "DestinationCidrBlock": "203.0.113.0/24"}, MET),
        ({"GatewayId": "vgw-1", "DestinationCidrBlock": "0.0.0.0/0"}, MET),
        ({"GatewayId": "local", "DestinationCidrBlock": "10.0.0.0/16"}, MET),
        ({"NatGatewayId": {"Ref": "Nat"}, "DestinationCidrBlock": "0.0.0.0/0"}, NOT_APPLICABLE),
        ({"GatewayId": PARAMETER, "DestinationCidrBlock": "0.0.0.0/0"}, UNDECIDED),
        ({"GatewayId": {"Ref": "Gateway"}, "DestinationCidrBlock": PARAMETER}, UNDECIDED),
        ({"GatewayId": {"Ref": "Gateway"}, "DestinationPrefixListId": "pl-1"}, UNDECIDED),
        ({"GatewayId": {"Ref": "Gateway"}, "DestinationPrefixListId": {"Ref": "Gateway"}}, UNDECIDED),
        ({"GatewayId": {"Ref": "Gateway"}, "DestinationCidrBlock": 7}, BROKEN),
    ],
)
def test_where_a_route_leads_decides(properties: Json, wanted: str) -> None:
    body = template({"It": resource(ROUTE, properties), "Gateway": resource("AWS::EC2::InternetGateway")})
    assert verdict("RouteNotToInternetGateway", body) == wanted


@pytest.mark.parametrize(
    ("ranges", "wanted"),
    [(["0.0.0.0/0"], BROKEN), (["203.0.113.0/24"], MET), ([PARAMETER], UNDECIDED), ([], MET)],
    ids=str,
)
def test_the_prefixes_that_a_route_leads_to_decide(ranges: list[Json], wanted: str) -> None:
    entries: Json = {"Entries": [{"Cidr": one} for one in ranges]}
    body = template(
        {
            "It": resource(ROUTE, {"GatewayId": {"Ref": "Gateway"}, "DestinationPrefixListId": {"Ref": "List"}}),
            "Gateway": resource("AWS::EC2::InternetGateway"),
            "List": resource("AWS::EC2::PrefixList", entries),
        }
    )
    assert verdict("RouteNotToInternetGateway", body) == wanted


def in_zones(*zones: Json) -> Body:
    subnets = {
        f"Subnet{number}": resource(SUBNET, {"VpcId": {"Ref": "It"}, "AvailabilityZone": zone})
        for number, zone in enumerate(zones)
    }
    return template({"It": resource(VPC), **subnets})


def numbered(number: int) -> Json:
    return {"Fn::Select": [number, {"Fn::GetAZs": ""}]}


@pytest.mark.parametrize(
    ("zones", "wanted"),
    [
        (["us-east-1a", "us-east-1b"], MET),
        ([numbered(0), numbered(1)], MET),
        (["us-east-1a", "us-east-1a"], BROKEN),
        ([numbered(0), numbered(0)], BROKEN),
        (["us-east-1a"], BROKEN),
        ([PARAMETER, PARAMETER], UNDECIDED),
        (["us-east-1a", numbered(1)], UNDECIDED),
        ([], NOT_APPLICABLE),
    ],
)
def test_the_zones_of_the_subnets_decide(zones: list[Json], wanted: str) -> None:
    assert verdict("VpcSpansZones", in_zones(*zones)) == wanted


OWN: Json = {"StringEquals": {"aws:PrincipalAccount": {"Ref": "AWS::AccountId"}}}
EVERYONE: Body = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
NOBODY: Body = {"Effect": "Allow", "Principal": "*", "Action": "*"}


@pytest.mark.parametrize(
    ("statement", "wanted"),
    [
        ({**EVERYONE, "Condition": OWN}, MET),
        ({**EVERYONE, "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}}, MET),
        ({**EVERYONE, "Principal": {"AWS": "arn:aws:iam::123456789012:root"}}, MET),
        ({**EVERYONE, "Resource": "arn:aws:s3:::records/*"}, MET),
        ({**EVERYONE, "Condition": {"Bool": {"aws:PrincipalIsAWSService": "true"}}}, MET),
        (EVERYONE, BROKEN),
        ({**EVERYONE, "Principal": {"AWS": "*"}}, BROKEN),
        ({**EVERYONE, "Resource": "arn:aws:s3:::*/*"}, BROKEN),
        ({**NOBODY, "NotResource": "arn:aws:s3:::records/*"}, BROKEN),
        ({**EVERYONE, "Resource": "arn:aws:logs:us-east-1:*:log-group:portal"}, BROKEN),
        ({**EVERYONE, "Resource": partly("*")}, UNDECIDED),
        ({**EVERYONE, "Condition": {"StringEquals": {"aws:PrincipalAccount": "*"}}}, BROKEN),
        ({**EVERYONE, "Principal": PARAMETER}, UNDECIDED),
        ({**EVERYONE, "Condition": PARAMETER}, UNDECIDED),
        (PARAMETER, UNDECIDED),
    ],
)
def test_whom_an_endpoint_admits_decides(statement: Json, wanted: str) -> None:
    properties: Json = {
        "ServiceName": "com.amazonaws.us-east-1.s3",
        "PolicyDocument": {"Statement": [statement]},
    }
    assert verdict("VpcEndpointPolicyConfined", alone(ENDPOINT, properties)) == wanted


@pytest.mark.parametrize(
    ("properties", "wanted"),
    [
        ({"ServiceName": "com.amazonaws.us-east-1.s3"}, BROKEN),
        ({"ServiceName": "com.amazonaws.us-east-1.s3", "PolicyDocument": {}}, BROKEN),
        ({"ServiceName": "com.amazonaws.us-east-1.s3", "PolicyDocument": PARAMETER}, UNDECIDED),
        ({"ServiceName": "com.amazonaws.vpce.us-east-1.vpce-svc-1"}, NOT_APPLICABLE),
        ({"ServiceName": "x", "VpcEndpointType": "GatewayLoadBalancer"}, NOT_APPLICABLE),
    ],
)
def test_an_endpoint_of_an_aws_service_needs_a_policy(properties: Json, wanted: str) -> None:
    assert verdict("VpcEndpointPolicyConfined", alone(ENDPOINT, properties)) == wanted


@pytest.mark.parametrize(
    ("properties", "wanted"),
    [
        ({"VpcEndpointType": "Interface", "PrivateDnsEnabled": True}, MET),
        ({"VpcEndpointType": "Interface", "PrivateDnsEnabled": False}, BROKEN),
        ({"VpcEndpointType": "Interface"}, BROKEN),
        ({"VpcEndpointType": "Interface", "PrivateDnsEnabled": PARAMETER}, UNDECIDED),
        ({"VpcEndpointType": "Gateway"}, NOT_APPLICABLE),
        ({}, NOT_APPLICABLE),
        ({"VpcEndpointType": "Interface", "ServiceName": "com.amazonaws.vpce.us-east-1.vpce-svc-1"}, NOT_APPLICABLE),
    ],
)
def test_the_private_name_of_an_interface_endpoint_decides(properties: Json, wanted: str) -> None:
    assert verdict("VpcEndpointPrivateDnsOn", alone(ENDPOINT, properties)) == wanted


@pytest.mark.parametrize("name", ["dynamodb-streams", "iot.data"])
def test_a_service_without_private_names_needs_none(name: str) -> None:
    service: Json = {"Fn::Sub": f"com.amazonaws.${{AWS::Region}}.{name}"}
    properties: Json = {"VpcEndpointType": "Interface", "ServiceName": service}
    assert verdict("VpcEndpointPrivateDnsOn", alone(ENDPOINT, properties)) == NOT_APPLICABLE


ENTRY: Json = {"Fn::Select": [1, {"Fn::Split": [":", {"Fn::Select": [0, {"Fn::GetAtt": ["It", "DnsEntries"]}]}]}]}
OTHER_ENTRY: Json = {"Fn::Select": [0, {"Fn::GetAtt": ["Other", "DnsEntries"]}]}


@pytest.mark.parametrize(
    ("kind", "record", "wanted"),
    [
        ("RecordSet", {"AliasTarget": {"DNSName": ENTRY}}, UNDECIDED),
        ("RecordSet", {"ResourceRecords": ["x", ENTRY]}, UNDECIDED),
        ("RecordSetGroup", {"RecordSets": [{}, {"AliasTarget": {"DNSName": ENTRY}}]}, UNDECIDED),
        ("RecordSetGroup", {"RecordSets": [{"ResourceRecords": [ENTRY]}]}, UNDECIDED),
        ("RecordSet", {"AliasTarget": {"DNSName": OTHER_ENTRY}}, BROKEN),
        ("RecordSet", {"AliasTarget": {"DNSName": PARAMETER}}, BROKEN),
        ("RecordSet", {"SetIdentifier": ENTRY}, BROKEN),
    ],
    ids=str,
)
def test_a_record_may_give_an_endpoint_the_name_of_its_service(kind: str, record: Json, wanted: str) -> None:
    off: Json = {"VpcEndpointType": "Interface", "PrivateDnsEnabled": False}
    body = template(
        {
            "It": resource(ENDPOINT, off),
            "Other": resource(ENDPOINT, off),
            "Record": resource(f"AWS::Route53::{kind}", record),
        }
    )
    assert verdict("VpcEndpointPrivateDnsOn", body) == wanted
    on = changed(body, ("Resources", "It", "Properties", "PrivateDnsEnabled"), True)
    assert verdict("VpcEndpointPrivateDnsOn", on) == MET


def test_a_record_that_is_not_made_names_nothing() -> None:
    record = resource("AWS::Route53::RecordSet", {"AliasTarget": {"DNSName": ENTRY}}, Condition="Never")
    off: Json = {"VpcEndpointType": "Interface", "PrivateDnsEnabled": False}
    never: Json = {"Never": {"Fn::Equals": ["a", "b"]}}
    body = template({"It": resource(ENDPOINT, off), "Record": record}, Conditions=never)
    assert verdict("VpcEndpointPrivateDnsOn", body) == BROKEN


ALLOWED: Json = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}


def refusing(operator: str, key: str, value: Json, **changes: Json) -> Json:
    whole: Body = {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}
    return {**whole, "Condition": {operator: {key: value}}, **changes}


STRANGERS = refusing("StringNotEquals", "aws:PrincipalOrgID", "o-1")
TWO: Json = {"StringNotEquals": {"aws:PrincipalOrgID": "o-1", "aws:ResourceOrgID": "o-1"}}
BUT_SERVICES: Json = {
    "StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-1"},
    "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
}


@pytest.mark.parametrize(
    ("denial", "wanted"),
    [
        (STRANGERS, MET),
        (refusing("StringNotEqualsIfExists", "aws:ResourceOrgID", "o-1"), MET),
        (refusing("StringNotLike", "AWS:PrincipalOrgPaths", PARAMETER), MET),
        (refusing("StringNotLikeIfExists", "aws:ResourceAccount", "111122223333"), MET),
        (refusing("StringNotEquals", "x", "y", Condition=BUT_SERVICES), MET),
        (refusing("StringNotEquals", "x", "y", Condition=TWO), BROKEN),
        (refusing("StringNotEquals", "x", "y", Condition=GONE), BROKEN),
        (refusing("StringNotEquals", "aws:RequestedRegion", "eu-west-1"), BROKEN),
        (refusing("StringEquals", "aws:PrincipalOrgID", "o-1"), BROKEN),
        (refusing("StringNotLike", "aws:PrincipalOrgID", "o-*"), BROKEN),
        (refusing("StringNotEquals", "aws:PrincipalOrgID", "o-1", Action="s3:PutObject"), BROKEN),
        (refusing("StringNotEquals", "aws:PrincipalOrgID", "o-1", Resource="arn:aws:s3:::portal/*"), BROKEN),
        (refusing("StringNotEquals", "aws:PrincipalOrgID", "o-1", Principal={"AWS": "111122223333"}), BROKEN),
        (refusing("StringNotEquals", "aws:PrincipalOrgID", "o-1", Effect="Allow"), BROKEN),
        (refusing("StringNotEquals", "aws:PrincipalOrgID", "o-1", Action=["*", PARAMETER]), BROKEN),
    ],
    ids=str,
)
def test_a_denial_to_strangers_confines_what_is_allowed(denial: Json, wanted: str) -> None:
    properties: Json = {"ServiceName": "com.amazonaws.us-east-1.s3", "PolicyDocument": {"Statement": [ALLOWED, denial]}}
    assert verdict("VpcEndpointPolicyConfined", alone(ENDPOINT, properties)) == wanted


@pytest.mark.parametrize(
    ("allowed", "wanted"),
    [
        ({"Action": "s3:GetObject"}, MET),
        ({"Action": ["s3:Get*", "s3:PutObject"]}, MET),
        ({"Action": "sqs:SendMessage"}, BROKEN),
        ({"Action": ["s3:GetObject", PARAMETER]}, BROKEN),
        ({"Action": GONE, "NotAction": "s3:DeleteObject"}, BROKEN),
        ({"Action": GONE}, BROKEN),
        ({"Effect": "Maybe", "Action": "s3:GetObject"}, BROKEN),
    ],
    ids=str,
)
def test_a_denial_confines_only_the_actions_that_it_is_about(allowed: Body, wanted: str) -> None:
    denial = refusing("StringNotEquals", "aws:PrincipalOrgID", "o-1", Action="s3:*")
    statement: Json = {"Effect": "Allow", "Principal": "*", "Resource": "*", **allowed}
    properties: Json = {
        "ServiceName": "com.amazonaws.us-east-1.s3",
        "PolicyDocument": {"Statement": [denial, statement]},
    }
    assert verdict("VpcEndpointPolicyConfined", alone(ENDPOINT, properties)) == wanted


@pytest.mark.parametrize("key", ["aws:ResourceAccount", "aws:ResourceOrgID", "aws:ResourceOrgPaths"])
def test_known_resources_confine_what_is_allowed(key: str) -> None:
    for value, wanted in (("x", MET), ("*", BROKEN)):
        statement: Json = {
            **{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"},
            "Condition": {"StringEquals": {key: value}},
        }
        properties: Json = {"ServiceName": "x", "PolicyDocument": {"Statement": [statement]}}
        assert verdict("VpcEndpointPolicyConfined", alone(ENDPOINT, properties)) == wanted


@pytest.mark.parametrize(
    ("statements", "wanted"),
    [
        ([{}], BROKEN),
        ([{"Effect": "Maybe"}], BROKEN),
        ([{"Effect": "Deny", "Principal": "*"}, {}], BROKEN),
        ([{"Effect": "Deny", "Principal": "*"}], MET),
        ([{"Effect": PARAMETER, "Principal": {"AWS": "111122223333"}}], MET),
        ([], BROKEN),
    ],
    ids=str,
)
def test_each_statement_of_an_endpoint_policy_allows_or_denies(statements: Json, wanted: str) -> None:
    properties: Json = {"ServiceName": "com.amazonaws.us-east-1.s3", "PolicyDocument": {"Statement": statements}}
    assert verdict("VpcEndpointPolicyConfined", alone(ENDPOINT, properties)) == wanted
