"""What a trail records: event selectors."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

from aws_cdk import IResolvable
from aws_cdk import aws_cloudtrail as cloudtrail
from aws_cdk import aws_s3 as s3

from hipaa_constructs.services.s3 import EncryptedBucket

if TYPE_CHECKING:
    from aws_cdk import aws_dynamodb as dynamodb
    from aws_cdk import aws_lambda as lambda_
    from aws_cdk import aws_sqs as sqs

    DataEventSource: TypeAlias = EncryptedBucket | s3.IBucket | dynamodb.ITable | lambda_.IFunction | sqs.IQueue

Selector: TypeAlias = cloudtrail.CfnTrail.AdvancedEventSelectorProperty
Field: TypeAlias = cloudtrail.CfnTrail.AdvancedFieldSelectorProperty

S3_OBJECT = "AWS::S3::Object"
MOST_VALUES = 500
"""Of all conditions of all selectors of a trail.

AWS: https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_PutEventSelectors.html
"""

_ARNS = (
    # attribute of the CDK's construct, type of resource in an event
    ("bucket_arn", S3_OBJECT),
    ("table_arn", "AWS::DynamoDB::Table"),
    ("function_arn", "AWS::Lambda::Function"),
    ("queue_arn", "AWS::SQS::Queue"),
)


def recorded(source: object) -> tuple[str, str] | None:
    """Return the type of resource of a source of data events, and its ARN; None for what is none."""
    if isinstance(source, EncryptedBucket):
        return S3_OBJECT, source.bucket.bucket_arn
    for attribute, kind in _ARNS:
        arn = getattr(source, attribute, None)
        if isinstance(arn, str):
            return kind, arn
    return None


def selectors(sources: Sequence[tuple[str, str]] | None, logs: Sequence[s3.IBucket]) -> list[IResolvable | Selector]:
    """Return the selectors of all management events, and of data events.

    Args:
        sources: what data events are recorded of, as `recorded` returns it; None for every object of Amazon S3.
        logs: the buckets that logs are delivered to.
    """
    found: list[IResolvable | Selector] = [
        _selector("All management events", Field(field="eventCategory", equal_to=["Management"]))
    ]
    if sources is None:
        arns = [bucket.arn_for_objects("") for bucket in logs]
        objects = _of(S3_OBJECT)
        others = Field(field="resources.ARN", not_starts_with=arns) if arns else None
        found.append(_selector("All objects but logs", *objects, *([others] if others else [])))
        if arns:
            # Each delivery of logs would be recorded in the next one, without end; who reads them is recorded.
            reads = Field(field="readOnly", equal_to=["true"])
            found.append(
                _selector("Logs that are read", *objects, reads, Field(field="resources.ARN", starts_with=arns))
            )
        return found
    by_kind: dict[str, list[str]] = defaultdict(list)
    for kind, arn in sources:
        by_kind[kind].append(f"{arn}/" if kind == S3_OBJECT else arn)
    for kind, arns in by_kind.items():
        chosen = (
            Field(field="resources.ARN", starts_with=arns)
            if kind == S3_OBJECT
            else Field(field="resources.ARN", equal_to=arns)
        )
        found.append(_selector(f"Chosen {kind}", *_of(kind), chosen))
    return found


def values_needed(sources: Sequence[tuple[str, str]]) -> int:
    """Return how many values the selectors of some sources have."""
    return 1 + len(sources) + 2 * len({kind for kind, _ in sources})


def _of(kind: str) -> tuple[Field, Field]:
    return Field(field="eventCategory", equal_to=["Data"]), Field(field="resources.type", equal_to=[kind])


def _selector(name: str, *fields: Field) -> Selector:
    return Selector(name=name, field_selectors=list(fields))
