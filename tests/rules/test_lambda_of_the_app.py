"""Which AWS Lambda functions are of the app: not those of the CDK, nor those of the edge."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import BROKEN, NOT_APPLICABLE, Body, resource, template, verdict

FUNCTION = "AWS::Lambda::Function"
PERMISSION = "AWS::Lambda::Permission"
IT: Json = {"Ref": "It"}
VARIABLES: Json = {"Variables": {"A": "b"}}

CONFIGURED = (
    "LambdaVariablesUseCustomerManagedKey",
    "LambdaInVpc",
    "LambdaConcurrencyReserved",
    "LambdaKeepsFailedEvents",
    "LambdaLogGroupDeclared",
)
OF_THE_CDK = (
    "S/Custom::S3AutoDeleteObjectsCustomResourceProvider/Handler",
    "S/AWS679f53fac002430cb0da5b7982bd2287/Resource",
    "S/BucketNotificationsHandler050a0587b7544547bf325f094a3db834/Resource",
    "S/LogRetentionaae0aa3c5b4d4f87b02d85b201efdd8a/Resource",
    "S/Custom::CDKBucketDeployment8693BB64968944B69AAFB0CC9EB8756C/Resource",
    "S/Custom::CDKBucketDeployment8693BB64968944B69AAFB0CC9EB8756C512MiB/Resource",
    "S/Provider/framework-onEvent/Resource",
    "S/Provider/framework-isComplete/Resource",
    "S/Provider/framework-onTimeout/Resource",
)
IDS_OF_THE_CDK = (
    "CustomS3AutoDeleteObjectsCustomResourceProviderHandler9D90184F",
    "AWS679f53fac002430cb0da5b7982bd22872D164C4C",
    "BucketNotificationsHandler050a0587b7544547bf325f094a3db8347ECC3691",
    "LogRetentionaae0aa3c5b4d4f87b02d85b201efdd8aFD4BFC8A",
    "CustomCDKBucketDeployment8693BB64968944B69AAFB0CC9EB8756C81C01536",
    "PframeworkonEventCB72A785",
)


def function(properties: Json = None, **others: Json) -> Body:
    return template({"It": resource(FUNCTION, properties), "Key": resource("AWS::KMS::Key"), **others})


def permission(principal: str, of: Json = IT) -> Json:
    return resource(PERMISSION, {"FunctionName": of, "Principal": principal, "SourceArn": "arn"})


def bare(logical_id: str, path: str | None) -> Body:
    metadata: Body = {} if path is None else {"Metadata": {"aws:cdk:path": path}}
    properties: Json = {"Environment": VARIABLES}
    callers = permission("s3.amazonaws.com", of={"Ref": logical_id})
    return template({logical_id: resource(FUNCTION, properties, **metadata), "P": callers})


@pytest.mark.parametrize("rule", CONFIGURED)
@pytest.mark.parametrize("path", OF_THE_CDK)
def test_a_function_that_the_cdk_makes_is_no_function_of_the_app(rule: str, path: str) -> None:
    assert verdict(rule, bare("It", path)) == NOT_APPLICABLE


@pytest.mark.parametrize("rule", CONFIGURED)
@pytest.mark.parametrize("logical_id", IDS_OF_THE_CDK)
def test_a_function_that_the_cdk_makes_is_known_by_its_id(rule: str, logical_id: str) -> None:
    assert verdict(rule, bare(logical_id, None), of=logical_id) == NOT_APPLICABLE


@pytest.mark.parametrize("rule", CONFIGURED)
@pytest.mark.parametrize(
    ("logical_id", "path"),
    [
        ("It", None),
        ("It", "S/It/Resource"),
        ("AWS679f53fac002430cb0da5b7982bd22872D164C4C", "S/It/Resource"),
        ("It", "S/Provider/framework-onEvent/Other"),
        ("It", "S/MyLogRetentionaae0aa3c5b4d4f87b02d85b201efdd8a/Resource"),
        ("It", "S/CustomResourceProvider/Handler/Resource"),
        ("frameworkonEvent", None),
    ],
)
def test_other_functions_are_of_the_app(rule: str, logical_id: str, path: str | None) -> None:
    assert verdict(rule, bare(logical_id, path), of=logical_id) == BROKEN


@pytest.mark.parametrize("rule", ["LambdaVariablesWithoutSecrets", "LambdaRuntimeSupported"])
def test_what_is_in_a_function_of_the_cdk_is_judged_all_the_same(rule: str) -> None:
    one = resource(
        FUNCTION,
        {"Environment": {"Variables": {"PASSWORD": "x"}}, "Runtime": "python3.9"},
        Metadata={"aws:cdk:path": OF_THE_CDK[0]},
    )
    assert verdict(rule, template({"It": one})) == BROKEN


def role(*services: str) -> Json:
    statement: Json = {"Effect": "Allow", "Principal": {"Service": list(services)}, "Action": "sts:AssumeRole"}
    return resource("AWS::IAM::Role", {"AssumeRolePolicyDocument": {"Statement": [statement]}})


@pytest.mark.parametrize("rule", CONFIGURED)
@pytest.mark.parametrize(
    ("services", "wanted"),
    [(("lambda.amazonaws.com", "edgelambda.amazonaws.com"), NOT_APPLICABLE), (("lambda.amazonaws.com",), BROKEN)],
)
def test_a_role_of_the_edge_makes_a_function_one_of_the_edge(rule: str, services: tuple[str, ...], wanted: str) -> None:
    properties: Json = {"Environment": VARIABLES, "Role": {"Fn::GetAtt": ["Role", "Arn"]}}
    body = function(properties, Role=role(*services), P=permission("s3.amazonaws.com"))
    assert verdict(rule, body) == wanted


@pytest.mark.parametrize("place", ["DefaultCacheBehavior", "CacheBehaviors"])
@pytest.mark.parametrize("rule", CONFIGURED)
def test_a_function_of_a_distribution_is_one_of_the_edge(rule: str, place: str) -> None:
    behavior: Json = {"LambdaFunctionAssociations": [{"LambdaFunctionARN": {"Ref": "Version"}}]}
    config: Body = {place: behavior if place == "DefaultCacheBehavior" else [behavior]}
    body = function(
        {"Environment": VARIABLES},
        Version=resource("AWS::Lambda::Version", {"FunctionName": IT}),
        Distribution=resource("AWS::CloudFront::Distribution", {"DistributionConfig": config}),
        P=permission("s3.amazonaws.com"),
    )
    assert verdict(rule, body) == NOT_APPLICABLE
