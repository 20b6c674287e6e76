"""What the preferences of sessions and secret parameters are, and what they refuse."""

from __future__ import annotations

import pytest
from aws_cdk import App, Duration, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam

from hipaa_constructs import (
    EncryptedBucket,
    EncryptedLogGroup,
    EncryptionKey,
    ManagedPolicyRole,
    SecureParameter,
    SessionManagerAccess,
)
from hipaa_constructs.rules._value import Json
from tests._refusals import made, refusal
from tests._synthesis import Body, at, list_at, of_type, report_of, statements, synthesized, the
from tools import examples

DOCUMENT, GROUP, POLICY = "AWS::SSM::Document", "AWS::Logs::LogGroup", "AWS::IAM::ManagedPolicy"


@pytest.fixture
def stack() -> Stack:
    return Stack(App(), "Stack")


def sessions(stack: Stack, **options: object) -> SessionManagerAccess:
    found = made(SessionManagerAccess, stack, **options)
    assert isinstance(found, SessionManagerAccess)
    return found


def with_everything(stack: Stack) -> None:
    machine = examples.instance(stack)
    access = sessions(
        stack,
        name="Operators",
        encryption_key=EncryptionKey(stack, "Own"),
        log_group=EncryptedLogGroup(stack, "Audit"),
        bucket=EncryptedBucket(stack, "Copies"),
        idle_session_timeout=Duration.minutes(60),
        max_session_duration=Duration.minutes(1440),
        run_as_user="operator",
    )
    access.let_in(machine.role)
    operator = ManagedPolicyRole(stack, "Operator", assumed_by=iam.AccountRootPrincipal())
    access.allow(operator, machine.instance)


PLAIN = synthesized(sessions)
EVERYTHING = synthesized(with_everything)


def inputs(template: Body, *path: str) -> Json:
    return at(the(template, DOCUMENT), "Properties", "Content", "inputs", *path)


def granted(template: Body, role: str) -> dict[str, Json]:
    """Return what each action of a role's managed policy is granted on."""
    found: dict[str, Json] = {}
    for statement in statements(the(template, POLICY, role)):
        actions = statement["Action"]
        for action in actions if isinstance(actions, list) else [actions]:
            found[str(action)] = statement["Resource"]
    return found


def test_sessions_are_encrypted_with_the_stacks_key() -> None:
    (key,) = of_type(PLAIN, "AWS::KMS::Key")
    assert inputs(PLAIN, "kmsKeyId") == {"Fn::GetAtt": [key, "Arn"]}


def test_sessions_are_streamed_to_an_encrypted_group_that_keeps_six_years() -> None:
    (group,) = of_type(PLAIN, GROUP)
    assert inputs(PLAIN, "cloudWatchLogGroupName") == {"Ref": group}
    assert (inputs(PLAIN, "cloudWatchEncryptionEnabled"), inputs(PLAIN, "cloudWatchStreamingEnabled")) == (True, True)
    assert at(the(PLAIN, GROUP), "Properties", "RetentionInDays") == 2192


def test_a_session_ends_after_fifteen_idle_minutes_and_after_an_hour() -> None:
    assert (inputs(PLAIN, "idleSessionTimeout"), inputs(PLAIN, "maxSessionDuration")) == ("15", "60")


def test_the_longest_sessions_are_taken() -> None:
    assert (inputs(EVERYTHING, "idleSessionTimeout"), inputs(EVERYTHING, "maxSessionDuration")) == ("60", "1440")


def test_sessions_run_as_the_agents_user_unless_another_is_named() -> None:
    assert (inputs(PLAIN, "runAsEnabled"), inputs(PLAIN, "runAsDefaultUser")) == (False, "")
    assert (inputs(EVERYTHING, "runAsEnabled"), inputs(EVERYTHING, "runAsDefaultUser")) == (True, "operator")


