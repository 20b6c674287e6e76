"""Data stores that no construct of this package makes, as the other scanners like them and as they don't."""

from __future__ import annotations

from typing import Any

from aws_cdk import CfnDeletionPolicy, CfnResource, Stack
from aws_cdk import aws_backup as backup
from aws_cdk import aws_dax as dax
from aws_cdk import aws_dms as dms
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_efs as efs
from aws_cdk import aws_elasticsearch as elasticsearch
from aws_cdk import aws_emr as emr
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_opensearchservice as opensearch
from aws_cdk import aws_redshift as redshift

from hipaa_constructs import EncryptedLogGroup, EncryptionKey, Waiver, waive

PASSWORD = "{{resolve:secretsmanager:portal:SecretString:password}}"
PHI = {"key": "phi", "value": "yes"}
DENIAL = {
    "Effect": "Deny",
    "Principal": {"AWS": "*"},
    "Action": "*",
    "Resource": "*",
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}
POLICY = {"Version": "2012-10-17", "Statement": [DENIAL]}
BY_ID = [{"attributeName": "id", "keyType": "HASH"}]
ATTRIBUTES = [{"attributeName": "id", "attributeType": "S"}]
ROLE = "arn:aws:iam::123456789012:role/Service"


def tls_only() -> iam.PolicyDocument:
    """Return a policy of a table that refuses requests without TLS."""
    return iam.PolicyDocument.from_json(POLICY)


def kept(*resources: CfnResource) -> None:
    """Keep resources when their stack goes."""
    for resource in resources:
        resource.cfn_options.deletion_policy = CfnDeletionPolicy.RETAIN
        resource.cfn_options.update_replace_policy = CfnDeletionPolicy.RETAIN


def other(stack: Stack, id: str, kind: str, **properties: Any) -> CfnResource:
    """Make a resource of a type that cdk-nag does not judge."""
    return CfnResource(stack, id, type=kind, properties=properties)


def good(stack: Stack, network: ec2.IVpc) -> backup.BackupResource:
    """Make stores in which nothing is to be found, and return what cdk-nag asks for in a backup plan by its name."""
    key = EncryptionKey.of(stack).key.key_arn
    subnets = [subnet.subnet_id for subnet in network.isolated_subnets or network.private_subnets]
    group = EncryptedLogGroup(stack, "StoreLogs").log_group.log_group_arn
    _warehouse(stack, key, subnets)
    _tables(stack, key)
    files = _files(stack, key, subnets)
    _searches(stack, key, subnets, group)
    _streams(stack, key, subnets)
    _clusters(stack, key)
    _analytics(stack, key, subnets)
    return backup.BackupResource.from_arn(files.attr_arn)


def _warehouse(stack: Stack, key: str, subnets: list[str]) -> None:
    parameters = redshift.CfnClusterParameterGroup(
        stack,
        "WarehouseParameters",
        description="Warehouse",
        parameter_group_family="redshift-2.0",
        parameters=[
            {"parameterName": name, "parameterValue": "true"}
            for name in ("require_ssl", "enable_user_activity_logging")
        ],
    )
    group = redshift.CfnClusterSubnetGroup(stack, "WarehouseSubnets", description="Warehouse", subnet_ids=subnets)
    kept(
        redshift.CfnCluster(
            stack,
            "Warehouse",
            allow_version_upgrade=True,
            automated_snapshot_retention_period=35,
            cluster_parameter_group_name=parameters.ref,
            cluster_subnet_group_name=group.ref,
            cluster_type="multi-node",
            number_of_nodes=2,
            db_name="portal",
            destination_region="us-west-2",
            encrypted=True,
            enhanced_vpc_routing=True,
            kms_key_id=key,
            logging_properties={"bucketName": "portal-logs"},
            manage_master_password=True,
            master_password_secret_kms_key_id=key,
            master_username="portal",
            multi_az=True,
            node_type="ra3.xlplus",
            port=15439,
            preferred_maintenance_window="sun:03:00-sun:04:00",
            publicly_accessible=False,
            snapshot_copy_grant_name="portal",
            tags=[PHI],
        )
    )


