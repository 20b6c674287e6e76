"""The gate is alive: what is weakened anywhere fails the synthesis."""

from __future__ import annotations

import importlib.metadata
import json
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, Stack, Stage

from hipaa_constructs import ComplianceError, HipaaConstructsChecks, enforce
from hipaa_constructs.rules import RULES
from tests._refusals import refusal

PROLOGUE = """
import aws_cdk as cdk
import jsii
from aws_cdk import aws_s3 as s3
from hipaa_constructs import EncryptedBucket, Waiver, enforce, waive

app = cdk.App(outdir=OUT)
"""

WEAKENED = {
    "a property override": """
        stack = cdk.Stack(app, "Stack")
        bucket = EncryptedBucket(stack, "Records").bucket.node.default_child
        bucket.add_property_override("VersioningConfiguration.Status", "Suspended")
    """,
    "a plain bucket": """
        stack = cdk.Stack(app, "Stack")
        EncryptedBucket(stack, "Records")
        s3.Bucket(stack, "Plain")
    """,
    "a stack in a stage": """
        stack = cdk.Stack(cdk.Stage(app, "Prod"), "Stack")
        bucket = EncryptedBucket(stack, "Records").bucket.node.default_child
        bucket.add_property_override("VersioningConfiguration.Status", "Suspended")
    """,
    "a nested stack": """
        stack = cdk.NestedStack(cdk.Stack(app, "Stack"), "Nested")
        bucket = EncryptedBucket(stack, "Records").bucket.node.default_child
        bucket.add_property_override("VersioningConfiguration.Status", "Suspended")
    """,
    "a nested stack in a stage": """
        stack = cdk.NestedStack(cdk.Stack(cdk.Stage(app, "Prod"), "Stack"), "Nested")
        bucket = EncryptedBucket(stack, "Records").bucket.node.default_child
        bucket.add_property_override("VersioningConfiguration.Status", "Suspended")
    """,
    "a property injector": """
        @jsii.implements(cdk.IPropertyInjector)
        class Weaken:
            @property
            def construct_unique_id(self):
                return s3.Bucket.PROPERTY_INJECTION_ID

            def inject(self, original_props, context):
                return {**original_props, "versioned": False}

        cdk.PropertyInjectors.of(app).add(Weaken())
        EncryptedBucket(cdk.Stack(app, "Stack"), "Records")
    """,
    "an aspect": """
        @jsii.implements(cdk.IAspect)
        class Weaken:
            def visit(self, node):
                if isinstance(node, s3.CfnBucket):
                    node.add_property_deletion_override("VersioningConfiguration")

        EncryptedBucket(cdk.Stack(app, "Stack"), "Records")
        cdk.Aspects.of(app).add(Weaken())
    """,
}

GOOD = """
    EncryptedBucket(cdk.Stack(app, "Stack", termination_protection=True), "Records")
"""

WAIVED = """
    waiver = Waiver(rule="S3BucketVersioned", reason="made anew", approved_by="CISO", expires="EXPIRES")
    EncryptedBucket(cdk.Stack(app, "Stack"), "Records", versioned=False, waivers=[waiver])
"""

WAIVED_BY_HAND = """
    bucket = EncryptedBucket(cdk.Stack(app, "Stack"), "Records").bucket.node.default_child
    bucket.add_property_override("VersioningConfiguration.Status", "Suspended")
    record = {"rule": "S3BucketVersioned", "reason": "made anew", "approved_by": "CISO", "expires": "2999-12-31"}
    bucket.add_metadata("hipaa_constructs", {"waivers": [record]})
    cdk.Validations.of(bucket).acknowledge(
        cdk.Acknowledgment(id="HIPAA.Security::HIPAA.Security-S3BucketVersioningEnabled", reason="x"),
        cdk.Acknowledgment(id="HIPAA.Security::HIPAA.Security-S3BucketReplicationEnabled", reason="x"),
    )
"""


def run(folder: Path, body: str, *, settings: str = "") -> subprocess.CompletedProcess[str]:
    """Synthesize an app as a process of its own, as the CDK CLI does."""
    program = PROLOGUE.replace("OUT", repr(str(folder / "out"))) + textwrap.dedent(body)
    (folder / "app.py").write_text(program + f"\nenforce(app{settings})\napp.synth()\n", encoding="utf-8")
    return subprocess.run([sys.executable, "app.py"], cwd=folder, capture_output=True, text=True, check=False)


def reported(folder: Path, where: str) -> list[tuple[str, str]]:
    """Return what our pack reported, as rule and construct."""
    report = json.loads((folder / "out" / "validation-report.json").read_text("utf-8"))
    return [
        (violation["ruleName"], construct["constructPath"])
        for plugin in report["pluginReports"]
        if plugin["pluginName"] == "HipaaConstructs"
        for violation in plugin.get(where) or []
        for construct in violation["violatingConstructs"]
    ]


