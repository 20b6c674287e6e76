"""What a template must show of Amazon EC2 instances, what they are launched from, and groups of them."""

from __future__ import annotations

import re

from hipaa_constructs.rules._launches import (
    DATA,
    EC2_FLEET,
    INSTANCE,
    LAUNCH_CONFIGURATION,
    LAUNCH_TEMPLATE,
    SPOT_FLEET,
    launches,
)
from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._outcome import MET, NOT_APPLICABLE, Outcome, all_met
from hipaa_constructs.rules._rule import rule
from hipaa_constructs.rules._zones import spans_zones

GROUP = "AWS::AutoScaling::AutoScalingGroup"
_GUIDE = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/"
_REACHABLE = (
    "164.308(a)(3)(i)",
    "164.308(a)(4)(ii)(A)",
    "164.308(a)(4)(ii)(C)",
    "164.312(a)(1)",
)
_DATA_DEVICE = re.compile(r"(/dev/)?(sd|xvd)[b-z][a-z]?\d*")
"""How data volumes are called, as in /dev/sdh and xvdh; a root volume is /dev/sda1 or /dev/xvda as a rule."""
_FARTHEST_HOP = 2
_LEAST_ZONES = 2


def _launched(resource: Resource, *keys: str) -> Node:
    """Return what instances are launched with, which a launch template holds one level deeper."""
    return resource.at(DATA, *keys) if resource.type == LAUNCH_TEMPLATE else resource.at(*keys)


@rule(
    title="every volume that instances are launched with is encrypted",
    fix="set Ebs.Encrypted to true in each block device mapping, that of the root volume among them",
    applies_to=(INSTANCE, LAUNCH_TEMPLATE, LAUNCH_CONFIGURATION, SPOT_FLEET, EC2_FLEET),
    controls=("164.312(a)(2)(iv)", "164.312(e)(2)(ii)"),
    requirement="HC-001",
    same_as=(
        "config:ec2-launch-templates-ebs-volume-encrypted",
        "config:ec2-launchtemplate-ebs-encrypted",
        "prowler:ec2_ebs_volume_encryption",
    ),
    url="https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption.html",
)
def ec2_volumes_encrypted(resource: Resource) -> Outcome:
    """Judge the block device mappings; without one, the image or the account decide, which no template shows.

    Where all are of data volumes by their names, that holds for the root volume.
    """
    return all_met(_volumes_encrypted(resource, launch) for launch in launches(resource))


def _volumes_encrypted(resource: Resource, launch: Node) -> Outcome:
    mappings = launch.at("BlockDeviceMappings")
    root = NOT_APPLICABLE if _template_decides(resource) else mappings.undecided("the image decides, or the account")
    if mappings.is_absent:
        return root
    if mappings.is_unknown:
        return mappings.undecided()
    found = mappings.items()
    names_root = any(_DATA_DEVICE.fullmatch(mapping.at("DeviceName").outline()) is None for mapping in found)
    return all_met([MET, *map(_encrypted, found), *([] if names_root else [root])])


def _template_decides(resource: Resource) -> bool:
    if resource.type == EC2_FLEET:  # It is launched from templates, and says only what differs.
        return True
    return resource.type == INSTANCE and not resource.at("LaunchTemplate").is_absent


def _encrypted(mapping: Node) -> Outcome:
    if mapping.is_unknown:
        return mapping.undecided()
    # A mapping without a volume of Amazon EBS takes one away, or names a disk of the host, which Nitro encrypts.
    volume = mapping.at("Ebs")
    return MET if volume.is_absent else volume.at("Encrypted").must_be(True)


