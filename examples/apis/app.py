"""Visits: a function in a private network, called by a REST API on the internet, an HTTP API and a queue."""

import aws_cdk as cdk
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_apigatewayv2 as apigatewayv2
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources

from hipaa_constructs import EncryptedQueue, FlowLoggedVpc, HipaaFunction, HipaaHttpApi, HipaaRestApi, enforce

app = cdk.App()
stack = cdk.Stack(app, "Visits", termination_protection=True)
network = FlowLoggedVpc(stack, "Network", max_azs=2)
code = """
def handler(event, context):
    return {"statusCode": 200}
"""
visits = HipaaFunction(
    stack,
    "Function",
    code=lambda_.Code.from_inline(code),
    handler="index.handler",
    runtime=lambda_.Runtime.PYTHON_3_14,
    vpc=network.vpc,
    environment={"TABLE": "visits"},
)
# Messages name visits and hold nothing of them. AWS advises to hide one for six times as long as the function may take.
events = EncryptedQueue(stack, "Events", visibility_timeout=cdk.Duration.seconds(18))
visits.function.add_event_source(sources.SqsEventSource(events.queue, report_batch_item_failures=True))

# The account logs with one role in a Region; where another stack has set it, leave it out.
portal = HipaaRestApi(stack, "Portal", cloud_watch_role=True)
portal.api.root.add_resource("visits").add_resource("{id}").add_method(
    "GET", apigateway.LambdaIntegration(visits.function)
)
# Other systems of the account sign their requests with IAM.
partners = HipaaHttpApi(stack, "Partners")
partners.api.add_routes(
    path="/visits",
    methods=[apigatewayv2.HttpMethod.GET],
    integration=integrations.HttpLambdaIntegration("Visits", visits.function),
)
enforce(app)
app.synth()
