"""An app of the databases that the emulator can make."""

import aws_cdk as cdk
from aws_cdk import aws_rds as rds

from hipaa_constructs import FlowLoggedVpc, HipaaRdsInstance, enforce

app = cdk.App()
stack = cdk.Stack(app, "Databases", synthesizer=cdk.BootstraplessSynthesizer())
vpc = FlowLoggedVpc(stack, "Network").vpc
postgres = rds.DatabaseInstanceEngine.postgres(version=rds.PostgresEngineVersion.VER_17_6)
HipaaRdsInstance(stack, "Records", engine=postgres, vpc=vpc)
enforce(app)
app.synth()
