"""What a template must show of domains of Amazon OpenSearch Service."""

from __future__ import annotations

from hipaa_constructs.rules._keys import customers_key
from hipaa_constructs.rules._node import Resource
from hipaa_constructs.rules._outcome import MET, Outcome, all_met, any_met
from hipaa_constructs.rules._retention import kept_on_deletion
from hipaa_constructs.rules._rule import Severity, rule
from hipaa_constructs.rules._stores import (
    AT_REST,
    AVAILABLE,
    DELETION_URL,
    IN_TRANSIT,
    KEPT,
    PRIVATE,
    SIGNED_IN,
    hidden,
    in_private_subnets,
    off_or_absent,
)

DOMAIN = "AWS::OpenSearchService::Domain"
ELASTICSEARCH = "AWS::Elasticsearch::Domain"
_BOTH = (DOMAIN, ELASTICSEARCH)
_GUIDE = "https://docs.aws.amazon.com/opensearch-service/latest/developerguide/"
_OF_TLS12 = ("Policy-Min-TLS-1-2-", "Policy-Min-TLS-1-3-")


@rule(
    title="every domain is encrypted at rest",
    fix="set EncryptionAtRestOptions.Enabled to true",
    applies_to=_BOTH,
    controls=AT_REST,
    requirement="HC-286",
    same_as=(
        "cdk-nag:HIPAA.Security-OpenSearchEncryptedAtRest",
        "config:opensearch-encrypted-at-rest",
        "config:elasticsearch-encrypted-at-rest",
        "guard:ELASTICSEARCH_ENCRYPTED_AT_REST",
        "guard:OPENSEARCH_ENCRYPTED_AT_REST",
        "prowler:opensearch_service_domains_encryption_at_rest_enabled",
        "checkov:CKV_AWS_5",
    ),
    url=_GUIDE + "encryption-at-rest.html",
)
def opensearch_encrypted_at_rest(domain: Resource) -> Outcome:
    """Judge the switch, which is off where nothing is said."""
    return domain.at("EncryptionAtRestOptions", "Enabled").must_be(True)


@rule(
    title="every domain is encrypted with a customer managed key",
    fix="set EncryptionAtRestOptions.KmsKeyId to a key of yours",
    applies_to=_BOTH,
    controls=AT_REST,
    requirement="HC-357",
    severity=Severity.WARNING,
    url=_GUIDE + "encryption-at-rest.html",
)
def opensearch_uses_customer_managed_key(domain: Resource) -> Outcome:
    """Judge the key; without one the service uses the AWS managed key."""
    return customers_key(domain.at("EncryptionAtRestOptions", "KmsKeyId"), by_alias=True)


@rule(
    title="the nodes of every domain speak TLS to one another",
    fix="set NodeToNodeEncryptionOptions.Enabled to true",
    applies_to=_BOTH,
    controls=IN_TRANSIT,
    requirement="HC-287",
    same_as=(
        "cdk-nag:HIPAA.Security-OpenSearchNodeToNodeEncryption",
        "config:opensearch-node-to-node-encryption-check",
        "config:elasticsearch-node-to-node-encryption-check",
        "guard:ELASTICSEARCH_NODE_TO_NODE_ENCRYPTION_CHECK",
        "guard:OPENSEARCH_NODE_TO_NODE_ENCRYPTION_CHECK",
        "prowler:opensearch_service_domains_node_to_node_encryption_enabled",
        "checkov:CKV_AWS_6",
    ),
    url=_GUIDE + "ntn.html",
)
def opensearch_encrypted_between_nodes(domain: Resource) -> Outcome:
    """Judge the switch, which is off where nothing is said."""
    return domain.at("NodeToNodeEncryptionOptions", "Enabled").must_be(True)


