"""What is told of APIs that are written as a definition."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import (
    BROKEN,
    GONE,
    MET,
    NOT_APPLICABLE,
    PARAMETER,
    UNDECIDED,
    outcome,
    resource,
    template,
    verdict,
)

ASKS = "ApiAsksWhoCalls"
OPERATION = ("Properties", "Body", "paths", "/visits", "get")


@pytest.mark.parametrize(
    ("security", "place", "found"),
    [
        ([], (*OPERATION, "security"), "it asks nobody who they are"),
        ([{}], (*OPERATION, "security", 0), "it may be left out"),
        ([{"key": []}], (*OPERATION, "security", 0), "an API key says which client calls, and not who"),
        (
            [{"login": []}],
            (*OPERATION, "security", 0),
            "the security scheme login has no authorizer, so nothing enforces it",
        ),
        ([{"other": []}], (*OPERATION, "security", 0), "no security scheme other is defined"),
    ],
    ids=["nothing", "a-choice", "a-key", "no-authorizer", "no-scheme"],
)
def test_what_an_operation_asks_too_little_of_is_told(security: Json, place: tuple[str | int, ...], found: str) -> None:
    schemes: Json = {"securitySchemes": {"key": {"type": "apiKey"}, "login": {"type": "oauth2"}}}
    definition: Json = {"paths": {"/visits": {"get": {"security": security}}}, "components": schemes}
    judged = outcome(ASKS, template({"It": resource("AWS::ApiGateway::RestApi", {"Body": definition})}))
    assert (judged.path, judged.found) == (place, found)


def test_a_definition_in_a_file_is_said_to_be_there() -> None:
    properties: Json = {"BodyS3Location": {"Bucket": "a", "Key": "b"}}
    judged = outcome(ASKS, template({"It": resource("AWS::ApiGateway::RestApi", properties)}))
    assert judged.found == "the definition of the API stands in a file that is not judged"


SAM = "AWS::Serverless-2016-10-31"


@pytest.mark.parametrize(
    ("auth", "security", "wanted"),
    [
        ({"Authorizers": {"Login": {}}}, [{"Login": []}], MET),
        ({"DefaultAuthorizer": "AWS_IAM"}, None, MET),
        ({"DefaultAuthorizer": "Login"}, None, MET),
        ({"DefaultAuthorizer": "NONE"}, [{"Login": []}], BROKEN),
        ({}, [{"Login": []}], BROKEN),
    ],
)
@pytest.mark.parametrize("kind", ["Api", "HttpApi"])
def test_authorizers_of_sam_are_schemes_of_the_definition(kind: str, auth: Json, security: Json, wanted: str) -> None:
    operation: Json = {} if security is None else {"security": security}
    own: Json = {"Auth": auth, "DefinitionBody": {"paths": {"/visits": {"get": operation}}}}
    body = template({"It": resource(f"AWS::Serverless::{kind}", own)}, Transform=SAM)
    assert verdict(ASKS, body) == wanted


@pytest.mark.parametrize(
    ("known", "security", "wanted"),
    [
        ({"Other": {"x-amazon-apigateway-authtype": "awsSigv4"}}, "Other", MET),
        ({"Login": {"type": "oauth2"}}, "Login", MET),
        ({"Other": {"type": "oauth2"}}, "Other", BROKEN),
        (PARAMETER, "Login", UNDECIDED),
    ],
)
def test_schemes_of_a_definition_stand_beside_those_of_sam(known: Json, security: str, wanted: str) -> None:
    definition: Json = {"paths": {"/": {"get": {"security": [{security: []}]}}}, "securityDefinitions": known}
    own: Json = {"Auth": {"Authorizers": {"Login": {}}}, "DefinitionBody": definition}
    assert verdict(ASKS, template({"It": resource("AWS::Serverless::Api", own)}, Transform=SAM)) == wanted


def test_an_authorizer_of_either_place_of_schemes_counts() -> None:
    definition: Json = {
        "paths": {"/": {"get": {"security": [{"login": []}]}}},
        "components": {"securitySchemes": {"login": {"type": "oauth2"}}},
        "securityDefinitions": {"login": {"x-amazon-apigateway-authorizer": {"type": "token"}}},
    }
    assert verdict(ASKS, template({"It": resource("AWS::ApiGateway::RestApi", {"Body": definition})})) == MET


API = "AWS::ApiGateway::RestApi"
OPEN: Json = {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke"}]}
NARROW: Json = {
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": "*",
            "Action": "execute-api:Invoke",
            "Condition": {"StringEquals": {"aws:SourceVpce": "vpce-1"}},
        }
    ]
}


@pytest.mark.parametrize(
    ("properties", "wanted"),
    [
        ({"Body": {"x-amazon-apigateway-policy": OPEN}}, BROKEN),
        ({"Body": {"x-amazon-apigateway-policy": NARROW}}, MET),
        ({"Body": {"x-amazon-apigateway-policy": PARAMETER}}, UNDECIDED),
        ({"Body": {"x-amazon-apigateway-policy": GONE}}, MET),
        ({"Body": {"x-amazon-apigateway-policy": 3}}, BROKEN),
        ({"Body": {"paths": {}}}, MET),
        ({"Body": PARAMETER}, UNDECIDED),
        ({"Body": {"Fn::Transform": {"Name": "AWS::Include"}}}, UNDECIDED),
        ({"BodyS3Location": {"Bucket": "b"}}, UNDECIDED),
        ({"BodyS3Location": {"Bucket": "b"}, "Policy": NARROW}, MET),
        ({"Body": PARAMETER, "Policy": OPEN}, BROKEN),
        ({"Body": {"x-amazon-apigateway-policy": OPEN}, "Policy": NARROW}, MET),
    ],
)
def test_a_private_api_may_have_its_policy_in_the_definition(properties: Json, wanted: str) -> None:
    assert isinstance(properties, dict)
    own: Json = {"EndpointConfiguration": {"Types": ["PRIVATE"]}, **properties}
    assert verdict("PrivateApiNamesNetworks", template({"It": resource(API, own)})) == wanted


def test_a_policy_in_a_definition_is_told_where_it_stands() -> None:
    own: Json = {"EndpointConfiguration": {"Types": ["PRIVATE"]}, "Body": {"x-amazon-apigateway-policy": OPEN}}
    judged = outcome("PrivateApiNamesNetworks", template({"It": resource(API, own)}))
    assert judged.path == ("Properties", "Body", "x-amazon-apigateway-policy", "Statement", 0)


POLICY = "x-amazon-apigateway-security-policy"
ENDPOINT = "x-amazon-apigateway-endpoint-configuration"
DISABLED: Json = {ENDPOINT: {"disableExecuteApiEndpoint": True}}


@pytest.mark.parametrize(
    ("properties", "wanted"),
    [
        ({"Body": {POLICY: "SecurityPolicy_TLS13_1_3_2025_09"}}, MET),
        ({"Body": {POLICY: "TLS_1_2"}}, MET),
        ({"Body": {POLICY: "TLS_1_0"}}, BROKEN),
        ({"Body": {POLICY: PARAMETER}}, UNDECIDED),
        ({"Body": {POLICY: "TLS_1_2"}, "SecurityPolicy": "TLS_1_0"}, BROKEN),
        ({"Body": DISABLED}, MET),
        ({"Body": {"servers": [DISABLED]}}, MET),
        ({"Body": {"servers": [{}, DISABLED]}}, MET),
        ({"Body": {ENDPOINT: {"disableExecuteApiEndpoint": False}}}, BROKEN),
        ({"Body": {ENDPOINT: PARAMETER}}, UNDECIDED),
        ({"Body": {"paths": {}}}, BROKEN),
        ({"Body": PARAMETER}, UNDECIDED),
        ({"BodyS3Location": {"Bucket": "b"}}, UNDECIDED),
        ({"BodyS3Location": {"Bucket": "b"}, "SecurityPolicy": "TLS_1_2"}, MET),
    ],
)
def test_a_definition_may_say_which_tls_its_api_speaks(properties: Json, wanted: str) -> None:
    assert verdict("ApiUsesTls12", template({"It": resource(API, properties)})) == wanted


@pytest.mark.parametrize(
    ("properties", "sure", "unsure"),
    [
        ({"Body": DISABLED}, MET, NOT_APPLICABLE),
        ({"Body": {"servers": [DISABLED]}}, MET, NOT_APPLICABLE),
        ({"Body": DISABLED, "DisableExecuteApiEndpoint": False}, BROKEN, UNDECIDED),
        ({"Body": {"paths": {}}}, BROKEN, UNDECIDED),
        ({"Body": PARAMETER}, UNDECIDED, UNDECIDED),
    ],
)
@pytest.mark.parametrize("kind", [API, "AWS::ApiGatewayV2::Api"])
def test_a_definition_may_turn_the_default_endpoint_off(kind: str, properties: Json, sure: str, unsure: str) -> None:
    mapping, at = ("BasePathMapping", "RestApiId") if kind == API else ("ApiMapping", "ApiId")
    named: Json = {"Ref": "It"}
    for api, wanted in ((named, sure), (PARAMETER, unsure)):
        mapped = resource(kind.rpartition("::")[0] + "::" + mapping, {at: api})
        body = template({"It": resource(kind, properties), "Mapping": mapped})
        assert verdict("ApiDefaultEndpointDisabled", body) == wanted


def test_a_definition_in_a_file_is_said_to_hide_what_it_may_state() -> None:
    judged = outcome("ApiUsesTls12", template({"It": resource(API, {"BodyS3Location": {"Bucket": "b"}})}))
    assert judged.found == "the definition of the API stands in a file that is not judged"
