"""Where in a network a construct puts what serves or holds records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from hipaa_constructs.errors import ComplianceError
from hipaa_constructs.services._options import Arguments
from hipaa_constructs.services._tokens import is_unresolved

_FEWEST_ZONES = 2

_ZONES: WeakKeyDictionary[ec2.ISubnet, str] = WeakKeyDictionary()
"""The zones of subnets, as far as asked: every question to Node takes time, and every construct asks."""


@dataclass(frozen=True)
class _Network:
    """What a network answers, which does not change, asked once; Node hands out new subnets at each question."""

    isolated: Sequence[ec2.ISubnet]
    private: Sequence[ec2.ISubnet]
    public: Sequence[ec2.ISubnet]
    exposed: frozenset[str]
    zones: int

    @classmethod
    def of(cls, vpc: ec2.IVpc) -> _Network:
        known = _KNOWN.get(vpc)
        if known is None:
            public = vpc.public_subnets
            known = _KNOWN[vpc] = cls(
                isolated=vpc.isolated_subnets,
                private=vpc.private_subnets,
                public=public,
                exposed=frozenset(subnet.subnet_id for subnet in public),
                zones=len(vpc.availability_zones),
            )
        return known


_KNOWN: WeakKeyDictionary[ec2.IVpc, _Network] = WeakKeyDictionary()


def inner_subnets(arguments: Arguments, vpc: ec2.IVpc, given: ec2.SubnetSelection | None) -> ec2.SubnetSelection:
    """Return the subnets for what only answers: by default isolated ones, else private ones.

    Args:
        arguments: of the construct; refuses what is no place for records.
        vpc: the network, also an imported one.
        given: what the user chose.

    Raises:
        ComplianceError: there are none, they are public, or they lie in one Availability Zone.
    """
    network = _Network.of(vpc)
    return _checked(arguments, vpc, _chosen(arguments, vpc, given, network.isolated or network.private))


def serving_subnets(arguments: Arguments, vpc: ec2.IVpc, given: ec2.SubnetSelection | None) -> ec2.SubnetSelection:
    """Return the subnets for what is called and calls others: by default private ones, else isolated ones.

    Args:
        arguments: of the construct; refuses what is no place for it.
        vpc: the network, also an imported one.
        given: what the user chose.

    Raises:
        ComplianceError: there are none, they are public, or they lie in one Availability Zone.
    """
    network = _Network.of(vpc)
    return _checked(arguments, vpc, _chosen(arguments, vpc, given, network.private or network.isolated))


def one_subnet(
    arguments: Arguments, vpc: ec2.IVpc, given: ec2.SubnetSelection | None
) -> tuple[ec2.SubnetSelection, bool]:
    """Return the subnets that a single instance chooses one of, by default private ones, else isolated ones.

    Args:
        arguments: of the construct; refuses what is no place for it.
        vpc: the network, also an imported one.
        given: what the user chose.

    Returns:
        The subnets, and whether one of them is public.

    Raises:
        ComplianceError: there are none.
    """
    network = _Network.of(vpc)
    found = _chosen(arguments, vpc, given, network.private or network.isolated)
    return ec2.SubnetSelection(subnets=found), _leads_outside(vpc, found)


def public_subnets(arguments: Arguments, vpc: ec2.IVpc, given: ec2.SubnetSelection | None) -> ec2.SubnetSelection:
    """Return the subnets for what the internet calls: by default public ones.

    Args:
        arguments: of the construct; refuses what is no place for it.
        vpc: the network, also an imported one.
        given: what the user chose.

    Raises:
        ComplianceError: there are none, or they lie in one Availability Zone.
    """
    return _over_zones(arguments, _chosen(arguments, vpc, given, _Network.of(vpc).public, asked="public"))


def calling_group(scope: Construct, vpc: ec2.IVpc, description: str) -> ec2.SecurityGroup:
    """Make a security group that nobody may enter, and that lets HTTPS out only."""
    group = ec2.SecurityGroup(scope, "SecurityGroup", vpc=vpc, description=description, allow_all_outbound=False)
    group.add_egress_rule(ec2.Peer.any_ipv4(), ec2.Port.HTTPS, "AWS services, by endpoints or a NAT gateway")
    return group


def _chosen(
    arguments: Arguments,
    vpc: ec2.IVpc,
    given: ec2.SubnetSelection | None,
    tier: Sequence[ec2.ISubnet],
    *,
    asked: str = "isolated or private",
) -> Sequence[ec2.ISubnet]:
    if given is None:
        if not tier:
            arguments.refuse(
                "vpc",
                "a network without them",
                asked=f"a network with {asked} subnets",
                way_out="make a FlowLoggedVpc, or pass vpc_subnets",
                citation="164.312(e)(1)",
            )
        # A tier may have several groups, and a load balancer takes one subnet in a zone.
        return tier[: _Network.of(vpc).zones]
    try:
        return vpc.select_subnets(
            subnet_type=given.subnet_type,
            subnet_group_name=given.subnet_group_name,
            subnets=given.subnets,
            subnet_filters=given.subnet_filters,
            availability_zones=given.availability_zones,
            one_per_az=given.one_per_az,
        ).subnets
    except RuntimeError as error:
        raise ComplianceError(
            f"{arguments.path}: vpc_subnets must be subnets of the network, each with its zone, got none: "
            f"{str(error).splitlines()[0]}; pass others (164.312(e)(1))"
        ) from error


def _checked(arguments: Arguments, vpc: ec2.IVpc, found: Sequence[ec2.ISubnet]) -> ec2.SubnetSelection:
    if _leads_outside(vpc, found):
        arguments.refuse(
            "vpc_subnets",
            "public ones",
            asked="isolated or private",
            way_out="public ones lead to the internet",
            citation="164.312(e)(1)",
        )
    return _over_zones(arguments, found)


def _leads_outside(vpc: ec2.IVpc, found: Sequence[ec2.ISubnet]) -> bool:
    exposed = _Network.of(vpc).exposed
    return bool(exposed) and any(subnet.subnet_id in exposed for subnet in found)


def _over_zones(arguments: Arguments, found: Sequence[ec2.ISubnet]) -> ec2.SubnetSelection:
    zones = sorted({_zone(subnet) for subnet in found})
    countable = not is_unresolved(zones)  # One token can stand for a list of zones,
    known = not any(is_unresolved(zone) for zone in zones)  # and several for the same zone.
    if countable and (len(found) < _FEWEST_ZONES or (known and len(zones) < _FEWEST_ZONES)):
        arguments.refuse(
            "vpc_subnets",
            f"{len(found)} of {len(zones)}",
            asked="of two Availability Zones or more",
            way_out="a zone that fails must not take everything along; pass a network that has them",
            citation="164.308(a)(7)(ii)(C)",
        )
    return ec2.SubnetSelection(subnets=found)


def _zone(subnet: ec2.ISubnet) -> str:
    zone = _ZONES.get(subnet)
    if zone is None:
        zone = _ZONES[subnet] = subnet.availability_zone
    return zone
