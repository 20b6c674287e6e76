"""What a template must show of Amazon S3 buckets."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hipaa_constructs.rules._outcome import (
    MET,
    NOT_APPLICABLE,
    Outcome,
    all_met,
    any_met,
    broken,
    undecided,
)
from hipaa_constructs.rules._phi import phi_like
from hipaa_constructs.rules._policy import (
    Policies,
    Statement,
    callers_named,
    is_text,
    policies_of,
)
from hipaa_constructs.rules._retention import SIX_YEARS_DAYS, kept_on_deletion
from hipaa_constructs.rules._rule import Severity, rule
from hipaa_constructs.rules._template import Node, Resource

BUCKET = "AWS::S3::Bucket"
BUCKET_POLICY = "AWS::S3::BucketPolicy"
_GUIDE = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/"
_ALGORITHM = "s3:x-amz-server-side-encryption"
_KEY_ID = "s3:x-amz-server-side-encryption-aws-kms-key-id"
_OLDEST_TLS = 1.2
_LOG_WRITERS = ("logging.s3.amazonaws.com", "logdelivery.elasticloadbalancing.amazonaws.com")
_LOG_BUCKET_ATTRIBUTES = ("access_logs.s3.bucket", "connection_logs.s3.bucket")
_AWS_MANAGED_KEY = "alias/aws/s3"
_HIDDEN_POLICY = "an intrinsic function hides a bucket policy, or the bucket that it is for"


def _policies(bucket: Resource) -> Policies:
    return policies_of(bucket, BUCKET_POLICY, "Bucket")


def receives_access_logs(bucket: Resource) -> bool:
    """Tell whether S3 or a load balancer delivers access logs to a bucket, which AWS does to SSE-S3 buckets only.

    A bucket that logs to itself alone is none: otherwise any bucket of records could pass as a log bucket.
    """
    return bucket.template.assembly.once(("receives_access_logs", bucket), lambda: _receives_access_logs(bucket))


def _receives_access_logs(bucket: Resource) -> bool:
    assembly = bucket.template.assembly
    sources = assembly.pointing_at(bucket, BUCKET, "LoggingConfiguration", "DestinationBucketName")[0]
    if any(source is not bucket for source in sources):
        return True
    kind = "AWS::ElasticLoadBalancingV2::LoadBalancer"
    balancers = assembly.pointing_at(bucket, kind, "LoadBalancerAttributes", "*", "Value")[0]
    attributes = (attribute for balancer in balancers for attribute in balancer.each("LoadBalancerAttributes", "*"))
    if any(one.at("Key").value in _LOG_BUCKET_ATTRIBUTES and one.at("Value").designates(bucket) for one in attributes):
        return True
    kind = "AWS::ElasticLoadBalancing::LoadBalancer"
    if assembly.pointing_at(bucket, kind, "AccessLoggingPolicy", "S3BucketName")[0]:
        return True
    return any(
        statement.effect == "Allow" and service.value in _LOG_WRITERS and statement.covers("s3:PutObject")
        for _, statement in _policies(bucket).sure
        for service in statement.services()
    )


def _is_trail_bucket(bucket: Resource) -> bool:
    return bool(bucket.template.assembly.pointing_at(bucket, "AWS::CloudTrail::Trail", "S3BucketName")[0])


def _default_encryption(bucket: Resource) -> Node:
    return bucket.at("BucketEncryption", "ServerSideEncryptionConfiguration")


def _each_default(bucket: Resource, *keys: str) -> list[Node]:
    configuration = _default_encryption(bucket)
    return [item.at(*keys) for item in configuration.items() or [configuration.at(0)]]


@rule(
    title="every bucket encrypts new objects with a KMS key",
    fix="set BucketEncryption with SSEAlgorithm aws:kms; a bucket for access logs must use AES256",
    applies_to=(BUCKET,),
    controls=("164.312(a)(2)(iv)", "164.312(e)(2)(ii)"),
    requirement="HC-069",
    same_as=(
        "cdk-nag:HIPAA.Security-S3DefaultEncryptionKMS",
        "config:s3-default-encryption-kms",
        "guard:S3_DEFAULT_ENCRYPTION_KMS",
        "checkov:CKV_AWS_19",
    ),
    url=_GUIDE + "UsingKMSEncryption.html",
)
def s3_bucket_encrypted_with_kms(bucket: Resource) -> Outcome:
    """Judge the default encryption; log delivery knows SSE-S3 only, so such a bucket has nothing to meet here."""
    if receives_access_logs(bucket):
        return NOT_APPLICABLE
    algorithms = _each_default(bucket, "ServerSideEncryptionByDefault", "SSEAlgorithm")
    return all_met(algorithm.must_be("aws:kms", "aws:kms:dsse") for algorithm in algorithms)


@rule(
    title="every bucket's default key is a customer managed one",
    fix="set KMSMasterKeyID to the ARN of a key of yours, not alias/aws/s3",
    applies_to=(BUCKET,),
    controls=("164.312(a)(2)(iv)", "164.312(e)(2)(ii)"),
    requirement="HC-070",
    url=_GUIDE + "UsingKMSEncryption.html",
)
def s3_bucket_uses_customer_managed_key(bucket: Resource) -> Outcome:
    """Judge the default key; the AWS managed key can't be shared, confined or crypto-erased."""
    if receives_access_logs(bucket):
        return NOT_APPLICABLE
    keys = _each_default(bucket, "ServerSideEncryptionByDefault", "KMSMasterKeyID")
    return all_met(_is_customers(key) for key in keys)


