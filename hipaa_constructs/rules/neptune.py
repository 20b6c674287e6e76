"""What a template must show of Amazon Neptune."""

from __future__ import annotations

from hipaa_constructs.rules._clusters import encrypted, encrypted_with_own_key
from hipaa_constructs.rules._node import Resource
from hipaa_constructs.rules._outcome import NOT_APPLICABLE, Outcome
from hipaa_constructs.rules._rule import Severity, rule
from hipaa_constructs.rules._stores import (
    AT_REST,
    DELETION_URL,
    KEPT,
    RESTORABLE,
    group_of,
    kept_or_snapshotted,
    lists,
    parameter_is,
)

CLUSTER = "AWS::Neptune::DBCluster"
PARAMETER_GROUP = "AWS::Neptune::DBClusterParameterGroup"
_GUIDE = "https://docs.aws.amazon.com/neptune/latest/userguide/"
_DAYS = 35


@rule(
    title="every cluster of Neptune is encrypted at rest",
    fix="set StorageEncrypted to true; it can't be changed later, restore a snapshot with a key instead",
    applies_to=(CLUSTER,),
    controls=AT_REST,
    requirement="HC-376",
    same_as=("config:neptune-cluster-encrypted", "checkov:CKV_AWS_44"),
    url=_GUIDE + "encrypt.html",
)
def neptune_encrypted(cluster: Resource) -> Outcome:
    """Judge the storage, which is not encrypted where nothing is said."""
    return encrypted(cluster)


@rule(
    title="every cluster of Neptune is encrypted with a customer managed key",
    fix="set KmsKeyId to a key of yours; it can't be changed later",
    applies_to=(CLUSTER,),
    controls=AT_REST,
    requirement="HC-376",
    severity=Severity.WARNING,
    url=_GUIDE + "encrypt.html",
)
def neptune_uses_customer_managed_key(cluster: Resource) -> Outcome:
    """Judge the key."""
    return encrypted_with_own_key(cluster)


@rule(
    title="every cluster of Neptune lets in only who signs in with IAM",
    fix="set IamAuthEnabled to true",
    applies_to=(CLUSTER,),
    controls=("164.312(d)", "164.312(a)(1)"),
    requirement="HC-377",
    same_as=("config:neptune-cluster-iam-database-authentication",),
    url=_GUIDE + "iam-auth-enable.html",
)
def neptune_authenticated(cluster: Resource) -> Outcome:
    """Judge the switch; without it whoever reaches the port may do everything."""
    return cluster.at("IamAuthEnabled").must_be(True)


@rule(
    title="every parameter group of Neptune has its clusters audited",
    fix="set neptune_enable_audit_log to 1 among Parameters",
    applies_to=(CLUSTER, PARAMETER_GROUP),
    controls=("164.312(b)",),
    requirement="HC-378",
    url=_GUIDE + "auditing-enable.html",
)
def neptune_audited(resource: Resource) -> Outcome:
    """Judge the parameter at its group; in the default groups of AWS it is off."""
    if resource.type == PARAMETER_GROUP:
        return parameter_is(resource, "neptune_enable_audit_log", "1")
    group = group_of(resource, "DBClusterParameterGroupName", PARAMETER_GROUP)
    if group is None:
        return resource.at("DBClusterParameterGroupName").broken("a default group, where the audit log is off")
    return NOT_APPLICABLE if isinstance(group, Resource) else group


@rule(
    title="every cluster of Neptune exports its audit log",
    fix="add audit to EnableCloudwatchLogsExports",
    applies_to=(CLUSTER,),
    controls=("164.312(b)",),
    requirement="HC-378",
    same_as=("checkov:CKV_AWS_101",),
    url=_GUIDE + "cloudwatch-logs.html",
)
def neptune_audit_log_exported(cluster: Resource) -> Outcome:
    """Judge the kinds of logs; what stays on the instance is overwritten."""
    return lists(cluster.at("EnableCloudwatchLogsExports"), "audit")


@rule(
    title="every cluster of Neptune keeps its automated backups for 35 days",
    fix="set BackupRetentionPeriod to 35",
    applies_to=(CLUSTER,),
    controls=RESTORABLE,
    requirement="HC-379",
    same_as=("checkov:CKV_AWS_361",),
    severity=Severity.WARNING,
    url=_GUIDE + "backup-restore-overview.html",
)
def neptune_backups_kept(cluster: Resource) -> Outcome:
    """Judge the period against the longest that Neptune knows; the default is a day."""
    return cluster.at("BackupRetentionPeriod").must_be_at_least(_DAYS)


@rule(
    title="every cluster of Neptune is protected from deletion",
    fix="set DeletionProtection to true",
    applies_to=(CLUSTER,),
    controls=RESTORABLE,
    requirement="HC-379",
    url=_GUIDE + "manage-console-instances-delete.html",
)
def neptune_deletion_protected(cluster: Resource) -> Outcome:
    """Judge the switch, which is off where nothing is said."""
    return cluster.at("DeletionProtection").must_be(True)


@rule(
    title="every cluster of Neptune leaves a snapshot behind, or stays, when its stack goes",
    fix="set DeletionPolicy and UpdateReplacePolicy to Snapshot or Retain",
    applies_to=(CLUSTER,),
    controls=KEPT,
    requirement="HC-379",
    url=DELETION_URL,
)
def neptune_kept(cluster: Resource) -> Outcome:
    """Judge what becomes of the data when the stack goes, or the cluster is replaced."""
    return kept_or_snapshotted(cluster)
