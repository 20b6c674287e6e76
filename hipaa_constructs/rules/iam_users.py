"""What a template must show of AWS IAM users and groups."""

from __future__ import annotations

from hipaa_constructs.rules._identity import GROUP, USER
from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._outcome import MET, NOT_APPLICABLE, Outcome, all_met, broken, undecided
from hipaa_constructs.rules._rule import Severity, rule

MEMBERSHIP = "AWS::IAM::UserToGroupAddition"
_GUIDE = "https://docs.aws.amazon.com/IAM/latest/UserGuide/"
_NARROW = ("164.308(a)(4)(ii)(B)", "164.308(a)(4)(ii)(C)", "164.312(a)(1)")


@rule(
    title="policies are attached to groups and roles, not to users",
    fix="attach the policy to a role, or to a group that the user is in",
    applies_to=(USER, "AWS::IAM::UserPolicy", "AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"),
    controls=_NARROW,
    requirement="HC-296",
    same_as=(
        "cdk-nag:HIPAA.Security-IAMUserNoPolicies",
        "config:iam-user-no-policies-check",
        "guard:IAM_USER_NO_POLICIES_CHECK",
        "prowler:iam_policy_attached_only_to_group_or_roles",
    ),
    severity=Severity.WARNING,
    url=_GUIDE + "access_policies_manage-attach-detach.html",
)
def iam_policy_not_on_user(resource: Resource) -> Outcome:
    """Judge both ends: the policies of a user, and the users of a policy."""
    if resource.type == "AWS::IAM::UserPolicy":
        return broken(found="a policy of a user")
    keys = ("Policies", "ManagedPolicyArns") if resource.type == USER else ("Users",)
    return all_met(_empty(resource.at(key)) for key in keys)


def _empty(place: Node) -> Outcome:
    return MET if isinstance(place.value, list) and not place.items() else place.must_be_absent()


@rule(
    title="every user is in a group",
    fix="name a group in Groups, or the user in an AWS::IAM::UserToGroupAddition",
    applies_to=(USER,),
    controls=_NARROW,
    requirement="HC-297",
    same_as=(
        "cdk-nag:HIPAA.Security-IAMUserGroupMembership",
        "config:iam-user-group-membership-check",
        "guard:IAM_USER_MISSING_GROUP_RULE",
    ),
    severity=Severity.WARNING,
    url="https://docs.aws.amazon.com/config/latest/developerguide/iam-user-group-membership-check.html",
)
def iam_user_in_group(user: Resource) -> Outcome:
    """Judge the groups that the user names, and the additions that name the user."""
    sure, unsure = user.template.assembly.pointing_at(user, MEMBERSHIP, "Users", "*")
    groups = user.at("Groups")
    if sure or (isinstance(groups.value, list) and groups.items()):
        return MET
    if groups.is_unknown:
        return groups.undecided()
    if unsure:
        return undecided(why="an intrinsic function hides which users are added to a group")
    return groups.broken("no group")


@rule(
    title="every group has users",
    fix="add users to the group, or take it away",
    applies_to=(GROUP,),
    controls=_NARROW,
    requirement="HC-298",
    same_as=("cdk-nag:HIPAA.Security-IAMGroupHasUsers", "config:iam-group-has-users-check"),
    severity=Severity.WARNING,
    url="https://docs.aws.amazon.com/config/latest/developerguide/iam-group-has-users-check.html",
)
def iam_group_has_users(group: Resource) -> Outcome:
    """Judge the users that name the group, and the additions to it."""
    assembly = group.template.assembly
    users, unsure_users = assembly.pointing_at(group, USER, "Groups", "*")
    additions, unsure_additions = assembly.pointing_at(group, MEMBERSHIP, "GroupName")
    filled = [addition.at("Users").must_be_set() for addition in additions]
    if users or MET in filled:
        return MET
    if unsure_users or unsure_additions or any(addition.at("Users").is_unknown for addition in additions):
        return undecided(why="an intrinsic function hides who is in which group")
    return broken(found="no user")


@rule(
    title="no template makes an access key",
    fix="use a role, whose credentials are temporary; for programs outside AWS, IAM Roles Anywhere or an OIDC provider",
    applies_to=("AWS::IAM::AccessKey",),
    controls=("164.312(a)(2)(i)", "164.312(d)"),
    requirement="HC-299",
    same_as=("prowler:iam_user_no_setup_initial_access_key",),
    url=_GUIDE + "best-practices.html",
)
def iam_access_key_absent(key: Resource) -> Outcome:
    """Judge that there is one whose secret, which the stack can read, lasts until somebody rotates it."""
    status = key.at("Status")
    if status.text == "Inactive":
        return NOT_APPLICABLE
    return broken(found="a long-lived access key")


@rule(
    title="no template makes a user",
    fix="let people sign in by IAM Identity Center, and give programs roles",
    applies_to=(USER,),
    controls=("164.312(a)(2)(i)", "164.312(d)"),
    requirement="HC-299",
    severity=Severity.WARNING,
    url=_GUIDE + "best-practices.html",
)
def iam_user_absent(user: Resource) -> Outcome:
    """Judge that there is one: credentials of users last until somebody takes them away."""
    password = user.at("LoginProfile")
    return broken(found="a user" if password.is_absent else "a user with a password")
