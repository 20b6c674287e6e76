"""An app of the blocks that lie in a network or watch over an account, as far as the emulator makes them."""

import aws_cdk as cdk
from aws_cdk import aws_backup as backup
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_lambda as lambda_

from hipaa_constructs import (
    EncryptedSecret,
    EncryptedTopic,
    EncryptedTrail,
    FlowLoggedVpc,
    HipaaBackupPlan,
    HipaaEcsService,
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
function = lambda_.Function.from_function_attributes(
    stack,
    "Rotate",
    function_arn="arn:aws:lambda:us-east-1:123456789012:function:rotate",
    same_environment=True,
)
EncryptedSecret(stack, "Password", rotation_lambda=function)
EncryptedTrail(stack, "Trail", alarm_topic=topic)
HipaaBackupPlan(stack, "Backup", notify=topic).protect(backup.BackupResource.from_tag("phi", "yes"))
# The emulator asks ACM for the certificate, which must be there before.
arn = app.node.try_get_context("certificate")
HipaaEcsService(
    stack,
    "Portal",
    vpc=network.vpc,
    certificates=[acm.Certificate.from_certificate_arn(stack, "Certificate", arn)],
    image=ecs.ContainerImage.from_registry("public.ecr.aws/example/portal@sha256:" + "0" * 64),
    container_port=8443,
)

enforce(app)
app.synth()
