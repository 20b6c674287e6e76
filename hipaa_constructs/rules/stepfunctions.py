"""What a template must show of AWS Step Functions."""

from __future__ import annotations

from hipaa_constructs.rules._keys import customers_key
from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._outcome import MET, Outcome, all_met, any_met
from hipaa_constructs.rules._rule import Severity, rule

MACHINE = "AWS::StepFunctions::StateMachine"
ACTIVITY = "AWS::StepFunctions::Activity"
_GUIDE = "https://docs.aws.amazon.com/step-functions/latest/dg/"


@rule(
    title="every state machine logs its executions",
    fix="set LoggingConfiguration with Level ALL, or at the least ERROR, and a log group in Destinations",
    applies_to=(MACHINE,),
    controls=("164.312(b)",),
    requirement="HC-398",
    same_as=("prowler:stepfunctions_statemachine_logging_enabled",),
    url=_GUIDE + "cw-logs.html",
)
def state_machine_logged(machine: Resource) -> Outcome:
    """Judge the level and the destination; the history of express ones is nowhere else, that of others for 90 days."""
    logging = machine.at("LoggingConfiguration")
    destinations = logging.at("Destinations")
    rest = destinations.undecided() if destinations.is_unknown else destinations.broken()
    groups = [place.must_be_set() for place in _groups(logging)]
    return all_met([logging.at("Level").must_be("ALL", "ERROR", "FATAL"), any_met([*groups, rest])])


def _groups(logging: Node) -> list[Node]:
    return logging.each("Destinations", "*", "CloudWatchLogsLogGroup", "LogGroupArn")


@rule(
    title="no log of a state machine holds inputs and outputs in a group without a key of yours",
    fix="set IncludeExecutionData to false, or KmsKeyId of the log group",
    applies_to=(MACHINE,),
    controls=("164.312(a)(1)", "164.312(a)(2)(iv)"),
    requirement="HC-399",
    url=_GUIDE + "cw-logs.html",
)
def state_machine_log_without_payloads(machine: Resource) -> Outcome:
    """Judge what is logged and the log groups: execution data is whatever the steps hand to each other."""
    logging = machine.at("LoggingConfiguration")
    data = logging.at("IncludeExecutionData")
    if data.is_absent or logging.at("Level").text == "OFF" or data.must_be(False) is MET:
        return MET
    return any_met([data.must_be(False), all_met(_encrypted(place) for place in _groups(logging))])


def _encrypted(group: Node) -> Outcome:
    target = group.target()
    if target is None or target.type != "AWS::Logs::LogGroup":
        return group.undecided("the templates do not show whether the log group has a key")
    return customers_key(target.at("KmsKeyId"))


@rule(
    title="every state machine and activity is encrypted with a customer managed key",
    fix="set EncryptionConfiguration with Type CUSTOMER_MANAGED_KMS_KEY and KmsKeyId",
    applies_to=(MACHINE, ACTIVITY),
    controls=("164.312(a)(2)(iv)", "164.312(e)(2)(ii)"),
    requirement="HC-400",
    same_as=("prowler:stepfunctions_statemachine_encrypted_with_cmk",),
    severity=Severity.WARNING,
    url=_GUIDE + "encryption-at-rest.html",
)
def state_machine_uses_customer_managed_key(resource: Resource) -> Outcome:
    """Judge the key; Step Functions encrypts with one of its own otherwise."""
    encryption = resource.at("EncryptionConfiguration")
    if encryption.is_unknown:
        return encryption.undecided()
    return all_met(
        [
            encryption.at("Type").must_be("CUSTOMER_MANAGED_KMS_KEY"),
            customers_key(encryption.at("KmsKeyId"), by_alias=True),
        ]
    )


@rule(
    title="every state machine traces its executions",
    fix="set TracingConfiguration.Enabled to true",
    applies_to=(MACHINE,),
    controls=("164.312(b)",),
    requirement="HC-401",
    severity=Severity.WARNING,
    url=_GUIDE + "concepts-xray-tracing.html",
)
def state_machine_traced(machine: Resource) -> Outcome:
    """Judge the switch."""
    return machine.at("TracingConfiguration", "Enabled").must_be(True)
