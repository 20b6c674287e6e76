"""What the REST APIs are, and what they refuse."""

from __future__ import annotations

import json

import pytest
from aws_cdk import App, CfnResource, Stack
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms

from hipaa_constructs import EncryptionKey, HipaaRestApi, HipaaWebAcl, waive
from hipaa_constructs.services._library_waivers import API_NOT_CACHED
from tests._refusals import made as made_with
from tests._refusals import refusal, waiver
from tests._synthesis import Body, at, list_at, metadata_waivers, of_type, report_of, statements, synthesized, the
from tools import examples

API, STAGE, METHOD = "AWS::ApiGateway::RestApi", "AWS::ApiGateway::Stage", "AWS::ApiGateway::Method"
DOMAIN, ACCOUNT, ROLE = "AWS::ApiGateway::DomainName", "AWS::ApiGateway::Account", "AWS::IAM::Role"
CERTIFICATE, GROUP, KEY = "AWS::ApiGateway::ClientCertificate", "AWS::Logs::LogGroup", "AWS::KMS::Key"
ACL, ASSOCIATION = "AWS::WAFv2::WebACL", "AWS::WAFv2::WebACLAssociation"


def made(stack: Stack, **options: object) -> HipaaRestApi:
    """Make an API before a service of one's own, with options that a type checker would refuse."""
    api = made_with(HipaaRestApi, stack, **options)
    assert isinstance(api, HipaaRestApi)
    api.api.root.add_method("GET", apigateway.HttpIntegration(examples.RECORDS))
    return api


def endpoint(stack: Stack) -> ec2.IVpcEndpoint:
    return ec2.InterfaceVpcEndpoint.from_interface_vpc_endpoint_attributes(
        stack, "Endpoint", port=443, vpc_endpoint_id="vpce-0123456789abcdef0"
    )


def named(stack: Stack, policy: apigateway.SecurityPolicy | None = None) -> apigateway.DomainNameOptions:
    certificate = examples.imported_certificate(stack)
    return apigateway.DomainNameOptions(domain_name="api.example.org", certificate=certificate, security_policy=policy)


PLAIN = synthesized(made)
PRIVATE = synthesized(lambda stack: made(stack, vpc_endpoints=[endpoint(stack)]))
NAMED = synthesized(lambda stack: made(stack, domain_name=named(stack)))
SETTINGS = at(the(PLAIN, STAGE), "Properties", "MethodSettings", 0)


@pytest.fixture
def stack() -> Stack:
    return Stack(App(), "Stack")


def group_of(template: Body, name: str) -> Body:
    return the(template, GROUP, f"It{name}")


def test_methods_ask_for_signed_requests() -> None:
    assert at(the(PLAIN, METHOD), "Properties", "AuthorizationType") == "AWS_IAM"


def test_methods_may_ask_an_authorizer() -> None:
    def build(stack: Stack) -> None:
        authorizer = apigateway.TokenAuthorizer(stack, "Authorizer", handler=examples.function(stack).function)
        made(stack, default_method_options=apigateway.MethodOptions(authorizer=authorizer))

    assert at(the(synthesized(build), METHOD), "Properties", "AuthorizationType") == "CUSTOM"


def test_the_default_endpoint_speaks_tls_1_2_or_newer_to_its_own_name_alone() -> None:
    api = the(PLAIN, API)["Properties"]
    found = [at(api, one) for one in ("SecurityPolicy", "EndpointAccessMode", "DisableExecuteApiEndpoint")]
    assert found == ["SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09", "STRICT", False]
    assert at(api, "EndpointConfiguration", "Types") == ["REGIONAL"]


def test_a_domain_name_speaks_tls_1_2_and_is_the_only_way_in() -> None:
    assert at(the(NAMED, DOMAIN), "Properties", "SecurityPolicy") == "TLS_1_2"
    api = the(NAMED, API)["Properties"]
    assert (at(api, "DisableExecuteApiEndpoint"), at(api, "SecurityPolicy")) == (True, None)


