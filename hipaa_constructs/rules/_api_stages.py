"""Stages of API Gateway, wherever a template declares them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._resolve import names_in
from hipaa_constructs.rules._template import Assembly
from hipaa_constructs.rules._value import UNKNOWN, Unresolved

STAGE = "AWS::ApiGateway::Stage"
DEPLOYMENT = "AWS::ApiGateway::Deployment"
STAGE_V2 = "AWS::ApiGatewayV2::Stage"
REST_API = "AWS::ApiGateway::RestApi"
API_V2 = "AWS::ApiGatewayV2::Api"
METHOD = "AWS::ApiGateway::Method"


def settings_of(stage: Resource) -> Node | None:
    """Return the place of a REST stage's settings; None for a deployment that makes no stage."""
    if stage.type != DEPLOYMENT:
        return stage.at()
    return None if stage.at("StageName").is_absent else stage.at("StageDescription")


def method_settings(stage: Resource) -> Iterator[Node]:
    """Yield the settings for all methods and for some, of a REST stage; hidden ones are unknown places."""
    place = settings_of(stage)
    if place is None:
        return
    listed = place.at("MethodSettings")
    if listed.is_unknown:
        yield listed
    yield from listed.items()
    if stage.type == DEPLOYMENT:
        yield place


def route_settings(stage: Resource) -> Iterator[Node]:
    """Yield the settings for all routes and for some, of a stage of an HTTP or WebSocket API."""
    yield stage.at("DefaultRouteSettings")
    routes = stage.at("RouteSettings")
    if routes.is_unknown:
        yield routes
    yield from (place for _, place in routes.entries())


def is_for_all(setting: Node) -> bool:
    """Tell whether a setting is for all methods of all paths."""
    return setting.at("HttpMethod").text == "*" and setting.at("ResourcePath").text == "/*"


def api_of(part: Resource) -> Resource | None:
    """Return the API that a stage, a method or a route belongs to, if a template declares it."""
    return part.at("ApiId" if part.type.startswith("AWS::ApiGatewayV2::") else "RestApiId").target()


@dataclass(frozen=True, slots=True)
class _Association:
    stage_name: str
    names: frozenset[tuple[str, str]]


class WebAcls:
    """Which stages of REST APIs have a web ACL."""

    def __init__(self, assembly: Assembly) -> None:
        """Index the associations by the API that they name."""
        self._by_api: dict[Resource, list[_Association]] = {}
        self._of_stages: set[Resource] = set()
        self.hide = False
        for association in assembly.resources("AWS::WAFv2::WebACLAssociation"):
            if association.exists:
                self._note(association.at("ResourceArn"))

    def _note(self, place: Node) -> None:
        targets = place.targets()
        if not isinstance(place.value, Unresolved):
            return
        stages = {target for target in targets if target.type in (STAGE, DEPLOYMENT)}
        apis = {target for target in targets if target.type == REST_API}
        self._of_stages |= stages
        if not stages:
            name = place.outline().partition("/stages/")[2]
            found = _Association(name, frozenset(names_in(place.value.expression)))
            for api in apis:
                self._by_api.setdefault(api, []).append(found)
        self.hide = self.hide or not targets

    def guard(self, stage: Resource) -> bool | None:
        """Tell whether a stage has a web ACL; None if that is hidden."""
        if stage in self._of_stages:
            return True
        api = api_of(stage)
        answers = [_is_about(one, stage.at("StageName")) for one in self._by_api.get(api, [])] if api else []
        if True in answers:
            return True
        return None if None in answers or self.hide else False


def _is_about(association: _Association, name: Node) -> bool | None:
    if isinstance(name.value, Unresolved):
        named = set(names_in(name.value.expression))
        return True if named and named <= association.names else None
    if UNKNOWN in association.stage_name:
        return None
    return association.stage_name == name.text


def web_acls(assembly: Assembly) -> WebAcls:
    """Return the index of an assembly."""
    return assembly.once("web ACLs of stages", lambda: WebAcls(assembly))
