"""What a template must show of the Regions that data is in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._outcome import MET, NOT_APPLICABLE, Outcome, all_met, broken
from hipaa_constructs.rules._rule import rule
from hipaa_constructs.rules._s3 import BUCKET
from hipaa_constructs.rules._template import anchored

_URL = "https://docs.aws.amazon.com/controltower/latest/controlreference/data-residency-controls.html"
_FIX = "deploy and copy to Regions of the settings' allowed_regions only, or add the Region there"

_PLACES: dict[str, tuple[tuple[str, ...], ...]] = {
    "AWS::Cognito::UserPoolReplica": (("RegionName",),),
    "AWS::DLM::LifecyclePolicy": (
        ("CrossRegionCopyTargets", "*", "TargetRegion"),
        ("PolicyDetails", "CrossRegionCopyTargets", "*", "TargetRegion"),
        ("PolicyDetails", "Schedules", "*", "CrossRegionCopyRules", "*", "TargetRegion"),
        ("PolicyDetails", "Actions", "*", "CrossRegionCopy", "*", "Target"),
    ),
    "AWS::DynamoDB::GlobalTable": (("Replicas", "*", "Region"),),
    "AWS::ECR::ReplicationConfiguration": (("ReplicationConfiguration", "Rules", "*", "Destinations", "*", "Region"),),
    "AWS::EFS::FileSystem": (("ReplicationConfiguration", "Destinations", "*", "Region"),),
    "AWS::ElastiCache::GlobalReplicationGroup": (("Members", "*", "ReplicationGroupRegion"),),
    "AWS::RDS::DBInstance": (("AutomaticBackupReplicationRegion",),),
    "AWS::Redshift::Cluster": (("DestinationRegion",),),
    "AWS::RedshiftServerless::Namespace": (("SnapshotCopyConfigurations", "*", "DestinationRegion"),),
    "AWS::S3::MultiRegionAccessPoint": (("Regions", "*", "Region"),),
    "AWS::SecretsManager::Secret": (("ReplicaRegions", "*", "Region"),),
}
"""Where types name the Regions that they copy to."""

_ARNS: dict[str, tuple[tuple[str, ...], ...]] = {
    "AWS::Backup::BackupPlan": (
        ("BackupPlan", "BackupPlanRule", "*", "CopyActions", "*", "DestinationBackupVaultArn"),
    ),
}
"""Where types name what they copy to by an ARN, which has the Region in it."""

_REGION = re.compile(r"[a-z]{2,4}(-[a-z]+)+-\d")


@rule(
    title="every stack is in an allowed Region",
    fix=_FIX,
    applies_to=("*",),
    controls=("164.310(d)(2)(iii)", "164.312(a)(1)"),
    requirement="HC-410",
    url=_URL,
    only=anchored,
)
def stack_in_allowed_region(resource: Resource) -> Outcome:
    """Judge the Region of the stack at its first resource, if the team allows some Regions and the stack's is known."""
    template = resource.template
    allowed = template.assembly.settings.allowed_regions
    if not allowed or template.region is None or template.parent is not None or resource is not template.anchor:
        return NOT_APPLICABLE
    return MET if template.region in allowed else broken(found=f"the stack is in {template.region}")


@rule(
    title="data is copied to allowed Regions only",
    fix=_FIX,
    applies_to=(*_PLACES, *_ARNS, BUCKET),
    controls=("164.310(d)(2)(iii)", "164.312(a)(1)"),
    requirement="HC-410",
    url=_URL,
)
def copies_in_allowed_regions(resource: Resource) -> Outcome:
    """Judge the Regions that replicas, copies of backups and replicated buckets are in, as far as they are known."""
    allowed = resource.template.assembly.settings.allowed_regions
    if not allowed:
        return NOT_APPLICABLE
    found = [_judged(place, place.outline(), allowed) for place in _regions(resource)]
    found += [_judged(place, _region_of(place), allowed) for place in _arns(resource)]
    if resource.type == BUCKET:
        found += [_replicated(place, allowed) for place in _destinations(resource)]
    return all_met(found)


def _regions(resource: Resource) -> Iterator[Node]:
    for path in _PLACES.get(resource.type, ()):
        # One that is left out of a list is none; what hides a list hides Regions.
        yield from (place for place in resource.each(*path) if not place.is_absent)
        holder = resource.at(path[0])
        if holder.is_unknown and len(path) > 1:
            yield holder


def _arns(resource: Resource) -> Iterator[Node]:
    for path in _ARNS.get(resource.type, ()):
        yield from (place for place in resource.each(*path) if not place.is_absent)


def _region_of(place: Node) -> str:
    target = place.target()
    if target is not None and target.template.region is not None:
        return target.template.region
    fields = place.outline().split(":")
    return fields[3] if len(fields) > 3 else ""


def _judged(place: Node, region: str, allowed: tuple[str, ...]) -> Outcome:
    if region in allowed:
        return MET
    if _REGION.fullmatch(region):
        return place.broken(f"it copies to {region}")
    return place.undecided("the Region that it copies to is not known") if place.is_unknown else place.broken()


def _destinations(bucket: Resource) -> Iterator[Node]:
    for one in bucket.each("ReplicationConfiguration", "Rules", "*"):
        if one.at("Status").text != "Disabled":
            yield one.at("Destination", "Bucket")


def _replicated(place: Node, allowed: tuple[str, ...]) -> Outcome:
    # The ARN of a bucket says nothing of its Region, so only buckets of the templates are known.
    buckets = place.template.assembly.resources(BUCKET)
    found = {one.template.region for one in buckets if place.designates(one)} - {None}
    abroad = [region for region in found if region not in allowed]
    if abroad:
        return place.broken(f"it is replicated to {abroad[0]}")
    return MET if found else NOT_APPLICABLE
