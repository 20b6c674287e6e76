"""What a template must show of the exceptions recorded in it."""

from __future__ import annotations

import datetime

from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._outcome import MET, NOT_APPLICABLE, Outcome, all_met
from hipaa_constructs.rules._resolve import is_plain
from hipaa_constructs.rules._rule import decided_by_checker, rule

METADATA_KEY = "hipaa_constructs"
"""The key in a resource's ``Metadata`` under which waivers are recorded."""

_ADDRESSABLE = "https://www.ecfr.gov/current/title-45/section-164.306#p-164.306(d)(3)"


def recorded_waivers(resource: Resource) -> list[Node]:
    """Return the places of the waivers that a resource's metadata records."""
    metadata = resource.body.get("Metadata")
    if metadata is None or (isinstance(metadata, dict) and is_plain(metadata) and METADATA_KEY not in metadata):
        return []
    return resource.attribute("Metadata").at(METADATA_KEY, "waivers").items()


@rule(
    title="every waiver is still in force",
    fix="mend what it excuses, or have it approved again with a later date",
    applies_to=("*",),
    controls=("164.316(b)(1)",),
    requirement="HC-327",
    url=_ADDRESSABLE,
    waivable=False,
    only=lambda template: [one for one in template.resources.values() if "Metadata" in one.body],
)
def waiver_current(resource: Resource) -> Outcome:
    """Judge the date of each waiver: the last day of its validity is the one it names."""
    found = recorded_waivers(resource)
    if not found:
        return NOT_APPLICABLE
    today = resource.template.assembly.today
    return all_met(_not_past(waiver.at("expires"), today) for waiver in found)


def _not_past(expires: Node, today: datetime.date) -> Outcome:
    try:
        date = datetime.date.fromisoformat(expires.text or "")
    except ValueError:
        return expires.broken(f"{expires.shown()} is not a date")
    return MET if date >= today else expires.broken(f"{date} is past")


WAIVER_USED = decided_by_checker(
    "WaiverUsed",
    title="every waiver excuses something",
    fix="take the waiver away, or correct the rule that it names",
    controls=("164.316(b)(1)",),
    requirement="HC-327",
    url=_ADDRESSABLE,
)

RULE_COMPLETED = decided_by_checker(
    "RuleCompleted",
    title="every rule comes to an answer",
    fix="report it: a rule that fails is a fault of this package, and the resource counts as not judged",
    controls=("164.316(b)(1)",),
    requirement="HC-327",
    url=_ADDRESSABLE,
)
