"""Measures this package beside other tools, in one run: ``python -m benchmarks``."""

from __future__ import annotations

import datetime
import importlib.metadata
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median

from benchmarks.table import Growth, Table, Tables, markdown, written
from benchmarks.templates import RESOURCES, template
from hipaa_constructs.checker import check
from hipaa_constructs.loading import discover
from hipaa_constructs.rules import RULES, Template

_RUNS = 7
_SLOW_RUNS = 3
_MANY = 100
_SIZES = (50, 500, 5_000, 50_000)
_ROOT = Path(__file__).parent.parent
_PATH = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
_GUARD = Path(sys.prefix) / "guard" / "node_modules" / "@cdklabs" / "cdk-validator-cfnguard"
"""AWS's package of the program and the rules of AWS Control Tower; the rules for HIPAA are in no package registry."""


def main() -> None:
    """Measure all, print it, and write it into the README."""
    with tempfile.TemporaryDirectory() as name:
        one, many = Path(name) / "template.json", Path(name) / "many"
        one.write_text(json.dumps(template(), indent=1), encoding="utf-8")
        many.mkdir()
        for number in range(_MANY):
            (many / f"{number}.json").write_text(json.dumps(template(number)), encoding="utf-8")
        with_cdk: dict[str, float] = json.loads(_module("benchmarks.constructs", str(one)))
        reference: dict[str, float] = json.loads(_module("benchmarks.reference"))
        found = Tables(
            _circumstances(),
            (
                _whole_processes(one),
                _in_process(one, many, with_cdk["nag"]),
                _synthesis(),
                Table(
                    "50 buckets, built and synthesized; budget 1.1",
                    (("L2 constructs by hand", with_cdk["by_hand"]), ("`EncryptedBucket`", with_cdk["of_constructs"])),
                ),
                Table(
                    "The reference deployment, built and synthesized; budget 1.2",
                    (
                        ("L2 constructs by hand", reference["by_hand"]),
                        ("`examples/reference`", reference["of_constructs"]),
                        ("`examples/reference`, judged by all rules", reference["judged"]),
                    ),
                ),
            ),
            tuple(Growth(size, **json.loads(_module("benchmarks.growth", str(size)))) for size in _SIZES),
        )
    text = markdown(found)
    print(text)
    readme = _ROOT / "README.md"
    readme.write_text(written(readme.read_text(encoding="utf-8"), text), encoding="utf-8")


def _circumstances() -> str:
    names = ("aws-cdk-lib", "cdk-nag", "cfn-lint", "checkov")
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in names)
    today = datetime.datetime.now(datetime.UTC).date()
    machine = f"{os.cpu_count()} cores with Python {platform.python_version()}"
    return (
        f"Measured on {today} with {len(RULES)} rules, on {machine}; medians of {_SLOW_RUNS} to {_RUNS} runs."
        f" {versions}, cfn-guard {_guard_version()}."
    )


def _whole_processes(one: Path) -> Table:
    checkov = ("checkov", "--file", str(one), "--framework", "cloudformation", "--quiet", "--skip-download")
    rules = _GUARD / "rules" / "control-tower" / "cfn-guard"
    guard = (str(_guard()), "validate", "--rules", str(rules), "--data", str(one))
    asked = len(list(rules.rglob("*.guard")))
    return Table(
        f"A template of {RESOURCES} resources, whole process; budget 0.3 s",
        (
            ("`hipaa-constructs check`", _median(partial(_process, "hipaa-constructs", "check", str(one)), _RUNS)),
            ("cfn-lint", _median(partial(_process, "cfn-lint", str(one)), _SLOW_RUNS)),
            ("checkov", _median(partial(_process, *checkov), _SLOW_RUNS)),
            (f"cfn-guard, {asked} rules of AWS Control Tower", _median(partial(_process, *guard), _SLOW_RUNS)),
        ),
    )


def _guard() -> Path:
    system = "macos" if sys.platform == "darwin" else "ubuntu"
    machine = "aarch64" if platform.machine() in ("aarch64", "arm64") else "x86_64"
    return _GUARD / "bin" / system / machine / "cfn-guard"


def _guard_version() -> str:
    return subprocess.run([_guard(), "--version"], capture_output=True, text=True, check=True).stdout.split()[-1]


def _in_process(one: Path, many: Path, nag: float) -> Table:
    body = json.loads(one.read_text(encoding="utf-8"))
    return Table(
        "All rules, in process; budget 0.02 s, and 2 s for 100 templates",
        (
            (
                "1 template, from parsed JSON to report",
                _median(lambda: _seconds(lambda: check([Template(body)])), _RUNS),
            ),
            (f"{_MANY} templates that are judged together", _median(lambda: _rules(_read(many)), _SLOW_RUNS)),
            (f"cdk-nag's HIPAA pack, on 1 template of {RESOURCES} resources", nag),
        ),
    )


def _read(path: Path) -> list[Template]:
    return discover([str(path)]).templates


def _rules(templates: list[Template]) -> float:
    return _seconds(lambda: check(templates))


def _synthesis() -> Table:
    without, packs, ours, nag = [], [], [], []
    for _ in range(_SLOW_RUNS):
        without.append(_seconds(lambda: _module("benchmarks.synthesis")))
        ours.append(_seconds(lambda: packs.append(float(_module("benchmarks.synthesis", "ours")))))
        nag.append(_seconds(lambda: _module("benchmarks.synthesis", "nag")))
    return Table(
        "A synthesis of 50 buckets, whole process; budget 1.03",
        (
            ("without a rule pack", median(without)),
            ("with this one", median(ours)),
            ("with cdk-nag's HIPAA pack", median(nag)),
            ("spent in this one alone", median(packs)),
        ),
    )


def _module(name: str, *arguments: str) -> str:
    command = [sys.executable, "-m", name, *arguments]
    done = subprocess.run(command, cwd=_ROOT, env={**os.environ, "PATH": _PATH}, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{name} failed:\n{done.stderr[-2000:]}")
    return done.stdout


def _process(program: str, *arguments: str) -> float:
    found = shutil.which(program, path=_PATH)
    if found is None:
        raise SystemExit(f"{program} is not installed; `make bench` installs it")
    return _seconds(lambda: subprocess.run([found, *arguments], capture_output=True, check=False))


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _median(measure: Callable[[], float], runs: int) -> float:
    return median(measure() for _ in range(runs))


if __name__ == "__main__":
    main()
