"""An app of functions and what calls them."""

import aws_cdk as cdk
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_apigatewayv2 as apigatewayv2
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_lambda as lambda_

from hipaa_constructs import FlowLoggedVpc, HipaaFunction, HipaaHttpApi, HipaaRestApi, enforce

app = cdk.App()
stack = cdk.Stack(
    app,
    "Apis",
    env=cdk.Environment(account="123456789012", region="us-east-1"),
    synthesizer=cdk.BootstraplessSynthesizer(),
)
network = FlowLoggedVpc(stack, "Network", max_azs=2)
visits = HipaaFunction(
    stack,
    "Visits",
    code=lambda_.Code.from_inline("def handler(event, context): ..."),
    handler="index.handler",
    runtime=lambda_.Runtime.PYTHON_3_13,
    vpc=network.vpc,
    environment={"TABLE": "visits"},
    function_name="visits",
)
rest = HipaaRestApi(stack, "Rest", rest_api_name="rest", cloud_watch_role=True)
rest.api.root.add_resource("visits").add_method("GET", apigateway.LambdaIntegration(visits.function))
http = HipaaHttpApi(stack, "Http", api_name="http")
integration = integrations.HttpLambdaIntegration("Visits", visits.function)
http.api.add_routes(path="/visits", methods=[apigatewayv2.HttpMethod.GET], integration=integration)
enforce(app)
app.synth()
