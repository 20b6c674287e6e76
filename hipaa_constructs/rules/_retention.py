"""How long things are kept, and what becomes of them when their stack goes."""

from __future__ import annotations

from hipaa_constructs.rules._node import Resource
from hipaa_constructs.rules._outcome import Outcome, all_met

SIX_YEARS_DAYS = 2192
"""Six years with two leap days: what 45 CFR 164.316(b)(2)(i) asks of documentation, and audit logs commonly follow."""


def kept_on_deletion(resource: Resource) -> Outcome:
    """Judge that a resource outlives its stack, and its own replacement."""
    return all_met(
        [
            resource.attribute("DeletionPolicy").must_be("Retain", "RetainExceptOnCreate"),
            resource.attribute("UpdateReplacePolicy").must_be("Retain"),
        ]
    )
