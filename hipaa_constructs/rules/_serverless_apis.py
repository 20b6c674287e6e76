"""APIs of AWS SAM, also those that only the events of functions imply, as CloudFormation resources."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from hipaa_constructs.rules._resolve import intrinsic
from hipaa_constructs.rules._serverless import HIDDEN, Body, Path, Reading, Source, merged, propagated, renamed, tags
from hipaa_constructs.rules._value import Json

_IMPLIED = {"Api": ("ServerlessRestApi", "Prod"), "HttpApi": ("ServerlessHttpApi", "$default")}
_API_AT = {"Api": "RestApiId", "HttpApi": "ApiId"}

_OF_REST_API = (
    *("ApiKeySourceType", "BinaryMediaTypes", "DisableExecuteApiEndpoint", "MinimumCompressionSize", "Mode", "Name"),
    *("Policy", "SecurityPolicy"),
)
_OF_REST_STAGE = (
    *("AccessLogSetting", "CacheClusterEnabled", "CacheClusterSize", "CanarySetting", "Description", "MethodSettings"),
    *("StageName", "TracingEnabled", "Variables"),
)
_OF_HTTP_STAGE = ("AccessLogSettings", "DefaultRouteSettings", "RouteSettings", "StageName", "StageVariables")


def _some(properties: Body, names: tuple[str, ...]) -> Body:
    return {name: properties[name] for name in names if name in properties}


def of_rest_api(source: Source) -> Iterator[Reading]:
    """Yield the API, its stage, its domain name and the methods that events add."""
    own = source.properties
    api: Body = {**_some(own, _OF_REST_API), **_definition(own, "BodyS3Location"), **tags(own)}
    if "EndpointConfiguration" in own:
        api["EndpointConfiguration"] = _endpoint(own["EndpointConfiguration"])
    if source.mapping("Auth", "ResourcePolicy") and "Policy" not in own:
        api["Policy"] = HIDDEN
    yield source.reading("", "AWS::ApiGateway::RestApi", _secured(api, source), **_BODY)
    yield from _rest_stage(source)
    if "Domain" in own:
        domain: Body = dict(source.mapping("Domain"))
        if "EndpointConfiguration" in domain:
            domain["EndpointConfiguration"] = {"Types": [domain["EndpointConfiguration"]]}
        properties = renamed(domain, {"CertificateArn": "RegionalCertificateArn"}, ("BasePath", "Route53"))
        properties |= propagated(own)
        yield source.reading("DomainName", "AWS::ApiGateway::DomainName", properties, all="Domain", Tags="Tags")
    yield from _methods(source, "Api")


def _rest_stage(source: Source) -> Iterator[Reading]:
    name = source.properties.get("StageName")
    suffix = name if isinstance(name, str) and name.isalnum() else ""
    properties: Body = {
        **_some(source.properties, _OF_REST_STAGE),
        **tags(source.properties),
        "RestApiId": {"Ref": source.logical_id},
    }
    yield source.reading(f"{suffix}Stage", "AWS::ApiGateway::Stage", properties)


_BODY = {"Body": "DefinitionBody", "BodyS3Location": "DefinitionUri"}


def of_http_api(source: Source) -> Iterator[Reading]:
    """Yield the API, its stage, its domain name and the routes that events add."""
    own = source.properties
    tagged: Body = {} if "DefinitionUri" in own else _some(own, ("Tags",))
    api: Body = {
        **_some(own, ("CorsConfiguration", "Description", "DisableExecuteApiEndpoint", "Name")),
        **tagged,
        **_definition(own, "BodyS3Location"),
        "ProtocolType": "HTTP",
    }
    yield source.reading("", "AWS::ApiGatewayV2::Api", _secured(api, source), **_BODY)
    named: Body = {"StageName": "$default", "ApiId": {"Ref": source.logical_id}}
    stage: Body = {**named, **_some(own, _OF_HTTP_STAGE), **tagged}
    yield source.reading("ApiGatewayDefaultStage", "AWS::ApiGatewayV2::Stage", stage)
    if "Domain" in own:
        domain = source.mapping("Domain")
        names = {"EndpointConfiguration": "EndpointType"}
        configuration = renamed(domain, names, ("BasePath", "DomainName", "MutualTlsAuthentication", "Route53"))
        properties: Body = {
            **_some(domain, ("DomainName", "MutualTlsAuthentication")),
            "DomainNameConfigurations": [configuration],
            **tagged,
        }
        yield source.reading(
            "ApiGatewayDomainName",
            "AWS::ApiGatewayV2::DomainName",
            properties,
            all="Domain",
            DomainNameConfigurations="Domain",
            Tags="Tags",
        )
    yield from _methods(source, "HttpApi")


def _definition(own: Body, location: str) -> Body:
    if "DefinitionBody" in own:
        return {"Body": own["DefinitionBody"]}
    return {location: HIDDEN} if "DefinitionUri" in own else {}


def _secured(api: Body, source: Source) -> Body:
    """Return an API in whose definition the authorizers stand, which the transform writes into it."""
    body, auth = api.get("Body"), source.mapping("Auth")
    if not isinstance(body, dict) or intrinsic(body) is not None or not auth:
        return api
    default = auth.get("DefaultAuthorizer")
    enforced = default not in (None, "NONE")
    names = {**source.mapping("Auth", "Authorizers"), **({str(default): {}} if enforced else {})}
    secured: Body = {**body, **_with_schemes(body.get("securityDefinitions", {}), names)}
    if enforced and "security" not in body:
        secured["security"] = [{str(default): []}]
    return {**api, "Body": secured}


def _with_schemes(known: Json, names: Iterable[str]) -> Body:
    schemes: Body = {name: {"x-amazon-apigateway-authorizer": HIDDEN} for name in names}
    if not schemes or not isinstance(known, dict) or intrinsic(known) is not None:
        return {}
    return {"securityDefinitions": {**known, **schemes}}


def _endpoint(raw: Json) -> Json:
    if not isinstance(raw, dict):
        return raw
    known = renamed(raw, {"VPCEndpointIds": "VpcEndpointIds"}, ("Type",))
    return {**known, "Types": [raw["Type"]]} if "Type" in raw else known


def implied_apis(declared: Mapping[str, Source], globals_: Mapping[str, Json]) -> Iterator[Reading]:
    """Yield the APIs that events of functions and state machines imply, and do not name."""
    for kind, (logical_id, stage) in _IMPLIED.items():
        implied = any(
            event_kind == kind and _API_AT[kind] not in event
            for source in declared.values()
            for _, event_kind, event, _ in source.events()
        )
        if not implied or logical_id in declared:
            continue
        general = globals_.get(kind)
        own: Body = {"StageName": stage}
        properties = merged(general, own) if isinstance(general, dict) else own
        source = Source(logical_id, kind, {"Type": f"AWS::Serverless::{kind}"}, properties, declared)
        for reading in (of_rest_api if kind == "Api" else of_http_api)(source):
            yield (
                reading
                if reading.source != logical_id
                else Reading(reading.logical_id, reading.type, reading.body, "", reading.places)
            )


def _methods(api: Source, kind: str) -> Iterator[Reading]:
    """Yield a method or a route for each event that is a request to an API."""
    own_default = api.mapping("Auth").get("DefaultAuthorizer")
    for source in api.declared.values():
        for name, event_kind, event, place in source.events():
            target = event.get(_API_AT[kind], {"Ref": _IMPLIED[kind][0]})
            if event_kind == kind and target in ({"Ref": api.logical_id}, api.logical_id):
                yield _method(source, kind, name, event, place, own_default)


def _method(source: Source, kind: str, name: str, event: Body, place: Path, default: Json) -> Reading:
    auth, chosen = event.get("Auth"), default
    if isinstance(auth, dict):
        chosen = auth.get("Authorizer", default) if intrinsic(auth) is None else HIDDEN
    secured = chosen if chosen in ("NONE", "AWS_IAM") or not isinstance(chosen, str) else "CUSTOM"
    rest = kind == "Api"
    method = str(event.get("Method", "ANY")).upper()
    properties: Body = {"RouteKey": f"{method} {event.get('Path', '')}"}
    if rest:
        properties = {"HttpMethod": method, **_some(event, ("Path",))}
    if secured is not None:
        properties["AuthorizationType"] = secured
    if secured == "CUSTOM":
        properties["AuthorizerId"] = HIDDEN
    if rest:
        properties["Integration"] = {"Type": "AWS_PROXY"}
    where = (*place, "Auth", "Authorizer")
    written: dict[str, Path] = {} if rest else {"RouteKey": (*place, "Path")}
    return source.reading(
        name + ("Method" if rest else "Route"),
        "AWS::ApiGateway::Method" if rest else "AWS::ApiGatewayV2::Route",
        properties,
        all=place,
        AuthorizationType=where,
        AuthorizerId=where,
        **written,
    )
