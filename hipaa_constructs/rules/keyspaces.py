"""What a template must show of Amazon Keyspaces."""

from __future__ import annotations

from hipaa_constructs.rules._keys import customers_key
from hipaa_constructs.rules._node import Resource
from hipaa_constructs.rules._outcome import Outcome, all_met
from hipaa_constructs.rules._retention import kept_on_deletion
from hipaa_constructs.rules._rule import Severity, rule
from hipaa_constructs.rules._stores import AT_REST, DELETION_URL, KEPT, RESTORABLE

TABLE = "AWS::Cassandra::Table"
_GUIDE = "https://docs.aws.amazon.com/keyspaces/latest/devguide/"


@rule(
    title="every table of Keyspaces is encrypted with a customer managed key",
    fix="set EncryptionSpecification with EncryptionType CUSTOMER_MANAGED_KMS_KEY and KmsKeyIdentifier",
    applies_to=(TABLE,),
    controls=AT_REST,
    requirement="HC-391",
    severity=Severity.WARNING,
    url=_GUIDE + "EncryptionAtRest.html",
)
def keyspaces_uses_customer_managed_key(table: Resource) -> Outcome:
    """Judge kind and key; Keyspaces encrypts with a key of its own otherwise."""
    encryption = table.at("EncryptionSpecification")
    key = customers_key(encryption.at("KmsKeyIdentifier"))
    return all_met([encryption.at("EncryptionType").must_be("CUSTOMER_MANAGED_KMS_KEY"), key])


@rule(
    title="every table of Keyspaces can be restored to any moment of the last days",
    fix="set PointInTimeRecoveryEnabled to true",
    applies_to=(TABLE,),
    controls=RESTORABLE,
    requirement="HC-392",
    url=_GUIDE + "PointInTimeRecovery.html",
)
def keyspaces_restorable(table: Resource) -> Outcome:
    """Judge the switch, which is off by default."""
    return table.at("PointInTimeRecoveryEnabled").must_be(True)


@rule(
    title="every table of Keyspaces stays when its stack goes",
    fix="set DeletionPolicy and UpdateReplacePolicy to Retain",
    applies_to=(TABLE,),
    controls=KEPT,
    requirement="HC-392",
    url=DELETION_URL,
)
def keyspaces_kept(table: Resource) -> Outcome:
    """Judge what becomes of the rows when the stack goes, or the table is replaced."""
    return kept_on_deletion(table)
