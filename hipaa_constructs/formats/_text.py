"""A report for a person at a terminal."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from hipaa_constructs.checker import Judgement
from hipaa_constructs.formats._run import EVIDENCE, Run, Tally, found_in
from hipaa_constructs.rules import Resource, Severity, Template, Verdict

_CODES = {"bold": "1", "red": "31", "yellow": "33", "green": "32", "dim": "2"}
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def as_text(run: Run, *, color: bool) -> str:
    """Return the findings by template and resource, then the waived and old ones, then the count."""
    lines: list[str] = []
    pen = Pen(color)
    reported = [one for one in run.report.judgements if one.outcome.verdict is not Verdict.MET]
    for _, group in groupby(reported, key=lambda one: id(one.resource.template)):
        judgements = list(group)
        lines += [pen.draw(_heading(judgements[0].resource.template), "bold"), ""]
        findings = [one for one in judgements if one.is_finding]
        for _, same in groupby(findings, key=lambda one: one.resource):
            lines += [*_resource(list(same), pen), ""]
        waived = [one for one in judgements if one.waiver is not None]
        if waived:
            lines += ["  Waived", *(line for one in waived for line in _waived(one, pen)), ""]
        old = [one for one in judgements if one.baselined]
        if old:
            lines += ["  In the baseline", *(_baselined(one, pen) for one in old), ""]
    lines += _changes_of_baseline(run, pen)
    lines += [printable(f"Skipped: {rule}: {why}") for rule, why in run.skipped.items()]
    if run.report.assembly.templates:
        lines += [summary(run, color=color), EVIDENCE]
    return "".join(f"{line}\n" for line in lines)


def summary(run: Run, *, color: bool) -> str:
    """Return the line of counts."""
    tally, pen = run.tally(), Pen(color)
    style = "red" if tally.errors else "yellow" if tally.findings else "green"
    parts = [
        pen.draw(_findings(tally), style),
        f"{tally.met} met",
        f"{tally.waived} waived",
        *([f"{tally.baselined} in the baseline"] if run.baseline is not None else []),
        f"{_count(tally.rules, 'rule')} on {_count(tally.resources, 'resource')}"
        f" in {_count(tally.templates, 'template')}",
    ]
    if tally.unusable:
        parts.append(pen.draw(f"{_count(tally.unusable, 'input')} unusable", "red"))
    return "; ".join(parts)


def printable(text: str) -> str:
    """Return a text without what would move a terminal's cursor or change its colours."""
    return _CONTROL.sub(lambda match: ascii(match.group())[1:-1], text)


def _findings(tally: Tally) -> str:
    if not tally.findings:
        return "nothing found"
    undecided = f" ({tally.undecided} undecided)" if tally.undecided else ""
    return f"{_count(tally.errors, 'error')}, {_count(tally.warnings, 'warning')}{undecided}"


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _heading(template: Template) -> str:
    place = ", ".join(part for part in (template.account, template.region) if part)
    return printable(f"{template.name} ({place})" if place else template.name)


def _resource(findings: list[Judgement], pen: Pen) -> Iterator[str]:
    yield f"  {pen.draw(_named(findings[0].resource), 'bold')}"
    for one in findings:
        yield from _finding(one, pen)


def _named(resource: Resource) -> str:
    path = resource.construct_path
    names = (resource.logical_id, resource.type, *((path,) if path else ()))
    return printable("  ".join(names))


def _finding(one: Judgement, pen: Pen) -> Iterator[str]:
    style = "red" if one.severity is Severity.ERROR else "yellow"
    undecided = ", undecided" if one.outcome.verdict is Verdict.UNDECIDED else ""
    line = f":{one.line}" if one.line is not None else ""
    place = pen.draw(f"{printable(one.resource.template.name)}{line}", "dim")
    yield f"    {pen.draw(one.severity + undecided, style)}  {one.rule.id}  {place}"
    yield f"      found   {printable(found_in(one))}"
    yield f"      wanted  {one.rule.title}"
    yield f"      fix     {one.rule.fix}"
    cited = "; ".join(f"{control.id} {control.title}" for control in one.rule.cited)
    yield f"      cites   {cited or 'nothing'}"


def _waived(one: Judgement, pen: Pen) -> Iterator[str]:
    if one.waiver is None:
        return
    waiver = one.waiver.waiver
    by = ", by hipaa_constructs itself" if one.waiver.by_library else ""
    terms = f"until {waiver.expiry}, approved by {waiver.approved_by}{by}: {waiver.reason}"
    yield pen.draw(printable(f"    {one.rule.id}  {one.resource.logical_id}  {terms}"), "dim")


def _baselined(one: Judgement, pen: Pen) -> str:
    text = f"    {one.rule.id}  {one.resource.logical_id}  {found_in(one)}"
    return pen.draw(printable(text), "dim")


def _changes_of_baseline(run: Run, pen: Pen) -> Iterator[str]:
    if run.resolved:
        yield pen.draw("Resolved since the baseline", "bold")
        for one in run.resolved:
            yield printable(f"  {one.rule}  {one.template}  {one.resource or one.property}".rstrip())
        yield "  --update-baseline takes them out of it"
        yield ""
    if run.unjudged:
        templates = ", ".join(sorted({one.template for one in run.unjudged}))
        yield printable(f"In the baseline, but not judged: {templates}")
        yield ""


class Pen:
    """Draws in colour, or not."""

    def __init__(self, color: bool) -> None:
        """Take whether there is colour."""
        self._color = color

    def draw(self, text: str, style: str) -> str:
        """Return a text in a style."""
        return f"\x1b[{_CODES[style]}m{text}\x1b[0m" if self._color else text
