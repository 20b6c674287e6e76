"""HTTP APIs, weakened."""

from __future__ import annotations

from aws_cdk import Stack
from aws_cdk import aws_apigatewayv2 as apigatewayv2
from aws_cdk import aws_apigatewayv2_integrations as integrations

from hipaa_constructs import HipaaHttpApi
from tests.mutation._weakening import Weakening
from tools import examples


def named_http_api(stack: Stack) -> None:
    certificate = examples.imported_certificate(stack)
    name = apigatewayv2.DomainName(stack, "Name", domain_name="api.example.org", certificate=certificate)
    mapping = apigatewayv2.DomainMappingOptions(domain_name=name)
    api = HipaaHttpApi(stack, "Example", default_domain_mapping=mapping)
    api.api.add_routes(path="/records", integration=integrations.HttpUrlIntegration("Records", examples.RECORDS))


WEAKENING = Weakening(
    "apigatewayv2",
    (named_http_api,),
    only=(
        "Api:Properties/DisableExecuteApiEndpoint:*",
        "Integration:Properties/IntegrationUri:weakened",
        "LogGroup:Properties/KmsKeyId:*",
        "Route:Properties/AuthorizationType:*",
        "Stage:Properties/AccessLogSettings:deleted",
        "Stage:Properties/AccessLogSettings/DestinationArn:deleted",
    ),
)
