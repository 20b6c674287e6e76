"""Rules of others: from a module that the configuration names, from an installed package, in a CDK app."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from hipaa_constructs import Template, check
from hipaa_constructs.errors import ComplianceError
from hipaa_constructs.extensions import load_rules_of
from hipaa_constructs.rules import RULES
from hipaa_constructs.rules._value import Json
from tests.unit._commands import OUR_RULE, Done, rules_forgotten, run, waiver, write_template

ROOT = Path(__file__).parents[2]
QUEUE: Json = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "x"}}


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("our_rules.py").write_text(OUR_RULE)
    configure("our_rules")
    write_template("a.json", {"It": {"Type": "AWS::SQS::Queue"}})


def configure(module: str) -> None:
    Path("pyproject.toml").write_text(f'[tool.hipaa-constructs]\nrules = ["{module}"]')


def ours(*arguments: str) -> Done:
    """Check by the rule of the module."""
    return run("check", "a.json", "--rule", "OurQueueNamed", *arguments)


def process(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a program in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | environment,
        timeout=120,
    )


def install(folder: str = "site", entry: str = "our_rules") -> str:
    """Lay a package with an entry point into a folder, as an installer does; return what to put on the path."""
    metadata = Path(folder, "our_package-1.0.dist-info")
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: our-package\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text(f"[hipaa_constructs.rules]\nours = {entry}\n")
    Path(folder, "our_rules.py").write_text(OUR_RULE)
    Path("pyproject.toml").unlink()
    Path("our_rules.py").unlink()
    return str(Path(folder).absolute())


def test_a_rule_of_the_configured_module_is_asked() -> None:
    done = ours()
    assert done.status == 1
    assert "error  OurQueueNamed  a.json" in done.out
    assert "      cites   nothing\n" in done.out


def test_a_rule_of_the_configured_module_can_be_met() -> None:
    write_template("a.json", {"It": QUEUE})
    assert ours().status == 0


def test_the_module_is_found_from_the_folder_of_the_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("below").mkdir()
    monkeypatch.chdir("below")
    assert run("check", "../a.json", "--rule", "OurQueueNamed").status == 1


def test_the_path_of_python_is_as_it_was_afterwards() -> None:
    before = list(sys.path)
    ours()
    assert sys.path == before


@pytest.mark.parametrize("form", ["json", "sarif", "junit"])
def test_every_format_takes_a_rule_that_cites_nothing(form: str) -> None:
    assert "OurQueueNamed" in ours("--format", form).out


def test_sarif_claims_no_evidence_of_a_rule_that_cites_nothing() -> None:
    (rule,) = json.loads(ours("--format", "sarif").out)["runs"][0]["tool"]["driver"]["rules"]
    assert rule["fullDescription"]["text"] == "Every queue has a name."
    assert rule["helpUri"] == "https://wiki.example.org/names"


def test_it_is_listed_with_the_others() -> None:
    listed = {one["id"]: one for one in json.loads(run("rules", "--format", "json").out)}
    assert (listed["OurQueueNamed"]["service"], listed["OurQueueNamed"]["requirement"]) == ("our_rules", "")


def test_it_is_explained() -> None:
    assert "every queue has a name." in run("explain", "OurQueueNamed").out


def test_it_can_be_skipped_in_the_same_configuration() -> None:
    with Path("pyproject.toml").open("a") as file:
        file.write('\nskip = {OurQueueNamed = "not yet"}')
    assert "Skipped: OurQueueNamed: not yet" in run("check", "a.json").out


def test_it_can_be_waived_in_a_template() -> None:
    write_template("a.json", {"It": {"Type": "AWS::SQS::Queue", "Metadata": waiver("OurQueueNamed")}})
    done = ours("--rule", "WaiverUsed")
    assert (done.status, "; 1 met; 1 waived; " in done.out) == (0, True)


def test_it_is_not_loaded_if_no_configuration_is_read() -> None:
    assert "no rule is called 'OurQueueNamed'" in ours("--no-config").err


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("import no_such_module", "ModuleNotFoundError: No module named 'no_such_module'"),
        ("raise RuntimeError('one\\ntwo')", "RuntimeError: one two"),
        ("import sys; sys.exit(0)", "SystemExit: 0"),
        ("def f(:", "SyntaxError: "),
        (
            OUR_RULE.replace("our_queue_named", "s3_bucket_versioned"),
            "ValueError: two rules are called S3BucketVersioned",
        ),
        (
            OUR_RULE.replace("controls=()", 'controls=("164.999(z)",)'),
            "ValueError: OurQueueNamed cites 164.999(z), which",
        ),
    ],
)
def test_a_module_that_can_not_be_loaded_is_refused_in_one_line(source: str, complaint: str) -> None:
    Path("our_rules.py").write_text(source)
    done = ours()
    assert (done.status, done.out, done.err.count("\n")) == (2, "", 1)
    place = "error: pyproject.toml: tool.hipaa-constructs.rules: rules of the module our_rules can't be loaded: "
    assert done.err.startswith(place + complaint)


def test_a_module_that_is_not_there_is_refused() -> None:
    configure("our_ruls")
    assert "rules of the module our_ruls can't be loaded: ModuleNotFoundError" in ours().err


def test_a_module_without_rules_is_refused() -> None:
    configure("json")
    assert "rules of the module json: it registers none" in ours().err


def test_a_module_that_fails_half_way_leaves_no_rule_behind() -> None:
    Path("our_rules.py").write_text(OUR_RULE + "\nraise RuntimeError\n")
    with rules_forgotten():
        for _ in range(2):
            with pytest.raises(ComplianceError, match="RuntimeError"):
                load_rules_of(["our_rules"], Path.cwd())
        assert "OurQueueNamed" not in RULES


def test_a_package_may_spread_its_rules_over_modules() -> None:
    Path("our_package").mkdir()
    Path("our_package/__init__.py").write_text("from our_package import queues")
    Path("our_package/queues.py").write_text(OUR_RULE)
    configure("our_package")
    assert ours().status == 1


RUN = "import sys; from hipaa_constructs.cli import main; sys.argv[1:] = {!r}; main()"


def test_a_rule_of_an_installed_package_is_asked() -> None:
    path = install()
    done = process(RUN.format(["check", "a.json", "--rule", "OurQueueNamed"]), PYTHONPATH=path)
    assert (done.returncode, "error  OurQueueNamed" in done.stdout) == (1, True)


def test_an_installed_package_that_can_not_be_loaded_is_refused_in_one_line() -> None:
    path = install(entry="gone_rules")
    done = process(RUN.format(["check", "a.json"]), PYTHONPATH=path)
    assert done.returncode == 2
    assert done.stderr == (
        "error: rules of the entry point ours = gone_rules can't be loaded: "
        "ModuleNotFoundError: No module named 'gone_rules'\n"
    )


def test_a_rule_of_an_installed_package_counts_in_python() -> None:
    path = install()
    code = (
        "from hipaa_constructs import check, load; "
        "print([one.rule.id for one in check(load('a.json')).findings if one.rule.id.startswith('Our')])"
    )
    assert process(code, PYTHONPATH=path).stdout == "['OurQueueNamed']\n"


def test_a_rule_of_an_installed_package_can_be_waived_before_anything_loads_it() -> None:
    path = install()
    code = (
        "from hipaa_constructs import Waiver; "
        "print(Waiver(rule='OurQueueNamed', reason='r', approved_by='a', expires='2999-01-01').acknowledged_ids)"
    )
    assert process(code, PYTHONPATH=path).stdout == "('HipaaConstructs::OurQueueNamed',)\n"


APP = """
import json
import aws_cdk as cdk
from aws_cdk import aws_sqs as sqs
from hipaa_constructs import Waiver, enforce, waive
{before}
app = cdk.App(outdir="out")
stack = cdk.Stack(app, "Stack")
queue = sqs.CfnQueue(stack, "Jobs")
{waived}
enforce(app)
try:
    app.synth()
