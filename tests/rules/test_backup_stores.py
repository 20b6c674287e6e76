"""What is judged of clusters of DocumentDB, Neptune and Redshift, of namespaces, and of buckets: a backup plan."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import BROKEN, MET, NOT_APPLICABLE, PARAMETER, UNDECIDED, Body, resource, template, verdict

DOCDB, NEPTUNE, REDSHIFT = "AWS::DocDB::DBCluster", "AWS::Neptune::DBCluster", "AWS::Redshift::Cluster"
NAMES = {DOCDB: "DBClusterIdentifier", NEPTUNE: "DBClusterIdentifier", REDSHIFT: "ClusterIdentifier"}
SERVICES = {DOCDB: "rds", NEPTUNE: "rds", REDSHIFT: "redshift"}
EACH = pytest.mark.parametrize("kind", NAMES)


def selecting(kind: str, selection: Json, properties: Json = None) -> Body:
    selected = resource("AWS::Backup::BackupSelection", {"BackupSelection": selection})
    return template({"It": resource(kind, properties), "Selection": selected, "Other": resource(kind)})


def named(kind: str, name: str, properties: Json = None) -> str:
    arn = f"arn:aws:{SERVICES[kind]}:us-east-1:123456789012:{name}"
    return verdict("DataStoreInBackupPlan", selecting(kind, {"Resources": [{"Fn::Sub": arn}]}, properties))


@EACH
@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("cluster:${It}", MET),
        ("cluster:*", MET),
        ("cluster:${Other}", BROKEN),
        ("db:*", BROKEN),
        ("cluster:portal", BROKEN),
        ("cluster:${AnyParameter}", UNDECIDED),
    ],
)
def test_what_a_selection_names_decides(kind: str, name: str, wanted: str) -> None:
    assert named(kind, name) == wanted


@EACH
@pytest.mark.parametrize(("name", "wanted"), [("portal", MET), ("port*", MET), ("claims", BROKEN)])
def test_the_name_of_a_cluster_counts(kind: str, name: str, wanted: str) -> None:
    assert named(kind, f"cluster:{name}", {NAMES[kind]: "portal"}) == wanted


@EACH
@pytest.mark.parametrize(
    ("resources", "wanted"), [("*", MET), ("arn:aws:dynamodb:*:*:*", BROKEN), (PARAMETER, UNDECIDED)], ids=str
)
def test_wildcards_count(kind: str, resources: Json, wanted: str) -> None:
    assert verdict("DataStoreInBackupPlan", selecting(kind, {"Resources": [resources]})) == wanted


@EACH
@pytest.mark.parametrize(("value", "wanted"), [("yes", MET), ("no", BROKEN), (PARAMETER, UNDECIDED)], ids=str)
def test_tags_count(kind: str, value: Json, wanted: str) -> None:
    by_tag: Json = [{"ConditionType": "STRINGEQUALS", "ConditionKey": "phi", "ConditionValue": "yes"}]
    tagged: Json = {"Tags": [{"Key": "phi", "Value": value}]}
    assert verdict("DataStoreInBackupPlan", selecting(kind, {"ListOfTags": by_tag}, tagged)) == wanted


@EACH
def test_without_a_selection_it_breaks(kind: str) -> None:
    assert verdict("DataStoreInBackupPlan", template({"It": resource(kind)})) == BROKEN


@EACH
def test_a_selection_of_another_stack_counts(kind: str) -> None:
    selected = resource("AWS::Backup::BackupSelection", {"BackupSelection": {"Resources": ["*"]}})
    assert verdict("DataStoreInBackupPlan", template({"It": resource(kind)}), template({"Selection": selected})) == MET


NAMESPACE = "AWS::RedshiftServerless::Namespace"
OF_NAMESPACES = "arn:aws:redshift-serverless:us-east-1:123456789012:"


@pytest.mark.parametrize(
    ("selected", "wanted"),
    [
        ({"Fn::GetAtt": ["It", "Namespace.NamespaceArn"]}, MET),
        ({"Fn::GetAtt": ["Other", "Namespace.NamespaceArn"]}, BROKEN),
        (OF_NAMESPACES + "namespace/*", MET),
        (OF_NAMESPACES + "*", MET),
        (OF_NAMESPACES + "workgroup/*", BROKEN),
        (OF_NAMESPACES + "namespace/01234567-89ab-cdef-0123-456789abcdef", BROKEN),
        ("arn:aws:redshift:us-east-1:123456789012:cluster:*", BROKEN),
        (PARAMETER, UNDECIDED),
        ("*", MET),
    ],
    ids=str,
)
def test_a_namespace_is_named_by_its_arn(selected: Json, wanted: str) -> None:
    assert verdict("DataStoreInBackupPlan", selecting(NAMESPACE, {"Resources": [selected]})) == wanted


@pytest.mark.parametrize(("value", "wanted"), [("yes", MET), ("no", BROKEN)])
def test_the_tags_of_a_namespace_count(value: str, wanted: str) -> None:
    by_tag: Json = [{"ConditionType": "STRINGEQUALS", "ConditionKey": "phi", "ConditionValue": "yes"}]
    tagged: Json = {"Tags": [{"Key": "phi", "Value": value}]}
    assert verdict("DataStoreInBackupPlan", selecting(NAMESPACE, {"ListOfTags": by_tag}, tagged)) == wanted


BUCKET = "AWS::S3::Bucket"
OTHER_ARN: Json = {"Fn::GetAtt": ["Other", "Arn"]}
REPLICATED: Body = {
    "VersioningConfiguration": {"Status": "Enabled"},
    "ReplicationConfiguration": {"Rules": [{"Destination": {"Bucket": "arn:aws:s3:::copies"}}]},
}


def buckets(selected: Json, properties: Json = None, **others: Json) -> str:
    selection = resource("AWS::Backup::BackupSelection", {"BackupSelection": {"Resources": selected}})
    made = {"It": resource(BUCKET, properties), "Other": resource(BUCKET), "Selection": selection}
    return verdict("S3BucketInBackupPlan", template({**made, **others}))


@pytest.mark.parametrize(
    ("selected", "wanted"),
    [
        ([{"Fn::GetAtt": ["It", "Arn"]}], MET),
        ([{"Fn::Sub": "arn:aws:s3:::${It}"}], MET),
        ([{"Fn::Sub": "arn:aws:s3:::${It}-copies"}], BROKEN),
        (["arn:aws:s3:::*"], MET),
        (["*"], MET),
        ([OTHER_ARN], BROKEN),
        (["arn:aws:s3:::elsewhere"], BROKEN),
        ([OTHER_ARN, PARAMETER], UNDECIDED),
        (["arn:aws:dynamodb:*:*:table/*"], NOT_APPLICABLE),
        ([PARAMETER], NOT_APPLICABLE),
        ([], NOT_APPLICABLE),
        ([7], NOT_APPLICABLE),
        (PARAMETER, NOT_APPLICABLE),
    ],
    ids=str,
)
def test_a_bucket_is_backed_up_where_others_are(selected: Json, wanted: str) -> None:
    assert buckets(selected) == wanted


@pytest.mark.parametrize(("value", "wanted"), [("yes", MET), ("no", BROKEN), (PARAMETER, UNDECIDED)], ids=str)
def test_the_tags_of_a_bucket_count(value: Json, wanted: str) -> None:
    by_tag: Json = [{"ConditionType": "STRINGEQUALS", "ConditionKey": "phi", "ConditionValue": "yes"}]
    selections = {
        "Selection": resource("AWS::Backup::BackupSelection", {"BackupSelection": {"ListOfTags": by_tag}}),
        "Another": resource("AWS::Backup::BackupSelection", {"BackupSelection": {"Resources": [OTHER_ARN]}}),
    }
    tagged = resource(BUCKET, {"Tags": [{"Key": "phi", "Value": value}]})
    body = template({"It": tagged, "Other": resource(BUCKET), **selections})
    assert verdict("S3BucketInBackupPlan", body) == wanted


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({}, MET),
        ({"VersioningConfiguration": {"Status": "Suspended"}}, BROKEN),
        ({"ReplicationConfiguration": {"Rules": []}}, BROKEN),
        ({"VersioningConfiguration": PARAMETER}, UNDECIDED),
    ],
    ids=str,
)
def test_replication_does_in_place_of_a_plan(changes: Body, wanted: str) -> None:
    assert buckets([OTHER_ARN], {**REPLICATED, **changes}) == wanted


@pytest.mark.parametrize(
    "others",
    [
        {
            "Source": resource(
                BUCKET, {"ReplicationConfiguration": {"Rules": [{"Destination": {"Bucket": {"Ref": "It"}}}]}}
            )
        },
        {"Source": resource(BUCKET, {"LoggingConfiguration": {"DestinationBucketName": {"Ref": "It"}}})},
        {"Trail": resource("AWS::CloudTrail::Trail", {"S3BucketName": {"Ref": "It"}})},
    ],
    ids=["copies", "access logs", "trail"],
)
def test_copies_and_logs_are_not_backed_up_again(others: dict[str, Json]) -> None:
    assert buckets([OTHER_ARN], **others) == NOT_APPLICABLE


def test_a_selection_under_another_condition_takes_buckets_maybe() -> None:
    selected: Json = {"BackupSelection": {"Resources": [OTHER_ARN]}}
    selection = resource("AWS::Backup::BackupSelection", selected, Condition="Live")
    conditions: Json = {"Live": {"Fn::Equals": [PARAMETER, "yes"]}}
    body = template({"It": resource(BUCKET), "Other": resource(BUCKET), "Selection": selection}, Conditions=conditions)
    assert verdict("S3BucketInBackupPlan", body) == UNDECIDED
