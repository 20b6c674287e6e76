"""Where a construct puts what it makes, in networks of all kinds."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from aws_cdk import App, Fn, Stack
from aws_cdk import aws_ec2 as ec2

from hipaa_constructs import HipaaRedisCluster
from hipaa_constructs.services._options import Arguments
from hipaa_constructs.services._placement import inner_subnets, public_subnets, serving_subnets
from tests._refusals import refusal

Place = Callable[[Arguments, ec2.IVpc, ec2.SubnetSelection | None], ec2.SubnetSelection]
PUBLIC = ec2.SubnetSelection(subnet_type=ec2.SubnetType.PUBLIC)
ZONES = ["us-east-1a", "us-east-1b"]


@pytest.fixture
def stack() -> Stack:
    return Stack(App(), "Stack")


def network(stack: Stack, *tiers: str, zones: list[str] = ZONES) -> ec2.IVpc:
    ids = {f"{tier}_subnet_ids": [f"{tier}-{n}" for n, _ in enumerate(zones)] for tier in tiers}
    return ec2.Vpc.from_vpc_attributes(
        stack,
        "Network",
        vpc_id="vpc-1",
        availability_zones=zones,
        public_subnet_ids=ids.get("public_subnet_ids"),
        private_subnet_ids=ids.get("private_subnet_ids"),
        isolated_subnet_ids=ids.get("isolated_subnet_ids"),
    )


def placed(place: Place, stack: Stack, vpc: ec2.IVpc, given: ec2.SubnetSelection | None = None) -> list[str]:
    arguments = Arguments(stack, "It", contract=HipaaRedisCluster.contract, waivers=(), free={})
    return [subnet.subnet_id for subnet in place(arguments, vpc, given).subnets or ()]


@pytest.mark.parametrize(
    ("place", "tiers", "wanted"),
    [
        (inner_subnets, ("public", "private", "isolated"), "isolated"),
        (inner_subnets, ("public", "private"), "private"),
        (serving_subnets, ("public", "private", "isolated"), "private"),
        (serving_subnets, ("public", "isolated"), "isolated"),
        (public_subnets, ("public", "private", "isolated"), "public"),
    ],
)
def test_each_has_a_tier_of_its_own(stack: Stack, place: Place, tiers: tuple[str, ...], wanted: str) -> None:
    assert placed(place, stack, network(stack, *tiers)) == [f"{wanted}-0", f"{wanted}-1"]


def test_one_subnet_of_each_zone_is_taken() -> None:
    stack = Stack(App(), "Stack")
    groups = [
        ec2.SubnetConfiguration(name=name, subnet_type=ec2.SubnetType.PRIVATE_ISOLATED) for name in ("Data", "Cache")
    ]
    vpc = ec2.Vpc(stack, "Vpc", max_azs=2, nat_gateways=0, subnet_configuration=groups)
    assert placed(inner_subnets, stack, vpc) == [subnet.subnet_id for subnet in vpc.isolated_subnets[:2]]


@pytest.mark.parametrize("place", [inner_subnets, serving_subnets])
def test_public_subnets_are_no_place_for_records(stack: Stack, place: Place) -> None:
    refusal(
        lambda: placed(place, stack, network(stack, "public", "private"), PUBLIC),
        "Stack/It: vpc_subnets must be isolated or private, got 'public ones'; public ones lead to the internet "
        "(164.312(e)(1))",
    )


def test_a_list_that_only_the_deployment_knows_is_taken_as_it_is(stack: Stack) -> None:
    zones = Fn.split(",", Fn.import_value("Zones"))
    ids = Fn.split(",", Fn.import_value("Subnets"))
    vpc = ec2.Vpc.from_vpc_attributes(
        stack, "Network", vpc_id="vpc-1", availability_zones=zones, isolated_subnet_ids=ids
    )
    assert len(placed(inner_subnets, stack, vpc)) == 1


def test_zones_that_only_the_deployment_knows_are_taken_for_several(stack: Stack) -> None:
    vpc = network(stack, "isolated", zones=Fn.import_list_value("Zones", 2))
    assert len(placed(inner_subnets, stack, vpc)) == 2


def test_one_subnet_is_too_few_whatever_its_zone(stack: Stack) -> None:
    vpc = network(stack, "isolated", zones=Fn.import_list_value("Zones", 1))
    refusal(
        lambda: placed(inner_subnets, stack, vpc),
        "Stack/It: vpc_subnets must be of two Availability Zones or more, got '1 of 1'; a zone that fails must not "
        "take everything along; pass a network that has them (164.308(a)(7)(ii)(C))",
    )
