"""Amazon API Gateway: HTTP APIs that ask who calls, and write down who did and nothing of what was said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict, Unpack

from aws_cdk import Names
from aws_cdk import aws_apigatewayv2 as apigatewayv2
from aws_cdk import aws_apigatewayv2_authorizers as authorizers
from aws_cdk import aws_logs as logs
from constructs import Construct

from hipaa_constructs.services._apis import http_log_line, refuse_alias
from hipaa_constructs.services._options import Arguments, Contract
from hipaa_constructs.services._tokens import STACK_UUID
from hipaa_constructs.services._waiving import excuse
from hipaa_constructs.services.kms import AnyKey
from hipaa_constructs.services.logs import EncryptedLogGroup
from hipaa_constructs.waivers import Waiver


class HttpApiOptions(TypedDict, total=False):
    """The options of `aws_cdk.aws_apigatewayv2.HttpApi` that are passed on as they are."""

    api_name: str
    cors_preflight: apigatewayv2.CorsPreflightOptions
    default_authorization_scopes: Sequence[str]
    default_integration: apigatewayv2.HttpRouteIntegration
    description: str
    ip_address_type: apigatewayv2.IpAddressType
    route_selection_expression: bool


class HipaaHttpApi(Construct):
    """An HTTP API that asks who calls, its requests logged without their content.

    Routes ask for requests that are signed by IAM, unless ``default_authorizer`` or the route names another authorizer.
    An open one breaks ApiAsksWhoCalls. The access log says who called which route when, from where and with which
    answer: routes as they are written (``GET /patients/{id}``), neither paths, queries, headers nor bodies. It is
    encrypted with your key. API Gateway speaks TLS 1.2 or newer here.

    HTTP APIs take no web ACL, client certificate, tracing or private endpoint. On the internet, take a `HipaaRestApi`,
    or put an `EndToEndHttpsDistribution` with a web ACL before it, and let its authorizer refuse what did not come that
    way.

    Costs 1 USD for a million requests.

    Rules: ApiAsksWhoCalls, ApiAccessLogged, ApiAccessLogWithoutPhi, ApiBackEndsUseTls.
    And with a domain name: ApiDefaultEndpointDisabled, ApiDomainUsesTls12.
    Your duty: the authorizer, throttling, and that no identifier stands in paths or queries, which browsers and proxies
    log.
    AWS: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-vs-rest.html

    Attributes:
        api: the `apigatewayv2.HttpApi`, with the logical id that it would have without this construct.
        access_log_group: who made which request.
    """

    contract = Contract(
        wraps=apigatewayv2.HttpApi,
        types=("AWS::ApiGatewayV2::Api", "AWS::ApiGatewayV2::Stage"),
        fixed={"create_default_stage": "its stage is made here, as it is logged (164.312(b)); add others to the api"},
        governed={"disable_execute_api_endpoint": ("ApiDefaultEndpointDisabled",)},
        chosen=("default_authorizer", "default_domain_mapping"),
        free=HttpApiOptions,
    )

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        default_authorizer: apigatewayv2.IHttpRouteAuthorizer | None = None,
        default_domain_mapping: apigatewayv2.DomainMappingOptions | None = None,
        disable_execute_api_endpoint: bool | None = None,
        throttling_rate_limit: int | None = None,
        throttling_burst_limit: int | None = None,
        encryption_key: AnyKey | None = None,
        waivers: Sequence[Waiver] = (),
        **options: Unpack[HttpApiOptions],
    ) -> None:
        """Make an API.

        Args:
            scope: where it belongs.
            id: its id there.
            default_authorizer: of all routes that name none; by default IAM.
            default_domain_mapping: a name of its own; none by default. ``apigatewayv2.DomainName`` speaks TLS 1.2.
            disable_execute_api_endpoint: whether API Gateway's own name is off; by default, and unless waived, it is
                where there is a domain name.
            throttling_rate_limit: requests a second, of all callers; by default the account's 10,000.
            throttling_burst_limit: how many at once; by default the account's 5,000.
            encryption_key: of the log group; by default the stack's `EncryptionKey`.
            waivers: exceptions from the rules about APIs and stages.
            **options: of `apigatewayv2.HttpApi`, see `HttpApiOptions`.

        Raises:
            ComplianceError: an option is fixed or unknown, or weaker than a rule that is not waived; routes are open by
                default.
        """
        arguments = Arguments(scope, id, contract=self.contract, waivers=waivers, free=options)
        if isinstance(default_authorizer, apigatewayv2.HttpNoneAuthorizer):
            arguments.refuse(
                "default_authorizer", "none", asked="one that asks who calls",
                way_out="open a route by itself, and waive ApiAsksWhoCalls on it", citation="164.312(d)",
            )  # fmt: skip
        named = default_domain_mapping is not None
        if disable_execute_api_endpoint is None:
            disable_execute_api_endpoint = named
        arguments.govern(
            "disable_execute_api_endpoint",
            disable_execute_api_endpoint,
            holds=disable_execute_api_endpoint is True or not named,
            asked="True with a domain name",
            rule="ApiDefaultEndpointDisabled",
        )
        refuse_alias(arguments, encryption_key)
        super().__init__(scope, id)
        # Any other name makes the policy longer by which an account lets APIs log, until CloudWatch Logs takes no more.
        name = f"/aws/vendedlogs/apis/{Names.unique_resource_name(self, max_length=80, separator='-')}-{STACK_UUID}"
        self.access_log_group: logs.LogGroup = EncryptedLogGroup(
            self, "AccessLog", encryption_key=encryption_key, data_protection_policy=False, log_group_name=name
        ).log_group
        options.setdefault("api_name", id)
        self.api = apigatewayv2.HttpApi(
            self,
            "Default",
            default_authorizer=default_authorizer or authorizers.HttpIamAuthorizer(),
            default_domain_mapping=default_domain_mapping,
            disable_execute_api_endpoint=disable_execute_api_endpoint,
            **options,
        )
        assert self.api.default_stage is not None
        stage = self.api.default_stage.node.default_child
        assert isinstance(stage, apigatewayv2.CfnStage)
        stage.access_log_settings = apigatewayv2.CfnStage.AccessLogSettingsProperty(
            destination_arn=self.access_log_group.log_group_arn, format=http_log_line()
        )
        stage.default_route_settings = apigatewayv2.CfnStage.RouteSettingsProperty(
            detailed_metrics_enabled=True,
            throttling_burst_limit=throttling_burst_limit,
            throttling_rate_limit=throttling_rate_limit,
        )
        excuse(self, arguments)
