"""What is judged of workgroups of Athena."""

from __future__ import annotations

from hipaa_constructs.rules._value import Json
from tests.rules._judging import BROKEN
from tests.rules._stores import ON, SET, Place, each_case, judged, one_of

GROUP = "AWS::Athena::WorkGroup"
RULE = "AthenaResultsEncrypted"
IN_BUCKET = ("WorkGroupConfiguration", "ResultConfiguration", "EncryptionConfiguration")
MANAGED = ("WorkGroupConfiguration", "ManagedQueryResultsConfiguration")


def nested(path: tuple[str, ...], value: Json) -> Json:
    for key in reversed(path):
        value = {key: value}
    return value


@each_case([(RULE, GROUP, (*IN_BUCKET, "EncryptionOption"))], [*one_of("SSE_KMS", "CSE_KMS"), ("SSE_S3", BROKEN)])
def test_how_results_are_encrypted_decides(place: Place, value: Json, wanted: str) -> None:
    assert judged(place, value, nested(IN_BUCKET, {"KmsKey": "x"})) == wanted


@each_case([(RULE, GROUP, (*IN_BUCKET, "KmsKey"))], SET)
def test_the_key_must_be_named(place: Place, value: Json, wanted: str) -> None:
    assert judged(place, value, nested(IN_BUCKET, {"EncryptionOption": "SSE_KMS"})) == wanted


@each_case([(RULE, GROUP, (*MANAGED, "Enabled"))], ON)
def test_athena_may_keep_the_results_itself(place: Place, value: Json, wanted: str) -> None:
    assert judged(place, value, nested(MANAGED, {"EncryptionConfiguration": {"KmsKey": "x"}})) == wanted


@each_case([(RULE, GROUP, (*MANAGED, "EncryptionConfiguration", "KmsKey"))], SET)
def test_but_with_a_key(place: Place, value: Json, wanted: str) -> None:
    assert judged(place, value, nested(MANAGED, {"Enabled": True})) == wanted


@each_case([("AthenaSettingsEnforced", GROUP, ("WorkGroupConfiguration", "EnforceWorkGroupConfiguration"))], ON)
def test_settings_must_be_enforced(place: Place, value: Json, wanted: str) -> None:
    assert judged(place, value) == wanted
