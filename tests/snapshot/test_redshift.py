"""The whole templates of the warehouses."""

from __future__ import annotations

from aws_cdk import Duration, Stack

from hipaa_constructs import FlowLoggedVpc, HipaaRedshiftCluster
from tests._synthesis import synthesized
from tests.snapshot.conftest import Templates


def test_hipaa_redshift_cluster_with_defaults(templates: Templates) -> None:
    def build(stack: Stack) -> None:
        HipaaRedshiftCluster(
            stack,
            "It",
            vpc=FlowLoggedVpc(stack, "Network").vpc,
            snapshot_copy_region="us-west-2",
            snapshot_copy_grant="warehouse",
        )

    templates.hold(synthesized(build))


def test_hipaa_redshift_cluster_with_all_options(templates: Templates) -> None:
    def build(stack: Stack) -> None:
        HipaaRedshiftCluster(
            stack,
            "It",
            vpc=FlowLoggedVpc(stack, "Network").vpc,
            cluster_version="1.0",
            db_name="claims",
            iam_roles=["arn:aws:iam::123456789012:role/Loader"],
            maintenance_track_name="trailing",
            manual_snapshot_retention_period=90,
            master_username="owner",
            node_type="ra3.4xlarge",
            number_of_nodes=4,
            parameters={"use_fips_ssl": "true"},
            port=8191,
            preferred_maintenance_window="sun:03:00-sun:04:00",
            snapshot_copy_grant="warehouse",
            snapshot_copy_manual=True,
            snapshot_copy_region="us-west-2",
            snapshot_copy_retention_period=35,
            snapshot_retention=Duration.days(35),
        )

    templates.hold(synthesized(build))
