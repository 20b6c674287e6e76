"""The examples that `hipaa-constructs explain` shows are right; `make explanations` writes them anew."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from hipaa_constructs import Template, check
from hipaa_constructs.formats._explanation import EXAMPLES
from hipaa_constructs.rules import RULES
from hipaa_constructs.rules._value import Json

BY_RULE: Mapping[str, Mapping[str, Json]] = json.loads(EXAMPLES.read_text("utf-8"))
EACH = pytest.mark.parametrize("rule", BY_RULE)


def is_met(rule: str, body: Mapping[str, Json]) -> bool:
    report = check([Template(body)], rules=[RULES[rule]])
    return bool(report.met) and not report.findings


@EACH
def test_an_example_meets_its_rule(rule: str) -> None:
    assert is_met(rule, BY_RULE[rule])


@EACH
def test_an_example_says_something_without_which_its_rule_is_not_met(rule: str) -> None:
    resources = BY_RULE[rule]["Resources"]
    assert isinstance(resources, dict)
    bare: Json = {name: {"Type": one["Type"]} for name, one in resources.items() if isinstance(one, dict)}
    assert not is_met(rule, {**BY_RULE[rule], "Resources": bare})


def test_most_rules_have_an_example() -> None:
    assert len(BY_RULE) > 0.6 * len(RULES)
