"""What hardening sets in resources that are there already, and what only another resource can have."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

BUCKET, BUCKET_POLICY = "AWS::S3::Bucket", "AWS::S3::BucketPolicy"
QUEUE, TOPIC = "AWS::SQS::Queue", "AWS::SNS::Topic"
CACHE, FILE_SYSTEM = "AWS::ElastiCache::ReplicationGroup", "AWS::EFS::FileSystem"
CLUSTER, DATABASE = "AWS::RDS::DBCluster", "AWS::RDS::DBInstance"
GLOBAL_TABLE, TABLE = "AWS::DynamoDB::GlobalTable", "AWS::DynamoDB::Table"
KEY, LOG_GROUP, TRAIL = "AWS::KMS::Key", "AWS::Logs::LogGroup", "AWS::CloudTrail::Trail"
REPOSITORY, SECRET = "AWS::ECR::Repository", "AWS::SecretsManager::Secret"

Meets = Callable[[object], bool]
"""Whether a value that stands there, or None, is as good as what would be set."""


class TheKey:
    """Stands for the ARN of the key that hardened resources are encrypted with."""


THE_KEY = TheKey()


@dataclass(frozen=True, slots=True)
class Setting:
    """A property that CloudFormation changes without replacing the resource.

    Attributes:
        path: the property, from the top, e.g. ``VersioningConfiguration.Status``; ``*`` stands for each of a list.
        wanted: what it is set to.
        rule: the rule that asks for it.
        meets: whether what stands there does; by default if it is the same.
        unless: other properties of the resource with which it does not go together.
        engines: what the engines of databases begin with that know it; all, if none is named.
    """

    path: str
    wanted: object
    rule: str
    meets: Meets | None = None
    unless: tuple[str, ...] = ()
    engines: tuple[str, ...] = ()

    def is_met(self, value: object) -> bool:
        """Tell whether nothing has to be set."""
        return self.meets(value) if self.meets else value == self.wanted


@dataclass(frozen=True, slots=True)
class Lasting:
    """A property that only a new resource can have.

    Attributes:
        path: the property.
        rule: the rule that asks for it.
        meets: whether what stands there does.
        way_out: how to get there.
        unless: other properties of the resource that say it elsewhere.
    """

    path: str
    rule: str
    meets: Meets
    way_out: str
    unless: tuple[str, ...] = ()


def _at_least(least: float) -> Meets:
    return lambda value: isinstance(value, (int, float)) and value >= least


def own_key(value: object) -> bool:
    """Tell whether a key is set that is not one of AWS."""
    # What a token stands for can't be told: whoever wrote it chose a key.
    return value is not None and "alias/aws/" not in str(value)


def _true(value: object) -> bool:
    return value is True


def _set(value: object) -> bool:
    return value is not None


def _enabled(*names: str) -> tuple[Setting, ...]:
    return tuple(
        Setting(f"PublicAccessBlockConfiguration.{name}", True, "S3BucketPublicAccessBlocked") for name in names
    )


def encrypted_with_own_key(value: object) -> bool:
    """Tell whether the encryption of a bucket names a customer managed key."""
    text = str(value)
    return "aws:kms" in text and "kmsmasterkeyid" in text.lower() and "alias/aws/" not in text


_BY_SNAPSHOT = "copy a snapshot with your key and restore it"
_ANOTHER = "make another file system, and copy the files with AWS DataSync"
_RESTORABLE = "PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled"
_INHERITS = ("DBClusterIdentifier", "DBSnapshotIdentifier", "SourceDBInstanceIdentifier")
_WITH_IAM = ("aurora", "mariadb", "mysql", "postgres")
_OF_DATABASES = (
    Setting("CopyTagsToSnapshot", True, "RdsTagsCopied"),
    Setting("DeletionProtection", True, "RdsDeletionProtected"),
    Setting("DeleteAutomatedBackups", False, "RdsKept"),
    Setting("EnableIAMDatabaseAuthentication", True, "RdsIamAuthenticated", engines=_WITH_IAM),
)

SETTINGS: Mapping[str, tuple[Setting, ...]] = MappingProxyType(
    {
        BUCKET: (
            *_enabled("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"),
            Setting("VersioningConfiguration.Status", "Enabled", "S3BucketVersioned"),
            Setting(
                "OwnershipControls.Rules",
                [{"ObjectOwnership": "BucketOwnerEnforced"}],
                "S3BucketAclsDisabled",
                meets=lambda value: "BucketOwnerEnforced" in str(value),
                unless=("AccessControl",),
            ),
        ),
        CACHE: (
            Setting("AutoMinorVersionUpgrade", True, "RedisEngineSupported", meets=lambda value: value is not False),
            Setting("SnapshotRetentionLimit", 35, "RedisBackedUp", meets=_at_least(15)),
        ),
        CLUSTER: (*_OF_DATABASES, Setting("BackupRetentionPeriod", 35, "RdsBackupsKept", meets=_at_least(35))),
        DATABASE: (
            *(replace(one, unless=_INHERITS) for one in _OF_DATABASES),
            Setting("AutoMinorVersionUpgrade", True, "RdsMinorVersionsUpgraded", unless=_INHERITS),
            Setting("BackupRetentionPeriod", 35, "RdsBackupsKept", meets=_at_least(35), unless=_INHERITS),
            Setting("MultiAZ", True, "RdsMultiAz", unless=("AvailabilityZone", *_INHERITS)),
        ),
        GLOBAL_TABLE: (
            Setting("Replicas.*.DeletionProtectionEnabled", True, "DynamodbTableDeletionProtected"),
            Setting(f"Replicas.*.{_RESTORABLE}", True, "DynamodbTableRestorable"),
        ),
        KEY: (
            Setting("EnableKeyRotation", True, "KmsKeyRotated", unless=("KeySpec", "Origin")),
            Setting(
                "PendingWindowInDays",
                30,
                "KmsKeyDeletedSlowly",
                meets=lambda value: value is None or _at_least(30)(value),
            ),
        ),
        LOG_GROUP: (
            Setting("KmsKeyId", THE_KEY, "LogGroupEncrypted", meets=own_key),
            Setting("RetentionInDays", 2192, "LogGroupKeptSixYears", meets=_at_least(2192)),
            Setting("DeletionProtectionEnabled", True, "LogGroupProtectedFromDeletion"),
        ),
        QUEUE: (Setting("KmsMasterKeyId", THE_KEY, "SqsQueueUsesCustomerManagedKey", meets=own_key),),
        REPOSITORY: (
            Setting("ImageScanningConfiguration.ScanOnPush", True, "EcrImagesScanned"),
            Setting("ImageTagMutability", "IMMUTABLE", "EcrTagsImmutable"),
        ),
        SECRET: (Setting("KmsKeyId", THE_KEY, "SecretUsesCustomerManagedKey", meets=own_key),),
        TABLE: (
            Setting("DeletionProtectionEnabled", True, "DynamodbTableDeletionProtected"),
            Setting(_RESTORABLE, True, "DynamodbTableRestorable"),
            Setting("SSESpecification.KMSMasterKeyId", THE_KEY, "DynamodbTableUsesCustomerManagedKey", meets=own_key),
            Setting("SSESpecification.SSEEnabled", True, "DynamodbTableUsesCustomerManagedKey"),
        ),
        TOPIC: (Setting("KmsMasterKeyId", THE_KEY, "SnsTopicUsesCustomerManagedKey", meets=own_key),),
        TRAIL: (
            Setting("EnableLogFileValidation", True, "TrailLogFilesValidated"),
            Setting("IncludeGlobalServiceEvents", True, "TrailMultiRegion"),
            Setting("IsMultiRegionTrail", True, "TrailMultiRegion"),
        ),
    }
)
"""What is set in place, by type."""

LASTING: Mapping[str, tuple[Lasting, ...]] = MappingProxyType(
    {
        CACHE: (
            Lasting("AtRestEncryptionEnabled", "RedisEncryptedAtRest", _true, "restore a snapshot into a new group"),
            Lasting("KmsKeyId", "RedisUsesCustomerManagedKey", own_key, "restore a snapshot into a new group"),
            Lasting("CacheSubnetGroupName", "RedisInSubnetGroup", _set, "restore a snapshot into a new group"),
        ),
        CLUSTER: (
            Lasting("StorageEncrypted", "RdsStorageEncrypted", _true, _BY_SNAPSHOT),
            Lasting("KmsKeyId", "RdsUsesCustomerManagedKey", own_key, _BY_SNAPSHOT),
        ),
        DATABASE: (
            Lasting("StorageEncrypted", "RdsStorageEncrypted", _true, _BY_SNAPSHOT, unless=_INHERITS),
            Lasting("KmsKeyId", "RdsUsesCustomerManagedKey", own_key, _BY_SNAPSHOT, unless=_INHERITS),
        ),
        FILE_SYSTEM: (
            Lasting("Encrypted", "EfsEncrypted", _true, _ANOTHER),
            Lasting("KmsKeyId", "EfsUsesCustomerManagedKey", own_key, _ANOTHER),
            Lasting("AvailabilityZoneName", "EfsRegional", lambda value: value is None, _ANOTHER),
        ),
        REPOSITORY: (
            Lasting(
                "EncryptionConfiguration",
                "EcrUsesCustomerManagedKey",
                lambda value: "kms" in str(value).lower(),
                "make another repository and push the images there",
            ),
        ),
    }
)
"""What stays as it was made, by type."""

KEPT: Mapping[str, str] = MappingProxyType(
    {
        BUCKET: "S3BucketKept",
        BUCKET_POLICY: "S3BucketPolicyKept",
        CACHE: "RedisKept",
        CLUSTER: "RdsKept",
        DATABASE: "RdsKept",
        FILE_SYSTEM: "EfsKept",
        GLOBAL_TABLE: "DynamodbTableKept",
        KEY: "KmsKeyKept",
        LOG_GROUP: "LogGroupKept",
        TABLE: "DynamodbTableKept",
    }
)
"""What outlives its stack, by type, with the rule that asks for it."""

SUPPORTED = frozenset({*SETTINGS, *LASTING, *KEPT})
