"""What the HTTP APIs are, and what they refuse."""

from __future__ import annotations

import json

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_apigatewayv2 as apigatewayv2
from aws_cdk import aws_apigatewayv2_authorizers as authorizers
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_kms as kms

from hipaa_constructs import EncryptionKey, HipaaHttpApi
from tests._refusals import made as made_with
from tests._refusals import refusal, waiver
from tests._synthesis import at, metadata_waivers, of_type, report_of, synthesized, the
from tools import examples

API, STAGE, ROUTE = "AWS::ApiGatewayV2::Api", "AWS::ApiGatewayV2::Stage", "AWS::ApiGatewayV2::Route"
GROUP, KEY = "AWS::Logs::LogGroup", "AWS::KMS::Key"


def made(stack: Stack, **options: object) -> HipaaHttpApi:
    """Make an API before a service of one's own, with options that a type checker would refuse."""
    api = made_with(HipaaHttpApi, stack, **options)
    assert isinstance(api, HipaaHttpApi)
    integration = integrations.HttpUrlIntegration("Records", examples.RECORDS)
    api.api.add_routes(path="/records", methods=[apigatewayv2.HttpMethod.GET], integration=integration)
    return api


def named(stack: Stack) -> apigatewayv2.DomainMappingOptions:
    certificate = examples.imported_certificate(stack)
    name = apigatewayv2.DomainName(stack, "Name", domain_name="api.example.org", certificate=certificate)
    return apigatewayv2.DomainMappingOptions(domain_name=name)


PLAIN = synthesized(made)


@pytest.fixture
def stack() -> Stack:
    return Stack(App(), "Stack")


def test_routes_ask_for_signed_requests() -> None:
    assert at(the(PLAIN, ROUTE), "Properties", "AuthorizationType") == "AWS_IAM"


def test_routes_may_ask_for_tokens() -> None:
    authorizer = authorizers.HttpJwtAuthorizer("Tokens", "https://login.example.org", jwt_audience=["portal"])
    template = synthesized(lambda stack: made(stack, default_authorizer=authorizer))
    assert at(the(template, ROUTE), "Properties", "AuthorizationType") == "JWT"


def test_the_access_log_is_encrypted_and_kept() -> None:
    ((name, group),) = of_type(PLAIN, GROUP).items()
    (key,) = of_type(PLAIN, KEY)
    assert at(the(PLAIN, STAGE), "Properties", "AccessLogSettings", "DestinationArn") == {"Fn::GetAtt": [name, "Arn"]}
    assert at(group, "Properties", "KmsKeyId") == {"Fn::GetAtt": [key, "Arn"]}
    assert (at(group, "Properties", "RetentionInDays"), group["DeletionPolicy"]) == (2192, "Retain")


def test_the_access_log_says_who_asked_for_what_and_nothing_of_what_was_said() -> None:
    line = at(the(PLAIN, STAGE), "Properties", "AccessLogSettings", "Format")
    assert isinstance(line, str)
    written = json.loads(line)
    assert {"requestId", "requestTime", "sourceIp", "httpMethod", "routeKey", "status", "caller"} <= set(written)
    revealing = ("$context.path", "querystring", "header", "body", "userAgent")
    assert [one for one in written.values() if any(word in one for word in revealing)] == []


def test_without_a_domain_name_its_own_is_the_way_in() -> None:
    assert at(the(PLAIN, API), "Properties", "DisableExecuteApiEndpoint") is False


def test_a_domain_name_is_the_only_way_in() -> None:
    template = synthesized(lambda stack: made(stack, default_domain_mapping=named(stack)))
    assert at(the(template, API), "Properties", "DisableExecuteApiEndpoint") is True
    assert at(the(template, "AWS::ApiGatewayV2::ApiMapping"), "Properties", "Stage") == "$default"


def test_requests_may_be_limited() -> None:
    template = synthesized(lambda stack: made(stack, throttling_rate_limit=100, throttling_burst_limit=50))
    assert at(the(template, STAGE), "Properties", "DefaultRouteSettings") == {
        "DetailedMetricsEnabled": True,
        "ThrottlingBurstLimit": 50,
        "ThrottlingRateLimit": 100,
    }


@pytest.mark.parametrize("with_name", [False, True], ids=["its own name", "another name"])
def test_an_api_breaks_no_rule(with_name: bool) -> None:
    def build(app: App) -> None:
        stack = Stack(app, "Stack")
        made(stack, default_domain_mapping=named(stack) if with_name else None)

    assert report_of(build).findings == []


