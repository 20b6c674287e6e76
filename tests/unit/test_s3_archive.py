"""What the archives are beyond buckets, and what they refuse."""

from __future__ import annotations

import pytest
from aws_cdk import App, Duration, Stack
from aws_cdk import aws_s3 as s3

from hipaa_constructs import ArchiveBucket, ComplianceError, EncryptedBucket, Profile
from hipaa_constructs.rules._value import Json
from tests._refusals import made, refusal, waiver
from tests._synthesis import Body, at, list_at, of_type, report_of, synthesized, the

BUCKET = "AWS::S3::Bucket"
PLAIN = synthesized(lambda stack: ArchiveBucket(stack, "It"))
LOCKED = synthesized(lambda stack: ArchiveBucket(stack, "It", locked=True, expires=True, deep_archive_after=False))


@pytest.fixture
def stack() -> Stack:
    return Stack(App(), "Stack")


def lifecycle(template: Body) -> Json:
    """Return the lifecycle rule that archives."""
    rules = list_at(the(template, BUCKET, "It"), "Properties", "LifecycleConfiguration", "Rules")
    (rule,) = (one for one in rules if at(one, "Id") == "Archive")
    return rule


@pytest.mark.parametrize(
    ("place", "days"), [("Transitions", "TransitionInDays"), ("NoncurrentVersionTransitions", "TransitionInDays")]
)
def test_objects_and_old_versions_move_at_once_and_once_more_after_90_days(place: str, days: str) -> None:
    moves = [(at(one, "StorageClass"), at(one, days)) for one in list_at(lifecycle(PLAIN), place)]
    assert moves == [("GLACIER_IR", 0), ("DEEP_ARCHIVE", 90)]


def test_they_may_stay_in_the_first_class() -> None:
    assert [at(one, "StorageClass") for one in list_at(lifecycle(LOCKED), "Transitions")] == ["GLACIER_IR"]


def test_they_may_move_later_to_a_slower_class() -> None:
    template = synthesized(
        lambda stack: ArchiveBucket(stack, "It", storage_class=s3.StorageClass.GLACIER, archive_after=Duration.days(89))
    )
    moves = [
        (at(one, "StorageClass"), at(one, "TransitionInDays")) for one in list_at(lifecycle(template), "Transitions")
    ]
    assert moves == [("GLACIER", 89), ("DEEP_ARCHIVE", 90)]


def test_nothing_expires() -> None:
    assert "xpiration" not in str(lifecycle(PLAIN))


def test_what_expires_is_kept_for_six_years() -> None:
    assert at(lifecycle(LOCKED), "ExpirationInDays") == 2192
    assert at(lifecycle(LOCKED), "NoncurrentVersionExpiration", "NoncurrentDays") == 2192


def test_nothing_is_locked_unless_asked_for() -> None:
    assert at(the(PLAIN, BUCKET, "It"), "Properties", "ObjectLockEnabled") is None


def test_what_is_locked_is_so_for_everybody_and_six_years() -> None:
    properties = at(the(LOCKED, BUCKET, "It"), "Properties")
    assert at(properties, "ObjectLockEnabled") is True
    assert at(properties, "ObjectLockConfiguration", "Rule", "DefaultRetention") == {"Days": 2192, "Mode": "COMPLIANCE"}


def test_it_may_be_locked_for_longer() -> None:
    template = synthesized(lambda stack: ArchiveBucket(stack, "It", locked=True, retention=Duration.days(3653)))
    retained = at(the(template, BUCKET, "It"), "Properties", "ObjectLockConfiguration", "Rule", "DefaultRetention")
    assert at(retained, "Days") == 3653


def test_it_is_an_encrypted_bucket_beside() -> None:
    plain = the(synthesized(lambda stack: EncryptedBucket(stack, "It")), BUCKET, "It")
    archive = the(PLAIN, BUCKET, "It")
    for body in (plain, archive):
        properties = body["Properties"]
        assert isinstance(properties, dict)
        del properties["LifecycleConfiguration"]
    # What the library says of the path is the same too.
    assert archive == plain


def test_it_has_the_logical_id_of_the_plain_one() -> None:
    plain = synthesized(lambda stack: s3.Bucket(stack, "It"))
    assert set(of_type(plain, BUCKET)) < set(of_type(LOCKED, BUCKET))


