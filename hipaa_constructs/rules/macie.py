"""What a template must show of Amazon Macie, where it declares a session."""

from __future__ import annotations

from hipaa_constructs.rules._node import Resource
from hipaa_constructs.rules._outcome import MET, Outcome, all_met
from hipaa_constructs.rules._rule import Severity, rule


@rule(
    title="every Macie session is on and looks for sensitive data",
    fix="leave Status and AutomatedDiscoveryStatus out, or set both to ENABLED",
    applies_to=("AWS::Macie::Session",),
    controls=("164.308(a)(1)(ii)(A)",),
    requirement="HC-324",
    same_as=(
        "config:macie-auto-sensitive-data-discovery-check",
        "config:macie-status-check",
        "prowler:macie_is_enabled",
    ),
    severity=Severity.WARNING,
    url="https://docs.aws.amazon.com/macie/latest/user/discovery-asdd.html",
)
def macie_session_enabled(session: Resource) -> Outcome:
    """Judge both switches; that a template declares no session says nothing, as another stack may."""
    places = (session.at("Status"), session.at("AutomatedDiscoveryStatus"))
    return all_met([MET, *(place.must_be("ENABLED") for place in places if not place.is_absent)])
