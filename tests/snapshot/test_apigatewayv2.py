"""The whole templates of the HTTP APIs."""

from __future__ import annotations

from aws_cdk import Stack
from aws_cdk import aws_apigatewayv2 as apigatewayv2
from aws_cdk import aws_apigatewayv2_authorizers as authorizers
from aws_cdk import aws_apigatewayv2_integrations as integrations

from hipaa_constructs import EncryptionKey, HipaaHttpApi
from tests._synthesis import synthesized
from tests.snapshot.conftest import Templates
from tools import examples


def test_hipaa_http_api_with_defaults(templates: Templates) -> None:
    templates.hold(synthesized(examples.http_api))


def test_hipaa_http_api_with_all_options(templates: Templates) -> None:
    def build(stack: Stack) -> None:
        certificate = examples.imported_certificate(stack)
        name = apigatewayv2.DomainName(stack, "Name", domain_name="api.example.org", certificate=certificate)
        HipaaHttpApi(
            stack,
            "It",
            api_name="records",
            cors_preflight=apigatewayv2.CorsPreflightOptions(allow_origins=["https://portal.example.org"]),
            default_authorization_scopes=["records/read"],
            default_authorizer=authorizers.HttpJwtAuthorizer(
                "Tokens", "https://login.example.org", jwt_audience=["portal"]
            ),
            default_domain_mapping=apigatewayv2.DomainMappingOptions(domain_name=name, mapping_key="records"),
            default_integration=integrations.HttpUrlIntegration("Records", examples.RECORDS),
            description="Records",
            encryption_key=EncryptionKey(stack, "Own"),
            ip_address_type=apigatewayv2.IpAddressType.DUAL_STACK,
            route_selection_expression=True,
            throttling_burst_limit=50,
            throttling_rate_limit=100,
        )

    templates.hold(synthesized(build))
