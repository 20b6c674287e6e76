"""A report in SARIF 2.1.0, for code scanning.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/sarif-v2.1.0-errata01-os-complete.html
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from urllib.parse import quote

from hipaa_constructs.checker import Judgement
from hipaa_constructs.formats._json import described_baseline
from hipaa_constructs.formats._run import EVIDENCE, Run, found_in, version
from hipaa_constructs.loading import UnusableTemplate
from hipaa_constructs.rules import Resource, Rule, Verdict
from hipaa_constructs.rules._value import Json

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_FINGERPRINT = "hipaaConstructs/v1"


def as_sarif(run: Run) -> str:
    """Return a log of one run.

    Waived findings are results with an accepted suppression, and so are those of the baseline, whose state is
    *unchanged*. What is met is no result: code
    scanning shows every result as something to do.
    """
    reported = [one for one in run.report.judgements if one.outcome.verdict is not Verdict.MET]
    # A finding may be of a rule that was not asked, that a rule failed.
    rules = {rule.id: rule for rule in run.rules} | {one.rule.id: one.rule for one in reported}
    places = {rule_id: place for place, rule_id in enumerate(rules)}
    driver: Json = {
        "name": "hipaa-constructs",
        "version": version(),
        "rules": [_rule(rule) for rule in rules.values()],
    }
    log: dict[str, Json] = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "invocations": [
            {
                "executionSuccessful": not run.problems,
                "toolExecutionNotifications": [_notification(p) for p in run.problems],
            }
        ],
        "results": [_result(one, places[one.rule.id], run) for one in reported],
    }
    properties: dict[str, Json] = {"skipped": dict(run.skipped), "baseline": described_baseline(run)}
    told: dict[str, Json] = {key: value for key, value in properties.items() if value}
    if told:
        log["properties"] = told
    content: Json = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [log]}
    # Indenting would take longer than all rules together: only compact text is written in C.
    return json.dumps(content) + "\n"


def _rule(rule: Rule) -> Json:
    cited = "; ".join(f"{control.id} {control.title}" for control in rule.cited)
    supports = f" Evidence that supports {cited}." if cited else ""
    return {
        "id": rule.id,
        "name": rule.id,
        "shortDescription": {"text": _sentence(rule.title)},
        "fullDescription": {"text": f"{_sentence(rule.title)}{supports}"},
        "help": {"text": f"{_sentence(rule.fix)} {EVIDENCE}"},
        "helpUri": rule.url,
        "defaultConfiguration": {"level": rule.severity},
        "properties": {"tags": ["security", "hipaa", *rule.controls]},
    }


def _result(one: Judgement, index: int, run: Run) -> Json:
    resource = one.resource
    result: dict[str, Json] = {
        "ruleId": one.rule.id,
        "ruleIndex": index,
        "level": one.severity,
        "message": {
            "text": f"{_sentence(one.rule.title)} Found {one.outcome.verdict} at "
            f"{resource.logical_id}: {found_in(one)}. Fix: {_sentence(one.rule.fix)}"
        },
        "locations": [
            {
                "physicalLocation": _physical(resource.template.name, one.line),
                "logicalLocations": [_logical(resource)],
            }
        ],
        "partialFingerprints": {_FINGERPRINT: _fingerprint(one)},
        "properties": {"verdict": one.outcome.verdict, "property": one.outcome.property},
    }
    if one.waiver is not None:
        waiver = one.waiver.waiver
        terms = f"approved by {waiver.approved_by}, until {waiver.expiry}"
        result["suppressions"] = [
            {
                "kind": "inSource",
                "status": "accepted",
                "justification": f"{waiver.reason} ({terms})",
            }
        ]
    if run.baseline is not None:
        result["baselineState"] = "unchanged" if one.baselined else "new"
    if one.baselined:
        result["suppressions"] = [
            {
                "kind": "external",
                "status": "accepted",
                "justification": f"it was there when the baseline was taken: {run.baseline}",
            }
        ]
    return result


def _logical(resource: Resource) -> dict[str, Json]:
    path = resource.construct_path or f"{resource.template.name}/{resource.logical_id}"
    return {"name": resource.logical_id, "fullyQualifiedName": path, "kind": "resource"}


def _physical(name: str, line: int | None, column: int | None = None) -> dict[str, Json]:
    location: dict[str, Json] = {"artifactLocation": {"uri": _uri(name)}}
    if line is not None:
        start = {"startLine": line, "startColumn": column}
        location["region"] = {key: at for key, at in start.items() if at is not None}
    return location


def _uri(name: str) -> str:
    path = Path(name)
    return path.as_uri() if path.is_absolute() else quote(name, errors="surrogateescape")


def _fingerprint(one: Judgement) -> str:
    """Return what stays the same while the file moves around a finding."""
    resource = one.resource
    parts = (one.rule.id, resource.template.name, resource.logical_id, one.outcome.property)
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _notification(problem: UnusableTemplate) -> Json:
    place = _physical(problem.name, problem.line, problem.column)
    return {
        "level": "error",
        "message": {"text": str(problem)},
        "locations": [{"physicalLocation": place}],
    }


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
