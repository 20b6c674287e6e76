"""The whole templates of the REST APIs."""

from __future__ import annotations

from aws_cdk import Size, Stack
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam

from hipaa_constructs import EncryptionKey, HipaaRestApi, HipaaWebAcl
from tests._refusals import waiver
from tests._synthesis import synthesized
from tests.snapshot.conftest import Templates
from tools import examples


def test_hipaa_rest_api_with_defaults(templates: Templates) -> None:
    templates.hold(synthesized(examples.rest_api))


def test_hipaa_rest_api_with_all_options(templates: Templates) -> None:
    def build(stack: Stack) -> None:
        certificate = examples.imported_certificate(stack)
        api = HipaaRestApi(
            stack,
            "It",
            api_key_source_type=apigateway.ApiKeySourceType.HEADER,
            binary_media_types=["application/dicom"],
            cache_cluster_size="0.5",
            client_certificate_id="a1b2c3",
            cloud_watch_role=True,
            default_cors_preflight_options=apigateway.CorsOptions(allow_origins=["https://portal.example.org"]),
            default_integration=apigateway.HttpIntegration(examples.RECORDS),
            description="Records",
            domain_name=apigateway.DomainNameOptions(domain_name="api.example.org", certificate=certificate),
            encryption_key=EncryptionKey(stack, "Own"),
            endpoint_export_name="records",
            fail_on_warnings=True,
            min_compression_size=Size.kibibytes(1),
            rest_api_name="records",
            retain_deployments=True,
            stage_name="live",
            stage_variables={"release": "7"},
            throttling_burst_limit=50,
            throttling_rate_limit=100,
            waivers=[waiver("ApiCachesNothing")],
            web_acl=HipaaWebAcl(stack, "Acl"),
        )
        api.api.root.add_resource("{id}").add_method("GET")

    templates.hold(synthesized(build))


def test_hipaa_rest_api_that_is_private(templates: Templates) -> None:
    def build(stack: Stack) -> None:
        endpoint = ec2.InterfaceVpcEndpoint.from_interface_vpc_endpoint_attributes(
            stack, "Endpoint", port=443, vpc_endpoint_id="vpce-0123456789abcdef0"
        )
        allowed = iam.PolicyStatement(
            principals=[iam.AccountRootPrincipal()], actions=["execute-api:Invoke"], resources=["execute-api:/*"]
        )
        api = HipaaRestApi(stack, "It", vpc_endpoints=[endpoint], policy=iam.PolicyDocument(statements=[allowed]))
        api.api.root.add_method("GET", apigateway.HttpIntegration(examples.RECORDS))

    templates.hold(synthesized(build))
