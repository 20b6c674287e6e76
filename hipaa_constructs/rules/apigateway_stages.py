"""What a template must show of the stages of Amazon API Gateway."""

from __future__ import annotations

import re

from hipaa_constructs.rules._api_stages import (
    DEPLOYMENT,
    METHOD,
    STAGE,
    STAGE_V2,
    api_of,
    is_for_all,
    method_settings,
    route_settings,
    settings_of,
    web_acls,
)
from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._openapi import each_operation
from hipaa_constructs.rules._outcome import MET, NOT_APPLICABLE, Outcome, Verdict, all_met, any_met
from hipaa_constructs.rules._rule import Severity, rule
from hipaa_constructs.rules._value import Unresolved

REST_STAGES = (STAGE, DEPLOYMENT)
STAGES = (*REST_STAGES, STAGE_V2)
_GUIDE = "https://docs.aws.amazon.com/apigateway/latest/developerguide/"
_LOGGED = ("INFO", "ERROR")


@rule(
    title="every stage logs the execution of all methods",
    fix="add to MethodSettings one with HttpMethod *, ResourcePath /* and LoggingLevel INFO or ERROR",
    applies_to=STAGES,
    controls=("164.312(b)",),
    requirement="HC-185",
    same_as=(
        "cdk-nag:HIPAA.Security-APIGWExecutionLoggingEnabled",
        "config:api-gw-execution-logging-enabled",
        "guard:API_GW_EXECUTION_LOGGING_ENABLED",
        "prowler:apigateway_restapi_logging_enabled",
    ),
    url=_GUIDE + "set-up-logging.html",
)
def api_execution_logged(stage: Resource) -> Outcome:
    """Judge the level for all methods and for each; HTTP APIs have no such log."""
    if stage.type == STAGE_V2:
        return _websocket_logged(stage)
    place = settings_of(stage)
    if place is None:
        return NOT_APPLICABLE
    settings = list(method_settings(stage))
    general = [one for one in settings if is_for_all(one) or one.is_unknown or one.path == place.path]
    missing = place.at("MethodSettings").broken("none for all methods with a LoggingLevel")
    everywhere = any_met([*(one.at("LoggingLevel").must_be(*_LOGGED) for one in general), missing])
    return all_met([everywhere, *(_not_switched_off(one) for one in settings)])


def _not_switched_off(setting: Node) -> Outcome:
    level = setting.at("LoggingLevel")
    return MET if level.is_absent or level.is_unknown else level.must_be(*_LOGGED)


def _websocket_logged(stage: Resource) -> Outcome:
    api = api_of(stage)
    kind = api.at("ProtocolType") if api is not None else None
    if kind is not None and not kind.is_unknown and kind.text != "WEBSOCKET":
        return NOT_APPLICABLE
    level = stage.at("DefaultRouteSettings", "LoggingLevel").must_be(*_LOGGED)
    if kind is None or kind.is_unknown:
        hidden = stage.at("ApiId").undecided("it is not known whether the API is a WebSocket API, which has such a log")
        return level if level is MET else hidden
    return all_met([level, *(_not_switched_off(one) for one in route_settings(stage))])


@rule(
    title="no stage writes the bodies of requests and answers into its log",
    fix="set DataTraceEnabled to false, or leave it out",
    applies_to=STAGES,
    controls=("164.312(a)(1)",),
    requirement="HC-186",
    url=_GUIDE + "set-up-logging.html",
)
def api_bodies_not_logged(stage: Resource) -> Outcome:
    """Judge the data trace for all methods and for each, which writes down what patients and clinicians send."""
    settings = route_settings(stage) if stage.type == STAGE_V2 else method_settings(stage)
    return all_met([MET, *(_without_trace(one) for one in settings)])


def _without_trace(setting: Node) -> Outcome:
    trace = setting.at("DataTraceEnabled")
    return MET if trace.is_absent else trace.must_be(False)


def _access_log(stage: Resource) -> Node | None:
    place = settings_of(stage)
    return None if place is None else place.at("AccessLogSettings" if stage.type == STAGE_V2 else "AccessLogSetting")


