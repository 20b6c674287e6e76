"""The rules of public sets: which rule here asks the same, or why none does."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from hipaa_constructs.rules import RULES

FILE = Path(__file__).parent.parent / "docs" / "public-rules.csv"

WHY_NOT: Mapping[str, str] = {
    "account only": "a state, an act or a setting of a running account; no template shows it",
    "better rule": "a rule here asks for the same end otherwise, or for more",
    "contradicts AWS": "AWS advises otherwise, or does not support it",
    "holds no rule": "the file of the registry has comments only",
    "no safeguard": "a matter of cost, speed or operations, not of PHI",
    "not asked": "no set for HIPAA and no row of the catalogue asks for it",
    "obsolete": "AWS has closed what it is about",
}
"""The reasons for not having a rule, each with what it means."""


@dataclass(frozen=True, slots=True)
class PublicSet:
    """Where the names of a tool were read."""

    tool: str
    title: str
    read: str
    url: str


SETS = (
    PublicSet(
        "cdk-nag",
        "cdk-nag, the HIPAA Security pack",
        "version 3.0.2",
        "https://github.com/cdklabs/cdk-nag/blob/main/RULES.md",
    ),
    PublicSet(
        "guard",
        "CloudFormation Guard's registry, the HIPAA set",
        "as of 2024-03-22",
        "https://github.com/aws-cloudformation/aws-guard-rules-registry/blob/main/mappings/rule_set_hipaa_security.json",
    ),
    PublicSet(
        "config",
        "AWS Config, the HIPAA conformance pack",
        "as of 2026-04-09",
        "https://github.com/awslabs/aws-config-rules/blob/master/aws-config-conformance-packs/"
        "Operational-Best-Practices-for-HIPAA-Security.yaml",
    ),
    PublicSet(
        "prowler",
        "Prowler, the HIPAA framework",
        "as of 2026-08-21",
        "https://github.com/prowler-cloud/prowler/blob/master/prowler/compliance/aws/hipaa_aws.json",
    ),
    PublicSet(
        "checkov",
        "checkov, all checks of CloudFormation",
        "version 3.3.30",
        "https://github.com/bridgecrewio/checkov",
    ),
)


@dataclass(frozen=True, slots=True)
class PublicRule:
    """A rule of a public set.

    Attributes:
        tool: whose it is.
        name: as `same_as` names it.
        rules: those here that ask the same.
        why_not: a key of `WHY_NOT` if there are none.
        reason: what that means here, as a phrase.
    """

    tool: str
    name: str
    rules: tuple[str, ...]
    why_not: str
    reason: str


def public_rules() -> list[PublicRule]:
    """Return the rules of all sets."""
    asking: dict[str, list[str]] = defaultdict(list)
    for rule in RULES.values():
        for name in rule.same_as:
            asking[name].append(rule.id)
    with FILE.open(newline="", encoding="utf-8") as file:
        return [
            PublicRule(
                row["tool"], row["name"], tuple(asking[f"{row['tool']}:{row['name']}"]), row["why_not"], row["reason"]
            )
            for row in csv.DictReader(file)
        ]
