"""What a template must show of Amazon GuardDuty, where it declares a detector."""

from __future__ import annotations

from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._outcome import MET, Outcome, all_met, any_met
from hipaa_constructs.rules._rule import Severity, rule

DETECTOR = "AWS::GuardDuty::Detector"
_GUIDE = "https://docs.aws.amazon.com/guardduty/latest/ug/"
_ON_BY_DEFAULT = (
    "EBS_MALWARE_PROTECTION",
    "EKS_AUDIT_LOGS",
    "LAMBDA_NETWORK_LOGS",
    "RDS_LOGIN_EVENTS",
    "S3_DATA_EVENTS",
)
"""What is not specified gets enabled, except RUNTIME_MONITORING:
https://docs.aws.amazon.com/guardduty/latest/APIReference/API_CreateDetector.html"""

_RUNTIME = "RUNTIME_MONITORING"
_DATA_SOURCES = (
    ("S3Logs", "Enable"),
    ("Kubernetes", "AuditLogs", "Enable"),
    ("MalwareProtection", "ScanEc2InstanceWithFindings", "EbsVolumes"),
)


@rule(
    title="every GuardDuty detector is switched on",
    fix="set Enable to true",
    applies_to=(DETECTOR,),
    controls=("164.308(a)(5)(ii)(C)", "164.308(a)(6)(ii)", "164.312(b)"),
    requirement="HC-320",
    same_as=("config:guardduty-enabled-centralized", "prowler:guardduty_is_enabled"),
    url=_GUIDE + "guardduty_settingup.html",
)
def guardduty_detector_enabled(detector: Resource) -> Outcome:
    """Judge the switch; that a template declares no detector says nothing, as another stack may."""
    return detector.at("Enable").must_be(True)


@rule(
    title="no protection plan of a GuardDuty detector is switched off",
    fix="take the features with the status DISABLED away: those that are not named are on",
    applies_to=(DETECTOR,),
    controls=("164.308(a)(5)(ii)(B)",),
    requirement="HC-321",
    same_as=(
        "config:guardduty-lambda-protection-enabled",
        "config:guardduty-malware-protection-enabled",
        "config:guardduty-rds-protection-enabled",
        "config:guardduty-s3-protection-enabled",
        "prowler:guardduty_ec2_malware_protection_enabled",
        "prowler:guardduty_lambda_protection_enabled",
        "prowler:guardduty_rds_protection_enabled",
        "prowler:guardduty_s3_protection_enabled",
    ),
    severity=Severity.WARNING,
    url=_GUIDE + "guardduty-features-activation-model.html",
)
def guardduty_protections_enabled(detector: Resource) -> Outcome:
    """Judge the features and data sources that are named; the others are on by default."""
    features = detector.at("Features")
    outcomes = [MET, *([features.undecided()] if features.is_unknown else [])]
    outcomes += [_not_off(feature) for feature in features.items()]
    for path in _DATA_SOURCES:
        switch = detector.at("DataSources", *path)
        outcomes.append(MET if switch.is_absent else switch.must_be(True))
    return all_met(outcomes)


def _not_off(feature: Node) -> Outcome:
    name, status = feature.at("Name"), feature.at("Status")
    if name.is_unknown:
        return MET if status.text == "ENABLED" else name.undecided()
    return status.must_be("ENABLED") if name.text in _ON_BY_DEFAULT else MET


@rule(
    title="every GuardDuty detector watches what runs on instances and in containers",
    fix="add the feature RUNTIME_MONITORING with the status ENABLED",
    applies_to=(DETECTOR,),
    controls=("164.308(a)(5)(ii)(B)",),
    requirement="HC-321",
    same_as=("config:guardduty-runtime-monitoring-enabled",),
    severity=Severity.WARNING,
    url=_GUIDE + "runtime-monitoring.html",
)
def guardduty_monitors_runtime(detector: Resource) -> Outcome:
    """Judge the one protection plan that is off unless somebody asks for it."""
    features = detector.at("Features")
    named = [feature for feature in features.items() if feature.at("Name").text == _RUNTIME]
    hidden = [one.undecided() for one in (features, *features.each("*", "Name")) if one.is_unknown]
    missing = [*hidden, features.broken("no RUNTIME_MONITORING")]
    return any_met([*(feature.at("Status").must_be("ENABLED") for feature in named), *([] if named else missing)])
