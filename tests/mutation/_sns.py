"""Topics, weakened."""

from __future__ import annotations

from aws_cdk import Stack

from hipaa_constructs import EncryptedTopic
from tests.mutation._weakening import Weakening


def topic(stack: Stack) -> None:
    made = EncryptedTopic(stack, "It")
    made.allow_alarms()
    made.allow_event_rules()
    made.allow_service("backup.amazonaws.com")


WEAKENING = Weakening(
    "sns",
    (topic,),
    types=("AWS::SNS::Topic", "AWS::SNS::TopicPolicy"),
    exempt=(
        ("TopicPolicy:*/Statement/?/Resource", "*", "another topic's, or refused by SNS"),
        ("TopicPolicy:*/Statement/[123]", "deleted", "takes access away"),
        ("TopicPolicy:*/Statement/[123]/Action", "*", "takes access away"),
        ("TopicPolicy:*/Statement/[123]/Effect", "*", "takes access away"),
        ("TopicPolicy:*/Statement/[123]/Principal*", "*", "takes access away"),
        ("TopicPolicy:*/Statement/[123]/Condition/*", "alias/aws/s3", "takes access away"),
    ),
)