def test_there_is_no_bucket_unless_one_is_named() -> None:
    assert inputs(PLAIN, "s3BucketName") is None
    (bucket,) = (name for name in of_type(EVERYTHING, "AWS::S3::Bucket") if name.startswith("Copies"))
    assert (inputs(EVERYTHING, "s3BucketName"), inputs(EVERYTHING, "s3EncryptionEnabled")) == ({"Ref": bucket}, True)


def test_they_are_the_preferences_of_the_account_unless_named_otherwise() -> None:
    names = [at(the(one, DOCUMENT), "Properties", "Name") for one in (PLAIN, EVERYTHING)]
    assert names == ["SSM-SessionManagerRunShell", "Operators"]


def test_a_change_is_a_new_version_of_the_same_document() -> None:
    assert at(the(PLAIN, DOCUMENT), "Properties", "UpdateMethod") == "NewVersion"


def test_the_preferences_stay_when_the_stack_goes() -> None:
    body = the(PLAIN, DOCUMENT)
    assert (body["DeletionPolicy"], body["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")


def test_the_preferences_may_go_with_the_stack() -> None:
    template = synthesized(lambda stack: sessions(stack, removal_policy=RemovalPolicy.DESTROY))
    assert the(template, DOCUMENT)["DeletionPolicy"] == "Delete"


def test_a_machine_decrypts_its_sessions_and_logs_them() -> None:
    found = granted(EVERYTHING, "ExampleRole")
    (key,) = (name for name in of_type(EVERYTHING, "AWS::KMS::Key") if name.startswith("Own"))
    (group,) = (name for name in of_type(EVERYTHING, GROUP) if name.startswith("Audit"))
    assert found["kms:Decrypt"] == {"Fn::GetAtt": [key, "Arn"]}
    assert found["logs:PutLogEvents"] == {"Fn::GetAtt": [group, "Arn"]}


def test_a_machine_writes_sessions_to_the_bucket_and_reads_nothing_of_it() -> None:
    found = granted(EVERYTHING, "ExampleRole")
    assert {action for action in found if action.startswith("s3:")} == {"s3:GetEncryptionConfiguration", "s3:PutObject"}
    assert list_at(found["s3:PutObject"], "Fn::Join", 1)[-1] == "/sessions/*"


def test_a_machine_gets_nothing_of_a_bucket_that_there_is_not() -> None:
    def build(stack: Stack) -> None:
        sessions(stack).let_in(ManagedPolicyRole(stack, "Machine", assumed_by=iam.AccountRootPrincipal()))

    assert {action for action in granted(synthesized(build), "Machine") if action.startswith("s3:")} == set()


def test_an_operator_starts_sessions_with_named_instances_and_this_document_alone() -> None:
    (instance,) = of_type(EVERYTHING, "AWS::EC2::Instance")
    found = granted(EVERYTHING, "OperatorGrants")
    targets = found["ssm:StartSession"]
    assert isinstance(targets, list)
    assert [list_at(one, "Fn::Join", 1)[-1] for one in targets] == [{"Ref": instance}, {"Ref": "It"}]


def test_an_operator_must_use_the_document() -> None:
    (starting, *_) = statements(the(EVERYTHING, POLICY, "OperatorGrants"))
    assert starting["Condition"] == {"BoolIfExists": {"ssm:SessionDocumentAccessCheck": "true"}}


@pytest.mark.parametrize("action", ["ssm:ResumeSession", "ssm:TerminateSession", "ssmmessages:OpenDataChannel"])
def test_an_operator_types_in_and_ends_only_sessions_of_their_own(action: str) -> None:
    found = granted(EVERYTHING, "OperatorGrants")
    assert list_at(found[action], "Fn::Join", 1)[-1] == ":session/${aws:userid}-*"


def test_an_operator_is_allowed_nothing_without_instances(stack: Stack) -> None:
    role = ManagedPolicyRole(stack, "Operator", assumed_by=iam.AccountRootPrincipal())
    access = sessions(stack)
    refusal(
        lambda: access.allow(role),
        "Stack/It: instances must be named that sessions are allowed with, got none; pass the instance of a "
        "HipaaInstance (164.308(a)(4)(ii)(B))",
    )


def test_everything_together_gives_no_finding() -> None:
    assert report_of(lambda app: with_everything(Stack(app, "Stack"))).findings == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"idle_session_timeout": Duration.seconds(90)},
            "idle_session_timeout must be whole minutes, from 1 to 60, got 1 minute 30 seconds",
        ),
        (
            {"idle_session_timeout": Duration.minutes(61)},
            "idle_session_timeout must be whole minutes, from 1 to 60, got 1 hour 1 minute",
        ),
        (
            {"max_session_duration": Duration.minutes(0)},
            "max_session_duration must be whole minutes, from 1 to 1440, got 0 minutes",
        ),
        (
            {"max_session_duration": Duration.minutes(1441)},
            "max_session_duration must be whole minutes, from 1 to 1440, got 1 day 1 minute",
        ),
    ],
)
def test_a_time_that_session_manager_takes_not_is_refused(
    stack: Stack, options: dict[str, object], message: str
) -> None:
    refusal(
        lambda: sessions(stack, **options),
        f"Stack/It: {message}; Session Manager takes no other time (164.312(a)(2)(iii))",
    )