def _is_customers(key: Node) -> Outcome:
    # S3 looks an alias up in the account of whoever uploads, so it names no key of the owner's.
    if "alias/" in key.outline() or any(target.type == "AWS::KMS::Alias" for target in key.targets()):
        return key.broken()
    return key.undecided() if key.may_be(_AWS_MANAGED_KEY) else key.must_be_set()


@rule(
    title="every bucket with a KMS key uses a bucket key",
    fix="set BucketKeyEnabled to true: it cuts the requests to KMS, and their price, by up to 99 percent",
    applies_to=(BUCKET,),
    controls=("164.312(a)(2)(iv)",),
    requirement="HC-070",
    severity=Severity.WARNING,
    url=_GUIDE + "bucket-key.html",
)
def s3_bucket_key_enabled(bucket: Resource) -> Outcome:
    """Judge the bucket key of a bucket that encrypts with KMS."""
    if receives_access_logs(bucket):
        return NOT_APPLICABLE
    return all_met(enabled.must_be(True) for enabled in _each_default(bucket, "BucketKeyEnabled"))


@rule(
    title="every bucket that receives access logs can receive them",
    fix="use SSE-S3 (AES256) and no Object Lock on it: AWS delivers access logs to no other bucket",
    applies_to=(BUCKET,),
    controls=("164.312(b)",),
    requirement="HC-080",
    url=_GUIDE + "enable-server-access-logging.html",
)
def s3_log_bucket_can_receive(bucket: Resource) -> Outcome:
    """Judge encryption and Object Lock of a log bucket; S3 drops logs it can't deliver without a word."""
    if not receives_access_logs(bucket):
        return NOT_APPLICABLE
    algorithms = _each_default(bucket, "ServerSideEncryptionByDefault", "SSEAlgorithm")
    return all_met(
        [
            *(algorithm.must_be("AES256") for algorithm in algorithms),
            bucket.at("ObjectLockConfiguration").must_be_absent(),
        ]
    )


def _denied_to_all(bucket: Resource, denies: Callable[[Statement], bool | None], what: str) -> Outcome:
    policies = _policies(bucket)
    answers = [denies(statement) for _, statement in policies.sure]
    if True in answers:
        return MET
    if None in answers or policies.hide or any(denies(statement) is not False for _, statement in policies.unsure):
        return undecided(why=_HIDDEN_POLICY)
    return broken(found=f"no bucket policy denies {what}")


