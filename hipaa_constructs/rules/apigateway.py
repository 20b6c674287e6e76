"""What a template must show of the APIs, methods and domain names of Amazon API Gateway."""

from __future__ import annotations

from hipaa_constructs.rules._api_stages import API_V2, METHOD, REST_API, api_of
from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._openapi import asks_who_calls, each_operation, stated
from hipaa_constructs.rules._outcome import MET, NOT_APPLICABLE, Outcome, Verdict, all_met, any_met
from hipaa_constructs.rules._policy import Statement, read
from hipaa_constructs.rules._rule import Severity, rule
from hipaa_constructs.rules._value import UNKNOWN

ROUTE = "AWS::ApiGatewayV2::Route"
INTEGRATION = "AWS::ApiGatewayV2::Integration"
DOMAIN = "AWS::ApiGateway::DomainName"
PRIVATE_DOMAIN = "AWS::ApiGateway::DomainNameV2"
DOMAIN_V2 = "AWS::ApiGatewayV2::DomainName"
_GUIDE = "https://docs.aws.amazon.com/apigateway/latest/developerguide/"
_PROVEN = ("AWS_IAM", "CUSTOM", "COGNITO_USER_POOLS", "JWT")


@rule(
    title="every method and route asks who calls it",
    fix="set AuthorizationType to AWS_IAM, or to another one with an authorizer; an API key alone proves nothing",
    applies_to=(METHOD, ROUTE, REST_API, API_V2),
    controls=("164.312(a)(1)", "164.312(d)"),
    requirement="HC-193",
    same_as=(
        "cdk-nag:AwsSolutions-APIG4",
        "config:api-gwv2-authorization-type-configured",
        "guard:API_GW_METHOD_AUTHORIZATION_TYPE_RULE",
        "prowler:apigateway_restapi_authorizers_enabled",
        "prowler:apigatewayv2_api_authorizers_enabled",
        "checkov:CKV_AWS_59",
    ),
    url=_GUIDE + "apigateway-control-access-to-api.html",
)
def api_asks_who_calls(resource: Resource) -> Outcome:
    """Judge methods and routes, also those of an OpenAPI definition, but the preflight requests of browsers."""
    if resource.type in (REST_API, API_V2):
        return _definition_asks(resource)
    if resource.type == METHOD:
        return NOT_APPLICABLE if resource.at("HttpMethod").text == "OPTIONS" else _asks(resource)
    return _route_asks(resource)


def _asks(resource: Resource) -> Outcome:
    return resource.at("AuthorizationType").must_be(*_PROVEN)


def _definition_asks(api: Resource) -> Outcome:
    # An HTTP API that is made of its target alone has one route, which is open to everyone.
    target = api.at("Target")
    quick = api.type == API_V2 and not target.is_absent
    return target.broken("a route to it that is open to everyone") if quick else each_operation(api, asks_who_calls)


def _route_asks(route: Resource) -> Outcome:
    key = route.at("RouteKey").outline()
    if key.startswith("OPTIONS "):
        return NOT_APPLICABLE
    if " /" in key or key == "$connect" or UNKNOWN in key:
        return _asks(route)
    if key != "$default":
        return NOT_APPLICABLE  # A route of a WebSocket API: who calls was asked when the connection was made.
    api = api_of(route)
    kind = api.at("ProtocolType") if api is not None else None
    if kind is not None and kind.text == "WEBSOCKET":
        return NOT_APPLICABLE
    asks = _asks(route)
    if asks is not MET and (kind is None or kind.is_unknown):
        return route.at("ApiId").undecided("it is not known whether the API is an HTTP API")
    return asks


