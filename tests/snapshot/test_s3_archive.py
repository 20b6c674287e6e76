"""The whole templates of the archives."""

from __future__ import annotations

from aws_cdk import Duration, Stack
from aws_cdk import aws_s3 as s3

from hipaa_constructs import ArchiveBucket
from tests._synthesis import synthesized
from tests.snapshot.conftest import Templates


def test_archive_bucket_with_defaults(templates: Templates) -> None:
    templates.hold(synthesized(lambda stack: ArchiveBucket(stack, "It")))


def test_archive_bucket_with_all_options(templates: Templates) -> None:
    def build(stack: Stack) -> None:
        ArchiveBucket(
            stack,
            "It",
            storage_class=s3.StorageClass.GLACIER,
            archive_after=Duration.days(30),
            deep_archive_after=Duration.days(365),
            retention=Duration.days(3653),
            locked=True,
            expires=True,
            bucket_name="closed-records",
            minimum_tls_version=1.3,
            replicate_to=ArchiveBucket(stack, "Copy", locked=True),
            server_access_logs_prefix="closed/",
        )

    templates.hold(synthesized(build))
