"""Tables, weakened."""

from __future__ import annotations

from aws_cdk import Stack

from hipaa_constructs import EncryptedTable
from tests.mutation._weakening import Weakening
from tools.examples import BY_ID


def table(stack: Stack) -> None:
    EncryptedTable(stack, "It", partition_key=BY_ID)


WEAKENING = Weakening(
    "dynamodb",
    (table,),
    types=("AWS::DynamoDB::GlobalTable",),
    exempt=(
        ("GlobalTable:Properties/AttributeDefinitions*", "*", "what items are, or refused by DynamoDB"),
        ("GlobalTable:Properties/KeySchema*", "*", "what items are, or refused by DynamoDB"),
        ("GlobalTable:*/RecoveryPeriodInDays", "*", "35 days are the default; fewer are the user's to say"),
        ("GlobalTable:Properties/Replicas/0/Region", "*", "refused by DynamoDB"),
        ("GlobalTable:*/ResourcePolicy/*/Resource", "*", "refused by DynamoDB"),
        ("GlobalTable:*/ResourcePolicy/PolicyDocument/Version", "*", "no statement uses what the newer version adds"),
        ("GlobalTable:Properties/SSESpecification/SSEType", "*", "KMS is the only one"),
    ),
)
