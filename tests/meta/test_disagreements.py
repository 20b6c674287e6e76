"""Where the tools disagree on templates of public packages is written down, kind by kind."""

import re
from pathlib import Path

DOCS = Path(__file__).parent.parent.parent / "docs"


def cells(page: str) -> list[list[str]]:
    lines = (DOCS / page).read_text("utf-8").splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]


COMPARED = [row for row in cells("corpus.md") if len(row) == 9 and re.match(r"(cdk-nag|checkov):", row[4])]
KINDS = [row for row in cells("disagreements.md") if len(row) == 7 and row[0].isdigit()]


def kinds_found() -> set[tuple[str, str, str, str]]:
    found: set[tuple[str, str, str, str]] = set()
    for rule, _, _, _, check, _, here, there, unknown in COMPARED:
        name = check.replace(":", " ").replace("HIPAA.Security-", "")
        times = {"here": here, "there": there, "there; undecided here": unknown}
        found |= {(rule, name, who, count) for who, count in times.items() if count != "0"}
    return found


def test_there_are_disagreements() -> None:
    assert len(COMPARED) > 50


def test_every_kind_of_disagreement_is_explained_as_often_as_it_was_found() -> None:
    assert {(row[1], row[2], row[3], row[4]) for row in KINDS} == kinds_found()


def test_every_explanation_says_who_is_right_and_why() -> None:
    assert [row[0] for row in KINDS if row[5] not in ("here", "there", "both") or not row[6]] == []


def test_every_kind_occurs_in_a_template_that_was_read() -> None:
    read = [row[2] for row in cells("disagreements.md") if len(row) == 3 and re.fullmatch(r"\d+(, \d+)*", row[2])]
    assert len(read) >= 30
    assert {number for numbers in read for number in numbers.split(", ")} == {row[0] for row in KINDS}
