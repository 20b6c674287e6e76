"""All that is to be said of one rule."""

from __future__ import annotations

import datetime
import json
import textwrap
from collections.abc import Iterator
from pathlib import Path

from hipaa_constructs.controls import Control
from hipaa_constructs.rules import Rule, Severity
from hipaa_constructs.rules._value import Json

EXAMPLES = Path(__file__).with_name("examples.json")
"""By the id of a rule the smallest template that meets it, written by ``make docs``."""

_WIDTH = 100
_STAKES = {
    Severity.ERROR: "error: if it is broken, ePHI is exposed, unencrypted, unlogged or lost",
    Severity.WARNING: "warning: if it is broken, a safeguard is thinner than it should be",
}


def explained(rule: Rule) -> str:
    """Return what a rule wants, why, how to mend it, and how to waive it."""
    lines = [
        rule.id,
        *_indented(f"{rule.title}."),
        "",
        "Why",
        *_indented(_STAKES[rule.severity]),
        *(line for control in rule.cited for line in _cited(control)),
        "",
        "Asked of",
        *_indented("all resources" if "*" in rule.applies_to else ", ".join(rule.applies_to)),
        "",
        "Fix",
        *_indented(rule.fix),
        *_example(rule),
        "",
        "Read on",
        f"  {rule.url}",
        *_same(rule),
        "",
        *_waiving(rule),
    ]
    return "".join(f"{line}\n" for line in lines)


def example_of(rule_id: str) -> Json:
    """Return a template with nothing but what meets a rule; None where none is known."""
    examples: dict[str, Json] = json.loads(EXAMPLES.read_text(encoding="utf-8"))
    return examples.get(rule_id)


def _indented(text: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False)


def _cited(control: Control) -> Iterator[str]:
    yield from _indented(f"{control.id} {control.title} ({control.kind}); templates can show: {control.shows}")
    yield f"    {control.url}"


def _example(rule: Rule) -> Iterator[str]:
    example = example_of(rule.id)
    if example is None:
        return
    import yaml

    yield ""
    yield "Example, of which the rule needs each line"
    text = yaml.safe_dump(example, sort_keys=False, width=_WIDTH)
    yield from (f"  {line}" for line in text.splitlines())


def _same(rule: Rule) -> Iterator[str]:
    if rule.same_as:
        yield ""
        yield "The same elsewhere"
        yield from (f"  {check}" for check in rule.same_as)


def _waiving(rule: Rule) -> Iterator[str]:
    yield "Waive"
    if not rule.waivable:
        yield "  This rule can't be waived: it keeps the others honest."
        return
    until = datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=365)
    terms = {"reason": "why, and what is done instead", "approved_by": "who, and the record of it"}
    yield "  In a CDK app, as waivers= of a construct of this package or by waive(construct, ...):"
    yield f'    Waiver(rule="{rule.id}", reason="{terms["reason"]}",'
    yield f'           approved_by="{terms["approved_by"]}", expires="{until}")'
    yield "  In a template, at the resource:"
    yield "    Metadata:"
    yield "      hipaa_constructs:"
    yield "        waivers:"
    yield f"          - rule: {rule.id}"
    yield f"            reason: {terms['reason']}"
    yield f"            approved_by: {terms['approved_by']}"
    yield f'            expires: "{until}"'
