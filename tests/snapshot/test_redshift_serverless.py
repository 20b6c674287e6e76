"""The whole templates of the warehouses without machines."""

from __future__ import annotations

from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_redshiftserverless as serverless

from hipaa_constructs import FlowLoggedVpc, HipaaRedshiftServerless
from tests._synthesis import synthesized
from tests.snapshot.conftest import Templates
from tools.examples import KEY_IN_THE_WEST


def test_hipaa_redshift_serverless_with_defaults(templates: Templates) -> None:
    def build(stack: Stack) -> None:
        HipaaRedshiftServerless(
            stack,
            "It",
            vpc=FlowLoggedVpc(stack, "Network").vpc,
            snapshot_copy_region="us-west-2",
            snapshot_copy_key=KEY_IN_THE_WEST,
        )

    templates.hold(synthesized(build))


def test_hipaa_redshift_serverless_with_all_options(templates: Templates) -> None:
    def build(stack: Stack) -> None:
        HipaaRedshiftServerless(
            stack,
            "It",
            vpc=FlowLoggedVpc(stack, "Network").vpc,
            admin_username="owner",
            base_capacity=64,
            db_name="claims",
            default_iam_role_arn="arn:aws:iam::123456789012:role/Loader",
            final_snapshot_retention=Duration.days(2192),
            iam_roles=["arn:aws:iam::123456789012:role/Loader"],
            max_capacity=256,
            parameters={"max_query_execution_time": "3600", "use_fips_ssl": "true"},
            port=8191,
            price_performance_target=serverless.CfnWorkgroup.PerformanceTargetProperty(status="DISABLED"),
            redshift_idc_application_arn="arn:aws:redshift:us-east-1:123456789012:redshiftidcapplication:portal",
            removal_policy=RemovalPolicy.SNAPSHOT,
            snapshot_copy_key=KEY_IN_THE_WEST,
            snapshot_copy_region="us-west-2",
            snapshot_copy_retention=Duration.days(90),
            track_name="trailing",
        )

    templates.hold(synthesized(build))
