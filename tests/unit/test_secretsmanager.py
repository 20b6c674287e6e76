"""What the secrets are, and what they refuse."""

from __future__ import annotations

import pytest
from aws_cdk import App, Duration, RemovalPolicy, SecretValue, Stack
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_secretsmanager as secretsmanager

from hipaa_constructs import EncryptedSecret
from tests._refusals import made, refusal, waiver
from tests._synthesis import at, of_type, synthesized, the

SECRET = "AWS::SecretsManager::Secret"
SCHEDULE = "AWS::SecretsManager::RotationSchedule"
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:rotate"
UNROTATED = [waiver("SecretRotated")]


def function(stack: Stack) -> lambda_.IFunction:
    return lambda_.Function.from_function_attributes(stack, "Rotate", function_arn=FUNCTION, same_environment=True)


@pytest.fixture
def stack() -> Stack:
    return Stack(App(), "Stack")


PLAIN = synthesized(lambda stack: EncryptedSecret(stack, "It", rotation_lambda=function(stack)))


def test_a_secret_is_encrypted_with_the_stacks_key() -> None:
    (key,) = of_type(PLAIN, "AWS::KMS::Key")
    assert at(the(PLAIN, SECRET), "Properties", "KmsKeyId") == {"Fn::GetAtt": [key, "Arn"]}


def test_a_secret_is_rotated_every_30_days() -> None:
    (secret,) = of_type(PLAIN, SECRET)
    properties = at(the(PLAIN, SCHEDULE), "Properties")
    assert properties == {
        "SecretId": {"Ref": secret},
        "RotationLambdaARN": FUNCTION,
        "RotationRules": {"ScheduleExpression": "rate(30 days)"},
    }


def test_the_interval_of_rotation_can_be_chosen() -> None:
    template = synthesized(
        lambda stack: EncryptedSecret(
            stack, "It", rotation_lambda=function(stack), automatically_after=Duration.days(7)
        )
    )
    assert at(the(template, SCHEDULE), "Properties", "RotationRules", "ScheduleExpression") == "rate(7 days)"


def test_a_function_of_aws_can_rotate_it() -> None:
    template = synthesized(
        lambda stack: EncryptedSecret(
            stack, "It", hosted_rotation=secretsmanager.HostedRotation.postgre_sql_single_user()
        )
    )
    assert at(the(template, SCHEDULE), "Properties", "HostedRotationLambda", "RotationType") == "PostgreSQLSingleUser"


def test_a_secret_stays_when_its_stack_goes() -> None:
    secret = the(PLAIN, SECRET)
    assert (secret["DeletionPolicy"], secret["UpdateReplacePolicy"]) == ("Retain", "Retain")


def test_a_secret_can_go_with_its_stack() -> None:
    template = synthesized(
        lambda stack: EncryptedSecret(
            stack, "It", rotation_lambda=function(stack), removal_policy=RemovalPolicy.DESTROY
        )
    )
    assert the(template, SECRET)["DeletionPolicy"] == "Delete"


def test_a_secret_has_the_logical_id_of_the_plain_one() -> None:
    plain = synthesized(lambda stack: secretsmanager.Secret(stack, "It"))
    assert list(of_type(PLAIN, SECRET)) == list(of_type(plain, SECRET))


def test_with_rotation_waived_there_is_no_schedule() -> None:
    template = synthesized(lambda stack: EncryptedSecret(stack, "It", waivers=UNROTATED))
    assert of_type(template, SCHEDULE) == {}


def test_replicas_have_keys_of_their_own() -> None:
    def build(stack: Stack) -> None:
        arn = "arn:aws:kms:us-west-2:123456789012:key/1234"
        replica = secretsmanager.ReplicaRegion(
            region="us-west-2", encryption_key=kms.Key.from_key_arn(stack, "Key", arn)
        )
        EncryptedSecret(stack, "It", rotation_lambda=function(stack), replica_regions=[replica])

    (replica,) = [at(the(synthesized(build), SECRET), "Properties", "ReplicaRegions", 0)]
    assert replica == {"Region": "us-west-2", "KmsKeyId": "arn:aws:kms:us-west-2:123456789012:key/1234"}


def test_a_secret_that_nothing_rotates_is_refused(stack: Stack) -> None:
    refusal(
        lambda: EncryptedSecret(stack, "It"),
        "Stack/It: rotation_lambda must be a function that rotates the secret, or hosted_rotation given, got None; to "
        'go without it pass waivers=[Waiver(rule="SecretRotated", …)] (164.308(a)(4)(ii)(B))',
    )


def test_two_rotations_are_refused(stack: Stack) -> None:
    refusal(
        lambda: EncryptedSecret(
            stack,
            "It",
            rotation_lambda=function(stack),
            hosted_rotation=secretsmanager.HostedRotation.postgre_sql_single_user(),
        ),
        "Stack/It: hosted_rotation must be left out with rotation_lambda, got 'both'; one thing rotates a secret "
        "(164.308(a)(4)(ii)(B))",
    )


@pytest.mark.parametrize(("interval", "shown"), [(Duration.hours(3), "3 hours"), (Duration.days(1001), "1001 days")])
def test_an_interval_that_secrets_manager_does_not_take_is_refused(
    stack: Stack, interval: Duration, shown: str
) -> None:
    refusal(
        lambda: EncryptedSecret(stack, "It", rotation_lambda=function(stack), automatically_after=interval),
        f"Stack/It: automatically_after must be from 4 hours to 1000 days, got {shown}; Secrets Manager takes no other "
        "interval (164.308(a)(4)(ii)(B))",
    )


def test_a_replica_without_a_key_is_refused(stack: Stack) -> None:
    refusal(
        lambda: EncryptedSecret(
            stack,
            "It",
            rotation_lambda=function(stack),
            replica_regions=[secretsmanager.ReplicaRegion(region="us-west-2")],
        ),
        "Stack/It: replica_regions must be Regions with encryption_key, got 'us-west-2 without a key'; pass a key of "
        "that Region, or the replica uses alias/aws/secretsmanager (164.312(a)(2)(iv))",
    )


def test_a_value_is_refused_and_not_shown(stack: Stack) -> None:
    with pytest.raises(Exception, match="secret_string_value can't be set") as refused:
        made(EncryptedSecret, stack, secret_string_value=SecretValue.unsafe_plain_text("hunter2"))
    assert "hunter2" not in str(refused.value)


def test_a_refusal_leaves_nothing_behind(stack: Stack) -> None:
    with pytest.raises(Exception, match="rotation_lambda must be"):
        EncryptedSecret(stack, "It")
    assert stack.node.children == []
