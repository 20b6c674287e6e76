"""What a template must show of patches: that they are approved in time, and installed on a schedule."""

from __future__ import annotations

from hipaa_constructs.rules._launches import listed
from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._outcome import MET, NOT_APPLICABLE, Outcome, Verdict, all_met
from hipaa_constructs.rules._rule import Severity, rule
from hipaa_constructs.rules._value import as_number

BASELINE = "AWS::SSM::PatchBaseline"
ASSOCIATION = "AWS::SSM::Association"
TASK = "AWS::SSM::MaintenanceWindowTask"
_GUIDE = "https://docs.aws.amazon.com/systems-manager/latest/userguide/"
_PATCHING = ("AWS-RunPatchBaseline", "AWS-RunPatchBaselineAssociation", "AWS-RunPatchBaselineWithHooks")
_WITHOUT_DELAY = ("DEBIAN", "RASPBIAN", "UBUNTU")
_SEVERITIES = ("SEVERITY", "MSRC_SEVERITY")
_LONGEST = {"critical": 15, "important": 30, "high": 30}
"""Days until patches of a severity are approved, at most: what HHS proposed in 2025."""


@rule(
    title="what patches instances installs the patches, on a schedule",
    fix="set Operation to Install and ScheduleExpression, or add an association or task that does",
    applies_to=(ASSOCIATION, TASK),
    controls=("164.308(a)(5)(ii)(B)",),
    requirement="HC-027",
    severity=Severity.WARNING,
    url=_GUIDE + "patch-manager-aws-runpatchbaseline.html",
)
def ssm_patches_installed(resource: Resource) -> Outcome:
    """Judge associations and tasks that run a patch baseline; one that only looks is enough where another installs."""
    if _document(resource) not in _PATCHING:
        return NOT_APPLICABLE
    own = _installs(resource)
    return MET if own.verdict is Verdict.BROKEN and _another_installs(resource) else own


def _document(resource: Resource) -> str:
    return resource.at("Name" if resource.type == ASSOCIATION else "TaskArn").outline().rpartition("/")[2]


def _installs(resource: Resource) -> Outcome:
    if resource.type == TASK:  # Its window has a schedule.
        parameters = resource.at("TaskInvocationParameters", "MaintenanceWindowRunCommandParameters", "Parameters")
        return _operation(parameters)
    schedule = resource.at("ScheduleExpression")
    return all_met([_operation(resource.at("Parameters")), schedule.must_be_set()])


def _operation(parameters: Node) -> Outcome:
    operation = parameters.at("Operation")
    place = operation.at(0) if isinstance(operation.value, list) else operation
    return place.must_be("Install")


def _another_installs(resource: Resource) -> bool:
    assembly = resource.template.assembly

    def find() -> bool:
        return any(
            _document(one) in _PATCHING and _installs(one).verdict is Verdict.MET and one.exists
            for one in assembly.resources(ASSOCIATION, TASK)
        )

    return assembly.once("patches are installed", find)


@rule(
    title="critical patches are approved within 15 days and high ones within 30",
    fix="set ApproveAfterDays of each of ApprovalRules.PatchRules to 15 or less, to 30 or less for severities below "
    "critical, and leave ApproveUntilDate out",
    applies_to=(BASELINE,),
    controls=("164.308(a)(5)(ii)(B)",),
    requirement="HC-029",
    severity=Severity.WARNING,
    url=_GUIDE + "patch-manager-patch-baselines.html",
)
def ssm_patches_approved_in_time(baseline: Resource) -> Outcome:
    """Judge the rules that approve by themselves; those of Debian and Ubuntu take no delay."""
    if baseline.at("OperatingSystem").value in _WITHOUT_DELAY:
        return NOT_APPLICABLE
    rules = baseline.at("ApprovalRules", "PatchRules")
    found = listed(rules)
    return all_met(map(_in_time, found)) if found else rules.broken("nothing is approved by itself")


def _in_time(approval: Node) -> Outcome:
    if approval.is_unknown:
        return approval.undecided()
    until, days = approval.at("ApproveUntilDate"), approval.at("ApproveAfterDays")
    if not until.is_absent:
        return until.undecided() if until.is_unknown else until.broken("nothing after a date")
    longest = _longest(approval.at("PatchFilterGroup", "PatchFilters"))
    if longest is None:
        return MET
    if days.is_unknown:
        return days.undecided()
    number = as_number(days.value)
    return MET if number is not None and 0 <= number <= longest else days.broken()


def _longest(filters: Node) -> int | None:
    """Return after how many days a rule must approve; of all severities where none is named."""
    places = [one.at("Values") for one in listed(filters) if one.at("Key").text in _SEVERITIES]
    if not places or any(place.is_unknown for place in places):
        return _LONGEST["critical"]
    named = [value for place in places for value in listed(place)]
    if any(value.is_unknown or value.text == "*" for value in named):
        return _LONGEST["critical"]
    limits = [_LONGEST[text] for value in named if (text := (value.text or "").lower()) in _LONGEST]
    return min(limits, default=None)
