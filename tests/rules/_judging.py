"""Judges one rule on plain dict templates."""

from __future__ import annotations

import copy
import datetime
from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

from hipaa_constructs.rules import RULES, Assembly, Outcome, Template
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
    result = copy.deepcopy(body)
    holder: Json = result
    for key in path[:-1]:
        if isinstance(holder, dict) and isinstance(key, str):
            holder = holder.setdefault(key, {})
        elif isinstance(holder, list) and isinstance(key, int):
            holder = holder[key]
    if (isinstance(holder, dict) and isinstance(path[-1], str)) or (
        isinstance(holder, list) and isinstance(path[-1], int)
    ):
        holder[path[-1]] = copy.deepcopy(value)
    else:
        raise LookupError(path)
    return result


def without(body: Body, path: Path_) -> Body:
    """Return a copy of a template in which a place is gone."""
    result = copy.deepcopy(body)
    holder: Json = result
    for key in path[:-1]:
        if (isinstance(holder, dict) and isinstance(key, str)) or (isinstance(holder, list) and isinstance(key, int)):
            holder = holder[key]
    if (isinstance(holder, dict) and isinstance(path[-1], str)) or (
        isinstance(holder, list) and isinstance(path[-1], int)
    ):
        del holder[path[-1]]
    else:
        raise LookupError(path)
    return result


def outcome(rule: str, *bodies: Body, of: str = "It", files: Mapping[int, str] | None = None) -> Outcome:
    """Judge a rule of the resource with a logical id, which is in one of the templates.

    Args:
        rule: its id.
        bodies: the templates that are judged together.
        of: the logical id of the resource.
        files: the file names of templates by position, by which nested stacks are found.
    """
    templates = [
        Template(body, name=f"t{number}", path=Path("/stacks", file) if file else None)
        for number, body in enumerate(bodies)
        for file in [(files or {}).get(number)]
    ]
    assembly = Assembly(templates, today=TODAY)
    (found,) = [t.resources[of] for t in assembly.templates if of in t.resources]
    return RULES[rule].judge(found)


def verdict(rule: str, *bodies: Body, of: str = "It", files: Mapping[int, str] | None = None) -> str:
    """Judge a rule and return the verdict as a word."""
    return outcome(rule, *bodies, of=of, files=files).verdict.value
