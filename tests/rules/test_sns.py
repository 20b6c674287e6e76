"""What is judged of topics, their policies and subscriptions."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import (
    BROKEN,
    MET,
    NEVER_TEXT,
    PARAMETER,
    UNDECIDED,
    Body,
    partly,
    resource,
    template,
    verdict,
)

TOPIC = "AWS::SNS::Topic"
POLICY = "AWS::SNS::TopicPolicy"
SUBSCRIPTION = "AWS::SNS::Subscription"
PLAINTEXT: Body = {"Bool": {"aws:SecureTransport": "false"}}


def topic_with(statement: Json, *, topics: Json = None) -> Body:
    named: Json = [{"Ref": "It"}] if topics is None else topics
    document: Json = {"Statement": statement}
    return template({"It": resource(TOPIC), "Policy": resource(POLICY, {"Topics": named, "PolicyDocument": document})})


def denial(**changes: Json) -> Body:
    whole: Body = {"Effect": "Deny", "Principal": "*", "Action": "sns:Publish", "Resource": "*", "Condition": PLAINTEXT}
    return {**whole, **changes}


@pytest.mark.parametrize(
    ("key", "wanted"),
    [
        ({"Fn::GetAtt": ["Key", "Arn"]}, MET),
        ({"Ref": "Key"}, MET),
        ("alias/records", MET),
        ("arn:aws:kms:us-east-1:123456789012:key/1234", MET),
        ("alias/aws/sns", BROKEN),
        ("arn:aws:kms:us-east-1:123456789012:alias/aws/sns", BROKEN),
        ({"Fn::Sub": "alias/aws/${AnyParameter}"}, BROKEN),
        ("", BROKEN),
        ({"Ref": "AWS::NoValue"}, BROKEN),
        (PARAMETER, UNDECIDED),
    ],
)
def test_the_key_of_a_topic_decides(key: Json, wanted: str) -> None:
    body = template({"It": resource(TOPIC, {"KmsMasterKeyId": key}), "Key": resource("AWS::KMS::Key")})
    assert verdict("SnsTopicUsesCustomerManagedKey", body) == wanted


@pytest.mark.parametrize("properties", [None, {}, "x", []])
def test_a_topic_without_a_key_breaks(properties: Json) -> None:
    assert verdict("SnsTopicUsesCustomerManagedKey", template({"It": resource(TOPIC, properties)})) == BROKEN


@pytest.mark.parametrize(
    "statement",
    [
        denial(),
        [denial()],
        denial(Action=["sns:Publish", "sns:Subscribe"]),
        denial(Action="sns:*"),
        denial(Principal={"AWS": "*"}),
        denial(Condition={"Bool": {"aws:SecureTransport": False}}),
        denial(Condition={"BoolIfExists": {"aws:securetransport": "false"}}),
    ],
)
def test_a_denial_of_plaintext_meets(statement: Json) -> None:
    assert verdict("SnsTopicTlsOnly", topic_with(statement)) == MET


@pytest.mark.parametrize(
    "statement",
    [
        [],
        denial(Effect="Allow"),
        denial(Principal={"AWS": "arn:aws:iam::123456789012:root"}),
        denial(Action="sns:Subscribe"),
        denial(Condition={"Bool": {"aws:SecureTransport": "true"}}),
        denial(Condition={**PLAINTEXT, "StringEquals": {"aws:PrincipalTag/team": "billing"}}),
        denial(Condition={}),
        {**denial(), "NotPrincipal": {"AWS": "x"}},
    ],
)
def test_anything_less_than_a_denial_of_plaintext_breaks(statement: Json) -> None:
    assert verdict("SnsTopicTlsOnly", topic_with(statement)) == BROKEN


@pytest.mark.parametrize(
    "statement",
    [denial(Effect=PARAMETER), denial(Principal=PARAMETER), denial(Condition=PARAMETER), PARAMETER, [PARAMETER]],
)
def test_a_hidden_denial_is_undecided(statement: Json) -> None:
    assert verdict("SnsTopicTlsOnly", topic_with(statement)) == UNDECIDED


def test_a_policy_of_another_topic_does_not_count() -> None:
    assert verdict("SnsTopicTlsOnly", topic_with(denial(), topics=["arn:aws:sns:us-east-1:1:other"])) == BROKEN


def test_a_policy_that_may_be_of_the_topic_leaves_it_undecided() -> None:
    assert verdict("SnsTopicTlsOnly", topic_with(denial(), topics=[PARAMETER])) == UNDECIDED


def test_a_policy_of_another_stack_counts() -> None:
    topic = template({"It": resource(TOPIC, {"TopicName": "alarms"})})
    arn = "arn:aws:sns:us-east-1:123456789012:alarms"
    policy = template({"P": resource(POLICY, {"Topics": [arn], "PolicyDocument": {"Statement": denial()}})})
    assert verdict("SnsTopicTlsOnly", topic, policy) == MET


INLINE = "AWS::SNS::TopicInlinePolicy"


@pytest.mark.parametrize(
    ("topic", "wanted"), [({"Ref": "It"}, MET), ({"Ref": "Other"}, BROKEN), (PARAMETER, UNDECIDED)]
)
def test_a_policy_of_one_topic_alone_counts(topic: Json, wanted: str) -> None:
    inline = resource(INLINE, {"TopicArn": topic, "PolicyDocument": {"Statement": denial()}})
    body = template({"It": resource(TOPIC), "Other": resource(TOPIC), "Policy": inline})
    assert verdict("SnsTopicTlsOnly", body) == wanted


@pytest.mark.parametrize(("principal", "wanted"), [("*", BROKEN), ({"AWS": "1"}, MET)])
def test_a_policy_of_one_topic_alone_names_principals(principal: Json, wanted: str) -> None:
    statement: Json = {"Effect": "Allow", "Principal": principal, "Action": "sns:Publish"}
    body = template({"It": resource(INLINE, {"TopicArn": "t", "PolicyDocument": {"Statement": statement}})})
    assert verdict("SnsTopicPolicyNamesPrincipals", body) == wanted


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"Principal": {"AWS": "arn:aws:iam::123456789012:root"}}, MET),
        ({"Principal": "*"}, BROKEN),
        ({"Principal": "*", "Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}}}, MET),
        ({"Principal": {"AWS": "*"}, "Condition": {"StringEquals": {"AWS:SourceOwner": "123456789012"}}}, MET),
        ({"Principal": {"AWS": "*"}, "Condition": {"StringEquals": {"aws:SourceOwner": PARAMETER}}}, MET),
        ({"Principal": {"AWS": "*"}, "Condition": {"StringLike": {"aws:SourceOwner": "*"}}}, BROKEN),
        ({"Principal": {"AWS": "*"}, "Condition": {"StringNotEquals": {"aws:SourceOwner": "1"}}}, BROKEN),
        ({"Principal": {"Service": "cloudwatch.amazonaws.com"}}, BROKEN),
        (
            {
                "Principal": {"Service": "cloudwatch.amazonaws.com"},
                "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:cloudwatch:us-east-1:123456789012:alarm:*"}},
            },
            MET,
        ),
        ({"Principal": PARAMETER}, UNDECIDED),
    ],
)
def test_whom_a_topic_policy_lets_publish_decides(changes: Body, wanted: str) -> None:
    statement: Body = {"Effect": "Allow", "Action": "sns:Publish", "Resource": "*", **changes}
    body = template({"It": resource(POLICY, {"Topics": [], "PolicyDocument": {"Statement": [statement]}})})
    assert verdict("SnsTopicPolicyNamesPrincipals", body) == wanted


@pytest.mark.parametrize(
    "policy", [PARAMETER, {"Statement": PARAMETER}, {"Fn::Sub": '{"Statement":[],"Id":"${AnyParameter}"}'}], ids=str
)
def test_a_hidden_topic_policy_is_undecided(policy: Json) -> None:
    body = template({"It": resource(POLICY, {"PolicyDocument": policy})})
    assert verdict("SnsTopicPolicyNamesPrincipals", body) == UNDECIDED


@pytest.mark.parametrize(
    ("protocol", "wanted"),
    [
        ("https", MET),
        ("sqs", MET),
        ("email", MET),
        ("http", BROKEN),
        (partly("http"), UNDECIDED),
        (partly("sqs"), MET),
        ("HTTP", BROKEN),
        (PARAMETER, UNDECIDED),
        ({"Fn::Sub": "${AnyParameter}s"}, MET),
        ({"Ref": "AWS::NoValue"}, BROKEN),
    ],
)
def test_the_protocol_of_a_subscription_decides(protocol: Json, wanted: str) -> None:
    rule = "SnsSubscriptionEncryptedInTransit"
    alone = template({"It": resource(SUBSCRIPTION, {"Protocol": protocol})})
    inside = template({"It": resource(TOPIC, {"Subscription": [{"Protocol": protocol}]})})
    assert (verdict(rule, alone), verdict(rule, inside)) == (wanted, wanted)


@pytest.mark.parametrize("protocol", NEVER_TEXT)
def test_a_protocol_that_is_no_text_breaks(protocol: Json) -> None:
    body = template({"It": resource(SUBSCRIPTION, {"Protocol": protocol})})
    assert verdict("SnsSubscriptionEncryptedInTransit", body) == BROKEN


def test_hidden_subscriptions_of_a_topic_are_undecided() -> None:
    body = template({"It": resource(TOPIC, {"Subscription": PARAMETER})})
    assert verdict("SnsSubscriptionEncryptedInTransit", body) == UNDECIDED


PERSONAL = "SnsSubscriptionNotPersonal"


@pytest.mark.parametrize(
    ("protocol", "wanted"),
    [
        *((name, BROKEN) for name in ("application", "email", "email-json", "sms")),
        *((name, MET) for name in ("https", "sqs", "lambda", "firehose")),
        (PARAMETER, UNDECIDED),
    ],
)
@pytest.mark.parametrize("alarms", [False, True])
def test_a_subscription_of_a_person_breaks_but_for_alarms(protocol: Json, wanted: str, alarms: bool) -> None:
    own = resource(SUBSCRIPTION, {"Protocol": protocol, "TopicArn": {"Ref": "Topic"}})
    action: Json = [{"Ref": "Topic"}] if alarms else []
    others = {"Topic": resource(TOPIC), "Alarm": resource("AWS::CloudWatch::Alarm", {"AlarmActions": action})}
    expected = "not applicable" if alarms and wanted == BROKEN else wanted
    assert verdict(PERSONAL, template({"It": own, **others})) == expected


@pytest.mark.parametrize(
    ("listed", "wanted"),
    [
        ([{"Protocol": "sqs"}, {"Protocol": "email"}], BROKEN),
        ([{"Protocol": "sqs"}], MET),
        (PARAMETER, UNDECIDED),
        ([], MET),
        ("x", MET),
    ],
)
def test_a_topic_that_writes_to_a_person_breaks(listed: Json, wanted: str) -> None:
    assert verdict(PERSONAL, template({"It": resource(TOPIC, {"Subscription": listed})})) == wanted


@pytest.mark.parametrize("kind", ["AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"])
def test_a_topic_for_alarms_may_write_to_a_person(kind: str) -> None:
    topic = resource(TOPIC, {"Subscription": [{"Protocol": "email"}]})
    alarm = resource(kind, {"AlarmActions": [{"Ref": "It"}]})
    assert verdict(PERSONAL, template({"It": topic, "Alarm": alarm})) == "not applicable"


def test_a_subscription_to_a_topic_elsewhere_breaks() -> None:
    body = template({"It": resource(SUBSCRIPTION, {"Protocol": "sms", "TopicArn": PARAMETER})})
    assert verdict(PERSONAL, body) == BROKEN
