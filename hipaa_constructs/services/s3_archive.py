"""Amazon S3 Glacier: buckets whose objects move to the storage classes of archives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Unpack

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_s3 as s3
from constructs import Construct

from hipaa_constructs.services._buckets import LOWEST_TLS
from hipaa_constructs.services._options import Arguments, Contract
from hipaa_constructs.services.kms import AnyKey
from hipaa_constructs.services.s3 import BucketOptions, EncryptedBucket, ReplicaBucket
from hipaa_constructs.services.s3_logs import LogArchive
from hipaa_constructs.waivers import Waiver

_SIX_YEARS = Duration.days(2192)
_AT_ONCE = Duration.days(0)
_A_QUARTER = Duration.days(90)
_CLASSES = (s3.StorageClass.GLACIER_INSTANT_RETRIEVAL, s3.StorageClass.GLACIER)


class ArchiveBucket(EncryptedBucket):
    """An `EncryptedBucket` for what is kept for years: objects move to the Glacier storage classes of S3.

    At once to S3 Glacier Instant Retrieval, which is read in milliseconds, after 90 days to S3 Glacier Deep Archive,
    whose objects take up to 12 hours to be restored. Objects below 128 KB stay where they are. If ``locked``, nobody
    deletes a version before six years are over, the root user included.

    Vaults of Amazon S3 Glacier have no CloudFormation type, and take no new customers: archives are storage classes of
    S3.

    Price: 0.004 USD for a GB and month, and 0.00099 USD in Deep Archive, for 90 and 180 days at least; 0.05 USD for
    1000 transitions to Deep Archive, and 0.0025 to 0.02 USD for a GB that is restored.

    Rules: S3ArchiveGuarded, S3BucketEncryptedWithKms, S3BucketUsesCustomerManagedKey, S3BucketKeyEnabled,
    S3BucketTlsOnly, S3BucketTls12Only, S3BucketRefusesOtherKeys, S3BucketRefusesClientHeldKeys,
    S3BucketPublicAccessBlocked, S3BucketAclsDisabled, S3BucketAccessLogged, S3BucketVersioned, S3BucketLifecycleSet,
    S3BucketKept, S3BucketPolicyKept.
    Library waiver: S3BucketReplicated, while ``replicate_to`` is not given.
    Your duty: how long what is kept, by the law of your state; that somebody tries a restore; that the key stays as
    long as the archive.
    AWS: https://docs.aws.amazon.com/AmazonS3/latest/userguide/archival-storage.html

    Attributes:
        bucket: the `s3.Bucket`, with the logical id that it would have without this construct.
        encryption_key: the key of the bucket.
        locked: whether nobody can delete a version before its time.
    """

    locked: bool

    contract = Contract(
        wraps=s3.Bucket,
        types=EncryptedBucket.contract.types,
        fixed={
            **EncryptedBucket.contract.fixed,
            "lifecycle_rules": "pass storage_class, archive_after, deep_archive_after and expires "
            "(164.308(a)(7)(ii)(A))",
        },
        governed=EncryptedBucket.contract.governed,
        chosen=("encryption_key", "server_access_logs_prefix"),
        free=BucketOptions,
        relaxations=EncryptedBucket.contract.relaxations,
    )

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        storage_class: s3.StorageClass = s3.StorageClass.GLACIER_INSTANT_RETRIEVAL,
        archive_after: Duration = _AT_ONCE,
        deep_archive_after: Duration | Literal[False] = _A_QUARTER,
        retention: Duration = _SIX_YEARS,
        locked: bool = False,
        expires: bool = False,
        encryption_key: AnyKey | None = None,
        versioned: bool = True,
        minimum_tls_version: float = LOWEST_TLS,
        removal_policy: RemovalPolicy | None = None,
        holds_phi: bool = True,
        replicate_to: EncryptedBucket | ReplicaBucket | None = None,
        server_access_logs_bucket: LogArchive | s3.IBucket | Literal[False] | None = None,
        server_access_logs_prefix: str = "s3/",
        waivers: Sequence[Waiver] = (),
        **options: Unpack[BucketOptions],
    ) -> None:
        """Make an archive.

        Args:
            scope: where it belongs.
            id: its id there.
            storage_class: where objects move first: by default GLACIER_INSTANT_RETRIEVAL; or GLACIER, whose objects
                take minutes to hours to be restored.
            archive_after: how long objects stay in S3 Standard; by default not a day.
            deep_archive_after: when they move to Deep Archive; by default after 90 days. False leaves them.
            retention: how long versions are kept at least; by default 2192 days (six years), and no less.
            locked: whether nobody can delete a version for as long (Object Lock in compliance mode). It can't be taken
                back, not even for a version that should never have been there. False by default.
            expires: whether objects are deleted after that time, and old versions as long after they were replaced.
                False by default.
            encryption_key: by default the stack's `EncryptionKey`; not an alias.
            versioned: by default, and unless waived, old versions are kept.
            minimum_tls_version: by default 1.2; 1.3 is refused by older clients.
            removal_policy: by default, and unless waived, the bucket stays when the stack goes.
            holds_phi: False says that it holds no PHI; a development environment then lets it go with its stack.
            replicate_to: as for `EncryptedBucket`; of a locked archive a bucket with Object Lock. None by default.
            server_access_logs_bucket: as for `EncryptedBucket`.
            server_access_logs_prefix: of the logs' keys in that bucket, by default ``s3/``.
            waivers: exceptions from the rules about buckets.
            **options: of `s3.Bucket`, see `BucketOptions`.

        Raises:
            ComplianceError: an option is fixed or unknown, weaker than a rule that is not waived, or none that S3
                takes.
        """
        arguments = Arguments(scope, id, contract=self.contract, waivers=waivers, free=options, holds_phi=holds_phi)
        _check_tiers(arguments, storage_class, archive_after, deep_archive_after)
        days = retention.to_days(integral=False)
        if days < _SIX_YEARS.to_days():
            arguments.refuse(
                "retention",
                retention,
                asked="2192 days (six years) or more",
                way_out="make an EncryptedBucket for what is kept shorter",
                citation="164.316(b)(2)(i)",
            )
        if locked and not versioned:
            arguments.refuse(
                "versioned",
                versioned,
                asked="True with locked",
                way_out="S3 locks versions only",
                citation="164.312(c)(1)",
            )
        if locked and isinstance(replicate_to, ArchiveBucket) and not replicate_to.locked:
            arguments.refuse(
                "replicate_to",
                replicate_to.node.path,
                asked="a locked archive",
                way_out="S3 copies what is locked to buckets with Object Lock only",
                citation="164.308(a)(7)(ii)(A)",
            )
        if locked:
            options["object_lock_enabled"] = True
            options.setdefault("object_lock_default_retention", s3.ObjectLockRetention.compliance(retention))
        tiers = [(storage_class, archive_after)]
        if deep_archive_after is not False:
            tiers.append((s3.StorageClass.DEEP_ARCHIVE, deep_archive_after))
        rule = s3.LifecycleRule(
            id="Archive",
            transitions=[s3.Transition(storage_class=name, transition_after=after) for name, after in tiers],
            noncurrent_version_transitions=[
                s3.NoncurrentVersionTransition(storage_class=name, transition_after=after) for name, after in tiers
            ],
            expiration=retention if expires else None,
            noncurrent_version_expiration=retention if expires else None,
        )
        super().__init__(
            scope,
            id,
            encryption_key=encryption_key,
            versioned=versioned,
            minimum_tls_version=minimum_tls_version,
            lifecycle_rules=[rule],
            removal_policy=removal_policy,
            holds_phi=holds_phi,
            replicate_to=replicate_to,
            server_access_logs_bucket=server_access_logs_bucket,
            server_access_logs_prefix=server_access_logs_prefix,
            waivers=waivers,
            **options,
        )
        self.locked = locked


def _check_tiers(
    arguments: Arguments,
    storage_class: s3.StorageClass,
    archive_after: Duration,
    deep_archive_after: Duration | Literal[False],
) -> None:
    if storage_class.value not in [one.value for one in _CLASSES]:
        arguments.refuse(
            "storage_class",
            storage_class.value,
            asked="GLACIER_INSTANT_RETRIEVAL or GLACIER",
            way_out="make an EncryptedBucket with lifecycle_rules for others; Deep Archive comes by itself",
            citation="164.308(a)(7)(ii)(A)",
        )
    if deep_archive_after is not False and deep_archive_after.to_days() < archive_after.to_days() + 1:
        arguments.refuse(
            "deep_archive_after",
            deep_archive_after,
            asked="longer than archive_after",
            way_out="S3 moves objects down only, one class after the other",
            citation="164.308(a)(7)(ii)(A)",
        )