def _denies_all_principals(statement: Statement, *actions: str) -> bool | None:
    """Tell whether a statement denies actions to everyone, whatever its conditions; None if that is hidden."""
    if not statement.may_be("Deny") or statement.inverted:
        return False
    if statement.hidden:
        return None
    return statement.names_everyone() and statement.covers(*actions)


def _refuses_everything(statement: Statement) -> bool | None:
    return statement.covers_bucket() and statement.covers_objects() and _denies_all_principals(statement, "s3:*")


def _refuses_if(
    statement: Statement, operators: tuple[str, ...], key: str, enough: Callable[[Node], bool]
) -> bool | None:
    unknown = "Condition" in statement.hidden
    if not unknown:
        values = statement.condition(*operators, key=key)
        unknown = any(value.is_unknown for value in values or ())
        if not values or not all(value.is_unknown or enough(value) for value in values):
            return False
    refuses = _refuses_everything(statement)
    return None if refuses and unknown else refuses


def _refuses_plaintext(statement: Statement) -> bool | None:
    operators = ("bool", "boolifexists")
    return _refuses_if(statement, operators, "aws:SecureTransport", lambda value: is_text(value.value, "false"))


def _refuses_old_tls(statement: Statement) -> bool | None:
    operators = ("numericlessthan", "numericlessthanifexists")
    return _refuses_if(statement, operators, "s3:TlsVersion", lambda value: (value.number or 0) >= _OLDEST_TLS)


@rule(
    title="every bucket refuses requests without TLS",
    fix="add a bucket policy that denies s3:* on the bucket and its objects when aws:SecureTransport is false",
    applies_to=(BUCKET,),
    controls=("164.312(e)(1)", "164.312(e)(2)(i)", "164.312(e)(2)(ii)"),
    requirement="HC-071",
    same_as=(
        "cdk-nag:HIPAA.Security-S3BucketSSLRequestsOnly",
        "config:s3-bucket-ssl-requests-only",
        "guard:S3_BUCKET_SSL_REQUESTS_ONLY",
        "prowler:s3_bucket_secure_transport_policy",
    ),
    url=_GUIDE + "security-best-practices.html",
)
def s3_bucket_tls_only(bucket: Resource) -> Outcome:
    """Judge all policies of the bucket, in whichever stack they are."""
    return _denied_to_all(bucket, _refuses_plaintext, "requests without TLS (aws:SecureTransport)")


@rule(
    title="every bucket refuses requests below TLS 1.2",
    fix="add a bucket policy that denies s3:* on the bucket and its objects when s3:TlsVersion is less than 1.2",
    applies_to=(BUCKET,),
    controls=("164.312(e)(1)", "164.312(e)(2)(i)", "164.312(e)(2)(ii)"),
    requirement="HC-072",
    severity=Severity.WARNING,
    url=_GUIDE + "amazon-s3-policy-keys.html",
)
def s3_bucket_tls12_only(bucket: Resource) -> Outcome:
    """Judge the policies; a warning, as AWS itself has refused TLS 1.0 and 1.1 at its endpoints since 2024."""
    return _denied_to_all(bucket, _refuses_old_tls, "TLS versions below 1.2 (s3:TlsVersion)")


def _refuses_uploads(statement: Statement, key: str, wanted: Sequence[Node]) -> bool | None:
    denies = statement.covers_objects() and _denies_all_principals(statement, "s3:PutObject")
    if not denies:
        return denies
    compared: list[Node] = []
    for (operator, condition_key), nodes in statement.conditions.items():
        if condition_key != key:
            return False
        if operator in ("stringnotequals", "stringnotequalsifexists", "arnnotequals", "arnnotequalsifexists"):
            compared += nodes
        elif operator != "null" or not all(is_text(node.value, "false") for node in nodes):
            return False
    answers = [_is_one_of(node, wanted) for node in compared]
    return False if not answers or False in answers else None if None in answers else True


