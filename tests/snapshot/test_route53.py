"""The whole templates of the zones."""

from __future__ import annotations

from aws_cdk import RemovalPolicy, Stack

from hipaa_constructs import EncryptionKey, HipaaHostedZone
from tests._synthesis import synthesized
from tests.mutation._route53 import private_zone, public_zone
from tests.snapshot.conftest import Templates


def test_public_zone_with_defaults(templates: Templates) -> None:
    templates.hold(synthesized(public_zone))


def test_private_zone_whose_network_logs(templates: Templates) -> None:
    templates.hold(synthesized(private_zone))


def test_public_zone_with_all_options(templates: Templates) -> None:
    def build(stack: Stack) -> None:
        HipaaHostedZone(
            stack,
            "It",
            zone_name="example.org",
            comment="Portals",
            tags={"Team": "network"},
            encryption_key=EncryptionKey(stack, "Own"),
            removal_policy=RemovalPolicy.DESTROY,
            add_trailing_dot=False,
        )

    templates.hold(synthesized(build))