@rule(
    title="every stage logs who made which request",
    fix="set AccessLogSetting (AccessLogSettings of HTTP and WebSocket APIs) with DestinationArn and Format",
    applies_to=STAGES,
    controls=("164.312(b)",),
    requirement="HC-187",
    same_as=(
        "cdk-nag:AwsSolutions-APIG1",
        "config:apigateway-stage-access-logs-enabled",
        "config:api-gwv2-access-logs-enabled",
        "guard:API_GW_STAGE_ACCESS_LOGGING_RULE",
        "guard:API_GWV2_ACCESS_LOGS_ENABLED",
        "prowler:apigatewayv2_api_access_logging_enabled",
        "checkov:CKV_AWS_76",
        "checkov:CKV_AWS_95",
    ),
    url=_GUIDE + "set-up-logging.html",
)
def api_access_logged(stage: Resource) -> Outcome:
    """Judge the destination of the access log."""
    log = _access_log(stage)
    if log is None:
        return NOT_APPLICABLE
    return log.undecided() if log.is_unknown else log.at("DestinationArn").must_be_set()


_REVEALING = re.compile(
    r"\$context\.("
    r"path\b|requestOverride\b|responseOverride\b|error\.validationErrorString\b"
    r"|authorizer\.claims\.(?!(sub|iss|aud|exp|iat|jti|scope|client_id|token_use|cognito:groups)\b)"
    r")"
)
"""Variables that carry what the client sent, or who it says it is beyond an opaque id.

AWS: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html
"""


@rule(
    title="no access log holds paths, query strings, headers or claims of a request",
    fix="log $context.resourcePath or $context.routeKey in place of $context.path, and of the claims sub alone",
    applies_to=STAGES,
    controls=("164.312(a)(1)",),
    requirement="HC-188",
    severity=Severity.WARNING,
    url=_GUIDE + "api-gateway-variables-for-access-logging.html",
)
def api_access_log_without_phi(stage: Resource) -> Outcome:
    """Judge the format for variables that carry what a client sent."""
    log = _access_log(stage)
    if log is None or log.is_absent:
        return NOT_APPLICABLE
    line = log.at("Format")
    found = _REVEALING.search(line.outline())
    if found:
        return line.broken(found[0])
    if isinstance(line.value, Unresolved):
        return MET if any(line.value.parts) else line.undecided()
    return MET if line.text else line.broken()


@rule(
    title="what a stage keeps in its cache is encrypted",
    fix="set CacheDataEncrypted to true wherever CachingEnabled is, or switch the cache off",
    applies_to=REST_STAGES,
    controls=("164.312(a)(2)(iv)", "164.312(e)(2)(ii)"),
    requirement="HC-189",
    url=_GUIDE + "api-gateway-caching.html",
)
def api_cache_encrypted(stage: Resource) -> Outcome:
    """Judge the settings of stages that have a cache."""
    place = settings_of(stage)
    if place is None or place.at("CacheClusterEnabled").must_be(True).verdict is Verdict.BROKEN:
        return NOT_APPLICABLE
    cluster = place.at("CacheClusterEnabled")
    settings = [one for one in method_settings(stage) if not _caches_nothing(one)]
    kept = all_met(one.at("CacheDataEncrypted").must_be(True) for one in settings)
    if kept.verdict is Verdict.BROKEN and cluster.is_unknown:
        return cluster.undecided()
    return kept


def _caches_nothing(setting: Node) -> bool:
    caching = setting.at("CachingEnabled")
    return not caching.is_unknown and caching.must_be(True) is not MET


@rule(
    title="no stage keeps answers in a cache",
    fix="set CacheClusterEnabled to false, or leave it out; waive it for what holds no PHI",
    applies_to=REST_STAGES,
    controls=("164.312(a)(2)(iv)", "164.312(e)(2)(ii)"),
    requirement="HC-189",
    severity=Severity.WARNING,
    url=_GUIDE + "api-gateway-caching.html",
)
def api_caches_nothing(stage: Resource) -> Outcome:
    """Judge the cache: what one caller asked for lies there for others, who may ask by the same path."""
    place = settings_of(stage)
    if place is None:
        return NOT_APPLICABLE
    cluster = place.at("CacheClusterEnabled")
    return MET if cluster.is_absent else cluster.must_be(False)


