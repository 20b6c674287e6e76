"""Says what a synthesis was judged to be: ``python -m tools.summary cdk.out/…``.

The CDK's report is silent on a pack that found nothing, as on one that did not run. So this package's rules are asked
again, and a report that lacks what they find is not believed; the two packs are registered together.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from hipaa_constructs.checker import Report, check
from hipaa_constructs.loading import discover
from hipaa_constructs.rules import RULES, Severity, Verdict
from hipaa_constructs.rules._value import Json

_NAG, _OURS = "HIPAA.Security", "HipaaConstructs"
_REPORT = "validation-report.json"


class Unbelievable(Exception):
    """What is left of a synthesis does not say what was judged."""


@dataclass(frozen=True, slots=True)
class NagResult:
    """What cdk-nag's HIPAA pack left in the CDK's report.

    Attributes:
        errors: what nobody acknowledged.
        warnings: the same, of less weight.
        acknowledged: what somebody did.
        named: whether the report names the pack.
    """

    errors: int = 0
    warnings: int = 0
    acknowledged: int = 0
    named: bool = False


def nag_result(assembly: Path, report: Report) -> NagResult:
    """Read the CDK's report of an assembly.

    Args:
        assembly: where it is.
        report: what this package's rules find there.

    Raises:
        Unbelievable: there is none, it can't be read, or lacks what the rules find.
    """
    try:
        plugins = {
            one["pluginName"]: one for one in json.loads((assembly / _REPORT).read_text("utf-8"))["pluginReports"]
        }
    except FileNotFoundError:
        raise Unbelievable(f"{assembly}: no {_REPORT}, so no pack has run") from None
    except (OSError, ValueError, LookupError, TypeError) as fault:
        raise Unbelievable(f"{assembly / _REPORT}: can't be read: {type(fault).__name__}: {fault}") from None
    reportable = [one for one in report.judgements if one.outcome.verdict is not Verdict.MET]
    if reportable and _OURS not in plugins:
        first = reportable[0]
        raise Unbelievable(
            f"{assembly}: {_REPORT} says nothing of {first.rule.id} at {first.resource.logical_id}, "
            "so the packs have not judged these templates; call enforce(app)"
        )
    if _NAG not in plugins:
        return NagResult()
    open_, acknowledged = (list(_findings(plugins[_NAG].get(key))) for key in ("violations", "suppressedViolations"))
    errors = sum(severity != "warning" for severity in open_)
    return NagResult(errors, len(open_) - errors, len(acknowledged), named=True)


def _findings(violations: Json) -> Iterator[str]:
    """Yield the severity of each finding, one for each construct."""
    for one in violations if isinstance(violations, list) else []:
        if isinstance(one, dict):
            constructs = one.get("violatingConstructs")
            yield from [str(one.get("severity"))] * (len(constructs) if isinstance(constructs, list) else 1)


def describe(name: str, report: Report, nag: NagResult) -> str:
    """Return the summary of one assembly."""
    errors = [one for one in report.findings if one.severity is Severity.ERROR]
    by_library = [one for one in report.waived if one.waiver is not None and one.waiver.by_library]
    silent = "" if nag.named else " (not named in the report: it found nothing, or is not registered)"
    rows = {
        "stacks": f"{len(report.assembly.templates)}",
        "resources": f"{len(report.assembly.resources('*'))}",
        "rules evaluated": f"{len(RULES)}, met {len(report.met)} times",
        "findings": f"{len(errors)} errors, {len(report.findings) - len(errors)} warnings",
        "waivers": f"{len(by_library)} of the library, {len(report.waived) - len(by_library)} of the app",
        "cdk-nag": f"{nag.errors} errors, {nag.warnings} warnings, {nag.acknowledged} acknowledged{silent}",
    }
    findings = [
        f"  {one.severity}: {one.resource.construct_path or one.resource.logical_id}: {one.rule.id}; {one.rule.fix}"
        for one in report.findings
    ]
    return "\n".join([name, *(f"  {label:<16} {text}" for label, text in rows.items()), *findings])


def main(paths: list[str]) -> int:
    """Print a summary of each cloud assembly.

    Returns:
        0; 1 if either pack has an error that nobody waived; 2 if an assembly or its report can't be believed.
    """
    status = 0
    for path in paths:
        found = discover([path])
        try:
            if found.problems:
                raise Unbelievable("\n".join(str(problem) for problem in found.problems))
            report = check(found.templates)
            nag = nag_result(Path(path), report)
        except Unbelievable as why:
            print(f"error: {why}", file=sys.stderr)
            status = 2
            continue
        print(describe(path, report, nag))
        if report.fails() or nag.errors:
            status = max(status, 1)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
