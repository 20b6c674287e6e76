"""What a template must show of Amazon S3 buckets: encryption, versions, logging, replication, retention."""

from __future__ import annotations

from hipaa_constructs.rules._keys import customers_key
from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._outcome import MET, NOT_APPLICABLE, Outcome, all_met, any_met, broken
from hipaa_constructs.rules._phi import names_staff, phi_like
from hipaa_constructs.rules._retention import kept_on_deletion
from hipaa_constructs.rules._rule import Severity, rule
from hipaa_constructs.rules._s3 import (
    BUCKET,
    BUCKET_POLICY,
    GUIDE,
    each_default,
    ends_server_access_logs,
    receives_access_logs,
)

_LIFECYCLE_ACTIONS = (
    "AbortIncompleteMultipartUpload",
    "ExpirationDate",
    "ExpirationInDays",
    "NoncurrentVersionExpiration",
    "NoncurrentVersionExpirationInDays",
    "NoncurrentVersionTransition",
    "NoncurrentVersionTransitions",
    "Transition",
    "Transitions",
)


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
    url=GUIDE + "UsingKMSEncryption.html",
)
def s3_bucket_encrypted_with_kms(bucket: Resource) -> Outcome:
    """Judge the default encryption; log delivery knows SSE-S3 only, so such a bucket has nothing to meet here."""
    if receives_access_logs(bucket):
        return NOT_APPLICABLE
    algorithms = each_default(bucket, "ServerSideEncryptionByDefault", "SSEAlgorithm")
    return all_met(algorithm.must_be("aws:kms", "aws:kms:dsse") for algorithm in algorithms)


@rule(
    title="every bucket's default key is a customer managed one",
    fix="set KMSMasterKeyID to the ARN of a key of yours, not alias/aws/s3",
    applies_to=(BUCKET,),
    controls=("164.312(a)(2)(iv)", "164.312(e)(2)(ii)"),
    requirement="HC-070",
    url=GUIDE + "UsingKMSEncryption.html",
)
def s3_bucket_uses_customer_managed_key(bucket: Resource) -> Outcome:
    """Judge the default key; the AWS managed key can't be shared, confined or crypto-erased."""
    if receives_access_logs(bucket):
        return NOT_APPLICABLE
    keys = each_default(bucket, "ServerSideEncryptionByDefault", "KMSMasterKeyID")
    return all_met(customers_key(key) for key in keys)


@rule(
    title="every bucket with a KMS key uses a bucket key",
    fix="set BucketKeyEnabled to true: it cuts the requests to KMS, and their price, by up to 99 percent",
    applies_to=(BUCKET,),
    controls=("164.312(a)(2)(iv)",),
    requirement="HC-070",
    severity=Severity.WARNING,
    url=GUIDE + "bucket-key.html",
)
def s3_bucket_key_enabled(bucket: Resource) -> Outcome:
    """Judge the bucket key of a bucket that encrypts with KMS."""
    if receives_access_logs(bucket):
        return NOT_APPLICABLE
    return all_met(enabled.must_be(True) for enabled in each_default(bucket, "BucketKeyEnabled"))


@rule(
    title="every bucket refuses keys that the client holds (SSE-C)",
    fix="set BlockedEncryptionTypes.EncryptionType to [SSE-C] in the bucket's encryption",
    applies_to=(BUCKET,),
    controls=("164.312(a)(2)(iv)",),
    requirement="HC-073",
    severity=Severity.WARNING,
    url=GUIDE + "blocking-unblocking-s3-c-encryption-gpb.html",
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
        for blocked in each_default(bucket, "BlockedEncryptionTypes", "EncryptionType")
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
    url=GUIDE + "access-control-block-public-access.html",
)
def s3_bucket_public_access_blocked(bucket: Resource) -> Outcome:
    """Judge that all four are written out: a missing one is a setting that an update can lose."""
    block = bucket.at("PublicAccessBlockConfiguration")
    flags = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
    return all_met(block.at(flag).must_be(True) for flag in flags)


