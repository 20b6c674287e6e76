"""What was measured, as the tables that the README shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_BLOCK = re.compile(r"(?<=<!-- bench -->\n).*?(?=<!-- /bench -->)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Table:
    """Things that do the same work.

    Attributes:
        title: which work.
        rows: what does it, and its seconds; the first is what the others are compared with.
    """

    title: str
    rows: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Growth:
    """What all rules take on one template.

    Attributes:
        resources: how many the template has.
        seconds: of the processor.
        megabytes: of memory, beyond the template's own.
    """

    resources: int
    seconds: float
    megabytes: float


@dataclass(frozen=True, slots=True)
class Tables:
    """All that was measured.

    Attributes:
        circumstances: when and with what.
        compared: the tables of ratios.
        growth: from few resources to many.
    """

    circumstances: str
    compared: tuple[Table, ...]
    growth: tuple[Growth, ...]


def markdown(tables: Tables) -> str:
    """Return the tables as Markdown."""
    return "\n".join(_lines(tables)) + "\n"


def written(page: str, text: str) -> str:
    """Return a page with a text in its block, which stands between ``<!-- bench -->`` and ``<!-- /bench -->``."""
    return _BLOCK.sub(lambda _: text, page)


def _lines(tables: Tables) -> Iterator[str]:
    yield tables.circumstances
    for table in tables.compared:
        yield from ("", f"| {table.title} | Seconds | Ratio |", "| --- | ---: | ---: |")
        base = table.rows[0][1]
        for label, seconds in table.rows:
            ratio = seconds / base
            yield f"| {label} | {seconds:.3f} | {ratio:,.{0 if ratio >= 10 else 2}f} |"
    yield from (
        "",
        "| Resources in one template | Seconds | Microseconds each | Memory, MB |",
        "| ---: | ---: | ---: | ---: |",
    )
    for one in tables.growth:
        each = one.seconds / one.resources * 1e6
        yield f"| {one.resources:,} | {one.seconds:.3f} | {each:.0f} | {one.megabytes:,.1f} |"
