"""The whole templates of the buckets."""

from __future__ import annotations

from aws_cdk import Duration, Stack
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3

from hipaa_constructs import EncryptedBucket, EncryptionKey, LogArchive, ReplicaBucket
from tests._refusals import waiver
from tests._synthesis import synthesized
from tests.snapshot.conftest import Templates


def test_encrypted_bucket_with_defaults(templates: Templates) -> None:
    templates.hold(synthesized(lambda stack: EncryptedBucket(stack, "It")))


def test_encrypted_bucket_with_all_options(templates: Templates) -> None:
    def build(stack: Stack) -> None:
        EncryptedBucket(
            stack,
            "It",
            abac_status=True,
            bucket_name="portal-exports",
            cors=[s3.CorsRule(allowed_methods=[s3.HttpMethods.GET], allowed_origins=["https://portal.example.org"])],
            encryption_key=EncryptionKey(stack, "Own"),
            event_bridge_enabled=True,
            intelligent_tiering_configurations=[
                s3.IntelligentTieringConfiguration(name="Cold", archive_access_tier_time=Duration.days(90))
            ],
            inventories=[
                s3.Inventory(
                    destination=s3.InventoryDestination(bucket=s3.Bucket.from_bucket_name(stack, "Inv", "inventory"))
                )
            ],
            lifecycle_rules=[s3.LifecycleRule(id="Old", noncurrent_version_expiration=Duration.days(3650))],
            metrics=[s3.BucketMetrics(id="All")],
            minimum_tls_version=1.3,
            object_lock_default_retention=s3.ObjectLockRetention.governance(Duration.days(2192)),
            object_lock_enabled=True,
            server_access_logs_bucket=False,
            transfer_acceleration=True,
            transition_default_minimum_object_size=(s3.TransitionDefaultMinimumObjectSize.VARIES_BY_STORAGE_CLASS),
            versioned=True,
            waivers=[waiver("S3BucketAccessLogged"), waiver("S3BucketReplicated")],
        )

    templates.hold(synthesized(build))


def test_encrypted_bucket_with_a_replica(templates: Templates) -> None:
    def build(stack: Stack) -> None:
        target = ReplicaBucket(
            bucket=s3.Bucket.from_bucket_arn(stack, "Copy", "arn:aws:s3:::portal-records-copy"),
            encryption_key=kms.Key.from_key_arn(stack, "CopyKey", "arn:aws:kms:us-west-2:123456789012:key/1234"),
        )
        EncryptedBucket(stack, "It", replicate_to=target)

    templates.hold(synthesized(build))


def test_log_archive_with_defaults(templates: Templates) -> None:
    templates.hold(synthesized(lambda stack: LogArchive(stack, "It")))


def test_log_archive_with_all_options(templates: Templates) -> None:
    def build(stack: Stack) -> None:
        LogArchive(
            stack,
            "It",
            bucket_name="portal-logs",
            metrics=[s3.BucketMetrics(id="All")],
            retention=Duration.days(3653),
        ).allow_load_balancer_logs()

    templates.hold(synthesized(build))
