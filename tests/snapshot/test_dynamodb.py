"""The whole templates of the tables."""

from __future__ import annotations

from aws_cdk import CfnTag, Duration, Stack
from aws_cdk import aws_dynamodb as dynamodb

from hipaa_constructs import EncryptedTable
from tests._synthesis import synthesized
from tests.snapshot.conftest import Templates
from tools.examples import BY_ID


def test_encrypted_table_with_defaults(templates: Templates) -> None:
    templates.hold(synthesized(lambda stack: EncryptedTable(stack, "It", partition_key=BY_ID)))


def test_encrypted_table_with_all_options(templates: Templates) -> None:
    def build(stack: Stack) -> None:
        by_date = dynamodb.Attribute(name="date", type=dynamodb.AttributeType.STRING)
        EncryptedTable(
            stack,
            "It",
            partition_key=BY_ID,
            sort_key=by_date,
            billing=dynamodb.Billing.provisioned(
                read_capacity=dynamodb.Capacity.autoscaled(max_capacity=10),
                write_capacity=dynamodb.Capacity.autoscaled(max_capacity=10),
            ),
            dynamo_stream=dynamodb.StreamViewType.NEW_AND_OLD_IMAGES,
            global_secondary_indexes=[
                dynamodb.GlobalSecondaryIndexPropsV2(index_name="by-date", partition_key=by_date)
            ],
            recovery_period=Duration.days(7),
            replicas={"us-west-2": "arn:aws:kms:us-west-2:123456789012:key/01234567-89ab-cdef-0123-456789abcdef"},
            new_replicas=[],
            table_class=dynamodb.TableClass.STANDARD_INFREQUENT_ACCESS,
            table_name="visits",
            tags=[CfnTag(key="phi", value="yes")],
            time_to_live_attribute="expires",
        )

    templates.hold(synthesized(build, region="us-east-1"))
