"""What is judged of the backups of databases."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import (
    BROKEN,
    GONE,
    MET,
    NOT_APPLICABLE,
    PARAMETER,
    UNDECIDED,
    Body,
    resource,
    template,
    verdict,
)

INSTANCE = "AWS::RDS::DBInstance"
CLUSTER = "AWS::RDS::DBCluster"
SELECTION = "AWS::Backup::BackupSelection"
MEMBER: Body = {"DBClusterIdentifier": "records"}
REPLICA: Body = {"SourceDBInstanceIdentifier": "arn:aws:rds:us-west-2:123456789012:db:records"}
ARN: Json = {"Fn::Join": ["", ["arn:aws:rds:us-east-1:", {"Ref": "AWS::AccountId"}, ":db:", {"Ref": "It"}]]}
ARN_OF_OTHER: Json = {"Fn::Join": ["", ["arn:aws:rds:us-east-1:", {"Ref": "AWS::AccountId"}, ":db:", {"Ref": "Other"}]]}
TAGS: Json = [{"Key": "phi", "Value": "yes"}]


@pytest.mark.parametrize(
    ("rule", "properties", "wanted"),
    [
        ("RdsBackedUp", {}, MET),
        ("RdsBackedUp", {"BackupRetentionPeriod": 1}, MET),
        ("RdsBackedUp", {"BackupRetentionPeriod": 0}, BROKEN),
        ("RdsBackedUp", {"BackupRetentionPeriod": "x"}, BROKEN),
        ("RdsBackedUp", {"BackupRetentionPeriod": PARAMETER}, UNDECIDED),
        ("RdsBackedUp", {**MEMBER, "BackupRetentionPeriod": 0}, NOT_APPLICABLE),
        ("RdsBackupsKept", {"BackupRetentionPeriod": 35}, MET),
        ("RdsBackupsKept", {"BackupRetentionPeriod": 34}, BROKEN),
        ("RdsBackupsKept", {}, BROKEN),
        ("RdsBackupsKept", {"BackupRetentionPeriod": PARAMETER}, UNDECIDED),
        ("RdsBackupsKept", MEMBER, NOT_APPLICABLE),
        ("RdsBackupsKept", REPLICA, NOT_APPLICABLE),
        ("RdsBackupsKept", {**REPLICA, "BackupRetentionPeriod": 7}, BROKEN),
    ],
)
@pytest.mark.parametrize("kind", [INSTANCE, CLUSTER])
def test_the_period_decides(kind: str, rule: str, properties: Body, wanted: str) -> None:
    if kind == INSTANCE or wanted is not NOT_APPLICABLE:
        assert verdict(rule, template({"It": resource(kind, properties)})) == wanted


@pytest.mark.parametrize(
    ("attributes", "kept", "wanted"),
    [
        ({"DeletionPolicy": "Snapshot", "UpdateReplacePolicy": "Snapshot"}, False, MET),
        ({"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}, False, MET),
        ({"DeletionPolicy": "RetainExceptOnCreate", "UpdateReplacePolicy": "Retain"}, False, MET),
        ({"UpdateReplacePolicy": "Retain"}, False, MET),
        ({"DeletionPolicy": "Delete", "UpdateReplacePolicy": "Snapshot"}, False, BROKEN),
        ({"DeletionPolicy": "Snapshot"}, False, BROKEN),
        ({"DeletionPolicy": "Snapshot", "UpdateReplacePolicy": "Snapshot"}, True, BROKEN),
        ({"DeletionPolicy": "Snapshot", "UpdateReplacePolicy": "Snapshot"}, None, BROKEN),
        ({"DeletionPolicy": "Snapshot", "UpdateReplacePolicy": "Snapshot"}, PARAMETER, UNDECIDED),
    ],
)
def test_what_is_left_behind_decides(attributes: Body, kept: Json, wanted: str) -> None:
    properties: Body = {} if kept is None else {"DeleteAutomatedBackups": kept}
    assert verdict("RdsKept", template({"It": resource(INSTANCE, properties, **attributes)})) == wanted


@pytest.mark.parametrize("source", ["SourceDBInstanceIdentifier", "SourceDBClusterIdentifier"])
@pytest.mark.parametrize("deletion", ["Delete", "Snapshot", "Retain"])
def test_read_replicas_leave_nothing_behind(source: str, deletion: str) -> None:
    body = template({"It": resource(INSTANCE, {source: "records"}, DeletionPolicy=deletion)})
    assert verdict("RdsKept", body) == NOT_APPLICABLE


@pytest.mark.parametrize(
    ("period", "deletes", "wanted"),
    [
        (35, False, MET),
        (35, GONE, BROKEN),
        (35, PARAMETER, UNDECIDED),
        (0, GONE, NOT_APPLICABLE),
        ("x", GONE, NOT_APPLICABLE),
        (PARAMETER, False, MET),
        (PARAMETER, True, UNDECIDED),
    ],
    ids=str,
)
def test_backups_of_a_read_replica_outlive_it(period: Json, deletes: Json, wanted: str) -> None:
    properties: Body = {**REPLICA, "BackupRetentionPeriod": period, "DeleteAutomatedBackups": deletes}
    assert verdict("RdsKept", template({"It": resource(INSTANCE, properties, DeletionPolicy="Delete")})) == wanted


@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        (INSTANCE, {**REPLICA, "RestoreTime": "2026-09-07T23:45:00Z"}),
        (INSTANCE, {**REPLICA, "UseLatestRestorableTime": True}),
        (CLUSTER, {"ReplicationSourceIdentifier": "arn:x"}),
        (CLUSTER, {"SourceDBClusterIdentifier": "records"}),
    ],
)
def test_what_is_no_read_replica_of_an_instance_is_kept_and_backed_up(kind: str, properties: Body) -> None:
    body = template({"It": resource(kind, properties, DeletionPolicy="Delete")})
    assert (verdict("RdsKept", body), verdict("RdsBackedUp", body)) == (BROKEN, MET)


@pytest.mark.parametrize(("period", "wanted"), [(None, NOT_APPLICABLE), (1, MET), (0, BROKEN), (PARAMETER, UNDECIDED)])
def test_read_replicas_are_backed_up_if_they_ask_for_it(period: Json, wanted: str) -> None:
    properties: Body = REPLICA if period is None else {**REPLICA, "BackupRetentionPeriod": period}
    assert verdict("RdsBackedUp", template({"It": resource(INSTANCE, properties)})) == wanted


def test_members_leave_nothing_behind_of_their_own() -> None:
    assert verdict("RdsKept", template({"It": resource(INSTANCE, MEMBER)})) == NOT_APPLICABLE


def selected(selection: Json, properties: Body | None = None, kind: str = INSTANCE) -> Body:
    return template(
        {
            "It": resource(kind, properties or {}),
            "Other": resource(INSTANCE),
            "Selection": resource(SELECTION, {"BackupPlanId": "x", "BackupSelection": selection}),
        }
    )


SELECTIONS: list[tuple[Body, str]] = [
    (selected({"Resources": [ARN]}), MET),
    (selected({"Resources": [ARN_OF_OTHER]}), BROKEN),
    (selected({"Resources": [{"Ref": "It"}]}), MET),
    (selected({"Resources": ["*"]}), MET),
    (selected({"Resources": ["arn:aws:rds:*:*:db:*"]}), MET),
    (selected({"Resources": ["arn:aws:rds:*:*:db:prod-*"]}), UNDECIDED),
    (selected({"Resources": ["arn:aws:rds:*:*:db:prod-*"]}, {"DBInstanceIdentifier": "prod-records"}), MET),
    (selected({"Resources": ["arn:aws:rds:*:*:db:prod-*"]}, {"DBInstanceIdentifier": "records"}), BROKEN),
    (selected({"Resources": ["arn:aws:rds:eu-west-1:*:db:*"]}), MET),
    (selected({"Resources": ["arn:aws:rds:*"]}), MET),
    (selected({"Resources": ["arn:aws:rds:*:*:cluster:*"]}), BROKEN),
    (selected({"Resources": ["arn:aws:dynamodb:*:*:table/*"]}), BROKEN),
    (selected({"Resources": PARAMETER}), UNDECIDED),
    (selected({"Resources": [PARAMETER]}), UNDECIDED),
    (selected(PARAMETER), UNDECIDED),
    (selected({}), BROKEN),
    (selected({"Resources": ["*"], "NotResources": [ARN]}), BROKEN),
    (selected({"Resources": ["*"], "NotResources": [ARN_OF_OTHER]}), MET),
    (selected({"Resources": ["*"], "NotResources": PARAMETER}), UNDECIDED),
    (selected({"Resources": ["*"], "Conditions": {"StringEquals": []}}), MET),
    (selected({"ListOfTags": [{"ConditionKey": "phi", "ConditionValue": "yes"}]}, {"Tags": TAGS}), MET),
    (selected({"ListOfTags": [{"ConditionKey": "phi", "ConditionValue": "no"}]}, {"Tags": TAGS}), BROKEN),
    (selected({"ListOfTags": [{"ConditionKey": "phi", "ConditionValue": PARAMETER}]}, {"Tags": TAGS}), UNDECIDED),
    (selected({"ListOfTags": [{"ConditionKey": "phi", "ConditionValue": "yes"}]}), BROKEN),
    (selected({"ListOfTags": [{"ConditionKey": "phi", "ConditionValue": "yes"}]}, {"Tags": PARAMETER}), UNDECIDED),
    (selected({"Resources": ["arn:aws:rds:us-east-1:1:db:records"]}, {"DBInstanceIdentifier": "records"}), MET),
    (selected({"Resources": ["arn:aws:rds:*:*:cluster:*"]}, kind=CLUSTER), MET),
    (selected({"Resources": ["arn:aws:rds:*:*:db:*"]}, kind=CLUSTER), BROKEN),
    (selected({}, MEMBER), NOT_APPLICABLE),
    (template({"It": resource(INSTANCE)}), BROKEN),
]


@pytest.mark.parametrize(("body", "wanted"), SELECTIONS)
def test_the_selections_of_plans_decide(body: Body, wanted: str) -> None:
    assert verdict("RdsInBackupPlan", body) == wanted


def test_a_selection_of_another_stack_counts() -> None:
    database = template(
        {"It": resource(INSTANCE)}, Outputs={"Name": {"Value": {"Ref": "It"}, "Export": {"Name": "records"}}}
    )
    arn: Json = {"Fn::Join": ["", ["arn:aws:rds:us-east-1:1:db:", {"Fn::ImportValue": "records"}]]}
    plan = template({"Selection": resource(SELECTION, {"BackupSelection": {"Resources": [arn]}})})
    assert verdict("RdsInBackupPlan", database, plan) == MET


def test_a_selection_that_may_not_exist_is_undecided() -> None:
    body = template(
        {
            "It": resource(INSTANCE),
            "Selection": resource(SELECTION, {"BackupSelection": {"Resources": ["*"]}}, Condition="Production"),
        },
        Conditions={"Production": {"Fn::Equals": [PARAMETER, "yes"]}},
    )
    assert verdict("RdsInBackupPlan", body) == UNDECIDED


def test_the_members_that_a_selection_leaves_out_do_not_leave_the_cluster_out() -> None:
    arn: Json = {"Fn::Join": ["", ["arn:aws:rds:us-east-1:1:db:", {"Ref": "Member"}]]}
    cluster: Json = {"Fn::Join": ["", ["arn:aws:rds:us-east-1:1:cluster:", {"Ref": "It"}]]}
    selection: Json = {"Resources": [cluster, arn], "NotResources": [arn]}
    body = template(
        {
            "It": resource(CLUSTER),
            "Member": resource(INSTANCE, {"DBClusterIdentifier": {"Ref": "It"}}),
            "Selection": resource(SELECTION, {"BackupSelection": selection}),
        }
    )
    assert verdict("RdsInBackupPlan", body) == MET
