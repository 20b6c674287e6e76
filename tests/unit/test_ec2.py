"""What the networks are, and what they refuse."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from aws_cdk import App, Environment, Stack, Stage, Token
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_rds as rds

from hipaa_constructs import EncryptedBucket, EncryptedLogGroup, FlowLoggedVpc
from hipaa_constructs.rules._value import Json
from tests._refusals import made, refusal, waiver
from tests._synthesis import Body, at, metadata_waivers, of_type, report_of, statements, synthesized, the

VPC = "AWS::EC2::VPC"
SUBNET = "AWS::EC2::Subnet"
ROUTE = "AWS::EC2::Route"
ENDPOINT = "AWS::EC2::VPCEndpoint"
FLOW_LOG = "AWS::EC2::FlowLog"
OPEN = [waiver("RouteNotToInternetGateway")]

PLAIN = synthesized(lambda stack: FlowLoggedVpc(stack, "It"))
PUBLIC = synthesized(lambda stack: FlowLoggedVpc(stack, "It", public_subnets=True, nat_gateways=2, waivers=OPEN))
STANDARD = synthesized(lambda stack: FlowLoggedVpc(stack, "It", endpoints="standard"))


@pytest.fixture
def stack() -> Stack:
    return Stack(App(), "Stack")


def subnets(template: Body) -> dict[str, Body]:
    return of_type(template, SUBNET)


def cidrs(template: Body) -> dict[str, Json]:
    return {name[2:-8]: at(subnet, "Properties", "CidrBlock") for name, subnet in subnets(template).items()}


def test_there_are_two_tiers_over_three_zones() -> None:
    zones = [at(subnet, "Properties", "AvailabilityZone", "Fn::Select", 0) for subnet in subnets(PLAIN).values()]
    assert zones == [0, 1, 2, 0, 1, 2]


def test_nothing_leads_to_the_internet() -> None:
    for kind in (ROUTE, "AWS::EC2::InternetGateway", "AWS::EC2::NatGateway", "AWS::EC2::EIP"):
        assert of_type(PLAIN, kind) == {}


def test_no_subnet_gives_out_public_addresses() -> None:
    for template in (PLAIN, PUBLIC):
        for subnet in subnets(template).values():
            assert at(subnet, "Properties", "MapPublicIpOnLaunch") is False


def test_dns_is_on() -> None:
    properties = at(the(PLAIN, VPC), "Properties")
    assert (at(properties, "EnableDnsSupport"), at(properties, "EnableDnsHostnames")) == (True, True)


def test_all_traffic_of_the_network_is_logged() -> None:
    (vpc,) = of_type(PLAIN, VPC)
    properties = at(the(PLAIN, FLOW_LOG), "Properties")
    assert (at(properties, "ResourceId"), at(properties, "ResourceType"), at(properties, "TrafficType")) == (
        {"Ref": vpc},
        "VPC",
        "ALL",
    )


def test_the_flow_log_goes_to_an_encrypted_group_kept_for_six_years() -> None:
    (key,) = of_type(PLAIN, "AWS::KMS::Key")
    properties = at(the(PLAIN, "AWS::Logs::LogGroup"), "Properties")
    assert (at(properties, "KmsKeyId"), at(properties, "RetentionInDays")) == ({"Fn::GetAtt": [key, "Arn"]}, 2192)


def test_the_flow_log_waits_for_the_permission_to_write() -> None:
    log = the(PLAIN, FLOW_LOG)
    (policy,) = (name for name in of_type(PLAIN, "AWS::IAM::ManagedPolicy") if "FlowLog" in name)
    assert log["DependsOn"] == [policy]


@pytest.mark.parametrize("field", ["pkt-srcaddr", "flow-direction", "traffic-path", "tcp-flags", "reject-reason"])
def test_the_flow_log_has_the_fields_of_a_forensic_reader(field: str) -> None:
    assert f"${{{field}}}" in str(at(the(PLAIN, FLOW_LOG), "Properties", "LogFormat"))


def test_further_fields_can_be_added_and_none_is_there_twice() -> None:
    fields = (
        [ec2.LogFormat.ECS_CLUSTER_ARN, ec2.LogFormat.SRC_ADDR]
        if hasattr(ec2.LogFormat, "ECS_CLUSTER_ARN")
        else [
            ec2.LogFormat.custom("${ecs-cluster-arn}"),
            ec2.LogFormat.SRC_ADDR,
        ]
    )
    template = synthesized(lambda stack: FlowLoggedVpc(stack, "It", flow_log_fields=fields))
    words = str(at(the(template, FLOW_LOG), "Properties", "LogFormat")).split()
    assert words[-1] == "${ecs-cluster-arn}"
    assert len(words) == len(set(words))


def test_the_flow_log_can_go_to_a_bucket() -> None:
    template = synthesized(
        lambda stack: FlowLoggedVpc(stack, "It", flow_log_destination=EncryptedBucket(stack, "Flows"))
    )
    properties = at(the(template, FLOW_LOG), "Properties")
    (bucket,) = (name for name in of_type(template, "AWS::S3::Bucket") if name.startswith("Flows"))
    assert at(properties, "LogDestination") == {"Fn::GetAtt": [bucket, "Arn"]}
    assert at(properties, "LogDestinationType") == "s3"
    (policy,) = (name for name in of_type(template, "AWS::S3::BucketPolicy") if name.startswith("Flows"))
    assert the(template, FLOW_LOG)["DependsOn"] == [policy]


def test_a_bucket_lets_flow_logs_of_this_account_in_and_no_others() -> None:
    template = synthesized(
        lambda stack: FlowLoggedVpc(stack, "It", flow_log_destination=EncryptedBucket(stack, "Flows"))
    )
    found = [
        statement
        for statement in statements(the(template, "AWS::S3::BucketPolicy", "Flows"))
        if at(statement, "Principal", "Service") == "delivery.logs.amazonaws.com"
    ]
    assert len(found) == 2
    for statement in found:
        assert at(statement, "Condition", "StringEquals", "aws:SourceAccount") == {"Ref": "AWS::AccountId"}


def test_the_flow_log_can_go_to_a_group_of_ones_own() -> None:
    template = synthesized(
        lambda stack: FlowLoggedVpc(stack, "It", flow_log_destination=EncryptedLogGroup(stack, "Flows"))
    )
    (group,) = of_type(template, "AWS::Logs::LogGroup")
    assert group.startswith("Flows")


def test_the_default_group_is_closed_by_aws_own_runbook() -> None:
    (vpc,) = of_type(PLAIN, VPC)
    properties = at(the(PLAIN, "AWS::SSM::Association"), "Properties")
    assert at(properties, "Name") == "AWSConfigRemediation-RemoveVPCDefaultSecurityGroupRules"
    assert at(properties, "Targets", 0, "Values") == [{"Fn::GetAtt": [vpc, "DefaultSecurityGroup"]}]


def test_what_closes_the_default_group_may_change_no_other() -> None:
    (vpc,) = of_type(PLAIN, VPC)
    policy = the(PLAIN, "AWS::IAM::ManagedPolicy", "ItDefaultGroup")
    (revoking,) = (one for one in statements(policy) if "ec2:RevokeSecurityGroupIngress" in str(one["Action"]))
    assert f'{{"Fn::GetAtt": ["{vpc}", "DefaultSecurityGroup"]}}' in json.dumps(revoking["Resource"])


def test_no_lambda_function_comes_along() -> None:
    for template in (PLAIN, PUBLIC, STANDARD):
        assert of_type(template, "AWS::Lambda::Function") == {}


def test_the_template_is_the_same_with_and_without_an_account() -> None:
    def build(app: App, environment: Environment | None) -> str:
        stack = Stack(app, "Stack", env=environment)
        FlowLoggedVpc(stack, "It")
        folder = Path(app.synth().directory)
        return (folder / "Stack.template.json").read_text("utf-8")

    known = build(App(), Environment(account="123456789012", region="eu-west-1"))
    assert "dummy" not in known
    assert '"Fn::GetAZs"' in known


def test_the_logical_ids_are_those_of_the_plain_vpc() -> None:
    tiers = [
        ec2.SubnetConfiguration(name="Isolated", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED),
        ec2.SubnetConfiguration(name="Private", subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS),
        ec2.SubnetConfiguration(name="Public", subnet_type=ec2.SubnetType.PUBLIC),
    ]
    plain = synthesized(
        lambda stack: ec2.Vpc(
            stack,
            "It",
            availability_zones=["us-east-1a", "us-east-1b", "us-east-1c"],
            subnet_configuration=tiers,
            nat_gateways=2,
        )
    )
    for kind in (VPC, SUBNET, "AWS::EC2::RouteTable", "AWS::EC2::InternetGateway", "AWS::EC2::NatGateway"):
        assert set(of_type(PUBLIC, kind)) == set(of_type(plain, kind))


def test_a_public_tier_moves_no_other_subnet() -> None:
    assert cidrs(PLAIN).items() <= cidrs(PUBLIC).items()


def test_a_further_zone_moves_no_subnet() -> None:
    two = synthesized(lambda stack: FlowLoggedVpc(stack, "It", max_azs=2, reserved_azs=2))
    assert cidrs(two).items() <= cidrs(PLAIN).items()


def test_public_subnets_have_a_route_to_the_internet_that_the_waiver_is_recorded_on() -> None:
    to_internet = [route for route in of_type(PUBLIC, ROUTE).values() if at(route, "Properties", "GatewayId")]
    assert len(to_internet) == 3
    for route in to_internet:
        assert [one["rule"] for one in metadata_waivers(route)] == ["RouteNotToInternetGateway"]


def test_nat_gateways_are_shared_by_the_private_subnets_in_turn() -> None:
    used = [
        at(route, "Properties", "NatGatewayId", "Ref")
        for route in of_type(PUBLIC, ROUTE).values()
        if at(route, "Properties", "NatGatewayId")
    ]
    assert (len(used), len(set(map(str, used)))) == (3, 2)


def test_isolated_subnets_have_no_route_at_all() -> None:
    tables = {name for name in of_type(PUBLIC, "AWS::EC2::RouteTable") if "Isolated" in name}
    routed = {at(route, "Properties", "RouteTableId", "Ref") for route in of_type(PUBLIC, ROUTE).values()}
    assert len(tables) == 3
    assert tables.isdisjoint(map(str, routed))


def test_an_internet_gateway_can_be_attached_without_a_route() -> None:
    template = synthesized(lambda stack: FlowLoggedVpc(stack, "It", create_internet_gateway=True))
    assert len(of_type(template, "AWS::EC2::VPCGatewayAttachment")) == 1
    assert of_type(template, ROUTE) == {}


def test_s3_and_dynamodb_are_reached_by_gateways_that_cost_nothing() -> None:
    kinds = [at(endpoint, "Properties", "VpcEndpointType") for endpoint in of_type(PLAIN, ENDPOINT).values()]
    assert kinds == ["Gateway", "Gateway"]


def test_standard_endpoints_are_one_a_service_and_zone() -> None:
    interfaces = [
        endpoint
        for endpoint in of_type(STANDARD, ENDPOINT).values()
        if at(endpoint, "Properties", "VpcEndpointType") == "Interface"
    ]
    assert len(interfaces) == 12
    for endpoint in interfaces:
        found = at(endpoint, "Properties", "SubnetIds")
        assert isinstance(found, list)
        assert len(found) == 3


def test_every_endpoint_has_a_policy_for_the_accounts_own_principals() -> None:
    for endpoint in of_type(STANDARD, ENDPOINT).values():
        first = next(statements(endpoint))
        assert at(first, "Condition", "StringEquals", "aws:PrincipalAccount") == {"Ref": "AWS::AccountId"}


def test_endpoints_that_carry_data_reach_known_accounts_only() -> None:
    template = synthesized(lambda stack: FlowLoggedVpc(stack, "It", trusted_accounts=["210987654321"]))
    for endpoint in of_type(template, ENDPOINT).values():
        condition = at(next(statements(endpoint)), "Condition", "StringEqualsIfExists", "aws:ResourceAccount")
        assert condition == [{"Ref": "AWS::AccountId"}, "210987654321"]


def test_endpoints_admit_https_from_the_network_only() -> None:
    group = the(STANDARD, "AWS::EC2::SecurityGroup")
    (opening,) = [at(group, "Properties", "SecurityGroupIngress", 0)]
    assert opening == {
        "CidrIp": "10.0.0.0/16",
        "Description": "HTTPS from this network",
        "FromPort": 443,
        "IpProtocol": "tcp",
        "ToPort": 443,
    }


def test_without_endpoints_there_is_none() -> None:
    assert of_type(synthesized(lambda stack: FlowLoggedVpc(stack, "It", endpoints="none")), ENDPOINT) == {}


def test_a_database_finds_the_isolated_subnets() -> None:
    def build(stack: Stack) -> None:
        vpc = FlowLoggedVpc(stack, "It").vpc
        rds.SubnetGroup(
            stack,
            "Group",
            description="Databases",
            vpc=vpc,
            vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED),
        )

    template = synthesized(build)
    found = at(the(template, "AWS::RDS::DBSubnetGroup"), "Properties", "SubnetIds")
    assert found == [{"Ref": name} for name in subnets(template) if "Isolated" in name]


def test_tiers_can_be_ones_own() -> None:
    tiers = [ec2.SubnetConfiguration(name="Data", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED, cidr_mask=24)]
    template = synthesized(lambda stack: FlowLoggedVpc(stack, "It", subnet_configuration=tiers))
    assert list(cidrs(template).values()) == ["10.0.0.0/24", "10.0.1.0/24", "10.0.2.0/24"]


def test_addresses_can_come_from_an_ipam_pool() -> None:
    def build(stack: Stack) -> None:
        pool = ec2.IpAddresses.aws_ipam_allocation(
            ipv4_ipam_pool_id="ipam-pool-1", ipv4_netmask_length=20, default_subnet_ipv4_netmask_length=24
        )
        FlowLoggedVpc(stack, "It", ip_addresses=pool)

    template = synthesized(build)
    assert at(the(template, VPC), "Properties", "Ipv4IpamPoolId") == "ipam-pool-1"
    assert len(subnets(template)) == 6


def test_zones_and_addresses_may_be_tokens() -> None:
    zones = [Token.as_string({"Ref": "ZoneA"}), Token.as_string({"Ref": "ZoneB"})]
    template = synthesized(lambda stack: FlowLoggedVpc(stack, "It", availability_zones=zones))
    found = [at(subnet, "Properties", "AvailabilityZone") for subnet in subnets(template).values()]
    assert found == [{"Ref": "ZoneA"}, {"Ref": "ZoneB"}] * 2


def test_a_network_in_a_stage_breaks_no_rule() -> None:
    assert report_of(lambda app: FlowLoggedVpc(Stack(Stage(app, "Prod"), "Stack"), "It")).findings == []


def test_a_network_shared_with_another_stack_breaks_no_rule() -> None:
    def build(app: App) -> None:
        network = FlowLoggedVpc(Stack(app, "Network"), "It")
        group = ec2.SecurityGroup(
            Stack(app, "App"), "Web", vpc=network.vpc, description="Web", allow_all_outbound=False
        )
        group.add_ingress_rule(ec2.Peer.ipv4("10.0.0.0/16"), ec2.Port.tcp(443), "HTTPS")

    assert report_of(build).findings == []


def test_two_zones_at_least(stack: Stack) -> None:
    refusal(
        lambda: FlowLoggedVpc(stack, "It", max_azs=1),
        "Stack/It: max_azs must be two zones or more, got 1; to go without it pass waivers=[Waiver("
        'rule="VpcSpansZones", …)] (164.308(a)(7)(i))',
    )


@pytest.mark.parametrize("number", [0, 7])
def test_a_number_of_zones_that_no_region_has_is_refused(stack: Stack, number: int) -> None:
    refusal(
        lambda: FlowLoggedVpc(stack, "It", max_azs=number),
        f"Stack/It: max_azs must be from 2 to 6, got {number}; no Region has more zones (164.308(a)(7)(ii)(C))",
    )


def test_zones_are_named_or_counted(stack: Stack) -> None:
    refusal(
        lambda: FlowLoggedVpc(stack, "It", max_azs=2, availability_zones=["us-east-1a", "us-east-1b"]),
        "Stack/It: max_azs must be left out with availability_zones, got 2; name the zones or count them "
        "(164.308(a)(7)(ii)(C))",
    )


def test_zones_of_another_region_are_refused() -> None:
    stack = Stack(App(), "Stack", env=Environment(account="123456789012", region="us-east-1"))
    refusal(
        lambda: FlowLoggedVpc(stack, "It", availability_zones=["us-west-2a", "us-west-2b"]),
        "Stack/It: availability_zones must be zones of us-east-1, got ['us-west-2a', 'us-west-2b']; a VPC lies in the "
        "Region of its stack (164.312(e)(1))",
    )


def test_public_subnets_need_a_waiver(stack: Stack) -> None:
    refusal(
        lambda: FlowLoggedVpc(stack, "It", public_subnets=True),
        "Stack/It: public_subnets must be False, got True; to go without it pass waivers=[Waiver("
        'rule="RouteNotToInternetGateway", …)] (164.312(e)(1))',
    )


def test_a_public_tier_of_ones_own_needs_a_waiver(stack: Stack) -> None:
    tiers = [ec2.SubnetConfiguration(name="Web", subnet_type=ec2.SubnetType.PUBLIC)]
    refusal(
        lambda: FlowLoggedVpc(stack, "It", subnet_configuration=tiers),
        "Stack/It: subnet_configuration must be of private and isolated tiers, got 'a public tier'; to go without it "
        'pass waivers=[Waiver(rule="RouteNotToInternetGateway", …)] (164.312(e)(1))',
    )


def test_a_tier_that_gives_out_public_addresses_is_refused(stack: Stack) -> None:
    tiers = [
        ec2.SubnetConfiguration(name="Web", subnet_type=ec2.SubnetType.PUBLIC, map_public_ip_on_launch=True),
    ]
    refusal(
        lambda: FlowLoggedVpc(stack, "It", subnet_configuration=tiers, waivers=OPEN),
        "Stack/It: subnet_configuration must be tiers without, got 'Web with public addresses on launch'; a load "
        "balancer gets its public addresses by itself (164.312(e)(1))",
    )


def test_nat_gateways_need_public_subnets(stack: Stack) -> None:
    refusal(
        lambda: FlowLoggedVpc(stack, "It", nat_gateways=1),
        "Stack/It: nat_gateways must be 0 without public subnets, got 1; NAT gateways lie in public subnets; pass "
        "public_subnets=True as well, or use endpoints (164.312(e)(1))",
    )


def test_more_nat_gateways_than_zones_are_refused(stack: Stack) -> None:
    refusal(
        lambda: FlowLoggedVpc(stack, "It", public_subnets=True, nat_gateways=4, waivers=OPEN),
        "Stack/It: nat_gateways must be from 0 to 3, got 4; a zone needs no second NAT gateway (164.308(a)(7)(ii)(C))",
    )


@pytest.mark.parametrize(
    ("connected", "shown"), [(["10.0.128.0/20"], "10.0.0.0/16"), (["172.16.0.0/12", "172.20.0.0/16"], "172.16.0.0/12")]
)
def test_addresses_that_overlap_are_refused(stack: Stack, connected: list[str], shown: str) -> None:
    refusal(
        lambda: FlowLoggedVpc(stack, "It", connected_cidrs=connected),
        f"Stack/It: connected_cidrs must be apart from {shown}, got '{connected[-1]}'; addresses that two networks "
        "share can't be routed between them; choose others (164.312(e)(1))",
    )


def test_addresses_that_can_not_be_read_are_refused(stack: Stack) -> None:
    refusal(
        lambda: FlowLoggedVpc(stack, "It", connected_cidrs=["10.0.0.0/99"]),
        "Stack/It: connected_cidrs must be an IPv4 range such as 10.0.0.0/16, got '10.0.0.0/99'; '99' is not a valid "
        "netmask (164.312(e)(1))",
    )


def test_a_range_that_no_vpc_takes_is_refused(stack: Stack) -> None:
    refusal(
        lambda: FlowLoggedVpc(stack, "It", ip_addresses=ec2.IpAddresses.cidr("10.0.0.0/8")),
        "Stack/It: ip_addresses must be a range from /16 to /28, got '10.0.0.0/8'; a VPC takes no other size "
        "(164.312(e)(1))",
    )


def test_a_range_too_small_for_its_subnets_is_refused(stack: Stack) -> None:
    refusal(
        lambda: FlowLoggedVpc(stack, "It", ip_addresses=ec2.IpAddresses.cidr("10.0.0.0/28")),
        "Stack/It: ip_addresses must be large enough, got '10.0.0.0/28 for 8 subnets'; pass a larger range, sizes for "
        "the tiers, or reserved_azs=0 (164.312(e)(1))",
    )


def test_endpoints_are_none_gateway_or_standard(stack: Stack) -> None:
    refusal(
        lambda: made(FlowLoggedVpc, stack, endpoints="all"),
        "Stack/It: endpoints must be none, gateway or standard, got 'all'; add others by add_interface_endpoint() "
        "(164.312(e)(1))",
    )


def test_the_default_group_can_not_be_left_open(stack: Stack) -> None:
    refusal(
        lambda: made(FlowLoggedVpc, stack, restrict_default_security_group=False),
        "Stack/It: restrict_default_security_group can't be set, got False; the default security group is always "
        "closed (164.312(e)(1))",
    )


def test_a_refusal_leaves_nothing_behind(stack: Stack) -> None:
    with pytest.raises(Exception, match="public_subnets"):
        FlowLoggedVpc(stack, "It", public_subnets=True)
    assert stack.node.children == []
