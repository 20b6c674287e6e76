"""What was found when a team began to check, so that only what is new fails.

A baseline says nothing of why; an exception with a reason is a waiver.
"""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from hipaa_constructs.checker import Judgement, Report
from hipaa_constructs.errors import ComplianceError
from hipaa_constructs.extensions import named
from hipaa_constructs.rules import Rule, Template, Verdict
from hipaa_constructs.rules._template import anchored
from hipaa_constructs.rules._value import Json

SHAPE = 1
"""Raised when a key of the file changes its meaning, goes away or is added."""

_ASKED_OF_BOTH = ("TemplateWithoutPhi", "TemplateWithoutSecrets")
"""Rules that are asked of each resource, and at the first one of the other sections of the template."""

_IN_SECTION = re.compile(r"(Description|Mappings|Metadata|Outputs|Parameters)\b\S*")

_KEYS = ("template", "resource", "rule", "property", "verdict", "construct_path")


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """A finding that was there before.

    Attributes:
        template: its stack, or its file as seen from the baseline's folder.
        resource: the logical id; empty for what is found of the template itself, at whichever resource it is told.
        rule: the id of the rule.
        property: the place, with ``[]`` for each place of a list, as the order of a list may change; of the template
            itself its place in another section.
        verdict: *broken* or *undecided*.
        construct_path: the construct that made the resource, for those who read the file; it identifies nothing.
    """

    template: str
    resource: str
    rule: str
    property: str
    verdict: str
    construct_path: str | None = field(default=None, compare=False)

    def covers(self) -> Iterable[Entry]:
        """Return the findings that this one stands for: what is undecided now and was broken is no worse."""
        yield self
        if self.verdict == Verdict.BROKEN.value:
            yield replace(self, verdict=Verdict.UNDECIDED.value)


@dataclass(frozen=True, slots=True)
class Compared:
    """A report beside a baseline.

    Attributes:
        report: in which the findings of the baseline are marked.
        resolved: entries whose finding is gone, or waived by now.
        unjudged: entries of templates that were not judged this time.
    """

    report: Report
    resolved: tuple[Entry, ...]
    unjudged: tuple[Entry, ...]


def read(file: Path) -> list[Entry]:
    """Return the entries of a baseline.

    Raises:
        ComplianceError: it can't be read, is no baseline, or names a rule that is unknown or always asked.
    """
    try:
        content: Json = json.loads(file.read_bytes().decode("utf-8"))
    except FileNotFoundError:
        raise ComplianceError(f"baseline {file}: there is no such file; --update-baseline writes it") from None
    except OSError as fault:
        raise ComplianceError(f"baseline {file}: can't be read: {(fault.strerror or str(fault)).lower()}") from None
    except (ValueError, RecursionError) as fault:
        raise ComplianceError(f"baseline {file}: is not JSON: {' '.join(str(fault).split())}") from None
    match content:
        case {"shape": int(shape), "findings": list(findings), **others} if shape == SHAPE and not others:
            return [_entry(file, number, one) for number, one in enumerate(findings)]
        case {"shape": int(shape)} if shape != SHAPE:
            raise ComplianceError(f"baseline {file}: its shape is {shape}; this version reads {SHAPE}")
    raise ComplianceError(f"baseline {file}: must be an object of shape ({SHAPE}) and findings (a list)")


def _entry(file: Path, number: int, raw: Json) -> Entry:
    place = f"baseline {file}: findings[{number}]"
    match raw:
        case {
            "template": str(template),
            "resource": str(resource),
            "rule": str(rule),
            "property": str(where),
            "verdict": "broken" | "undecided" as verdict,
            "construct_path": str() | None as path,
            **others,
        } if not others:
            _refuse_rule(place, rule)
            return Entry(template, resource, rule, where, str(verdict), path)
    raise ComplianceError(f"{place} must be an object of {', '.join(_KEYS)}")


def _refuse_rule(place: str, rule_id: str) -> None:
    try:
        rule = named(rule_id)
    except ComplianceError as refusal:
        raise ComplianceError(f"{place}: {refusal}") from None
    if not rule.waivable:
        raise ComplianceError(f"{place}: {rule_id} is never baselined; {rule.fix}")


