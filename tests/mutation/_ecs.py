"""Services and clusters, weakened."""

from __future__ import annotations

from aws_cdk import Stack

from tests.mutation._weakening import Weakening
from tools import examples


def service(stack: Stack) -> None:
    examples.service(stack)


WEAKENING = Weakening(
    "ecs",
    (service,),
    only=(
        "Cluster:Properties/ClusterSettings*:*",
        "Cluster:Properties/Configuration*:*",
        "Key:Properties/KeyPolicy/Statement/[23]/Condition*:deleted",
        "Listener:Properties/SslPolicy:*",
        "LogGroup:Properties/DataProtectionPolicy:deleted",
        "ScalableTarget:Properties/MinCapacity:*",
        "Service:Properties/DeploymentConfiguration/DeploymentCircuitBreaker*:*",
        "Service:Properties/NetworkConfiguration/AwsvpcConfiguration/AssignPublicIp:weakened",
        "Service:Properties/NetworkConfiguration/AwsvpcConfiguration/Subnets/*:deleted",
        "Service:Properties/PlatformVersion:weakened",
        "TargetGroup:Properties/HealthCheckProtocol:*",
        "TargetGroup:Properties/Protocol:*",
        "TaskDefinition:Properties/ContainerDefinitions/?/LogConfiguration*:*",
        "TaskDefinition:Properties/ContainerDefinitions/?/Privileged:True",
        "TaskDefinition:Properties/ContainerDefinitions/?/ReadonlyRootFilesystem:*",
        "TaskDefinition:Properties/ContainerDefinitions/?/User:deleted",
        "TaskDefinition:Properties/NetworkMode:*",
    ),
    exempt=(
        ("Key:*/Condition/ForAllValues:StringEquals*", "deleted", "the account still confines it"),
        ("Cluster:*/LogConfiguration/CloudWatchLogGroupName", "alias/aws/s3", "another log group"),
        ("TaskDefin*:*/Options/awslogs-stream-prefix", "*", "a name"),
        ("TaskDefin*:*/Options/awslogs-region", "*", "another Region, or refused: Fargate needs it"),
        ("TaskDefin*:*/Options/awslogs-group", "alias/aws/s3", "another log group"),
    ),
)
