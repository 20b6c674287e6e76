"""Warehouses, weakened."""

from __future__ import annotations

from aws_cdk import Stack

from hipaa_constructs import FlowLoggedVpc, HipaaRedshiftCluster
from tests.mutation._weakening import Weakening


def cluster(stack: Stack) -> None:
    vpc = FlowLoggedVpc(stack, "Network").vpc
    HipaaRedshiftCluster(stack, "It", vpc=vpc, snapshot_copy_region="us-west-2", snapshot_copy_grant="warehouse")


WEAKENING = Weakening(
    "redshift",
    (cluster,),
    types=(
        "AWS::Redshift::Cluster",
        "AWS::Redshift::ClusterParameterGroup",
        "AWS::Redshift::ClusterSubnetGroup",
    ),
    exempt=(
        ("ClusterParameterGroup:Properties/ParameterGroupFamily", "*", "the parameters stand there; refused otherwise"),
        ("ClusterParameterGroup:Properties/Parameters/1*", "*", "TLS is the default of the family, or refused"),
        ("ClusterSubnetGroup:Properties/SubnetIds/?", "deleted", "fewer zones, which Redshift refuses"),
        ("Cluster:Properties/AllowVersionUpgrade", "deleted", "on is the default"),
        ("Cluster:Properties/ClusterIdentifier", "*", "a name"),
        ("Cluster:Properties/ClusterSubnetGroupName", "alias/aws/s3", "another group, or refused"),
        ("Cluster:Properties/ClusterType", "*", "refused by Redshift"),
        ("Cluster:Properties/DBName", "*", "a name"),
        ("Cluster:Properties/DestinationRegion", "weakened", "another Region"),
        ("Cluster:Properties/Encrypted", "deleted", "on is the default"),
        ("Cluster:Properties/MasterUsername", "*", "a name, or refused"),
        ("Cluster:Properties/NodeType", "*", "refused by Redshift"),
        ("Cluster:Properties/NumberOfNodes", "*", "refused by Redshift"),
        ("Cluster:Properties/Port", "*", "the default, or another port"),
        ("Cluster:Properties/PreferredMaintenanceWindow", "*", "another window, which Redshift chooses"),
        ("Cluster:Properties/PubliclyAccessible", "deleted", "off is the default"),
        ("Cluster:Properties/SnapshotCopyGrantName", "weakened", "another grant"),
        ("Cluster:Properties/VpcSecurityGroupIds*", "*", "the default group, which FlowLoggedVpc closes, or refused"),
    ),
)
