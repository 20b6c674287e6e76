"""What is judged of backup vaults and plans."""

from __future__ import annotations

import json

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import BROKEN, GONE, MET, PARAMETER, UNDECIDED, Body, partly, resource, template, verdict

VAULT = "AWS::Backup::BackupVault"
PLAN = "AWS::Backup::BackupPlan"
KEY = "arn:aws:kms:us-east-1:123456789012:key/1234"
RETAINED: dict[str, Json] = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}


def vault(properties: Json, **attributes: Json) -> Body:
    return template({"It": resource(VAULT, properties, **attributes)})


@pytest.mark.parametrize(
    ("key", "wanted"),
    [
        (KEY, MET),
        ({"Fn::GetAtt": ["Key", "Arn"]}, MET),
        ("alias/aws/backup", BROKEN),
        (GONE, BROKEN),
        ("", BROKEN),
        (PARAMETER, UNDECIDED),
    ],
)
def test_the_key_of_a_vault_decides(key: Json, wanted: str) -> None:
    assert verdict("BackupVaultUsesCustomerManagedKey", vault({"EncryptionKeyArn": key})) == wanted


def denial(**changes: Json) -> Json:
    actions: Json = ["backup:DeleteRecoveryPoint", "backup:UpdateRecoveryPointLifecycle"]
    whole: Body = {"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": actions, "Resource": "*"}
    return {"Statement": [{**whole, **changes}]}


@pytest.mark.parametrize(
    ("properties", "wanted"),
    [
        ({"LockConfiguration": {"MinRetentionDays": 35}}, MET),
        ({"LockConfiguration": {"MinRetentionDays": "1"}}, MET),
        ({"LockConfiguration": {"MinRetentionDays": 0}}, BROKEN),
        ({"LockConfiguration": {"MaxRetentionDays": 35}}, BROKEN),
        ({"LockConfiguration": {}}, BROKEN),
        ({"LockConfiguration": "x"}, BROKEN),
        ({"LockConfiguration": PARAMETER}, UNDECIDED),
        ({"AccessPolicy": denial()}, MET),
        ({"AccessPolicy": denial(Action="backup:*")}, MET),
        ({"AccessPolicy": denial(Effect="Allow")}, BROKEN),
        ({"AccessPolicy": denial(Action="backup:DeleteRecoveryPoint")}, BROKEN),
        ({"AccessPolicy": denial(Principal={"AWS": "arn:aws:iam::123456789012:root"})}, BROKEN),
        ({"AccessPolicy": denial(Condition={"Bool": {"aws:MultiFactorAuthPresent": "false"}})}, BROKEN),
        ({"AccessPolicy": denial(Principal=PARAMETER)}, UNDECIDED),
        ({"AccessPolicy": PARAMETER}, UNDECIDED),
        ({}, BROKEN),
    ],
)
def test_a_lock_or_a_denial_protects_recovery_points(properties: Json, wanted: str) -> None:
    assert verdict("BackupVaultProtectedFromDeletion", vault(properties)) == wanted


def both(one: Json, other: Json) -> Json:
    return {
        "Statement": [{"Effect": "Deny", "Principal": "*", "Action": each, "Resource": "*"} for each in (one, other)]
    }


@pytest.mark.parametrize(
    ("policy", "wanted"),
    [
        (denial(), MET),
        (json.dumps(denial()), MET),
        (both("backup:DeleteRecoveryPoint", "backup:UpdateRecoveryPointLifecycle"), MET),
        (both("backup:DeleteRecoveryPoint", "backup:DeleteBackupVault"), BROKEN),
        (both("backup:DeleteRecoveryPoint", PARAMETER), UNDECIDED),
        (denial(Resource="arn:aws:ec2:*::snapshot/*"), BROKEN),
        (denial(Resource=PARAMETER), UNDECIDED),
        (denial(Resource=partly("*")), UNDECIDED),
        (denial(Resource=partly("arn")), BROKEN),
        (denial(Effect=PARAMETER), UNDECIDED),
        (denial(NotPrincipal={"AWS": "*"}), BROKEN),
        ({"Statement": PARAMETER}, UNDECIDED),
        ({"Statement": {"Fn::If": ["Locked", [], GONE]}}, BROKEN),
        (7, BROKEN),
        ([], BROKEN),
        (GONE, BROKEN),
    ],
)
def test_the_access_policy_of_a_vault_decides(policy: Json, wanted: str) -> None:
    lock: Json = {"MinRetentionDays": 35}
    body = vault({"AccessPolicy": policy, "LockConfiguration": lock})
    assert verdict("BackupVaultDeletionDenied", body) == wanted


