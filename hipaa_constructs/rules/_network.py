"""Addresses and ports, as security groups, network ACLs and routes name them."""

from __future__ import annotations

import ipaddress

from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._outcome import MET, Outcome
from hipaa_constructs.rules._value import as_text

_BROADEST_PREFIXES = {4: 8, 6: 32}
"""Ranges wider than these are the public: half the internet is no more of a limit than none."""

_OF_A_NETWORK = ("AWS::EC2::VPC", "AWS::EC2::Subnet", "AWS::EC2::VPCCidrBlock", "AWS::EC2::IPAMPoolCidr")


def is_wide(place: Node) -> bool | None:
    """Tell whether a range of addresses is the public; None if the templates can't tell."""
    if place.is_absent:
        return False
    if place.is_unknown:
        targets = place.targets()
        # The addresses of a VPC are private, whatever they are.
        return False if targets and all(target.type in _OF_A_NETWORK for target in targets) else None
    try:
        network = ipaddress.ip_network(place.text or "", strict=False)
    except ValueError:
        return True
    return network.prefixlen < _BROADEST_PREFIXES[network.version]


def prefix_list(place: Node) -> Resource | None:
    """Return the prefix list that a place names, if it is in the templates."""
    target = place.target()
    return target if target is not None and target.type == "AWS::EC2::PrefixList" else None


def lists_public(prefixes: Resource) -> bool | None:
    """Tell whether the public is among the addresses of a prefix list; None if the templates can't tell."""
    entries = prefixes.at("Entries")
    answers = [is_wide(entry.at("Cidr")) for entry in entries.items()]
    return True if True in answers else None if entries.is_unknown or None in answers else False


def is_open(opening: Node) -> bool | None:
    """Tell whether a rule of a security group is for everyone on the internet.

    A prefix list that is not in the templates counts as one of known addresses.
    """
    answers = [is_wide(opening.at(family)) for family in ("CidrIp", "CidrIpv6")]
    named = [prefix_list(opening.at(key)) for key in ("SourcePrefixListId", "DestinationPrefixListId")]
    answers += [lists_public(prefixes) for prefixes in named if prefixes is not None]
    return True if True in answers else None if None in answers else False


def covers(opening: Node, port: int) -> bool | None:
    """Tell whether an ingress rule of a security group lets TCP in on a port."""
    protocol = opening.at("IpProtocol")
    if protocol.is_unknown:
        return None
    name = as_text(protocol.value) if isinstance(protocol.value, (bool, int, float, str)) else ""
    if name.lower() not in ("-1", "tcp", "6", "all", ""):
        return False
    return True if name == "-1" else in_range(opening.at("FromPort"), opening.at("ToPort"), port)


def in_range(first: Node, last: Node, port: int) -> bool | None:
    """Tell whether a port lies in a range; one without an end has none, as -1 has."""
    if first.is_unknown or last.is_unknown:
        below = first.number is not None and first.number > port
        above = last.number is not None and -1 != last.number < port
        return False if below or above else None
    low, high = first.number, last.number
    if low is None or high is None or -1 in (low, high):
        return True
    return low <= port <= high


def only_port(opening: Node, port: int) -> bool | None:
    """Tell whether an ingress rule of a security group lets in on one port and no other."""
    protocol, first, last = opening.at("IpProtocol"), opening.at("FromPort"), opening.at("ToPort")
    if protocol.text not in ("tcp", "udp") and not protocol.is_unknown and protocol.number not in (6, 17):
        return False
    known = [place for place in (first, last) if not place.is_unknown]
    if any(place.number != port for place in known):
        return False
    return None if protocol.is_unknown or len(known) < 2 else True


def closed(opening: Node, *ports: int) -> Outcome:
    """Judge that the internet can't reach any of some ports through an ingress rule."""
    everyone = is_open(opening)
    if everyone is False:
        return MET
    reached = {port: covers(opening, port) for port in ports}
    found = [str(port) for port, answer in reached.items() if answer]
    if everyone and found:
        return opening.broken(f"the internet reaches port {', '.join(found)}")
    if found or None in reached.values():
        return opening.undecided("an intrinsic function hides who reaches which port")
    return MET
