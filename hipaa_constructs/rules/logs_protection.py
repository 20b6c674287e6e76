"""What a template must show of identifiers in application logs."""

from __future__ import annotations

import json

from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._outcome import MET, NOT_APPLICABLE, Outcome
from hipaa_constructs.rules._rule import Severity, rule
from hipaa_constructs.rules.logs import LOG_GROUP

_ACCOUNT_POLICY = "AWS::Logs::AccountPolicy"
_APPLICATIONS: tuple[tuple[str, ...], ...] = (
    ("AWS::ECS::TaskDefinition", "ContainerDefinitions", "*", "LogConfiguration", "Options", "awslogs-group"),
    ("AWS::Lambda::Function", "LoggingConfig", "LogGroup"),
)


@rule(
    title="identifiers are masked in the logs of applications",
    fix="set DataProtectionPolicy with a Deidentify operation (data_protection_policy=), or add an "
    "AWS::Logs::AccountPolicy of the type DATA_PROTECTION_POLICY",
    applies_to=(LOG_GROUP,),
    controls=("164.312(a)(1)",),
    requirement="HC-239",
    severity=Severity.WARNING,
    url="https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/mask-sensitive-log-data.html",
)
def log_group_masks_identifiers(group: Resource) -> Outcome:
    """Judge the log groups that containers and functions write to; a policy of the account counts for all of them."""
    assembly = group.template.assembly
    if not any(assembly.pointing_at(group, kind, *path)[0] for kind, *path in _APPLICATIONS):
        return NOT_APPLICABLE
    policy = group.at("DataProtectionPolicy")
    if _masks(policy):
        return MET
    accounts = [one for one in assembly.resources(_ACCOUNT_POLICY) if one.exists]
    of_account = [one for one in accounts if one.at("PolicyType").text == "DATA_PROTECTION_POLICY"]
    if any(_masks(one.at("PolicyDocument")) for one in of_account):
        return MET
    hidden = policy.is_unknown or any(one.at("PolicyDocument").is_unknown for one in of_account)
    return policy.undecided("a policy is hidden") if hidden else policy.broken()


def _masks(policy: Node) -> bool:
    raw = policy.value
    return isinstance(raw, (dict, str)) and '"Deidentify"' in (raw if isinstance(raw, str) else json.dumps(raw))