def test_a_domain_name_may_ask_for_more() -> None:
    def build(stack: Stack) -> None:
        name = apigateway.DomainNameOptions(
            domain_name="api.example.org",
            certificate=examples.imported_certificate(stack),
            security_policy=apigateway.SecurityPolicy.TLS13_1_3_2025_09,
            endpoint_access_mode=apigateway.EndpointAccessMode.STRICT,
            base_path="records",
        )
        made(stack, domain_name=name)

    template = synthesized(build)
    assert at(the(template, DOMAIN), "Properties", "SecurityPolicy") == "SecurityPolicy_TLS13_1_3_2025_09"
    assert at(the(template, DOMAIN), "Properties", "EndpointAccessMode") == "STRICT"
    assert at(the(template, "AWS::ApiGateway::BasePathMapping"), "Properties", "BasePath") == "records"


def test_the_access_log_is_encrypted_and_kept() -> None:
    group = group_of(PLAIN, "AccessLog")
    (key,) = of_type(PLAIN, KEY)
    assert at(group, "Properties", "KmsKeyId") == {"Fn::GetAtt": [key, "Arn"]}
    assert (at(group, "Properties", "RetentionInDays"), group["DeletionPolicy"]) == (2192, "Retain")


def test_the_access_log_says_who_asked_for_what_and_nothing_of_what_was_said() -> None:
    line = at(the(PLAIN, STAGE), "Properties", "AccessLogSetting", "Format")
    assert isinstance(line, str)
    written = json.loads(line)
    assert {"requestId", "requestTime", "sourceIp", "httpMethod", "resourcePath", "status", "caller"} <= set(written)
    revealing = ("$context.path", "querystring", "header", "body", "userAgent")
    assert [one for one in written.values() if any(word in one for word in revealing)] == []


def test_api_gateways_own_log_group_is_made_first_encrypted_and_masked() -> None:
    api, stage = next(iter(of_type(PLAIN, API))), the(PLAIN, STAGE)
    name, group = next((name, body) for name, body in of_type(PLAIN, GROUP).items() if name.startswith("ItExecution"))
    called = {"Fn::Join": ["", ["API-Gateway-Execution-Logs_", {"Ref": api}, "/prod"]]}
    assert at(group, "Properties", "LogGroupName") == called
    assert at(group, "Properties", "KmsKeyId") is not None
    assert "Deidentify" in json.dumps(group)
    assert name in list_at(stage, "DependsOn")


def test_errors_are_logged_without_bodies() -> None:
    assert (at(SETTINGS, "LoggingLevel"), at(SETTINGS, "DataTraceEnabled")) == ("ERROR", False)
    assert (at(SETTINGS, "HttpMethod"), at(SETTINGS, "ResourcePath")) == ("*", "/*")


def test_requests_are_traced_and_counted() -> None:
    assert at(the(PLAIN, STAGE), "Properties", "TracingEnabled") is True
    assert at(SETTINGS, "MetricsEnabled") is True


def test_nothing_is_cached_even_in_a_cache_that_is_switched_on_by_hand() -> None:
    stage = the(PLAIN, STAGE)["Properties"]
    assert (at(stage, "CacheClusterEnabled"), at(stage, "CacheClusterSize")) == (None, None)
    assert (at(SETTINGS, "CachingEnabled"), at(SETTINGS, "CacheDataEncrypted")) == (False, True)


def test_the_library_says_why_there_is_no_cache() -> None:
    (found,) = metadata_waivers(the(PLAIN, STAGE))
    assert (found["rule"], found["made_by"]) == (API_NOT_CACHED.waiver.rule, "hipaa_constructs")


def test_back_ends_see_a_certificate() -> None:
    (certificate,) = of_type(PLAIN, CERTIFICATE)
    shown = at(the(PLAIN, STAGE), "Properties", "ClientCertificateId")
    assert shown == {"Fn::GetAtt": [certificate, "ClientCertificateId"]}


def test_back_ends_may_see_another_certificate() -> None:
    template = synthesized(lambda stack: made(stack, client_certificate_id="a1b2c3"))
    assert at(the(template, STAGE), "Properties", "ClientCertificateId") == "a1b2c3"
    assert of_type(template, CERTIFICATE) == {}


def test_a_web_acl_guards_the_stage() -> None:
    association = the(PLAIN, ASSOCIATION)["Properties"]
    (acl,) = of_type(PLAIN, ACL)
    (stage,) = of_type(PLAIN, STAGE)
    assert at(association, "WebACLArn") == {"Fn::GetAtt": [acl, "Arn"]}
    assert {"Ref": stage} in list_at(association, "ResourceArn", "Fn::Join", 1)


