"""The policies of IAM identities: which documents a resource holds, and how far their statements reach."""

from __future__ import annotations

import re
from collections.abc import Callable
from fnmatch import fnmatchcase

from hipaa_constructs.rules._node import Resource
from hipaa_constructs.rules._outcome import MET, Outcome, all_met
from hipaa_constructs.rules._policy import Statement, compares, read

ROLE, USER, GROUP = "AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group"
MANAGED_POLICY = "AWS::IAM::ManagedPolicy"
IDENTITIES = (ROLE, USER, GROUP)
POLICIES = (
    "AWS::IAM::Policy",
    MANAGED_POLICY,
    "AWS::IAM::RolePolicy",
    "AWS::IAM::UserPolicy",
    "AWS::IAM::GroupPolicy",
)
_EVERY_BUCKET = re.compile(r"\*+(/\*+)?")
_EVERY_NAME = re.compile(r"([a-z-]+[/:])?\*+([/:]\*+)*")


def each_statement(holder: Resource, judge: Callable[[Statement], Outcome]) -> Outcome:
    """Judge every statement that allows something, in a policy or in the inline policies of an identity.

    A managed policy that is only the boundary of permissions grants none, so it does not apply.
    """
    statements, hidden = holder.template.assembly.once(("grants", holder), lambda: _grants(holder), of=holder.template)
    return all_met([judge(statement) for statement in statements] + hidden)


def _grants(holder: Resource) -> tuple[list[Statement], list[Outcome]]:
    """Return the statements that allow something, and what is to be said whatever they say."""
    inline = holder.at("Policies")
    if (holder.type in IDENTITIES and inline.is_absent) or (holder.type == MANAGED_POLICY and _only_bounds(holder)):
        return [], []
    documents = [holder.at("PolicyDocument")] if holder.type in POLICIES else []
    documents += [item.at("PolicyDocument") for item in inline.items()]
    found: list[Statement] = []
    outcomes = [MET]
    for document in documents:
        statements, hidden = read(document)
        found += [statement for statement in statements if statement.may_be("Allow")]
        if hidden or document.is_unknown:
            outcomes.append(document.undecided("an intrinsic function hides statements of the policy"))
    if inline.is_unknown:
        outcomes.append(inline.undecided())
    return found, outcomes


def _only_bounds(policy: Resource) -> bool:
    assembly = policy.template.assembly
    bounded = any(assembly.pointing_at(policy, kind, "PermissionsBoundary")[0] for kind in (ROLE, USER))
    if not bounded or any(not policy.at(key).is_absent for key in ("Roles", "Users", "Groups")):
        return False
    attached = [assembly.pointing_at(policy, kind, "ManagedPolicyArns", "*") for kind in IDENTITIES]
    return not any(sure or unsure for sure, unsure in attached)


def reaches_all(statement: Statement, service: str = "") -> bool | None:
    """Tell whether a statement is about all resources there are, or about all of a service.

    Args:
        statement: one of an identity's policy.
        service: as ARNs name it; without it only the wildcard for everything counts.

    Returns:
        None if an intrinsic function hides it.
    """
    if "NotResource" in statement.inverted:
        return True
    if any([_is_all(place.outline(), service) for place in statement.resources]):
        return True
    return None if any([place.may_be("*") for place in statement.resources]) else False


def _is_all(text: str, service: str) -> bool:
    fields = text.split(":", 5)
    if text.startswith("arn:") and text.endswith(":*"):
        fields += ["*"] * (6 - len(fields))  # A wildcard at the end stands for all fields that follow, too.
    if len(fields) < 6:
        return bool(text) and not text.strip("*:")
    if not service or not fnmatchcase(service, fields[2]):
        return False
    # The name of a bucket stands before the slash, other names after their kind: role/* is all roles.
    names = _EVERY_BUCKET if service == "s3" else _EVERY_NAME
    return names.fullmatch(fields[5]) is not None


def is_conditional(statement: Statement) -> bool:
    """Tell whether a condition asks for a value, so that the statement does not hold for every request."""
    return any(
        compares(operator) and all(node.value != "*" for node in nodes)
        for (operator, _), nodes in statement.conditions.items()
    )


def forbidden(
    statement: Statement, found: str, *, hidden: bool, unless: str = "an intrinsic function hides otherwise"
) -> Outcome:
    """Return the verdict on a statement that allows what it must not, if nothing hides that it does so."""
    if hidden or statement.hidden & {"Effect", "Condition"}:
        return statement.node.undecided(f"{found}, unless {unless}")
    return statement.node.broken(found)
