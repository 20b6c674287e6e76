"""What the queues are, and what they refuse."""

from __future__ import annotations

import pytest
from aws_cdk import App, Duration, RemovalPolicy, Stack
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sqs as sqs

from hipaa_constructs import EncryptedQueue, EncryptionKey
from tests._refusals import made, refusal, waiver
from tests._synthesis import Body, at, metadata_waivers, of_type, report_of, statements, synthesized, the

QUEUE, POLICY, KEY = "AWS::SQS::Queue", "AWS::SQS::QueuePolicy", "AWS::KMS::Key"
PLAIN = synthesized(lambda stack: EncryptedQueue(stack, "It"))


@pytest.fixture
def stack() -> Stack:
    return Stack(App(), "Stack")


def queues(template: Body) -> dict[str, Body]:
    """Return the queue itself and the one for what failed."""
    return {
        "failed" if logical_id.startswith("ItFailed") else "own": queue
        for logical_id, queue in of_type(template, QUEUE).items()
    }


EACH = pytest.mark.parametrize("which", ["own", "failed"])


@EACH
def test_a_queue_is_encrypted_with_the_stacks_key(which: str) -> None:
    (key,) = of_type(PLAIN, KEY)
    assert at(queues(PLAIN)[which], "Properties", "KmsMasterKeyId") == {"Fn::GetAtt": [key, "Arn"]}


@EACH
def test_a_queue_takes_a_key_of_its_own(which: str) -> None:
    def build(stack: Stack) -> None:
        EncryptedQueue(stack, "It", encryption_key=EncryptionKey(stack, "Own"))

    template = synthesized(build)
    (key,) = of_type(template, KEY)
    assert key.startswith("Own")
    assert at(queues(template)[which], "Properties", "KmsMasterKeyId") == {"Fn::GetAtt": [key, "Arn"]}


def test_an_imported_key_is_named_as_it_is() -> None:
    arn = "arn:aws:kms:us-east-1:123456789012:key/1234"
    template = synthesized(
        lambda stack: EncryptedQueue(stack, "It", encryption_key=kms.Key.from_key_arn(stack, "Key", arn))
    )
    assert at(queues(template)["own"], "Properties", "KmsMasterKeyId") == arn


def test_plaintext_is_denied_of_both() -> None:
    denials = [one for policy in of_type(PLAIN, POLICY).values() for one in statements(policy)]
    assert [(one["Effect"], one["Action"], one["Condition"]) for one in denials] == [
        ("Deny", "sqs:*", {"Bool": {"aws:SecureTransport": "false"}})
    ] * 2


@EACH
def test_messages_are_kept_for_14_days(which: str) -> None:
    assert at(queues(PLAIN)[which], "Properties", "MessageRetentionPeriod") == 14 * 24 * 3600


@EACH
def test_a_queue_stays_when_the_stack_goes(which: str) -> None:
    queue = queues(PLAIN)[which]
    assert (queue["DeletionPolicy"], queue["UpdateReplacePolicy"]) == ("Retain", "Retain")


def test_what_fails_five_times_goes_to_a_second_queue() -> None:
    redrive = at(queues(PLAIN)["own"], "Properties", "RedrivePolicy")
    assert at(redrive, "maxReceiveCount") == 5
    assert str(at(redrive, "deadLetterTargetArn", "Fn::GetAtt", 0)).startswith("ItFailed")


def test_what_failed_goes_no_further() -> None:
    assert at(queues(PLAIN)["failed"], "Properties", "RedrivePolicy") is None


def test_it_may_fail_more_often() -> None:
    template = synthesized(lambda stack: EncryptedQueue(stack, "It", max_receive_count=20))
    assert at(queues(template)["own"], "Properties", "RedrivePolicy", "maxReceiveCount") == 20


def test_a_second_queue_can_be_named() -> None:
    def build(stack: Stack) -> None:
        other = EncryptedQueue(stack, "Other").queue
        mine = EncryptedQueue(stack, "It", dead_letter_queue=sqs.DeadLetterQueue(queue=other, max_receive_count=3))
        assert mine.dead_letter_queue is other

    template = synthesized(build)
    assert set(queues(template)) == {"own"} or len(of_type(template, QUEUE)) == 3
    assert at(the(template, QUEUE, "It"), "Properties", "RedrivePolicy", "maxReceiveCount") == 3


