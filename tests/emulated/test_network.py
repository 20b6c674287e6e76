"""Networks and what lies in them or watches over them, deployed to an emulated AWS and read back.

moto makes no users of caches, trails, backup plans, associations nor scaling: the test run names what it skipped. It
calls each delivery of a flow log to an ARN failed, and moves no traffic: what a security group lets through, and
whether a task starts, it can't show.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import SKIPPED
from tests.emulated._cloud import ACCOUNT, DEPLOY, REGION, Cloud

APP = f"{sys.executable} {Path(__file__).with_name('_network_app.py')}"


@dataclass(frozen=True, slots=True)
class Network:
    """What was deployed."""

    cloud: Cloud
    vpc: str

    def read(self, service: str, method: str, key: str, **arguments: Any) -> list[dict[str, Any]]:
        return list(getattr(self.cloud.client(service), method)(**arguments)[key])

    def of_vpc(self, method: str, key: str) -> list[dict[str, Any]]:
        return self.read("ec2", method, key, Filters=[{"Name": "vpc-id", "Values": [self.vpc]}])

    def tier(self, kind: str) -> set[str]:
        """Return the ids of the subnets of a tier."""
        return {
            subnet["SubnetId"]
            for subnet in self.of_vpc("describe_subnets", "Subnets")
            if {"Key": "aws-cdk:subnet-type", "Value": kind} in subnet["Tags"]
        }


@pytest.fixture(scope="module")
def network(cloud: Cloud) -> Network:
    cloud.cdk("bootstrap", f"aws://{ACCOUNT}/{REGION}")
    arn = cloud.client("acm").request_certificate(DomainName="portal.example.org")["CertificateArn"]
    cloud.cdk(*DEPLOY, "--context", f"certificate={arn}", app=APP)
    (vpc,) = (one for one in cloud.client("ec2").describe_vpcs()["Vpcs"] if not one["IsDefault"])
    return Network(cloud, vpc["VpcId"])


def test_what_the_emulator_skips_is_known(network: Network, record_property: Any) -> None:
    skipped = network.cloud.skipped()
    for kind in skipped:
        record_property(SKIPPED, kind)
    assert skipped == {
        "AWS::ApplicationAutoScaling::ScalableTarget",
        "AWS::ApplicationAutoScaling::ScalingPolicy",
        "AWS::Backup::BackupPlan",
        "AWS::Backup::BackupSelection",
        "AWS::CDK::Metadata",
        "AWS::CloudTrail::Trail",
        "AWS::EC2::SecurityGroupEgress",
        "AWS::ElastiCache::SubnetGroup",
        "AWS::ElastiCache::User",
        "AWS::ElastiCache::UserGroup",
        "AWS::SNS::TopicPolicy",
        "AWS::SSM::Association",
        "AWS::SecretsManager::ResourcePolicy",
        "AWS::SecretsManager::RotationSchedule",
    }


def test_all_traffic_of_the_network_is_logged(network: Network) -> None:
    (log,) = network.read("ec2", "describe_flow_logs", "FlowLogs")
    assert (log["ResourceId"], log["TrafficType"], log["FlowLogStatus"]) == (network.vpc, "ALL", "ACTIVE")
    assert "${pkt-srcaddr}" in log["LogFormat"]


def test_subnets_lie_in_two_zones_and_give_out_no_public_addresses(network: Network) -> None:
    subnets = network.of_vpc("describe_subnets", "Subnets")
    assert len({subnet["AvailabilityZone"] for subnet in subnets}) == 2
    assert not any(subnet["MapPublicIpOnLaunch"] for subnet in subnets)


def test_no_route_leads_to_the_internet(network: Network) -> None:
    routes = [route for table in network.of_vpc("describe_route_tables", "RouteTables") for route in table["Routes"]]
    assert {route.get("GatewayId", "").partition("-")[0] for route in routes} == {"local", "vpce"}
    assert network.read("ec2", "describe_internet_gateways", "InternetGateways") == []


def test_endpoints_admit_the_accounts_own_principals(network: Network) -> None:
    endpoints = network.of_vpc("describe_vpc_endpoints", "VpcEndpoints")
    assert len(endpoints) == 14
    assert all(f"'aws:PrincipalAccount': '{ACCOUNT}'" in endpoint["PolicyDocument"] for endpoint in endpoints)


def test_the_load_balancer_is_internal_and_in_private_subnets(network: Network) -> None:
    (balancer,) = network.read("elbv2", "describe_load_balancers", "LoadBalancers")
    assert balancer["Scheme"] == "internal"
    assert {zone["SubnetId"] for zone in balancer["AvailabilityZones"]} == network.tier("Private")


def test_the_load_balancer_is_protected_and_logs_access_and_connections(network: Network) -> None:
    (balancer,) = network.read("elbv2", "describe_load_balancers", "LoadBalancers")
    arn = balancer["LoadBalancerArn"]
    found = network.read("elbv2", "describe_load_balancer_attributes", "Attributes", LoadBalancerArn=arn)
    attributes = {one["Key"]: one["Value"] for one in found}
    for name in ("deletion_protection.enabled", "access_logs.s3.enabled", "connection_logs.s3.enabled"):
        assert attributes[name] == "true"
    assert attributes["routing.http.drop_invalid_header_fields.enabled"] == "true"


def test_the_one_listener_is_https_with_a_current_policy(network: Network) -> None:
    (balancer,) = network.read("elbv2", "describe_load_balancers", "LoadBalancers")
    arn = balancer["LoadBalancerArn"]
    (listener,) = network.read("elbv2", "describe_listeners", "Listeners", LoadBalancerArn=arn)
    assert (listener["Protocol"], listener["Port"]) == ("HTTPS", 443)
    assert listener["SslPolicy"].startswith("ELBSecurityPolicy-TLS13-1-2")


def test_targets_are_reached_and_checked_over_https(network: Network) -> None:
    (group,) = network.read("elbv2", "describe_target_groups", "TargetGroups")
    assert (group["Protocol"], group["HealthCheckProtocol"], group["TargetType"]) == ("HTTPS", "HTTPS", "ip")


def service_of(network: Network) -> dict[str, Any]:
    (cluster,) = network.read("ecs", "list_clusters", "clusterArns")
    arns = network.cloud.client("ecs").list_services(cluster=cluster)["serviceArns"]
    (service,) = network.read("ecs", "describe_services", "services", cluster=cluster, services=arns)
    return service


def test_tasks_run_in_private_subnets_without_public_addresses(network: Network) -> None:
    placed = service_of(network)["networkConfiguration"]["awsvpcConfiguration"]
    assert set(placed["subnets"]) == network.tier("Private")
    assert placed["assignPublicIp"] == "DISABLED"


def test_containers_read_only_as_nobody_in_particular_and_are_logged(network: Network) -> None:
    arn = service_of(network)["taskDefinition"]
    task = network.cloud.client("ecs").describe_task_definition(taskDefinition=arn)["taskDefinition"]
    for container in task["containerDefinitions"]:
        assert container["readonlyRootFilesystem"] is True
        assert container["privileged"] is False
        assert not container["user"].startswith(("0", "root"))
        assert container["logConfiguration"]["logDriver"] == "awslogs"


def test_every_log_group_is_encrypted_and_kept_for_six_years(network: Network) -> None:
    groups = network.read("logs", "describe_log_groups", "logGroups")
    assert len(groups) >= 6
    for group in groups:
        assert group["retentionInDays"] == 2192
        assert group["kmsKeyId"]


def test_the_files_of_the_trail_are_locked_for_six_years(network: Network) -> None:
    s3 = network.cloud.client("s3")
    (bucket,) = (one["Name"] for one in s3.list_buckets()["Buckets"] if "-trail" in one["Name"])
    lock = s3.get_object_lock_configuration(Bucket=bucket)["ObjectLockConfiguration"]
    retention = lock["Rule"]["DefaultRetention"]
    assert (retention["Mode"], retention["Days"]) == ("GOVERNANCE", 2192)


def test_the_topic_is_encrypted(network: Network) -> None:
    (topic,) = network.read("sns", "list_topics", "Topics")
    attributes = network.cloud.client("sns").get_topic_attributes(TopicArn=topic["TopicArn"])["Attributes"]
    assert attributes["KmsMasterKeyId"].startswith("arn:aws:kms:")


def test_failed_backups_are_told_of(network: Network) -> None:
    (rule,) = network.read("events", "list_rules", "Rules")
    targets = network.read("events", "list_targets_by_rule", "Targets", Rule=rule["Name"])
    (topic,) = network.read("sns", "list_topics", "Topics")
    assert [target["Arn"] for target in targets] == [topic["TopicArn"]]


def test_no_role_has_an_inline_policy(network: Network) -> None:
    iam = network.cloud.client("iam")
    names = [role["RoleName"] for role in iam.list_roles()["Roles"] if role["RoleName"].startswith("Network-")]
    assert names
    assert [name for name in names if iam.list_role_policies(RoleName=name)["PolicyNames"]] == []


def test_a_second_deployment_changes_nothing(network: Network) -> None:
    arn = network.read("acm", "list_certificates", "CertificateSummaryList")[0]["CertificateArn"]
    assert "(no changes)" in network.cloud.cdk(*DEPLOY, "--context", f"certificate={arn}", app=APP)
