"""What a template must show of policies of AWS Organizations."""

from __future__ import annotations

from hipaa_constructs.rules._node import Resource
from hipaa_constructs.rules._outcome import MET, NOT_APPLICABLE, Outcome, all_met, broken
from hipaa_constructs.rules._policy import Statement, read
from hipaa_constructs.rules._rule import Severity, rule

_SAFEGUARDS = (
    ("cloudtrail:DeleteTrail", "cloudtrail:StopLogging", "cloudtrail:UpdateTrail"),
    ("config:DeleteConfigurationRecorder", "config:DeleteDeliveryChannel", "config:StopConfigurationRecorder"),
    ("guardduty:DeleteDetector", "guardduty:DisassociateFromAdministratorAccount", "guardduty:UpdateDetector"),
)
"""What switches a safeguard off, in each of the ways there are."""


@rule(
    title="a service control policy that guards a safeguard guards it wholly",
    fix="deny all ways to switch it off, such as cloudtrail:DeleteTrail, StopLogging and UpdateTrail",
    applies_to=("AWS::Organizations::Policy",),
    controls=("164.308(a)(4)(i)", "164.314(a)(1)"),
    requirement="HC-332",
    severity=Severity.WARNING,
    url="https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_examples_general.html",
)
def service_control_policy_guards_wholly(policy: Resource) -> Outcome:
    """Judge the denials of one policy; what it does not touch, another one may guard."""
    kind = policy.at("Type")
    if kind.text != "SERVICE_CONTROL_POLICY":
        return kind.undecided() if kind.may_be("SERVICE_CONTROL_POLICY") else NOT_APPLICABLE
    content = policy.at("Content")
    statements, hidden = read(content)
    if hidden or content.is_unknown:
        return content.undecided()
    denials = [statement for statement in statements if statement.is_deny and "NotAction" not in statement.inverted]
    return all_met([NOT_APPLICABLE, *(_whole(denials, actions, content.path) for actions in _SAFEGUARDS)])


def _whole(denials: list[Statement], actions: tuple[str, ...], path: tuple[str | int, ...]) -> Outcome:
    denied = [action for action in actions if any(one.touches(action) for one in denials)]
    if not denied:
        return NOT_APPLICABLE
    missing = [action for action in actions if action not in denied]
    if not missing:
        return MET
    return broken(*path, found=f"it denies {denied[0]} and not {missing[0]}")
