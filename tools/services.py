"""Which block is for which service of the guidance, for the page docs/services.md."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """A service.

    Attributes:
        service: its name in the guidance.
        blocks: public names of this package; none where the rules judge plain resources.
        note: what to know before choosing.
    """

    service: str
    blocks: tuple[str, ...]
    note: str


SERVICES = (
    ServiceRow(
        "Encryption and keys (AWS KMS)",
        ("EncryptionKey", "ReplicaEncryptionKey"),
        "One key serves a stack, made when a block first asks for it. A replica reads it in another Region.",
    ),
    ServiceRow(
        "Amazon EC2",
        ("HipaaInstance", "HipaaAutoScalingGroup"),
        "Encrypted volumes, IMDSv2, Session Manager in place of SSH. A group replaces machines and spans zones; one "
        "alone is backed up, and fails over as docs/failover.md says.",
    ),
    ServiceRow(
        "AWS Systems Manager",
        ("SessionManagerAccess", "PatchPolicy", "SecureParameter"),
        "Sessions are encrypted and recorded, patches scheduled and reported. CloudFormation makes no secure "
        "parameters; the block reads those that are there.",
    ),
    ServiceRow(
        "Amazon VPC",
        ("FlowLoggedVpc",),
        "Flow logs, no way to the internet unless asked for, endpoints for AWS's services.",
    ),
    ServiceRow(
        "Amazon Elastic Block Store",
        ("EncryptedVolume", "SnapshotPolicy"),
        "Kept as a snapshot when the stack goes; snapshots on a schedule, copied to another Region with its key.",
    ),
    ServiceRow(
        "Amazon Redshift",
        ("HipaaRedshiftCluster", "HipaaRedshiftServerless"),
        "TLS is required, users are audited, the password is AWS's to keep, a second Region has the snapshots. The "
        "second costs only while queries run; what limits its usage is set by hand.",
    ),
    ServiceRow(
        "Amazon S3",
        ("EncryptedBucket", "LogArchive"),
        "Records go to the first, copied to another Region with replicate_to; access logs to the second, one a stack.",
    ),
    ServiceRow(
        "Amazon SQS",
        ("EncryptedQueue",),
        "With a second queue for what can't be worked off. Names and attributes are not encrypted: no PHI in them.",
    ),
    ServiceRow(
        "Amazon S3 Glacier",
        ("ArchiveBucket", "LogArchive"),
        "Storage classes of S3, to which objects move by themselves, locked on demand; vaults of the older service are "
        "in no template.",
    ),
    ServiceRow(
        "Amazon RDS",
        ("HipaaRdsInstance", "HipaaRdsReadReplica", "HipaaAuroraCluster"),
        "TLS is forced in every engine that can be forced. A replica in another Region is a spare for a disaster.",
    ),
    ServiceRow(
        "Amazon CloudFront",
        ("EndToEndHttpsDistribution", "HttpsOrigin"),
        "HTTPS from the viewer to the origin; nothing is cached unless asked for. Lives in us-east-1.",
    ),
    ServiceRow(
        "Elastic Load Balancing",
        ("HttpsLoadBalancer", "TlsNetworkLoadBalancer"),
        "The guidance's two architectures: end HTTPS and begin it anew with the first, for HTTP; with the second also "
        "pass TLS through to the targets. There is no block for the Classic Load Balancer, though the guidance names "
        "it: AWS calls it the previous generation; it has neither TLS 1.3, nor web ACLs, nor protection from deletion. "
        "The rules judge those that are there; move them to the first.",
    ),
    ServiceRow(
        "Amazon ECS",
        ("HipaaEcsService", "HipaaEcsCluster", "TlsProxy", "EncryptedRepository"),
        "TLS up to the task, by a proxy beside programs that speak HTTP; images are scanned and their tags don't move.",
    ),
    ServiceRow(
        "Amazon DynamoDB",
        ("EncryptedTable",),
        "A key of yours in every Region of the table, restored to any second, TLS only by policy.",
    ),
    ServiceRow(
        "Amazon API Gateway",
        ("HipaaRestApi", "HipaaHttpApi"),
        "Nobody calls unauthenticated, logs hold neither bodies nor query strings. Only REST APIs take a web ACL.",
    ),
    ServiceRow(
        "AWS Shield",
        ("ShieldProtection", "ShieldEngagement"),
        "Standard is on in every account, free, and needs nothing. The blocks are for Advanced: 3,000 USD a month for "
        "a year at the least, subscribed outside of CloudFormation, which has no type for that.",
    ),
    ServiceRow(
        "AWS WAF",
        ("HipaaWebAcl",),
        "For distributions with the scope CLOUDFRONT in us-east-1; for load balancers and REST APIs by associate().",
    ),
    ServiceRow(
        "Amazon Inspector",
        ("InspectorScanning",),
        "Switched on by a call of its API, as CloudFormation has no type for it; findings go to the topic by severity.",
    ),
    ServiceRow(
        "AWS Lambda",
        ("HipaaFunction",),
        "In your network, with a queue for events that fail. Events that start it name records and hold nothing of "
        "them.",
    ),
    ServiceRow(
        "Amazon Route 53",
        ("HipaaHostedZone",),
        "No PHI in names, comments and tags, which nothing encrypts. Public zones are signed and logged, in us-east-1.",
    ),
    ServiceRow(
        "Amazon ElastiCache for Redis",
        ("HipaaRedisCluster",),
        "Valkey or Redis OSS, TLS only, every command by a user who signed in.",
    ),
    ServiceRow(
        "Amazon CloudWatch",
        ("EncryptedLogGroup", "EncryptedTopic", "AuditAlarms"),
        "Events are kept for six years, identifiers masked on request; alarms tell the topic, whose key lets them.",
    ),
    ServiceRow(
        "AWS CloudTrail",
        ("EncryptedTrail",),
        "Validated, locked, watched by alarms, its digest files reviewed on a schedule; data events of what holds PHI.",
    ),
    ServiceRow(
        "Amazon Elastic File System",
        ("EncryptedFileSystem",),
        "TLS only, access points that say who one is, backed up and copied to another Region.",
    ),
    ServiceRow(
        "AWS Certificate Manager",
        ("HipaaCertificate",),
        "Names of certificates are published for good: no PHI in them. In us-east-1 for distributions.",
    ),
    ServiceRow(
        "Auditing, backups and disaster recovery",
        ("AuditBaseline", "HipaaBackupPlan", "EncryptedBackupVault", "RecoveryObjective"),
        "Locked backups, copies in another Region, restores on trial. The reference deployment shows a pilot light and "
        "a warm standby.",
    ),
)
