"""Which safeguards a change adds and takes away, resource by resource."""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from hipaa_constructs.baseline import may_be_of_template, parts_of, template_names
from hipaa_constructs.checker import Judgement, Report
from hipaa_constructs.rules import Resource, Rule, Verdict
from hipaa_constructs.waivers import RecordedWaiver, recorded_in


class Kind(enum.StrEnum):
    """What has become of a demand.

    *gained*: met now and not before. *lost*: met before and not now, though the resource is there. *found*: a finding
    that was none before. *worse*: undecided before and broken now. *excused*: waived now. *eased*: broken before and
    undecided now. *gone*: met before and not asked any more, as its resource or what it was about is gone. *cleared*:
    a finding, or waived, before and not asked any more.
    """

    LOST = "lost"
    FOUND = "found"
    WORSE = "worse"
    EXCUSED = "excused"
    EASED = "eased"
    GONE = "gone"
    CLEARED = "cleared"
    GAINED = "gained"


@dataclass(frozen=True, slots=True)
class Transition:
    """What a rule said of a resource before, and what it says now.

    Attributes:
        before: None if it was not asked, or there was no such resource.
        after: None if it is not asked any more, or the resource is gone.
    """

    before: Judgement | None
    after: Judgement | None

    @property
    def rule(self) -> Rule:
        """The demand."""
        one = self.after or self.before
        assert one is not None
        return one.rule

    @property
    def kind(self) -> Kind:
        """What has become of the demand."""
        before, after = state(self.before), state(self.after)
        match before, after:
            case _, "met":
                return Kind.GAINED
            case "met", "":
                return Kind.GONE
            case _, "":
                return Kind.CLEARED
            case "met", _:
                return Kind.LOST
            case _, "waived":
                return Kind.EXCUSED
            case "undecided", "broken":
                return Kind.WORSE
            case "broken", "undecided":
                return Kind.EASED
        return Kind.FOUND

    @property
    def is_new_finding(self) -> bool:
        """Whether somebody has to do something that needed not be done before."""
        return self.kind in (Kind.LOST, Kind.FOUND, Kind.WORSE) and self.after is not None and self.after.is_finding


def state(one: Judgement | None) -> str:
    """Return what a judgement comes to: a verdict, ``waived``, or nothing."""
    if one is None:
        return ""
    return "waived" if one.waiver is not None else one.outcome.verdict.value


class Fate(enum.StrEnum):
    """What has become of a resource; one with another logical id or type is another one."""

    ADDED = "added"
    REMOVED = "removed"
    KEPT = "changed"


