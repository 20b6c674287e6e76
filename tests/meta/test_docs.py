"""The documentation says what is true now."""

import ast
import re
from pathlib import Path

import pytest
from constructs import Construct

import hipaa_constructs
from tools import docs
from tools.examples import EXAMPLES

ROOT = Path(__file__).parent.parent.parent
EACH_CONSTRUCT = pytest.mark.parametrize("kind", EXAMPLES, ids=lambda kind: kind.__name__)


def rules_named_in(kind: type[Construct]) -> set[str]:
    found = re.search(r"Rules: (.*?)\.\n", kind.__doc__ or "", re.DOTALL)
    assert found is not None
    return set(re.findall(r"\w+", found[1]))


def test_the_generated_pages_are_fresh() -> None:
    stale = [path.name for path, text in docs.render().items() if path.read_text("utf-8") != text]
    assert stale == []


def test_every_construct_has_an_example() -> None:
    public = {getattr(hipaa_constructs, name) for name in hipaa_constructs.__all__}
    constructs = {kind for kind in public if isinstance(kind, type) and issubclass(kind, Construct)}
    assert set(EXAMPLES) == constructs


@EACH_CONSTRUCT
def test_the_rules_that_a_docstring_names_are_met_by_the_defaults(kind: type[Construct]) -> None:
    assert rules_named_in(kind) <= set(docs.rules_met(kind))


@EACH_CONSTRUCT
def test_a_docstring_links_the_page_of_aws(kind: type[Construct]) -> None:
    assert "https://docs.aws.amazon.com/" in (kind.__doc__ or "")


@pytest.mark.parametrize("page", sorted(ROOT.glob("*.md")) + sorted(ROOT.glob("docs/*.md")), ids=lambda page: page.name)
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?://|#)([^)#]+)", page.read_text("utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_code_of_the_readme_is_python() -> None:
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    assert blocks
    for block in blocks:
        ast.parse(block)


def test_everything_of_the_picture_is_drawn() -> None:
    folder = docs.ROOT / "examples" / "reference"
    named = re.findall(r'(?m)^\t\t\t"([A-Za-z]+\.[A-Za-z0-9]+)"\t', (folder / "architecture.dot").read_text("utf-8"))
    drawn = re.findall(r"<title>([^<]+)</title>", (folder / "architecture.svg").read_text("utf-8"))
    assert len(named) > 30
    assert set(named) <= set(drawn)
