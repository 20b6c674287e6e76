"""The whole templates of the roles."""

from __future__ import annotations

from aws_cdk import Duration, Stack
from aws_cdk import aws_iam as iam

from hipaa_constructs import EncryptedBucket, ManagedPolicyRole
from tests._synthesis import synthesized
from tests.snapshot.conftest import Templates


def test_managed_policy_role_with_defaults(templates: Templates) -> None:
    templates.hold(synthesized(lambda stack: ManagedPolicyRole(stack, "It", assumed_by=iam.AccountRootPrincipal())))


def test_managed_policy_role_with_all_options_and_a_grant(templates: Templates) -> None:
    def build(stack: Stack) -> None:
        policy = iam.ManagedPolicy.from_aws_managed_policy_name("ReadOnlyAccess")
        role = ManagedPolicyRole(
            stack,
            "It",
            assumed_by=iam.AccountRootPrincipal(),
            description="Reads records",
            external_ids=["1234"],
            managed_policies=[policy],
            max_session_duration=Duration.hours(2),
            path="/portal/",
            permissions_boundary=policy,
            role_name="reader",
        )
        EncryptedBucket(stack, "Records").bucket.grant_read(role)

    templates.hold(synthesized(build))
