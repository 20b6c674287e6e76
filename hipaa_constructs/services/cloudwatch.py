"""Amazon CloudWatch: alarms on what a trail records, for a trail that is there already, and beyond the benchmark."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TypedDict

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns
from constructs import Construct

from hipaa_constructs.services._options import Arguments, Contract
from hipaa_constructs.services._tokens import is_unresolved
from hipaa_constructs.services._waiving import waive
from hipaa_constructs.services.cloudtrail import EncryptedTrail
from hipaa_constructs.services.cloudtrail_alarms import PATTERNS, any_event, of_source, told, watch
from hipaa_constructs.services.logs import EncryptedLogGroup
from hipaa_constructs.services.sns import EncryptedTopic
from hipaa_constructs.waivers import Waiver

_NONE: Mapping[str, str] = MappingProxyType({})
_NAME = re.compile(r"[A-Z][A-Za-z0-9]{0,63}")
_ROLE = re.compile(r"arn:[a-z-]+:iam::\d{12}:role/[\w+=,.@/-]+", re.ASCII)
_LONGEST = 1024
"""Characters of a pattern: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html"""

FURTHER: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "AlarmChanged": (
            "an alarm was deleted, or no longer acts",
            of_source("monitoring", "DeleteAlarms", "DisableAlarmActions"),
        ),
        "BackupChanged": (
            "a backup, a vault or its lock was deleted or made to end earlier",
            of_source(
                "backup",
                "DeleteBackupPlan",
                "DeleteBackupSelection",
                "DeleteBackupVault",
                "DeleteBackupVaultAccessPolicy",
                "DeleteBackupVaultLockConfiguration",
                "DeleteRecoveryPoint",
                "PutBackupVaultAccessPolicy",
                "UpdateRecoveryPointLifecycle",
            ),
        ),
        "CredentialsMade": (
            "a user, an access key or a password was made, or MFA taken away",
            of_source(
                "iam",
                "CreateAccessKey",
                "CreateLoginProfile",
                "CreateUser",
                "DeactivateMFADevice",
                "DeleteAccountPasswordPolicy",
                "DeleteVirtualMFADevice",
                "UpdateAccountPasswordPolicy",
                "UpdateLoginProfile",
            ),
        ),
        "DetectionChanged": (
            "GuardDuty, Security Hub, Inspector, Macie or an access analyzer was changed or switched off",
            f"({of_source('guardduty', 'DeleteDetector', 'UpdateDetector', 'CreateFilter')}) || "
            f"({of_source('securityhub', 'DisableSecurityHub', 'BatchDisableStandards')}) || "
            f"({of_source('inspector2', 'Disable', 'CreateFilter')}) || "
            f"({of_source('macie2', 'DisableMacie', 'UpdateMacieSession')}) || "
            f"({of_source('access-analyzer', 'DeleteAnalyzer', 'CreateArchiveRule')})",
        ),
        "KeyPolicyChanged": (
            "the policy of a KMS key was changed, or its material deleted or no longer rotated",
            of_source("kms", "DeleteImportedKeyMaterial", "DisableKeyRotation", "PutKeyPolicy"),
        ),
        "LogGroupChanged": (
            "a log group was deleted, kept shorter or no longer masked, or what watches it was",
            of_source(
                "logs",
                "DeleteDataProtectionPolicy",
                "DeleteLogGroup",
                "DeleteLogStream",
                "DeleteMetricFilter",
                "DeleteRetentionPolicy",
                "DeleteSubscriptionFilter",
                "DisassociateKmsKey",
                "PutRetentionPolicy",
            ),
        ),
        "PublicAccessChanged": (
            "the public access block of a bucket or of the account was changed",
            any_event(
                "DeleteAccountPublicAccessBlock",
                "DeleteBucketPublicAccessBlock",
                "PutAccountPublicAccessBlock",
                "PutBucketPublicAccessBlock",
            ),
        ),
        "RootSessionTaken": ("a root session of a member account was taken", of_source("sts", "AssumeRoot")),
        "SnapshotShared": (
            "a snapshot or an image was shared, or no longer",
            any_event(
                "ModifyDBClusterSnapshotAttribute",
                "ModifyDBSnapshotAttribute",
                "ModifyImageAttribute",
                "ModifySnapshotAttribute",
            ),
        ),
        "TrustChanged": (
            "who may take a role was changed, or an identity provider was",
            of_source(
                "iam",
                "CreateOpenIDConnectProvider",
                "CreateSAMLProvider",
                "UpdateAssumeRolePolicy",
                "UpdateOpenIDConnectProviderThumbprint",
                "UpdateSAMLProvider",
            ),
        ),
    }
)
"""What is watched for beyond the benchmark, by name: in words, and as a pattern."""


class AuditAlarmsOptions(TypedDict, total=False):
    """No option of `aws_cdk.aws_cloudwatch.CfnAlarm` is passed on as it is."""


class AuditAlarms(Construct):
    """Alarms on what a trail records: those of the CIS benchmark, ten more, and the use of break-glass roles.

    For a trail that is there already, of another stack or made by hand, whose events go to a log group; and for an
    `EncryptedTrail`, which has the fifteen of the benchmark itself and so gets the others alone. The ten tell of
    changes of alarms, backups, key policies, log groups, public access blocks, trust and detection (GuardDuty, Security
    Hub, Inspector, Macie, access analyzers), of new credentials, shared snapshots and root sessions.

    An alarm costs 0.10 USD a month, so all of them about 2.50 USD; metrics the same by the hour in which they have
    values.

    Rules: AlarmActs.
    And of the trail: TrailAlarmsOnSignIn, TrailAlarmsOnNetworkChanges, TrailAlarmsOnSafeguardChanges.
    Your duty: that somebody subscribes to the topic and looks into alarms. Events come after about five minutes.
    AWS: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudwatch-alarms-for-cloudtrail.html

    Attributes:
        alarm_topic: what the alarms are published to.
        alarms: the alarms by name, e.g. ``KeyPolicyChanged`` or ``BreakGlassRoleUsed``.
    """

    contract = Contract(
        wraps=cloudwatch.CfnAlarm,
        types=("AWS::CloudWatch::Alarm",),
        fixed={},
        governed={},
        chosen=("alarm_topic", "break_glass_roles", "log_group", "patterns"),
        free=AuditAlarmsOptions,
    )

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        log_group: EncryptedTrail | EncryptedLogGroup | logs.ILogGroup,
        alarm_topic: EncryptedTopic | sns.ITopic | None = None,
        break_glass_roles: Sequence[iam.IRole | str] = (),
        patterns: Mapping[str, str] = _NONE,
        waivers: Sequence[Waiver] = (),
    ) -> None:
        """Make the alarms.

        Args:
            scope: where they belong.
            id: their id there.
            log_group: what the trail is delivered to, in this account and Region; or the trail.
            alarm_topic: by default the trail's, or the stack's `EncryptedTopic`. An imported one must let CloudWatch
                alarms publish.
            break_glass_roles: the roles that are for emergencies, or their ARNs; an alarm for each goes off when
                somebody takes it, and whenever it does something. None by default.
            patterns: what else is watched for, by a name of your own in CamelCase, as a pattern of a metric filter
                without the outer braces. Nothing by default.
            waivers: exceptions from the rules about alarms.

        Raises:
            ComplianceError: a role or a pattern is none.
        """
        arguments = Arguments(scope, id, contract=self.contract, waivers=waivers)
        roles = [_arn(arguments, role) for role in break_glass_roles]
        _check(arguments, patterns)
        super().__init__(scope, id)
        watched = {**PATTERNS, **FURTHER}
        if isinstance(log_group, EncryptedTrail):
            watched = {name: one for name, one in watched.items() if name not in log_group.alarms}
            alarm_topic = alarm_topic or log_group.alarm_topic
            log_group = log_group.log_group
        for count, arn in enumerate(roles, start=1):
            watched[f"BreakGlassRoleUsed{count if count > 1 else ''}"] = (
                f"a break-glass role was used: {arn}",
                f'(($.eventName="AssumeRole*") && ($.requestParameters.roleArn="{arn}")) || '
                f'($.userIdentity.sessionContext.sessionIssuer.arn="{arn}")',
            )
        watched |= {name: (name, pattern) for name, pattern in patterns.items()}
        self.alarm_topic: sns.ITopic = told(self, alarm_topic)
        group = log_group.log_group if isinstance(log_group, EncryptedLogGroup) else log_group
        self.alarms: Mapping[str, cloudwatch.Alarm] = watch(self, group, self.alarm_topic, watched)
        waive(self, *waivers)


def _arn(arguments: Arguments, role: iam.IRole | str) -> str:
    arn = role if isinstance(role, str) else role.role_arn
    if not is_unresolved(arn) and not _ROLE.fullmatch(arn):
        arguments.refuse(
            "break_glass_roles", arn, asked="roles or their ARNs", way_out="a trail records the whole ARN",
            citation="164.312(a)(2)(ii)",
        )  # fmt: skip
    return arn


def _check(arguments: Arguments, patterns: Mapping[str, str]) -> None:
    for name, pattern in patterns.items():
        taken = name in PATTERNS or name in FURTHER or name.startswith("BreakGlassRoleUsed")
        if taken or not _NAME.fullmatch(name):
            arguments.refuse(
                "patterns", name, asked="named in CamelCase and unlike those that are there",
                way_out="the name becomes that of a metric and an alarm", citation="164.308(a)(1)(ii)(D)",
            )  # fmt: skip
        if not pattern or pattern.startswith("{") or len(pattern) > _LONGEST - len("{}"):
            arguments.refuse(
                "patterns", pattern, asked="1 to 1022 characters without the outer braces",
                way_out="CloudWatch Logs takes no other", citation="164.308(a)(1)(ii)(D)",
            )  # fmt: skip
