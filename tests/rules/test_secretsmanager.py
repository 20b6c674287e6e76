"""What is judged of secrets, their rotation and their policies."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import BROKEN, MET, PARAMETER, UNDECIDED, Body, resource, template, verdict

SECRET = "AWS::SecretsManager::Secret"
SCHEDULE = "AWS::SecretsManager::RotationSchedule"
ATTACHMENT = "AWS::SecretsManager::SecretTargetAttachment"
POLICY = "AWS::SecretsManager::ResourcePolicy"
KEY = "arn:aws:kms:us-east-1:123456789012:key/1234"
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:rotate"


def schedule(**changes: Json) -> Body:
    whole: Body = {
        "SecretId": {"Ref": "It"},
        "RotationLambdaARN": FUNCTION,
        "RotationRules": {"AutomaticallyAfterDays": 30},
    }
    return template({"It": resource(SECRET), "Schedule": resource(SCHEDULE, {**whole, **changes})})


@pytest.mark.parametrize(
    ("properties", "wanted"),
    [
        ({"KmsKeyId": KEY}, MET),
        ({"KmsKeyId": "alias/records"}, MET),
        ({"KmsKeyId": "alias/aws/secretsmanager"}, BROKEN),
        ({}, BROKEN),
        ({"KmsKeyId": PARAMETER}, UNDECIDED),
        ({"KmsKeyId": KEY, "ReplicaRegions": [{"Region": "us-west-2", "KmsKeyId": KEY}]}, MET),
        ({"KmsKeyId": KEY, "ReplicaRegions": [{"Region": "us-west-2"}]}, BROKEN),
        ({"KmsKeyId": KEY, "ReplicaRegions": [{"Region": "us-west-2", "KmsKeyId": "alias/records"}]}, MET),
        ({"KmsKeyId": KEY, "ReplicaRegions": PARAMETER}, UNDECIDED),
    ],
)
def test_the_keys_of_a_secret_and_its_replicas_decide(properties: Json, wanted: str) -> None:
    assert verdict("SecretUsesCustomerManagedKey", template({"It": resource(SECRET, properties)})) == wanted


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"RotationRules": {"ScheduleExpression": "rate(30 days)"}},
        {"RotationLambdaARN": {"Ref": "AWS::NoValue"}, "HostedRotationLambda": {"RotationType": "MySQLSingleUser"}},
        {"RotationLambdaARN": {"Ref": "AWS::NoValue"}, "ExternalSecretRotationRoleArn": "arn:aws:iam::1:role/rotate"},
    ],
)
def test_a_schedule_that_rotates_meets(changes: Body) -> None:
    assert verdict("SecretRotated", schedule(**changes)) == MET


@pytest.mark.parametrize(
    "changes",
    [
        {"RotationRules": {}},
        {"RotationRules": {"Ref": "AWS::NoValue"}},
        {"RotationRules": "x"},
        {"RotationLambdaARN": {"Ref": "AWS::NoValue"}},
        {"SecretId": "arn:aws:secretsmanager:us-east-1:123456789012:secret:another"},
    ],
)
def test_a_schedule_that_rotates_nothing_breaks(changes: Body) -> None:
    assert verdict("SecretRotated", schedule(**changes)) == BROKEN


@pytest.mark.parametrize("changes", [{"SecretId": PARAMETER}, {"RotationRules": PARAMETER}])
def test_a_hidden_schedule_is_undecided(changes: Body) -> None:
    assert verdict("SecretRotated", schedule(**changes)) == UNDECIDED


def test_a_secret_without_a_schedule_breaks() -> None:
    assert verdict("SecretRotated", template({"It": resource(SECRET)})) == BROKEN


def test_a_schedule_of_an_attachment_meets() -> None:
    body = template(
        {
            "It": resource(SECRET),
            "Attachment": resource(ATTACHMENT, {"SecretId": {"Ref": "It"}, "TargetId": "records"}),
            "Schedule": resource(
                SCHEDULE,
                {
                    "SecretId": {"Ref": "Attachment"},
                    "RotationLambdaARN": FUNCTION,
                    "RotationRules": {"AutomaticallyAfterDays": 30},
                },
            ),
        }
    )
    assert verdict("SecretRotated", body) == MET


@pytest.mark.parametrize(
    ("principal", "wanted"),
    [
        ({"AWS": "arn:aws:iam::123456789012:root"}, MET),
        ("*", BROKEN),
        ({"Service": "lambda.amazonaws.com"}, BROKEN),
        (PARAMETER, UNDECIDED),
    ],
)
def test_whom_a_secrets_policy_lets_read_decides(principal: Json, wanted: str) -> None:
    allow: Json = {
        "Effect": "Allow",
        "Principal": principal,
        "Action": "secretsmanager:GetSecretValue",
        "Resource": "*",
    }
    body = template({"It": resource(POLICY, {"SecretId": "x", "ResourcePolicy": {"Statement": [allow]}})})
    assert verdict("SecretPolicyNamesPrincipals", body) == wanted


@pytest.mark.parametrize(
    "policy", [PARAMETER, {"Statement": PARAMETER}, {"Fn::Sub": '{"Statement":[],"Id":"${AnyParameter}"}'}], ids=str
)
def test_a_hidden_policy_is_undecided(policy: Json) -> None:
    body = template({"It": resource(POLICY, {"ResourcePolicy": policy})})
    assert verdict("SecretPolicyNamesPrincipals", body) == UNDECIDED
