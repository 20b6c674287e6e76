"""What is judged of managed instances, sessions, parameters and sharing."""

from __future__ import annotations

import json

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import (
    BROKEN,
    GONE,
    MALFORMED,
    MET,
    NOT_APPLICABLE,
    PARAMETER,
    UNDECIDED,
    Body,
    outcome,
    resource,
    template,
    verdict,
)

MANAGED, SHARING, SECRETS, SESSIONS = (
    "SsmManagesInstances",
    "SsmDocumentsNotPublic",
    "SsmParameterWithoutSecrets",
    "SsmSessionsEncryptedAndLogged",
)
CORE: Json = {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":iam::aws:policy/AmazonSSMManagedInstanceCore"]]}
ACTIONS: list[Json] = ["ssm:UpdateInstanceInformation", "ssmmessages:CreateControlChannel"]
OPEN = "ssmmessages:OpenControlChannel"


def profile(role: Json = None, roles: Json = None, **others: Json) -> Body:
    named: Json = roles if roles is not None else [{"Ref": "Role"}]
    parts = {"It": resource("AWS::IAM::InstanceProfile", {"Roles": named}), "Role": resource("AWS::IAM::Role", role)}
    return template({**parts, **others})


def document(*actions: Json, effect: Json = "Allow") -> Json:
    return {"Statement": [{"Effect": effect, "Action": list(actions), "Resource": "*"}]}


@pytest.mark.parametrize(
    ("arns", "wanted"),
    [
        ([CORE], MET),
        (["arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"], MET),
        ([{"Fn::Sub": "arn:${AWS::Partition}:iam::aws:policy/AmazonSSMManagedInstanceCore"}], MET),
        (["arn:aws:iam::aws:policy/AmazonSSMManagedEC2InstanceDefaultPolicy"], MET),
        (["arn:aws:iam::aws:policy/service-role/AmazonEC2RoleforSSM"], MET),
        (["arn:aws:iam::aws:policy/AdministratorAccess"], MET),
        ([PARAMETER, CORE], MET),
        (["arn:aws:iam::aws:policy/CloudWatchAgentServerPolicy"], BROKEN),
        (["arn:aws:iam::aws:policy/XAmazonSSMManagedInstanceCore"], BROKEN),
        (["arn:aws:iam::123456789012:policy/AmazonSSMManagedInstanceCore"], UNDECIDED),
        ([PARAMETER], UNDECIDED),
        (PARAMETER, UNDECIDED),
        ([], BROKEN),
        (GONE, BROKEN),
    ],
)
def test_the_managed_policies_of_the_role_decide(arns: Json, wanted: str) -> None:
    assert verdict(MANAGED, profile({"ManagedPolicyArns": arns})) == wanted


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        (document(*ACTIONS, OPEN), MET),
        (document("ssm:*", "ssmmessages:*"), MET),
        (document("*"), MET),
        (document(*ACTIONS), BROKEN),
        (document(ACTIONS[0], OPEN), BROKEN),
        (document(ACTIONS[1], OPEN), BROKEN),
        (document(*ACTIONS, OPEN, effect="Deny"), BROKEN),
        (document(*ACTIONS, PARAMETER), UNDECIDED),
        ({"Statement": PARAMETER}, UNDECIDED),
    ],
)
def test_a_policy_that_allows_the_same_does(written: Json, wanted: str) -> None:
    inline: Json = {"Policies": [{"PolicyName": "x", "PolicyDocument": written}]}
    assert verdict(MANAGED, profile(inline)) == wanted
    of_role: tuple[tuple[str, Body], ...] = (
        ("AWS::IAM::Policy", {"Roles": [{"Ref": "Role"}]}),
        ("AWS::IAM::ManagedPolicy", {"Roles": [{"Ref": "Role"}]}),
        ("AWS::IAM::RolePolicy", {"RoleName": {"Ref": "Role"}}),
    )
    for kind, named in of_role:
        policy = resource(kind, {**named, "PolicyDocument": written})
        assert verdict(MANAGED, profile({}, Policy=policy)) == wanted
    attached: Json = {"ManagedPolicyArns": [{"Ref": "Policy"}]}
    policy = resource("AWS::IAM::ManagedPolicy", {"PolicyDocument": written})
    assert verdict(MANAGED, profile(attached, Policy=policy)) == wanted


def test_two_policies_may_allow_a_part_each() -> None:
    first = resource("AWS::IAM::Policy", {"Roles": [{"Ref": "Role"}], "PolicyDocument": document(*ACTIONS)})
    second = resource("AWS::IAM::Policy", {"Roles": [{"Ref": "Role"}], "PolicyDocument": document(OPEN)})
    assert verdict(MANAGED, profile({}, First=first, Second=second)) == MET
    inside: Json = [{"PolicyDocument": document(*ACTIONS)}, {"PolicyDocument": document(OPEN)}]
    assert verdict(MANAGED, profile({"Policies": inside})) == MET


