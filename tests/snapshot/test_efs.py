"""The whole templates of the file systems."""

from __future__ import annotations

from aws_cdk import Stack
from aws_cdk import aws_efs as efs

from hipaa_constructs import EncryptedFileSystem
from tests._synthesis import synthesized
from tests.snapshot.conftest import Templates
from tools.examples import KEY_IN_THE_WEST, network


def test_encrypted_file_system_with_defaults(templates: Templates) -> None:
    def build(stack: Stack) -> None:
        EncryptedFileSystem(
            stack,
            "It",
            vpc=network(stack),
            replication_region="us-west-2",
            replication_key=KEY_IN_THE_WEST,
        )

    templates.hold(synthesized(build))


def test_encrypted_file_system_with_all_options(templates: Templates) -> None:
    def build(stack: Stack) -> None:
        made = EncryptedFileSystem(
            stack,
            "It",
            vpc=network(stack),
            replication_region="us-west-2",
            replication_key=KEY_IN_THE_WEST,
            file_system_name="scans",
            lifecycle_policy=efs.LifecyclePolicy.AFTER_7_DAYS,
            out_of_infrequent_access_policy=efs.OutOfInfrequentAccessPolicy.AFTER_1_ACCESS,
            performance_mode=efs.PerformanceMode.GENERAL_PURPOSE,
            throughput_mode=efs.ThroughputMode.ELASTIC,
            transition_to_archive_policy=efs.LifecyclePolicy.AFTER_90_DAYS,
        )
        made.add_access_point(
            "Viewer", path="/scans", uid="1000", gid="1000", secondary_gids=["2000"], permissions="700"
        )

    templates.hold(synthesized(build))
