"""Single instances, weakened."""

from __future__ import annotations

from aws_cdk import Stack

from tests.mutation._weakening import Weakening
from tools import examples


def instance(stack: Stack) -> None:
    examples.instance(stack)


WEAKENING = Weakening(
    "ec2_instance",
    (instance,),
    only=(
        "Instance:Properties/BlockDeviceMappings:deleted",
        "Instance:Properties/BlockDeviceMappings/0/Ebs/Encrypted:*",
        "Instance:Properties/DisableApiTermination:*",
        "Instance:Properties/IamInstanceProfile:deleted",
        "Instance:Properties/MetadataOptions*:*",
        "Instance:Properties/Monitoring:*",
        "Instance:Properties/SubnetId:deleted",
        "ManagedPolicy:Properties/Roles:deleted",
    ),
    exempt=(
        ("Instance:*/HttpEndpoint", "*", "what is off by default in an account stays off, or it is on"),
        ("Network*:Properties/Roles", "deleted", "a role of the network, which may do less"),
        ("Instance:*/HttpPutResponseHopLimit", "deleted", "the image decides, two hops at most"),
    ),
)
