"""What is judged of patches: that they are approved in time, and installed on a schedule."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import (
    BROKEN,
    GONE,
    MALFORMED,
    MET,
    NEVER_TEXT,
    NOT_APPLICABLE,
    PARAMETER,
    UNDECIDED,
    Body,
    resource,
    template,
    verdict,
)

INSTALLED, APPROVED = "SsmPatchesInstalled", "SsmPatchesApprovedInTime"
ASSOCIATION, TASK = "AWS::SSM::Association", "AWS::SSM::MaintenanceWindowTask"
WEEKLY = "cron(0 2 ? * SUN *)"


def association(operation: Json, schedule: Json = WEEKLY, name: Json = "AWS-RunPatchBaseline", **more: Json) -> Json:
    properties: Json = {"Name": name, "Parameters": {"Operation": operation}, "ScheduleExpression": schedule}
    return resource(ASSOCIATION, properties, **more)


def task(operation: Json, name: Json = "AWS-RunPatchBaseline") -> Json:
    run: Json = {"MaintenanceWindowRunCommandParameters": {"Parameters": {"Operation": operation}}}
    return resource(TASK, {"TaskArn": name, "TaskInvocationParameters": run})


@pytest.mark.parametrize(
    ("operation", "wanted"),
    [
        (["Install"], MET),
        ("Install", MET),
        (["Scan"], BROKEN),
        (GONE, BROKEN),
        ([], BROKEN),
        ([PARAMETER], UNDECIDED),
        (PARAMETER, UNDECIDED),
        *((value, BROKEN) for value in NEVER_TEXT),
    ],
)
def test_patches_are_installed(operation: Json, wanted: str) -> None:
    assert verdict(INSTALLED, template({"It": association(operation)})) == wanted
    assert verdict(INSTALLED, template({"It": task(operation)})) == wanted


@pytest.mark.parametrize(("schedule", "wanted"), [(WEEKLY, MET), (GONE, BROKEN), ("", BROKEN), (PARAMETER, UNDECIDED)])
def test_an_association_has_a_schedule(schedule: Json, wanted: str) -> None:
    assert verdict(INSTALLED, template({"It": association(["Install"], schedule)})) == wanted


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("AWS-RunPatchBaseline", BROKEN),
        ("AWS-RunPatchBaselineAssociation", BROKEN),
        ("AWS-RunPatchBaselineWithHooks", BROKEN),
        ({"Fn::Sub": "arn:${AWS::Partition}:ssm:us-east-1::document/AWS-RunPatchBaseline"}, BROKEN),
        ("AWS-GatherSoftwareInventory", NOT_APPLICABLE),
        (GONE, NOT_APPLICABLE),
        (PARAMETER, NOT_APPLICABLE),
    ],
)
def test_what_runs_a_patch_baseline_is_judged(name: Json, wanted: str) -> None:
    assert verdict(INSTALLED, template({"It": association(["Scan"], WEEKLY, name)})) == wanted
    assert verdict(INSTALLED, template({"It": task(["Scan"], name)})) == wanted


@pytest.mark.parametrize(
    ("other", "wanted"),
    [
        (association(["Install"]), MET),
        (task(["Install"]), MET),
        (association(["Scan"]), BROKEN),
        (association(["Install"], GONE), BROKEN),
        (association(["Install"], WEEKLY, "AWS-Other"), BROKEN),
        (association(["Install"], Condition="Never"), BROKEN),
    ],
)
def test_one_may_look_where_another_installs(other: Json, wanted: str) -> None:
    conditions: Json = {"Never": {"Fn::Equals": ["a", "b"]}}
    assert verdict(INSTALLED, template({"It": association(["Scan"]), "Other": other}, Conditions=conditions)) == wanted


def baseline(*rules: Json, **properties: Json) -> Body:
    body: Json = {"ApprovalRules": {"PatchRules": list(rules)}, **properties}
    return template({"It": resource("AWS::SSM::PatchBaseline", body)})


def approval(days: Json, *severities: Json, key: Json = "SEVERITY", **more: Json) -> Json:
    filters: Json = [{"Key": key, "Values": list(severities)}] if severities else []
    return {"ApproveAfterDays": days, "PatchFilterGroup": {"PatchFilters": filters}, **more}


@pytest.mark.parametrize(
    ("rule_", "wanted"),
    [
        (approval(15, "Critical"), MET),
        (approval(16, "Critical"), BROKEN),
        (approval(15), MET),
        (approval(16), BROKEN),
        (approval(0), MET),
        (approval(-1), BROKEN),
        (approval("15"), MET),
        (approval(30, "Important"), MET),
        (approval(31, "Important"), BROKEN),
        (approval(30, "High", "Low"), MET),
        (approval(31, "High", "Low"), BROKEN),
        (approval(16, "Important", "Critical"), BROKEN),
        (approval(16, "*"), BROKEN),
        (approval(16, "Critical", key="MSRC_SEVERITY"), BROKEN),
        (approval(30, "Important", key="MSRC_SEVERITY"), MET),
        (approval(16, "Security", key="CLASSIFICATION"), BROKEN),
        (approval(90, "Low", "Medium"), MET),
        (approval(16, PARAMETER), BROKEN),
        (approval(PARAMETER), UNDECIDED),
        (approval(GONE), BROKEN),
        (approval(GONE, "Low"), MET),
        (approval([]), BROKEN),
        (approval(True), BROKEN),
        (approval(GONE, ApproveUntilDate="2024-12-31"), BROKEN),
        (approval(GONE, ApproveUntilDate=PARAMETER), UNDECIDED),
        (approval(7, ApproveUntilDate=GONE), MET),
        ({"ApproveAfterDays": 16, "PatchFilterGroup": PARAMETER}, BROKEN),
        ({"ApproveAfterDays": 7}, MET),
        (PARAMETER, UNDECIDED),
        ("x", BROKEN),
    ],
)
def test_the_days_of_a_rule_decide(rule_: Json, wanted: str) -> None:
    assert verdict(APPROVED, baseline(rule_)) == wanted
    assert verdict(APPROVED, baseline(approval(7), rule_)) == wanted


@pytest.mark.parametrize("rules", [[], GONE, {}])
def test_a_baseline_without_rules_approves_nothing(rules: Json) -> None:
    assert verdict(APPROVED, baseline(ApprovalRules={"PatchRules": rules})) == BROKEN
    assert verdict(APPROVED, template({"It": resource("AWS::SSM::PatchBaseline", {})})) == BROKEN


def test_hidden_rules_are_undecided() -> None:
    assert verdict(APPROVED, baseline(ApprovalRules=PARAMETER)) == UNDECIDED
    assert verdict(APPROVED, baseline(ApprovalRules={"PatchRules": PARAMETER})) == UNDECIDED


@pytest.mark.parametrize(
    ("system", "wanted"),
    [
        ("UBUNTU", NOT_APPLICABLE),
        ("DEBIAN", NOT_APPLICABLE),
        ("RASPBIAN", NOT_APPLICABLE),
        ("AMAZON_LINUX_2023", BROKEN),
        (PARAMETER, BROKEN),
    ],
)
def test_debian_and_ubuntu_take_no_delay(system: Json, wanted: str) -> None:
    assert verdict(APPROVED, baseline(approval(GONE), OperatingSystem=system)) == wanted


@pytest.mark.parametrize("value", MALFORMED, ids=str)
def test_a_malformed_intrinsic_function_is_no_pass(value: Json) -> None:
    assert verdict(APPROVED, baseline(approval(value))) in (BROKEN, UNDECIDED)
    assert verdict(INSTALLED, template({"It": association(value)})) in (BROKEN, UNDECIDED)
