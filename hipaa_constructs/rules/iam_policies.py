"""What a template must show of what AWS IAM policies allow."""

from __future__ import annotations

import re

from hipaa_constructs.rules._identity import (
    IDENTITIES,
    POLICIES,
    each_statement,
    forbidden,
    is_conditional,
    reaches_all,
)
from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._outcome import MET, NOT_APPLICABLE, Outcome, all_met
from hipaa_constructs.rules._policy import Statement
from hipaa_constructs.rules._rule import Severity, rule

_GUIDE = "https://docs.aws.amazon.com/IAM/latest/UserGuide/"
_EVERYTHING = re.compile(r"\*+|\*+:\*+")
_ALL_OF_SERVICE = re.compile(r"[a-z0-9-]+:\*+", re.IGNORECASE)
_MANAGED_FULL_ACCESS = re.compile(r"arn:[^:]*:iam::aws:policy/(?:[\w-]+/)?\w*FullAccess(?:_v\d+)?")
_MANAGED_ADMIN = re.compile(r"arn:[^:]*:iam::aws:policy/(?:[\w-]+/)?(?:AdministratorAccess|PowerUserAccess)")

_SERVICE_OF_ARNS = {"sts": "iam"}
_ESCALATING = (
    "iam:AddUserToGroup",
    "iam:AttachGroupPolicy",
    "iam:AttachRolePolicy",
    "iam:AttachUserPolicy",
    "iam:CreateAccessKey",
    "iam:CreateLoginProfile",
    "iam:CreatePolicyVersion",
    "iam:DeleteRolePermissionsBoundary",
    "iam:DeleteUserPermissionsBoundary",
    "iam:PassRole",
    "iam:PutGroupPolicy",
    "iam:PutRolePolicy",
    "iam:PutUserPolicy",
    "iam:SetDefaultPolicyVersion",
    "iam:UpdateAssumeRolePolicy",
    "iam:UpdateLoginProfile",
    "sts:AssumeRole",
)
_READING = (
    "dynamodb:BatchGetItem",
    "dynamodb:GetItem",
    "dynamodb:PartiQLSelect",
    "dynamodb:Query",
    "dynamodb:Scan",
    "s3:GetObject",
    "s3:GetObjectVersion",
    "secretsmanager:GetSecretValue",
    "ssm:GetParameter",
    "ssm:GetParameterHistory",
    "ssm:GetParameters",
    "ssm:GetParametersByPath",
)
_WRITING = (
    "backup:DeleteBackupVault",
    "backup:DeleteRecoveryPoint",
    "cloudtrail:DeleteTrail",
    "cloudtrail:StopLogging",
    "dynamodb:BatchWriteItem",
    "dynamodb:DeleteItem",
    "dynamodb:DeleteTable",
    "dynamodb:PartiQLDelete",
    "dynamodb:PartiQLInsert",
    "dynamodb:PartiQLUpdate",
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
    "elasticfilesystem:DeleteFileSystem",
    "kms:CreateGrant",
    "kms:DisableKey",
    "kms:PutKeyPolicy",
    "kms:ScheduleKeyDeletion",
    "logs:DeleteLogGroup",
    "rds:DeleteDBCluster",
    "rds:DeleteDBInstance",
    "rds:ModifyDBSnapshotAttribute",
    "s3:DeleteBucket",
    "s3:DeleteObject",
    "s3:DeleteObjectVersion",
    "s3:PutBucketPolicy",
    "s3:PutLifecycleConfiguration",
    "s3:PutObject",
    "secretsmanager:DeleteSecret",
    "secretsmanager:PutSecretValue",
)


