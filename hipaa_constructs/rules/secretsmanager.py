"""What a template must show of AWS Secrets Manager."""

from __future__ import annotations

from hipaa_constructs.rules._keys import customers_key
from hipaa_constructs.rules._node import Resource
from hipaa_constructs.rules._outcome import MET, Outcome, Verdict, all_met, any_met, broken, undecided
from hipaa_constructs.rules._policy import callers_named, read
from hipaa_constructs.rules._rule import Severity, rule

SECRET = "AWS::SecretsManager::Secret"
ATTACHMENT = "AWS::SecretsManager::SecretTargetAttachment"
SCHEDULE = "AWS::SecretsManager::RotationSchedule"
_ROTATORS = ("RotationLambdaARN", "HostedRotationLambda", "ExternalSecretRotationRoleArn")
_GUIDE = "https://docs.aws.amazon.com/secretsmanager/latest/userguide/"


@rule(
    title="every secret is encrypted with a customer managed key",
    fix="set KmsKeyId, and KmsKeyId of each of ReplicaRegions, to a key of yours",
    applies_to=(SECRET,),
    controls=("164.312(a)(2)(iv)", "164.312(e)(2)(ii)"),
    requirement="HC-282",
    same_as=(
        "cdk-nag:HIPAA.Security-SecretsManagerUsingKMSKey",
        "config:secretsmanager-using-cmk",
        "guard:SECRETSMANAGER_USING_CMK",
        "checkov:CKV_AWS_149",
    ),
    url=_GUIDE + "security-encryption.html",
)
def secret_uses_customer_managed_key(secret: Resource) -> Outcome:
    """Judge the keys of the secret and its replicas; Secrets Manager encrypts without one of yours too."""
    replicas = secret.at("ReplicaRegions")
    return all_met(
        [
            customers_key(secret.at("KmsKeyId"), by_alias=True),
            *([replicas.undecided()] if replicas.is_unknown else []),
            *(customers_key(replica.at("KmsKeyId"), by_alias=True) for replica in replicas.items()),
        ]
    )


@rule(
    title="every secret is rotated",
    fix="add an AWS::SecretsManager::RotationSchedule for it with RotationRules and what rotates it",
    applies_to=(SECRET,),
    controls=("164.308(a)(4)(ii)(B)",),
    requirement="HC-281",
    same_as=(
        "cdk-nag:HIPAA.Security-SecretsManagerRotationEnabled",
        "config:secretsmanager-rotation-enabled-check",
        "guard:SECRETSMANAGER_ROTATION_ENABLED_CHECK",
        "prowler:secretsmanager_automatic_rotation_enabled",
    ),
    severity=Severity.WARNING,
    url=_GUIDE + "rotating-secrets.html",
)
def secret_rotated(secret: Resource) -> Outcome:
    """Judge the rotation schedules of the secret, and of its attachment to a database.

    Secrets Manager rotates with a function, and with a role alone what a partner holds.
    """
    assembly = secret.template.assembly
    attachments, may_attach = assembly.pointing_at(secret, ATTACHMENT, "SecretId")
    schedules, unsure = assembly.pointing_at(secret, SCHEDULE, "SecretId")
    for attachment in attachments:
        found, hidden = assembly.pointing_at(attachment, SCHEDULE, "SecretId")
        schedules, unsure = [*schedules, *found], [*unsure, *hidden]
    outcome = any_met([*map(_rotates, schedules), broken(found="no rotation schedule is about it")])
    if outcome.verdict is Verdict.BROKEN and (unsure or may_attach):
        return undecided(why="an intrinsic function hides which secret a rotation schedule is about")
    return outcome


def _rotates(schedule: Resource) -> Outcome:
    # Without an interval a schedule rotates once, and never again.
    interval = any_met(
        schedule.at("RotationRules", key).must_be_set() for key in ("AutomaticallyAfterDays", "ScheduleExpression")
    )
    by = any_met(schedule.at(key).must_be_set() for key in _ROTATORS)
    return all_met([interval, by])


@rule(
    title="no secret's policy opens it to everyone",
    fix="name principals, and confine services of AWS by aws:SourceArn or aws:SourceAccount",
    applies_to=("AWS::SecretsManager::ResourcePolicy",),
    controls=("164.312(a)(1)",),
    requirement="HC-284",
    same_as=("prowler:secretsmanager_not_publicly_accessible",),
    url=_GUIDE + "auth-and-access_resource-policies.html",
)
def secret_policy_names_principals(policy: Resource) -> Outcome:
    """Judge each statement that allows something; Secrets Manager's own check of a policy can be switched off."""
    place = policy.at("ResourcePolicy")
    statements, hidden = read(place)
    hidden = hidden or place.is_unknown
    return all_met([MET, *([place.undecided()] if hidden else []), *map(callers_named, statements)])
