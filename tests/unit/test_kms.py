"""What the keys are, and what they refuse."""

from __future__ import annotations

import pytest
from aws_cdk import App, Duration, NestedStack, RemovalPolicy, Stack
from aws_cdk import aws_kms as kms
from constructs import Construct

from hipaa_constructs import (
    ComplianceError,
    EncryptedLogGroup,
    EncryptionKey,
    ReplicaEncryptionKey,
)
from tests._refusals import made, refusal, waiver
from tests._synthesis import at, metadata_waivers, of_type, statement_called, statements, synthesized, the

KEY = "AWS::KMS::Key"
PRIMARY = "arn:aws:kms:us-east-1:123456789012:key/mrk-0123456789abcdef"
TEMPLATE = synthesized(lambda stack: EncryptionKey(stack, "It"))


@pytest.fixture
def stack() -> Stack:
    return Stack(App(), "Stack")


def test_a_key_rotates() -> None:
    assert at(the(TEMPLATE, KEY), "Properties", "EnableKeyRotation") is True


def test_a_key_waits_30_days_before_it_is_deleted() -> None:
    assert at(the(TEMPLATE, KEY), "Properties", "PendingWindowInDays") == 30


@pytest.mark.parametrize("attribute", ["DeletionPolicy", "UpdateReplacePolicy"])
def test_a_key_outlives_its_stack(attribute: str) -> None:
    assert the(TEMPLATE, KEY)[attribute] == "Retain"


def test_a_key_stays_in_its_region() -> None:
    assert at(the(TEMPLATE, KEY), "Properties", "MultiRegion") is None


def test_a_key_has_the_logical_id_of_the_plain_one() -> None:
    plain = synthesized(lambda stack: kms.Key(stack, "It"))
    assert list(of_type(TEMPLATE, KEY)) == list(of_type(plain, KEY))


def test_only_the_account_itself_is_named_at_first() -> None:
    (statement,) = statements(the(TEMPLATE, KEY), "KeyPolicy")
    assert at(statement, "Principal", "AWS", "Fn::Join", 1, 3) == {"Ref": "AWS::AccountId"}


def test_cloudwatch_logs_may_use_a_key_for_log_groups_of_this_account_and_region_only() -> None:
    template = synthesized(lambda stack: EncryptionKey(stack, "It").allow_cloudwatch_logs())
    statement = statement_called(the(template, KEY), "CloudWatchLogsOfThisAccount", "KeyPolicy")
    arn = at(statement, "Condition", "ArnLike", "kms:EncryptionContext:aws:logs:arn", "Fn::Join", 1)
    assert arn == [
        "arn:",
        {"Ref": "AWS::Partition"},
        ":logs:",
        {"Ref": "AWS::Region"},
        ":",
        {"Ref": "AWS::AccountId"},
        ":log-group:*",
    ]


def test_a_key_that_several_log_groups_use_grants_once() -> None:
    def build(stack: Stack) -> None:
        EncryptedLogGroup(stack, "One")
        EncryptedLogGroup(stack, "Two")

    found = at(the(synthesized(build), KEY), "Properties", "KeyPolicy", "Statement")
    assert isinstance(found, list)
    assert len(found) == 2


def test_free_options_are_passed_on() -> None:
    template = synthesized(
        lambda stack: EncryptionKey(stack, "It", alias="records", rotation_period=Duration.days(180))
    )
    assert at(the(template, "AWS::KMS::Alias"), "Properties", "AliasName") == "alias/records"
    assert at(the(template, KEY), "Properties", "RotationPeriodInDays") == 180


def test_a_multi_region_key_is_made_on_request() -> None:
    template = synthesized(lambda stack: EncryptionKey(stack, "It", multi_region=True))
    assert at(the(template, KEY), "Properties", "MultiRegion") is True


def test_a_replica_key_is_kept_and_deleted_slowly() -> None:
    template = synthesized(lambda stack: ReplicaEncryptionKey(stack, "It", primary_key_arn=PRIMARY))
    replica = the(template, "AWS::KMS::ReplicaKey")
    assert (replica["DeletionPolicy"], replica["UpdateReplacePolicy"]) == ("Retain", "Retain")
    assert at(replica, "Properties", "PendingWindowInDays") == 30


