"""A rule: data beside a pure function, and the registry of all of them."""

from __future__ import annotations

import contextlib
import enum
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from hipaa_constructs.controls import CONTROLS, Control
from hipaa_constructs.rules._node import Resource
from hipaa_constructs.rules._outcome import NOT_APPLICABLE, Outcome, Verdict, undecided
from hipaa_constructs.rules._world import MOST_WORLDS, TooManyWorlds, World, explore

if TYPE_CHECKING:
    from hipaa_constructs.rules._template import Template

Check = Callable[[Resource], Outcome]
Finder: TypeAlias = "Callable[[Template], Iterable[Resource]]"


class Severity(enum.StrEnum):
    """What is at stake.

    *error*: ePHI would be exposed, unencrypted, unlogged or lost. *warning*: a safeguard is thinner than it should be.
    """

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Rule:
    """What a template must show of a resource.

    Attributes:
        id: the state wanted, in CamelCase. Contract: never renamed, never used for another rule.
        title: the state wanted, as a sentence without a full stop.
        fix: what to write instead, in the words of CloudFormation or of this package's constructs.
        applies_to: the CloudFormation types it is asked of; ``"*"`` for all.
        controls: the paragraphs of the Security Rule that it gives evidence for.
        requirement: the row of the catalogue that it decides; empty, or an id of their own, for rules of others.
        same_as: the checks of other tools that ask the same, as ``tool:check``.
        severity: what is at stake when it is broken.
        url: the page of AWS, or the paragraph, that it rests on.
        waivable: whether a waiver may excuse it.
        check: the pure function; None for a demand that the checker decides itself, about other findings.
        only: finds the resources of a template that it can apply to, where that is faster than asking each; it asks
            the world nothing. None stands for all of the types.
    """

    id: str
    title: str
    fix: str
    applies_to: tuple[str, ...]
    controls: tuple[str, ...]
    requirement: str
    same_as: tuple[str, ...]
    severity: Severity
    url: str
    waivable: bool
    check: Check | None
    only: Finder | None = None

    @property
    def service(self) -> str:
        """The service that the rule is about, by the name of the module that holds it, e.g. ``s3``."""
        if self.check is None:
            return "waivers"
        package, _, module = self.check.__module__.rpartition(".")
        return module.partition("_")[0] if package == __package__ else module

    @property
    def cited(self) -> tuple[Control, ...]:
        """The paragraphs as described in `hipaa_constructs.controls`."""
        return tuple(CONTROLS[control] for control in self.controls)

    def judge(self, resource: Resource) -> Outcome:
        """Ask the rule of a resource, in every way that the conditions of the templates can come out.

        Args:
            resource: of one of the types in `applies_to`.

        Returns:
            *met* or *broken* only if that is so in every world; *undecided* if the worlds differ.

        Raises:
            Exception: whatever a faulty check raises; the checker reports it as a finding of its own.
        """
        check = self.check
        if check is None:
            return NOT_APPLICABLE
        template = resource.template
        assembly = template.assembly
        world = assembly.world
        if world.asked:
            world = assembly.world = World()
        outcome = check(resource)
        always_exists = "Condition" not in resource.body and template.parent is None
        if not world.asked:
            if always_exists or outcome is NOT_APPLICABLE:
                return outcome
        elif always_exists:
            return _judge_everywhere(check, resource, (world, outcome))
        # What does not apply in any case needs no question whether the resource exists, which may split the world.
        if outcome.verdict is Verdict.NOT_APPLICABLE and world.is_only_one:
            return outcome
        if not resource.exists:
            outcome = NOT_APPLICABLE
        return outcome if world.is_only_one else _judge_everywhere(check, resource)


def _judge_everywhere(check: Check, resource: Resource, first: tuple[World, Outcome | None] | None = None) -> Outcome:
    """Ask in every world; the first one is given for a resource that exists in all of them."""
    assembly = resource.template.assembly

    def run(world: World) -> Outcome | None:
        assembly.world = world
        return check(resource) if first is not None or resource.exists else None

    try:
        outcomes = [(world, outcome) for world, outcome in explore(run, first) if outcome is not None]
    except TooManyWorlds:
        return undecided(why=f"it depends on more than {MOST_WORLDS} combinations of conditions and parameters")
    if len(outcomes) == 1:
        return outcomes[0][1]
    return _combined(outcomes)


def _combined(outcomes: list[tuple[World, Outcome]]) -> Outcome:
    verdicts = {outcome.verdict for _, outcome in outcomes}
    if len(verdicts) == 1:
        return outcomes[0][1]
    if Verdict.BROKEN in verdicts:
        world, worst = next(pair for pair in outcomes if pair[1].verdict is Verdict.BROKEN)
        return undecided(*worst.path, why=f"{worst.found} when {world.describe()}")
    for verdict in (Verdict.UNDECIDED, Verdict.MET):
        for _, outcome in outcomes:
            if outcome.verdict is verdict:
                return outcome
    return NOT_APPLICABLE


_REGISTRY: dict[str, Rule] = {}
RULES: Mapping[str, Rule] = MappingProxyType(_REGISTRY)
"""Every rule by id, in the order of the services' modules."""


def rule(
    *,
    title: str,
    fix: str,
    applies_to: tuple[str, ...],
    controls: tuple[str, ...],
    url: str,
    requirement: str = "",
    same_as: tuple[str, ...] = (),
    severity: Severity = Severity.ERROR,
    waivable: bool = True,
    only: Finder | None = None,
) -> Callable[[Check], Rule]:
    """Register a function as a rule; its name in CamelCase is the rule's id.

    The arguments are the attributes of `Rule`.

    Raises:
        ValueError: the id is taken, or a paragraph is cited that `hipaa_constructs.controls` does not describe.
    """

    def register(check: Check) -> Rule:
        return _register(
            Rule(
                id="".join(word.capitalize() for word in check.__name__.split("_")),
                title=title,
                fix=fix,
                applies_to=applies_to,
                controls=controls,
                requirement=requirement,
                same_as=same_as,
                severity=severity,
                url=url,
                waivable=waivable,
                check=check,
                only=only,
            )
        )

    return register


def decided_by_checker(
    rule_id: str, *, title: str, fix: str, controls: tuple[str, ...], requirement: str, url: str
) -> Rule:
    """Register a demand about other findings, which the checker decides; it can't be waived."""
    return _register(
        Rule(
            id=rule_id,
            title=title,
            fix=fix,
            applies_to=("*",),
            controls=controls,
            requirement=requirement,
            same_as=(),
            severity=Severity.ERROR,
            url=url,
            waivable=False,
            check=None,
        )
    )


@contextlib.contextmanager
def registered_together() -> Iterator[None]:
    """Register all rules of a block, or none of them if it fails, so that it can be tried again."""
    before = dict(_REGISTRY)
    try:
        yield
    except BaseException:
        _REGISTRY.clear()
        _REGISTRY.update(before)
        raise


def _register(new: Rule) -> Rule:
    if new.id in _REGISTRY:
        raise ValueError(f"two rules are called {new.id}")
    unknown = [control for control in new.controls if control not in CONTROLS]
    if unknown:
        raise ValueError(f"{new.id} cites {', '.join(unknown)}, which controls.py does not describe")
    _REGISTRY[new.id] = new
    return new