@rule(
    title="no policy allows every action on every resource",
    fix="name the actions and the resources that are needed, and attach no AdministratorAccess",
    applies_to=(*POLICIES, *IDENTITIES),
    controls=("164.308(a)(4)(ii)(B)", "164.308(a)(4)(ii)(C)", "164.312(a)(1)"),
    requirement="HC-294",
    same_as=(
        "cdk-nag:HIPAA.Security-IAMPolicyNoStatementsWithAdminAccess",
        "config:iam-policy-no-statements-with-admin-access",
        "guard:IAM_POLICY_NO_STATEMENTS_WITH_ADMIN_ACCESS",
        "prowler:iam_aws_attached_policy_no_administrative_privileges",
        "prowler:iam_customer_attached_policy_no_administrative_privileges",
        "prowler:iam_inline_policy_no_administrative_privileges",
    ),
    url=_GUIDE + "best-practices.html",
)
def iam_policy_without_administration(holder: Resource) -> Outcome:
    """Judge each statement, and the policies of AWS that are attached; a boundary of permissions grants none."""
    return all_met([each_statement(holder, _no_administration), _without(holder, _MANAGED_ADMIN)])


def _no_administration(statement: Statement) -> Outcome:
    everywhere = reaches_all(statement)
    if everywhere is False:
        return MET
    if "NotAction" in statement.inverted:
        found = "it allows all actions but a few (NotAction) on all resources"
        return forbidden(statement, found, hidden=everywhere is None)
    if any(_EVERYTHING.fullmatch(action.outline()) for action in statement.actions):
        return forbidden(statement, "it allows all actions on all resources", hidden=everywhere is None)
    return statement.node.undecided() if any(action.may_be("*") for action in statement.actions) else MET


def _without(holder: Resource, pattern: re.Pattern[str]) -> Outcome:
    if holder.type not in IDENTITIES:
        return NOT_APPLICABLE
    attached = holder.at("ManagedPolicyArns")
    if attached.is_absent:
        return NOT_APPLICABLE
    if attached.is_unknown:
        return attached.undecided()
    return all_met([MET, *(_is_not(place, pattern) for place in attached.items())])


def _is_not(place: Node, pattern: re.Pattern[str]) -> Outcome:
    # What stands for the partition hides nothing: arn:${AWS::Partition}:iam::aws:policy/AdministratorAccess.
    return place.broken() if pattern.fullmatch(place.outline()) else MET


@rule(
    title="no policy allows all actions of a service",
    fix="name the actions that are needed in place of service:*, and attach no policy of AWS that ends in FullAccess",
    applies_to=(*POLICIES, *IDENTITIES),
    controls=("164.308(a)(4)(ii)(B)", "164.308(a)(4)(ii)(C)", "164.312(a)(1)"),
    requirement="HC-295",
    same_as=(
        "cdk-nag:HIPAA.Security-IAMPolicyNoStatementsWithFullAccess",
        "config:iam-policy-no-statements-with-full-access",
        "guard:IAM_POLICY_NO_STATEMENTS_WITH_FULL_ACCESS",
        "guard:IAM_MANAGEDPOLICY_NO_STATEMENTS_WITH_FULL_ACCESS",
    ),
    severity=Severity.WARNING,
    url="https://docs.aws.amazon.com/config/latest/developerguide/iam-policy-no-statements-with-full-access.html",
)
def iam_policy_without_full_access(holder: Resource) -> Outcome:
    """Judge each statement whatever its resources, and the policies of AWS that are attached."""
    return all_met([each_statement(holder, _no_full_access), _without(holder, _MANAGED_FULL_ACCESS)])


def _no_full_access(statement: Statement) -> Outcome:
    if "NotAction" in statement.inverted:
        return MET
    for action in statement.actions:
        text = action.outline()
        if _EVERYTHING.fullmatch(text) or _ALL_OF_SERVICE.fullmatch(text):
            if "Effect" in statement.hidden:
                return action.undecided("an intrinsic function hides whether it is allowed")
            return action.broken(f"it allows {text}")
    return statement.node.undecided() if any(action.may_be("s3:*") for action in statement.actions) else MET


