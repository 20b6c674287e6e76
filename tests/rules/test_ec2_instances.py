"""What is judged of instances, launch templates and groups."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import (
    BROKEN,
    MET,
    NOT_APPLICABLE,
    PARAMETER,
    UNDECIDED,
    Body,
    outcome,
    partly,
    resource,
    template,
    verdict,
)

INSTANCE = "AWS::EC2::Instance"
TEMPLATE = "AWS::EC2::LaunchTemplate"
CONFIGURATION = "AWS::AutoScaling::LaunchConfiguration"
GROUP = "AWS::AutoScaling::AutoScalingGroup"
OTHER: Json = {"LaunchTemplateId": {"Ref": "Other"}, "Version": "1"}


def launched(kind: str, properties: Body) -> Body:
    return template({"It": resource(kind, {"LaunchTemplateData": properties} if kind == TEMPLATE else properties)})


def disk(**ebs: Json) -> Json:
    return {"DeviceName": "/dev/xvda", "Ebs": ebs}


@pytest.mark.parametrize("kind", [INSTANCE, TEMPLATE, CONFIGURATION])
@pytest.mark.parametrize(
    ("rule", "properties", "wanted"),
    [
        ("Ec2VolumesEncrypted", {"BlockDeviceMappings": [disk(Encrypted=True)]}, MET),
        ("Ec2VolumesEncrypted", {"BlockDeviceMappings": [disk(Encrypted="true")]}, MET),
        ("Ec2VolumesEncrypted", {"BlockDeviceMappings": [disk(Encrypted=True), disk()]}, BROKEN),
        ("Ec2VolumesEncrypted", {"BlockDeviceMappings": [disk(Encrypted=False)]}, BROKEN),
        ("Ec2VolumesEncrypted", {"BlockDeviceMappings": [disk(Encrypted=PARAMETER)]}, UNDECIDED),
        ("Ec2VolumesEncrypted", {"BlockDeviceMappings": [PARAMETER]}, UNDECIDED),
        ("Ec2VolumesEncrypted", {"BlockDeviceMappings": PARAMETER}, UNDECIDED),
        ("Ec2VolumesEncrypted", {"BlockDeviceMappings": [{"DeviceName": "x", "NoDevice": {}}]}, MET),
        ("Ec2VolumesEncrypted", {"BlockDeviceMappings": [{"DeviceName": "x", "VirtualName": "ephemeral0"}]}, MET),
        ("Ec2VolumesEncrypted", {}, UNDECIDED),
        ("Ec2MetadataNeedsToken", {"MetadataOptions": {"HttpTokens": "required"}}, MET),
        ("Ec2MetadataNeedsToken", {"MetadataOptions": {"HttpEndpoint": "disabled"}}, MET),
        ("Ec2MetadataNeedsToken", {"MetadataOptions": {"HttpTokens": "optional"}}, BROKEN),
        ("Ec2MetadataNeedsToken", {"MetadataOptions": {"HttpTokens": PARAMETER}}, UNDECIDED),
        ("Ec2MetadataNeedsToken", {"MetadataOptions": PARAMETER}, UNDECIDED),
        ("Ec2MetadataNeedsToken", {"MetadataOptions": {}}, BROKEN),
        ("Ec2MetadataNeedsToken", {}, BROKEN),
    ],
)
def test_what_instances_are_launched_with_decides(kind: str, rule: str, properties: Body, wanted: str) -> None:
    assert verdict(rule, launched(kind, properties)) == wanted


@pytest.mark.parametrize("kind", [INSTANCE, TEMPLATE, CONFIGURATION])
@pytest.mark.parametrize(
    ("names", "wanted"),
    [
        ((), UNDECIDED),
        (("/dev/sdf",), UNDECIDED),
        (("/dev/xvdb", "xvdcz", "/dev/sdf1", "sdz"), UNDECIDED),
        (("/dev/sdf", "/dev/xvda"), MET),
        (("/dev/sda1",), MET),
        (("/dev/sda",), MET),
        (("/dev/root",), MET),
        ((PARAMETER,), MET),
        ((partly("/dev/sdf"),), MET),
    ],
    ids=str,
)
def test_the_image_decides_about_a_root_volume_that_no_mapping_names(
    kind: str, names: tuple[Json, ...], wanted: str
) -> None:
    mappings: list[Json] = [{"DeviceName": name, "Ebs": {"Encrypted": True}} for name in names]
    assert verdict("Ec2VolumesEncrypted", launched(kind, {"BlockDeviceMappings": mappings})) == wanted


def test_a_plain_data_volume_breaks_whatever_the_image_decides() -> None:
    mappings: Json = [{"DeviceName": "/dev/sdf", "Ebs": {"Encrypted": False}}]
    assert verdict("Ec2VolumesEncrypted", launched(INSTANCE, {"BlockDeviceMappings": mappings})) == BROKEN


def test_a_template_decides_about_the_root_volume_of_its_instance() -> None:
    mappings: Json = [{"DeviceName": "/dev/sdf", "Ebs": {"Encrypted": True}}]
    body = launched(INSTANCE, {"LaunchTemplate": OTHER, "BlockDeviceMappings": mappings})
    assert verdict("Ec2VolumesEncrypted", body) == MET


@pytest.mark.parametrize("rule", ["Ec2VolumesEncrypted", "Ec2MetadataNeedsToken"])
def test_an_instance_of_a_template_is_judged_there(rule: str) -> None:
    assert verdict(rule, launched(INSTANCE, {"LaunchTemplate": OTHER})) == NOT_APPLICABLE


def test_an_instance_that_differs_from_its_template_is_judged_itself() -> None:
    differing: Body = {"LaunchTemplate": OTHER, "BlockDeviceMappings": [disk(Encrypted=False)]}
    assert verdict("Ec2VolumesEncrypted", launched(INSTANCE, differing)) == BROKEN


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ({"HttpTokens": "optional"}, BROKEN),
        ({"HttpTokens": "required"}, MET),
        ({"HttpPutResponseHopLimit": 1}, NOT_APPLICABLE),
    ],
)
def test_what_an_instance_says_of_tokens_overrules_its_template(options: Body, wanted: str) -> None:
    properties: Body = {"LaunchTemplate": OTHER, "MetadataOptions": options}
    assert verdict("Ec2MetadataNeedsToken", launched(INSTANCE, properties)) == wanted


@pytest.mark.parametrize(
    ("rule", "properties", "wanted"),
    [
        ("Ec2MetadataStaysOnInstance", {"MetadataOptions": {"HttpPutResponseHopLimit": 1}}, MET),
        ("Ec2MetadataStaysOnInstance", {"MetadataOptions": {"HttpPutResponseHopLimit": 2}}, MET),
        ("Ec2MetadataStaysOnInstance", {"MetadataOptions": {"HttpPutResponseHopLimit": 3}}, BROKEN),
        ("Ec2MetadataStaysOnInstance", {"MetadataOptions": {"HttpPutResponseHopLimit": PARAMETER}}, UNDECIDED),
        ("Ec2MetadataStaysOnInstance", {"MetadataOptions": {"HttpEndpoint": "disabled"}}, MET),
        ("Ec2MetadataStaysOnInstance", {}, BROKEN),
        ("Ec2TemplateAssignsNoPublicAddress", {}, MET),
        ("Ec2TemplateAssignsNoPublicAddress", {"NetworkInterfaces": [{"DeviceIndex": 0}]}, MET),
        ("Ec2TemplateAssignsNoPublicAddress", {"NetworkInterfaces": [{"AssociatePublicIpAddress": False}]}, MET),
        ("Ec2TemplateAssignsNoPublicAddress", {"NetworkInterfaces": [{"AssociatePublicIpAddress": True}]}, BROKEN),
        ("Ec2TemplateAssignsNoPublicAddress", {"NetworkInterfaces": PARAMETER}, UNDECIDED),
    ],
)
def test_a_template_decides(rule: str, properties: Body, wanted: str) -> None:
    assert verdict(rule, launched(TEMPLATE, properties)) == wanted


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ({"HttpPutResponseHopLimit": 1}, MET),
        ({"HttpPutResponseHopLimit": 2}, MET),
        ({"HttpPutResponseHopLimit": 3}, BROKEN),
        ({"HttpPutResponseHopLimit": "x"}, BROKEN),
        ({"HttpPutResponseHopLimit": PARAMETER}, UNDECIDED),
        ({"HttpEndpoint": "disabled", "HttpPutResponseHopLimit": 3}, MET),
        ({}, NOT_APPLICABLE),
    ],
)
def test_how_far_the_metadata_of_an_instance_travels_is_judged_where_it_is_said(options: Body, wanted: str) -> None:
    assert verdict("Ec2MetadataStaysOnInstance", launched(INSTANCE, {"MetadataOptions": options})) == wanted


@pytest.mark.parametrize(
    ("properties", "wanted"),
    [
        ({"VPCZoneIdentifier": ["subnet-1", "subnet-2"]}, MET),
        ({"VPCZoneIdentifier": ["subnet-1"]}, BROKEN),
        ({"VPCZoneIdentifier": PARAMETER}, UNDECIDED),
        ({"AvailabilityZones": ["us-east-1a", "us-east-1b"]}, MET),
        ({"AvailabilityZones": {"Fn::GetAZs": ""}}, UNDECIDED),
        ({"AvailabilityZones": ["us-east-1a"]}, BROKEN),
        ({"AvailabilityZoneIds": ["use1-az1", "use1-az2"]}, MET),
        ({"AvailabilityZoneIds": ["use1-az1"]}, BROKEN),
        ({"AvailabilityZoneIds": PARAMETER}, UNDECIDED),
        ({}, BROKEN),
    ],
)
def test_subnets_or_zones_decide(properties: Body, wanted: str) -> None:
    assert verdict("AutoScalingGroupSpansZones", template({"It": resource(GROUP, properties)})) == wanted


def test_a_finding_counts_the_zones() -> None:
    body = template({"It": resource(GROUP, {"AvailabilityZones": ["us-east-1a"]})})
    assert outcome("AutoScalingGroupSpansZones", body).found == "1"
