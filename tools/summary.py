"""Says what a synthesis was judged to be: ``python -m tools.summary cdk.out/…``."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path

from hipaa_constructs.checker import Report, check
from hipaa_constructs.loading import discover
from hipaa_constructs.rules import RULES, Severity
from hipaa_constructs.rules._value import Json

_NAG = "HIPAA.Security"
_REPORT = "validation-report.json"


@dataclass(frozen=True, slots=True)
class NagResult:
    """What cdk-nag's HIPAA pack left in the CDK's report.

    Attributes:
        findings: what nobody acknowledged.
        acknowledged: what somebody did.
    """

    findings: int
    acknowledged: int


def nag_result(assembly: Path) -> NagResult:
    """Read the CDK's report; a plug-in that found nothing leaves no trace in it, so absence counts as nothing found."""
    report: Json = json.loads((assembly / _REPORT).read_text("utf-8"))
    plugins = report.get("pluginReports") if isinstance(report, dict) else None
    for plugin in plugins if isinstance(plugins, list) else []:
        if isinstance(plugin, dict) and plugin.get("pluginName") == _NAG:
            return NagResult(_resources(plugin.get("violations")), _resources(plugin.get("suppressedViolations")))
    return NagResult(0, 0)


def _resources(violations: Json) -> int:
    found = violations if isinstance(violations, list) else []
    constructs = [one.get("violatingConstructs") for one in found if isinstance(one, dict)]
    return sum(len(one) for one in constructs if isinstance(one, list))


def describe(name: str, report: Report, nag: NagResult) -> str:
    """Return the summary of one assembly."""
    errors = [one for one in report.findings if one.severity is Severity.ERROR]
    by_library = [one for one in report.waived if one.waiver is not None and one.waiver.by_library]
    rows = {
        "stacks": f"{len(report.assembly.templates)}",
        "resources": f"{len(report.assembly.resources('*'))}",
        "rules evaluated": f"{len(RULES)}, met {len(report.met)} times",
        "findings": f"{len(errors)} errors, {len(report.findings) - len(errors)} warnings",
        "waivers": f"{len(by_library)} of the library, {len(report.waived) - len(by_library)} of the app",
        "cdk-nag": f"{nag.findings} findings, {nag.acknowledged} acknowledged",
    }
    return "\n".join([name, *(f"  {label:<16} {text}" for label, text in rows.items())])


def main(paths: list[str]) -> int:
    """Print a summary of each cloud assembly.

    Returns:
        0; 1 if either pack has an error that nobody waived; 2 if an assembly or its report can't be read.
    """
    status = 0
    for path in paths:
        found = discover([path])
        if found.problems or not (Path(path) / _REPORT).exists():
            problems = [str(problem) for problem in found.problems] or [f"{path}: no {_REPORT}, so no pack has run"]
            print("\n".join(problems), file=sys.stderr)
            return 2
        report, nag = check(found.templates), nag_result(Path(path))
        print(describe(path, report, nag))
        if report.fails() or nag.findings:
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
