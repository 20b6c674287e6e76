"""Protections, weakened."""

from __future__ import annotations

from tests.mutation._weakening import Weakening
from tests.unit.test_shield import everything

WEAKENING = Weakening(
    "shield",
    (everything,),
    only=(
        "ProactiveEngagement:Properties/EmergencyContactList:deleted",
        "ProactiveEngagement:Properties/ProactiveEngagementStatus:*",
    ),
)
