"""What is judged of log groups and their resource policies."""

from __future__ import annotations

import json

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import (
    BROKEN,
    GONE,
    MALFORMED,
    MET,
    NEVER_TRUE,
    NOT_APPLICABLE,
    PARAMETER,
    UNDECIDED,
    Body,
    outcome,
    partly,
    resource,
    template,
    verdict,
    verdicts,
)

GROUP = "AWS::Logs::LogGroup"
SIX_YEARS, AUDIT = "LogGroupKeptSixYears", "AuditLogGroupKeptSixYears"
NAMED = "LogsPolicyNamesPrincipals"
ARN: Json = {"Fn::GetAtt": ["It", "Arn"]}
SOURCES: dict[str, tuple[str, Json]] = {
    "api-stage": ("AWS::ApiGateway::Stage", {"AccessLogSetting": {"DestinationArn": ARN}}),
    "http-api-stage": (
        "AWS::ApiGatewayV2::Stage",
        {"AccessLogSettings": {"DestinationArn": ARN}},
    ),
    "trail": ("AWS::CloudTrail::Trail", {"CloudWatchLogsLogGroupArn": ARN}),
    "flow-log": ("AWS::EC2::FlowLog", {"LogDestination": ARN}),
    "flow-log-by-name": ("AWS::EC2::FlowLog", {"LogGroupName": {"Ref": "It"}}),
    "zone": (
        "AWS::Route53::HostedZone",
        {"QueryLoggingConfig": {"CloudWatchLogsLogGroupArn": ARN}},
    ),
    "resolver": ("AWS::Route53Resolver::ResolverQueryLoggingConfig", {"DestinationArn": ARN}),
    "firewall": ("AWS::WAFv2::LoggingConfiguration", {"LogDestinationConfigs": ["x", ARN]}),
}


CLASSES: list[tuple[Json, str, str]] = [
    ("DELIVERY", BROKEN, NOT_APPLICABLE),
    ("STANDARD", MET, BROKEN),
    ("INFREQUENT_ACCESS", MET, BROKEN),
    (GONE, MET, BROKEN),
    (PARAMETER, UNDECIDED, BROKEN),
    (partly("DELIVERY"), UNDECIDED, BROKEN),
    (partly("STANDARD"), MET, BROKEN),
]


def group(properties: Json = None, **attributes: Json) -> Body:
    return template({"It": resource(GROUP, properties, **attributes)})


@pytest.mark.parametrize(("kind", "kept", "chosen"), CLASSES, ids=str)
def test_a_log_group_that_passes_events_on_keeps_none(kind: Json, kept: str, chosen: str) -> None:
    body = group({"LogGroupClass": kind})
    assert (verdict(SIX_YEARS, body), verdict("LogGroupRetentionSet", body)) == (kept, chosen)


def test_the_class_of_a_log_group_is_what_ends_its_events() -> None:
    found = outcome(SIX_YEARS, group({"LogGroupClass": "DELIVERY", "RetentionInDays": 2192}))
    assert (found.property, found.found) == ("LogGroupClass", "DELIVERY, which keeps events for one day")


def test_audit_logs_are_not_only_passed_on() -> None:
    resources: dict[str, Json] = {"It": resource(GROUP, {"LogGroupClass": "DELIVERY"})}
    resources["Trail"] = resource("AWS::CloudTrail::Trail", {"CloudWatchLogsLogGroupArn": ARN})
    assert verdict(AUDIT, template(resources)) == BROKEN


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("arn:aws:kms:us-east-1:1:key/k", MET),
        ({"Fn::GetAtt": ["Key", "Arn"]}, MET),
        ({"Fn::ImportValue": "KeyOfAnotherApp"}, MET),
        ({"Fn::Sub": "arn:aws:kms:${AWS::Region}:1:key/k"}, MET),
        ("", BROKEN),
        (None, BROKEN),
        ([], BROKEN),
        ({}, BROKEN),
        (False, BROKEN),
        (GONE, BROKEN),
        (PARAMETER, UNDECIDED),
        ({"Fn::Sub": "${AnyParameter}"}, UNDECIDED),
        ("{{resolve:ssm:/key}}", UNDECIDED),
    ],
    ids=str,
)
def test_a_log_group_names_a_key(value: Json, wanted: str) -> None:
    assert verdict("LogGroupEncrypted", group({"KmsKeyId": value})) == wanted


