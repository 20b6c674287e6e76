"""What is judged of queues and their policies."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import (
    BROKEN,
    MET,
    NOT_APPLICABLE,
    PARAMETER,
    UNDECIDED,
    Body,
    resource,
    template,
    verdict,
)

QUEUE, POLICY = "AWS::SQS::Queue", "AWS::SQS::QueuePolicy"
ARN: Json = {"Fn::GetAtt": ["Other", "Arn"]}


@pytest.mark.parametrize(
    ("key", "wanted"),
    [
        ({"Fn::GetAtt": ["Key", "Arn"]}, MET),
        ({"Ref": "Key"}, MET),
        ("alias/records", MET),
        ("arn:aws:kms:us-east-1:123456789012:key/1234", MET),
        ("alias/aws/sqs", BROKEN),
        ("", BROKEN),
        ({"Ref": "AWS::NoValue"}, BROKEN),
        (PARAMETER, UNDECIDED),
    ],
)
def test_the_key_of_a_queue_decides(key: Json, wanted: str) -> None:
    body = template({"It": resource(QUEUE, {"KmsMasterKeyId": key}), "Key": resource("AWS::KMS::Key")})
    assert verdict("SqsQueueUsesCustomerManagedKey", body) == wanted


def test_the_encryption_that_sqs_manages_is_not_enough() -> None:
    body = template({"It": resource(QUEUE, {"SqsManagedSseEnabled": True})})
    assert verdict("SqsQueueUsesCustomerManagedKey", body) == BROKEN


def queue_with(statement: Json, queues: Json = None) -> Body:
    named: Json = [{"Ref": "It"}] if queues is None else queues
    document: Json = {"Statement": statement}
    return template({"It": resource(QUEUE), "Policy": resource(POLICY, {"Queues": named, "PolicyDocument": document})})


def denial(**changes: Json) -> Body:
    plaintext: Body = {"Bool": {"aws:SecureTransport": "false"}}
    whole: Body = {"Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": "*", "Condition": plaintext}
    return {**whole, **changes}


@pytest.mark.parametrize(
    ("statement", "wanted"),
    [
        pytest.param(denial(), MET, id="everything"),
        pytest.param(denial(Action=["sqs:SendMessage", "sqs:ReceiveMessage"]), MET, id="both-ways"),
        pytest.param(denial(Action="sqs:SendMessage"), BROKEN, id="one-way"),
        pytest.param(denial(Action="sqs:ReceiveMessage"), BROKEN, id="the-other-way"),
        pytest.param(denial(Effect="Allow"), BROKEN, id="allow"),
        pytest.param(denial(Principal={"AWS": "arn:aws:iam::1:root"}), BROKEN, id="one-account"),
        pytest.param(denial(Condition={"Bool": {"aws:SecureTransport": "true"}}), BROKEN, id="with-tls"),
        pytest.param(denial(Condition=PARAMETER), UNDECIDED, id="condition-unknown"),
        pytest.param(PARAMETER, UNDECIDED, id="statement-unknown"),
        pytest.param([], BROKEN, id="none"),
    ],
)
def test_the_denial_of_plaintext_decides(statement: Json, wanted: str) -> None:
    assert verdict("SqsQueueTlsOnly", queue_with(statement)) == wanted


@pytest.mark.parametrize(("queues", "wanted"), [([{"Ref": "Other"}], BROKEN), ([PARAMETER], UNDECIDED), ([], BROKEN)])
def test_the_policy_of_another_queue_does_not_count(queues: Json, wanted: str) -> None:
    body = queue_with(denial(), queues)
    resources = body["Resources"]
    assert isinstance(resources, dict)
    resources["Other"] = resource(QUEUE)
    assert verdict("SqsQueueTlsOnly", body) == wanted


@pytest.mark.parametrize(
    ("statement", "wanted"),
    [
        pytest.param(denial(), MET, id="denial"),
        pytest.param({"Effect": "Allow", "Principal": "*", "Action": "sqs:*"}, BROKEN, id="everyone"),
        pytest.param({"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sqs:*"}, BROKEN, id="every-account"),
        pytest.param({"Effect": "Allow", "Principal": {"AWS": "1"}, "Action": "sqs:*"}, MET, id="an-account"),
        pytest.param(
            {
                "Effect": "Allow",
                "Principal": "*",
                "Action": "sqs:*",
                "Condition": {"StringEquals": {"aws:SourceOwner": "1"}},
            },
            BROKEN,
            id="an-owner-that-sqs-does-not-know",
        ),
        pytest.param(PARAMETER, UNDECIDED, id="unknown"),
    ],
)
def test_whom_a_policy_names_decides(statement: Json, wanted: str) -> None:
    assert verdict("SqsQueuePolicyNamesPrincipals", queue_with(statement), of="Policy") == wanted


INLINE = "AWS::SQS::QueueInlinePolicy"


@pytest.mark.parametrize(
    ("queue", "wanted"), [({"Ref": "It"}, MET), ({"Ref": "Other"}, BROKEN), (PARAMETER, UNDECIDED)]
)
def test_a_policy_of_one_queue_alone_counts(queue: Json, wanted: str) -> None:
    inline = resource(INLINE, {"Queue": queue, "PolicyDocument": {"Statement": denial()}})
    body = template({"It": resource(QUEUE), "Other": resource(QUEUE), "Policy": inline})
    assert verdict("SqsQueueTlsOnly", body) == wanted


@pytest.mark.parametrize(
    ("statements", "wanted"), [((PARAMETER, []), UNDECIDED), (([], PARAMETER), UNDECIDED), (([], []), BROKEN)]
)
def test_policies_of_both_types_are_looked_at(statements: tuple[Json, Json], wanted: str) -> None:
    shared, own = statements
    inline = resource(INLINE, {"Queue": {"Ref": "It"}, "PolicyDocument": {"Statement": own}})
    policy = resource(POLICY, {"Queues": [{"Ref": "It"}], "PolicyDocument": {"Statement": shared}})
    body = template({"It": resource(QUEUE), "Inline": inline, "Policy": policy})
    assert verdict("SqsQueueTlsOnly", body) == wanted


@pytest.mark.parametrize(("principal", "wanted"), [("*", BROKEN), ({"AWS": "1"}, MET)])
def test_a_policy_of_one_queue_alone_names_principals(principal: Json, wanted: str) -> None:
    statement: Json = {"Effect": "Allow", "Principal": principal, "Action": "sqs:*"}
    body = template({"It": resource(INLINE, {"Queue": "q", "PolicyDocument": {"Statement": statement}})})
    assert verdict("SqsQueuePolicyNamesPrincipals", body) == wanted


def redriving(redrive: Json, **others: Json) -> Body:
    return template({"It": resource(QUEUE, {"RedrivePolicy": redrive}), **others})


@pytest.mark.parametrize(
    ("redrive", "wanted"),
    [
        pytest.param({"deadLetterTargetArn": ARN, "maxReceiveCount": 5}, MET, id="another-queue"),
        pytest.param({"deadLetterTargetArn": "arn:aws:sqs:us-east-1:1:failed"}, MET, id="an-arn"),
        pytest.param({"maxReceiveCount": 5}, BROKEN, id="a-count-alone"),
        pytest.param({"Ref": "AWS::NoValue"}, BROKEN, id="nothing"),
        pytest.param("x", BROKEN, id="text"),
        pytest.param(PARAMETER, UNDECIDED, id="unknown"),
    ],
)
def test_where_failed_messages_go_decides(redrive: Json, wanted: str) -> None:
    assert verdict("SqsQueueHasDeadLetterQueue", redriving(redrive)) == wanted


def test_a_queue_that_others_pass_on_to_needs_none_itself() -> None:
    source = resource(QUEUE, {"RedrivePolicy": {"deadLetterTargetArn": {"Fn::GetAtt": ["It", "Arn"]}}})
    assert verdict("SqsQueueHasDeadLetterQueue", template({"It": resource(QUEUE), "Source": source})) == NOT_APPLICABLE


def test_a_queue_that_says_whose_messages_it_takes_needs_none_itself() -> None:
    allowing: Json = {"RedriveAllowPolicy": {"redrivePermission": "allowAll"}}
    assert verdict("SqsQueueHasDeadLetterQueue", template({"It": resource(QUEUE, allowing)})) == NOT_APPLICABLE


def pipe(of: str, queue: Json) -> Json:
    return {"SourceParameters": {f"{of}StreamParameters": {"DeadLetterConfig": {"Arn": queue}}}}


def failing(kind: str, queue: Json) -> Json:
    on_failure: Json = {"DestinationConfig": {"OnFailure": {"Destination": queue}}}
    known: dict[str, Json] = {
        "Events::Rule": {"Targets": [{"Arn": "arn", "DeadLetterConfig": {"Arn": queue}}]},
        "Lambda::EventInvokeConfig": on_failure,
        "Lambda::EventSourceMapping": on_failure,
        "Lambda::Function": {"DeadLetterConfig": {"TargetArn": queue}},
        "SNS::Subscription": {"RedrivePolicy": {"deadLetterTargetArn": queue}},
        "SQS::Queue": {"RedrivePolicy": {"deadLetterTargetArn": queue}},
        "Scheduler::Schedule": {"Target": {"Arn": "arn", "DeadLetterConfig": {"Arn": queue}}},
        "Pipes::Pipe": pipe("Kinesis", queue),
        "Pipes::Pipe ": pipe("DynamoDB", queue),
    }
    return resource(f"AWS::{kind.strip()}", known[kind])


@pytest.mark.parametrize(
    "kind",
    [
        "Events::Rule",
        "Lambda::EventInvokeConfig",
        "Lambda::EventSourceMapping",
        "Lambda::Function",
        "Pipes::Pipe",
        "Pipes::Pipe ",
        "SNS::Subscription",
        "SQS::Queue",
        "Scheduler::Schedule",
    ],
)
@pytest.mark.parametrize(
    ("named", "wanted"),
    [
        ({"Fn::GetAtt": ["It", "Arn"]}, NOT_APPLICABLE),
        ({"Fn::GetAtt": ["Other", "Arn"]}, BROKEN),
        (PARAMETER, UNDECIDED),
    ],
)
def test_a_queue_for_what_failed_elsewhere_needs_none_itself(kind: str, named: Json, wanted: str) -> None:
    body = template({"It": resource(QUEUE), "Other": resource(QUEUE), "Failing": failing(kind, named)})
    assert verdict("SqsQueueHasDeadLetterQueue", body) == wanted


def test_a_queue_that_a_function_reads_needs_one() -> None:
    mapping = resource("AWS::Lambda::EventSourceMapping", {"EventSourceArn": {"Fn::GetAtt": ["It", "Arn"]}})
    body = template({"It": resource(QUEUE), "Mapping": mapping})
    assert verdict("SqsQueueHasDeadLetterQueue", body) == BROKEN


def test_a_queue_that_others_may_pass_on_to_is_undecided() -> None:
    source = resource(QUEUE, {"RedrivePolicy": {"deadLetterTargetArn": PARAMETER}})
    assert verdict("SqsQueueHasDeadLetterQueue", template({"It": resource(QUEUE), "Source": source})) == UNDECIDED
