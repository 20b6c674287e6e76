"""Amazon CloudFront: access logs, delivered to an encrypted log group or bucket."""

from __future__ import annotations

from aws_cdk import Names
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_logs as logs
from constructs import Construct

from hipaa_constructs.services._deliveries import allow_delivery
from hipaa_constructs.services._tokens import ACCOUNT_ID, PARTITION, REGION
from hipaa_constructs.services.logs import EncryptedLogGroup
from hipaa_constructs.services.s3 import EncryptedBucket

FIELDS = (
    "timestamp(ms)",
    "DistributionId",
    "date",
    "time",
    "x-edge-location",
    "sc-bytes",
    "c-ip",
    "cs-method",
    "cs(Host)",
    "cs-uri-stem",
    "sc-status",
    "cs(User-Agent)",
    "x-edge-result-type",
    "x-edge-request-id",
    "x-host-header",
    "cs-protocol",
    "cs-bytes",
    "time-taken",
    "x-forwarded-for",
    "ssl-protocol",
    "ssl-cipher",
    "x-edge-response-result-type",
    "cs-protocol-version",
    "fle-status",
    "fle-encrypted-fields",
    "c-port",
    "time-to-first-byte",
    "x-edge-detailed-result-type",
    "sc-content-type",
    "sc-content-len",
    "sc-range-start",
    "sc-range-end",
)
"""All but cookies, query strings and referrers, which can hold identifiers of patients.

AWS: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html
"""


def deliver_logs(
    scope: Construct, distribution: cloudfront.Distribution, destination: EncryptedLogGroup | EncryptedBucket
) -> logs.CfnDelivery:
    """Deliver the access log of a distribution, by standard logging v2.

    AWS: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging.html

    Args:
        scope: the construct that owns the distribution, in us-east-1.
        distribution: what is logged.
        destination: in which the log is kept.
    """
    name = Names.unique_resource_name(scope, max_length=60, separator="-")
    source = logs.CfnDeliverySource(
        scope,
        "LogSource",
        name=name,
        log_type="ACCESS_LOGS",
        resource_arn=f"arn:{PARTITION}:cloudfront::{ACCOUNT_ID}:distribution/{distribution.distribution_id}",
    )
    target = logs.CfnDeliveryDestination(
        scope, "LogDestination", name=name, destination_resource_arn=_arn_of(destination), output_format="json"
    )
    delivery = logs.CfnDelivery(
        scope,
        "LogDelivery",
        delivery_source_name=source.ref,
        delivery_destination_arn=target.attr_arn,
        record_fields=list(FIELDS),
    )
    if isinstance(destination, EncryptedBucket):
        allow_delivery(destination.bucket, destination.encryption_key)
        if destination.bucket.policy is not None:
            delivery.node.add_dependency(destination.bucket.policy)
    return delivery


def _arn_of(destination: EncryptedLogGroup | EncryptedBucket) -> str:
    if isinstance(destination, EncryptedBucket):
        return destination.bucket.bucket_arn
    # Not log_group_arn, which ends in ":*" for the streams.
    name = destination.log_group.log_group_name
    return f"arn:{PARTITION}:logs:{REGION}:{ACCOUNT_ID}:log-group:{name}"
