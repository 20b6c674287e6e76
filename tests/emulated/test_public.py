"""What the internet reaches, deployed to an emulated AWS and read back.

moto associates no subnet with its route table, so which tier has which route is for the unit tests to say.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.emulated._cloud import ACCOUNT, DEPLOY, REGION, Cloud

APP = f"{sys.executable} {Path(__file__).with_name('_public_app.py')}"
KIND = "tag:aws-cdk:subnet-type"


@dataclass(frozen=True, slots=True)
class Public:
    """What was deployed."""

    cloud: Cloud
    certificate: str

    def read(self, service: str, method: str, key: str, **arguments: Any) -> list[dict[str, Any]]:
        return list(getattr(self.cloud.client(service), method)(**arguments)[key])

    def tier(self, kind: str) -> Sequence[dict[str, Any]]:
        return self.read("ec2", "describe_subnets", "Subnets", Filters=[{"Name": KIND, "Values": [kind]}])

    def rules(self) -> Sequence[dict[str, Any]]:
        (balancer,) = self.read("elbv2", "describe_load_balancers", "LoadBalancers")
        arn = balancer["LoadBalancerArn"]
        (listener,) = self.read("elbv2", "describe_listeners", "Listeners", LoadBalancerArn=arn)
        found = self.read("elbv2", "describe_rules", "Rules", ListenerArn=listener["ListenerArn"])
        return [rule for rule in found if not rule["IsDefault"]]


@pytest.fixture(scope="module")
def public(cloud: Cloud) -> Public:
    cloud.cdk("bootstrap", f"aws://{ACCOUNT}/{REGION}")
    arn = cloud.client("acm").request_certificate(DomainName="portal.example.org")["CertificateArn"]
    cloud.cdk(*DEPLOY, "--context", f"certificate={arn}", app=APP)
    return Public(cloud, arn)


def test_the_load_balancer_faces_the_internet_in_public_subnets(public: Public) -> None:
    (balancer,) = public.read("elbv2", "describe_load_balancers", "LoadBalancers")
    assert balancer["Scheme"] == "internet-facing"
    assert {zone["SubnetId"] for zone in balancer["AvailabilityZones"]} == {
        subnet["SubnetId"] for subnet in public.tier("Public")
    }


@pytest.mark.parametrize("kind", ["Public", "Private", "Isolated"])
def test_no_subnet_gives_out_public_addresses(public: Public, kind: str) -> None:
    assert [subnet["MapPublicIpOnLaunch"] for subnet in public.tier(kind)] == [False, False]


def test_the_nat_gateway_lies_in_a_public_subnet(public: Public) -> None:
    (gateway,) = public.read("ec2", "describe_nat_gateways", "NatGateways")
    assert gateway["SubnetId"] in {subnet["SubnetId"] for subnet in public.tier("Public")}


def test_public_routes_lead_to_the_internet_and_private_ones_to_the_nat_gateway(public: Public) -> None:
    tables = public.read("ec2", "describe_route_tables", "RouteTables")
    everywhere = [one for table in tables for one in table["Routes"] if one.get("DestinationCidrBlock") == "0.0.0.0/0"]
    found = [(one.get("NatGatewayId") or one["GatewayId"]).partition("-")[0] for one in everywhere]
    assert sorted(found) == ["igw", "igw", "nat", "nat"]


def test_each_service_has_its_own_paths_and_targets(public: Public) -> None:
    rules = public.rules()
    paths = [condition["PathPatternConfig"]["Values"] for rule in rules for condition in rule["Conditions"]]
    assert paths == [["/records/*"], ["/visits/*"]]
    assert len({action["TargetGroupArn"] for rule in rules for action in rule["Actions"]}) == 2


def test_tasks_are_reached_from_the_load_balancer_only(public: Public) -> None:
    (balancer,) = public.read("elbv2", "describe_load_balancers", "LoadBalancers")
    (cluster,) = public.read("ecs", "list_clusters", "clusterArns")
    arns = public.cloud.client("ecs").list_services(cluster=cluster)["serviceArns"]
    services = public.read("ecs", "describe_services", "services", cluster=cluster, services=arns)
    groups = [one for each in services for one in each["networkConfiguration"]["awsvpcConfiguration"]["securityGroups"]]
    described = public.read("ec2", "describe_security_groups", "SecurityGroups", GroupIds=groups)
    assert len(described) == 2
    for group in described:
        (permission,) = group["IpPermissions"]
        assert [pair["GroupId"] for pair in permission["UserIdGroupPairs"]] == balancer["SecurityGroups"]
        assert (permission["FromPort"], permission["ToPort"], permission["IpRanges"]) == (8443, 8443, [])


def test_tasks_have_no_public_addresses(public: Public) -> None:
    (cluster,) = public.read("ecs", "list_clusters", "clusterArns")
    arns = public.cloud.client("ecs").list_services(cluster=cluster)["serviceArns"]
    services = public.read("ecs", "describe_services", "services", cluster=cluster, services=arns)
    placed = [service["networkConfiguration"]["awsvpcConfiguration"]["assignPublicIp"] for service in services]
    assert placed == ["DISABLED", "DISABLED"]


def test_instances_lie_in_private_subnets(public: Public) -> None:
    (group,) = public.read("autoscaling", "describe_auto_scaling_groups", "AutoScalingGroups")
    assert set(group["VPCZoneIdentifier"].split(",")) == {subnet["SubnetId"] for subnet in public.tier("Private")}


def test_instances_have_encrypted_volumes_and_need_a_token_for_metadata(public: Public) -> None:
    (made,) = public.read("ec2", "describe_launch_templates", "LaunchTemplates")
    by_id = {"LaunchTemplateId": made["LaunchTemplateId"]}
    (version,) = public.read("ec2", "describe_launch_template_versions", "LaunchTemplateVersions", **by_id)
    launched = version["LaunchTemplateData"]
    assert [mapping["Ebs"]["Encrypted"] for mapping in launched["BlockDeviceMappings"]] == [True]
    assert launched["MetadataOptions"]["HttpTokens"] == "required"


def test_a_second_deployment_changes_nothing(public: Public) -> None:
    assert "(no changes)" in public.cloud.cdk(*DEPLOY, "--context", f"certificate={public.certificate}", app=APP)
