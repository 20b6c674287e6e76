"""The whole templates of the cache clusters."""

from __future__ import annotations

from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam

from hipaa_constructs import HipaaRedisCluster, ManagedPolicyRole
from tests._synthesis import synthesized
from tests.snapshot.conftest import Templates
from tests.unit.test_elasticache import with_token


def network(stack: Stack) -> ec2.IVpc:
    return ec2.Vpc.from_vpc_attributes(
        stack,
        "Network",
        vpc_id="vpc-1",
        availability_zones=["us-east-1a", "us-east-1b"],
        isolated_subnet_ids=["subnet-1", "subnet-2"],
    )


def test_hipaa_redis_cluster_with_defaults(templates: Templates) -> None:
    templates.hold(synthesized(lambda stack: HipaaRedisCluster(stack, "It", vpc=network(stack))))


def test_hipaa_redis_cluster_with_a_token(templates: Templates) -> None:
    templates.hold(synthesized(with_token))


def test_hipaa_redis_cluster_with_all_options_and_a_user(templates: Templates) -> None:
    def build(stack: Stack) -> None:
        cluster = HipaaRedisCluster(
            stack,
            "It",
            vpc=network(stack),
            engine="redis",
            engine_version="7.1",
            cache_node_type="cache.r7g.large",
            num_node_groups=2,
            replicas_per_node_group=2,
            port=6380,
            parameters={"timeout": "60"},
            snapshot_retention=Duration.days(20),
            removal_policy=RemovalPolicy.RETAIN,
            preferred_maintenance_window="sun:03:00-sun:04:00",
            snapshot_window="01:00-02:00",
        )
        role = ManagedPolicyRole(stack, "App", assumed_by=iam.AccountRootPrincipal())
        cluster.grant_connect(role, cluster.add_user("Portal", access_string="on ~session:* +@read +@write"))

    templates.hold(synthesized(build))