@rule(
    title="every domain name of an API speaks TLS 1.2 or newer only",
    fix="set SecurityPolicy to TLS_1_2, or to a policy whose name begins with SecurityPolicy_TLS13",
    applies_to=(DOMAIN, PRIVATE_DOMAIN, DOMAIN_V2),
    controls=("164.312(e)(1)", "164.312(e)(2)(i)", "164.312(e)(2)(ii)"),
    requirement="HC-194",
    same_as=("config:apigateway-domain-name-tls-check", "guard:API_GW_DOMAIN_DENY_NON_TLS_TRAFFIC"),
    url=_GUIDE + "apigateway-custom-domain-tls-version.html",
)
def api_domain_uses_tls12(domain: Resource) -> Outcome:
    """Judge the security policy; of domain names for HTTP and WebSocket APIs TLS 1.2 is the only one."""
    if domain.type != DOMAIN_V2:
        policy = domain.at("SecurityPolicy")
        return MET if domain.type == PRIVATE_DOMAIN and policy.is_absent else _is_modern(policy)
    configurations = domain.at("DomainNameConfigurations")
    if configurations.is_unknown:
        return configurations.undecided()
    policies = [one.at("SecurityPolicy") for one in configurations.items()]
    return all_met([MET, *(MET if policy.is_absent else _is_modern(policy) for policy in policies)])


def _is_modern(policy: Node) -> Outcome:
    enhanced = policy.outline().startswith(("SecurityPolicy_TLS13", "SecurityPolicy_TLS12"))
    return MET if enhanced else policy.must_be("TLS_1_2")


@rule(
    title="every public REST API speaks TLS 1.2 or newer only",
    fix="set SecurityPolicy of the API, or DisableExecuteApiEndpoint to true where it has a domain name of its own",
    applies_to=(REST_API,),
    controls=("164.312(e)(1)", "164.312(e)(2)(i)", "164.312(e)(2)(ii)"),
    requirement="HC-194",
    severity=Severity.WARNING,
    url=_GUIDE + "apigateway-security-policies.html",
)
def api_uses_tls12(api: Resource) -> Outcome:
    """Judge the default endpoint of REST APIs, which takes TLS 1.0 unless a policy says more or it is private.

    The policy may stand in the definition.
    """
    endpoint = api.at("EndpointConfiguration")
    private = any(one.text == "PRIVATE" for one in endpoint.each("Types", "*"))
    disabled = _has_no_default_endpoint(api)
    if private or disabled is MET:
        return MET
    modern = stated(api, "SecurityPolicy", ("x-amazon-apigateway-security-policy",), _is_modern)
    if modern.verdict is Verdict.BROKEN and (disabled.verdict is Verdict.UNDECIDED or endpoint.at("Types").is_unknown):
        return api.at("SecurityPolicy").undecided("it is not known whether the API is on the internet")
    return modern


def _has_no_default_endpoint(api: Resource) -> Outcome:
    extension = ("x-amazon-apigateway-endpoint-configuration", "disableExecuteApiEndpoint")
    return stated(api, "DisableExecuteApiEndpoint", extension, lambda place: place.must_be(True))


@rule(
    title="every API reaches its back ends over TLS",
    fix="write the URI of the integration with https://, or set TlsConfig of a private integration",
    applies_to=(METHOD, INTEGRATION, REST_API, API_V2),
    controls=("164.312(e)(1)", "164.312(e)(2)(i)", "164.312(e)(2)(ii)"),
    requirement="HC-196",
    same_as=("config:apigatewayv2-integration-private-https-enabled",),
    url=_GUIDE + "setup-http-integrations.html",
)
def api_back_ends_use_tls(resource: Resource) -> Outcome:
    """Judge HTTP integrations, also behind a VPC link; functions and services of AWS are called over TLS anyway."""
    if resource.type == METHOD:
        integration = resource.at("Integration")
        return integration.undecided() if integration.is_unknown else _over_tls(integration, "Type", "Uri")
    if resource.type == INTEGRATION:
        return _private_over_tls(resource)
    return each_operation(resource, lambda _, one: _written_over_tls(one.at("x-amazon-apigateway-integration")))


def _over_tls(integration: Node, kind: str, uri: str) -> Outcome:
    type_, place = integration.at(kind), integration.at(uri)
    if type_.is_unknown:
        return type_.undecided()
    if not (type_.text or "").upper().startswith("HTTP"):
        return NOT_APPLICABLE
    start = place.outline().lower()
    if start.startswith("https://"):
        return MET
    return place.undecided() if place.is_unknown and start.startswith(UNKNOWN) else place.broken()


