"""What is judged of IAM users, their groups and keys."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import (
    BROKEN,
    GONE,
    MET,
    NOT_APPLICABLE,
    PARAMETER,
    UNDECIDED,
    Body,
    outcome,
    resource,
    template,
    verdict,
)

USER, GROUP, ADDITION = "AWS::IAM::User", "AWS::IAM::Group", "AWS::IAM::UserToGroupAddition"


def one(kind: str, properties: Json = None) -> Body:
    return template({"It": resource(kind, properties)})


@pytest.mark.parametrize(
    ("kind", "properties", "wanted"),
    [
        (USER, {}, MET),
        (USER, {"Policies": [], "ManagedPolicyArns": []}, MET),
        (USER, {"Policies": [GONE]}, MET),
        (USER, {"Policies": [{"PolicyName": "A"}]}, BROKEN),
        (USER, {"ManagedPolicyArns": ["arn:aws:iam::aws:policy/ReadOnlyAccess"]}, BROKEN),
        (USER, {"ManagedPolicyArns": PARAMETER}, UNDECIDED),
        (USER, {"Policies": "x"}, BROKEN),
        ("AWS::IAM::UserPolicy", {}, BROKEN),
        ("AWS::IAM::Policy", {"Roles": ["a"]}, MET),
        ("AWS::IAM::Policy", {"Users": ["a"]}, BROKEN),
        ("AWS::IAM::ManagedPolicy", {"Users": [{"Ref": "User"}]}, BROKEN),
        ("AWS::IAM::ManagedPolicy", {"Users": PARAMETER}, UNDECIDED),
        ("AWS::IAM::ManagedPolicy", {}, MET),
    ],
)
def test_a_policy_of_a_user_breaks(kind: str, properties: Json, wanted: str) -> None:
    assert verdict("IamPolicyNotOnUser", one(kind, properties)) == wanted


@pytest.mark.parametrize(
    ("groups", "wanted"), [(["staff"], MET), ([], BROKEN), (GONE, BROKEN), ([GONE], BROKEN), (PARAMETER, UNDECIDED)]
)
def test_the_groups_of_a_user_decide(groups: Json, wanted: str) -> None:
    assert verdict("IamUserInGroup", one(USER, {"Groups": groups})) == wanted


@pytest.mark.parametrize(
    ("users", "wanted"), [([{"Ref": "It"}], MET), (["another"], BROKEN), ([PARAMETER], UNDECIDED), ([], BROKEN)]
)
def test_an_addition_to_a_group_counts(users: Json, wanted: str) -> None:
    addition = resource(ADDITION, {"GroupName": "staff", "Users": users})
    assert verdict("IamUserInGroup", template({"It": resource(USER), "Addition": addition})) == wanted


def test_an_addition_of_another_stack_counts_by_name() -> None:
    user = template({"It": resource(USER, {"UserName": "ann"})})
    addition = template({"A": resource(ADDITION, {"GroupName": "staff", "Users": ["ann"]})})
    assert verdict("IamUserInGroup", user, addition) == MET


@pytest.mark.parametrize(
    ("other", "wanted"),
    [
        (resource(USER, {"Groups": [{"Ref": "It"}]}), MET),
        (resource(USER, {"Groups": ["another"]}), BROKEN),
        (resource(USER, {"Groups": [PARAMETER]}), UNDECIDED),
        (resource(ADDITION, {"GroupName": {"Ref": "It"}, "Users": ["ann"]}), MET),
        (resource(ADDITION, {"GroupName": {"Ref": "It"}, "Users": []}), BROKEN),
        (resource(ADDITION, {"GroupName": {"Ref": "It"}, "Users": PARAMETER}), UNDECIDED),
        (resource(ADDITION, {"GroupName": PARAMETER, "Users": ["ann"]}), UNDECIDED),
        (resource(ADDITION, {"GroupName": "another", "Users": ["ann"]}), BROKEN),
    ],
)
def test_the_users_of_a_group_decide(other: Json, wanted: str) -> None:
    assert verdict("IamGroupHasUsers", template({"It": resource(GROUP), "Other": other})) == wanted


@pytest.mark.parametrize(
    ("status", "wanted"), [(GONE, BROKEN), ("Active", BROKEN), ("Inactive", NOT_APPLICABLE), (PARAMETER, BROKEN)]
)
def test_an_access_key_breaks_unless_it_is_off(status: Json, wanted: str) -> None:
    assert verdict("IamAccessKeyAbsent", one("AWS::IAM::AccessKey", {"Status": status})) == wanted


@pytest.mark.parametrize("properties", [None, {}, "x", {"LoginProfile": {"Password": PARAMETER}}])
def test_a_user_breaks(properties: Json) -> None:
    assert verdict("IamUserAbsent", one(USER, properties)) == BROKEN


@pytest.mark.parametrize(
    ("properties", "told"), [({}, "a user"), ({"LoginProfile": {"Password": PARAMETER}}, "a user with a password")]
)
def test_a_finding_says_whether_a_user_has_a_password(properties: Json, told: str) -> None:
    assert outcome("IamUserAbsent", one(USER, properties)).found == told
