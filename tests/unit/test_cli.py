"""The command line."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from hipaa_constructs import cli
from hipaa_constructs.cli import _output, _progress
from hipaa_constructs.controls import CONTROLS
from hipaa_constructs.rules import RULES, Template
from hipaa_constructs.rules._value import Json

MET: Json = {
    "Type": "AWS::S3::Bucket",
    "Properties": {"VersioningConfiguration": {"Status": "Enabled"}},
}
BROKEN: Json = {"Type": "AWS::S3::Bucket"}
ONLY = ("--rule", "S3BucketVersioned")


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    template("met.json", MET)
    template("broken.json", BROKEN)


def template(path: str, *resources: Json) -> None:
    """Write a template of some resources."""
    numbered = {f"R{number}": resource for number, resource in enumerate(resources)}
    Path(path).write_text(json.dumps({"Resources": numbered}))


def invoke(*arguments: str, stdin: str | None = None) -> Result:
    """Run a command in this process."""
    return CliRunner().invoke(cli.cli, arguments, input=stdin)


def process(*arguments: str, stdin: bytes = b"", **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run a command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "hipaa_constructs", *arguments],
        input=stdin,
        capture_output=True,
        check=False,
        env=os.environ | environment,
        timeout=60,
    )


def test_the_status_is_0_when_nothing_is_found() -> None:
    assert invoke("check", "met.json", *ONLY).exit_code == 0


def test_the_status_is_1_when_something_is_found() -> None:
    assert invoke("check", "broken.json", *ONLY).exit_code == 1


def test_the_status_is_2_when_an_input_is_unusable() -> None:
    assert invoke("check", "gone.json").exit_code == 2


def test_an_unusable_input_does_not_hide_the_findings_of_the_others() -> None:
    result = invoke("check", "gone.json", "broken.json", *ONLY)
    assert result.exit_code == 2
    assert "S3BucketVersioned  broken.json:1" in result.stdout
    assert result.stderr == "error: gone.json: can't be read: no such file or directory\n"


def test_a_warning_fails_a_run_that_asks_for_it() -> None:
    only = ("check", "broken.json", "--rule", "S3BucketKeyEnabled")
    assert (invoke(*only).exit_code, invoke(*only, "--fail-on", "warning").exit_code) == (0, 1)


def test_the_standard_input_is_a_path() -> None:
    assert "<stdin>:1" in invoke("check", "-", *ONLY, stdin=Path("broken.json").read_text()).stdout


def test_a_rule_that_is_skipped_is_not_asked() -> None:
    assert "S3BucketVersioned  broken.json" not in invoke("check", "broken.json", "--skip", ONLY[1]).stdout


def test_a_rule_that_is_skipped_is_told() -> None:
    assert "Skipped: S3BucketVersioned: on the command line\n" in invoke("check", "met.json", "--skip", ONLY[1]).stdout


def test_several_rules_can_be_named() -> None:
    result = invoke("check", "broken.json", *ONLY, "--rule", "S3BucketKeyEnabled")
    assert "; 2 rules on 1 resource in 1 template" in result.stdout


def test_a_run_without_rules_is_refused() -> None:
    result = invoke("check", "met.json", *ONLY, "--skip", ONLY[1])
    assert (result.exit_code, "no rule is left to ask" in result.stderr) == (2, True)


@pytest.mark.parametrize("option", ["--rule", "--skip"])
def test_an_unknown_rule_is_refused_with_the_closest_one(option: str) -> None:
    result = invoke("check", "met.json", option, "S3BucketVersion")
    assert result.exit_code == 2
    assert "no rule is called 'S3BucketVersion'; did you mean S3BucketVersioned?" in result.stderr


def test_a_rule_like_no_other_is_refused_with_where_they_are_listed() -> None:
    assert "'hipaa-constructs rules' lists them" in invoke("check", "a", "--rule", "zzz").stderr


def test_a_report_in_json_is_the_whole_output() -> None:
    result = invoke("check", "broken.json", "--format", "json", *ONLY)
    assert json.loads(result.stdout)["findings"][0]["rule"] == "S3BucketVersioned"


def test_a_report_in_a_file_leaves_the_output_empty_and_the_count_beside_it() -> None:
    result = invoke("check", "broken.json", "-f", "sarif", "-o", "out.sarif", *ONLY)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("1 error, 0 warnings; ")
    assert json.loads(Path("out.sarif").read_text())["version"] == "2.1.0"


def test_a_report_replaces_its_file_and_leaves_nothing_else() -> None:
    Path("out.txt").write_text("before")
    before = sorted(os.listdir())
    invoke("check", "met.json", "--output", "out.txt", *ONLY)
    assert Path("out.txt").read_text().startswith("nothing found")
    assert sorted(os.listdir()) == before


@pytest.mark.parametrize("output", ["no/such/folder.txt", ".", ""])
def test_a_file_that_can_not_be_written_is_told_in_one_line(output: str) -> None:
    result = invoke("check", "met.json", "--output", output, *ONLY)
    assert result.exit_code == 2
    assert "can't be written: " in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_device_is_written_to_and_not_replaced() -> None:
    assert invoke("check", "met.json", "-o", os.devnull, *ONLY).exit_code == 0
    assert not Path(os.devnull).is_file()


def test_the_output_of_a_process_has_no_colour() -> None:
    done = process("check", "broken.json", *ONLY)
    assert (done.returncode, b"\x1b[" in done.stdout) == (1, False)


@pytest.mark.parametrize(
    ("environment", "terminal", "colored"),
    [
        ({}, True, True),
        ({}, False, False),
        ({"NO_COLOR": "1"}, True, False),
        ({"TERM": "dumb"}, True, False),
    ],
)
def test_colour_is_for_a_terminal_that_wants_it(
    environment: dict[str, str], terminal: bool, colored: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: terminal, raising=False)
    assert _output.wants_color() is colored


def test_rules_are_listed() -> None:
    lines = invoke("rules").stdout.splitlines()
    assert [line.split()[0] for line in lines[::2]] == list(RULES)


def test_rules_are_listed_in_json() -> None:
    listed = json.loads(invoke("rules", "--format", "json").stdout)
    assert [rule["id"] for rule in listed] == list(RULES)


def test_controls_are_listed() -> None:
    lines = invoke("controls").stdout.splitlines()
    assert [line.split()[0] for line in lines[::2]] == list(CONTROLS)


def test_controls_are_listed_in_json_with_the_rules_that_cite_them() -> None:
    listed = {one["id"]: one for one in json.loads(invoke("controls", "-f", "json").stdout)}
    assert list(listed) == list(CONTROLS)
    assert "S3BucketVersioned" in listed[RULES["S3BucketVersioned"].controls[0]]["rules"]


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["check", "-h"], ["diff", "-h"], ["explain", "-h"], ["rules"], ["controls"], ["explain", ONLY[1]]],
)
def test_the_command_line_never_claims_that_anything_complies(arguments: list[str]) -> None:
    # One requirement of 164.314 speaks of complying in the regulation's own words.
    said = invoke(*arguments).stdout.replace("Comply with the applicable requirements", "")
    said = said.replace("subcontractors agree to comply", "")
    assert not re.search(r"(?i)\bcompl(y|ies|iant)\b", said)


def test_check_without_a_path_is_refused() -> None:
    assert invoke("check").exit_code == 2


def test_the_process_gives_the_same_status() -> None:
    codes = [process("check", path, *ONLY).returncode for path in ("met.json", "broken.json", "x")]
    assert codes == [0, 1, 2]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x89PNG\r\n",
        b"{",
        b"[" * 100_000,
        b"a: &a [*a]",
        b"Resources: {A: {Type: !!python/name:os.system ''}}",
        b'{"Resources": {"A": {"Type": "AWS::S3::Bucket", "Properties": "\\ud800\\u001b"}}}',
        b'{"Resources": {"A": 1, "B": {"Type": {}}, "C": {"Type": "AWS::S3::Bucket", "x": []}}}',
        b'{"Resources": {"A": {"Type": "AWS::S3::Bucket", "Properties": {"Tags": {"Ref": "A"}}}}}',
    ],
)
def test_no_input_makes_a_traceback(content: bytes) -> None:
    done = process("check", "-", stdin=content, PYTHONIOENCODING="ascii")
    assert done.returncode in (1, 2)
    assert b"Traceback" not in done.stderr
    assert done.stderr.count(b"\n") == (done.returncode == 2)


def test_a_reader_that_goes_away_is_no_error() -> None:
    template("many.json", *[BROKEN] * 400)
    with subprocess.Popen(
        [sys.executable, "-m", "hipaa_constructs", "check", "many.json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.readline()
        running.stdout.close()
        assert running.stderr.read() == b""


def test_a_fault_of_the_package_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("one\ntwo")

    monkeypatch.setattr(cli.cli, "main", fail)
    with pytest.raises(SystemExit) as caught:
        cli.main()
    assert caught.value.code == 2
    expected = "error: hipaa-constructs failed with RuntimeError: one\\ntwo; please report it\n"
    assert capsys.readouterr().err == expected


def test_an_interruption_is_no_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    def abort(*_: object, **__: object) -> None:
        raise click.Abort

    monkeypatch.setattr(cli.cli, "main", abort)
    with pytest.raises(SystemExit) as caught:
        cli.main()
    assert caught.value.code == 130


def test_checking_json_imports_neither_the_cdk_nor_what_other_formats_need() -> None:
    code = (
        "import sys; from hipaa_constructs.cli import cli; "
        "cli.main(['check', 'broken.json'], standalone_mode=False); "
        "print(sorted({'aws_cdk', 'jsii', 'yaml', 'junitparser', 'constructs'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert done.stdout.splitlines()[-1] == b"[]"


@pytest.mark.parametrize("command", ["check", "diff", "explain", "completion"])
def test_asking_for_help_imports_no_rule(command: str) -> None:
    code = (
        "import sys; from hipaa_constructs.cli import cli; "
        f"cli.main(['{command}', '--help'], standalone_mode=False); "
        "print('hipaa_constructs.rules' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert done.stdout.splitlines()[-1] == b"False"


class Terminal(io.StringIO):
    """Stands for a terminal, as far as the progress bar asks."""

    def isatty(self) -> bool:
        """Say that it is one."""
        return True


@pytest.mark.parametrize(("patience", "files", "shown"), [(-1.0, 2, True), (-1.0, 1, False), (60.0, 2, False)])
def test_a_bar_shows_the_progress_of_many_templates_that_take_long(
    patience: float, files: int, shown: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(_progress, "PATIENCE", patience)
    with _progress.Progress() as progress:
        for done in range(files):
            progress.read(done + 1, files)
        progress.judged(Template({}))
    assert ("Judging 2 templates" in terminal.getvalue()) is shown
