"""What is judged of Glue."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import BROKEN, GONE, MET, NOT_APPLICABLE, PARAMETER, UNDECIDED, Body, changed, verdict
from tests.rules._stores import (
    KEY_ARN,
    ON,
    ON_OR_ABSENT,
    OWN_KEY,
    PASSWORD,
    SET,
    Place,
    alone,
    each_case,
    judged,
    one_of,
)

CONFIGURATION = "AWS::Glue::SecurityConfiguration"
CATALOG = "AWS::Glue::DataCatalogEncryptionSettings"
CONNECTION = "AWS::Glue::Connection"
GOOD: Body = {
    "EncryptionConfiguration": {
        "S3Encryptions": [{"S3EncryptionMode": "SSE-KMS", "KmsKeyArn": KEY_ARN}],
        "CloudWatchEncryption": {"CloudWatchEncryptionMode": "SSE-KMS", "KmsKeyArn": KEY_ARN},
        "JobBookmarksEncryption": {"JobBookmarksEncryptionMode": "CSE-KMS", "KmsKeyArn": KEY_ARN},
    }
}
MODES: list[tuple[tuple[str | int, ...], str, str]] = [
    (("S3Encryptions", 0), "S3EncryptionMode", "SSE-KMS"),
    (("CloudWatchEncryption",), "CloudWatchEncryptionMode", "SSE-KMS"),
    (("JobBookmarksEncryption",), "JobBookmarksEncryptionMode", "CSE-KMS"),
]
KEYS = "GlueSecurityConfigurationUsesCustomerManagedKey"


@each_case(
    [
        ("GlueSecurityConfigured", "AWS::Glue::Job", ("SecurityConfiguration",)),
        ("GlueSecurityConfigured", "AWS::Glue::Crawler", ("CrawlerSecurityConfiguration",)),
        ("GlueSecurityConfigured", "AWS::Glue::DevEndpoint", ("SecurityConfiguration",)),
    ],
    SET,
)
def test_a_configuration_must_be_named(place: Place, value: Json, wanted: str) -> None:
    assert judged(place, value) == wanted


@pytest.mark.parametrize(
    ("path", "mode", "value", "wanted"),
    [(path, mode, value, wanted) for path, mode, right in MODES for value, wanted in one_of(right)],
    ids=str,
)
def test_each_mode_decides(path: tuple[str | int, ...], mode: str, value: Json, wanted: str) -> None:
    place = ("GlueSecurityConfigurationEncrypts", CONFIGURATION, ("EncryptionConfiguration", *path, mode))
    assert judged(place, value, GOOD) == wanted


@pytest.mark.parametrize("value", ["SSE-S3", "DISABLED"])
def test_results_must_be_encrypted_with_kms(value: str) -> None:
    path = ("EncryptionConfiguration", "S3Encryptions", 0, "S3EncryptionMode")
    assert judged(("GlueSecurityConfigurationEncrypts", CONFIGURATION, path), value, GOOD) == BROKEN


@each_case(
    [(KEYS, CONFIGURATION, ("EncryptionConfiguration", *path, "KmsKeyArn")) for path, _, _ in MODES],
    [*OWN_KEY, (GONE, BROKEN)],
)
def test_each_key_decides(place: Place, value: Json, wanted: str) -> None:
    assert judged(place, value, GOOD) == wanted


@pytest.mark.parametrize("rule", ["GlueSecurityConfigurationEncrypts", KEYS])
@pytest.mark.parametrize(
    ("results", "wanted"), [([], BROKEN), (GONE, BROKEN), ("x", BROKEN), (PARAMETER, UNDECIDED)], ids=str
)
def test_results_must_be_named(rule: str, results: Json, wanted: str) -> None:
    assert judged((rule, CONFIGURATION, ("EncryptionConfiguration", "S3Encryptions")), results, GOOD) == wanted


def test_all_results_must_be_encrypted() -> None:
    other: Json = [{"S3EncryptionMode": "SSE-KMS", "KmsKeyArn": KEY_ARN}, {"S3EncryptionMode": "DISABLED"}]
    path = ("Resources", "It", "Properties", "EncryptionConfiguration", "S3Encryptions")
    body = changed(alone(CONFIGURATION, GOOD), path, other)
    assert (verdict("GlueSecurityConfigurationEncrypts", body), verdict(KEYS, body)) == (BROKEN, BROKEN)


SETTINGS = "DataCatalogEncryptionSettings"
GOOD_CATALOG: Body = {
    SETTINGS: {
        "EncryptionAtRest": {"CatalogEncryptionMode": "SSE-KMS"},
        "ConnectionPasswordEncryption": {"ReturnConnectionPasswordEncrypted": True, "KmsKeyId": "x"},
    }
}
CATALOG_RULE = "GlueCatalogEncrypted"
PASSWORDS = (SETTINGS, "ConnectionPasswordEncryption")


@each_case(
    [(CATALOG_RULE, CATALOG, (SETTINGS, "EncryptionAtRest", "CatalogEncryptionMode"))],
    one_of("SSE-KMS", "SSE-KMS-WITH-SERVICE-ROLE"),
)
def test_metadata_is_encrypted(place: Place, value: Json, wanted: str) -> None:
    assert judged(place, value, GOOD_CATALOG) == wanted


@each_case([(CATALOG_RULE, CATALOG, (*PASSWORDS, "ReturnConnectionPasswordEncrypted"))], ON)
def test_passwords_are_encrypted(place: Place, value: Json, wanted: str) -> None:
    assert judged(place, value, GOOD_CATALOG) == wanted


@each_case([(CATALOG_RULE, CATALOG, (*PASSWORDS, "KmsKeyId"))], SET)
def test_passwords_are_encrypted_with_a_key(place: Place, value: Json, wanted: str) -> None:
    assert judged(place, value, GOOD_CATALOG) == wanted


PROPERTIES = ("ConnectionInput", "ConnectionProperties")


@each_case([("GlueConnectionEncrypted", CONNECTION, (*PROPERTIES, "JDBC_ENFORCE_SSL"))], ON)
def test_databases_are_spoken_to_over_tls(place: Place, value: Json, wanted: str) -> None:
    assert judged(place, value, {"ConnectionInput": {"ConnectionType": "JDBC"}}) == wanted


@each_case([("GlueConnectionEncrypted", CONNECTION, (*PROPERTIES, "KAFKA_SSL_ENABLED"))], ON_OR_ABSENT)
def test_kafka_is_spoken_to_over_tls(place: Place, value: Json, wanted: str) -> None:
    assert judged(place, value, {"ConnectionInput": {"ConnectionType": "KAFKA"}}) == wanted


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [("NETWORK", NOT_APPLICABLE), (GONE, NOT_APPLICABLE), (7, NOT_APPLICABLE), (PARAMETER, UNDECIDED)],
    ids=str,
)
def test_other_connections_have_no_such_switch(kind: Json, wanted: str) -> None:
    assert (
        verdict("GlueConnectionEncrypted", alone(CONNECTION, {"ConnectionInput": {"ConnectionType": kind}})) == wanted
    )


BASIC = ("ConnectionInput", "AuthenticationConfiguration", "BasicAuthenticationCredentials", "Password")


@each_case(
    [
        ("GluePasswordHidden", CONNECTION, path)
        for path in (
            (*PROPERTIES, "PASSWORD"),
            (*PROPERTIES, "KAFKA_CLIENT_KEYSTORE_PASSWORD"),
            (*PROPERTIES, "KAFKA_CLIENT_KEY_PASSWORD"),
            (*PROPERTIES, "KAFKA_SASL_PLAIN_PASSWORD"),
            (*PROPERTIES, "KAFKA_SASL_SCRAM_PASSWORD"),
            BASIC,
        )
    ],
    [*PASSWORD, (GONE, NOT_APPLICABLE)],
)
def test_no_password_stands_in_the_template(place: Place, value: Json, wanted: str) -> None:
    assert judged(place, value) == wanted


def test_a_whole_configuration_meets() -> None:
    body = alone(CONFIGURATION, GOOD)
    assert (verdict("GlueSecurityConfigurationEncrypts", body), verdict(KEYS, body)) == (MET, MET)
