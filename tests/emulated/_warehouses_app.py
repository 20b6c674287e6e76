"""An app of a table and a warehouse."""

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb

from hipaa_constructs import EncryptedTable, FlowLoggedVpc, HipaaRedshiftCluster, enforce

app = cdk.App()
stack = cdk.Stack(app, "Warehouses", synthesizer=cdk.BootstraplessSynthesizer(), termination_protection=True)
patient = dynamodb.Attribute(name="patient", type=dynamodb.AttributeType.STRING)
EncryptedTable(stack, "Visits", partition_key=patient)
HipaaRedshiftCluster(
    stack,
    "Analyses",
    vpc=FlowLoggedVpc(stack, "Network").vpc,
    snapshot_copy_region="us-west-2",
    snapshot_copy_grant="analyses",
)
enforce(app)
app.synth()