@rule(
    title="instance metadata needs a token (IMDSv2)",
    fix="set MetadataOptions.HttpTokens to required",
    applies_to=(INSTANCE, LAUNCH_TEMPLATE, LAUNCH_CONFIGURATION),
    controls=_REACHABLE,
    requirement="HC-002",
    same_as=(
        "cdk-nag:HIPAA.Security-EC2IMDSv2Enabled",
        "config:ec2-imdsv2-check",
        "config:ec2-launch-template-imdsv2-check",
        "config:autoscaling-launchconfig-requires-imdsv2",
        "prowler:ec2_instance_imdsv2_enabled",
        "prowler:ec2_launch_template_imdsv2_required",
        "checkov:CKV_AWS_79",
    ),
    url=_GUIDE + "configuring-instance-metadata-service.html",
)
def ec2_metadata_needs_token(resource: Resource) -> Outcome:
    """Judge the metadata options; without a token, a forged request of a program gets the instance's credentials."""
    options = _launched(resource, "MetadataOptions")
    if options.at("HttpEndpoint").value == "disabled":
        return MET
    if options.at("HttpTokens").is_absent and _template_decides(resource):
        return NOT_APPLICABLE
    return options.at("HttpTokens").must_be("required")


@rule(
    title="instance metadata does not leave the instance",
    fix="set MetadataOptions.HttpPutResponseHopLimit to 1, or to 2 for containers on bridge networks",
    applies_to=(LAUNCH_TEMPLATE, INSTANCE),
    controls=(*_REACHABLE, "164.312(e)(1)"),
    requirement="HC-003",
    same_as=("config:ec2-token-hop-limit-check",),
    url=_GUIDE + "instancedata-data-retrieval.html",
)
def ec2_metadata_stays_on_instance(resource: Resource) -> Outcome:
    """Judge how far the answer with the token travels; by default the image decides, which is asked of templates."""
    options = _launched(resource, "MetadataOptions")
    if options.at("HttpEndpoint").value == "disabled":
        return MET
    limit = options.at("HttpPutResponseHopLimit")
    if limit.is_absent and resource.type == INSTANCE:
        return NOT_APPLICABLE
    if limit.number is not None and limit.number > _FARTHEST_HOP:
        return limit.broken()
    return limit.must_be_at_least(1)


@rule(
    title="launch templates assign no public addresses",
    fix="set AssociatePublicIpAddress to false in each network interface, or leave it out in subnets that assign none",
    applies_to=(LAUNCH_TEMPLATE,),
    controls=(*_REACHABLE, "164.312(e)(1)"),
    requirement="HC-005",
    same_as=(
        "config:ec2-launch-template-public-ip-disabled",
        "prowler:ec2_launch_template_no_public_ip",
        "checkov:CKV_AWS_88",
    ),
    url=_GUIDE + "using-instance-addressing.html",
)
def ec2_template_assigns_no_public_address(template: Resource) -> Outcome:
    """Judge the network interfaces; without a word the subnet decides, see SubnetAssignsNoPublicAddress."""
    interfaces = template.at(DATA, "NetworkInterfaces")
    if interfaces.is_unknown:
        return interfaces.undecided()
    places = [interface.at("AssociatePublicIpAddress") for interface in interfaces.items()]
    return all_met([MET, *(place.must_be(False) for place in places if not place.is_absent)])


@rule(
    title="every Auto Scaling group spans two Availability Zones",
    fix="name subnets of two zones or more in VPCZoneIdentifier",
    applies_to=(GROUP,),
    controls=("164.308(a)(7)(i)", "164.308(a)(7)(ii)(C)"),
    requirement="HC-015",
    same_as=("config:autoscaling-multiple-az", "prowler:autoscaling_group_multiple_az"),
    url="https://docs.aws.amazon.com/autoscaling/ec2/userguide/auto-scaling-benefits.html",
)
def auto_scaling_group_spans_zones(group: Resource) -> Outcome:
    """Judge the subnets as far as the templates show their zones, or the zones where a group names those."""
    subnets = group.at("VPCZoneIdentifier")
    if not subnets.is_absent:
        return spans_zones(subnets, subnets.items())
    for place in (group.at("AvailabilityZones"), group.at("AvailabilityZoneIds")):
        if place.is_unknown:
            return place.undecided()
        if not place.is_absent:
            found = len(place.items())
            return MET if found >= _LEAST_ZONES else place.broken(f"{found}")
    return subnets.broken()
