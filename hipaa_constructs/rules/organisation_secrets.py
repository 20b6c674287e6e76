"""What a template must show of secrets: that none stands in it as plain text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from hipaa_constructs.rules._node import Resource
from hipaa_constructs.rules._outcome import MET, NOT_APPLICABLE, Outcome, broken
from hipaa_constructs.rules._resolve import intrinsic, names_in
from hipaa_constructs.rules._rule import rule
from hipaa_constructs.rules._secrets import holds_a_secret, is_unechoed, names_a_secret
from hipaa_constructs.rules._template import Template, anchored
from hipaa_constructs.rules._texts import Place, folded, has_sign, suspects, texts
from hipaa_constructs.rules._value import UNKNOWN, Json

_JUDGED_ELSEWHERE = {
    "AWS::ECS::TaskDefinition": "Environment",
    "AWS::ElastiCache::ReplicationGroup": "AuthToken",
    "AWS::ElastiCache::User": "Passwords",
    "AWS::Lambda::Function": "Environment",
    "AWS::RDS::DBCluster": "MasterUserPassword",
    "AWS::RDS::DBInstance": "MasterUserPassword",
}
"""The properties of some types, at any depth, whose secrets have rules of their own."""

_SIGNS = {
    b"password": re.compile(rb"password(?<!managemasteruserpassword)(?!_?polic)"),
    b"passphrase": re.compile(rb"passphrase(?!secretarn)"),
    b"secret": re.compile(
        rb"secret(string(?!key)|accesskey|key|token|(?<=clientsecret)|(?<=sharedsecret)|(?<=appsecret))"
    ),
    b"token": re.compile(rb"token(?!s)"),
    b"apikey": re.compile(rb"apikey(value|(?<=aws::apigateway::apikey))"),
    b"privatekey": re.compile(rb"privatekey"),
    b"private key": re.compile(rb"private key-----"),
    b"environment": re.compile(rb"environment"),
    b"variables": re.compile(rb"variables"),
    b"arguments": re.compile(rb"arguments"),
    b"optionsettings": re.compile(rb"optionsettings"),
    b"accesskey": re.compile(rb"accesskey"),
    b"connectorconfiguration": re.compile(rb"connectorconfiguration"),
    b"providerdetails": re.compile(rb"providerdetails"),
    b"aws::ssm::parameter": re.compile(rb"aws::ssm::parameter"),
    b"parameters": re.compile(rb"parameters"),
    b"userdata": re.compile(rb"userdata"),
    b"akia": re.compile(rb"akia[a-z0-9]{16}"),
    b"asia": re.compile(rb"asia[a-z0-9]{16}"),
}
"""What no secret of those looked for is without, in lower case. Each pattern begins with plain text, which makes it
fast."""

_SECRET_PROPERTY = re.compile(
    r"(Password|Passphrase|PassPhrase|ClientSecret|SharedSecret|AppSecret|SecretString|SecretAccessKey|SecretKey"
    r"|PrivateKey|AccessToken|RefreshToken|AuthToken|OAuthToken|OauthToken|SasToken|ApiToken|HECToken|SecretToken"
    r"|JwtToken|BearerToken|ApiKeyValue)$"
)
_DOCUMENTS = ("SecretString", "SecretStringTemplate")
"""Properties that may hold names and values as JSON."""

_PAIR = re.compile(r'"([^"]{1,100})"\s*:\s*"([^"]+)"')

_OF_TYPE: dict[str, Place] = {
    "AWS::ApiGateway::ApiKey": ("Properties", "Value"),
    "AWS::CodeBuild::SourceCredential": ("Properties", "Token"),
    "AWS::KinesisFirehose::DeliveryStream": (
        *("Properties", "HttpEndpointDestinationConfiguration", "EndpointConfiguration"),
        "AccessKey",
    ),
}
"""Places of secrets whose names say so of one type alone."""

_VARIABLES = frozenset(
    (
        "Arguments",
        "BodyParameters",
        "ConnectorConfiguration",
        "DefaultArguments",
        "Environment",
        "EnvironmentVariables",
        "HeaderParameters",
        "OptionSettings",
        "Parameters",
        "ProviderDetails",
        "QueryStringParameters",
        "RuntimeEnvironmentVariables",
        "Variables",
    )
)
"""Properties that hold names and values that the template's author chose."""

