"""What is judged of keys and of who may decrypt with them."""

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
)

KEY, REPLICA = "AWS::KMS::Key", "AWS::KMS::ReplicaKey"
ROTATED, SLOWLY, KEPT = "KmsKeyRotated", "KmsKeyDeletedSlowly", "KmsKeyKept"
NAMED, LIMITED = "KmsKeyPolicyNamesPrincipals", "KmsDecryptLimited"
HOLDERS = {
    "AWS::IAM::Policy": "PolicyDocument",
    "AWS::IAM::ManagedPolicy": "PolicyDocument",
    "AWS::IAM::RolePolicy": "PolicyDocument",
    "AWS::IAM::UserPolicy": "PolicyDocument",
    "AWS::IAM::GroupPolicy": "PolicyDocument",
    "AWS::IAM::Role": "Policies",
    "AWS::IAM::User": "Policies",
    "AWS::IAM::Group": "Policies",
}


def key(properties: Json = None, kind: str = KEY, **attributes: Json) -> Body:
    kept: dict[str, Json] = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
    return template({"It": resource(kind, properties, **{**kept, **attributes})})


@pytest.mark.parametrize(
    ("properties", "wanted"),
    [
        ({"EnableKeyRotation": True}, MET),
        ({"EnableKeyRotation": "true"}, MET),
        ({"EnableKeyRotation": False}, BROKEN),
        ({"EnableKeyRotation": "false"}, BROKEN),
        ({"EnableKeyRotation": GONE}, BROKEN),
        ({}, BROKEN),
        (None, BROKEN),
        ([], BROKEN),
        ("x", BROKEN),
        *(({"EnableKeyRotation": value}, BROKEN) for value in NEVER_TRUE),
        *(({"EnableKeyRotation": value}, UNDECIDED) for value in (PARAMETER, *MALFORMED)),
        ({"KeySpec": "SYMMETRIC_DEFAULT", "EnableKeyRotation": False}, BROKEN),
        ({"KeySpec": "RSA_4096"}, NOT_APPLICABLE),
        ({"KeySpec": "HMAC_256"}, NOT_APPLICABLE),
        ({"KeySpec": ["RSA_4096"]}, BROKEN),
        ({"KeySpec": PARAMETER, "EnableKeyRotation": True}, MET),
        ({"Origin": "AWS_KMS", "EnableKeyRotation": False}, BROKEN),
        ({"Origin": "EXTERNAL"}, NOT_APPLICABLE),
        ({"Origin": "AWS_CLOUDHSM"}, NOT_APPLICABLE),
    ],
    ids=str,
)
def test_a_key_whose_material_aws_makes_rotates(properties: Json, wanted: str) -> None:
    assert verdict(ROTATED, key(properties)) == wanted


@pytest.mark.parametrize("kind", [KEY, REPLICA])
@pytest.mark.parametrize(
    ("properties", "wanted"),
    [
        ({}, MET),
        (None, BROKEN),
        ({"PendingWindowInDays": 30}, MET),
        ({"PendingWindowInDays": "30"}, MET),
        ({"PendingWindowInDays": 29}, BROKEN),
        ({"PendingWindowInDays": 7}, BROKEN),
        ({"PendingWindowInDays": "7"}, BROKEN),
        ({"PendingWindowInDays": True}, BROKEN),
        ({"PendingWindowInDays": "long"}, BROKEN),
        ({"PendingWindowInDays": [30]}, BROKEN),
        ({"PendingWindowInDays": {}}, BROKEN),
        ({"PendingWindowInDays": None}, BROKEN),
        ({"PendingWindowInDays": GONE}, MET),
        ({"PendingWindowInDays": PARAMETER}, UNDECIDED),
        ({"Enabled": True}, MET),
        ({"Enabled": "true"}, MET),
        ({"Enabled": False}, BROKEN),
        ({"Enabled": "false"}, BROKEN),
        ({"Enabled": GONE}, MET),
        ({"Enabled": []}, BROKEN),
        ({"Enabled": None}, BROKEN),
        ({"Enabled": PARAMETER}, UNDECIDED),
    ],
    ids=str,
)
def test_a_key_is_enabled_and_deleted_slowly(kind: str, properties: Json, wanted: str) -> None:
    body = template({"It": {"Type": kind, "Properties": properties}})
    assert verdict(SLOWLY, body) == wanted


