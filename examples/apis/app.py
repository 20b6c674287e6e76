"""A function that reads visits, in a private network, with keys of records in its events and nothing of them."""

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources

from hipaa_constructs import EncryptedQueue, FlowLoggedVpc, HipaaFunction, enforce

app = cdk.App()
stack = cdk.Stack(app, "Visits", termination_protection=True)
network = FlowLoggedVpc(stack, "Network", max_azs=2)
code = """
def handler(event, context):
    return [record["messageId"] for record in event["Records"]]
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
# A message is kept from others for six times as long as the function may take, as AWS advises.
events = EncryptedQueue(stack, "Events", visibility_timeout=cdk.Duration.seconds(18))
visits.function.add_event_source(sources.SqsEventSource(events.queue, report_batch_item_failures=True))
enforce(app)
app.synth()
