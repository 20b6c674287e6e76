"""What is judged of the networks and public addresses of instances."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import (
    BROKEN,
    GONE,
    MALFORMED,
    MET,
    NEVER_TEXT,
    PARAMETER,
    UNDECIDED,
    Body,
    outcome,
    resource,
    template,
    verdict,
)

INSTANCE = "AWS::EC2::Instance"
PUBLIC, SUBNET_RULE = "Ec2InstanceWithoutPublicAddress", "Ec2InstanceInVpc"
QUIET: Body = {"SubnetId": {"Ref": "Subnet"}}
LATEST: Json = {"LaunchTemplateId": {"Ref": "Template"}, "Version": {"Fn::GetAtt": ["Template", "LatestVersionNumber"]}}


def instance(properties: Json, subnet: Json = None, **others: Json) -> Body:
    resources = {"It": resource(INSTANCE, properties), "Subnet": resource("AWS::EC2::Subnet", subnet or {}), **others}
    return template(resources)


def launched_from(properties: Json, specification: Json, data: Json) -> Body:
    launch = resource("AWS::EC2::LaunchTemplate", {"LaunchTemplateData": data})
    own = properties if isinstance(properties, dict) else {}
    return instance({**own, "LaunchTemplate": specification}, Template=launch)


@pytest.mark.parametrize(
    ("flag", "wanted"),
    [
        (False, MET),
        ("false", MET),
        (True, BROKEN),
        ("true", BROKEN),
        (None, BROKEN),
        ([], BROKEN),
        (PARAMETER, UNDECIDED),
    ],
)
def test_a_public_address_of_an_interface_decides(flag: Json, wanted: str) -> None:
    interfaces: Json = [{"DeviceIndex": "0", "AssociatePublicIpAddress": flag, "SubnetId": "subnet-1"}]
    assert verdict(PUBLIC, instance({"NetworkInterfaces": interfaces})) == wanted
    fleet: Json = {"SpotFleetRequestConfigData": {"LaunchSpecifications": [{"NetworkInterfaces": interfaces}]}}
    assert verdict(PUBLIC, template({"It": resource("AWS::EC2::SpotFleet", fleet)})) == wanted
    overrides: Json = {"LaunchTemplateConfigs": [{"Overrides": [{"NetworkInterfaces": interfaces}]}]}
    assert verdict(PUBLIC, template({"It": resource("AWS::EC2::EC2Fleet", overrides)})) == wanted


@pytest.mark.parametrize("value", MALFORMED, ids=str)
def test_a_malformed_intrinsic_function_is_no_pass(value: Json) -> None:
    assert verdict(PUBLIC, instance({"NetworkInterfaces": value})) in (BROKEN, UNDECIDED)


@pytest.mark.parametrize(
    ("kind", "properties", "wanted"),
    [
        ("AWS::EC2::SpotFleet", {"SpotFleetRequestConfigData": {"LaunchSpecifications": PARAMETER}}, UNDECIDED),
        ("AWS::EC2::SpotFleet", {"SpotFleetRequestConfigData": {"LaunchSpecifications": [PARAMETER]}}, UNDECIDED),
        ("AWS::EC2::SpotFleet", {"SpotFleetRequestConfigData": {"LaunchSpecifications": "x"}}, BROKEN),
        ("AWS::EC2::SpotFleet", {"SpotFleetRequestConfigData": {}}, MET),
        ("AWS::EC2::EC2Fleet", {"LaunchTemplateConfigs": PARAMETER}, UNDECIDED),
        ("AWS::EC2::EC2Fleet", {"LaunchTemplateConfigs": [{"Overrides": PARAMETER}]}, UNDECIDED),
        ("AWS::EC2::EC2Fleet", {"LaunchTemplateConfigs": [{}]}, MET),
        ("AWS::EC2::EC2Fleet", {}, MET),
    ],
)
def test_a_fleet_that_says_nothing_of_addresses_follows_its_templates(kind: str, properties: Json, wanted: str) -> None:
    assert verdict(PUBLIC, template({"It": resource(kind, properties)})) == wanted


@pytest.mark.parametrize(
    ("subnet", "wanted"),
    [
        ({}, MET),
        ({"MapPublicIpOnLaunch": False}, MET),
        ({"MapPublicIpOnLaunch": True}, BROKEN),
        ({"MapPublicIpOnLaunch": PARAMETER}, UNDECIDED),
    ],
)
@pytest.mark.parametrize(
    "properties",
    [
        QUIET,
        {"NetworkInterfaces": [{"DeviceIndex": "0", "SubnetId": {"Ref": "Subnet"}}]},
        {"NetworkInterfaces": [{"DeviceIndex": "0"}], "SubnetId": {"Ref": "Subnet"}},
    ],
)
def test_where_nothing_is_said_the_subnet_decides(properties: Json, subnet: Json, wanted: str) -> None:
    assert verdict(PUBLIC, instance(properties, subnet)) == wanted


@pytest.mark.parametrize("place", ["subnet-1", PARAMETER, GONE, {"Ref": "It"}])
def test_a_subnet_that_is_not_in_the_templates_leaves_it_open(place: Json) -> None:
    assert verdict(PUBLIC, instance({"SubnetId": place})) == UNDECIDED


@pytest.mark.parametrize("interface", [{"AssociatePublicIpAddress": False}, {"NetworkInterfaceId": "eni-1"}])
def test_an_interface_that_says_it_does_not_follow_the_subnet(interface: Body) -> None:
    interfaces: Json = [{**interface, "DeviceIndex": "0", "SubnetId": {"Ref": "Subnet"}}]
    assert verdict(PUBLIC, instance({"NetworkInterfaces": interfaces}, {"MapPublicIpOnLaunch": True})) == MET


@pytest.mark.parametrize(
    ("kind", "properties", "wanted"),
    [
        ("AWS::EC2::EIP", {"InstanceId": {"Ref": "It"}}, BROKEN),
        ("AWS::EC2::EIP", {}, MET),
        ("AWS::EC2::EIPAssociation", {"InstanceId": {"Ref": "It"}}, BROKEN),
        ("AWS::EC2::EIPAssociation", {"InstanceId": PARAMETER}, UNDECIDED),
        ("AWS::EC2::EIPAssociation", {"NetworkInterfaceId": {"Ref": "It"}}, MET),
    ],
)
def test_an_elastic_ip_address_is_a_public_one(kind: str, properties: Json, wanted: str) -> None:
    assert verdict(PUBLIC, instance(QUIET, Address=resource(kind, properties))) == wanted


@pytest.mark.parametrize(
    ("named", "wanted"), [({"Ref": "Interface"}, BROKEN), (PARAMETER, UNDECIDED), ({"Ref": "Another"}, MET)]
)
def test_an_elastic_ip_address_of_its_interface_counts(named: Json, wanted: str) -> None:
    properties: Json = {"NetworkInterfaces": [{"DeviceIndex": "0", "NetworkInterfaceId": {"Ref": "Interface"}}]}
    association = resource("AWS::EC2::EIPAssociation", {"NetworkInterfaceId": named})
    interface = resource("AWS::EC2::NetworkInterface", {})
    body = instance(properties, Interface=interface, Another=interface, Association=association)
    assert verdict(PUBLIC, body) == wanted


@pytest.mark.parametrize(
    ("attached_to", "named", "wanted"),
    [
        ({"Ref": "It"}, {"Ref": "Interface"}, BROKEN),
        ({"Ref": "It"}, {"Ref": "Another"}, MET),
        ({"Ref": "It"}, PARAMETER, UNDECIDED),
        (PARAMETER, {"Ref": "Interface"}, UNDECIDED),
        (PARAMETER, PARAMETER, UNDECIDED),
        (PARAMETER, {"Ref": "Another"}, MET),
        ({"Ref": "Other"}, {"Ref": "Interface"}, MET),
    ],
    ids=str,
)
def test_an_elastic_ip_address_of_an_interface_attached_later_counts(
    attached_to: Json, named: Json, wanted: str
) -> None:
    interface = resource("AWS::EC2::NetworkInterface", {})
    attachment: Json = {"InstanceId": attached_to, "NetworkInterfaceId": {"Ref": "Interface"}, "DeviceIndex": "1"}
    body = instance(
        QUIET,
        Other=resource("AWS::EC2::Instance", {}),
        Interface=interface,
        Another=interface,
        Association=resource("AWS::EC2::EIPAssociation", {"NetworkInterfaceId": named}),
        Attachment=resource("AWS::EC2::NetworkInterfaceAttachment", attachment),
    )
    assert verdict(PUBLIC, body) == wanted


def test_an_interface_of_elsewhere_has_no_address_of_the_templates() -> None:
    attachment: Json = {"InstanceId": {"Ref": "It"}, "NetworkInterfaceId": "eni-1", "DeviceIndex": "1"}
    body = instance(QUIET, Attachment=resource("AWS::EC2::NetworkInterfaceAttachment", attachment))
    assert verdict(PUBLIC, body) == MET


@pytest.mark.parametrize(
    ("properties", "wanted"),
    [
        ({"SubnetId": "subnet-1"}, MET),
        ({"SubnetId": {"Ref": "Subnet"}}, MET),
        ({"SubnetId": {"Fn::ImportValue": "subnet"}}, MET),
        ({"NetworkInterfaces": [{"SubnetId": "subnet-1"}]}, MET),
        ({"NetworkInterfaces": [{"NetworkInterfaceId": {"Ref": "Interface"}}]}, UNDECIDED),
        ({"NetworkInterfaces": [{"NetworkInterfaceId": "eni-1"}]}, MET),
        ({"NetworkInterfaces": [{"DeviceIndex": "0"}]}, BROKEN),
        ({"NetworkInterfaces": PARAMETER}, UNDECIDED),
        ({"SubnetId": PARAMETER}, UNDECIDED),
        ({"SubnetId": GONE}, BROKEN),
        ({"SubnetId": ""}, BROKEN),
        ({}, BROKEN),
        *(({"SubnetId": value}, BROKEN) for value in NEVER_TEXT),
    ],
)
def test_an_instance_names_a_subnet(properties: Json, wanted: str) -> None:
    assert verdict(SUBNET_RULE, instance(properties)) == wanted


def test_the_subnet_of_the_instance_counts_beside_its_launch_template() -> None:
    body = launched_from({"SubnetId": "subnet-1"}, LATEST, {"NetworkInterfaces": [{"DeviceIndex": 0}]})
    assert verdict(SUBNET_RULE, body) == MET


@pytest.mark.parametrize(
    ("specification", "data", "wanted"),
    [
        (LATEST, {"NetworkInterfaces": [{"SubnetId": "subnet-1"}]}, MET),
        (LATEST, {"NetworkInterfaces": [{"DeviceIndex": 0}]}, BROKEN),
        (LATEST, {}, BROKEN),
        ({"LaunchTemplateId": {"Ref": "Template"}, "Version": "$Latest"}, {}, BROKEN),
        ({"LaunchTemplateName": {"Ref": "Template"}, "Version": "$Latest"}, {}, BROKEN),
        ({"LaunchTemplateId": {"Ref": "Template"}, "Version": "1"}, {}, UNDECIDED),
        ({"LaunchTemplateId": {"Ref": "Subnet"}, "Version": "$Latest"}, {}, UNDECIDED),
        ({"LaunchTemplateId": "lt-1", "Version": "$Latest"}, {}, UNDECIDED),
        (PARAMETER, {}, UNDECIDED),
    ],
)
def test_a_launch_template_may_name_the_subnet(specification: Json, data: Json, wanted: str) -> None:
    assert verdict(SUBNET_RULE, launched_from({}, specification, data)) == wanted


@pytest.mark.parametrize(
    ("flag", "wanted"),
    [(False, MET), (GONE, MET), (True, BROKEN), ("yes", BROKEN), ([], BROKEN), (PARAMETER, UNDECIDED)],
)
def test_a_launch_configuration_decides(flag: Json, wanted: str) -> None:
    body = template({"It": resource("AWS::AutoScaling::LaunchConfiguration", {"AssociatePublicIpAddress": flag})})
    assert verdict("LaunchConfigurationAssignsNoPublicAddress", body) == wanted


@pytest.mark.parametrize(
    ("properties", "wanted"),
    [
        ({}, MET),
        ({"Domain": "vpc"}, MET),
        ({"InstanceId": GONE}, MET),
        ({"InstanceId": PARAMETER}, UNDECIDED),
        ({"InstanceId": "i-1"}, BROKEN),
        ({"InstanceId": 7}, BROKEN),
    ],
)
def test_an_address_that_is_declared_with_its_instance_does_not_move(properties: Json, wanted: str) -> None:
    assert verdict("ElasticIpMovesToStandby", template({"It": resource("AWS::EC2::EIP", properties)})) == wanted


def test_an_address_bound_to_an_instance_of_the_template_breaks() -> None:
    body = template({"It": resource("AWS::EC2::EIP", {"InstanceId": {"Ref": "Web"}}), "Web": resource(INSTANCE, {})})
    assert verdict("ElasticIpMovesToStandby", body) == BROKEN


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        (instance(QUIET, {"MapPublicIpOnLaunch": True}), ("SubnetId", "its subnet gives it one")),
        (instance(QUIET, {"MapPublicIpOnLaunch": PARAMETER}), ("SubnetId", "its subnet decides")),
        (instance({"SubnetId": "s-1"}), ("SubnetId", "its subnet decides, which is not in the templates")),
        (
            instance(QUIET, Address=resource("AWS::EC2::EIP", {"InstanceId": {"Ref": "It"}})),
            ("", "an Elastic IP address is associated with it"),
        ),
        (
            instance(QUIET, Address=resource("AWS::EC2::EIP", {"InstanceId": PARAMETER})),
            ("", "an Elastic IP address may be associated with it"),
        ),
    ],
)
def test_a_finding_says_what_is_wrong(body: Body, wanted: tuple[str, str]) -> None:
    found = outcome(PUBLIC, body)
    assert (found.property, found.found) == wanted


@pytest.mark.parametrize(
    ("properties", "wanted"),
    [
        ({"SubnetId": PARAMETER}, "its subnet is known at deployment only"),
        ({"LaunchTemplate": PARAMETER}, "its launch template may name one"),
    ],
)
def test_what_hides_the_subnet_is_named(properties: Json, wanted: str) -> None:
    assert outcome(SUBNET_RULE, instance(properties)).found == wanted
