"""Queues, weakened."""

from __future__ import annotations

from aws_cdk import Stack

from hipaa_constructs import EncryptedQueue
from tests.mutation._weakening import Weakening


def queue(stack: Stack) -> None:
    EncryptedQueue(stack, "It")


WEAKENING = Weakening(
    "sqs",
    (queue,),
    types=("AWS::SQS::Queue", "AWS::SQS::QueuePolicy"),
    exempt=(
        ("Queue:Properties/MessageRetentionPeriod", "*", "how long an outage may last, which is the user's to say"),
        ("Queue:Properties/RedrivePolicy/maxReceiveCount", "*", "how patient it is, or refused by SQS"),
        ("Queue:*Policy", "*", "what is on its way is no record; the option is free"),
        ("QueuePolicy:*/Statement/0/Resource", "*", "another queue's, or refused by SQS"),
    ),
)
