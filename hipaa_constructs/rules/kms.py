"""What a template must show of AWS KMS keys, and of who may decrypt with them."""

from __future__ import annotations

from fnmatch import fnmatchcase

from hipaa_constructs.rules._identity import each_statement
from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._outcome import MET, NOT_APPLICABLE, Outcome, Verdict, all_met
from hipaa_constructs.rules._policy import Statement, callers_named, compares, read
from hipaa_constructs.rules._retention import kept_on_deletion
from hipaa_constructs.rules._rule import rule

KEY = "AWS::KMS::Key"
REPLICA_KEY = "AWS::KMS::ReplicaKey"
_GUIDE = "https://docs.aws.amazon.com/kms/latest/developerguide/"
_LONGEST_WAIT_DAYS = 30
_READING = ("kms:Decrypt", "kms:ReEncryptFrom")
_KEY_LIMITS = (
    "aws:resourcetag/",
    "kms:encryptioncontext:",
    "kms:requestalias",
    "kms:resourcealiases",
    "kms:viaservice",
)
_ANY_KEY = "arn:aws:kms:us-east-1:111122223333:key/" + "\1" * 36
"""An ARN with an id that only a wildcard matches."""


@rule(
    title="every symmetric key rotates its key material",
    fix="set EnableKeyRotation to true",
    applies_to=(KEY,),
    controls=("164.312(a)(2)(iv)",),
    requirement="HC-268",
    same_as=(
        "cdk-nag:AwsSolutions-KMS5",
        "config:cmk-backing-key-rotation-enabled",
        "guard:CMK_BACKING_KEY_ROTATION_ENABLED",
        "prowler:kms_cmk_rotation_enabled",
        "checkov:CKV_AWS_7",
    ),
    url=_GUIDE + "rotate-keys.html",
)
def kms_key_rotated(key: Resource) -> Outcome:
    """Judge the keys whose material AWS KMS makes itself; others can't rotate automatically."""
    spec, origin = key.at("KeySpec"), key.at("Origin")
    if spec.text not in (None, "SYMMETRIC_DEFAULT") or origin.text not in (None, "AWS_KMS"):
        return NOT_APPLICABLE
    return key.at("EnableKeyRotation").must_be(True)


@rule(
    title="every key is enabled, and waits 30 days before it is deleted",
    fix="leave PendingWindowInDays out or set it to 30, and Enabled to true",
    applies_to=(KEY, REPLICA_KEY),
    controls=("164.308(a)(7)(i)", "164.312(c)(1)"),
    requirement="HC-269",
    url=_GUIDE + "deleting-keys.html",
)
def kms_key_deleted_slowly(key: Resource) -> Outcome:
    """Judge the waiting period: a deleted key takes every record under it along."""
    enabled = key.at("Enabled")
    return all_met(
        [
            key.at("PendingWindowInDays").must_be_at_least(_LONGEST_WAIT_DAYS, absent=True),
            MET if enabled.is_absent else enabled.must_be(True),
        ]
    )


@rule(
    title="every key survives its stack",
    fix="set DeletionPolicy and UpdateReplacePolicy to Retain",
    applies_to=(KEY, REPLICA_KEY),
    controls=("164.308(a)(7)(ii)(A)",),
    requirement="HC-270",
    url="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html",
)
def kms_key_kept(key: Resource) -> Outcome:
    """Judge what becomes of the key when the stack goes: what it encrypts outlives the stack."""
    return kept_on_deletion(key)


@rule(
    title="key policies allow named principals only, and AWS services for named callers only",
    fix="name principals in place of *, and give each service principal aws:SourceAccount, aws:SourceArn or its "
    "encryption context",
    applies_to=(KEY, REPLICA_KEY),
    controls=("164.312(a)(1)",),
    requirement="HC-271",
    same_as=(
        "config:kms-key-policy-no-public-access",
        "guard:KMS_NO_WILDCARD_PRINCIPAL",
        "prowler:kms_key_not_publicly_accessible",
        "checkov:CKV_AWS_33",
    ),
    url="https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html",
)
def kms_key_policy_names_principals(key: Resource) -> Outcome:
    """Judge each statement that allows; an absent policy is AWS's default, which names the account.

    A service that only reads what the key is (kms:Describe*, kms:Get*, kms:List*) needs no caller.
    """
    document = key.at("KeyPolicy")
    statements, hidden = read(document)
    outcomes = [MET, *(callers_named(statement) for statement in statements)]
    if hidden:
        outcomes.append(document.undecided("an intrinsic function hides statements of the key policy"))
    return all_met(outcomes)


@rule(
    title="no IAM policy allows decryption with every key",
    fix="name the keys in Resource, or limit the statement by kms:ViaService, kms:ResourceAliases or aws:ResourceTag",
    applies_to=(
        "AWS::IAM::Policy",
        "AWS::IAM::ManagedPolicy",
        "AWS::IAM::RolePolicy",
        "AWS::IAM::UserPolicy",
        "AWS::IAM::GroupPolicy",
        "AWS::IAM::Role",
        "AWS::IAM::User",
        "AWS::IAM::Group",
    ),
    controls=("164.308(a)(4)(ii)(B)", "164.312(a)(1)"),
    requirement="HC-272",
    same_as=("config:iam-customer-policy-blocked-kms-actions", "config:iam-inline-policy-blocked-kms-actions"),
    url=_GUIDE + "iam-policies-best-practices.html",
)
def kms_decrypt_limited(holder: Resource) -> Outcome:
    """Judge the policy document, or each inline one of a role, user or group; a boundary of permissions grants none."""
    return each_statement(holder, _limited)


def _limited(statement: Statement) -> Outcome:
    touches = statement.touches(*_READING)
    if touches is False or any(
        key.startswith(_KEY_LIMITS) and compares(operator) and all(node.value != "*" for node in nodes)
        for (operator, key), nodes in statement.conditions.items()
    ):
        return MET
    if "NotResource" in statement.inverted:
        wide = statement.node.broken("it allows decryption with every key but a few (NotResource)")
    else:
        wide = all_met([MET, *(_names_keys(place) for place in statement.resources)])
    if wide.verdict is Verdict.BROKEN and statement.hidden & {"Effect", "Action", "Condition"}:
        return statement.node.undecided("an intrinsic function hides whether it allows decryption with every key")
    return wide


def _names_keys(place: Node) -> Outcome:
    if place.may_be("*"):
        return place.undecided()
    return place.broken() if _is_every_key(place.outline()) else MET


def _is_every_key(text: str) -> bool:
    fields = text.split(":", 5)
    if len(fields) < 6:
        return fnmatchcase(_ANY_KEY, text)
    service, name = fields[2], fields[5]
    return fnmatchcase("kms", service) and fnmatchcase(_ANY_KEY.rpartition(":")[2], name)
