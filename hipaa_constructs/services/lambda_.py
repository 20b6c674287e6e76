"""AWS Lambda: functions in a network of yours, whose code gets what it needs and whose failures are kept."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Literal, TypedDict, Unpack

import jsii
from aws_cdk import Aws, Duration, RemovalPolicy, Size
from aws_cdk import aws_codeguruprofiler as codeguruprofiler
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from hipaa_constructs.rules._functions import deprecated_on
from hipaa_constructs.rules._phi import phi_like
from hipaa_constructs.rules._secrets import holds_a_secret, names_a_secret
from hipaa_constructs.services._options import Arguments, Contract
from hipaa_constructs.services._placement import calling_group, serving_subnets
from hipaa_constructs.services._tokens import is_unresolved
from hipaa_constructs.services._waiving import excuse
from hipaa_constructs.services.iam import ManagedPolicyRole
from hipaa_constructs.services.kms import AnyKey, is_alias, usable_key
from hipaa_constructs.services.logs import EncryptedLogGroup
from hipaa_constructs.services.profile import Relaxation
from hipaa_constructs.services.sqs import EncryptedQueue, queue_for_failures
from hipaa_constructs.waivers import Waiver

_NONE: Mapping[str, str] = MappingProxyType({})
_ONE_POLICY_A_ROLE = "@aws-cdk/aws-lambda:createNewPoliciesWithAddToRolePolicy"
_REMOVAL = Relaxation(
    option="removal_policy",
    production=RemovalPolicy.RETAIN,
    development=RemovalPolicy.DESTROY,
    without_phi=True,
)
_OF_INTERFACES = (
    *("ec2:AssignPrivateIpAddresses", "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface"),
    *("ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:UnassignPrivateIpAddresses"),
)
"""What Lambda does with the role of a function to put it into a network; its code calls with an ARN of its own.

