"""What is judged of other accounts in policies of resources, and of snapshots that are shared."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules import RULES, Assembly, Template
from hipaa_constructs.rules._value import Json
from tests.rules._judging import (
    BROKEN,
    MALFORMED,
    MET,
    NEVER_TEXT,
    NOT_APPLICABLE,
    PARAMETER,
    UNDECIDED,
    Body,
    resource,
    template,
    verdict,
)

SHARES, SNAPSHOTS = "PolicySharesOnCondition", "SnapshotsNotShared"
OWN, OTHER = "111122223333", "444455556666"
PLACES = {
    "AWS::Backup::BackupVault": "AccessPolicy",
    "AWS::Backup::LogicallyAirGappedBackupVault": "AccessPolicy",
    "AWS::ECR::Repository": "RepositoryPolicyText",
    "AWS::EFS::FileSystem": "FileSystemPolicy",
    "AWS::KMS::Key": "KeyPolicy",
    "AWS::KMS::ReplicaKey": "KeyPolicy",
    "AWS::S3::AccessPoint": "Policy",
    "AWS::S3::BucketPolicy": "PolicyDocument",
    "AWS::SNS::TopicInlinePolicy": "PolicyDocument",
    "AWS::SNS::TopicPolicy": "PolicyDocument",
    "AWS::SQS::QueueInlinePolicy": "PolicyDocument",
    "AWS::SQS::QueuePolicy": "PolicyDocument",
    "AWS::SecretsManager::ResourcePolicy": "ResourcePolicy",
}


def judged(rule: str, body: Body, account: str | None = OWN) -> tuple[str, str]:
    assembly = Assembly([Template(body, account=account)])
    found = RULES[rule].judge(assembly.templates[0].resources["It"])
    return found.verdict.value, found.found


def letting_in(principal: Json, condition: Json = None, kind: str = "AWS::S3::BucketPolicy", **changes: Json) -> Body:
    statement: Body = {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "a:b", "Resource": "*", **changes}
    if condition is not None:
        statement["Condition"] = condition
    return template({"It": resource(kind, {PLACES[kind]: {"Statement": [statement]}})})


@pytest.mark.parametrize("kind", PLACES)
def test_another_account_in_any_policy_breaks_and_is_named(kind: str) -> None:
    found = judged(SHARES, letting_in(f"arn:aws:iam::{OTHER}:root", kind=kind))
    assert found == (BROKEN, f"it lets account {OTHER} in")


@pytest.mark.parametrize("kind", PLACES)
def test_a_resource_without_policy_is_not_asked(kind: str) -> None:
    assert verdict(SHARES, template({"It": resource(kind, {})})) == NOT_APPLICABLE


@pytest.mark.parametrize(
    ("principal", "condition", "wanted"),
    [
        (OTHER, None, BROKEN),
        ([f"arn:aws:iam::{OWN}:root", f"arn:aws:iam::{OTHER}:role/a"], None, BROKEN),
        (f"arn:aws:sts::{OTHER}:assumed-role/a/b", None, BROKEN),
        (f"arn:aws:iam::{OWN}:root", None, MET),
        ("arn:aws:iam::127311923021:root", None, MET),
        ({"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:root"}, None, MET),
        (OTHER, {"StringEquals": {"aws:PrincipalOrgID": "o-abc"}}, MET),
        (OTHER, {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{OTHER}:role/reader"}}, MET),
        (OTHER, {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}}, MET),
        (OTHER, {"Bool": {"kms:GrantIsForAWSResource": "true"}}, BROKEN),
        (OTHER, {"StringEquals": {"sts:ExternalId": "a1b2"}}, MET),
        (OTHER, {"Bool": {"aws:SecureTransport": "true"}}, BROKEN),
        (OTHER, PARAMETER, UNDECIDED),
        (PARAMETER, None, MET),
    ],
)
def test_the_account_and_the_condition_decide(principal: Json, condition: Json, wanted: str) -> None:
    assert judged(SHARES, letting_in(principal, condition))[0] == wanted


def test_a_denial_lets_nobody_in() -> None:
    assert judged(SHARES, letting_in(OTHER, Effect="Deny"))[0] == MET


def test_where_the_own_account_is_not_known_it_is_undecided() -> None:
    found = judged(SHARES, letting_in(OTHER), None)
    assert found == (UNDECIDED, f"it lets account {OTHER} in, unless that is its own")


@pytest.mark.parametrize("document", [*NEVER_TEXT, *MALFORMED])
def test_no_policy_makes_it_fail(document: Json) -> None:
    body = template({"It": resource("AWS::S3::BucketPolicy", {"PolicyDocument": document})})
    assert verdict(SHARES, body) == MET


def sharing(accounts: Json) -> Body:
    schedules: Json = [{"ShareRules": [{"TargetAccounts": accounts}]}]
    return template({"It": resource("AWS::DLM::LifecyclePolicy", {"PolicyDetails": {"Schedules": schedules}})})


@pytest.mark.parametrize(
    ("accounts", "wanted"),
    [
        ([OTHER], BROKEN),
        ([OWN], MET),
        ([OWN, OTHER], BROKEN),
        ([PARAMETER], UNDECIDED),
        (PARAMETER, UNDECIDED),
        ([], NOT_APPLICABLE),
    ],
)
def test_the_accounts_that_snapshots_are_shared_with_decide(accounts: Json, wanted: str) -> None:
    assert judged(SNAPSHOTS, sharing(accounts))[0] == wanted


def test_a_policy_that_shares_nothing_is_not_asked() -> None:
    assert verdict(SNAPSHOTS, template({"It": resource("AWS::DLM::LifecyclePolicy", {})})) == NOT_APPLICABLE


@pytest.mark.parametrize(
    ("state", "wanted"),
    [
        ("block-all-sharing", MET),
        ("block-new-sharing", MET),
        ("unblocked", BROKEN),
        (None, BROKEN),
        (PARAMETER, UNDECIDED),
    ],
)
def test_the_switch_of_the_account_decides(state: Json, wanted: str) -> None:
    body = template({"It": resource("AWS::EC2::SnapshotBlockPublicAccess", {"State": state})})
    assert verdict(SNAPSHOTS, body) == wanted
