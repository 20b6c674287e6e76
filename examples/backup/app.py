"""Backups of all that is tagged as PHI, copied to a second Region, and restored on trial every month."""

import aws_cdk as cdk
from aws_cdk import aws_backup as backup
from aws_cdk import aws_events as events

from hipaa_constructs import EncryptedBackupVault, HipaaBackupPlan, enforce

app = cdk.App()
abroad = cdk.Stack(app, "Abroad", env=cdk.Environment(account="123456789012", region="us-west-2"))
EncryptedBackupVault(abroad, "Copies", backup_vault_name="copies")
home = cdk.Stack(
    app,
    "Home",
    env=cdk.Environment(account="123456789012", region="us-east-1"),
)
plan = HipaaBackupPlan(
    home,
    "Backup",
    copy_to=backup.BackupVault.from_backup_vault_arn(
        home, "Copies", "arn:aws:backup:us-west-2:123456789012:backup-vault:copies"
    ),
    restore_testing=events.Schedule.cron(day="2", hour="8", minute="0"),
)
plan.protect(backup.BackupResource.from_tag("phi", "yes"))
enforce(app)
app.synth()
