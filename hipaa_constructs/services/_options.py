"""The ways an argument is refused, before anything is built."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import TypeVar

from aws_cdk import Duration
from constructs import Construct

from hipaa_constructs.errors import ComplianceError
from hipaa_constructs.rules import RULES
from hipaa_constructs.services._of_stack import path_of
from hipaa_constructs.services._tokens import is_unresolved
from hipaa_constructs.services.profile import Profile, Relaxation
from hipaa_constructs.waivers import Waiver

T = TypeVar("T")

_NONE: Mapping[str, object] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """What a construct makes of each option of the CDK construct that it wraps.

    Attributes:
        wraps: the CDK's construct.
        types: the CloudFormation types that waivers given to the construct may be about.
        fixed: the options that the construct sets itself, each with how, why and the way out.
        governed: the options with a compliant default, each with the rules that a weaker value needs a waiver of.
        chosen: further options that the construct takes as arguments of its own.
        free: the options that are passed on as they are, a `TypedDict`.
        relaxations: what development environments do without.
    """

    wraps: type
    types: tuple[str, ...]
    fixed: Mapping[str, str]
    governed: Mapping[str, tuple[str, ...]]
    chosen: tuple[str, ...] = ()
    free: type
    relaxations: tuple[Relaxation[object], ...] = ()


class Arguments:
    """What a construct was given, and what may excuse it.

    Make one in ``__init__`` before ``super().__init__()``, so that a refusal leaves no half-made construct in the tree.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        contract: Contract,
        waivers: Sequence[Waiver] = (),
        free: Mapping[str, object] = _NONE,
        holds_phi: bool = True,
    ) -> None:
        """Check the waivers, and the names of the options.

        Args:
            scope: where the construct will be.
            id: its id there.
            contract: what the construct makes of each option.
            waivers: the exceptions it was given; one of a rule about anything else than it makes is refused.
            free: the options it was given that are not arguments of its own.
            holds_phi: whether it may hold PHI, which a development environment keeps as well as any other.

        Raises:
            ComplianceError: a waiver is not one, excuses nothing here or is given twice; an option is fixed or unknown.
        """
        self._scope, self._id = scope, id
        self.waivers = tuple(waivers)
        self.relaxed: dict[str, None] = {}
        self._contract, self._holds_phi = contract, holds_phi
        types = set(contract.types)
        seen: set[str] = set()
        for waiver in self.waivers:
            if not isinstance(waiver, Waiver):
                raise ComplianceError(f"{self.path}: waivers must hold Waiver objects, got {waiver!r}")
            applies_to = RULES[waiver.rule].applies_to if waiver.rule in RULES else types
            if "*" not in applies_to and types.isdisjoint(applies_to):
                raise ComplianceError(
                    f"{self.path}: waivers must be of rules about {_listed(types)}, got one of {waiver.rule}, "
                    f"which is about {_listed(applies_to)}"
                )
            if waiver.rule in seen:
                raise ComplianceError(f"{self.path}: waivers must name each rule once, got {waiver.rule} twice")
            seen.add(waiver.rule)
        self._refuse_others(free)

    @cached_property
    def path(self) -> str:
        """The path that the construct would have; asked of Node, so only when it is needed."""
        return f"{path_of(self._scope)}/{self._id}".lstrip("/")

    def _refuse_others(self, given: Mapping[str, object]) -> None:
        fixed, known = self._contract.fixed, self._contract.free.__annotations__
        for name, value in given.items():
            if name in fixed:
                raise ComplianceError(f"{self.path}: {name} can't be set, got {value!r}; {fixed[name]}")
            if name not in known:
                close = difflib.get_close_matches(name, [*known, *fixed], n=1)
                hint = f"; did you mean {close[0]}?" if close else ""
                raise ComplianceError(f"{self.path}: there is no option {name}{hint}")

    def default(self, relaxation: Relaxation[T], given: T | None) -> T:
        """Return what an argument was given, or its default in this environment.

        Args:
            relaxation: of the contract's.
            given: None for the default.
        """
        if given is not None:
            return given
        return relaxation.development if self.relaxes(relaxation) else relaxation.production

    def relaxes(self, relaxation: Relaxation[object]) -> bool:
        """Tell whether this environment does without."""
        if relaxation.without_phi and self._holds_phi:
            return False
        return Profile.of(self._scope) is Profile.DEVELOPMENT

    def govern(self, name: str, value: object, *, holds: bool, asked: str, rule: str) -> None:
        """Refuse a value weaker than a rule asks, unless the rule is waived, or relaxed in this environment.

        A value that is a CDK token can't be judged here: it passes, and the rule judges the template.

        Args:
            name: the argument.
            value: what it was given.
            holds: whether the value meets the rule.
            asked: what the rule asks, after "must be".
            rule: the id of the rule.
        """
        assert rule in self._contract.governed[name]
        if holds or is_unresolved(value) or any(waiver.rule == rule for waiver in self.waivers):
            return
        if any(one.option == name and rule in one.rules and self.relaxes(one) for one in self._contract.relaxations):
            self.relaxed[rule] = None
            return
        raise ComplianceError(
            f"{self.path}: {name} must be {asked}, got {_shown(value)}; to go without it pass "
            f'waivers=[Waiver(rule="{rule}", …)] ({RULES[rule].controls[0]})'
        )

    def refuse(self, name: str, value: object, *, asked: str, way_out: str, citation: str) -> None:
        """Refuse a value that no waiver makes right.

        Raises:
            ComplianceError: always.
        """
        raise ComplianceError(f"{self.path}: {name} must be {asked}, got {_shown(value)}; {way_out} ({citation})")


def _shown(value: object) -> str:
    if isinstance(value, Duration):
        return value.to_human_string()
    return repr(value) if value is None or isinstance(value, (bool, int, float, str)) else str(value)


def _listed(types: Iterable[str]) -> str:
    return ", ".join(sorted(types))
