"""Cache clusters, weakened."""

from __future__ import annotations

from aws_cdk import Stack

from hipaa_constructs import FlowLoggedVpc, HipaaRedisCluster
from tests.mutation._weakening import Weakening
from tests.unit.test_elasticache import with_token as cluster_with_token


def cluster(stack: Stack) -> None:
    HipaaRedisCluster(stack, "It", vpc=FlowLoggedVpc(stack, "Network", max_azs=2).vpc).add_user("App")


WEAKENING = Weakening(
    "elasticache",
    (cluster, cluster_with_token),
    only=(
        "LogGroup:Properties/KmsKeyId:*",
        "ReplicationGroup:DeletionPolicy:*",
        "ReplicationGroup:Properties/*Enabled:*",
        "ReplicationGroup:Properties/AuthToken:deleted",
        "ReplicationGroup:Properties/AuthToken:alias/aws/s3",
        "ReplicationGroup:Properties/AutoMinorVersionUpgrade:False",
        "ReplicationGroup:Properties/CacheSubnetGroupName:deleted",
        "ReplicationGroup:Properties/EngineVersion:weakened",
        "ReplicationGroup:Properties/KmsKeyId:*",
        "ReplicationGroup:Properties/LogDeliveryConfigurations*LogType:*",
        "ReplicationGroup:Properties/LogDeliveryConfigurations:*",
        "ReplicationGroup:Properties/ReplicasPerNodeGroup:*",
        "ReplicationGroup:Properties/SecurityGroupIds*:deleted",
        "ReplicationGroup:Properties/SnapshotRetentionLimit:deleted",
        "ReplicationGroup:Properties/TransitEncryptionMode:weakened",
        "ReplicationGroup:Properties/UserGroupIds*:deleted",
        "ReplicationGroup:UpdateReplacePolicy:*",
        "RotationSchedule:Properties/RotationRules:deleted",
        "SecurityGroup:Properties/GroupDescription:deleted",
        "User:Properties/AccessString:weakened",
        "UserGroup:Properties/UserIds:deleted",
    ),
    exempt=(("User:Properties/AccessString", "weakened", "a user who is neither on nor off is off"),),
)
