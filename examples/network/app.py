"""A private network with endpoints for the services that applications call, and none of the internet."""

import aws_cdk as cdk

from hipaa_constructs import FlowLoggedVpc, enforce

app = cdk.App()
stack = cdk.Stack(app, "Network", termination_protection=True)
network = FlowLoggedVpc(stack, "Network", endpoints="standard", connected_cidrs=["10.100.0.0/16"])
cdk.CfnOutput(stack, "VpcId", value=network.vpc.vpc_id)
enforce(app)
app.synth()
