"""REST APIs, weakened."""

from __future__ import annotations

from aws_cdk import Stack
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_ec2 as ec2

from hipaa_constructs import HipaaRestApi
from tests.mutation._weakening import Weakening
from tools import examples


def rest_api(stack: Stack) -> None:
    examples.rest_api(stack)


def named_rest_api(stack: Stack) -> None:
    certificate = examples.imported_certificate(stack)
    name = apigateway.DomainNameOptions(domain_name="api.example.org", certificate=certificate)
    api = HipaaRestApi(stack, "Example", domain_name=name)
    api.api.root.add_method("GET", apigateway.HttpIntegration(examples.RECORDS))


def private_rest_api(stack: Stack) -> None:
    endpoint = ec2.InterfaceVpcEndpoint.from_interface_vpc_endpoint_attributes(
        stack, "Endpoint", port=443, vpc_endpoint_id="vpce-0123456789abcdef0"
    )
    api = HipaaRestApi(stack, "Example", vpc_endpoints=[endpoint])
    api.api.root.add_method("GET", apigateway.HttpIntegration(examples.RECORDS))


WEAKENING = Weakening(
    "apigateway",
    (rest_api, named_rest_api, private_rest_api),
    only=(
        "DomainName:Properties/SecurityPolicy:*",
        "LogGroup:Properties/KmsKeyId:*",
        "LogGroup:Properties/RetentionInDays:*",
        "Method:Properties/AuthorizationType:*",
        "Method:Properties/Integration/Uri:weakened",
        "RestApi:Properties/DisableExecuteApiEndpoint:False",
        "RestApi:Properties/Policy/Statement/1:deleted",
        "RestApi:Properties/Policy/Statement/1/Condition:deleted",
        "RestApi:Properties/Policy/Statement/1/Condition/StringNotEquals:deleted",
        "RestApi:Properties/Policy/Statement/1/Condition/StringNotEquals/aws:SourceVpce:deleted",
        "RestApi:Properties/Policy/Statement/1/Effect:Allow",
        "RestApi:Properties/SecurityPolicy:*",
        "Stage:Properties/AccessLogSetting:deleted",
        "Stage:Properties/AccessLogSetting/DestinationArn:deleted",
        "Stage:Properties/ClientCertificateId:deleted",
        "Stage:Properties/MethodSettings:deleted",
        "Stage:Properties/MethodSettings/0/DataTraceEnabled:*",
        "Stage:Properties/MethodSettings/0/LoggingLevel:*",
        "Stage:Properties/TracingEnabled:*",
        "WebACLAssociation::removed",
    ),
    exempt=(("Stage:Properties/MethodSettings/0/DataTraceEnabled", "deleted", "off is API Gateway's own default"),),
)
