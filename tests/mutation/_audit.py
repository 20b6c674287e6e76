"""What watches an account, weakened."""

from __future__ import annotations

from aws_cdk import Stack

from hipaa_constructs import AuditBaseline
from tests.mutation._weakening import Weakening


def baseline(stack: Stack) -> None:
    AuditBaseline(stack, "It")


WEAKENING = Weakening(
    "audit",
    (baseline,),
    only=(
        "ConfigurationRecorder:Properties/RecordingGroup*",
        "Detector:Properties/Enable:*",
        "Detector:Properties/Features*",
        "Hub:Properties/AutoEnableControls:*",
        "Hub:Properties/EnableDefaultStandards:*",
    ),
    exempt=(
        ("Detector:Properties/Features/?", "deleted", "on where nothing is said"),
        ("Detector:Properties/Features/?/Name", "*", "refused by GuardDuty"),
        ("Detector:*/AdditionalConfiguration*", "*", "agents may be brought there by hand"),
        ("Hub:Properties/AutoEnableControls", "deleted", "on where nothing is said"),
        ("Hub:Properties/EnableDefaultStandards", "*", "the default standards besides those that are named"),
    ),
)
