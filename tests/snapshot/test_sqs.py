"""The whole templates of the queues."""

from __future__ import annotations

from aws_cdk import Duration, Stack
from aws_cdk import aws_sqs as sqs

from hipaa_constructs import EncryptedQueue
from tests._synthesis import synthesized
from tests.snapshot.conftest import Templates


def test_encrypted_queue_with_defaults(templates: Templates) -> None:
    templates.hold(synthesized(lambda stack: EncryptedQueue(stack, "It")))


def test_encrypted_queue_with_all_options(templates: Templates) -> None:
    def build(stack: Stack) -> None:
        EncryptedQueue(
            stack,
            "It",
            content_based_deduplication=True,
            data_key_reuse=Duration.hours(1),
            deduplication_scope=sqs.DeduplicationScope.MESSAGE_GROUP,
            delivery_delay=Duration.seconds(10),
            fifo=True,
            fifo_throughput_limit=sqs.FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
            max_message_size_bytes=65536,
            max_receive_count=3,
            queue_name="events.fifo",
            receive_message_wait_time=Duration.seconds(20),
            redrive_allow_policy=sqs.RedriveAllowPolicy(redrive_permission=sqs.RedrivePermission.DENY_ALL),
            retention_period=Duration.days(4),
            visibility_timeout=Duration.minutes(5),
        )

    templates.hold(synthesized(build))