@dataclass(frozen=True, slots=True)
class ResourceChange:
    """What has changed of a resource.

    Attributes:
        template: the name of its template.
        resource: as it is now, or was before it went.
        fate: whether it came, went or stayed.
        transitions: what rules say otherwise than before.
        waivers_added: exceptions that were not recorded on it before, or not with these terms.
        waivers_removed: exceptions that are not recorded on it any more.
    """

    template: str
    resource: Resource
    fate: Fate
    transitions: tuple[Transition, ...]
    waivers_added: tuple[RecordedWaiver, ...]
    waivers_removed: tuple[RecordedWaiver, ...]

    def of(self, *kinds: Kind) -> list[Transition]:
        """Return the transitions of some kinds."""
        return [one for one in self.transitions if one.kind in kinds]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What has changed from one report to another.

    Attributes:
        changes: the resources of which something is to be said, by template and logical id.
    """

    changes: tuple[ResourceChange, ...]

    def of(self, *kinds: Kind) -> list[Transition]:
        """Return the transitions of some kinds."""
        return [one for change in self.changes for one in change.of(*kinds)]

    @property
    def lost(self) -> list[Transition]:
        """Safeguards that were there, are not any more, and that nobody waived."""
        return [one for one in self.of(Kind.LOST) if one.is_new_finding]

    @property
    def new_findings(self) -> list[Transition]:
        """All that is found now and was not before."""
        return [one for one in self.of(*Kind) if one.is_new_finding]


_Key = tuple[str, str, str]


def compare(old: Report, new: Report, old_root: Path, new_root: Path) -> Comparison:
    """Compare the reports of what was and of what is to be.

    Templates are the same if their stacks have one name, else if their files lie at the same place below the roots; if
    there is one on each side, it is the same one anyway.

    Args:
        old: what was judged before.
        new: what is judged now.
        old_root: the folder or file that holds the old templates.
        new_root: the folder or file that holds the new templates.
    """
    keys_old, keys_new = (
        template_names(old.assembly.templates, old_root),
        template_names(new.assembly.templates, new_root),
    )
    only = [_only(report, keys) for report, keys in ((old, keys_old), (new, keys_new))]
    if None not in only:
        keys_old, keys_new = (
            {key: name.removeprefix(one or "") for key, name in keys.items()}
            for one, keys in zip(only, (keys_old, keys_new), strict=True)
        )
    resources_old, resources_new = _resources(old, keys_old), _resources(new, keys_new)
    said_old, said_new = _said(old, keys_old), _said(new, keys_new)
    changes: list[ResourceChange] = []
    for key in [*resources_new, *(key for key in resources_old if key not in resources_new)]:
        before, after = resources_old.get(key), resources_new.get(key)
        fate = Fate.ADDED if before is None else Fate.REMOVED if after is None else Fate.KEPT
        resource = after or before
        assert resource is not None
        one = ResourceChange(
            resource.template.name,
            resource,
            fate,
            tuple(_transitions(said_old.get(key, {}), said_new.get(key, {}))),
            *(_waivers(before, after) if key[1] else ((), ())),
        )
        if one.transitions or one.waivers_added or one.waivers_removed:
            changes.append(one)
    return Comparison(tuple(changes))


def _only(report: Report, keys: Mapping[int, str]) -> str | None:
    """Return the name of the template that all others are nested in."""
    outermost = [template for template in report.assembly.templates if template.parent is None]
    return keys[id(outermost[0])] if len(outermost) == 1 else None


def _key(resource: Resource, keys: Mapping[int, str]) -> _Key:
    return keys[id(resource.template)], resource.logical_id, resource.type


def _resources(report: Report, keys: Mapping[int, str]) -> dict[_Key, Resource]:
    """Return the resources, and of each template the first one once more, at which what is found of it is told."""
    found: dict[_Key, Resource] = {}
    for template in report.assembly.templates:
        for logical_id in sorted(template.resources):
            found[_key(template.resources[logical_id], keys)] = template.resources[logical_id]
        if template.anchor is not None:
            found[keys[id(template)], "", ""] = template.anchor
    return found


def _said(report: Report, keys: Mapping[int, str]) -> dict[_Key, dict[str, Judgement]]:
    said: dict[_Key, dict[str, Judgement]] = {}
    for one in report.judgements:
        # That a waiver is in force, or of use, is no safeguard; that it is not is a finding.
        if one.rule.waivable or one.outcome.verdict is not Verdict.MET:
            of_template = may_be_of_template(one) and not one.outcome.path
            key = (keys[id(one.resource.template)], "", "") if of_template else _key(one.resource, keys)
            said.setdefault(key, {})[one.rule.id] = one
    return said


def _transitions(before: Mapping[str, Judgement], after: Mapping[str, Judgement]) -> Iterable[Transition]:
    order = list(Kind)
    found = [Transition(before.get(rule), after.get(rule)) for rule in {**before, **after}]
    changed = [one for one in found if state(one.before) != state(one.after) or _finds_more(one)]
    return sorted(changed, key=lambda one: order.index(one.kind))


def _finds_more(one: Transition) -> bool:
    """Tell whether something else is found of a template than before, by a demand that was not met before either."""
    before, after = one.before, one.after
    if before is None or after is None or not may_be_of_template(before) or not may_be_of_template(after):
        return False
    return after.is_finding and not set(parts_of(after)) <= set(parts_of(before))


def _waivers(
    before: Resource | None, after: Resource | None
) -> tuple[tuple[RecordedWaiver, ...], tuple[RecordedWaiver, ...]]:
    old, new = _recorded(before), _recorded(after)
    return tuple(one for one in new if one not in old), tuple(one for one in old if one not in new)


def _recorded(resource: Resource | None) -> Collection[RecordedWaiver]:
    records = recorded_in(resource) if resource is not None else ()
    return [one for one in records if isinstance(one, RecordedWaiver)]
