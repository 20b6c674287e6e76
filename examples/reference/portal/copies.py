"""What the recovery Region keeps of the primary one."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_s3 as s3

from hipaa_constructs import EncryptedBackupVault, EncryptedBucket, EncryptedRepository
from portal.foundation import KeysStack
from portal.settings import PortalStack


class CopiesStack(PortalStack):
    """A locked vault for copies of backups, and the replicas of documents, images and the trail."""

    def __init__(self, app: cdk.App, id: str, region: str, keys: KeysStack) -> None:
        super().__init__(app, id, region)
        self.key = keys.key.key
        self.vault = EncryptedBackupVault(self, "Vault", encryption_key=keys.key)
        EncryptedRepository(self, "Images", repository_name="portal", encryption_key=keys.key)
        named = cdk.PhysicalName.GENERATE_IF_NEEDED
        self.documents = EncryptedBucket(
            self, "Documents", bucket_name=named, encryption_key=keys.key, server_access_logs_bucket=keys.log_archive
        )
        self.trail = EncryptedBucket(
            self,
            "Trail",
            bucket_name=named,
            encryption_key=keys.key,
            server_access_logs_bucket=keys.log_archive,
            object_lock_default_retention=s3.ObjectLockRetention.governance(cdk.Duration.days(2192)),
        )
