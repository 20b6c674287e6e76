"""What a template must show of Amazon Timestream."""

from __future__ import annotations

from hipaa_constructs.rules._keys import customers_key
from hipaa_constructs.rules._node import Resource
from hipaa_constructs.rules._outcome import Outcome
from hipaa_constructs.rules._rule import Severity, rule
from hipaa_constructs.rules._stores import AT_REST


@rule(
    title="every database of Timestream is encrypted with a customer managed key",
    fix="set KmsKeyId to a key of yours",
    applies_to=("AWS::Timestream::Database",),
    controls=AT_REST,
    requirement="HC-391",
    severity=Severity.WARNING,
    url="https://docs.aws.amazon.com/timestream/latest/developerguide/EncryptionAtRest.html",
)
def timestream_uses_customer_managed_key(database: Resource) -> Outcome:
    """Judge the key; Timestream encrypts with the AWS managed one otherwise."""
    return customers_key(database.at("KmsKeyId"), by_alias=True)
