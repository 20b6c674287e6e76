"""The table [tool.hipaa-constructs] of a pyproject.toml."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import click
import pytest

from hipaa_constructs import configuration
from hipaa_constructs.cli import cli
from hipaa_constructs.rules import Settings, Severity
from tests.unit._commands import OUR_RULE, Done, bucket, run, write_template

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_template("a.json", {"Old": bucket("Suspended")})


def configure(*lines: str, file: str = "pyproject.toml") -> None:
    """Write a configuration."""
    Path(file).write_text("\n".join(["[tool.hipaa-constructs]", *lines]))


def versioned(*arguments: str) -> Done:
    """Check by the rule of versioning."""
    return run("check", "a.json", "--rule", "S3BucketVersioned", *arguments)


def test_paths_are_judged_when_none_is_named() -> None:
    configure('paths = ["a.json"]')
    assert "S3BucketVersioned  a.json" in run("check").out


def test_a_path_that_is_named_beats_those_configured() -> None:
    configure('paths = ["gone.json"]')
    assert versioned().status == 1


def test_paths_are_those_of_the_folder_of_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    configure('paths = ["a.json"]')
    Path("below").mkdir()
    monkeypatch.chdir("below")
    assert "S3BucketVersioned  ../a.json" in run("check").out.replace(str(Path.cwd().parent), "..")


def test_without_any_path_the_command_says_where_to_name_one() -> None:
    done = run("check")
    assert (done.status, "name a PATH to judge, or set paths in [tool.hipaa-constructs]" in done.err) == (2, True)


def test_the_format_is_configured() -> None:
    configure('format = "json"')
    assert json.loads(versioned().out)["summary"]["errors"] == 1


def test_the_command_line_beats_the_configured_format() -> None:
    configure('format = "json"')
    assert versioned("--format", "text").out.startswith("a.json\n")


def test_the_severity_that_fails_is_configured() -> None:
    only = ("check", "a.json", "--rule", "S3BucketKeyEnabled")
    configure('fail-on = "warning"')
    assert (run(*only).status, run(*only, "--fail-on", "error").status) == (1, 0)


def test_a_rule_is_skipped_for_a_reason_that_stands_in_every_report() -> None:
    configure('skip = { S3BucketVersioned = "our buckets hold caches" }')
    done = run("check", "a.json")
    assert "Skipped: S3BucketVersioned: our buckets hold caches\n" in done.out
    assert "error  S3BucketVersioned" not in done.out
    assert json.loads(run("check", "a.json", "-f", "json").out)["skipped"] == {
        "S3BucketVersioned": "our buckets hold caches"
    }
    log = json.loads(run("check", "a.json", "-f", "sarif").out)["runs"][0]
    assert log["properties"]["skipped"] == {"S3BucketVersioned": "our buckets hold caches"}


def test_a_rule_that_the_command_line_names_is_asked_though_it_is_skipped() -> None:
    configure('skip = { S3BucketVersioned = "our buckets hold caches" }')
    assert versioned().status == 1


def test_a_baseline_is_configured(monkeypatch: pytest.MonkeyPatch) -> None:
    configure('baseline = "base.json"', 'paths = ["a.json"]')
    assert run("check", "--update-baseline").status == 0
    Path("below").mkdir()
    monkeypatch.chdir("below")
    assert run("check").status == 0


def test_what_rules_judge_by_is_configured() -> None:
    configure('allowed-regions = ["us-east-1"]', 'required-tags = ["Owner"]', "internet-vpcs = []")
    expected = Settings(allowed_regions=("us-east-1",), required_tags=("Owner",), internet_vpcs=())
    assert configuration.find(Path()).settings == expected


def test_the_nearest_file_with_the_table_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    configure('format = "json"')
    Path("below/deeper").mkdir(parents=True)
    Path("below/pyproject.toml").write_text("[tool.other]")
    monkeypatch.chdir("below/deeper")
    found = configuration.find(Path())
    assert (found.format, found.file) == ("json", Path.cwd().parent.parent / "pyproject.toml")


def test_another_file_can_be_named() -> None:
    configure('format = "junit"')
    configure('format = "json"', file="other.toml")
    assert versioned("--config", "other.toml").out.startswith("{")


def test_no_file_is_read_if_so_asked() -> None:
    configure("nonsense = 1")
    assert versioned("--no-config").status == 1


def test_to_name_a_file_and_forbid_to_read_it_is_refused() -> None:
    assert versioned("--config", "a.toml", "--no-config").status == 2


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("fail_on = 1", "fail_on: is no key; did you mean fail-on?"),
        (
            "zzz = 1",
            "zzz: is no key; the keys are paths, format, fail-on, baseline, skip, rules, allowed-regions, requi",
        ),
        ('today = "2026-01-01"', "today: is no key; "),
        ("paths = 1", "paths: must be a list of texts, got 1"),
        ('paths = "a"', "paths: must be a list of texts, got 'a'"),
        ("paths = [1]", "paths: must be a list of texts, got [1]"),
        ('paths = [""]', "paths: must be a list of texts, got ['']"),
        ("format = true", "format: must be one of text, json, sarif, junit, got True"),
        ('format = "xml"', "format: must be one of text, json, sarif, junit, got 'xml'"),
        ('fail-on = "never"', "fail-on: must be one of error, warning, got 'never'"),
        ("baseline = []", "baseline: must be text, got []"),
        ('baseline = " "', "baseline: must be text, got ' '"),
        ('skip = ["S3BucketVersioned"]', 'skip: must say why of each rule, as {RuleId = "reason"}, got ['),
        ('skip = {S3BucketVersioned = ""}', "skip.S3BucketVersioned: must say why, got ''"),
        ("skip = {S3BucketVersioned = true}", "skip.S3BucketVersioned: must say why, got True"),
        (
            'skip = {S3BucketVersion = "x"}',
            "skip: no rule is called 'S3BucketVersion'; did you mean S3BucketVersioned?",
        ),
        ('skip = {WaiverCurrent = "x"}', "skip: WaiverCurrent can't be skipped for good"),
        ("rules = 1", "rules: must be a list of texts, got 1"),
        ("allowed-regions = {}", "allowed-regions: must be a list of texts, got {}"),
        ("required-tags = [[]]", "required-tags: must be a list of texts, got [[]]"),
    ],
)
def test_what_is_wrong_is_refused_in_one_line_that_names_file_and_key(line: str, complaint: str) -> None:
    configure(line)
    done = versioned()
    assert (done.status, done.out, done.err.count("\n")) == (2, "", 1)
    assert done.err.startswith(f"error: pyproject.toml: tool.hipaa-constructs.{complaint}")


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("[tool", "is not TOML: "),
        (b"\xff", "is not TOML: "),
        ("[tool]\nhipaa-constructs = 1", "tool.hipaa-constructs must be a table, got 1"),
    ],
)
def test_a_file_that_can_not_be_used_is_refused(content: str | bytes, complaint: str) -> None:
    Path("pyproject.toml").write_bytes(content if isinstance(content, bytes) else content.encode())
    done = versioned()
    assert (done.status, done.err.count("\n")) == (2, 1)
    assert done.err.startswith(f"error: pyproject.toml: {complaint}")


@pytest.mark.parametrize(
    ("name", "complaint"),
    [("gone.toml", "can't be read: no such file or directory"), ("a.toml", "has no table [tool.hipaa-constructs]")],
)
def test_a_named_file_must_be_there_and_have_the_table(name: str, complaint: str) -> None:
    Path("a.toml").write_text("[tool.other]")
    assert versioned("--config", name).err == f"error: {name}: {complaint}\n"


def test_the_choices_of_the_file_are_those_of_the_command_line() -> None:
    options = {one.name: one.type for one in cli.commands["check"].params}
    choices = [one.choices for one in (options["form"], options["fail_on"]) if isinstance(one, click.Choice)]
    assert choices == [configuration.FORMATS, configuration.SEVERITIES]
    assert list(Severity) == list(configuration.SEVERITIES)


@pytest.mark.parametrize("command", [("rules",), ("controls",), ("explain", "S3BucketVersioned"), ("diff", "a", "b")])
def test_every_command_refuses_a_wrong_configuration(command: tuple[str, ...]) -> None:
    configure("nonsense = 1")
    assert run(*command).err.startswith("error: pyproject.toml: tool.hipaa-constructs.nonsense: ")


def test_the_configuration_of_the_documentation_is_right(monkeypatch: pytest.MonkeyPatch) -> None:
    page = (ROOT / "docs" / "command-line.md").read_text("utf-8")
    (block,) = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    Path("pyproject.toml").write_text(block)
    Path("our_rules.py").write_text(OUR_RULE)
    assert set(tomllib.loads(block)["tool"]["hipaa-constructs"]) == set(configuration._KEYS)
    assert run("rules").status == 0
