"""What a template must show of Amazon S3 buckets that logs are delivered to."""

from __future__ import annotations

from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._outcome import MET, NOT_APPLICABLE, Outcome, all_met, broken, undecided
from hipaa_constructs.rules._policy import HIDDEN_POLICY, Statement, denies_all_principals
from hipaa_constructs.rules._retention import SIX_YEARS_DAYS
from hipaa_constructs.rules._rule import Severity, rule
from hipaa_constructs.rules._s3 import (
    BUCKET,
    GUIDE,
    S3_LOG_WRITER,
    denied_to_all,
    each_default,
    is_trail_bucket,
    known_prefixes,
    policies,
    receives_access_logs,
    receives_other_logs,
    receives_server_access_logs,
)
from hipaa_constructs.rules._value import UNKNOWN


@rule(
    title="every bucket that receives access logs can receive them",
    fix="use SSE-S3 (AES256) and no Object Lock on it, and let logging.s3.amazonaws.com write to it by policy",
    applies_to=(BUCKET,),
    controls=("164.312(b)",),
    requirement="HC-080",
    url=GUIDE + "enable-server-access-logging.html",
)
def s3_log_bucket_can_receive(bucket: Resource) -> Outcome:
    """Judge encryption and Object Lock of a log bucket; S3 drops logs it can't deliver without a word.

    A bucket that says nothing of encryption has SSE-S3, as S3 encrypts every upload since 2023.
    """
    if not receives_access_logs(bucket):
        return NOT_APPLICABLE
    algorithms = each_default(bucket, "ServerSideEncryptionByDefault", "SSEAlgorithm")
    if bucket.at("BucketEncryption").is_absent:
        algorithms = []
    return all_met(
        [
            *(algorithm.must_be("AES256") for algorithm in algorithms),
            bucket.at("ObjectLockConfiguration").must_be_absent(),
            _lets_s3_deliver(bucket) if receives_server_access_logs(bucket) else MET,
        ]
    )


def _lets_s3_deliver(bucket: Resource) -> Outcome:
    found = policies(bucket)
    if bucket.at("AccessControl").text == "LogDeliveryWrite":
        return MET
    answers = [_lets_s3_write(statement) for _, statement in found.sure]
    if True in answers:
        return MET
    if None in answers or found.hide or any(_lets_s3_write(one) is not False for _, one in found.unsure):
        return undecided(why=HIDDEN_POLICY)
    return broken(found=f"no bucket policy lets {S3_LOG_WRITER} write")


def _lets_s3_write(statement: Statement) -> bool | None:
    touches = statement.touches("s3:PutObject")
    reaches = any(place.outline().endswith("*") or place.may_be("*") for place in statement.resources)
    if touches is False or not reaches or not statement.may_be("Allow"):
        return False
    services = statement.services()
    if statement.names_everyone() or any(service.text == S3_LOG_WRITER for service in services):
        return None if touches is None or "Effect" in statement.hidden else True
    return None if "Principal" in statement.hidden or any(service.is_unknown for service in services) else False


@rule(
    title="every bucket of a trail uses Object Lock",
    fix="set ObjectLockEnabled and a default retention of six years",
    applies_to=(BUCKET,),
    controls=("164.312(c)(1)", "164.312(c)(2)", "164.316(b)(2)(i)"),
    requirement="HC-085",
    same_as=("config:s3-bucket-default-lock-enabled",),
    url=GUIDE + "object-lock.html",
)
def s3_trail_bucket_locked(bucket: Resource) -> Outcome:
    """Judge the buckets that trails write to; Object Lock stops the delivery of access logs, so not those."""
    if not is_trail_bucket(bucket):
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
    title="logs stay in their bucket for six years",
    fix="leave ExpirationInDays out or set it to 2192 days or more, for current and noncurrent versions",
    applies_to=(BUCKET,),
    controls=("164.316(b)(2)(i)",),
    requirement="HC-096",
    url="https://www.ecfr.gov/current/title-45/section-164.316#p-164.316(b)(2)(i)",
)
def s3_logs_kept_six_years(bucket: Resource) -> Outcome:
    """Judge the lifecycle of the buckets that receive access logs, trails, flow logs or logs of CloudFront.

    A lifecycle rule is left out if its prefix is none of the logs', where it is known what their keys begin with.
    """
    if not (receives_access_logs(bucket) or is_trail_bucket(bucket) or receives_other_logs(bucket)):
        return NOT_APPLICABLE
    rules = bucket.at("LifecycleConfiguration", "Rules")
    if rules.is_unknown:
        return rules.undecided()
    prefixes = known_prefixes(bucket)
    counting = [item for item in rules.items() if item.at("Status").value != "Disabled" and _reaches(item, prefixes)]
    ages = (
        age
        for item in counting
        for age in (
            item.at("ExpirationInDays"),
            item.at("NoncurrentVersionExpiration", "NoncurrentDays"),
            item.at("NoncurrentVersionExpirationInDays"),
        )
    )
    dates = (item.at("ExpirationDate") for item in counting)
    return all_met(
        [
            MET,
            *(age.must_be_at_least(SIX_YEARS_DAYS, absent=True) for age in ages),
            *(date.must_be_absent() for date in dates),
        ]
    )


def _reaches(lifecycle_rule: Node, prefixes: list[str]) -> bool:
    chosen = lifecycle_rule.at("Prefix").outline().partition(UNKNOWN)[0]
    return any(chosen.startswith(prefix) or prefix.startswith(chosen) for prefix in prefixes)


@rule(
    title="nobody can delete delivered logs with a request",
    fix="deny s3:DeleteObject and s3:DeleteObjectVersion to everyone in the log bucket's policy; lifecycle rules go on",
    applies_to=(BUCKET,),
    controls=("164.312(c)(1)", "164.312(b)"),
    requirement="HC-325",
    severity=Severity.WARNING,
    url=GUIDE + "object-lifecycle-mgmt.html",
)
def s3_logs_protected_from_deletion(bucket: Resource) -> Outcome:
    """Judge the policies of the buckets that receive access logs, where Object Lock can't be used."""
    if not receives_access_logs(bucket):
        return NOT_APPLICABLE
    return denied_to_all(bucket, _refuses_deletion, "the deletion of objects")


def _refuses_deletion(statement: Statement) -> bool | None:
    if statement.conditions or not statement.covers_objects():
        return False
    return denies_all_principals(statement, "s3:DeleteObject", "s3:DeleteObjectVersion")
