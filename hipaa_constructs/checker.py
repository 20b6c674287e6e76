"""Templates in, judgements out: runs the rules over an assembly and applies the waivers recorded in it."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import chain

from hipaa_constructs._collector import uncollected
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


@dataclass(slots=True, eq=False)  # Frozen ones take three times as long to make, and a report has thousands.
class Judgement:
    """What one rule says of one resource; nothing changes it.

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


_Found = dict[Resource, list[Judgement]]
"""What is said of each resource of a template; resources by logical id, judgements by rule."""


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
    ranks = {rule_id: rank for rank, rule_id in enumerate(RULES)}
    chosen = sorted(RULES.values() if rules is None else rules, key=lambda rule: ranks.get(rule.id, len(ranks)))
    with uncollected():
        assembly = Assembly(templates, today=today, settings=settings)
        waivers = _Waivers(assembly.today)
        judged: dict[Template, list[Judgement]] = {}
        faults: list[Judgement] = []
        asked: dict[frozenset[str], list[Rule]] = {}
        # All rules of one template before the next: of a hundred, few are where the processor reads fast.
        for template in assembly.templates:
            found: _Found = {resource: [] for _, resource in sorted(template.resources.items())}
            kinds = frozenset(template.by_type)
            if kinds not in asked:
                asked[kinds] = [rule for rule in chosen if _is_about(rule, kinds)]
            for rule in asked[kinds]:
                faults += _judge(rule, template, found)
            waivers.excuse(found)
            judged[template] = list(chain.from_iterable(found.values()))
            template.forget()
            if progress is not None:
                progress(template)
        assembly.forget()
        more = [*faults, *waivers.judgements({rule.id for rule in chosen})]
        for one in more:
            judged[one.resource.template].append(one)
        for template in {one.resource.template for one in more}:
            judged[template].sort(key=lambda one: (one.resource.logical_id, ranks.get(one.rule.id, len(ranks))))
        return Report(assembly, tuple(chain.from_iterable(judged.values())))


def _judge(rule: Rule, template: Template, found: _Found) -> Iterable[Judgement]:
    """Note what a rule says of each resource of a template, and return what is to be said of its faults.

    To ask all rules of one resource before the next takes a third longer.
    """
    not_applicable = Verdict.NOT_APPLICABLE
    faults: list[Judgement] = []
    judge = rule.judge
    for resource in _asked(rule, template):
        try:
            outcome = judge(resource)
        except Exception as fault:  # A fault of a rule is a finding, never a traceback, and hides no other finding.
            why = f"{rule.id} failed with {type(fault).__name__}: {fault}"
            faults.append(Judgement(RULE_COMPLETED, resource, Outcome(Verdict.BROKEN, (), why[:200])))
            continue
        if outcome is not NOT_APPLICABLE and outcome.verdict is not not_applicable:
            outcome = as_written(resource, outcome) if resource.places else outcome
            found[resource].append(Judgement(rule, resource, outcome))
    return faults


def _is_about(rule: Rule, kinds: frozenset[str]) -> bool:
    """Tell whether a rule is about some types; most are about such that a template has none of."""
    everything = rule.only is not None or "*" in rule.applies_to
    return rule.check is not None and (everything or not kinds.isdisjoint(rule.applies_to))


def _asked(rule: Rule, template: Template) -> Iterable[Resource]:
    """Return the resources of a template that a rule is asked of."""
    if rule.only is not None:
        # A finder that fails leaves out nothing.
        with suppress(Exception):
            return [resource for resource in rule.only(template) if resource.template is template]
    if "*" in rule.applies_to:
        return template.resources.values()
    return [resource for kind in rule.applies_to for resource in template.by_type.get(kind, ())]


class _Waivers:
    """What the waivers of an assembly excuse, and what is to be said of the waivers themselves."""

    def __init__(self, today: datetime.date) -> None:
        self._today = today
        self._holders: dict[RecordedWaiver, list[tuple[Resource, int]]] = defaultdict(list)
        self._used: set[RecordedWaiver] = set()
        self._unusable: list[Judgement] = []

    def excuse(self, found: _Found) -> None:
        """Excuse what the waivers recorded in some resources cover."""
        for resource, judgements in found.items():
            if "Metadata" not in resource.body:
                continue
            records: dict[str, RecordedWaiver] = {}
            for position, record in enumerate(recorded_in(resource)):
                if isinstance(record, RecordedWaiver):
                    records[record.waiver.rule] = record
                    self._holders[record].append((resource, position))
                else:
                    outcome = Outcome(Verdict.BROKEN, record.place.path, record.why)
                    self._unusable.append(Judgement(WAIVER_USED, resource, outcome))
            for number, one in enumerate(judgements if records else ()):
                record_of = records.get(one.rule.id)
                if record_of is not None and one.outcome.verdict is not Verdict.MET:
                    self._used.add(record_of)
                    # An expired waiver excuses nothing, also where `WaiverCurrent` is not asked.
                    if record_of.waiver.expiry >= self._today:
                        judgements[number] = replace(one, waiver=record_of)

    def judgements(self, chosen: Collection[str]) -> Iterator[Judgement]:
        """Yield whether each waiver excuses something, of those whose rules are asked."""
        if WAIVER_USED.id not in chosen:
            return
        yield from self._unusable
        for record, places in self._holders.items():
            # One that a construct makes says what its default leaves out, also where another template makes up for it.
            if record.by_library or record.waiver.is_foreign or record.waiver.rule not in chosen:
                continue
            resource, position = places[0]
            path = ("Metadata", "hipaa_constructs", "waivers", position)
            if record in self._used:
                outcome = Outcome(Verdict.MET, path)
            else:
                outcome = Outcome(Verdict.BROKEN, path, f"{record.waiver.rule} is not broken here")
            yield Judgement(WAIVER_USED, resource, outcome)
