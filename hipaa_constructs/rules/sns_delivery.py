"""What a template must show of how Amazon SNS delivers."""

from __future__ import annotations

from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._outcome import Outcome, all_met, any_met, undecided
from hipaa_constructs.rules._rule import Severity, rule
from hipaa_constructs.rules.sns import SUBSCRIPTION, TOPIC

_LOGGED_AS = {
    "application": "application",
    "firehose": "firehose",
    "http": "http/s",
    "https": "http/s",
    "lambda": "lambda",
    "sqs": "sqs",
}
"""The protocols whose deliveries SNS can log, and what it calls them there."""


@rule(
    title="every topic logs the deliveries that fail",
    fix="set DeliveryStatusLogging for the protocol of each subscription, with a FailureFeedbackRoleArn",
    applies_to=(TOPIC,),
    controls=("164.312(b)",),
    requirement="HC-280",
    same_as=("config:sns-topic-message-delivery-notification-enabled",),
    severity=Severity.WARNING,
    url="https://docs.aws.amazon.com/sns/latest/dg/sns-topic-attributes.html",
)
def sns_delivery_logged(topic: Resource) -> Outcome:
    """Judge the protocols that the templates subscribe; of mails and texts nothing can be logged by topic."""
    sure, unsure = topic.template.assembly.pointing_at(topic, SUBSCRIPTION, "TopicArn")
    places = [*topic.each("Subscription", "*", "Protocol"), *(one.at("Protocol") for one in sure)]
    listed = topic.at("DeliveryStatusLogging")
    needed = {_LOGGED_AS[place.text]: None for place in places if place.text in _LOGGED_AS}
    found = [_logged(listed, protocol) for protocol in needed]
    doubtful = unsure or topic.at("Subscription").is_unknown or any(place.is_unknown for place in places)
    if doubtful and listed.is_absent:
        found.append(undecided(why="it is not known what is subscribed to it"))
    return all_met(found)


def _logged(listed: Node, protocol: str) -> Outcome:
    hidden = [listed.undecided()] if listed.is_unknown else []
    of_protocol = [
        all_met([one.at("Protocol").must_be(protocol), one.at("FailureFeedbackRoleArn").must_be_set()])
        for one in listed.items()
    ]
    return any_met([listed.broken(f"deliveries by {protocol} are not logged"), *of_protocol, *hidden])
