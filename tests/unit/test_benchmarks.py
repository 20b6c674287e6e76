"""The templates that are measured with stay what they are said to be, and judging them grows with them."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import pytest

from benchmarks.constructs import resources as of_both
from benchmarks.growth import measured
from benchmarks.table import Growth, Table, Tables, markdown, written
from benchmarks.templates import RESOURCES, sized, template
from hipaa_constructs.checker import check
from hipaa_constructs.rules import Template, Verdict

if TYPE_CHECKING:
    from _typeshed import TraceFunction

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def test_a_template_has_491_resources() -> None:
    resources = template()["Resources"]
    assert isinstance(resources, dict)
    assert len(resources) == RESOURCES == 491


def test_a_template_is_the_same_each_time() -> None:
    assert json.dumps(template(7)) == json.dumps(template(7))


def test_two_templates_share_no_logical_id() -> None:
    first, second = template(0)["Resources"], template(1)["Resources"]
    assert isinstance(first, dict)
    assert isinstance(second, dict)
    assert first.keys().isdisjoint(second)


def test_a_template_makes_the_rules_work_for_every_answer() -> None:
    verdicts = {one.outcome.verdict for one in check([Template(template(), name="template")]).judgements}
    assert verdicts == {Verdict.MET, Verdict.BROKEN, Verdict.UNDECIDED}


@pytest.mark.parametrize("resources", [1, 50, RESOURCES, RESOURCES + 1, 1000])
def test_a_template_has_as_many_resources_as_asked_for(resources: int) -> None:
    found = sized(resources)["Resources"]
    assert isinstance(found, dict)
    assert len(found) == resources


def steps(resources: int) -> int:
    """Count the lines of Python that judging a template goes through."""
    count = 0
    templates = [Template(sized(resources))]

    def trace(frame: FrameType, event: str, _: object) -> TraceFunction:
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        check(templates)
    finally:
        sys.settrace(before)
    return count


def test_twice_the_resources_take_twice_the_steps() -> None:
    steps(RESOURCES)  # What is compiled and cached for the process is so from now on.
    one, two, four = (steps(times * RESOURCES) for times in (1, 2, 4))
    assert four - two == pytest.approx(2 * (two - one), rel=0.01)
    assert two < 2.1 * one


def test_the_stack_by_hand_is_that_of_the_constructs(tmp_path: Path) -> None:
    by_hand, of_constructs = of_both(tmp_path, 2)
    assert by_hand == of_constructs


def test_growth_is_measured() -> None:
    found = measured(20)
    assert found["seconds"] > 0
    assert found["megabytes"] > 0


TABLES = Tables(
    "Measured on a Tuesday.",
    (Table("A template", (("this", 0.2), ("that", 0.5), ("another", 20.0))),),
    (Growth(50, 0.005, 0.2), Growth(50_000, 4.0, 120.4)),
)


def test_what_was_measured_becomes_tables_of_ratios() -> None:
    assert markdown(TABLES) == (
        "Measured on a Tuesday.\n"
        "\n"
        "| A template | Seconds | Ratio |\n"
        "| --- | ---: | ---: |\n"
        "| this | 0.200 | 1.00 |\n"
        "| that | 0.500 | 2.50 |\n"
        "| another | 20.000 | 100 |\n"
        "\n"
        "| Resources in one template | Seconds | Microseconds each | Memory, MB |\n"
        "| ---: | ---: | ---: | ---: |\n"
        "| 50 | 0.005 | 100 | 0.2 |\n"
        "| 50,000 | 4.000 | 80 | 120.4 |\n"
    )


def test_tables_are_written_into_their_block_of_the_readme_only() -> None:
    page = "# Top\n<!-- bench -->\nold\n<!-- /bench -->\nrest\n"
    assert written(page, "new\n") == "# Top\n<!-- bench -->\nnew\n<!-- /bench -->\nrest\n"
    assert written(README, "x") != README
