"""The whole templates of the repositories of images."""

from __future__ import annotations

from aws_cdk import Stack
from aws_cdk import aws_ecr as ecr

from hipaa_constructs import EncryptedRepository
from tests._synthesis import synthesized
from tests.snapshot.conftest import Templates


def test_encrypted_repository_with_defaults(templates: Templates) -> None:
    templates.hold(synthesized(lambda stack: EncryptedRepository(stack, "It")))


def test_encrypted_repository_with_all_options(templates: Templates) -> None:
    def build(stack: Stack) -> None:
        EncryptedRepository(
            stack,
            "It",
            lifecycle_registry_id="123456789012",
            lifecycle_rules=[ecr.LifecycleRule(max_image_count=20)],
            replicate_to=["us-west-2"],
            repository_name="portal",
        )

    templates.hold(synthesized(build, region="us-east-1"))