except RuntimeError:
    pass
"""
WAIVED = 'waive(queue, Waiver(rule="OurQueueNamed", reason="r", approved_by="a", expires="2999-01-01"))'


def violations(key: str) -> list[str]:
    """Return the rules that the CDK's report names, among the violations or the suppressed ones."""
    report = json.loads(Path("out/validation-report.json").read_text())
    (plugin,) = [one for one in report["pluginReports"] if one["pluginName"] == "HipaaConstructs"]
    return [one["ruleName"] for one in plugin.get(key, []) if one["ruleName"].startswith("Our")]


@pytest.mark.parametrize(("installed", "before"), [(True, ""), (False, "import our_rules")])
@pytest.mark.parametrize(
    ("waived", "key"), [("", "violations"), (WAIVED, "suppressedViolations")], ids=["broken", "waived"]
)
def test_a_rule_of_others_counts_in_a_cdk_app(installed: bool, before: str, waived: str, key: str) -> None:
    path = install() if installed else str(Path.cwd())
    done = process(APP.format(before=before, waived=waived), PYTHONPATH=path, CDK_VALIDATION="true")
    assert Path("out/validation-report.json").exists(), done.stderr
    assert violations(key) == ["OurQueueNamed"]


def test_enforce_refuses_an_installed_package_that_can_not_be_loaded() -> None:
    path = install(entry="gone_rules")
    done = process(APP.format(before="", waived=""), PYTHONPATH=path)
    assert "ComplianceError: rules of the entry point ours = gone_rules can't be loaded" in done.stderr


def test_the_rule_of_the_documentation_works() -> None:
    page = (ROOT / "docs" / "custom-rules.md").read_text("utf-8")
    rule, _, tests = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    Path("our_rules.py").write_text(rule)
    with rules_forgotten():
        load_rules_of(["our_rules"], Path.cwd())
        namespace: dict[str, object] = {}
        exec(compile(tests, "custom-rules.md", "exec"), namespace)
        test = namespace["test_a_queue_without_an_owner_is_found"]
        assert callable(test)
        test()
        tagged = Template(
            {"Resources": {"It": {"Type": "AWS::SQS::Queue", "Properties": {"Tags": [{"Key": "Owner"}]}}}}
        )
        assert check([tagged], rules=[RULES["QueueOwned"]]).findings == []
