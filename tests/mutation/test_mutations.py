"""Whatever is weakened in a construct's template, the pack notices.

Every property of the synthesized templates is deleted, and gets a weaker value. Each change must give a finding that
the unchanged template does not have, unless the service's module lists it with the reason why it weakens nothing.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from tests.mutation._mutations import Mutation
from tests.mutation._weakening import ALWAYS_EXEMPT, Exemption, Weakening, matches


def weakenings() -> Iterator[Weakening]:
    """Yield those of all services, each of which has a module here."""
    for path in sorted(Path(__file__).parent.glob("_*.py")):
        found: object = getattr(importlib.import_module(f"tests.mutation.{path.stem}"), "WEAKENING", None)
        if isinstance(found, Weakening):
            yield found


WEAKENINGS = list(weakenings())
WEAKER = [
    pytest.param(one, name, mutation, id=f"{name}-{mutation.logical_id}-{mutation}")
    for one in WEAKENINGS
    for name, mutation in one.cases()
    if not one.exempts(mutation)
]
EXEMPTIONS = [
    pytest.param([one], exemption, id=f"{one.service}-{exemption[0]}:{exemption[1]}")
    for one in WEAKENINGS
    for exemption in one.exempt
] + [pytest.param(WEAKENINGS, exemption, id=f"{exemption[0]}:{exemption[1]}") for exemption in ALWAYS_EXEMPT]
ONLY = [pytest.param(one, pattern, id=f"{one.service}-{pattern}") for one in WEAKENINGS for pattern in one.only]
EACH = pytest.mark.parametrize("weakening", WEAKENINGS, ids=lambda one: one.service)


@pytest.mark.parametrize(("weakening", "name", "mutation"), WEAKER)
def test_a_weaker_template_gives_a_finding(weakening: Weakening, name: str, mutation: Mutation) -> None:
    assert weakening.notices(name, mutation)


@EACH
def test_the_unchanged_templates_give_none_but_those_of_library_waivers(weakening: Weakening) -> None:
    assert {rule for found in weakening.before.values() for rule, _ in found} <= weakening.expected


@pytest.mark.parametrize(("weakenings", "exemption"), EXEMPTIONS)
def test_every_exemption_is_needed(weakenings: list[Weakening], exemption: Exemption) -> None:
    unnoticed = (
        mutation
        for weakening in weakenings
        for name, mutation in weakening.cases()
        if matches(exemption, mutation) and not weakening.notices(name, mutation)
    )
    assert next(unnoticed, None) is not None


@pytest.mark.parametrize(("weakening", "pattern"), ONLY)
def test_every_pattern_of_changes_is_of_some(weakening: Weakening, pattern: str) -> None:
    assert any(fnmatchcase(str(mutation), pattern) for _, mutation in weakening.cases())
