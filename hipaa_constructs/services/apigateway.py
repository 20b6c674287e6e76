"""Amazon API Gateway: REST APIs that ask who calls, and write down who did and nothing of what was said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Literal, TypedDict, Unpack

from aws_cdk import RemovalPolicy, Size
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_wafv2 as wafv2
from constructs import Construct, IConstruct

from hipaa_constructs.services._apis import refuse_alias, rest_log_line
from hipaa_constructs.services._library_waivers import API_NOT_CACHED
from hipaa_constructs.services._of_stack import one_of_stack
from hipaa_constructs.services._options import Arguments, Contract
from hipaa_constructs.services._waiving import excuse, record
from hipaa_constructs.services.iam import ManagedPolicyRole
from hipaa_constructs.services.kms import AnyKey
from hipaa_constructs.services.logs import EncryptedLogGroup
from hipaa_constructs.services.wafv2 import HipaaWebAcl
from hipaa_constructs.waivers import Waiver

_FLAGS = (
    "@aws-cdk/aws-apigateway:authorizerChangeDeploymentLogicalId",
    "@aws-cdk/aws-apigateway:logGroupDestinationArnWithoutWildcard",
)
_NONE: Mapping[str, str] = MappingProxyType({})
_OPEN = (None, apigateway.AuthorizationType.NONE)
_TLS_1_2_OR_NEWER = "SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09"


class RestApiOptions(TypedDict, total=False):
    """The options of `aws_cdk.aws_apigateway.RestApi` that are passed on as they are."""

    api_key_source_type: apigateway.ApiKeySourceType
    binary_media_types: Sequence[str]
    default_cors_preflight_options: apigateway.CorsOptions
    default_integration: apigateway.Integration
    description: str
    endpoint_export_name: str
    fail_on_warnings: bool
    min_compression_size: Size
    parameters: Mapping[str, str]
    rest_api_name: str
    retain_deployments: bool


_ENDPOINT = (
    "it is regional, or private with vpc_endpoints (164.312(e)(1)); for the edge, put an EndToEndHttpsDistribution "
    "before it"
)
_FIXED = {
    "clone_from": "what it would have no rule has seen (164.312(a)(1)); make its resources here",
    "cloud_watch_role_removal_policy": "the role stays, as other APIs of the account log with it (164.312(b))",
    "deploy": "it is always deployed, to a stage that is logged (164.312(b))",
    "deploy_options": "its stage is made of the arguments (164.312(b)): stage_name, the throttling, cache_cluster_size",
    "endpoint_configuration": _ENDPOINT,
    "endpoint_types": _ENDPOINT,
    "minimum_compression_size": "pass min_compression_size",
}


class HipaaRestApi(Construct):
    """A REST API on TLS 1.2 or newer that asks who calls, behind a web ACL, its requests logged without their content.

    Methods ask for requests that are signed by IAM, unless ``default_method_options`` names an authorizer. An open one
    breaks ApiAsksWhoCalls; the preflight requests of browsers may be open.

    The access log says who called which resource when, from where and with which answer: resources as they are written
    (``/patients/{id}``), neither paths, queries, headers nor bodies. The execution log holds errors alone, as more of
    it names parameters. Both are groups of its own, encrypted with your key. Requests are traced and nothing is cached.
    Back ends see a certificate that API Gateway makes; it expires after a year.

    API Gateway logs with a role that an account has one of in a Region. Where nothing has set it, pass
    ``cloud_watch_role=True`` to one API of one stack, or its stage can't be deployed.

    Costs 3.50 USD for a million requests; the web ACL some 9 USD a month (share one by ``web_acl``).

    Rules: ApiAsksWhoCalls, ApiUsesTls12, ApiAccessLogged, ApiAccessLogWithoutPhi, ApiExecutionLogged,
    ApiBodiesNotLogged, ApiTraced, ApiCachesNothing, ApiPresentsClientCertificate, ApiHasWebAcl, ApiBackEndsUseTls.
    And where asked for: ApiDomainUsesTls12, ApiDefaultEndpointDisabled, PrivateApiNamesNetworks, ApiCacheEncrypted.
    Your duty: the authorizer, and that back ends of your own ask for the certificate and get its successor in time;
    that no identifier stands in paths or queries, which browsers, proxies and web ACLs log; throttling.
    AWS: https://docs.aws.amazon.com/apigateway/latest/developerguide/security.html

    Attributes:
        api: the `apigateway.RestApi`, with the logical id that it would have without this construct.
        access_log_group: who made which request.
        execution_log_group: what went wrong in API Gateway.
        client_certificate: what back ends see; None if another one is named.
        web_acl: the `HipaaWebAcl`; None for a private API, or if that is waived.
    """

    contract = Contract(
        wraps=apigateway.RestApi,
        types=("AWS::ApiGateway::RestApi", "AWS::ApiGateway::Stage", "AWS::ApiGateway::DomainName"),
        fixed=_FIXED,
        governed={
            "cache_cluster_size": ("ApiCachesNothing",),
            "disable_execute_api_endpoint": ("ApiDefaultEndpointDisabled",),
            "domain_name": ("ApiDomainUsesTls12",),
            "web_acl": ("ApiHasWebAcl",),
        },
        chosen=("cloud_watch_role", "default_method_options", "policy", "vpc_endpoints"),
        free=RestApiOptions,
    )

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        default_method_options: apigateway.MethodOptions | None = None,
        domain_name: apigateway.DomainNameOptions | None = None,
        disable_execute_api_endpoint: bool | None = None,
        vpc_endpoints: Sequence[ec2.IVpcEndpoint] = (),
        policy: iam.PolicyDocument | None = None,
        web_acl: HipaaWebAcl | Literal[False] | None = None,
        client_certificate_id: str | None = None,
        stage_name: str = "prod",
        stage_variables: Mapping[str, str] = _NONE,
        throttling_rate_limit: int | None = None,
        throttling_burst_limit: int | None = None,
        cache_cluster_size: str | None = None,
        cloud_watch_role: bool = False,
        encryption_key: AnyKey | None = None,
        waivers: Sequence[Waiver] = (),
        **options: Unpack[RestApiOptions],
    ) -> None:
        """Make an API.

        Args:
            scope: where it belongs.
            id: its id there.
            default_method_options: of all methods that say nothing else; by default signed requests (IAM). With another
                authorization, or an authorizer.
            domain_name: a name of its own, by default with TLS 1.2 or newer; none by default. Not for a private API.
            disable_execute_api_endpoint: whether API Gateway's own name is off; by default, and unless waived, it is
                where there is a domain name.
            vpc_endpoints: makes the API private: only these endpoints of ``execute-api`` reach it. By default it is
                regional, on the internet.
            policy: who may call it; by default all whom the methods let in, through ``vpc_endpoints`` if there are any.
            web_acl: by default one of its own, and none for a private API. False needs a waiver.
            client_certificate_id: what back ends see; by default a certificate of its own.
            stage_name: by default ``prod``.
            stage_variables: without secrets and PHI; none by default.
            throttling_rate_limit: requests a second, of all callers; by default the account's 10,000.
            throttling_burst_limit: how many at once; by default the account's 5,000.
            cache_cluster_size: of a cache in GB, e.g. ``"0.5"``; by default, and unless waived, there is none. What is
                cached is encrypted, and a caller gets what another one asked for by the same path.
            cloud_watch_role: makes the role that all APIs of the account log with in this Region. Not by default.
            encryption_key: of the log groups that are made; by default the stack's `EncryptionKey`.
            waivers: exceptions from the rules about APIs, stages and domain names.
            **options: of `apigateway.RestApi`, see `RestApiOptions`.

        Raises:
            ComplianceError: an option is fixed or unknown, or weaker than a rule that is not waived; methods are open
                by default; a private API has a domain name or a web ACL.
        """
        arguments = Arguments(scope, id, contract=self.contract, waivers=waivers, free=options)
        if disable_execute_api_endpoint is None:
            disable_execute_api_endpoint = domain_name is not None
        _check(arguments, default_method_options, domain_name, disable_execute_api_endpoint, cache_cluster_size)
        _check_network(arguments, vpc_endpoints, domain_name, web_acl)
        refuse_alias(arguments, encryption_key)
        super().__init__(scope, id)
        for flag in _FLAGS:
            self.node.set_context(flag, True)  # The template is the same whatever the app's flags.
        self.access_log_group: logs.LogGroup = EncryptedLogGroup(
            self, "AccessLog", encryption_key=encryption_key, data_protection_policy=False
        ).log_group
        self.client_certificate: apigateway.CfnClientCertificate | None = None
        if client_certificate_id is None:
            self.client_certificate = apigateway.CfnClientCertificate(self, "ClientCertificate")
            client_certificate_id = self.client_certificate.attr_client_certificate_id
        options.setdefault("rest_api_name", id)
        self.api = apigateway.RestApi(
            self,
            "Default",
            cloud_watch_role=False,
            default_method_options=default_method_options
            or apigateway.MethodOptions(authorization_type=apigateway.AuthorizationType.IAM),
            deploy_options=apigateway.StageOptions(
                stage_name=stage_name,
                access_log_destination=apigateway.LogGroupLogDestination(self.access_log_group),
                access_log_format=apigateway.AccessLogFormat.custom(rest_log_line()),
                cache_cluster_enabled=None if cache_cluster_size is None else True,
                cache_cluster_size=cache_cluster_size,
                client_certificate_id=client_certificate_id,
                tracing_enabled=True,
                variables=dict(stage_variables) or None,
            ),
            disable_execute_api_endpoint=disable_execute_api_endpoint,
            domain_name=None if domain_name is None else _with_tls(domain_name),
            endpoint_configuration=apigateway.EndpointConfiguration(
                types=[apigateway.EndpointType.PRIVATE if vpc_endpoints else apigateway.EndpointType.REGIONAL],
                vpc_endpoints=[*vpc_endpoints] or None,
            ),
            policy=_through(vpc_endpoints, policy),
            **options,
        )
        if not (vpc_endpoints or disable_execute_api_endpoint):
            resource = self.api.node.default_child
            assert isinstance(resource, apigateway.CfnRestApi)
            resource.security_policy, resource.endpoint_access_mode = _TLS_1_2_OR_NEWER, "STRICT"
        # API Gateway names it, and would make a bare one that keeps everything for ever.
        self.execution_log_group: logs.LogGroup = EncryptedLogGroup(
            self,
            "ExecutionLog",
            encryption_key=encryption_key,
            log_group_name=f"API-Gateway-Execution-Logs_{self.api.rest_api_id}/{stage_name}",
        ).log_group
        stage = self.api.deployment_stage
        plain = stage.node.default_child
        assert isinstance(plain, apigateway.CfnStage)
        plain.method_settings = [
            _settings(throttling_rate_limit, throttling_burst_limit, cached=bool(cache_cluster_size))
        ]
        if cache_cluster_size is None:
            record(plain, [API_NOT_CACHED.waiver], path=arguments.path, by_library=True)
        stage.node.add_dependency(self.execution_log_group)
        if cloud_watch_role:
            stage.node.add_dependency(ApiLogging.of(self).account)
        self.web_acl: HipaaWebAcl | None = web_acl or None
        if web_acl is None and not vpc_endpoints:
            self.web_acl = HipaaWebAcl(self, "WebAcl", encryption_key=encryption_key)
        if self.web_acl is not None:
            wafv2.CfnWebACLAssociation(
                self, "WebAclAssociation", resource_arn=stage.stage_arn, web_acl_arn=self.web_acl.web_acl_arn
            )
        excuse(self, arguments)


class ApiLogging(Construct):
    """The one role that API Gateway logs with in this account and Region, which stays when the stack goes.

    `HipaaRestApi` makes it if it is asked to. It may write to all log groups, as AWS's policy for it says.

    AWS: https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html

    Attributes:
        account: the ``AWS::ApiGateway::Account``; the CDK has no construct of a higher level for it.
    """

    def __init__(self, scope: Construct, id: str) -> None:
        """Make the role, and name it to API Gateway.

        Args:
            scope: the stack.
            id: its id there.
        """
        super().__init__(scope, id)
        name = "service-role/AmazonAPIGatewayPushToCloudWatchLogs"
        role = ManagedPolicyRole(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("apigateway.amazonaws.com"),
            managed_policies=[iam.ManagedPolicy.from_aws_managed_policy_name(name)],
        )
        self.account = apigateway.CfnAccount(self, "Account", cloud_watch_role_arn=role.role.role_arn)
        role.role.apply_removal_policy(RemovalPolicy.RETAIN)
        self.account.apply_removal_policy(RemovalPolicy.RETAIN)

    @classmethod
    def of(cls, scope: IConstruct) -> ApiLogging:
        """Return the one of a stack, which is made when it is first asked for.

        Args:
            scope: anything in the stack.

        Raises:
            ComplianceError: something else is called ``ApiLogging`` in the stack.
        """
        return one_of_stack(scope, cls, cls, way_out="set the role of the account yourself")


def _check(
    arguments: Arguments,
    methods: apigateway.MethodOptions | None,
    domain_name: apigateway.DomainNameOptions | None,
    disabled: bool,
    cache_cluster_size: str | None,
) -> None:
    if methods is not None and methods.authorizer is None and methods.authorization_type in _OPEN:
        arguments.refuse(
            "default_method_options", "none that asks", asked="ones that ask who calls",
            way_out="open a method by itself, and waive ApiAsksWhoCalls on it", citation="164.312(d)",
        )  # fmt: skip
    if domain_name is not None:
        arguments.govern(
            "domain_name",
            apigateway.SecurityPolicy.TLS_1_0.name,
            holds=domain_name.security_policy is not apigateway.SecurityPolicy.TLS_1_0,
            asked="one of TLS 1.2 or newer",
            rule="ApiDomainUsesTls12",
        )
        arguments.govern(
            "disable_execute_api_endpoint",
            disabled,
            holds=disabled is True,
            asked="True with a domain name",
            rule="ApiDefaultEndpointDisabled",
        )
    arguments.govern(
        "cache_cluster_size",
        cache_cluster_size,
        holds=cache_cluster_size is None,
        asked="left out, as nothing is cached",
        rule="ApiCachesNothing",
    )


def _check_network(
    arguments: Arguments,
    vpc_endpoints: Sequence[ec2.IVpcEndpoint],
    domain_name: apigateway.DomainNameOptions | None,
    web_acl: HipaaWebAcl | Literal[False] | None,
) -> None:
    if not vpc_endpoints:
        arguments.govern(
            "web_acl", web_acl, holds=web_acl is not False, asked="one that guards it", rule="ApiHasWebAcl"
        )
        return
    if domain_name is not None:
        arguments.refuse(
            "domain_name", domain_name.domain_name, asked="left out of a private API",
            way_out="make an apigateway.CfnDomainNameV2", citation="164.312(e)(1)",
        )  # fmt: skip


def _settings(rate: int | None, burst: int | None, *, cached: bool) -> apigateway.CfnStage.MethodSettingProperty:
    return apigateway.CfnStage.MethodSettingProperty(
        http_method="*",
        resource_path="/*",
        data_trace_enabled=False,
        logging_level="ERROR",
        metrics_enabled=True,
        throttling_burst_limit=burst,
        throttling_rate_limit=rate,
        cache_data_encrypted=True,
        caching_enabled=cached,
    )


def _with_tls(given: apigateway.DomainNameOptions) -> apigateway.DomainNameOptions:
    return apigateway.DomainNameOptions(
        domain_name=given.domain_name,
        certificate=given.certificate,
        base_path=given.base_path,
        endpoint_access_mode=given.endpoint_access_mode,
        endpoint_type=given.endpoint_type,
        mtls=given.mtls,
        security_policy=given.security_policy or apigateway.SecurityPolicy.TLS_1_2,
    )


def _through(endpoints: Sequence[ec2.IVpcEndpoint], given: iam.PolicyDocument | None) -> iam.PolicyDocument | None:
    """Return a policy that lets in what comes through endpoints only, as far as another policy allows it."""
    if not endpoints:
        return given
    allowed = iam.PolicyStatement(
        principals=[iam.AnyPrincipal()], actions=["execute-api:Invoke"], resources=["execute-api:/*"]
    )
    document = given or iam.PolicyDocument(statements=[allowed])
    document.add_statements(
        iam.PolicyStatement(
            sid="EndpointsOnly",
            effect=iam.Effect.DENY,
            principals=[iam.AnyPrincipal()],
            actions=["execute-api:Invoke"],
            resources=["execute-api:/*"],
            conditions={"StringNotEquals": {"aws:SourceVpce": [one.vpc_endpoint_id for one in endpoints]}},
        )
    )
    return document
