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
def test_an_example_says_more_than_what_there_is(rule: str) -> None:
    assert BY_RULE[rule] != {"Resources": bare(rule)}


def test_most_examples_show_something_without_which_their_rule_is_not_met() -> None:
    # The others show where what would break the rule must not stand.
    telling = [rule for rule in BY_RULE if not is_met(rule, {**BY_RULE[rule], "Resources": bare(rule)})]
    assert len(telling) > 0.8 * len(BY_RULE)


def bare(rule: str) -> Json:
    resources = BY_RULE[rule]["Resources"]
    assert isinstance(resources, dict)
    return {name: {"Type": one["Type"]} for name, one in resources.items() if isinstance(one, dict)}


def test_nearly_all_rules_have_an_example() -> None:
    assert len(BY_RULE) > 0.9 * len(RULES)
