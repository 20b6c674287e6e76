"""Whether anything leads out of a network, as far as the templates say."""

from __future__ import annotations

from hipaa_constructs.rules._network import is_wide, lists_public, prefix_list
from hipaa_constructs.rules._node import Resource

ROUTE_TABLE = "AWS::EC2::RouteTable"
SUBNET = "AWS::EC2::Subnet"
_ROUTE = "AWS::EC2::Route"
_TO_NEIGHBORS = ("TransitGatewayId", "VpcPeeringConnectionId", "CoreNetworkArn")
_ASSOCIATION = "AWS::EC2::SubnetRouteTableAssociation"


def subnet_leads_out(subnet: Resource) -> bool | None:
    """Tell whether a subnet has a route to everywhere; None without a route table of its own in the templates."""
    tables, unsure = _tables_of(subnet)
    found = [None if table is None else table_leads_out(table) for table in tables]
    if True in found:
        return True
    return None if not found or unsure or None in found else False


def subnet_has_neighbors(subnet: Resource) -> bool:
    """Tell whether a subnet has a route into another network, where there may be endpoints of AWS services for all."""
    tables, _ = _tables_of(subnet)
    routes = [
        route
        for table in tables
        if table is not None
        for route in table.template.assembly.pointing_at(table, _ROUTE, "RouteTableId")[0]
    ]
    return any(not route.at(key).is_absent for route in routes for key in _TO_NEIGHBORS)


def _tables_of(subnet: Resource) -> tuple[list[Resource | None], bool]:
    """Return the route tables of a subnet, None for one that is not in the templates; and whether others may be."""
    associations, unsure = subnet.template.assembly.pointing_at(subnet, _ASSOCIATION, "SubnetId")
    return [association.at("RouteTableId").target() for association in associations], bool(unsure)


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
    prefixes = prefix_list(route.at("DestinationPrefixListId"))
    if prefixes is not None:
        answers.append(lists_public(prefixes))
    return True if True in answers else None if None in answers else False
