"""What is judged of user pools, their clients and identity pools."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import (
    BROKEN,
    GONE,
    MALFORMED,
    MET,
    NEVER_TEXT,
    PARAMETER,
    UNDECIDED,
    Body,
    outcome,
    resource,
    template,
    verdict,
)

POOL = "AWS::Cognito::UserPool"
CLIENT = "AWS::Cognito::UserPoolClient"
STRONG: Body = {"MinimumLength": 8, "RequireUppercase": True, "RequireNumbers": True, "RequireSymbols": True}


def one(kind: str, properties: Json) -> Body:
    return template({"It": resource(kind, properties)})


@pytest.mark.parametrize(
    ("setting", "wanted"),
    [("ON", MET), ("OPTIONAL", BROKEN), ("OFF", BROKEN), (GONE, BROKEN), (PARAMETER, UNDECIDED)]
    + [(value, BROKEN) for value in NEVER_TEXT],
)
def test_whether_a_second_factor_is_required_decides(setting: Json, wanted: str) -> None:
    assert verdict("CognitoRequiresMfa", one(POOL, {"MfaConfiguration": setting})) == wanted


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({}, MET),
        ({"MinimumLength": 12}, MET),
        ({"MinimumLength": 7}, BROKEN),
        ({"MinimumLength": GONE}, BROKEN),
        ({"MinimumLength": PARAMETER}, UNDECIDED),
        ({"RequireUppercase": False}, BROKEN),
        ({"RequireNumbers": GONE}, BROKEN),
        ({"RequireSymbols": "x"}, BROKEN),
        ({"RequireSymbols": PARAMETER}, UNDECIDED),
        ({"RequireLowercase": False}, MET),
    ],
)
def test_what_a_password_must_have_decides(changes: Body, wanted: str) -> None:
    policies: Json = {"PasswordPolicy": {**STRONG, **changes}}
    assert verdict("CognitoPasswordsStrong", one(POOL, {"Policies": policies})) == wanted


@pytest.mark.parametrize(("policies", "wanted"), [(GONE, BROKEN), ("x", BROKEN), ({}, BROKEN), (PARAMETER, UNDECIDED)])
def test_a_pool_without_a_password_policy_breaks(policies: Json, wanted: str) -> None:
    assert verdict("CognitoPasswordsStrong", one(POOL, {"Policies": policies})) == wanted


@pytest.mark.parametrize(
    ("properties", "wanted"),
    [
        ({"RefreshTokenValidity": 1}, MET),
        ({"RefreshTokenValidity": 2}, BROKEN),
        ({}, BROKEN),
        ({"RefreshTokenValidity": 24, "TokenValidityUnits": {"RefreshToken": "hours"}}, MET),
        ({"RefreshTokenValidity": 25, "TokenValidityUnits": {"RefreshToken": "hours"}}, BROKEN),
        ({"RefreshTokenValidity": 1440, "TokenValidityUnits": {"RefreshToken": "minutes"}}, MET),
        ({"RefreshTokenValidity": 86401, "TokenValidityUnits": {"RefreshToken": "seconds"}}, BROKEN),
        ({"RefreshTokenValidity": 1, "TokenValidityUnits": {"RefreshToken": "weeks"}}, BROKEN),
        ({"RefreshTokenValidity": 0}, BROKEN),
        ({"RefreshTokenValidity": "x"}, BROKEN),
        ({"RefreshTokenValidity": PARAMETER}, UNDECIDED),
        ({"RefreshTokenValidity": 1, "TokenValidityUnits": {"RefreshToken": PARAMETER}}, UNDECIDED),
        ({"RefreshTokenValidity": 1, "TokenValidityUnits": PARAMETER}, UNDECIDED),
        ({"RefreshTokenValidity": 1, "AccessTokenValidity": 1, "IdTokenValidity": 1}, MET),
        ({"RefreshTokenValidity": 1, "AccessTokenValidity": 2}, BROKEN),
        ({"RefreshTokenValidity": 1, "IdTokenValidity": 2}, BROKEN),
        ({"RefreshTokenValidity": 1, "AccessTokenValidity": 60, "TokenValidityUnits": {"AccessToken": "minutes"}}, MET),
        ({"RefreshTokenValidity": 1, "IdTokenValidity": 61, "TokenValidityUnits": {"IdToken": "minutes"}}, BROKEN),
        ({"RefreshTokenValidity": 1, "IdTokenValidity": 3600, "TokenValidityUnits": {"IdToken": "seconds"}}, MET),
        ("x", BROKEN),
        ({"RefreshTokenValidity": 1, "TokenValidityUnits": {"RefreshToken": "minutes"}}, MET),
    ],
)
def test_how_long_tokens_are_valid_decides(properties: Json, wanted: str) -> None:
    assert verdict("CognitoSessionsEnd", one(CLIENT, properties)) == wanted


@pytest.mark.parametrize(
    ("guests", "wanted"), [(False, MET), (True, BROKEN), (GONE, BROKEN), ("x", BROKEN), (PARAMETER, UNDECIDED)]
)
def test_guests_of_an_identity_pool_break(guests: Json, wanted: str) -> None:
    body = one("AWS::Cognito::IdentityPool", {"AllowUnauthenticatedIdentities": guests})
    assert verdict("CognitoIdentityPoolWithoutGuests", body) == wanted


@pytest.mark.parametrize("value", MALFORMED, ids=str)
def test_a_malformed_intrinsic_function_is_no_pass(value: Json) -> None:
    assert verdict("CognitoRequiresMfa", one(POOL, {"MfaConfiguration": value})) in (BROKEN, UNDECIDED)
    assert verdict("CognitoPasswordsStrong", one(POOL, {"Policies": value})) in (BROKEN, UNDECIDED)


@pytest.mark.parametrize(
    ("properties", "place"),
    [
        ({"RefreshTokenValidity": PARAMETER}, "RefreshTokenValidity"),
        (
            {"RefreshTokenValidity": 1, "TokenValidityUnits": {"RefreshToken": PARAMETER}},
            "TokenValidityUnits.RefreshToken",
        ),
    ],
)
def test_what_hides_how_long_a_session_lasts_is_told(properties: Body, place: str) -> None:
    assert outcome("CognitoSessionsEnd", one(CLIENT, properties)).property == place


def test_how_long_a_session_lasts_by_default_is_told() -> None:
    found = outcome("CognitoSessionsEnd", one(CLIENT, {}))
    assert (found.property, found.found) == ("RefreshTokenValidity", "30 days")
