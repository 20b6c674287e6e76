"""Finds a small template that meets each rule, for ``hipaa-constructs explain``: ``make explanations``.

The tests of the rules know templates that meet each of them. Of these, whatever can go without the rule ceasing to be
met is taken away; what is left is what the rule asks for. So an example needs no author, and it can't be wrong: it was
judged, and cfn-lint finds nothing in it but that more is required.
"""

from __future__ import annotations

import datetime
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

import pytest
import yaml
from cfnlint.api import lint
from cfnlint.config import ManualArgs
from cfnlint.match import Match

from hipaa_constructs.formats._explanation import EXAMPLES
from hipaa_constructs.rules import RULES, Assembly, Outcome, Resource, Rule, Settings, Template, Verdict
from hipaa_constructs.rules._value import Json

ROOT = Path(__file__).parent.parent
BY_HAND = Path(__file__).parent / "explanations.yaml"
TODAY = datetime.date(2027, 3, 31)

_MOST = 25
"""Templates of each rule that are kept; with more of them the smallest is hardly smaller."""
_REQUIRED = (
    *("E3003", "E3014", "E3017", "E3018", "E3058"),
    *("E3046", "E3051", "E3512", "E3639", "E3660", "E3673", "E3676", "E3679"),
)
"""What cfn-lint calls what is missing: an example shows what the rule needs, and no more."""
_WELL_FORMED = {
    "SecurityGroupIds": "sg-0123456789abcdef{}",
    "SecurityGroups": "sg-0123456789abcdef{}",
    "Subnets": "subnet-0123456789abcdef{}",
    "SubnetIds": "subnet-0123456789abcdef{}",
    "SubnetId": "subnet-0123456789abcdef{}",
    "KmsKeyArn": "arn:aws:kms:us-east-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef",
    "KmsKeyId": "arn:aws:kms:us-east-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef",
}
_ROLE = "arn:aws:iam::123456789012:role/Example"
"""What stands for what tests call ``a``, by the property that cfn-lint finds it malformed in."""
_STAND_FOR = {"Key": "AWS::KMS::Key", "Logs": "AWS::Logs::LogGroup", "Role": "AWS::IAM::Role"}
"""What tests refer to without declaring it."""
_WEAKER: tuple[Json, ...] = (True, False, "*", "s3:*", "hunter2", "other", 0, 1, 100_000, "123-45-6789")
"""What a rule about what must not stand somewhere breaks at."""
_LARGEST = 6000
"""Characters of a template that is not taken to pieces: it is not going to be a short example."""
_LONGEST = 60
"""Lines of an example that still helps."""
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


def verdict(rule: Rule, body: Body, logical_id: str) -> Verdict:
    """Judge a rule of one resource of a template."""
    template = Template(body)
    Assembly([template], today=TODAY)
    resource = template.resources.get(logical_id)
    if resource is None or not ("*" in rule.applies_to or resource.type in rule.applies_to):
        return Verdict.NOT_APPLICABLE
    return rule.judge(resource).verdict


Change = Callable[[Body, Place], Json]


def smallest(rule: Rule, body: Body, logical_id: str) -> Body | None:
    """Take away whatever can go without the rule ceasing to be met, and to be broken by a change of one certain line.

    Without that line in mind all would go that makes the rule ask: no container runs as root where there is none. The
    change is to leave the line out, or else, as for what must not be there, to write something weaker.

    Returns:
        None if the template has no such line.
    """
    changes: list[Change] = [_without, *(partial(_with, new=weaker) for weaker in _WEAKER)]
    for change in changes:
        telling = [place for place in _places(body) if _says(rule, change(body, place), logical_id, Verdict.BROKEN)]
        if telling:
            return _shrunk(rule, body, logical_id, max(telling, key=len), change)
    return None


def _shrunk(rule: Rule, body: Body, logical_id: str, line: Place, change: Change) -> Body:
    named = _dangling(body)
    while True:
        for place in _places(body):
            if place == line[: len(place)]:
                continue
            smaller, moved = _without(body, place), _moved(line, place)
            if not isinstance(smaller, dict) or not _says(rule, smaller, logical_id, Verdict.MET):
                continue
            if _dangling(smaller) <= named and _says(rule, change(smaller, moved), logical_id, Verdict.BROKEN):
                body, line = smaller, moved
                break
        else:
            return body


def _dangling(body: Body) -> set[str]:
    """Return what references name that is not in the template."""
    there = {name for section in ("Resources", "Parameters") for name in _names(body.get(section))}
    return {name for name in _referred(body) if name not in there}


