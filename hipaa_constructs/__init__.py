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
    from hipaa_constructs.services.audit import AuditBaseline
    from hipaa_constructs.services.autoscaling import HipaaAutoScalingGroup
    from hipaa_constructs.services.backup import HipaaBackupPlan
    from hipaa_constructs.services.backup_vault import EncryptedBackupVault
    from hipaa_constructs.services.cloudfront import EndToEndHttpsDistribution
    from hipaa_constructs.services.cloudfront_behaviors import HttpsBehavior
    from hipaa_constructs.services.cloudfront_origins import HttpsOrigin
    from hipaa_constructs.services.cloudtrail import EncryptedTrail
    from hipaa_constructs.services.cloudwatch import AuditAlarms
    from hipaa_constructs.services.ec2 import FlowLoggedVpc
    from hipaa_constructs.services.ecr import EncryptedRepository
    from hipaa_constructs.services.ecs import HipaaEcsService
    from hipaa_constructs.services.ecs_cluster import HipaaEcsCluster
    from hipaa_constructs.services.ecs_secrets import ContainerSecret
    from hipaa_constructs.services.ecs_tls_proxy import TlsProxy
    from hipaa_constructs.services.elasticache import HipaaRedisCluster
    from hipaa_constructs.services.elbv2 import HttpsLoadBalancer
    from hipaa_constructs.services.hardening import HardeningChange, HipaaHardening
    from hipaa_constructs.services.iam import ManagedPolicyRole
    from hipaa_constructs.services.inspector import InspectorScanning
    from hipaa_constructs.services.kms import EncryptionKey, ReplicaEncryptionKey
    from hipaa_constructs.services.logs import EncryptedLogGroup, masks_identifiers
    from hipaa_constructs.services.profile import Profile
    from hipaa_constructs.services.rds import HipaaRdsInstance
    from hipaa_constructs.services.rds_aurora import HipaaAuroraCluster
    from hipaa_constructs.services.rds_replica import HipaaRdsReadReplica
    from hipaa_constructs.services.recovery import RecoveryObjective
    from hipaa_constructs.services.s3 import EncryptedBucket, ReplicaBucket
    from hipaa_constructs.services.s3_logs import LogArchive
    from hipaa_constructs.services.secretsmanager import EncryptedSecret
    from hipaa_constructs.services.sns import EncryptedTopic
    from hipaa_constructs.services.sqs import EncryptedQueue
    from hipaa_constructs.services.wafv2 import HipaaWebAcl
    from hipaa_constructs.waivers import Waiver

__all__ = [
    "AuditAlarms",
    "AuditBaseline",
    "ComplianceError",
    "ContainerSecret",
    "EncryptedBackupVault",
    "EncryptedBucket",
    "EncryptedLogGroup",
    "EncryptedQueue",
    "EncryptedRepository",
    "EncryptedSecret",
    "EncryptedTopic",
    "EncryptedTrail",
    "EncryptionKey",
    "EndToEndHttpsDistribution",
    "FlowLoggedVpc",
    "HardeningChange",
    "HipaaAuroraCluster",
    "HipaaAutoScalingGroup",
    "HipaaBackupPlan",
    "HipaaConstructsChecks",
    "HipaaEcsCluster",
    "HipaaEcsService",
    "HipaaHardening",
    "HipaaRdsInstance",
    "HipaaRdsReadReplica",
    "HipaaRedisCluster",
    "HipaaWebAcl",
    "HttpsBehavior",
    "HttpsLoadBalancer",
    "HttpsOrigin",
    "InspectorScanning",
    "Judgement",
    "LogArchive",
    "ManagedPolicyRole",
    "Profile",
    "RecoveryObjective",
    "ReplicaBucket",
    "ReplicaEncryptionKey",
    "Report",
    "Settings",
    "Template",
    "TlsProxy",
    "Waiver",
    "check",
    "enforce",
    "load",
    "masks_identifiers",
    "waive",
]

_MODULES = {
    "AuditAlarms": "services.cloudwatch",
    "AuditBaseline": "services.audit",
    "ComplianceError": "errors",
    "ContainerSecret": "services.ecs_secrets",
    "EncryptedBackupVault": "services.backup_vault",
    "EncryptedBucket": "services.s3",
    "EncryptedLogGroup": "services.logs",
    "EncryptedQueue": "services.sqs",
    "EncryptedRepository": "services.ecr",
    "EncryptedSecret": "services.secretsmanager",
    "EncryptedTopic": "services.sns",
    "EncryptedTrail": "services.cloudtrail",
    "EncryptionKey": "services.kms",
    "EndToEndHttpsDistribution": "services.cloudfront",
    "FlowLoggedVpc": "services.ec2",
    "HardeningChange": "services.hardening",
    "HipaaAuroraCluster": "services.rds_aurora",
    "HipaaAutoScalingGroup": "services.autoscaling",
    "HipaaBackupPlan": "services.backup",
    "HipaaConstructsChecks": "pack",
    "HipaaEcsCluster": "services.ecs_cluster",
    "HipaaEcsService": "services.ecs",
    "HipaaHardening": "services.hardening",
    "HipaaRdsInstance": "services.rds",
    "HipaaRdsReadReplica": "services.rds_replica",
    "HipaaRedisCluster": "services.elasticache",
    "HipaaWebAcl": "services.wafv2",
    "HttpsBehavior": "services.cloudfront_behaviors",
    "HttpsLoadBalancer": "services.elbv2",
    "HttpsOrigin": "services.cloudfront_origins",
    "InspectorScanning": "services.inspector",
    "Judgement": "checker",
    "LogArchive": "services.s3_logs",
    "ManagedPolicyRole": "services.iam",
    "Profile": "services.profile",
    "RecoveryObjective": "services.recovery",
    "ReplicaBucket": "services.s3",
    "ReplicaEncryptionKey": "services.kms",
    "Report": "checker",
    "Settings": "rules",
    "Template": "rules",
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
