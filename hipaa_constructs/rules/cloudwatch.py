"""What a template must show of Amazon CloudWatch alarms."""

from __future__ import annotations

from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._outcome import MET, Outcome, all_met, any_met
from hipaa_constructs.rules._rule import Severity, rule

ALARM = "AWS::CloudWatch::Alarm"
COMPOSITE_ALARM = "AWS::CloudWatch::CompositeAlarm"


def tells_somebody(actions: Node) -> Outcome:
    """Judge that a list of actions holds one."""
    if actions.is_unknown:
        return actions.undecided()
    return MET if any(item.must_be_set() is MET for item in actions.items()) else actions.broken()


@rule(
    title="every alarm tells somebody that it goes off, and that it can no longer tell",
    fix="set AlarmActions to a topic, InsufficientDataActions too or TreatMissingData to breaching, no ActionsEnabled",
    applies_to=(ALARM, COMPOSITE_ALARM),
    controls=("164.312(b)",),
    requirement="HC-241",
    same_as=(
        "cdk-nag:HIPAA.Security-CloudWatchAlarmAction",
        "config:cloudwatch-alarm-action-check",
        "guard:CLOUDWATCH_ALARM_ACTION_CHECK",
        "prowler:cloudwatch_alarm_actions_alarm_state_configured",
        "prowler:cloudwatch_alarm_actions_enabled",
    ),
    severity=Severity.WARNING,
    url="https://docs.aws.amazon.com/config/latest/developerguide/cloudwatch-alarm-action-check.html",
)
def alarm_acts(alarm: Resource) -> Outcome:
    """Judge the actions of both states; alarms that are only part of a composite alarm need a waiver."""
    enabled = alarm.at("ActionsEnabled")
    # Where missing data count as a breach, silence itself goes off.
    silence = alarm.at("TreatMissingData").must_be("breaching")
    return all_met(
        [
            tells_somebody(alarm.at("AlarmActions")),
            any_met([tells_somebody(alarm.at("InsufficientDataActions")), silence]),
            MET if enabled.is_absent else enabled.must_be(True),
        ]
    )
