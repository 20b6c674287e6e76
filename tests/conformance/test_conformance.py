"""Scanners that nobody here wrote agree.

A check that a rule claims to be the same as must have run, found nothing in the constructs, and found the weakness
that the rule finds. CloudFormation Guard's registry, AWS Config and Prowler are not asked: the first is in no package
registry, the others judge accounts and not templates.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import pytest

from hipaa_constructs.checker import Report, check
from hipaa_constructs.loading import discover
from hipaa_constructs.rules import RULES, Verdict

ROOT = Path(__file__).parent.parent.parent
BIN = Path(sys.executable).parent

# Checkov does not know that logs of access to logs must end somewhere, nor that log delivery supports SSE-S3 only; nor
# standard logging v2 of CloudFront; nor that CloudFormation takes no StorageEncrypted with a replica, which is
# encrypted as its source is.
EXPECTED_OF_CHECKOV = {
    ("CKV_AWS_16", "MysqlReplica"),
    ("CKV_AWS_18", "ArchiveAccessLogs"),
    ("CKV_AWS_18", "LogArchiveAccessLogs"),
    ("CKV_AWS_86", "Example"),
    # checkov knows audit logs in buckets only, not in log groups.
    ("CKV_AWS_71", "Analyses"),
    # The notebook's role is of another template, whose policies checkov asks for.
    ("CKV2_AWS_68", "Notebook"),
    # Neither X-Ray nor what Lambda does to put functions into networks is confined by a resource.
    ("CKV_AWS_111", "VisitRoleGrants"),
    # Nor are the channels of Session Manager.
    ("CKV_AWS_111", "EngineRoleGrants"),
    # It asks for a cache, in which one caller finds what another one asked for.
    ("CKV_AWS_120", "PrivateDeploymentStageprod"),
    ("CKV_AWS_120", "RestDeploymentStageprod"),
}

# Checkov passes every bucket, as S3 has encrypted by default since 2023.
NEVER_FOUND = {"checkov:CKV_AWS_19"}

# cdk-nag asks listeners of plain HTTP for a certificate too, those that only redirect among them. For tokens it asks
# groups, of which the rules judge what they are launched from.
FALSELY_FOUND = {
    "cdk-nag:HIPAA.Security-ELBv2ACMCertificateRequired": {"HTTP"},
    "cdk-nag:HIPAA.Security-EC2IMDSv2Enabled": {"Servers"},
}

CLAIMS = [(rule.id, claim) for rule in RULES.values() for claim in rule.same_as]
OF_CHECKOV = pytest.mark.parametrize(("rule", "claim"), [pair for pair in CLAIMS if pair[1].startswith("checkov:")])
OF_NAG = pytest.mark.parametrize(("rule", "claim"), [pair for pair in CLAIMS if pair[1].startswith("cdk-nag:")])


@dataclass(frozen=True, slots=True)
class Scan:
    """What the scanners said of an app."""

    folder: Path
    report: Report
    nag: dict[str, set[str]]
    suppressed: dict[str, set[str]]
    passed: dict[str, set[str]]
    failed: dict[str, set[str]]

    def broken(self, rule: str) -> set[str]:
        """Return the constructs that break one of our rules."""
        found = (one for one in self.report.judgements if one.rule.id == rule)
        return {one.resource.logical_id for one in found if one.outcome.verdict is Verdict.BROKEN}

    def broken_of(self, claim: str) -> set[str]:
        """Return the constructs that break one of the rules that share a check."""
        return {one for rule in RULES.values() if claim in rule.same_as for one in self.broken(rule.id)}


def synthesize(name: str, folder: Path, *, validation: bool = False) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "CDK_VALIDATION": "true" if validation else "false"}
    command = [sys.executable, "-m", "tests.conformance._apps", name, str(folder)]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def reported(folder: Path, where: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for plugin in json.loads((folder / "validation-report.json").read_text("utf-8"))["pluginReports"]:
        for violation in plugin.get(where) or []:
            name = f"{plugin['pluginName']}::{violation['ruleName']}"
            found[name] |= {construct["constructPath"] for construct in violation["violatingConstructs"]}
    return found


def scan(name: str, folder: Path) -> Scan:
    synthesize(name, folder)
    templates = sorted(folder.glob("*.template.json"))
    files = [argument for template in templates for argument in ("--file", str(template))]
    command = [str(BIN / "checkov"), *files, "--framework", "cloudformation", "--skip-download", "--output", "json"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    results = json.loads(done.stdout)["results"]
    checks: dict[str, dict[str, set[str]]] = {}
    for kind in ("passed_checks", "failed_checks"):
        checks[kind] = defaultdict(set)
        for one in results[kind]:
            checks[kind][one["check_id"]].add(one["resource"].partition(".")[2])
    return Scan(
        folder,
        check(discover([str(folder)]).templates),
        reported(folder, "violations"),
        reported(folder, "suppressedViolations"),
        checks["passed_checks"],
        checks["failed_checks"],
    )


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Scan:
    return scan("good", tmp_path_factory.mktemp("good"))


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Scan:
    return scan("clean", tmp_path_factory.mktemp("clean"))


@pytest.fixture(scope="module")
def weak(tmp_path_factory: pytest.TempPathFactory) -> Scan:
    return scan("weak", tmp_path_factory.mktemp("weak"))


def test_no_pack_finds_anything_in_the_constructs_that_is_not_waived(good: Scan) -> None:
    assert good.nag == {}


def test_what_is_waived_is_of_four_kinds_and_the_cache_of_apis(good: Scan) -> None:
    kinds = {name.partition("::")[2] for name in good.suppressed}
    # Of the first, cdk-nag's S3BucketReplicationEnabled is the same; the second is the app's own, for DAX.
    assert kinds - {"S3BucketReplicated", "ServiceHipaaEligible"} == {
        "HIPAA.Security-APIGWCacheEnabledAndEncrypted",
        "HIPAA.Security-CodeBuildProjectSourceRepoUrl",
        "HIPAA.Security-S3BucketReplicationEnabled",
        "HIPAA.Security-S3DefaultEncryptionKMS",
        "HIPAA.Security-VPCDefaultSecurityGroupClosed",
    }


def test_checkov_finds_in_the_constructs_only_what_is_expected(good: Scan) -> None:
    found = {(name, one.rstrip("0123456789ABCDEF")) for name, constructs in good.failed.items() for one in constructs}
    assert found == EXPECTED_OF_CHECKOV


@OF_CHECKOV
def test_a_check_of_checkov_that_is_claimed_has_run_and_passed(good: Scan, clean: Scan, rule: str, claim: str) -> None:
    name = claim.partition(":")[2]
    assert good.passed[name] or clean.passed[name]


@OF_CHECKOV
def test_a_check_of_checkov_finds_what_the_rule_finds(weak: Scan, rule: str, claim: str) -> None:
    found = weak.failed.get(claim.partition(":")[2], set())
    assert bool(found & weak.broken(rule)) is (claim not in NEVER_FOUND)
    assert found <= weak.broken_of(claim)


@OF_NAG
def test_a_rule_of_cdk_nag_finds_what_the_rule_finds(weak: Scan, rule: str, claim: str) -> None:
    name = claim.partition(":")[2]
    full = f"{name.partition('-')[0]}::{name}"
    # Rules that look for several things name each in brackets.
    paths = {path for one, found in weak.nag.items() if one.partition("[")[0] == full for path in found}
    found = {path.rpartition("/")[2] for path in paths}
    assert found & weak.broken(rule)
    assert found - FALSELY_FOUND.get(claim, set()) <= weak.broken_of(claim)


def test_cfn_lint_finds_nothing(good: Scan) -> None:
    files = [str(path) for path in good.folder.glob("*.template.json")]
    # The CDK lets functions wait for their roles in two ways.
    command = [str(BIN / "cfn-lint"), *files, "--ignore-checks", "W3005"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == ("", 0)


def test_the_cdks_own_validation_finds_nothing(tmp_path: Path) -> None:
    done = synthesize("good", tmp_path, validation=True)
    assert done.returncode == 0, done.stderr
    assert reported(tmp_path, "violations") == {}


def test_the_cdks_own_validation_is_alive(tmp_path: Path) -> None:
    synthesize("invalid", tmp_path, validation=True)
    assert reported(tmp_path, "violations")
