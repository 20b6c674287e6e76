"""What a template must show of Amazon SQS."""

from __future__ import annotations

from hipaa_constructs.rules._keys import customers_key
from hipaa_constructs.rules._node import Resource
from hipaa_constructs.rules._outcome import MET, NOT_APPLICABLE, Outcome, Verdict, all_met
from hipaa_constructs.rules._policy import Statement, callers_named, denies_plaintext, policies_of, read
from hipaa_constructs.rules._rule import Severity, rule

QUEUE = "AWS::SQS::Queue"
QUEUE_POLICY = "AWS::SQS::QueuePolicy"
INLINE_POLICY = "AWS::SQS::QueueInlinePolicy"
_GUIDE = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/"


@rule(
    title="every queue is encrypted with a customer managed key",
    fix="set KmsMasterKeyId to a key of yours; without one SQS uses a key that nobody can audit",
    applies_to=(QUEUE,),
    controls=("164.312(a)(2)(iv)", "164.312(e)(2)(ii)"),
    requirement="HC-090",
    same_as=("checkov:CKV_AWS_27",),
    url=_GUIDE + "sqs-server-side-encryption.html",
)
def sqs_queue_uses_customer_managed_key(queue: Resource) -> Outcome:
    """Judge the key of the queue."""
    return customers_key(queue.at("KmsMasterKeyId"), by_alias=True)


@rule(
    title="every queue refuses requests without TLS",
    fix="deny sqs:* to everyone where aws:SecureTransport is false (enforce_ssl=True)",
    applies_to=(QUEUE,),
    controls=("164.312(e)(1)", "164.312(e)(2)(i)", "164.312(e)(2)(ii)"),
    requirement="HC-091",
    url=_GUIDE + "sqs-security-best-practices.html",
)
def sqs_queue_tls_only(queue: Resource) -> Outcome:
    """Judge the policies, for what is sent and for what is received."""
    policies = policies_of(queue, QUEUE_POLICY, "Queues", "*") + policies_of(queue, INLINE_POLICY, "Queue")
    return policies.deny(_refuses_plaintext, "no queue policy denies requests without TLS")


def _refuses_plaintext(statement: Statement) -> bool | None:
    return denies_plaintext(statement, "sqs:SendMessage", "sqs:ReceiveMessage")


@rule(
    title="no queue policy opens a queue to everyone",
    fix="name principals, and confine services of AWS by aws:SourceArn or aws:SourceAccount",
    applies_to=(QUEUE_POLICY, INLINE_POLICY),
    controls=("164.312(a)(1)", "164.308(a)(4)(ii)(C)"),
    requirement="HC-092",
    url=_GUIDE + "sqs-basic-examples-of-sqs-policies.html",
)
def sqs_queue_policy_names_principals(policy: Resource) -> Outcome:
    """Judge each statement that allows something."""
    place = policy.at("PolicyDocument")
    statements, hidden = read(place)
    hidden = hidden or place.is_unknown
    return all_met([MET, *([place.undecided()] if hidden else []), *map(callers_named, statements)])


_ON_FAILURE = ("DestinationConfig", "OnFailure", "Destination")
_PASS_ON = (
    (QUEUE, "RedrivePolicy", "deadLetterTargetArn"),
    ("AWS::Events::Rule", "Targets", "*", "DeadLetterConfig", "Arn"),
    ("AWS::Lambda::EventInvokeConfig", *_ON_FAILURE),
    ("AWS::Lambda::EventSourceMapping", *_ON_FAILURE),
    ("AWS::Lambda::Function", "DeadLetterConfig", "TargetArn"),
    ("AWS::Pipes::Pipe", "SourceParameters", "DynamoDBStreamParameters", "DeadLetterConfig", "Arn"),
    ("AWS::Pipes::Pipe", "SourceParameters", "KinesisStreamParameters", "DeadLetterConfig", "Arn"),
    ("AWS::SNS::Subscription", "RedrivePolicy", "deadLetterTargetArn"),
    ("AWS::Scheduler::Schedule", "Target", "DeadLetterConfig", "Arn"),
)
"""Who passes on to a queue what failed, and where it names the queue."""


@rule(
    title="every queue passes on to another one what can't be worked off",
    fix="set RedrivePolicy with deadLetterTargetArn and maxReceiveCount",
    applies_to=(QUEUE,),
    controls=("164.308(a)(7)(i)",),
    requirement="HC-093",
    severity=Severity.WARNING,
    url=_GUIDE + "sqs-dead-letter-queues.html",
)
def sqs_queue_has_dead_letter_queue(queue: Resource) -> Outcome:
    """Judge every queue but those that others pass on to: queues, functions, subscriptions, rules, schedules, pipes.

    A queue that says whose failed messages it takes is one of these too.
    """
    target = queue.at("RedrivePolicy", "deadLetterTargetArn").must_be_set()
    if target.verdict is not Verdict.BROKEN:
        return target
    if not queue.at("RedriveAllowPolicy").is_absent:
        return NOT_APPLICABLE
    assembly = queue.template.assembly
    found = [assembly.pointing_at(queue, kind, *path) for kind, *path in _PASS_ON if kind in assembly.types]
    if any(sure for sure, _ in found):
        return NOT_APPLICABLE
    unsure = any(unsure for _, unsure in found)
    return queue.at("RedrivePolicy").undecided("what failed elsewhere may be passed on to it") if unsure else target
