"""What the log groups are, and what they refuse."""

from __future__ import annotations

import pytest
from aws_cdk import App, RemovalPolicy, Stack
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs

from hipaa_constructs import ComplianceError, EncryptedLogGroup, EncryptionKey
from tests._refusals import made, refusal, waiver
from tests._synthesis import at, metadata_waivers, of_type, statement_called, synthesized, the

GROUP = "AWS::Logs::LogGroup"
TEMPLATE = synthesized(lambda stack: EncryptedLogGroup(stack, "It"))


@pytest.fixture
def stack() -> Stack:
    return Stack(App(), "Stack")


def test_a_log_group_is_encrypted_with_the_stacks_key() -> None:
    (key,) = of_type(TEMPLATE, "AWS::KMS::Key")
    assert at(the(TEMPLATE, GROUP), "Properties", "KmsKeyId") == {"Fn::GetAtt": [key, "Arn"]}


def test_the_key_lets_cloudwatch_logs_use_it() -> None:
    assert statement_called(the(TEMPLATE, "AWS::KMS::Key"), "CloudWatchLogsOfThisAccount", "KeyPolicy")


def test_events_are_kept_for_six_years() -> None:
    assert at(the(TEMPLATE, GROUP), "Properties", "RetentionInDays") == 2192


def test_a_log_group_is_protected_from_deletion() -> None:
    assert at(the(TEMPLATE, GROUP), "Properties", "DeletionProtectionEnabled") is True


@pytest.mark.parametrize("attribute", ["DeletionPolicy", "UpdateReplacePolicy"])
def test_a_log_group_outlives_its_stack(attribute: str) -> None:
    assert the(TEMPLATE, GROUP)[attribute] == "Retain"


def test_a_log_group_has_the_logical_id_of_the_plain_one() -> None:
    plain = synthesized(lambda stack: logs.LogGroup(stack, "It"))
    assert list(of_type(TEMPLATE, GROUP)) == list(of_type(plain, GROUP))


def test_a_key_of_the_callers_is_used_and_lets_cloudwatch_logs_in() -> None:
    template = synthesized(lambda stack: EncryptedLogGroup(stack, "It", encryption_key=kms.Key(stack, "Own")))
    assert statement_called(the(template, "AWS::KMS::Key", "Own"), "CloudWatchLogsOfThisAccount", "KeyPolicy")


def test_an_imported_key_is_used_as_it_is() -> None:
    arn = "arn:aws:kms:us-east-1:123456789012:key/1234abcd"
    template = synthesized(
        lambda stack: EncryptedLogGroup(stack, "It", encryption_key=kms.Key.from_key_arn(stack, "Imported", arn))
    )
    assert at(the(template, GROUP), "Properties", "KmsKeyId") == arn


def test_a_key_of_this_package_is_used() -> None:
    template = synthesized(lambda stack: EncryptedLogGroup(stack, "It", encryption_key=EncryptionKey(stack, "Own")))
    assert statement_called(the(template, "AWS::KMS::Key", "Own"), "CloudWatchLogsOfThisAccount", "KeyPolicy")


@pytest.mark.parametrize(
    ("retention", "days"),
    [(logs.RetentionDays.SEVEN_YEARS, 2557), (logs.RetentionDays.TEN_YEARS, 3653)],
)
def test_events_may_be_kept_longer(retention: logs.RetentionDays, days: int) -> None:
    template = synthesized(lambda stack: EncryptedLogGroup(stack, "It", retention=retention))
    assert at(the(template, GROUP), "Properties", "RetentionInDays") == days


def test_free_options_are_passed_on() -> None:
    template = synthesized(lambda stack: EncryptedLogGroup(stack, "It", log_group_name="/portal/audit"))
    assert at(the(template, GROUP), "Properties", "LogGroupName") == "/portal/audit"


