"""What lets AWS deliver the logs of its services to a bucket."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3

from hipaa_constructs.services._tokens import ACCOUNT_ID, PARTITION, REGION


def allow_delivery(bucket: s3.Bucket, key: kms.IKey) -> None:
    """Let the delivery of logs write this account's own to a bucket.

    AWS: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-V2-S3.html
    """
    for statement in deliver_logs(bucket):
        bucket.add_to_resource_policy(statement)
    key.add_to_resource_policy(
        iam.PolicyStatement(
            sid="LogsOfThisAccount",
            principals=[_service()],
            actions=["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"],
            resources=["*"],
            conditions=_own(),
        )
    )


def deliver_logs(bucket: s3.Bucket) -> list[iam.PolicyStatement]:
    """Return what a bucket's policy says to let the delivery of logs write this account's own.

    AWS: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-V2-S3.html
    """
    own = _own()
    return [
        iam.PolicyStatement(
            sid="LogsOfThisAccount",
            principals=[_service()],
            actions=["s3:PutObject"],
            resources=[bucket.arn_for_objects("*")],
            conditions={
                **own,
                "StringEquals": {**own["StringEquals"], "s3:x-amz-acl": "bucket-owner-full-control"},
            },
        ),
        iam.PolicyStatement(
            sid="LogDeliveryAsksWhoseBucketItIs",
            principals=[_service()],
            actions=["s3:GetBucketAcl", "s3:ListBucket"],
            resources=[bucket.bucket_arn],
            conditions=own,
        ),
    ]


def _service() -> iam.ServicePrincipal:
    return iam.ServicePrincipal("delivery.logs.amazonaws.com")


def _own() -> dict[str, Mapping[str, str]]:
    return {
        "StringEquals": {"aws:SourceAccount": ACCOUNT_ID},
        "ArnLike": {"aws:SourceArn": f"arn:{PARTITION}:logs:{REGION}:{ACCOUNT_ID}:*"},
    }