def _private_over_tls(integration: Resource) -> Outcome:
    uri = integration.at("IntegrationUri")
    if integration.at("ConnectionType").text == "VPC_LINK" and not uri.outline().lower().startswith("http"):
        # The URI is the ARN of a listener or of a service: whether it is called over TLS stands beside it.
        return integration.at("TlsConfig", "ServerNameToVerify").must_be_set()
    return _over_tls(integration.at(), "IntegrationType", "IntegrationUri")


def _written_over_tls(integration: Node) -> Outcome:
    if integration.is_unknown:
        return integration.undecided()
    by_uri = _over_tls(integration, "type", "uri")
    written = integration.at("uri").outline().lower().startswith("http")
    if written or integration.at("connectionType").text != "VPC_LINK":
        return by_uri
    # Only private integrations of HTTP APIs have it, whose URI is an ARN.
    return any_met([integration.at("tlsConfig", "serverNameToVerify").must_be_set(), by_uri])


@rule(
    title="every API with a domain name of its own is reached by that alone",
    fix="set DisableExecuteApiEndpoint to true",
    applies_to=(REST_API, API_V2),
    controls=("164.312(e)(1)",),
    requirement="HC-197",
    severity=Severity.WARNING,
    url=_GUIDE + "rest-api-disable-default-endpoint.html",
)
def api_default_endpoint_disabled(api: Resource) -> Outcome:
    """Judge the default endpoint of APIs that a mapping names: it goes past mutual TLS and the policy of the domain.

    The definition may turn it off too.
    """
    assembly = api.template.assembly
    if api.type == REST_API:
        mappings, unsure = assembly.pointing_at(api, "AWS::ApiGateway::BasePathMapping", "RestApiId")
        mappings = [*mappings, *assembly.pointing_at(api, "AWS::ApiGatewayV2::ApiMapping", "ApiId")[0]]
    else:
        mappings, unsure = assembly.pointing_at(api, "AWS::ApiGatewayV2::ApiMapping", "ApiId")
    if mappings:
        return _has_no_default_endpoint(api)
    if unsure and _has_no_default_endpoint(api) is not MET:
        return api.at("DisableExecuteApiEndpoint").undecided(
            "an intrinsic function hides whether a domain name leads to it"
        )
    return NOT_APPLICABLE


_NETWORKS = ("aws:sourcevpc", "aws:sourcevpce", "aws:vpcsourceip", "aws:sourceaccount", "aws:principalorgid")


@rule(
    title="every private API is open to networks of yours only",
    fix="confine its policy by aws:SourceVpce or aws:SourceVpc; without, any VPC of anybody reaches it",
    applies_to=(REST_API,),
    controls=("164.312(e)(1)",),
    requirement="HC-197",
    url=_GUIDE + "apigateway-private-apis.html",
)
def private_api_names_networks(api: Resource) -> Outcome:
    """Judge the policy of private APIs, also in the definition; without any, nobody is let in."""
    if not any(one.text == "PRIVATE" for one in api.each("EndpointConfiguration", "Types", "*")):
        return NOT_APPLICABLE
    return stated(api, "Policy", ("x-amazon-apigateway-policy",), _names_networks)


def _names_networks(policy: Node) -> Outcome:
    if policy.is_absent:
        return MET
    if policy.is_unknown:
        return policy.undecided()
    statements, hidden = read(policy)
    if any(_refuses_other_networks(one) for one in statements):
        return MET
    opened = [one for one in statements if one.opens_to_everyone() is not False]
    if not statements and not hidden:
        return policy.broken()
    outcomes = [one.node.broken("it allows everyone, from any network") for one in opened if one.opens_to_everyone()]
    unsure = [policy.undecided("an intrinsic function hides whom it allows")] if hidden or opened else []
    return all_met([MET, *outcomes, *unsure])


def _refuses_other_networks(statement: Statement) -> bool:
    refused = any(
        operator.startswith(("stringnot", "notipaddress", "foranyvalue:stringnot")) and key in _NETWORKS
        for operator, key in statement.conditions
    )
    return statement.is_deny and refused and len(statement.conditions) == 1 and statement.names_everyone()
