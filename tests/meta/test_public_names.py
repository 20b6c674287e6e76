"""The public names are exactly those that `__all__` lists."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import hipaa_constructs

SOURCE = Path(hipaa_constructs.__file__).read_text(encoding="utf-8")


def test_the_public_names_are_sorted() -> None:
    assert hipaa_constructs.__all__ == sorted(hipaa_constructs.__all__)


def test_the_public_names_are_frozen() -> None:
    assert hipaa_constructs.__all__ == [
        "ArchiveBucket",
        "AuditAlarms",
        "AuditBaseline",
        "ComplianceError",
        "ContainerSecret",
        "EmergencyContact",
        "EncryptedBackupVault",
        "EncryptedBucket",
        "EncryptedFileSystem",
        "EncryptedLogGroup",
        "EncryptedQueue",
        "EncryptedRepository",
        "EncryptedSecret",
        "EncryptedTable",
        "EncryptedTopic",
        "EncryptedTrail",
        "EncryptedVolume",
        "EncryptionKey",
        "EndToEndHttpsDistribution",
        "FlowLoggedVpc",
        "HardeningChange",
        "HipaaAuroraCluster",
        "HipaaAutoScalingGroup",
        "HipaaBackupPlan",
        "HipaaCertificate",
        "HipaaConstructsChecks",
        "HipaaEcsCluster",
        "HipaaEcsService",
        "HipaaFunction",
        "HipaaHardening",
        "HipaaHostedZone",
        "HipaaHttpApi",
        "HipaaInstance",
        "HipaaRdsInstance",
        "HipaaRdsReadReplica",
        "HipaaRedisCluster",
        "HipaaRedshiftCluster",
        "HipaaRedshiftServerless",
        "HipaaRestApi",
        "HipaaWebAcl",
        "HttpsBehavior",
        "HttpsLoadBalancer",
        "HttpsOrigin",
        "InspectorScanning",
        "Judgement",
        "LogArchive",
        "ManagedPolicyRole",
        "PatchPolicy",
        "Profile",
        "RecoveryObjective",
        "ReplicaBucket",
        "ReplicaEncryptionKey",
        "Report",
        "SecureParameter",
        "SessionManagerAccess",
        "Settings",
        "ShieldEngagement",
        "ShieldProtection",
        "SnapshotPolicy",
        "Template",
        "TlsNetworkLoadBalancer",
        "TlsProxy",
        "Waiver",
        "check",
        "enforce",
        "load",
        "masks_identifiers",
        "waive",
    ]


@pytest.mark.parametrize("name", hipaa_constructs.__all__)
def test_a_public_name_can_be_imported_and_is_documented(name: str) -> None:
    assert getattr(hipaa_constructs, name).__doc__


def test_type_checkers_see_the_same_names_as_python() -> None:
    declared = {
        alias.name
        for node in ast.walk(ast.parse(SOURCE))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("hipaa_constructs.")
        for alias in node.names
    }
    assert declared == set(hipaa_constructs.__all__)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Bucket'"):
        _ = hipaa_constructs.Bucket


def test_importing_the_package_does_not_import_the_cdk() -> None:
    program = "import sys, hipaa_constructs, hipaa_constructs.rules; sys.exit('aws_cdk' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
