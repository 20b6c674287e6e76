"""What a template must show of Amazon SNS."""

from __future__ import annotations

from hipaa_constructs.rules._keys import customers_key
from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._outcome import MET, NOT_APPLICABLE, Outcome, all_met
from hipaa_constructs.rules._policy import Statement, callers_named, denies_plaintext, policies_of, read
from hipaa_constructs.rules._rule import Severity, rule

TOPIC = "AWS::SNS::Topic"
TOPIC_POLICY = "AWS::SNS::TopicPolicy"
INLINE_POLICY = "AWS::SNS::TopicInlinePolicy"
SUBSCRIPTION = "AWS::SNS::Subscription"
_GUIDE = "https://docs.aws.amazon.com/sns/latest/dg/"


@rule(
    title="every topic is encrypted with a customer managed key",
    fix="set KmsMasterKeyId to a key of yours; alias/aws/sns keeps alarms and other services from publishing",
    applies_to=(TOPIC,),
    controls=("164.312(a)(2)(iv)", "164.312(e)(2)(ii)"),
    requirement="HC-275",
    same_as=(
        "cdk-nag:HIPAA.Security-SNSEncryptedKMS",
        "config:sns-encrypted-kms",
        "guard:SNS_ENCRYPTED_KMS",
        "prowler:sns_topics_kms_encryption_at_rest_enabled",
        "checkov:CKV_AWS_26",
    ),
    url=_GUIDE + "sns-server-side-encryption.html",
)
def sns_topic_uses_customer_managed_key(topic: Resource) -> Outcome:
    """Judge the key of the topic."""
    return customers_key(topic.at("KmsMasterKeyId"), by_alias=True)


@rule(
    title="every topic refuses messages without TLS",
    fix="deny sns:Publish to everyone where aws:SecureTransport is false (enforce_ssl=True)",
    applies_to=(TOPIC,),
    controls=("164.312(e)(1)", "164.312(e)(2)(i)", "164.312(e)(2)(ii)"),
    requirement="HC-276",
    same_as=("cdk-nag:AwsSolutions-SNS3",),
    severity=Severity.WARNING,
    url=_GUIDE + "sns-security-best-practices.html",
)
def sns_topic_tls_only(topic: Resource) -> Outcome:
    """Judge the policies; encrypted topics refuse plain HTTP by themselves, others do not."""
    policies = policies_of(topic, TOPIC_POLICY, "Topics", "*") + policies_of(topic, INLINE_POLICY, "TopicArn")
    return policies.deny(_refuses_plaintext, "no topic policy denies sns:Publish without TLS")


def _refuses_plaintext(statement: Statement) -> bool | None:
    return denies_plaintext(statement, "sns:Publish")


@rule(
    title="no topic policy opens a topic to everyone",
    fix="name principals, and confine services of AWS by aws:SourceArn or aws:SourceAccount",
    applies_to=(TOPIC_POLICY, INLINE_POLICY),
    controls=("164.312(a)(1)", "164.308(a)(4)(ii)(C)"),
    requirement="HC-277",
    same_as=(
        "config:sns-topic-no-public-access",
        "guard:SNS_TOPICPOLICY_NO_WILDCARD_PRINCIPAL",
        "prowler:sns_topics_not_publicly_accessible",
    ),
    url=_GUIDE + "sns-access-policy-use-cases.html",
)
def sns_topic_policy_names_principals(policy: Resource) -> Outcome:
    """Judge each statement that allows something; that of SNS itself confines everyone by the owner of the source."""
    place = policy.at("PolicyDocument")
    statements, hidden = read(place)
    hidden = hidden or place.is_unknown
    unconfined = [one for one in statements if not one.is_confined(_OWNER)]
    return all_met([MET, *([place.undecided()] if hidden else []), *map(callers_named, unconfined)])


_OWNER = ("aws:SourceOwner",)
"""What the policy that SNS gives a topic names the account by, and no other service."""


@rule(
    title="no subscription is delivered over plain HTTP",
    fix="subscribe an HTTPS endpoint, a queue or a function",
    applies_to=(SUBSCRIPTION, TOPIC),
    controls=("164.312(e)(1)", "164.312(e)(2)(ii)"),
    requirement="HC-278",
    same_as=("prowler:sns_subscription_not_using_http_endpoints",),
    url=_GUIDE + "sns-security-best-practices.html",
)
def sns_subscription_encrypted_in_transit(resource: Resource) -> Outcome:
    """Judge the protocol of a subscription, which a topic can declare itself too."""
    places = [resource.at()] if resource.type == SUBSCRIPTION else resource.each("Subscription", "*")
    listed = resource.at("Subscription")
    hidden = [listed.undecided()] if resource.type == TOPIC and listed.is_unknown else []
    return all_met([MET, *hidden, *(_not_http(place.at("Protocol")) for place in places)])


def _not_http(protocol: Node) -> Outcome:
    if protocol.is_unknown:
        return protocol.undecided() if protocol.may_be("http") else MET
    if protocol.text is None:
        return protocol.broken()
    return protocol.broken() if protocol.text.lower() == "http" else MET


_PERSONAL = ("application", "email", "email-json", "sms")


@rule(
    title="no subscription sends what may hold PHI to mailboxes or phones",
    fix="subscribe a queue, a function or an HTTPS endpoint; alarms may be sent anywhere",
    applies_to=(SUBSCRIPTION, TOPIC),
    controls=("164.312(e)(1)", "164.312(e)(2)(ii)"),
    requirement="HC-279",
    severity=Severity.WARNING,
    url=_GUIDE + "sns-user-notifications.html",
)
def sns_subscription_not_personal(resource: Resource) -> Outcome:
    """Judge the protocol but of topics that alarms are sent to: nobody can take back or encrypt a mail or a text."""
    subscribed = resource.type == SUBSCRIPTION
    places = [resource.at()] if subscribed else resource.each("Subscription", "*")
    found = [place.at("Protocol") for place in places if place.at("Protocol").text in _PERSONAL]
    if not found:
        hidden = resource.at("Protocol" if subscribed else "Subscription")
        return hidden.undecided() if hidden.is_unknown else MET
    topic = resource.at("TopicArn").target() if subscribed else resource
    return NOT_APPLICABLE if topic is not None and _takes_alarms(topic) else found[0].broken()


def _takes_alarms(topic: Resource) -> bool:
    assembly = topic.template.assembly
    kinds = (("AWS::CloudWatch::Alarm", "AlarmActions", "*"), ("AWS::CloudWatch::CompositeAlarm", "AlarmActions", "*"))
    return any(assembly.pointing_at(topic, kind, *path)[0] for kind, *path in kinds)