@pytest.mark.parametrize("kind", [KEY, REPLICA])
@pytest.mark.parametrize(
    ("attributes", "wanted"),
    [
        ({}, MET),
        ({"DeletionPolicy": "RetainExceptOnCreate"}, MET),
        ({"DeletionPolicy": "Delete"}, BROKEN),
        ({"DeletionPolicy": GONE}, BROKEN),
        ({"DeletionPolicy": []}, BROKEN),
        ({"DeletionPolicy": PARAMETER}, UNDECIDED),
        ({"UpdateReplacePolicy": "Delete"}, BROKEN),
        ({"UpdateReplacePolicy": GONE}, BROKEN),
        ({"UpdateReplacePolicy": PARAMETER}, UNDECIDED),
        ({"UpdateReplacePolicy": "Delete", "DeletionPolicy": PARAMETER}, BROKEN),
    ],
    ids=str,
)
def test_a_key_survives_its_stack(kind: str, attributes: dict[str, Json], wanted: str) -> None:
    assert verdict(KEPT, key({}, kind, **attributes)) == wanted


# Key policies

ROOT: Json = {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":iam::", {"Ref": "AWS::AccountId"}, ":x"]]}
LOG_GROUPS: Json = {"Fn::Sub": "arn:aws:logs:${AWS::Region}:${AWS::AccountId}:log-group:*"}
CONTEXT = "kms:EncryptionContext:aws:logs:arn"
MADE_BY_AWS = "kms:GrantIsForAWSResource"
FOR_ITSELF: Json = {"Bool": {MADE_BY_AWS: "true"}}


def allow(**changes: Json) -> dict[str, Json]:
    statement: dict[str, Json] = {
        "Effect": "Allow",
        "Principal": {"AWS": ROOT},
        "Action": "kms:*",
        "Resource": "*",
    }
    return {**statement, **changes}


def service(condition: Json = GONE) -> dict[str, Json]:
    return allow(Principal={"Service": "logs.us-east-1.amazonaws.com"}, Condition=condition)


def granting(action: Json, condition: Json) -> Json:
    return [{**service(condition), "Action": action}]


GRANTING = [
    pytest.param(granting("kms:CreateGrant", FOR_ITSELF), MET, id="grants-for-itself"),
    pytest.param(granting(["kms:CreateGrant"], {"Bool": {MADE_BY_AWS: True}}), MET, id="grants-as-a-list"),
    pytest.param(granting("kms:CreateGrant", {"Bool": {MADE_BY_AWS: "false"}}), BROKEN, id="grants-for-others"),
    pytest.param(granting("kms:CreateGrant", {"Bool": {MADE_BY_AWS: ["true", "false"]}}), BROKEN, id="grants-for-all"),
    pytest.param(granting("kms:CreateGrant", {"Bool": {MADE_BY_AWS: []}}), BROKEN, id="grants-for-nobody"),
    pytest.param(granting(["kms:CreateGrant", "kms:Sign"], FOR_ITSELF), BROKEN, id="grants-and-signs"),
    pytest.param(granting([], FOR_ITSELF), BROKEN, id="grants-nothing"),
]


@pytest.mark.parametrize(
    ("actions", "wanted"),
    [
        (["kms:Describe*", "kms:Get*", "kms:List*"], MET),
        ("kms:DescribeKey", MET),
        ("KMS:describekey", MET),
        (["kms:Describe*", "kms:Decrypt"], BROKEN),
        (["kms:Describe*", PARAMETER], BROKEN),
        (["kms:Describe*", "kms:*"], BROKEN),
        ("s3:GetObject", BROKEN),
        ("kms:GenerateDataKey", BROKEN),
        ([], BROKEN),
        (GONE, BROKEN),
    ],
    ids=str,
)
def test_a_service_that_only_reads_what_a_key_is_needs_no_caller(actions: Json, wanted: str) -> None:
    statement = allow(Principal={"Service": "dynamodb.amazonaws.com"}, Action=actions)
    assert verdict(NAMED, key({"KeyPolicy": {"Statement": [statement]}})) == wanted


def test_a_service_that_may_do_all_but_read_what_a_key_is_needs_a_caller() -> None:
    statement = allow(Principal={"Service": "dynamodb.amazonaws.com"}, Action=GONE, NotAction="kms:Describe*")
    assert verdict(NAMED, key({"KeyPolicy": {"Statement": [statement]}})) == BROKEN