def test_a_policy_that_may_be_of_the_role_leaves_it_open() -> None:
    policy = resource("AWS::IAM::Policy", {"Roles": [PARAMETER], "PolicyDocument": document("*")})
    assert verdict(MANAGED, profile({}, Policy=policy)) == UNDECIDED


@pytest.mark.parametrize(
    ("roles", "wanted"),
    [
        (["portal"], UNDECIDED),
        ([PARAMETER], UNDECIDED),
        ([{"Ref": "It"}], UNDECIDED),
        (PARAMETER, UNDECIDED),
        ([], BROKEN),
        ([GONE], BROKEN),
        (GONE, BROKEN),
        ("x", BROKEN),
    ],
)
def test_a_role_that_is_not_in_the_templates_leaves_it_open(roles: Json, wanted: str) -> None:
    assert verdict(MANAGED, profile({}, roles)) == wanted


HOST = "/ssm/managed-instance/default-ec2-instance-management-role"


@pytest.mark.parametrize(
    ("setting", "wanted"),
    [
        (HOST, MET),
        ({"Fn::Sub": "arn:${AWS::Partition}:ssm:us-east-1:123456789012:servicesetting" + HOST}, MET),
        ("/ssm/parameter-store/high-throughput-enabled", BROKEN),
    ],
)
def test_the_default_host_management_manages_every_instance(setting: Json, wanted: str) -> None:
    on = resource("AWS::SSM::ServiceSetting", {"SettingId": setting, "SettingValue": "SystemsManagerRole"})
    assert verdict(MANAGED, profile({}, Setting=on)) == wanted


def test_a_setting_that_is_never_made_manages_nothing() -> None:
    on = resource("AWS::SSM::ServiceSetting", {"SettingId": HOST}, Condition="Never")
    body: Body = {**profile({}, Setting=on), "Conditions": {"Never": {"Fn::Equals": ["a", "b"]}}}
    assert verdict(MANAGED, body) == BROKEN


PUBLIC = "/ssm/documents/console/public-sharing-permission"


@pytest.mark.parametrize(
    ("setting", "value", "wanted"),
    [
        (PUBLIC, "Disable", MET),
        (PUBLIC, "Enable", BROKEN),
        (PUBLIC, GONE, BROKEN),
        (PUBLIC, PARAMETER, UNDECIDED),
        (HOST, "Enable", NOT_APPLICABLE),
        (GONE, "Enable", NOT_APPLICABLE),
    ],
)
def test_public_sharing_is_off(setting: Json, value: Json, wanted: str) -> None:
    body = template({"It": resource("AWS::SSM::ServiceSetting", {"SettingId": setting, "SettingValue": value})})
    assert verdict(SHARING, body) == wanted


def parameter(name: Json, value: Json) -> Body:
    secret = resource("AWS::SecretsManager::Secret")
    properties: Json = {"Name": name, "Type": "String", "Value": value}
    return template({"It": resource("AWS::SSM::Parameter", properties), "Secret": secret})


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("/portal/url", "https://portal.example.org", MET),
        ("/portal/db/password", "hunter2", BROKEN),
        ("/portal/db/password", PARAMETER, BROKEN),
        ("/portal/db/secret", {"Ref": "Secret"}, MET),
        ("/portal/db/secret", {"Fn::GetAtt": ["Secret", "Id"]}, MET),
        ("/portal/db/secret", "arn:aws:secretsmanager:us-east-1:123456789012:secret:x", MET),
        ("/password/url", "x", MET),
        ("/portal/url", "postgres://me:hunter2@db/portal", BROKEN),
        ("/portal/stripe/api-key", "x", BROKEN),
        ("/portal/max_tokens", "4096", MET),
        ("/portal/password", "4096", BROKEN),
        ("/portal/url", "{{resolve:secretsmanager:portal}}", BROKEN),
        ("/portal/url", {"Fn::Sub": "{{resolve:secretsmanager:portal}}"}, BROKEN),
        ("/portal/key", "AKIAIOSFODNN7EXAMPLE", BROKEN),
        ("/patient", "123-45-6789", BROKEN),
        ("/alerts", "ops@example.org", MET),
        (GONE, "x", MET),
        ({"Fn::Sub": "/${AnyParameter}/password"}, "hunter2", BROKEN),
        ({"Fn::Sub": "/portal/${AnyParameter}password"}, "hunter2", MET),
        ("/portal/size", PARAMETER, UNDECIDED),
        ("/portal/size", {"Fn::Sub": "x-${AnyParameter}"}, MET),
        ("/portal/size", 3, MET),
        ("/portal/size", [], BROKEN),
        ("/portal/size", {}, BROKEN),
        ("/portal/size", GONE, BROKEN),
        ("/portal/size", "", BROKEN),
    ],
)
def test_what_a_parameter_holds_decides(name: Json, value: Json, wanted: str) -> None:
    assert verdict(SECRETS, parameter(name, value)) == wanted


def test_the_finding_does_not_spread_the_secret() -> None:
    assert outcome(SECRETS, parameter("/db/password", "hunter2")).found == "password, with a plain value"