@pytest.mark.parametrize("body", WEAKENED.values(), ids=WEAKENED)
def test_what_is_weakened_fails_the_synthesis(tmp_path: Path, body: str) -> None:
    assert run(tmp_path, body).returncode != 0
    assert "S3BucketVersioned" in [rule for rule, _ in reported(tmp_path, "violations")]


def test_a_finding_names_the_construct(tmp_path: Path) -> None:
    run(tmp_path, WEAKENED["a nested stack in a stage"])
    assert ("S3BucketVersioned", "Prod/Stack/Nested/Records/Default/Resource") in reported(tmp_path, "violations")


def test_a_finding_says_what_is_wanted_what_was_found_and_the_fix(tmp_path: Path) -> None:
    printed = run(tmp_path, WEAKENED["a property override"]).stderr
    assert "every bucket keeps old versions of its objects; VersioningConfiguration.Status: Suspended" in printed
    assert "set VersioningConfiguration.Status to Enabled (versioned=True)" in printed


def test_the_defaults_pass(tmp_path: Path) -> None:
    done = run(tmp_path, GOOD)
    assert done.returncode == 0, done.stderr
    assert reported(tmp_path, "violations") == []


def test_a_waived_finding_passes_and_stays_in_the_report(tmp_path: Path) -> None:
    assert run(tmp_path, WAIVED.replace("EXPIRES", "2999-12-31")).returncode == 0
    assert ("S3BucketVersioned", "Stack/Records/Default/Resource") in reported(tmp_path, "suppressedViolations")
    assert "made anew (approved by CISO, until 2999-12-31)" in (tmp_path / "out/validation-report.json").read_text()


def test_an_expired_waiver_fails_the_synthesis(tmp_path: Path) -> None:
    assert run(tmp_path, WAIVED.replace("EXPIRES", "2020-01-31")).returncode != 0
    assert "WaiverCurrent" in [rule for rule, _ in reported(tmp_path, "violations")]


def test_a_waiver_in_the_metadata_alone_counts_as_on_the_command_line(tmp_path: Path) -> None:
    done = run(tmp_path, WAIVED_BY_HAND)
    assert done.returncode == 0, done.stderr


def test_a_waiver_that_excuses_nothing_fails_the_synthesis(tmp_path: Path) -> None:
    body = """
        bucket = EncryptedBucket(cdk.Stack(app, "Stack"), "Records").bucket
        waive(bucket, Waiver(rule="S3BucketVersioned", reason="x", approved_by="x", expires="2999-12-31"))
    """
    assert run(tmp_path, body).returncode != 0
    assert "WaiverUsed" in [rule for rule, _ in reported(tmp_path, "violations")]


def test_a_fault_of_the_pack_fails_the_synthesis(tmp_path: Path) -> None:
    body = """
        import hipaa_constructs.pack

        def fault(*_, **__):
            raise RuntimeError("out of order")

        hipaa_constructs.pack.check = fault
        EncryptedBucket(cdk.Stack(app, "Stack"), "Records")
    """
    done = run(tmp_path, body)
    assert done.returncode != 0
    assert "out of order" in done.stderr


def test_a_fault_of_the_pack_is_a_violation_as_the_cdk_cli_heeds_nothing_else(tmp_path: Path) -> None:
    body = """
        import hipaa_constructs.pack

        def fault(*_, **__):
            raise RuntimeError("out of order")

        hipaa_constructs.pack.check = fault
        EncryptedBucket(cdk.Stack(app, "Stack"), "Records")
    """
    run(tmp_path, body)
    assert reported(tmp_path, "violations") == [("RuleCompleted", "Stack")]


def test_an_acknowledgement_without_a_waiver_silences_nothing(tmp_path: Path) -> None:
    body = """
        bucket = EncryptedBucket(cdk.Stack(app, "Stack"), "Records").bucket.node.default_child
        bucket.add_property_override("VersioningConfiguration.Status", "Suspended")
        for id in ("HipaaConstructs::S3BucketVersioned", "S3BucketVersioned"):
            cdk.Validations.of(app).acknowledge(cdk.Acknowledgment(id=id, reason="because"))
    """
    assert run(tmp_path, body).returncode != 0
    assert "S3BucketVersioned" in [rule for rule, _ in reported(tmp_path, "violations")]


def test_a_stack_that_is_not_protected_from_deletion_is_told(tmp_path: Path) -> None:
    done = run(tmp_path, GOOD.replace("termination_protection=True", "termination_protection=False"))
    assert done.returncode == 0, done.stderr
    assert [rule for rule, _ in reported(tmp_path, "violations")] == ["StackProtectedFromTermination"]


