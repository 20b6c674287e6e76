"""Where in a network a construct puts what holds records."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import Token
from aws_cdk import aws_ec2 as ec2

from hipaa_constructs.services._options import Arguments

_ISOLATED = ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)
_PRIVATE = ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS)
_RESILIENCE = "164.308(a)(7)(ii)(C)"


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
