"""The whole templates of the topics."""

from __future__ import annotations

from aws_cdk import Stack

from hipaa_constructs import EncryptedTopic
from tests._synthesis import synthesized
from tests.snapshot.conftest import Templates


def test_encrypted_topic_with_defaults(templates: Templates) -> None:
    templates.hold(synthesized(lambda stack: EncryptedTopic(stack, "It")))


def test_encrypted_topic_that_services_publish_to(templates: Templates) -> None:
    def build(stack: Stack) -> None:
        topic = EncryptedTopic(
            stack, "It", display_name="Alarms", fifo=False, signature_version="2", topic_name="alarms"
        )
        topic.allow_alarms()
        topic.allow_event_rules()
        topic.allow_service("backup.amazonaws.com")

    templates.hold(synthesized(build))
