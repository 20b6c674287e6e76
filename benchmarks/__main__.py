"""Measures this package beside other tools, in one run: ``python -m benchmarks``."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from statistics import median

from benchmarks.templates import RESOURCES, template
from hipaa_constructs.checker import check
from hipaa_constructs.loading import discover

_RUNS = 7
_SLOW_RUNS = 3
_MANY = 100
_ROOT = Path(__file__).parent.parent
_PATH = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])

_Row = tuple[str, float | None]
"""What was measured, and its seconds; None if it is not installed."""


def main() -> None:
    """Measure all, and print tables of ratios."""
    cores = os.cpu_count()
    print(f"Medians of {_SLOW_RUNS} to {_RUNS} runs on {cores} cores; a template has {RESOURCES} resources.\n")
    with tempfile.TemporaryDirectory() as name:
        one, many = Path(name) / "template.json", Path(name) / "many"
        one.write_text(json.dumps(template(), indent=1), encoding="utf-8")
        many.mkdir()
        for number in range(_MANY):
            (many / f"{number}.json").write_text(json.dumps(template(number)), encoding="utf-8")
        _print("One template, whole process; budget 0.3 s", _whole_processes(one))
        rules = _median(lambda: _rules(one), _RUNS)
        hundred = _median(lambda: _rules(many), _SLOW_RUNS)
        with_cdk = _in_process_of_its_own("benchmarks.constructs", str(one))
        _print(
            "All rules on one template, in process; budget 0.02 s",
            [("hipaa_constructs", rules), ("cdk-nag's HIPAA pack", with_cdk["nag"])],
        )
        _print(
            f"All rules on {_MANY} templates at once; budget 2 s, and linear growth is {_MANY} x",
            [("1 template", rules), (f"{_MANY} templates", hundred)],
        )
        _print(
            "The same 50 buckets, built and synthesized; budget 1.1 x",
            [("L2 constructs by hand", with_cdk["by_hand"]), ("EncryptedBucket", with_cdk["of_constructs"])],
        )
        reference = _in_process_of_its_own("benchmarks.reference")
        _print(
            "The reference deployment, built and synthesized; budget 1.2 x",
            [
                ("L2 constructs by hand", reference["by_hand"]),
                ("examples/reference", reference["of_constructs"]),
                ("  and judged by all rules", reference["judged"]),
            ],
        )


def _whole_processes(one: Path) -> list[_Row]:
    ours = _median(lambda: _process("hipaa-constructs", "check", str(one)), _RUNS)
    others = {
        "checkov": ("checkov", "--file", str(one), "--framework", "cloudformation", "--quiet", "--skip-download"),
        "cfn-lint": ("cfn-lint", str(one)),
    }
    rows: list[_Row] = [("hipaa-constructs check", ours)]
    for label, command in others.items():
        installed = shutil.which(command[0], path=_PATH)
        rows.append((label, _median(partial(_process, *command), _SLOW_RUNS) if installed else None))
    return rows


def _process(program: str, *arguments: str) -> float:
    found = shutil.which(program, path=_PATH)
    if found is None:
        raise SystemExit(f"{program} is not installed; `make bench` installs it")
    return _seconds(lambda: subprocess.run([found, *arguments], capture_output=True, check=False))


def _rules(path: Path) -> float:
    templates = discover([str(path)]).templates
    return _seconds(lambda: check(templates))


def _in_process_of_its_own(module: str, *arguments: str) -> dict[str, float]:
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{module} failed:\n{done.stderr[-2000:]}")
    measured: dict[str, float] = json.loads(done.stdout)
    return measured


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _median(measure: Callable[[], float], runs: int) -> float:
    return median(measure() for _ in range(runs))


def _print(title: str, rows: Sequence[_Row]) -> None:
    base = rows[0][1]
    print(title)
    for label, spent in rows:
        text = "not installed" if spent is None or base is None else f"{spent / base:8.2f} x {spent:9.3f} s"
        print(f"  {label:<24}{text}")
    print(flush=True)


if __name__ == "__main__":
    main()
