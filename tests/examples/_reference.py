"""The reference deployment, synthesized as a process, and its templates as they would be without something."""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from hipaa_constructs.checker import Report, check
from hipaa_constructs.loading import discover
from hipaa_constructs.rules import Template
from hipaa_constructs.rules._value import Json

ROOT = Path(__file__).parents[2]
APP = ROOT / "examples" / "reference" / "app.py"
Body = dict[str, Json]


@dataclass(frozen=True, slots=True)
class Synthesis:
    """What a run of the app left behind."""

    status: int
    printed: str
    folder: Path

    def templates(self) -> dict[str, Body]:
        """Return the templates by the name of the stack."""
        found = sorted(self.folder.glob("*.template.json"))
        return {path.name.removesuffix(".template.json"): json.loads(path.read_text("utf-8")) for path in found}

    def stacks(self) -> dict[str, Body]:
        """Return what the manifest says of each stack."""
        artifacts = json.loads((self.folder / "manifest.json").read_text("utf-8"))["artifacts"]
        return {name: one for name, one in artifacts.items() if one["type"] == "aws:cloudformation:stack"}

    def reported(self, kind: str) -> dict[str, list[str]]:
        """Return what each rule pack reported, as plug-in and rule."""
        report = json.loads((self.folder / "validation-report.json").read_text("utf-8"))
        return {
            plugin["pluginName"]: [one["ruleName"] for one in plugin.get(kind) or []]
            for plugin in report["pluginReports"]
        }

    def changed(self, stack: str, *changes: Change) -> Report:
        """Judge the templates as they would be if one of them were another.

        Args:
            stack: whose template is changed.
            *changes: what is changed in it.
        """
        found = discover([str(self.folder)])
        assert found.problems == []
        return check(
            Template(
                _with(one.body, changes) if one.stack_name == stack else one.body,
                name=one.name,
                account=one.account,
                region=one.region,
                stack_name=one.stack_name,
            )
            for one in found.templates
        )


@dataclass(frozen=True, slots=True)
class Change:
    """Another value, or none, at a place of all resources whose logical ids begin in a certain way.

    Attributes:
        prefix: what their logical ids begin with.
        path: the keys below the resource; none for the resource itself.
        value: what stands there instead; None takes the place away.
    """

    prefix: str
    path: tuple[str | int, ...] = ()
    value: Json = None


def _with(body: object, changes: tuple[Change, ...]) -> Body:
    result = copy.deepcopy(body)
    assert isinstance(result, dict)
    for change in changes:
        chosen = [logical_id for logical_id in result["Resources"] if logical_id.startswith(change.prefix)]
        assert chosen, change.prefix
        for logical_id in chosen:
            holder, last = result["Resources"], logical_id
            for key in change.path:
                holder, last = holder[last], key
            assert holder[last] != change.value
            if change.value is None:
                del holder[last]
            else:
                holder[last] = change.value
    return result


def synthesized(folder: Path, **context: str) -> Synthesis:
    """Synthesize the app with the flags of the project, and what else its user passes as context."""
    flags = json.loads((ROOT / "cdk.json").read_text("utf-8"))["context"]
    done = subprocess.run(
        [sys.executable, str(APP)],
        env={**os.environ, "CDK_OUTDIR": str(folder), "CDK_CONTEXT_JSON": json.dumps({**flags, **context})},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    return Synthesis(done.returncode, done.stdout + done.stderr, folder)
