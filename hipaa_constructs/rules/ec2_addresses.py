"""What a template must show of the networks and public addresses of instances."""

from __future__ import annotations

from hipaa_constructs.rules._launches import (
    DATA,
    EC2_FLEET,
    INSTANCE,
    LAUNCH_CONFIGURATION,
    SPOT_FLEET,
    each_launch,
    listed,
    named_template,
)
from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._outcome import MET, Outcome, Verdict, all_met
from hipaa_constructs.rules._rule import Severity, rule

EIP = "AWS::EC2::EIP"
_ATTACHMENT = "AWS::EC2::NetworkInterfaceAttachment"
_ASSOCIATION = "AWS::EC2::EIPAssociation"
_SUBNET = "AWS::EC2::Subnet"
_GUIDE = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/"
_REACHABLE = (
    "164.308(a)(3)(i)",
    "164.308(a)(4)(ii)(A)",
    "164.308(a)(4)(ii)(C)",
    "164.312(a)(1)",
    "164.312(e)(1)",
)


@rule(
    title="no instance has a public address",
    fix="set AssociatePublicIpAddress to false, use a subnet that assigns none, and associate no Elastic IP address; "
    "a load balancer or Session Manager leads to it",
    applies_to=(INSTANCE, SPOT_FLEET, EC2_FLEET),
    controls=_REACHABLE,
    requirement="HC-004",
    same_as=(
        "cdk-nag:HIPAA.Security-EC2InstanceNoPublicIp",
        "config:ec2-instance-no-public-ip",
        "guard:EC2_INSTANCE_NO_PUBLIC_IP",
        "prowler:ec2_instance_public_ip",
        "checkov:CKV_AWS_88",
    ),
    url=_GUIDE + "using-instance-addressing.html",
)
def ec2_instance_without_public_address(resource: Resource) -> Outcome:
    """Judge the network interfaces, also those attached, Elastic IP addresses of any stack, and else the subnet."""
    assigned = each_launch(resource, _assigned)
    if resource.type != INSTANCE:
        return assigned
    return all_met([assigned, _associated(resource), _of_subnet(resource)])


def _assigned(launch: Node) -> Outcome:
    interfaces = launch.at("NetworkInterfaces")
    flags = [interface.at("AssociatePublicIpAddress") for interface in listed(interfaces)]
    return all_met([MET, *(flag.must_be(False) for flag in flags if not flag.is_absent)])


def _associated(instance: Resource) -> Outcome:
    assembly = instance.template.assembly
    found = [
        assembly.pointing_at(instance, EIP, "InstanceId"),
        assembly.pointing_at(instance, _ASSOCIATION, "InstanceId"),
    ]
    for interface in instance.each("NetworkInterfaces", "*", "NetworkInterfaceId"):
        target = interface.target()
        if target is not None:
            found.append(assembly.pointing_at(target, _ASSOCIATION, "NetworkInterfaceId"))
    attached, perhaps = assembly.pointing_at(instance, _ATTACHMENT, "InstanceId")
    for attachment in (*attached, *perhaps):
        target = attachment.at("NetworkInterfaceId").target()
        if target is not None:
            sure, unsure = assembly.pointing_at(target, _ASSOCIATION, "NetworkInterfaceId")
            found.append((sure, unsure) if attachment in attached else ([], [*sure, *unsure]))
    if any(sure for sure, _ in found):
        return instance.at().broken("an Elastic IP address is associated with it")
    hidden = any(unsure for _, unsure in found)
    return instance.at().undecided("an Elastic IP address may be associated with it") if hidden else MET


