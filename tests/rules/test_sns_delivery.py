"""What is judged of the deliveries of topics."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import (
    BROKEN,
    GONE,
    MET,
    NEVER_TEXT,
    NOT_APPLICABLE,
    PARAMETER,
    UNDECIDED,
    Body,
    outcome,
    resource,
    template,
    verdict,
)

RULE = "SnsDeliveryLogged"
TOPIC, SUBSCRIPTION = "AWS::SNS::Topic", "AWS::SNS::Subscription"
ROLE = "arn:aws:iam::123456789012:role/Deliveries"


def logged(protocol: Json = "sqs", role: Json = ROLE) -> Json:
    return {"Protocol": protocol, "FailureFeedbackRoleArn": role}


def topic(logging: Json, protocol: Json = "sqs") -> Body:
    own = resource(TOPIC, {"DeliveryStatusLogging": logging})
    return template({"It": own, "To": resource(SUBSCRIPTION, {"Protocol": protocol, "TopicArn": {"Ref": "It"}})})


@pytest.mark.parametrize(
    ("logging", "wanted"),
    [
        ([logged()], MET),
        ([logged("lambda"), logged()], MET),
        ([logged("lambda")], BROKEN),
        ([logged(role=GONE)], BROKEN),
        ([logged(role="")], BROKEN),
        ([logged(role=PARAMETER)], UNDECIDED),
        ([logged(role={"Fn::GetAtt": ["Role", "Arn"]})], MET),
        ([logged(PARAMETER)], UNDECIDED),
        ([{"Protocol": "sqs", "SuccessFeedbackRoleArn": ROLE}], BROKEN),
        ([], BROKEN),
        (GONE, BROKEN),
        (PARAMETER, UNDECIDED),
        *((value, BROKEN) for value in NEVER_TEXT),
    ],
)
def test_the_logging_of_the_protocol_decides(logging: Json, wanted: str) -> None:
    assert verdict(RULE, topic(logging)) == wanted


@pytest.mark.parametrize(
    ("protocol", "name"),
    [
        ("application", "application"),
        ("firehose", "firehose"),
        ("http", "http/s"),
        ("https", "http/s"),
        ("lambda", "lambda"),
        ("sqs", "sqs"),
    ],
)
def test_each_protocol_is_logged_under_its_name(protocol: str, name: str) -> None:
    assert verdict(RULE, topic([logged(name)], protocol)) == MET
    assert outcome(RULE, topic([], protocol)).found == f"deliveries by {name} are not logged"


@pytest.mark.parametrize("protocol", ["email", "email-json", "sms", "x", 3, None])
def test_what_can_not_be_logged_is_not_asked_for(protocol: Json) -> None:
    assert verdict(RULE, topic(GONE, protocol)) == NOT_APPLICABLE


def test_a_topic_without_subscriptions_is_not_asked() -> None:
    assert verdict(RULE, template({"It": resource(TOPIC)})) == NOT_APPLICABLE


@pytest.mark.parametrize(
    ("listed", "wanted"),
    [([{"Protocol": "lambda"}], BROKEN), ([{"Protocol": "email"}], NOT_APPLICABLE), ("x", NOT_APPLICABLE)],
)
def test_subscriptions_of_the_topic_itself_count(listed: Json, wanted: str) -> None:
    assert verdict(RULE, template({"It": resource(TOPIC, {"Subscription": listed})})) == wanted


def test_every_protocol_must_be_logged() -> None:
    listed: Json = [{"Protocol": "lambda"}, {"Protocol": "sqs"}]
    body = template({"It": resource(TOPIC, {"Subscription": listed, "DeliveryStatusLogging": [logged()]})})
    assert outcome(RULE, body).found == "deliveries by lambda are not logged"


@pytest.mark.parametrize(("logging", "wanted"), [(GONE, UNDECIDED), ([logged()], NOT_APPLICABLE)])
@pytest.mark.parametrize(
    "subscription",
    [
        {"Protocol": "sqs", "TopicArn": PARAMETER},
        {"Protocol": PARAMETER, "TopicArn": {"Ref": "It"}},
    ],
)
def test_an_unknown_subscription_leaves_a_topic_without_logging_undecided(
    subscription: Json, logging: Json, wanted: str
) -> None:
    own = resource(TOPIC, {"DeliveryStatusLogging": logging})
    assert verdict(RULE, template({"It": own, "To": resource(SUBSCRIPTION, subscription)})) == wanted


def test_a_hidden_list_of_subscriptions_is_undecided() -> None:
    assert verdict(RULE, template({"It": resource(TOPIC, {"Subscription": PARAMETER})})) == UNDECIDED
