"""What is judged of clusters of MemoryDB and their users."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import BROKEN, GONE, MET, NOT_APPLICABLE, PARAMETER, UNDECIDED, verdict
from tests.rules._stores import (
    ON,
    OWN_KEY,
    PASSWORD,
    SECRET,
    SET,
    Place,
    alone,
    each_case,
    each_policy,
    judged,
    kept,
    least,
)

CLUSTER = "AWS::MemoryDB::Cluster"
USER = "AWS::MemoryDB::User"


@pytest.mark.parametrize("users", ["portal", "open-access", GONE], ids=str)
@pytest.mark.parametrize(("value", "wanted"), [case for case in ON if case[0] != GONE], ids=str)
def test_the_switch_decides(users: Json, value: Json, wanted: str) -> None:
    assert judged(("MemorydbEncryptedInTransit", CLUSTER, ("TLSEnabled",)), value, {"ACLName": users}) == wanted


@pytest.mark.parametrize(
    ("users", "wanted"),
    [("portal", MET), ({"Ref": "Other"}, MET), ("open-access", UNDECIDED), (GONE, UNDECIDED), (PARAMETER, UNDECIDED)],
    ids=str,
)
def test_users_are_known_over_tls_only(users: Json, wanted: str) -> None:
    assert verdict("MemorydbEncryptedInTransit", alone(CLUSTER, {"ACLName": users})) == wanted


@each_case([("MemorydbAuthenticated", CLUSTER, ("ACLName",))], [*SET, ("open-access", BROKEN)])
def test_the_list_of_users_decides(place: Place, value: Json, wanted: str) -> None:
    assert judged(place, value) == wanted


def test_a_list_that_may_be_the_open_one_leaves_it_open() -> None:
    assert (
        verdict("MemorydbAuthenticated", alone(CLUSTER, {"ACLName": {"Fn::Sub": "open-${AnyParameter}"}})) == UNDECIDED
    )


@pytest.mark.parametrize(
    ("passwords", "wanted"),
    [
        *(([value], wanted) for value, wanted in PASSWORD),
        ([SECRET, SECRET], MET),
        ([SECRET, "swordfish"], BROKEN),
        ("swordfish", BROKEN),
        (PARAMETER, UNDECIDED),
        ([], NOT_APPLICABLE),
        (GONE, NOT_APPLICABLE),
    ],
    ids=str,
)
def test_no_password_stands_in_the_template(passwords: Json, wanted: str) -> None:
    mode: Json = {"Type": "password", "Passwords": passwords}
    assert verdict("MemorydbPasswordHidden", alone(USER, {"AuthenticationMode": mode})) == wanted


@each_case([("MemorydbUsesCustomerManagedKey", CLUSTER, ("KmsKeyId",))], [*OWN_KEY, (GONE, BROKEN)])
def test_the_key_decides(place: Place, value: Json, wanted: str) -> None:
    assert judged(place, value) == wanted


@each_case([("MemorydbBackedUp", CLUSTER, ("SnapshotRetentionLimit",))], least(1, BROKEN))
def test_snapshots_are_made(place: Place, value: Json, wanted: str) -> None:
    assert judged(place, value) == wanted


@each_policy(("MemorydbKept", CLUSTER), snapshots=False)
def test_clusters_are_kept(rule: str, kind: str, deletion: Json, replacement: Json, wanted: str) -> None:
    assert kept(rule, kind, deletion, replacement) == wanted


@each_case([("MemorydbKept", CLUSTER, ("FinalSnapshotName",))], SET)
def test_or_they_leave_a_snapshot(place: Place, value: Json, wanted: str) -> None:
    assert judged(place, value) == wanted
