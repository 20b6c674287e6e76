"""Resources of AWS SAM, read as the CloudFormation resources that its transform makes of them.

What the transform adds by itself, such as roles that need no policy of the author's, is left out.

AWS: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-generated-resources.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from hipaa_constructs.rules._resolve import intrinsic
from hipaa_constructs.rules._value import Json

SERVERLESS = "AWS::Serverless::"
UNREADABLE = "Template::Unreadable::Serverless"

HIDDEN: Json = {"Fn::Transform": "AWS::Serverless-2016-10-31"}
"""Stands for what only the transform knows."""

Body = dict[str, Json]
Path = tuple[str | int, ...]
_P = "Properties"


@dataclass(frozen=True, slots=True)
class Reading:
    """A CloudFormation resource that one of SAM stands for.

    Attributes:
        logical_id: its id after the transform.
        type: its CloudFormation type.
        body: its declaration after the transform.
        source: the id of the resource of SAM; empty for an API that the template only implies.
        places: where in the declaration of the resource of SAM stands what has another place here.
    """

    logical_id: str
    type: str
    body: Body
    source: str
    places: Mapping[Path, Path] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Source:
    """A resource of SAM.

    Attributes:
        logical_id: its id.
        kind: its type without the prefix.
        body: its declaration.
        properties: its properties with those of ``Globals``.
        declared: all resources of SAM of the template, by id.
    """

    logical_id: str
    kind: str
    body: Body
    properties: Body
    declared: Mapping[str, Source]

    def reading(self, suffix: str, kind: str, properties: Json, **places: str | Path) -> Reading:
        """Return a resource that it stands for, under its id with a suffix.

        Args:
            suffix: what is added to the id.
            kind: the CloudFormation type.
            properties: those of CloudFormation.
            places: where a property of CloudFormation is written here, as a name or a path.
        """
        kept = {key: value for key, value in self.body.items() if key != "Connectors"}
        paths: dict[Path, Path] = {}
        for name, place in places.items():
            path = (place,) if isinstance(place, str) else place
            paths[(_P,) if name == "all" else (_P, name)] = (_P, *path)
        body = {**kept, "Type": kind, _P: properties}
        return Reading(self.logical_id + suffix, kind, body, self.logical_id, paths)

    def mapping(self, *path: str) -> Body:
        """Return the mapping at a place in its properties, empty for anything else."""
        value: Json = self.properties
        for key in path:
            value = value.get(key) if isinstance(value, dict) else None
        return value if isinstance(value, dict) and intrinsic(value) is None else {}

    def events(self) -> Iterator[tuple[str, str, Body, Path]]:
        """Yield the name, the type, the properties and the place of each event."""
        for name, event in self.mapping("Events").items():
            if isinstance(event, dict) and isinstance(kind := event.get("Type"), str):
                properties = event.get(_P)
                yield name, kind, properties if isinstance(properties, dict) else {}, ("Events", name, _P)


def read_all(resources: Mapping[str, Body], globals_: Mapping[str, Json]) -> Iterator[Reading]:
    """Yield what the resources of SAM of a template stand for.

    Args:
        resources: those of a type of SAM, by logical id.
        globals_: the section ``Globals``.
    """
    from hipaa_constructs.rules._serverless_apis import implied_apis, of_http_api, of_rest_api
    from hipaa_constructs.rules._serverless_others import OTHERS

    declared: dict[str, Source] = {}
    for logical_id, body in resources.items():
        kind = str(body["Type"]).removeprefix(SERVERLESS)
        declared[logical_id] = Source(logical_id, kind, body, _merged(body, kind, globals_), declared)
    readers = {**OTHERS, "Api": of_rest_api, "HttpApi": of_http_api}
    for source in declared.values():
        properties = source.body.get(_P, {})
        if source.kind in readers and isinstance(properties, dict) and intrinsic(properties) is None:
            yield from readers[source.kind](source)
        elif source.kind != "Connector":
            yield Reading(source.logical_id, UNREADABLE, {**source.body, _P: HIDDEN}, source.logical_id)
    yield from implied_apis(declared, globals_)


def _merged(body: Body, kind: str, globals_: Mapping[str, Json]) -> Body:
    own = body.get(_P)
    own = own if isinstance(own, dict) else {}
    general, ignored = globals_.get(kind), body.get("IgnoreGlobals")
    if not isinstance(general, dict) or ignored == "*":
        return own
    left_out = ignored if isinstance(ignored, list) else []
    return merged({key: value for key, value in general.items() if key not in left_out}, own)


def merged(general: Body, own: Body) -> Body:
    """Return properties with those of ``Globals``: mappings are merged, lists are joined, else the own value counts."""
    result = dict(general)
    for key, value in own.items():
        other = general.get(key)
        if isinstance(value, dict) and isinstance(other, dict) and intrinsic(value) is None is intrinsic(other):
            result[key] = merged(other, value)
        elif isinstance(value, list) and isinstance(other, list):
            result[key] = [*other, *value]
        else:
            result[key] = value
    return result


def renamed(properties: Body, names: Mapping[str, str], left_out: tuple[str, ...] = ()) -> Body:
    """Return properties under other names, without some of them."""
    return {names.get(key, key): value for key, value in properties.items() if key not in left_out}


def tags(properties: Body) -> Body:
    """Return ``Tags`` as a list, where SAM takes a mapping."""
    raw = properties.get("Tags")
    if not isinstance(raw, dict) or intrinsic(raw) is not None:
        return {} if raw is None else {"Tags": raw}
    return {"Tags": [{"Key": key, "Value": value} for key, value in raw.items()]}


def propagated(properties: Body) -> Body:
    """Return the tags that what the transform makes besides gets too."""
    return tags(properties) if properties.get("PropagateTags") in (True, "true") else {}


def arn_of(logical_id: str) -> Json:
    """Return the ARN of a resource of the same template."""
    return {"Fn::GetAtt": [logical_id, "Arn"]}