def test_a_replica_key_encrypts_log_groups_of_its_own_region() -> None:
    def build(stack: Stack) -> None:
        EncryptedLogGroup(stack, "Audit", encryption_key=ReplicaEncryptionKey(stack, "It", primary_key_arn=PRIMARY))

    template = synthesized(build)
    assert statement_called(the(template, "AWS::KMS::ReplicaKey"), "CloudWatchLogsOfThisAccount", "KeyPolicy")
    assert of_type(template, KEY) == {}


def test_a_stack_has_one_key(stack: Stack) -> None:
    assert EncryptionKey.of(stack) is EncryptionKey.of(Construct(stack, "Deep"))


def test_a_nested_stack_uses_the_key_of_the_stack_it_belongs_to(stack: Stack) -> None:
    assert EncryptionKey.of(NestedStack(stack, "Nested")) is EncryptionKey.of(stack)


def test_a_key_made_by_hand_under_the_kept_id_is_the_stacks(stack: Stack) -> None:
    own = EncryptionKey(stack, "EncryptionKey", alias="records")
    assert EncryptionKey.of(stack) is own


def test_another_construct_under_the_kept_id_is_refused(stack: Stack) -> None:
    Construct(stack, "EncryptionKey")
    refusal(
        lambda: EncryptionKey.of(stack),
        "Stack/EncryptionKey: the id EncryptionKey is kept for the stack's EncryptionKey, got another construct; "
        "rename it, or pass encryption_key= wherever a key is asked for",
    )


def test_a_shorter_wait_is_refused(stack: Stack) -> None:
    refusal(
        lambda: EncryptionKey(stack, "It", pending_window=Duration.days(7)),
        "Stack/It: pending_window must be 30 days, got 7 days; to go without it pass "
        'waivers=[Waiver(rule="KmsKeyDeletedSlowly", …)] (164.308(a)(7)(i))',
    )


def test_a_shorter_wait_can_be_waived() -> None:
    template = synthesized(
        lambda stack: EncryptionKey(
            stack, "It", pending_window=Duration.days(7), waivers=[waiver("KmsKeyDeletedSlowly")]
        )
    )
    key = the(template, KEY)
    assert at(key, "Properties", "PendingWindowInDays") == 7
    assert [one["rule"] for one in metadata_waivers(key)] == ["KmsKeyDeletedSlowly"]


def test_a_key_that_goes_with_its_stack_is_refused(stack: Stack) -> None:
    refusal(
        lambda: EncryptionKey(stack, "It", removal_policy=RemovalPolicy.DESTROY),
        "Stack/It: removal_policy must be RETAIN, got RemovalPolicy.DESTROY; to go without it pass "
        'waivers=[Waiver(rule="KmsKeyKept", …)] (164.308(a)(7)(ii)(A))',
    )


@pytest.mark.parametrize("option", ["enable_key_rotation", "enabled", "key_spec", "key_usage"])
def test_a_fixed_option_is_refused_with_the_way_out(stack: Stack, option: str) -> None:
    way_out = EncryptionKey.contract.fixed[option]
    refusal(
        lambda: made(EncryptionKey, stack, **{option: False}),
        f"Stack/It: {option} can't be set, got False; {way_out}",
    )


def test_a_refused_key_leaves_nothing_in_the_tree(stack: Stack) -> None:
    with pytest.raises(ComplianceError):
        EncryptionKey(stack, "It", removal_policy=RemovalPolicy.DESTROY)
    assert stack.node.try_find_child("It") is None


@pytest.mark.parametrize(("wait", "shown"), [(Duration.days(31), "31 days"), (Duration.hours(36), "1 day 12 hours")])
def test_a_wait_that_kms_does_not_know_is_refused(stack: Stack, wait: Duration, shown: str) -> None:
    refusal(
        lambda: EncryptionKey(stack, "It", pending_window=wait),
        f"Stack/It: pending_window must be 7 to 30 days, got {shown}; KMS knows no other waiting period "
        "(164.308(a)(7)(i))",
    )
