"""Measures this package beside other tools, in one run: ``python -m benchmarks``."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

from benchmarks.templates import RESOURCES, template
from hipaa_constructs.checker import check
from hipaa_constructs.loading import discover, load_stacks

_RUNS = 5
_SLOW_RUNS = 3
_MANY = 100
_BIN = Path(sys.executable).parent


def main() -> None:
    """Measure all, and print tables."""
    print(f"{RESOURCES} resources a template; medians of {_SLOW_RUNS} to {_RUNS} runs; {os.cpu_count()} cores\n")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        one = folder / "template.json"
        one.write_text(json.dumps(template(), indent=1), encoding="utf-8")
        whole_processes(one)
        rules_in_process(one, folder)
        constructs(folder)


def whole_processes(one: Path) -> None:
    """Compare the command line with those of other tools, on one template."""
    commands = {
        "hipaa-constructs check": ["hipaa-constructs", "check", str(one)],
        "checkov": ["checkov", "-f", str(one), "--framework", "cloudformation", "--quiet", "--skip-download"],
        "cfn-lint": ["cfn-lint", str(one)],
    }
    rows: list[tuple[str, float | None]] = []
    for label, (program, *arguments) in commands.items():
        found = shutil.which(program, path=f"{_BIN}{os.pathsep}{os.environ['PATH']}")
        runs = _SLOW_RUNS if rows else _RUNS
        rows.append((label, (found and _median(lambda: _run([found, *arguments]), runs)) or None))  # noqa: B023
    _print("One template, whole process (budget 0.3 s)", rows)


def rules_in_process(one: Path, folder: Path) -> None:
    """Compare the rules with cdk-nag's, and with themselves on many templates."""
    from benchmarks.constructs import nag_seconds

    many = folder / "many"
    many.mkdir()
    for number in range(_MANY):
        (many / f"{number}.json").write_text(json.dumps(template(number)), encoding="utf-8")

    def judged(path: Path) -> float:
        templates = discover([str(path)]).templates
        return _seconds(lambda: check(templates))

    def nag(*, with_pack: bool) -> float:
        with contextlib.redirect_stdout(io.StringIO()):
            return nag_seconds(one, folder / "nag", judged=with_pack)

    rules, read = _median(lambda: judged(one)), _median(lambda: _seconds(lambda: load_stacks([(one, None, None)])))
    pairs = [(nag(with_pack=False), nag(with_pack=True)) for _ in range(_RUNS + 1)][1:]
    pack = median(without for without, _ in pairs), median(with_pack for _, with_pack in pairs)
    _print(
        "One template, in process (budget of the rules 0.02 s)",
        [("all rules", rules), ("reading the template", read), ("cdk-nag's HIPAA pack", pack[1] - pack[0])],
    )
    hundred = _median(lambda: judged(many), _SLOW_RUNS)
    _print(
        f"All rules on {_MANY} templates at once (budget 2 s; linear growth is {_MANY})",
        [("1 template", rules), (f"{_MANY} templates", hundred)],
    )


def constructs(folder: Path) -> None:
    """Compare stacks of this package with one written by hand that gives the same template."""
    from benchmarks.constructs import BUCKETS, by_hand, of_constructs, resources, seconds

    builds = {"hand-written L2 stack": by_hand, "EncryptedBucket": of_constructs}
    made = {}
    for label, build in builds.items():  # The first synthesis of a process pays for loading the CDK.
        seconds(build, folder / "stack")
        made[label] = resources(folder / "stack")
    first, second = made.values()
    if first != second:
        raise SystemExit("the hand-written stack gives another template; bring benchmarks/constructs.py up to date")
    runs = [[seconds(build, folder / "stack") for build in builds.values()] for _ in range(_RUNS)]
    times = [median(column) for column in zip(*runs, strict=True)]
    _print(
        f"{BUCKETS} buckets built and synthesized (budget 1.1 times the stack by hand)",
        list(zip(builds, times, strict=True)),
    )


def _run(command: Sequence[str]) -> float:
    return _seconds(lambda: subprocess.run(command, capture_output=True, check=False))


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _median(measure: Callable[[], float], runs: int = _RUNS) -> float:
    return median(measure() for _ in range(runs))


def _print(title: str, rows: Sequence[tuple[str, float | None]]) -> None:
    base = rows[0][1]
    print(title)
    for label, spent in rows:
        ratio = f"{spent / base:8.2f} x  {spent:8.3f} s" if spent and base else "not installed"
        print(f"  {label:<24} {ratio}")
    print(flush=True)


if __name__ == "__main__":
    main()
