"""The whole templates of the distributions and web ACLs."""

from __future__ import annotations

from aws_cdk import Stack
from aws_cdk import aws_cloudfront as cloudfront

from hipaa_constructs import EncryptedBucket, EndToEndHttpsDistribution, HttpsBehavior, HttpsOrigin
from tests._synthesis import synthesized
from tests.snapshot.conftest import Templates
from tests.unit.test_cloudfront import balanced, before_bucket, certificate


def test_end_to_end_https_distribution_before_a_bucket(templates: Templates) -> None:
    templates.hold(synthesized(before_bucket))


def test_end_to_end_https_distribution_with_all_options(templates: Templates) -> None:
    def build(stack: Stack) -> None:
        EndToEndHttpsDistribution(
            stack,
            "It",
            certificate=certificate(stack),
            domain_names=["portal.example.org", "www.example.org"],
            default_behavior=balanced(stack),
            additional_behaviors={
                "/pages/*": HttpsOrigin.bucket(EncryptedBucket(stack, "Pages")).or_else(
                    HttpsOrigin.bucket(EncryptedBucket(stack, "Copies"))
                ),
                "/forms/*": HttpsBehavior(
                    origin=HttpsOrigin.custom("forms.example.org", origin_shield_region="us-east-1"),
                    viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
                    field_level_encryption_id="C36X3MQ5ZHXZG9",
                ),
            },
            minimum_protocol_version=cloudfront.SecurityPolicyProtocol.TLS_V1_3_2025,
            web_acl_id="arn:aws:wafv2:us-east-1:123456789012:global/webacl/x/1",
            log_destination=EncryptedBucket(stack, "Logs"),
            distribution_id="E2QWRUHAPOMQZL",
            comment="Portal",
            default_root_object="index.html",
            geo_restriction=cloudfront.GeoRestriction.allowlist("US"),
            price_class=cloudfront.PriceClass.PRICE_CLASS_100,
        )

    templates.hold(synthesized(build))
