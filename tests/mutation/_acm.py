"""Certificates, weakened."""

from __future__ import annotations

from aws_cdk import Stack
from aws_cdk import aws_certificatemanager as acm

from hipaa_constructs import HipaaCertificate
from tests.mutation._weakening import Weakening


def certificate(stack: Stack) -> None:
    HipaaCertificate(stack, "It", domain_name="portal.example.org", key_algorithm=acm.KeyAlgorithm.EC_PRIME256_V1)


WEAKENING = Weakening(
    "acm",
    (certificate,),
    only=(
        "Alarm:Properties/*Actions:deleted",
        "Alarm:Properties/*Actions/0:deleted",
        "Certificate:Properties/CertificateTransparencyLoggingPreference:*",
        "Certificate:Properties/KeyAlgorithm:*",
        "Certificate:Properties/ValidationMethod:*",
    ),
    exempt=(
        ("Certificate:Properties/CertificateTransparencyLoggingPreference", "deleted", "ENABLED is the default"),
        ("Certificate:Properties/KeyAlgorithm", "deleted", "RSA 2048 is the default"),
    ),
)
