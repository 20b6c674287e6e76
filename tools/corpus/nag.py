"""Runs cdk-nag's HIPAA pack on templates, as a process: ``python -m tools.corpus.nag RESULT TEMPLATE…``."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

os.environ["CDK_VALIDATION"] = "false"

from aws_cdk import App, LegacyStackSynthesizer, Stack, Validations
from aws_cdk.cloudformation_include import CfnInclude
from cdk_nag import HIPAASecurityChecks


def judge(template: Path) -> list[tuple[str, str]] | str:
    """Return the findings in a template as rule and logical id, or why the CDK does not take it.

    A rule that failed on a resource, as most do on an intrinsic function, has a question mark after its name.
    """
    with tempfile.TemporaryDirectory() as folder:
        app = App(outdir=folder, analytics_reporting=False)
        try:
            # The default one adds a parameter that synthesized templates already have.
            stack = Stack(app, "Stack", synthesizer=LegacyStackSynthesizer())
            CfnInclude(stack, "Template", template_file=str(template), allow_cyclical_references=True)
            Validations.of(app).add_plugins(HIPAASecurityChecks(app))
            app.synth()
        except RuntimeError as failed:
            if "ValidationFailed" not in str(failed):
                return str(failed).partition("\n")[0]
        report = Path(folder) / "validation-report.json"
        found = json.loads(report.read_text(encoding="utf-8"))["pluginReports"] if report.exists() else []
        return [
            (_name(violation), construct["constructPath"].rpartition("/")[2])
            for plugin in found
            for violation in plugin["violations"]
            for construct in violation["violatingConstructs"]
        ]


def _name(violation: dict[str, str]) -> str:
    name = violation["ruleName"].partition("[")[0].rpartition("::")[2]
    return f"{name}?" if violation["description"].startswith("Rule threw an error") else name


if __name__ == "__main__":
    judged = {name: judge(Path(name)) for name in sys.argv[2:]}
    Path(sys.argv[1]).write_text(json.dumps(judged), encoding="utf-8")