@rule(
    title="every stage shows a certificate to its HTTP back ends",
    fix="set ClientCertificateId to an AWS::ApiGateway::ClientCertificate, and have the back end ask for it",
    applies_to=REST_STAGES,
    controls=("164.312(e)(1)", "164.312(e)(2)(i)"),
    requirement="HC-190",
    same_as=(
        "cdk-nag:HIPAA.Security-APIGWSSLEnabled",
        "config:api-gw-ssl-enabled",
        "prowler:apigateway_restapi_client_certificate_enabled",
    ),
    severity=Severity.WARNING,
    url=_GUIDE + "getting-started-client-side-ssl-authentication.html",
)
def api_presents_client_certificate(stage: Resource) -> Outcome:
    """Judge the certificate of stages with HTTP back ends; functions and services of AWS know the caller by IAM."""
    place = settings_of(stage)
    if place is None:
        return NOT_APPLICABLE
    certificate = place.at("ClientCertificateId")
    shown = certificate.must_be_set()
    if shown.verdict is not Verdict.BROKEN:
        return shown
    reaches = _reaches_http(stage)
    if reaches is None:
        return certificate.undecided("the templates do not show what back ends the API has")
    return shown if reaches else NOT_APPLICABLE


def _reaches_http(stage: Resource) -> bool | None:
    api = api_of(stage)
    if api is None:
        return None
    assembly = stage.template.assembly
    return assembly.once(("reaches HTTP", api), lambda: _has_http_back_end(api), of=api.template)


def _has_http_back_end(api: Resource) -> bool | None:
    methods, _ = api.template.assembly.pointing_at(api, METHOD, "RestApiId")
    places = [method.at("Integration", "Type") for method in methods]
    written = each_operation(api, lambda _, one: _not_http(one.at("x-amazon-apigateway-integration", "type")))
    if written.verdict is Verdict.BROKEN or any((place.text or "").startswith("HTTP") for place in places):
        return True
    return None if written.verdict is Verdict.UNDECIDED or any(place.is_unknown for place in places) else False


def _not_http(kind: Node) -> Outcome:
    if kind.is_unknown:
        return kind.undecided()
    return kind.broken() if (kind.text or "").lower().startswith("http") else MET


@rule(
    title="every stage of a REST API traces requests",
    fix="set TracingEnabled to true",
    applies_to=REST_STAGES,
    controls=("164.312(b)",),
    requirement="HC-191",
    same_as=(
        "cdk-nag:HIPAA.Security-APIGWXrayEnabled",
        "config:api-gw-xray-enabled",
        "prowler:apigateway_restapi_tracing_enabled",
        "checkov:CKV_AWS_73",
    ),
    severity=Severity.WARNING,
    url=_GUIDE + "apigateway-xray.html",
)
def api_traced(stage: Resource) -> Outcome:
    """Judge the switch; HTTP and WebSocket APIs have none."""
    place = settings_of(stage)
    return NOT_APPLICABLE if place is None else place.at("TracingEnabled").must_be(True)


@rule(
    title="every stage of a public REST API has a web ACL",
    fix="add an AWS::WAFv2::WebACLAssociation with the ARN of the stage in ResourceArn",
    applies_to=REST_STAGES,
    controls=("164.308(a)(5)(ii)(B)", "164.312(e)(1)"),
    requirement="HC-192",
    same_as=(
        "cdk-nag:AwsSolutions-APIG3",
        "config:api-gw-associated-with-waf",
        "prowler:apigateway_restapi_waf_acl_attached",
    ),
    severity=Severity.WARNING,
    url=_GUIDE + "apigateway-control-access-aws-waf.html",
)
def api_has_web_acl(stage: Resource) -> Outcome:
    """Judge the associations of all stacks; HTTP APIs take none, and private APIs are not on the internet."""
    if settings_of(stage) is None:
        return NOT_APPLICABLE
    api = api_of(stage)
    if api is not None and any(one.text == "PRIVATE" for one in api.each("EndpointConfiguration", "Types", "*")):
        return NOT_APPLICABLE
    guarded = web_acls(stage.template.assembly).guard(stage)
    name = stage.at("StageName")
    if guarded is None:
        return name.undecided("an intrinsic function hides what a web ACL is associated with")
    return MET if guarded else name.broken("no web ACL is associated with the stage")