def test_the_shortest_times_are_taken() -> None:
    minute = Duration.minutes(1)
    template = synthesized(lambda stack: sessions(stack, idle_session_timeout=minute, max_session_duration=minute))
    assert (inputs(template, "idleSessionTimeout"), inputs(template, "maxSessionDuration")) == ("1", "1")


@pytest.mark.parametrize("name", ["ab", "a b c", "x" * 129])
def test_what_is_no_name_is_refused(stack: Stack, name: str) -> None:
    refusal(
        lambda: sessions(stack, name=name),
        f"Stack/It: name must be 3 to 128 letters, digits, dots, hyphens and underscores, got '{name}'; Systems "
        "Manager takes no other name (164.312(b))",
    )


@pytest.mark.parametrize("option", SessionManagerAccess.contract.fixed)
def test_a_fixed_option_is_refused_with_the_way_out(stack: Stack, option: str) -> None:
    refusal(
        lambda: sessions(stack, **{option: "x"}),
        f"Stack/It: {option} can't be set, got 'x'; {SessionManagerAccess.contract.fixed[option]}",
    )


def reading(stack: Stack) -> None:
    key = EncryptionKey.of(stack)
    parameter = SecureParameter(stack, "/portal/partner-password", encryption_key=key)
    parameter.grant_read(ManagedPolicyRole(stack, "Reader", assumed_by=iam.AccountRootPrincipal()))


READING = synthesized(reading)


def test_a_secret_parameter_is_read_and_no_other() -> None:
    found = granted(READING, "Reader")
    assert set(found) == {"kms:Decrypt", "ssm:GetParameter", "ssm:GetParameters"}
    assert list_at(found["ssm:GetParameter"], "Fn::Join", 1)[-1] == ":parameter/portal/partner-password"


def test_a_key_decrypts_that_parameter_and_nothing_else() -> None:
    (decrypting, reading) = statements(the(READING, POLICY))
    assert at(decrypting, "Condition", "StringEquals") == {
        "kms:EncryptionContext:PARAMETER_ARN": reading["Resource"],
    }


def test_a_secret_parameter_makes_nothing() -> None:
    assert of_type(READING, "AWS::SSM::Parameter") == {}


def test_reading_gives_no_finding() -> None:
    assert report_of(lambda app: reading(Stack(app, "Stack"))).findings == []


@pytest.mark.parametrize("name", ["", "/", "a b", "/portal/", "pass word", "s3cret!"])
def test_what_is_no_name_of_a_parameter_is_refused(stack: Stack, name: str) -> None:
    refusal(
        lambda: SecureParameter(stack, name, encryption_key=EncryptionKey.of(stack)),
        f"Stack: name must be that of a parameter, got {name!r}; e.g. /portal/partner-password (164.312(a)(2)(iv))",
    )
