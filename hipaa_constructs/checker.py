"""Templates in, judgements out: runs the rules over an assembly and applies the waivers recorded in it."""

from __future__ import annotations

import datetime
import gc
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NamedTuple

from hipaa_constructs.extensions import load_installed_rules
from hipaa_constructs.rules import (
    NOT_APPLICABLE,
    RULES,
    Assembly,
    Outcome,
    Resource,
    Rule,
    Settings,
    Severity,
    Template,
    Verdict,
)
from hipaa_constructs.rules._declared import as_written
from hipaa_constructs.rules.waivers import RULE_COMPLETED, WAIVER_USED
from hipaa_constructs.waivers import RecordedWaiver, recorded_in


class Judgement(NamedTuple):
    """What one rule says of one resource.

    Attributes:
        rule: the demand.
        resource: who it was asked of.
        outcome: the verdict, the place and what was found there.
        waiver: the exception that covers it, if the verdict is not *met*.
        baselined: whether it was there when the team began to check, and stands in its baseline.
    """

    rule: Rule
    resource: Resource
    outcome: Outcome
    waiver: RecordedWaiver | None = None
    baselined: bool = False

    @property
    def is_finding(self) -> bool:
        """Whether it is broken or undecided, and neither waived nor in the baseline."""
        return self.waiver is None and not self.baselined and self.outcome.verdict is not Verdict.MET

    @property
    def severity(self) -> Severity:
        """What is at stake: the rule's severity, or *warning* while the answer is not known."""
        return self.rule.severity if self.outcome.verdict is Verdict.BROKEN else Severity.WARNING

    @property
    def line(self) -> int | None:
        """The line of the place in the template's file, as near as it can be told."""
        return self.resource.template.line_of(*self.resource.origin, *self.outcome.path)


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that was judged.

    Attributes:
        assembly: the templates.
        judgements: each rule of each resource it applies to, by template, logical id and rule.
    """

    assembly: Assembly
    judgements: tuple[Judgement, ...]

    @property
    def met(self) -> list[Judgement]:
        """What the templates show as wanted."""
        return [one for one in self.judgements if one.outcome.verdict is Verdict.MET]

    @property
    def findings(self) -> list[Judgement]:
        """What is broken or undecided, and neither waived nor in the baseline."""
        return [one for one in self.judgements if one.is_finding]

    @property
    def waived(self) -> list[Judgement]:
        """What is broken or undecided, and covered by a waiver."""
        return [one for one in self.judgements if one.waiver is not None]

    @property
    def baselined(self) -> list[Judgement]:
        """What is broken or undecided, and was so already when the team began to check."""
        return [one for one in self.judgements if one.baselined]

    def fails(self, on: Severity = Severity.ERROR) -> bool:
        """Tell whether a finding is at least as severe as asked."""
        return any(on is Severity.WARNING or one.severity is Severity.ERROR for one in self.findings)


def check(
    templates: Iterable[Template],
    *,
    rules: Collection[Rule] | None = None,
    today: datetime.date | None = None,
    settings: Settings | None = None,
    progress: Callable[[Template], None] | None = None,
) -> Report:
    """Judge templates that are deployed together.

    Args:
        templates: of all stacks of an app; a policy in one counts for a bucket in another.
        rules: by default all of them, those of installed packages included.
        today: the date that the expiry of waivers is measured against, by default the current date in UTC.
        settings: what the team decided; by default nothing.
        progress: called after each template.

    Raises:
        ComplianceError: the rules of an installed package can't be loaded.
    """
    if rules is None:
        load_installed_rules()
    chosen = RULES.values() if rules is None else rules
    with _uncollected():
        assembly = Assembly(templates, today=today, settings=settings)
        narrowed = {rule.id: found for rule in chosen if (found := _narrowed(rule, assembly)) is not None}
        judgements: list[Judgement] = []
        # All rules of one template before the next: of a hundred, few are where the processor reads fast.
        for template in assembly.templates:
            for rule, resources in _asked(chosen, template, narrowed):
                judgements += _judgements(rule, resources)
            template.forget()
            if progress is not None:
                progress(template)
        assembly.forget()
        resources = [one.resources[name] for one in assembly.templates for name in sorted(one.resources)]
        judgements = _with_waivers(judgements, resources, {rule.id for rule in chosen})
        ranks = {rule_id: rank for rank, rule_id in enumerate(RULES)}
        places = {resource: number * len(ranks) for number, resource in enumerate(resources)}
        judgements.sort(key=lambda one: places[one.resource] + ranks[one.rule.id])
        return Report(assembly, tuple(judgements))


@contextmanager
def _uncollected() -> Iterator[None]:
    """Keep the garbage collector out: it would go again and again through what is read, which is no garbage yet."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            if not gc.get_freeze_count():
                # To the oldest generation with it: the youngest would be gone through at once, to find nothing.
                gc.freeze()
                gc.unfreeze()
            gc.enable()


