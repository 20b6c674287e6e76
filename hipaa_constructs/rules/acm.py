"""What a template must show of AWS Certificate Manager."""

from __future__ import annotations

from hipaa_constructs.rules._node import Resource
from hipaa_constructs.rules._outcome import MET, NOT_APPLICABLE, Outcome, all_met
from hipaa_constructs.rules._phi import names_staff, phi_like
from hipaa_constructs.rules._rule import Severity, rule

CERTIFICATE = "AWS::CertificateManager::Certificate"
_GUIDE = "https://docs.aws.amazon.com/acm/latest/userguide/"
_STRONG = ("RSA_2048", "RSA_3072", "RSA_4096", "EC_prime256v1", "EC_secp384r1", "EC_secp521r1")


@rule(
    title="every certificate renews itself",
    fix="set ValidationMethod to DNS",
    applies_to=(CERTIFICATE,),
    controls=("164.312(e)(1)",),
    requirement="HC-263",
    severity=Severity.WARNING,
    url=_GUIDE + "managed-renewal.html",
)
def acm_certificate_renews_itself(certificate: Resource) -> Outcome:
    """Judge the validation: by mail, which is the default, somebody must answer each time; a private CA asks nobody."""
    if not certificate.at("CertificateAuthorityArn").is_absent:
        return NOT_APPLICABLE
    return certificate.at("ValidationMethod").must_be("DNS", "HTTP")


@rule(
    title="every certificate has a key of RSA 2048 or stronger",
    fix="set KeyAlgorithm to RSA_2048 or an elliptic curve, or leave it out",
    applies_to=(CERTIFICATE,),
    controls=("164.312(e)(1)", "164.312(e)(2)(i)", "164.312(e)(2)(ii)"),
    requirement="HC-264",
    same_as=("config:acm-certificate-rsa-check", "prowler:acm_certificates_with_secure_key_algorithms"),
    url=_GUIDE + "acm-certificate-characteristics.html",
)
def acm_certificate_key_strong(certificate: Resource) -> Outcome:
    """Judge the algorithm, which is RSA 2048 where nothing is said."""
    algorithm = certificate.at("KeyAlgorithm")
    return MET if algorithm.is_absent else algorithm.must_be(*_STRONG)


@rule(
    title="no certificate names what looks like an identifier of a patient",
    fix="use opaque host names: the names in certificates are published for good",
    applies_to=(CERTIFICATE,),
    controls=("164.312(a)(1)",),
    requirement="HC-265",
    url=_GUIDE + "acm-bestpractices.html",
)
def acm_names_without_phi(certificate: Resource) -> Outcome:
    """Judge the names and the tags for patterns of identifiers."""
    places = [
        certificate.at("DomainName"),
        *certificate.each("SubjectAlternativeNames", "*"),
        *(tag.at("Value") for tag in certificate.each("Tags", "*") if not names_staff(tag.at("Key").text)),
    ]
    likenesses = [(place, phi_like(place.text)) for place in places if place.text is not None]
    # The text itself stays out of the finding: if it is what it looks like, a report must not spread it.
    return all_met([MET, *(place.broken(f"text that looks like {kind}") for place, kind in likenesses if kind)])


@rule(
    title="every public certificate is in the transparency logs",
    fix="set CertificateTransparencyLoggingPreference to ENABLED, or leave it out",
    applies_to=(CERTIFICATE,),
    controls=("164.312(e)(2)(i)",),
    requirement="HC-267",
    same_as=(
        "config:acm-certificate-transparent-logging-enabled",
        "prowler:acm_certificates_transparency_logs_enabled",
    ),
    severity=Severity.WARNING,
    url=_GUIDE + "acm-concepts.html",
)
def acm_certificate_transparent(certificate: Resource) -> Outcome:
    """Judge the preference, which is on where nothing is said; browsers refuse public certificates without it."""
    if not certificate.at("CertificateAuthorityArn").is_absent:
        return NOT_APPLICABLE
    preference = certificate.at("CertificateTransparencyLoggingPreference")
    return MET if preference.is_absent else preference.must_be("ENABLED")