_NAMES, _VALUES = ("Name", "Key", "OptionName", "ParameterKey"), ("Value", "ParameterValue")
_NAMED = ("PARAMETER_STORE", "SECRETS_MANAGER")
"""Types of variables of builds whose value names a secret."""

_HARMLESS = re.compile(r"|true|false|seconds|minutes|hours|days|arn:.*|/.*|[*]+", re.DOTALL)
"""Values that say whether, how long or where a secret is."""

_IN_TEXT = re.compile(
    r"(?<![A-Z0-9])(AKIA|ASIA)(?!\w*EXAMPLE)[A-Z0-9]{16}(?![A-Z0-9])|-----BEGIN [A-Z ]*PRIVATE KEY-----"
)
_IN_SCRIPT = re.compile(
    r"^\s*(?:export\s+|set\s+)?\w*(?:PASSWORD|PASSWD|SECRET|TOKEN|API_KEY)=['\"]?(?![$<{('\"\s])\S", re.MULTILINE
)


def _suspects(template: Template) -> set[Resource]:
    return {*anchored(template), *filter(_is_suspect, suspects(template, _SIGNS))}


def _is_suspect(resource: Resource) -> bool:
    """Tell whether a sign stands elsewhere than in a property that is judged elsewhere, as most of functions do."""
    properties, without = resource.body.get("Properties"), _JUDGED_ELSEWHERE.get(resource.type)
    if not isinstance(properties, dict) or without not in properties:
        return True
    return has_sign(folded({name: value for name, value in properties.items() if name != without}), _SIGNS)


@rule(
    title="no secret stands in a template as plain text",
    fix="name a secret of Secrets Manager: {{resolve:secretsmanager:…}} in properties, its ARN in variables",
    applies_to=("*",),
    controls=("164.312(a)(1)", "164.312(d)"),
    requirement="HC-411",
    same_as=(
        "prowler:cloudformation_stack_outputs_find_secrets",
        "prowler:ec2_instance_secrets_user_data",
        "prowler:ec2_launch_template_no_secrets",
    ),
    url="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-secretsmanager.html",
    only=_suspects,
)
def template_without_secrets(resource: Resource) -> Outcome:
    """Judge properties and variables named like a secret, scripts, defaults of parameters and outputs.

    Of text that is made of pieces, as with Fn::Sub, what stands in the template is judged. Parameters and outputs are
    judged at the first resource of a template, and all that have one are told. Left out are variables of functions and
    containers, and passwords of databases and caches, which have rules of their own.
    """
    secret = next(_in_resource(resource), None)
    is_first = resource is resource.template.anchor
    told = [*(_in_sections(resource.template) if is_first else ())]
    # The value itself stays out of the finding: a report must not spread it.
    if secret is not None:
        return broken(*secret[0], found="; ".join([secret[1], *told]))
    if told:
        return broken(found="; ".join(told))
    return MET if is_first else NOT_APPLICABLE


def _in_sections(template: Template) -> Iterator[str]:
    for name, parameter in template.section("Parameters").items():
        if not isinstance(parameter, dict):
            continue
        default, hidden = parameter.get("Default"), is_unechoed(template, name)
        if _is_literal(default) if hidden else parameter.get("Type") == "String" and _is_secret(name, default):
            yield f"Parameters.{name} has a plain default"
    for name, output in template.section("Outputs").items():
        value = output.get("Value") if isinstance(output, dict) else None
        if any(is_unechoed(template, reference) for reference, _ in names_in(value)):
            yield f"Outputs.{name} shows a parameter with NoEcho"
        written = "".join(text for _, text in texts(value))
        if _IN_TEXT.search(written) or holds_a_secret(written) or _is_secret(name, value):
            yield f"Outputs.{name} shows a secret"


def _is_secret(name: str, value: Json) -> bool:
    separated = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return isinstance(value, str) and _is_literal(value) and names_a_secret(separated, value)


