"""What a template must show of who may call AWS Lambda functions."""

from __future__ import annotations

from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._outcome import MET, NOT_APPLICABLE, Outcome, Verdict, all_met, any_met
from hipaa_constructs.rules._policy import read
from hipaa_constructs.rules._rule import Severity, rule

PERMISSION = "AWS::Lambda::Permission"
RESOURCE_POLICY = "AWS::Lambda::ResourcePolicy"
LAYER_PERMISSION = "AWS::Lambda::LayerVersionPermission"
URL = "AWS::Lambda::Url"
_QUALIFIED = ("AWS::Lambda::Alias", "AWS::Lambda::Version")
_GUIDE = "https://docs.aws.amazon.com/lambda/latest/dg/"
_SERVICES = (".amazonaws.com", ".amazonaws.com.cn", ".amazon.com")


@rule(
    title="no permission lets everyone call a function or use a layer",
    fix="name an account, a role or a service in Principal, or set PrincipalOrgID (OrganizationId of a layer)",
    applies_to=(PERMISSION, LAYER_PERMISSION, RESOURCE_POLICY),
    controls=("164.312(a)(1)", "164.308(a)(4)(ii)(C)"),
    requirement="HC-212",
    same_as=(
        "cdk-nag:HIPAA.Security-LambdaFunctionPublicAccessProhibited",
        "config:lambda-function-public-access-prohibited",
        "guard:LAMBDA_FUNCTION_PUBLIC_ACCESS_PROHIBITED",
        "prowler:awslambda_function_not_publicly_accessible",
    ),
    url=_GUIDE + "access-control-resource-based.html",
)
def lambda_permission_not_public(permission: Resource) -> Outcome:
    """Judge the principal; an organization, an account or a source confines everyone to a few.

    Of a policy in place of permissions, each statement is judged.
    """
    if permission.type == RESOURCE_POLICY:
        return _policy_not_public(permission.at("PolicyDocument"))
    principal = permission.at("Principal")
    layer = permission.type == LAYER_PERMISSION
    if principal.is_unknown:
        everyone = principal.undecided() if principal.may_be("*") else MET
    else:
        # The number of an account needs no quotes in JSON and YAML.
        number = type(principal.value) is int and len(str(principal.value)) == 12
        named = number or (principal.text and principal.text != "*")
        everyone = MET if named else principal.broken()
    if everyone is MET or (principal.text is None and not principal.is_unknown):
        return everyone
    limits = ("OrganizationId",) if layer else ("PrincipalOrgID", "SourceAccount", "SourceArn")
    if permission.at("FunctionUrlAuthType").text == "NONE":
        limits = ("PrincipalOrgID",)
    return any_met([*(_names_one(permission.at(name)) for name in limits), everyone])


def _policy_not_public(document: Node) -> Outcome:
    statements, hidden = read(document)
    outcomes = [document.undecided()] if hidden or document.is_unknown else []
    for statement in statements:
        opens = statement.opens_to_everyone()
        if opens:
            outcomes.append(statement.node.broken("it lets everyone in"))
        elif opens is None:
            outcomes.append(statement.node.undecided("an intrinsic function hides whom it lets in"))
        else:
            outcomes.append(MET)
    return all_met(outcomes) if outcomes else document.broken()


def _names_one(place: Node) -> Outcome:
    """Judge that a limit is set; an ARN with a wildcard in place of its owner is everybody's."""
    fields = place.outline().split(":", 5)
    owner = (fields[4] or fields[5].partition("/")[0]) if len(fields) == 6 else ""
    return place.broken(f"{place.shown()}, which is anybody's") if set("*?") & set(owner) else place.must_be_set()


@rule(
    title="every permission of a service names the source that it may call for",
    fix="set SourceArn, or SourceAccount where the source has no ARN yet",
    applies_to=(PERMISSION,),
    controls=("164.312(a)(1)",),
    requirement="HC-213",
    same_as=("checkov:CKV_AWS_364",),
    severity=Severity.WARNING,
    url=_GUIDE + "permissions-function-services.html",
)
def lambda_permission_names_source(permission: Resource) -> Outcome:
    """Judge the permissions of services, which otherwise call on behalf of anybody's resources.

    An ARN such as arn:aws:s3:::* names no source.
    """
    principal = permission.at("Principal")
    parts = principal.outline()
    if not parts.endswith(_SERVICES):
        hidden = principal.may_be("sns.amazonaws.com")
        sourced = any_met(_names_one(permission.at(name)) for name in _SOURCES)
        return principal.undecided() if hidden and sourced is not MET else NOT_APPLICABLE
    return any_met(_names_one(permission.at(name)) for name in _SOURCES)


