"""What a template must show of whom AWS IAM roles trust."""

from __future__ import annotations

import re
from collections.abc import Callable

from hipaa_constructs.rules._accounts import ITS_OWN, foreign_principals
from hipaa_constructs.rules._identity import ROLE, forbidden
from hipaa_constructs.rules._node import Resource
from hipaa_constructs.rules._outcome import MET, NOT_APPLICABLE, Outcome, all_met, broken
from hipaa_constructs.rules._policy import Statement, compares, is_text, read
from hipaa_constructs.rules._rule import Severity, rule
from hipaa_constructs.rules._value import UNKNOWN

_GUIDE = "https://docs.aws.amazon.com/IAM/latest/UserGuide/"
_CONTROLS = ("164.312(a)(1)", "164.308(a)(4)(ii)(B)")
_OF_CALLERS = (
    "aws:PrincipalArn",
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:PrincipalTag/",
    "aws:SourceIp",
    "aws:SourceVpc",
    "sts:ExternalId",
)
_SHARED_ISSUERS = (
    "agent.buildkite.com",
    "app.terraform.io",
    "gitlab.com",
    "token.actions.githubusercontent.com",
    "accounts.google.com",
    "cognito-identity.amazonaws.com",
    "graph.facebook.com",
    "www.amazon.com",
)
"""Issuers whose tokens anybody can have, so that the audience alone says nothing of who asks."""

_AUDIENCE_IS_ENOUGH = ("accounts.google.com:aud", "cognito-identity.amazonaws.com:aud")
"""Audiences that are an application or a pool of one's own."""

_OWNERS = {"repo:": "/", "project_path:": "/", "organization:": ":"}
"""What subjects begin with before their owner's name, and what ends that name."""

_BREAK_GLASS = re.compile(r"break-?_?glass|emergency-?_?(access|role|admin)", re.IGNORECASE)


def _each_trust(role: Resource, judge: Callable[[Statement], Outcome]) -> Outcome:
    document = role.at("AssumeRolePolicyDocument")
    statements, hidden = read(document)
    outcomes = [MET, *(judge(statement) for statement in statements if statement.may_be("Allow"))]
    if hidden or document.is_unknown:
        outcomes.append(document.undecided("an intrinsic function hides whom it trusts"))
    return all_met(outcomes)


@rule(
    title="no role trusts everyone",
    fix="name accounts, roles or services in Principal",
    applies_to=(ROLE,),
    controls=_CONTROLS,
    requirement="HC-300",
    same_as=(
        "guard:IAM_ROLE_NO_ALLOW_PLUS_NOT_PRINCIPAL",
        "guard:IAM_ROLE_NO_FULL_ACCESS_ON_TRUST_POLICY",
        "prowler:iam_no_custom_policy_permissive_role_assumption",
        "checkov:CKV_AWS_60",
    ),
    url=_GUIDE + "reference_policies_elements_principal.html",
)
def iam_role_trust_names_principals(role: Resource) -> Outcome:
    """Judge each statement that allows; a condition on the organisation or the account makes ``*`` a known group."""
    return _each_trust(role, _names_principals)


def _names_principals(statement: Statement) -> Outcome:
    if "NotPrincipal" in statement.inverted:
        return forbidden(statement, "it trusts everyone but a few (NotPrincipal)", hidden=False)
    opens = statement.opens_to_everyone()
    if opens is None:
        return statement.node.undecided("an intrinsic function hides whom it trusts")
    return statement.node.broken("it trusts everyone (Principal *)") if opens else MET


@rule(
    title="what trusts another account asks for an external id or for the organisation",
    fix="add a condition on sts:ExternalId for a third party, or on aws:PrincipalOrgID for an account of yours",
    applies_to=(ROLE,),
    controls=_CONTROLS,
    requirement="HC-300",
    severity=Severity.WARNING,
    url=_GUIDE + "confused-deputy.html",
)
def iam_role_trust_across_accounts_conditional(role: Resource) -> Outcome:
    """Judge principals of other accounts: a third party could be tricked into the role by another of its customers."""
    return _each_trust(role, _conditional_across)