@rule(
    title="no policy lets its holder take the permissions of others",
    fix="name the roles, users and policies in Resource, or limit the statement by a condition such as "
    "iam:PassedToService or iam:PermissionsBoundary",
    applies_to=(*POLICIES, *IDENTITIES),
    controls=("164.308(a)(4)(ii)(B)", "164.312(a)(1)"),
    requirement="HC-301",
    same_as=(
        "prowler:iam_inline_policy_allows_privilege_escalation",
        "prowler:iam_policy_allows_privilege_escalation",
    ),
    url=_GUIDE + "access_policies_boundaries.html",
)
def iam_policy_without_escalation(holder: Resource) -> Outcome:
    """Judge statements on all roles, users or policies that pass roles, attach policies or make credentials."""
    return each_statement(holder, lambda statement: _named(statement, _ESCALATING))


@rule(
    title="no policy reads all objects, items, secrets or parameters there are",
    fix="name the buckets, tables, secrets and parameters in Resource, or limit the statement by a condition",
    applies_to=(*POLICIES, *IDENTITIES),
    controls=("164.308(a)(4)(ii)(B)", "164.312(a)(1)"),
    requirement="HC-301",
    severity=Severity.WARNING,
    url=_GUIDE + "best-practices.html",
)
def iam_policy_reads_named_data(holder: Resource) -> Outcome:
    """Judge statements on all resources that read what services keep."""
    return each_statement(holder, lambda statement: _named(statement, _READING))


@rule(
    title="no policy writes or deletes all data, keys, logs or backups there are",
    fix="name the resources in Resource, or limit the statement by a condition",
    applies_to=(*POLICIES, *IDENTITIES),
    controls=("164.308(a)(4)(ii)(B)", "164.312(a)(1)"),
    requirement="HC-301",
    severity=Severity.WARNING,
    url=_GUIDE + "best-practices.html",
)
def iam_policy_writes_named_data(holder: Resource) -> Outcome:
    """Judge statements on all resources that change what services keep, or what guards it."""
    return each_statement(holder, lambda statement: _named(statement, _WRITING))


@rule(
    title="no policy subscribes to everything of AWS Marketplace",
    fix="name the products in a condition, or leave aws-marketplace:Subscribe to those who buy",
    applies_to=(*POLICIES, *IDENTITIES),
    controls=("164.308(a)(1)(ii)(B)",),
    requirement="HC-302",
    same_as=(
        "prowler:iam_inline_policy_no_wildcard_marketplace_subscribe",
        "prowler:iam_policy_no_wildcard_marketplace_subscribe",
    ),
    severity=Severity.WARNING,
    url="https://docs.aws.amazon.com/marketplace/latest/buyerguide/buyer-iam-users-groups-policies.html",
)
def iam_policy_without_marketplace(holder: Resource) -> Outcome:
    """Judge the action, which accepts terms and costs on behalf of the organisation."""
    return each_statement(holder, lambda statement: _named(statement, ("aws-marketplace:Subscribe",)))


def _named(statement: Statement, actions: tuple[str, ...]) -> Outcome:
    # Most statements allow none of them, which is quickly told of all at once.
    if statement.touches(*actions) is False:
        return MET
    # That everything is allowed is found by itself.
    if is_conditional(statement) or "NotAction" in statement.inverted or _allows_everything(statement):
        return MET
    for action in actions:
        touched = statement.touches(action)
        if touched is False:
            continue
        service = action.partition(":")[0]
        everywhere = reaches_all(statement, _SERVICE_OF_ARNS.get(service, service))
        if touched and everywhere is not False:
            return forbidden(statement, f"it allows {action} on all resources", hidden=everywhere is None)
        if touched is None and everywhere is not False:
            return statement.node.undecided("an intrinsic function hides what it allows")
    return MET


def _allows_everything(statement: Statement) -> bool:
    return any(_EVERYTHING.fullmatch(action.outline()) for action in statement.actions)
