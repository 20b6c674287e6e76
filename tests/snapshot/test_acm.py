"""The whole templates of the certificates."""

from __future__ import annotations

from aws_cdk import Stack
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_route53 as route53

from hipaa_constructs import HipaaCertificate
from tests._synthesis import synthesized
from tests.snapshot.conftest import Templates


def test_certificate_with_defaults(templates: Templates) -> None:
    templates.hold(synthesized(lambda stack: HipaaCertificate(stack, "It", domain_name="portal.example.org")))


def test_certificate_with_all_options(templates: Templates) -> None:
    def build(stack: Stack) -> None:
        zone = route53.HostedZone.from_hosted_zone_attributes(
            stack, "Zone", hosted_zone_id="Z0123456789ABCDEFGHIJ", zone_name="example.org"
        )
        HipaaCertificate(
            stack,
            "It",
            domain_name="portal.example.org",
            subject_alternative_names=["api.example.org"],
            validation=acm.CertificateValidation.from_dns(zone),
            key_algorithm=acm.KeyAlgorithm.EC_PRIME256_V1,
            transparency_logging_enabled=True,
            alarm_days=14,
            allow_export=True,
            certificate_name="portal",
        )

    templates.hold(synthesized(build))