AWS: https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
AWS: https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html
"""


class FunctionOptions(TypedDict, total=False):
    """The options of `aws_cdk.aws_lambda.Function` that are passed on as they are."""

    adot_instrumentation: lambda_.AdotInstrumentationConfig
    application_log_level_v2: lambda_.ApplicationLogLevel
    architecture: lambda_.Architecture
    code_signing_config: lambda_.ICodeSigningConfig
    current_version_options: lambda_.VersionOptions
    description: str
    durable_config: lambda_.DurableConfig
    ephemeral_storage_size: Size
    events: Sequence[lambda_.IEventSource]
    filesystem: lambda_.FileSystem
    function_name: str
    insights_version: lambda_.LambdaInsightsVersion
    ipv6_allowed_for_dual_stack: bool
    layers: Sequence[lambda_.ILayerVersion]
    max_event_age: Duration
    memory_size: float
    on_failure: lambda_.IDestination
    on_success: lambda_.IDestination
    params_and_secrets: lambda_.ParamsAndSecretsLayerVersion
    profiling: bool
    profiling_group: codeguruprofiler.IProfilingGroup
    recursive_loop: lambda_.RecursiveLoop
    retry_attempts: float
    runtime_management_mode: lambda_.RuntimeManagementMode
    snap_start: lambda_.SnapStartConf
    system_log_level_v2: lambda_.SystemLogLevel
    tenancy_config: lambda_.TenancyConfig
    timeout: Duration


_EGRESS = "functions get out by HTTPS alone (164.312(e)(1)); pass security_groups, or allow more on the connections"
_LOGS = "what it prints goes to an EncryptedLogGroup, kept for six years (164.312(b)); pass log_group for another one"
_FIXED = {
    "allow_all_ipv6_outbound": _EGRESS,
    "allow_all_outbound": _EGRESS,
    "allow_public_subnet": "public subnets lead functions nowhere (164.312(e)(1)); choose others by vpc_subnets",
    "application_log_level": "pass application_log_level_v2",
    "dead_letter_queue_enabled": "failed events are always kept (164.312(b)); pass dead_letter_queue",
    "dead_letter_topic": "a topic keeps nothing (164.312(b)); pass dead_letter_queue",
    "environment_encryption": "variables are always encrypted (164.312(a)(2)(iv)); pass encryption_key",
    "initial_policy": "inline policies can't be listed, reused or versioned (164.308(a)(4)(ii)(B)); grant to its role",
    "log_format": "it is always JSON, which can be searched (164.312(b))",
    "log_removal_policy": _LOGS,
    "log_retention": _LOGS,
    "log_retention_retry_options": _LOGS,
    "log_retention_role": _LOGS,
    "logging_format": "it is always JSON, which can be searched (164.312(b))",
    "role": "it has a role of its own, with managed policies (164.308(a)(4)(ii)(B)); grant to it",
    "system_log_level": "pass system_log_level_v2",
    "tracing": "requests are always traced (164.312(b))",
}


@jsii.implements(ec2.IConnectable, iam.IGrantable)
class HipaaFunction(Construct):
    """A function in private subnets, with concurrency of its own, an encrypted log, and a queue for events it fails at.

    Its variables are encrypted with your key; those that look like secrets are refused. It may call HTTPS, and who lets
    it in: ``database.connections.allow_default_port_from(function)``. Its role is its own and has managed policies:
    ``records.bucket.grant_read(function)``. The code can't use what Lambda needs to put it into the network. What it
    prints is JSON in an `EncryptedLogGroup` that masks identifiers, for about 0.12 USD a GB; requests are traced.

    In a network without internet, the code reaches services of AWS by the endpoints of ``FlowLoggedVpc``.

    Reserved concurrency costs nothing, and is taken from the 1,000 of an account and Region, of which 100 must remain.
    A new account may have fewer: ask AWS for more first.

    Rules: LambdaInVpc, LambdaSpansZones, LambdaVariablesUseCustomerManagedKey, LambdaVariablesWithoutSecrets,
    LambdaVariablesNameTlsEndpoints, LambdaKeepsFailedEvents, LambdaConcurrencyReserved, LambdaRuntimeSupported,
    LambdaLogGroupDeclared, LogGroupMasksIdentifiers, SecurityGroupEgressConfined.
    And with a URL: LambdaUrlRequiresIam.
    Your duty: the code, its patches and what its role may do; an alarm on the queue; that events name records and hold
    nothing of them, as they lie in queues, streams and rules on their way (the keys of S3 objects are written into
    events and logs: let them be no identifiers); that no PHI is printed.
    AWS: https://docs.aws.amazon.com/lambda/latest/dg/lambda-security.html

    Attributes:
        function: the `lambda_.Function`, with the logical id that it would have without this construct.
        role: what the code may do; grant to it.
        dead_letter_queue: the queue for events that it failed at; None if that is waived.
        log_group: what it prints to.
    """

    contract = Contract(
        wraps=lambda_.Function,
        types=("AWS::Lambda::Function", "AWS::Lambda::Url"),
        fixed=_FIXED,
        governed={
            "dead_letter_queue": ("LambdaKeepsFailedEvents",),
            "environment": ("LambdaVariablesWithoutSecrets",),
            "reserved_concurrent_executions": ("LambdaConcurrencyReserved",),
            "runtime": ("LambdaRuntimeSupported",),
            "vpc": ("LambdaInVpc",),
        },
        chosen=("code", "handler", "log_group", "security_groups", "vpc_subnets", "removal_policy"),
        free=FunctionOptions,
        relaxations=(_REMOVAL,),
    )

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        code: lambda_.Code,
        handler: str,
        runtime: lambda_.Runtime,
        vpc: ec2.IVpc | None,
        vpc_subnets: ec2.SubnetSelection | None = None,
        security_groups: Sequence[ec2.ISecurityGroup] = (),
        environment: Mapping[str, str] = _NONE,
        encryption_key: AnyKey | None = None,
        dead_letter_queue: EncryptedQueue | sqs.IQueue | Literal[False] | None = None,
        reserved_concurrent_executions: int | None = 10,
        log_group: EncryptedLogGroup | None = None,
        removal_policy: RemovalPolicy | None = None,
        holds_phi: bool = True,
        waivers: Sequence[Waiver] = (),
        **options: Unpack[FunctionOptions],
    ) -> None:
        """Make a function.

        Args:
            scope: where it belongs.
            id: its id there.
            code: of the function.
            handler: what is called in it; ``Handler.FROM_IMAGE`` for a container image.
            runtime: one that AWS still mends, unless waived; ``Runtime.FROM_IMAGE`` for a container image.
            vpc: the network; None if waived.
            vpc_subnets: by default the private subnets, else the isolated ones; of two Availability Zones or more.
            security_groups: by default one of its own that nobody enters and only HTTPS leaves.
            environment: variables; none by default. Names and values that look like secrets or identifiers are refused.
            encryption_key: of the variables, the log group and the queue that are made; by default the stack's
                `EncryptionKey`.
            dead_letter_queue: where events go that it failed at three times, for 14 days; by default an encrypted queue
                of its own. False needs a waiver.
            reserved_concurrent_executions: how many run at once, at most, whatever other functions do; by default 10.
                None needs a waiver; 0 stops the function.
            log_group: by default one of its own.
            removal_policy: of the queue that is made, by default it stays when the stack goes, with its events.
            holds_phi: False says that events hold no PHI; a development environment then lets the queue go with its
                stack.
            waivers: exceptions from the rules about functions.
            **options: of `lambda_.Function`, see `FunctionOptions`. ``on_failure`` and ``on_success`` get whole events.

        Raises:
            ComplianceError: an option is fixed or unknown, or weaker than a rule that is not waived; the subnets are
                public or of one zone only; a variable looks like a secret or an identifier.
        """
        arguments = Arguments(scope, id, contract=self.contract, waivers=waivers, free=options, holds_phi=holds_phi)
        removal_policy = arguments.default(_REMOVAL, removal_policy)
        _check(arguments, runtime, reserved_concurrent_executions, dead_letter_queue, encryption_key)
        check_variables(arguments, environment)
        subnets = _network(arguments, vpc, vpc_subnets, security_groups)
        super().__init__(scope, id)
        self.node.set_context(_ONE_POLICY_A_ROLE, False)  # The other way is policies inline.
        # Lambda documents no condition for who takes the role; it can be passed inside the account only.
        self.role = ManagedPolicyRole(self, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        key = usable_key(scope, encryption_key)
        group = log_group or EncryptedLogGroup(self, "LogGroup", encryption_key=encryption_key)
        self.log_group: logs.LogGroup = group.log_group
        self.log_group.grant_write(self.role)
        groups: list[ec2.ISecurityGroup] | None = None
        if vpc is not None:
            _let_into_networks(self.role)
            groups = [*security_groups] or [calling_group(self, vpc, "A function")]
        if dead_letter_queue is None:
            dead_letter_queue = queue_for_failures(self, "Failed", key, removal_policy)
        self.dead_letter_queue: sqs.IQueue | None = _plain(dead_letter_queue)
        if self.dead_letter_queue is not None and self.dead_letter_queue.encryption_master_key is not None:
            # Beside the permission to send, which the CDK grants.
            self.dead_letter_queue.encryption_master_key.grant(self.role, "kms:Decrypt", "kms:GenerateDataKey")
        self.function = lambda_.Function(
            self,
            "Default",
            code=code,
            handler=handler,
            runtime=runtime,
            role=self.role.role,
            vpc=vpc,
            vpc_subnets=subnets,
            security_groups=groups,
            environment=dict(environment) or None,
            environment_encryption=key,
            dead_letter_queue=self.dead_letter_queue,
            reserved_concurrent_executions=reserved_concurrent_executions,
            log_group=self.log_group,
            logging_format=lambda_.LoggingFormat.JSON,
            tracing=lambda_.Tracing.ACTIVE,
            **options,
        )
        excuse(self, arguments)

    @property
    def connections(self) -> ec2.Connections:
        """Where it may call, in a network."""
        return self.function.connections

    @property
    def grant_principal(self) -> iam.IPrincipal:
        """Who gets what is granted: its role."""
        return self.role.grant_principal

    def add_function_url(
        self,
        *,
        cors: lambda_.FunctionUrlCorsOptions | None = None,
        invoke_mode: lambda_.InvokeMode = lambda_.InvokeMode.BUFFERED,
    ) -> lambda_.FunctionUrl:
        """Make a URL at which signed requests call the function, of those to whom ``grant_invoke_url`` grants it.

        It is on the internet, with TLS 1.2 or newer, and takes neither a web ACL nor a log of who called: CloudTrail
        records calls of functions as data events only. `HipaaRestApi` has both.

        Args:
            cors: which pages of browsers may call it; none by default.
            invoke_mode: whether answers are sent at once, the default, or streamed.
        """
        return self.function.add_function_url(
            auth_type=lambda_.FunctionUrlAuthType.AWS_IAM, cors=cors, invoke_mode=invoke_mode
        )


def _check(
    arguments: Arguments,
    runtime: lambda_.Runtime,
    concurrency: int | None,
    dead_letter_queue: object,
    encryption_key: AnyKey | None,
) -> None:
    last = deprecated_on().get(runtime.name)
    arguments.govern(
        "runtime",
        runtime.name,
        holds=last is None or datetime.date.today() < last,
        asked="one that AWS still mends",
        rule="LambdaRuntimeSupported",
    )
    arguments.govern(
        "reserved_concurrent_executions",
        concurrency,
        holds=concurrency is not None and concurrency >= 0,
        asked="a number",
        rule="LambdaConcurrencyReserved",
    )
    arguments.govern(
        "dead_letter_queue",
        dead_letter_queue,
        holds=dead_letter_queue is not False,
        asked="a queue for events that fail",
        rule="LambdaKeepsFailedEvents",
    )
    if is_alias(encryption_key):
        arguments.refuse(
            "encryption_key", "an alias", asked="a key",
            way_out="Lambda and CloudWatch Logs take the ARN of a key only; pass the key itself",
            citation="164.312(a)(2)(iv)",
        )  # fmt: skip


def check_variables(arguments: Arguments, environment: Mapping[str, str]) -> None:
    """Refuse variables that look like secrets or identifiers, unless that is waived."""
    for name, value in environment.items():
        if not is_unresolved(value) and value == "":
            continue
        text = value if isinstance(value, str) else ""
        found = "name looks like that of a secret" if names_a_secret(name, text) and not _names_place(text) else None
        if holds_a_secret(text):
            found = "value looks like a secret"
        elif phi_like(text) is not None:
            found = f"value looks like {phi_like(text)}"
        if found:
            arguments.govern(
                "environment",
                f"{name}, whose {found}",
                holds=False,
                asked="free of secrets and identifiers; name the secret's ARN, and read it in the function",
                rule="LambdaVariablesWithoutSecrets",
            )


def _names_place(text: str) -> bool:
    """Tell whether a value says where a secret is: an attribute of a resource, an ARN or a path."""
    return is_unresolved(text) or text in ("true", "false") or text.isdigit() or text.startswith(("arn:", "/"))


def _network(
    arguments: Arguments,
    vpc: ec2.IVpc | None,
    vpc_subnets: ec2.SubnetSelection | None,
    security_groups: Sequence[ec2.ISecurityGroup],
) -> ec2.SubnetSelection | None:
    arguments.govern("vpc", vpc, holds=vpc is not None, asked="a network", rule="LambdaInVpc")
    if vpc is not None:
        return serving_subnets(arguments, vpc, vpc_subnets)
    if vpc_subnets is not None or security_groups:
        name = "vpc_subnets" if vpc_subnets is not None else "security_groups"
        arguments.refuse(name, "some", asked="left out without a network", way_out="pass vpc", citation="164.312(e)(1)")
    return None


def _let_into_networks(role: ManagedPolicyRole) -> None:
    """Let Lambda make the interfaces of functions, and keep their code from doing the same."""
    here = f"arn:{Aws.PARTITION}:lambda:{Aws.REGION}:{Aws.ACCOUNT_ID}:function:*"
    interfaces = [*_OF_INTERFACES]
    role.role.add_to_principal_policy(
        iam.PolicyStatement(sid="InterfacesOfLambda", actions=interfaces, resources=["*"])
    )
    role.role.add_to_principal_policy(
        iam.PolicyStatement(
            sid="NotOfTheCode",
            effect=iam.Effect.DENY,
            actions=interfaces,
            resources=["*"],
            conditions={"ArnLike": {"lambda:SourceFunctionArn": here}},
        )
    )


def _plain(queue: EncryptedQueue | sqs.IQueue | Literal[False]) -> sqs.IQueue | None:
    if queue is False:
        return None
    return queue.queue if isinstance(queue, EncryptedQueue) else queue
