"""What is judged of backup selections: what they take."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from hipaa_constructs.rules import RULES, Assembly, Template
from hipaa_constructs.rules._value import Json
from tests.rules._judging import (
    BROKEN,
    GONE,
    MET,
    NOT_APPLICABLE,
    PARAMETER,
    TODAY,
    UNDECIDED,
    Body,
    resource,
    template,
    verdict,
)

SELECTION = "AWS::Backup::BackupSelection"
TABLE = "AWS::DynamoDB::Table"
GLOBAL = "AWS::DynamoDB::GlobalTable"
VOLUME = "AWS::EC2::Volume"
FILES = "AWS::EFS::FileSystem"
RULE = {
    FILES: "EfsFileSystemInBackupPlan",
    GLOBAL: "DynamodbTableInBackupPlan",
    TABLE: "DynamodbTableInBackupPlan",
    VOLUME: "EbsVolumeInBackupPlan",
}
ITS_ARN: Json = {"Fn::GetAtt": ["It", "Arn"]}
PHI: Json = [{"Key": "phi", "Value": "yes"}]
BY_PHI: Json = [{"ConditionType": "STRINGEQUALS", "ConditionKey": "phi", "ConditionValue": "yes"}]


def selecting(selection: Json, of: Json = None, kind: str = TABLE, **more: Json) -> Body:
    selected = resource(SELECTION, {"BackupPlanId": "x", "BackupSelection": selection})
    return template({"It": resource(kind, of), "Selection": selected, **more})


def arn(*pieces: Json) -> Json:
    account: list[Json] = [":", {"Ref": "AWS::Region"}, ":", {"Ref": "AWS::AccountId"}, ":"]
    return {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":", pieces[0], *account, *pieces[1:]]]}


BY_ARN: list[tuple[str, Json, Json, str]] = [
    (TABLE, {}, ITS_ARN, MET),
    (TABLE, {}, {"Fn::Sub": "${It.Arn}"}, MET),
    (TABLE, {}, arn("dynamodb", "table/", {"Ref": "It"}), MET),
    (TABLE, {}, arn("dynamodb", "table/", {"Ref": "It"}, "-copy"), BROKEN),
    (TABLE, {}, {"Fn::GetAtt": ["Other", "Arn"]}, BROKEN),
    (TABLE, {}, "*", MET),
    (TABLE, {}, "arn:*", MET),
    (TABLE, {}, "arn:aws:dynamodb:*:*:table/*", MET),
    (TABLE, {}, "arn:*:dynamodb:*:*:*", MET),
    (TABLE, {}, arn("dynamodb", "table/*"), MET),
    (TABLE, {}, "arn:aws:dynamodb:*:*:table/visits-*", UNDECIDED),
    (TABLE, {}, "arn:aws:dynamodb:*:*:backup/*", BROKEN),
    (TABLE, {}, "arn:aws:rds:*:*:*", BROKEN),
    (TABLE, {}, "arn:aws:dynamodb:us-east-1:123456789012:table/visits", BROKEN),
    (TABLE, {"TableName": "visits"}, "arn:aws:dynamodb:us-east-1:123456789012:table/visits", MET),
    (TABLE, {"TableName": "visits"}, "arn:aws:dynamodb:us-east-1:123456789012:table/vis*", MET),
    (TABLE, {"TableName": "visits"}, "arn:aws:dynamodb:us-east-1:123456789012:table/claims", BROKEN),
    (TABLE, {"TableName": "visits"}, "arn:aws:dynamodb:us-east-1:123456789012:table/claims-*", BROKEN),
    (TABLE, {"TableName": "visits"}, arn("dynamodb", "table/visits"), MET),
    (TABLE, {"TableName": PARAMETER}, "arn:aws:dynamodb:us-east-1:123456789012:table/visits", UNDECIDED),
    (TABLE, {"TableName": "visits"}, arn("dynamodb", "table/", PARAMETER), UNDECIDED),
    (TABLE, {"TableName": "visits"}, arn("dynamodb", "table/x", PARAMETER), BROKEN),
    (TABLE, {}, arn("dynamodb", PARAMETER), UNDECIDED),
    (TABLE, {}, arn(PARAMETER, "table/*"), UNDECIDED),
    (TABLE, {}, {"Fn::Select": [PARAMETER, [ITS_ARN, {"Fn::GetAtt": ["Other", "Arn"]}]]}, UNDECIDED),
    (TABLE, {}, {"Fn::Select": [PARAMETER, [{"Fn::GetAtt": ["Other", "Arn"]}, PARAMETER]]}, BROKEN),
    (TABLE, {}, PARAMETER, UNDECIDED),
    (TABLE, {}, "", BROKEN),
    (TABLE, {}, "visits", BROKEN),
    (TABLE, {}, 7, BROKEN),
    (TABLE, {}, GONE, BROKEN),
    (TABLE, None, ITS_ARN, MET),
    (GLOBAL, {}, ITS_ARN, MET),
    (FILES, {}, ITS_ARN, MET),
    (FILES, {}, "arn:aws:elasticfilesystem:*:*:file-system/*", MET),
    (FILES, {}, "arn:aws:elasticfilesystem:us-east-1:123456789012:file-system/fs-1", BROKEN),
    (VOLUME, {}, arn("ec2", "volume/", {"Ref": "It"}), MET),
    (VOLUME, {}, arn("ec2", "volume/", {"Ref": "Other"}), BROKEN),
    (VOLUME, {}, arn("ec2", "instance/", PARAMETER), BROKEN),
    (VOLUME, {}, arn("ec2", "volume/", PARAMETER), UNDECIDED),
    (VOLUME, {}, "arn:aws:ec2:*:*:instance/*", BROKEN),
    (VOLUME, {}, "arn:aws:ec2:*:*:volume/*", MET),
]


@pytest.mark.parametrize(("kind", "of", "named", "wanted"), BY_ARN)
def test_what_a_selection_names_decides(kind: str, of: Json, named: Json, wanted: str) -> None:
    body = selecting({"Resources": [named]}, of, kind, Other=resource(kind, {}))
    assert verdict(RULE[kind], body) == wanted


@pytest.mark.parametrize(
    "kind",
    [
        "AWS::DocDB::DBCluster",
        "AWS::DynamoDB::GlobalTable",
        "AWS::DynamoDB::Table",
        "AWS::EC2::Instance",
        "AWS::EC2::Volume",
        "AWS::EFS::FileSystem",
        "AWS::EKS::Cluster",
        "AWS::FSx::FileSystem",
        "AWS::FSx::Volume",
        "AWS::Neptune::DBCluster",
        "AWS::RDS::DBCluster",
        "AWS::RDS::DBInstance",
        "AWS::Redshift::Cluster",
        "AWS::RedshiftServerless::Namespace",
        "AWS::S3::Bucket",
        "AWS::Timestream::Table",
    ],
)
def test_the_arn_of_another_store_takes_only_that_one(kind: str) -> None:
    body = selecting({"Resources": [{"Fn::GetAtt": ["Other", "Arn"]}]}, Other=resource(kind, {}))
    assert verdict(RULE[TABLE], body) == BROKEN


@pytest.mark.parametrize("others", [[], [{"Fn::GetAtt": ["Other", "Arn"]}]], ids=["alone", "beside-a-table"])
@pytest.mark.parametrize("kind", ["Custom::Lookup", "AWS::CloudFormation::Stack"])
def test_what_another_resource_says_may_be_any_arn(kind: str, others: list[Json]) -> None:
    said: Json = {"Fn::GetAtt": ["Said", "Outputs.Arn"]}
    body = selecting({"Resources": [said, *others]}, Said=resource(kind), Other=resource(TABLE, {}))
    assert verdict(RULE[TABLE], body) == UNDECIDED


def test_an_arn_made_of_two_resources_may_be_any() -> None:
    said: Json = {"Fn::Select": [PARAMETER, [{"Fn::GetAtt": ["Other", "Arn"]}, {"Fn::GetAtt": ["Said", "Arn"]}]]}
    body = selecting({"Resources": [said]}, Other=resource(TABLE, {}), Said=resource("Custom::Lookup"))
    assert verdict(RULE[TABLE], body) == UNDECIDED


def test_a_selection_that_is_not_made_hides_no_other() -> None:
    body = template(
        {
            "It": resource(TABLE, {}),
            "Never": resource(SELECTION, {"BackupSelection": {"Resources": ["*"]}}, Condition="Never"),
            "S": resource(SELECTION, {"BackupSelection": {"Resources": [ITS_ARN]}}),
        },
        Conditions={"Never": {"Fn::Equals": ["a", "b"]}},
    )
    assert verdict(RULE[TABLE], body) == MET


def test_a_selection_of_others_by_arn_may_take_it_by_tag() -> None:
    selection: Json = {"Resources": [{"Fn::GetAtt": ["Other", "Arn"]}], "ListOfTags": BY_PHI}
    body = selecting(selection, {"Tags": PHI}, Other=resource(TABLE, {}))
    assert verdict(RULE[TABLE], body) == MET


TAGS: Mapping[str, Json] = {
    FILES: {"FileSystemTags": PHI},
    GLOBAL: {"Replicas": [{"Region": "us-east-1", "Tags": PHI}]},
    TABLE: {"Tags": PHI},
    VOLUME: {"Tags": PHI},
}


@pytest.mark.parametrize("kind", TAGS)
def test_what_has_the_tag_is_selected(kind: str) -> None:
    assert verdict(RULE[kind], selecting({"ListOfTags": BY_PHI}, TAGS[kind], kind)) == MET


@pytest.mark.parametrize("kind", TAGS)
def test_what_lacks_the_tag_is_not_selected(kind: str) -> None:
    assert verdict(RULE[kind], selecting({"ListOfTags": BY_PHI}, {}, kind)) == BROKEN


@pytest.mark.parametrize(("key", "wanted"), [("phi", UNDECIDED), ("stage", BROKEN)])
def test_a_tag_of_the_whole_stack_may_have_the_value(key: str, wanted: str) -> None:
    one = Template(selecting({"ListOfTags": BY_PHI}, {}), stack_tags=[key])
    Assembly([one], today=TODAY)
    assert RULES[RULE[TABLE]].judge(one.resources["It"]).verdict.value == wanted


BY_TAG: list[tuple[Json, Json, str]] = [
    (BY_PHI, [{"Key": "phi", "Value": "no"}], BROKEN),
    (BY_PHI, [{"Key": "stage", "Value": "yes"}, {"Key": "phi", "Value": "yes"}], MET),
    (BY_PHI, [{"Key": "phi", "Value": PARAMETER}], UNDECIDED),
    (BY_PHI, [{"Key": PARAMETER, "Value": "yes"}], UNDECIDED),
    (BY_PHI, [PARAMETER], UNDECIDED),
    (BY_PHI, PARAMETER, UNDECIDED),
    (BY_PHI, "phi", BROKEN),
    ([{"ConditionKey": "aws:ResourceTag/phi", "ConditionValue": "yes"}], PHI, MET),
    ([{"ConditionKey": "phi", "ConditionValue": PARAMETER}], PHI, UNDECIDED),
    ([{"ConditionKey": PARAMETER, "ConditionValue": "yes"}], PHI, UNDECIDED),
    ([{"ConditionKey": 7, "ConditionValue": "yes"}], PHI, BROKEN),
    ([PARAMETER], PHI, UNDECIDED),
    (PARAMETER, PHI, UNDECIDED),
    ([], PHI, BROKEN),
    ("phi", PHI, BROKEN),
]


@pytest.mark.parametrize(("listed", "tags", "wanted"), BY_TAG)
def test_the_tags_decide(listed: Json, tags: Json, wanted: str) -> None:
    assert verdict(RULE[TABLE], selecting({"ListOfTags": listed}, {"Tags": tags})) == wanted


def equal(*pairs: tuple[str, Json]) -> Json:
    return {
        "StringEquals": [{"ConditionKey": f"aws:ResourceTag/{key}", "ConditionValue": value} for key, value in pairs]
    }


CONDITIONS: list[tuple[Json, str]] = [
    ({"Conditions": equal(("phi", "yes"))}, MET),
    ({"Conditions": equal(("phi", "no"))}, BROKEN),
    ({"Conditions": equal(("phi", "yes"), ("stage", "prod"))}, BROKEN),
    ({"Conditions": equal(("phi", PARAMETER))}, UNDECIDED),
    ({"Conditions": {"StringLike": [{"ConditionKey": "aws:ResourceTag/phi", "ConditionValue": "y*"}]}}, UNDECIDED),
    ({"Conditions": {"StringLike": []}}, BROKEN),
    ({"Conditions": {"StringEquals": []}}, BROKEN),
    ({"Conditions": {}}, BROKEN),
    ({"Conditions": "x"}, BROKEN),
    ({"Resources": ["*"], "Conditions": {}}, MET),
    ({"Conditions": {"StringEquals": PARAMETER}}, UNDECIDED),
    ({"Conditions": PARAMETER}, UNDECIDED),
    ({"Resources": [ITS_ARN], "Conditions": equal(("phi", "yes"))}, MET),
    ({"Resources": [ITS_ARN], "Conditions": equal(("phi", "no"))}, BROKEN),
    ({"Resources": ["arn:aws:rds:*:*:*"], "Conditions": equal(("phi", "yes"))}, BROKEN),
    ({"Resources": ["*"], "NotResources": [ITS_ARN]}, BROKEN),
    ({"Resources": ["*"], "NotResources": ["arn:aws:rds:*:*:db:*"]}, MET),
    ({"Resources": ["*"], "NotResources": ["arn:aws:dynamodb:*:*:table/x*"]}, UNDECIDED),
    ({"Resources": ["*"], "NotResources": PARAMETER}, UNDECIDED),
    ({"Resources": PARAMETER}, UNDECIDED),
    ({"Resources": [ITS_ARN], "ListOfTags": BY_PHI}, MET),
    ({}, BROKEN),
    ("x", BROKEN),
    (PARAMETER, UNDECIDED),
]


@pytest.mark.parametrize(("selection", "wanted"), CONDITIONS)
def test_conditions_and_exceptions_narrow_a_selection(selection: Json, wanted: str) -> None:
    assert verdict(RULE[TABLE], selecting(selection, {"Tags": PHI})) == wanted


def test_without_a_selection_nothing_is_backed_up() -> None:
    assert verdict(RULE[TABLE], template({"It": resource(TABLE, {})})) == BROKEN


@pytest.mark.parametrize(
    ("status", "wanted"), [("ENABLED", MET), ("DISABLED", BROKEN), (PARAMETER, UNDECIDED), (GONE, BROKEN)]
)
def test_the_automatic_backups_of_a_file_system_are_a_plan(status: Json, wanted: str) -> None:
    body = template({"It": resource(FILES, {"BackupPolicy": {"Status": status}})})
    assert verdict(RULE[FILES], body) == wanted


def test_a_selection_of_another_stack_counts() -> None:
    exported: Json = {"Arn": {"Value": ITS_ARN, "Export": {"Name": "arn"}}}
    data = template({"It": resource(TABLE, {})}, Outputs=exported)
    plan = template({"S": resource(SELECTION, {"BackupSelection": {"Resources": [{"Fn::ImportValue": "arn"}]}})})
    assert verdict(RULE[TABLE], data, plan) == MET


def test_a_selection_that_may_not_be_made_leaves_it_undecided() -> None:
    body = template(
        {
            "It": resource(TABLE, {}),
            "S": resource(SELECTION, {"BackupSelection": {"Resources": [ITS_ARN]}}, Condition="Prod"),
        },
        Conditions={"Prod": {"Fn::Equals": [PARAMETER, "prod"]}},
    )
    assert verdict(RULE[TABLE], body) == UNDECIDED


def test_a_table_that_is_not_made_needs_no_backup() -> None:
    body = template({"It": resource(TABLE, {}, Condition="Never")}, Conditions={"Never": {"Fn::Equals": ["a", "b"]}})
    assert verdict(RULE[TABLE], body) == NOT_APPLICABLE