@pytest.mark.parametrize("properties", [None, {}, [], "x", 3], ids=str)
@pytest.mark.parametrize(
    ("rule", "wanted"),
    [
        ("LogGroupEncrypted", BROKEN),
        ("LogGroupRetentionSet", BROKEN),
        ("LogGroupProtectedFromDeletion", BROKEN),
        ("LogGroupKept", BROKEN),
        (AUDIT, NOT_APPLICABLE),
    ],
)
def test_a_bare_log_group(rule: str, wanted: str, properties: Json) -> None:
    assert verdict(rule, group(properties)) == wanted


@pytest.mark.parametrize(
    ("value", "is_set", "is_long"),
    [
        (2192, MET, MET),
        ("2192", MET, MET),
        (3653, MET, MET),
        (2191, MET, BROKEN),
        ("30", MET, BROKEN),
        (1, MET, BROKEN),
        (0, BROKEN, BROKEN),
        ("long", MET, BROKEN),
        ([], BROKEN, BROKEN),
        ({}, BROKEN, BROKEN),
        (None, BROKEN, BROKEN),
        (False, BROKEN, BROKEN),
        (GONE, BROKEN, MET),
        (PARAMETER, UNDECIDED, UNDECIDED),
    ],
    ids=str,
)
def test_a_log_group_keeps_events_six_years(value: Json, is_set: str, is_long: str) -> None:
    body = group({"RetentionInDays": value})
    assert (verdict("LogGroupRetentionSet", body), verdict(SIX_YEARS, body)) == (is_set, is_long)


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize(
    ("days", "wanted"), [(2192, MET), (2191, BROKEN), (GONE, MET), (PARAMETER, UNDECIDED)], ids=str
)
def test_a_log_group_with_audit_logs_keeps_them_six_years(source: str, days: Json, wanted: str) -> None:
    kind, properties = SOURCES[source]
    group_body = resource(GROUP, {"RetentionInDays": days})
    body = template({"It": group_body, "Source": resource(kind, properties)})
    assert verdict(AUDIT, body) == wanted


@pytest.mark.parametrize("source", SOURCES)
def test_a_source_of_audit_logs_is_of_one_log_group_only(source: str) -> None:
    kind, properties = SOURCES[source]
    short = resource(GROUP, {"RetentionInDays": 1})
    body = template({"It": short, "Other": short, "Source": resource(kind, properties)})
    assert verdict(AUDIT, body, of="Other") == NOT_APPLICABLE


def test_each_of_several_log_groups_is_judged_for_itself() -> None:
    short = resource(GROUP, {"RetentionInDays": 1})
    trail = resource("AWS::CloudTrail::Trail", {"CloudWatchLogsLogGroupArn": ARN})
    found = verdicts(AUDIT, template({"Other": short, "It": short, "Trail": trail}))
    assert (found["Other"], found["It"]) == (NOT_APPLICABLE, BROKEN)


@pytest.mark.parametrize(
    ("attributes", "wanted"),
    [
        ({"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}, MET),
        ({"DeletionPolicy": "RetainExceptOnCreate", "UpdateReplacePolicy": "Retain"}, MET),
        ({"DeletionPolicy": "Retain"}, BROKEN),
        ({"UpdateReplacePolicy": "Retain"}, BROKEN),
        ({"DeletionPolicy": "Delete", "UpdateReplacePolicy": "Retain"}, BROKEN),
        ({"DeletionPolicy": "Retain", "UpdateReplacePolicy": PARAMETER}, UNDECIDED),
        ({"DeletionPolicy": ["Retain"], "UpdateReplacePolicy": "Retain"}, BROKEN),
    ],
    ids=str,
)
def test_a_log_group_survives_its_stack(attributes: dict[str, Json], wanted: str) -> None:
    assert verdict("LogGroupKept", group({}, **attributes)) == wanted


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (True, MET),
        ("true", MET),
        (False, BROKEN),
        ("false", BROKEN),
        (GONE, BROKEN),
        (PARAMETER, UNDECIDED),
        *((value, BROKEN) for value in NEVER_TRUE),
        *((value, UNDECIDED) for value in MALFORMED),
    ],
    ids=str,
)
def test_a_log_group_is_protected_from_deletion(value: Json, wanted: str) -> None:
    body = group({"DeletionProtectionEnabled": value})
    assert verdict("LogGroupProtectedFromDeletion", body) == wanted


