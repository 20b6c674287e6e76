"""What texts look like: identifiers of patients, and tags that name staff."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules._phi import names_staff, phi_like
from hipaa_constructs.rules._secrets import holds_a_secret, names_a_secret


@pytest.mark.parametrize(
    ("text", "likeness"),
    [
        ("dob=1970-01-02", "a birth date"),
        ("DOB 01/02/70", "a birth date"),
        ("Birth-Date: 19700102", "a birth date"),
        ("born 1970-01", "a birth date"),
        ("adobe=1970-01-02", None),
        ("mrn 4711", "a medical record number"),
        ("MRN#4711", "a medical record number"),
        ("Medical_Record 4711", "a medical record number"),
        ("mrn 471", None),
        ("jane.doe@example.org", "an e-mail address"),
        ("JANE.DOE@EXAMPLE.ORG", "an e-mail address"),
        ("@example.org", None),
        ("jane@example", None),
        ("records", None),
        ("", None),
        (None, None),
    ],
)
def test_a_text_looks_like_an_identifier(text: str | None, likeness: str | None) -> None:
    assert phi_like(text) == likeness


def test_only_the_beginning_of_a_long_text_is_read() -> None:
    within, beyond = "x" * 1010 + " mrn 471112345", "x" * 1020 + " mrn 4711"
    assert phi_like(within) == "a medical record number"
    assert phi_like(beyond) is None
    assert phi_like("x" * 1015 + " mrn 4711") == "a medical record number"
    assert phi_like("x" * 1016 + " mrn 4711") is None


@pytest.mark.parametrize(
    ("key", "answer"),
    [
        ("Owner", True),
        ("contact", True),
        ("TEAM", True),
        ("created-by", True),
        ("Maintainer", True),
        ("support", True),
        ("oncall", True),
        ("on-call", True),
        ("email", True),
        ("E-Mail", True),
        ("patient", False),
        ("", False),
        (None, False),
    ],
)
def test_a_tag_names_staff(key: str | None, answer: bool) -> None:
    assert names_staff(key) is answer


@pytest.mark.parametrize(
    ("name", "value", "answer"),
    [
        ("MAX_TOKENS", "4096", False),
        ("tokens", "0", False),
        ("MAX_TOKENS", "", True),
        ("MAX_TOKENS", "4k", True),
        ("TOKEN", "4096", True),
        ("PASSWORD", "4096", True),
        ("STAGE", "4096", False),
    ],
)
def test_a_number_of_tokens_is_no_secret(name: str, value: str, answer: bool) -> None:
    assert names_a_secret(name, value) is answer


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("PASSWORD", True),
        ("db_password", True),
        ("DbPasswd", True),
        ("passphrases", True),
        ("DB_PASSWORD_VALUE", True),
        ("password-2", True),
        ("PWD", True),
        ("db.pass", True),
        ("CLIENT_SECRET", True),
        ("token", True),
        ("credentials", True),
        ("AUTH_KEY", True),
        ("signingkey", True),
        ("encryption_key", True),
        ("secret_access_key", True),
        ("API_KEY", True),
        ("TOKEN_KEY", True),
        ("token.access_key", True),
        ("db-token-value", True),
        ("PWD_2", True),
        ("privateKey", True),
        ("clientSecret", True),
        ("stripe-api-key", True),
        ("access-key", True),
        ("private.key", True),
        ("secret-key", True),
        ("client-secret", True),
        ("auth-key", True),
        ("signing-key", True),
        ("encryption.key", True),
        ("secret-access-key", True),
        ("public-key", False),
        ("passport", False),
        ("tokens_per_minute", False),
        ("key", False),
        ("bypass", False),
        ("password_policy", False),
    ],
)
def test_a_name_is_that_of_a_secret(name: str, answer: bool) -> None:
    assert names_a_secret(name) is answer


@pytest.mark.parametrize(
    ("value", "answer"),
    [
        ("AKIA" + "Q7ZP4M2X" * 2, True),
        ("ASIA" + "Q7ZP4M2X" * 2, True),
        ("akia" + "q7zp4m2x" * 2, False),
        ("-----BEGIN RSA " + "PRIVATE KEY-----", True),
        ("postgres://user:word@db/records", True),
        ("https://records/?a=b:c@d", False),
        ("{{resolve:secretsmanager:db}}", True),
        ("{{resolve:ssm-secure:db}}", True),
        ("{{resolve:ssm:db}}", False),
        ("records", False),
    ],
)
def test_a_value_is_a_secret(value: str, answer: bool) -> None:
    assert holds_a_secret(value) is answer
