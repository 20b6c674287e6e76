"""An app of the blocks that lie in a network or watch over an account, deployed to the emulator."""

import aws_cdk as cdk
from aws_cdk import aws_backup as backup
from aws_cdk import aws_events as events
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_rds as rds

from hipaa_constructs import (
    EncryptedSecret,
    EncryptedTopic,
    EncryptedTrail,
    FlowLoggedVpc,
    HipaaBackupPlan,
    HipaaRdsInstance,
    HipaaRedisCluster,
    enforce,
)

app = cdk.App()
stack = cdk.Stack(
    app,
    "Network",
    env=cdk.Environment(account="123456789012", region="us-east-1"),
)
network = FlowLoggedVpc(stack, "Vpc", max_azs=2, endpoints="standard")
HipaaRedisCluster(stack, "Cache", vpc=network.vpc).add_user("Portal")
topic = EncryptedTopic(stack, "Alarms")
topic.allow_alarms()
function = lambda_.Function.from_function_attributes(
    stack,
    "Rotate",
    function_arn="arn:aws:lambda:us-east-1:123456789012:function:rotate",
    same_environment=True,
)
EncryptedSecret(stack, "Password", rotation_lambda=function)
EncryptedTrail(stack, "Trail", alarm_topic=topic, digest_review=events.Schedule.rate(cdk.Duration.days(1)))
plan = HipaaBackupPlan(stack, "Backup", notify=topic)
postgres = rds.DatabaseInstanceEngine.postgres(version=rds.PostgresEngineVersion.VER_16)
HipaaRdsInstance(stack, "Database", engine=postgres, vpc=network.vpc, backup_plan=plan)
plan.protect(backup.BackupResource.from_tag("phi", "yes"))

enforce(app)
app.synth()