def test_an_open_route_is_found() -> None:
    def build(app: App) -> None:
        api = made(Stack(app, "Stack")).api
        integration = integrations.HttpUrlIntegration("Health", examples.RECORDS)
        api.add_routes(path="/health", integration=integration, authorizer=apigatewayv2.HttpNoneAuthorizer())

    assert [one.rule.id for one in report_of(build).findings] == ["ApiAsksWhoCalls"]


def test_an_api_has_the_logical_ids_and_the_name_of_the_plain_one() -> None:
    plain = synthesized(lambda stack: apigatewayv2.HttpApi(stack, "It"))
    for kind in (API, STAGE):
        assert set(of_type(plain, kind)) == set(of_type(PLAIN, kind))
    assert at(the(PLAIN, API), "Properties", "Name") == at(the(plain, API), "Properties", "Name") == "It"


def test_it_takes_a_key_of_its_own() -> None:
    template = synthesized(lambda stack: made(stack, encryption_key=EncryptionKey(stack, "Own")))
    (key,) = of_type(template, KEY)
    assert key.startswith("Own")
    assert at(the(template, GROUP), "Properties", "KmsKeyId") == {"Fn::GetAtt": [key, "Arn"]}


def test_free_options_are_passed_on() -> None:
    cors = apigatewayv2.CorsPreflightOptions(allow_origins=["https://portal.example.org"])
    api = the(synthesized(lambda stack: made(stack, api_name="records", cors_preflight=cors)), API)["Properties"]
    assert (at(api, "Name"), at(api, "CorsConfiguration", "AllowOrigins", 0)) == (
        "records",
        "https://portal.example.org",
    )


def test_a_second_way_in_needs_a_waiver(stack: Stack) -> None:
    refusal(
        lambda: made(stack, default_domain_mapping=named(stack), disable_execute_api_endpoint=False),
        "Stack/It: disable_execute_api_endpoint must be True with a domain name, got False; to go without it pass "
        'waivers=[Waiver(rule="ApiDefaultEndpointDisabled", …)] (164.312(e)(1))',
    )

    def build(stack: Stack) -> None:
        waivers = [waiver("ApiDefaultEndpointDisabled")]
        made(stack, default_domain_mapping=named(stack), disable_execute_api_endpoint=False, waivers=waivers)

    api = the(synthesized(build), API)
    assert [one["rule"] for one in metadata_waivers(api)] == ["ApiDefaultEndpointDisabled"]


def test_an_api_may_be_off_without_a_domain_name() -> None:
    template = synthesized(lambda stack: made(stack, disable_execute_api_endpoint=True))
    assert at(the(template, API), "Properties", "DisableExecuteApiEndpoint") is True


def test_routes_that_are_open_by_default_are_refused(stack: Stack) -> None:
    refusal(
        lambda: made(stack, default_authorizer=apigatewayv2.HttpNoneAuthorizer()),
        "Stack/It: default_authorizer must be one that asks who calls, got 'none'; open a route by itself, and waive "
        "ApiAsksWhoCalls on it (164.312(d))",
    )


def test_an_alias_of_a_key_is_refused(stack: Stack) -> None:
    refusal(
        lambda: made(stack, encryption_key=kms.Alias.from_alias_name(stack, "Alias", "alias/records")),
        "Stack/It: encryption_key must be a key, got 'an alias'; CloudWatch Logs takes the ARN of a key only; pass the "
        "key itself (164.312(a)(2)(iv))",
    )


def test_what_is_set_can_not_be_set(stack: Stack) -> None:
    refusal(
        lambda: made(stack, create_default_stage=False),
        "Stack/It: create_default_stage can't be set, got False; its stage is made here, as it is logged "
        "(164.312(b)); add others to the api",
    )


def test_a_refusal_leaves_nothing_behind(stack: Stack) -> None:
    with pytest.raises(Exception, match="default_authorizer"):
        made(stack, default_authorizer=apigatewayv2.HttpNoneAuthorizer())
    assert stack.node.children == []


def test_the_log_group_is_one_of_those_that_services_deliver_to_without_a_policy_of_their_own() -> None:
    groups = of_type(PLAIN, "AWS::Logs::LogGroup").values()
    assert ["/aws/vendedlogs/apis/" in str(at(one, "Properties", "LogGroupName")) for one in groups] == [True]
