"""What has an account scanned, weakened."""

from __future__ import annotations

from aws_cdk import Stack

from hipaa_constructs import InspectorScanning
from tests.mutation._weakening import Weakening


def scanning(stack: Stack) -> None:
    InspectorScanning(stack, "It", cis_tags={"phi": ["yes"]})


WEAKENING = Weakening(
    "inspector",
    (scanning,),
    only=(
        "CisScanConfiguration:Properties/Schedule*",
        "Rule:Properties/State:*",
        "Rule:Properties/Targets*:deleted",
    ),
    exempt=(
        ("CisScanConfiguration:*/Weekly/*", "*", "when in the week, or refused by Inspector"),
        ("Rule:Properties/State", "deleted", "it is enabled where nothing is said"),
        ("Rule:*/Targets/0/*", "deleted", "refused by EventBridge, or a plainer message"),
    ),
)
