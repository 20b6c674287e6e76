"""What a template must show of how instances are operated: profiles, monitoring, keys, protection and health."""

from __future__ import annotations

from hipaa_constructs.rules._launches import (
    EC2_FLEET,
    INSTANCE,
    LAUNCH_CONFIGURATION,
    LAUNCH_TEMPLATE,
    SPOT_FLEET,
    each_launch,
    listed,
    own_or_templates,
)
from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._outcome import MET, NOT_APPLICABLE, Outcome, Verdict
from hipaa_constructs.rules._resolve import intrinsic
from hipaa_constructs.rules._rule import Severity, rule
from hipaa_constructs.rules._value import Unresolved

COMPUTE_ENVIRONMENT = "AWS::Batch::ComputeEnvironment"
NODE_GROUP = "AWS::EKS::Nodegroup"
_GUIDE = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/"
_NOT_BY_DEFAULT = (
    *("c1.xlarge", "c3.xlarge", "c3.2xlarge", "c3.4xlarge", "g2.2xlarge", "i2.xlarge", "i2.2xlarge", "i2.4xlarge"),
    *("m1.large", "m1.xlarge", "m2.2xlarge", "m2.4xlarge", "m3.xlarge", "m3.2xlarge"),
    *("r3.xlarge", "r3.2xlarge", "r3.4xlarge"),
)
"""Types of instances that can be EBS-optimized, and are not unless that is asked for."""
_ELSEWHERE = {COMPUTE_ENVIRONMENT: ("ComputeResources", "Ec2KeyPair"), NODE_GROUP: ("RemoteAccess", "Ec2SshKey")}


@rule(
    title="every instance has an instance profile",
    fix="set IamInstanceProfile to a profile whose role may do what the programs need, and nothing else",
    applies_to=(INSTANCE,),
    controls=(
        "164.308(a)(3)(i)",
        "164.308(a)(3)(ii)(A)",
        "164.308(a)(4)(ii)(A)",
        "164.308(a)(4)(ii)(B)",
        "164.308(a)(4)(ii)(C)",
        "164.312(a)(1)",
    ),
    requirement="HC-007",
    same_as=(
        "cdk-nag:HIPAA.Security-EC2InstanceProfileAttached",
        "config:ec2-instance-profile-attached",
        "guard:EC2_INSTANCE_PROFILE_ATTACHED",
        "prowler:ec2_instance_profile_attached",
    ),
    severity=Severity.WARNING,
    url=_GUIDE + "iam-roles-for-amazon-ec2.html",
)
def ec2_instance_has_profile(instance: Resource) -> Outcome:
    """Judge the profile of the instance or of its launch template: programs without a role are given keys that last."""
    return own_or_templates(instance, _names_profile, ("IamInstanceProfile",), ("IamInstanceProfile",))


def _names_profile(place: Node) -> Outcome:
    if isinstance(place.value, dict):  # Launch templates have the name one level deeper.
        arn = place.at("Arn")
        place = place.at("Name") if arn.is_absent else arn
    return place.must_be_set() if place.is_unknown or place.text else place.broken()


@rule(
    title="every instance is measured every minute",
    fix="set Monitoring to true, in launch templates Monitoring.Enabled",
    applies_to=(INSTANCE, LAUNCH_TEMPLATE, LAUNCH_CONFIGURATION, SPOT_FLEET),
    controls=("164.312(b)",),
    requirement="HC-008",
    same_as=(
        "cdk-nag:HIPAA.Security-EC2InstanceDetailedMonitoringEnabled",
        "config:ec2-instance-detailed-monitoring-enabled",
        "guard:EC2_INSTANCE_DETAILED_MONITORING_ENABLED",
        "prowler:ec2_instance_detailed_monitoring_enabled",
    ),
    severity=Severity.WARNING,
    url=_GUIDE + "manage-detailed-monitoring.html",
)
def ec2_instance_monitored(resource: Resource) -> Outcome:
    """Judge detailed monitoring, which launch configurations alone have by default."""
    if resource.type == LAUNCH_CONFIGURATION:
        place = resource.at("InstanceMonitoring")
        return MET if place.is_absent else place.must_be(True)
    if resource.type == INSTANCE:
        return own_or_templates(resource, _is_on, ("Monitoring",), ("Monitoring", "Enabled"))
    return each_launch(resource, lambda launch: _is_on(launch.at("Monitoring", "Enabled")))


def _is_on(place: Node) -> Outcome:
    return place.must_be(True)


