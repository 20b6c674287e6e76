"""What a template must show of Amazon DocumentDB."""

from __future__ import annotations

from hipaa_constructs.rules._clusters import encrypted, encrypted_with_own_key, is_restored
from hipaa_constructs.rules._keys import customers_key
from hipaa_constructs.rules._node import Resource
from hipaa_constructs.rules._outcome import MET, NOT_APPLICABLE, Outcome, all_met
from hipaa_constructs.rules._retention import kept_on_deletion
from hipaa_constructs.rules._rule import Severity, rule
from hipaa_constructs.rules._stores import (
    AT_REST,
    DELETION_URL,
    IN_TRANSIT,
    KEPT,
    RESTORABLE,
    SIGNED_IN,
    from_secret,
    group_of,
    kept_or_snapshotted,
    lists,
    parameter_is,
)

CLUSTER = "AWS::DocDB::DBCluster"
ELASTIC = "AWS::DocDBElastic::Cluster"
PARAMETER_GROUP = "AWS::DocDB::DBClusterParameterGroup"
_GUIDE = "https://docs.aws.amazon.com/documentdb/latest/developerguide/"
_DAYS = 35
_AUDITED = ("enabled", "all")
_READS_AND_WRITES = {"dml_read", "dml_write"}
_WITH_TLS = ("enabled", "fips-140-3", "tls1.2+", "tls1.3+")


@rule(
    title="every cluster of DocumentDB is encrypted at rest",
    fix="set StorageEncrypted to true; it can't be changed later, restore a snapshot with a key instead",
    applies_to=(CLUSTER,),
    controls=AT_REST,
    requirement="HC-370",
    same_as=("checkov:CKV_AWS_74",),
    url=_GUIDE + "encryption-at-rest.html",
)
def docdb_encrypted(cluster: Resource) -> Outcome:
    """Judge the storage, which is not encrypted where nothing is said."""
    return encrypted(cluster)


@rule(
    title="every cluster of DocumentDB is encrypted with a customer managed key",
    fix="set KmsKeyId to a key of yours; it can't be changed later",
    applies_to=(CLUSTER, ELASTIC),
    controls=AT_REST,
    requirement="HC-371",
    severity=Severity.WARNING,
    url=_GUIDE + "encryption-at-rest.html",
)
def docdb_uses_customer_managed_key(cluster: Resource) -> Outcome:
    """Judge the key; elastic clusters are always encrypted, with one of AWS otherwise."""
    if cluster.type == ELASTIC:
        return customers_key(cluster.at("KmsKeyId"), by_alias=True)
    return encrypted_with_own_key(cluster)


@rule(
    title="no cluster of DocumentDB accepts plaintext connections",
    fix="set tls to enabled, tls1.2+, tls1.3+ or fips-140-3 among Parameters, or leave it out",
    applies_to=(PARAMETER_GROUP,),
    controls=IN_TRANSIT,
    requirement="HC-372",
    same_as=("checkov:CKV_AWS_90",),
    url=_GUIDE + "security.encryption.ssl.html",
)
def docdb_tls_only(group: Resource) -> Outcome:
    """Judge the parameter; it is on where nothing is said, and in the default groups of AWS."""
    parameters = group.at("Parameters")
    if parameters.at("tls").is_absent and isinstance(parameters.value, dict):
        return MET
    return parameter_is(group, "tls", *_WITH_TLS)


