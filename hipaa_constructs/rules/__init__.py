"""What a synthesized template must show: the engine and the rules. Pure Python; no CDK and no Node."""

from importlib import import_module
from pkgutil import iter_modules

from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._outcome import (
    MET,
    NOT_APPLICABLE,
    Outcome,
    Verdict,
    all_met,
    any_met,
    broken,
    undecided,
)
from hipaa_constructs.rules._rule import RULES, Rule, Severity, rule
from hipaa_constructs.rules._settings import Settings
from hipaa_constructs.rules._template import Assembly, Template

__all__ = [
    "MET",
    "NOT_APPLICABLE",
    "RULES",
    "Assembly",
    "Node",
    "Outcome",
    "Resource",
    "Rule",
    "Settings",
    "Severity",
    "Template",
    "Verdict",
    "all_met",
    "any_met",
    "broken",
    "rule",
    "undecided",
]

# A module of rules counts by being there, in the order of their names.
for _module in sorted(found.name for found in iter_modules(__path__)):
    if not _module.startswith("_"):
        import_module(f"{__name__}.{_module}")