@pytest.mark.parametrize("kind", [KEY, REPLICA])
@pytest.mark.parametrize(
    ("statements", "wanted"),
    [
        pytest.param([allow()], MET, id="account"),
        pytest.param(allow(), MET, id="one-statement-alone"),
        pytest.param([allow(Principal={"AWS": {"Ref": "AWS::AccountId"}})], MET, id="account-by-its-number"),
        pytest.param([allow(Principal="*")], BROKEN, id="everyone"),
        pytest.param(allow(Principal="*"), BROKEN, id="everyone-alone"),
        pytest.param([allow(Principal={"AWS": "*"})], BROKEN, id="any-account"),
        pytest.param([allow(Principal={"AWS": ["x", "*"]})], BROKEN, id="any-account-in-a-list"),
        pytest.param([allow(), allow(Principal="*")], BROKEN, id="second-statement"),
        pytest.param([allow(Principal="*", Effect="Deny")], MET, id="denied"),
        pytest.param([allow(Principal=GONE, NotPrincipal="x")], BROKEN, id="all-but-a-few"),
        pytest.param([allow(Principal=PARAMETER)], UNDECIDED, id="hidden-principal"),
        pytest.param([allow(Principal={"AWS": PARAMETER})], UNDECIDED, id="hidden-account"),
        pytest.param([allow(Effect=PARAMETER, Principal="*")], UNDECIDED, id="hidden-effect"),
        pytest.param([PARAMETER], UNDECIDED, id="hidden-statement"),
        pytest.param(PARAMETER, UNDECIDED, id="hidden-statements"),
        pytest.param([allow(Principal="*"), PARAMETER], BROKEN, id="hidden-beside-everyone"),
        pytest.param(
            [
                allow(
                    Principal="*",
                    Condition={"StringEquals": {"kms:CallerAccount": {"Ref": "AWS::AccountId"}}},
                )
            ],
            MET,
            id="callers-of-the-account",
        ),
        pytest.param(
            [allow(Principal="*", Condition={"StringEquals": {"kms:ViaService": "s3.x"}})],
            BROKEN,
            id="through-a-service",
        ),
        pytest.param([service()], BROKEN, id="service"),
        pytest.param([service({"ArnLike": {CONTEXT: LOG_GROUPS}})], MET, id="log-groups"),
        pytest.param([service({"ArnLike": {CONTEXT: "arn:aws:logs:*:*:*"}})], BROKEN, id="any-log-groups"),
        pytest.param([service({"StringEquals": {"aws:SourceAccount": "1"}})], MET, id="source-account"),
        pytest.param([service({"StringEquals": {"kms:ViaService": "s3.x"}})], BROKEN, id="service-by-service"),
        pytest.param([service(PARAMETER)], UNDECIDED, id="service-with-hidden-condition"),
        *GRANTING,
        pytest.param(
            [{**service(FOR_ITSELF), "Action": GONE, "NotAction": "kms:CreateGrant"}], BROKEN, id="all-but-grants"
        ),
        pytest.param([], MET, id="no-statement"),
        pytest.param("x", MET, id="text"),
        pytest.param([None, 3, [], "x"], MET, id="no-mappings"),
    ],
)
def test_a_key_policy_names_who_may_use_it(kind: str, statements: Json, wanted: str) -> None:
    document: Json = {"Statement": statements}
    assert verdict(NAMED, key({"KeyPolicy": document}, kind)) == wanted


@pytest.mark.parametrize(
    ("document", "wanted"),
    [
        (GONE, MET),
        (PARAMETER, UNDECIDED),
        ({}, MET),
        ([], MET),
        (None, MET),
        (json.dumps({"Statement": [{"Effect": "Allow", "Principal": "*"}]}), BROKEN),
        (json.dumps({"Statement": [{"Effect": "Allow", "Principal": {"AWS": "1"}}]}), MET),
        ("no policy", UNDECIDED),
    ],
    ids=str,
)
def test_a_key_policy_may_be_missing_or_text(document: Json, wanted: str) -> None:
    assert verdict(NAMED, key({"KeyPolicy": document})) == wanted


def test_the_finding_points_at_the_statement() -> None:
    found = outcome(NAMED, key({"KeyPolicy": {"Statement": [allow(), allow(Principal="*")]}}))
    assert found.property == "KeyPolicy.Statement[1]"


