"""Backups of a table and of all that is tagged as PHI, copied to a second Region, restored on trial every month."""

import aws_cdk as cdk
from aws_cdk import aws_backup as backup
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam

from hipaa_constructs import EncryptedBackupVault, EncryptionKey, HipaaBackupPlan, enforce

app = cdk.App()
abroad = cdk.Stack(
    app, "Abroad", env=cdk.Environment(account="123456789012", region="us-west-2"), termination_protection=True
)
home = cdk.Stack(
    app, "Home", env=cdk.Environment(account="123456789012", region="us-east-1"), termination_protection=True
)
plan = HipaaBackupPlan(
    home,
    "Backup",
    copy_to=EncryptedBackupVault(abroad, "Copies"),
    restore_testing=events.Schedule.cron(day="2", hour="8", minute="0"),
)
tls_only = iam.PolicyStatement(
    effect=iam.Effect.DENY,
    principals=[iam.AnyPrincipal()],
    actions=["dynamodb:*"],
    resources=["*"],
    conditions={"Bool": {"aws:SecureTransport": "false"}},
)
visits = dynamodb.Table(
    home,
    "Visits",
    partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING),
    billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
    deletion_protection=True,
    encryption_key=EncryptionKey.of(home).key,
    point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(point_in_time_recovery_enabled=True),
    removal_policy=cdk.RemovalPolicy.RETAIN,
    resource_policy=iam.PolicyDocument(statements=[tls_only]),
)
plan.protect(visits, backup.BackupResource.from_tag("phi", "yes"))
enforce(app)
app.synth()
