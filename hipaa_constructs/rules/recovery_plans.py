"""What a template must show of plans for the loss of a zone or a Region, where it declares one."""

from __future__ import annotations

from hipaa_constructs.rules._node import Resource
from hipaa_constructs.rules._outcome import MET, Outcome, all_met
from hipaa_constructs.rules._rule import Severity, rule


@rule(
    title="every plan for the switch of Regions states how long it may take",
    fix="set RecoveryTimeObjectiveMinutes, which each run is measured against",
    applies_to=("AWS::ARCRegionSwitch::Plan",),
    controls=("164.308(a)(7)(ii)(B)", "164.308(a)(7)(ii)(C)"),
    requirement="HC-333",
    severity=Severity.WARNING,
    url="https://docs.aws.amazon.com/r53recovery/latest/dg/region-switch.html",
)
def region_switch_plan_states_objective(plan: Resource) -> Outcome:
    """Judge the recovery time objective."""
    return plan.at("RecoveryTimeObjectiveMinutes").must_be_at_least(1)


@rule(
    title="every resiliency policy states objectives for the loss of a Region",
    fix="set RtoInSecs and RpoInSecs in Policy.Region, beside AZ, Hardware and Software",
    applies_to=("AWS::ResilienceHub::ResiliencyPolicy",),
    controls=("164.308(a)(7)(ii)(B)",),
    requirement="HC-333",
    severity=Severity.WARNING,
    url="https://docs.aws.amazon.com/resilience-hub/latest/userguide/create-policy.html",
)
def resiliency_policy_covers_region(policy: Resource) -> Outcome:
    """Judge both objectives of the widest disruption; the other ones are required anyhow."""
    return all_met(policy.at("Policy", "Region", key).must_be_at_least(0) for key in ("RtoInSecs", "RpoInSecs"))


@rule(
    title="every application of AWS Resilience Hub has a policy and is assessed daily",
    fix="set ResiliencyPolicyArn, and AppAssessmentSchedule to Daily",
    applies_to=("AWS::ResilienceHub::App",),
    controls=("164.308(a)(7)(ii)(B)", "164.308(a)(7)(ii)(C)"),
    requirement="HC-333",
    severity=Severity.WARNING,
    url="https://docs.aws.amazon.com/resilience-hub/latest/userguide/run-assessments.html",
)
def resilience_app_assessed(app: Resource) -> Outcome:
    """Judge the policy and the schedule, which is off where it is Disabled."""
    schedule = app.at("AppAssessmentSchedule")
    daily = MET if schedule.is_absent else schedule.must_be("Daily")
    return all_met([app.at("ResiliencyPolicyArn").must_be_set(), daily])


@rule(
    title="zonal autoshift is on where it is configured, and tried out",
    fix="set ZonalAutoshiftStatus to ENABLED, and OutcomeAlarms in PracticeRunConfiguration",
    applies_to=("AWS::ARCZonalShift::ZonalAutoshiftConfiguration",),
    controls=("164.308(a)(7)(i)", "164.308(a)(7)(ii)(C)"),
    requirement="HC-334",
    severity=Severity.WARNING,
    url="https://docs.aws.amazon.com/r53recovery/latest/dg/arc-zonal-autoshift.html",
)
def zonal_autoshift_enabled(configuration: Resource) -> Outcome:
    """Judge the status, and that practice runs have an alarm that stops them."""
    practice = configuration.at("PracticeRunConfiguration", "OutcomeAlarms")
    return all_met([configuration.at("ZonalAutoshiftStatus").must_be("ENABLED"), practice.must_be_set()])
