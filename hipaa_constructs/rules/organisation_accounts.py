"""What a template must show of the other accounts that it lets in."""

from __future__ import annotations

from hipaa_constructs.rules._accounts import ITS_OWN, foreign_principals
from hipaa_constructs.rules._identity import forbidden
from hipaa_constructs.rules._node import Resource
from hipaa_constructs.rules._outcome import MET, NOT_APPLICABLE, Outcome, all_met
from hipaa_constructs.rules._policy import PUBLIC_ACCESS_LIMITS, Statement, read
from hipaa_constructs.rules._rule import Severity, rule

_DOCUMENTS = {
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
_NARROWING = (*PUBLIC_ACCESS_LIMITS, "kms:ViaService", "sts:ExternalId")


@rule(
    title="what is shared with another account is shared on a condition",
    fix="add a condition on aws:PrincipalOrgID or aws:PrincipalArn, or waive this and name the agreement with who owns "
    "the account",
    applies_to=tuple(_DOCUMENTS),
    controls=("164.308(b)(1)", "164.312(a)(1)"),
    requirement="HC-412",
    same_as=("prowler:s3_bucket_cross_account_access",),
    severity=Severity.WARNING,
    url="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html",
)
def policy_shares_on_condition(resource: Resource) -> Outcome:
    """Judge the principals of other accounts in policies of buckets, keys, queues, topics, secrets and vaults."""
    document = resource.at(_DOCUMENTS[resource.type])
    if document.is_absent:
        return NOT_APPLICABLE
    statements, _ = read(document)
    return all_met([MET, *(_shares(statement) for statement in statements if statement.may_be("Allow"))])


def _shares(statement: Statement) -> Outcome:
    found = foreign_principals(statement)
    if not found or statement.is_confined(_NARROWING):
        return MET
    account, sure = found[0]
    return forbidden(statement, f"it lets account {account} in", hidden=not sure, unless=ITS_OWN)


@rule(
    title="snapshots are shared with nobody, or with named accounts",
    fix="take the share away: what is shared can be copied, and copies outlive every agreement",
    applies_to=("AWS::DLM::LifecyclePolicy", "AWS::EC2::SnapshotBlockPublicAccess"),
    controls=("164.308(b)(1)", "164.312(a)(1)"),
    requirement="HC-413",
    same_as=("config:ebs-snapshot-block-public-access",),
    severity=Severity.WARNING,
    url="https://docs.aws.amazon.com/ebs/latest/userguide/block-public-access-snapshots.html",
)
def snapshots_not_shared(resource: Resource) -> Outcome:
    """Judge the schedules that share snapshots, and the switch of the account that refuses public ones."""
    if resource.type == "AWS::EC2::SnapshotBlockPublicAccess":
        return resource.at("State").must_be("block-all-sharing", "block-new-sharing")
    shares = resource.each("PolicyDetails", "Schedules", "*", "ShareRules", "*")
    own = resource.template.account
    outcomes = [NOT_APPLICABLE]
    for account in (one for share in shares for one in share.at("TargetAccounts").items()):
        if account.is_unknown:
            outcomes.append(account.undecided())
        else:
            outcomes.append(MET if account.text == own else account.broken(f"it shares with account {account.shown()}"))
    hidden = [share.undecided() for share in shares if share.at("TargetAccounts").is_unknown]
    return all_met([*outcomes, *hidden])
