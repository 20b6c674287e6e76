"""Judges one rule on plain dict templates."""

from __future__ import annotations

import copy
import datetime
import functools
import importlib.util
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

from hipaa_constructs.rules import RULES, Assembly, Outcome, Resource, Settings, Template, Verdict
from hipaa_constructs.rules._value import Json

Body: TypeAlias = dict[str, Json]
Path_: TypeAlias = tuple[str | int, ...]

MET, BROKEN, UNDECIDED, NOT_APPLICABLE = "met", "broken", "undecided", "not applicable"
TODAY = datetime.date(2027, 3, 31)

GONE: Json = {"Ref": "AWS::NoValue"}
PARAMETER: Json = {"Ref": "AnyParameter"}
"""A value that only the deployment knows; templates made by `template` declare the parameter."""

NEVER_TRUE: tuple[Json, ...] = (None, 0, 1, "yes", "no", [], [True], [[True]], {}, {"a": True})
NEVER_TEXT: tuple[Json, ...] = (None, 0, True, [], ["x"], [[["x"]]], {}, {"a": "b"}, {"a": [None]})
MALFORMED: tuple[Json, ...] = (
    {"Ref": 3},
    {"Ref": ["A", "B"]},
    {"Fn::GetAtt": None},
    {"Fn::GetAtt": ["A", "B", "C"]},
    {"Fn::If": ["OnlyACondition"]},
    {"Fn::If": [1, 2, 3]},
    {"Fn::Sub": 7},
    {"Fn::Sub": ["${a}"]},
    {"Fn::Join": ["", "x"]},
    {"Fn::Join": [{}, []]},
    {"Fn::Select": [9, ["a"]]},
    {"Fn::FindInMap": ["A", "B"]},
    {"Fn::FindInMap": ["A", "B", "C"]},
    {"Fn::ImportValue": {"Fn::Sub": None}},
    {"Fn::Transform": {"Name": "Macro"}},
    {"Fn::Unheard": {}},
)
"""Intrinsic functions that no deployment accepts, or that this package does not carry out."""


def partly(text: str) -> Json:
    """Return what only the deployment knows, but for its first letter: it may be a certain text."""
    return {"Fn::Sub": text[0] + "${AnyParameter}"}


def template(resources: Mapping[str, Json], **sections: Json) -> Body:
    """Make a template's body of its resources and other sections."""
    parameters: Json = {"AnyParameter": {"Type": "String", "Default": "x"}}
    return {"Parameters": parameters, **sections, "Resources": dict(resources)}


def resource(kind: str, properties: Json = None, **attributes: Json) -> Json:
    """Make a resource's body."""
    body: Body = {"Type": kind, **attributes}
    return body if properties is None else {**body, "Properties": properties}


def changed(body: Body, path: Path_, value: Json) -> Body:
    """Return a copy of a template in which another value stands at a place."""
    result = _with(body, path, [copy.deepcopy(value)])
    assert isinstance(result, dict)
    return result


def without(body: Body, path: Path_) -> Body:
    """Return a copy of a template in which a place is gone."""
    result = _with(body, path, [])
    assert isinstance(result, dict)
    return result


def _with(holder: Json, path: Path_, value: list[Json]) -> Json:
    """Copy a holder with one value or none at a path; mappings on the way are made if they are missing."""
    if not path:
        return value[0]
    key, last = path[0], len(path) == 1
    if isinstance(key, str):
        old = holder if isinstance(holder, dict) else {}
        new = {key: _with(old.get(key, {}), path[1:], value)} if value or not last else {}
        return {**{name: one for name, one in old.items() if name != key}, **new}
    if not isinstance(holder, list):
        raise LookupError(path)
    return [
        *holder[:key],
        *([_with(holder[key], path[1:], value)] if value or not last else []),
        *holder[key + 1 :],
    ]


def outcome(
    rule: str,
    *bodies: Body,
    of: str = "It",
    files: Mapping[int, str] | None = None,
    settings: Settings | None = None,
) -> Outcome:
    """Judge a rule of the resource with a logical id, which is in one of the templates.

    Args:
        rule: its id.
        bodies: the templates that are judged together.
        of: the logical id of the resource.
        files: the file names of templates by position, by which nested stacks are found.
        settings: what the team decided.
    """
    templates = [
        Template(body, name=f"t{number}", path=Path("/stacks", file) if file else None)
        for number, body in enumerate(bodies)
        for file in [(files or {}).get(number)]
    ]
    assembly = Assembly(templates, today=TODAY, settings=settings)
    (found,) = [t.resources[of] for t in assembly.templates if of in t.resources]
    asked = RULES[rule].only
    # As the checker does: a rule says itself what it is asked of, where it can.
    judged = (
        RULES[rule].judge(found) if asked is None or found in asked(found.template) else Outcome(Verdict.NOT_APPLICABLE)
    )
    # Whatever a rule says, it says where, and of what is not as it should be also why.
    assert all(isinstance(key, (str, int)) for key in judged.path)
    assert isinstance(judged.found, str)
    assert bool(judged.found) is (judged.verdict in (Verdict.BROKEN, Verdict.UNDECIDED))
    assert _names_a_property(judged, found, assembly), judged.path
    return judged


def verdicts(rule: str, body: Body) -> dict[str, str]:
    """Judge a rule of all resources of a template, one after the other, and return the answers by logical id."""
    made = Template(body)
    Assembly([made], today=TODAY)
    return {name: RULES[rule].judge(one).verdict.value for name, one in made.resources.items()}


def _names_a_property(judged: Outcome, found: Resource, assembly: Assembly) -> bool:
    """Tell whether a place is written in the template, or a property of the resource or of another one that decides."""
    name = judged.path[1:2] if judged.path[:1] == ("Properties",) else ()
    kinds = dict.fromkeys([found.type, *(one.type for one in assembly.resources("*"))])
    known = (property_names(kind) for kind in kinds)
    written = found.body.get("Properties")
    if not name or (isinstance(written, dict) and name[0] in written):
        return True
    return any(not names or name[0] in names for names in known)


@functools.cache
def property_names(kind: str) -> frozenset[str | int]:
    """Return the names of a type's properties, by the schemas of cfn-lint; none of unknown types, or without it."""
    package = importlib.util.find_spec("cfnlint")
    if package is None or package.origin is None:
        return frozenset()
    schemas = Path(package.origin).parent / "data" / "schemas"
    name = _schema_files(schemas).get(kind)
    if name is None:
        return frozenset()
    schema: dict[str, dict[str, object]] = json.loads((schemas / "resources" / f"{name}.json").read_text("utf-8"))
    return frozenset(schema["properties"])


@functools.cache
def _schema_files(schemas: Path) -> dict[str, str]:
    found: dict[str, str] = json.loads((schemas / "providers" / "us-east-1.json").read_text("utf-8"))
    return found


def verdict(
    rule: str,
    *bodies: Body,
    of: str = "It",
    files: Mapping[int, str] | None = None,
    settings: Settings | None = None,
) -> str:
    """Judge a rule and return the verdict as a word."""
    return outcome(rule, *bodies, of=of, files=files, settings=settings).verdict.value
