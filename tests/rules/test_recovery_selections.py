"""Which backup selections take the stores whose recovery objectives are set: by tag and by the pattern of an ARN."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules import RULES, Assembly, Template
from hipaa_constructs.rules._value import Json
from tests.rules._judging import BROKEN, MET, Body, resource, template

TAGS: Json = [{"Key": "backup", "Value": "daily"}]
STORES: list[tuple[str, dict[str, Json], str]] = [
    ("AWS::S3::Bucket", {"BucketName": "records", "Tags": TAGS}, "arn:aws:s3:::"),
    ("AWS::RDS::DBInstance", {"DBInstanceIdentifier": "records", "Tags": TAGS}, "arn:aws:rds:*:*:db:"),
    ("AWS::RDS::DBCluster", {"DBClusterIdentifier": "records", "Tags": TAGS}, "arn:aws:rds:*:*:cluster:"),
    ("AWS::DynamoDB::Table", {"TableName": "records", "Tags": TAGS}, "arn:aws:dynamodb:*:*:table/"),
    (
        "AWS::DynamoDB::GlobalTable",
        {"TableName": "records", "Replicas": [{"Region": "us-east-1", "Tags": TAGS}]},
        "arn:aws:dynamodb:*:*:table/",
    ),
]
FILES = "AWS::EFS::FileSystem"
EACH = pytest.mark.parametrize(("kind", "properties", "arn"), STORES, ids=[kind for kind, _, _ in STORES])


def verdict(kind: str, properties: Json, selection: Json) -> str:
    objective: Json = {"recovery_objective": {"rpo_minutes": 6000, "rto_minutes": 240}}
    copy: Json = {"DestinationBackupVaultArn": "arn:aws:backup:us-west-2:123456789012:backup-vault:Copies"}
    rule: Json = {"StartWindowMinutes": 60, "CopyActions": [copy]}
    body: Body = template(
        {
            "It": resource(kind, properties, Metadata={"hipaa_constructs": objective}),
            "Plan": resource("AWS::Backup::BackupPlan", {"BackupPlan": {"BackupPlanRule": [rule]}}),
            "Selection": resource(
                "AWS::Backup::BackupSelection", {"BackupPlanId": {"Ref": "Plan"}, "BackupSelection": selection}
            ),
        }
    )
    home = Template(body, region="us-east-1", account="123456789012")
    Assembly([home])
    return RULES["RecoveryObjectiveMet"].judge(home.resources["It"]).verdict.value


def tagged(key: str, value: str) -> Json:
    return {"ListOfTags": [{"ConditionType": "STRINGEQUALS", "ConditionKey": key, "ConditionValue": value}]}


@EACH
def test_a_store_is_taken_by_its_tag(kind: str, properties: dict[str, Json], arn: str) -> None:
    assert verdict(kind, properties, tagged("backup", "daily")) == MET
    assert verdict(kind, properties, tagged("backup", "weekly")) == BROKEN
    assert verdict(kind, properties, tagged("archive", "daily")) == BROKEN


@EACH
def test_a_store_is_taken_by_its_name_in_an_arn(kind: str, properties: dict[str, Json], arn: str) -> None:
    assert verdict(kind, properties, {"Resources": [f"{arn}records"]}) == MET
    assert verdict(kind, properties, {"Resources": [f"{arn}rec*"]}) == MET
    assert verdict(kind, properties, {"Resources": [f"{arn}*"]}) == MET
    assert verdict(kind, properties, {"Resources": [f"{arn}other"]}) == BROKEN
    assert verdict(kind, properties, {"Resources": ["arn:aws:fsx:*:*:file-system/*"]}) == BROKEN


def test_a_file_system_is_taken_by_its_tag_or_with_all_others() -> None:
    properties: Json = {"FileSystemTags": TAGS}
    assert verdict(FILES, properties, tagged("backup", "daily")) == MET
    assert verdict(FILES, properties, tagged("backup", "weekly")) == BROKEN
    assert verdict(FILES, properties, {"Resources": ["arn:aws:elasticfilesystem:*:*:file-system/*"]}) == MET
    assert verdict(FILES, properties, {"Resources": ["arn:aws:elasticfilesystem:*:*:access-point/*"]}) == BROKEN


@pytest.mark.parametrize("kind", ["AWS::RDS::DBInstance", "AWS::RDS::DBCluster"])
def test_instances_and_clusters_are_taken_each_by_their_own_arns(kind: str) -> None:
    other = "cluster" if kind.endswith("Instance") else "db"
    assert verdict(kind, {}, {"Resources": [f"arn:aws:rds:*:*:{other}:*"]}) == BROKEN


@EACH
def test_what_is_left_out_is_not_taken(kind: str, properties: dict[str, Json], arn: str) -> None:
    selection: Json = {"Resources": ["*"], "NotResources": [f"{arn}records"]}
    assert verdict(kind, properties, {"Resources": ["*"]}) == MET
    assert verdict(kind, properties, selection) == BROKEN
