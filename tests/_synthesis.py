"""Constructs, synthesized for tests."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from aws_cdk import App, Environment, NestedStack, Stack

from hipaa_constructs.checker import Report, check
from hipaa_constructs.loading import discover
from hipaa_constructs.rules._value import Json

Body = dict[str, Json]
Build = Callable[[Stack], object]

NO_CONTEXT: Mapping[str, object] = MappingProxyType({})
ALL_FLAGS: Mapping[str, object] = json.loads((Path(__file__).parent.parent / "cdk.json").read_text("utf-8"))["context"]


def synthesized(build: Build, *, context: Mapping[str, object] = NO_CONTEXT, region: str | None = None) -> Body:
    """Return the template of a stack, without the CDK's own parameter and rule about its bootstrap."""
    with tempfile.TemporaryDirectory() as folder:
        app = App(outdir=folder, context=dict(context))
        environment = Environment(account="123456789012", region=region) if region else None
        build(Stack(app, "Stack", env=environment))
        app.synth()
        template: Body = json.loads((Path(folder) / "Stack.template.json").read_text("utf-8"))
    return {name: section for name, section in template.items() if name not in ("Parameters", "Rules")}


def report_of(build: Callable[[App], object]) -> Report:
    """Synthesize a whole app and judge its cloud assembly, as the command line does."""
    with tempfile.TemporaryDirectory() as folder:
        app = App(outdir=folder)
        build(app)
        protect(app)
        app.synth()
        found = discover([folder])
        assert found.problems == []
        return check(found.templates)


def protect(app: App) -> None:
    """Protect the stacks of an app from deletion, which no construct decides for its stack."""
    for construct in app.node.find_all():
        if isinstance(construct, Stack) and not isinstance(construct, NestedStack):
            construct.termination_protection = True


def at(value: Json, *keys: str | int) -> Json:
    """Return what stands at a place; None where nothing does."""
    for key in keys:
        if isinstance(value, dict) and isinstance(key, str):
            value = value.get(key)
        elif isinstance(value, list) and isinstance(key, int) and key < len(value):
            value = value[key]
        else:
            return None
    return value


def list_at(value: Json, *keys: str | int) -> list[Json]:
    """Return the list that stands at a place."""
    found = at(value, *keys)
    assert isinstance(found, list)
    return found


def of_type(template: Body, kind: str) -> dict[str, Body]:
    """Return the resources of a type by logical id."""
    resources = template["Resources"]
    assert isinstance(resources, dict)
    found: dict[str, Body] = {}
    for logical_id, resource in resources.items():
        if isinstance(resource, dict) and resource.get("Type") == kind:
            found[logical_id] = resource
    return found


def the(template: Body, kind: str, prefix: str = "") -> Body:
    """Return the only resource of a type whose logical id begins in a certain way."""
    found = [body for logical_id, body in of_type(template, kind).items() if logical_id.startswith(prefix)]
    assert len(found) == 1
    return found[0]


def statements(resource: Body, document: str = "PolicyDocument") -> Iterator[Body]:
    """Yield the statements of a policy."""
    found = at(resource, "Properties", document, "Statement")
    assert isinstance(found, list)
    for statement in found:
        assert isinstance(statement, dict)
        yield statement


def statement_called(resource: Body, sid: str, document: str = "PolicyDocument") -> Body:
    """Return the statement with an id."""
    return next(statement for statement in statements(resource, document) if statement.get("Sid") == sid)


def metadata_waivers(resource: Body) -> list[Body]:
    """Return the waivers that a resource's metadata records."""
    found = at(resource, "Metadata", "hipaa_constructs", "waivers")
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
