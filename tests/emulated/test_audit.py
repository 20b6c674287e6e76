"""What watches an account, deployed by the real CDK CLI to an emulated AWS, and read back.

moto evaluates no rules, runs no runbooks and finds nothing; it has neither packs nor Security Hub's standards, access
analyzers, CIS scans nor masking. It shows that references resolve in order, and what the services were asked for.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest

from hipaa_constructs.services.cloudtrail_alarms import PATTERNS
from hipaa_constructs.services.cloudwatch import FURTHER
from tests.emulated._cloud import ACCOUNT, DEPLOY, Cloud

APP = f"{sys.executable} -m tests.emulated._audit_app"


@pytest.fixture(scope="module")
def deployed(cloud: Cloud) -> Cloud:
    cloud.cdk(*DEPLOY, app=APP)
    return cloud


def test_all_types_are_recorded(deployed: Cloud) -> None:
    (recorder,) = deployed.client("config").describe_configuration_recorders()["ConfigurationRecorders"]
    assert recorder["recordingGroup"]["allSupported"] is True
    assert recorder["recordingGroup"]["includeGlobalResourceTypes"] is True
    assert recorder["roleARN"].endswith("role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig")


def test_config_delivers_where_it_may(deployed: Cloud) -> None:
    (channel,) = deployed.client("config").describe_delivery_channels()["DeliveryChannels"]
    bucket = channel["s3BucketName"]
    policy = json.loads(deployed.client("s3").get_bucket_policy(Bucket=bucket)["Policy"])
    places = [one["Resource"] for one in policy["Statement"] if one["Principal"] == {"Service": "config.amazonaws.com"}]
    assert places == [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/config/AWSLogs/{ACCOUNT}/Config/*"]


def test_guardduty_is_on(deployed: Cloud) -> None:
    client = deployed.client("guardduty")
    (detector,) = client.list_detectors()["DetectorIds"]
    assert client.get_detector(DetectorId=detector)["Status"] == "ENABLED"


@pytest.fixture(scope="module")
def filters(deployed: Cloud) -> dict[str, Any]:
    found = deployed.client("logs").describe_metric_filters()["metricFilters"]
    return {one["metricTransformations"][0]["metricName"]: one for one in found}


def test_every_pattern_is_watched_for(filters: dict[str, Any]) -> None:
    assert set(filters) == {*PATTERNS, *FURTHER, "BreakGlassRoleUsed"}


def test_a_break_glass_role_is_named_by_its_arn(filters: dict[str, Any]) -> None:
    assert f'="arn:aws:iam::{ACCOUNT}:role/BreakGlass"' in filters["BreakGlassRoleUsed"]["filterPattern"]


def test_every_alarm_tells_the_topic(deployed: Cloud, filters: dict[str, Any]) -> None:
    (topic,) = deployed.client("sns").list_topics()["Topics"]
    alarms = deployed.client("cloudwatch").describe_alarms()["MetricAlarms"]
    assert {one["MetricName"] for one in alarms} == set(filters)
    assert {tuple(one["AlarmActions"]) for one in alarms} == {(topic["TopicArn"],)}


def test_findings_of_inspector_reach_the_topic(deployed: Cloud) -> None:
    (topic,) = deployed.client("sns").list_topics()["Topics"]
    events = deployed.client("events")
    (rule,) = events.list_rules()["Rules"]
    assert json.loads(rule["EventPattern"])["source"] == ["aws.inspector2"]
    (target,) = events.list_targets_by_rule(Rule=rule["Name"])["Targets"]
    assert target["Arn"] == topic["TopicArn"]


def test_the_runbook_enables_inspector(deployed: Cloud) -> None:
    ssm = deployed.client("ssm")
    names = [one["Name"] for one in ssm.list_documents()["DocumentIdentifiers"]]
    documents = [json.loads(ssm.get_document(Name=name, DocumentFormat="JSON")["Content"]) for name in names]
    (inputs,) = (one["mainSteps"][0]["inputs"] for one in documents if "Inspector" in one["description"])
    assert (inputs["Service"], inputs["Api"]) == ("inspector2", "Enable")
    assert inputs["resourceTypes"] == ["EC2", "ECR", "LAMBDA", "LAMBDA_CODE"]
