"""What a template must show of AWS Lambda functions."""

from __future__ import annotations

from hipaa_constructs.rules._functions import FUNCTION, deprecated_on, is_of_the_app, is_of_the_cdk
from hipaa_constructs.rules._keys import customers_key
from hipaa_constructs.rules._log_groups import log_groups_of_functions
from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._outcome import MET, NOT_APPLICABLE, Outcome, Verdict, all_met
from hipaa_constructs.rules._phi import phi_like
from hipaa_constructs.rules._rule import Severity, rule
from hipaa_constructs.rules._secrets import names_a_secret
from hipaa_constructs.rules._value import as_text
from hipaa_constructs.rules._variables import secret_written
from hipaa_constructs.rules._zones import spans_zones
from hipaa_constructs.rules.lambda_access import called_asynchronously, failures_kept

_GUIDE = "https://docs.aws.amazon.com/lambda/latest/dg/"


@rule(
    title="the variables of every function are encrypted with a customer managed key",
    fix="set KmsKeyArn to the ARN of a key of yours",
    applies_to=(FUNCTION,),
    controls=("164.312(a)(2)(iv)", "164.312(e)(2)(ii)"),
    requirement="HC-206",
    same_as=("prowler:awslambda_function_env_vars_not_encrypted_with_cmk", "checkov:CKV_AWS_173"),
    severity=Severity.WARNING,
    url=_GUIDE + "configuration-envvars-encryption.html",
)
def lambda_variables_use_customer_managed_key(function: Resource) -> Outcome:
    """Judge the key of functions with variables; Lambda encrypts them with a key of its own otherwise."""
    variables = function.at("Environment", "Variables")
    if variables.is_absent or variables.value == {} or not is_of_the_app(function):
        return NOT_APPLICABLE
    key = customers_key(function.at("KmsKeyArn"))
    return variables.undecided() if key.verdict is Verdict.BROKEN and variables.is_unknown else key


@rule(
    title="no variable of a function holds a secret or an identifier of a patient",
    fix="name the secret or the parameter in the variable, and read it in the function",
    applies_to=(FUNCTION,),
    controls=("164.312(a)(1)",),
    requirement="HC-207",
    same_as=("prowler:awslambda_function_no_secrets_in_variables", "checkov:CKV_AWS_45"),
    url=_GUIDE + "configuration-envvars.html",
)
def lambda_variables_without_secrets(function: Resource) -> Outcome:
    """Judge the names, the forms of the values and parameters with NoEcho; who may describe the function reads them."""
    environment = function.at("Environment")
    variables = environment.at("Variables")
    if variables.is_absent:
        return NOT_APPLICABLE
    if variables.is_unknown:
        return variables.undecided()
    if not isinstance(variables.value, dict):
        return variables.broken()
    return all_met([MET, *(_harmless(name, value) for name, value in variables.entries())])


def _harmless(name: str, value: Node) -> Outcome:
    secret = secret_written(value)
    if secret is not None:
        return value.broken(secret)
    kind = phi_like(value.text)
    if kind is not None:
        return value.broken(f"text that looks like {kind}")
    if not names_a_secret(name):
        return MET
    if value.is_unknown:
        # A parameter may hold the secret itself; the attribute of a resource says where it is.
        return value.must_be_set()
    return value.broken("a plain value under the name of a secret") if _may_be_secret(value.outline()) else MET


def _may_be_secret(text: str) -> bool:
    """Tell whether a text may be a secret: not empty, no switch or number, and not the ARN or path of one."""
    return as_text(text) not in ("", "true", "false") and not text.isdigit() and not text.startswith(("arn:", "/"))


@rule(
    title="every function runs in a VPC",
    fix="set VpcConfig with SubnetIds and SecurityGroupIds",
    applies_to=(FUNCTION,),
    controls=("164.312(a)(1)", "164.312(e)(1)", "164.308(a)(4)(ii)(C)"),
    requirement="HC-208",
    same_as=(
        "cdk-nag:HIPAA.Security-LambdaInsideVPC",
        "config:lambda-inside-vpc",
        "guard:LAMBDA_INSIDE_VPC",
        "prowler:awslambda_function_inside_vpc",
        "checkov:CKV_AWS_117",
    ),
    severity=Severity.WARNING,
    url=_GUIDE + "configuration-vpc.html",
)
def lambda_in_vpc(function: Resource) -> Outcome:
    """Judge the network of functions of the app; those on a capacity provider are in its VPC."""
    if not is_of_the_app(function) or not function.at("CapacityProviderConfig").is_absent:
        return NOT_APPLICABLE
    config = function.at("VpcConfig")
    if config.is_unknown:
        return config.undecided()
    return all_met(config.at(name).must_be_set() for name in ("SubnetIds", "SecurityGroupIds"))


@rule(
    title="every function in a VPC has subnets in at least two Availability Zones",
    fix="name subnets of two zones or more in VpcConfig.SubnetIds",
    applies_to=(FUNCTION,),
    controls=("164.308(a)(7)(i)", "164.308(a)(7)(ii)(C)"),
    requirement="HC-209",
    same_as=("config:lambda-vpc-multi-az-check", "prowler:awslambda_function_vpc_multi_az"),
    severity=Severity.WARNING,
    url="https://docs.aws.amazon.com/lambda/latest/dg/security-resilience.html",
)
def lambda_spans_zones(function: Resource) -> Outcome:
    """Judge the subnets: at least two, and not all in the same zone as far as the templates show it."""
    subnets = function.at("VpcConfig", "SubnetIds")
    if subnets.is_absent or subnets.value == [] or not is_of_the_app(function):
        return NOT_APPLICABLE
    return spans_zones(subnets, subnets.items())


