"""AWS Backup: how often plans run, and how long they keep what they took."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import Duration
from aws_cdk import aws_backup as backup
from aws_cdk import aws_events as events

from hipaa_constructs.services._durations import days_of
from hipaa_constructs.services._options import Arguments
from hipaa_constructs.services.backup_vault import LONGEST_CONTINUOUS, AnyVault, EncryptedBackupVault

A_YEAR = Duration.days(365)
SIX_YEARS = Duration.days(2192)
_COLD_AFTER = Duration.days(90)
_SHORTEST_COLD = Duration.days(90)
_CITATION = "164.308(a)(7)(ii)(A)"


def standard_rules(
    daily: Duration, monthly: Duration, yearly: Duration, copy_to: backup.IBackupVault | None
) -> list[backup.BackupPlanRule]:
    """Return the daily, monthly and yearly rule of a plan, each copied to another vault if there is one."""

    def copies(keep: Duration, cold: Duration | None) -> list[backup.BackupPlanCopyActionProps]:
        if copy_to is None:
            return []
        return [
            backup.BackupPlanCopyActionProps(
                destination_backup_vault=copy_to, delete_after=keep, move_to_cold_storage_after=cold
            )
        ]

    return [
        backup.BackupPlanRule(
            rule_name="Daily",
            schedule_expression=events.Schedule.cron(hour="5", minute="0"),
            delete_after=daily,
            enable_continuous_backup=days_of(daily) <= days_of(LONGEST_CONTINUOUS),
            copy_actions=copies(daily, None),
        ),
        backup.BackupPlanRule(
            rule_name="Monthly",
            schedule_expression=events.Schedule.cron(day="1", hour="6", minute="0"),
            delete_after=monthly,
            move_to_cold_storage_after=_COLD_AFTER,
            copy_actions=copies(monthly, _COLD_AFTER),
        ),
        backup.BackupPlanRule(
            rule_name="Yearly",
            schedule_expression=events.Schedule.cron(month="1", day="1", hour="7", minute="0"),
            delete_after=yearly,
            move_to_cold_storage_after=_COLD_AFTER,
            copy_actions=copies(yearly, _COLD_AFTER),
        ),
    ]


def check_retention(arguments: Arguments, daily: Duration, monthly: Duration, yearly: Duration) -> None:
    """Refuse periods that are shorter than asked, or than cold storage takes."""
    arguments.govern(
        "daily_retention",
        daily,
        holds=days_of(daily) >= days_of(LONGEST_CONTINUOUS),
        asked="35 days or longer",
        rule="BackupPlanRunsDaily",
    )
    least = days_of(_COLD_AFTER) + days_of(_SHORTEST_COLD)
    for name, retention in (("monthly_retention", monthly), ("yearly_retention", yearly)):
        if days_of(retention) < least:
            arguments.refuse(
                name,
                retention,
                asked=f"{least:.0f} days or longer",
                way_out="backups move to cold storage after 90 days and stay there for 90; pass backup_plan_rules for "
                "others",
                citation=_CITATION,
            )


def check_locks(
    arguments: Arguments,
    periods: Sequence[Duration],
    vault: EncryptedBackupVault | backup.IBackupVault | None,
    copy_to: AnyVault | None,
) -> None:
    """Refuse vaults whose lock would make the backups, or their copies, fail."""
    for name, one in (("backup_vault", vault), ("copy_to", copy_to)):
        if not isinstance(one, EncryptedBackupVault):
            continue
        for period in periods:
            if not _takes(one, period):
                arguments.refuse(
                    name,
                    _lock_of(one),
                    asked=f"one that takes backups kept for {period.to_human_string()}",
                    way_out="its lock would make them fail; pass another min_retention or max_retention to the vault",
                    citation=_CITATION,
                )


def _takes(vault: EncryptedBackupVault, period: Duration) -> bool:
    longest = vault.max_retention
    return days_of(vault.min_retention) <= days_of(period) and (longest is None or days_of(period) <= days_of(longest))


def _lock_of(vault: EncryptedBackupVault) -> str:
    longest = vault.max_retention
    until = "" if longest is None else f" to {longest.to_human_string()}"
    return f"{vault.node.path}, which takes {vault.min_retention.to_human_string()}{until or ' or longer'}"


def check_rules(
    arguments: Arguments,
    rules: Sequence[backup.BackupPlanRule],
    vault: EncryptedBackupVault | backup.IBackupVault | None,
    *,
    copied: bool,
) -> None:
    """Refuse rules of the user's own that are weaker than asked, or that the lock of the vault makes fail."""
    if copied:
        arguments.refuse(
            "copy_to",
            "a vault",
            asked="left out with backup_plan_rules",
            way_out="give each rule copy_actions of its own",
            citation=_CITATION,
        )
    kept = [rule.props.delete_after for rule in rules]
    arguments.govern(
        "backup_plan_rules",
        f"{len(rules)} rules" if rules else "none",
        holds=any(one is None or days_of(one) >= days_of(LONGEST_CONTINUOUS) for one in kept),
        asked="rules of which a daily one keeps backups for 35 days or longer",
        rule="BackupPlanRunsDaily",
    )
    for one, period in zip(rules, kept, strict=True):
        _refuse_unlockable(arguments, one, period, vault)


def _refuse_unlockable(
    arguments: Arguments,
    rule: backup.BackupPlanRule,
    period: Duration | None,
    vault: EncryptedBackupVault | backup.IBackupVault | None,
) -> None:
    if isinstance(vault, EncryptedBackupVault):
        shortest, longest = vault.min_retention, vault.max_retention
    elif vault is None:
        shortest, longest = LONGEST_CONTINUOUS, None
    else:
        return
    if period is not None and days_of(period) < days_of(shortest):
        wrong, asked, other = (
            period.to_human_string(),
            f"{shortest.to_human_string()} or longer",
            "shorter min_retention",
        )
    elif longest is not None and (period is None or days_of(period) > days_of(longest)):
        wrong = "no end" if period is None else period.to_human_string()
        asked, other = f"{longest.to_human_string()} or shorter", "longer max_retention"
    else:
        return
    arguments.refuse(
        "backup_plan_rules",
        f"{rule.props.rule_name or 'a rule'} with {wrong}",
        asked=f"rules that keep backups for {asked}",
        way_out=f"the lock of the vault refuses others; pass a vault with a {other}",
        citation=_CITATION,
    )
