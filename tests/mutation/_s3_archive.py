"""Archives, weakened where they are more than buckets."""

from __future__ import annotations

from aws_cdk import Stack

from hipaa_constructs import ArchiveBucket
from tests.mutation._weakening import Weakening


def archive(stack: Stack) -> None:
    ArchiveBucket(stack, "It")


WEAKENING = Weakening(
    "s3_archive",
    (archive,),
    only=(
        "Bucket:Properties/BucketEncryption:deleted",
        "BucketPolicy:Properties/PolicyDocument/Statement/0:deleted",
        "BucketPolicy:Properties/PolicyDocument/Statement/0/Effect:*",
    ),
    expected=frozenset({"S3BucketReplicated"}),
)