@pytest.mark.parametrize("options", [{"fifo": True}, {"queue_name": "events.fifo"}], ids=str)
def test_the_second_queue_of_a_fifo_queue_is_one(options: dict[str, object]) -> None:
    template = synthesized(lambda stack: made(EncryptedQueue, stack, **options))
    assert [at(queue, "Properties", "FifoQueue") for queue in of_type(template, QUEUE).values()] == [True, True]


def test_a_queue_has_the_logical_id_of_the_plain_one() -> None:
    plain = synthesized(lambda stack: sqs.Queue(stack, "It"))
    assert set(of_type(plain, QUEUE)) < set(of_type(PLAIN, QUEUE))


def test_a_queue_breaks_no_rule() -> None:
    assert report_of(lambda app: EncryptedQueue(Stack(app, "Stack"), "It")).findings == []


def test_free_options_are_passed_on() -> None:
    template = synthesized(
        lambda stack: EncryptedQueue(
            stack, "It", data_key_reuse=Duration.hours(1), visibility_timeout=Duration.minutes(2)
        )
    )
    properties = at(queues(template)["own"], "Properties")
    assert (at(properties, "KmsDataKeyReusePeriodSeconds"), at(properties, "VisibilityTimeout")) == (3600, 120)


def test_a_queue_may_go_with_its_stack() -> None:
    template = synthesized(lambda stack: EncryptedQueue(stack, "It", removal_policy=RemovalPolicy.DESTROY))
    assert {queue["DeletionPolicy"] for queue in of_type(template, QUEUE).values()} == {"Delete"}


def test_no_second_queue_needs_a_waiver(stack: Stack) -> None:
    refusal(
        lambda: EncryptedQueue(stack, "It", dead_letter_queue=False),
        "Stack/It: dead_letter_queue must be a queue for messages that fail, got False; to go without it pass "
        'waivers=[Waiver(rule="SqsQueueHasDeadLetterQueue", …)] (164.308(a)(7)(i))',
    )


def test_a_waived_second_queue_is_not_made() -> None:
    def build(stack: Stack) -> None:
        mine = EncryptedQueue(stack, "It", dead_letter_queue=False, waivers=[waiver("SqsQueueHasDeadLetterQueue")])
        assert mine.dead_letter_queue is None

    template = synthesized(build)
    queue = the(template, QUEUE)
    assert at(queue, "Properties", "RedrivePolicy") is None
    assert [one["rule"] for one in metadata_waivers(queue)] == ["SqsQueueHasDeadLetterQueue"]


@pytest.mark.parametrize(
    ("option", "message"),
    [
        (
            "enforce_ssl",
            "Stack/It: enforce_ssl can't be set, got None; requests without TLS are always denied (164.312(e)(1))",
        ),
        (
            "encryption",
            "Stack/It: encryption can't be set, got None; it is always SSE-KMS (164.312(a)(2)(iv)); pass "
            "encryption_key to choose the key",
        ),
        (
            "encryption_master_key",
            "Stack/It: encryption_master_key can't be set, got None; pass encryption_key; a queue is always encrypted "
            "with a key of yours (164.312(a)(2)(iv))",
        ),
    ],
)
def test_what_is_set_can_not_be_set(stack: Stack, option: str, message: str) -> None:
    refusal(lambda: made(EncryptedQueue, stack, **{option: None}), message)


@pytest.mark.parametrize("count", [0, 1001])
def test_counts_that_sqs_does_not_take_are_refused(stack: Stack, count: int) -> None:
    refusal(
        lambda: EncryptedQueue(stack, "It", max_receive_count=count),
        f"Stack/It: max_receive_count must be 1 to 1000, got {count}; SQS counts no further (164.308(a)(7)(i))",
    )


@pytest.mark.parametrize(("reuse", "shown"), [(Duration.seconds(30), "30 seconds"), (Duration.days(2), "2 days")])
def test_times_that_sqs_does_not_take_are_refused(stack: Stack, reuse: Duration, shown: str) -> None:
    refusal(
        lambda: EncryptedQueue(stack, "It", data_key_reuse=reuse),
        f"Stack/It: data_key_reuse must be 1 minute to 24 hours, got {shown}; SQS takes no other time "
        "(164.312(a)(2)(iv))",
    )


def test_a_refusal_leaves_nothing_behind(stack: Stack) -> None:
    with pytest.raises(Exception, match="max_receive_count"):
        EncryptedQueue(stack, "It", max_receive_count=0)
    assert stack.node.children == []
