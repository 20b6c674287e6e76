"""What the roles are, and what they refuse."""

from __future__ import annotations

import json

import pytest
from aws_cdk import App, Duration, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_

from hipaa_constructs import EncryptedBucket, ManagedPolicyRole
from tests._refusals import made, refusal
from tests._synthesis import Body, at, of_type, report_of, statements, synthesized, the

ROLE = "AWS::IAM::Role"
MANAGED = "AWS::IAM::ManagedPolicy"
LONG = "arn:aws:s3:::" + "x" * 50


@pytest.fixture
def stack() -> Stack:
    return Stack(App(), "Stack")


def role(stack: Stack) -> ManagedPolicyRole:
    return ManagedPolicyRole(stack, "It", assumed_by=iam.AccountRootPrincipal())


def reader(stack: Stack) -> None:
    EncryptedBucket(stack, "Records").bucket.grant_read(role(stack))


READER = synthesized(reader)


def granting(count: int) -> Body:
    def build(stack: Stack) -> None:
        holder = role(stack).role
        for number in range(count):
            holder.add_to_policy(iam.PolicyStatement(actions=["s3:GetObject"], resources=[f"{LONG}{number}/*"]))

    return synthesized(build, context={"@aws-cdk/aws-iam:minimizePolicies": False})


def test_a_grant_becomes_a_managed_policy() -> None:
    assert of_type(READER, "AWS::IAM::Policy") == {}
    actions = str([one["Action"] for one in statements(the(READER, MANAGED))])
    assert "s3:GetObject*" in actions
    assert "kms:Decrypt" in actions


def test_the_managed_policy_is_attached_to_the_role() -> None:
    (name,) = of_type(READER, ROLE)
    assert at(the(READER, MANAGED), "Properties", "Roles") == [{"Ref": name}]


def test_a_role_has_the_logical_id_of_the_plain_one() -> None:
    plain = synthesized(lambda stack: iam.Role(stack, "It", assumed_by=iam.AccountRootPrincipal()))
    assert list(of_type(READER, ROLE)) == list(of_type(plain, ROLE))


def test_several_grants_share_a_policy() -> None:
    assert len(of_type(granting(5), MANAGED)) == 1


def test_grants_that_outgrow_a_policy_go_on_in_the_next() -> None:
    template = granting(60)
    sizes = [
        len(json.dumps(at(policy, "Properties", "PolicyDocument"), separators=(",", ":")))
        for policy in of_type(template, MANAGED).values()
    ]
    assert len(sizes) > 1
    assert max(sizes) <= 6144


def test_no_grant_is_lost_between_policies() -> None:
    found = [one["Resource"] for policy in of_type(granting(60), MANAGED).values() for one in statements(policy)]
    assert sorted(map(str, found)) == sorted(f"{LONG}{number}/*" for number in range(60))


def test_more_grants_than_ten_policies_take_are_refused() -> None:
    with pytest.raises(RuntimeError, match="grants must fit into 10 managed policies, got one more"):
        granting(600)


def test_a_function_with_the_role_passes_both_packs_but_for_the_function() -> None:
    def build(app: App) -> None:
        stack = Stack(app, "Stack")
        service = iam.ServicePrincipal("lambda.amazonaws.com")
        holder = ManagedPolicyRole(stack, "It", assumed_by=service)
        lambda_.Function(
            stack,
            "Function",
            runtime=lambda_.Runtime.PYTHON_3_13,
            handler="index.handler",
            code=lambda_.Code.from_inline("def handler(event, context): pass"),
            role=holder.role,
        )
        EncryptedBucket(stack, "Records").bucket.grant_read_write(holder)

    assert [one.rule.id for one in report_of(build).findings if one.resource.type != "AWS::Lambda::Function"] == []


def test_free_options_are_passed_on() -> None:
    template = synthesized(
        lambda stack: ManagedPolicyRole(
            stack,
            "It",
            assumed_by=iam.AccountRootPrincipal(),
            description="Reads records",
            max_session_duration=Duration.hours(2),
        )
    )
    properties = at(the(template, ROLE), "Properties")
    assert (at(properties, "Description"), at(properties, "MaxSessionDuration")) == ("Reads records", 7200)


def test_inline_policies_are_refused_with_the_way_out(stack: Stack) -> None:
    refusal(
        lambda: made(ManagedPolicyRole, stack, assumed_by=iam.AccountRootPrincipal(), inline_policies={}),
        "Stack/It: inline_policies can't be set, got {}; inline policies can't be listed, reused or versioned "
        "(164.308(a)(4)(ii)(B)); pass managed_policies, or grant on the role",
    )
