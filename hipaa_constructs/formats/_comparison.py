"""What a change adds and takes away, for a terminal and for a pull request."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from hipaa_constructs.comparison import Comparison, Kind, ResourceChange, Transition, state
from hipaa_constructs.formats._run import EVIDENCE, found_in
from hipaa_constructs.formats._text import Pen, printable
from hipaa_constructs.waivers import RecordedWaiver

_STYLES = {
    Kind.LOST: "red",
    Kind.FOUND: "red",
    Kind.WORSE: "red",
    Kind.EXCUSED: "yellow",
    Kind.EASED: "yellow",
    Kind.GONE: "yellow",
    Kind.CLEARED: "dim",
    Kind.GAINED: "green",
}
_LISTED = (Kind.GONE, Kind.CLEARED, Kind.GAINED)
"""Of which there are many at a resource that comes or goes, and nothing to say but which."""

_NOTHING = "No safeguard has changed."


def as_text(comparison: Comparison, *, color: bool) -> str:
    """Return the changes by template and resource, then the counts."""
    pen = Pen(color)
    lines: list[str] = []
    for template, changes in groupby(comparison.changes, key=lambda one: one.template):
        lines += [pen.draw(printable(template), "bold"), ""]
        for change in changes:
            resource = change.resource
            names = (resource.logical_id, resource.type, resource.construct_path or "", f"({change.fate})")
            lines.append("  " + pen.draw(printable("  ".join(name for name in names if name)), "bold"))
            lines += [*_text_of(change, pen), ""]
    lines += [_counts(comparison), EVIDENCE] if comparison.changes else [_NOTHING]
    return "".join(f"{line}\n" for line in lines)


def _text_of(change: ResourceChange, pen: Pen) -> Iterator[str]:
    for one in change.transitions:
        if one.kind not in _LISTED:
            yield f"    {pen.draw(f'{one.kind:8}', _STYLES[one.kind])}  {one.rule.id}  {printable(_from_to(one))}"
            yield f"              {one.rule.title}"
    for kind in _LISTED:
        ids = ", ".join(one.rule.id for one in change.of(kind))
        if ids:
            yield f"    {pen.draw(f'{kind:8}', _STYLES[kind])}  {ids}"
    for title, waivers in (("added", change.waivers_added), ("removed", change.waivers_removed)):
        for waiver in waivers:
            yield printable(f"    waiver {title}: {_terms(waiver)}")


def as_markdown(comparison: Comparison) -> str:
    """Return the changes as a comment on a pull request: the counts, then a table a template."""
    if not comparison.changes:
        return f"### HIPAA safeguards\n\n{_NOTHING}\n"
    lines = ["### HIPAA safeguards", "", f"{_counts(comparison)}.", ""]
    for template, changes in groupby(comparison.changes, key=lambda one: one.template):
        lines += [f"#### {_code(template)}", ""]
        lines += ["| Resource | Change | Safeguard | What is found |", "| --- | --- | --- | --- |"]
        for change in changes:
            resource = change.resource
            name = f"{_code(resource.logical_id)} {_code(resource.type)} {change.fate}"
            for row in _rows(change):
                lines.append(f"| {name} | {' | '.join(row)} |")
                name = ""
        lines.append("")
    lines.append(EVIDENCE)
    return "".join(f"{line}\n" for line in lines)


def _rows(change: ResourceChange) -> Iterator[tuple[str, str, str]]:
    for one in change.transitions:
        if one.kind not in _LISTED:
            safeguard = f"[{one.rule.id}]({one.rule.url}): {_plain(one.rule.title)}"
            yield f"**{one.kind}**", safeguard, _code(_from_to(one))
    for kind in _LISTED:
        links = ", ".join(f"[{one.rule.id}]({one.rule.url})" for one in change.of(kind))
        if links:
            yield kind, links, ""
    for title, waivers in (("waiver added", change.waivers_added), ("waiver removed", change.waivers_removed)):
        for waiver in waivers:
            yield title, waiver.waiver.rule, _code(_terms(waiver))


def _counts(comparison: Comparison) -> str:
    counts = [f"{len(comparison.of(kind))} {kind}" for kind in Kind if comparison.of(kind)]
    added = sum(len(change.waivers_added) for change in comparison.changes)
    removed = sum(len(change.waivers_removed) for change in comparison.changes)
    waivers = [(added, "added"), (removed, "removed")]
    counts += [f"{number} {'waiver' if number == 1 else 'waivers'} {what}" for number, what in waivers if number]
    return ", ".join(counts)


def _from_to(one: Transition) -> str:
    before, after = state(one.before) or "not asked", state(one.after)
    found = f": {found_in(one.after)}" if one.after is not None else ""
    return f"{before} → {after}{found}"


def _terms(record: RecordedWaiver) -> str:
    waiver = record.waiver
    by = ", by hipaa_constructs itself" if record.by_library else ""
    return f"{waiver.rule} until {waiver.expiry}, approved by {waiver.approved_by}{by}: {waiver.reason}"


def _code(text: str) -> str:
    """Return text of a template so that nothing in it is Markdown, also in a table."""
    text = printable(" ".join(text.split())).replace("|", "\\|")
    fence = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    space = " " if "`" in text else ""
    return f"{fence}{space}{text}{space}{fence}"


def _plain(text: str) -> str:
    return re.sub(r"([\\`*_\[\]<>|])", r"\\\1", text)
