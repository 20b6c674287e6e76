"""What a template must show of AWS CloudTrail trails: data events of tables and queues."""

from __future__ import annotations

from hipaa_constructs.rules._node import Resource
from hipaa_constructs.rules._outcome import NOT_APPLICABLE, Outcome
from hipaa_constructs.rules._rule import Severity, rule
from hipaa_constructs.rules.cloudtrail import GUIDE, TRAIL, by_any_trail, records_data

_TABLE, _GLOBAL_TABLE = "AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable"
_QUEUE = "AWS::SQS::Queue"


@rule(
    title="data events of tables are recorded, by this trail or another",
    fix="add an advanced event selector with eventCategory Data and resources.type AWS::DynamoDB::Table "
    "(data_events=…)",
    applies_to=(TRAIL,),
    controls=("164.312(b)", "164.308(a)(1)(ii)(D)"),
    requirement="HC-183",
    severity=Severity.WARNING,
    url=GUIDE + "logging-data-events-with-cloudtrail.html",
)
def trail_logs_dynamodb_data_events(trail: Resource) -> Outcome:
    """Judge that reads and writes of some tables are, where there are any; of which, only the app knows."""
    if not trail.template.assembly.resources(_TABLE, _GLOBAL_TABLE):
        return NOT_APPLICABLE
    return by_any_trail(trail, lambda one: records_data(one, _TABLE))


@rule(
    title="a trail that records data events of queues records all of them, or another one does",
    fix="select resources.type AWS::SQS::Queue with no other field but eventCategory and resources.ARN (data_events=…)",
    applies_to=(TRAIL,),
    controls=("164.312(b)",),
    requirement="HC-094",
    severity=Severity.WARNING,
    url=GUIDE + "logging-data-events-with-cloudtrail.html",
)
def trail_logs_sqs_data_events(trail: Resource) -> Outcome:
    """Judge trails that select queues; whether a queue holds records, and is to be selected, no template says."""
    selected = trail.each("AdvancedEventSelectors", "*", "FieldSelectors", "*", "Equals", "*")
    if not any(value.text == _QUEUE for value in selected):
        return NOT_APPLICABLE
    return by_any_trail(trail, lambda one: records_data(one, _QUEUE))
