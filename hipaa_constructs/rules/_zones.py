"""How many Availability Zones subnets are in, as far as the templates say."""

from __future__ import annotations

from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._outcome import MET, Outcome


def zone_of(subnet: Resource) -> Node:
    """Return the place of the zone of a subnet, which is named or else has an id."""
    named = subnet.at("AvailabilityZone")
    return subnet.at("AvailabilityZoneId") if named.is_absent else named


def spans_zones(place: Node, subnets: list[Node]) -> Outcome:
    """Judge that a list names two subnets or more, and not all of them surely in one zone.

    Args:
        place: the list, which may be hidden.
        subnets: the places that name one each.
    """
    if place.is_unknown:
        return place.undecided()
    if len(subnets) < 2:
        return place.broken(f"{len(subnets)} subnets")
    if _all_agree(subnets):
        return place.broken("one subnet only")
    targets = [subnet.target() for subnet in subnets]
    zones = [zone_of(target) for target in targets if target is not None]
    return place.broken("all in one zone") if len(zones) == len(targets) and _all_agree(zones) else MET


def _all_agree(places: list[Node]) -> bool:
    return all(place.agrees_with(places[0]) for place in places)
