"""The minimal example runs as a process, is judged, and breaks no rule; a weakened copy does not pass."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

APP = Path(__file__).parents[2] / "examples" / "minimal" / "app.py"
DECLARED = 'EncryptedBucket(portal, "Records")'


@dataclass(frozen=True, slots=True)
class Synthesis:
    """What a run of an app left behind."""

    status: int
    printed: str
    folder: Path

    def plugin(self, name: str) -> dict[str, Any]:
        report = json.loads((self.folder / "validation-report.json").read_text(encoding="utf-8"))
        (plugin,) = (one for one in report["pluginReports"] if one["pluginName"] == name)
        return dict(plugin)

    def suppressed(self, name: str) -> dict[str, dict[str, Any]]:
        return {one["ruleName"]: one for one in self.plugin(name)["suppressedViolations"]}


def synthesized(app: Path, folder: Path) -> Synthesis:
    done = subprocess.run(
        [sys.executable, str(app)],
        env={**os.environ, "CDK_OUTDIR": str(folder)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return Synthesis(done.returncode, done.stdout + done.stderr, folder)


def weakened(folder: Path, replacement: str) -> Synthesis:
    text = APP.read_text(encoding="utf-8")
    assert DECLARED in text
    app = folder / "app.py"
    app.write_text(text.replace(DECLARED, replacement), encoding="utf-8")
    return synthesized(app, folder / "cdk.out")


@pytest.fixture(scope="module")
def minimal(tmp_path_factory: pytest.TempPathFactory) -> Synthesis:
    return synthesized(APP, tmp_path_factory.mktemp("minimal"))


@pytest.fixture(scope="module")
def overridden(tmp_path_factory: pytest.TempPathFactory) -> Synthesis:
    override = 'bucket.node.default_child.add_property_override("VersioningConfiguration.Status", "Suspended")'
    return weakened(tmp_path_factory.mktemp("overridden"), f"{DECLARED}.{override}")


def test_the_example_is_a_dozen_lines() -> None:
    lines = [line for line in APP.read_text(encoding="utf-8").splitlines() if line.strip()]
    assert len(lines) <= 12


def test_it_exits_0_and_complains_of_nothing(minimal: Synthesis) -> None:
    assert (minimal.status, minimal.printed) == (0, "")


# A pack that finds nothing is absent from the report; the library's own waivers make sure that both are in it.
@pytest.mark.parametrize("pack", ["HIPAA.Security", "HipaaConstructs"])
def test_both_packs_have_run_and_found_nothing_unwaived(minimal: Synthesis, pack: str) -> None:
    assert minimal.plugin(pack)["violations"] == []
    assert minimal.suppressed(pack) != {}


def test_all_that_is_waived_is_replication_and_what_aws_denies_the_archive(minimal: Synthesis) -> None:
    assert set(minimal.suppressed("HipaaConstructs")) == {"S3BucketReplicated"}
    assert set(minimal.suppressed("HIPAA.Security")) == {
        "HIPAA.Security-S3BucketReplicationEnabled",
        "HIPAA.Security-S3DefaultEncryptionKMS",
    }


def test_every_waived_finding_carries_a_page_of_aws_and_an_approver(minimal: Synthesis) -> None:
    suppressed = {**minimal.suppressed("HIPAA.Security"), **minimal.suppressed("HipaaConstructs")}
    for finding in suppressed.values():
        assert "https://docs.aws.amazon.com/" in finding["reason"]
        assert "approved by hipaa_constructs" in finding["reason"]


def test_an_override_fails_the_synthesis(overridden: Synthesis) -> None:
    assert overridden.status != 0


def test_a_failed_synthesis_names_the_rule_the_path_and_the_fix(overridden: Synthesis) -> None:
    assert "HipaaConstructs::S3BucketVersioned" in overridden.printed
    assert "Portal/Records/Default/Resource" in overridden.printed
    assert "Suggested fix: set VersioningConfiguration.Status to Enabled (versioned=True)" in overridden.printed


def test_a_failed_synthesis_names_nothing_else(overridden: Synthesis) -> None:
    (finding,) = overridden.plugin("HipaaConstructs")["violations"]
    assert finding["ruleName"] == "S3BucketVersioned"


def test_a_plain_bucket_in_its_place_fails_in_both_packs(tmp_path: Path) -> None:
    plain = weakened(tmp_path, 'cdk.aws_s3.Bucket(portal, "Records")')
    assert plain.status != 0
    assert "HipaaConstructs::S3BucketVersioned" in plain.printed
    assert "HIPAA.Security::HIPAA.Security-S3BucketVersioningEnabled" in plain.printed


def test_a_weak_argument_is_refused_with_the_way_out(tmp_path: Path) -> None:
    refused = weakened(tmp_path, 'EncryptedBucket(portal, "Records", versioned=False)')
    assert refused.status != 0
    assert 'Portal/Records: versioned must be True, got False; to go without it pass waivers=[Waiver(rule="' in (
        refused.printed
    )
