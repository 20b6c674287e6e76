"""What a template must show of AWS IAM policies."""

from __future__ import annotations

from hipaa_constructs.rules._node import Resource
from hipaa_constructs.rules._outcome import MET, Outcome, broken
from hipaa_constructs.rules._rule import Severity, rule

_HOLDERS = ("AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group")
_INLINE = ("AWS::IAM::Policy", "AWS::IAM::RolePolicy", "AWS::IAM::UserPolicy", "AWS::IAM::GroupPolicy")


@rule(
    title="every policy is a managed one",
    fix="use ManagedPolicyRole, whose grants become managed policies (AWS::IAM::ManagedPolicy)",
    applies_to=(*_HOLDERS, *_INLINE),
    controls=("164.308(a)(4)(ii)(B)", "164.312(a)(1)"),
    requirement="HC-293",
    same_as=(
        "cdk-nag:HIPAA.Security-IAMNoInlinePolicy",
        "config:iam-no-inline-policy-check",
        "guard:IAM_NO_INLINE_POLICY_CHECK",
    ),
    severity=Severity.WARNING,
    url="https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html",
)
def iam_policy_managed(holder: Resource) -> Outcome:
    """Judge inline policies: they grant the same, but can't be listed, reused or rolled back."""
    if holder.type in _INLINE:
        return broken(found="an inline policy")
    policies = holder.at("Policies")
    if isinstance(policies.value, list) and not policies.items():
        return MET
    return policies.must_be_absent()
