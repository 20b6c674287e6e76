"""moto's server, with what it leaves out of the CloudFormation types that this package makes.

Of a bucket, moto's CloudFormation takes the encryption and drops the rest without a word; it loses the key of a log
group, and knows no bucket policies and no protection of stacks. Here everything of a bucket goes to moto's own S3 API,
as CloudFormation sends it to that of S3, and a property of a bucket that nobody translates fails the deployment.

Run as a process, it prints the port it listens on, and ends with whoever started it.
"""

from __future__ import annotations

import json
import os
import re
import sys
import threading
from collections.abc import Callable, Mapping
from typing import Any

import boto3
from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.responses import CloudFormationResponse
from moto.core.common_models import CloudFormationModel
from moto.core.responses import ActionResult
from moto.ec2.models.security_groups import SecurityGroupIngress
from moto.ecs.models import Service
from moto.efs.models import FileSystem
from moto.elbv2.models import FakeLoadBalancer, FakeTargetGroup
from moto.iam.access_control import PermissionResult
from moto.iam.models import ManagedPolicy
from moto.kms.models import Key, kms_backends
from moto.logs.models import LogGroup
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from moto.rds.models import DBInstance, DBParameterGroup, RDSBackend
from moto.s3.models import FakeBucket
from moto.ssm.models import Document
from werkzeug.serving import make_server

from tests.emulated._types import StandIn, read_outputs_of_stacks, stand_in_for_the_others

Properties = Mapping[str, Any]


def s3() -> Any:
    return boto3.client("s3")


def configure(bucket: str, properties: Properties) -> None:
    # S3 replicates versioned buckets only.
    for name in sorted(properties, key=lambda name: name != "VersioningConfiguration"):
        TRANSLATED[name](bucket, properties[name])


def encrypt(bucket: str, given: Properties) -> None:
    # BlockedEncryptionTypes is younger than moto and the boto3 that checkov allows.
    rules = [
        {
            "ApplyServerSideEncryptionByDefault": rule["ServerSideEncryptionByDefault"],
            "BucketKeyEnabled": rule.get("BucketKeyEnabled", False),
        }
        for rule in given["ServerSideEncryptionConfiguration"]
    ]
    s3().put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": rules})


def expire(bucket: str, given: Properties) -> None:
    rules = []
    for rule in given["Rules"]:
        wanted = {"Filter": {"Prefix": ""}, **rule, "ID": rule["Id"]}
        del wanted["Id"]
        if "ExpirationInDays" in wanted:
            wanted["Expiration"] = {"Days": wanted.pop("ExpirationInDays")}
        if "Transitions" in wanted:
            wanted["Transitions"] = [
                {"Days": one["TransitionInDays"], "StorageClass": one["StorageClass"]} for one in wanted["Transitions"]
            ]
        if "NoncurrentVersionTransitions" in wanted:
            wanted["NoncurrentVersionTransitions"] = [
                {"NoncurrentDays": one["TransitionInDays"], "StorageClass": one["StorageClass"]}
                for one in wanted["NoncurrentVersionTransitions"]
            ]
        rules.append(wanted)
    s3().put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": rules})


def log(bucket: str, given: Properties) -> None:
    status = {
        "TargetBucket": given["DestinationBucketName"],
        "TargetPrefix": given["LogFilePrefix"],
        "TargetObjectKeyFormat": given["TargetObjectKeyFormat"],
    }
    s3().put_bucket_logging(Bucket=bucket, BucketLoggingStatus={"LoggingEnabled": status})


def replicate(bucket: str, given: Properties) -> None:
    rules = [{("ID" if name == "Id" else name): value for name, value in rule.items()} for rule in given["Rules"]]
    s3().put_bucket_replication(Bucket=bucket, ReplicationConfiguration={"Role": given["Role"], "Rules": rules})


def control(bucket: str, given: str) -> None:
    canned = re.sub("(?<=[a-z])(?=[A-Z])", "-", given).lower()
    s3().put_bucket_acl(Bucket=bucket, ACL=canned)


TRANSLATED: Mapping[str, Callable[[str, Any], object]] = {
    "AccessControl": control,
    "BucketEncryption": encrypt,
    "BucketName": lambda bucket, given: None,
    "LifecycleConfiguration": expire,
    "LoggingConfiguration": log,
    "ObjectLockConfiguration": lambda bucket, given: s3().put_object_lock_configuration(
        Bucket=bucket, ObjectLockConfiguration=given
    ),
    "ObjectLockEnabled": lambda bucket, given: None,
    "OwnershipControls": lambda bucket, given: s3().put_bucket_ownership_controls(
        Bucket=bucket, OwnershipControls=given
    ),
    "PublicAccessBlockConfiguration": lambda bucket, given: s3().put_public_access_block(
        Bucket=bucket, PublicAccessBlockConfiguration=given
    ),
    "ReplicationConfiguration": replicate,
    "Tags": lambda bucket, given: s3().put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": given}),
    "VersioningConfiguration": lambda bucket, given: s3().put_bucket_versioning(
        Bucket=bucket, VersioningConfiguration=given
    ),
}