def test_a_web_acl_can_be_shared() -> None:
    def build(stack: Stack) -> None:
        acl = HipaaWebAcl(stack, "Shared")
        assert made(stack, web_acl=acl).web_acl is acl

    template = synthesized(build)
    assert [name[:6] for name in of_type(template, ACL)] == ["Shared"]
    assert len(of_type(template, ASSOCIATION)) == 1


def test_the_role_of_the_account_is_made_on_request_only() -> None:
    assert (of_type(PLAIN, ACCOUNT), of_type(PLAIN, ROLE)) == ({}, {})


def test_the_role_of_the_account_is_made_once_and_stays() -> None:
    def build(stack: Stack) -> None:
        made(stack, cloud_watch_role=True)
        HipaaRestApi(stack, "Other", cloud_watch_role=True).api.root.add_method("GET")

    template = synthesized(build)
    ((name, account),) = of_type(template, ACCOUNT).items()
    role = the(template, ROLE)
    assert (account["DeletionPolicy"], role["DeletionPolicy"]) == ("Retain", "Retain")
    for stage in of_type(template, STAGE).values():
        assert name in list_at(stage, "DependsOn")
    assert "AmazonAPIGatewayPushToCloudWatchLogs" in json.dumps(at(role, "Properties", "ManagedPolicyArns"))
    assert at(role, "Properties", "Policies") is None


def test_a_private_api_is_reached_through_its_endpoints_only() -> None:
    api = the(PRIVATE, API)
    configuration = at(api, "Properties", "EndpointConfiguration")
    assert configuration == {"Types": ["PRIVATE"], "VpcEndpointIds": ["vpce-0123456789abcdef0"]}
    allowed, denied = statements(api, "Policy")
    assert (allowed["Effect"], allowed["Action"], at(allowed, "Condition")) == ("Allow", "execute-api:Invoke", None)
    assert denied["Effect"] == "Deny"
    assert at(denied, "Condition") == {"StringNotEquals": {"aws:SourceVpce": ["vpce-0123456789abcdef0"]}}


def test_a_private_api_has_no_web_acl() -> None:
    assert of_type(PRIVATE, ACL) == {}
    assert of_type(PRIVATE, ASSOCIATION) == {}


def test_a_private_api_may_have_a_web_acl() -> None:
    def build(stack: Stack) -> None:
        made(stack, vpc_endpoints=[endpoint(stack)], web_acl=HipaaWebAcl(stack, "Shared"))

    assert len(of_type(synthesized(build), ASSOCIATION)) == 1


def test_a_policy_of_a_private_api_is_confined_to_its_endpoints() -> None:
    def build(stack: Stack) -> None:
        allowed = iam.PolicyStatement(
            principals=[iam.AccountRootPrincipal()], actions=["execute-api:Invoke"], resources=["execute-api:/prod/*"]
        )
        made(stack, vpc_endpoints=[endpoint(stack)], policy=iam.PolicyDocument(statements=[allowed]))

    allowed, denied = statements(the(synthesized(build), API), "Policy")
    assert (allowed["Resource"], denied["Effect"]) == ("execute-api:/prod/*", "Deny")


def test_a_policy_is_passed_on() -> None:
    document = iam.PolicyDocument(
        statements=[
            iam.PolicyStatement(
                principals=[iam.AccountRootPrincipal()], actions=["execute-api:Invoke"], resources=["execute-api:/*"]
            )
        ]
    )
    template = synthesized(lambda stack: made(stack, policy=document))
    (allowed,) = statements(the(template, API), "Policy")
    assert allowed["Resource"] == "execute-api:/*"


@pytest.mark.parametrize("kind", ["public", "private", "named"])
def test_an_api_breaks_no_rule(kind: str) -> None:
    def build(app: App) -> None:
        stack = Stack(app, "Stack")
        options: dict[str, object] = {}
        if kind == "private":
            options["vpc_endpoints"] = [endpoint(stack)]
        if kind == "named":
            options["domain_name"] = named(stack)
        made(stack, cloud_watch_role=True, **options)

    assert report_of(build).findings == []


