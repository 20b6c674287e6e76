"""Judges templates that nobody here wrote, and writes what came of it: ``python -m tools.corpus``."""

from __future__ import annotations

import csv
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path

import jinja2

from hipaa_constructs.rules import RULES
from tools.corpus.comparing import Row, rows
from tools.corpus.judging import ours, theirs
from tools.corpus.samples import Sample, packages, samples

_ROOT = Path(__file__).parent.parent.parent
_CACHE = _ROOT / ".cache" / "corpus"
_PAGE = _ROOT / "docs" / "corpus.md"


def main() -> int:
    """Judge, compare and write.

    Returns:
        1 if a rule or the checker failed on a template.
    """
    _CACHE.mkdir(parents=True, exist_ok=True)
    found = samples(_CACHE)
    usable = [sample for sample in found if sample.unusable is None]
    judged = ours(usable)
    tools = theirs(usable, _CACHE)
    compared = list(rows(RULES.values(), judged, tools))
    _write_disagreements(usable, compared)
    counts = Counter(sample.package for sample in usable)
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_ROOT / "tools" / "templates"),
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=jinja2.StrictUndefined,
    )
    page = environment.get_template("corpus.md").render(
        packages=[(package, counts[package]) for package in packages()],
        usable=usable,
        unusable=len(found) - len(usable),
        faults=judged.faults,
        tools=tools,
        failed=sum(len(places) for check, places in tools["cdk-nag"].found.items() if check.endswith("?")),
        versions={name: version(name) for name in tools},
        rows=[row for row in compared if row.verdicts or row.there or row.unknown],
    )
    _PAGE.write_text(page, encoding="utf-8")
    print(f"wrote {_PAGE.relative_to(_ROOT)}: {len(usable)} templates, {len(judged.faults)} faults")
    for fault in judged.faults:
        print(fault, file=sys.stderr)
    return 1 if judged.faults else 0


def _write_disagreements(usable: Sequence[Sample], compared: Iterable[Row]) -> None:
    """Write each single one to the cache, to be looked at."""
    by_name = {sample.file.name: sample for sample in usable}
    with (_CACHE / "disagreements.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["package", "template", "file", "resource", "rule", "check", "who finds it"])
        for row in compared:
            for who, places in (("here", row.here), ("there", row.there), ("there, undecided here", row.unknown)):
                for name, logical_id in sorted(places):
                    sample = by_name[name]
                    place = [sample.package.name, sample.member, name, logical_id]
                    writer.writerow([*place, row.rule, row.check, who])


if __name__ == "__main__":
    sys.exit(main())