def _tables(stack: Stack, key: str) -> None:
    replica = {
        "region": "us-east-1",
        "deletionProtectionEnabled": True,
        "pointInTimeRecoverySpecification": {"pointInTimeRecoveryEnabled": True},
        "resourcePolicy": {"policyDocument": POLICY},
        "sseSpecification": {"kmsMasterKeyId": key},
        "tags": [PHI],
    }
    kept(
        dynamodb.CfnGlobalTable(
            stack,
            "Claims",
            attribute_definitions=ATTRIBUTES,
            billing_mode="PAY_PER_REQUEST",
            key_schema=BY_ID,
            replicas=[replica],
            sse_specification={"sseEnabled": True, "sseType": "KMS"},
        )
    )
    accelerator = dax.CfnCluster(
        stack,
        "Accelerator",
        cluster_endpoint_encryption_type="TLS",
        iam_role_arn=ROLE,
        node_type="dax.r5.large",
        replication_factor=3,
        sse_specification={"sseEnabled": True},
    )
    confirmed = Waiver(
        rule="ServiceHipaaEligible",
        reason="AWS was asked: DAX counts as a part of DynamoDB",
        approved_by="CISO",
        expires="2999-12-31",
    )
    waive(accelerator, confirmed)


def _files(stack: Stack, key: str, subnets: list[str]) -> efs.CfnFileSystem:
    files = efs.CfnFileSystem(
        stack,
        "Files",
        backup_policy={"status": "ENABLED"},
        encrypted=True,
        file_system_policy=POLICY,
        file_system_tags=[PHI],
        kms_key_id=key,
        replication_configuration={"destinations": [{"region": "us-west-2", "kmsKeyId": key}]},
    )
    efs.CfnMountTarget(
        stack, "Mounted", file_system_id=files.ref, security_groups=["sg-0123456789abcdef0"], subnet_id=subnets[0]
    )
    efs.CfnAccessPoint(
        stack,
        "Point",
        file_system_id=files.ref,
        posix_user={"uid": "1000", "gid": "1000"},
        root_directory={"path": "/visits"},
    )
    kept(files)
    return files


def _searches(stack: Stack, key: str, subnets: list[str], group: str) -> None:
    logs = {
        name: {"enabled": True, "cloudWatchLogsLogGroupArn": group}
        for name in ("ES_APPLICATION_LOGS", "AUDIT_LOGS", "SEARCH_SLOW_LOGS", "INDEX_SLOW_LOGS")
    }
    endpoint = {"enforceHttps": True, "tlsSecurityPolicy": "Policy-Min-TLS-1-2-PFS-2023-10"}
    access = {"enabled": True, "masterUserOptions": {"masterUserArn": ROLE}}
    common: dict[str, Any] = {
        "advanced_security_options": access,
        "domain_endpoint_options": endpoint,
        "encryption_at_rest_options": {"enabled": True, "kmsKeyId": key},
        "log_publishing_options": logs,
        "node_to_node_encryption_options": {"enabled": True},
        "vpc_options": {"subnetIds": subnets[:2], "securityGroupIds": ["sg-0123456789abcdef0"]},
    }
    spread = {
        "dedicatedMasterEnabled": True,
        "dedicatedMasterCount": 3,
        "dedicatedMasterType": "r6g.large.search",
        "instanceCount": 2,
        "instanceType": "r6g.large.search",
        "zoneAwarenessEnabled": True,
    }
    old = {**spread, "dedicatedMasterType": "r5.large.elasticsearch", "instanceType": "r5.large.elasticsearch"}
    kept(
        opensearch.CfnDomain(stack, "Search", cluster_config=spread, engine_version="OpenSearch_2.19", **common),
        elasticsearch.CfnDomain(
            stack, "OldSearch", elasticsearch_cluster_config=old, elasticsearch_version="7.10", **common
        ),
    )


