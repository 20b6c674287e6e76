"""What the rules about data stores share: passwords, parameters, subnets, and what is left behind."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable

from hipaa_constructs.rules._network import is_wide
from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._outcome import MET, Outcome, Verdict, all_met
from hipaa_constructs.rules._policy import Statement, read
from hipaa_constructs.rules._value import Unresolved

AT_REST = ("164.312(a)(2)(iv)", "164.312(e)(2)(ii)")
IN_TRANSIT = ("164.312(e)(1)", "164.312(e)(2)(i)", "164.312(e)(2)(ii)")
PRIVATE = ("164.312(a)(1)", "164.312(e)(1)")
SIGNED_IN = ("164.312(d)", "164.308(a)(5)(ii)(D)")
RESTORABLE = ("164.308(a)(7)(i)", "164.308(a)(7)(ii)(A)", "164.308(a)(7)(ii)(B)")
AVAILABLE = ("164.308(a)(7)(i)", "164.308(a)(7)(ii)(C)")
KEPT = ("164.308(a)(7)(ii)(A)",)
DELETION_URL = (
    "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html"
)

_SUBNET = "AWS::EC2::Subnet"
_ASSOCIATION = "AWS::EC2::SubnetRouteTableAssociation"
_ROUTE = "AWS::EC2::Route"
_GATEWAY = "AWS::EC2::InternetGateway"
_REFERENCES = ("{{resolve:secretsmanager:", "{{resolve:ssm-secure:")


def kept_or_snapshotted(store: Resource) -> Outcome:
    """Judge that a store leaves a snapshot behind, or stays, when its stack goes or it is replaced."""
    return all_met(
        [
            store.attribute("DeletionPolicy").must_be("Snapshot", "Retain", "RetainExceptOnCreate"),
            store.attribute("UpdateReplacePolicy").must_be("Snapshot", "Retain"),
        ]
    )


def is_given(store: Resource, *names: str) -> bool:
    """Tell whether one of some properties is there."""
    return any(not store.at(name).is_absent for name in names)


def off_or_absent(place: Node) -> Outcome:
    """Judge a switch that AWS leaves off."""
    return MET if place.is_absent else place.must_be(False)


def on_or_absent(place: Node) -> Outcome:
    """Judge a switch that AWS leaves on."""
    return MET if place.is_absent else place.must_be(True)


def from_secret(password: Node) -> Outcome:
    """Judge that a password is a dynamic reference to a secret; what stands in a template, many can read."""
    if not isinstance(password.value, Unresolved):
        return password.broken("a password in the template")
    referred = any(start in json.dumps(password.value.expression) for start in _REFERENCES)
    return MET if referred else password.undecided()


def hidden(*passwords: Node) -> Outcome:
    """Judge that none of some passwords stands in the template; none at all does not apply."""
    return all_met(from_secret(password) for password in passwords if not password.is_absent)


def lists(place: Node, *wanted: str) -> Outcome:
    """Judge that a list names some texts."""
    if place.is_unknown:
        return place.undecided()
    found = place.items()
    texts = {one.text for one in found}
    missing = [text for text in wanted if text not in texts]
    if missing and any(one.is_unknown for one in found):
        return place.undecided()
    return place.broken(f"no {', '.join(missing)}") if missing else MET


def each(places: Node, judge: Callable[[Node], Outcome]) -> Outcome:
    """Judge every place of a list, which has to have one."""
    if places.is_unknown:
        return places.undecided()
    found = places.items()
    return all_met(judge(place) for place in found) if found else places.broken()


def group_of(store: Resource, name: str, kind: str) -> Resource | Outcome | None:
    """Return the parameter group that a store names.

    Returns:
        The group; None where the default one of AWS holds; an outcome where the group is not known.
    """
    place = store.at(name)
    if place.is_absent or (place.text or "").startswith("default."):
        return None
    group = place.target()
    if group is not None and group.type == kind:
        return group
    known = place.is_unknown or place.text is not None
    return place.undecided("the parameter group is not in these templates") if known else place.broken()


def parameter_is(group: Resource, name: str, *wanted: str) -> Outcome:
    """Judge a parameter of a group whose parameters are a mapping, in any case of letters."""
    place = group.at("Parameters", name)
    if place.is_unknown:
        return place.undecided()
    return MET if place.outline().strip().lower() in wanted else place.broken()


def denied(document: Node, denies: Callable[[Statement], bool | None], without: str) -> Outcome:
    """Judge that a policy that stands in its resource denies something."""
    if document.is_unknown:
        return document.undecided()
    statements, unreadable = read(document)
    answers = [denies(statement) for statement in statements]
    if True in answers:
        return MET
    if unreadable or None in answers:
        return document.undecided("an intrinsic function hides a statement")
    return document.broken(without)


def in_private_subnets(places: Iterable[Node]) -> Outcome:
    """Judge that each of some places names a subnet that no internet gateway routes to."""
    return all_met(_in_private_subnet(place) for place in places)


def _in_private_subnet(place: Node) -> Outcome:
    subnet = place.target()
    if subnet is None or subnet.type != _SUBNET:
        known = place.is_unknown or place.text is not None
        return place.undecided("the subnet is not in these templates") if known else place.broken()
    addresses = off_or_absent(subnet.at("MapPublicIpOnLaunch"))
    if addresses is not MET:
        found = "a subnet that gives out public addresses"
        return place.broken(found) if addresses.verdict is Verdict.BROKEN else place.undecided(f"it may be {found}")
    assembly = subnet.template.assembly
    associations, unsure = assembly.pointing_at(subnet, _ASSOCIATION, "SubnetId")
    tables = [association.at("RouteTableId").target() for association in associations]
    answers = [None if table is None else _leads_to_gateway(table) for table in tables]
    if True in answers:
        return place.broken("a subnet with a route to an internet gateway")
    return place.undecided("the routes of the subnet are not known") if unsure or None in answers else MET


def _leads_to_gateway(table: Resource) -> bool | None:
    routes, unsure = table.template.assembly.pointing_at(table, _ROUTE, "RouteTableId")
    answers = [_is_way_in(route) for route in routes]
    return True if True in answers else None if unsure or None in answers else False


def _is_way_in(route: Resource) -> bool | None:
    ranges = [is_wide(route.at(name)) for name in ("DestinationCidrBlock", "DestinationIpv6CidrBlock")]
    gateway = route.at("GatewayId")
    if gateway.is_absent or ranges == [False, False]:
        return False
    targets = gateway.targets()
    if targets:
        into = any(target.type == _GATEWAY for target in targets)
    elif gateway.is_unknown:
        return None
    else:
        into = (gateway.text or "").startswith("igw-")
    return into and (True if True in ranges else None)
