"""The reference deployment, of this package's constructs and written by hand: how long its synthesis takes.

Run as a process of its own, in the folder of the project: ``python -m benchmarks.reference``.
"""

from __future__ import annotations

import json
import os
import runpy
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from statistics import median
from unittest.mock import patch

# The CDK reads its environment once, when it is loaded.
os.environ["CDK_VALIDATION"] = "false"
os.environ["CDK_OUTDIR"] = tempfile.mkdtemp()
os.environ["CDK_CONTEXT_JSON"] = json.dumps(json.loads(Path("cdk.json").read_text("utf-8"))["context"])

import aws_cdk as cdk

from benchmarks.by_hand.app import build

EXAMPLE = Path(__file__).parent.parent / "examples" / "reference"
RUNS = 15

Shape = Counter[tuple[str, str, frozenset[str]]]


def _judged() -> None:
    runpy.run_path(str(EXAMPLE / "app.py"))


def _of_constructs() -> None:
    with patch("hipaa_constructs.enforce"):
        _judged()


def _by_hand() -> None:
    app = cdk.App()
    build(app)
    app.synth()


def _seconds(make: Callable[[], None]) -> float:
    start = time.perf_counter()
    make()
    return time.perf_counter() - start


def _shape() -> Shape:
    """Count the resources of each stack by type and by the names of their properties."""
    found: Shape = Counter()
    for path in Path(os.environ["CDK_OUTDIR"]).glob("*.template.json"):
        for resource in json.loads(path.read_text("utf-8"))["Resources"].values():
            names = frozenset(resource.get("Properties", {})) - {"Tags"}
            found[path.name.partition(".")[0], resource["Type"], names] += 1
    return found


def measured() -> dict[str, float]:
    """Return the median seconds of the deployment by hand, of the one of constructs, and of that judged by all rules.

    Raises:
        SystemExit: the two are not of the same resources with the same properties.
    """
    sys.path.insert(0, str(EXAMPLE))
    ways = {"by_hand": _by_hand, "of_constructs": _of_constructs, "judged": _judged}
    shapes: list[Shape] = []
    for make in ways.values():  # The first synthesis of a process pays for loading the CDK.
        make()
        shapes.append(_shape())
    hand, ours, _ = shapes
    if not hand or hand != ours:
        raise SystemExit(f"bring benchmarks/by_hand up to date: it has {hand - ours}, and lacks {ours - hand}")
    runs = [{name: _seconds(make) for name, make in ways.items()} for _ in range(RUNS)]
    return {name: median(run[name] for run in runs) for name in ways}


if __name__ == "__main__":
    try:
        print(json.dumps(measured()))
    finally:
        shutil.rmtree(os.environ["CDK_OUTDIR"])
