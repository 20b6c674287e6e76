"""The templates that are measured with stay what they are said to be."""

from __future__ import annotations

import json

from benchmarks.templates import RESOURCES, template
from hipaa_constructs.checker import check
from hipaa_constructs.rules import Template, Verdict


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