def _streams(stack: Stack, key: str, subnets: list[str]) -> None:
    kinesis.CfnStream(stack, "Stream", shard_count=1, stream_encryption={"encryptionType": "KMS", "keyId": key})
    transit = {"ClientBroker": "TLS", "InCluster": True}
    kept(
        other(
            stack,
            "Kafka",
            "AWS::MSK::Cluster",
            BrokerNodeGroupInfo={
                "ClientSubnets": subnets[:2],
                "ConnectivityInfo": {"PublicAccess": {"Type": "DISABLED"}},
                "InstanceType": "kafka.m7g.large",
            },
            ClientAuthentication={"Sasl": {"Iam": {"Enabled": True}}},
            ClusterName="portal",
            EncryptionInfo={"EncryptionAtRest": {"DataVolumeKMSKeyId": key}, "EncryptionInTransit": transit},
            KafkaVersion="3.8.x",
            LoggingInfo={"BrokerLogs": {"CloudWatchLogs": {"Enabled": True, "LogGroup": "kafka"}}},
            NumberOfBrokerNodes=2,
        )
    )


def _clusters(stack: Stack, key: str) -> None:
    tags = [{"Key": "phi", "Value": "yes"}]
    common: dict[str, Any] = {
        "BackupRetentionPeriod": 35,
        "CopyTagsToSnapshot": True,
        "DeletionProtection": True,
        "EnableCloudwatchLogsExports": ["audit"],
        "KmsKeyId": key,
        "StorageEncrypted": True,
        "Tags": tags,
    }
    documents = other(
        stack,
        "DocumentParameters",
        "AWS::DocDB::DBClusterParameterGroup",
        Description="Documents",
        Family="docdb5.0",
        Parameters={"audit_logs": "all", "tls": "enabled"},
    )
    graph = other(
        stack,
        "GraphParameters",
        "AWS::Neptune::DBClusterParameterGroup",
        Description="Graph",
        Family="neptune1.4",
        Parameters={"neptune_enable_audit_log": 1},
    )
    kept(
        other(
            stack,
            "Documents",
            "AWS::DocDB::DBCluster",
            DBClusterParameterGroupName=documents.ref,
            ManageMasterUserPassword=True,
            MasterUserSecretKmsKeyId=key,
            MasterUsername="portal",
            **common,
        ),
        other(
            stack,
            "Graph",
            "AWS::Neptune::DBCluster",
            DBClusterParameterGroupName=graph.ref,
            IamAuthEnabled=True,
            **common,
        ),
    )


def _analytics(stack: Stack, key: str, subnets: list[str]) -> None:
    other(
        stack,
        "GlueSecurity",
        "AWS::Glue::SecurityConfiguration",
        Name="portal",
        EncryptionConfiguration={
            "CloudWatchEncryption": {"CloudWatchEncryptionMode": "SSE-KMS", "KmsKeyArn": key},
            "JobBookmarksEncryption": {"JobBookmarksEncryptionMode": "CSE-KMS", "KmsKeyArn": key},
            "S3Encryptions": [{"KmsKeyArn": key, "S3EncryptionMode": "SSE-KMS"}],
        },
    )
    other(
        stack,
        "Job",
        "AWS::Glue::Job",
        Command={"Name": "glueetl", "ScriptLocation": "s3://portal/script.py"},
        Role=ROLE,
        SecurityConfiguration="portal",
    )
    other(
        stack,
        "Catalog",
        "AWS::Glue::DataCatalogEncryptionSettings",
        CatalogId=stack.account,
        DataCatalogEncryptionSettings={
            "ConnectionPasswordEncryption": {"KmsKeyId": key, "ReturnConnectionPasswordEncrypted": True},
            "EncryptionAtRest": {"CatalogEncryptionMode": "SSE-KMS", "SseAwsKmsKeyId": key},
        },
    )
    other(
        stack,
        "Queries",
        "AWS::Athena::WorkGroup",
        Name="portal",
        WorkGroupConfiguration={
            "EnforceWorkGroupConfiguration": True,
            "ResultConfiguration": {
                "EncryptionConfiguration": {"EncryptionOption": "SSE_KMS", "KmsKey": key},
                "OutputLocation": "s3://portal-results/",
            },
        },
    )
    dms.CfnReplicationInstance(
        stack, "Migration", kms_key_id=key, publicly_accessible=False, replication_instance_class="dms.t3.medium"
    )
    emr.CfnCluster(
        stack,
        "Batch",
        instances={
            "coreInstanceGroup": {"instanceCount": 1, "instanceType": "m7g.xlarge"},
            "ec2SubnetId": subnets[0],
            "masterInstanceGroup": {"instanceCount": 1, "instanceType": "m7g.xlarge"},
        },
        job_flow_role="Service",
        kerberos_attributes={"kdcAdminPassword": PASSWORD, "realm": "EC2.INTERNAL"},
        name="portal",
        security_configuration="portal",
        service_role="Service",
    )


