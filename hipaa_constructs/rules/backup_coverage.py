"""What a template must show of what should be backed up: that a backup plan takes it."""

from __future__ import annotations

from hipaa_constructs.rules._backups import Arns, in_backup_plan
from hipaa_constructs.rules._node import Resource
from hipaa_constructs.rules._outcome import MET, NOT_APPLICABLE, Outcome, all_met, any_met
from hipaa_constructs.rules._rule import Severity, rule
from hipaa_constructs.rules._s3 import BUCKET, is_trail_bucket, receives_access_logs
from hipaa_constructs.rules._template import Assembly

_ARNS = {
    "AWS::DocDB::DBCluster": Arns("rds", "cluster:"),
    "AWS::Neptune::DBCluster": Arns("rds", "cluster:"),
    "AWS::Redshift::Cluster": Arns("redshift", "cluster:"),
    "AWS::RedshiftServerless::Namespace": Arns("redshift-serverless", "namespace/"),
}
GLOBAL_TABLE = "AWS::DynamoDB::GlobalTable"
_RESTORABLE = ("164.308(a)(7)(i)", "164.308(a)(7)(ii)(A)", "164.308(a)(7)(ii)(B)")
_URL = "https://docs.aws.amazon.com/aws-backup/latest/devguide/assigning-resources.html"


@rule(
    title="every table is in a backup plan",
    fix="name the table, or a tag of it, in an AWS::Backup::BackupSelection (HipaaBackupPlan.of(…).protect(table))",
    applies_to=("AWS::DynamoDB::Table", GLOBAL_TABLE),
    controls=_RESTORABLE,
    requirement="HC-178",
    same_as=("cdk-nag:HIPAA.Security-DynamoDBInBackupPlan", "config:dynamodb-in-backup-plan"),
    severity=Severity.WARNING,
    url=_URL,
)
def dynamodb_table_in_backup_plan(table: Resource) -> Outcome:
    """Judge the selections of all stacks; backups made otherwise are not seen."""
    tags = ("Replicas", "*", "Tags") if table.type == GLOBAL_TABLE else ("Tags",)
    return in_backup_plan(table, Arns("dynamodb", "table/"), *tags)


@rule(
    title="every file system is in a backup plan",
    fix="name the file system, or a tag of it, in an AWS::Backup::BackupSelection "
    "(HipaaBackupPlan.of(…).protect(file_system))",
    applies_to=("AWS::EFS::FileSystem",),
    controls=_RESTORABLE,
    requirement="HC-259",
    same_as=("cdk-nag:HIPAA.Security-EFSInBackupPlan", "config:efs-in-backup-plan"),
    severity=Severity.WARNING,
    url=_URL,
)
def efs_file_system_in_backup_plan(file_system: Resource) -> Outcome:
    """Judge the selections of all stacks, and the automatic backups of EFS, which are a plan of AWS's own."""
    automatic = file_system.at("BackupPolicy", "Status").must_be("ENABLED")
    return any_met(
        [in_backup_plan(file_system, Arns("elasticfilesystem", "file-system/"), "FileSystemTags"), automatic]
    )


@rule(
    title="every volume is in a backup plan",
    fix="name the volume, or a tag of it, in an AWS::Backup::BackupSelection (HipaaBackupPlan.of(…).protect(volume))",
    applies_to=("AWS::EC2::Volume",),
    controls=_RESTORABLE,
    requirement="HC-051",
    same_as=("cdk-nag:HIPAA.Security-EC2EBSInBackupPlan", "config:ebs-in-backup-plan"),
    severity=Severity.WARNING,
    url=_URL,
)
def ebs_volume_in_backup_plan(volume: Resource) -> Outcome:
    """Judge the selections of all stacks; snapshots made otherwise are not seen."""
    return in_backup_plan(volume, Arns("ec2", "volume/"), "Tags")


@rule(
    title="every cluster of DocumentDB, Neptune and Redshift, and every namespace of Redshift Serverless, is in a "
    "backup plan",
    fix="name the store, or a tag of it, in an AWS::Backup::BackupSelection (HipaaBackupPlan.of(…).protect(…))",
    applies_to=tuple(_ARNS),
    controls=_RESTORABLE,
    requirement="HC-316",
    severity=Severity.WARNING,
    url=_URL,
)
def data_store_in_backup_plan(store: Resource) -> Outcome:
    """Judge the selections of all stacks; the automated backups of a store go with it, or with its account."""
    return in_backup_plan(store, _ARNS[store.type], "Tags")


@rule(
    title="every bucket is in a backup plan or replicated, where other buckets are in one",
    fix="name the bucket, or a tag of it, in an AWS::Backup::BackupSelection (HipaaBackupPlan.of(…).protect(bucket))",
    applies_to=(BUCKET,),
    controls=_RESTORABLE,
    requirement="HC-089",
    same_as=("config:s3-resources-protected-by-backup-plan",),
    severity=Severity.WARNING,
    url="https://docs.aws.amazon.com/aws-backup/latest/devguide/s3-backups.html",
)
def s3_bucket_in_backup_plan(bucket: Resource) -> Outcome:
    """Judge buckets of records in apps whose plans take buckets; those of other apps are to be replicated anyway."""
    assembly = bucket.template.assembly
    outcome = in_backup_plan(bucket, Arns("s3", ""), "Tags")
    if outcome is MET:
        return MET
    if not assembly.once("whether backup plans take buckets", lambda: _take_buckets(assembly)):
        return NOT_APPLICABLE
    path = ("ReplicationConfiguration", "Rules", "*", "Destination", "Bucket")
    copied_to = assembly.pointing_at(bucket, BUCKET, *path)[0]
    if copied_to or receives_access_logs(bucket) or is_trail_bucket(bucket):
        return NOT_APPLICABLE
    versioned = bucket.at("VersioningConfiguration", "Status").must_be("Enabled")
    replicated = bucket.at("ReplicationConfiguration", "Rules").must_be_set()
    return any_met([outcome, all_met([versioned, replicated])])


def _take_buckets(assembly: Assembly) -> bool:
    return any(
        place.outline().startswith("arn:aws:s3:::") or any(target.type == BUCKET for target in place.targets())
        for selection in assembly.resources("AWS::Backup::BackupSelection")
        for place in selection.at("BackupSelection", "Resources").items()
        if selection.exists
    )
