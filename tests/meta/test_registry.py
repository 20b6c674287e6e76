"""The registry of rules: ids are contract, and what a rule says of itself is whole."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from hipaa_constructs.controls import CONTROLS
from hipaa_constructs.rules import RULES, Rule

EVERY_RULE = pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
TOOLS = ("cdk-nag", "checkov", "config", "guard", "prowler")

HERE = Path(__file__).parent
FROZEN = (HERE / "rule_ids.txt").read_text("utf-8").split()


def test_the_ids_are_frozen() -> None:
    # An id is never renamed and never used for another rule: waivers in templates name it.
    assert sorted(RULES) == FROZEN


def test_the_frozen_ids_are_sorted_and_unique() -> None:
    assert sorted(set(FROZEN)) == FROZEN


def test_each_rule_is_registered_under_its_id() -> None:
    assert [rule.id for rule in RULES.values()] == list(RULES)


@EVERY_RULE
def test_an_id_is_in_camel_case(rule: Rule) -> None:
    assert re.fullmatch(r"([A-Z][a-z0-9]*){2,}", rule.id)


@EVERY_RULE
def test_the_id_is_the_name_of_the_function(rule: Rule) -> None:
    if rule.check is not None:
        assert rule.id == "".join(part.capitalize() for part in rule.check.__name__.split("_"))


@EVERY_RULE
def test_the_function_says_what_it_judges(rule: Rule) -> None:
    if rule.check is not None:
        assert (rule.check.__doc__ or "").startswith("Judge ")


@EVERY_RULE
@pytest.mark.parametrize("field", ["title", "fix"])
def test_a_text_is_one_line_without_a_full_stop(rule: Rule, field: str) -> None:
    text = getattr(rule, field)
    assert re.fullmatch(r"\S.*[^\s.]", text)


def test_no_two_rules_have_the_same_title() -> None:
    assert [title for title, n in Counter(r.title for r in RULES.values()).items() if n > 1] == []


@EVERY_RULE
def test_a_rule_rests_on_a_page_of_aws_or_of_the_regulation(rule: Rule) -> None:
    assert re.match(r"https://(docs\.aws\.amazon\.com|www\.ecfr\.gov)/\S+$", rule.url)


@EVERY_RULE
def test_a_rule_cites_paragraphs_that_are_described(rule: Rule) -> None:
    assert rule.controls
    assert set(rule.controls) <= set(CONTROLS)


@EVERY_RULE
def test_a_rule_cites_no_paragraph_twice(rule: Rule) -> None:
    assert len(set(rule.controls)) == len(rule.controls)


@EVERY_RULE
def test_a_rule_describes_what_it_cites(rule: Rule) -> None:
    assert [control.id for control in rule.cited] == list(rule.controls)


@EVERY_RULE
def test_a_rule_decides_a_row_of_the_catalogue(rule: Rule) -> None:
    assert re.fullmatch(r"HC-\d{3}", rule.requirement)


@EVERY_RULE
def test_the_same_check_elsewhere_is_named_with_its_tool(rule: Rule) -> None:
    pattern = rf"({'|'.join(TOOLS)}):[A-Za-z0-9_.-]+"
    assert all(re.fullmatch(pattern, check) for check in rule.same_as)


@EVERY_RULE
def test_no_check_is_named_twice_by_a_rule(rule: Rule) -> None:
    assert len(set(rule.same_as)) == len(rule.same_as)


@EVERY_RULE
def test_a_rule_is_asked_of_some_type(rule: Rule) -> None:
    assert rule.applies_to
    assert all(kind == "*" or re.fullmatch(r"\w+::\w+::\w+", kind) for kind in rule.applies_to)


@EVERY_RULE
def test_a_rule_belongs_to_a_service_whose_tests_have_its_name(rule: Rule) -> None:
    assert (HERE.parent / "rules" / f"test_{rule.service}.py").is_file()


def test_only_demands_on_waivers_and_on_rules_can_not_be_waived() -> None:
    fixed = [rule.id for rule in RULES.values() if not rule.waivable]
    assert fixed == ["WaiverCurrent", "WaiverUsed", "RuleCompleted"]


def test_the_registry_can_not_be_changed_from_outside() -> None:
    assert not hasattr(RULES, "__setitem__")