def weak(stack: Stack) -> None:
    """Make stores in which every check that a rule claims to be the same as has something to find."""
    redshift.CfnCluster(
        stack,
        "Warehouse",
        allow_version_upgrade=False,
        automated_snapshot_retention_period=0,
        cluster_parameter_group_name="default.redshift-1.0",
        cluster_type="single-node",
        db_name="portal",
        encrypted=False,
        enhanced_vpc_routing=False,
        master_username="portal",
        node_type="ra3.xlplus",
        publicly_accessible=True,
    )
    redshift.CfnClusterParameterGroup(
        stack, "WarehouseParameters", description="Warehouse", parameter_group_family="redshift-1.0"
    )
    dynamodb.CfnGlobalTable(
        stack, "Claims", attribute_definitions=ATTRIBUTES, key_schema=BY_ID, replicas=[{"region": "us-east-1"}]
    )
    dax.CfnCluster(stack, "Accelerator", iam_role_arn=ROLE, node_type="dax.r5.large", replication_factor=1)
    efs.CfnFileSystem(stack, "Unencrypted", encrypted=False)
    opensearch.CfnDomain(stack, "Search")
    elasticsearch.CfnDomain(stack, "OldSearch")
    kinesis.CfnStream(stack, "Stream", shard_count=1)
    dms.CfnReplicationInstance(stack, "Migration", publicly_accessible=True, replication_instance_class="dms.t3.medium")
    emr.CfnCluster(stack, "Batch", instances={}, job_flow_role="Service", name="portal", service_role="Service")
    other(
        stack,
        "Kafka",
        "AWS::MSK::Cluster",
        BrokerNodeGroupInfo={"ConnectivityInfo": {"PublicAccess": {"Type": "SERVICE_PROVIDED_EIPS"}}},
        EncryptionInfo={"EncryptionInTransit": {"ClientBroker": "PLAINTEXT"}},
    )
    parameters = {"audit_logs": "disabled", "tls": "disabled"}
    other(stack, "DocumentParameters", "AWS::DocDB::DBClusterParameterGroup", Parameters=parameters)
    other(stack, "Documents", "AWS::DocDB::DBCluster", BackupRetentionPeriod=1)
    other(stack, "Graph", "AWS::Neptune::DBCluster", BackupRetentionPeriod=1)
    other(stack, "GlueSecurity", "AWS::Glue::SecurityConfiguration", EncryptionConfiguration={})
    other(stack, "Job", "AWS::Glue::Job", Role=ROLE)
    other(stack, "Catalog", "AWS::Glue::DataCatalogEncryptionSettings", DataCatalogEncryptionSettings={})
    settings = {"EnforceWorkGroupConfiguration": False}
    other(stack, "Queries", "AWS::Athena::WorkGroup", WorkGroupConfiguration=settings)
