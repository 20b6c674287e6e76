"""What is judged of zones and records."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import (
    BROKEN,
    GONE,
    MALFORMED,
    MET,
    NEVER_TEXT,
    NEVER_TRUE,
    NOT_APPLICABLE,
    PARAMETER,
    UNDECIDED,
    Body,
    resource,
    template,
    verdict,
)

ZONE = "AWS::Route53::HostedZone"
RECORD = "AWS::Route53::RecordSet"
GROUP = "AWS::Route53::RecordSetGroup"
SSN = "123-45-6789"
NETWORKS: Json = [{"VPCId": "vpc-1", "VPCRegion": "us-east-1"}]


def zone(properties: Json, **others: Json) -> Body:
    return template({"It": resource(ZONE, properties), **others})


def verdicts(rule: str, record: Body) -> set[str]:
    """Judge a record by itself, and as the second one of a group."""
    alone = template({"It": resource(RECORD, record)})
    together = template({"It": resource(GROUP, {"RecordSets": [{"Name": "a", "Type": "A"}, record]})})
    return {verdict(rule, alone), verdict(rule, together)}


@pytest.mark.parametrize(
    ("properties", "wanted"),
    [
        ({"Name": "example.org"}, MET),
        ({"Name": f"{SSN}.example.org"}, BROKEN),
        ({"HostedZoneConfig": {"Comment": f"of {SSN}"}}, BROKEN),
        ({"HostedZoneTags": [{"Key": "for", "Value": "someone@example.org"}]}, BROKEN),
        ({"HostedZoneTags": [{"Key": "owner", "Value": "someone@example.org"}]}, MET),
        ({"Name": PARAMETER}, MET),
        ({}, MET),
    ],
)
def test_identifiers_in_a_zone_break(properties: Body, wanted: str) -> None:
    assert verdict("Route53NamesWithoutPhi", zone(properties)) == wanted


@pytest.mark.parametrize(
    ("record", "wanted"),
    [
        ({"Name": "www.example.org"}, MET),
        ({"Name": f"{SSN}.example.org"}, BROKEN),
        ({"ResourceRecords": ["ok", f'"{SSN}"']}, BROKEN),
        ({"ResourceRecords": ['"v=DMARC1; rua=mailto:postmaster@example.org"']}, MET),
    ],
)
def test_identifiers_in_a_record_break(record: Body, wanted: str) -> None:
    assert verdicts("Route53NamesWithoutPhi", record) == {wanted}


def test_each_record_of_a_group_counts() -> None:
    records: Json = [{"Name": f"{SSN}.example.org"}, {"Name": "www.example.org"}]
    assert verdict("Route53NamesWithoutPhi", template({"It": resource(GROUP, {"RecordSets": records})})) == BROKEN


@pytest.mark.parametrize("kind", [RECORD, GROUP])
def test_identifiers_in_a_comment_break(kind: str) -> None:
    assert verdict("Route53NamesWithoutPhi", template({"It": resource(kind, {"Comment": SSN})})) == BROKEN


@pytest.mark.parametrize(
    ("group", "networks", "wanted"),
    [
        ("arn", GONE, MET),
        (GONE, GONE, BROKEN),
        (GONE, [], BROKEN),
        (GONE, NETWORKS, NOT_APPLICABLE),
        ("arn", NETWORKS, NOT_APPLICABLE),
        (GONE, PARAMETER, UNDECIDED),
        ("arn", PARAMETER, MET),
        (PARAMETER, GONE, UNDECIDED),
        (3, GONE, MET),
        ({}, GONE, BROKEN),
    ],
)
def test_the_log_of_a_public_zone_decides(group: Json, networks: Json, wanted: str) -> None:
    body = zone({"QueryLoggingConfig": {"CloudWatchLogsLogGroupArn": group}, "VPCs": networks})
    assert verdict("Route53QueriesLogged", body) == wanted


@pytest.mark.parametrize(
    ("of", "networks", "wanted"),
    [
        ({"Ref": "It"}, GONE, MET),
        ({"Ref": "Other"}, GONE, BROKEN),
        (PARAMETER, GONE, UNDECIDED),
        ("Z0123456789", GONE, BROKEN),
        ({"Ref": "It"}, NETWORKS, NOT_APPLICABLE),
        ({"Ref": "It"}, PARAMETER, UNDECIDED),
    ],
)
def test_the_signing_of_a_public_zone_decides(of: Json, networks: Json, wanted: str) -> None:
    others = {"Signing": resource("AWS::Route53::DNSSEC", {"HostedZoneId": of}), "Other": resource(ZONE)}
    assert verdict("Route53ZoneSigned", zone({"Name": "example.org", "VPCs": networks}, **others)) == wanted


@pytest.mark.parametrize(
    "choosing", ["Failover", "GeoLocation", "GeoProximityLocation", "MultiValueAnswer", "Region", "Weight"]
)
@pytest.mark.parametrize(
    ("checked", "wanted"),
    [
        ({"HealthCheckId": {"Ref": "Check"}}, MET),
        ({"HealthCheckId": "abc"}, MET),
        ({"AliasTarget": {"EvaluateTargetHealth": True}}, MET),
        ({"AliasTarget": {"EvaluateTargetHealth": False}}, BROKEN),
        ({"AliasTarget": {"EvaluateTargetHealth": PARAMETER}}, UNDECIDED),
        ({"HealthCheckId": ""}, BROKEN),
        ({"HealthCheckId": PARAMETER}, UNDECIDED),
        ({}, BROKEN),
    ],
)
def test_records_to_choose_among_are_checked(choosing: str, checked: Body, wanted: str) -> None:
    resources = {
        "It": resource(RECORD, {choosing: "PRIMARY", **checked}),
        "Check": resource("AWS::Route53::HealthCheck"),
    }
    assert verdict("Route53RecordsCheckHealth", template(resources)) == wanted


def test_a_record_without_others_and_the_last_resort_need_no_check() -> None:
    assert verdicts("Route53RecordsCheckHealth", {"Name": "a"}) == {NOT_APPLICABLE}
    assert verdicts("Route53RecordsCheckHealth", {"Failover": "SECONDARY"}) == {NOT_APPLICABLE}
    assert verdicts("Route53RecordsCheckHealth", {"Failover": "PRIMARY"}) == {BROKEN}


@pytest.mark.parametrize("value", [*MALFORMED, *NEVER_TEXT, *NEVER_TRUE], ids=str)
def test_no_value_makes_a_rule_fail(value: Json) -> None:
    for rule in ("Route53NamesWithoutPhi", "Route53QueriesLogged", "Route53ZoneSigned"):
        verdict(rule, zone({"Name": value, "VPCs": value, "QueryLoggingConfig": value, "HostedZoneTags": value}))
    record: Body = {"Failover": value, "AliasTarget": value, "ResourceRecords": value}
    assert verdicts("Route53RecordsCheckHealth", record) <= {BROKEN, UNDECIDED}
