"""What a template must show of Amazon Cognito."""

from __future__ import annotations

from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._outcome import MET, Outcome, all_met
from hipaa_constructs.rules._rule import Severity, rule

POOL = "AWS::Cognito::UserPool"
CLIENT = "AWS::Cognito::UserPoolClient"
IDENTITY_POOL = "AWS::Cognito::IdentityPool"
_GUIDE = "https://docs.aws.amazon.com/cognito/latest/developerguide/"
_LEAST_CHARACTERS = 8
_HOUR, _DAY = 60, 24 * 60
_MINUTES = {"seconds": 1 / 60, "minutes": 1, "hours": _HOUR, "days": _DAY}


@rule(
    title="every user pool requires a second factor",
    fix="set MfaConfiguration to ON; with OPTIONAL each user decides",
    applies_to=(POOL,),
    controls=("164.312(d)",),
    requirement="HC-307",
    same_as=(
        "cdk-nag:AwsSolutions-COG2",
        "guard:COGNITO_USER_POOL_MFA_CONFIGURATION_RULE",
        "prowler:cognito_user_pool_mfa_enabled",
    ),
    url=_GUIDE + "user-pool-settings-mfa.html",
)
def cognito_requires_mfa(pool: Resource) -> Outcome:
    """Judge the setting, which is off where nothing is said."""
    return pool.at("MfaConfiguration").must_be("ON")


@rule(
    title="every user pool asks for strong passwords",
    fix="set MinimumLength of Policies.PasswordPolicy to 8 or more, and require capitals, numbers and symbols",
    applies_to=(POOL,),
    controls=("164.312(d)",),
    requirement="HC-307",
    same_as=("cdk-nag:AwsSolutions-COG1",),
    severity=Severity.WARNING,
    url=_GUIDE + "managing-users-passwords.html",
)
def cognito_passwords_strong(pool: Resource) -> Outcome:
    """Judge the policy; one that is not said is whatever the service takes for strong."""
    policy = pool.at("Policies", "PasswordPolicy")
    return all_met(
        [
            policy.at("MinimumLength").must_be_at_least(_LEAST_CHARACTERS),
            *(policy.at(f"Require{kind}").must_be(True) for kind in ("Uppercase", "Numbers", "Symbols")),
        ]
    )


@rule(
    title="every session with a user pool ends within a day, and its access within an hour",
    fix="set RefreshTokenValidity to a day or less; AccessTokenValidity and IdTokenValidity to an hour or less",
    applies_to=(CLIENT,),
    controls=("164.312(a)(2)(iii)",),
    requirement="HC-345",
    severity=Severity.WARNING,
    url=_GUIDE + "amazon-cognito-user-pools-using-tokens-with-identity-providers.html",
)
def cognito_sessions_end(client: Resource) -> Outcome:
    """Judge how long tokens are valid; where nothing is said, access ends after an hour and the session in 30 days."""
    units = client.at("TokenValidityUnits")
    if units.is_unknown:
        return units.undecided()
    return all_met(
        [
            _within(client.at("AccessTokenValidity"), units.at("AccessToken"), "hours", _HOUR, absent=True),
            _within(client.at("IdTokenValidity"), units.at("IdToken"), "hours", _HOUR, absent=True),
            _within(client.at("RefreshTokenValidity"), units.at("RefreshToken"), "days", _DAY, absent=False),
        ]
    )


def _within(validity: Node, unit: Node, default: str, most: int, *, absent: bool) -> Outcome:
    if validity.is_unknown or unit.is_unknown:
        return (validity if validity.is_unknown else unit).undecided()
    if validity.is_absent:
        return MET if absent else validity.broken("30 days")
    minutes = _MINUTES.get(default if unit.is_absent else unit.text or "")
    number = validity.number
    short = minutes is not None and number is not None and 0 < number * minutes <= most
    return MET if short else validity.broken()


@rule(
    title="no identity pool gives credentials to guests",
    fix="set AllowUnauthenticatedIdentities to false",
    applies_to=(IDENTITY_POOL,),
    controls=("164.312(a)(1)", "164.312(d)"),
    requirement="HC-402",
    same_as=("prowler:cognito_identity_pool_guest_access_disabled", "checkov:CKV_AWS_366"),
    url=_GUIDE + "identity-pools.html",
)
def cognito_identity_pool_without_guests(pool: Resource) -> Outcome:
    """Judge the switch: a guest gets credentials of AWS without proving anything."""
    return pool.at("AllowUnauthenticatedIdentities").must_be(False)
