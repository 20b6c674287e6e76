"""The rules from Python."""

from __future__ import annotations

import contextlib
import io
import re
import subprocess
import sys
from pathlib import Path

import pytest

from hipaa_constructs import ComplianceError, Judgement, Report, Settings, Template, check, load
from hipaa_constructs.rules import RULES
from tests.unit._commands import bucket, write_template

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_template("cdk.out/a.json", {"Good": bucket("Enabled"), "Bad": bucket()})


def test_what_is_loaded_is_judged() -> None:
    report = check(load("cdk.out"), rules=[RULES["S3BucketVersioned"]])
    assert isinstance(report, Report)
    assert all(isinstance(one, Judgement) for one in report.judgements)
    assert [one.resource.logical_id for one in report.findings] == ["Bad"]
    assert [one.resource.logical_id for one in report.met] == ["Good"]


def test_a_path_may_be_a_path() -> None:
    assert [one.name for one in load(Path("cdk.out"), Path("cdk.out/a.json"))] == ["cdk.out/a.json"]


def test_a_file_called_like_the_standard_input_is_a_file() -> None:
    write_template("-", {})
    assert [one.name for one in load("-")] == ["-"]


def test_what_can_not_be_loaded_is_refused() -> None:
    with pytest.raises(ComplianceError, match=r"^gone\.json: can't be read: no such file or directory$"):
        load("cdk.out", "gone.json")


def test_a_template_may_be_a_dictionary() -> None:
    report = check([Template({"Resources": {"Bad": bucket()}})], rules=[RULES["S3BucketVersioned"]])
    assert report.fails()


def test_what_the_team_decided_reaches_the_rules() -> None:
    settings = Settings(required_tags=("Owner",))
    assert check(load("cdk.out"), settings=settings).assembly.settings is settings


def test_neither_the_cdk_nor_node_is_needed() -> None:
    code = (
        "import sys; from hipaa_constructs import check, load; check(load('cdk.out')); "
        "print(sorted({'aws_cdk', 'jsii', 'constructs'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_the_examples_of_the_documentation_run() -> None:
    page = (ROOT / "docs" / "api.md").read_text("utf-8")
    blocks = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        for block in blocks:
            exec(compile(block, "api.md", "exec"), {})
    assert len(blocks) == 2
    assert "error S3BucketVersioned Bad VersioningConfiguration.Status absent\n" in out.getvalue()
