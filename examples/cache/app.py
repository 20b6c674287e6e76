"""A cache of sessions: TLS only, signed in to with IAM, over two Availability Zones."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from hipaa_constructs import FlowLoggedVpc, HipaaRedisCluster, ManagedPolicyRole, enforce

app = cdk.App()
stack = cdk.Stack(app, "Sessions", termination_protection=True)
network = FlowLoggedVpc(stack, "Network", max_azs=2)
sessions = HipaaRedisCluster(stack, "Cache", vpc=network.vpc)
tasks = iam.ServicePrincipal(
    "ecs-tasks.amazonaws.com", conditions={"StringEquals": {"aws:SourceAccount": cdk.Aws.ACCOUNT_ID}}
)
portal = ManagedPolicyRole(stack, "Portal", assumed_by=tasks)
sessions.grant_connect(portal, sessions.add_user("Portal", access_string="on ~session:* +@read +@write"))
enforce(app)
app.synth()
