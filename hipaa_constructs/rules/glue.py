"""What a template must show of AWS Glue."""

from __future__ import annotations

from hipaa_constructs.rules._keys import customers_key
from hipaa_constructs.rules._node import Resource
from hipaa_constructs.rules._outcome import NOT_APPLICABLE, Outcome, all_met
from hipaa_constructs.rules._rule import Severity, rule
from hipaa_constructs.rules._stores import AT_REST, IN_TRANSIT, SIGNED_IN, each, hidden, on_or_absent

JOB = "AWS::Glue::Job"
CRAWLER = "AWS::Glue::Crawler"
DEV_ENDPOINT = "AWS::Glue::DevEndpoint"
CONNECTION = "AWS::Glue::Connection"
SECURITY_CONFIGURATION = "AWS::Glue::SecurityConfiguration"
CATALOG_SETTINGS = "AWS::Glue::DataCatalogEncryptionSettings"
_GUIDE = "https://docs.aws.amazon.com/glue/latest/dg/"


@rule(
    title="every job, crawler and development endpoint of Glue has a security configuration",
    fix="set SecurityConfiguration (CrawlerSecurityConfiguration) to an AWS::Glue::SecurityConfiguration",
    applies_to=(JOB, CRAWLER, DEV_ENDPOINT),
    controls=AT_REST,
    requirement="HC-383",
    same_as=("checkov:CKV_AWS_195",),
    url=_GUIDE + "set-up-encryption.html",
)
def glue_security_configured(component: Resource) -> Outcome:
    """Judge the name; without a configuration logs, bookmarks and results are not encrypted with a key of KMS."""
    name = "CrawlerSecurityConfiguration" if component.type == CRAWLER else "SecurityConfiguration"
    return component.at(name).must_be_set()


@rule(
    title="every security configuration of Glue encrypts results, logs and bookmarks",
    fix="set S3EncryptionMode and CloudWatchEncryptionMode to SSE-KMS and JobBookmarksEncryptionMode to CSE-KMS",
    applies_to=(SECURITY_CONFIGURATION,),
    controls=AT_REST,
    requirement="HC-383",
    same_as=("checkov:CKV_AWS_99",),
    url=_GUIDE + "console-security-configurations.html",
)
def glue_security_configuration_encrypts(configuration: Resource) -> Outcome:
    """Judge all three, of which none is on by default."""
    encryption = configuration.at("EncryptionConfiguration")
    return all_met(
        [
            each(encryption.at("S3Encryptions"), lambda one: one.at("S3EncryptionMode").must_be("SSE-KMS")),
            encryption.at("CloudWatchEncryption", "CloudWatchEncryptionMode").must_be("SSE-KMS"),
            encryption.at("JobBookmarksEncryption", "JobBookmarksEncryptionMode").must_be("CSE-KMS"),
        ]
    )


@rule(
    title="every security configuration of Glue uses customer managed keys",
    fix="set KmsKeyArn to a key of yours at each of the three",
    applies_to=(SECURITY_CONFIGURATION,),
    controls=AT_REST,
    requirement="HC-383",
    severity=Severity.WARNING,
    url=_GUIDE + "console-security-configurations.html",
)
def glue_security_configuration_uses_customer_managed_key(configuration: Resource) -> Outcome:
    """Judge the three keys."""
    encryption = configuration.at("EncryptionConfiguration")
    return all_met(
        [
            each(encryption.at("S3Encryptions"), lambda one: customers_key(one.at("KmsKeyArn"))),
            customers_key(encryption.at("CloudWatchEncryption", "KmsKeyArn")),
            customers_key(encryption.at("JobBookmarksEncryption", "KmsKeyArn")),
        ]
    )


@rule(
    title="every data catalog encrypts metadata and the passwords of connections",
    fix="set CatalogEncryptionMode to SSE-KMS, and ReturnConnectionPasswordEncrypted to true with KmsKeyId",
    applies_to=(CATALOG_SETTINGS,),
    controls=AT_REST,
    requirement="HC-384",
    same_as=("checkov:CKV_AWS_94",),
    url=_GUIDE + "encrypt-glue-data-catalog.html",
)
def glue_catalog_encrypted(settings: Resource) -> Outcome:
    """Judge both; neither is on by default."""
    catalog = settings.at("DataCatalogEncryptionSettings")
    passwords = catalog.at("ConnectionPasswordEncryption")
    return all_met(
        [
            catalog.at("EncryptionAtRest", "CatalogEncryptionMode").must_be("SSE-KMS", "SSE-KMS-WITH-SERVICE-ROLE"),
            passwords.at("ReturnConnectionPasswordEncrypted").must_be(True),
            passwords.at("KmsKeyId").must_be_set(),
        ]
    )


@rule(
    title="every connection of Glue to a database or to Kafka speaks TLS",
    fix="set JDBC_ENFORCE_SSL to true among ConnectionProperties, and leave KAFKA_SSL_ENABLED true",
    applies_to=(CONNECTION,),
    controls=IN_TRANSIT,
    requirement="HC-385",
    url=_GUIDE + "connection-properties.html",
)
def glue_connection_encrypted(connection: Resource) -> Outcome:
    """Judge connections of JDBC, which do without TLS by default, and of Kafka, which do not."""
    source = connection.at("ConnectionInput")
    kind, properties = source.at("ConnectionType"), source.at("ConnectionProperties")
    if kind.is_unknown:
        return kind.undecided()
    if kind.text == "JDBC":
        return properties.at("JDBC_ENFORCE_SSL").must_be(True)
    return on_or_absent(properties.at("KAFKA_SSL_ENABLED")) if kind.text == "KAFKA" else NOT_APPLICABLE


@rule(
    title="no password of a connection of Glue stands in the template",
    fix="set SECRET_ID among ConnectionProperties (SecretArn), or refer to a secret with {{resolve:secretsmanager:…}}",
    applies_to=(CONNECTION,),
    controls=SIGNED_IN,
    requirement="HC-386",
    url=_GUIDE + "connection-properties-secrets-manager.html",
)
def glue_password_hidden(connection: Resource) -> Outcome:
    """Judge the places where a password may stand, also those of Kafka."""
    source = connection.at("ConnectionInput")
    credentials = source.at("AuthenticationConfiguration", "BasicAuthenticationCredentials")
    properties = source.at("ConnectionProperties")
    return hidden(*(properties.at(name) for name in _PASSWORDS), credentials.at("Password"))


_PASSWORDS = (
    "PASSWORD",
    "KAFKA_CLIENT_KEYSTORE_PASSWORD",
    "KAFKA_CLIENT_KEY_PASSWORD",
    "KAFKA_SASL_PLAIN_PASSWORD",
    "KAFKA_SASL_SCRAM_PASSWORD",
)
