"""The whole templates of the protections."""

from __future__ import annotations

from hipaa_constructs import ShieldEngagement, ShieldProtection
from tests._synthesis import synthesized
from tests.snapshot.conftest import Templates
from tests.unit.test_shield import everything
from tools.examples import EXAMPLES


def test_protection_with_defaults(templates: Templates) -> None:
    templates.hold(synthesized(EXAMPLES[ShieldProtection]))


def test_engagement_with_defaults(templates: Templates) -> None:
    templates.hold(synthesized(EXAMPLES[ShieldEngagement]))


def test_protections_with_all_options(templates: Templates) -> None:
    templates.hold(synthesized(everything))