@rule(
    title="every domain requires HTTPS",
    fix="set DomainEndpointOptions.EnforceHTTPS to true",
    applies_to=_BOTH,
    controls=IN_TRANSIT,
    requirement="HC-288",
    same_as=(
        "config:opensearch-https-required",
        "guard:OPENSEARCH_HTTPS_REQUIRED",
        "guard:ELASTICSEARCH_HTTPS_REQUIRED",
        "prowler:opensearch_service_domains_https_communications_enforced",
        "checkov:CKV_AWS_83",
    ),
    url=_GUIDE + "infrastructure-security.html",
)
def opensearch_https_only(domain: Resource) -> Outcome:
    """Judge the switch, which is off where nothing is said."""
    return domain.at("DomainEndpointOptions", "EnforceHTTPS").must_be(True)


@rule(
    title="every domain refuses TLS below 1.2",
    fix="set DomainEndpointOptions.TLSSecurityPolicy to Policy-Min-TLS-1-2-PFS-2023-10",
    applies_to=_BOTH,
    controls=IN_TRANSIT,
    requirement="HC-288",
    severity=Severity.WARNING,
    url=_GUIDE + "infrastructure-security.html",
)
def opensearch_tls12_only(domain: Resource) -> Outcome:
    """Judge the policy by its name."""
    policy = domain.at("DomainEndpointOptions", "TLSSecurityPolicy")
    if policy.is_unknown:
        return policy.undecided()
    return MET if (policy.text or "").startswith(_OF_TLS12) else policy.broken()


@rule(
    title="every domain is in subnets of a VPC",
    fix="set VPCOptions.SubnetIds to private subnets; a public domain can't be moved into a VPC",
    applies_to=_BOTH,
    controls=PRIVATE,
    requirement="HC-289",
    same_as=(
        "cdk-nag:HIPAA.Security-OpenSearchInVPCOnly",
        "config:opensearch-in-vpc-only",
        "config:elasticsearch-in-vpc-only",
        "guard:ELASTICSEARCH_IN_VPC_ONLY",
        "guard:OPENSEARCH_IN_VPC_ONLY",
        "prowler:opensearch_service_domains_not_publicly_accessible",
    ),
    url=_GUIDE + "vpc.html",
)
def opensearch_in_vpc(domain: Resource) -> Outcome:
    """Judge that subnets are chosen; without any the endpoint is on the internet."""
    return domain.at("VPCOptions", "SubnetIds").must_be_set()


@rule(
    title="every subnet of a domain is private",
    fix="set VPCOptions.SubnetIds to subnets without a route to an internet gateway",
    applies_to=_BOTH,
    controls=PRIVATE,
    requirement="HC-289",
    severity=Severity.WARNING,
    url=_GUIDE + "vpc.html",
)
def opensearch_subnets_private(domain: Resource) -> Outcome:
    """Judge the subnets that are in these templates."""
    return in_private_subnets(domain.at("VPCOptions", "SubnetIds").items())


def _logs(domain: Resource, kind: str) -> Outcome:
    options = domain.at("LogPublishingOptions", kind)
    return all_met([options.at("Enabled").must_be(True), options.at("CloudWatchLogsLogGroupArn").must_be_set()])


@rule(
    title="every domain delivers its error log",
    fix="set LogPublishingOptions.ES_APPLICATION_LOGS with Enabled true and CloudWatchLogsLogGroupArn",
    applies_to=_BOTH,
    controls=("164.312(b)", "164.308(a)(3)(ii)(A)"),
    requirement="HC-290",
    same_as=(
        "cdk-nag:HIPAA.Security-OpenSearchErrorLogsToCloudWatch",
        "config:opensearch-logs-to-cloudwatch",
        "config:elasticsearch-logs-to-cloudwatch",
        "guard:ELASTICSEARCH_LOGS_TO_CLOUDWATCH",
        "guard:OPENSEARCH_APPLICATION_LOGGING_ENABLED",
        "prowler:opensearch_service_domains_cloudwatch_logging_enabled",
        "checkov:CKV_AWS_84",
    ),
    url=_GUIDE + "createdomain-configure-slow-logs.html",
)
def opensearch_errors_logged(domain: Resource) -> Outcome:
    """Judge switch and log group."""
    return _logs(domain, "ES_APPLICATION_LOGS")


