"""What a template must show of Amazon Kinesis Data Streams."""

from __future__ import annotations

from hipaa_constructs.rules._keys import customers_key
from hipaa_constructs.rules._node import Resource
from hipaa_constructs.rules._outcome import Outcome, all_met
from hipaa_constructs.rules._rule import Severity, rule
from hipaa_constructs.rules._stores import AT_REST

STREAM = "AWS::Kinesis::Stream"
_GUIDE = "https://docs.aws.amazon.com/streams/latest/dev/"


@rule(
    title="every stream is encrypted",
    fix="set StreamEncryption with EncryptionType KMS and KeyId",
    applies_to=(STREAM,),
    controls=AT_REST,
    requirement="HC-336",
    same_as=(
        "cdk-nag:AwsSolutions-KDS1",
        "config:kinesis-stream-encrypted",
        "guard:KINESIS_STREAM_ENCRYPTION_RULE",
        "prowler:kinesis_stream_encrypted_at_rest",
        "checkov:CKV_AWS_43",
    ),
    url=_GUIDE + "what-is-sse.html",
)
def kinesis_stream_encrypted(stream: Resource) -> Outcome:
    """Judge kind and key; a stream is not encrypted where nothing is said."""
    encryption = stream.at("StreamEncryption")
    return all_met([encryption.at("EncryptionType").must_be("KMS"), encryption.at("KeyId").must_be_set()])


@rule(
    title="every stream is encrypted with a customer managed key",
    fix="set StreamEncryption.KeyId to a key of yours",
    applies_to=(STREAM,),
    controls=AT_REST,
    requirement="HC-336",
    severity=Severity.WARNING,
    url=_GUIDE + "what-is-sse.html",
)
def kinesis_stream_uses_customer_managed_key(stream: Resource) -> Outcome:
    """Judge the key, in place of that of the alias aws/kinesis."""
    return customers_key(stream.at("StreamEncryption", "KeyId"), by_alias=True)
