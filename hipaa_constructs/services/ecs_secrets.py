"""Amazon ECS: secrets of containers, read by permission of the role alone."""

from __future__ import annotations

import jsii
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_secretsmanager as secretsmanager

from hipaa_constructs.services._of_stack import region_of
from hipaa_constructs.services.secretsmanager import EncryptedSecret


class ContainerSecret(ecs.Secret):
    """A secret that a container gets as a variable, also one whose key belongs to another stack.

    ``ecs.Secret.from_secrets_manager`` writes the task's role into the policy of the key. If the key is in another
    stack, that one would depend on the service, which depends on it: the synthesis fails. This one permits the role
    to read and to decrypt, as the policies of keys in this package leave to IAM.

    AWS: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html
    """

    def __init__(self, secret: EncryptedSecret | secretsmanager.ISecret, field: str = "") -> None:
        """Take a secret.

        Args:
            secret: one of the app, or an imported one with its ``encryption_key``.
            field: of the JSON that it holds; by default the whole secret.
        """
        super().__init__()
        self._secret = secret.secret if isinstance(secret, EncryptedSecret) else secret
        self._field = field

    @property
    @jsii.member(jsii_name="arn")
    def arn(self) -> str:
        """What the container's definition names."""
        return f"{self._secret.secret_arn}:{self._field}::" if self._field else self._secret.secret_arn

    @property
    @jsii.member(jsii_name="hasField")
    def has_field(self) -> bool:
        """Whether a field is named, which asks for version 1.4.0 of the platform."""
        return bool(self._field)

    @jsii.member(jsii_name="grantRead")
    def grant_read(self, grantee: iam.IGrantable) -> iam.Grant:
        """Permit a role to read the secret and, through Secrets Manager, to decrypt it.

        Args:
            grantee: the execution role.
        """
        key = self._secret.encryption_key
        if key is not None:
            region = region_of(self._secret)
            grantee.grant_principal.add_to_principal_policy(
                iam.PolicyStatement(
                    actions=["kms:Decrypt"],
                    resources=[key.key_arn],
                    conditions={"StringEquals": {"kms:ViaService": f"secretsmanager.{region}.amazonaws.com"}},
                )
            )
        return iam.Grant.add_to_principal(
            grantee=grantee,
            actions=["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"],
            # An ARN without the suffix that Secrets Manager adds to names is no resource.
            resource_arns=[self._secret.secret_full_arn or f"{self._secret.secret_arn}-??????"],
        )
