"""What a template must show of AWS AppSync."""

from __future__ import annotations

from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._outcome import MET, NOT_APPLICABLE, Outcome, all_met
from hipaa_constructs.rules._rule import Severity, rule

API = "AWS::AppSync::GraphQLApi"
CACHE = "AWS::AppSync::ApiCache"
_GUIDE = "https://docs.aws.amazon.com/appsync/latest/devguide/"
_PROVEN = ("AMAZON_COGNITO_USER_POOLS", "AWS_IAM", "AWS_LAMBDA", "OPENID_CONNECT")


@rule(
    title="every GraphQL API logs the requests that it answers",
    fix="set LogConfig with FieldLogLevel ERROR, INFO or ALL, and CloudWatchLogsRoleArn",
    applies_to=(API,),
    controls=("164.312(b)",),
    requirement="HC-403",
    same_as=("prowler:appsync_field_level_logging_enabled", "checkov:CKV_AWS_193", "checkov:CKV_AWS_194"),
    url=_GUIDE + "monitoring.html",
)
def appsync_requests_logged(api: Resource) -> Outcome:
    """Judge the level and the role that writes."""
    log = api.at("LogConfig")
    if log.is_unknown:
        return log.undecided()
    return all_met(
        [
            log.at("FieldLogLevel").must_be("ALL", "DEBUG", "ERROR", "INFO"),
            log.at("CloudWatchLogsRoleArn").must_be_set(),
        ]
    )


@rule(
    title="no log of a GraphQL API holds headers, queries and answers",
    fix="set ExcludeVerboseContent to true",
    applies_to=(API,),
    controls=("164.312(a)(1)",),
    requirement="HC-404",
    url=_GUIDE + "monitoring.html",
)
def appsync_log_without_content(api: Resource) -> Outcome:
    """Judge the switch of APIs that log; where nothing is said the content of requests is in the log."""
    log = api.at("LogConfig")
    if log.is_absent or log.at("FieldLogLevel").text == "NONE":
        return NOT_APPLICABLE
    return log.at("ExcludeVerboseContent").must_be(True)


@rule(
    title="every GraphQL API asks who calls it",
    fix="set AuthenticationType to AWS_IAM, AMAZON_COGNITO_USER_POOLS, OPENID_CONNECT or AWS_LAMBDA",
    applies_to=(API,),
    controls=("164.312(a)(1)", "164.312(d)"),
    requirement="HC-405",
    same_as=("prowler:appsync_graphql_api_no_api_key_authentication",),
    url=_GUIDE + "security-authz.html",
)
def appsync_asks_who_calls(api: Resource) -> Outcome:
    """Judge all ways in: an API key says which client calls, and not who."""
    others = api.at("AdditionalAuthenticationProviders")
    hidden = [others.undecided()] if others.is_unknown else []
    return all_met([_proven(api.at()), *hidden, *(_proven(one) for one in others.items())])


def _proven(provider: Node) -> Outcome:
    return provider.undecided() if provider.is_unknown else provider.at("AuthenticationType").must_be(*_PROVEN)


@rule(
    title="every public GraphQL API has a web ACL",
    fix="add an AWS::WAFv2::WebACLAssociation with the ARN of the API in ResourceArn",
    applies_to=(API,),
    controls=("164.308(a)(5)(ii)(B)", "164.312(e)(1)"),
    requirement="HC-406",
    severity=Severity.WARNING,
    url=_GUIDE + "WAF-Integration.html",
)
def appsync_has_web_acl(api: Resource) -> Outcome:
    """Judge the associations of all stacks; private APIs are not on the internet."""
    visibility = api.at("Visibility")
    if visibility.text == "PRIVATE":
        return NOT_APPLICABLE
    sure, unsure = api.template.assembly.pointing_at(api, "AWS::WAFv2::WebACLAssociation", "ResourceArn")
    if sure:
        return MET
    if unsure or visibility.may_be("PRIVATE"):
        return visibility.undecided("an intrinsic function hides what a web ACL is associated with")
    return visibility.broken("no web ACL is associated with it")


@rule(
    title="every cache of a GraphQL API is encrypted",
    fix="set AtRestEncryptionEnabled and TransitEncryptionEnabled to true",
    applies_to=(CACHE,),
    controls=("164.312(a)(2)(iv)", "164.312(e)(2)(ii)"),
    requirement="HC-407",
    url=_GUIDE + "enabling-caching.html",
)
def appsync_cache_encrypted(cache: Resource) -> Outcome:
    """Judge both switches, which are off where nothing is said."""
    return all_met(cache.at(name).must_be(True) for name in ("AtRestEncryptionEnabled", "TransitEncryptionEnabled"))
