"""The rules agree with the catalogue that they decide."""

import csv
from collections.abc import Mapping
from pathlib import Path

import pytest

from hipaa_constructs.controls import CONTROLS
from hipaa_constructs.rules import RULES, Rule

ROOT = Path(__file__).parent.parent.parent
with (ROOT / "docs" / "catalogue.csv").open(newline="", encoding="utf-8") as file:
    ROWS: Mapping[str, Mapping[str, str]] = {row["id"]: row for row in csv.DictReader(file)}

COLUMNS = {
    "cdk-nag": "cdk_nag_rule",
    "checkov": "checkov_check",
    "config": "config_rule",
    "guard": "guard_rule",
    "prowler": "prowler_check",
}
EACH_RULE = pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)


def listed(cell: str) -> set[str]:
    return {name.strip().rstrip("*") for name in cell.split(";") if name.strip()}


@EACH_RULE
def test_a_rule_decides_a_row_of_the_catalogue(rule: Rule) -> None:
    assert rule.requirement in ROWS


@EACH_RULE
def test_a_rule_cites_only_what_its_row_cites(rule: Rule) -> None:
    assert set(rule.controls) <= listed(ROWS[rule.requirement]["hipaa_citations"])


@EACH_RULE
def test_a_rule_is_the_same_as_only_what_its_row_names(rule: Rule) -> None:
    for check in rule.same_as:
        tool, _, name = check.partition(":")
        assert name in listed(ROWS[rule.requirement][COLUMNS[tool]])


def test_every_row_has_an_id_of_its_own() -> None:
    assert sorted(ROWS) == [f"HC-{number:03}" for number in range(1, len(ROWS) + 1)]


def test_every_citation_of_the_security_rule_is_described() -> None:
    cited = {
        citation
        for row in ROWS.values()
        for citation in listed(row["hipaa_citations"])
        if citation.startswith(("164.308", "164.310", "164.312", "164.314", "164.316"))
    }
    assert cited <= set(CONTROLS)
