"""Buckets, weakened."""

from __future__ import annotations

from aws_cdk import Stack

from hipaa_constructs import EncryptedBucket, LogArchive
from tests.mutation._weakening import Weakening


def bucket(stack: Stack) -> None:
    EncryptedBucket(stack, "It")
    LogArchive.of(stack).allow_load_balancer_logs()


def replicated_bucket(stack: Stack) -> None:
    EncryptedBucket(stack, "It", replicate_to=EncryptedBucket(stack, "Replica"))


WEAKENING = Weakening(
    "s3",
    (bucket, replicated_bucket),
    types=("AWS::S3::Bucket", "AWS::S3::BucketPolicy", "AWS::IAM::Role", "AWS::IAM::ManagedPolicy"),
    exempt=(
        ("Role:Properties/AssumeRolePolicyDocument*", "*", "takes access away, or is refused by IAM"),
        ("ManagedPolicy:*", "*", "takes access away, or lets one role use one key in another way"),
        ("Bucket:*/AbortIncompleteMultipartUpload/DaysAfterInitiation", "6", "sooner"),
        ("LogArchive:*/LoggingConfiguration*", "deleted", "AWS asks for no log of who reads access logs"),
        ("Bucket:*/LoggingConfiguration/LogFilePrefix", "*", "where in the log bucket"),
        ("Bucket:*/LoggingConfiguration/TargetObjectKeyFormat*", "*", "where in the log bucket"),
        ("Bucket:*/LoggingConfiguration/DestinationBucketName", "alias/aws/s3", "another log bucket by name"),
        ("Bucket:*/ReplicationConfiguration/Role", "*", "another role, or refused: the property is required"),
        ("Bucket:*/ReplicationConfiguration/Rules/0/Filter*", "*", "which objects is the app's decision"),
        ("Bucket:*/ReplicationConfiguration/Rules/0/DeleteMarkerReplication*", "*", "more is kept in the replica"),
        ("Bucket:*/ReplicationConfiguration/Rules/0/Destination/Metrics*", "*", "how soon, not whether"),
        ("Bucket:*/ReplicationConfiguration/Rules/0/Destination/ReplicationTime*", "*", "how soon, not whether"),
        ("Bucket:*/SourceSelectionCriteria/ReplicaModifications*", "*", "changes made at the replica"),
        ("BucketPolicy:*/Statement/?/Condition/Null*", "deleted", "denies more, uploads with no header too"),
        ("BucketPolicy:*/Statement/?/Condition/BoolIfExists*", "deleted", "denies more, AWS's own deliveries too"),
        ("LogArchive:*/LifecycleConfiguration/Rules/0*", "*", "incomplete uploads of logs hold no log"),
        ("LogArchive:*/LifecycleConfiguration/Rules/1", "deleted", "logs are kept for ever"),
        ("LogArchive:*/LifecycleConfiguration/Rules/1/ExpirationInDays", "deleted", "logs are kept for ever"),
        ("LogArchive:*/LifecycleConfiguration/Rules/1/NoncurrentVersionExpiration*", "deleted", "kept for ever"),
        ("LogArchive:*/LifecycleConfiguration/Rules/1/Status", "*", "logs are kept for ever"),
        ("LogArchive:*/LifecycleConfiguration/Rules/1/Transitions*", "*", "dearer or cheaper storage"),
        ("BucketPolicy:*/Statement/[34]/Condition/*", "alias/aws/s3", "takes access away"),
        ("BucketPolicy:*/Statement/3/Condition/ArnLike*", "deleted", "the account still confines it"),
        ("BucketPolicy:*/Statement/4", "deleted", "takes the load balancers' access away"),
        ("BucketPolicy:*/Statement/4/Action", "*", "takes the load balancers' access away"),
        ("BucketPolicy:*/Statement/4/Effect", "*", "takes the load balancers' access away"),
        ("BucketPolicy:*/Statement/4/Principal*", "*", "takes the load balancers' access away"),
        ("BucketPolicy:*/Statement/4/Resource", "*", "takes the load balancers' access away"),
    ),
    expected=frozenset({"S3BucketReplicated"}),
)
