"""The whole templates of the secrets."""

from __future__ import annotations

from aws_cdk import Duration, Stack
from aws_cdk import aws_secretsmanager as secretsmanager

from hipaa_constructs import EncryptedSecret
from tests._synthesis import synthesized
from tests.snapshot.conftest import Templates
from tools.examples import rotated_secret


def test_encrypted_secret_with_a_function(templates: Templates) -> None:
    templates.hold(synthesized(rotated_secret))


def test_encrypted_secret_with_a_function_of_aws(templates: Templates) -> None:
    def build(stack: Stack) -> None:
        EncryptedSecret(
            stack,
            "It",
            hosted_rotation=secretsmanager.HostedRotation.postgre_sql_single_user(),
            automatically_after=Duration.days(7),
            description="Opens the records",
            generate_secret_string=secretsmanager.SecretStringGenerator(password_length=40),
            secret_name="records",
        )

    templates.hold(synthesized(build))