def _conditional_across(statement: Statement) -> Outcome:
    found = foreign_principals(statement)
    keys = tuple(key.lower() for key in _OF_CALLERS)
    asked = any(
        compares(operator) and key.startswith(keys) and all(node.value != "*" for node in nodes)
        for (operator, key), nodes in statement.conditions.items()
    )
    if asked or not found:
        return MET
    account, sure = found[0]
    return forbidden(statement, f"it trusts account {account} on no condition", hidden=not sure, unless=ITS_OWN)


@rule(
    title="what trusts an identity provider says whose tokens it takes",
    fix="add a condition on the sub claim, such as token.actions.githubusercontent.com:sub, or on SAML:aud",
    applies_to=(ROLE,),
    controls=_CONTROLS,
    requirement="HC-300",
    url=_GUIDE + "id_roles_providers_create_oidc.html",
)
def iam_role_trust_federation_conditional(role: Resource) -> Outcome:
    """Judge federated principals: tokens of GitHub, say, are for anybody who has a repository there.

    A subject with wildcards names its owner in full: repo:clinic/*, not repo:clinic*.
    """
    return _each_trust(role, _says_whose)


def _says_whose(statement: Statement) -> Outcome:
    federated = [node for kind, node in statement.principals if kind == "Federated"]
    if not federated:
        return MET
    if any(node.value == "*" for node in federated):
        return forbidden(statement, "it trusts every identity provider", hidden=False)
    held = {
        key
        for (operator, key), nodes in statement.conditions.items()
        if compares(operator) and nodes and not any(_is_anybody(node.outline()) for node in nodes)
    }
    claims = {key for key in held if not key.startswith(("aws:", "sts:"))}
    names = [node.outline() for node in federated] + [
        target.at("Url").outline() for node in federated for target in node.targets()
    ]
    shared = any(issuer in text for issuer in _SHARED_ISSUERS for text in (*names, *claims))
    if shared:
        claims = {key for key in claims if not key.endswith(":aud") or key in _AUDIENCE_IS_ENOUGH}
    if claims:
        return MET
    found = "it takes tokens of anybody at the identity provider" if shared else "it takes any token of the provider"
    return forbidden(statement, found, hidden=False)


def _is_anybody(value: str) -> bool:
    """Tell whether wildcards leave open whose tokens a value is about."""
    fixed = re.split("[*?]", value)[0]
    if fixed == value:
        return False
    for kind, end in _OWNERS.items():
        if fixed.startswith(kind):
            # Names of others begin with that of an owner, too.
            owner = fixed.removeprefix(kind)
            return UNKNOWN not in owner and end not in owner
        if kind.startswith(fixed):
            return True
    return fixed == UNKNOWN


@rule(
    title="every break-glass role asks for MFA",
    fix="add the condition Bool aws:MultiFactorAuthPresent true to its trust policy",
    applies_to=(ROLE,),
    controls=("164.312(a)(2)(ii)",),
    requirement="HC-306",
    severity=Severity.WARNING,
    url=_GUIDE + "id_credentials_mfa_configure-api-require.html",
)
def iam_break_glass_role_asks_for_mfa(role: Resource) -> Outcome:
    """Judge the roles whose name says that they are for emergencies, as far as people assume them."""
    if not (_BREAK_GLASS.search(role.logical_id) or _BREAK_GLASS.search(role.at("RoleName").outline())):
        return NOT_APPLICABLE
    return _each_trust(role, _asks_for_mfa)


def _asks_for_mfa(statement: Statement) -> Outcome:
    if not any(kind in ("AWS", "*", "?") for kind, _ in statement.principals):
        return MET
    if "Condition" in statement.hidden:
        return statement.node.undecided("an intrinsic function hides its conditions")
    # Without the key, which long-lived keys do not send, BoolIfExists holds too.
    values = statement.conditions.get(("bool", "aws:multifactorauthpresent"), ())
    if values and all(is_text(node.value, "true") for node in values):
        return MET
    ages = ("numericlessthan", "numericlessthanequals")
    if any((operator, "aws:multifactorauthage") in statement.conditions for operator in ages):
        return MET
    return broken(*statement.node.path, found="it can be assumed without MFA")
