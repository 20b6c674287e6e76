"""The rules about the stages of Amazon API Gateway."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules import RULES, Assembly, Template
from hipaa_constructs.rules._value import Json
from tests.rules._judging import (
    BROKEN,
    GONE,
    MALFORMED,
    MET,
    NEVER_TEXT,
    NEVER_TRUE,
    NOT_APPLICABLE,
    PARAMETER,
    UNDECIDED,
    Body,
    resource,
    template,
    verdict,
)

STAGE = "AWS::ApiGateway::Stage"
STAGE_V2 = "AWS::ApiGatewayV2::Stage"
DEPLOYMENT = "AWS::ApiGateway::Deployment"
API = "AWS::ApiGateway::RestApi"
REF_API: Json = {"Ref": "Api"}
EXECUTION = "ApiExecutionLogged"
OF_REST = (
    *("ApiExecutionLogged", "ApiAccessLogged", "ApiTraced", "ApiHasWebAcl", "ApiCachesNothing", "ApiCacheEncrypted"),
    *("ApiPresentsClientCertificate", "ApiAccessLogWithoutPhi"),
)


def stage(properties: Json = None, **others: Json) -> Body:
    return template({"It": resource(STAGE, properties), **others})


def deployment(description: Json, **properties: Json) -> Body:
    return template({"It": resource(DEPLOYMENT, {"StageName": "live", "StageDescription": description, **properties})})


def both(rule: str, settings: Body) -> set[str]:
    """Judge a stage of its own, and one that a deployment makes."""
    return {verdict(rule, stage(settings)), verdict(rule, deployment(settings))}


def v2(properties: Json, protocol: Json = "WEBSOCKET") -> Body:
    settings: Body = {**properties, "ApiId": REF_API} if isinstance(properties, dict) else {}
    api = resource("AWS::ApiGatewayV2::Api", {"ProtocolType": protocol})
    return template({"It": resource(STAGE_V2, settings), "Api": api})


def for_all(**settings: Json) -> Body:
    return {"HttpMethod": "*", "ResourcePath": "/*", **settings}


@pytest.mark.parametrize(
    ("settings", "wanted"),
    [
        ([for_all(LoggingLevel="INFO")], MET),
        ([for_all(LoggingLevel="ERROR")], MET),
        ([for_all(LoggingLevel="OFF")], BROKEN),
        ([for_all(LoggingLevel=PARAMETER)], UNDECIDED),
        ([for_all()], BROKEN),
        ([for_all(LoggingLevel="INFO", HttpMethod="GET")], BROKEN),
        ([for_all(LoggingLevel="INFO", ResourcePath="/a")], BROKEN),
        ([for_all(LoggingLevel="INFO"), {"HttpMethod": "GET", "LoggingLevel": "OFF"}], BROKEN),
        ([for_all(LoggingLevel="INFO"), {"HttpMethod": "GET", "LoggingLevel": "ERROR"}], MET),
        ([for_all(LoggingLevel="INFO"), {"HttpMethod": "GET"}], MET),
        ([PARAMETER], UNDECIDED),
        (PARAMETER, UNDECIDED),
        ([], BROKEN),
        (GONE, BROKEN),
        ("x", BROKEN),
        (["x"], BROKEN),
    ],
)
def test_the_level_for_all_methods_decides(settings: Json, wanted: str) -> None:
    assert both(EXECUTION, {"MethodSettings": settings}) == {wanted}


def test_a_deployment_has_a_level_of_its_own() -> None:
    assert verdict(EXECUTION, deployment({"LoggingLevel": "INFO"})) == MET
    assert verdict(EXECUTION, deployment({"LoggingLevel": "OFF"})) == BROKEN
    assert verdict("ApiBodiesNotLogged", deployment({"DataTraceEnabled": True})) == BROKEN


@pytest.mark.parametrize("rule", [*OF_REST])
def test_a_deployment_without_a_stage_is_not_judged(rule: str) -> None:
    assert verdict(rule, template({"It": resource(DEPLOYMENT, {"RestApiId": "x"})})) == NOT_APPLICABLE
    assert verdict("ApiBodiesNotLogged", template({"It": resource(DEPLOYMENT, {})})) == MET


@pytest.mark.parametrize(
    ("properties", "protocol", "wanted"),
    [
        ({"DefaultRouteSettings": {"LoggingLevel": "INFO"}}, "WEBSOCKET", MET),
        ({"DefaultRouteSettings": {"LoggingLevel": "OFF"}}, "WEBSOCKET", BROKEN),
        ({}, "WEBSOCKET", BROKEN),
        (
            {"DefaultRouteSettings": {"LoggingLevel": "INFO"}, "RouteSettings": {"send": {"LoggingLevel": "OFF"}}},
            "WEBSOCKET",
            BROKEN,
        ),
        ({}, "HTTP", NOT_APPLICABLE),
        ({}, PARAMETER, UNDECIDED),
        ({"DefaultRouteSettings": {"LoggingLevel": "ERROR"}}, PARAMETER, MET),
    ],
)
def test_websocket_apis_log_their_execution_too(properties: Json, protocol: Json, wanted: str) -> None:
    assert verdict(EXECUTION, v2(properties, protocol)) == wanted


def test_a_stage_of_an_api_elsewhere_may_be_one_of_a_websocket_api() -> None:
    assert verdict(EXECUTION, template({"It": resource(STAGE_V2, {"ApiId": PARAMETER})})) == UNDECIDED


@pytest.mark.parametrize(
    ("trace", "wanted"),
    [(False, MET), (GONE, MET), ("false", MET), (True, BROKEN), ("x", BROKEN), (PARAMETER, UNDECIDED)],
)
def test_bodies_in_the_log_decide(trace: Json, wanted: str) -> None:
    assert both("ApiBodiesNotLogged", {"MethodSettings": [for_all(), for_all(DataTraceEnabled=trace)]}) == {wanted}
    assert verdict("ApiBodiesNotLogged", v2({"DefaultRouteSettings": {"DataTraceEnabled": trace}})) == wanted
    assert verdict("ApiBodiesNotLogged", v2({"RouteSettings": {"send": {"DataTraceEnabled": trace}}})) == wanted


@pytest.mark.parametrize("settings", [PARAMETER, [PARAMETER]])
def test_hidden_settings_may_log_bodies(settings: Json) -> None:
    assert both("ApiBodiesNotLogged", {"MethodSettings": settings}) == {UNDECIDED}
    assert verdict("ApiBodiesNotLogged", v2({"RouteSettings": PARAMETER})) == UNDECIDED


@pytest.mark.parametrize(
    ("log", "wanted"),
    [
        ({"DestinationArn": {"Fn::GetAtt": ["Group", "Arn"]}}, MET),
        ({"DestinationArn": "arn"}, MET),
        ({"DestinationArn": PARAMETER}, UNDECIDED),
        ({"Format": "x"}, BROKEN),
        ({}, BROKEN),
        (GONE, BROKEN),
        ("x", BROKEN),
        (PARAMETER, UNDECIDED),
    ],
)
def test_where_the_access_log_goes_decides(log: Json, wanted: str) -> None:
    assert both("ApiAccessLogged", {"AccessLogSetting": log}) == {wanted}
    assert verdict("ApiAccessLogged", v2({"AccessLogSettings": log})) == wanted


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ('{"id":"$context.requestId","ip":"$context.identity.sourceIp","path":"$context.resourcePath"}', MET),
        ("$context.routeKey $context.authorizer.claims.sub", MET),
        ("$context.authorizer.claims.cognito:groups", MET),
        ("$context.authorizer.claims.email", BROKEN),
        ("$context.authorizer.claims.subject", BROKEN),
        ("$context.path", BROKEN),
        ("x $context.path y", BROKEN),
        ("$context.pathology", MET),
        ("$context.requestOverride.querystring.name", BROKEN),
        ("$context.responseOverride.header.name", BROKEN),
        ("$context.error.validationErrorString", BROKEN),
        ({"Fn::Sub": "${AnyParameter} $context.path"}, BROKEN),
        ({"Fn::Sub": "${AnyParameter} $context.requestId"}, MET),
        (PARAMETER, UNDECIDED),
        (GONE, BROKEN),
        *((value, BROKEN) for value in NEVER_TEXT if value is not True and value != 0),
    ],
)
def test_what_an_access_log_holds_decides(line: Json, wanted: str) -> None:
    log: Json = {"DestinationArn": "arn", "Format": line}
    assert both("ApiAccessLogWithoutPhi", {"AccessLogSetting": log}) == {wanted}
    assert verdict("ApiAccessLogWithoutPhi", v2({"AccessLogSettings": log})) == wanted


def test_a_stage_without_an_access_log_holds_nothing_in_it() -> None:
    assert both("ApiAccessLogWithoutPhi", {}) == {NOT_APPLICABLE}
    assert verdict("ApiAccessLogWithoutPhi", v2({})) == NOT_APPLICABLE


@pytest.mark.parametrize(
    ("settings", "wanted"),
    [
        ({}, NOT_APPLICABLE),
        ({"CacheClusterEnabled": False}, NOT_APPLICABLE),
        ({"CacheClusterEnabled": False, "MethodSettings": [for_all(CachingEnabled=True)]}, NOT_APPLICABLE),
        ({"CacheClusterEnabled": True}, NOT_APPLICABLE),
        ({"CacheClusterEnabled": True, "MethodSettings": [for_all(CachingEnabled=False)]}, NOT_APPLICABLE),
        ({"CacheClusterEnabled": True, "MethodSettings": [for_all(CachingEnabled=True)]}, BROKEN),
        (
            {"CacheClusterEnabled": True, "MethodSettings": [for_all(CachingEnabled=True, CacheDataEncrypted=True)]},
            MET,
        ),
        (
            {
                "CacheClusterEnabled": True,
                "MethodSettings": [for_all(CachingEnabled=True, CacheDataEncrypted=PARAMETER)],
            },
            UNDECIDED,
        ),
        ({"CacheClusterEnabled": True, "MethodSettings": PARAMETER}, UNDECIDED),
        ({"CacheClusterEnabled": PARAMETER, "MethodSettings": [for_all(CachingEnabled=True)]}, UNDECIDED),
    ],
)
def test_what_lies_in_the_cache_is_encrypted(settings: Body, wanted: str) -> None:
    assert verdict("ApiCacheEncrypted", stage(settings)) == wanted


def test_a_deployment_encrypts_its_cache_itself() -> None:
    cached: Body = {"CacheClusterEnabled": True, "CachingEnabled": True}
    assert verdict("ApiCacheEncrypted", deployment(cached)) == BROKEN
    assert verdict("ApiCacheEncrypted", deployment({**cached, "CacheDataEncrypted": True})) == MET


@pytest.mark.parametrize(
    ("cluster", "wanted"), [(GONE, MET), (False, MET), (True, BROKEN), ("x", BROKEN), (PARAMETER, UNDECIDED)]
)
def test_a_cache_breaks(cluster: Json, wanted: str) -> None:
    assert both("ApiCachesNothing", {"CacheClusterEnabled": cluster}) == {wanted}


def method(kind: Json) -> Json:
    return resource("AWS::ApiGateway::Method", {"RestApiId": REF_API, "Integration": {"Type": kind}})


@pytest.mark.parametrize(
    ("certificate", "kind", "wanted"),
    [
        ({"Ref": "Certificate"}, "HTTP", MET),
        ("abc", "AWS_PROXY", MET),
        (PARAMETER, "AWS_PROXY", UNDECIDED),
        (GONE, "HTTP", BROKEN),
        (GONE, "HTTP_PROXY", BROKEN),
        (GONE, "AWS_PROXY", NOT_APPLICABLE),
        (GONE, "MOCK", NOT_APPLICABLE),
        (GONE, PARAMETER, UNDECIDED),
    ],
)
def test_http_back_ends_see_a_certificate(certificate: Json, kind: Json, wanted: str) -> None:
    settings: Body = {"ClientCertificateId": certificate, "RestApiId": REF_API}
    others = {
        "Api": resource(API),
        "Method": method(kind),
        "Certificate": resource("AWS::ApiGateway::ClientCertificate"),
    }
    assert verdict("ApiPresentsClientCertificate", stage(settings, **others)) == wanted


@pytest.mark.parametrize(
    ("definition", "wanted"),
    [
        ({"paths": {"/": {"get": {"x-amazon-apigateway-integration": {"type": "http"}}}}}, BROKEN),
        ({"paths": {"/": {"get": {"x-amazon-apigateway-integration": {"type": "aws_proxy"}}}}}, NOT_APPLICABLE),
        ({"paths": {"/": {"get": {"x-amazon-apigateway-integration": {"type": PARAMETER}}}}}, UNDECIDED),
        (PARAMETER, UNDECIDED),
    ],
)
def test_http_back_ends_of_a_definition_see_a_certificate(definition: Json, wanted: str) -> None:
    body = stage({"RestApiId": REF_API}, Api=resource(API, {"Body": definition}))
    assert verdict("ApiPresentsClientCertificate", body) == wanted


def test_each_api_has_back_ends_of_its_own() -> None:
    kinds = {"Api": "HTTP", "Another": "AWS_PROXY"}
    stages = {f"{api}Stage": resource(STAGE, {"RestApiId": {"Ref": api}}) for api in kinds}
    apis = {api: resource(API) for api in kinds}
    methods = {
        f"{api}Method": resource("AWS::ApiGateway::Method", {"RestApiId": {"Ref": api}, "Integration": {"Type": kind}})
        for api, kind in kinds.items()
    }
    made = Template(template({**stages, **apis, **methods}))
    Assembly([made])
    judged = [RULES["ApiPresentsClientCertificate"].judge(made.resources[name]).verdict.value for name in stages]
    assert judged == [BROKEN, NOT_APPLICABLE]


def test_back_ends_of_an_api_elsewhere_are_not_known() -> None:
    assert both("ApiPresentsClientCertificate", {}) == {UNDECIDED}


@pytest.mark.parametrize(
    ("switch", "wanted"), [(True, MET), ("true", MET), (False, BROKEN), (GONE, BROKEN), (PARAMETER, UNDECIDED)]
)
def test_tracing_decides(switch: Json, wanted: str) -> None:
    assert both("ApiTraced", {"TracingEnabled": switch}) == {wanted}


@pytest.mark.parametrize("value", NEVER_TRUE, ids=str)
def test_what_is_not_true_traces_nothing(value: Json) -> None:
    assert both("ApiTraced", {"TracingEnabled": value}) == {BROKEN}


def association(arn: Json, **attributes: Json) -> Json:
    return resource("AWS::WAFv2::WebACLAssociation", {"ResourceArn": arn}, **attributes)


ARN = "arn:aws:apigateway:us-east-1::/restapis/${Api}/stages/"


@pytest.mark.parametrize(
    ("name", "arn", "wanted"),
    [
        ("live", {"Fn::Sub": ARN + "${It}"}, MET),
        ("live", {"Fn::Sub": ARN + "live"}, MET),
        ("live", {"Fn::Sub": ARN + "test"}, BROKEN),
        ("live", {"Fn::Sub": ARN + "${Other}"}, BROKEN),
        ("live", {"Fn::Sub": ARN + "${AnyParameter}"}, UNDECIDED),
        (PARAMETER, {"Fn::Sub": ARN + "${AnyParameter}"}, MET),
        (PARAMETER, {"Fn::Sub": ARN + "live"}, UNDECIDED),
        ("live", {"Fn::Sub": "arn:aws:apigateway:us-east-1::/restapis/${Another}/stages/live"}, BROKEN),
        ("live", "arn:aws:apigateway:us-east-1::/restapis/abc/stages/live", BROKEN),
        ("live", PARAMETER, UNDECIDED),
    ],
)
def test_a_web_acl_of_the_stage_decides(name: Json, arn: Json, wanted: str) -> None:
    others = {
        "Api": resource(API),
        "Another": resource(API),
        "Other": resource(STAGE, {"StageName": "other", "RestApiId": REF_API}),
        "Acl": association(arn),
    }
    assert verdict("ApiHasWebAcl", stage({"StageName": name, "RestApiId": REF_API}, **others)) == wanted


def test_a_stage_without_a_web_acl_breaks() -> None:
    assert verdict("ApiHasWebAcl", stage({"RestApiId": REF_API, "StageName": "live"}, Api=resource(API))) == BROKEN
    assert verdict("ApiHasWebAcl", stage({"RestApiId": "abc", "StageName": "live"})) == BROKEN


def test_a_web_acl_that_is_never_associated_guards_nothing() -> None:
    body = stage({"RestApiId": REF_API}, Api=resource(API), Acl=association({"Ref": "It"}, Condition="Never"))
    assert verdict("ApiHasWebAcl", {**body, "Conditions": {"Never": {"Fn::Equals": ["a", "b"]}}}) == BROKEN


def test_a_web_acl_of_another_stack_counts() -> None:
    first = stage({"RestApiId": REF_API, "StageName": "live"}, Api=resource(API))
    export: Json = {"Arn": {"Value": {"Fn::Sub": ARN + "${It}"}, "Export": {"Name": "stage"}}}
    second = template({"Acl": association({"Fn::ImportValue": "stage"})})
    assert verdict("ApiHasWebAcl", {**first, "Outputs": export}, second) == MET


@pytest.mark.parametrize(
    ("types", "wanted"), [(["PRIVATE"], NOT_APPLICABLE), (["REGIONAL"], BROKEN), (PARAMETER, BROKEN)]
)
def test_a_private_api_needs_no_web_acl(types: Json, wanted: str) -> None:
    api = resource(API, {"EndpointConfiguration": {"Types": types}})
    assert verdict("ApiHasWebAcl", stage({"RestApiId": REF_API, "StageName": "live"}, Api=api)) == wanted


@pytest.mark.parametrize(
    ("rule", "place"),
    [
        (EXECUTION, "MethodSettings"),
        ("ApiAccessLogged", "AccessLogSetting"),
        ("ApiTraced", "TracingEnabled"),
        ("ApiCachesNothing", "CacheClusterEnabled"),
    ],
)
@pytest.mark.parametrize("value", MALFORMED, ids=str)
def test_a_malformed_intrinsic_function_is_no_pass(rule: str, place: str, value: Json) -> None:
    assert verdict(rule, stage({place: value})) in (BROKEN, UNDECIDED)


@pytest.mark.parametrize("properties", ["x", [], 3])
@pytest.mark.parametrize("rule", [EXECUTION, "ApiAccessLogged", "ApiTraced"])
def test_properties_of_a_wrong_type_break(rule: str, properties: Json) -> None:
    assert verdict(rule, stage(properties)) == BROKEN


def test_stages_of_sam_are_judged_alike() -> None:
    own: Json = {"StageName": "live", "TracingEnabled": True, "MethodSettings": [for_all(DataTraceEnabled=True)]}
    body = template({"Api": resource("AWS::Serverless::Api", own)}, Transform="AWS::Serverless-2016-10-31")
    assert verdict("ApiTraced", body, of="ApiliveStage") == MET
    assert verdict("ApiBodiesNotLogged", body, of="ApiliveStage") == BROKEN


def test_each_stage_that_a_web_acl_names_has_one() -> None:
    others = {
        "Api": resource(API),
        "Other": resource(STAGE, {"StageName": "other", "RestApiId": REF_API}),
        "Acl": association({"Ref": "It"}),
        "OtherAcl": association({"Ref": "Other"}),
    }
    body = stage({"StageName": "live", "RestApiId": REF_API}, **others)
    assert [verdict("ApiHasWebAcl", body, of=name) for name in ("It", "Other")] == [MET, MET]


def test_a_web_acl_of_an_api_without_a_stage_is_of_none() -> None:
    acl = association({"Fn::Sub": "arn:aws:apigateway:us-east-1::/restapis/${Api}"})
    body = stage({"StageName": "live", "RestApiId": REF_API}, Api=resource(API), Acl=acl)
    assert verdict("ApiHasWebAcl", body) == BROKEN
