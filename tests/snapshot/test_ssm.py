"""The whole templates of the preferences of sessions."""

from __future__ import annotations

from hipaa_constructs import SessionManagerAccess
from tests._synthesis import synthesized
from tests.snapshot.conftest import Templates
from tests.unit.test_ssm import with_everything
from tools.examples import EXAMPLES


def test_sessions_with_defaults(templates: Templates) -> None:
    templates.hold(synthesized(EXAMPLES[SessionManagerAccess]))


def test_sessions_with_all_options_a_machine_and_an_operator(templates: Templates) -> None:
    templates.hold(synthesized(with_everything))
