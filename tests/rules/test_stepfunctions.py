"""What is judged of state machines."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import (
    BROKEN,
    GONE,
    MALFORMED,
    MET,
    NEVER_TRUE,
    PARAMETER,
    UNDECIDED,
    Body,
    resource,
    template,
    verdict,
)

MACHINE = "AWS::StepFunctions::StateMachine"
ACTIVITY = "AWS::StepFunctions::Activity"
TO_GROUP: Json = [{"CloudWatchLogsLogGroup": {"LogGroupArn": {"Fn::GetAtt": ["Group", "Arn"]}}}]
KEY: Json = {"Fn::GetAtt": ["Key", "Arn"]}


def machine(properties: Json, group: Json = None) -> Body:
    others = {"Group": resource("AWS::Logs::LogGroup", group), "Key": resource("AWS::KMS::Key")}
    return template({"It": resource(MACHINE, properties), **others})


def logged(**logging: Json) -> Body:
    return {"LoggingConfiguration": {"Level": "ALL", "Destinations": TO_GROUP, **logging}}


@pytest.mark.parametrize(
    ("properties", "wanted"),
    [
        (logged(), MET),
        (logged(Level="ERROR"), MET),
        (logged(Level="FATAL"), MET),
        (logged(Level="OFF"), BROKEN),
        (logged(Level=GONE), BROKEN),
        (logged(Level=PARAMETER), UNDECIDED),
        (logged(Destinations=[]), BROKEN),
        (logged(Destinations=GONE), BROKEN),
        (logged(Destinations=PARAMETER), UNDECIDED),
        (logged(Destinations=PARAMETER, Level="OFF"), BROKEN),
        (logged(Destinations=[{"CloudWatchLogsLogGroup": {}}]), BROKEN),
        (logged(Destinations="x"), BROKEN),
        ({}, BROKEN),
        ({"LoggingConfiguration": "x"}, BROKEN),
        ("x", BROKEN),
    ],
)
def test_the_log_of_a_state_machine_decides(properties: Json, wanted: str) -> None:
    assert verdict("StateMachineLogged", machine(properties)) == wanted


@pytest.mark.parametrize(
    ("properties", "group", "wanted"),
    [
        (logged(), {}, MET),
        ({}, {}, MET),
        (logged(IncludeExecutionData=False), {}, MET),
        (logged(IncludeExecutionData=True, Level="OFF"), {}, MET),
        (logged(IncludeExecutionData=True), {"KmsKeyId": KEY}, MET),
        (logged(IncludeExecutionData=True), {}, BROKEN),
        (logged(IncludeExecutionData=PARAMETER), {}, UNDECIDED),
        (logged(IncludeExecutionData=PARAMETER), {"KmsKeyId": KEY}, MET),
        (logged(IncludeExecutionData=True, Destinations=[]), {}, BROKEN),
        (
            logged(
                IncludeExecutionData=True,
                Destinations=[{"CloudWatchLogsLogGroup": {"LogGroupArn": "arn:aws:logs:us-east-1:1:log-group:x:*"}}],
            ),
            {},
            UNDECIDED,
        ),
        (
            logged(
                IncludeExecutionData=True,
                Destinations=[{"CloudWatchLogsLogGroup": {"LogGroupArn": {"Fn::GetAtt": ["Key", "Arn"]}}}],
            ),
            {},
            UNDECIDED,
        ),
    ],
)
def test_inputs_and_outputs_in_a_log_decide(properties: Json, group: Json, wanted: str) -> None:
    assert verdict("StateMachineLogWithoutPayloads", machine(properties, group)) == wanted


@pytest.mark.parametrize("kind", [MACHINE, ACTIVITY])
@pytest.mark.parametrize(
    ("encryption", "wanted"),
    [
        ({"Type": "CUSTOMER_MANAGED_KMS_KEY", "KmsKeyId": KEY}, MET),
        ({"Type": "CUSTOMER_MANAGED_KMS_KEY", "KmsKeyId": "alias/mine"}, MET),
        ({"Type": "CUSTOMER_MANAGED_KMS_KEY"}, BROKEN),
        ({"Type": "AWS_OWNED_KEY", "KmsKeyId": KEY}, BROKEN),
        ({"Type": PARAMETER, "KmsKeyId": KEY}, UNDECIDED),
        (PARAMETER, UNDECIDED),
        (GONE, BROKEN),
        ("x", BROKEN),
    ],
)
def test_the_key_of_a_state_machine_decides(kind: str, encryption: Json, wanted: str) -> None:
    it = resource(kind, {"EncryptionConfiguration": encryption})
    body = template({"It": it, "Key": resource("AWS::KMS::Key")})
    assert verdict("StateMachineUsesCustomerManagedKey", body) == wanted


@pytest.mark.parametrize(
    ("switch", "wanted"), [(True, MET), (False, BROKEN), (PARAMETER, UNDECIDED), *((v, BROKEN) for v in NEVER_TRUE)]
)
def test_the_tracing_of_a_state_machine_decides(switch: Json, wanted: str) -> None:
    assert verdict("StateMachineTraced", machine({"TracingConfiguration": {"Enabled": switch}})) == wanted


@pytest.mark.parametrize("value", MALFORMED, ids=str)
def test_a_malformed_intrinsic_function_is_no_pass(value: Json) -> None:
    for rule, place in (("StateMachineLogged", "LoggingConfiguration"), ("StateMachineTraced", "TracingConfiguration")):
        assert verdict(rule, machine({place: value})) in (BROKEN, UNDECIDED)


def test_state_machines_of_sam_are_judged_alike() -> None:
    own: Json = {"Logging": {"Level": "ALL", "Destinations": TO_GROUP}, "Tracing": {"Enabled": False}}
    resources = {"It": resource("AWS::Serverless::StateMachine", own), "Group": resource("AWS::Logs::LogGroup")}
    body = template(resources, Transform="AWS::Serverless-2016-10-31")
    assert verdict("StateMachineLogged", body) == MET
    assert verdict("StateMachineTraced", body) == BROKEN
