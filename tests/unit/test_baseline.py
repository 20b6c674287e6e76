"""Baselines: only what is new fails, and nothing is hidden."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.unit._commands import Done, bucket, run, waiver, write_template

FILE = "base.json"
ALL = ("S3BucketVersioned", "WaiverCurrent", "WaiverUsed")


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_template("a.json", {"Old": bucket("Suspended")})


def check(*arguments: str, path: str = "a.json") -> Done:
    """Check a template beside the baseline, by the rules of versioning and of waivers."""
    only = [part for rule in ALL for part in ("--rule", rule)]
    return run("check", path, "--baseline", FILE, *only, *arguments)


def update(path: str = "a.json") -> Done:
    """Write the baseline of a template."""
    return run("check", path, "--baseline", FILE, "--update-baseline")


def entries() -> list[dict[str, Any]]:
    """Return the entries of versioning in the baseline."""
    found: list[dict[str, Any]] = json.loads(Path(FILE).read_text())["findings"]
    return [one for one in found if one["rule"] == "S3BucketVersioned"]


def test_what_is_in_the_baseline_does_not_fail() -> None:
    assert update().status == 0
    assert check().status == 0


def test_what_is_new_fails() -> None:
    update()
    write_template("a.json", {"Old": bucket("Suspended"), "New": bucket("Suspended")})
    done = check()
    assert done.status == 1
    assert "  New  AWS::S3::Bucket\n" in done.out
    assert "1 error, 0 warnings; 0 met; 0 waived; 1 in the baseline; " in done.out


def test_an_entry_says_what_was_found_where() -> None:
    write_template("a.json", {"Old": bucket("Suspended", Metadata={"aws:cdk:path": "Portal/Old"})})
    update()
    assert entries() == [
        {
            "template": "a.json",
            "resource": "Old",
            "rule": "S3BucketVersioned",
            "property": "VersioningConfiguration.Status",
            "verdict": "broken",
            "construct_path": "Portal/Old",
        }
    ]


def test_a_baseline_is_written_the_same_however_its_template_is_ordered() -> None:
    write_template("a.json", {"A": bucket(), "B": bucket()})
    update()
    before = Path(FILE).read_text()
    write_template("a.json", {"B": bucket(), "A": bucket()})
    update()
    assert Path(FILE).read_text() == before


def test_lines_may_move() -> None:
    update()
    Path("a.json").write_text("\n\n\n" + Path("a.json").read_text())
    assert check().status == 0


def test_the_folder_where_the_command_is_run_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    update()
    Path("below").mkdir()
    monkeypatch.chdir("below")
    assert run("check", "../a.json", "--baseline", f"../{FILE}").status == 0


def test_a_stack_is_known_by_its_name_wherever_its_template_is() -> None:
    for folder in ("one", "two"):
        stack: Any = {"type": "aws:cloudformation:stack", "environment": "aws://unknown-account/eu-west-1"}
        stack["properties"] = {"templateFile": f"{folder}.template.json"}
        write_template(f"{folder}/{folder}.template.json", {"Old": bucket("Suspended")})
        Path(folder, "manifest.json").write_text(json.dumps({"version": "55.0.0", "artifacts": {"Portal": stack}}))
    update("one")
    assert entries()[0]["template"] == "Portal (eu-west-1)"
    assert check(path="two").status == 0


def test_the_order_of_a_list_does_not_matter() -> None:
    def statement(sid: str, principal: str) -> dict[str, Any]:
        return {"Sid": sid, "Effect": "Allow", "Principal": principal, "Action": "sqs:SendMessage", "Resource": "*"}

    statements = [statement("Closed", "arn:aws:iam::123456789012:root"), statement("Open", "*")]
    for order in (statements, statements[::-1]):
        properties: Any = {"Queues": ["q"], "PolicyDocument": {"Statement": order}}
        write_template("a.json", {"It": {"Type": "AWS::SQS::QueuePolicy", "Properties": properties}})
        if order is statements:
            update()
    done = run("check", "a.json", "--baseline", FILE, "--rule", "SqsQueuePolicyNamesPrincipals")
    assert (done.status, "1 in the baseline" in done.out) == (0, True)


def test_another_property_of_the_same_resource_is_new() -> None:
    update()
    text = Path(FILE).read_text().replace("VersioningConfiguration.Status", "VersioningConfiguration")
    Path(FILE).write_text(text)
    assert check().status == 1


def test_what_was_undecided_and_is_broken_is_new() -> None:
    write_template("a.json", {"Old": bucket({"Ref": "Any"})}, Parameters={"Any": {"Type": "String"}})
    update()
    assert [one["verdict"] for one in entries()] == ["undecided"]
    write_template("a.json", {"Old": bucket("Suspended")})
    assert check().status == 1


def test_what_was_broken_and_is_undecided_is_not_new() -> None:
    update()
    write_template("a.json", {"Old": bucket({"Ref": "Any"})}, Parameters={"Any": {"Type": "String"}})
    assert check("--fail-on", "warning").status == 0


def test_what_is_resolved_is_reported() -> None:
    update()
    write_template("a.json", {"Old": bucket("Enabled")})
    done = check()
    assert done.status == 0
    assert "Resolved since the baseline\n  S3BucketVersioned  a.json  Old\n" in done.out


def test_a_finding_of_a_rule_that_was_not_asked_is_not_resolved() -> None:
    update()
    assert "Resolved" not in check().out


def test_what_is_resolved_is_taken_out_by_an_update_that_says_so() -> None:
    update()
    write_template("a.json", {"Old": bucket("Enabled")})
    assert "  S3BucketVersioned  a.json  Old\n" in update().out
    assert entries() == []
    assert "Resolved" not in check().out


def test_what_was_not_judged_is_not_called_resolved() -> None:
    update()
    write_template("b.json", {"Other": bucket("Enabled")})
    done = check(path="b.json")
    assert "Resolved" not in done.out
    assert "In the baseline, but not judged: a.json\n" in done.out


def test_a_waived_finding_is_waived_and_not_baselined() -> None:
    update()
    write_template("a.json", {"Old": bucket("Suspended", Metadata=waiver())})
    done = check()
    assert "; 1 waived; 0 in the baseline; " in done.out
    assert "Resolved since the baseline" in done.out


def test_an_expired_waiver_is_never_baselined() -> None:
    write_template("a.json", {"Old": bucket("Suspended", Metadata=waiver(expires="2020-01-01"))})
    assert update().status == 1
    done = check()
    assert done.status == 1
    assert "WaiverCurrent" in done.out
    assert "WaiverCurrent" not in Path(FILE).read_text()


def test_a_waiver_that_excuses_nothing_is_never_baselined() -> None:
    write_template("a.json", {"Old": bucket("Enabled", Metadata=waiver())})
    assert update().status == 1
    assert "WaiverUsed" not in Path(FILE).read_text()


def test_an_entry_of_a_rule_that_can_not_be_waived_is_refused() -> None:
    update()
    Path(FILE).write_text(Path(FILE).read_text().replace("S3BucketVersioned", "RuleCompleted"))
    done = check()
    assert done.status == 2
    assert "RuleCompleted is never baselined; report it" in done.err


def test_an_unknown_rule_is_refused_in_one_line() -> None:
    update()
    Path(FILE).write_text(Path(FILE).read_text().replace("S3BucketVersioned", "S3BucketVersion"))
    done = check()
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith(f"error: baseline {FILE}: findings[")
    assert done.err.endswith("no rule is called 'S3BucketVersion'; did you mean S3BucketVersioned?\n")


ENTRY = {"template": "a", "resource": "b", "rule": "S3BucketVersioned", "property": "", "verdict": "broken"}


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[" * 100_000,
        "[]",
        "null",
        "{}",
        '{"shape": 1}',
        '{"shape": "1", "findings": []}',
        '{"shape": 2, "findings": []}',
        '{"shape": 1, "findings": {}}',
        '{"shape": 1, "findings": [], "more": 1}',
        '{"shape": 1, "findings": [1]}',
        json.dumps({"shape": 1, "findings": [ENTRY]}),
        json.dumps({"shape": 1, "findings": [{**ENTRY, "construct_path": 1}]}),
        json.dumps({"shape": 1, "findings": [{**ENTRY, "construct_path": None, "verdict": "met"}]}),
        json.dumps({"shape": 1, "findings": [{**ENTRY, "construct_path": None, "more": 1}]}),
        b"\xff",
    ],
)
def test_what_is_no_baseline_is_refused_in_one_line(content: str | bytes) -> None:
    Path(FILE).write_bytes(content if isinstance(content, bytes) else content.encode())
    done = check()
    assert (done.status, done.out, done.err.count("\n")) == (2, "", 1)
    assert done.err.startswith(f"error: baseline {FILE}: ")


def test_a_file_that_is_no_baseline_is_not_overwritten() -> None:
    Path(FILE).write_text("{}")
    assert update().status == 2
    assert Path(FILE).read_text() == "{}"


def test_a_missing_baseline_is_refused_with_how_to_make_it() -> None:
    done = check()
    expected = f"error: baseline {FILE}: there is no such file; --update-baseline writes it\n"
    assert (done.status, done.err) == (2, expected)


def test_a_folder_is_no_baseline() -> None:
    Path(FILE).mkdir()
    assert check().err == f"error: baseline {FILE}: can't be read: is a directory\n"


@pytest.mark.parametrize("option", ["--rule", "--skip"])
def test_a_baseline_of_some_rules_only_is_refused(option: str) -> None:
    done = run("check", "a.json", "--baseline", FILE, "--update-baseline", option, "S3BucketVersioned")
    assert (done.status, Path(FILE).exists()) == (2, False)


def test_an_update_without_a_file_is_refused() -> None:
    assert "--update-baseline needs the file" in run("check", "a.json", "--update-baseline").err


def test_a_baseline_without_an_unusable_input_is_not_written() -> None:
    done = run("check", "a.json", "gone.json", "--baseline", FILE, "--update-baseline")
    assert (done.status, Path(FILE).exists()) == (2, False)
    assert "error: baseline base.json: is as it was, as an input can't be judged\n" in done.err


def test_text_lists_what_is_in_the_baseline() -> None:
    update()
    line = "    S3BucketVersioned  Old  VersioningConfiguration.Status: Suspended\n"
    assert f"  In the baseline\n{line}" in check().out


def test_json_lists_what_is_in_the_baseline_and_what_is_resolved() -> None:
    write_template("a.json", {"Old": bucket("Suspended"), "Mended": bucket("Suspended")})
    update()
    write_template("a.json", {"Old": bucket("Suspended"), "Mended": bucket("Enabled")})
    report = json.loads(check("--format", "json").out)
    assert [one["resource"] for one in report["baselined"]] == ["Old"]
    assert report["findings"] == []
    assert report["summary"]["baselined"] == 1
    assert report["baseline"]["file"] == FILE
    assert [one["resource"] for one in report["baseline"]["resolved"]] == ["Mended"]
    assert report["baseline"]["unjudged"] == []


def test_sarif_says_of_each_result_whether_it_is_new() -> None:
    update()
    write_template("a.json", {"Old": bucket("Suspended"), "New": bucket("Suspended")})
    log = json.loads(check("--format", "sarif").out)["runs"][0]
    states = {
        one["locations"][0]["logicalLocations"][0]["name"]: (one["baselineState"], one.get("suppressions"))
        for one in log["results"]
    }
    justification = f"it was there when the baseline was taken: {FILE}"
    suppression = {"kind": "external", "status": "accepted", "justification": justification}
    assert states == {"New": ("new", None), "Old": ("unchanged", [suppression])}


def test_junit_skips_what_is_in_the_baseline_and_passes_what_is_resolved() -> None:
    write_template("a.json", {"Old": bucket("Suspended"), "Mended": bucket("Suspended")})
    update()
    write_template("a.json", {"Old": bucket("Suspended"), "Mended": bucket("Enabled")})
    suites = ElementTree.fromstring(check("--format", "junit").out)
    (skipped,) = suites.iter("skipped")
    assert skipped.attrib["message"].startswith("in the baseline; broken: ")
    (resolved,) = [one for one in suites if one.attrib["name"] == "resolved since the baseline"]
    assert [case.attrib["classname"] for case in resolved.iter("testcase")] == ["a.json Mended"]


def test_nested_templates_are_named_after_their_stack() -> None:
    nested: Any = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "z.json"}}
    write_template("t/a.json", {"Inner": nested})
    write_template("t/z.json", {"Old": bucket("Suspended")})
    update("t/a.json")
    assert entries()[0]["template"] == "t/a.json/Inner"


SECRETS = ("--rule", "TemplateWithoutSecrets", "--rule", "TemplateWithoutPhi")
SECRET: Any = {"Type": "String", "Default": "hunter2"}


def sections(*names: str, first: str = "Old", **others: Any) -> None:
    """Write a template whose parameters have secrets as defaults."""
    parameters = {f"{name}Password": SECRET for name in names}
    write_template("a.json", {first: bucket(), "Old": bucket(), **others}, Parameters=parameters)


def check_secrets() -> Done:
    return run("check", "a.json", "--baseline", FILE, *SECRETS)


def of_template() -> list[tuple[str, str]]:
    found = json.loads(Path(FILE).read_text())["findings"]
    return [(one["resource"], one["property"]) for one in found if one["rule"] == "TemplateWithoutSecrets"]


def test_what_is_found_of_a_template_is_an_entry_for_each_thing() -> None:
    sections("A", "B")
    update()
    assert of_template() == [("", "Parameters.APassword"), ("", "Parameters.BPassword")]
    assert check_secrets().status == 0


def test_what_is_new_in_a_section_fails() -> None:
    sections("A")
    update()
    sections("A", "B")
    done = check_secrets()
    assert (done.status, "Resolved" in done.out) == (1, False)


def test_what_is_resolved_in_a_section_makes_nothing_else_new() -> None:
    sections("A", "B")
    update()
    sections("B")
    done = check_secrets()
    assert done.status == 0
    assert "Resolved since the baseline\n  TemplateWithoutSecrets  a.json  Parameters.APassword\n" in done.out


def test_a_resource_that_comes_first_makes_nothing_of_the_template_new() -> None:
    sections("A")
    update()
    sections("A", first="Another")
    assert check_secrets().status == 0


def test_a_secret_of_the_first_resource_hides_none_of_a_section() -> None:
    user: Any = {"Type": "AWS::AmazonMQ::Broker", "Properties": {"Users": [{"Password": "hunter2"}]}}
    sections("A", Aa=user)
    update()
    assert of_template() == [("", "Parameters.APassword"), ("Aa", "Users[].Password")]
    sections("A", "B", Aa=user)
    assert check_secrets().status == 1


def test_a_file_that_knows_a_template_by_its_first_resource_is_still_read() -> None:
    sections("A")
    update()
    old = json.loads(Path(FILE).read_text())
    for one in old["findings"]:
        if one["property"].startswith("Parameters."):
            one.update(resource="Old", property="")
    Path(FILE).write_text(json.dumps(old))
    done = check_secrets()
    assert (done.status, "Resolved" in done.out) == (0, False)


def test_each_text_like_an_identifier_in_a_section_is_an_entry() -> None:
    write_template("a.json", {"Old": bucket()}, Description="MRN 4711001")
    update()
    write_template("a.json", {"Old": bucket()}, Description="MRN 4711001", Metadata={"Note": "MRN 4711001"})
    assert check_secrets().status == 1
