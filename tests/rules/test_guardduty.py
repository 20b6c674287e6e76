"""What is judged of GuardDuty detectors."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import BROKEN, GONE, MET, NEVER_TRUE, PARAMETER, UNDECIDED, resource, template, verdict

DETECTOR = "AWS::GuardDuty::Detector"
PLANS = ("EBS_MALWARE_PROTECTION", "EKS_AUDIT_LOGS", "LAMBDA_NETWORK_LOGS", "RDS_LOGIN_EVENTS", "S3_DATA_EVENTS")


def judged(rule: str, properties: Json) -> str:
    return verdict(rule, template({"It": resource(DETECTOR, properties)}))


def feature(name: Json, status: Json) -> Json:
    return {"Name": name, "Status": status}


@pytest.mark.parametrize(
    ("enable", "wanted"), [(True, MET), ("true", MET), (False, BROKEN), (GONE, BROKEN), (PARAMETER, UNDECIDED)]
)
def test_the_switch_decides(enable: Json, wanted: str) -> None:
    assert judged("GuarddutyDetectorEnabled", {"Enable": enable}) == wanted


@pytest.mark.parametrize("enable", NEVER_TRUE)
def test_a_switch_that_is_none_breaks(enable: Json) -> None:
    assert judged("GuarddutyDetectorEnabled", {"Enable": enable}) == BROKEN


@pytest.mark.parametrize("name", PLANS)
@pytest.mark.parametrize(
    ("status", "wanted"), [("ENABLED", MET), ("DISABLED", BROKEN), (GONE, BROKEN), (PARAMETER, UNDECIDED)]
)
def test_a_protection_plan_that_is_switched_off_breaks(name: str, status: Json, wanted: str) -> None:
    features: Json = [feature("S3_DATA_EVENTS", "ENABLED"), feature(name, status)]
    assert judged("GuarddutyProtectionsEnabled", {"Features": features}) == wanted


@pytest.mark.parametrize(
    ("features", "wanted"),
    [
        (GONE, MET),
        ([], MET),
        ([feature("AI_ANALYST", "DISABLED")], MET),
        ([feature("RUNTIME_MONITORING", "DISABLED")], MET),
        (PARAMETER, UNDECIDED),
        ([feature(PARAMETER, "DISABLED")], UNDECIDED),
        ([feature(PARAMETER, "ENABLED")], MET),
    ],
)
def test_plans_that_are_not_named_are_on(features: Json, wanted: str) -> None:
    assert judged("GuarddutyProtectionsEnabled", {"Features": features}) == wanted


@pytest.mark.parametrize(
    "path",
    [
        ("S3Logs", "Enable"),
        ("Kubernetes", "AuditLogs", "Enable"),
        ("MalwareProtection", "ScanEc2InstanceWithFindings", "EbsVolumes"),
    ],
)
@pytest.mark.parametrize(("switch", "wanted"), [(True, MET), (False, BROKEN), (PARAMETER, UNDECIDED)])
def test_a_data_source_that_is_switched_off_breaks(path: tuple[str, ...], switch: Json, wanted: str) -> None:
    for key in reversed(path):
        switch = {key: switch}
    assert judged("GuarddutyProtectionsEnabled", {"DataSources": switch}) == wanted


@pytest.mark.parametrize(
    ("features", "wanted"),
    [
        ([feature("RUNTIME_MONITORING", "ENABLED")], MET),
        ([feature("RUNTIME_MONITORING", "DISABLED")], BROKEN),
        ([feature("RUNTIME_MONITORING", PARAMETER)], UNDECIDED),
        ([feature("EKS_RUNTIME_MONITORING", "ENABLED")], BROKEN),
        ([feature("RUNTIME_MONITORING", "DISABLED"), feature(PARAMETER, "ENABLED")], BROKEN),
        ([], BROKEN),
        (GONE, BROKEN),
        (PARAMETER, UNDECIDED),
        ([feature(PARAMETER, "ENABLED")], UNDECIDED),
        ("x", BROKEN),
    ],
)
def test_the_plan_that_is_off_by_default_must_be_named(features: Json, wanted: str) -> None:
    assert judged("GuarddutyMonitorsRuntime", {"Features": features}) == wanted
