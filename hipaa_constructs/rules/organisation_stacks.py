"""What must be known of a stack, beside its template."""

from __future__ import annotations

from hipaa_constructs.rules._node import Resource
from hipaa_constructs.rules._outcome import MET, NOT_APPLICABLE, Outcome, broken
from hipaa_constructs.rules._recovery import CACHE, STORES
from hipaa_constructs.rules._rule import Severity, rule
from hipaa_constructs.rules._s3 import BUCKET, receives_access_logs
from hipaa_constructs.rules._template import anchored

_HOLDS_DATA = frozenset({*STORES, "AWS::Backup::BackupVault"} - {CACHE})


@rule(
    title="every stack with a data store is protected from deletion",
    fix="set termination_protection=True on the stack, or pass --enable-termination-protection",
    applies_to=("*",),
    controls=("164.308(a)(7)(i)",),
    requirement="HC-331",
    same_as=("prowler:cloudformation_stacks_termination_protection_enabled",),
    severity=Severity.WARNING,
    url="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-protect-stacks.html",
    only=anchored,
)
def stack_protected_from_termination(resource: Resource) -> Outcome:
    """Judge what the cloud assembly says of the stack, at its first resource; a bare template says nothing of it."""
    template = resource.template
    if template.termination_protection is None or resource is not template.anchor or template.parent is not None:
        return NOT_APPLICABLE
    if template.termination_protection:
        return MET
    held = next((one for one in template.resources.values() if _holds_data(one)), None)
    return broken(found=f"no termination protection, and it holds {held.logical_id}") if held else NOT_APPLICABLE


def _holds_data(resource: Resource) -> bool:
    # Access logs have a bucket in every stack, which stays behind.
    if resource.type == BUCKET and receives_access_logs(resource):
        return False
    # What goes with its stack in any case is judged by rules of its own.
    return resource.type in _HOLDS_DATA and resource.attribute("DeletionPolicy").text != "Delete"
