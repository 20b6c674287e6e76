"""The whole templates of the reference deployment, with a warm standby and with a pilot light."""

from __future__ import annotations

import json

import pytest

from tests.examples._reference import Synthesis, synthesized
from tests.snapshot.conftest import Templates

STACKS = (
    *("Audit", "Data", "Edge", "Keys", "Network", "Recorder", "RecoveryCopies", "RecoveryKeys", "RecoveryNetwork"),
    *("RecoveryRecorder", "RecoveryService", "RecoveryStandby", "Service"),
)
OF_PILOT = ("Data", "Edge", "RecoveryKeys")
LIKE_WARM = tuple(sorted({*STACKS} - {*OF_PILOT, "RecoveryService", "RecoveryStandby"}))


@pytest.fixture(scope="module")
def warm(tmp_path_factory: pytest.TempPathFactory) -> Synthesis:
    return synthesized(tmp_path_factory.mktemp("warm"))


@pytest.fixture(scope="module")
def pilot(tmp_path_factory: pytest.TempPathFactory) -> Synthesis:
    return synthesized(tmp_path_factory.mktemp("pilot"), standby="pilot-light")


def test_the_stacks_are_those_of_the_snapshots(warm: Synthesis) -> None:
    assert tuple(warm.templates()) == STACKS


@pytest.mark.parametrize("stack", STACKS)
def test_warm_standby(warm: Synthesis, stack: str, templates: Templates) -> None:
    templates.hold(warm.templates()[stack])


@pytest.mark.parametrize("stack", OF_PILOT)
def test_pilot_light(pilot: Synthesis, stack: str, templates: Templates) -> None:
    templates.hold(pilot.templates()[stack])


@pytest.mark.parametrize("stack", LIKE_WARM)
def test_the_other_stacks_are_the_same_with_a_pilot_light(warm: Synthesis, pilot: Synthesis, stack: str) -> None:
    assert _without_outputs(pilot, stack) == _without_outputs(warm, stack)


def _without_outputs(synthesis: Synthesis, stack: str) -> str:
    template = synthesis.templates()[stack]
    return json.dumps({name: section for name, section in template.items() if name != "Outputs"}, sort_keys=True)