# Who may decrypt


def holder(kind: str, *statements: Json) -> Body:
    document: Json = {"Statement": list(statements)}
    if HOLDERS[kind] == "PolicyDocument":
        return template({"It": resource(kind, {"PolicyDocument": document})})
    inline: Json = [{"PolicyName": "empty"}, {"PolicyDocument": document}]
    return template({"It": resource(kind, {"Policies": inline})})


def grant(**changes: Json) -> dict[str, Json]:
    statement: dict[str, Json] = {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}
    return {**statement, **changes}


def judged(**changes: Json) -> str:
    return verdict(LIMITED, holder("AWS::IAM::Policy", grant(**changes)))


@pytest.mark.parametrize("kind", HOLDERS)
def test_decryption_with_every_key_is_broken(kind: str) -> None:
    assert verdict(LIMITED, holder(kind, grant())) == BROKEN


@pytest.mark.parametrize("kind", HOLDERS)
def test_decryption_with_a_named_key_is_met(kind: str) -> None:
    named = grant(Resource={"Fn::GetAtt": ["Key", "Arn"]})
    assert verdict(LIMITED, holder(kind, named)) == MET


@pytest.mark.parametrize("kind", HOLDERS)
@pytest.mark.parametrize("properties", [None, {}, [], "x", {"Policies": "x"}], ids=str)
def test_a_holder_without_policies_allows_nothing(kind: str, properties: Json) -> None:
    assert verdict(LIMITED, template({"It": resource(kind, properties)})) in (MET, NOT_APPLICABLE)


def test_a_role_without_policies_is_not_asked() -> None:
    assert verdict(LIMITED, template({"It": resource("AWS::IAM::Role", {})})) == NOT_APPLICABLE


def test_a_boundary_of_permissions_grants_no_decryption() -> None:
    boundary = holder("AWS::IAM::ManagedPolicy", grant())["Resources"]
    assert isinstance(boundary, dict)
    role = resource("AWS::IAM::Role", {"PermissionsBoundary": {"Ref": "It"}})
    assert verdict(LIMITED, template({**boundary, "Role": role})) == NOT_APPLICABLE


@pytest.mark.parametrize(
    "action",
    [
        "kms:*",
        "*",
        "kms:D*",
        "KMS:decrypt",
        "kms:ReEncrypt*",
        "kms:ReEncryptFrom",
        ["s3:GetObject", "kms:Decrypt"],
        "kms:*crypt",
        "k*",
    ],
    ids=str,
)
def test_each_way_to_read_counts(action: Json) -> None:
    assert judged(Action=action) == BROKEN


@pytest.mark.parametrize(
    "action", ["kms:Encrypt", "kms:Describe*", "s3:*", [], {}, None, 3, "kms:ReEncryptTo"], ids=str
)
def test_what_reads_nothing_is_met(action: Json) -> None:
    assert judged(Action=action) == MET


@pytest.mark.parametrize(
    ("action", "wanted"),
    [("iam:*", BROKEN), (["iam:*", "kms:Decrypt"], BROKEN), ("kms:*", MET), (["*"], MET)],
    ids=str,
)
def test_all_actions_but_a_few(action: Json, wanted: str) -> None:
    assert judged(Action=GONE, NotAction=action) == wanted


@pytest.mark.parametrize(
    "where",
    [
        "*",
        ["*"],
        "**",
        "arn:*",
        "arn:aws:kms:*",
        "arn:aws:kms:*:*:key/*",
        "arn:aws:kms:us-east-1:111122223333:*",
        "arn:aws:kms:us-east-1:111122223333:key/*",
        "arn:*:*:*:*:*",
        "arn:aws:k*:*:*:*",
        "arn:aws:kms:us-east-1:111122223333:k*",
        "arn:aws:kms:us-east-1:111122223333:key/" + "?" * 36,
        ["arn:aws:kms:us-east-1:111122223333:key/k", "*"],
        {"Fn::Sub": "arn:${AWS::Partition}:kms:${AWS::Region}:${AWS::AccountId}:key/*"},
        {"Fn::Join": ["", ["arn:aws:kms:", {"Ref": "AWS::Region"}, ":1:*"]]},
    ],
    ids=str,
)
def test_every_key_in_any_spelling_is_broken(where: Json) -> None:
    assert judged(Resource=where) == BROKEN


