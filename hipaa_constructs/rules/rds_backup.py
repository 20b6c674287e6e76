"""What a template must show of Amazon RDS: that data can be restored."""

from __future__ import annotations

from hipaa_constructs.rules._backups import Arns, in_backup_plan
from hipaa_constructs.rules._node import Resource
from hipaa_constructs.rules._outcome import MET, NOT_APPLICABLE, Outcome, all_met
from hipaa_constructs.rules._rds import (
    AURORA_GUIDE,
    CLUSTER,
    GUIDE,
    INSTANCE,
    is_member,
    is_read_replica,
    is_replica,
    unless_member,
)
from hipaa_constructs.rules._rule import Severity, rule

_DAYS = 35
_RESTORABLE = ("164.308(a)(7)(ii)(A)", "164.308(a)(7)(ii)(B)", "164.308(a)(7)(i)")


@rule(
    title="every database makes automated backups",
    fix="set BackupRetentionPeriod to 35",
    applies_to=(INSTANCE, CLUSTER),
    controls=_RESTORABLE,
    requirement="HC-110",
    same_as=(
        "cdk-nag:HIPAA.Security-RDSInstanceBackupEnabled",
        "config:db-instance-backup-enabled",
        "guard:DB_INSTANCE_BACKUP_ENABLED",
        "prowler:rds_instance_backup_enabled",
    ),
    url=GUIDE + "USER_WorkingWithAutomatedBackups.html",
)
def rds_backed_up(database: Resource) -> Outcome:
    """Judge the period, where zero means none; the default is a day, but for read replicas that ask for no backups."""
    period = database.at("BackupRetentionPeriod")
    if period.is_absent and is_read_replica(database):
        return NOT_APPLICABLE
    return unless_member(database, period.must_be_at_least(1, absent=True))


@rule(
    title="every database keeps its automated backups for 35 days",
    fix="set BackupRetentionPeriod to 35",
    applies_to=(INSTANCE, CLUSTER),
    controls=_RESTORABLE,
    requirement="HC-111",
    severity=Severity.WARNING,
    url=GUIDE + "USER_WorkingWithAutomatedBackups.BackupRetention.html",
)
def rds_backups_kept(database: Resource) -> Outcome:
    """Judge the period; a replica without one of its own is restored from its source's."""
    period = database.at("BackupRetentionPeriod")
    if is_member(database) or (period.is_absent and is_replica(database)):
        return NOT_APPLICABLE
    return period.must_be_at_least(_DAYS)


@rule(
    title="every database is in a backup plan",
    fix="add an AWS::Backup::BackupSelection that names the database, or a tag of it",
    applies_to=(INSTANCE, CLUSTER),
    controls=_RESTORABLE,
    requirement="HC-112",
    same_as=(
        "cdk-nag:HIPAA.Security-RDSInBackupPlan",
        "config:rds-in-backup-plan",
        "config:aurora-resources-protected-by-backup-plan",
    ),
    severity=Severity.WARNING,
    url="https://docs.aws.amazon.com/aws-backup/latest/devguide/assigning-resources.html",
)
def rds_in_backup_plan(database: Resource) -> Outcome:
    """Judge the selections of all stacks, by ARN, pattern and tag; members are backed up with their cluster."""
    if is_member(database):
        return NOT_APPLICABLE
    return in_backup_plan(database, Arns("rds", "cluster:" if database.type == CLUSTER else "db:"), "Tags")


@rule(
    title="every database leaves a snapshot and its backups behind",
    fix="set DeletionPolicy and UpdateReplacePolicy to Snapshot or Retain, and DeleteAutomatedBackups to false",
    applies_to=(INSTANCE, CLUSTER),
    controls=("164.308(a)(7)(ii)(A)",),
    requirement="HC-114",
    url=AURORA_GUIDE + "USER_DeleteCluster.html",
)
def rds_kept(database: Resource) -> Outcome:
    """Judge what becomes of the data when the stack goes or the database is replaced.

    Without a DeletionPolicy CloudFormation takes a snapshot of a cluster and of an instance outside clusters. Of a read
    replica RDS takes no last snapshot: the data is its source's, and only backups of its own are judged.
    """
    if is_member(database):
        return NOT_APPLICABLE
    backups = database.at("DeleteAutomatedBackups").must_be(False)
    if is_read_replica(database):
        period = database.at("BackupRetentionPeriod")
        if period.is_unknown:
            return backups if backups is MET else period.undecided()
        return backups if period.number else NOT_APPLICABLE
    deletion = database.attribute("DeletionPolicy")
    return all_met(
        [
            MET if deletion.is_absent else deletion.must_be("Retain", "RetainExceptOnCreate", "Snapshot"),
            database.attribute("UpdateReplacePolicy").must_be("Retain", "Snapshot"),
            backups,
        ]
    )
