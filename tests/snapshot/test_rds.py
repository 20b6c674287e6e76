"""The whole templates of the databases."""

from __future__ import annotations

from aws_cdk import Stack
from aws_cdk import aws_rds as rds

from hipaa_constructs import HipaaAuroraCluster, HipaaRdsInstance, HipaaRdsReadReplica
from tests._synthesis import synthesized
from tests.snapshot.conftest import Templates
from tools.examples import EXAMPLES, network


def test_hipaa_rds_instance_with_defaults(templates: Templates) -> None:
    templates.hold(synthesized(EXAMPLES[HipaaRdsInstance]))


def test_hipaa_rds_instance_of_oracle(templates: Templates) -> None:
    def build(stack: Stack) -> None:
        HipaaRdsInstance(
            stack,
            "It",
            engine=rds.DatabaseInstanceEngine.oracle_ee(version=rds.OracleEngineVersion.VER_19_0_0_0_2024_10_R1),
            vpc=network(stack),
            license_model=rds.LicenseModel.BRING_YOUR_OWN_LICENSE,
            backup_replication_region="us-west-2",
            backup_replication_key="arn:aws:kms:us-west-2:123456789012:key/1234",
        )

    templates.hold(synthesized(build))


def test_hipaa_rds_read_replica_with_defaults(templates: Templates) -> None:
    templates.hold(synthesized(EXAMPLES[HipaaRdsReadReplica]))


def test_hipaa_aurora_cluster_with_defaults(templates: Templates) -> None:
    templates.hold(synthesized(EXAMPLES[HipaaAuroraCluster]))