def _is_one_of(node: Node, wanted: Sequence[Node]) -> bool | None:
    if any(node.agrees_with(value) for value in wanted):
        return True
    return None if any(_may_agree(node, value) for value in wanted) else False


def _may_agree(one: Node, other: Node) -> bool:
    both = (one, other)
    readable = all(node.is_unknown or node.text is not None for node in both)
    return readable and any(node.is_unknown and not node.targets() for node in both)


@rule(
    title="every bucket refuses uploads that ask for other encryption or another key",
    fix="deny s3:PutObject when s3:x-amz-server-side-encryption or its KMS key id is given and is not the bucket's own",
    applies_to=(BUCKET,),
    controls=("164.312(a)(2)(iv)", "164.312(e)(2)(ii)"),
    requirement="HC-073",
    severity=Severity.WARNING,
    url=_GUIDE + "UsingKMSEncryption.html#require-sse-kms",
)
def s3_bucket_refuses_other_keys(bucket: Resource) -> Outcome:
    """Judge the policies; a request header outweighs the bucket's default encryption unless a policy denies it."""
    if receives_access_logs(bucket):
        return NOT_APPLICABLE
    defaults = _each_default(bucket, "ServerSideEncryptionByDefault")
    algorithms = [default.at("SSEAlgorithm") for default in defaults]
    keys = [default.at("KMSMasterKeyID") for default in defaults]
    return all_met(
        [
            _denied_to_all(
                bucket, lambda one: _refuses_uploads(one, _ALGORITHM, algorithms), "uploads with other encryption"
            ),
            _denied_to_all(bucket, lambda one: _refuses_uploads(one, _KEY_ID, keys), "uploads with another key"),
        ]
    )


@rule(
    title="every bucket refuses keys that the client holds (SSE-C)",
    fix="set BlockedEncryptionTypes.EncryptionType to [SSE-C] in the bucket's encryption",
    applies_to=(BUCKET,),
    controls=("164.312(a)(2)(iv)",),
    requirement="HC-073",
    severity=Severity.WARNING,
    url=_GUIDE + "blocking-unblocking-s3-c-encryption-gpb.html",
)
def s3_bucket_refuses_client_held_keys(bucket: Resource) -> Outcome:
    """Judge the blocked encryption types: with SSE-C, whoever writes can make records unreadable to their owner."""
    return all_met(
        any_met(
            [
                *(one.must_be("SSE-C") for one in blocked.items()),
                blocked.undecided() if blocked.is_unknown else blocked.broken(),
            ]
        )
        for blocked in _each_default(bucket, "BlockedEncryptionTypes", "EncryptionType")
    )


@rule(
    title="every bucket blocks public access in all four ways",
    fix="set BlockPublicAcls, BlockPublicPolicy, IgnorePublicAcls and RestrictPublicBuckets to true",
    applies_to=(BUCKET,),
    controls=("164.312(a)(1)", "164.308(a)(4)(ii)(C)"),
    requirement="HC-074",
    same_as=(
        "cdk-nag:HIPAA.Security-S3BucketLevelPublicAccessProhibited",
        "guard:S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED",
        "checkov:CKV_AWS_53",
        "checkov:CKV_AWS_54",
        "checkov:CKV_AWS_55",
        "checkov:CKV_AWS_56",
    ),
    url=_GUIDE + "access-control-block-public-access.html",
)
def s3_bucket_public_access_blocked(bucket: Resource) -> Outcome:
    """Judge that all four are written out: a missing one is a setting that an update can lose."""
    block = bucket.at("PublicAccessBlockConfiguration")
    flags = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
    return all_met(block.at(flag).must_be(True) for flag in flags)


