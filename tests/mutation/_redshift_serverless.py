"""Warehouses without machines, weakened."""

from __future__ import annotations

from aws_cdk import RemovalPolicy, Stack

from hipaa_constructs import FlowLoggedVpc, HipaaRedshiftServerless
from tests.mutation._weakening import Weakening
from tools.examples import KEY_IN_THE_WEST


def kept(stack: Stack) -> None:
    _warehouse(stack, "It", RemovalPolicy.RETAIN)


def snapshotted(stack: Stack) -> None:
    _warehouse(stack, "Last", RemovalPolicy.SNAPSHOT)


def _warehouse(stack: Stack, id: str, removal_policy: RemovalPolicy) -> None:
    HipaaRedshiftServerless(
        stack,
        id,
        vpc=FlowLoggedVpc(stack, "Network").vpc,
        removal_policy=removal_policy,
        snapshot_copy_region="us-west-2",
        snapshot_copy_key=KEY_IN_THE_WEST,
    )


WEAKENING = Weakening(
    "redshift_serverless",
    (kept, snapshotted),
    types=("AWS::RedshiftServerless::Namespace", "AWS::RedshiftServerless::Workgroup"),
    exempt=(
        ("Last:DeletionPolicy", "*", "a last snapshot is taken anyway"),
        ("Last:UpdateReplacePolicy", "*", "a last snapshot is taken anyway"),
        ("Namespace:Properties/AdminUsername", "*", "a name"),
        ("Namespace:Properties/DbName", "*", "a name"),
        ("Namespace:Properties/FinalSnapshotName", "alias/aws/s3", "refused by Redshift"),
        ("Namespace:Properties/FinalSnapshotRetentionPeriod", "*", "for ever is the default, or refused"),
        ("Namespace:Properties/NamespaceName", "*", "a name, or refused"),
        ("Namespace:Properties/SnapshotCopyConfigurations/0/DestinationKmsKeyId", "weakened", "another key"),
        ("Namespace:Properties/SnapshotCopyConfigurations/0/DestinationRegion", "weakened", "another Region"),
        ("Namespace:Properties/SnapshotCopyConfigurations/0/SnapshotRetentionPeriod", "*", "copies of what is kept"),
        ("Workgroup:Properties/BaseCapacity", "*", "how fast, or refused"),
        ("Workgroup:Properties/NamespaceName", "*", "another namespace, or refused"),
        ("Workgroup:Properties/Port", "*", "the default, or refused"),
        ("Workgroup:Properties/PubliclyAccessible", "deleted", "off is the default"),
        ("Workgroup:Properties/SecurityGroupIds*", "*", "the default group, which FlowLoggedVpc closes, or refused"),
        ("Workgroup:Properties/SubnetIds/?", "deleted", "fewer zones, which Redshift refuses"),
        ("Workgroup:Properties/WorkgroupName", "*", "a name, or refused"),
    ),
)
