"""What a template must show of Amazon Inspector."""

from __future__ import annotations

from hipaa_constructs.rules._launches import listed
from hipaa_constructs.rules._node import Resource
from hipaa_constructs.rules._outcome import MET, NOT_APPLICABLE, Outcome, all_met
from hipaa_constructs.rules._rule import Severity, rule

SCAN = "AWS::InspectorV2::CisScanConfiguration"
EVENT_RULE = "AWS::Events::Rule"
_GUIDE = "https://docs.aws.amazon.com/inspector/latest/user/"
_REPEATING = ("Daily", "Weekly", "Monthly")
_SOURCE = "aws.inspector2"


@rule(
    title="every CIS scan is repeated",
    fix="set Schedule to Daily, Weekly or Monthly",
    applies_to=(SCAN,),
    controls=("164.308(a)(8)",),
    requirement="HC-204",
    severity=Severity.WARNING,
    url=_GUIDE + "scanning-cis.html",
)
def inspector_cis_scan_repeated(scan: Resource) -> Outcome:
    """Judge the schedule: an evaluation that was made once is soon out of date."""
    schedule = scan.at("Schedule")
    if schedule.is_unknown:
        return schedule.undecided()
    found = [schedule.at(kind) for kind in _REPEATING]
    if any(isinstance(place.value, dict) for place in found):
        return MET
    hidden = [place.undecided() for place in found if place.is_unknown]
    return hidden[0] if hidden else schedule.broken()


@rule(
    title="what Inspector finds reaches somebody",
    fix="give the AWS::Events::Rule a target, e.g. a topic, and State ENABLED",
    applies_to=(EVENT_RULE,),
    controls=("164.308(a)(1)(ii)(D)", "164.308(a)(6)(ii)"),
    requirement="HC-205",
    severity=Severity.WARNING,
    url=_GUIDE + "findings-managing-automating-responses.html",
)
def inspector_findings_routed(event_rule: Resource) -> Outcome:
    """Judge rules for events of Inspector; whether there must be one, a template of something else can't tell."""
    sources = listed(event_rule.at("EventPattern", "source"))
    if not any(source.value == _SOURCE for source in sources):
        return NOT_APPLICABLE
    state = event_rule.at("State")
    on = MET if state.is_absent else state.must_be("ENABLED", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS")
    targets = event_rule.at("Targets")
    if targets.is_unknown:
        return all_met([on, targets.undecided()])
    return all_met([on, MET if targets.items() else targets.broken()])
