"""An app of machines in a group over two zones."""

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2

from hipaa_constructs import FlowLoggedVpc, HipaaAutoScalingGroup, enforce

app = cdk.App()
stack = cdk.Stack(
    app,
    "Groups",
    env=cdk.Environment(account="123456789012", region="us-east-1"),
)
network = FlowLoggedVpc(stack, "Vpc", max_azs=2).vpc
HipaaAutoScalingGroup(
    stack,
    "Converters",
    vpc=network,
    instance_type=ec2.InstanceType("m7i.large"),
    machine_image=ec2.MachineImage.generic_linux({"us-east-1": app.node.get_context("image")}),
)
enforce(app)
app.synth()
