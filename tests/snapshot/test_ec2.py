"""The whole templates of the networks."""

from __future__ import annotations

from aws_cdk import Stack
from aws_cdk import aws_ec2 as ec2

from hipaa_constructs import EncryptedBucket, FlowLoggedVpc
from tests._refusals import waiver
from tests._synthesis import synthesized
from tests.snapshot.conftest import Templates


def test_flow_logged_vpc_with_defaults(templates: Templates) -> None:
    templates.hold(synthesized(lambda stack: FlowLoggedVpc(stack, "It")))


def test_flow_logged_vpc_with_all_options(templates: Templates) -> None:
    def build(stack: Stack) -> None:
        FlowLoggedVpc(
            stack,
            "It",
            ip_addresses=ec2.IpAddresses.cidr("172.16.0.0/18"),
            connected_cidrs=["10.0.0.0/16"],
            max_azs=2,
            reserved_azs=0,
            public_subnets=True,
            nat_gateways=1,
            endpoints="standard",
            trusted_accounts=["210987654321"],
            flow_log_destination=EncryptedBucket(stack, "Flows"),
            flow_log_interval=ec2.FlowLogMaxAggregationInterval.TEN_MINUTES,
            waivers=[waiver("RouteNotToInternetGateway")],
            vpc_name="records",
        )

    templates.hold(synthesized(build))