def written(report: Report, folder: Path) -> str:
    """Return the baseline of a report, sorted, so that a change of it reads as what has changed.

    Findings of rules that can't be waived are left out: an expired waiver, or a rule that failed, stays a finding.

    Args:
        report: of all templates and rules.
        folder: where the baseline is going to be.
    """
    names = template_names(report.assembly.templates, folder)
    entries = {
        entry for one in report.judgements if one.baselined or one.is_finding for entry in entries_of(one, names)
    }
    content: Json = {"shape": SHAPE, "findings": [asdict(one) for one in sorted(_baselined(entries))]}
    return json.dumps(content, indent=2) + "\n"


def _baselined(entries: Iterable[Entry]) -> list[Entry]:
    return [one for one in entries if named(one.rule).waivable]


def compare(report: Report, entries: Iterable[Entry], folder: Path, rules: Iterable[Rule]) -> Compared:
    """Mark the findings that stand in a baseline.

    Args:
        report: what was judged.
        entries: the baseline.
        folder: where it is.
        rules: those that were asked; of the others nobody knows whether they would still find something.
    """
    entries = set(entries)
    standing_for = {finding: entry for entry in sorted(entries) for finding in entry.covers()}
    names = template_names(report.assembly.templates, folder)
    found: set[Entry] = set()
    judgements: list[Judgement] = []
    for one in report.judgements:
        if one.is_finding and one.rule.waivable:
            standing = [standing_for.get(entry) for entry in entries_of(one, names)]
            # Older files know what is found of a template by its first resource, and have no place for it.
            before = None if one.outcome.path else standing_for.get(_entry_at_resource(one, names))
            standing = [before] if None in standing and before is not None else standing
            found.update(entry for entry in standing if entry is not None)
            if None not in standing:
                one = replace(one, baselined=True)
        judgements.append(one)
    asked = {rule.id for rule in rules}
    gone = sorted(entry for entry in entries - found if entry.rule in asked)
    judged = set(names.values())
    return Compared(
        replace(report, judgements=tuple(judgements)),
        tuple(one for one in gone if one.template in judged),
        tuple(one for one in gone if one.template not in judged),
    )


def entries_of(one: Judgement, names: Mapping[int, str]) -> list[Entry]:
    """Return what identifies a finding wherever its file and its lines are: one entry for each thing that is found."""
    whole = _entry_at_resource(one, names)
    if not may_be_of_template(one):
        return [whole]
    of_template = replace(whole, resource="", property="", construct_path=None)
    found: dict[Entry, None] = {}
    for part in parts_of(one):
        section = _IN_SECTION.match(part)
        if section is not None:
            found[replace(of_template, property=section[0])] = None
        else:
            found[whole if one.outcome.path else of_template] = None
    return list(found)


def may_be_of_template(one: Judgement) -> bool:
    """Tell whether what is found is of the template itself, or some of it: it is told at the first resource then."""
    is_asked = one.rule.only is anchored or one.rule.id in _ASKED_OF_BOTH
    return is_asked and one.resource is one.resource.template.anchor


def parts_of(one: Judgement) -> list[str]:
    """Return what is found, thing by thing."""
    return one.outcome.found.split("; ")


def _entry_at_resource(one: Judgement, names: Mapping[int, str]) -> Entry:
    return Entry(
        template=names[id(one.resource.template)],
        resource=one.resource.logical_id,
        rule=one.rule.id,
        property=re.sub(r"\[\d+\]", "[]", one.outcome.property),
        verdict=one.outcome.verdict.value,
        construct_path=one.resource.construct_path,
    )


def template_names(templates: Iterable[Template], folder: Path) -> dict[int, str]:
    """Return a name for each template, by its `id`, that does not depend on where the command is run.

    It is the stack's, with account and Region where they are known; else the file's, as seen from a folder. A nested
    template is named after the stack that it is nested in.
    """
    names: dict[int, str] = {}
    taken: Counter[str] = Counter()
    # A parent may stand after what is nested in it, so the depth decides and not the order.
    for template in sorted(templates, key=_depth):
        name = _name(template, names, folder)
        taken[name] += 1
        names[id(template)] = name if taken[name] == 1 else f"{name} #{taken[name]}"
    return names


def _depth(template: Template) -> int:
    depth = 0
    while template.parent is not None:
        template, depth = template.parent.template, depth + 1
    return depth


def _name(template: Template, names: Mapping[int, str], folder: Path) -> str:
    if template.parent is not None:
        return f"{names[id(template.parent.template)]}/{template.parent.logical_id}"
    if template.stack_name is not None:
        place = ", ".join(part for part in (template.account, template.region) if part)
        return f"{template.stack_name} ({place})" if place else template.stack_name
    if template.path is not None:
        return Path(os.path.relpath(template.path, folder)).as_posix()
    return template.name
