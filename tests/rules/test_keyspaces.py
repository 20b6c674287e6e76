"""What is judged of tables of Keyspaces."""

from __future__ import annotations

from hipaa_constructs.rules._value import Json
from tests.rules._judging import BROKEN, GONE
from tests.rules._stores import KEY_ARN, ON, OWN_KEY, Place, each_case, each_policy, judged, kept, one_of

TABLE = "AWS::Cassandra::Table"
KEY = "KeyspacesUsesCustomerManagedKey"


@each_case([(KEY, TABLE, ("EncryptionSpecification", "KmsKeyIdentifier"))], [*OWN_KEY, (GONE, BROKEN)])
def test_the_key_decides(place: Place, value: Json, wanted: str) -> None:
    properties: Json = {"EncryptionSpecification": {"EncryptionType": "CUSTOMER_MANAGED_KMS_KEY"}}
    assert judged(place, value, properties) == wanted


@each_case([(KEY, TABLE, ("EncryptionSpecification", "EncryptionType"))], one_of("CUSTOMER_MANAGED_KMS_KEY"))
def test_the_kind_of_key_decides(place: Place, value: Json, wanted: str) -> None:
    assert judged(place, value, {"EncryptionSpecification": {"KmsKeyIdentifier": KEY_ARN}}) == wanted


@each_case([("KeyspacesRestorable", TABLE, ("PointInTimeRecoveryEnabled",))], ON)
def test_the_switch_decides(place: Place, value: Json, wanted: str) -> None:
    assert judged(place, value) == wanted


@each_policy(("KeyspacesKept", TABLE), snapshots=False)
def test_tables_are_kept(rule: str, kind: str, deletion: Json, replacement: Json, wanted: str) -> None:
    assert kept(rule, kind, deletion, replacement) == wanted
