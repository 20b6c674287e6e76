"""What a template must show of AWS Shield Advanced."""

from __future__ import annotations

from hipaa_constructs.rules._node import Resource
from hipaa_constructs.rules._outcome import Outcome, all_met
from hipaa_constructs.rules._rule import Severity, rule

ENGAGEMENT = "AWS::Shield::ProactiveEngagement"


@rule(
    title="the response team of Shield calls by itself",
    fix="set ProactiveEngagementStatus to ENABLED, and EmergencyContactList",
    applies_to=(ENGAGEMENT,),
    controls=("164.308(a)(6)(ii)",),
    requirement="HC-199",
    severity=Severity.WARNING,
    url="https://docs.aws.amazon.com/waf/latest/developerguide/ddos-srt-proactive-engagement.html",
)
def shield_engagement_proactive(engagement: Resource) -> Outcome:
    """Judge the status, and that there is somebody to call."""
    return all_met(
        [
            engagement.at("ProactiveEngagementStatus").must_be("ENABLED"),
            engagement.at("EmergencyContactList").must_be_set(),
        ]
    )
