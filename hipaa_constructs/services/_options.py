"""The ways an argument is refused, before anything is built."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence

from aws_cdk import Token
from constructs import Construct

from hipaa_constructs.errors import ComplianceError
from hipaa_constructs.rules import RULES
from hipaa_constructs.waivers import Waiver


class Arguments:
    """What a construct was given, and what may excuse it.

    Make one in ``__init__`` before ``super().__init__()``, so that a refusal leaves no half-made construct in the tree.
    """

    def __init__(self, scope: Construct, id: str, waivers: Sequence[Waiver], types: Iterable[str]) -> None:
        """Check the waivers.

        Args:
            scope: where the construct will be.
            id: its id there.
            waivers: the exceptions it was given.
            types: the CloudFormation types that the construct makes; a waiver of a rule about anything else is refused.

        Raises:
            ComplianceError: a waiver is not one, excuses nothing here, or is given twice.
        """
        self.path = f"{scope.node.path}/{id}".lstrip("/")
        self.waivers = tuple(waivers)
        types = set(types)
        seen: set[str] = set()
        for waiver in self.waivers:
            if not isinstance(waiver, Waiver):
                raise ComplianceError(f"{self.path}: waivers must hold Waiver objects, got {waiver!r}")
            applies_to = RULES[waiver.rule].applies_to if waiver.rule in RULES else types
            if types.isdisjoint(applies_to):
                raise ComplianceError(
                    f"{self.path}: waivers must be of rules about {_listed(types)}, got one of {waiver.rule}, "
                    f"which is about {_listed(applies_to)}"
                )
            if waiver.rule in seen:
                raise ComplianceError(f"{self.path}: waivers must name each rule once, got {waiver.rule} twice")
            seen.add(waiver.rule)

    def refuse_fixed(self, given: Mapping[str, object], fixed: Mapping[str, str], known: Iterable[str]) -> None:
        """Refuse options that the construct sets itself, and options that there are not.

        Args:
            given: the free options, by name.
            fixed: each option that the construct sets itself, with how, why and the way out.
            known: the names of the free options.
        """
        known = set(known)
        for name, value in given.items():
            if name in fixed:
                raise ComplianceError(f"{self.path}: {name} can't be set, got {value!r}; {fixed[name]}")
            if name not in known:
                close = difflib.get_close_matches(name, [*known, *fixed], n=1)
                hint = f"; did you mean {close[0]}?" if close else ""
                raise ComplianceError(f"{self.path}: there is no option {name}{hint}")

    def govern(self, name: str, value: object, *, holds: bool, asked: str, rule: str) -> None:
        """Refuse a value weaker than a rule asks, unless the rule is waived.

        A value that is a CDK token can't be judged here: it passes, and the rule judges the template.

        Args:
            name: the argument.
            value: what it was given.
            holds: whether the value meets the rule.
            asked: what the rule asks, after "must be".
            rule: the id of the rule.
        """
        if holds or Token.is_unresolved(value) or any(waiver.rule == rule for waiver in self.waivers):
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
    return repr(value) if value is None or isinstance(value, (bool, int, float, str)) else str(value)


def _listed(types: Iterable[str]) -> str:
    return ", ".join(sorted(types))