def _not_public(bucket: Resource, acls: tuple[str, ...], actions: tuple[str, ...]) -> Outcome:
    acl = bucket.at("AccessControl")
    outcomes = [acl.broken() if acl.text in acls else acl.undecided() if acl.is_unknown else MET]
    policies = _policies(bucket)
    for policy, statement in policies.sure:
        opens, touches = statement.opens_to_everyone(), statement.touches(*actions)
        if opens and touches:
            outcomes.append(broken(found=f"{policy.logical_id} allows it to everyone"))
        elif opens is not False and touches is not False:
            outcomes.append(undecided(why=f"an intrinsic function hides whether {policy.logical_id} allows it"))
    if policies.hide or any(
        one.opens_to_everyone() is not False and one.touches(*actions) is not False for _, one in policies.unsure
    ):
        outcomes.append(undecided(why=_HIDDEN_POLICY))
    return all_met(outcomes)


@rule(
    title="no bucket lets everyone read",
    fix="take the public ACL away, and name principals in the bucket policy in place of *",
    applies_to=(BUCKET,),
    controls=("164.312(a)(1)", "164.308(a)(4)(ii)(C)"),
    requirement="HC-075",
    same_as=("config:s3-bucket-public-read-prohibited", "checkov:CKV_AWS_20"),
    url=_GUIDE + "access-control-block-public-access.html#access-control-block-public-access-policy-status",
)
def s3_bucket_not_publicly_readable(bucket: Resource) -> Outcome:
    """Judge the canned ACL and every bucket policy."""
    acls = ("PublicRead", "PublicReadWrite", "AuthenticatedRead")
    return _not_public(bucket, acls, ("s3:GetObject", "s3:GetObject*", "s3:ListBucket", "s3:ListBucket*"))


@rule(
    title="no bucket lets everyone write",
    fix="take the public ACL away, and name principals in the bucket policy in place of *",
    applies_to=(BUCKET,),
    controls=("164.312(a)(1)", "164.308(a)(4)(ii)(C)"),
    requirement="HC-076",
    same_as=("config:s3-bucket-public-write-prohibited", "checkov:CKV_AWS_57"),
    url=_GUIDE + "access-control-block-public-access.html#access-control-block-public-access-policy-status",
)
def s3_bucket_not_publicly_writable(bucket: Resource) -> Outcome:
    """Judge the canned ACL and every bucket policy."""
    actions = ("s3:PutObject", "s3:Put*", "s3:DeleteObject", "s3:Delete*", "s3:ReplicateObject", "s3:Replicate*")
    return _not_public(bucket, ("PublicReadWrite",), (*actions, "s3:RestoreObject", "s3:AbortMultipartUpload"))


@rule(
    title="every bucket has its ACLs switched off",
    fix="set OwnershipControls with ObjectOwnership BucketOwnerEnforced",
    applies_to=(BUCKET,),
    controls=("164.312(a)(1)", "164.308(a)(4)(ii)(C)"),
    requirement="HC-078",
    same_as=("config:s3-bucket-acl-prohibited",),
    severity=Severity.WARNING,
    url=_GUIDE + "about-object-ownership.html",
)
def s3_bucket_acls_disabled(bucket: Resource) -> Outcome:
    """Judge that it is written out: taking the property away from an existing bucket switches ACLs on."""
    rules = bucket.at("OwnershipControls", "Rules")
    if not rules.items():
        return rules.at(0).at("ObjectOwnership").must_be("BucketOwnerEnforced")
    return all_met(item.at("ObjectOwnership").must_be("BucketOwnerEnforced") for item in rules.items())


@rule(
    title="bucket policies allow named principals only, and AWS services for named callers only",
    fix="name principals in place of *, and give each service principal aws:SourceAccount or aws:SourceArn",
    applies_to=(BUCKET,),
    controls=("164.312(a)(1)", "164.308(a)(4)(ii)(B)"),
    requirement="HC-079",
    same_as=("guard:S3_BUCKET_POLICY_NO_WILDCARD_PRINCIPAL",),
    url="https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html",
)
def s3_bucket_policy_names_principals(bucket: Resource) -> Outcome:
    """Judge every statement that allows, whatever the action."""
    policies = _policies(bucket)
    outcomes = [MET]
    for policy, statement in policies.sure:
        named = callers_named(statement)
        outcomes.append(Outcome(named.verdict, (), f"{policy.logical_id}: {named.found}"))
    if policies.hide or any(callers_named(statement) is not MET for _, statement in policies.unsure):
        outcomes.append(undecided(why=_HIDDEN_POLICY))
    return all_met(outcomes)


