"""Cache clusters, weakened."""

from __future__ import annotations

from aws_cdk import Stack

from hipaa_constructs import FlowLoggedVpc, HipaaRedisCluster
from tests.mutation._weakening import Weakening


def cluster(stack: Stack) -> None:
    HipaaRedisCluster(stack, "It", vpc=FlowLoggedVpc(stack, "Network", max_azs=2).vpc).add_user("App")


WEAKENING = Weakening(
    "elasticache",
    (cluster,),
    only=(
        "LogGroup:Properties/KmsKeyId:*",
        "ReplicationGroup:DeletionPolicy:*",
        "ReplicationGroup:Properties/*Enabled:*",
        "ReplicationGroup:Properties/AutoMinorVersionUpgrade:False",
        "ReplicationGroup:Properties/CacheSubnetGroupName:deleted",
        "ReplicationGroup:Properties/EngineVersion:weakened",
        "ReplicationGroup:Properties/KmsKeyId:*",
        "ReplicationGroup:Properties/LogDeliveryConfigurations*LogType:*",
        "ReplicationGroup:Properties/LogDeliveryConfigurations:*",
        "ReplicationGroup:Properties/ReplicasPerNodeGroup:0",
        "ReplicationGroup:Properties/SnapshotRetentionLimit:deleted",
        "ReplicationGroup:Properties/TransitEncryptionMode:weakened",
        "ReplicationGroup:Properties/UserGroupIds:deleted",
        "ReplicationGroup:UpdateReplacePolicy:*",
        "SecurityGroup:Properties/GroupDescription:deleted",
        "User:Properties/AccessString:weakened",
    ),
    exempt=(("User:Properties/AccessString", "weakened", "a user that signs in with IAM"),),
)
