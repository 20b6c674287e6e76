"""What is judged of tables of DynamoDB and of DAX."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import BROKEN, GONE, MET, NEVER_TRUE, PARAMETER, UNDECIDED, Body, resource, template, verdict
from tests.rules._stores import (
    ON,
    OWN_KEY_OR_ALIAS,
    Place,
    alone,
    each_case,
    each_policy,
    judged,
    kept,
    one_of,
)

TABLE = "AWS::DynamoDB::Table"
GLOBAL = "AWS::DynamoDB::GlobalTable"
DAX = "AWS::DAX::Cluster"
RECOVERY = ("PointInTimeRecoverySpecification", "PointInTimeRecoveryEnabled")
SWITCHES: list[Place] = [
    ("DynamodbTableRestorable", TABLE, RECOVERY),
    ("DynamodbTableDeletionProtected", TABLE, ("DeletionProtectionEnabled",)),
    ("DaxEncryptedAtRest", DAX, ("SSESpecification", "SSEEnabled")),
]
PER_REPLICA: list[Place] = [
    ("DynamodbTableRestorable", GLOBAL, ("Replicas", 1, *RECOVERY)),
    ("DynamodbTableDeletionProtected", GLOBAL, ("Replicas", 1, "DeletionProtectionEnabled")),
]
DENIAL: Body = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "dynamodb:*",
    "Resource": "*",
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}
GOOD_REPLICA: Body = {
    "Region": "us-east-1",
    "DeletionProtectionEnabled": True,
    "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
    "SSESpecification": {"KMSMasterKeyId": "x"},
    "ResourcePolicy": {"PolicyDocument": {"Statement": [DENIAL]}},
}
OF_REPLICAS = [
    "DynamodbReplicaUsesCustomerManagedKey",
    "DynamodbTableDeletionProtected",
    "DynamodbTableRestorable",
    "DynamodbTableTlsOnly",
]


@each_case(SWITCHES, ON)
def test_the_switch_decides(place: Place, value: Json, wanted: str) -> None:
    assert judged(place, value) == wanted


@each_case(PER_REPLICA, ON)
def test_the_switch_of_every_replica_decides(place: Place, value: Json, wanted: str) -> None:
    assert judged(place, value, {"Replicas": [GOOD_REPLICA, {"Region": "us-west-2"}]}) == wanted


@pytest.mark.parametrize("rule", OF_REPLICAS)
@pytest.mark.parametrize(
    ("replicas", "wanted"),
    [
        ([GOOD_REPLICA], MET),
        ([GOOD_REPLICA, GOOD_REPLICA], MET),
        ([GOOD_REPLICA, {}], BROKEN),
        ([{}, GOOD_REPLICA], BROKEN),
        ([GOOD_REPLICA, PARAMETER], UNDECIDED),
        ([], BROKEN),
        ([GONE], BROKEN),
        ("x", BROKEN),
        (PARAMETER, UNDECIDED),
        (GONE, BROKEN),
    ],
    ids=str,
)
def test_every_replica_is_judged(rule: str, replicas: Json, wanted: str) -> None:
    body = alone(GLOBAL, {"SSESpecification": {"SSEEnabled": True}, "Replicas": replicas})
    assert verdict(rule, body) == wanted


@each_case(
    [("DynamodbTableUsesCustomerManagedKey", TABLE, ("SSESpecification", "KMSMasterKeyId"))],
    [*OWN_KEY_OR_ALIAS, (GONE, BROKEN)],
)
def test_the_key_of_a_table_decides(place: Place, value: Json, wanted: str) -> None:
    assert judged(place, value, {"SSESpecification": {"SSEEnabled": True}}) == wanted


@each_case([("DynamodbTableUsesCustomerManagedKey", TABLE, ("SSESpecification", "SSEEnabled"))], ON)
def test_the_switch_of_encryption_decides(place: Place, value: Json, wanted: str) -> None:
    assert judged(place, value, {"SSESpecification": {"KMSMasterKeyId": "x"}}) == wanted


@each_case(
    [("DynamodbReplicaUsesCustomerManagedKey", GLOBAL, ("Replicas", 0, "SSESpecification", "KMSMasterKeyId"))],
    [*OWN_KEY_OR_ALIAS, (GONE, BROKEN)],
)
def test_the_key_of_a_replica_decides(place: Place, value: Json, wanted: str) -> None:
    assert judged(place, value, {"SSESpecification": {"SSEEnabled": True}, "Replicas": [{}]}) == wanted


@each_case([("DynamodbReplicaUsesCustomerManagedKey", GLOBAL, ("SSESpecification", "SSEEnabled"))], ON)
def test_the_switch_of_a_global_tables_encryption_decides(place: Place, value: Json, wanted: str) -> None:
    assert judged(place, value, {"Replicas": [GOOD_REPLICA]}) == wanted


@each_policy(("DynamodbTableKept", TABLE), ("DynamodbTableKept", GLOBAL), snapshots=False)
def test_tables_are_kept(rule: str, kind: str, deletion: Json, replacement: Json, wanted: str) -> None:
    assert kept(rule, kind, deletion, replacement) == wanted


def changed_denial(**changes: Json) -> Json:
    return {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*"}, {**DENIAL, **changes}]}


@pytest.mark.parametrize(
    ("document", "wanted"),
    [
        (changed_denial(), MET),
        (changed_denial(Action="*"), MET),
        (changed_denial(Principal={"AWS": "*"}), MET),
        (changed_denial(Principal={"AWS": "arn:aws:iam::123456789012:root"}), BROKEN),
        (changed_denial(Effect="Allow"), BROKEN),
        (changed_denial(Condition={"Bool": {"aws:SecureTransport": "true"}}), BROKEN),
        (changed_denial(Condition=GONE), BROKEN),
        *(
            (changed_denial(Action=[f"dynamodb:{one}" for one in actions]), wanted)
            for actions, wanted in (
                (("DeleteItem", "GetItem", "PutItem", "Query", "Scan", "UpdateItem"), MET),
                (("GetItem", "PutItem", "Query", "Scan", "UpdateItem"), BROKEN),
                (("DeleteItem", "PutItem", "Query", "Scan", "UpdateItem"), BROKEN),
                (("DeleteItem", "GetItem", "Query", "Scan", "UpdateItem"), BROKEN),
                (("DeleteItem", "GetItem", "PutItem", "Scan", "UpdateItem"), BROKEN),
                (("DeleteItem", "GetItem", "PutItem", "Query", "UpdateItem"), BROKEN),
                (("DeleteItem", "GetItem", "PutItem", "Query", "Scan"), BROKEN),
            )
        ),
        (changed_denial(Effect=PARAMETER), UNDECIDED),
        ({"Statement": PARAMETER}, UNDECIDED),
        ({"Statement": [PARAMETER]}, UNDECIDED),
        ({"Statement": []}, BROKEN),
        ("{", UNDECIDED),
        (PARAMETER, UNDECIDED),
        (GONE, BROKEN),
        (7, BROKEN),
    ],
    ids=str,
)
def test_the_policy_of_a_table_decides(document: Json, wanted: str) -> None:
    assert verdict("DynamodbTableTlsOnly", alone(TABLE, {"ResourcePolicy": {"PolicyDocument": document}})) == wanted


@each_case([("DaxEncryptedInTransit", DAX, ("ClusterEndpointEncryptionType",))], one_of("TLS"))
def test_the_endpoint_of_dax_decides(place: Place, value: Json, wanted: str) -> None:
    assert judged(place, value) == wanted


@pytest.mark.parametrize("value", ["NONE", *NEVER_TRUE], ids=str)
def test_no_other_endpoint_of_dax_speaks_tls(value: Json) -> None:
    assert verdict("DaxEncryptedInTransit", alone(DAX, {"ClusterEndpointEncryptionType": value})) == BROKEN


TARGET = "AWS::ApplicationAutoScaling::ScalableTarget"
POLICY = "AWS::ApplicationAutoScaling::ScalingPolicy"
UNITS = ("ReadCapacityUnits", "WriteCapacityUnits")
OF_TABLE: Json = {"Fn::Join": ["", ["table/", {"Ref": "It"}]]}
OF_INDEX: Json = {"Fn::Sub": "table/${It}/index/by-date"}
INDEXED: Body = {"GlobalSecondaryIndexes": [{"IndexName": "by-date"}]}


def scaled(of: Json, *units: Json, kind: str = "table", policy: Json = None, **attributes: Json) -> dict[str, Json]:
    made: dict[str, Json] = {}
    for number, unit in enumerate(units):
        name = f"{kind.title()}{number}"
        dimension: Json = unit if isinstance(unit, dict) else f"dynamodb:{kind}:{unit}"
        made[name] = resource(TARGET, {"ResourceId": of, "ScalableDimension": dimension}, **attributes)
        made[f"{name}Policy"] = resource(POLICY, {"ScalingTargetId": {"Ref": name} if policy is None else policy})
    return made


def scales(properties: Body, others: dict[str, Json], *more: Body, kind: str = TABLE, **sections: Json) -> str:
    return verdict("DynamodbTableScales", template({"It": resource(kind, properties), **others}, **sections), *more)


@pytest.mark.parametrize(
    ("mode", "wanted"),
    [
        ("PAY_PER_REQUEST", MET),
        ("PROVISIONED", BROKEN),
        (GONE, BROKEN),
        ("x", BROKEN),
        (7, BROKEN),
        (PARAMETER, UNDECIDED),
    ],
)
def test_the_billing_mode_decides(mode: Json, wanted: str) -> None:
    assert scales({"BillingMode": mode}, {}) == wanted


@pytest.mark.parametrize("mode", ["PROVISIONED", GONE, PARAMETER], ids=str)
def test_reads_and_writes_that_scale_meet(mode: Json) -> None:
    assert scales({"BillingMode": mode}, scaled(OF_TABLE, *UNITS)) == MET


@pytest.mark.parametrize(
    ("others", "wanted"),
    [
        (scaled(OF_TABLE, UNITS[0]), BROKEN),
        (scaled(OF_TABLE, UNITS[1]), BROKEN),
        (scaled(OF_TABLE, *UNITS, policy={"Ref": "Elsewhere"}), BROKEN),
        (scaled(OF_TABLE, *UNITS, policy=PARAMETER), UNDECIDED),
        (scaled({"Fn::Sub": "table/${It}-copy"}, *UNITS), BROKEN),
        (scaled({"Fn::Sub": "service/${It}"}, *UNITS), BROKEN),
        (scaled("table/visits", *UNITS), MET),
        (scaled("table/claims", *UNITS), BROKEN),
        (scaled("service/visits", *UNITS), BROKEN),
        (scaled({"Fn::Sub": "service/${AnyParameter}"}, *UNITS), BROKEN),
        (scaled({"Fn::Sub": "table/${AnyParameter}"}, *UNITS), UNDECIDED),
        (scaled(PARAMETER, *UNITS), UNDECIDED),
        (scaled(OF_TABLE, UNITS[0], PARAMETER), UNDECIDED),
        (scaled(7, *UNITS), BROKEN),
        (scaled(OF_TABLE, "x", "y"), BROKEN),
    ],
    ids=str,
)
def test_what_scales_decides(others: dict[str, Json], wanted: str) -> None:
    assert scales({"TableName": "visits"}, {**others, "Elsewhere": resource(TARGET, {"ResourceId": "x"})}) == wanted


def test_policies_that_name_the_table_themselves_count() -> None:
    others = {
        unit: resource(POLICY, {"ResourceId": OF_TABLE, "ScalableDimension": f"dynamodb:table:{unit}"})
        for unit in UNITS
    }
    assert scales({}, others) == MET


def test_a_policy_that_is_never_made_scales_nothing() -> None:
    others = {
        unit: resource(POLICY, {"ResourceId": OF_TABLE, "ScalableDimension": f"dynamodb:table:{unit}"}, Condition="No")
        for unit in UNITS
    }
    assert scales({}, others, Conditions={"No": {"Fn::Equals": ["a", "b"]}}) == BROKEN


def test_what_scales_of_another_service_does_not_end_the_search() -> None:
    service = scaled("service/portal", "DesiredCount", kind="ecs")
    assert scales({}, {**service, **scaled(OF_TABLE, *UNITS)}) == MET


def test_targets_without_a_policy_do_not() -> None:
    others = {
        unit: resource(TARGET, {"ResourceId": OF_TABLE, "ScalableDimension": f"dynamodb:table:{unit}"})
        for unit in UNITS
    }
    assert scales({}, others) == BROKEN


def test_what_scales_under_another_condition_does_not_count_always() -> None:
    others = scaled(OF_TABLE, *UNITS, Condition="Live")
    assert scales({}, others, Conditions={"Live": {"Fn::Equals": [PARAMETER, "yes"]}}) == UNDECIDED


@pytest.mark.parametrize(
    ("index", "wanted"),
    [
        (scaled(OF_INDEX, *UNITS, kind="index"), MET),
        (scaled(OF_INDEX, UNITS[0], kind="index"), BROKEN),
        (scaled({"Fn::Sub": "table/${It}/index/by-name"}, *UNITS, kind="index"), BROKEN),
        ({}, BROKEN),
    ],
    ids=str,
)
def test_indexes_scale_too(index: dict[str, Json], wanted: str) -> None:
    assert scales(INDEXED, {**scaled(OF_TABLE, *UNITS), **index}) == wanted


@pytest.mark.parametrize("indexes", [PARAMETER, [{"IndexName": PARAMETER}]], ids=str)
def test_hidden_indexes_leave_it_open(indexes: Json) -> None:
    assert scales({"GlobalSecondaryIndexes": indexes}, scaled(OF_TABLE, *UNITS)) == UNDECIDED


def test_a_table_of_a_hidden_name_may_scale() -> None:
    assert scales({"TableName": PARAMETER}, scaled("table/visits", *UNITS)) == UNDECIDED


def test_what_scales_in_another_stack_counts() -> None:
    assert scales({"TableName": "visits"}, {}, template(scaled("table/visits", *UNITS))) == MET


AUTO: Json = {"ReadCapacityAutoScalingSettings": {"MinCapacity": 1}}


@pytest.mark.parametrize(
    ("properties", "wanted"),
    [
        ({}, BROKEN),
        ({"Replicas": [{"ReadProvisionedThroughputSettings": {"ReadCapacityUnits": 5}}]}, BROKEN),
        ({"Replicas": [{"ReadProvisionedThroughputSettings": AUTO}]}, MET),
        ({"Replicas": PARAMETER}, UNDECIDED),
        ({"BillingMode": "PAY_PER_REQUEST"}, MET),
        ({"BillingMode": "PROVISIONED", "Replicas": [{"ReadProvisionedThroughputSettings": AUTO}]}, MET),
        ({"BillingMode": "PROVISIONED", "Replicas": [{}]}, BROKEN),
        (
            {
                "BillingMode": "PROVISIONED",
                "Replicas": [
                    {
                        "ReadProvisionedThroughputSettings": AUTO,
                        "GlobalSecondaryIndexes": [{"ReadProvisionedThroughputSettings": AUTO}],
                    }
                ],
            },
            MET,
        ),
        (
            {
                "BillingMode": "PROVISIONED",
                "Replicas": [
                    {
                        "ReadProvisionedThroughputSettings": AUTO,
                        "GlobalSecondaryIndexes": [{"ReadProvisionedThroughputSettings": {"ReadCapacityUnits": 1}}],
                    }
                ],
            },
            BROKEN,
        ),
        ({"BillingMode": "PROVISIONED"}, BROKEN),
        ({"BillingMode": "PROVISIONED", "Replicas": PARAMETER}, UNDECIDED),
        ({"BillingMode": PARAMETER, "Replicas": [{}]}, UNDECIDED),
    ],
    ids=str,
)
def test_the_replicas_of_a_global_table_scale(properties: Body, wanted: str) -> None:
    assert scales(properties, {}, kind=GLOBAL) == wanted
