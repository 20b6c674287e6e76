"""Conformance packs of AWS Config: the managed rules that the rules here are the same as, and those about accounts."""

from __future__ import annotations

import csv
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from hipaa_constructs.rules import RULES

_FILE = "config_rules.csv"
_MOST_RULES = 130
"""Of a pack: https://docs.aws.amazon.com/config/latest/developerguide/configlimits.html"""

_OF_AMERICA = ("us-east-1", "us-east-2", "us-west-1", "us-west-2")


@dataclass(frozen=True, slots=True)
class ManagedRule:
    """A managed rule of AWS Config.

    Attributes:
        name: what it is called, e.g. ``s3-bucket-versioning-enabled``.
        identifier: what Config calls it.
        about_account: whether only an account shows what it judges, and no template.
        parameters: what it is told; nothing where its defaults do.
        only_in: the Regions that have it; all but those of ``not_in`` where none is named.
        not_in: the Regions that do not have it.
    """

    name: str
    identifier: str
    about_account: bool
    parameters: Mapping[str, str]
    only_in: frozenset[str]
    not_in: frozenset[str]

    def is_in(self, region: str) -> bool:
        """Tell whether a Region has it."""
        return region in self.only_in if self.only_in else region not in self.not_in


@cache
def managed_rules() -> Mapping[str, ManagedRule]:
    """Return the managed rules that are known here, by name."""
    text = files("hipaa_constructs.services").joinpath(_FILE).read_text("utf-8")
    return {row["name"]: _read(row) for row in csv.DictReader(text.splitlines())}


def _read(row: Mapping[str, str]) -> ManagedRule:
    parameters: Mapping[str, str] = json.loads(row["parameters"] or "{}")
    return ManagedRule(
        row["name"],
        row["identifier"],
        row["about"] == "account",
        parameters,
        frozenset(row["only_in"].split()),
        frozenset(row["not_in"].split()),
    )


def judged_in(region: str | None, without: Collection[str] = ()) -> list[ManagedRule]:
    """Return the managed rules of the pack in a Region.

    Args:
        region: None where it is not known; then those that all commercial Regions of the United States have.
        without: the names of those that are left out.
    """
    claimed = {claim.removeprefix("config:") for rule in RULES.values() for claim in rule.same_as}
    regions = _OF_AMERICA if region is None else (region,)
    return [
        rule
        for name, rule in managed_rules().items()
        if (rule.about_account or name in claimed) and name not in without and all(rule.is_in(one) for one in regions)
    ]


def pack_bodies(rules: Collection[ManagedRule]) -> Iterator[str]:
    """Yield the templates of as many packs as the rules need."""
    ordered = list(rules)
    for first in range(0, len(ordered), _MOST_RULES):
        lines = [line for rule in ordered[first : first + _MOST_RULES] for line in _lines(rule)]
        yield "\n".join(["Resources:", *lines, ""])


def _lines(rule: ManagedRule) -> Iterator[str]:
    yield f"  {''.join(part.capitalize() for part in rule.name.split('-'))}:"
    yield "    Type: AWS::Config::ConfigRule"
    yield "    Properties:"
    yield f"      ConfigRuleName: {rule.name}"
    if rule.parameters:
        yield "      InputParameters:"
        yield from (f"        {name}: {json.dumps(value)}" for name, value in rule.parameters.items())
    yield "      Source:"
    yield "        Owner: AWS"
    yield f"        SourceIdentifier: {rule.identifier}"
