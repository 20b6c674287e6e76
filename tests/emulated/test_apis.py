"""Functions and what calls them, deployed to an emulated AWS and read back.

moto makes no stages and no HTTP APIs: the test run names what it skipped. It runs no function, and forgets the keys,
queues and log groups of functions, and what leaves a security group.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import SKIPPED
from tests.emulated._cloud import DEPLOY, Cloud

APP = f"{sys.executable} {Path(__file__).with_name('_apis_app.py')}"


@dataclass(frozen=True, slots=True)
class Apis:
    """What was deployed."""

    cloud: Cloud
    function: dict[str, Any]

    def role(self) -> str:
        return str(self.function["Role"]).rpartition("/")[2]


@pytest.fixture(scope="module")
def apis(cloud: Cloud) -> Apis:
    cloud.cdk(*DEPLOY, app=APP)
    return Apis(cloud, cloud.client("lambda").get_function_configuration(FunctionName="visits"))


def test_what_the_emulator_skips_is_known(apis: Apis, record_property: Any) -> None:
    skipped = apis.cloud.skipped()
    for kind in skipped:
        record_property(SKIPPED, kind)
    assert skipped == {
        "AWS::ApiGateway::Account",
        "AWS::ApiGateway::ClientCertificate",
        "AWS::ApiGateway::Stage",
        "AWS::ApiGatewayV2::Api",
        "AWS::ApiGatewayV2::Integration",
        "AWS::ApiGatewayV2::Route",
        "AWS::ApiGatewayV2::Stage",
        "AWS::CDK::Metadata",
        "AWS::SQS::QueuePolicy",
        "AWS::SSM::Association",
        "AWS::WAFv2::LoggingConfiguration",
        "AWS::WAFv2::WebACL",
        "AWS::WAFv2::WebACLAssociation",
    }


def test_the_function_lies_in_two_subnets_and_a_group_of_its_own_that_nobody_enters(apis: Apis) -> None:
    network = apis.function["VpcConfig"]
    (group,) = apis.cloud.client("ec2").describe_security_groups(GroupIds=network["SecurityGroupIds"])["SecurityGroups"]
    assert (len(network["SubnetIds"]), group["IpPermissions"]) == (2, [])


def test_the_queue_for_what_it_fails_at_is_encrypted_with_the_stacks_key(apis: Apis) -> None:
    sqs = apis.cloud.client("sqs")
    (url,) = sqs.list_queues()["QueueUrls"]
    (key,) = apis.cloud.client("kms").list_keys()["Keys"]
    assert (
        sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]["KmsMasterKeyId"] == key["KeyArn"]
    )


def test_the_function_has_concurrency_of_its_own(apis: Apis) -> None:
    found = apis.cloud.client("lambda").get_function_concurrency(FunctionName="visits")
    assert found["ReservedConcurrentExecutions"] == 10


def test_the_role_has_managed_policies_only(apis: Apis) -> None:
    iam = apis.cloud.client("iam")
    assert iam.list_role_policies(RoleName=apis.role())["PolicyNames"] == []
    (attached,) = iam.list_attached_role_policies(RoleName=apis.role())["AttachedPolicies"]
    version = iam.get_policy_version(PolicyArn=attached["PolicyArn"], VersionId="v1")["PolicyVersion"]
    statements = {one.get("Sid"): one for one in version["Document"]["Statement"]}
    assert statements["NotOfTheCode"]["Condition"] == {
        "ArnLike": {"lambda:SourceFunctionArn": "arn:aws:lambda:us-east-1:123456789012:function:*"}
    }
    assert "xray:PutTraceSegments" in json.dumps(version["Document"])


def test_the_method_of_the_rest_api_asks_for_signed_requests(apis: Apis) -> None:
    client = apis.cloud.client("apigateway")
    (api,) = client.get_rest_apis()["items"]
    (visits,) = (one for one in client.get_resources(restApiId=api["id"])["items"] if one["path"] == "/visits")
    method = client.get_method(restApiId=api["id"], resourceId=visits["id"], httpMethod="GET")
    assert method["authorizationType"] == "AWS_IAM"


def test_every_log_group_is_encrypted_that_of_api_gateway_too(apis: Apis) -> None:
    (api,) = apis.cloud.client("apigateway").get_rest_apis()["items"]
    groups = {one["logGroupName"]: one for one in apis.cloud.client("logs").describe_log_groups()["logGroups"]}
    assert f"API-Gateway-Execution-Logs_{api['id']}/prod" in groups
    (key,) = apis.cloud.client("kms").list_keys()["Keys"]
    assert {(one["kmsKeyId"], one["retentionInDays"]) for one in groups.values()} == {(key["KeyArn"], 2192)}
