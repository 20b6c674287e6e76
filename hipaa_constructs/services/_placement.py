"""Where in a network a construct puts what holds records."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import Token
from aws_cdk import aws_ec2 as ec2

from hipaa_constructs.errors import ComplianceError
from hipaa_constructs.services._options import Arguments

_ISOLATED = ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)
_PRIVATE = ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS)
_RESILIENCE = "164.308(a)(7)(ii)(C)"
_FEWEST_ZONES = 2


def inner_subnets(
    arguments: Arguments, vpc: ec2.IVpc, given: ec2.SubnetSelection | None, *, zones: int = 2
) -> Sequence[ec2.ISubnet]:
    """Return the subnets for what nobody reaches from outside: by default isolated ones, else private ones.

    Args:
        arguments: of the construct; refuses what is no place for records.
        vpc: the network, also an imported one.
        given: what the user chose.
        zones: over how many Availability Zones they must lie at least.

    Raises:
        ComplianceError: there are none, they are public, or they lie in too few zones.
    """
    if given is None:
        given = _ISOLATED if vpc.isolated_subnets else _PRIVATE
        if not (vpc.isolated_subnets or vpc.private_subnets):
            arguments.refuse(
                "vpc",
                "a network without them",
                asked="a network with isolated or private subnets",
                way_out="make a FlowLoggedVpc, or pass vpc_subnets",
                citation="164.312(e)(1)",
            )
    chosen = vpc.select_subnets(
        subnet_type=given.subnet_type,
        subnet_group_name=given.subnet_group_name,
        subnets=given.subnets,
        subnet_filters=given.subnet_filters,
        availability_zones=given.availability_zones,
        one_per_az=given.one_per_az,
    )
    if chosen.has_public:
        arguments.refuse(
            "vpc_subnets",
            "public ones",
            asked="isolated or private subnets",
            way_out="what holds records has no business with the internet",
            citation="164.312(e)(1)",
        )
    found = set(chosen.availability_zones)
    known = not any(Token.is_unresolved(zone) for zone in found)
    if len(chosen.subnets) < zones or (known and len(found) < zones):
        arguments.refuse(
            "vpc_subnets",
            f"{len(chosen.subnets)} in {len(found)}",
            asked=f"subnets in {zones} Availability Zones or more",
            way_out="a zone that fails must not take the records along",
            citation=_RESILIENCE,
        )
    return chosen.subnets


def serving_subnets(
    arguments: Arguments, vpc: ec2.IVpc, given: ec2.SubnetSelection | None, *, public: bool = False
) -> ec2.SubnetSelection:
    """Return the subnets for what is called and calls others: by default private ones, else isolated ones.

    Args:
        arguments: of the construct; refuses what is no place for it.
        vpc: the network, also an imported one.
        given: what the user chose.
        public: whether public subnets are taken; by default only inner ones.

    Raises:
        ComplianceError: there are none, they are public and must not be, or they lie in one Availability Zone.
    """
    tier = vpc.private_subnets or vpc.isolated_subnets
    found = tier[: len(vpc.availability_zones)] if given is None else _selected(arguments, vpc, given)
    exposed = {subnet.subnet_id for subnet in vpc.public_subnets}
    if not public and any(subnet.subnet_id in exposed for subnet in found):
        arguments.refuse(
            "vpc_subnets",
            "public ones",
            asked="private or isolated",
            way_out="public ones lead to the internet",
            citation="164.312(e)(1)",
        )
    zones = {subnet.availability_zone for subnet in found}
    known = not any(Token.is_unresolved(zone) for zone in zones)
    if len(found) < _FEWEST_ZONES or (known and len(zones) < _FEWEST_ZONES):
        arguments.refuse(
            "vpc_subnets",
            f"{len(found)} of {len(zones)}",
            asked="of at least two Availability Zones",
            way_out="pass a network that has them",
            citation=_RESILIENCE,
        )
    return ec2.SubnetSelection(subnets=found)


def _selected(arguments: Arguments, vpc: ec2.IVpc, given: ec2.SubnetSelection) -> list[ec2.ISubnet]:
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
            f"{arguments.path}: vpc_subnets must be in the network, each with its zone; {error}"
        ) from error
