"""What the topics are, and what they refuse."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns

from hipaa_constructs import EncryptedTopic, EncryptionKey
from tests._refusals import made, refusal, waiver
from tests._synthesis import Body, at, metadata_waivers, of_type, report_of, statements, synthesized, the

TOPIC = "AWS::SNS::Topic"
POLICY = "AWS::SNS::TopicPolicy"
KEY = "AWS::KMS::Key"

PLAIN = synthesized(lambda stack: EncryptedTopic(stack, "It"))
ALLOWING: dict[str, Callable[[EncryptedTopic], None]] = {
    "cloudwatch.amazonaws.com": EncryptedTopic.allow_alarms,
    "events.amazonaws.com": EncryptedTopic.allow_event_rules,
    "backup.amazonaws.com": lambda topic: topic.allow_service("backup.amazonaws.com"),
}


def allowing(service: str) -> Body:
    return synthesized(lambda stack: ALLOWING[service](EncryptedTopic(stack, "It")))


TEMPLATES = {service: allowing(service) for service in ALLOWING}
EACH_SERVICE = pytest.mark.parametrize("service", ALLOWING)


@pytest.fixture
def stack() -> Stack:
    return Stack(App(), "Stack")


def of_service(resource: Body, service: str, document: str = "PolicyDocument") -> Body:
    (found,) = (one for one in statements(resource, document) if at(one, "Principal", "Service") == service)
    return found


def test_a_topic_is_encrypted_with_the_stacks_key() -> None:
    (key,) = of_type(PLAIN, KEY)
    assert at(the(PLAIN, TOPIC), "Properties", "KmsMasterKeyId") == {"Fn::GetAtt": [key, "Arn"]}


def test_a_topic_takes_a_key_of_its_own() -> None:
    def build(stack: Stack) -> None:
        EncryptedTopic(stack, "It", encryption_key=EncryptionKey(stack, "Own"))

    template = synthesized(build)
    (key,) = of_type(template, KEY)
    assert key.startswith("Own")
    assert at(the(template, TOPIC), "Properties", "KmsMasterKeyId") == {"Fn::GetAtt": [key, "Arn"]}


def test_an_imported_key_is_named_as_it_is() -> None:
    arn = "arn:aws:kms:us-east-1:123456789012:key/1234"
    template = synthesized(
        lambda stack: EncryptedTopic(stack, "It", encryption_key=kms.Key.from_key_arn(stack, "Key", arn))
    )
    assert at(the(template, TOPIC), "Properties", "KmsMasterKeyId") == arn


def test_plaintext_is_denied() -> None:
    (denial,) = statements(the(PLAIN, POLICY))
    assert (denial["Effect"], denial["Principal"], denial["Condition"]) == (
        "Deny",
        "*",
        {"Bool": {"aws:SecureTransport": "false"}},
    )


def test_a_topic_has_the_logical_id_of_the_plain_one() -> None:
    plain = synthesized(lambda stack: sns.Topic(stack, "It"))
    assert list(of_type(PLAIN, TOPIC)) == list(of_type(plain, TOPIC))


@EACH_SERVICE
def test_an_allowed_service_may_publish_and_nothing_else(service: str) -> None:
    assert of_service(the(TEMPLATES[service], POLICY), service)["Action"] == "sns:Publish"


@EACH_SERVICE
def test_an_allowed_service_may_publish_for_this_account_only(service: str) -> None:
    condition = json.dumps(of_service(the(TEMPLATES[service], POLICY), service)["Condition"])
    assert '{"Ref": "AWS::AccountId"}' in condition


@EACH_SERVICE
def test_an_allowed_service_may_use_the_key_for_this_accounts_topics_only(service: str) -> None:
    statement = of_service(the(TEMPLATES[service], KEY), service, "KeyPolicy")
    assert statement["Action"] == ["kms:Decrypt", "kms:GenerateDataKey*"]
    condition = json.dumps(at(statement, "Condition", "ArnLike", "kms:EncryptionContext:aws:sns:topicArn"))
    assert ':sns:", {"Ref": "AWS::Region"}, ":", {"Ref": "AWS::AccountId"}, ":*"' in condition


@EACH_SERVICE
def test_an_allowed_service_breaks_no_rule(service: str) -> None:
    assert report_of(lambda app: ALLOWING[service](EncryptedTopic(Stack(app, "Stack"), "It"))).findings == []


def test_free_options_are_passed_on() -> None:
    template = synthesized(lambda stack: EncryptedTopic(stack, "It", display_name="Alarms", topic_name="alarms"))
    properties = at(the(template, TOPIC), "Properties")
    assert (at(properties, "DisplayName"), at(properties, "TopicName")) == ("Alarms", "alarms")


def test_a_waiver_is_recorded_on_what_its_rule_is_about() -> None:
    template = synthesized(lambda stack: EncryptedTopic(stack, "It", waivers=[waiver("SnsTopicPolicyNamesPrincipals")]))
    assert metadata_waivers(the(template, TOPIC)) == []
    assert [one["rule"] for one in metadata_waivers(the(template, POLICY))] == ["SnsTopicPolicyNamesPrincipals"]


def test_a_waiver_of_another_tool_is_recorded_on_the_topic() -> None:
    template = synthesized(
        lambda stack: EncryptedTopic(stack, "It", waivers=[waiver("cdk-nag:HIPAA.Security-SNSEncryptedKMS")])
    )
    assert len(metadata_waivers(the(template, TOPIC))) == 1


def test_enforce_ssl_can_not_be_set(stack: Stack) -> None:
    refusal(
        lambda: made(EncryptedTopic, stack, enforce_ssl=False),
        "Stack/It: enforce_ssl can't be set, got False; publishing without TLS is always denied (164.312(e)(1))",
    )


def test_the_master_key_has_another_name(stack: Stack) -> None:
    refusal(
        lambda: made(EncryptedTopic, stack, master_key=None),
        "Stack/It: master_key can't be set, got None; pass encryption_key; a topic is always encrypted with a key of "
        "yours (164.312(a)(2)(iv))",
    )


def test_a_refusal_leaves_nothing_behind(stack: Stack) -> None:
    with pytest.raises(Exception, match="enforce_ssl"):
        made(EncryptedTopic, stack, enforce_ssl=False)
    assert stack.node.children == []
