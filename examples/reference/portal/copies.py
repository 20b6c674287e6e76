"""What the recovery Region keeps of the primary one."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_s3 as s3

from hipaa_constructs import EncryptedBackupVault, EncryptedBucket
from portal.foundation import KeysStack
from portal.settings import PortalStack


def repository(stack: PortalStack, keys: KeysStack) -> ecr.Repository:
    """Make the repository of images: ECR copies them by its name, and would make a bare one."""
    return ecr.Repository(
        stack,
        "Images",
        repository_name="portal",
        encryption_key=keys.key.key,
        image_scan_on_push=True,
        image_tag_mutability=ecr.TagMutability.IMMUTABLE,
        removal_policy=cdk.RemovalPolicy.RETAIN,
    )


class CopiesStack(PortalStack):
    """A locked vault for copies of backups, and the replicas of documents, images and the trail."""

    def __init__(self, app: cdk.App, id: str, region: str, keys: KeysStack) -> None:
        super().__init__(app, id, region)
        self.key = keys.key.key
        self.vault = EncryptedBackupVault(self, "Vault", encryption_key=keys.key)
        self.images = repository(self, keys)
        named = cdk.PhysicalName.GENERATE_IF_NEEDED
        self.documents = EncryptedBucket(
            self,
            "Documents",
            bucket_name=named,
            encryption_key=keys.key,
            server_access_logs_bucket=keys.log_archive,
        )
        self.trail = EncryptedBucket(
            self,
            "Trail",
            bucket_name=named,
            encryption_key=keys.key,
            server_access_logs_bucket=keys.log_archive,
            object_lock_default_retention=s3.ObjectLockRetention.governance(cdk.Duration.days(2192)),
        )