@rule(
    title="every bucket logs the requests made to it",
    fix="set LoggingConfiguration.DestinationBucketName to a log bucket",
    applies_to=(BUCKET,),
    controls=("164.312(b)",),
    requirement="HC-080",
    same_as=(
        "cdk-nag:HIPAA.Security-S3BucketLoggingEnabled",
        "config:s3-bucket-logging-enabled",
        "guard:S3_BUCKET_LOGGING_ENABLED",
        "prowler:s3_bucket_server_access_logging_enabled",
        "checkov:CKV_AWS_18",
    ),
    url=_GUIDE + "ServerLogs.html",
)
def s3_bucket_access_logged(bucket: Resource) -> Outcome:
    """Judge every bucket but those that receive access logs, where each log would make another one."""
    if receives_access_logs(bucket):
        return NOT_APPLICABLE
    # An absent destination bucket means the bucket itself, in AWS's schema, where each log makes another one.
    destination = bucket.at("LoggingConfiguration", "DestinationBucketName")
    return destination.broken("the bucket itself") if destination.designates(bucket) else destination.must_be_set()


@rule(
    title="every bucket keeps old versions of its objects",
    fix="set VersioningConfiguration.Status to Enabled (versioned=True)",
    applies_to=(BUCKET,),
    controls=("164.312(c)(1)", "164.308(a)(7)(ii)(A)"),
    requirement="HC-081",
    same_as=(
        "cdk-nag:HIPAA.Security-S3BucketVersioningEnabled",
        "config:s3-bucket-versioning-enabled",
        "guard:S3_BUCKET_VERSIONING_ENABLED",
        "prowler:s3_bucket_object_versioning",
        "checkov:CKV_AWS_21",
    ),
    url=_GUIDE + "Versioning.html",
)
def s3_bucket_versioned(bucket: Resource) -> Outcome:
    """Judge the versioning status."""
    return bucket.at("VersioningConfiguration", "Status").must_be("Enabled")


@rule(
    title="every versioned bucket has a lifecycle rule",
    fix="add a lifecycle rule, at the least one that aborts incomplete uploads",
    applies_to=(BUCKET,),
    controls=("164.308(a)(7)(i)",),
    requirement="HC-082",
    same_as=("config:s3-version-lifecycle-policy-check",),
    severity=Severity.WARNING,
    url=_GUIDE + "object-lifecycle-mgmt.html",
)
def s3_bucket_lifecycle_set(bucket: Resource) -> Outcome:
    """Judge that one lifecycle rule is enabled; incomplete uploads are invisible copies of records otherwise."""
    rules = bucket.at("LifecycleConfiguration", "Rules")
    enabled = [item.at("Status").must_be("Enabled") for item in rules.items()]
    return any_met([*enabled, rules.undecided() if rules.is_unknown else rules.broken()])