_SOURCES = ("SourceArn", "SourceAccount", "EventSourceToken", "PrincipalOrgID")


@rule(
    title="every function URL asks for signed requests",
    fix="set AuthType to AWS_IAM",
    applies_to=(URL,),
    controls=("164.312(d)", "164.312(a)(1)"),
    requirement="HC-214",
    same_as=("prowler:awslambda_function_url_public", "checkov:CKV_AWS_258"),
    url=_GUIDE + "urls-auth.html",
)
def lambda_url_requires_iam(url: Resource) -> Outcome:
    """Judge the type: with NONE everyone on the internet calls the function."""
    return url.at("AuthType").must_be("AWS_IAM")


_SYNCHRONOUS = (
    *("alexa-appkit.amazon.com", "apigateway.amazonaws.com", "bedrock.amazonaws.com", "cognito-idp.amazonaws.com"),
    *("edgelambda.amazonaws.com", "elasticloadbalancing.amazonaws.com", "lex.amazonaws.com", "lexv2.amazonaws.com"),
    *("transfer.amazonaws.com", "vpc-lattice.amazonaws.com"),
)
_ASYNCHRONOUS = (
    *("cloudformation.amazonaws.com", "codecommit.amazonaws.com", "config.amazonaws.com", "events.amazonaws.com"),
    *("iot.amazonaws.com", "logs.amazonaws.com", "s3.amazonaws.com", "ses.amazonaws.com", "sns.amazonaws.com"),
)
"""Who waits for a function's answer, and who does not.

AWS: https://docs.aws.amazon.com/lambda/latest/dg/lambda-services.html
"""


def called_asynchronously(function: Resource) -> bool | None:
    """Tell whether events reach a function that nobody waits for; None if the templates do not show who calls it."""
    permissions, unsure = _naming(function, PERMISSION, "FunctionName")
    callers = [permission.at("Principal").outline() for permission in permissions]
    if any(caller in _ASYNCHRONOUS for caller in callers):
        return True
    polled, _ = _naming(function, "AWS::Lambda::EventSourceMapping", "FunctionName")
    urls, _ = _naming(function, URL, "TargetFunctionArn")
    answered = bool(callers or polled or urls) and all(caller in _SYNCHRONOUS for caller in callers)
    return False if answered and not unsure else None


def _naming(function: Resource, kind: str, key: str) -> tuple[list[Resource], bool]:
    """Return the resources of a type that name a function, or a version or an alias of it; and whether others may."""
    assembly = function.template.assembly
    sure, unsure = assembly.pointing_at(function, kind, key)
    qualified = [one for other in _QUALIFIED for one in assembly.pointing_at(function, other, "FunctionName")[0]]
    found = [*sure, *(one for other in qualified for one in assembly.pointing_at(other, kind, key)[0])]
    return found, any(_may_name_any(one.at(key)) for one in unsure)


def _may_name_any(place: Node) -> bool:
    """Tell whether a place may name any function, and not a version or an alias of one that is known."""
    target = place.target()
    known = target is not None and target.type in _QUALIFIED and target.at("FunctionName").target() is not None
    return not known


def failures_kept(function: Resource) -> Outcome:
    """Judge that failed asynchronous events of a function go somewhere."""
    queue = function.at("DeadLetterConfig", "TargetArn").must_be_set()
    configs, unsure = function.template.assembly.pointing_at(function, "AWS::Lambda::EventInvokeConfig", "FunctionName")
    destination = ("DestinationConfig", "OnFailure", "Destination")
    found = any_met([*(one.at(*destination).must_be_set() for one in configs), queue])
    if found.verdict is Verdict.BROKEN and unsure:
        return function.at("DeadLetterConfig").undecided("an intrinsic function hides whose destinations some are")
    return found