def test_an_api_has_the_logical_ids_and_the_name_of_the_plain_one() -> None:
    def build(stack: Stack) -> None:
        apigateway.RestApi(stack, "It", cloud_watch_role=False).root.add_method("GET")

    plain = synthesized(build)
    for kind in (API, STAGE, METHOD):
        assert set(of_type(plain, kind)) == set(of_type(PLAIN, kind))
    assert at(the(PLAIN, API), "Properties", "Name") == at(the(plain, API), "Properties", "Name") == "It"


def test_it_takes_a_key_of_its_own() -> None:
    template = synthesized(lambda stack: made(stack, encryption_key=EncryptionKey(stack, "Own")))
    (key,) = of_type(template, KEY)
    assert key.startswith("Own")
    keys = [at(group, "Properties", "KmsKeyId") for group in of_type(template, GROUP).values()]
    assert keys == [{"Fn::GetAtt": [key, "Arn"]}] * 3


def test_the_stage_is_what_was_chosen() -> None:
    template = synthesized(
        lambda stack: made(
            stack,
            stage_name="live",
            stage_variables={"release": "7"},
            throttling_rate_limit=100,
            throttling_burst_limit=50,
            rest_api_name="records",
        )
    )
    stage = the(template, STAGE)["Properties"]
    settings = at(stage, "MethodSettings", 0)
    assert (at(stage, "StageName"), at(stage, "Variables")) == ("live", {"release": "7"})
    assert (at(settings, "ThrottlingRateLimit"), at(settings, "ThrottlingBurstLimit")) == (100, 50)
    assert at(the(template, API), "Properties", "Name") == "records"
    assert "/live" in json.dumps(at(group_of(template, "ExecutionLog"), "Properties", "LogGroupName"))


def test_a_cache_needs_a_waiver_and_is_encrypted(stack: Stack) -> None:
    refusal(
        lambda: made(stack, cache_cluster_size="0.5"),
        "Stack/It: cache_cluster_size must be left out, as nothing is cached, got '0.5'; to go without it pass "
        'waivers=[Waiver(rule="ApiCachesNothing", …)] (164.312(a)(2)(iv))',
    )
    template = synthesized(lambda stack: made(stack, cache_cluster_size="0.5", waivers=[waiver("ApiCachesNothing")]))
    stage = the(template, STAGE)
    assert (at(stage, "Properties", "CacheClusterEnabled"), at(stage, "Properties", "CacheClusterSize")) == (
        True,
        "0.5",
    )
    settings = at(stage, "Properties", "MethodSettings", 0)
    assert (at(settings, "CachingEnabled"), at(settings, "CacheDataEncrypted")) == (True, True)
    assert [one["rule"] for one in metadata_waivers(stage)] == ["ApiCachesNothing"]


def test_no_web_acl_needs_a_waiver(stack: Stack) -> None:
    refusal(
        lambda: made(stack, web_acl=False),
        "Stack/It: web_acl must be one that guards it, got False; to go without it pass "
        'waivers=[Waiver(rule="ApiHasWebAcl", …)] (164.308(a)(5)(ii)(B))',
    )
    template = synthesized(lambda stack: made(stack, web_acl=False, waivers=[waiver("ApiHasWebAcl")]))
    assert (of_type(template, ACL), of_type(template, ASSOCIATION)) == ({}, {})


def test_a_second_way_in_needs_a_waiver(stack: Stack) -> None:
    refusal(
        lambda: made(stack, domain_name=named(stack), disable_execute_api_endpoint=False),
        "Stack/It: disable_execute_api_endpoint must be True with a domain name, got False; to go without it pass "
        'waivers=[Waiver(rule="ApiDefaultEndpointDisabled", …)] (164.312(e)(1))',
    )

    def build(stack: Stack) -> None:
        waivers = [waiver("ApiDefaultEndpointDisabled")]
        made(stack, domain_name=named(stack), disable_execute_api_endpoint=False, waivers=waivers)

    api = the(synthesized(build), API)["Properties"]
    assert (at(api, "DisableExecuteApiEndpoint"), at(api, "EndpointAccessMode")) == (False, "STRICT")