def _names(section: Json) -> Iterable[str]:
    return section if isinstance(section, dict) else ()


def _referred(value: Json) -> Iterator[str]:
    match value:
        case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), *_]}:
            yield name
        case dict():
            for one in value.values():
                yield from _referred(one)
        case list():
            for one in value:
                yield from _referred(one)


def _says(rule: Rule, body: Json, logical_id: str, wanted: Verdict) -> bool:
    return isinstance(body, dict) and verdict(rule, body, logical_id) is wanted


def _moved(place: Place, removed: Place) -> Place:
    """Return where a place is after another one was taken away, which may stand before it in a list."""
    depth = len(removed) - 1
    if len(place) > depth and place[:depth] == removed[:depth]:
        at, gone = place[depth], removed[depth]
        if isinstance(at, int) and isinstance(gone, int) and gone < at:
            return (*place[:depth], at - 1, *place[depth + 1 :])
    return place


def _keys(value: Json) -> list[str | int]:
    """Return the keys of what has any; what stands in an intrinsic function stays as it is."""
    if isinstance(value, dict):
        return [] if _is_intrinsic(value) else list(value)
    return list(reversed(range(len(value)))) if isinstance(value, list) else []


def _at(value: Json, place: Place) -> Json:
    for key in place:
        if isinstance(value, dict):
            value = value[str(key)]
        elif isinstance(value, list):
            value = value[int(key)]
    return value


def _without(value: Json, place: Place) -> Json:
    """Copy a value as far as a place in it, and leave that out."""
    key, rest = place[0], place[1:]
    if isinstance(value, dict):
        kept = {name: one for name, one in value.items() if rest or name != key}
        return {name: _without(one, rest) if name == key else one for name, one in kept.items()}
    assert isinstance(value, list)
    numbered = [(index, one) for index, one in enumerate(value) if rest or index != key]
    return [_without(one, rest) if index == key else one for index, one in numbered]


def _with(value: Json, place: Place, new: Json) -> Json:
    """Copy a value as far as a place in it, and write something else there; only what is no list or mapping changes."""
    if not place:
        return value if isinstance(value, (list, dict)) and not _is_intrinsic_value(value) else new
    if isinstance(value, dict):
        return {name: _with(one, place[1:], new) if name == place[0] else one for name, one in value.items()}
    assert isinstance(value, list)
    return [_with(one, place[1:], new) if index == place[0] else one for index, one in enumerate(value)]


def _is_intrinsic_value(value: Json) -> bool:
    return isinstance(value, dict) and _is_intrinsic(value)


def _is_intrinsic(value: Body) -> bool:
    return len(value) == 1 and next(iter(value)).startswith(("Ref", "Fn::"))


def examples() -> dict[str, Body]:
    """Return the example of each rule that has one."""
    found: dict[str, Body] = {}
    templates = recorded()
    for rule_id in sorted(templates):
        rule = RULES[rule_id]
        bodies: dict[str, Body] = {}
        for text, logical_id in sorted(templates[rule_id].items()):
            body = smallest(rule, json.loads(text), logical_id) if len(text) < _LARGEST else None
            if body is not None:
                bodies[json.dumps(body)] = body
        ranked = sorted(bodies.values(), key=lambda body: _rank(rule, body))
        best = [body for body in ranked if _speaks_of_the_fix(rule, body) and not _is_met_bare(rule, body)]
        others = [body for body in ranked if body not in best and _speaks_of_the_fix(rule, body)]
        example = next((body for one in (*best, *others) if (body := _sound(rule, one)) is not None), None)
        if example is not None:
            found[rule_id] = example
    return found


def _is_met_bare(rule: Rule, body: Body) -> bool:
    """Tell whether a rule is met by resources that say nothing, so that no example is needed."""
    resources = body.get("Resources")
    assert isinstance(resources, dict)
    bare: Json = {name: {"Type": one.get("Type")} for name, one in resources.items() if isinstance(one, dict)}
    assembly = Assembly([Template({**body, "Resources": bare})], today=TODAY)
    verdicts = {rule.judge(resource).verdict for resource in assembly.resources(*rule.applies_to)}
    return Verdict.MET in verdicts and verdicts <= {Verdict.MET, Verdict.NOT_APPLICABLE}


def _places(value: Json, place: Place = ()) -> Iterator[Place]:
    for key in _keys(value):
        if key == "Type" and place[:1] == ("Resources",) and len(place) == 2:
            continue
        yield (*place, key)
        yield from _places(_at(value, (key,)), (*place, key))