class BucketPolicy(CloudFormationModel):
    """What moto's CloudFormation has no model of."""

    __module__ = "moto.s3"  # moto reads the service from it

    def __init__(self, bucket: str) -> None:
        self.physical_resource_id = bucket

    @staticmethod
    def cloudformation_name_type() -> str:
        return ""

    @staticmethod
    def cloudformation_type() -> str:
        return "AWS::S3::BucketPolicy"

    @classmethod
    def create_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: Any, account_id: str, region_name: str, **kwargs: Any
    ) -> BucketPolicy:
        properties = cloudformation_json["Properties"]
        s3().put_bucket_policy(Bucket=properties["Bucket"], Policy=json.dumps(properties["PolicyDocument"]))
        return cls(properties["Bucket"])

    def delete(self, account_id: str, region_name: str) -> None:
        s3().delete_bucket_policy(Bucket=self.physical_resource_id)


def complete_moto() -> None:
    plain_bucket = FakeBucket.create_from_cloudformation_json
    plain_key = Key.create_from_cloudformation_json
    plain_log_group = LogGroup.create_from_cloudformation_json
    plain_database = DBInstance.create_from_cloudformation_json
    plain_ingress = SecurityGroupIngress.create_from_cloudformation_json
    plain_service = Service.create_from_cloudformation_json
    plain_load_balancer = FakeLoadBalancer.create_from_cloudformation_json
    plain_document = Document.create_from_cloudformation_json

    def create_bucket(name: str, resource: Any, account: str, region: str, **kwargs: Any) -> FakeBucket:
        given = resource.get("Properties", {})
        bucket = plain_bucket(name, {"Properties": {}}, account, region, **kwargs)
        bucket.object_lock_enabled = given.get("ObjectLockEnabled", False)
        configure(name, given)
        return bucket

    def create_key(name: str, resource: Any, account: str, region: str, **kwargs: Any) -> Key:
        given = resource["Properties"]
        policy = {"KeyPolicy": json.dumps(given["KeyPolicy"])}  # moto keeps it as it comes, and reads text later
        if given.get("MultiRegion"):  # moto drops it
            make: Any = boto3.client
            made = make("kms", region_name=region).create_key(MultiRegion=True, Policy=policy["KeyPolicy"])
            key = kms_backends[account][region].keys[made["KeyMetadata"]["KeyId"]]
            key.key_rotation_status = given.get("EnableKeyRotation", False)
            return key
        return plain_key(name, {"Properties": {**given, **policy}}, account, region, **kwargs)

    def create_log_group(name: str, resource: Any, account: str, region: str, **kwargs: Any) -> LogGroup:
        given = resource["Properties"]
        renamed = {"kmsKeyId": given.get("KmsKeyId")}  # moto looks for the API's spelling
        return plain_log_group(name, {"Properties": {**given, **renamed}}, account, region, **kwargs)

    def create_database(name: str, resource: Any, account: str, region: str, **kwargs: Any) -> DBInstance:
        database = plain_database(name, resource, account, region, **kwargs)
        database.deletion_protection = resource["Properties"].get("DeletionProtection", False)  # moto drops it
        return database

    plain_attribute = DBInstance.get_cfn_attribute

    def attribute_of_database(self: DBInstance, name: str) -> Any:
        return self.db_instance_arn if name == "DBInstanceArn" else plain_attribute(self, name)

    def attribute_of_file_system(self: FileSystem, name: str) -> str:
        assert name == "Arn"
        return str(self.file_system_arn)

    def attribute_of_target_group(self: FakeTargetGroup, name: str) -> str:
        assert name == "TargetGroupFullName"
        return str(self.arn).rpartition(":")[2]

    def create_ingress(name: str, resource: Any, account: str, region: str, **kwargs: Any) -> CloudFormationModel:
        given = resource["Properties"]
        if "SourcePrefixListId" not in given:
            return plain_ingress(name, resource, account, region, **kwargs)
        make: Any = boto3.client  # moto's CloudFormation knows no prefix lists
        group = given["GroupId"]
        listed = [{"PrefixListId": given["SourcePrefixListId"]}]
        ports = {"IpProtocol": given["IpProtocol"], "FromPort": given["FromPort"], "ToPort": given["ToPort"]}
        permissions = [{**ports, "PrefixListIds": listed}]
        make("ec2", region_name=region).authorize_security_group_ingress(GroupId=group, IpPermissions=permissions)
        return StandIn.create_from_cloudformation_json(name, resource, account, region)

    plain_replica = RDSBackend.create_db_instance_read_replica

    def create_replica(self: RDSBackend, db_kwargs: dict[str, Any]) -> DBInstance:
        # moto looks for the subnets of a replica in the Region of its source.
        return plain_replica(self, {"backend": self, **db_kwargs})

    def create_load_balancer(name: str, resource: Any, account: str, region: str, **kwargs: Any) -> FakeLoadBalancer:
        balancer = plain_load_balancer(name, resource, account, region, **kwargs)
        for attribute in resource["Properties"].get("LoadBalancerAttributes", []):  # moto drops them
            balancer.attrs[attribute["Key"]] = str(attribute["Value"])
        return balancer

    def create_document(name: str, resource: Any, account: str, region: str, **kwargs: Any) -> Document:
        given = {"DocumentFormat": "JSON", **resource["Properties"]}  # the default, which moto lacks
        return plain_document(name, {"Properties": given}, account, region, **kwargs)

    def create_service(name: str, resource: Any, account: str, region: str, **kwargs: Any) -> Service:
        service = plain_service(name, resource, account, region, **kwargs)
        given = resource["Properties"]["NetworkConfiguration"]["AwsvpcConfiguration"]  # moto drops it
        placed = {key[0].lower() + key[1:]: value for key, value in given.items()}
        service.network_configuration = {"awsvpcConfiguration": placed}
        return service

    def update_termination_protection(self: CloudFormationResponse) -> ActionResult:
        stack = self.cloudformation_backend.get_stack(self._get_param("StackName"))
        stack.enable_termination_protection = self._get_bool_param("EnableTerminationProtection")
        return ActionResult({"StackId": stack.stack_id})

    plain_delete_stack = CloudFormationResponse.delete_stack

    def delete_stack(self: CloudFormationResponse) -> ActionResult:
        stack = self.cloudformation_backend.get_stack(self._get_param("StackName"))
        if getattr(stack, "enable_termination_protection", False):  # moto deletes it all the same
            raise ValidationError("Stack", message="the stack is protected from termination")
        return plain_delete_stack(self)

    def delete_database(self: DBInstance, account_id: str, region_name: str) -> None:
        # As the DeletionPolicy of every database of this package has it; moto heeds only Retain.
        name = self.db_instance_identifier
        self.backend.delete_db_instance(name, final_db_snapshot_identifier=f"{name}-final")

    def delete_policy(self: ManagedPolicy, account_id: str, region_name: str) -> None:
        make: Any = boto3.client
        iam = make("iam")
        for role in iam.list_entities_for_policy(PolicyArn=self.arn)["PolicyRoles"]:  # moto deletes no policies
            iam.detach_role_policy(RoleName=role["RoleName"], PolicyArn=self.arn)
        iam.delete_policy(PolicyArn=self.arn)

    def judge_nothing(self: FakeBucket, action: str, resource: str) -> PermissionResult:
        # moto takes a condition that is not met for a denial: it would deny every request to a bucket of this package.
        return PermissionResult.NEUTRAL

    replacements: list[tuple[type, str, object]] = [
        (DBInstance, "create_from_cloudformation_json", staticmethod(create_database)),
        (DBInstance, "get_cfn_attribute", attribute_of_database),
        (DBInstance, "delete", delete_database),
        (ManagedPolicy, "delete", delete_policy),
        (CloudFormationResponse, "delete_stack", delete_stack),
        (RDSBackend, "create_db_instance_read_replica", create_replica),
        (DBParameterGroup, "physical_resource_id", property(lambda group: group.name)),  # what Ref gives
        (FileSystem, "get_cfn_attribute", attribute_of_file_system),
        (FileSystem, "has_cfn_attr", staticmethod(lambda name: name == "Arn")),
        (Document, "create_from_cloudformation_json", staticmethod(create_document)),
        (FakeLoadBalancer, "create_from_cloudformation_json", staticmethod(create_load_balancer)),
        (FakeTargetGroup, "get_cfn_attribute", attribute_of_target_group),
        (Key, "create_from_cloudformation_json", staticmethod(create_key)),
        (SecurityGroupIngress, "create_from_cloudformation_json", staticmethod(create_ingress)),
        (Service, "create_from_cloudformation_json", staticmethod(create_service)),
        (LogGroup, "create_from_cloudformation_json", staticmethod(create_log_group)),
        (FakeBucket, "create_from_cloudformation_json", staticmethod(create_bucket)),
        (FakeBucket, "get_permission", judge_nothing),
        (CloudFormationResponse, "update_termination_protection", update_termination_protection),
    ]
    for owner, name, replacement in replacements:
        setattr(owner, name, replacement)


def main() -> None:
    complete_moto()
    read_outputs_of_stacks()
    stand_in_for_the_others()
    application = DomainDispatcherApplication(create_backend_app)
    server = make_server("localhost", 0, application, threaded=True, request_handler=MotoRequestHandler)
    os.environ["MOTO_PORT"] = str(server.port)
    os.environ["AWS_ENDPOINT_URL"] = f"http://localhost:{server.port}"
    print(server.port, flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()


if __name__ == "__main__":
    main()
