"""Finds a small template that meets each rule, for ``hipaa-constructs explain``: ``make explanations``.

The tests of the rules know templates that meet each of them. Of these, whatever can go without the rule ceasing to be met
is taken away; what is left is what the rule asks for. So an example needs no author, and it can't be wrong: it was judged,
and cfn-lint finds nothing in it but that more is required.
"""

from __future__ import annotations

import datetime
import json
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from cfnlint import decode
from cfnlint.api import lint
from cfnlint.config import ManualArgs

from hipaa_constructs.formats._explanation import EXAMPLES
from hipaa_constructs.rules import RULES, Assembly, Outcome, Resource, Rule, Settings, Template, Verdict
from hipaa_constructs.rules._value import Json

ROOT = Path(__file__).parent.parent
TODAY = datetime.date(2027, 3, 31)

_MOST = 25
"""Templates of each rule that are kept; with more of them the smallest is hardly smaller."""
_REQUIRED = ("E3003", "E3014", "E3017", "E3018", "E3058")
_SECTIONS = frozenset({"Resources", "Properties", "Type"})

Body = dict[str, Json]
Place = tuple[str | int, ...]


class Recorder:
    """A plugin of pytest that keeps the smallest templates that were judged and met."""

    def __init__(self) -> None:
        """Begin without any."""
        self.found: dict[str, dict[str, str]] = {}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leave out tests that make templates up at random."""
        items[:] = [item for item in items if not hasattr(getattr(item, "obj", None), "hypothesis")]

    def keep(self, rule: Rule, resource: Resource) -> None:
        """Keep a template that meets a rule alone, without other templates and settings."""
        assembly = resource.template.assembly
        if len(assembly.templates) > 1 or assembly.settings != Settings():
            return
        found = self.found.setdefault(rule.id, {})
        found[json.dumps(resource.template.body)] = resource.logical_id
        if len(found) > _MOST:
            del found[max(found, key=lambda text: (len(text), text))]


def recorded() -> dict[str, dict[str, str]]:
    """Run the tests of the rules; return the templates that met each rule, with the id of the resource judged."""
    recorder = Recorder()
    judge = Rule.judge

    def judge_and_keep(rule: Rule, resource: Resource) -> Outcome:
        outcome = judge(rule, resource)
        if outcome.verdict is Verdict.MET and rule.waivable:
            recorder.keep(rule, resource)
        return outcome

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "judge", judge_and_keep)
        arguments = [str(ROOT / "tests" / "rules"), "--quiet", "--no-summary", "-p", "no:cacheprovider"]
        status = pytest.main(arguments, plugins=[recorder])
    if status != pytest.ExitCode.OK:
        raise SystemExit("the tests of the rules fail; no example is taken from them")
    return recorder.found


def is_met(rule: Rule, body: Body, logical_id: str) -> bool:
    """Judge a rule of one resource of a template."""
    template = Template(body)
    Assembly([template], today=TODAY)
    resource = template.resources.get(logical_id)
    if resource is None or not ("*" in rule.applies_to or resource.type in rule.applies_to):
        return False
    return rule.judge(resource).verdict is Verdict.MET


def smallest(rule: Rule, body: Body, logical_id: str) -> Body:
    """Take away whatever can go without the rule ceasing to be met."""
    shrunk = True
    while shrunk:
        shrunk = False
        for place in list(_places(body)):
            smaller = _without(body, place)
            if isinstance(smaller, dict) and is_met(rule, smaller, logical_id):
                body, shrunk = smaller, True
                break
    return body


def _without(value: Json, place: Place) -> Json:
    """Copy a value as far as a place in it, and leave that out."""
    key, *rest = place
    if isinstance(value, dict):
        return {
            name: _without(one, tuple(rest)) if name == key else one
            for name, one in value.items()
            if rest or name != key
        }
    assert isinstance(value, list)
    return [
        _without(one, tuple(rest)) if index == key else one for index, one in enumerate(value) if rest or index != key
    ]


def _places(value: Json) -> Iterator[Place]:
    """Yield the places in a template, those nearest to its root first, without the insides of intrinsic functions."""
    level: list[tuple[Place, Json]] = [((), value)]
    while level:
        below: list[tuple[Place, Json]] = []
        for place, one in level:
            if isinstance(one, dict) and not _is_intrinsic(one):
                below += [((*place, key), inner) for key, inner in one.items()]
            elif isinstance(one, list):
                below += [((*place, index), inner) for index, inner in reversed(list(enumerate(one)))]
        yield from (place for place, _ in below)
        level = below


def _is_intrinsic(value: Body) -> bool:
    return len(value) == 1 and next(iter(value)).startswith(("Ref", "Fn::"))


def examples() -> dict[str, Body]:
    """Return the example of each rule that has one: a template that says more than the type of the resource judged."""
    found: dict[str, Body] = {}
    templates = recorded()
    for rule_id in sorted(templates):
        rule = RULES[rule_id]
        candidates = {
            json.dumps(smallest(rule, json.loads(text), id)): id for text, id in sorted(templates[rule_id].items())
        }
        bodies = [(json.loads(text), id) for text, id in candidates.items()]
        telling = sorted((body for body, id in bodies if _tells(body, id)), key=lambda body: _rank(rule, body))
        example = next((body for body in telling if is_sound(body)), None)
        if example is not None:
            found[rule_id] = example
    return found


def _tells(body: Body, logical_id: str) -> bool:
    match body:
        case {"Resources": {**resources}} if isinstance(one := resources.get(logical_id), dict):
            return len(one) > 1 or len(resources) > 1
    return False


def _rank(rule: Rule, body: Body) -> tuple[int, int, int, str]:
    """Rank what speaks of the same as the rule's fix before what meets it by another way, then by size."""
    fix = set(re.findall(r"\w+", rule.fix))
    text = json.dumps(body)
    return -len(fix & set(_words(body))), sum(1 for _ in _places(body)), len(text), text


def _words(value: Json) -> Iterable[str]:
    if isinstance(value, dict):
        for key, one in value.items():
            yield from () if key in _SECTIONS else (key,)
            yield from _words(one)
    elif isinstance(value, list):
        for one in value:
            yield from _words(one)
    elif isinstance(value, str):
        yield value


def is_sound(body: Body) -> bool:
    """Tell whether cfn-lint finds nothing in a template but that more is required."""
    text = json.dumps(body)
    template, faults = decode.decode_str(text)
    if template is None or faults:
        return False
    found = lint(text, config=ManualArgs(regions=["us-east-1"], ignore_checks=["W", "I", *_REQUIRED]))
    return not [one for one in found if "is a required property" not in one.message]


def main() -> int:
    """Write the examples anew and say what has none."""
    found = examples()
    EXAMPLES.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    without = sorted(set(RULES) - set(found))
    print(f"wrote {EXAMPLES.relative_to(ROOT)}; {len(without)} rules without an example: {', '.join(without)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
