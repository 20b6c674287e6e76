"""What is judged of Shield Advanced."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import (
    BROKEN,
    GONE,
    MET,
    NEVER_TEXT,
    PARAMETER,
    UNDECIDED,
    resource,
    template,
    verdict,
)

ENGAGEMENT = "AWS::Shield::ProactiveEngagement"
CONTACTS: Json = [{"EmailAddress": "a@example.org"}]


@pytest.mark.parametrize(
    ("status", "contacts", "wanted"),
    [
        ("ENABLED", CONTACTS, MET),
        ("DISABLED", CONTACTS, BROKEN),
        (PARAMETER, CONTACTS, UNDECIDED),
        (GONE, CONTACTS, BROKEN),
        ("ENABLED", [], BROKEN),
        ("ENABLED", GONE, BROKEN),
        ("ENABLED", PARAMETER, UNDECIDED),
        *((value, CONTACTS, BROKEN) for value in NEVER_TEXT),
    ],
)
def test_the_engagement_of_the_response_team_decides(status: Json, contacts: Json, wanted: str) -> None:
    properties: Json = {"ProactiveEngagementStatus": status, "EmergencyContactList": contacts}
    assert verdict("ShieldEngagementProactive", template({"It": resource(ENGAGEMENT, properties)})) == wanted
