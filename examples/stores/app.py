"""Stores of visits: a table that a role reads."""

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam

from hipaa_constructs import EncryptedTable, ManagedPolicyRole, enforce

app = cdk.App()
stack = cdk.Stack(app, "Stores", termination_protection=True)

patient = dynamodb.Attribute(name="patient", type=dynamodb.AttributeType.STRING)
date = dynamodb.Attribute(name="date", type=dynamodb.AttributeType.STRING)
visits = EncryptedTable(stack, "Visits", partition_key=patient, sort_key=date)
tasks = iam.ServicePrincipal(
    "ecs-tasks.amazonaws.com", conditions={"StringEquals": {"aws:SourceAccount": cdk.Aws.ACCOUNT_ID}}
)
visits.table.grant_read_data(ManagedPolicyRole(stack, "Portal", assumed_by=tasks).role)

enforce(app)
app.synth()
