"""What is judged of how backups are made, reported and tried out."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import (
    BROKEN,
    GONE,
    MET,
    NEVER_TEXT,
    PARAMETER,
    UNDECIDED,
    Body,
    outcome,
    resource,
    template,
    verdict,
)

FRESH, AIR_GAPPED = "BackupPlanFresh", "AirGappedVaultReceivesCopies"
TESTS, REPORTS = "RestoreTestingPlanTests", "BackupReportsCoverJobs"
PLAN = "AWS::Backup::BackupPlan"


def plan(*rules: Json) -> Body:
    return template({"It": resource(PLAN, {"BackupPlan": {"BackupPlanRule": list(rules)}})})


@pytest.mark.parametrize(
    ("rule", "wanted"),
    [
        ({}, MET),
        ({"ScheduleExpression": "cron(0 5 * * ? *)"}, MET),
        ({"ScheduleExpression": "rate(1 day)"}, MET),
        ({"ScheduleExpression": "rate(1 day)", "StartWindowMinutes": 1440}, MET),
        ({"ScheduleExpression": "rate(1 day)", "StartWindowMinutes": 1441}, BROKEN),
        ({"StartWindowMinutes": 1440}, MET),
        ({"StartWindowMinutes": 1441}, BROKEN),
        ({"ScheduleExpression": "rate(40 hours)"}, MET),
        ({"ScheduleExpression": "rate(41 hours)"}, BROKEN),
        ({"ScheduleExpression": "cron(0 5 ? * MON *)"}, BROKEN),
        ({"ScheduleExpression": "cron(0 5 ? * MON *)", "EnableContinuousBackup": True}, MET),
        ({"ScheduleExpression": "cron(0 5 ? * MON *)", "EnableContinuousBackup": PARAMETER}, BROKEN),
        ({"ScheduleExpression": "x"}, BROKEN),
        ({"ScheduleExpression": 3}, BROKEN),
        ({"StartWindowMinutes": "x"}, BROKEN),
        ({"ScheduleExpression": PARAMETER}, UNDECIDED),
        ({"StartWindowMinutes": PARAMETER}, UNDECIDED),
        (PARAMETER, UNDECIDED),
    ],
)
def test_the_longest_time_between_two_starts_decides(rule: Json, wanted: str) -> None:
    assert verdict(FRESH, plan(rule)) == wanted


def test_one_rule_is_enough() -> None:
    weekly: Json = {"ScheduleExpression": "cron(0 5 ? * MON *)"}
    assert verdict(FRESH, plan(weekly, {"ScheduleExpression": "rate(1 day)"})) == MET


@pytest.mark.parametrize(("rules", "wanted"), [([], BROKEN), (GONE, BROKEN), ("x", BROKEN), (PARAMETER, UNDECIDED)])
def test_a_plan_without_rules_breaks(rules: Json, wanted: str) -> None:
    body = template({"It": resource(PLAN, {"BackupPlan": {"BackupPlanRule": rules}})})
    assert verdict(FRESH, body) == wanted


@pytest.mark.parametrize(
    ("rule", "wanted"),
    [
        ({"CopyActions": [{"DestinationBackupVaultArn": {"Fn::GetAtt": ["It", "BackupVaultArn"]}}]}, MET),
        ({"TargetLogicallyAirGappedBackupVaultArn": {"Fn::GetAtt": ["It", "BackupVaultArn"]}}, MET),
        ({"TargetLogicallyAirGappedBackupVaultArn": "arn:aws:backup:us-east-1:1:backup-vault:gap"}, MET),
        ({"CopyActions": [{"DestinationBackupVaultArn": "arn:aws:backup:us-east-1:1:backup-vault:other"}]}, BROKEN),
        ({"CopyActions": [{"DestinationBackupVaultArn": PARAMETER}]}, UNDECIDED),
        ({"TargetLogicallyAirGappedBackupVaultArn": PARAMETER}, UNDECIDED),
        ({}, BROKEN),
    ],
)
def test_an_air_gapped_vault_receives_copies(rule: Json, wanted: str) -> None:
    vault = resource("AWS::Backup::LogicallyAirGappedBackupVault", {"BackupVaultName": "gap"})
    made = resource(PLAN, {"BackupPlan": {"BackupPlanRule": [rule]}})
    assert verdict(AIR_GAPPED, template({"It": vault, "Plan": made})) == wanted


def restores(schedule: Json, selected: Json) -> Body:
    selection = resource("AWS::Backup::RestoreTestingSelection", {"RestoreTestingPlanName": selected})
    properties: Json = {"ScheduleExpression": schedule, "RestoreTestingPlanName": "monthly"}
    return template({"It": resource("AWS::Backup::RestoreTestingPlan", properties), "Selection": selection})


@pytest.mark.parametrize(
    ("schedule", "wanted"),
    [
        ("cron(0 5 1 * ? *)", MET),
        ("cron(0 5 1 1 ? *)", MET),
        ("rate(7 days)", MET),
        ("never", BROKEN),
        (GONE, BROKEN),
        (PARAMETER, UNDECIDED),
        *((value, BROKEN) for value in NEVER_TEXT),
    ],
)
def test_the_schedule_of_restore_tests_decides(schedule: Json, wanted: str) -> None:
    assert verdict(TESTS, restores(schedule, {"Ref": "It"})) == wanted


@pytest.mark.parametrize(
    ("selected", "wanted"), [({"Ref": "It"}, MET), ("monthly", MET), ("weekly", BROKEN), (PARAMETER, UNDECIDED)]
)
def test_a_restore_testing_plan_selects_something(selected: Json, wanted: str) -> None:
    assert verdict(TESTS, restores("rate(7 days)", selected)) == wanted


def report(template_: Json) -> Json:
    return resource("AWS::Backup::ReportPlan", {"ReportSetting": {"ReportTemplate": template_}})


@pytest.mark.parametrize(
    ("own", "other", "wanted"),
    [
        ("BACKUP_JOB_REPORT", "RESTORE_JOB_REPORT", MET),
        ("RESTORE_JOB_REPORT", "BACKUP_JOB_REPORT", MET),
        ("BACKUP_JOB_REPORT", "COPY_JOB_REPORT", BROKEN),
        ("RESTORE_JOB_REPORT", "COPY_JOB_REPORT", BROKEN),
        ("RESTORE_JOB_REPORT", PARAMETER, UNDECIDED),
        ("x", GONE, BROKEN),
    ],
)
def test_both_kinds_of_jobs_are_reported(own: str, other: Json, wanted: str) -> None:
    assert verdict(REPORTS, template({"It": report(own)}), template({"Other": report(other)})) == wanted


def test_a_missing_report_is_told_at_the_template_of_the_one_there_is() -> None:
    found = outcome(REPORTS, template({"It": report("BACKUP_JOB_REPORT")}))
    assert (found.property, found.found) == ("ReportSetting.ReportTemplate", "no plan is RESTORE_JOB_REPORT")


@pytest.mark.parametrize(
    ("rule", "told"),
    [({"ScheduleExpression": "x"}, "ScheduleExpression"), ({"StartWindowMinutes": "x"}, "StartWindowMinutes")],
)
def test_what_is_no_time_is_told(rule: Json, told: str) -> None:
    assert outcome(FRESH, plan(rule)).property.endswith(told)
