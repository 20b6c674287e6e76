"""What others are told to write: the hook of pre-commit, and the workflow of GitHub Actions."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from pre_commit.clientlib import load_config, load_manifest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "command-line.md").read_text("utf-8")
WORKFLOW, HOOKS = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
JOBS = yaml.safe_load(WORKFLOW)["jobs"]


def test_the_hooks_are_what_pre_commit_takes() -> None:
    (hook,) = load_manifest(str(ROOT / ".pre-commit-hooks.yaml"))
    assert hook["id"] == "hipaa-constructs"


@pytest.mark.parametrize(("status", "versioned"), [(0, "Enabled"), (1, "Suspended")])
def test_the_entry_of_the_hook_works(status: int, versioned: str, tmp_path: Path) -> None:
    (hook,) = load_manifest(str(ROOT / ".pre-commit-hooks.yaml"))
    command, *arguments = shlex.split(hook["entry"])
    properties = {"VersioningConfiguration": {"Status": versioned}}
    template = {"Resources": {"It": {"Type": "AWS::S3::Bucket", "Properties": properties}}}
    (tmp_path / "a.json").write_text(json.dumps(template))
    configured = '[tool.hipaa-constructs]\npaths = ["a.json"]\n[tool.hipaa-constructs.skip]\n'
    listed = subprocess.run(
        [sys.executable, "-m", "hipaa_constructs", "rules"], capture_output=True, text=True, check=True
    )
    others = [line.split()[0] for line in listed.stdout.splitlines()[::2] if "S3BucketVersioned" not in line]
    kept = {"WaiverCurrent", "WaiverUsed", "RuleCompleted"}
    skipped = "".join(f'{rule} = "not the subject"\n' for rule in others if rule not in kept)
    (tmp_path / "pyproject.toml").write_text(configured + skipped)
    done = subprocess.run([Path(sys.executable).parent / command, *arguments], cwd=tmp_path, check=False)
    assert done.returncode == status


def test_the_documented_hook_is_one_of_those(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(HOOKS)
    (repository,) = load_config(str(tmp_path / "config.yaml"))["repos"]
    known = {hook["id"] for hook in load_manifest(str(ROOT / ".pre-commit-hooks.yaml"))}
    assert {hook["id"] for hook in repository["hooks"]} <= known


def test_the_workflow_gives_no_permission_but_those_of_its_jobs() -> None:
    assert yaml.safe_load(WORKFLOW)["permissions"] == {}
    assert {name: job["permissions"] for name, job in JOBS.items()} == {
        "check": {"contents": "read", "security-events": "write", "actions": "read"},
        "diff": {"contents": "read", "pull-requests": "write"},
    }


def test_the_workflow_uploads_what_the_check_writes() -> None:
    steps = JOBS["check"]["steps"]
    (upload,) = [step for step in steps if "upload-sarif" in step.get("uses", "")]
    (command,) = [step["run"] for step in steps if step.get("run", "").startswith("hipaa-constructs check")]
    assert f"--format sarif --output {upload['with']['sarif_file']}" in command
    assert upload["if"] == "${{ !cancelled() }}"


def test_the_workflow_puts_nothing_of_a_pull_request_into_a_script() -> None:
    scripts = [step["run"] for job in JOBS.values() for step in job["steps"] if "run" in step]
    assert [script for script in scripts if "${{" in script] == []


COMMANDS = [
    *re.findall(r"(?m)^(?:\$ |\s+- run: )(hipaa-constructs .*)$", PAGE),
    *re.findall(r"(?m)^\$ (hipaa-constructs [^#\n]*)", (ROOT / "README.md").read_text("utf-8")),
]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_documented_command_has_these_options(command: str) -> None:
    words = shlex.split(command.partition(" > ")[0])
    told = subprocess.run(
        [sys.executable, "-m", "hipaa_constructs", words[1], "--help"], capture_output=True, text=True, check=True
    )
    assert [word for word in words[2:] if word.startswith("--") and word not in told.stdout] == []