def test_an_api_may_be_off_without_a_domain_name() -> None:
    template = synthesized(lambda stack: made(stack, disable_execute_api_endpoint=True))
    assert at(the(template, API), "Properties", "DisableExecuteApiEndpoint") is True


def test_tls_1_0_needs_a_waiver(stack: Stack) -> None:
    refusal(
        lambda: made(stack, domain_name=named(stack, apigateway.SecurityPolicy.TLS_1_0)),
        "Stack/It: domain_name must be one of TLS 1.2 or newer, got 'TLS_1_0'; to go without it pass "
        'waivers=[Waiver(rule="ApiDomainUsesTls12", …)] (164.312(e)(1))',
    )

    def build(stack: Stack) -> None:
        name = named(stack, apigateway.SecurityPolicy.TLS_1_0)
        made(stack, domain_name=name, waivers=[waiver("ApiDomainUsesTls12")])

    assert at(the(synthesized(build), DOMAIN), "Properties", "SecurityPolicy") == "TLS_1_0"


@pytest.mark.parametrize(
    "methods",
    [apigateway.MethodOptions(), apigateway.MethodOptions(authorization_type=apigateway.AuthorizationType.NONE)],
    ids=["nothing", "none"],
)
def test_methods_that_are_open_by_default_are_refused(stack: Stack, methods: apigateway.MethodOptions) -> None:
    refusal(
        lambda: made(stack, default_method_options=methods),
        "Stack/It: default_method_options must be ones that ask who calls, got 'none that asks'; open a method by "
        "itself, and waive ApiAsksWhoCalls on it (164.312(d))",
    )


def opened(app: App, *, waived: bool) -> None:
    api = made(Stack(app, "Stack")).api
    method = api.root.add_resource("health").add_method(
        "GET",
        apigateway.HttpIntegration(examples.RECORDS),
        authorization_type=apigateway.AuthorizationType.NONE,
    )
    if waived:
        waive(method, waiver("ApiAsksWhoCalls"))


def test_an_open_method_is_found() -> None:
    found = report_of(lambda app: opened(app, waived=False)).findings
    assert [one.rule.id for one in found] == ["ApiAsksWhoCalls"]


def test_an_open_method_can_be_waived_alone() -> None:
    report = report_of(lambda app: opened(app, waived=True))
    assert (report.findings, [one.rule.id for one in report.waived]) == ([], ["ApiAsksWhoCalls"])


def test_preflight_requests_are_open() -> None:
    def build(app: App) -> None:
        made(
            Stack(app, "Stack"),
            default_cors_preflight_options=apigateway.CorsOptions(allow_origins=["https://portal.example.org"]),
        )

    assert report_of(build).findings == []


def test_a_private_api_has_no_such_domain_name(stack: Stack) -> None:
    refusal(
        lambda: made(stack, vpc_endpoints=[endpoint(stack)], domain_name=named(stack)),
        "Stack/It: domain_name must be left out of a private API, got 'api.example.org'; make an "
        "apigateway.CfnDomainNameV2 (164.312(e)(1))",
    )


def test_an_alias_of_a_key_is_refused(stack: Stack) -> None:
    refusal(
        lambda: made(stack, encryption_key=kms.Alias.from_alias_name(stack, "Alias", "alias/records")),
        "Stack/It: encryption_key must be a key, got 'an alias'; CloudWatch Logs takes the ARN of a key only; pass the "
        "key itself (164.312(a)(2)(iv))",
    )


def test_what_is_set_can_not_be_set(stack: Stack) -> None:
    refusal(
        lambda: made(stack, deploy=False),
        "Stack/It: deploy can't be set, got False; it is always deployed, to a stage that is logged (164.312(b))",
    )


def test_a_refusal_leaves_nothing_behind(stack: Stack) -> None:
    with pytest.raises(Exception, match="cache_cluster_size"):
        made(stack, cache_cluster_size="0.5")
    assert stack.node.children == []


def test_the_id_of_the_role_of_the_account_is_kept_for_it(stack: Stack) -> None:
    CfnResource(stack, "ApiLogging", type="AWS::S3::Bucket")
    refusal(
        lambda: made(stack, cloud_watch_role=True),
        "Stack/ApiLogging: the id ApiLogging is kept for the stack's ApiLogging, got another construct; rename it, or "
        "set the role of the account yourself",
    )