def _in_resource(resource: Resource) -> Iterator[tuple[Place, str]]:
    properties = resource.body.get("Properties")
    if resource.type == "AWS::SSM::Parameter" and isinstance(properties, dict):
        name = _end_of(properties.get("Name"))
        if _is_secret(name.rpartition("/")[2], properties.get("Value")):
            yield ("Properties", "Value"), "a plain value of a parameter named like a secret"
    yield from _below(properties, resource.type)


def _end_of(name: Json) -> str:
    """Return a text, or the written end of one that is put together."""
    match intrinsic(name):
        case None:
            return name if isinstance(name, str) else ""
        case ("Fn::Sub", str() as text) | ("Fn::Sub", [str() as text, *_]) | ("Fn::Join", [_, [*_, str() as text]]):
            return text
    return ""


def _below(properties: Json, kind: str) -> Iterator[tuple[Place, str]]:
    own, without = _OF_TYPE.get(kind), _JUDGED_ELSEWHERE.get(kind)
    pending: list[tuple[Json, Place, str]] = [(properties, ("Properties",), "")]
    while pending:
        value, path, name = pending.pop()
        if isinstance(value, list):
            pending += [(item, (*path, index), name) for index, item in enumerate(value)]
        elif isinstance(value, str):
            if name and path == own and _is_literal(value):
                yield path, f"a plain value of {name}"
            yield from _in_text(value, path, name)
        elif (function := intrinsic(value)) is not None:
            yield from _in_text(_composed(*function), path, name)
            pending += [(item, path, kept) for item, kept in _branches(name, *function)]
        elif isinstance(value, dict):
            if name in _VARIABLES:
                yield from _in_variables(value, path)
            pending += [(item, (*path, key), key) for key, item in value.items() if key != without]


def _branches(name: str, function: str, argument: Json) -> list[tuple[Json, str]]:
    """Return what a place comes out as, or is made of, with the name under which that counts as a whole value."""
    match function, argument:
        case "Fn::If", [_, *branches]:
            return [(branch, name) for branch in branches]
        case (("Fn::Base64" | "Fn::Join" | "Fn::Sub"), _):
            return [(argument, name if name == "UserData" else "")]
    return []


def _composed(function: str, argument: Json) -> str:
    """Return the text that a function makes, as far as it stands in the template."""
    match function, argument:
        case ("Fn::Sub", str(text)) | ("Fn::Sub", [str(text), _]):
            return re.sub(r"\$\{[^!}][^}]*\}", UNKNOWN, text)
        case "Fn::Join", [str(between), list(items)]:
            return between.join(item if isinstance(item, str) else UNKNOWN for item in items)
    return ""


def _in_text(text: str, path: Place, name: str) -> Iterator[tuple[Place, str]]:
    if _SECRET_PROPERTY.search(name) and _is_literal(text):
        yield path, f"a plain value of {name}"
    elif name in _DOCUMENTS and any(_is_secret(key, value) for key, value in _PAIR.findall(text)):
        yield path, f"a plain value in {name}"
    elif _IN_TEXT.search(text) or (name == "UserData" and _IN_SCRIPT.search(text)):
        yield path, "text with the form of a secret"


def _in_variables(variables: dict[str, Json], path: Place) -> Iterator[tuple[Place, str]]:
    names = [variables.get(key) for key in _NAMES if key in variables]
    values = [variables.get(key) for key in _VALUES if key in variables]
    pairs: Iterable[tuple[Json, Json]] = variables.items()
    if names and values:
        pairs = [] if _names_its_secret(variables.get("Type")) else [(names[0], values[0])]
    for name, value in pairs:
        if isinstance(name, str) and isinstance(value, str):
            declared = variables.get("IsValueSecret") in (True, "true") and _is_literal(value)
            if declared or _is_secret(name, value):
                yield path, f"{name}, with a plain value"
            elif holds_a_secret(value):
                yield path, f"{name}, a value with the form of a secret"


def _names_its_secret(kind: Json) -> bool:
    return kind in _NAMED or intrinsic(kind) is not None


def _is_literal(value: Json) -> bool:
    if not isinstance(value, str) or UNKNOWN in value:
        return False
    return "{{resolve:" not in value and _HARMLESS.fullmatch(value) is None
