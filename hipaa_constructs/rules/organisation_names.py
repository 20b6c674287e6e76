"""What a template must show of identifiers of patients: that there are none in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from hipaa_constructs.rules._api_stages import API_V2, REST_API
from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._openapi import each_operation, url_names
from hipaa_constructs.rules._outcome import MET, NOT_APPLICABLE, Outcome, all_met, broken
from hipaa_constructs.rules._phi import names_staff, phi_like
from hipaa_constructs.rules._rule import Severity, rule
from hipaa_constructs.rules._template import Template, anchored
from hipaa_constructs.rules._texts import Place, folded, has_sign, suspects, texts

_SIGNS = {
    b"-00-0000": re.compile(rb"000-00-0000(?<!0000-00-0000)"),
    b"000-0000": re.compile(rb"000\)?[-. ]000-0000"),
    b"000.0000": re.compile(rb"000\)?[-. ]000\.0000"),
    b"000 0000": re.compile(rb"000\)?[-. ]000 0000"),
    b"mrn": re.compile(rb"mrn[-_ :#=]*0000"),
    b"medical": re.compile(rb"medical[-_ ]?record[-_ :#=]*0000"),
    b"dob": re.compile(rb"dob[-_ :=]*00"),
    b"birth": re.compile(rb"birth[-_ ]?date[-_ :=]*00"),
    b"born": re.compile(rb"born[-_ :=]*00"),
    b"@": re.compile(rb"@[a-z0-9-]+\.[a-z]{2}"),
}
"""What no identifier of those looked for is without, in texts with every digit as 0. Each pattern begins with plain
text, which makes it fast, and most resources match none, so that hardly a text is read twice."""

_PASSED_OVER = frozenset(
    (
        "Body",
        "BuildSpec",
        "Content",
        "DefinitionString",
        "FunctionCode",
        "InlineCode",
        "TemplateBody",
        "UserData",
        "ZipFile",
        "aws:cdk:path",
        "hipaa_constructs",
    )
)
"""Programs and documents, whose texts are no names; and what this package itself wrote."""

_JUDGED_ELSEWHERE = {
    "AWS::Lambda::Function": frozenset(("Environment",)),
    "AWS::S3::Bucket": frozenset(("BucketName", "LifecycleConfiguration", "ReplicationConfiguration", "Tags")),
}
_EMAIL = "an e-mail address"
_NAMING = re.compile(r"(Description|Comment|Name|Prefix|Path|Alias)$")
_PEOPLE = re.compile(r"(User|Owner|From|Sender|Account)Name$")
_SECTIONS = ("Description", "Metadata", "Outputs", "Parameters", "Mappings")


def _suspects(template: Template) -> set[Resource]:
    return {*anchored(template), *suspects(template, _SIGNS)}


@rule(
    title="no name, tag, description, output or parameter looks like an identifier of a patient",
    fix="use opaque ids: what stands in a template is not encrypted and reaches logs, bills and URLs",
    applies_to=("*",),
    controls=("164.312(a)(1)",),
    requirement="HC-329",
    url="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/security-best-practices.html",
    only=_suspects,
)
def template_without_phi(resource: Resource) -> Outcome:
    """Judge all texts of a resource, and at the first one those of the other sections, for patterns of identifiers.

    E-mail addresses count in tags, names and descriptions only, and not those of the staff. All places in other
    sections are told.
    """
    # The text itself stays out of the findings: a report must not spread it.
    is_first = resource is resource.template.anchor
    likenesses = _likenesses(_sections(resource.template)) if is_first else ()
    told = [f"{'.'.join(map(str, place))} has text that looks like {kind}" for place, kind in likenesses]
    if not resource.type.startswith("AWS::Route53::"):
        without = _PASSED_OVER | _JUDGED_ELSEWHERE.get(resource.type, frozenset())
        likeness = next(_likenesses(texts(resource.body, without=without)), None)
        if likeness is not None:
            place, kind = likeness
            return broken(*place, found="; ".join([f"text that looks like {kind}", *told]))
    if told:
        return broken(found="; ".join(told))
    return MET if is_first else NOT_APPLICABLE


def _sections(template: Template) -> Iterator[tuple[Place, str]]:
    for name in _SECTIONS:
        raw = template.body.get(name)
        if raw is not None and has_sign(folded(raw), _SIGNS):
            yield from texts(raw, (name,), without=_PASSED_OVER)


def _likenesses(found: Iterable[tuple[Place, str]]) -> Iterator[tuple[Place, str]]:
    for place, text in found:
        kind = phi_like(text)
        if kind is not None and (kind != _EMAIL or _is_of_patient(place, text)):
            yield place, kind


def _is_of_patient(place: Place, text: str) -> bool:
    keys = [key for key in place if isinstance(key, str)]
    if _PEOPLE.search(keys[-1]) or names_staff(text) or any(names_staff(key) for key in keys):
        return False
    return _NAMING.search(keys[-1]) is not None


_IDENTIFYING = re.compile(
    r"(?<![a-z])(ssn|social[_-]?security([_-]?(no|number))?|mrn|medical[_-]?record([_-]?(no|number))?|dob"
    r"|(date[_-]?of[_-]?)?birth[_-]?(date|day)?|e-?mail([_-]?address)?|(tele)?phone([_-]?(no|number))?"
    r"|(patient|first|last|full|given|family|sur)[_-]?name)(?![a-z])",
    re.IGNORECASE,
)
_URL_TYPES = (
    "AWS::ApiGateway::Method",
    "AWS::ApiGateway::Resource",
    REST_API,
    API_V2,
    "AWS::ApiGatewayV2::Route",
    "AWS::CloudFront::CachePolicy",
    "AWS::CloudFront::OriginRequestPolicy",
    "AWS::ElasticLoadBalancingV2::ListenerRule",
)


@rule(
    title="no path or query string of an API carries an identifier of a patient",
    fix="pass identifiers in the body: access logs, caches and histories of browsers keep URLs",
    applies_to=_URL_TYPES,
    controls=("164.312(a)(1)",),
    requirement="HC-329",
    severity=Severity.WARNING,
    url="https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html",
)
def url_without_identifiers(resource: Resource) -> Outcome:
    """Judge the names of path variables and query strings, such as ``/patients/{ssn}``, also in a definition."""
    if resource.type in (REST_API, API_V2):
        readable = each_operation(resource, lambda _, __: MET)
        return all_met([readable, *(_opaque(place, name) for place, name in url_names(resource))])
    return all_met([MET, *(_opaque(place, text) for place, text in _url_parts(resource))])


def _url_parts(resource: Resource) -> Iterator[tuple[Node, str]]:
    # Methods that stand for events of SAM have a path of their own.
    for key in ("Path", "PathPart", "RouteKey"):
        place = resource.at(key)
        yield from ((place, part) for part in re.findall(r"\{([^{}]*)\}", place.outline()))
    parameters = resource.at("RequestParameters")
    for name, place in parameters.entries():
        if re.match(r"(method\.)?request\.(querystring|path)\.", name, re.IGNORECASE):
            yield place, name
    for policy in ("CachePolicyConfig", "OriginRequestPolicyConfig"):
        config = resource.at(policy)
        strings = [
            *config.each("QueryStringsConfig", "QueryStrings", "*"),
            *config.each("ParametersInCacheKeyAndForwardedToOrigin", "QueryStringsConfig", "QueryStrings", "*"),
        ]
        yield from ((place, place.outline()) for place in strings)
    for place in resource.each("Conditions", "*", "QueryStringConfig", "Values", "*", "Key"):
        yield place, place.outline()


def _opaque(place: Node, name: str) -> Outcome:
    found = _IDENTIFYING.search(name)
    return place.broken(f"it carries {found[0]}") if found else MET


_CLAIMS = re.compile(
    r"\$context\.authorizer\.(?:claims\.|jwt\.claims\.)?"
    r"(email|phone_number|birthdate|name|given_name|family_name|middle_name|nickname|address|picture)(?![\w.-])"
)


@rule(
    title="no access log of an API names patients",
    fix="log $context.authorizer.claims.sub in place of names, addresses and numbers",
    applies_to=("AWS::ApiGateway::Stage", "AWS::ApiGatewayV2::Stage"),
    controls=("164.312(a)(1)",),
    requirement="HC-329",
    severity=Severity.WARNING,
    url="https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html",
)
def access_log_format_without_identifiers(stage: Resource) -> Outcome:
    """Judge the claims of tokens that the format of the access log writes down."""
    places = [stage.at("AccessLogSetting", "Format"), stage.at("AccessLogSettings", "Format")]
    outcomes = [NOT_APPLICABLE]
    for place in places:
        if not place.is_absent:
            found = _CLAIMS.search(place.outline())
            outcomes.append(place.broken(f"it logs {found[0]}") if found else MET)
    return all_met(outcomes)
