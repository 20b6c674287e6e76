"""Building blocks for AWS CDK apps that process protected health information, and the rules that judge templates.

The names below are imported when they are first used, so that the rules, the checker and the command line run without
Node, which the constructs need.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hipaa_constructs.checker import Judgement, Report, check
    from hipaa_constructs.errors import ComplianceError
    from hipaa_constructs.loading import load
    from hipaa_constructs.pack import HipaaConstructsChecks, enforce
    from hipaa_constructs.rules import Settings, Template
    from hipaa_constructs.services._waiving import waive
    from hipaa_constructs.services.acm import HipaaCertificate
    from hipaa_constructs.services.apigateway import HipaaRestApi
    from hipaa_constructs.services.apigatewayv2 import HipaaHttpApi
    from hipaa_constructs.services.audit import AuditBaseline
    from hipaa_constructs.services.autoscaling import HipaaAutoScalingGroup
    from hipaa_constructs.services.backup import HipaaBackupPlan
    from hipaa_constructs.services.backup_vault import EncryptedBackupVault
    from hipaa_constructs.services.cloudfront import EndToEndHttpsDistribution
    from hipaa_constructs.services.cloudfront_behaviors import HttpsBehavior
    from hipaa_constructs.services.cloudfront_origins import HttpsOrigin
    from hipaa_constructs.services.cloudtrail import EncryptedTrail
    from hipaa_constructs.services.cloudwatch import AuditAlarms
    from hipaa_constructs.services.dynamodb import EncryptedTable
    from hipaa_constructs.services.ebs import EncryptedVolume, SnapshotPolicy
    from hipaa_constructs.services.ec2 import FlowLoggedVpc
    from hipaa_constructs.services.ec2_instance import HipaaInstance
    from hipaa_constructs.services.ecr import EncryptedRepository
    from hipaa_constructs.services.ecs import HipaaEcsService
    from hipaa_constructs.services.ecs_cluster import HipaaEcsCluster
    from hipaa_constructs.services.ecs_secrets import ContainerSecret
    from hipaa_constructs.services.ecs_tls_proxy import TlsProxy
    from hipaa_constructs.services.efs import EncryptedFileSystem
    from hipaa_constructs.services.elasticache import HipaaRedisCluster
    from hipaa_constructs.services.elbv2 import HttpsLoadBalancer
    from hipaa_constructs.services.elbv2_network import TlsNetworkLoadBalancer
    from hipaa_constructs.services.hardening import HardeningChange, HipaaHardening
    from hipaa_constructs.services.iam import ManagedPolicyRole
    from hipaa_constructs.services.inspector import InspectorScanning
    from hipaa_constructs.services.kms import EncryptionKey, ReplicaEncryptionKey
    from hipaa_constructs.services.lambda_ import HipaaFunction
    from hipaa_constructs.services.logs import EncryptedLogGroup, masks_identifiers
    from hipaa_constructs.services.profile import Profile
    from hipaa_constructs.services.rds import HipaaRdsInstance
    from hipaa_constructs.services.rds_aurora import HipaaAuroraCluster
    from hipaa_constructs.services.rds_replica import HipaaRdsReadReplica
    from hipaa_constructs.services.recovery import RecoveryObjective
    from hipaa_constructs.services.redshift import HipaaRedshiftCluster
    from hipaa_constructs.services.redshift_serverless import HipaaRedshiftServerless
    from hipaa_constructs.services.route53 import HipaaHostedZone
    from hipaa_constructs.services.s3 import EncryptedBucket, ReplicaBucket
    from hipaa_constructs.services.s3_archive import ArchiveBucket
    from hipaa_constructs.services.s3_logs import LogArchive
    from hipaa_constructs.services.secretsmanager import EncryptedSecret
    from hipaa_constructs.services.shield import EmergencyContact, ShieldEngagement, ShieldProtection
    from hipaa_constructs.services.sns import EncryptedTopic
    from hipaa_constructs.services.sqs import EncryptedQueue
    from hipaa_constructs.services.ssm import SecureParameter, SessionManagerAccess
    from hipaa_constructs.services.ssm_patches import PatchPolicy
    from hipaa_constructs.services.wafv2 import HipaaWebAcl
    from hipaa_constructs.waivers import Waiver

__all__ = [
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

_MODULES = {
    "ArchiveBucket": "services.s3_archive",
    "AuditAlarms": "services.cloudwatch",
    "AuditBaseline": "services.audit",
    "ComplianceError": "errors",
    "ContainerSecret": "services.ecs_secrets",
    "EmergencyContact": "services.shield",
    "EncryptedBackupVault": "services.backup_vault",
    "EncryptedBucket": "services.s3",
    "EncryptedFileSystem": "services.efs",
    "EncryptedLogGroup": "services.logs",
    "EncryptedQueue": "services.sqs",
    "EncryptedRepository": "services.ecr",
    "EncryptedSecret": "services.secretsmanager",
    "EncryptedTable": "services.dynamodb",
    "EncryptedTopic": "services.sns",
    "EncryptedTrail": "services.cloudtrail",
    "EncryptedVolume": "services.ebs",
    "EncryptionKey": "services.kms",
    "EndToEndHttpsDistribution": "services.cloudfront",
    "FlowLoggedVpc": "services.ec2",
    "HardeningChange": "services.hardening",
    "HipaaAuroraCluster": "services.rds_aurora",
    "HipaaAutoScalingGroup": "services.autoscaling",
    "HipaaBackupPlan": "services.backup",
    "HipaaCertificate": "services.acm",
    "HipaaConstructsChecks": "pack",
    "HipaaEcsCluster": "services.ecs_cluster",
    "HipaaEcsService": "services.ecs",
    "HipaaFunction": "services.lambda_",
    "HipaaHardening": "services.hardening",
    "HipaaHostedZone": "services.route53",
    "HipaaHttpApi": "services.apigatewayv2",
    "HipaaInstance": "services.ec2_instance",
    "HipaaRdsInstance": "services.rds",
    "HipaaRdsReadReplica": "services.rds_replica",
    "HipaaRedisCluster": "services.elasticache",
    "HipaaRedshiftCluster": "services.redshift",
    "HipaaRedshiftServerless": "services.redshift_serverless",
    "HipaaRestApi": "services.apigateway",
    "HipaaWebAcl": "services.wafv2",
    "HttpsBehavior": "services.cloudfront_behaviors",
    "HttpsLoadBalancer": "services.elbv2",
    "HttpsOrigin": "services.cloudfront_origins",
    "InspectorScanning": "services.inspector",
    "Judgement": "checker",
    "LogArchive": "services.s3_logs",
    "ManagedPolicyRole": "services.iam",
    "PatchPolicy": "services.ssm_patches",
    "Profile": "services.profile",
    "RecoveryObjective": "services.recovery",
    "ReplicaBucket": "services.s3",
    "ReplicaEncryptionKey": "services.kms",
    "Report": "checker",
    "SecureParameter": "services.ssm",
    "SessionManagerAccess": "services.ssm",
    "Settings": "rules",
    "ShieldEngagement": "services.shield",
    "ShieldProtection": "services.shield",
    "SnapshotPolicy": "services.ebs",
    "Template": "rules",
    "TlsNetworkLoadBalancer": "services.elbv2_network",
    "TlsProxy": "services.ecs_tls_proxy",
    "Waiver": "waivers",
    "check": "checker",
    "enforce": "pack",
    "load": "loading",
    "masks_identifiers": "services.logs",
    "waive": "services._waiving",
}


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(importlib.import_module(f"{__name__}.{_MODULES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
