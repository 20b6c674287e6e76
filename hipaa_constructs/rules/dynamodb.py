"""What a template must show of tables of Amazon DynamoDB."""

from __future__ import annotations

from collections.abc import Callable

from hipaa_constructs.rules._keys import customers_key
from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._outcome import Outcome, all_met
from hipaa_constructs.rules._policy import Statement, denies_plaintext
from hipaa_constructs.rules._retention import kept_on_deletion
from hipaa_constructs.rules._rule import Severity, rule
from hipaa_constructs.rules._stores import AT_REST, DELETION_URL, IN_TRANSIT, KEPT, RESTORABLE, denied, each

TABLE = "AWS::DynamoDB::Table"
GLOBAL_TABLE = "AWS::DynamoDB::GlobalTable"
_GUIDE = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/"
_READS_AND_WRITES = (
    "dynamodb:DeleteItem",
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:Query",
    "dynamodb:Scan",
    "dynamodb:UpdateItem",
)


def _of_each(table: Resource, judge: Callable[[Node], Outcome]) -> Outcome:
    """Judge a table, or every replica of a global one."""
    return each(table.at("Replicas"), judge) if table.type == GLOBAL_TABLE else judge(table.at())


@rule(
    title="every table is encrypted with a customer managed key",
    fix="set SSESpecification with SSEEnabled true and KMSMasterKeyId",
    applies_to=(TABLE,),
    controls=AT_REST,
    requirement="HC-175",
    same_as=(
        "config:dynamodb-table-encrypted-kms",
        "guard:DYNAMODB_TABLE_ENCRYPTED_KMS",
        "prowler:dynamodb_tables_kms_cmk_encryption_enabled",
        "checkov:CKV_AWS_119",
    ),
    url=_GUIDE + "EncryptionAtRest.html",
)
def dynamodb_table_uses_customer_managed_key(table: Resource) -> Outcome:
    """Judge switch and key; DynamoDB encrypts without them too, with a key that nobody else can audit."""
    encryption = table.at("SSESpecification")
    key = customers_key(encryption.at("KMSMasterKeyId"), by_alias=True)
    return all_met([encryption.at("SSEEnabled").must_be(True), key])


@rule(
    title="every replica of a global table is encrypted with a customer managed key",
    fix="set SSESpecification with SSEEnabled true, and KMSMasterKeyId in SSESpecification of each replica",
    applies_to=(GLOBAL_TABLE,),
    controls=AT_REST,
    requirement="HC-176",
    same_as=("config:dynamodb-table-encrypted-kms", "prowler:dynamodb_tables_kms_cmk_encryption_enabled"),
    url=_GUIDE + "EncryptionAtRest.html",
)
def dynamodb_replica_uses_customer_managed_key(table: Resource) -> Outcome:
    """Judge the switch of the table and the key of each replica, which is one of its own Region."""

    def uses_key(replica: Node) -> Outcome:
        return customers_key(replica.at("SSESpecification", "KMSMasterKeyId"), by_alias=True)

    switch = table.at("SSESpecification", "SSEEnabled").must_be(True)
    return all_met([switch, each(table.at("Replicas"), uses_key)])


@rule(
    title="every table can be restored to any moment of the last days",
    fix="set PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled to true, in each replica of a global table",
    applies_to=(TABLE, GLOBAL_TABLE),
    controls=RESTORABLE,
    requirement="HC-177",
    same_as=(
        "cdk-nag:HIPAA.Security-DynamoDBPITREnabled",
        "config:dynamodb-pitr-enabled",
        "guard:DYNAMODB_PITR_ENABLED",
        "prowler:dynamodb_tables_pitr_enabled",
        "checkov:CKV_AWS_28",
        "checkov:CKV_AWS_165",
    ),
    url=_GUIDE + "Point-in-time-recovery.html",
)
def dynamodb_table_restorable(table: Resource) -> Outcome:
    """Judge the switch, which is off by default."""

    def restorable(place: Node) -> Outcome:
        return place.at("PointInTimeRecoverySpecification", "PointInTimeRecoveryEnabled").must_be(True)

    return _of_each(table, restorable)


@rule(
    title="every table is protected from deletion",
    fix="set DeletionProtectionEnabled to true, in each replica of a global table",
    applies_to=(TABLE, GLOBAL_TABLE),
    controls=RESTORABLE,
    requirement="HC-181",
    same_as=(
        "config:dynamodb-table-deletion-protection-enabled",
        "prowler:dynamodb_table_deletion_protection_enabled",
    ),
    url=_GUIDE + "WorkingWithTables.Basics.html#WorkingWithTables.Basics.DeletionProtection",
)
def dynamodb_table_deletion_protected(table: Resource) -> Outcome:
    """Judge the switch, which is off by default."""

    def protected(place: Node) -> Outcome:
        return place.at("DeletionProtectionEnabled").must_be(True)

    return _of_each(table, protected)


@rule(
    title="every table stays when its stack goes",
    fix="set DeletionPolicy and UpdateReplacePolicy to Retain",
    applies_to=(TABLE, GLOBAL_TABLE),
    controls=KEPT,
    requirement="HC-181",
    url=DELETION_URL,
)
def dynamodb_table_kept(table: Resource) -> Outcome:
    """Judge what becomes of the items when the stack goes, or the table is replaced."""
    return kept_on_deletion(table)


@rule(
    title="every table refuses requests without TLS",
    fix="deny dynamodb:* to everyone where aws:SecureTransport is false, in ResourcePolicy (of each replica)",
    applies_to=(TABLE, GLOBAL_TABLE),
    controls=IN_TRANSIT,
    requirement="HC-182",
    severity=Severity.WARNING,
    url=_GUIDE + "access-control-resource-based.html",
)
def dynamodb_table_tls_only(table: Resource) -> Outcome:
    """Judge the policy, for what is read and for what is written."""

    def refuses(place: Node) -> Outcome:
        document = place.at("ResourcePolicy", "PolicyDocument")
        return denied(document, _refuses_plaintext, "no statement denies requests without TLS")

    return _of_each(table, refuses)


def _refuses_plaintext(statement: Statement) -> bool | None:
    return denies_plaintext(statement, *_READS_AND_WRITES)
