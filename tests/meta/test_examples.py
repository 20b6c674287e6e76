"""The examples: each is synthesized by the command that the README names."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_example_is_synthesized() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8").splitlines()
    (listed,) = (line.partition(":=")[2].split() for line in makefile if line.startswith("SYNTHESIZED"))
    assert sorted(listed) == sorted(f"examples/{path.parent.name}" for path in (ROOT / "examples").glob("*/app.py"))