@pytest.mark.parametrize(
    "where",
    [
        "arn:aws:kms:us-east-1:111122223333:key/k",
        "arn:aws:kms:us-east-1:111122223333:key/mrk-*",
        {"Fn::GetAtt": ["Key", "Arn"]},
        {"Fn::ImportValue": "KeyOfAnotherApp"},
        {"Fn::Sub": "arn:aws:kms:${AWS::Region}:1:key/${AnyParameter}"},
        "arn:aws:s3:::*",
        "arn:aws:s3:::records/*",
        "arn:*:*:*:*:*:*",
        [],
        {},
        None,
        3,
        GONE,
    ],
    ids=str,
)
def test_what_is_less_than_every_key_is_met(where: Json) -> None:
    assert judged(Resource=where) == MET


@pytest.mark.parametrize(
    ("condition", "wanted"),
    [
        ({"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}}, MET),
        ({"StringLike": {"kms:ViaService": ["s3.*.amazonaws.com"]}}, MET),
        ({"ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/x"}}, MET),
        ({"StringEquals": {"kms:RequestAlias": "alias/x"}}, MET),
        ({"StringEquals": {"aws:ResourceTag/team": "cardiology"}}, MET),
        ({"StringEquals": {"kms:EncryptionContext:aws:s3:arn": "arn:aws:s3:::x"}}, MET),
        ({"StringLike": {"kms:ViaService": "*"}}, BROKEN),
        ({"StringNotEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}}, BROKEN),
        ({"StringEqualsIfExists": {"kms:ViaService": "s3.x"}}, BROKEN),
        ({"ForAllValues:StringEquals": {"kms:ResourceAliases": "alias/x"}}, BROKEN),
        ({"Bool": {"aws:SecureTransport": "true"}}, BROKEN),
        ({"StringEquals": {"aws:PrincipalAccount": "1"}}, BROKEN),
        ({}, BROKEN),
        (GONE, BROKEN),
        (PARAMETER, UNDECIDED),
        ({"StringEquals": PARAMETER}, UNDECIDED),
    ],
    ids=str,
)
def test_a_condition_must_be_about_the_key(condition: Json, wanted: str) -> None:
    assert judged(Condition=condition) == wanted


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"Effect": "Deny"}, MET),
        ({"Effect": "allow"}, MET),
        ({"Effect": PARAMETER}, UNDECIDED),
        ({"Action": PARAMETER}, UNDECIDED),
        ({"Action": PARAMETER, "Resource": "arn:aws:s3:::x"}, MET),
        ({"Resource": PARAMETER}, UNDECIDED),
        ({"Resource": partly("*")}, UNDECIDED),
        ({"Resource": ["*", PARAMETER]}, BROKEN),
        ({"Resource": GONE, "NotResource": "arn:aws:kms:us-east-1:1:key/k"}, BROKEN),
    ],
    ids=str,
)
def test_other_parts_of_the_statement(changes: dict[str, Json], wanted: str) -> None:
    assert judged(**changes) == wanted


@pytest.mark.parametrize(
    ("document", "wanted"),
    [
        (PARAMETER, UNDECIDED),
        ({"Statement": [PARAMETER]}, UNDECIDED),
        (json.dumps({"Statement": grant()}), BROKEN),
    ],
    ids=str,
)
def test_a_policy_may_be_hidden_or_text(document: Json, wanted: str) -> None:
    assert verdict(LIMITED, template({"It": resource("AWS::IAM::Policy", {"PolicyDocument": document})})) == wanted


@pytest.mark.parametrize(
    ("properties", "wanted"),
    [
        ({"Policies": PARAMETER}, UNDECIDED),
        ({"Policies": [PARAMETER]}, UNDECIDED),
        ({"Policies": [{"PolicyDocument": PARAMETER}]}, UNDECIDED),
        ({"Policies": [{"PolicyDocument": {"Statement": grant()}}, PARAMETER]}, BROKEN),
        ({"Policies": [None, 3, [], "x", GONE]}, MET),
    ],
    ids=str,
)
def test_inline_policies_may_be_hidden(properties: Json, wanted: str) -> None:
    assert verdict(LIMITED, template({"It": resource("AWS::IAM::Role", properties)})) == wanted
