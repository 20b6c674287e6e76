"""What stands before everything else, deployed to an emulated AWS and read back."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.emulated._cloud import ACCOUNT, DEPLOY, REGION, Cloud

APP = f"{sys.executable} {Path(__file__).with_name('_edge_app.py')}"


@dataclass(frozen=True, slots=True)
class Edge:
    """What was deployed."""

    cloud: Cloud

    def read(self, service: str, method: str, key: str, **arguments: Any) -> list[dict[str, Any]]:
        return list(getattr(self.cloud.client(service), method)(**arguments)[key])


@pytest.fixture(scope="module")
def edge(cloud: Cloud) -> Edge:
    cloud.cdk("bootstrap", f"aws://{ACCOUNT}/{REGION}")
    cloud.cdk(*DEPLOY, app=APP)
    return Edge(cloud)


def test_both_zones_are_there(edge: Edge) -> None:
    zones = edge.read("route53", "list_hosted_zones", "HostedZones")
    assert {zone["Name"] for zone in zones} == {"example.org.", "internal.example.org."}


def test_the_log_group_of_the_zone_is_encrypted_and_kept(edge: Edge) -> None:
    (group,) = edge.read("logs", "describe_log_groups", "logGroups", logGroupNamePrefix="/aws/route53/")
    assert group["retentionInDays"] == 2192
    assert group["kmsKeyId"]


def test_route_53_may_write_to_log_groups_of_zones(edge: Edge) -> None:
    (policy,) = edge.read("logs", "describe_resource_policies", "resourcePolicies")
    statements = json.loads(policy["policyDocument"])["Statement"]
    written = {one["Principal"]["Service"]: one["Resource"] for one in statements}
    assert written == {
        "route53.amazonaws.com": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/aws/route53/*",
        "delivery.logs.amazonaws.com": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/aws/route53resolver/*",
    }


def test_the_alarm_tells_the_topic_of_the_certificate_that_expires(edge: Edge) -> None:
    (alarm,) = edge.read("cloudwatch", "describe_alarms", "MetricAlarms")
    (certificate,) = edge.read("acm", "list_certificates", "CertificateSummaryList")
    (topic,) = edge.read("sns", "list_topics", "Topics")
    assert alarm["Dimensions"] == [{"Name": "CertificateArn", "Value": certificate["CertificateArn"]}]
    assert alarm["AlarmActions"] == [topic["TopicArn"]]


def test_a_second_deployment_changes_nothing(edge: Edge) -> None:
    assert "(no changes)" in edge.cloud.cdk(*DEPLOY, app=APP)
