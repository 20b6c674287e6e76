"""What is judged of certificates."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import (
    BROKEN,
    GONE,
    MALFORMED,
    MET,
    NEVER_TEXT,
    NEVER_TRUE,
    NOT_APPLICABLE,
    PARAMETER,
    UNDECIDED,
    Body,
    resource,
    template,
    verdict,
)

CERTIFICATE = "AWS::CertificateManager::Certificate"


def judged(rule: str, **properties: Json) -> str:
    return verdict(rule, template({"It": resource(CERTIFICATE, dict(properties))}))


@pytest.mark.parametrize(
    ("how", "wanted"),
    [("DNS", MET), ("HTTP", MET), ("EMAIL", BROKEN), (GONE, BROKEN), (PARAMETER, UNDECIDED)]
    + [(value, BROKEN) for value in NEVER_TEXT],
)
def test_how_a_certificate_is_validated_decides(how: Json, wanted: str) -> None:
    assert judged("AcmCertificateRenewsItself", ValidationMethod=how) == wanted


@pytest.mark.parametrize("rule", ["AcmCertificateRenewsItself", "AcmCertificateTransparent"])
def test_a_certificate_of_a_private_authority_is_not_validated(rule: str) -> None:
    body: Json = {"CertificateAuthorityArn": "arn", "CertificateTransparencyLoggingPreference": "DISABLED"}
    assert verdict(rule, template({"It": resource(CERTIFICATE, body)})) == NOT_APPLICABLE


@pytest.mark.parametrize(
    ("algorithm", "wanted"),
    [
        *(
            (name, MET)
            for name in ("RSA_2048", "RSA_3072", "RSA_4096", "EC_prime256v1", "EC_secp384r1", "EC_secp521r1")
        ),
        (GONE, MET),
        ("RSA_1024", BROKEN),
        (PARAMETER, UNDECIDED),
        *((value, BROKEN) for value in NEVER_TEXT),
    ],
)
def test_the_algorithm_of_the_key_decides(algorithm: Json, wanted: str) -> None:
    assert judged("AcmCertificateKeyStrong", KeyAlgorithm=algorithm) == wanted


@pytest.mark.parametrize(
    ("properties", "wanted"),
    [
        ({"DomainName": "example.org"}, MET),
        ({"DomainName": "123-45-6789.example.org"}, BROKEN),
        ({"SubjectAlternativeNames": ["example.org", "mrn12345.example.org"]}, BROKEN),
        ({"Tags": [{"Key": "for", "Value": "123-45-6789"}]}, BROKEN),
        ({"Tags": [{"Key": "owner", "Value": "a@example.org"}]}, MET),
        ({"DomainName": PARAMETER}, MET),
    ],
)
def test_identifiers_in_a_certificate_break(properties: Body, wanted: str) -> None:
    assert judged("AcmNamesWithoutPhi", **properties) == wanted


@pytest.mark.parametrize(
    ("preference", "wanted"),
    [("ENABLED", MET), (GONE, MET), ("DISABLED", BROKEN), (PARAMETER, UNDECIDED), *((v, BROKEN) for v in NEVER_TRUE)],
)
def test_whether_a_certificate_is_published_decides(preference: Json, wanted: str) -> None:
    assert judged("AcmCertificateTransparent", CertificateTransparencyLoggingPreference=preference) == wanted


@pytest.mark.parametrize("value", MALFORMED, ids=str)
def test_a_malformed_intrinsic_function_is_no_pass(value: Json) -> None:
    assert judged("AcmCertificateRenewsItself", ValidationMethod=value) in (BROKEN, UNDECIDED)
