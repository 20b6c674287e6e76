"""The rules about the APIs, methods and domain names of Amazon API Gateway."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import (
    BROKEN,
    GONE,
    MALFORMED,
    MET,
    NEVER_TEXT,
    NOT_APPLICABLE,
    PARAMETER,
    UNDECIDED,
    Body,
    resource,
    template,
    verdict,
)

API = "AWS::ApiGateway::RestApi"
API_V2 = "AWS::ApiGatewayV2::Api"
METHOD = "AWS::ApiGateway::Method"
ROUTE = "AWS::ApiGatewayV2::Route"
INTEGRATION = "AWS::ApiGatewayV2::Integration"
ASKS = "ApiAsksWhoCalls"
TLS = "ApiBackEndsUseTls"


def one(kind: str, properties: Json = None, **others: Json) -> Body:
    return template({"It": resource(kind, properties), **others})


@pytest.mark.parametrize("kind", [METHOD, ROUTE])
@pytest.mark.parametrize(
    ("how", "wanted"),
    [
        ("AWS_IAM", MET),
        ("CUSTOM", MET),
        ("COGNITO_USER_POOLS", MET),
        ("JWT", MET),
        ("NONE", BROKEN),
        (GONE, BROKEN),
        (PARAMETER, UNDECIDED),
        *((value, BROKEN) for value in NEVER_TEXT),
    ],
)
def test_how_callers_prove_who_they_are_decides(kind: str, how: Json, wanted: str) -> None:
    body = one(kind, {"AuthorizationType": how, "HttpMethod": "GET", "RouteKey": "GET /visits", "ApiKeyRequired": True})
    assert verdict(ASKS, body) == wanted


def test_the_preflight_request_of_a_browser_proves_nothing() -> None:
    assert verdict(ASKS, one(METHOD, {"HttpMethod": "OPTIONS", "AuthorizationType": "NONE"})) == NOT_APPLICABLE
    assert verdict(ASKS, one(METHOD, {"HttpMethod": "ANY", "AuthorizationType": "NONE"})) == BROKEN
    assert verdict(ASKS, one(ROUTE, {"RouteKey": "OPTIONS /visits"})) == NOT_APPLICABLE


@pytest.mark.parametrize(
    ("key", "protocol", "wanted"),
    [
        ("ANY /{proxy+}", "HTTP", BROKEN),
        ("$connect", "WEBSOCKET", BROKEN),
        ("$disconnect", "WEBSOCKET", NOT_APPLICABLE),
        ("send", "WEBSOCKET", NOT_APPLICABLE),
        ("$default", "WEBSOCKET", NOT_APPLICABLE),
        ("$default", "HTTP", BROKEN),
        ("$default", PARAMETER, UNDECIDED),
        (PARAMETER, "HTTP", BROKEN),
    ],
)
def test_the_key_of_a_route_tells_whether_it_is_asked(key: Json, protocol: Json, wanted: str) -> None:
    body = one(ROUTE, {"RouteKey": key, "ApiId": {"Ref": "Api"}}, Api=resource(API_V2, {"ProtocolType": protocol}))
    assert verdict(ASKS, body) == wanted


def test_the_default_route_of_an_api_elsewhere_is_undecided() -> None:
    assert verdict(ASKS, one(ROUTE, {"RouteKey": "$default", "ApiId": PARAMETER})) == UNDECIDED
    asked: Body = {"RouteKey": "$default", "ApiId": PARAMETER, "AuthorizationType": "JWT"}
    assert verdict(ASKS, one(ROUTE, asked)) == MET


def defined(operation: Json, method: str = "get", **others: Json) -> Body:
    return {"Body": {"paths": {"/visits": {method: operation}}, **others}}


SCHEMES: Json = {
    "securitySchemes": {
        "key": {"type": "apiKey"},
        "authorizer": {"type": "apiKey", "x-amazon-apigateway-authorizer": {"type": "request"}},
        "iam": {"type": "apiKey", "x-amazon-apigateway-authtype": "awsSigv4"},
        "login": {"type": "oauth2", "x-amazon-apigateway-authorizer": {"type": "jwt"}},
        "promised": {"type": "oauth2"},
        "basic": {"type": "http", "scheme": "basic"},
        "hidden": PARAMETER,
        "empty": {},
        "wrong": "x",
        "listed": ["x-amazon-apigateway-authorizer"],
    }
}


@pytest.mark.parametrize("kind", [API, API_V2])
@pytest.mark.parametrize(
    ("operation", "wanted"),
    [
        ({"security": [{"login": []}]}, MET),
        ({"security": [{"authorizer": []}]}, MET),
        ({"security": [{"iam": []}]}, MET),
        ({"security": [{"undeclared": []}]}, BROKEN),
        ({"security": [{"promised": []}]}, BROKEN),
        ({"security": [{"basic": []}]}, BROKEN),
        ({"security": [{"hidden": []}]}, UNDECIDED),
        ({"security": [{"empty": []}]}, BROKEN),
        ({"security": [{"wrong": []}]}, BROKEN),
        ({"security": [{"listed": []}]}, BROKEN),
        ({"security": [{"undeclared": [], "login": []}]}, MET),
        ({"security": [{"promised": [], "hidden": []}]}, UNDECIDED),
        ({"security": [{"key": [], "login": []}]}, MET),
        ({"security": [{"key": []}]}, BROKEN),
        ({"security": [{"login": []}, {"key": []}]}, BROKEN),
        ({"security": [{"login": []}, {}]}, BROKEN),
        ({"security": []}, BROKEN),
        ({"security": "x"}, BROKEN),
        ({}, BROKEN),
        ("x", BROKEN),
        (PARAMETER, UNDECIDED),
        ({"security": PARAMETER}, UNDECIDED),
        ({"security": [PARAMETER]}, UNDECIDED),
        ({"x-amazon-apigateway-auth": {"type": "AWS_IAM"}}, MET),
        ({"x-amazon-apigateway-auth": {"type": "NONE"}, "security": [{"login": []}]}, BROKEN),
        ({"x-amazon-apigateway-auth": {"type": PARAMETER}}, UNDECIDED),
    ],
)
def test_the_operations_of_a_definition_are_asked(kind: str, operation: Json, wanted: str) -> None:
    assert verdict(ASKS, one(kind, defined(operation, components=SCHEMES))) == wanted


def test_an_older_definition_declares_its_schemes_elsewhere() -> None:
    authorizer: Json = {"type": "apiKey", "x-amazon-apigateway-authorizer": {"type": "token"}}
    definitions: Json = {"key": {"type": "apiKey"}, "login": authorizer}
    assert verdict(ASKS, one(API, defined({"security": [{"key": []}]}, securityDefinitions=definitions))) == BROKEN
    assert verdict(ASKS, one(API, defined({"security": [{"login": []}]}, securityDefinitions=definitions))) == MET


def test_what_a_definition_asks_of_all_is_asked_of_each() -> None:
    general: Json = [{"login": []}]
    assert verdict(ASKS, one(API, defined({}, security=general, components=SCHEMES))) == MET
    assert verdict(ASKS, one(API, defined({"security": []}, security=general, components=SCHEMES))) == BROKEN
    assert verdict(ASKS, one(API, defined({}, security=[{"key": []}], components=SCHEMES))) == BROKEN


@pytest.mark.parametrize(
    ("method", "wanted"),
    [
        ("post", BROKEN),
        ("GET", BROKEN),
        ("x-amazon-apigateway-any-method", BROKEN),
        ("options", MET),
        ("parameters", MET),
    ],
)
def test_the_methods_of_a_definition_are_asked_but_preflight(method: str, wanted: str) -> None:
    assert verdict(ASKS, one(API, defined({}, method))) == wanted


@pytest.mark.parametrize("kind", [API, API_V2])
@pytest.mark.parametrize(
    ("properties", "wanted"),
    [
        ({}, NOT_APPLICABLE),
        ({"Body": GONE}, NOT_APPLICABLE),
        ({"Body": PARAMETER}, UNDECIDED),
        ({"Body": {"Fn::Transform": {"Name": "AWS::Include"}}}, UNDECIDED),
        ({"BodyS3Location": {"Bucket": "b"}}, UNDECIDED),
        ({"Body": {}}, MET),
        ({"Body": {"paths": {}}}, MET),
        ({"Body": {"paths": PARAMETER}}, UNDECIDED),
        ({"Body": {"paths": {"/": PARAMETER}}}, UNDECIDED),
        ({"Body": {"paths": []}}, BROKEN),
        ({"Body": "x"}, BROKEN),
        ({"Body": []}, BROKEN),
        ({"Body": None}, BROKEN),
    ],
)
def test_a_definition_that_can_not_be_read_is_no_pass(kind: str, properties: Body, wanted: str) -> None:
    for rule in (ASKS, TLS):
        assert verdict(rule, one(kind, properties)) == wanted


def test_an_http_api_made_of_its_target_is_open_to_everyone() -> None:
    assert verdict(ASKS, one(API_V2, {"Target": "arn"})) == BROKEN
    assert verdict(ASKS, one(API, {"Target": "arn"})) == NOT_APPLICABLE


@pytest.mark.parametrize(
    ("integration", "wanted"),
    [
        ({"Type": "HTTP", "Uri": "https://records.internal/"}, MET),
        ({"Type": "HTTP_PROXY", "Uri": "HTTPS://records.internal/"}, MET),
        ({"Type": "HTTP_PROXY", "Uri": "http://records.internal/"}, BROKEN),
        ({"Type": "HTTP", "ConnectionType": "VPC_LINK", "Uri": "http://balancer/"}, BROKEN),
        ({"Type": "HTTP", "Uri": {"Fn::Sub": "https://${AnyParameter}/"}}, MET),
        ({"Type": "HTTP", "Uri": {"Fn::Sub": "http://${AnyParameter}/"}}, BROKEN),
        ({"Type": "HTTP", "Uri": {"Fn::Sub": "${AnyParameter}/visits"}}, UNDECIDED),
        ({"Type": "HTTP", "Uri": PARAMETER}, UNDECIDED),
        ({"Type": "HTTP"}, BROKEN),
        ({"Type": "HTTP", "Uri": 3}, BROKEN),
        ({"Type": "AWS_PROXY", "Uri": "arn:aws:apigateway:x"}, NOT_APPLICABLE),
        ({"Type": "MOCK"}, NOT_APPLICABLE),
        ({"Type": PARAMETER, "Uri": "http://x"}, UNDECIDED),
        (PARAMETER, UNDECIDED),
        (GONE, NOT_APPLICABLE),
    ],
)
def test_how_a_method_reaches_its_back_end_decides(integration: Json, wanted: str) -> None:
    assert verdict(TLS, one(METHOD, {"Integration": integration})) == wanted


@pytest.mark.parametrize(
    ("properties", "wanted"),
    [
        ({"IntegrationType": "HTTP_PROXY", "IntegrationUri": "https://records.internal"}, MET),
        ({"IntegrationType": "HTTP_PROXY", "IntegrationUri": "http://records.internal"}, BROKEN),
        ({"IntegrationType": "AWS_PROXY", "IntegrationUri": "arn"}, NOT_APPLICABLE),
        ({"IntegrationType": "HTTP_PROXY", "ConnectionType": "VPC_LINK", "IntegrationUri": "arn"}, BROKEN),
        (
            {
                "IntegrationType": "HTTP_PROXY",
                "ConnectionType": "VPC_LINK",
                "IntegrationUri": {"Ref": "Listener"},
                "TlsConfig": {"ServerNameToVerify": "records.internal"},
            },
            MET,
        ),
        ({"IntegrationType": "HTTP", "ConnectionType": "VPC_LINK", "IntegrationUri": "http://balancer"}, BROKEN),
        ({"IntegrationType": "HTTP", "ConnectionType": "VPC_LINK", "IntegrationUri": "https://balancer"}, MET),
        ({"ConnectionType": "VPC_LINK", "IntegrationUri": "arn", "TlsConfig": PARAMETER}, UNDECIDED),
        ({"ConnectionType": "VPC_LINK", "IntegrationUri": "arn", "TlsConfig": {"Other": "x"}}, BROKEN),
    ],
)
def test_how_an_integration_reaches_its_back_end_decides(properties: Body, wanted: str) -> None:
    assert verdict(TLS, one(INTEGRATION, properties)) == wanted


@pytest.mark.parametrize(
    ("integration", "wanted"),
    [
        ({"type": "http_proxy", "uri": "https://records.internal"}, MET),
        ({"type": "http", "uri": "http://records.internal"}, BROKEN),
        ({"type": "aws_proxy", "uri": "arn"}, MET),
        (
            {
                "type": "http_proxy",
                "connectionType": "VPC_LINK",
                "uri": "arn",
                "tlsConfig": {"serverNameToVerify": "x"},
            },
            MET,
        ),
        ({"type": "http_proxy", "connectionType": "VPC_LINK", "uri": "arn", "tlsConfig": {}}, BROKEN),
        ({"type": "http_proxy", "connectionType": "VPC_LINK", "uri": "arn"}, BROKEN),
        (PARAMETER, UNDECIDED),
        ({"type": "http_proxy", "connectionType": "VPC_LINK", "uri": "arn", "tlsConfig": {"other": "x"}}, BROKEN),
        ({"type": "http_proxy", "connectionType": "VPC_LINK", "uri": "https://records.internal"}, MET),
        *(
            ({"type": "http", "connectionType": "VPC_LINK", "uri": uri, "tlsConfig": tls}, wanted)
            for uri, tls, wanted in (
                ("https://records.internal", {"insecureSkipVerification": True}, MET),
                ("HTTPS://records.internal", {"insecureSkipVerification": True}, MET),
                ("http://records.internal", {"insecureSkipVerification": True}, BROKEN),
                ("http://records.internal", {"serverNameToVerify": "x"}, BROKEN),
                (PARAMETER, {"insecureSkipVerification": True}, UNDECIDED),
                (PARAMETER, {"serverNameToVerify": "x"}, MET),
                ("arn", PARAMETER, UNDECIDED),
            )
        ),
        ({"type": "http", "uri": "arn", "tlsConfig": {"serverNameToVerify": "x"}}, BROKEN),
        ({"type": "http_proxy", "uri": "https://records.internal", "tlsConfig": {}}, MET),
    ],
)
def test_how_a_definition_reaches_its_back_ends_decides(integration: Json, wanted: str) -> None:
    assert verdict(TLS, one(API, defined({"x-amazon-apigateway-integration": integration}))) == wanted


POLICIES = [
    ("TLS_1_2", MET),
    ("SecurityPolicy_TLS13_1_3_2025_09", MET),
    ("SecurityPolicy_TLS13_1_2_PQ_2025_09", MET),
    ("SecurityPolicy_TLS12_2018_EDGE", MET),
    ("TLS_1_0", BROKEN),
    ("SecurityPolicy_TLS10_2018", BROKEN),
    (PARAMETER, UNDECIDED),
    *((value, BROKEN) for value in NEVER_TEXT),
]


@pytest.mark.parametrize(("policy", "wanted"), [*POLICIES, (GONE, BROKEN)])
def test_the_security_policy_of_a_domain_name_decides(policy: Json, wanted: str) -> None:
    assert verdict("ApiDomainUsesTls12", one("AWS::ApiGateway::DomainName", {"SecurityPolicy": policy})) == wanted


@pytest.mark.parametrize(("policy", "wanted"), [*POLICIES, (GONE, MET)])
def test_where_tls_1_2_is_the_only_policy_none_need_be_named(policy: Json, wanted: str) -> None:
    private = one("AWS::ApiGateway::DomainNameV2", {"SecurityPolicy": policy})
    http = one("AWS::ApiGatewayV2::DomainName", {"DomainNameConfigurations": [{"SecurityPolicy": policy}]})
    assert {verdict("ApiDomainUsesTls12", private), verdict("ApiDomainUsesTls12", http)} == {wanted}


def test_hidden_configurations_of_a_domain_name_are_undecided() -> None:
    body = one("AWS::ApiGatewayV2::DomainName", {"DomainNameConfigurations": PARAMETER})
    assert verdict("ApiDomainUsesTls12", body) == UNDECIDED
    assert verdict("ApiDomainUsesTls12", one("AWS::ApiGatewayV2::DomainName", {})) == MET


@pytest.mark.parametrize(
    ("properties", "wanted"),
    [
        ({}, BROKEN),
        ({"SecurityPolicy": "TLS_1_2"}, MET),
        ({"SecurityPolicy": "SecurityPolicy_TLS13_1_3_2025_09"}, MET),
        ({"SecurityPolicy": "TLS_1_0"}, BROKEN),
        ({"SecurityPolicy": PARAMETER}, UNDECIDED),
        ({"DisableExecuteApiEndpoint": True}, MET),
        ({"DisableExecuteApiEndpoint": False}, BROKEN),
        ({"DisableExecuteApiEndpoint": PARAMETER}, UNDECIDED),
        ({"EndpointConfiguration": {"Types": ["PRIVATE"]}}, MET),
        ({"EndpointConfiguration": {"Types": ["REGIONAL"]}}, BROKEN),
        ({"EndpointConfiguration": PARAMETER}, UNDECIDED),
        ({"EndpointConfiguration": {"Types": PARAMETER}}, UNDECIDED),
    ],
)
def test_the_default_endpoint_of_a_rest_api_speaks_old_tls_where_nothing_is_said(properties: Body, wanted: str) -> None:
    assert verdict("ApiUsesTls12", one(API, properties)) == wanted


@pytest.mark.parametrize(
    ("kind", "mapping", "at"),
    [
        (API, "AWS::ApiGateway::BasePathMapping", "RestApiId"),
        (API, "AWS::ApiGatewayV2::ApiMapping", "ApiId"),
        (API_V2, "AWS::ApiGatewayV2::ApiMapping", "ApiId"),
    ],
)
@pytest.mark.parametrize(
    ("disabled", "wanted"), [(True, MET), (False, BROKEN), (GONE, BROKEN), (PARAMETER, UNDECIDED), ("x", BROKEN)]
)
def test_an_api_with_a_domain_name_has_no_other(kind: str, mapping: str, at: str, disabled: Json, wanted: str) -> None:
    body = one(kind, {"DisableExecuteApiEndpoint": disabled}, Mapping=resource(mapping, {at: {"Ref": "It"}}))
    assert verdict("ApiDefaultEndpointDisabled", body) == wanted
    assert verdict("ApiDefaultEndpointDisabled", one(kind, {"DisableExecuteApiEndpoint": disabled})) == NOT_APPLICABLE


@pytest.mark.parametrize(("disabled", "wanted"), [(GONE, UNDECIDED), (True, NOT_APPLICABLE)])
def test_a_mapping_that_may_lead_to_an_api_leaves_it_open(disabled: Json, wanted: str) -> None:
    mapping = resource("AWS::ApiGateway::BasePathMapping", {"RestApiId": PARAMETER})
    body = one(API, {"DisableExecuteApiEndpoint": disabled}, Mapping=mapping)
    assert verdict("ApiDefaultEndpointDisabled", body) == wanted


PRIVATE: Json = {"Types": ["PRIVATE"]}
ALLOW: Body = {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "*"}


def refusal(operator: str = "StringNotEquals", key: str = "aws:SourceVpce", **changes: Json) -> Json:
    condition: Json = {operator: {key: "vpce-1"}}
    return {"Effect": "Deny", "Principal": "*", "Action": "execute-api:Invoke", "Condition": condition, **changes}


@pytest.mark.parametrize(
    ("statements", "wanted"),
    [
        ([ALLOW], BROKEN),
        ([ALLOW, refusal()], MET),
        ([ALLOW, refusal(key="aws:SourceVpc")], MET),
        ([ALLOW, refusal("NotIpAddress", "aws:VpcSourceIp")], MET),
        ([ALLOW, refusal("StringEquals")], BROKEN),
        ([ALLOW, refusal(key="aws:UserAgent")], BROKEN),
        ([ALLOW, refusal(Effect="Allow")], BROKEN),
        ([ALLOW, refusal(Principal={"AWS": "1"})], BROKEN),
        ([{**ALLOW, "Condition": {"StringEquals": {"aws:SourceVpce": "vpce-1"}}}], MET),
        ([{**ALLOW, "Principal": {"AWS": "arn:aws:iam::123456789012:root"}}], MET),
        ([{**ALLOW, "Principal": PARAMETER}], UNDECIDED),
        ([ALLOW, PARAMETER], BROKEN),
        ([PARAMETER], UNDECIDED),
        (PARAMETER, UNDECIDED),
        ([], BROKEN),
    ],
)
def test_the_policy_of_a_private_api_decides(statements: Json, wanted: str) -> None:
    body = one(API, {"EndpointConfiguration": PRIVATE, "Policy": {"Statement": statements}})
    assert verdict("PrivateApiNamesNetworks", body) == wanted


@pytest.mark.parametrize(
    ("properties", "wanted"),
    [
        ({"EndpointConfiguration": PRIVATE}, MET),
        ({"EndpointConfiguration": PRIVATE, "Policy": PARAMETER}, UNDECIDED),
        ({"EndpointConfiguration": PRIVATE, "Policy": 3}, BROKEN),
        ({"EndpointConfiguration": {"Types": ["REGIONAL"]}, "Policy": {"Statement": [ALLOW]}}, NOT_APPLICABLE),
        ({}, NOT_APPLICABLE),
    ],
)
def test_only_private_apis_must_name_networks(properties: Body, wanted: str) -> None:
    assert verdict("PrivateApiNamesNetworks", one(API, properties)) == wanted


@pytest.mark.parametrize(
    ("rule", "kind", "place"),
    [
        (ASKS, METHOD, "AuthorizationType"),
        (ASKS, API, "Body"),
        (TLS, METHOD, "Integration"),
        ("ApiDomainUsesTls12", "AWS::ApiGateway::DomainName", "SecurityPolicy"),
        ("ApiUsesTls12", API, "SecurityPolicy"),
    ],
)
@pytest.mark.parametrize("value", MALFORMED, ids=str)
def test_a_malformed_intrinsic_function_is_no_pass(rule: str, kind: str, place: str, value: Json) -> None:
    assert verdict(rule, one(kind, {place: value})) in (BROKEN, UNDECIDED)


SAM: Json = "AWS::Serverless-2016-10-31"


@pytest.mark.parametrize(
    ("auth", "wanted"), [({}, BROKEN), ({"DefaultAuthorizer": "Login"}, MET), ({"DefaultAuthorizer": "NONE"}, BROKEN)]
)
@pytest.mark.parametrize(("kind", "of"), [("Api", "InMethod"), ("HttpApi", "InRoute")])
def test_events_of_sam_are_asked_who_calls(kind: str, of: str, auth: Json, wanted: str) -> None:
    events: Json = {"In": {"Type": kind, "Properties": {"Path": "/", "Method": "get"}}}
    body = template(
        {"F": resource("AWS::Serverless::Function", {"Events": events})}, Transform=SAM, Globals={kind: {"Auth": auth}}
    )
    assert verdict(ASKS, body, of="F" + of) == wanted


@pytest.mark.parametrize("method", ["delete", "get", "head", "patch", "post", "put", "trace"])
def test_each_method_of_a_definition_is_asked(method: str) -> None:
    assert verdict(ASKS, one(API, defined({}, method))) == BROKEN


@pytest.mark.parametrize(
    ("operator", "key"),
    [
        ("ForAnyValue:StringNotEquals", "aws:SourceVpce"),
        ("StringNotLike", "aws:PrincipalOrgID"),
        ("StringNotEquals", "aws:SourceAccount"),
    ],
)
def test_each_way_to_refuse_other_networks_counts(operator: str, key: str) -> None:
    body = one(API, {"EndpointConfiguration": PRIVATE, "Policy": {"Statement": [ALLOW, refusal(operator, key)]}})
    assert verdict("PrivateApiNamesNetworks", body) == MET