def test_a_shorter_retention_is_refused(stack: Stack) -> None:
    refusal(
        lambda: EncryptedLogGroup(stack, "It", retention=logs.RetentionDays.FIVE_YEARS),
        "Stack/It: retention must be six years or longer, got RetentionDays.FIVE_YEARS; to go without it pass "
        'waivers=[Waiver(rule="LogGroupKeptSixYears", …)] (164.316(b)(2)(i))',
    )


def test_events_that_never_expire_are_refused(stack: Stack) -> None:
    refusal(
        lambda: EncryptedLogGroup(stack, "It", retention=logs.RetentionDays.INFINITE),
        "Stack/It: retention must be a number of days, got RetentionDays.INFINITE; to go without it pass "
        'waivers=[Waiver(rule="LogGroupRetentionSet", …)] (164.312(b))',
    )


def test_a_log_group_without_protection_is_refused(stack: Stack) -> None:
    refusal(
        lambda: EncryptedLogGroup(stack, "It", deletion_protection_enabled=False),
        "Stack/It: deletion_protection_enabled must be True, got False; to go without it pass "
        'waivers=[Waiver(rule="LogGroupProtectedFromDeletion", …)] (164.312(c)(1))',
    )


def test_a_log_group_that_goes_with_its_stack_is_refused(stack: Stack) -> None:
    refusal(
        lambda: EncryptedLogGroup(stack, "It", removal_policy=RemovalPolicy.DESTROY),
        "Stack/It: removal_policy must be RETAIN, got RemovalPolicy.DESTROY; to go without it pass "
        'waivers=[Waiver(rule="LogGroupKept", …)] (164.312(c)(1))',
    )


def test_a_class_that_keeps_nothing_is_refused(stack: Stack) -> None:
    refusal(
        lambda: EncryptedLogGroup(stack, "It", log_group_class=logs.LogGroupClass.DELIVERY),
        "Stack/It: log_group_class must be STANDARD or INFREQUENT_ACCESS, got 'DELIVERY'; the class DELIVERY keeps "
        "no events; make a logs.LogGroup for it (164.312(b))",
    )


@pytest.mark.parametrize("imported", [False, True])
def test_an_alias_is_refused_as_a_key(stack: Stack, imported: bool) -> None:
    alias = (
        kms.Alias.from_alias_name(stack, "Alias", "alias/logs") if imported else kms.Key(stack, "Key").add_alias("logs")
    )
    refusal(
        lambda: EncryptedLogGroup(stack, "It", encryption_key=alias),
        "Stack/It: encryption_key must be a key, got 'an alias'; CloudWatch Logs takes the ARN of a key only; pass the "
        "key itself (164.312(a)(2)(iv))",
    )


def test_an_unknown_option_is_refused_with_the_closest(stack: Stack) -> None:
    refusal(
        lambda: made(EncryptedLogGroup, stack, log_group_nam="x"),
        "Stack/It: there is no option log_group_nam; did you mean log_group_name?",
    )


@pytest.mark.parametrize(
    ("options", "rule", "place", "value"),
    [
        ({"retention": logs.RetentionDays.ONE_MONTH}, "LogGroupKeptSixYears", "RetentionInDays", 30),
        ({"retention": logs.RetentionDays.INFINITE}, "LogGroupRetentionSet", "RetentionInDays", None),
        (
            {"deletion_protection_enabled": False},
            "LogGroupProtectedFromDeletion",
            "DeletionProtectionEnabled",
            False,
        ),
    ],
)
def test_a_waived_option_takes_the_weaker_value(
    options: dict[str, object], rule: str, place: str, value: object
) -> None:
    template = synthesized(lambda stack: made(EncryptedLogGroup, stack, waivers=[waiver(rule)], **options))
    group = the(template, GROUP)
    assert at(group, "Properties", place) == value
    assert [one["rule"] for one in metadata_waivers(group)] == [rule]


def test_a_refused_log_group_leaves_nothing_in_the_tree(stack: Stack) -> None:
    with pytest.raises(ComplianceError):
        EncryptedLogGroup(stack, "It", removal_policy=RemovalPolicy.DESTROY)
    assert stack.node.children == []
