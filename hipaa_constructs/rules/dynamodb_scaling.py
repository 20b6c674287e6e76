"""What a template must show of Amazon DynamoDB: capacity that follows the load."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TypeAlias

from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._outcome import MET, Outcome, all_met, broken, undecided
from hipaa_constructs.rules._rule import Severity, rule
from hipaa_constructs.rules._stores import AVAILABLE, each
from hipaa_constructs.rules._template import Assembly
from hipaa_constructs.rules._value import UNKNOWN
from hipaa_constructs.rules.dynamodb import GLOBAL_TABLE, TABLE

_TARGET = "AWS::ApplicationAutoScaling::ScalableTarget"
_POLICY = "AWS::ApplicationAutoScaling::ScalingPolicy"
_UNITS = ("ReadCapacityUnits", "WriteCapacityUnits")

Scaled: TypeAlias = "dict[Resource | str, set[str]]"
"""What is scaled of a table, or of the table of a name: ``table:ReadCapacityUnits`` or ``index/by-date:…``."""


@rule(
    title="the capacity of every table follows the load",
    fix="set BillingMode to PAY_PER_REQUEST, or scale reads and writes of the table and of its indexes with "
    "AWS::ApplicationAutoScaling",
    applies_to=(TABLE, GLOBAL_TABLE),
    controls=AVAILABLE,
    requirement="HC-179",
    same_as=(
        "cdk-nag:HIPAA.Security-DynamoDBAutoScalingEnabled",
        "config:dynamodb-autoscaling-enabled",
        "prowler:dynamodb_table_autoscaling_enabled",
    ),
    severity=Severity.WARNING,
    url="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/AutoScaling.html",
)
def dynamodb_table_scales(table: Resource) -> Outcome:
    """Judge tables of provisioned capacity, which is the default of both types."""
    mode = table.at("BillingMode")
    if mode.text == "PAY_PER_REQUEST":
        return MET
    outcome = each(table.at("Replicas"), _replica_scales) if table.type == GLOBAL_TABLE else _scales(table)
    return mode.undecided() if mode.is_unknown and outcome is not MET else outcome


def _replica_scales(replica: Node) -> Outcome:
    """Judge the reads of a replica; writes of a global table always scale."""
    settings = [replica.at("ReadProvisionedThroughputSettings")]
    settings += replica.each("GlobalSecondaryIndexes", "*", "ReadProvisionedThroughputSettings")
    return all_met(one.at("ReadCapacityAutoScalingSettings").must_be_set() for one in settings)


def _scales(table: Resource) -> Outcome:
    assembly = table.template.assembly
    scaled, hidden = assembly.once("what scales of tables", lambda: _index(assembly))
    found = scaled.get(table, set()) | scaled.get(table.name.text or "", set())
    indexes = table.at("GlobalSecondaryIndexes")
    wanted = ["table", *(f"index/{one.at('IndexName').outline()}" for one in indexes.items())]
    missing = [f"{part}:{unit}" for part in wanted for unit in _UNITS if f"{part}:{unit}" not in found]
    if not missing and not indexes.is_unknown:
        return MET
    if hidden or indexes.is_unknown or table.name.is_unknown or UNKNOWN in "".join(missing):
        return undecided(why="an intrinsic function hides what scales")
    return broken(found=f"nothing scales {missing[0]}")


def _index(assembly: Assembly) -> tuple[Scaled, bool]:
    """Return what scales of each table, and whether anything hides what it scales."""
    found: Scaled = defaultdict(set)
    hidden = False
    for resource, sure in _scaling(assembly):
        place, dimension = resource.at("ResourceId"), resource.at("ScalableDimension")
        kind, _, rest = place.outline().partition("/")
        if kind not in ("table", UNKNOWN):
            continue
        name, _, index = rest.partition("/")
        tables = [one for one in place.targets() if one.type == TABLE]
        if not sure or dimension.is_unknown or (UNKNOWN in kind + name and not tables):
            hidden = True
        elif not tables or name == UNKNOWN:
            unit = (dimension.text or "").rpartition(":")[2]
            whose: list[Resource | str] = [*tables] if tables else [name]
            for table in whose:
                found[table].add(f"{index or 'table'}:{unit}")
    return found, hidden


def _scaling(assembly: Assembly) -> Iterator[tuple[Resource, bool]]:
    """Yield what names a table that scales: targets that a policy names, surely or maybe, and policies themselves."""
    for target in assembly.resources(_TARGET):
        policies, unsure = assembly.pointing_at(target, _POLICY, "ScalingTargetId")
        if (policies or unsure) and target.exists:
            yield target, bool(policies)
    for policy in assembly.resources(_POLICY):
        if policy.exists:
            yield policy, True