@rule(
    title="every parameter group of DocumentDB has its clusters audited",
    fix="set audit_logs to all, or to ddl, dml_read, dml_write, among Parameters",
    applies_to=(CLUSTER, PARAMETER_GROUP),
    controls=("164.312(b)",),
    requirement="HC-373",
    same_as=("checkov:CKV_AWS_104",),
    url=_GUIDE + "event-auditing.html",
)
def docdb_audited(resource: Resource) -> Outcome:
    """Judge the parameter at its group; in the default groups of AWS it is off."""
    if resource.type == PARAMETER_GROUP:
        events = resource.at("Parameters", "audit_logs").text or ""
        named = {event.strip() for event in events.lower().split(",")}
        return MET if named >= _READS_AND_WRITES else parameter_is(resource, "audit_logs", *_AUDITED)
    group = group_of(resource, "DBClusterParameterGroupName", PARAMETER_GROUP)
    if group is None:
        return resource.at("DBClusterParameterGroupName").broken("a default group, where audit_logs is off")
    return NOT_APPLICABLE if isinstance(group, Resource) else group


@rule(
    title="every cluster of DocumentDB exports its audit log",
    fix="add audit to EnableCloudwatchLogsExports",
    applies_to=(CLUSTER,),
    controls=("164.312(b)",),
    requirement="HC-373",
    same_as=("checkov:CKV_AWS_85",),
    url=_GUIDE + "event-auditing.html",
)
def docdb_audit_log_exported(cluster: Resource) -> Outcome:
    """Judge the kinds of logs; what is not exported can't be read."""
    return lists(cluster.at("EnableCloudwatchLogsExports"), "audit")


@rule(
    title="every cluster of DocumentDB keeps its automated backups for 35 days",
    fix="set BackupRetentionPeriod to 35",
    applies_to=(CLUSTER, ELASTIC),
    controls=RESTORABLE,
    requirement="HC-374",
    same_as=("checkov:CKV_AWS_360",),
    severity=Severity.WARNING,
    url=_GUIDE + "backup_restore.html",
)
def docdb_backups_kept(cluster: Resource) -> Outcome:
    """Judge the period against the longest that DocumentDB knows; the default is a day."""
    return cluster.at("BackupRetentionPeriod").must_be_at_least(_DAYS)


@rule(
    title="every cluster of DocumentDB is protected from deletion",
    fix="set DeletionProtection to true",
    applies_to=(CLUSTER,),
    controls=RESTORABLE,
    requirement="HC-374",
    url=_GUIDE + "db-cluster-delete.html",
)
def docdb_deletion_protected(cluster: Resource) -> Outcome:
    """Judge the switch, which is off where nothing is said."""
    return cluster.at("DeletionProtection").must_be(True)


@rule(
    title="every cluster of DocumentDB leaves a snapshot behind, or stays, when its stack goes",
    fix="set DeletionPolicy and UpdateReplacePolicy to Snapshot or Retain",
    applies_to=(CLUSTER, ELASTIC),
    controls=KEPT,
    requirement="HC-374",
    url=DELETION_URL,
)
def docdb_kept(cluster: Resource) -> Outcome:
    """Judge what becomes of the data; CloudFormation takes no snapshots of elastic clusters."""
    return kept_on_deletion(cluster) if cluster.type == ELASTIC else kept_or_snapshotted(cluster)


@rule(
    title="no password of a cluster of DocumentDB is known to anybody",
    fix="set ManageMasterUserPassword to true and MasterUserSecretKmsKeyId to a key of yours, or refer to a secret "
    "with {{resolve:secretsmanager:…}}",
    applies_to=(CLUSTER,),
    controls=SIGNED_IN,
    requirement="HC-375",
    url=_GUIDE + "docdb-secrets-manager.html",
)
def docdb_password_managed(cluster: Resource) -> Outcome:
    """Judge where the password of the first user comes from."""
    password, managed = cluster.at("MasterUserPassword"), cluster.at("ManageMasterUserPassword")
    if not password.is_absent:
        return from_secret(password)
    if managed.is_absent and (is_restored(cluster) or not cluster.at("GlobalClusterIdentifier").is_absent):
        return managed.undecided("the password is that of the snapshot or of the other cluster")
    key = customers_key(cluster.at("MasterUserSecretKmsKeyId"), by_alias=True)
    return all_met([managed.must_be(True), key])
