"""Groups of instances, weakened."""

from __future__ import annotations

from aws_cdk import Stack

from tests.mutation._weakening import Weakening
from tools import examples


def group(stack: Stack) -> None:
    examples.instances(stack)


WEAKENING = Weakening(
    "autoscaling",
    (group,),
    only=(
        "AutoScalingGroup:Properties/VPCZoneIdentifier*:deleted",
        "LaunchTemplate:Properties/LaunchTemplateData/BlockDeviceMappings/0/Ebs/Encrypted:*",
        "LaunchTemplate:Properties/LaunchTemplateData/MetadataOptions*:*",
        "LaunchTemplate:Properties/LaunchTemplateData/Monitoring*:*",
        "LaunchTemplate:Properties/LaunchTemplateData/NetworkInterfaces/0/AssociatePublicIpAddress:True",
        "SecurityGroup:Properties/SecurityGroupEgress:deleted",
        "SecurityGroup:Properties/SecurityGroupEgress/0/FromPort:deleted",
    ),
    exempt=(("LaunchTemplate:*/HttpEndpoint", "*", "what is off by default in an account stays off, or it is on"),),
)
