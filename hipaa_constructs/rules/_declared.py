"""What the transforms of a template make of its resources, as far as the template alone tells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hipaa_constructs.rules._foreach import LOOP, Loops
from hipaa_constructs.rules._outcome import Outcome
from hipaa_constructs.rules._serverless import SERVERLESS, UNREADABLE, Reading, read_all
from hipaa_constructs.rules._value import Json

if TYPE_CHECKING:
    from hipaa_constructs.rules._node import Resource

LANGUAGE_EXTENSIONS = "AWS::LanguageExtensions"
SAM = "AWS::Serverless-2016-10-31"
_ROTATION = "AWS::SecretsManager-"
"""What the names of the transforms begin with that add AWS's own functions for rotation, and change nothing else.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-aws-secretsmanager.html
"""

UNREADABLE_LOOP = "Template::Unreadable::Loop"
UNREADABLE_MACRO = "Template::Unreadable::Macro"
UNREADABLE_SAM = UNREADABLE
"""The types under which rules meet what stands in the place of resources that can't be read."""

Body = Mapping[str, Json]
Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Declared:
    """A resource as rules read it.

    Attributes:
        logical_id: its id.
        type: its CloudFormation type.
        body: its declaration after the transforms.
        origin: where the template's file declares it.
        places: where in that declaration stands what transforms moved.
    """

    logical_id: str
    type: str
    body: dict[str, Json]
    origin: Path
    places: Mapping[Path, Path] = field(default_factory=dict)


def is_transformed(body: Body) -> bool:
    """Tell whether a template is something else after its transforms, or holds functions that only they know."""
    resources = body.get("Resources")
    if "Transform" in body or "Fn::Transform" in body:
        return True
    return isinstance(resources, dict) and any(
        "::" in name or (isinstance(one, dict) and "Fn::Transform" in one) for name, one in resources.items()
    )


def expanded(body: Body) -> Body:
    """Return a template in which the loops over plain lists are carried out."""
    if LANGUAGE_EXTENSIONS not in macros(body):
        return body
    loops = Loops()
    return {name: loops.carried_out(section) for name, section in body.items()}


def macros(body: Body) -> list[str]:
    """Return the names of the macros that a template passes through as a whole."""
    raw = body.get("Transform")
    names = [_name(one) for one in (raw if isinstance(raw, list) else [] if raw is None else [raw])]
    return [*names, *([_name(body["Fn::Transform"])] if "Fn::Transform" in body else [])]


def _name(macro: Json) -> str:
    name = macro.get("Name") if isinstance(macro, dict) else macro
    return name if isinstance(name, str) else "a macro"


def declared(body: Body, written: Body) -> Iterator[Declared]:
    """Yield the resources of a template after its transforms, and what may stand for others.

    Args:
        body: the template, `expanded`.
        written: the template as it is written.
    """
    known = (SAM, LANGUAGE_EXTENSIONS)
    others = [name for name in macros(body) if name not in known and not name.startswith(_ROTATION)]
    if others:
        yield _unreadable("Transform", UNREADABLE_MACRO, ", ".join(others), ("Transform",))
    for name, section in body.items():
        if name != "Resources" and isinstance(section, dict) and "Fn::Transform" in section:
            yield _unreadable(f"{name}::Transform", UNREADABLE_MACRO, section["Fn::Transform"], (name, "Fn::Transform"))
    resources = body.get("Resources")
    if isinstance(resources, dict):
        before = written.get("Resources")
        yield from _of_section(resources, body, before if isinstance(before, dict) else {})


def _of_section(resources: dict[str, Json], body: Body, written: dict[str, Json]) -> Iterator[Declared]:
    globals_ = body.get("Globals")
    loops = [name for name in written if name.startswith(LOOP)]
    looped: Path = ("Resources", *loops) if len(loops) == 1 else ("Resources",)
    serverless: dict[str, dict[str, Json]] = {}
    for name, one in resources.items():
        if name == "Fn::Transform" or name.startswith(LOOP):
            unreadable = UNREADABLE_MACRO if name == "Fn::Transform" else UNREADABLE_LOOP
            yield _unreadable(name, unreadable, one, ("Resources", name))
        elif isinstance(one, dict) and isinstance(kind := one.get("Type"), str):
            if "Fn::Transform" in one:  # It may change all that stands beside it.
                one = {**one, "Properties": {"Fn::Transform": one["Fn::Transform"]}}
            if kind.startswith(SERVERLESS):
                serverless[name] = one
            else:
                yield Declared(name, kind, one, ("Resources", name) if name in written else looped)
        elif isinstance(one, dict) and "Fn::Transform" in one:
            yield _unreadable(name, UNREADABLE_MACRO, one["Fn::Transform"], ("Resources", name))
    if serverless:
        for reading in read_all(serverless, globals_ if isinstance(globals_, dict) else {}):
            yield _of_sam(reading)


def as_written(resource: Resource, outcome: Outcome) -> Outcome:
    """Return an outcome that names the place that its author wrote, where a transform moved it."""
    places, path = resource.places, outcome.path
    for length in range(len(path), 0, -1) if places else ():
        if path[:length] in places:
            return outcome._replace(path=(*places[path[:length]], *path[length:]))
    return outcome


def _of_sam(reading: Reading) -> Declared:
    origin = ("Resources", reading.source) if reading.source else ("Globals",)
    return Declared(reading.logical_id, reading.type, reading.body, origin, reading.places)


def _unreadable(name: str, kind: str, raw: Json, origin: Path) -> Declared:
    return Declared(name, kind, {"Properties": {"Fn::Transform": raw}}, origin)