INPUTS: Body = {
    "kmsKeyId": {"Fn::GetAtt": ["Key", "Arn"]},
    "cloudWatchLogGroupName": "sessions",
    "cloudWatchEncryptionEnabled": True,
}


def sessions(inputs: Json, kind: Json = "Standard_Stream", as_text: bool = False) -> Body:
    content: Json = {"schemaVersion": "1.0", "sessionType": kind, "inputs": inputs}
    written: Json = json.dumps(content) if as_text else content
    properties: Json = {"DocumentType": "Session", "Content": written}
    return template({"It": resource("AWS::SSM::Document", properties), "Key": resource("AWS::KMS::Key")})


@pytest.mark.parametrize(
    ("inputs", "wanted"),
    [
        (INPUTS, MET),
        ({**INPUTS, "kmsKeyId": "alias/sessions"}, MET),
        ({**INPUTS, "kmsKeyId": "alias/aws/ssm"}, BROKEN),
        ({**INPUTS, "kmsKeyId": ""}, BROKEN),
        ({**INPUTS, "kmsKeyId": GONE}, BROKEN),
        ({**INPUTS, "kmsKeyId": PARAMETER}, UNDECIDED),
        ({**INPUTS, "cloudWatchEncryptionEnabled": False}, BROKEN),
        ({**INPUTS, "cloudWatchEncryptionEnabled": GONE}, BROKEN),
        ({**INPUTS, "cloudWatchLogGroupName": ""}, BROKEN),
        ({**INPUTS, "cloudWatchLogGroupName": PARAMETER}, UNDECIDED),
        ({**INPUTS, "s3BucketName": "sessions"}, BROKEN),
        ({**INPUTS, "s3BucketName": "sessions", "s3EncryptionEnabled": True}, MET),
        ({**INPUTS, "cloudWatchLogGroupName": GONE, "s3BucketName": "x", "s3EncryptionEnabled": True}, MET),
        (PARAMETER, UNDECIDED),
        ({}, BROKEN),
        (GONE, BROKEN),
        ("x", BROKEN),
    ],
)
def test_the_preferences_of_sessions_decide(inputs: Json, wanted: str) -> None:
    assert verdict(SESSIONS, sessions(inputs)) == wanted


@pytest.mark.parametrize(("switch", "wanted"), [(True, MET), (False, BROKEN)])
def test_content_may_be_written_as_text(switch: bool, wanted: str) -> None:
    inputs = {**INPUTS, "kmsKeyId": "alias/sessions", "cloudWatchEncryptionEnabled": switch}
    assert verdict(SESSIONS, sessions(inputs, as_text=True)) == wanted


@pytest.mark.parametrize(
    ("properties", "wanted"),
    [
        ({"DocumentType": "Session", "Content": "schemaVersion: '1.0'"}, UNDECIDED),
        ({"DocumentType": "Session", "Content": json.dumps({"inputs": {"Ref": "Nothing"}})}, UNDECIDED),
        ({"DocumentType": "Session", "Content": PARAMETER}, UNDECIDED),
        ({"DocumentType": "Session", "Content": 7}, BROKEN),
        ({"DocumentType": "Session"}, BROKEN),
        ({"DocumentType": "Command", "Content": {}}, NOT_APPLICABLE),
        ({}, NOT_APPLICABLE),
    ],
)
def test_documents_of_sessions_are_judged(properties: Json, wanted: str) -> None:
    assert verdict(SESSIONS, template({"It": resource("AWS::SSM::Document", properties)})) == wanted


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [("Port", NOT_APPLICABLE), ("InteractiveCommands", NOT_APPLICABLE), (GONE, BROKEN), (PARAMETER, BROKEN)],
)
def test_other_sessions_than_shells_have_no_preferences(kind: Json, wanted: str) -> None:
    assert verdict(SESSIONS, sessions({}, kind)) == wanted


@pytest.mark.parametrize("value", MALFORMED, ids=str)
def test_a_malformed_intrinsic_function_is_no_pass(value: Json) -> None:
    assert verdict(MANAGED, profile({"ManagedPolicyArns": value})) in (BROKEN, UNDECIDED)
    assert verdict(SESSIONS, sessions({**INPUTS, "cloudWatchEncryptionEnabled": value})) in (BROKEN, UNDECIDED)


@pytest.mark.parametrize(
    ("rule", "body", "wanted"),
    [
        (MANAGED, profile({}), "a role without it"),
        (MANAGED, profile({"ManagedPolicyArns": [PARAMETER]}), "an intrinsic function hides policies"),
        (MANAGED, profile({}, ["portal"]), "the role is not in the templates"),
        (SECRETS, parameter("/a", "AKIAIOSFODNN7EXAMPLE"), "a value with the form of a secret"),
        (SECRETS, parameter("/a", "123-45-6789"), "text that looks like a social security number"),
        (SESSIONS, sessions({"kmsKeyId": "alias/sessions"}), "no log group and no bucket"),
    ],
)
def test_a_finding_says_what_is_wrong(rule: str, body: Body, wanted: str) -> None:
    assert outcome(rule, body).found == wanted
