"""The exceptions that this package makes itself, where AWS leaves no other way. A generated page lists them."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from hipaa_constructs.waivers import Waiver


@dataclass(frozen=True, slots=True)
class LibraryWaiver:
    """An exception that a construct makes for its own resources.

    Attributes:
        construct: the construct that makes it.
        waiver: the exception.
        page: the page of AWS that it rests on.
    """

    construct: str
    waiver: Waiver
    page: str


def _made(construct: str, rule: str, page: str, reason: str) -> LibraryWaiver:
    waiver = Waiver(
        rule=rule,
        reason=f"{reason} ({page})",
        approved_by="hipaa_constructs",
        expires=datetime.date.max,
    )
    return LibraryWaiver(construct, waiver, page)


_S3 = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/"

BUCKET_NOT_REPLICATED = _made(
    "EncryptedBucket",
    "S3BucketReplicated",
    _S3 + "replication.html",
    "Replication needs a bucket in a second Region, which only the application can name (replicate_to=). Without it, "
    "versions, retention and the copies that S3 keeps in several Availability Zones guard against every loss but "
    "that of the Region",
)

LOG_ARCHIVE_WITHOUT_KMS = _made(
    "LogArchive",
    "cdk-nag:HIPAA.Security-S3DefaultEncryptionKMS",
    _S3 + "enable-server-access-logging.html",
    "S3 and the load balancers deliver access logs to buckets with SSE-S3 only; the archive is encrypted with AES-256",
)

LOG_ARCHIVE_NOT_REPLICATED = _made(
    "LogArchive",
    "cdk-nag:HIPAA.Security-S3BucketReplicationEnabled",
    _S3 + "enable-server-access-logging.html",
    "Access logs are delivered inside one Region and account; each Region has an archive of its own",
)

VPC_DEFAULT_GROUP_CLOSED_BY_RUNBOOK = _made(
    "FlowLoggedVpc",
    "cdk-nag:HIPAA.Security-VPCDefaultSecurityGroupClosed",
    "https://docs.aws.amazon.com/systems-manager-automation-runbooks/latest/userguide/"
    "automation-aws-remove-default-secg-rules.html",
    "CloudFormation can't take rules out of the default security group. The runbook that AWS owns for it does, and "
    "again every six hours; cdk-nag knows only the Lambda function of the CDK, which "
    "VpcDefaultSecurityGroupClosed accepts as well",
)

DIGEST_REVIEW_WITHOUT_SOURCE = _made(
    "EncryptedTrail",
    "cdk-nag:HIPAA.Security-CodeBuildProjectSourceRepoUrl",
    "https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ProjectSource.html",
    "The project that reviews digest files on request has no source (NO_SOURCE), so no repository whose URL could hold "
    "credentials; the check asks every project for OAuth, whatever its source",
)

API_NOT_CACHED = _made(
    "HipaaRestApi",
    "cdk-nag:HIPAA.Security-APIGWCacheEnabledAndEncrypted",
    "https://docs.aws.amazon.com/whitepapers/latest/architecting-hipaa-security-and-compliance-on-aws/amazon-api-gateway.html",
    "What is not cached is not written to a disk, and no caller gets what another one asked for; the check asks every "
    "stage for a cache, which ApiCachesNothing holds off",
)


def development_waiver(rule: str) -> Waiver:
    """Return the exception of a rule that a development environment goes without."""
    return Waiver(
        rule=rule,
        reason="A development environment (Profile.DEVELOPMENT) has no spares and short backups. It guards PHI as well "
        "as production does, and is not to hold the only copy of anything",
        approved_by="hipaa_constructs",
        expires=datetime.date.max,
    )


LIBRARY_WAIVERS = (
    BUCKET_NOT_REPLICATED,
    LOG_ARCHIVE_WITHOUT_KMS,
    LOG_ARCHIVE_NOT_REPLICATED,
    VPC_DEFAULT_GROUP_CLOSED_BY_RUNBOOK,
    DIGEST_REVIEW_WITHOUT_SOURCE,
    API_NOT_CACHED,
)
