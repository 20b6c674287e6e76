"""Whether anything leads out of a network, as far as the templates say."""

from __future__ import annotations

from hipaa_constructs.rules._network import is_wide
from hipaa_constructs.rules._node import Resource

ROUTE_TABLE = "AWS::EC2::RouteTable"
SUBNET = "AWS::EC2::Subnet"
_ROUTE = "AWS::EC2::Route"
_ASSOCIATION = "AWS::EC2::SubnetRouteTableAssociation"


def subnet_leads_out(subnet: Resource) -> bool | None:
    """Tell whether a subnet has a route to everywhere; None without a route table of its own in the templates."""
    assembly = subnet.template.assembly
    associations, unsure = assembly.pointing_at(subnet, _ASSOCIATION, "SubnetId")
    tables = [association.at("RouteTableId").target() for association in associations]
    found = [None if table is None else table_leads_out(table) for table in tables]
    if True in found:
        return True
    return None if not found or unsure or None in found else False


def table_leads_out(table: Resource) -> bool | None:
    """Tell whether a route table has a route to everywhere."""
    assembly = table.template.assembly
    routes, hidden = assembly.pointing_at(table, _ROUTE, "RouteTableId")
    wide = [_leads_everywhere(route) for route in routes]
    if True in wide:
        return True
    return None if hidden or None in wide else False


def vpc_leads_out(vpc: Resource) -> bool | None:
    """Tell whether a route table of a VPC has a route to everywhere; None if there are none in the templates."""
    assembly = vpc.template.assembly
    return assembly.once(("vpc_leads_out", vpc), lambda: _vpc_leads_out(vpc), of=vpc.template)


def _vpc_leads_out(vpc: Resource) -> bool | None:
    tables, unsure = vpc.template.assembly.pointing_at(vpc, ROUTE_TABLE, "VpcId")
    found = [table_leads_out(table) for table in tables]
    if True in found:
        return True
    return None if not found or unsure or None in found else False


def _leads_everywhere(route: Resource) -> bool | None:
    answers = [is_wide(route.at(key)) for key in ("DestinationCidrBlock", "DestinationIpv6CidrBlock")]
    return True if True in answers else None if None in answers else False
