"""Stores of visits: a table that a portal reads, the scans that it writes, and an archive that nobody deletes from."""

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam

from hipaa_constructs import (
    ArchiveBucket,
    EncryptedFileSystem,
    EncryptedTable,
    FlowLoggedVpc,
    ManagedPolicyRole,
    enforce,
)

app = cdk.App()
stack = cdk.Stack(app, "Stores", termination_protection=True)

patient = dynamodb.Attribute(name="patient", type=dynamodb.AttributeType.STRING)
date = dynamodb.Attribute(name="date", type=dynamodb.AttributeType.STRING)
visits = EncryptedTable(stack, "Visits", partition_key=patient, sort_key=date)
tasks = iam.ServicePrincipal(
    "ecs-tasks.amazonaws.com", conditions={"StringEquals": {"aws:SourceAccount": cdk.Aws.ACCOUNT_ID}}
)
portal = ManagedPolicyRole(stack, "Portal", assumed_by=tasks).role
visits.table.grant_read_data(portal)

scans = EncryptedFileSystem(
    stack,
    "Scans",
    vpc=FlowLoggedVpc(stack, "Network").vpc,
    replication_region="us-west-2",
    replication_key="arn:aws:kms:us-west-2:123456789012:key/01234567-89ab-cdef-0123-456789abcdef",
)
scans.grant_access(portal, scans.add_access_point("Viewer", path="/scans", uid="1000", gid="1000"))

ArchiveBucket(stack, "Closed", locked=True)

enforce(app)
app.synth()
