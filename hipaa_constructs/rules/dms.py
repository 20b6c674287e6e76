"""What a template must show of AWS Database Migration Service."""

from __future__ import annotations

from hipaa_constructs.rules._keys import customers_key
from hipaa_constructs.rules._node import Resource
from hipaa_constructs.rules._outcome import MET, NOT_APPLICABLE, Outcome
from hipaa_constructs.rules._rule import Severity, rule
from hipaa_constructs.rules._stores import AT_REST, IN_TRANSIT, PRIVATE, SIGNED_IN, hidden

INSTANCE = "AWS::DMS::ReplicationInstance"
SERVERLESS = "AWS::DMS::ReplicationConfig"
ENDPOINT = "AWS::DMS::Endpoint"
_GUIDE = "https://docs.aws.amazon.com/dms/latest/userguide/"
_ALWAYS_WITH_TLS = (
    "dynamodb",
    "elasticsearch",
    "kinesis",
    "neptune",
    "opensearch",
    "redshift",
    "redshift-serverless",
    "s3",
)
_WITH_TLS = ("require", "verify-ca", "verify-full")
_KAFKA_WITH_TLS = ("ssl-encryption", "ssl-authentication", "sasl-ssl")


@rule(
    title="no replication instance of DMS is publicly accessible",
    fix="set PubliclyAccessible to false; it can't be changed later",
    applies_to=(INSTANCE,),
    controls=PRIVATE,
    requirement="HC-337",
    same_as=(
        "cdk-nag:HIPAA.Security-DMSReplicationNotPublic",
        "config:dms-replication-not-public",
        "guard:DMS_REPLICATION_NOT_PUBLIC",
        "prowler:dms_instance_no_public_access",
        "checkov:CKV_AWS_89",
    ),
    url=_GUIDE + "CHAP_ReplicationInstance.html",
)
def dms_not_public(instance: Resource) -> Outcome:
    """Judge the public address, which there is one by default."""
    return instance.at("PubliclyAccessible").must_be(False)


@rule(
    title="every endpoint of DMS speaks TLS to its database",
    fix="set SslMode to require, verify-ca or verify-full (SecurityProtocol of KafkaSettings to one with ssl)",
    applies_to=(ENDPOINT,),
    controls=IN_TRANSIT,
    requirement="HC-394",
    url=_GUIDE + "CHAP_Security.SSL.html",
)
def dms_endpoint_encrypted(endpoint: Resource) -> Outcome:
    """Judge the mode, which is none by default; services of AWS that are spoken to over HTTPS have none."""
    engine = endpoint.at("EngineName")
    mode = endpoint.at("SslMode").must_be(*_WITH_TLS)
    name = (engine.text or "").lower()
    if engine.is_unknown:
        return engine.undecided()
    if name == "redis":
        protocol = endpoint.at("RedisSettings", "SslSecurityProtocol")
        return MET if protocol.is_absent else protocol.must_be("ssl-encryption")
    if name == "kafka":
        return endpoint.at("KafkaSettings", "SecurityProtocol").must_be(*_KAFKA_WITH_TLS)
    return NOT_APPLICABLE if name in _ALWAYS_WITH_TLS else mode


@rule(
    title="every replication of DMS is encrypted with a customer managed key",
    fix="set KmsKeyId to a key of yours (in ComputeConfig of a serverless replication); it can't be changed later",
    applies_to=(INSTANCE, SERVERLESS),
    controls=AT_REST,
    requirement="HC-395",
    severity=Severity.WARNING,
    url=_GUIDE + "CHAP_Security.html",
)
def dms_uses_customer_managed_key(replication: Resource) -> Outcome:
    """Judge the key of what is held on the way; DMS encrypts with the AWS managed one otherwise."""
    key = replication.at("ComputeConfig", "KmsKeyId") if replication.type == SERVERLESS else replication.at("KmsKeyId")
    return customers_key(key, by_alias=True)


@rule(
    title="no password of an endpoint of DMS stands in the template",
    fix="set SecretsManagerSecretId in the settings of the engine, or refer to a secret with "
    "{{resolve:secretsmanager:…}}",
    applies_to=(ENDPOINT,),
    controls=SIGNED_IN,
    requirement="HC-395",
    url=_GUIDE + "security_iam_secretsmanager.html",
)
def dms_password_hidden(endpoint: Resource) -> Outcome:
    """Judge the password, and those in the settings of the engine."""
    found = [endpoint.at("Password")]
    for name, settings in endpoint.at().entries():
        if name.endswith("Settings"):
            found += [place for key, place in settings.entries() if key.endswith("Password")]
    return hidden(*found)