# Resource policies


def text(**changes: Json) -> str:
    statement: dict[str, Json] = {"Effect": "Allow", "Principal": "*", "Action": "logs:*"}
    return json.dumps({"Statement": [{**statement, **changes}]})


def judged(document: Json) -> str:
    return verdict(NAMED, template({"It": resource("AWS::Logs::ResourcePolicy", {"PolicyDocument": document})}))


@pytest.mark.parametrize(
    ("document", "wanted"),
    [
        (text(), BROKEN),
        (text(Principal={"AWS": "*"}), BROKEN),
        (text(Principal={"AWS": ["1", "*"]}), BROKEN),
        (text(Principal=None, NotPrincipal={"AWS": "1"}), BROKEN),
        (text(Condition={"StringLike": {"aws:SourceAccount": "*"}}), BROKEN),
        (text(Principal={"AWS": PARAMETER}), UNDECIDED),
        (text(Effect="Deny"), MET),
        (text(Principal={"AWS": "111122223333"}), MET),
        (text(Principal={"Service": "es.amazonaws.com"}), MET),
        (text(Condition={"StringEquals": {"aws:SourceAccount": "1"}}), MET),
        (json.dumps({"Statement": []}), BROKEN),
        (json.dumps({"Statement": [{}]}), BROKEN),
        (json.dumps({}), BROKEN),
        (json.dumps([]), BROKEN),
        ("", BROKEN),
        ("nonsense", BROKEN),
        ("[" * 5000, BROKEN),
        ("1" * 5000, BROKEN),
        ({"Statement": []}, BROKEN),
        ([], BROKEN),
        (3, BROKEN),
        (None, BROKEN),
        (GONE, BROKEN),
        (PARAMETER, UNDECIDED),
    ],
    ids=lambda value: str(value)[:60],
)
def test_a_resource_policy_names_principals(document: Json, wanted: str) -> None:
    assert judged(document) == wanted


def test_a_resource_policy_that_does_not_exist_names_nobody() -> None:
    assert verdict(NAMED, template({"It": {"Type": "AWS::Logs::ResourcePolicy"}})) == BROKEN


def joined(**changes: Json) -> Json:
    """Return a document with an account that only the deployment knows."""
    pieces: list[Json] = []
    for piece in text(**changes).split("?"):
        pieces += [piece, {"Ref": "AWS::AccountId"}]
    return {"Fn::Join": ["", pieces[:-1]]}


@pytest.mark.parametrize(
    ("document", "wanted"),
    [
        (joined(Principal={"Service": "route53.amazonaws.com"}, Resource="arn:aws:logs:us-east-1:?:*"), MET),
        (joined(Condition={"StringEquals": {"aws:SourceAccount": "?"}}), MET),
        (joined(Principal={"AWS": "arn:aws:iam::?:root"}), MET),
        (joined(Resource="arn:aws:logs:us-east-1:?:*"), BROKEN),
        (joined(Principal={"AWS": "?"}), UNDECIDED),
        (joined(Principal={"AWS": ["1", "??"]}), UNDECIDED),
        (joined(Effect="?", Principal={"AWS": "1"}), UNDECIDED),
        ({"Fn::Join": ["", ['{"Statement": [', {"Ref": "AWS::AccountId"}, "]}"]]}, UNDECIDED),
        ({"Fn::Join": ["", ["nonsense", {"Ref": "AWS::AccountId"}]]}, UNDECIDED),
    ],
    ids=lambda value: str(value)[:90],
)
def test_a_resource_policy_is_read_although_pieces_of_it_are_unknown(document: Json, wanted: str) -> None:
    assert judged(document) == wanted
