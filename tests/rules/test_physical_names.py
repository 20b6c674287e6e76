"""How values name resources: by the name that a template gives them, by alias, or by an ARN."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules import Assembly, Node, Resource, Template
from hipaa_constructs.rules._keys import customers_key
from hipaa_constructs.rules._value import Json
from tests.rules._judging import BROKEN, MET, PARAMETER, UNDECIDED, resource, template

NAMES = {
    "AWS::ApiGateway::DomainName": "DomainName",
    "AWS::ApiGateway::RestApi": "Name",
    "AWS::ApiGatewayV2::DomainName": "DomainName",
    "AWS::AutoScaling::AutoScalingGroup": "AutoScalingGroupName",
    "AWS::AutoScaling::LaunchConfiguration": "LaunchConfigurationName",
    "AWS::Backup::BackupVault": "BackupVaultName",
    "AWS::Backup::LogicallyAirGappedBackupVault": "BackupVaultName",
    "AWS::Backup::RestoreTestingPlan": "RestoreTestingPlanName",
    "AWS::CloudTrail::Trail": "TrailName",
    "AWS::CloudWatch::Alarm": "AlarmName",
    "AWS::CloudWatch::CompositeAlarm": "AlarmName",
    "AWS::DAX::Cluster": "ClusterName",
    "AWS::DAX::SubnetGroup": "SubnetGroupName",
    "AWS::DMS::ReplicationSubnetGroup": "ReplicationSubnetGroupIdentifier",
    "AWS::DocDB::DBCluster": "DBClusterIdentifier",
    "AWS::DocDB::DBSubnetGroup": "DBSubnetGroupName",
    "AWS::DynamoDB::GlobalTable": "TableName",
    "AWS::DynamoDB::Table": "TableName",
    "AWS::EC2::LaunchTemplate": "LaunchTemplateName",
    "AWS::ECR::Repository": "RepositoryName",
    "AWS::ECS::Cluster": "ClusterName",
    "AWS::ElastiCache::CacheCluster": "ClusterName",
    "AWS::ElastiCache::ReplicationGroup": "ReplicationGroupId",
    "AWS::ElastiCache::ServerlessCache": "ServerlessCacheName",
    "AWS::ElastiCache::SubnetGroup": "CacheSubnetGroupName",
    "AWS::ElastiCache::User": "UserId",
    "AWS::ElastiCache::UserGroup": "UserGroupId",
    "AWS::ElasticBeanstalk::Environment": "EnvironmentName",
    "AWS::ElasticLoadBalancing::LoadBalancer": "LoadBalancerName",
    "AWS::Elasticsearch::Domain": "DomainName",
    "AWS::IAM::Group": "GroupName",
    "AWS::IAM::InstanceProfile": "InstanceProfileName",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::IAM::Role": "RoleName",
    "AWS::IAM::User": "UserName",
    "AWS::KMS::Alias": "AliasName",
    "AWS::KinesisFirehose::DeliveryStream": "DeliveryStreamName",
    "AWS::Lambda::Function": "FunctionName",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::MSK::Cluster": "ClusterName",
    "AWS::MemoryDB::Cluster": "ClusterName",
    "AWS::MemoryDB::SubnetGroup": "SubnetGroupName",
    "AWS::MemoryDB::User": "UserName",
    "AWS::Neptune::DBCluster": "DBClusterIdentifier",
    "AWS::Neptune::DBSubnetGroup": "DBSubnetGroupName",
    "AWS::OpenSearchService::Domain": "DomainName",
    "AWS::RDS::DBCluster": "DBClusterIdentifier",
    "AWS::RDS::DBClusterParameterGroup": "DBClusterParameterGroupName",
    "AWS::RDS::DBInstance": "DBInstanceIdentifier",
    "AWS::RDS::DBParameterGroup": "DBParameterGroupName",
    "AWS::RDS::DBProxy": "DBProxyName",
    "AWS::RDS::DBSubnetGroup": "DBSubnetGroupName",
    "AWS::RDS::GlobalCluster": "GlobalClusterIdentifier",
    "AWS::RDS::OptionGroup": "OptionGroupName",
    "AWS::Redshift::Cluster": "ClusterIdentifier",
    "AWS::Redshift::ClusterParameterGroup": "ParameterGroupName",
    "AWS::S3::Bucket": "BucketName",
    "AWS::SNS::Topic": "TopicName",
    "AWS::SQS::Queue": "QueueName",
    "AWS::SageMaker::EndpointConfig": "EndpointConfigName",
    "AWS::SageMaker::NotebookInstance": "NotebookInstanceName",
    "AWS::StepFunctions::StateMachine": "StateMachineName",
    "AWS::Timestream::Database": "DatabaseName",
}


def placed(value: Json, **resources: Json) -> tuple[Node, dict[str, Resource]]:
    """Return a value at a place, and the resources beside it."""
    home = Template(template({"Holder": resource("AWS::Custom::Holder", {"Value": value}), **resources}))
    Assembly([home])
    return home.resources["Holder"].at("Value"), home.resources


@pytest.mark.parametrize(("kind", "name"), NAMES.items())
def test_a_resource_is_named_by_the_property_that_names_it(kind: str, name: str) -> None:
    value, resources = placed("records", It=resource(kind, {name: "records"}), Other=resource(kind, {name: "other"}))
    assert value.designates(resources["It"]) is True
    assert value.designates(resources["Other"]) is False


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ({"Fn::Sub": "rec${AnyParameter}"}, None),
        ({"Fn::Sub": "other-${AnyParameter}"}, False),
        (PARAMETER, None),
        ({"Ref": "AWS::NoValue"}, False),
        (3, False),
    ],
)
def test_a_name_that_is_known_in_part_may_be_meant(name: Json, answer: bool | None) -> None:
    value, resources = placed("records", It=resource("AWS::S3::Bucket", {"BucketName": name}))
    assert value.designates(resources["It"]) is answer


@pytest.mark.parametrize(
    ("key", "by_alias", "wanted"),
    [
        ({"Ref": "Alias"}, True, MET),
        ({"Ref": "Alias"}, False, BROKEN),
        ({"Fn::GetAtt": ["Key", "Arn"]}, False, MET),
        ({"Fn::GetAtt": ["Key", "Arn"]}, True, MET),
        ("alias/records", True, MET),
        ("alias/records", False, BROKEN),
        ("alias/aws/s3", True, BROKEN),
        ("arn:aws:kms:us-east-1:123456789012:alias/records", False, BROKEN),
        ({"Fn::Sub": "alias/${AnyParameter}"}, True, UNDECIDED),
        ({"Fn::Sub": "arn:aws:kms:us-east-1:123456789012:key/${AnyParameter}"}, True, MET),
        (PARAMETER, True, UNDECIDED),
        ({"Ref": "AWS::NoValue"}, True, BROKEN),
    ],
)
def test_whose_key_a_value_names(key: Json, by_alias: bool, wanted: str) -> None:
    place, _ = placed(key, Alias=resource("AWS::KMS::Alias"), Key=resource("AWS::KMS::Key"))
    assert customers_key(place, by_alias=by_alias).verdict.value == wanted
