"""Amazon ElastiCache: who signs in to a cache, by role-based access control."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable

from aws_cdk import aws_elasticache as elasticache
from constructs import Construct

from hipaa_constructs.services._of_stack import outermost, stack_of

_ENGINE = "redis"
"""Valkey takes users and groups of the engine redis as well; those of valkey take no user without a password."""


def closed_group(scope: Construct) -> elasticache.CfnUserGroup:
    """Make a group that lets nobody in yet.

    Every group of the engine redis needs a user called default, which clients become that name none. ElastiCache's own
    may do everything; this one is off. It has no password because it needs none, so that there is none to rotate.
    """
    named = unique_ids(scope)
    nobody = elasticache.CfnUser(
        scope,
        "DefaultUser",
        engine=_ENGINE,
        user_id=named("default"),
        user_name="default",
        access_string="off ~* -@all",
        no_password_required=True,
    )
    return elasticache.CfnUserGroup(
        scope, "UserGroup", engine=_ENGINE, user_group_id=named("users"), user_ids=[nobody.ref]
    )


def iam_user(scope: Construct, id: str, access_string: str) -> elasticache.CfnUser:
    """Make a user who signs in with IAM, which asks for a name that is the same as the id."""
    name = unique_ids(scope)(id)
    return elasticache.CfnUser(
        scope,
        f"User{id}",
        engine=_ENGINE,
        user_id=name,
        user_name=name,
        access_string=access_string,
        authentication_mode={"Type": "iam"},
    )


def unique_ids(scope: Construct) -> Callable[[str], str]:
    """Return what makes ids that the account and Region have once, of at most 40 lower-case letters and digits.

    CloudFormation makes none up for users. The name of the stack is part of it, so that one app can be deployed twice;
    of nested stacks, whose names only the deployment knows, it is that of the stack they belong to.
    """
    stack, node = outermost(stack_of(scope)).stack_name, scope.node
    path, start = f"{stack}/{node.path}", _slug(f"{stack}-{node.id}", 19)

    def named(end: str) -> str:
        digest = hashlib.sha256(f"{path}/{end}".encode()).hexdigest()[:8]
        return "-".join([*filter(None, (start, _slug(end, 11))), digest])

    return named


def _slug(text: str, longest: int) -> str:
    return re.sub("[^a-z0-9]+", "-", text.lower())[:longest].strip("-")