@rule(
    title="every domain delivers its audit log",
    fix="set LogPublishingOptions.AUDIT_LOGS with Enabled true and CloudWatchLogsLogGroupArn",
    applies_to=_BOTH,
    controls=("164.312(b)",),
    requirement="HC-291",
    same_as=(
        "config:opensearch-audit-logging-enabled",
        "guard:OPENSEARCH_AUDIT_LOGGING_ENABLED",
        "prowler:opensearch_service_domains_audit_logging_enabled",
        "checkov:CKV_AWS_317",
    ),
    url=_GUIDE + "audit-logs.html",
)
def opensearch_audited(domain: Resource) -> Outcome:
    """Judge switch and log group; what is audited is chosen in the domain itself."""
    return _logs(domain, "AUDIT_LOGS")


@rule(
    title="every domain has fine-grained access control",
    fix="set AdvancedSecurityOptions.Enabled to true, and leave AnonymousAuthEnabled out",
    applies_to=_BOTH,
    controls=("164.312(a)(1)",),
    requirement="HC-291",
    same_as=(
        "config:opensearch-access-control-enabled",
        "guard:OPENSEARCH_ACCESS_CONTROL_ENABLED",
        "prowler:opensearch_service_domains_access_control_enabled",
    ),
    url=_GUIDE + "fgac.html",
)
def opensearch_access_controlled(domain: Resource) -> Outcome:
    """Judge both switches; anonymous access is for the days of a migration."""
    options = domain.at("AdvancedSecurityOptions")
    return all_met([options.at("Enabled").must_be(True), off_or_absent(options.at("AnonymousAuthEnabled"))])


@rule(
    title="the data nodes of every domain are in several Availability Zones",
    fix="set ZoneAwarenessEnabled (or MultiAZWithStandbyEnabled) to true, and InstanceCount to 2 or more",
    applies_to=_BOTH,
    controls=AVAILABLE,
    requirement="HC-292",
    same_as=("cdk-nag:AwsSolutions-OS7",),
    severity=Severity.WARNING,
    url=_GUIDE + "managedomains-multiaz.html",
)
def opensearch_spans_zones(domain: Resource) -> Outcome:
    """Judge the switches, and that there are nodes to spread."""
    config = domain.at("ClusterConfig" if domain.type == DOMAIN else "ElasticsearchClusterConfig")
    aware = [config.at(name).must_be(True) for name in ("ZoneAwarenessEnabled", "MultiAZWithStandbyEnabled")]
    return all_met([any_met(aware), config.at("InstanceCount").must_be_at_least(2)])


@rule(
    title="no password of a domain stands in the template",
    fix="set MasterUserOptions.MasterUserARN, or MasterUserPassword to a dynamic reference to a secret",
    applies_to=_BOTH,
    controls=SIGNED_IN,
    requirement="HC-358",
    url=_GUIDE + "fgac.html",
)
def opensearch_password_hidden(domain: Resource) -> Outcome:
    """Judge the password of the first user, if there is one."""
    return hidden(domain.at("AdvancedSecurityOptions", "MasterUserOptions", "MasterUserPassword"))


@rule(
    title="every domain stays when its stack goes",
    fix="set DeletionPolicy and UpdateReplacePolicy to Retain",
    applies_to=_BOTH,
    controls=KEPT,
    requirement="HC-359",
    severity=Severity.WARNING,
    url=DELETION_URL,
)
def opensearch_kept(domain: Resource) -> Outcome:
    """Judge what becomes of the indexes when the stack goes; the automated snapshots go with the domain."""
    return kept_on_deletion(domain)
