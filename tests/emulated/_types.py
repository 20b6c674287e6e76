"""CloudFormation types that moto has an API of, but no CloudFormation: each is made by calls of that API."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import boto3
from moto.cloudformation import parsing
from moto.cloudformation.models import cloudformation_backends
from moto.core.common_models import CloudFormationModel

Properties = Mapping[str, Any]
Made = tuple[str, Mapping[str, str]]
"""What ``Ref`` gives, and what ``Fn::GetAtt`` does."""


def _client(service: str, region: str) -> Any:
    make: Any = boto3.client
    return make(service, region_name=region)


def replica_key(given: Properties, name: str, region: str) -> Made:
    source = given["PrimaryKeyArn"]
    primary = _client("kms", source.split(":")[3])
    policy = json.dumps(given["KeyPolicy"])
    made = primary.replicate_key(KeyId=source.rpartition("/")[2], ReplicaRegion=region, Policy=policy)
    metadata = made["ReplicaKeyMetadata"]
    return metadata["KeyId"], {"Arn": metadata["Arn"], "KeyId": metadata["KeyId"]}


def secret(given: Properties, name: str, region: str) -> Made:
    generated = {key[0].upper() + key[1:]: value for key, value in given.get("GenerateSecretString", {}).items()}
    template = json.loads(generated.pop("SecretStringTemplate", "{}"))
    key = generated.pop("GenerateStringKey", "password")
    password = _client("secretsmanager", region).get_random_password(**generated)["RandomPassword"]
    replicas = [dict(one) for one in given.get("ReplicaRegions", [])]
    made = _client("secretsmanager", region).create_secret(
        Name=given.get("Name", name),
        KmsKeyId=given["KmsKeyId"],
        SecretString=json.dumps({**template, key: password}),
        **({"AddReplicaRegions": replicas} if replicas else {}),
    )
    return made["ARN"], {"Id": made["ARN"]}


def vault(given: Properties, name: str, region: str) -> Made:
    client, called = _client("backup", region), given["BackupVaultName"]
    made = client.create_backup_vault(BackupVaultName=called, EncryptionKeyArn=given["EncryptionKeyArn"])
    return called, {"BackupVaultName": called, "BackupVaultArn": made["BackupVaultArn"]}


def alarm(given: Properties, name: str, region: str) -> Made:
    called = given.get("AlarmName", name)
    wanted = {key: value for key, value in given.items() if key not in ("AlarmName", "Tags")}
    _client("cloudwatch", region).put_metric_alarm(AlarmName=called, **wanted)
    return called, {}


def replicated_images(given: Properties, name: str, region: str) -> Made:
    rules = [
        {
            "destinations": [
                {"region": one["Region"], "registryId": one["RegistryId"]} for one in rule["Destinations"]
            ],
            "repositoryFilters": [
                {"filter": one["Filter"], "filterType": one["FilterType"]} for one in rule["RepositoryFilters"]
            ],
        }
        for rule in given["ReplicationConfiguration"]["Rules"]
    ]
    _client("ecr", region).put_replication_configuration(replicationConfiguration={"rules": rules})
    return name, {}


def certificate(given: Properties, name: str, region: str) -> Made:
    wanted = {"DomainName": given["DomainName"], "ValidationMethod": given["ValidationMethod"]}
    return _client("acm", region).request_certificate(**wanted)["CertificateArn"], {}


_CACHE = (
    *("AtRestEncryptionEnabled", "AutoMinorVersionUpgrade", "AutomaticFailoverEnabled", "CacheNodeType", "Engine"),
    *("EngineVersion", "KmsKeyId", "MultiAZEnabled", "NumNodeGroups", "Port", "ReplicasPerNodeGroup"),
    *("ReplicationGroupDescription", "SnapshotRetentionLimit", "TransitEncryptionEnabled", "TransitEncryptionMode"),
)


def cache(given: Properties, name: str, region: str) -> Made:
    called = f"{name[:30]}{name[-6:]}".lower()
    wanted = {key: given[key] for key in _CACHE if key in given}
    _client("elasticache", region).create_replication_group(ReplicationGroupId=called, **wanted)
    return called, {"PrimaryEndPoint.Address": f"master.{called}.cache.amazonaws.com", "PrimaryEndPoint.Port": "6379"}


def global_table(given: Properties, name: str, region: str) -> Made:
    client, (local,) = _client("dynamodb", region), [one for one in given["Replicas"] if one["Region"] == region]
    key = local["SSESpecification"]["KMSMasterKeyId"]
    wanted = {kind: given[kind] for kind in ("AttributeDefinitions", "BillingMode", "KeySchema")}
    made = client.create_table(
        TableName=name,
        DeletionProtectionEnabled=local["DeletionProtectionEnabled"],
        SSESpecification={"Enabled": given["SSESpecification"]["SSEEnabled"], "SSEType": "KMS", "KMSMasterKeyId": key},
        **wanted,
    )["TableDescription"]
    client.update_continuous_backups(
        TableName=name, PointInTimeRecoverySpecification=local["PointInTimeRecoverySpecification"]
    )
    return name, {"Arn": made["TableArn"]}


def metric_filter(given: Properties, name: str, region: str) -> Made:
    _client("logs", region).put_metric_filter(filterName=name, **_in_camel_case(given))
    return name, {}


def recorder(given: Properties, name: str, region: str) -> Made:
    _client("config", region).put_configuration_recorder(ConfigurationRecorder={"name": name, **_in_camel_case(given)})
    return name, {}


def delivery_channel(given: Properties, name: str, region: str) -> Made:
    _client("config", region).put_delivery_channel(DeliveryChannel={"name": name, **_in_camel_case(given)})
    return name, {}


def detector(given: Properties, name: str, region: str) -> Made:
    made = _client("guardduty", region).create_detector(**given)["DetectorId"]
    return made, {"Id": made}


def _in_camel_case(given: Any) -> Any:
    if isinstance(given, list):
        return [_in_camel_case(one) for one in given]
    if not isinstance(given, Mapping):
        return given
    return {key[0].lower() + key[1:]: _in_camel_case(value) for key, value in given.items()}


TYPES: Mapping[str, Callable[[Properties, str, str], Made]] = {
    "AWS::Backup::BackupVault": vault,
    "AWS::CertificateManager::Certificate": certificate,
    "AWS::CloudWatch::Alarm": alarm,
    "AWS::Config::ConfigurationRecorder": recorder,
    "AWS::Config::DeliveryChannel": delivery_channel,
    "AWS::DynamoDB::GlobalTable": global_table,
    "AWS::ECR::ReplicationConfiguration": replicated_images,
    "AWS::ElastiCache::ReplicationGroup": cache,
    "AWS::GuardDuty::Detector": detector,
    "AWS::KMS::ReplicaKey": replica_key,
    "AWS::Logs::MetricFilter": metric_filter,
    "AWS::SecretsManager::Secret": secret,
}


def _model(kind: str, make: Callable[[Properties, str, str], Made]) -> type[CloudFormationModel]:
    class Model(CloudFormationModel):
        __module__ = "moto.s3"  # moto reads a service from it

        def __init__(self, made: Made) -> None:
            self.physical_resource_id, self._attributes = made

        @staticmethod
        def cloudformation_name_type() -> str:
            return ""

        @staticmethod
        def cloudformation_type() -> str:
            return kind

        @classmethod
        def create_from_cloudformation_json(
            cls, resource_name: str, cloudformation_json: Any, account_id: str, region_name: str, **kwargs: Any
        ) -> Model:
            return cls(make(cloudformation_json["Properties"], resource_name, region_name))

        @classmethod
        def has_cfn_attr(cls, attr: str) -> bool:
            return True

        def get_cfn_attribute(self, attribute_name: str) -> str:
            return self._attributes[attribute_name]

        def delete(self, account_id: str, region_name: str) -> None:
            """Leave it: what this file makes is retained, or tells nothing."""

    return Model


MODELS = [_model(kind, make) for kind, make in TYPES.items()]
"""moto finds them among the subclasses."""


class StandIn(CloudFormationModel):
    """A resource of a type that moto has nothing of: it does nothing, and has a name for others to refer to."""

    __module__ = "moto.s3"

    def __init__(self, name: str, arn: str) -> None:
        self.physical_resource_id, self._arn = name, arn

    @staticmethod
    def cloudformation_name_type() -> str:
        return ""

    @staticmethod
    def cloudformation_type() -> str:
        return ""

    @classmethod
    def create_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: Any, account_id: str, region_name: str, **kwargs: Any
    ) -> StandIn:
        service = cloudformation_json["Type"].split("::")[1].lower()
        return cls(resource_name, f"arn:aws:{service}:{region_name}:{account_id}:{resource_name}")

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:
        return True

    def get_cfn_attribute(self, attribute_name: str) -> str:
        return self._arn if attribute_name.endswith("Arn") else f"{self.physical_resource_id}-{attribute_name}"

    def delete(self, account_id: str, region_name: str) -> None:
        """There is nothing."""


def stand_in_for_the_others() -> None:
    """Let stacks deploy whose resources refer to some that moto knows not; it still says of each that it does not."""
    plain = parsing.resource_class_from_type

    def class_of(kind: str) -> type[CloudFormationModel] | None:
        return plain(kind) or (None if kind in parsing.NULL_MODELS else StandIn)

    setattr(parsing, "resource_class_from_type", class_of)  # noqa: B010


def read_outputs_of_stacks() -> None:
    """Teach moto ``Fn::GetStackOutput``."""
    plain = parsing.clean_json

    def clean_json(resource_json: Any, resources_map: Any) -> Any:
        if isinstance(resource_json, dict) and "Fn::GetStackOutput" in resource_json:
            asked = resource_json["Fn::GetStackOutput"]
            region = asked.get("Region", resources_map["AWS::Region"])
            stack = cloudformation_backends[resources_map["AWS::AccountId"]][region].get_stack(asked["StackName"])
            (value,) = (one.value for one in stack.output_map.values() if one.key == asked["OutputName"])
            return value
        return plain(resource_json, resources_map)

    setattr(parsing, "clean_json", clean_json)  # noqa: B010