def _judgements(rule: Rule, resources: Iterable[Resource]) -> Iterator[Judgement]:
    not_applicable = Verdict.NOT_APPLICABLE
    for resource in resources:
        try:
            outcome = rule.judge(resource)
        except Exception as fault:  # A fault of a rule is a finding, never a traceback, and hides no other finding.
            found = f"{rule.id} failed with {type(fault).__name__}: {fault}"
            yield Judgement(RULE_COMPLETED, resource, Outcome(Verdict.BROKEN, (), found[:200]))
            continue
        if outcome is not NOT_APPLICABLE and outcome.verdict is not not_applicable:
            yield Judgement(rule, resource, as_written(resource, outcome) if resource.places else outcome)


def _narrowed(rule: Rule, assembly: Assembly) -> Mapping[Template, Sequence[Resource]] | None:
    """Return the resources that a rule itself says it can apply to; None if it says nothing."""
    if rule.only is None:
        return None
    found: dict[Template, list[Resource]] = defaultdict(list)
    try:
        for resource in rule.only(assembly):
            found[resource.template].append(resource)
    except Exception:  # A fault comes up again when each resource is asked, and is a finding there.
        return None
    return found


def _asked(
    rules: Iterable[Rule], template: Template, narrowed: Mapping[str, Mapping[Template, Sequence[Resource]]]
) -> Iterator[tuple[Rule, Iterable[Resource]]]:
    """Yield the rules that resources of a template are asked of, with those resources."""
    by_type: dict[str, list[Resource]] = defaultdict(list)
    for resource in template.resources.values():
        by_type[resource.type].append(resource)
    for rule in rules:
        if rule.check is None:
            continue
        if rule.id in narrowed:
            yield rule, narrowed[rule.id].get(template, ())
        elif "*" in rule.applies_to:
            yield rule, template.resources.values()
        elif not by_type.keys().isdisjoint(rule.applies_to):  # Most rules are about types that a template has none of.
            yield rule, [one for kind in rule.applies_to for one in by_type.get(kind, ())]


def _with_waivers(judgements: list[Judgement], resources: Iterable[Resource], chosen: set[str]) -> list[Judgement]:
    records: dict[tuple[Resource, str], RecordedWaiver] = {}
    holders: dict[RecordedWaiver, list[tuple[Resource, int]]] = defaultdict(list)
    result: list[Judgement] = []
    for resource in resources:
        if "Metadata" not in resource.body:
            continue
        for position, record in enumerate(recorded_in(resource)):
            if isinstance(record, RecordedWaiver):
                records[resource, record.waiver.rule] = record
                holders[record].append((resource, position))
            elif WAIVER_USED.id in chosen:
                outcome = Outcome(Verdict.BROKEN, record.place.path, record.why)
                result.append(Judgement(WAIVER_USED, resource, outcome))
    used: set[RecordedWaiver] = set()
    if not records:
        return result + judgements
    for one in judgements:
        record_of = records.get((one.resource, one.rule.id))
        if record_of is not None and one.outcome.verdict is not Verdict.MET:
            used.add(record_of)
            # An expired waiver excuses nothing, also where `WaiverCurrent` is not asked.
            if record_of.waiver.expiry >= one.resource.template.assembly.today:
                one = one._replace(waiver=record_of)
        result.append(one)
    if WAIVER_USED.id in chosen:
        result += _use_of(holders, used, chosen)
    return result


def _use_of(
    holders: dict[RecordedWaiver, list[tuple[Resource, int]]], used: set[RecordedWaiver], chosen: set[str]
) -> Iterable[Judgement]:
    for record, places in holders.items():
        # One that a construct makes says what its default leaves out, also where another template makes up for it.
        if record.by_library or record.waiver.is_foreign or record.waiver.rule not in chosen:
            continue
        resource, position = places[0]
        path = ("Metadata", "hipaa_constructs", "waivers", position)
        if record in used:
            outcome = Outcome(Verdict.MET, path)
        else:
            outcome = Outcome(Verdict.BROKEN, path, f"{record.waiver.rule} is not broken here")
        yield Judgement(WAIVER_USED, resource, outcome)
