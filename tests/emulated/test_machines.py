"""Machines and what belongs to them, deployed to an emulated AWS and read back.

moto starts no instance and moves no data: whether an agent registers, and whether a session is logged, it can't show.
Of an instance it forgets the metadata options, the monitoring and the protection, of a volume all but its size and
zone. It keeps a document as Python would write it.
"""

from __future__ import annotations

import ast
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import SKIPPED
from tests.emulated._cloud import ACCOUNT, DEPLOY, REGION, Cloud

APP = f"{sys.executable} {Path(__file__).with_name('_machines_app.py')}"


@dataclass(frozen=True, slots=True)
class Machines:
    """What was deployed."""

    cloud: Cloud

    def instance(self) -> dict[str, Any]:
        (reservation,) = self.cloud.client("ec2").describe_instances()["Reservations"]
        (instance,) = reservation["Instances"]
        return dict(instance)

    def key_arn(self) -> str:
        (key,) = self.cloud.client("kms").list_keys()["Keys"]
        return str(key["KeyArn"])


@pytest.fixture(scope="module")
def machines(cloud: Cloud) -> Machines:
    cloud.cdk("bootstrap", f"aws://{ACCOUNT}/{REGION}")
    (image, *_) = cloud.client("ec2").describe_images(Owners=["amazon"])["Images"]
    cloud.cdk(*DEPLOY, "--context", f"image={image['ImageId']}", app=APP)
    return Machines(cloud)


def test_what_the_emulator_skips_is_known(machines: Machines, record_property: Any) -> None:
    skipped = machines.cloud.skipped()
    for kind in skipped:
        record_property(SKIPPED, kind)
    assert skipped == {
        "AWS::Backup::BackupPlan",
        "AWS::Backup::BackupSelection",
        "AWS::CDK::Metadata",
        "AWS::DLM::LifecyclePolicy",
        "AWS::SNS::TopicPolicy",
        "AWS::SSM::Association",
        "AWS::SSM::PatchBaseline",
        "AWS::SSM::ResourceDataSync",
    }


def test_an_instance_has_no_public_address_and_no_key_pair(machines: Machines) -> None:
    assert "PublicIpAddress" not in machines.instance()
    assert "KeyName" not in machines.instance()


def test_an_instance_lies_in_a_private_subnet(machines: Machines) -> None:
    (subnet,) = machines.cloud.client("ec2").describe_subnets(SubnetIds=[machines.instance()["SubnetId"]])["Subnets"]
    assert {"Key": "aws-cdk:subnet-type", "Value": "Private"} in subnet["Tags"]


def test_the_volume_of_an_instance_is_encrypted_with_the_stacks_key(machines: Machines) -> None:
    (device,) = machines.instance()["BlockDeviceMappings"]
    (volume,) = machines.cloud.client("ec2").describe_volumes(VolumeIds=[device["Ebs"]["VolumeId"]])["Volumes"]
    assert (volume["Encrypted"], volume["KmsKeyId"]) == (True, machines.key_arn())


def test_a_volume_lies_where_the_instance_does(machines: Machines) -> None:
    (volume,) = machines.cloud.client("ec2").describe_volumes(Filters=[{"Name": "size", "Values": ["100"]}])["Volumes"]
    assert volume["AvailabilityZone"] == machines.instance()["Placement"]["AvailabilityZone"]


def test_snapshots_are_taken_for_this_account_alone(machines: Machines) -> None:
    roles = machines.cloud.client("iam").list_roles()["Roles"]
    trusts = [role["AssumeRolePolicyDocument"]["Statement"][0] for role in roles]
    (trust,) = (one for one in trusts if one["Principal"] == {"Service": "dlm.amazonaws.com"})
    assert trust["Condition"]["StringEquals"] == {"aws:SourceAccount": ACCOUNT}


def test_sessions_are_encrypted_and_logged(machines: Machines) -> None:
    content = machines.cloud.client("ssm").get_document(Name="SSM-SessionManagerRunShell")["Content"]
    inputs = ast.literal_eval(content)["inputs"]
    logs = machines.cloud.client("logs")
    (group,) = logs.describe_log_groups(logGroupNamePrefix=inputs["cloudWatchLogGroupName"])["logGroups"]
    assert (inputs["kmsKeyId"], group["kmsKeyId"]) == (machines.key_arn(), machines.key_arn())


def test_an_instance_may_be_managed_and_patched_and_log_its_sessions_and_nothing_else(machines: Machines) -> None:
    iam = machines.cloud.client("iam")
    profile = machines.instance()["IamInstanceProfile"]["Arn"].rpartition("/")[2]
    (role,) = iam.get_instance_profile(InstanceProfileName=profile)["InstanceProfile"]["Roles"]
    assert iam.list_role_policies(RoleName=role["RoleName"])["PolicyNames"] == []
    (attached,) = iam.list_attached_role_policies(RoleName=role["RoleName"])["AttachedPolicies"]
    version = iam.get_policy_version(PolicyArn=attached["PolicyArn"], VersionId="v1")["PolicyVersion"]
    actions = [statement["Action"] for statement in version["Document"]["Statement"]]
    assert {one.partition(":")[0] for each in actions for one in ([each] if isinstance(each, str) else each)} == {
        "ec2messages",
        "kms",
        "logs",
        "s3",
        "ssm",
        "ssmmessages",
    }