def _speaks_of_the_fix(rule: Rule, body: Body) -> bool:
    return bool(_shared(rule, body)) and _is_short(body)


def _is_short(body: Body) -> bool:
    return len(yaml.safe_dump(body).splitlines()) <= _LONGEST


def _shared(rule: Rule, body: Body) -> set[str]:
    words = set(re.findall(r"\w+", " ".join(_words(body))))
    return {word for word in words & set(re.findall(r"\w+", rule.fix)) if len(word) > 2}


def _rank(rule: Rule, body: Body) -> tuple[int, int, int, int, str]:
    """Rank first what needs nothing from elsewhere, then what speaks of the same as the rule's fix, then by size."""
    text = json.dumps(body)
    return _oddities(body, body), -len(_shared(rule, body)), len(list(_places(body))), len(text), text


def _oddities(value: Json, body: Body) -> int:
    """Count what no one would write like this: empty lists, policies as text, names of nothing, generated names."""
    match value:
        case [] | {}:
            return 1
        case {"Ref": str(name), **others} | {"Fn::GetAtt": [str(name), *_], **others} if not others:
            resources = body.get("Resources")
            return int(not isinstance(resources, dict) or name not in resources)
        case dict():
            odd = sum(key.startswith("Fn::") or bool(re.search(r"[0-9A-F]{8}$", key)) for key in value)
            odd += len(set(body) - {"Resources"}) if value is body else 0
            return odd + sum(_oddities(one, body) for one in value.values())
        case list():
            return sum(_oddities(one, body) for one in value)
        case str():
            return int(value.startswith(("{", "[")) and not value.startswith("{{resolve"))
    return 0


def _words(value: Json) -> Iterable[str]:
    if isinstance(value, dict):
        for key, one in value.items():
            yield from () if key in _SECTIONS else (key,)
            yield from () if key == "Type" else _words(one)
    elif isinstance(value, list):
        for one in value:
            yield from _words(one)
    else:
        yield str(value).lower() if isinstance(value, bool) else str(value)


def is_sound(body: Body) -> bool:
    """Tell whether cfn-lint finds nothing in a template but that more is required."""
    return not _faults(body)


def _faults(body: Body) -> list[Match]:
    return lint(json.dumps(body), config=ManualArgs(regions=["us-east-1"], ignore_checks=["W", "I", *_REQUIRED]))


def _place_of(fault: Match) -> Place:
    """Return where a fault is; those of whole templates are nowhere."""
    path: list[str | int] = getattr(fault, "path", [])
    return tuple(path)


def _sound(rule: Rule, body: Body) -> Body | None:
    """Return an example in which cfn-lint finds nothing, with well-formed names in place of those that tests use."""
    if "AWS::NoValue" in json.dumps(body):
        return None
    resources = body["Resources"]
    assert isinstance(resources, dict)
    bare: Body = {name: {"Type": _STAND_FOR[name]} for name in sorted(_dangling(body)) if name in _STAND_FOR}
    body = {**body, "Resources": {**resources, **bare}}
    for place in dict.fromkeys(map(_place_of, _faults(body))):
        name = next((key for key in reversed(place) if isinstance(key, str)), "")
        wanted = _WELL_FORMED.get(name, _ROLE if name.endswith(("Role", "RoleArn")) else None)
        number = next((key for key in reversed(place) if isinstance(key, int)), 0)
        changed = None if wanted is None else _with(body, place, wanted.format(number))
        if not isinstance(changed, dict):
            return None
        body = changed
    met = [one for one in Template(body).resources if verdict(rule, body, one) is Verdict.MET]
    return body if met and is_sound(body) else None


def by_hand() -> dict[str, Body]:
    """Return the examples that somebody wrote.

    Raises:
        SystemExit: one does not meet its rule, or cfn-lint finds something in it.
    """
    written: dict[str, Body] = yaml.safe_load(BY_HAND.read_text(encoding="utf-8"))
    found = {rule_id: Body(Resources=resources) for rule_id, resources in written.items()}
    for rule_id, body in found.items():
        met = [one for one in Template(body).resources if verdict(RULES[rule_id], body, one) is Verdict.MET]
        if not met or not is_sound(body):
            raise SystemExit(f"{BY_HAND.relative_to(ROOT)}: {rule_id} is not met by its example")
    return found


def main() -> int:
    """Write the examples anew and say what has none."""
    found = dict(sorted({**examples(), **by_hand()}.items()))
    EXAMPLES.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    without = sorted(set(RULES) - set(found))
    print(f"wrote {EXAMPLES.relative_to(ROOT)}; {len(without)} rules without an example: {', '.join(without)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
