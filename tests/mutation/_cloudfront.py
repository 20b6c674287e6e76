"""Distributions and their web ACLs, weakened."""

from __future__ import annotations

from tests.mutation._weakening import Weakening
from tests.unit.test_cloudfront import before_balancer, before_bucket

WEAKENING = Weakening(
    "cloudfront",
    (before_bucket, before_balancer),
    only=(
        "Delivery::removed",
        "DeliverySource::removed",
        "DeliverySource:Properties/ResourceArn:*",
        "Distribution:*/AcmCertificateArn:deleted",
        "Distribution:*/CachePolicyId:*",
        "Distribution:*/DefaultCacheBehavior/ViewerProtocolPolicy:*",
        "Distribution:*/MinimumProtocolVersion:*",
        "Distribution:*/OriginAccessControlId:deleted",
        "Distribution:*/SslSupportMethod:*",
        "Distribution:*/ViewerCertificate:deleted",
        "Distribution:*/WebACLId:deleted",
        "LogGroup:Properties/KmsKeyId:*",
        "LogGroup:Properties/RetentionInDays:2191",
        "LoggingConfiguration::removed",
        "LoggingConfiguration:Properties/RedactedFields*:deleted",
        "LoggingConfiguration:Properties/ResourceArn:deleted",
        "VpcOrigin:*/OriginProtocolPolicy:*",
        "VpcOrigin:*/OriginSSLProtocols*:*",
        "WebACL:Properties/Rules:deleted",
    ),
    expected=frozenset({"S3BucketReplicated"}),
)
