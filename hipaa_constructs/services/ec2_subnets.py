"""Where subnets lie: the zones and address ranges of a network, worked out before anything is built."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass

from aws_cdk import Fn, Tags
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from hipaa_constructs.services._of_stack import region_of
from hipaa_constructs.services._options import Arguments
from hipaa_constructs.services._tokens import is_unresolved

ISOLATED = ec2.SubnetType.PRIVATE_ISOLATED
PRIVATE = ec2.SubnetType.PRIVATE_WITH_EGRESS
PUBLIC = ec2.SubnetType.PUBLIC

_CITATION = "164.312(e)(1)"
_TIER_BITS = 4
"""A tier's subnet takes a sixteenth of the network, so that two tiers in six zones fit."""
_PUBLIC_BITS = 8
_SMALLEST_MASK = 28
_ANY_RANGE = "10.0.0.0/16"
"""Stands for addresses that only the deployment knows, while it is checked whether they can be shared out."""
_TAGS = {ISOLATED: "Isolated", PRIVATE: "Private", PUBLIC: "Public"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where one subnet will be.

    Attributes:
        id: its construct id.
        tier: what kind of subnet it is one of.
        zone: its Availability Zone.
        cidr: its addresses.
    """

    id: str
    tier: ec2.SubnetConfiguration
    zone: str
    cidr: str


def zones_of(arguments: Arguments, given: Sequence[str] | None, most: int, region: str) -> list[str]:
    """Return the zones to use: those given, or so many of those that the Region shows at the deployment."""
    if given is None:
        return [Fn.select(number, Fn.get_azs()) for number in range(most)]
    known = [zone for zone in given if not is_unresolved(zone)]
    if len(set(known)) < len(known):
        _refuse(arguments, "availability_zones", given, "different zones", "name each zone once")
    foreign = [zone for zone in known if not is_unresolved(region) and not zone.startswith(region)]
    if foreign:
        _refuse(arguments, "availability_zones", given, f"zones of {region}", "a VPC lies in the Region of its stack")
    return list(given)


def check_ranges(arguments: Arguments, network: str | None, connected: Sequence[str]) -> None:
    """Refuse addresses that can't be read, are no VPC's, or are also those of a connected network."""
    own = None if network is None else _parsed(arguments, "ip_addresses", network)
    if own is not None and not 16 <= own.prefixlen <= _SMALLEST_MASK:
        _refuse(arguments, "ip_addresses", network, "a range from /16 to /28", "a VPC takes no other size")
    seen = [] if own is None else [own]
    for text in connected:
        other = _parsed(arguments, "connected_cidrs", text)
        if other is None:
            continue
        for taken in seen:
            if other.overlaps(taken):
                way_out = "addresses that two networks share can't be routed between them; choose others"
                _refuse(arguments, "connected_cidrs", text, f"apart from {taken}", way_out)
        seen.append(other)


def tiers(prefix: float | None, *, public: bool) -> list[ec2.SubnetConfiguration]:
    """Return the default tiers; each has a size of its own, so that asking for the public one moves no other."""

    def mask(bits: int) -> float | None:
        return None if prefix is None else min(prefix + bits, _SMALLEST_MASK)

    found = [
        ec2.SubnetConfiguration(name="Isolated", subnet_type=ISOLATED, cidr_mask=mask(_TIER_BITS)),
        ec2.SubnetConfiguration(name="Private", subnet_type=PRIVATE, cidr_mask=mask(_TIER_BITS)),
    ]
    if public:
        found.append(ec2.SubnetConfiguration(name="Public", subnet_type=PUBLIC, cidr_mask=mask(_PUBLIC_BITS)))
    return found


def check_tiers(arguments: Arguments, configuration: Sequence[ec2.SubnetConfiguration]) -> None:
    """Refuse tiers that share a name, or give public addresses to whatever is launched."""
    names = [tier.name for tier in configuration]
    if not names or len(set(names)) < len(names):
        _refuse(arguments, "subnet_configuration", names, "tiers with different names", "name each tier once")
    for tier in configuration:
        if tier.map_public_ip_on_launch or tier.ipv6_assign_address_on_creation:
            _refuse(
                arguments,
                "subnet_configuration",
                f"{tier.name} with public addresses on launch",
                "tiers without",
                "a load balancer gets its public addresses by itself",
            )


def places(
    arguments: Arguments,
    ip_addresses: ec2.IIpAddresses,
    network: str | None,
    configuration: Sequence[ec2.SubnetConfiguration],
    zones: Sequence[str],
    reserved: int,
) -> list[Place]:
    """Share a network's addresses among tiers and zones, and keep some for zones to come."""
    wanted = [
        (tier, f"{tier.name}Subnet{number + 1}", zones[number] if number < len(zones) else None)
        for tier in configuration
        for number in range(len(zones) + reserved)
    ]
    try:
        allocated = ip_addresses.allocate_subnets_cidr(
            vpc_cidr=network or _ANY_RANGE,
            requested_subnets=[
                ec2.RequestedSubnet(availability_zone=zone or "reserved", configuration=tier, subnet_construct_id=id)
                for tier, id, zone in wanted
            ],
        ).allocated_subnets
    except RuntimeError:
        allocated = []
    if len(allocated) < len(wanted):
        shown = f"{network or 'a range'} for {len(wanted)} subnets"
        way_out = "pass a larger range, sizes for the tiers, or reserved_azs=0"
        _refuse(arguments, "ip_addresses", shown, "large enough", way_out)
    return [
        Place(id, tier, zone, subnet.cidr)
        for (tier, id, zone), subnet in zip(wanted, allocated, strict=True)
        if zone is not None and not tier.reserved
    ]


def make_subnet(scope: Construct, place: Place, vpc_id: str) -> ec2.Subnet:
    """Make a subnet, with a route table of its own and tags by which `ec2.Vpc.from_lookup` knows it."""
    kind = {PUBLIC: ec2.PublicSubnet, PRIVATE: ec2.PrivateSubnet}.get(place.tier.subnet_type, ec2.Subnet)
    subnet = kind(
        scope,
        place.id,
        vpc_id=vpc_id,
        availability_zone=place.zone,
        cidr_block=place.cidr,
        map_public_ip_on_launch=False,
    )
    tags, only = Tags.of(subnet), ["AWS::EC2::Subnet"]
    tags.add("aws-cdk:subnet-name", place.tier.name, include_resource_types=only)
    tags.add("aws-cdk:subnet-type", _TAGS[place.tier.subnet_type], include_resource_types=only)
    return subnet


def as_vpc(
    scope: Construct,
    id: str,
    *,
    vpc_id: str,
    cidr: str,
    zones: Sequence[str],
    subnets: Sequence[tuple[Place, ec2.Subnet]],
) -> ec2.IVpc:
    """Return what was made as the CDK's other constructs take it."""

    def of(kind: ec2.SubnetType) -> list[tuple[Place, ec2.Subnet]] | None:
        return [(place, subnet) for place, subnet in subnets if place.tier.subnet_type == kind] or None

    def ids(found: list[tuple[Place, ec2.Subnet]] | None) -> list[str] | None:
        return [subnet.subnet_id for _, subnet in found] if found else None

    def names(found: list[tuple[Place, ec2.Subnet]] | None) -> list[str] | None:
        return list(dict.fromkeys(place.tier.name for place, _ in found)) if found else None

    def tables(found: list[tuple[Place, ec2.Subnet]] | None) -> list[str] | None:
        return [subnet.route_table.route_table_id for _, subnet in found] if found else None

    def ranges(found: list[tuple[Place, ec2.Subnet]] | None) -> list[str] | None:
        return [place.cidr for place, _ in found] if found else None

    isolated, private, public = of(ISOLATED), of(PRIVATE), of(PUBLIC)
    return ec2.Vpc.from_vpc_attributes(
        scope,
        id,
        vpc_id=vpc_id,
        vpc_cidr_block=cidr,
        availability_zones=zones,
        region=region_of(scope),
        isolated_subnet_ids=ids(isolated),
        isolated_subnet_names=names(isolated),
        isolated_subnet_route_table_ids=tables(isolated),
        isolated_subnet_ipv4_cidr_blocks=ranges(isolated),
        private_subnet_ids=ids(private),
        private_subnet_names=names(private),
        private_subnet_route_table_ids=tables(private),
        private_subnet_ipv4_cidr_blocks=ranges(private),
        public_subnet_ids=ids(public),
        public_subnet_names=names(public),
        public_subnet_route_table_ids=tables(public),
        public_subnet_ipv4_cidr_blocks=ranges(public),
    )


def _parsed(arguments: Arguments, name: str, text: str) -> ipaddress.IPv4Network | None:
    if is_unresolved(text):
        return None
    try:
        return ipaddress.IPv4Network(text)
    except ValueError as error:
        reason = str(error)
    _refuse(arguments, name, text, "an IPv4 range such as 10.0.0.0/16", reason)
    return None


def _refuse(arguments: Arguments, name: str, value: object, asked: str, way_out: str) -> None:
    arguments.refuse(name, value, asked=asked, way_out=way_out, citation=_CITATION)
