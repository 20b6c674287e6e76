"""Values that many rules about data stores judge alike, each with what is to come out."""

from __future__ import annotations

from typing import TypeAlias

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import (
    BROKEN,
    GONE,
    MET,
    NEVER_TRUE,
    PARAMETER,
    UNDECIDED,
    Body,
    Path_,
    changed,
    resource,
    template,
    verdict,
)

Cases: TypeAlias = "list[tuple[Json, str]]"
Place: TypeAlias = "tuple[str, str, tuple[str | int, ...]]"
"""A rule, the type of what it judges, and the place that it judges."""

SECRET: Json = "{{resolve:secretsmanager:portal:SecretString:password}}"
KEY_ARN = "arn:aws:kms:us-east-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef"

ON: Cases = [(True, MET), ("true", MET), (False, BROKEN), ("false", BROKEN), (GONE, BROKEN), (PARAMETER, UNDECIDED)]
ON += [(value, BROKEN) for value in NEVER_TRUE]
ON_OR_ABSENT: Cases = [(GONE, MET), *(case for case in ON if case[0] != GONE)]
OFF_OR_ABSENT: Cases = [(GONE, MET), (False, MET), ("false", MET), (True, BROKEN), ("true", BROKEN)]
OFF_OR_ABSENT += [(PARAMETER, UNDECIDED), *((value, BROKEN) for value in NEVER_TRUE)]
SET: Cases = [("x", MET), ({"Ref": "Other"}, MET), ("", BROKEN), (GONE, BROKEN), (None, BROKEN), ({}, BROKEN)]
SET += [([], BROKEN), (False, BROKEN), (PARAMETER, UNDECIDED)]
_KEY: Cases = [
    (KEY_ARN, MET),
    ({"Fn::GetAtt": ["Other", "Arn"]}, MET),
    ({"Fn::ImportValue": "Key"}, MET),
    ("arn:aws:kms:us-east-1:123456789012:alias/aws/service", BROKEN),
    ("alias/aws/service", BROKEN),
    ("", BROKEN),
    (None, BROKEN),
    ({}, BROKEN),
    (PARAMETER, UNDECIDED),
]
OWN_KEY: Cases = [*_KEY, ("alias/portal", BROKEN)]
OWN_KEY_OR_ALIAS: Cases = [*_KEY, ("alias/portal", MET)]
PASSWORD: Cases = [
    (SECRET, MET),
    ({"Fn::Sub": "{{resolve:secretsmanager:${Other}}}"}, MET),
    ("{{resolve:ssm-secure:portal}}", MET),
    ("{{resolve:ssm:portal}}", UNDECIDED),
    ("swordfish", BROKEN),
    ("", BROKEN),
    (7, BROKEN),
    ([], BROKEN),
    (PARAMETER, UNDECIDED),
]


def least(number: int, absent: str) -> Cases:
    """Return numbers around the smallest that is enough, and what no number is."""
    cases: Cases = [(number - 1, BROKEN), (number, MET), (str(number), MET), (number + 1, MET), (GONE, absent)]
    return [*cases, ("x", BROKEN), (None, BROKEN), ([number], BROKEN), (True, BROKEN), (PARAMETER, UNDECIDED)]


def one_of(*words: str, absent: str = BROKEN) -> Cases:
    """Return the words that are right, and others."""
    cases: Cases = [*((word, MET) for word in words), (f"{words[0]}x", BROKEN), ("", BROKEN), (GONE, absent)]
    return [*cases, (None, BROKEN), (3, BROKEN), ([words[0]], BROKEN), ({}, BROKEN), (PARAMETER, UNDECIDED)]


def alone(kind: str, properties: Json = None, **attributes: Json) -> Body:
    """Make a template of one resource, ``It``, and another one that it may name."""
    return template({"It": resource(kind, properties, **attributes), "Other": resource("Custom::Other")})


def judged(place: Place, value: Json, properties: Json = None, **attributes: Json) -> str:
    """Judge a rule of a resource with a value at a place of its properties."""
    rule, kind, path = place
    where: Path_ = ("Resources", "It", "Properties", *path)
    return verdict(rule, changed(alone(kind, {} if properties is None else properties, **attributes), where, value))


def kept(rule: str, kind: str, deletion: Json, replacement: Json, properties: Json = None) -> str:
    """Judge a rule of a resource with these policies."""
    return verdict(rule, alone(kind, properties, DeletionPolicy=deletion, UpdateReplacePolicy=replacement))


def network(*, public: Json = GONE, gateway: Json = None, destination: Json = "0.0.0.0/0") -> dict[str, Json]:
    """Make a subnet, ``Subnet``, with a route to a gateway, or without one."""
    route: Body = {"RouteTableId": {"Ref": "Table"}, "DestinationCidrBlock": destination, "GatewayId": gateway}
    made: dict[str, Json] = {
        "Gateway": resource("AWS::EC2::InternetGateway"),
        "Nat": resource("AWS::EC2::NatGateway"),
        "Subnet": resource("AWS::EC2::Subnet", {"MapPublicIpOnLaunch": public}),
        "Table": resource("AWS::EC2::RouteTable"),
        "Association": resource(
            "AWS::EC2::SubnetRouteTableAssociation", {"SubnetId": {"Ref": "Subnet"}, "RouteTableId": {"Ref": "Table"}}
        ),
    }
    return made if gateway is None else {**made, "Route": resource("AWS::EC2::Route", route)}


def each_case(places: list[Place], cases: Cases) -> pytest.MarkDecorator:
    """Ask every rule for every value."""
    found = [
        pytest.param(place, value, wanted, id=f"{place[0]}-{place[1]}-{value}")
        for place in places
        for value, wanted in cases
    ]
    return pytest.mark.parametrize(("place", "value", "wanted"), found)


def each_policy(*kept: tuple[str, str], snapshots: bool) -> pytest.MarkDecorator:
    """Ask rules of types about what becomes of a resource, with a last word on snapshots."""
    snapshot = MET if snapshots else BROKEN
    cases: list[tuple[Json, Json, str]] = [
        ("Retain", "Retain", MET),
        ("RetainExceptOnCreate", "Retain", MET),
        ("Retain", "RetainExceptOnCreate", BROKEN),
        ("Snapshot", "Retain", snapshot),
        ("Retain", "Snapshot", snapshot),
        *((word, "Retain", BROKEN) for word in ("Delete", GONE, 3)),
        *(("Retain", word, BROKEN) for word in ("Delete", GONE, 3)),
        (PARAMETER, "Retain", UNDECIDED),
        ("Retain", PARAMETER, UNDECIDED),
    ]
    found = [(rule, kind, *case) for rule, kind in kept for case in cases]
    return pytest.mark.parametrize(("rule", "kind", "deletion", "replacement", "wanted"), found, ids=str)
