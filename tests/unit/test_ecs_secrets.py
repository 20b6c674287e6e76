"""How containers get secrets, also those of other stacks."""

from __future__ import annotations

import json

import pytest
from aws_cdk import App, Environment, Stack
from aws_cdk import aws_kms as kms
from aws_cdk import aws_secretsmanager as secretsmanager

from hipaa_constructs import ContainerSecret, EncryptedSecret, EncryptionKey
from hipaa_constructs.rules._value import Json
from tests._refusals import waiver
from tests._synthesis import Body, at, list_at, of_type, report_of, statements, synthesized, the
from tests.unit.test_ecs import service

ARN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:portal"
KEY_ARN = "arn:aws:kms:us-east-1:123456789012:key/1234"


def own(stack: Stack) -> EncryptedSecret:
    return EncryptedSecret(stack, "Password", waivers=[waiver("SecretRotated")])


def with_own(stack: Stack) -> None:
    service(stack, secrets={"PASSWORD": ContainerSecret(own(stack), "password")})


def imported(*, partial: bool = False, key: bool = True) -> Body:
    def build(stack: Stack) -> None:
        found = secretsmanager.Secret.from_secret_attributes(
            stack,
            "Imported",
            secret_partial_arn=ARN if partial else None,
            secret_complete_arn=None if partial else f"{ARN}-abcdef",
            encryption_key=kms.Key.from_key_arn(stack, "ImportedKey", KEY_ARN) if key else None,
        )
        service(stack, secrets={"PASSWORD": ContainerSecret(found)})

    return synthesized(build, region="us-east-1")


OWN = synthesized(with_own, region="us-east-1")


def granted(template: Body, action: str) -> Body:
    """Return the statement of the execution role that allows an action."""
    policies = [one for id, one in of_type(template, "AWS::IAM::ManagedPolicy").items() if "ExecutionRole" in id]
    (found,) = (one for policy in policies for one in statements(policy) if action in json.dumps(one["Action"]))
    return found


def value(template: Body) -> Json:
    container = list_at(the(template, "AWS::ECS::TaskDefinition"), "Properties", "ContainerDefinitions")[0]
    return at(container, "Secrets", 0, "ValueFrom")


def test_a_container_gets_a_field_of_a_secret() -> None:
    (secret,) = of_type(OWN, "AWS::SecretsManager::Secret")
    assert value(OWN) == {"Fn::Join": ["", [{"Ref": secret}, ":password::"]]}


def test_a_container_gets_a_whole_secret() -> None:
    assert value(imported()) == f"{ARN}-abcdef"


def test_the_execution_role_reads_this_secret_alone() -> None:
    (secret,) = of_type(OWN, "AWS::SecretsManager::Secret")
    statement = granted(OWN, "secretsmanager:")
    assert statement["Action"] == ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"]
    assert statement["Resource"] == {"Ref": secret}


def test_the_execution_role_decrypts_through_secrets_manager_alone() -> None:
    statement = granted(OWN, "kms:")
    assert statement["Action"] == "kms:Decrypt"
    assert statement["Condition"] == {"StringEquals": {"kms:ViaService": "secretsmanager.us-east-1.amazonaws.com"}}


def test_the_policy_of_the_key_does_not_name_the_role() -> None:
    policies = [at(key, "Properties", "KeyPolicy") for key in of_type(OWN, "AWS::KMS::Key").values()]
    assert "ExecutionRole" not in json.dumps(policies)


def test_the_key_of_an_imported_secret_decrypts() -> None:
    assert granted(imported(), "kms:")["Resource"] == KEY_ARN


def test_without_a_key_nothing_is_decrypted() -> None:
    assert '"kms:' not in json.dumps(
        [
            list(statements(one))
            for id, one in of_type(imported(key=False), "AWS::IAM::ManagedPolicy").items()
            if "ExecutionRole" in id
        ]
    )


def test_an_arn_without_its_suffix_is_granted_with_one() -> None:
    template = imported(partial=True)
    assert granted(template, "secretsmanager:")["Resource"] == f"{ARN}-??????"
    assert value(template) == ARN


def over_stacks(app: App) -> None:
    place = Environment(account="123456789012", region="us-east-1")
    keys, data, front = (Stack(app, name, env=place) for name in ("Keys", "Data", "Front"))
    key = EncryptionKey(keys, "EncryptionKey")
    password = EncryptedSecret(data, "Password", encryption_key=key, waivers=[waiver("SecretRotated")])
    service(front, secrets={"PASSWORD": ContainerSecret(password, "password")})


def test_key_secret_and_service_of_three_stacks_make_no_circle_and_break_no_rule() -> None:
    assert report_of(over_stacks).findings == []


def test_platforms_that_know_no_fields_are_told_of_one() -> None:
    secret = own(Stack(App(), "Stack"))
    assert (ContainerSecret(secret, "password").has_field, ContainerSecret(secret).has_field) == (True, False)


@pytest.mark.parametrize("field", ["", "password"])
def test_a_service_with_a_secret_breaks_no_rule(field: str) -> None:
    def build(app: App) -> None:
        stack = Stack(app, "Stack", env=Environment(account="123456789012", region="us-east-1"))
        service(stack, secrets={"PASSWORD": ContainerSecret(own(stack), field)})

    assert report_of(build).findings == []
