"""Where the rules and the checks that they claim to be the same as agree, and where not."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from hipaa_constructs.rules import Rule, Verdict
from tools.corpus.judging import Ours, Place, Theirs

_RUN = ("cdk-nag:HIPAA.Security-", "checkov:")
"""The checks that are run: of cdk-nag those of the HIPAA pack."""


@dataclass(frozen=True, slots=True)
class Row:
    """A rule beside one check that it claims to be the same as, or beside none.

    Attributes:
        rule: its id.
        verdicts: how often it gave each.
        check: the check, as ``tool:name``; empty if neither tool has one.
        both: the resources in which both find something.
        here: those in which only this rule does, of files that the tool judged.
        unknown: those in which the tool does, and the rule is undecided.
        there: those in which only the tool does.
    """

    rule: str
    verdicts: Mapping[str, int]
    check: str
    both: frozenset[Place]
    here: frozenset[Place]
    unknown: frozenset[Place]
    there: frozenset[Place]


def rows(rules: Collection[Rule], judged: Ours, tools: Mapping[str, Theirs]) -> Iterator[Row]:
    """Compare, rule by rule.

    Args:
        rules: those that judged.
        judged: the verdicts of this package.
        tools: the findings of others, by the tool's name.
    """
    broken = _by_check(rules, judged, Verdict.BROKEN)
    unknown = _by_check(rules, judged, Verdict.UNDECIDED)
    for rule in rules:
        verdicts = judged.verdicts.get(rule.id, {})
        counts = Counter(verdict.value for verdict in verdicts.values())
        weak = {place for place, verdict in verdicts.items() if verdict is Verdict.BROKEN}
        checks = [check for check in rule.same_as if check.startswith(_RUN)]
        for check in checks:
            tool = tools[check.partition(":")[0]]
            found = tool.found.get(check, set())
            # cdk-nag says so where a rule of its own failed.
            seen = {place for place in weak if place[0] not in tool.refused} - tool.found.get(f"{check}?", set())
            # Several rules may share what is one check elsewhere: a finding of any of them agrees with it.
            only_there = found - broken[check]
            yield Row(
                rule.id,
                counts,
                check,
                frozenset(seen & found),
                frozenset(seen - found),
                frozenset(only_there & unknown[check]),
                frozenset(only_there - unknown[check]),
            )
        if not checks:
            yield Row(rule.id, counts, "", frozenset(), frozenset(), frozenset(), frozenset())


def _by_check(rules: Collection[Rule], judged: Ours, wanted: Verdict) -> Mapping[str, set[Place]]:
    found: dict[str, set[Place]] = defaultdict(set)
    for rule in rules:
        for check in rule.same_as:
            found[check] |= {place for place, verdict in judged.verdicts.get(rule.id, {}).items() if verdict is wanted}
    return found
