"""The explanation of a rule, and the script that completes its id."""

from __future__ import annotations

import datetime
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from hipaa_constructs import Template, check
from hipaa_constructs.formats._explanation import EXAMPLES, explained
from hipaa_constructs.rules import RULES, Rule
from hipaa_constructs.rules._value import Json
from tests.unit._commands import OUR_RULE, run

ROOT = Path(__file__).parents[2]
EXPLANATION = explained(RULES["S3BucketVersioned"])


def section(title: str, text: str = EXPLANATION) -> str:
    """Return what stands below a title."""
    _, found, rest = text.partition(f"\n\n{title}\n")
    assert found, f"no {title}"
    return rest.partition("\n\n")[0]


def test_it_says_what_is_wanted() -> None:
    assert EXPLANATION.startswith("S3BucketVersioned\n  every bucket keeps old versions of its objects.\n")


def test_it_says_what_is_at_stake() -> None:
    assert section("Why").startswith("  error: if it is broken, ePHI is exposed, unencrypted, unlogged or lost\n")
    text = explained(RULES["S3BucketKeyEnabled"])
    assert section("Why", text).startswith("  warning: if it is broken, a safeguard is thinner than it should be\n")


def test_it_describes_and_links_each_paragraph() -> None:
    for control in RULES["S3BucketVersioned"].cited:
        assert f"  {control.id} {control.title} ({control.kind}); templates can show: " in section("Why")
        assert f"    {control.url}" in section("Why").splitlines()


def test_it_says_of_what_it_is_asked() -> None:
    assert section("Asked of") == "  AWS::S3::Bucket"
    assert section("Asked of", explained(RULES["WaiverCurrent"])) == "  all resources"


def test_it_says_how_to_mend_it() -> None:
    assert section("Fix") == f"  {RULES['S3BucketVersioned'].fix}"


def test_it_shows_an_example_that_meets_the_rule() -> None:
    body = yaml.safe_load(section("Example, of which the rule needs each line"))
    report = check([Template(body)], rules=[RULES["S3BucketVersioned"]])
    assert (len(report.met), report.findings) == (1, [])


def test_it_links_the_page_of_aws() -> None:
    assert section("Read on") == f"  {RULES['S3BucketVersioned'].url}"


def test_it_names_the_same_check_of_other_tools() -> None:
    assert section("The same elsewhere").split() == list(RULES["S3BucketVersioned"].same_as)


def test_the_waiver_that_it_shows_for_a_template_excuses_the_finding() -> None:
    text = section("Waive").partition("at the resource:\n")[2]
    body: Json = {"It": {"Type": "AWS::S3::Bucket", **yaml.safe_load(text)}}
    report = check([Template({"Resources": body})], rules=[RULES["S3BucketVersioned"], RULES["WaiverUsed"]])
    assert (len(report.waived), report.findings) == (1, [])


def test_the_waiver_that_it_shows_for_an_app_is_one() -> None:
    code = section("Waive").partition(":\n")[2].partition("  In a template")[0]
    program = f"from hipaa_constructs import Waiver\nwaiver = ({code.strip()})"
    namespace: dict[str, object] = {}
    exec(compile(program, "explain", "exec"), namespace)
    in_a_year = datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=365)
    assert getattr(namespace["waiver"], "expires", None) == in_a_year


def test_it_shows_no_waiver_of_what_can_not_be_waived() -> None:
    text = explained(RULES["WaiverUsed"])
    assert "Waive\n  This rule can't be waived: it keeps the others honest.\n" in text
    assert "Metadata" not in text


def test_it_says_nothing_where_no_example_is_known() -> None:
    assert "Example" not in explained(RULES["WaiverUsed"])


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_every_rule_is_explained_in_lines_that_a_terminal_holds(rule: Rule) -> None:
    before, _, after = explained(rule).partition("\nExample")
    lines = [*before.splitlines(), *after.partition("\nRead on")[2].splitlines()]
    assert [line for line in lines if len(line) > 110 and "http" not in line] == []


def test_an_unknown_rule_is_refused_with_the_closest_one() -> None:
    done = run("explain", "S3BucketVersion")
    assert (done.status, done.out) == (2, "")
    assert "no rule is called 'S3BucketVersion'; did you mean S3BucketVersioned?" in done.err


def test_a_rule_must_be_named() -> None:
    assert run("explain").status == 2


def test_the_examples_are_in_the_package_that_is_installed() -> None:
    build = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]
    assert build == {"targets": {"wheel": {"packages": ["hipaa_constructs"]}}}
    assert (ROOT / "hipaa_constructs" / EXAMPLES.relative_to(EXAMPLES.parents[1])).is_file()


def process(*arguments: str, **environment: str) -> str:
    """Run the installed command in a process of its own."""
    command = Path(sys.executable).parent / "hipaa-constructs"
    done = subprocess.run(
        [command, *arguments], capture_output=True, text=True, check=True, env=environment, timeout=60
    )
    return done.stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_of_a_shell_asks_this_command_for_completions(shell: str) -> None:
    script = run("completion", shell).out
    assert f"_HIPAA_CONSTRUCTS_COMPLETE={shell}_complete" in script
    assert "hipaa-constructs" in script


def test_another_shell_is_refused() -> None:
    assert run("completion", "tcsh").status == 2


def completed(words: str) -> list[str]:
    """Return what bash is told when the last of some words is completed."""
    numbered = {"COMP_WORDS": words, "COMP_CWORD": str(len(words.split(" ")) - 1)}
    told = process(_HIPAA_CONSTRUCTS_COMPLETE="bash_complete", PATH="/usr/bin:/bin", **numbered)
    return [line.partition(",")[2] for line in told.splitlines()]


def test_commands_are_completed() -> None:
    assert completed("hipaa-constructs ") == ["check", "completion", "controls", "diff", "explain", "rules"]


@pytest.mark.parametrize(
    "words", ["explain S3BucketVer", "check a.json --rule S3BucketVer", "check --skip S3BucketVer"]
)
def test_ids_of_rules_are_completed(words: str) -> None:
    assert completed(f"hipaa-constructs {words}") == ["S3BucketVersioned"]


def test_ids_of_rules_of_ones_own_are_completed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("our_rules.py").write_text(OUR_RULE)
    Path("pyproject.toml").write_text('[tool.hipaa-constructs]\nrules = ["our_rules"]')
    assert completed("hipaa-constructs explain Our") == ["OurQueueNamed"]


def test_a_wrong_configuration_does_not_spoil_the_completion(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("pyproject.toml").write_text("[tool.hipaa-constructs]\nnonsense = 1")
    assert completed("hipaa-constructs explain S3BucketVer") == ["S3BucketVersioned"]