def test_the_settings_reach_the_rules(tmp_path: Path) -> None:
    body = GOOD.replace("termination_protection", "env=cdk.Environment(region='eu-west-1'), termination_protection")
    done = run(tmp_path, body, settings=", allowed_regions=['us-east-1'], required_tags=['owner']")
    assert done.returncode != 0
    assert {rule for rule, _ in reported(tmp_path, "violations")} == {"StackInAllowedRegion", "ResourceTagged"}


def test_tags_of_the_stack_meet_the_settings(tmp_path: Path) -> None:
    body = GOOD.replace("termination_protection", "tags={'owner': 'x'}, termination_protection")
    done = run(tmp_path, body, settings=", required_tags=['owner']")
    assert done.returncode == 0, done.stderr
    assert reported(tmp_path, "violations") == []


@pytest.mark.parametrize("argument", ["allowed_regions", "required_tags"])
@pytest.mark.parametrize("value", ["us-east-1", [""], [" "], [3]])
def test_a_setting_that_is_no_list_of_names_is_refused(argument: str, value: object) -> None:
    given: dict[str, Any] = {argument: value}
    refusal(lambda: enforce(App(), **given), f"enforce: {argument} must be a list of names, got {value!r}")


def test_what_is_refused_is_not_enforced() -> None:
    app = App()
    with pytest.raises(ComplianceError):
        enforce(app, required_tags=[""])
    enforce(app, required_tags=["owner"])


def test_an_empty_stack_is_nothing_to_judge(tmp_path: Path) -> None:
    done = run(tmp_path, GOOD + '    cdk.Stack(app, "Empty")\n')
    assert done.returncode == 0, done.stderr


def test_a_warning_does_not_fail_the_synthesis(tmp_path: Path) -> None:
    body = """
        bucket = EncryptedBucket(cdk.Stack(app, "Stack"), "Records").bucket.node.default_child
        bucket.add_property_override("LifecycleConfiguration.Rules.0.Status", "Disabled")
    """
    assert run(tmp_path, body).returncode == 0
    assert "S3BucketLifecycleSet" in [rule for rule, _ in reported(tmp_path, "violations")]


WEAK = """
    app.node.set_context("@aws-cdk/core:defaultCrossStackReferences", "weak")
    stage = cdk.Stage(app, "Prod", env=cdk.Environment(account="123456789012", region="us-east-1"))
    keys = cdk.Stack(stage, "Keys", stack_name="portal-keys", termination_protection=True)
    key = EncryptionKey(keys, "EncryptionKey")
    stack = cdk.Stack(stage, "Stack", termination_protection=True)
    EncryptedBucket(stack, "Records", encryption_key=key)
"""


def test_what_a_weak_reference_names_is_found_in_the_other_stack(tmp_path: Path) -> None:
    done = run(tmp_path, "from hipaa_constructs import EncryptionKey\n" + textwrap.dedent(WEAK))
    assert done.returncode == 0, done.stderr
    assert "Fn::GetStackOutput" in next((tmp_path / "out").rglob("*Stack*.template.json")).read_text("utf-8")
    assert reported(tmp_path, "violations") == []


def test_the_pack_lists_every_rule() -> None:
    assert HipaaConstructsChecks(App()).rule_ids == list(RULES)


@pytest.mark.parametrize("kind", [Stack, Stage])
def test_only_an_app_can_be_enforced(kind: type) -> None:
    part = kind(App(), "Part")
    refusal(
        lambda: enforce(part),
        f"enforce: app must be the App, got {kind.__name__}; a stage or stack would be judged without the rest",
    )


def test_an_app_is_enforced_once() -> None:
    app = App()
    enforce(app)
    refusal(lambda: enforce(app), "enforce: app must be enforced once, got it twice; take one call away")


@pytest.mark.parametrize(
    ("package", "version", "wanted"),
    [
        ("aws-cdk-lib", "2.270.0", ">=2.271.0,<3"),
        ("aws-cdk-lib", "3.0.0", ">=2.271.0,<3"),
        ("cdk-nag", "3.0.1", ">=3.0.2,<4"),
        ("cdk-nag", "2.37.55", ">=3.0.2,<4"),
        ("cdk-nag", "unknown", ">=3.0.2,<4"),
    ],
)
def test_versions_on_which_findings_are_lost_are_refused(
    monkeypatch: pytest.MonkeyPatch, package: str, version: str, wanted: str
) -> None:
    installed = importlib.metadata.version
    monkeypatch.setattr(importlib.metadata, "version", lambda name: version if name == package else installed(name))
    refusal(
        lambda: enforce(App()),
        f"enforce: {package} must be {wanted}, got {version}, on which findings may be lost without a word; "
        f"install '{package}{wanted}'",
    )
