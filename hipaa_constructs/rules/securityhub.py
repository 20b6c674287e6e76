"""What a template must show of AWS Security Hub CSPM, where it declares it."""

from __future__ import annotations

from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._outcome import MET, Outcome, all_met
from hipaa_constructs.rules._rule import Severity, rule

_GUIDE = "https://docs.aws.amazon.com/securityhub/latest/userguide/"
_STANDARD = "AWS::SecurityHub::Standard"


@rule(
    title="every Security Hub has standards to judge by",
    fix="leave EnableDefaultStandards and AutoEnableControls out, or add AWS::SecurityHub::Standard for FSBP and "
    "NIST 800-53",
    applies_to=("AWS::SecurityHub::Hub",),
    controls=("164.308(a)(8)", "164.312(b)"),
    requirement="HC-323",
    same_as=("config:securityhub-enabled", "prowler:securityhub_enabled"),
    severity=Severity.WARNING,
    url=_GUIDE + "securityhub-standards-enable-disable.html",
)
def security_hub_has_standards(hub: Resource) -> Outcome:
    """Judge the default standards, which are on where nothing is said, or else those that the assembly adds."""
    default, controls = hub.at("EnableDefaultStandards"), hub.at("AutoEnableControls")
    standards = [one for one in hub.template.assembly.resources(_STANDARD) if one.exists]
    return all_met([MET if default.is_absent or standards else default.must_be(True), _absent_or_true(controls)])


def _absent_or_true(place: Node) -> Outcome:
    return MET if place.is_absent else place.must_be(True)


@rule(
    title="every control of a standard that is switched off has a reason",
    fix="add Reason to each of DisabledStandardsControls",
    applies_to=(_STANDARD,),
    controls=("164.308(a)(8)",),
    requirement="HC-323",
    severity=Severity.WARNING,
    url=_GUIDE + "disable-controls-standard.html",
)
def security_hub_controls_disabled_with_reason(standard: Resource) -> Outcome:
    """Judge the reasons, which an auditor asks for."""
    disabled = standard.at("DisabledStandardsControls")
    hidden = [disabled.undecided()] if disabled.is_unknown else []
    return all_met([MET, *hidden, *(one.at("Reason").must_be_set() for one in disabled.items())])
