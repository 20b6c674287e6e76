"""Stores of visits: a table that a portal reads, the scans that it writes, an archive and two warehouses."""

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam

from hipaa_constructs import (
    ArchiveBucket,
    EncryptedFileSystem,
    EncryptedTable,
    FlowLoggedVpc,
    HipaaRedshiftCluster,
    HipaaRedshiftServerless,
    ManagedPolicyRole,
    enforce,
)

SECOND_REGION = "us-west-2"

app = cdk.App()
stack = cdk.Stack(app, "Stores", termination_protection=True)
# Redshift Serverless asks for three zones, in a development environment too.
vpc = FlowLoggedVpc(stack, "Network", max_azs=3).vpc
tasks = iam.ServicePrincipal(
    "ecs-tasks.amazonaws.com", conditions={"StringEquals": {"aws:SourceAccount": cdk.Aws.ACCOUNT_ID}}
)
portal = ManagedPolicyRole(stack, "Portal", assumed_by=tasks).role

patient = dynamodb.Attribute(name="patient", type=dynamodb.AttributeType.STRING)
date = dynamodb.Attribute(name="date", type=dynamodb.AttributeType.STRING)
EncryptedTable(stack, "Visits", partition_key=patient, sort_key=date).table.grant_read_data(portal)

# A key of yours in the second Region, where copies of the files are encrypted with it.
key = f"arn:aws:kms:{SECOND_REGION}:123456789012:key/01234567-89ab-cdef-0123-456789abcdef"
scans = EncryptedFileSystem(stack, "Scans", vpc=vpc, replication_region=SECOND_REGION, replication_key=key)
scans.grant_access(portal, scans.add_access_point("Viewer", path="/scans", uid="1000", gid="1000"))

ArchiveBucket(stack, "Closed", locked=True)

# The grant is an AWS::Redshift::SnapshotCopyGrant of a stack in the second Region.
HipaaRedshiftCluster(stack, "Analyses", vpc=vpc, snapshot_copy_region=SECOND_REGION, snapshot_copy_grant="analyses")

# Questions that are asked now and then; 8 RPUs to begin with, never more than 64.
HipaaRedshiftServerless(
    stack,
    "Questions",
    vpc=vpc,
    base_capacity=8,
    max_capacity=64,
    snapshot_copy_region=SECOND_REGION,
    snapshot_copy_key=key,
)

enforce(app)
app.synth()
