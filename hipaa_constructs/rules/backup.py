"""What a template must show of AWS Backup."""

from __future__ import annotations

from hipaa_constructs.rules._keys import customers_key
from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._outcome import MET, Outcome, all_met, any_met
from hipaa_constructs.rules._policy import Statement, denies_all_principals, read
from hipaa_constructs.rules._retention import kept_on_deletion
from hipaa_constructs.rules._rule import Severity, rule
from hipaa_constructs.rules._schedules import longest_gap

VAULT = "AWS::Backup::BackupVault"
PLAN = "AWS::Backup::BackupPlan"
_GUIDE = "https://docs.aws.amazon.com/aws-backup/latest/devguide/"
_LEAST_DAYS = 35
_DENIED = ("backup:DeleteRecoveryPoint", "backup:UpdateRecoveryPointLifecycle")
_DAY = 24 * 60


@rule(
    title="every backup vault is encrypted with a customer managed key",
    fix="set EncryptionKeyArn to a key of yours",
    applies_to=(VAULT,),
    controls=("164.312(a)(2)(iv)", "164.312(e)(2)(ii)"),
    requirement="HC-309",
    same_as=(
        "config:backup-recovery-point-encrypted",
        "prowler:backup_vaults_encrypted",
        "checkov:CKV_AWS_166",
    ),
    url=_GUIDE + "encryption.html",
)
def backup_vault_uses_customer_managed_key(vault: Resource) -> Outcome:
    """Judge the key of the vault; without one of yours AWS Backup's own is used."""
    return customers_key(vault.at("EncryptionKeyArn"))


@rule(
    title="nobody deletes recovery points before their time",
    fix="set LockConfiguration with MinRetentionDays, or an AccessPolicy that denies backup:DeleteRecoveryPoint to all",
    applies_to=(VAULT,),
    controls=("164.308(a)(7)(ii)(A)", "164.312(c)(1)"),
    requirement="HC-310",
    url=_GUIDE + "vault-lock.html",
)
def backup_vault_protected_from_deletion(vault: Resource) -> Outcome:
    """Judge the lock and the access policy, of which one is enough."""
    return any_met([_locked(vault), _denies_deletion(vault.at("AccessPolicy"))])


@rule(
    title="every backup vault is locked",
    fix="set LockConfiguration.MinRetentionDays; without ChangeableForDays the lock can be lifted again",
    applies_to=(VAULT,),
    controls=("164.308(a)(7)(ii)(A)", "164.312(c)(1)"),
    requirement="HC-310",
    severity=Severity.WARNING,
    url=_GUIDE + "vault-lock.html",
)
def backup_vault_locked(vault: Resource) -> Outcome:
    """Judge the lock, in either mode: governance or compliance."""
    return _locked(vault)


@rule(
    title="every backup vault denies everyone the deletion of recovery points",
    fix="deny backup:DeleteRecoveryPoint and backup:UpdateRecoveryPointLifecycle to * on * in AccessPolicy",
    applies_to=(VAULT,),
    controls=("164.308(a)(7)(ii)(A)", "164.312(c)(1)"),
    requirement="HC-310",
    same_as=("config:backup-recovery-point-manual-deletion-disabled",),
    severity=Severity.WARNING,
    url=_GUIDE + "create-a-vault-access-policy.html",
)
def backup_vault_deletion_denied(vault: Resource) -> Outcome:
    """Judge the access policy, which still holds when somebody lifts a lock in governance mode."""
    return _denies_deletion(vault.at("AccessPolicy"))


def _locked(vault: Resource) -> Outcome:
    return vault.at("LockConfiguration", "MinRetentionDays").must_be_at_least(1)


def _denies_deletion(policy: Node) -> Outcome:
    statements, hidden = read(policy)
    answers = [[_denies(one, action) for one in statements] for action in _DENIED]
    if all(True in found for found in answers):
        return MET
    if hidden or policy.is_unknown or all(True in found or None in found for found in answers):
        return policy.undecided("an intrinsic function hides what it denies")
    return policy.broken("no statement denies everyone the deletion of recovery points")


def _denies(statement: Statement, action: str) -> bool | None:
    if statement.conditions:
        return False
    denied = denies_all_principals(statement, action)
    if denied and not any(place.outline() == "*" for place in statement.resources):
        return None if any(place.may_be("*") for place in statement.resources) else False
    return denied


@rule(
    title="every backup vault survives its stack",
    fix="set DeletionPolicy and UpdateReplacePolicy to Retain",
    applies_to=(VAULT,),
    controls=("164.308(a)(7)(ii)(A)", "164.312(c)(1)"),
    requirement="HC-310",
    url="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html",
)
def backup_vault_kept(vault: Resource) -> Outcome:
    """Judge what becomes of the vault when the stack goes."""
    return kept_on_deletion(vault)


@rule(
    title="every backup plan runs daily and keeps those backups for 35 days",
    fix="add a rule with a daily ScheduleExpression and Lifecycle.DeleteAfterDays of 35 or more",
    applies_to=(PLAN,),
    controls=("164.308(a)(7)(i)", "164.308(a)(7)(ii)(A)", "164.308(a)(7)(ii)(B)"),
    requirement="HC-308",
    same_as=(
        "config:backup-plan-min-frequency-and-min-retention-check",
        "config:backup-recovery-point-minimum-retention-check",
    ),
    url=_GUIDE + "creating-a-backup-plan.html",
)
def backup_plan_runs_daily(plan: Resource) -> Outcome:
    """Judge that one rule does both; others may run less often or keep longer."""
    rules = plan.at("BackupPlan", "BackupPlanRule")
    hidden = rules.undecided() if rules.is_unknown else rules.broken()
    return any_met([*(_runs_daily(one) for one in rules.items()), hidden])


def _runs_daily(one: Node) -> Outcome:
    schedule = one.at("ScheduleExpression")
    if one.is_unknown or schedule.is_unknown:
        return one.undecided("an intrinsic function hides when it runs")
    # Without a schedule AWS Backup runs a rule every day.
    often = MET if schedule.is_absent or _is_daily(schedule.text or "") else schedule.broken()
    return all_met([often, one.at("Lifecycle", "DeleteAfterDays").must_be_at_least(_LEAST_DAYS, absent=True)])


def _is_daily(schedule: str) -> bool:
    gap = longest_gap(schedule)
    return gap is not None and gap <= _DAY
