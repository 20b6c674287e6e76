"""What is judged of the networks of ECS services."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import (
    BROKEN,
    MALFORMED,
    MET,
    NOT_APPLICABLE,
    PARAMETER,
    UNDECIDED,
    Body,
    changed,
    outcome,
    resource,
    template,
    verdict,
    without,
)

RULE = "EcsServiceReachesAwsServices"
IMAGE: Json = {"Fn::Sub": "${AWS::AccountId}.dkr.ecr.us-east-1.amazonaws.com/portal:1"}
CONTAINER: dict[str, Json] = {"Image": IMAGE, "LogConfiguration": {"LogDriver": "awslogs"}}
STANDARD = ("s3", "ecr.api", "ecr.dkr", "logs")
SUBNETS = ("Resources", "It", "Properties", "NetworkConfiguration", "AwsvpcConfiguration", "Subnets")


def endpoint(name: Json) -> Json:
    return resource("AWS::EC2::VPCEndpoint", {"VpcId": {"Ref": "Vpc"}, "ServiceName": name})


def network(container: Json = CONTAINER, services: tuple[str, ...] = STANDARD, **others: Json) -> Body:
    found = {
        f"E{n}": endpoint({"Fn::Sub": f"com.amazonaws.${{AWS::Region}}.{name}"}) for n, name in enumerate(services)
    }
    table: Json = {"SubnetId": {"Ref": "Subnet"}, "RouteTableId": {"Ref": "Table"}}
    placed: Json = {"AwsvpcConfiguration": {"Subnets": [{"Ref": "Subnet"}]}}
    return template(
        {
            "Vpc": resource("AWS::EC2::VPC", {}),
            "Subnet": resource("AWS::EC2::Subnet", {"VpcId": {"Ref": "Vpc"}}),
            "Table": resource("AWS::EC2::RouteTable", {"VpcId": {"Ref": "Vpc"}}),
            "Association": resource("AWS::EC2::SubnetRouteTableAssociation", table),
            "Task": resource("AWS::ECS::TaskDefinition", {"ContainerDefinitions": [container]}),
            "It": resource("AWS::ECS::Service", {"TaskDefinition": {"Ref": "Task"}, "NetworkConfiguration": placed}),
            **found,
            **others,
        }
    )


def route(**properties: Json) -> Json:
    return resource("AWS::EC2::Route", {"RouteTableId": {"Ref": "Table"}, **properties})


def test_endpoints_of_all_that_a_task_starts_with_are_enough() -> None:
    assert verdict(RULE, network()) == MET


@pytest.mark.parametrize("name", STANDARD)
def test_none_of_them_may_be_missing(name: str) -> None:
    found = outcome(RULE, network(services=tuple(one for one in STANDARD if one != name)))
    assert (found.verdict.value, found.found) == (BROKEN, f"no endpoint of {name}")


@pytest.mark.parametrize(
    ("value", "needed"),
    [
        pytest.param({"Ref": "Password"}, "secretsmanager", id="secret"),
        pytest.param("arn:aws:secretsmanager:us-east-1:1:secret:p-abcdef", "secretsmanager", id="secret-arn"),
        pytest.param({"Ref": "Parameter"}, "ssm", id="parameter"),
        pytest.param({"Fn::Sub": "arn:aws:ssm:${AWS::Region}:1:parameter/p"}, "ssm", id="parameter-arn"),
    ],
)
def test_secrets_need_an_endpoint_of_their_own(value: Json, needed: str) -> None:
    container: Json = {**CONTAINER, "Secrets": [{"Name": "P", "ValueFrom": value}]}
    password, parameter = resource("AWS::SecretsManager::Secret", {}), resource("AWS::SSM::Parameter", {})
    found = outcome(RULE, network(container, Password=password, Parameter=parameter)).found
    assert found == f"no endpoint of {needed}"
    whole = network(container, (*STANDARD, needed), Password=password, Parameter=parameter)
    assert verdict(RULE, whole) == MET


def test_images_and_logs_of_others_need_none() -> None:
    assert verdict(RULE, network({"Image": "registry.example.org/portal:1"}, ())) == MET


@pytest.mark.parametrize(
    ("properties", "wanted"),
    [
        pytest.param({"DestinationCidrBlock": "0.0.0.0/0"}, NOT_APPLICABLE, id="default"),
        pytest.param({"DestinationIpv6CidrBlock": "::/0"}, NOT_APPLICABLE, id="default-ipv6"),
        pytest.param({"DestinationCidrBlock": PARAMETER}, NOT_APPLICABLE, id="unknown"),
        pytest.param({"DestinationCidrBlock": "10.1.0.0/16"}, BROKEN, id="another-network"),
    ],
)
def test_a_network_with_a_way_out_is_not_judged(properties: dict[str, Json], wanted: str) -> None:
    assert verdict(RULE, network(services=(), Out=route(**properties))) == wanted


NEIGHBORS: dict[str, Json] = {
    "TransitGatewayId": "tgw-1",
    "VpcPeeringConnectionId": {"Ref": "Peering"},
    "CoreNetworkArn": PARAMETER,
}


@pytest.mark.parametrize("key", NEIGHBORS)
def test_another_network_may_have_the_endpoints(key: str) -> None:
    way: Body = {"DestinationCidrBlock": "10.0.0.0/16", key: NEIGHBORS[key]}
    found = outcome(RULE, network(services=STANDARD[1:], Way=route(**way)))
    assert (found.verdict.value, found.found) == (UNDECIDED, "another network may have the endpoint of s3")
    assert verdict(RULE, network(Way=route(**way))) == MET
    missing = outcome(RULE, network(services=("s3", "logs"), Way=route(**way))).found
    assert missing == "another network may have the endpoint of ecr.api, ecr.dkr"


def test_a_way_to_another_network_is_needed_in_every_subnet() -> None:
    other: Json = {"SubnetId": {"Ref": "Second"}, "RouteTableId": {"Ref": "Lonely"}}
    body = network(
        services=STANDARD[1:],
        Way=route(DestinationCidrBlock="10.0.0.0/16", TransitGatewayId="tgw-1"),
        Second=resource("AWS::EC2::Subnet", {"VpcId": {"Ref": "Vpc"}}),
        Lonely=resource("AWS::EC2::RouteTable", {"VpcId": {"Ref": "Vpc"}}),
        Also=resource("AWS::EC2::SubnetRouteTableAssociation", other),
    )
    assert verdict(RULE, changed(body, SUBNETS, [{"Ref": "Subnet"}, {"Ref": "Second"}])) == BROKEN


@pytest.mark.parametrize("key", ["NatGatewayId", "NetworkInterfaceId", "VpcEndpointId"])
def test_what_leads_to_no_other_network_has_no_endpoints(key: str) -> None:
    way = route(DestinationCidrBlock="10.0.0.0/16", **{key: "x"})
    assert verdict(RULE, network(services=STANDARD[1:], Way=way)) == BROKEN


@pytest.mark.parametrize("place", ["Association", "Table"])
def test_a_subnet_whose_routes_are_not_seen_is_not_judged(place: str) -> None:
    assert verdict(RULE, without(network(services=()), ("Resources", place))) == NOT_APPLICABLE


def test_an_imported_network_is_not_judged() -> None:
    assert verdict(RULE, changed(network(services=()), SUBNETS, ["subnet-0123456789abcdef0"])) == NOT_APPLICABLE


def test_a_task_of_elsewhere_needs_nothing_that_is_seen() -> None:
    place = ("Resources", "It", "Properties", "TaskDefinition")
    assert verdict(RULE, changed(network(services=()), place, "portal:1")) == MET


def test_what_is_missing_is_told_in_one_sentence() -> None:
    assert outcome(RULE, network(services=("s3", "logs"))).found == "no endpoint of ecr.api, ecr.dkr"


def test_endpoints_of_another_network_do_not_count() -> None:
    body = network(services=STANDARD[1:], Other=resource("AWS::EC2::VPC", {}))
    elsewhere: Json = {"VpcId": {"Ref": "Other"}, "ServiceName": "com.amazonaws.us-east-1.s3"}
    body = changed(body, ("Resources", "S3"), resource("AWS::EC2::VPCEndpoint", elsewhere))
    assert verdict(RULE, body) == BROKEN


def test_an_endpoint_of_an_unknown_service_may_be_the_missing_one() -> None:
    assert verdict(RULE, network(services=STANDARD[1:], Some=endpoint(PARAMETER))) == UNDECIDED


def test_an_endpoint_in_an_unknown_network_may_be_in_this_one() -> None:
    somewhere: Json = {"VpcId": PARAMETER, "ServiceName": "com.amazonaws.us-east-1.s3"}
    body = network(services=STANDARD[1:], Some=resource("AWS::EC2::VPCEndpoint", somewhere))
    assert verdict(RULE, body) == UNDECIDED


@pytest.mark.parametrize("value", [None, 3, "subnet", {}, [], [None], *MALFORMED], ids=str)
def test_what_is_no_list_of_subnets_is_not_judged(value: Json) -> None:
    assert verdict(RULE, changed(network(), SUBNETS, value)) == NOT_APPLICABLE
