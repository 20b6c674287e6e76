"""Networks, weakened."""

from __future__ import annotations

from aws_cdk import Stack

from hipaa_constructs import FlowLoggedVpc
from hipaa_constructs.services.ec2_endpoints import STANDARD_SERVICES
from tests.mutation._weakening import Weakening


def network(stack: Stack) -> None:
    FlowLoggedVpc(stack, "It", max_azs=2, endpoints="gateway").add_interface_endpoint("Kms", STANDARD_SERVICES["Kms"])


WEAKENING = Weakening(
    "ec2",
    (network,),
    only=(
        "Association::removed",
        "Association:Properties/Name:*",
        "Association:Properties/Targets/0/Values*",
        "FlowLog::removed",
        "FlowLog:Properties/LogFormat:*",
        "FlowLog:Properties/ResourceId:*",
        "FlowLog:Properties/ResourceType:*",
        "FlowLog:Properties/TrafficType:*",
        "LogGroup:Properties/KmsKeyId:*",
        "LogGroup:Properties/RetentionInDays:2191",
        "SecurityGroup:*Description:deleted",
        "Subnet:Properties/MapPublicIpOnLaunch:True",
        "VPCEndpoint:*/Condition/StringEquals*:deleted",
        "VPCEndpoint:*/Condition:deleted",
        "VPCEndpoint:Properties/PolicyDocument:deleted",
        "VPCEndpoint:Properties/PrivateDnsEnabled:*",
    ),
    exempt=(("VPCEndpoint:*/StringEqualsIfExists*", "deleted", "the account's own principals still"),),
)
