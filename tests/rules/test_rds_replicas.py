"""What is judged of read replicas by the groups of parameters and options of their source."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import BROKEN, MET, PARAMETER, UNDECIDED, Body, outcome, resource, template, verdict

INSTANCE, CLUSTER = "AWS::RDS::DBInstance", "AWS::RDS::DBCluster"
AFAR: Json = "arn:aws:rds:us-west-2:123456789012:db:records"
OPTIONS: Json = [{"OptionName": "MARIADB_AUDIT_PLUGIN"}]


def replicated(source: Body, its: Body, **others: Json) -> Body:
    """Make a source with groups that say what is wanted, and a replica of it."""
    parameters: Json = {"Family": "mysql8.0", "Parameters": {"require_secure_transport": "1"}}
    grouped: Body = {"DBParameterGroupName": {"Ref": "Parameters"}, "OptionGroupName": {"Ref": "Options"}}
    return template(
        {
            "Parameters": resource("AWS::RDS::DBParameterGroup", parameters),
            "Options": resource("AWS::RDS::OptionGroup", {"OptionConfigurations": OPTIONS}),
            "Source": resource(INSTANCE, {"Engine": "mysql", "EngineVersion": "8.0", **grouped, **source}),
            "It": resource(INSTANCE, {"Engine": "mysql", "EngineVersion": "8.0", **its}),
            **others,
        }
    )


@pytest.mark.parametrize("rule", ["RdsMysqlTlsOnly", "RdsAudited"])
@pytest.mark.parametrize(
    ("its", "wanted"),
    [
        ({"SourceDBInstanceIdentifier": {"Ref": "Source"}}, MET),
        ({"SourceDBInstanceIdentifier": {"Fn::GetAtt": ["Source", "DBInstanceArn"]}}, MET),
        ({"SourceDBInstanceIdentifier": {"Ref": "Source"}, "UseLatestRestorableTime": False}, MET),
        ({"SourceDBInstanceIdentifier": {"Ref": "Source"}, "UseLatestRestorableTime": True}, BROKEN),
        ({"SourceDBInstanceIdentifier": {"Ref": "Source"}, "RestoreTime": "2026-09-07T23:45:00Z"}, BROKEN),
        ({"SourceDBInstanceIdentifier": {"Ref": "Source"}, "SourceRegion": "us-west-2"}, BROKEN),
        ({"SourceDBInstanceIdentifier": "records"}, UNDECIDED),
        ({"SourceDBInstanceIdentifier": PARAMETER}, UNDECIDED),
        ({"SourceDBInstanceIdentifier": {"Ref": "It"}}, UNDECIDED),
        ({"SourceDBInstanceIdentifier": {"Fn::Sub": "arn:aws:rds:${AWS::Region}:1:db:records"}}, UNDECIDED),
        ({"SourceDBInstanceIdentifier": AFAR}, BROKEN),
        ({"SourceDBInstanceIdentifier": {"Fn::Sub": "arn:${AWS::Partition}:rds:us-west-2:1:db:${Source}"}}, BROKEN),
        ({"SourceDBClusterIdentifier": "records"}, BROKEN),
        ({}, BROKEN),
    ],
    ids=str,
)
def test_a_replica_beside_its_source_has_the_groups_of_that(rule: str, its: Body, wanted: str) -> None:
    assert verdict(rule, replicated({}, its)) == wanted


@pytest.mark.parametrize(
    ("rule", "name"), [("RdsMysqlTlsOnly", "DBParameterGroupName"), ("RdsAudited", "OptionGroupName")]
)
@pytest.mark.parametrize(
    ("source", "its", "wanted"),
    [
        ("default", "none", BROKEN),
        ("made-by-hand", "none", UNDECIDED),
        ("none", "none", BROKEN),
        ("right", "default", BROKEN),
    ],
)
def test_the_groups_of_the_source_are_judged_as_its_own(
    rule: str, name: str, source: str, its: str, wanted: str
) -> None:
    default = "default.mysql8.0" if name == "DBParameterGroupName" else "default:mysql-8-0"
    words: dict[str, Body] = {
        "default": {name: default},
        "made-by-hand": {name: "made-by-hand"},
        "none": {name: {"Ref": "AWS::NoValue"}},
        "right": {},
    }
    body = replicated(words[source], {"SourceDBInstanceIdentifier": {"Ref": "Source"}, **words[its]})
    assert verdict(rule, body) == wanted


@pytest.mark.parametrize("rule", ["RdsMysqlTlsOnly", "RdsAudited"])
def test_a_replica_of_a_replica_has_the_groups_of_the_first(rule: str) -> None:
    middle = resource(INSTANCE, {"Engine": "mysql", "SourceDBInstanceIdentifier": {"Ref": "Source"}})
    body = replicated({}, {"SourceDBInstanceIdentifier": {"Ref": "Middle"}}, Middle=middle)
    assert verdict(rule, body) == MET


@pytest.mark.parametrize("rule", ["RdsMysqlTlsOnly", "RdsAudited"])
def test_replicas_of_each_other_leave_their_groups_open(rule: str) -> None:
    one = resource(INSTANCE, {"Engine": "mysql", "SourceDBInstanceIdentifier": {"Ref": "Other"}})
    other = resource(INSTANCE, {"Engine": "mysql", "SourceDBInstanceIdentifier": {"Ref": "One"}})
    body = replicated({}, {"SourceDBInstanceIdentifier": {"Ref": "One"}}, One=one, Other=other)
    found = outcome(rule, body)
    assert (found.verdict.value, found.property) == (UNDECIDED, "SourceDBInstanceIdentifier")
    assert found.found == "the group is that of the source, which is not in these templates"


@pytest.mark.parametrize(("version", "wanted"), [("14.9", BROKEN), ("15.4", MET)])
def test_a_replica_of_a_replica_has_the_version_of_the_first(version: str, wanted: str) -> None:
    body = template(
        {
            "It": resource(INSTANCE, {"SourceDBInstanceIdentifier": {"Ref": "Middle"}}),
            "Middle": resource(INSTANCE, {"SourceDBInstanceIdentifier": {"Ref": "First"}}),
            "First": resource(INSTANCE, {"Engine": "postgres", "EngineVersion": version}),
        }
    )
    assert verdict("RdsPostgresTlsOnly", body) == wanted


@pytest.mark.parametrize(("family", "wanted"), [("postgres14", BROKEN), ("postgres15", MET)])
def test_the_family_of_the_sources_parameters_tells_the_version(family: str, wanted: str) -> None:
    source: Json = {"Engine": "postgres", "DBParameterGroupName": {"Ref": "Group"}}
    body = template(
        {
            "It": resource(INSTANCE, {"SourceDBInstanceIdentifier": {"Ref": "Source"}}),
            "Source": resource(INSTANCE, source),
            "Group": resource("AWS::RDS::DBParameterGroup", {"Family": family}),
        }
    )
    assert verdict("RdsPostgresTlsOnly", body) == wanted


def test_a_replica_of_a_cluster_has_the_engine_of_that() -> None:
    body = template(
        {
            "It": resource(INSTANCE, {"SourceDBClusterIdentifier": {"Ref": "Source"}}),
            "Source": resource(CLUSTER, {"Engine": "neptune"}),
        }
    )
    assert verdict("RdsEngineEligible", body) == BROKEN


@pytest.mark.parametrize("rule", ["RdsAuroraTlsOnly", "RdsAudited"])
def test_a_cluster_that_replicates_another_has_groups_of_its_own(rule: str) -> None:
    source: Json = {"Engine": "aurora-postgresql", "DBClusterParameterGroupName": "made-by-hand"}
    its: Json = {
        "Engine": "aurora-postgresql",
        "EngineVersion": "16.8",
        "ReplicationSourceIdentifier": {"Ref": "Source"},
    }
    assert verdict(rule, template({"It": resource(CLUSTER, its), "Source": resource(CLUSTER, source)})) == BROKEN
