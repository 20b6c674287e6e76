"""The summary after `make synth`: what it counts, and what it does not believe."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tools.summary import main

ROOT = Path(__file__).parents[2]
NAG_FINDING = {"ruleName": "HIPAA.Security-X", "severity": "error", "violatingConstructs": [{}, {}]}
WEAK_KEY = {"Type": "AWS::KMS::Key", "Properties": {"EnableKeyRotation": False}}


def assembly(folder: Path, resources: Mapping[str, Any], *plugins: Mapping[str, Any] | None) -> str:
    """Write a cloud assembly of one stack; without plugins there is no report, None leaves them out of it."""
    environment = "aws://123456789012/us-east-1"
    stack = {"type": "aws:cloudformation:stack", "environment": environment, "properties": {"templateFile": "S.json"}}
    (folder / "manifest.json").write_text(
        json.dumps({"version": "55.0.0", "artifacts": {"S": stack}}), encoding="utf-8"
    )
    (folder / "S.json").write_text(json.dumps({"Resources": resources}), encoding="utf-8")
    if plugins:
        named = [plugin for plugin in plugins if plugin is not None]
        (folder / "validation-report.json").write_text(json.dumps({"pluginReports": named}), encoding="utf-8")
    return str(folder)


def plugin(name: str, **findings: list[Mapping[str, Any]]) -> dict[str, Any]:
    return {"pluginName": name, "violations": [], "suppressedViolations": [], **findings}


@pytest.fixture(scope="module")
def minimal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("minimal")
    environment = {**os.environ, "CDK_OUTDIR": str(folder)}
    subprocess.run([sys.executable, "examples/minimal/app.py"], cwd=ROOT, env=environment, check=True)
    return folder


def rows(printed: str) -> dict[str, str]:
    lines = [line.strip() for line in printed.splitlines()[1:]]
    return {label: text.strip() for label, _, text in (line.partition("  ") for line in lines)}


def test_the_minimal_example_is_summed_up_and_passes(minimal: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(minimal)]) == 0
    found = rows(capsys.readouterr().out)
    assert found["stacks"] == "1"
    assert found["resources"] == "7"
    assert found["findings"] == "0 errors, 0 warnings"
    assert found["waivers"] == "1 of the library, 0 of the app"
    assert found["cdk-nag"].startswith("0 errors, 0 warnings, ")
    assert not found["cdk-nag"].startswith("0 errors, 0 warnings, 0 acknowledged")


def test_a_template_weakened_after_the_synthesis_fails(minimal: Path, tmp_path: Path) -> None:
    for path in minimal.glob("*.json"):
        (tmp_path / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    template = tmp_path / "Portal.template.json"
    weakened = template.read_text(encoding="utf-8").replace('"EnableKeyRotation": true', '"EnableKeyRotation": false')
    template.write_text(weakened, encoding="utf-8")
    assert main([str(tmp_path)]) == 1


def test_a_finding_of_ours_fails_and_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([assembly(tmp_path, {"Weak": WEAK_KEY}, plugin("HipaaConstructs"))]) == 1
    assert "error: Weak: KmsKeyRotated" in capsys.readouterr().out


def test_a_finding_of_cdk_nag_fails_and_is_counted_by_construct(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nag = plugin("HIPAA.Security", violations=[NAG_FINDING], suppressedViolations=[NAG_FINDING])
    assert main([assembly(tmp_path, {"Topic": {"Type": "AWS::ApplicationAutoScaling::ScalingPolicy"}}, nag)]) == 1
    assert rows(capsys.readouterr().out)["cdk-nag"] == "2 errors, 0 warnings, 2 acknowledged"


def test_a_warning_of_cdk_nag_does_not_fail(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    nag = plugin("HIPAA.Security", violations=[{**NAG_FINDING, "severity": "warning"}])
    assert main([assembly(tmp_path, {"Topic": {"Type": "AWS::ApplicationAutoScaling::ScalingPolicy"}}, nag)]) == 0
    assert rows(capsys.readouterr().out)["cdk-nag"] == "0 errors, 2 warnings, 0 acknowledged"


def test_a_report_that_does_not_name_cdk_nag_is_said_to_be_silent(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([assembly(tmp_path, {"Topic": {"Type": "AWS::ApplicationAutoScaling::ScalingPolicy"}}, None)]) == 0
    assert "it found nothing, or is not registered" in rows(capsys.readouterr().out)["cdk-nag"]


def test_a_report_without_what_our_rules_find_is_not_believed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([assembly(tmp_path, {"Weak": WEAK_KEY}, plugin("HIPAA.Security"))]) == 2
    assert "the packs have not judged these templates; call enforce(app)" in capsys.readouterr().err


def test_an_assembly_without_a_report_is_not_believed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([assembly(tmp_path, {"Topic": {"Type": "AWS::ApplicationAutoScaling::ScalingPolicy"}})]) == 2
    assert "no validation-report.json, so no pack has run" in capsys.readouterr().err


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"pluginReports": 3}', '{"pluginReports": [{}]}'])
def test_a_report_that_can_t_be_read_is_not_believed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str
) -> None:
    folder = assembly(tmp_path, {"Topic": {"Type": "AWS::ApplicationAutoScaling::ScalingPolicy"}})
    (tmp_path / "validation-report.json").write_text(content, encoding="utf-8")
    assert main([folder]) == 2
    assert "can't be read" in capsys.readouterr().err


def test_a_missing_assembly_does_not_hide_the_next(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = assembly(tmp_path, {"Topic": {"Type": "AWS::ApplicationAutoScaling::ScalingPolicy"}}, None)
    assert main([str(tmp_path / "missing"), folder]) == 2
    printed = capsys.readouterr()
    assert "missing" in printed.err
    assert printed.out.startswith(folder)