@pytest.mark.parametrize(
    ("lock", "wanted"),
    [
        ({"MinRetentionDays": 35}, MET),
        ({"MinRetentionDays": 35, "ChangeableForDays": 3}, MET),
        ({"MinRetentionDays": 0}, BROKEN),
        ({"MinRetentionDays": PARAMETER}, UNDECIDED),
        ([35], BROKEN),
        (GONE, BROKEN),
    ],
)
def test_the_lock_of_a_vault_decides(lock: Json, wanted: str) -> None:
    body = vault({"AccessPolicy": denial(), "LockConfiguration": lock})
    assert verdict("BackupVaultLocked", body) == wanted


@pytest.mark.parametrize(
    ("attributes", "wanted"),
    [
        (RETAINED, MET),
        ({}, BROKEN),
        ({**RETAINED, "DeletionPolicy": "Delete"}, BROKEN),
        ({**RETAINED, "UpdateReplacePolicy": "Delete"}, BROKEN),
    ],
)
def test_what_becomes_of_a_vault_decides(attributes: dict[str, Json], wanted: str) -> None:
    assert verdict("BackupVaultKept", vault({}, **attributes)) == wanted


def plan(*rules: Json) -> Body:
    return template({"It": resource(PLAN, {"BackupPlan": {"BackupPlanName": "x", "BackupPlanRule": list(rules)}})})


def rule(schedule: Json, days: Json = 35) -> Json:
    return {"RuleName": "x", "ScheduleExpression": schedule, "Lifecycle": {"DeleteAfterDays": days}}


@pytest.mark.parametrize(
    ("schedule", "wanted"),
    [
        ("cron(0 5 * * ? *)", MET),
        ("cron(0 5 ? * * *)", MET),
        ("cron(0 */4 * * ? *)", MET),
        ("cron(0 5 1/1 * ? *)", MET),
        ("cron(0 5 ? * 1-7 *)", MET),
        ("cron(0 5 ? * SUN-SAT *)", MET),
        ("rate(1 day)", MET),
        ("rate(12 hours)", MET),
        (GONE, MET),
        ("cron(0 5 1 * ? *)", BROKEN),
        ("cron(0 5 ? * MON *)", BROKEN),
        ("cron(0 5 * 1 ? *)", BROKEN),
        ("rate(2 days)", BROKEN),
        ("rate(25 hours)", BROKEN),
        ("rate(0 days)", BROKEN),
        ("", BROKEN),
        (5, BROKEN),
        (PARAMETER, UNDECIDED),
        ("rate(24 hours)", MET),
        ("rate(1 minute)", MET),
        ("rate(1440 minutes)", MET),
        ("rate(1441 minutes)", BROKEN),
    ],
)
def test_how_often_a_plan_runs_decides(schedule: Json, wanted: str) -> None:
    assert verdict("BackupPlanRunsDaily", plan(rule(schedule))) == wanted


@pytest.mark.parametrize(
    ("days", "wanted"), [(35, MET), (GONE, MET), (34, BROKEN), ("x", BROKEN), (PARAMETER, UNDECIDED)]
)
def test_how_long_daily_backups_are_kept_decides(days: Json, wanted: str) -> None:
    assert verdict("BackupPlanRunsDaily", plan(rule("rate(1 day)", days))) == wanted


def test_one_rule_must_do_both() -> None:
    assert verdict("BackupPlanRunsDaily", plan(rule("rate(1 day)", 7), rule("cron(0 5 1 * ? *)", 365))) == BROKEN


def test_another_rule_may_run_less_often() -> None:
    assert verdict("BackupPlanRunsDaily", plan(rule("cron(0 5 1 * ? *)", 365), rule("rate(1 day)"))) == MET


@pytest.mark.parametrize("rules", [[], GONE, "x", {}])
def test_a_plan_without_rules_breaks(rules: Json) -> None:
    body = template({"It": resource(PLAN, {"BackupPlan": {"BackupPlanRule": rules}})})
    assert verdict("BackupPlanRunsDaily", body) == BROKEN


@pytest.mark.parametrize("rules", [PARAMETER, [PARAMETER]])
def test_hidden_rules_are_undecided(rules: Json) -> None:
    body = template({"It": resource(PLAN, {"BackupPlan": {"BackupPlanRule": rules}})})
    assert verdict("BackupPlanRunsDaily", body) == UNDECIDED
