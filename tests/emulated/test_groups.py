"""A group of machines, deployed to an emulated AWS and read back.

moto replaces no machine and spreads none: whether a group heals, it can't show. Two others of their kind are not here:
of network load balancers moto takes no listener of TLS, of Aurora it makes no member.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import SKIPPED
from tests.emulated._cloud import ACCOUNT, DEPLOY, REGION, Cloud

APP = f"{sys.executable} {Path(__file__).with_name('_groups_app.py')}"


@dataclass(frozen=True, slots=True)
class Groups:
    """What was deployed."""

    cloud: Cloud

    def one(self, service: str, method: str, key: str, **arguments: Any) -> dict[str, Any]:
        (found,) = getattr(self.cloud.client(service), method)(**arguments)[key]
        return dict(found)

    def launched(self) -> dict[str, Any]:
        """Return the data of the launch template."""
        found = self.one("ec2", "describe_launch_template_versions", "LaunchTemplateVersions", Versions=["$Latest"])
        return dict(found["LaunchTemplateData"])

    def tier(self, kind: str) -> set[str]:
        """Return the ids of the subnets of a tier."""
        subnets = self.cloud.client("ec2").describe_subnets()["Subnets"]
        wanted = {"Key": "aws-cdk:subnet-type", "Value": kind}
        return {one["SubnetId"] for one in subnets if wanted in one.get("Tags", [])}


@pytest.fixture(scope="module")
def groups(cloud: Cloud) -> Groups:
    cloud.cdk("bootstrap", f"aws://{ACCOUNT}/{REGION}")
    (image, *_) = cloud.client("ec2").describe_images(Owners=["amazon"])["Images"]
    cloud.cdk(*DEPLOY, "--context", f"image={image['ImageId']}", app=APP)
    return Groups(cloud)


def test_what_the_emulator_skips_is_known(groups: Groups, record_property: Any) -> None:
    skipped = groups.cloud.skipped()
    for kind in skipped:
        record_property(SKIPPED, kind)
    assert skipped == {
        "AWS::CDK::Metadata",
        "AWS::SSM::Association",
    }


def test_a_group_spans_both_private_subnets_with_a_machine_for_each(groups: Groups) -> None:
    group = groups.one("autoscaling", "describe_auto_scaling_groups", "AutoScalingGroups")
    assert set(group["VPCZoneIdentifier"].split(",")) == groups.tier("Private")
    assert len(group["Instances"]) >= 2


def test_a_group_launches_machines_that_ask_for_tokens_and_take_no_key(groups: Groups) -> None:
    launched = groups.launched()
    assert launched["MetadataOptions"]["HttpTokens"] == "required"
    assert "KeyName" not in launched


def test_a_group_launches_machines_with_encrypted_volumes(groups: Groups) -> None:
    (device,) = groups.launched()["BlockDeviceMappings"]
    assert device["Ebs"]["Encrypted"] is True
