"""What each tool says of the samples: this package in the process, checkov and cdk-nag beside it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from hipaa_constructs.checker import check
from hipaa_constructs.rules import Verdict
from tools.corpus.samples import Sample

_BATCH = 60

Place = tuple[str, str]
"""A file's name and a logical id."""

_Said = list[tuple[str, str]] | str
"""What a tool found in a template, as check and logical id, or why it refused it."""

_Run = Callable[[Sequence[Path], Path], dict[str, _Said]]


@dataclass(frozen=True, slots=True)
class Ours:
    """The verdicts of this package, by rule and place, and what went wrong."""

    verdicts: Mapping[str, Mapping[Place, Verdict]]
    faults: Sequence[str]


@dataclass(frozen=True, slots=True)
class Theirs:
    """The findings of another tool, by check, and the files that it refused, each with the reason."""

    found: Mapping[str, set[Place]]
    refused: Mapping[str, str]


def ours(samples: Sequence[Sample]) -> Ours:
    """Judge each sample alone."""
    verdicts: dict[str, dict[Place, Verdict]] = defaultdict(dict)
    faults: list[str] = []
    for sample in samples:
        try:
            report = check([sample.template()])
        except Exception as fault:  # What must never happen is what is looked for.
            faults.append(f"{sample.member}: {type(fault).__name__}: {fault}")
            continue
        for one in report.judgements:
            if one.rule.id == "RuleCompleted":
                faults.append(f"{sample.member}: {one.outcome.found}")
            verdicts[one.rule.id][sample.file.name, one.resource.logical_id] = one.outcome.verdict
    return Ours(verdicts, faults)


def theirs(samples: Sequence[Sample], folder: Path) -> Mapping[str, Theirs]:
    """Run cdk-nag's HIPAA pack and checkov, or take what the same version said of a template before.

    Args:
        samples: the templates.
        folder: the cache.

    Returns:
        The findings by the tool's name.
    """
    return {name: _gathered(name, run, samples, folder) for name, run in (("cdk-nag", _nag), ("checkov", _checkov))}


def _gathered(tool: str, run: _Run, samples: Sequence[Sample], folder: Path) -> Theirs:
    kept = folder / f"{tool}-{version(tool)}.json"
    said: dict[str, _Said] = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}
    new = [sample.file for sample in samples if sample.file.name not in said]
    for start in range(0, len(new), _BATCH):
        said |= run(new[start : start + _BATCH], folder)
        kept.write_text(json.dumps(said), encoding="utf-8")
    found: dict[str, set[Place]] = defaultdict(set)
    refused: dict[str, str] = {}
    for name in (sample.file.name for sample in samples):
        if isinstance(answer := said[name], str):
            refused[name] = answer
        else:
            for check_id, logical_id in answer:
                found[f"{tool}:{check_id}"].add((name, logical_id))
    return Theirs(found, refused)


def _checkov(files: Sequence[Path], folder: Path) -> dict[str, _Said]:
    named = [argument for file in files for argument in ("--file", str(file))]
    command = ["checkov", *named, "--framework", "cloudformation", "--skip-download", "--compact", "--output", "json"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    # It has no results at all where it found no resource that it knows.
    results = json.loads(done.stdout).get("results", {})
    said: dict[str, _Said] = {file.name: [] for file in files}
    said |= {Path(name).name: "can't be parsed" for name in results.get("parsing_errors", ())}
    for one in results.get("failed_checks", ()):
        answer = said[Path(one["file_path"]).name]
        if isinstance(answer, list):
            answer.append((one["check_id"], one["resource"].partition(".")[2]))
    return said


def _nag(files: Sequence[Path], folder: Path) -> dict[str, _Said]:
    answer = folder / "nag.json"
    command = [sys.executable, "-m", "tools.corpus.nag", str(answer), *map(str, files)]
    subprocess.run(command, check=True, capture_output=True)
    judged: dict[str, _Said] = json.loads(answer.read_text(encoding="utf-8"))
    return {Path(name).name: said for name, said in judged.items()}
