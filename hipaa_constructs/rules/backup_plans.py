"""What a template must show of how backups are made, reported and tried out."""

from __future__ import annotations

from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._outcome import MET, Outcome, all_met, any_met, broken, undecided
from hipaa_constructs.rules._rule import Severity, rule
from hipaa_constructs.rules._schedules import longest_gap

PLAN = "AWS::Backup::BackupPlan"
AIR_GAPPED = "AWS::Backup::LogicallyAirGappedBackupVault"
TESTING_PLAN = "AWS::Backup::RestoreTestingPlan"
TESTING_SELECTION = "AWS::Backup::RestoreTestingSelection"
REPORT = "AWS::Backup::ReportPlan"
_GUIDE = "https://docs.aws.amazon.com/aws-backup/latest/devguide/"
_DAY = 1440
_MOST_MINUTES = 48 * 60
_START_WINDOW = 8 * 60
"""The minutes within which AWS Backup starts a job, if a rule does not say."""

_REPORTED = ("BACKUP_JOB_REPORT", "RESTORE_JOB_REPORT")


@rule(
    title="every backup plan makes a recovery point at least every 48 hours",
    fix="run a rule more often, or start it sooner: its schedule and StartWindowMinutes come to 48 hours at most",
    applies_to=(PLAN,),
    controls=("164.308(a)(7)(ii)(A)",),
    requirement="HC-315",
    same_as=(
        "config:aurora-last-backup-recovery-point-created",
        "config:dynamodb-last-backup-recovery-point-created",
        "config:ebs-last-backup-recovery-point-created",
        "config:efs-last-backup-recovery-point-created",
        "config:rds-last-backup-recovery-point-created",
        "config:s3-last-backup-recovery-point-created",
    ),
    severity=Severity.WARNING,
    url=_GUIDE + "creating-a-backup-plan.html",
)
def backup_plan_fresh(plan: Resource) -> Outcome:
    """Judge the longest time between two starts of one rule: continuous backups are newer still."""
    rules = plan.at("BackupPlan", "BackupPlanRule")
    rest = rules.undecided() if rules.is_unknown else rules.broken("no rule")
    found = [_fresh(one) for one in rules.items()]
    return any_met(found or [rest])


def _fresh(one: Node) -> Outcome:
    schedule, window = one.at("ScheduleExpression"), one.at("StartWindowMinutes")
    if one.at("EnableContinuousBackup").must_be(True) is MET:
        return MET
    if one.is_unknown or schedule.is_unknown or window.is_unknown:
        return one.undecided("an intrinsic function hides when it runs")
    # Without a schedule AWS Backup runs a rule every day.
    gap = _DAY if schedule.is_absent else longest_gap(schedule.text or "")
    start = _START_WINDOW if window.is_absent else window.number
    if gap is None or start is None:
        return (schedule if gap is None else window).broken()
    minutes = gap + start
    return MET if minutes <= _MOST_MINUTES else schedule.broken(f"up to {minutes:g} minutes between two starts")


@rule(
    title="every logically air-gapped vault receives copies",
    fix="name the vault in a CopyActions or TargetLogicallyAirGappedBackupVaultArn of a backup plan",
    applies_to=(AIR_GAPPED,),
    controls=("164.308(a)(7)(ii)(B)",),
    requirement="HC-312",
    same_as=(
        "config:aurora-resources-in-logically-air-gapped-vault",
        "config:ebs-resources-in-logically-air-gapped-vault",
        "config:efs-resources-in-logically-air-gapped-vault",
        "config:s3-resources-in-logically-air-gapped-vault",
    ),
    severity=Severity.WARNING,
    url=_GUIDE + "logicallyairgappedvault.html",
)
def air_gapped_vault_receives_copies(vault: Resource) -> Outcome:
    """Judge that a plan of the assembly copies there; who declares none may have one elsewhere."""
    assembly = vault.template.assembly
    rules = ("BackupPlan", "BackupPlanRule", "*")
    copies = assembly.pointing_at(vault, PLAN, *rules, "CopyActions", "*", "DestinationBackupVaultArn")
    targets = assembly.pointing_at(vault, PLAN, *rules, "TargetLogicallyAirGappedBackupVaultArn")
    if copies[0] or targets[0]:
        return MET
    if copies[1] or targets[1]:
        return undecided(why="an intrinsic function hides where a backup plan copies to")
    return broken(found="no backup plan copies to it")


@rule(
    title="every restore testing plan restores something, at least once a year",
    fix="add an AWS::Backup::RestoreTestingSelection for it, and a schedule",
    applies_to=(TESTING_PLAN,),
    controls=("164.308(a)(7)(ii)(D)",),
    requirement="HC-313",
    severity=Severity.WARNING,
    url=_GUIDE + "restore-testing.html",
)
def restore_testing_plan_tests(plan: Resource) -> Outcome:
    """Judge the schedule and the selections; resources may be selected in other stacks of the same assembly."""
    schedule = plan.at("ScheduleExpression")
    sure, unsure = plan.template.assembly.pointing_at(plan, TESTING_SELECTION, "RestoreTestingPlanName")
    if sure:
        selected = MET
    elif unsure:
        selected = undecided(why="an intrinsic function hides which plan a selection is for")
    else:
        selected = broken(found="no selection is for it")
    runs = schedule.undecided() if schedule.is_unknown else schedule.broken()
    return all_met([MET if longest_gap(schedule.text or "") is not None else runs, selected])


@rule(
    title="backup jobs and restore jobs are both reported",
    fix="add an AWS::Backup::ReportPlan with the ReportTemplate BACKUP_JOB_REPORT, and one with RESTORE_JOB_REPORT",
    applies_to=(REPORT,),
    controls=("164.308(a)(7)(ii)(D)", "164.316(b)(1)"),
    requirement="HC-317",
    same_as=("prowler:backup_reportplans_exist",),
    severity=Severity.WARNING,
    url=_GUIDE + "working-with-audit-reports.html",
)
def backup_reports_cover_jobs(report: Resource) -> Outcome:
    """Judge all report plans of the assembly together; who declares none may have them elsewhere."""
    plans = [one for one in report.template.assembly.resources(REPORT) if one.exists]
    templates = [plan.at("ReportSetting", "ReportTemplate") for plan in plans]
    missing = [wanted for wanted in _REPORTED if not any(template.text == wanted for template in templates)]
    if not missing:
        return MET
    hidden = next((template for template in templates if template.is_unknown), None)
    own = report.at("ReportSetting", "ReportTemplate")
    return own.undecided("a report plan's template is hidden") if hidden else own.broken(f"no plan is {missing[0]}")
