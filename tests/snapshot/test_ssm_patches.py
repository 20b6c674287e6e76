"""The whole templates of the policies of patches."""

from __future__ import annotations

from aws_cdk import Duration, Stack

from hipaa_constructs import EncryptedBucket, PatchPolicy
from tests._synthesis import synthesized
from tests.snapshot.conftest import Templates
from tools.examples import EXAMPLES


def test_patches_with_defaults(templates: Templates) -> None:
    templates.hold(synthesized(EXAMPLES[PatchPolicy]))


def test_patches_with_all_options(templates: Templates) -> None:
    def build(stack: Stack) -> None:
        PatchPolicy(
            stack,
            "It",
            approve_after=Duration.days(2),
            approved_patches=["openssl*"],
            description="Interface engines",
            operating_system="WINDOWS",
            rejected_patches=["KB1"],
            reports=EncryptedBucket(stack, "Reports"),
            schedule="rate(7 days)",
        )

    templates.hold(synthesized(build))