@rule(
    title="no bucket is a website",
    fix="take WebsiteConfiguration away and put CloudFront with origin access control before the bucket",
    applies_to=(BUCKET,),
    controls=("164.312(e)(1)", "164.312(e)(2)(ii)"),
    requirement="HC-071",
    url=GUIDE + "WebsiteEndpoints.html",
)
def s3_bucket_not_a_website(bucket: Resource) -> Outcome:
    """Judge that there is no website endpoint, which speaks no TLS."""
    return bucket.at("WebsiteConfiguration").must_be_absent()


@rule(
    title="every bucket has its ACLs switched off",
    fix="set OwnershipControls with ObjectOwnership BucketOwnerEnforced",
    applies_to=(BUCKET,),
    controls=("164.312(a)(1)", "164.308(a)(4)(ii)(C)"),
    requirement="HC-078",
    same_as=("config:s3-bucket-acl-prohibited",),
    severity=Severity.WARNING,
    url=GUIDE + "about-object-ownership.html",
)
def s3_bucket_acls_disabled(bucket: Resource) -> Outcome:
    """Judge that it is written out: taking the property away from an existing bucket switches ACLs on."""
    rules = bucket.at("OwnershipControls", "Rules")
    places = rules.each("*", "ObjectOwnership") or [rules.at(0, "ObjectOwnership")]
    return all_met(place.must_be("BucketOwnerEnforced") for place in places)


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
    url=GUIDE + "ServerLogs.html",
)
def s3_bucket_access_logged(bucket: Resource) -> Outcome:
    """Judge every bucket but those that S3 delivers such logs to, where each log would make another one."""
    if ends_server_access_logs(bucket):
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
    url=GUIDE + "Versioning.html",
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
    url=GUIDE + "object-lifecycle-mgmt.html",
)
def s3_bucket_lifecycle_set(bucket: Resource) -> Outcome:
    """Judge that one lifecycle rule is enabled; incomplete uploads are invisible copies of records otherwise."""
    rules = bucket.at("LifecycleConfiguration", "Rules")
    enabled = [_does_something(item) for item in rules.items()]
    return any_met([*enabled, rules.undecided() if rules.is_unknown else rules.broken()])


def _does_something(rule: Node) -> Outcome:
    actions = [rule.at(key).must_be_set() for key in _LIFECYCLE_ACTIONS]
    actions.append(rule.at("ExpiredObjectDeleteMarker").must_be(True))
    return all_met([rule.at("Status").must_be("Enabled"), any_met(actions)])


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
    url=GUIDE + "replication.html",
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
    url=GUIDE + "replication-config-for-kms-objects.html",
)
def s3_replica_encrypted(bucket: Resource) -> Outcome:
    """Judge each enabled replication rule; without these two, S3 passes over every object that KMS encrypts.

    Log buckets are left out: AWS delivers to those with SSE-S3 only.
    """
    if receives_access_logs(bucket):
        return NOT_APPLICABLE
    every = bucket.at("ReplicationConfiguration", "Rules")
    if every.is_unknown:
        return every.undecided()
    rules = [item for item in every.items() if item.at("Status").value != "Disabled"]
    return all_met(
        outcome
        for item in rules
        for outcome in (
            item.at("SourceSelectionCriteria", "SseKmsEncryptedObjects", "Status").must_be("Enabled"),
            customers_key(item.at("Destination", "EncryptionConfiguration", "ReplicaKmsKeyID"), by_alias=True),
        )
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
    url=GUIDE + "bucketnamingrules.html",
)
def s3_names_without_phi(bucket: Resource) -> Outcome:
    """Judge the texts for patterns of social security, record and phone numbers, e-mail addresses and birth dates."""
    places = [
        bucket.at("BucketName"),
        *bucket.each("Tags", "*", "Key"),
        *(tag.at("Value") for tag in bucket.each("Tags", "*") if not names_staff(tag.at("Key").text)),
        *bucket.each("LifecycleConfiguration", "Rules", "*", "Prefix"),
        *bucket.each("LifecycleConfiguration", "Rules", "*", "Id"),
        *bucket.each("ReplicationConfiguration", "Rules", "*", "Prefix"),
    ]
    likenesses = [(place, phi_like(place.text)) for place in places if place.text is not None]
    # The text itself stays out of the finding: if it is what it looks like, a report must not spread it.
    return all_met([MET, *(place.broken(f"text that looks like {kind}") for place, kind in likenesses if kind)])