@rule(
    title="every function keeps the asynchronous events that it fails at",
    fix="set DeadLetterConfig.TargetArn, or a destination on failure by an AWS::Lambda::EventInvokeConfig",
    applies_to=(FUNCTION,),
    controls=("164.312(b)",),
    requirement="HC-210",
    same_as=(
        "cdk-nag:HIPAA.Security-LambdaDLQ",
        "config:lambda-dlq-check",
        "guard:LAMBDA_DLQ_CHECK",
        "prowler:awslambda_function_no_dead_letter_queue",
        "checkov:CKV_AWS_116",
    ),
    severity=Severity.WARNING,
    url=_GUIDE + "invocation-async-retain-records.html",
)
def lambda_keeps_failed_events(function: Resource) -> Outcome:
    """Judge the queue and the destinations of functions but those whose callers wait for the answer."""
    if not is_of_the_app(function):
        return NOT_APPLICABLE
    kept = failures_kept(function)
    if kept.verdict is not Verdict.BROKEN:
        return kept
    asynchronously = called_asynchronously(function)
    if asynchronously is None:
        return function.at("DeadLetterConfig").undecided("the templates do not show whether callers wait for it")
    return kept if asynchronously else NOT_APPLICABLE


@rule(
    title="every function has concurrency of its own",
    fix="set ReservedConcurrentExecutions",
    applies_to=(FUNCTION,),
    controls=("164.312(b)",),
    requirement="HC-211",
    same_as=(
        "cdk-nag:HIPAA.Security-LambdaConcurrency",
        "config:lambda-concurrency-check",
        "guard:LAMBDA_CONCURRENCY_CHECK",
        "checkov:CKV_AWS_115",
    ),
    severity=Severity.WARNING,
    url=_GUIDE + "configuration-concurrency.html",
)
def lambda_concurrency_reserved(function: Resource) -> Outcome:
    """Judge the reservation: without one, any other function of the account can use up what it needs."""
    if not is_of_the_app(function) or not function.at("CapacityProviderConfig").is_absent:
        return NOT_APPLICABLE
    return function.at("ReservedConcurrentExecutions").must_be_at_least(0)


@rule(
    title="every function has a runtime that AWS still mends",
    fix="set Runtime to a newer one",
    applies_to=(FUNCTION,),
    controls=("164.308(a)(5)(ii)(B)",),
    requirement="HC-215",
    same_as=("prowler:awslambda_function_using_supported_runtimes", "checkov:CKV_AWS_363"),
    severity=Severity.WARNING,
    url=_GUIDE + "lambda-runtimes.html",
)
def lambda_runtime_supported(function: Resource) -> Outcome:
    """Judge the runtime by the day that AWS stops or stopped mending it; an image brings its own."""
    if function.at("PackageType").text == "Image" or not function.at("Code", "ImageUri").is_absent:
        return NOT_APPLICABLE
    runtime = function.at("Runtime")
    if runtime.is_unknown:
        return runtime.undecided()
    if not runtime.text:
        return runtime.broken()
    last = deprecated_on().get(runtime.text)
    today = function.template.assembly.today
    return MET if last is None or today < last else runtime.broken(f"{runtime.text}, deprecated since {last}")


@rule(
    title="every function writes into a log group that a template declares",
    fix="set LoggingConfig.LogGroup to an AWS::Logs::LogGroup, or declare the group /aws/lambda/ with its name",
    applies_to=(FUNCTION,),
    controls=("164.312(b)",),
    requirement="HC-216",
    severity=Severity.WARNING,
    url=_GUIDE + "monitoring-cloudwatchlogs-loggroups.html",
)
def lambda_log_group_declared(function: Resource) -> Outcome:
    """Judge the log group, which Lambda makes by itself otherwise: without a key of yours, retention and protection."""
    if not is_of_the_app(function):
        return NOT_APPLICABLE
    return log_groups_of_functions(function.template.assembly).declares(function)


@rule(
    title="no variable of a function names an endpoint without TLS",
    fix="name the endpoint with https:// or another scheme that encrypts",
    applies_to=(FUNCTION,),
    controls=("164.312(e)(1)", "164.312(e)(2)(ii)"),
    requirement="HC-218",
    severity=Severity.WARNING,
    url=_GUIDE + "security-dataprotection.html",
)
def lambda_variables_name_tls_endpoints(function: Resource) -> Outcome:
    """Judge the values that begin as plain URLs do; what a function calls otherwise no template shows."""
    variables = function.at("Environment", "Variables")
    if not isinstance(variables.value, dict) or is_of_the_cdk(function):
        return NOT_APPLICABLE
    plain = [value for _, value in variables.entries() if _is_plain_url(value.outline())]
    return plain[0].broken("an endpoint without TLS") if plain else MET


def _is_plain_url(text: str) -> bool:
    scheme, separator, rest = text.partition("://")
    local = rest.startswith(("localhost", "127.0.0.1", "[::1]"))
    return bool(separator) and scheme.lower() in ("amqp", "ftp", "http", "ldap", "redis", "ws") and not local
