"""What a template must show of DynamoDB Accelerator."""

from __future__ import annotations

from hipaa_constructs.rules._node import Resource
from hipaa_constructs.rules._outcome import Outcome
from hipaa_constructs.rules._rule import rule
from hipaa_constructs.rules._stores import AT_REST

DAX = "AWS::DAX::Cluster"
_GUIDE = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/"


@rule(
    title="every DAX cluster is encrypted at rest",
    fix="set SSESpecification.SSEEnabled to true; it can't be changed later",
    applies_to=(DAX,),
    controls=AT_REST,
    requirement="HC-184",
    same_as=(
        "config:dax-encryption-enabled",
        "guard:DAX_ENCRYPTION_ENABLED",
        "prowler:dynamodb_accelerator_cluster_encryption_enabled",
        "checkov:CKV_AWS_47",
    ),
    url=_GUIDE + "DAXEncryptionAtRest.html",
)
def dax_encrypted_at_rest(cluster: Resource) -> Outcome:
    """Judge the switch, which is off by default."""
    return cluster.at("SSESpecification", "SSEEnabled").must_be(True)


@rule(
    title="every DAX cluster speaks TLS",
    fix="set ClusterEndpointEncryptionType to TLS; it can't be changed later",
    applies_to=(DAX,),
    controls=("164.312(e)(2)(ii)",),
    requirement="HC-184",
    same_as=(
        "config:dax-tls-endpoint-encryption",
        "prowler:dynamodb_accelerator_cluster_in_transit_encryption_enabled",
    ),
    url=_GUIDE + "DAXEncryptionInTransit.html",
)
def dax_encrypted_in_transit(cluster: Resource) -> Outcome:
    """Judge the endpoint, which is without encryption by default."""
    return cluster.at("ClusterEndpointEncryptionType").must_be("TLS")
