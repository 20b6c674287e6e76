"""What audits, deployed by the real CDK CLI to an emulated AWS, and read back.

moto has no conformance packs, standards of Security Hub, access analyzers and associations of Systems Manager.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest

from tests.emulated._cloud import ACCOUNT, DEPLOY, REGION, Cloud

APP = f"{sys.executable} -m tests.emulated._audit_app"


@pytest.fixture(scope="module")
def deployed(cloud: Cloud) -> Cloud:
    cloud.cdk("bootstrap", f"aws://{ACCOUNT}/{REGION}")
    cloud.cdk(*DEPLOY, app=APP)
    return cloud


@pytest.fixture(scope="module")
def alarms(deployed: Cloud) -> list[dict[str, Any]]:
    return list(deployed.client("cloudwatch").describe_alarms()["MetricAlarms"])


@pytest.fixture(scope="module")
def topic(deployed: Cloud) -> str:
    (found,) = deployed.client("sns").list_topics()["Topics"]
    return str(found["TopicArn"])


def test_every_alarm_watches_what_a_filter_of_the_trail_counts(alarms: list[dict[str, Any]], deployed: Cloud) -> None:
    filters = deployed.client("logs").describe_metric_filters()["metricFilters"]
    counted = {
        (made["metricNamespace"], made["metricName"]) for one in filters for made in one["metricTransformations"]
    }
    assert {(one["Namespace"], one["MetricName"]) for one in alarms} == counted
    assert len(counted) == len(alarms) == 25
    (group,) = {one["logGroupName"] for one in filters}
    assert group.startswith("Audit-Trail")


def test_the_alarms_tell_an_encrypted_topic(alarms: list[dict[str, Any]], topic: str, deployed: Cloud) -> None:
    assert {action for one in alarms for action in one["AlarmActions"]} == {topic}
    assert deployed.client("sns").get_topic_attributes(TopicArn=topic)["Attributes"]["KmsMasterKeyId"]


def test_config_records_everything(deployed: Cloud) -> None:
    (found,) = deployed.client("config").describe_configuration_recorders()["ConfigurationRecorders"]
    group = found["recordingGroup"]
    assert (group["allSupported"], group["includeGlobalResourceTypes"]) == (True, True)


def test_config_delivers_to_the_archive_of_logs(deployed: Cloud) -> None:
    (channel,) = deployed.client("config").describe_delivery_channels()["DeliveryChannels"]
    policy = deployed.client("s3").get_bucket_policy(Bucket=channel["s3BucketName"])["Policy"]
    principals = [one["Principal"] for one in json.loads(policy)["Statement"]]
    assert {"Service": "config.amazonaws.com"} in principals


def test_guardduty_watches_all_that_it_can(deployed: Cloud) -> None:
    client = deployed.client("guardduty")
    (name,) = client.list_detectors()["DetectorIds"]
    found = client.get_detector(DetectorId=name)
    assert (found["Status"], found["FindingPublishingFrequency"]) == ("ENABLED", "FIFTEEN_MINUTES")
    assert {one["Status"] for one in found["Features"]} == {"ENABLED"}


def test_findings_of_inspector_are_told_to_the_topic(topic: str, deployed: Cloud) -> None:
    client = deployed.client("events")
    (rule,) = client.list_rules()["Rules"]
    assert json.loads(rule["EventPattern"])["source"] == ["aws.inspector2"]
    (target,) = client.list_targets_by_rule(Rule=rule["Name"])["Targets"]
    assert target["Arn"] == topic


def test_a_runbook_enables_inspector(deployed: Cloud) -> None:
    client = deployed.client("ssm")
    (found,) = client.list_documents(Filters=[{"Key": "Owner", "Values": ["Self"]}])["DocumentIdentifiers"]
    assert found["DocumentType"] == "Automation"
    assert "inspector2" in client.get_document(Name=found["Name"])["Content"]