@rule(
    title="every bucket is replicated",
    fix="pass replicate_to= a bucket in a second Region (ReplicationConfiguration with an enabled rule)",
    applies_to=(BUCKET,),
    controls=("164.308(a)(7)(ii)(A)", "164.308(a)(7)(ii)(B)"),
    requirement="HC-083",
    same_as=(
        "cdk-nag:HIPAA.Security-S3BucketReplicationEnabled",
        "config:s3-bucket-replication-enabled",
        "guard:S3_BUCKET_REPLICATION_ENABLED",
    ),
    severity=Severity.WARNING,
    url=_GUIDE + "replication.html",
)
def s3_bucket_replicated(bucket: Resource) -> Outcome:
    """Judge every bucket but replicas and log buckets, which have nothing to replicate to."""
    if receives_access_logs(bucket):
        return NOT_APPLICABLE
    sources = bucket.template.assembly.pointing_at(
        bucket, BUCKET, "ReplicationConfiguration", "Rules", "*", "Destination", "Bucket"
    )[0]
    if sources:
        return NOT_APPLICABLE
    rules = bucket.at("ReplicationConfiguration", "Rules")
    enabled = [item.at("Status").must_be("Enabled") for item in rules.items()]
    return any_met([*enabled, rules.undecided() if rules.is_unknown else rules.broken()])


@rule(
    title="replicas are encrypted with a key of their own Region",
    fix="set Destination.EncryptionConfiguration.ReplicaKmsKeyID, and SseKmsEncryptedObjects.Status to Enabled",
    applies_to=(BUCKET,),
    controls=("164.312(a)(2)(iv)", "164.312(e)(2)(ii)"),
    requirement="HC-084",
    url=_GUIDE + "replication-config-for-kms-objects.html",
)
def s3_replica_encrypted(bucket: Resource) -> Outcome:
    """Judge each enabled replication rule; without these two, S3 passes over every object that KMS encrypts."""
    every = bucket.at("ReplicationConfiguration", "Rules")
    if every.is_unknown:
        return every.undecided()
    rules = [item for item in every.items() if item.at("Status").value != "Disabled"]
    return all_met(
        outcome
        for item in rules
        for outcome in (
            item.at("SourceSelectionCriteria", "SseKmsEncryptedObjects", "Status").must_be("Enabled"),
            item.at("Destination", "EncryptionConfiguration", "ReplicaKmsKeyID").must_be_set(),
        )
    )


@rule(
    title="every bucket of a trail uses Object Lock",
    fix="set ObjectLockEnabled and a default retention of six years",
    applies_to=(BUCKET,),
    controls=("164.312(c)(1)", "164.312(c)(2)", "164.316(b)(2)(i)"),
    requirement="HC-085",
    same_as=("config:s3-bucket-default-lock-enabled",),
    url=_GUIDE + "object-lock.html",
)
def s3_trail_bucket_locked(bucket: Resource) -> Outcome:
    """Judge the buckets that trails write to; Object Lock stops the delivery of access logs, so not those."""
    if not _is_trail_bucket(bucket):
        return NOT_APPLICABLE
    retention = bucket.at("ObjectLockConfiguration", "Rule", "DefaultRetention")
    years = retention.at("Years")
    long_enough = (
        retention.at("Days").must_be_at_least(SIX_YEARS_DAYS) if years.is_absent else years.must_be_at_least(6)
    )
    return all_met(
        [
            bucket.at("ObjectLockEnabled").must_be(True),
            retention.at("Mode").must_be("GOVERNANCE", "COMPLIANCE"),
            long_enough,
        ]
    )


@rule(
    title="every bucket survives its stack and is never emptied automatically",
    fix="set DeletionPolicy and UpdateReplacePolicy to Retain, and leave auto_delete_objects out",
    applies_to=(BUCKET,),
    controls=("164.308(a)(7)(ii)(A)",),
    requirement="HC-087",
    url="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html",
)
def s3_bucket_kept(bucket: Resource) -> Outcome:
    """Judge what becomes of the bucket, and of its objects, when the stack goes."""
    cleaners = bucket.template.assembly.pointing_at(bucket, "Custom::S3AutoDeleteObjects", "BucketName")[0]
    emptied = broken(found=f"{cleaners[0].logical_id} empties it") if cleaners else MET
    return all_met([kept_on_deletion(bucket), emptied])


