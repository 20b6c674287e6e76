"""What is judged of streams of Kinesis."""

from __future__ import annotations

from hipaa_constructs.rules._value import Json
from tests.rules._judging import BROKEN, GONE
from tests.rules._stores import OWN_KEY_OR_ALIAS, SET, Place, each_case, judged, one_of

STREAM = "AWS::Kinesis::Stream"


@each_case([("KinesisStreamEncrypted", STREAM, ("StreamEncryption", "EncryptionType"))], one_of("KMS"))
def test_the_kind_of_encryption_decides(place: Place, value: Json, wanted: str) -> None:
    assert judged(place, value, {"StreamEncryption": {"KeyId": "alias/aws/kinesis"}}) == wanted


@each_case([("KinesisStreamEncrypted", STREAM, ("StreamEncryption", "KeyId"))], SET)
def test_the_key_must_be_named(place: Place, value: Json, wanted: str) -> None:
    assert judged(place, value, {"StreamEncryption": {"EncryptionType": "KMS"}}) == wanted


@each_case(
    [("KinesisStreamUsesCustomerManagedKey", STREAM, ("StreamEncryption", "KeyId"))],
    [*OWN_KEY_OR_ALIAS, (GONE, BROKEN)],
)
def test_the_key_must_be_the_customers(place: Place, value: Json, wanted: str) -> None:
    assert judged(place, value) == wanted
