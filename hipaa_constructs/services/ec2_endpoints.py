"""Amazon VPC: private ways to AWS services, for the account's own principals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam

from hipaa_constructs.services._tokens import ACCOUNT_ID, PARTITION, REGION

STANDARD_SERVICES: Mapping[str, ec2.InterfaceVpcEndpointAwsService] = {
    "CloudWatch": ec2.InterfaceVpcEndpointAwsService.CLOUDWATCH_MONITORING,
    "CloudWatchLogs": ec2.InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS,
    "Ecr": ec2.InterfaceVpcEndpointAwsService.ECR,
    "EcrDocker": ec2.InterfaceVpcEndpointAwsService.ECR_DOCKER,
    "Ecs": ec2.InterfaceVpcEndpointAwsService.ECS,
    "Kms": ec2.InterfaceVpcEndpointAwsService.KMS,
    "SecretsManager": ec2.InterfaceVpcEndpointAwsService.SECRETS_MANAGER,
    "Sns": ec2.InterfaceVpcEndpointAwsService.SNS,
    "Sqs": ec2.InterfaceVpcEndpointAwsService.SQS,
    "Ssm": ec2.InterfaceVpcEndpointAwsService.SSM,
    "SsmMessages": ec2.InterfaceVpcEndpointAwsService.SSM_MESSAGES,
    "Sts": ec2.InterfaceVpcEndpointAwsService.STS,
}
"""The services that the blocks of this package call, by the id of their endpoint. Not those of the ECS agent, which
tasks on Fargate do without, nor of ec2messages, which the SSM agent no longer uses and new Regions do not have."""

_HOLDING_DATA = ("CloudWatchLogs", "Kms", "SecretsManager", "Sns", "Sqs")


def confine(endpoint: ec2.VpcEndpoint, accounts: Sequence[str] | None) -> None:
    """Let only the account's own principals through an endpoint.

    AWS: https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html

    Args:
        endpoint: of an AWS service.
        accounts: whose resources they may reach beside the account's own; None for any, where AWS's own resources are
            among those that the service must reach.
    """
    conditions: dict[str, Mapping[str, object]] = {"StringEquals": {"aws:PrincipalAccount": ACCOUNT_ID}}
    if accounts is not None:
        # Requests about no resource, such as lists, do not carry the key.
        conditions["StringEqualsIfExists"] = {"aws:ResourceAccount": [ACCOUNT_ID, *accounts]}
    endpoint.add_to_policy(
        iam.PolicyStatement(
            sid="OwnPrincipals",
            principals=[iam.AnyPrincipal()],
            actions=["*"],
            resources=["*"],
            conditions=conditions,
        )
    )


def allow_image_layers(endpoint: ec2.VpcEndpoint) -> None:
    """Let container images be pulled: Amazon ECR hands out their layers from buckets of its own.

    AWS: https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
    """
    endpoint.add_to_policy(
        iam.PolicyStatement(
            sid="LayersOfContainerImages",
            principals=[iam.AnyPrincipal()],
            actions=["s3:GetObject"],
            resources=[f"arn:{PARTITION}:s3:::prod-{REGION}-starport-layer-bucket/*"],
        )
    )


def standard_accounts(id: str, trusted: Sequence[str]) -> Sequence[str] | None:
    """Return whose resources may be reached through a standard endpoint: known accounts' only, if it carries data."""
    return trusted if id in _HOLDING_DATA else None
