"""An app of functions and what calls them."""

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_

from hipaa_constructs import FlowLoggedVpc, HipaaFunction, enforce

app = cdk.App()
stack = cdk.Stack(
    app,
    "Apis",
    env=cdk.Environment(account="123456789012", region="us-east-1"),
    synthesizer=cdk.BootstraplessSynthesizer(),
)
network = FlowLoggedVpc(stack, "Network", max_azs=2)
HipaaFunction(
    stack,
    "Visits",
    code=lambda_.Code.from_inline("def handler(event, context): ..."),
    handler="index.handler",
    runtime=lambda_.Runtime.PYTHON_3_13,
    vpc=network.vpc,
    environment={"TABLE": "visits"},
    function_name="visits",
).add_function_url()
enforce(app)
app.synth()
