"""File systems, weakened."""

from __future__ import annotations

from aws_cdk import Stack

from hipaa_constructs import EncryptedFileSystem, FlowLoggedVpc
from tests.mutation._weakening import Weakening
from tools.examples import KEY_IN_THE_WEST


def file_system(stack: Stack) -> None:
    vpc = FlowLoggedVpc(stack, "Network").vpc
    files = EncryptedFileSystem(stack, "It", vpc=vpc, replication_region="us-west-2", replication_key=KEY_IN_THE_WEST)
    files.add_access_point("Point", path="/scans", uid="1000", gid="1000")


WEAKENING = Weakening(
    "efs",
    (file_system,),
    types=("AWS::EFS::AccessPoint", "AWS::EFS::FileSystem", "AWS::EFS::MountTarget"),
    exempt=(
        ("FileSystem:Properties/FileSystemPolicy/*/Resource", "*", "refused by EFS, or another file system's"),
        ("FileSystem:Properties/FileSystemPolicy/Version", "*", "no statement uses what the newer version adds"),
        ("FileSystem:Properties/FileSystemTags*", "*", "a name"),
        ("FileSystem:Properties/LifecyclePolicies*", "*", "what storage costs"),
        ("FileSystem:*/Destinations/0/KmsKeyId", "weakened", "another key"),
        ("FileSystem:*/Destinations/0/Region", "weakened", "another Region"),
        ("MountTarget:Properties/FileSystemId", "*", "another file system, or refused by EFS"),
        ("MountTarget:Properties/SecurityGroups*", "*", "the default group, which FlowLoggedVpc closes, or refused"),
        ("AccessPoint:Properties/AccessPointTags*", "*", "a name"),
        ("AccessPoint:Properties/FileSystemId", "*", "another file system, or refused by EFS"),
        ("AccessPoint:Properties/PosixUser/?id", "weakened", "refused by EFS"),
        ("AccessPoint:Properties/RootDirectory/CreationInfo*", "*", "what a directory that is made is like"),
        ("AccessPoint:Properties/RootDirectory/Path", "weakened", "another directory"),
    ),
)
