"""What the rules about Amazon Redshift share."""

from __future__ import annotations

from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._outcome import Outcome
from hipaa_constructs.rules._stores import is_given

CLUSTER = "AWS::Redshift::Cluster"
PARAMETER_GROUP = "AWS::Redshift::ClusterParameterGroup"
SUBNET_GROUP = "AWS::Redshift::ClusterSubnetGroup"
GUIDE = "https://docs.aws.amazon.com/redshift/latest/mgmt/"
LOGS = ("connectionlog", "userlog", "useractivitylog")


def is_restored(cluster: Resource) -> bool:
    """Tell whether a cluster begins as a snapshot."""
    return is_given(cluster, "SnapshotIdentifier", "SnapshotClusterIdentifier")


def parameter(group: Resource, name: str) -> Node:
    """Return the place of a parameter's value, which is absent if the group does not set it.

    Where an intrinsic function hides whether the group does, that function's place.
    """
    return listed(group.at("Parameters"), name, "ParameterName", "ParameterValue")


def elsewhere(region: Node) -> Outcome:
    """Judge that snapshots are copied to another Region than their own."""
    if region.text is not None and region.text == region.template.region:
        return region.broken("their own Region")
    return region.must_be_set()


def listed(places: Node, name: str, key: str, value: str) -> Node:
    """Return the value beside a name in a list of pairs, or what hides it; absent if it is not in the list."""
    unknown = places if places.is_unknown else None
    for place in places.items():
        if place.at(key).text == name:
            return place.at(value)
        unknown = unknown or next((one for one in (place, place.at(key)) if one.is_unknown), None)
    return unknown or Node(places.template, {"Ref": "AWS::NoValue"}, places.path)
