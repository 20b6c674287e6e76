"""APIs that are written as an OpenAPI definition, with the extensions of Amazon API Gateway."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._outcome import MET, NOT_APPLICABLE, Outcome, all_met, any_met

_METHODS = ("delete", "get", "head", "patch", "post", "put", "trace", "x-amazon-apigateway-any-method")
"""All but ``options``, which browsers send without credentials before they ask for more."""

_ENFORCED = ("x-amazon-apigateway-authtype", "x-amazon-apigateway-authorizer")
_IN_A_FILE = "the definition of the API stands in a file that is not judged"
_LEFT_OUT = "it may be left out"


def each_operation(api: Resource, judge: Callable[[Node, Node], Outcome]) -> Outcome:
    """Judge every operation of the definition of an API.

    Args:
        api: a REST, HTTP or WebSocket API.
        judge: judges the whole definition and the place of one operation.
    """
    body = api.at("Body")
    if body.is_absent:
        elsewhere = api.at("BodyS3Location")
        return NOT_APPLICABLE if elsewhere.is_absent else elsewhere.undecided(_IN_A_FILE)
    paths = body.at("paths")
    if body.is_unknown or paths.is_unknown:
        return paths.undecided()
    if not isinstance(body.value, dict) or not (paths.is_absent or isinstance(paths.value, dict)):
        return paths.broken()
    found: list[Outcome] = []
    for _, item in paths.entries():
        if item.is_unknown:
            found.append(item.undecided())
        for method, operation in item.entries():
            if method.lower() in _METHODS:
                found.append(operation.undecided() if operation.is_unknown else judge(body, operation))
    return all_met([MET, *found])


def url_names(api: Resource) -> Iterator[tuple[Node, str]]:
    """Yield the names of variables in paths, and of parameters in paths and query strings, with their places."""
    for path, item in api.at("Body", "paths").entries():
        yield from ((item, name) for name in re.findall(r"\{([^{}]*)\}", path))
        for holder in (item, *(one for method, one in item.entries() if method.lower() in _METHODS)):
            for parameter in holder.at("parameters").items():
                if parameter.at("in").text in ("path", "query"):
                    yield parameter.at("name"), parameter.at("name").outline()


def stated(api: Resource, name: str, extension: tuple[str, ...], judge: Callable[[Node], Outcome]) -> Outcome:
    """Judge a property of an API, or the extension of its definition that says the same.

    Args:
        api: a REST or HTTP API.
        name: the property, which is looked at first.
        extension: where the definition, or a server of it, says the same.
        judge: judges the place.
    """
    own, body, elsewhere = api.at(name), api.at("Body"), api.at("BodyS3Location")
    if not own.is_absent:
        return judge(own)
    if body.is_absent and not elsewhere.is_absent:
        return elsewhere.undecided(_IN_A_FILE)
    places = [one.at(*extension) for one in (body, *body.at("servers").items())]
    return judge(next((place for place in places if not place.is_absent), own))


def asks_who_calls(body: Node, operation: Node) -> Outcome:
    """Judge that an operation lets only those in who prove who they are; an API key proves nothing."""
    own = operation.at("x-amazon-apigateway-auth", "type")
    if not own.is_absent:
        return own.broken() if own.text == "NONE" else own.must_be_set()
    security = operation.at("security")
    if security.is_absent:
        security = body.at("security")
    if security.is_unknown:
        return security.undecided()
    requirements = security.items()
    if not requirements:
        return operation.at("security").broken("it asks nobody who they are")
    return all_met(_secures(body, requirement) for requirement in requirements)


def _secures(body: Node, requirement: Node) -> Outcome:
    """Judge one of the alternatives: of the schemes that it names, all must be met, so one that proves is enough."""
    if requirement.is_unknown:
        return requirement.undecided()
    names = [name for name, _ in requirement.entries()]
    return any_met(_proves(body, requirement, name) for name in names) if names else requirement.broken(_LEFT_OUT)


def _proves(body: Node, requirement: Node, name: str) -> Outcome:
    """Judge a scheme: API Gateway enforces authorizers and IAM, and ignores what else OpenAPI knows."""
    places = (body.at("components", "securitySchemes", name), body.at("securityDefinitions", name))
    defined = [_enforces(place, requirement, name) for place in places if not place.is_absent]
    return any_met(defined) if defined else requirement.broken(f"no security scheme {name} is defined")


def _enforces(scheme: Node, requirement: Node, name: str) -> Outcome:
    if scheme.is_unknown:
        return scheme.undecided()
    if isinstance(scheme.value, dict) and any(not scheme.at(extension).is_absent for extension in _ENFORCED):
        return MET
    if scheme.at("type").text == "apiKey":
        return requirement.broken("an API key says which client calls, and not who")
    return requirement.broken(f"the security scheme {name} has no authorizer, so nothing enforces it")