@rule(
    title="every bucket policy stays with its bucket",
    fix="set DeletionPolicy and UpdateReplacePolicy of the bucket policy to Retain",
    applies_to=(BUCKET_POLICY,),
    controls=("164.308(a)(7)(ii)(A)",),
    requirement="HC-087",
    severity=Severity.WARNING,
    url="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html",
)
def s3_bucket_policy_kept(policy: Resource) -> Outcome:
    """Judge what becomes of the policy when the stack goes: a bucket kept without it accepts plaintext requests."""
    return kept_on_deletion(policy)


@rule(
    title="no bucket name, tag or key prefix looks like an identifier of a patient",
    fix="use opaque ids: names, tags and prefixes are not encrypted and reach logs, bills and URLs",
    applies_to=(BUCKET,),
    controls=("164.312(a)(1)",),
    requirement="HC-088",
    url=_GUIDE + "bucketnamingrules.html",
)
def s3_names_without_phi(bucket: Resource) -> Outcome:
    """Judge the texts for patterns of social security, record and phone numbers, e-mail addresses and birth dates."""
    places = [
        bucket.at("BucketName"),
        *bucket.each("Tags", "*", "Key"),
        *bucket.each("Tags", "*", "Value"),
        *bucket.each("LifecycleConfiguration", "Rules", "*", "Prefix"),
        *bucket.each("LifecycleConfiguration", "Rules", "*", "Id"),
        *bucket.each("ReplicationConfiguration", "Rules", "*", "Prefix"),
    ]
    likenesses = [(place, phi_like(place.text)) for place in places if place.text is not None]
    # The text itself stays out of the finding: if it is what it looks like, a report must not spread it.
    return all_met([MET, *(place.broken(f"text that looks like {kind}") for place, kind in likenesses if kind)])


@rule(
    title="logs stay in their bucket for six years",
    fix="leave ExpirationInDays out or set it to 2192 days or more, for current and noncurrent versions",
    applies_to=(BUCKET,),
    controls=("164.316(b)(2)(i)",),
    requirement="HC-096",
    url="https://www.ecfr.gov/current/title-45/section-164.316#p-164.316(b)(2)(i)",
)
def s3_logs_kept_six_years(bucket: Resource) -> Outcome:
    """Judge the lifecycle of the buckets that receive access logs or trails."""
    if not (receives_access_logs(bucket) or _is_trail_bucket(bucket)):
        return NOT_APPLICABLE
    rules = bucket.at("LifecycleConfiguration", "Rules")
    if rules.is_unknown:
        return rules.undecided()
    ages = (
        age
        for item in rules.items()
        if item.at("Status").value != "Disabled"
        for age in (
            item.at("ExpirationInDays"),
            item.at("NoncurrentVersionExpiration", "NoncurrentDays"),
            item.at("NoncurrentVersionExpirationInDays"),
        )
    )
    dates = (item.at("ExpirationDate") for item in rules.items() if item.at("Status").value != "Disabled")
    return all_met(
        [
            MET,
            *(age.must_be_at_least(SIX_YEARS_DAYS, absent=True) for age in ages),
            *(date.must_be_absent() for date in dates),
        ]
    )


@rule(
    title="nobody can delete delivered logs with a request",
    fix="deny s3:DeleteObject and s3:DeleteObjectVersion to everyone in the log bucket's policy; lifecycle rules go on",
    applies_to=(BUCKET,),
    controls=("164.312(c)(1)", "164.312(b)"),
    requirement="HC-325",
    severity=Severity.WARNING,
    url=_GUIDE + "object-lifecycle-mgmt.html",
)
def s3_logs_protected_from_deletion(bucket: Resource) -> Outcome:
    """Judge the policies of the buckets that receive access logs, where Object Lock can't be used."""
    if not receives_access_logs(bucket):
        return NOT_APPLICABLE
    return _denied_to_all(bucket, _refuses_deletion, "the deletion of objects")


def _refuses_deletion(statement: Statement) -> bool | None:
    if statement.conditions or not statement.covers_objects():
        return False
    return _denies_all_principals(statement, "s3:DeleteObject", "s3:DeleteObjectVersion")