@rule(
    title="every instance has bandwidth of its own to its volumes",
    fix="set EbsOptimized to true, or choose a type of the current generation, which is EBS-optimized by default",
    applies_to=(INSTANCE, LAUNCH_TEMPLATE, LAUNCH_CONFIGURATION, SPOT_FLEET),
    controls=("164.308(a)(7)(i)",),
    requirement="HC-009",
    same_as=(
        "cdk-nag:HIPAA.Security-EC2EBSOptimizedInstance",
        "config:ebs-optimized-instance",
        "guard:EBS_OPTIMIZED_INSTANCE",
    ),
    severity=Severity.WARNING,
    url=_GUIDE + "ebs-optimized.html",
)
def ec2_instance_ebs_optimized(resource: Resource) -> Outcome:
    """Judge types of previous generations, which alone have a choice."""
    if resource.type != INSTANCE:
        return each_launch(resource, lambda launch: _optimized(launch.at("InstanceType"), launch.at("EbsOptimized")))
    keys = ("EbsOptimized",)
    return own_or_templates(resource, lambda place: _optimized(resource.at("InstanceType"), place), keys, keys)


def _optimized(kind: Node, switch: Node) -> Outcome:
    if kind.is_unknown:
        wanted = switch.must_be(True)
        return kind.undecided() if wanted.verdict is Verdict.BROKEN else wanted
    return switch.must_be(True) if kind.text in _NOT_BY_DEFAULT else MET


@rule(
    title="no instance is launched with an SSH key pair",
    fix="leave KeyName out, and connect by Systems Manager Session Manager, which IAM governs and CloudTrail records",
    applies_to=(
        INSTANCE,
        LAUNCH_TEMPLATE,
        LAUNCH_CONFIGURATION,
        SPOT_FLEET,
        EC2_FLEET,
        COMPUTE_ENVIRONMENT,
        NODE_GROUP,
    ),
    controls=("164.312(a)(1)", "164.312(a)(2)(i)"),
    requirement="HC-011",
    same_as=("config:ec2-no-amazon-key-pair",),
    severity=Severity.WARNING,
    url="https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager.html",
)
def ec2_without_key_pair(resource: Resource) -> Outcome:
    """Judge that no key is named: whoever has it is nobody in particular."""
    if resource.type in _ELSEWHERE:
        return _no_key(resource.at(*_ELSEWHERE[resource.type]))
    return each_launch(resource, lambda launch: _no_key(launch.at("KeyName")))


def _no_key(place: Node) -> Outcome:
    return place.broken() if place.targets() or _is_key_parameter(place) else place.must_be_absent()


def _is_key_parameter(place: Node) -> bool:
    """Tell whether a value is a parameter that takes the names of key pairs, and so is never empty."""
    if not isinstance(place.value, Unresolved):
        return False
    match intrinsic(place.value.expression):
        case "Ref", str(name):
            parameter = place.value.template.section("Parameters").get(name)
            return isinstance(parameter, dict) and parameter.get("Type") == "AWS::EC2::KeyPair::KeyName"
    return False


@rule(
    title="every instance is protected from termination",
    fix="set DisableApiTermination to true; what can be replaced at any time belongs in an Auto Scaling group",
    applies_to=(INSTANCE,),
    controls=("164.308(a)(7)(i)",),
    requirement="HC-012",
    same_as=("cdk-nag:AwsSolutions-EC29",),
    severity=Severity.WARNING,
    url=_GUIDE + "Using_ChangingDisableAPITermination.html",
)
def ec2_instance_protected_from_termination(instance: Resource) -> Outcome:
    """Judge instances that are declared one by one; those of groups come and go, and keep nothing."""
    keys = ("DisableApiTermination",)
    return own_or_templates(instance, _is_on, keys, keys)


@rule(
    title="every Auto Scaling group behind a load balancer replaces what the load balancer finds unhealthy",
    fix="set HealthCheckType to ELB",
    applies_to=("AWS::AutoScaling::AutoScalingGroup",),
    controls=("164.312(b)",),
    requirement="HC-014",
    same_as=(
        "cdk-nag:HIPAA.Security-AutoScalingGroupELBHealthCheckRequired",
        "config:autoscaling-group-elb-healthcheck-required",
        "guard:AUTOSCALING_GROUP_ELB_HEALTHCHECK_REQUIRED",
        "prowler:autoscaling_group_elb_health_check_enabled",
    ),
    severity=Severity.WARNING,
    url="https://docs.aws.amazon.com/autoscaling/ec2/userguide/health-checks-overview.html",
)
def auto_scaling_group_asks_load_balancer(group: Resource) -> Outcome:
    """Judge the kinds of health checks of groups that a load balancer sends to; one list may name several."""
    behind = [*listed(group.at("LoadBalancerNames")), *listed(group.at("TargetGroupARNs"))]
    behind += [one for one in listed(group.at("TrafficSources")) if one.at("Type").value != "vpc-lattice"]
    if not behind:
        return NOT_APPLICABLE
    place = group.at("HealthCheckType")
    if place.text is not None and "ELB" in (kind.strip() for kind in place.text.split(",")):
        return MET
    outcome = place.must_be("ELB")
    hidden = all(one.is_unknown and not one.targets() for one in behind)
    if outcome.verdict is Verdict.BROKEN and hidden:
        return behind[0].undecided("an intrinsic function hides whether a load balancer sends to it")
    return outcome
