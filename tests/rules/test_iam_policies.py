"""What is judged of what IAM policies allow."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules import Assembly, Template
from hipaa_constructs.rules._identity import each_statement
from hipaa_constructs.rules._value import Json
from tests.rules._judging import (
    BROKEN,
    GONE,
    MALFORMED,
    MET,
    NEVER_TEXT,
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

POLICY, MANAGED, ROLE = "AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::Role"
ADMIN, FULL = "IamPolicyWithoutAdministration", "IamPolicyWithoutFullAccess"
ESCALATION = "IamPolicyWithoutEscalation"
READS, WRITES = "IamPolicyReadsNamedData", "IamPolicyWritesNamedData"
MARKET = "IamPolicyWithoutMarketplace"
RULES = (ADMIN, FULL, ESCALATION, READS, WRITES, MARKET)
CONDITION: Body = {"StringEquals": {"aws:ResourceTag/team": "records"}}


def allow(action: Json, on: Json = "*", **changes: Json) -> Body:
    return {"Effect": "Allow", "Action": action, "Resource": on, **changes}


def policy(statement: Json, kind: str = POLICY) -> Body:
    return template({"It": resource(kind, {"PolicyDocument": {"Statement": statement}})})


@pytest.mark.parametrize(
    "kind", [POLICY, MANAGED, "AWS::IAM::RolePolicy", "AWS::IAM::UserPolicy", "AWS::IAM::GroupPolicy"]
)
def test_everything_on_everything_breaks_in_every_kind_of_policy(kind: str) -> None:
    assert verdict(ADMIN, policy(allow("*"), kind)) == BROKEN


@pytest.mark.parametrize("kind", [ROLE, "AWS::IAM::User", "AWS::IAM::Group"])
def test_everything_on_everything_breaks_in_an_inline_policy(kind: str) -> None:
    inline: Json = [{"PolicyName": "A", "PolicyDocument": {"Statement": [allow("*")]}}]
    assert verdict(ADMIN, template({"It": resource(kind, {"Policies": inline})})) == BROKEN


@pytest.mark.parametrize(
    ("statement", "wanted"),
    [
        (allow(["s3:GetObject", "*"]), BROKEN),
        (allow("*:*"), BROKEN),
        (allow("*", ["arn:aws:s3:::a", "*"]), BROKEN),
        ({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}, BROKEN),
        ({"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::a"}, BROKEN),
        ({"Effect": "Allow", "NotAction": "iam:*", "Resource": "arn:aws:s3:::a"}, MET),
        (allow("*", "arn:aws:s3:::a/*"), MET),
        (allow("s3:*"), MET),
        (allow("s3:GetObject"), MET),
        (allow("*", Effect="Deny"), MET),
        (allow("*", Effect=PARAMETER), UNDECIDED),
        (allow("*", Condition=PARAMETER), UNDECIDED),
        ({"Effect": "Allow", "NotAction": "iam:*", "Resource": PARAMETER}, UNDECIDED),
        (allow(partly("*")), UNDECIDED),
        (allow(partly("s3:*")), MET),
        (allow("*", PARAMETER), UNDECIDED),
        (allow(PARAMETER), UNDECIDED),
        (allow(PARAMETER, "arn:aws:s3:::a"), MET),
        ([], MET),
        (PARAMETER, UNDECIDED),
    ],
)
def test_a_statement_on_all_resources_decides(statement: Json, wanted: str) -> None:
    assert verdict(ADMIN, policy(statement)) == wanted


def test_a_hidden_document_is_undecided() -> None:
    for rule in RULES:
        assert verdict(rule, template({"It": resource(POLICY, {"PolicyDocument": PARAMETER})})) == UNDECIDED
        assert verdict(rule, template({"It": resource(ROLE, {"Policies": PARAMETER})})) == UNDECIDED


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("document", [*NEVER_TEXT, *MALFORMED, "x", GONE])
def test_no_document_makes_a_rule_fail(rule: str, document: Json) -> None:
    assert verdict(rule, template({"It": resource(POLICY, {"PolicyDocument": document})})) in (MET, UNDECIDED)


@pytest.mark.parametrize("rule", RULES)
def test_a_role_without_policies_is_not_asked(rule: str) -> None:
    assert verdict(rule, template({"It": resource(ROLE, {})})) == NOT_APPLICABLE


@pytest.mark.parametrize(
    ("arn", "admin", "full"),
    [
        ("arn:aws:iam::aws:policy/AdministratorAccess", BROKEN, MET),
        ({"Fn::Sub": "arn:${AWS::Partition}:iam::aws:policy/AdministratorAccess"}, BROKEN, MET),
        ("arn:aws:iam::aws:policy/PowerUserAccess", BROKEN, MET),
        ("arn:aws:iam::aws:policy/AmazonS3FullAccess", MET, BROKEN),
        ("arn:aws:iam::aws:policy/service-role/SomeFullAccess", MET, BROKEN),
        ("arn:aws:iam::aws:policy/AmazonDynamoDBFullAccess_v2", MET, BROKEN),
        ("arn:aws:iam::aws:policy/SomeFullAccessExecutionRole", MET, MET),
        ("arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess", MET, MET),
        ("arn:aws:iam::123456789012:policy/AdministratorAccess", MET, MET),
        ("arn:aws:iam::123456789012:policy/OurFullAccess", MET, MET),
        (PARAMETER, MET, MET),
    ],
)
def test_the_policies_of_aws_that_are_attached_decide(arn: Json, admin: str, full: str) -> None:
    body = template({"It": resource(ROLE, {"ManagedPolicyArns": [arn]})})
    assert (verdict(ADMIN, body), verdict(FULL, body)) == (admin, full)


def test_hidden_attachments_are_undecided() -> None:
    assert verdict(ADMIN, template({"It": resource(ROLE, {"ManagedPolicyArns": PARAMETER})})) == UNDECIDED


def test_a_role_has_no_policy_document_of_its_own() -> None:
    stray: Json = {"Policies": [], "PolicyDocument": {"Statement": allow("*")}}
    assert verdict(ADMIN, template({"It": resource(ROLE, stray)})) == MET


def test_a_boundary_grants_nothing() -> None:
    boundary = resource(MANAGED, {"PolicyDocument": {"Statement": allow("*")}})
    role = resource(ROLE, {"PermissionsBoundary": {"Ref": "It"}})
    assert verdict(ADMIN, template({"It": boundary, "Role": role})) == NOT_APPLICABLE


@pytest.mark.parametrize("more", [{"Roles": ["A"]}, {"Users": ["A"]}, {"Groups": ["A"]}])
def test_a_boundary_that_is_attached_too_is_a_policy(more: Body) -> None:
    boundary = resource(MANAGED, {"PolicyDocument": {"Statement": allow("*")}, **more})
    role = resource(ROLE, {"PermissionsBoundary": {"Ref": "It"}})
    assert verdict(ADMIN, template({"It": boundary, "Role": role})) == BROKEN


def test_a_boundary_that_a_role_attaches_is_a_policy() -> None:
    boundary = resource(MANAGED, {"PolicyDocument": {"Statement": allow("*")}})
    one = resource(ROLE, {"PermissionsBoundary": {"Ref": "It"}})
    other = resource(ROLE, {"ManagedPolicyArns": [{"Ref": "It"}]})
    assert verdict(ADMIN, template({"It": boundary, "One": one, "Other": other})) == BROKEN


@pytest.mark.parametrize(
    ("statement", "wanted"),
    [
        (allow("s3:*", "arn:aws:s3:::a"), BROKEN),
        (allow("S3:*"), BROKEN),
        (allow("*"), BROKEN),
        (allow(["s3:GetObject", "kms:*"], "arn:aws:kms:us-east-1:1:key/a"), BROKEN),
        (allow("s3:Get*"), MET),
        (allow("kms:ReEncrypt*"), MET),
        (allow("s3:*", Effect="Deny"), MET),
        (allow("s3:*", Effect=PARAMETER), UNDECIDED),
        ({"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}, MET),
        (allow(PARAMETER), UNDECIDED),
        (allow({"Fn::Sub": "${AnyParameter}:GetObject"}), MET),
        (allow(partly("s3:*")), UNDECIDED),
        (allow(partly("kms:*")), MET),
    ],
)
def test_an_action_that_is_a_whole_service_breaks(statement: Json, wanted: str) -> None:
    assert verdict(FULL, policy(statement)) == wanted


def test_a_finding_names_the_service() -> None:
    assert outcome(FULL, policy([allow("s3:*", "arn:aws:s3:::a")])).found == "it allows s3:*"


@pytest.mark.parametrize(
    "action",
    [
        "iam:AddUserToGroup",
        "iam:AttachGroupPolicy",
        "iam:AttachRolePolicy",
        "iam:AttachUserPolicy",
        "iam:CreateAccessKey",
        "iam:CreateLoginProfile",
        "iam:CreatePolicyVersion",
        "iam:DeleteRolePermissionsBoundary",
        "iam:DeleteUserPermissionsBoundary",
        "iam:PassRole",
        "iam:PutGroupPolicy",
        "iam:PutRolePolicy",
        "iam:PutUserPolicy",
        "iam:SetDefaultPolicyVersion",
        "iam:UpdateAssumeRolePolicy",
        "iam:UpdateLoginProfile",
        "sts:AssumeRole",
        "iam:Pass*",
        "iam:*",
    ],
)
def test_an_action_that_takes_the_permissions_of_others_breaks(action: str) -> None:
    assert verdict(ESCALATION, policy(allow(action))) == BROKEN
    assert verdict(ESCALATION, policy(allow(action, "arn:aws:iam::123456789012:role/app"))) == MET
    assert verdict(ESCALATION, policy(allow(action, Condition=CONDITION))) == MET


@pytest.mark.parametrize(
    ("rule", "action"),
    [
        *((READS, one) for one in ("dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan", "s3:GetObject")),
        *((READS, one) for one in ("secretsmanager:GetSecretValue", "ssm:GetParameter", "ssm:GetParameters")),
        *((READS, one) for one in ("ssm:GetParametersByPath", "ssm:GetParameterHistory", "s3:GetObjectVersion")),
        *((READS, one) for one in ("dynamodb:BatchGetItem", "dynamodb:PartiQLSelect")),
        *((WRITES, f"dynamodb:PartiQL{one}") for one in ("Delete", "Insert", "Update")),
        *((WRITES, one) for one in ("dynamodb:BatchWriteItem", "s3:DeleteObjectVersion")),
        (WRITES, "s3:PutLifecycleConfiguration"),
        *((WRITES, f"backup:{one}") for one in ("DeleteBackupVault", "DeleteRecoveryPoint")),
        *((WRITES, f"cloudtrail:{one}") for one in ("DeleteTrail", "StopLogging")),
        *((WRITES, f"dynamodb:{one}") for one in ("DeleteItem", "DeleteTable", "PutItem", "UpdateItem")),
        *((WRITES, f"kms:{one}") for one in ("CreateGrant", "DisableKey", "PutKeyPolicy", "ScheduleKeyDeletion")),
        *((WRITES, f"rds:{one}") for one in ("DeleteDBCluster", "DeleteDBInstance", "ModifyDBSnapshotAttribute")),
        *((WRITES, f"s3:{one}") for one in ("DeleteBucket", "DeleteObject", "PutBucketPolicy", "PutObject")),
        *((WRITES, f"secretsmanager:{one}") for one in ("DeleteSecret", "PutSecretValue")),
        (WRITES, "elasticfilesystem:DeleteFileSystem"),
        (WRITES, "logs:DeleteLogGroup"),
        (MARKET, "aws-marketplace:Subscribe"),
    ],
)
def test_an_action_on_all_resources_breaks(rule: str, action: str) -> None:
    assert verdict(rule, policy(allow(action))) == BROKEN
    assert verdict(rule, policy(allow(action, "arn:aws:s3:::named"))) == MET
    assert verdict(rule, policy(allow(action, Condition=CONDITION))) == MET


@pytest.mark.parametrize(
    ("action", "on", "wanted"),
    [
        ("s3:GetObject", "arn:aws:s3:::*", BROKEN),
        ("s3:GetObject", "arn:aws:s3:::*/*", BROKEN),
        ("s3:GetObject", "arn:aws:s3:::records/*", MET),
        ("s3:GetObject", "arn:aws:s3:::records*", MET),
        ("s3:GetObject", "arn:aws:iam::123456789012:*", MET),
        ("s3:GetObject", "arn:aws:*:::*", BROKEN),
        ("dynamodb:Scan", "arn:aws:dynamodb:us-east-1:123456789012:table/*", BROKEN),
        ("dynamodb:Scan", "arn:aws:dynamodb:us-east-1:123456789012:table/visits", MET),
        ("dynamodb:Scan", "arn:aws:dynamodb:us-east-1:123456789012:table/visits/index/*", MET),
        ("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:us-east-1:1:secret:*", BROKEN),
        ("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:us-east-1:1:secret:app-*", MET),
        ("s3:GetObject", "", MET),
        ("s3:GetObject", [], MET),
        ("s3:GetObject", PARAMETER, UNDECIDED),
    ],
)
def test_an_arn_of_all_names_is_all_resources(action: str, on: Json, wanted: str) -> None:
    assert verdict(READS, policy(allow(action, on))) == wanted


@pytest.mark.parametrize(
    ("on", "wanted"),
    [
        ("arn:aws:iam::123456789012:role/*", BROKEN),
        ("arn:aws:iam::*:role/*", BROKEN),
        ("arn:aws:iam::123456789012:role/cdk-*", MET),
    ],
)
def test_all_roles_are_all_resources_of_assuming_one(on: str, wanted: str) -> None:
    assert verdict(ESCALATION, policy(allow("sts:AssumeRole", on))) == wanted


@pytest.mark.parametrize(
    ("statement", "wanted"),
    [
        (allow("iam:PassRole", Effect="Deny"), MET),
        (allow("iam:PassRole", Effect=PARAMETER), UNDECIDED),
        (allow("iam:PassRole", Condition=PARAMETER), UNDECIDED),
        (allow("iam:PassRole", Condition={"Bool": {"aws:SecureTransport": "true"}}), BROKEN),
        (allow("iam:PassRole", Condition={"StringLike": {"iam:PassedToService": "*"}}), BROKEN),
        (allow("iam:PassRole", Condition={"StringEquals": {"iam:PassedToService": "ecs.amazonaws.com"}}), MET),
        (allow(PARAMETER), UNDECIDED),
        (allow(PARAMETER, "arn:aws:iam::123456789012:role/app"), MET),
        (allow("s3:GetObject"), MET),
        ({"Effect": "Allow", "Action": "iam:PassRole", "NotResource": "arn:aws:iam::1:role/a"}, BROKEN),
    ],
)
def test_what_narrows_a_statement_counts(statement: Json, wanted: str) -> None:
    assert verdict(ESCALATION, policy(statement)) == wanted


@pytest.mark.parametrize("rule", [ESCALATION, READS, WRITES, MARKET])
@pytest.mark.parametrize("statement", [allow("*"), {"Effect": "Allow", "NotAction": "a:b", "Resource": "*"}])
def test_that_everything_is_allowed_is_found_once(rule: str, statement: Json) -> None:
    assert (verdict(rule, policy(statement)), verdict(ADMIN, policy(statement))) == (MET, BROKEN)


def test_a_resource_of_which_the_first_letter_is_known_may_be_every_one() -> None:
    assert verdict(ADMIN, policy(allow("*", partly("*")))) == UNDECIDED
    assert verdict(ADMIN, policy(allow("*", partly("a")))) == MET


@pytest.mark.parametrize(("name", "wanted"), [("**", BROKEN), ("*:*", BROKEN), ("X", MET), ("X*", MET)])
def test_only_wildcards_are_every_resource(name: str, wanted: str) -> None:
    assert verdict(ADMIN, policy(allow("*", name))) == wanted


@pytest.mark.parametrize(
    ("arn", "wanted"),
    [
        ("arn:aws:s3:*", BROKEN),
        ("arn:aws:s3::*", BROKEN),
        ("arn:aws:s3:::*", BROKEN),
        ("arn:aws:dynamodb:*", MET),
        ("arn:aws:s3", MET),
        ("arn:aws:s3:::records", MET),
        ("x:aws:s3:*", MET),
    ],
)
def test_a_wildcard_at_the_end_of_an_arn_stands_for_all_that_follows(arn: str, wanted: str) -> None:
    assert verdict(READS, policy(allow("s3:GetObject", arn))) == wanted


def test_a_policy_beside_a_boundary_is_no_boundary() -> None:
    boundary, other = policy(allow("*"), MANAGED), policy(allow("*"), MANAGED)
    role = resource(ROLE, {"PermissionsBoundary": {"Ref": "It"}})
    made = Template(template({**_resources(boundary), "Other": _resources(other)["It"], "Role": role}))
    Assembly([made])
    found = [each_statement(made.resources[name], lambda one: one.node.broken("x")).verdict for name in ("It", "Other")]
    assert found == [NOT_APPLICABLE, BROKEN]


def _resources(body: Body) -> Body:
    resources = body["Resources"]
    assert isinstance(resources, dict)
    return resources
