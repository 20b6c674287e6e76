"""What a template must show of Amazon RDS: that data can be restored."""

from __future__ import annotations

from fnmatch import fnmatchcase

from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._outcome import MET, NOT_APPLICABLE, Outcome, all_met, broken, undecided
from hipaa_constructs.rules._rds import AURORA_GUIDE, CLUSTER, GUIDE, INSTANCE, is_member, is_replica, unless_member
from hipaa_constructs.rules._rule import Severity, rule
from hipaa_constructs.rules._value import UNKNOWN

_SELECTION = "AWS::Backup::BackupSelection"
_DAYS = 35
_ARN_PARTS = 7
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
    """Judge the period, where zero means none; the default is a day."""
    return unless_member(database, database.at("BackupRetentionPeriod").must_be_at_least(1, absent=True))


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
    answers = [_selects(selection, database) for selection in database.template.assembly.resources(_SELECTION)]
    if True in answers:
        return MET
    if None in answers:
        return undecided(why="an intrinsic function or a condition hides what a backup selection takes")
    return broken(found="no backup selection takes it")


def _selects(selection: Resource, database: Resource) -> bool | None:
    if not selection.exists:
        return False
    body = selection.at("BackupSelection")
    named = _any([_names(one, database) for one in body.at("Resources").items()], body.at("Resources"))
    tagged = _any([_has_tag(one, database) for one in body.at("ListOfTags").items()], body.at("ListOfTags"))
    left_out = _any([_names(one, database) for one in body.at("NotResources").items()], body.at("NotResources"))
    taken = True if True in (named, tagged) else None if None in (named, tagged) or body.is_unknown else False
    if taken is False or left_out is True:
        return False
    return taken if left_out is False and body.at("Conditions").is_absent else None


def _any(answers: list[bool | None], place: Node) -> bool | None:
    if True in answers:
        return True
    return None if None in answers or place.is_unknown else False


def _names(place: Node, database: Resource) -> bool | None:
    kind, other = ("cluster", "db") if database.type == CLUSTER else ("db", "cluster")
    pattern = place.outline()
    if f":{other}:" in pattern:
        return False
    answer = place.designates(database)
    if answer is True:
        return True
    return _matches(pattern, kind, database) if "*" in pattern else answer


def _matches(pattern: str, kind: str, database: Resource) -> bool | None:
    pattern = pattern.replace(UNKNOWN, "*")
    if fnmatchcase(f"arn:aws:rds:us-east-1:123456789012:{kind}:\n", pattern):
        return True  # It takes all names, so no part of one stands in it.
    parts = pattern.split(":")
    if len(parts) != _ARN_PARTS or not (fnmatchcase("rds", parts[2]) and fnmatchcase(kind, parts[5])):
        return False
    name = database.name.text
    return None if name is None or fnmatchcase(name, parts[6]) else False


def _has_tag(condition: Node, database: Resource) -> bool | None:
    key, value = condition.at("ConditionKey"), condition.at("ConditionValue")
    tags = database.at("Tags")
    for tag in tags.items():
        if tag.at("Key").text == key.text and key.text is not None and tag.at("Value").text == value.text:
            return True if value.text is not None else None
    hidden = condition.is_unknown or key.is_unknown or value.is_unknown or tags.is_unknown
    return None if hidden or any(tag.at("Value").is_unknown for tag in tags.items()) else False


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

    Without a DeletionPolicy CloudFormation takes a snapshot of a cluster and of an instance outside clusters.
    """
    if is_member(database):
        return NOT_APPLICABLE
    deletion = database.attribute("DeletionPolicy")
    return all_met(
        [
            MET if deletion.is_absent else deletion.must_be("Retain", "RetainExceptOnCreate", "Snapshot"),
            database.attribute("UpdateReplacePolicy").must_be("Retain", "Snapshot"),
            database.at("DeleteAutomatedBackups").must_be(False),
        ]
    )
