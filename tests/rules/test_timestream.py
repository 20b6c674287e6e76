"""What is judged of databases of Timestream."""

from __future__ import annotations

from hipaa_constructs.rules._value import Json
from tests.rules._judging import BROKEN, GONE
from tests.rules._stores import OWN_KEY_OR_ALIAS, Place, each_case, judged


@each_case(
    [("TimestreamUsesCustomerManagedKey", "AWS::Timestream::Database", ("KmsKeyId",))],
    [*OWN_KEY_OR_ALIAS, (GONE, BROKEN)],
)
def test_the_key_decides(place: Place, value: Json, wanted: str) -> None:
    assert judged(place, value) == wanted
