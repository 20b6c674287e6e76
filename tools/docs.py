"""Generates the tables of the documentation from the registries: ``python -m tools.docs [--check]``."""

from __future__ import annotations

import csv
import re
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import jinja2
from aws_cdk import App, Duration, RemovalPolicy, Stack
from constructs import Construct

from hipaa_constructs.checker import check
from hipaa_constructs.controls import CONTROLS
from hipaa_constructs.loading import Source, load_stacks
from hipaa_constructs.rules import RULES, Rule, Verdict
from hipaa_constructs.services._library_waivers import LIBRARY_WAIVERS
from hipaa_constructs.services._options import Contract
from tools.costs import rows as cost_rows
from tools.examples import EXAMPLES
from tools.picture import draw, drawing
from tools.public_rules import SETS, WHY_NOT, public_rules
from tools.services import SERVICES

ROOT = Path(__file__).parent.parent
CATALOGUE = ROOT / "docs" / "catalogue.csv"
_README_TABLE = re.compile(r"(?<=<!-- constructs -->\n).*?(?=<!-- /constructs -->)", re.DOTALL)
_COST_TABLE = re.compile(r"(?<=<!-- costs -->\n).*?(?=<!-- /costs -->)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class ConstructPage:
    """What the generated pages say of a construct."""

    name: str
    summary: str
    module: str
    wraps: str
    contract: Contract
    met: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Requirement:
    """A row of the catalogue, and who decides it."""

    id: str
    service: str
    text: str
    rules: tuple[str, ...]
    constructs: tuple[str, ...]
    decided_by: str


def construct_pages() -> list[ConstructPage]:
    """Return the constructs, each with the rules that its defaults were just seen to meet."""
    return [
        ConstructPage(
            name=kind.__name__,
            summary=summary_of(kind),
            module=kind.__module__.rpartition(".")[2],
            wraps=f"{_contract(kind).wraps.__module__.rpartition('.')[2]}.{_contract(kind).wraps.__name__}",
            contract=_contract(kind),
            met=rules_met(kind),
        )
        for kind in sorted(EXAMPLES, key=lambda kind: kind.__name__)
    ]


def shown(value: object) -> str:
    """Return a default as a reader of a table knows it."""
    if isinstance(value, Duration):
        return value.to_human_string()
    return value.name if isinstance(value, RemovalPolicy) else f"`{value}`"


def summary_of(kind: type) -> str:
    """Return the first line of a docstring."""
    return (kind.__doc__ or "").strip().partition("\n")[0]


def _contract(kind: type[Construct]) -> Contract:
    contract: object = getattr(kind, "contract", None)
    assert isinstance(contract, Contract)
    return contract


def rules_met(kind: type[Construct]) -> tuple[str, ...]:
    """Synthesize a construct with its defaults and return the rules that its own resources meet."""
    with tempfile.TemporaryDirectory() as folder:
        app = App(outdir=folder)
        stack = Stack(app, "Docs")
        example = EXAMPLES[kind](stack)
        own = {
            str(stack.resolve(child.logical_id)) for child in example.node.find_all() if hasattr(child, "logical_id")
        }
        app.synth()
        report = check(load_stacks([Source.of_stack(Path(folder) / "Docs.template.json", None, None, None)]))
        found = {one.rule.id for one in report.met if one.resource.logical_id in own}
    return tuple(rule for rule in RULES if rule in found and not rule.startswith("Waiver"))


def requirements(pages: Iterable[ConstructPage]) -> list[Requirement]:
    """Return the rows of the catalogue, each with the rules and constructs that decide it."""
    with CATALOGUE.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    found: list[Requirement] = []
    for row in rows:
        rules = tuple(rule.id for rule in RULES.values() if rule.requirement == row["id"])
        constructs = tuple(page.name for page in pages if not set(page.met).isdisjoint(rules))
        if rules:
            decided_by = "rule and construct" if constructs else "rule"
        else:
            decided_by = "guidance" if row["enforce_by"] == "guidance only" else "nobody yet"
        found.append(Requirement(row["id"], row["service"], row["requirement"], rules, constructs, decided_by))
    return found


def _by_service(rules: Iterable[Rule]) -> dict[str, list[Rule]]:
    services: dict[str, list[Rule]] = {}
    for rule in rules:
        services.setdefault(rule.service, []).append(rule)
    return services


def render() -> dict[Path, str]:
    """Return the text of every generated page, by its path."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=jinja2.StrictUndefined,
    )
    pages = construct_pages()
    values = {
        "constructs": pages,
        "controls": list(CONTROLS.values()),
        "library_waivers": LIBRARY_WAIVERS,
        "public_rules": public_rules(),
        "public_sets": SETS,
        "requirements": requirements(pages),
        "rules": RULES,
        "shown": shown,
        "service_rows": SERVICES,
        "services": _by_service(RULES.values()),
        "supporting": {
            control: [rule.id for rule in RULES.values() if control in rule.controls] for control in CONTROLS
        },
        "verdicts": [verdict.value for verdict in Verdict],
        "why_not": WHY_NOT,
    }
    names = ("constructs", "controls", "coverage", "library-waivers", "profiles", "public-rules", "rules", "services")
    found = {ROOT / "docs" / f"{name}.md": environment.get_template(f"{name}.md").render(values) for name in names}
    readme = ROOT / "README.md"
    table = environment.get_template("readme-table.md").render(values)
    found[readme] = _README_TABLE.sub(lambda _: table, readme.read_text(encoding="utf-8"))
    reference = ROOT / "examples" / "reference" / "README.md"
    costs = environment.get_template("reference-costs.md").render(costs=cost_rows())
    found[reference] = _COST_TABLE.sub(lambda _: costs, reference.read_text(encoding="utf-8"))
    found[ROOT / "examples" / "reference" / "architecture.dot"] = drawing().to_string()
    return found


def main(arguments: list[str]) -> int:
    """Write the pages, or with ``--check`` name those that are not what they would be."""
    stale = {path: text for path, text in render().items() if not path.exists() or path.read_text("utf-8") != text}
    if "--check" in arguments:
        for path in stale:
            print(f"{path.relative_to(ROOT)} is stale: run `make docs`", file=sys.stderr)
        return 1 if stale else 0
    for path, text in stale.items():
        path.write_text(text, encoding="utf-8")
        if path.suffix == ".dot":
            # Its letters are as wide as the fonts of the machine: what it is drawn from is compared, not the picture.
            draw(path.with_suffix(".svg"))
        print(f"wrote {path.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
