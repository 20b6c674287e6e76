"""Amazon ElastiCache: who signs in to a cache, by role-based access control."""

from __future__ import annotations

import hashlib
import re

from aws_cdk import Stack
from aws_cdk import aws_elasticache as elasticache
from constructs import Construct

from hipaa_constructs.services._of_stack import outermost

_ENGINE = "redis"
"""Valkey takes users and groups of the engine redis as well; those of valkey take no user without a password."""


def closed_group(scope: Construct) -> elasticache.CfnUserGroup:
    """Make a group that lets nobody in yet.

    Every group of the engine redis needs a user called default, which clients become that name none. ElastiCache's own
    may do everything; this one is off. It has no password because it needs none, so that there is none to rotate.
    """
    nobody = elasticache.CfnUser(
        scope,
        "DefaultUser",
        engine=_ENGINE,
        user_id=unique_id(scope, "default"),
        user_name="default",
        access_string="off ~* -@all",
        no_password_required=True,
    )
    return elasticache.CfnUserGroup(
        scope, "UserGroup", engine=_ENGINE, user_group_id=unique_id(scope, "users"), user_ids=[nobody.ref]
    )


def iam_user(scope: Construct, id: str, access_string: str) -> elasticache.CfnUser:
    """Make a user who signs in with IAM, which asks for a name that is the same as the id."""
    name = unique_id(scope, id)
    return elasticache.CfnUser(
        scope,
        f"User{id}",
        engine=_ENGINE,
        user_id=name,
        user_name=name,
        access_string=access_string,
        authentication_mode={"Type": "iam"},
    )


def unique_id(scope: Construct, end: str) -> str:
    """Return an id that nothing else has in the account and Region, of at most 40 lower-case letters and digits.

    CloudFormation makes none up for users. The name of the stack is part of it, so that one app can be deployed twice;
    of nested stacks, whose names only the deployment knows, it is that of the stack they belong to.
    """
    stack = outermost(Stack.of(scope)).stack_name
    digest = hashlib.sha256(f"{stack}/{scope.node.path}/{end}".encode()).hexdigest()[:8]
    readable = (_slug(f"{stack}-{scope.node.id}", 19), _slug(end, 11))
    return "-".join([*filter(None, readable), digest])


def _slug(text: str, longest: int) -> str:
    return re.sub("[^a-z0-9]+", "-", text.lower())[:longest].strip("-")