def _of_subnet(instance: Resource) -> Outcome:
    interfaces = instance.at("NetworkInterfaces")
    own, first = instance.at("SubnetId"), interfaces.at(0)
    if interfaces.is_absent:
        place = own
    elif not first.at("AssociatePublicIpAddress").is_absent or not first.at("NetworkInterfaceId").is_absent:
        return MET
    else:
        place = first.at("SubnetId") if own.is_absent else own
    subnet = place.target()
    if subnet is None or subnet.type != _SUBNET:
        return place.undecided("its subnet decides, which is not in the templates")
    flag = subnet.at("MapPublicIpOnLaunch")
    outcome = MET if flag.is_absent else flag.must_be(False)
    if outcome.verdict is Verdict.BROKEN:
        return place.broken("its subnet gives it one")
    return place.undecided("its subnet decides") if outcome.verdict is Verdict.UNDECIDED else outcome


@rule(
    title="every instance is in a subnet that the template names",
    fix="set SubnetId, or SubnetId or NetworkInterfaceId of a network interface",
    applies_to=(INSTANCE,),
    controls=_REACHABLE,
    requirement="HC-006",
    same_as=(
        "cdk-nag:HIPAA.Security-EC2InstancesInVPC",
        "config:ec2-instances-in-vpc",
        "guard:EC2_INSTANCES_IN_VPC",
    ),
    url="https://docs.aws.amazon.com/vpc/latest/userguide/default-vpc.html",
)
def ec2_instance_in_vpc(instance: Resource) -> Outcome:
    """Judge the subnet: without one it is a public one of the default VPC, if the account has that."""
    place, specification = instance.at("SubnetId"), instance.at("LaunchTemplate")
    places = [place, *_subnets(instance.at("NetworkInterfaces"))]
    named = named_template(specification)
    if named is not None:
        places += _subnets(named.at(DATA, "NetworkInterfaces"))
    found = [one for one in places if not one.is_absent]
    if any(one.text or (one.is_unknown and one.must_be_set().verdict is Verdict.MET) for one in found):
        return MET
    if any(one.is_unknown for one in found):
        return place.undecided("its subnet is known at deployment only")
    hidden = named is None and not specification.is_absent
    return place.undecided("its launch template may name one") if hidden else place.broken()


def _subnets(interfaces: Node) -> list[Node]:
    return [one.at(key) for one in listed(interfaces) for key in ("SubnetId", "NetworkInterfaceId")]


@rule(
    title="launch configurations assign no public addresses",
    fix="set AssociatePublicIpAddress to false, or leave it out in subnets that assign none",
    applies_to=(LAUNCH_CONFIGURATION,),
    controls=_REACHABLE,
    requirement="HC-016",
    same_as=(
        "cdk-nag:HIPAA.Security-AutoScalingLaunchConfigPublicIpDisabled",
        "config:autoscaling-launch-config-public-ip-disabled",
        "guard:AUTOSCALING_LAUNCH_CONFIG_PUBLIC_IP_DISABLED",
        "prowler:autoscaling_group_launch_configuration_no_public_ip",
    ),
    url="https://docs.aws.amazon.com/autoscaling/ec2/userguide/launch-configurations.html",
)
def launch_configuration_assigns_no_public_address(configuration: Resource) -> Outcome:
    """Judge the switch; without a word the subnet decides, see SubnetAssignsNoPublicAddress."""
    place = configuration.at("AssociatePublicIpAddress")
    return MET if place.is_absent else place.must_be(False)


@rule(
    title="every Elastic IP address of an instance can move to another one",
    fix="leave InstanceId out of the AWS::EC2::EIP, and name the instance in an AWS::EC2::EIPAssociation",
    applies_to=(EIP,),
    controls=("164.308(a)(7)(i)", "164.308(a)(7)(ii)(C)"),
    requirement="HC-018",
    severity=Severity.WARNING,
    url=_GUIDE + "elastic-ip-addresses-eip.html",
)
def elastic_ip_moves_to_standby(address: Resource) -> Outcome:
    """Judge that the address outlives the instance it is of; one that nothing has yet is a standby, not waste."""
    place = address.at("InstanceId")
    return place.broken() if place.targets() else place.must_be_absent()
