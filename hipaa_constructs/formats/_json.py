"""A report for another program, and for the record."""

from __future__ import annotations

import json
from dataclasses import asdict

from hipaa_constructs.checker import Judgement
from hipaa_constructs.controls import Control
from hipaa_constructs.formats._run import EVIDENCE, Run, version
from hipaa_constructs.rules import RULES, Rule, Verdict
from hipaa_constructs.rules._value import Json

SHAPE = 1
"""Raised when a key changes its meaning or goes away; a new key does not raise it."""


def as_json(run: Run) -> str:
    """Return a JSON object.

    Its keys: ``shape`` (the number of this layout); ``tool``; ``note`` (what a *met* means);
    ``summary`` (the counts); ``templates``; ``rules`` (those asked, by id); ``skipped``
    (why each rule that was left out was); ``findings``, ``waived``, ``baselined`` and ``met`` (judgements, each with
    its rule's id, the resource and the place); ``baseline`` (its file, and its entries that are resolved or were not
    judged; null without one); ``unusable`` (inputs that could not be judged).
    """
    report = run.report
    content: dict[str, Json] = {
        "shape": SHAPE,
        "tool": {"name": "hipaa-constructs", "version": version()},
        "note": EVIDENCE,
        "summary": asdict(run.tally()),
        "templates": [
            {
                "name": template.name,
                "account": template.account,
                "region": template.region,
                "resources": len(template.resources),
            }
            for template in report.assembly.templates
        ],
        "rules": {rule.id: described(rule) for rule in run.rules},
        "skipped": dict(run.skipped),
        "findings": [_judgement(one) for one in report.findings],
        "waived": [_judgement(one) for one in report.waived],
        "baselined": [_judgement(one) for one in report.baselined],
        "met": [_judgement(one) for one in report.met],
        "baseline": described_baseline(run),
        "unusable": [
            {
                "name": problem.name,
                "line": problem.line,
                "column": problem.column,
                "why": problem.why,
            }
            for problem in run.problems
        ],
    }
    return dumped(content)


def described_baseline(run: Run) -> Json:
    """Return what has become of the baseline as JSON."""
    if run.baseline is None:
        return None
    return {
        "file": run.baseline,
        "resolved": [asdict(one) for one in run.resolved],
        "unjudged": [asdict(one) for one in run.unjudged],
    }


def dumped(content: Json) -> str:
    """Return the text of some JSON."""
    return json.dumps(content, indent=2) + "\n"


def described_control(control: Control) -> dict[str, Json]:
    """Return a standard or specification as JSON, with the ids of the rules that cite it."""
    return {
        "id": control.id,
        "title": control.title,
        "kind": control.kind,
        "standard": control.standard,
        "evidence": control.evidence,
        "shows": control.shows,
        "url": control.url,
        "rules": [rule.id for rule in RULES.values() if control.id in rule.controls],
    }


def described(rule: Rule) -> dict[str, Json]:
    """Return a rule as JSON."""
    return {
        "id": rule.id,
        "service": rule.service,
        "title": rule.title,
        "fix": rule.fix,
        "severity": rule.severity,
        "applies_to": list(rule.applies_to),
        "controls": [{"id": control.id, "title": control.title, "url": control.url} for control in rule.cited],
        "requirement": rule.requirement,
        "same_as": list(rule.same_as),
        "waivable": rule.waivable,
        "url": rule.url,
    }


def _judgement(one: Judgement) -> Json:
    resource, outcome = one.resource, one.outcome
    result: dict[str, Json] = {
        "rule": one.rule.id,
        "verdict": outcome.verdict,
        "severity": one.severity if outcome.verdict is not Verdict.MET else None,
        "template": resource.template.name,
        "line": one.line,
        "resource": resource.logical_id,
        "type": resource.type,
        "construct_path": resource.construct_path,
        "property": outcome.property or None,
        "found": outcome.found or None,
    }
    if one.waiver is not None:
        waiver = one.waiver.waiver
        result["waiver"] = {
            "reason": waiver.reason,
            "approved_by": waiver.approved_by,
            "expires": waiver.expiry.isoformat(),
            "scope": one.waiver.scope,
            "by_library": one.waiver.by_library,
        }
    return result