@pytest.mark.parametrize("locked", [False, True])
def test_it_breaks_no_rule_but_that_of_the_library_waiver(locked: bool) -> None:
    findings = report_of(lambda app: ArchiveBucket(Stack(app, "Stack"), "It", locked=locked)).findings
    assert [one for one in findings if one.waiver is None] == []


def test_a_locked_archive_is_copied_to_a_locked_one() -> None:
    def build(stack: Stack) -> None:
        ArchiveBucket(stack, "It", locked=True, replicate_to=ArchiveBucket(stack, "Copy", locked=True))

    bucket = the(synthesized(build), BUCKET, "It")
    (rule,) = list_at(bucket, "Properties", "ReplicationConfiguration", "Rules")
    assert str(at(rule, "Destination", "Bucket", "Fn::GetAtt", 0)).startswith("Copy")


def test_a_locked_archive_is_not_copied_to_another(stack: Stack) -> None:
    copy = ArchiveBucket(stack, "Copy")
    refusal(
        lambda: ArchiveBucket(stack, "It", locked=True, replicate_to=copy),
        "Stack/It: replicate_to must be a locked archive, got 'Stack/Copy'; S3 copies what is locked to buckets with "
        "Object Lock only (164.308(a)(7)(ii)(A))",
    )


def test_less_than_six_years_is_refused(stack: Stack) -> None:
    refusal(
        lambda: ArchiveBucket(stack, "It", retention=Duration.days(2191)),
        "Stack/It: retention must be 2192 days (six years) or more, got 2191 days; make an EncryptedBucket for what "
        "is kept shorter (164.316(b)(2)(i))",
    )


def test_other_classes_are_refused(stack: Stack) -> None:
    refusal(
        lambda: ArchiveBucket(stack, "It", storage_class=s3.StorageClass.ONE_ZONE_INFREQUENT_ACCESS),
        "Stack/It: storage_class must be GLACIER_INSTANT_RETRIEVAL or GLACIER, got 'ONEZONE_IA'; make an "
        "EncryptedBucket with lifecycle_rules for others; Deep Archive comes by itself (164.308(a)(7)(ii)(A))",
    )


def test_both_moves_on_one_day_are_refused(stack: Stack) -> None:
    refusal(
        lambda: ArchiveBucket(stack, "It", archive_after=Duration.days(90)),
        "Stack/It: deep_archive_after must be longer than archive_after, got 90 days; S3 moves objects down only, one "
        "class after the other (164.308(a)(7)(ii)(A))",
    )


def test_lifecycle_rules_can_not_be_set(stack: Stack) -> None:
    refusal(
        lambda: made(ArchiveBucket, stack, lifecycle_rules=None),
        "Stack/It: lifecycle_rules can't be set, got None; pass storage_class, archive_after, deep_archive_after and "
        "expires (164.308(a)(7)(ii)(A))",
    )


def test_a_locked_archive_keeps_versions(stack: Stack) -> None:
    refusal(
        lambda: ArchiveBucket(stack, "It", locked=True, versioned=False, waivers=[waiver("S3BucketVersioned")]),
        "Stack/It: versioned must be True with locked, got False; S3 locks versions only (164.312(c)(1))",
    )


def test_an_archive_without_versions_needs_a_waiver(stack: Stack) -> None:
    with pytest.raises(ComplianceError, match="S3BucketVersioned"):
        ArchiveBucket(stack, "It", versioned=False)


def test_an_archive_without_phi_may_go_with_a_development_environment() -> None:
    app = App()
    Profile.DEVELOPMENT.apply_to(app)
    resource = ArchiveBucket(Stack(app, "Stack"), "It", holds_phi=False).bucket.node.default_child
    assert isinstance(resource, s3.CfnBucket)
    policy = resource.cfn_options.deletion_policy
    assert policy is not None
    assert policy.name == "DELETE"


def test_a_refusal_leaves_nothing_behind(stack: Stack) -> None:
    with pytest.raises(Exception, match="retention"):
        ArchiveBucket(stack, "It", retention=Duration.days(1))
    assert stack.node.children == []
