"""Amazon CloudWatch Logs: log groups that can be shown to an auditor six years later."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict, Unpack

from aws_cdk import CfnResource, RemovalPolicy
from aws_cdk import aws_logs as logs
from constructs import Construct

from hipaa_constructs.services._options import Arguments, Contract
from hipaa_constructs.services._waiving import record
from hipaa_constructs.services.kms import AnyKey, is_alias, usable_key
from hipaa_constructs.waivers import Waiver

_KEEPING = (RemovalPolicy.RETAIN, RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)
_SIX_YEARS_OR_MORE = (
    logs.RetentionDays.SIX_YEARS,
    logs.RetentionDays.SEVEN_YEARS,
    logs.RetentionDays.EIGHT_YEARS,
    logs.RetentionDays.NINE_YEARS,
    logs.RetentionDays.TEN_YEARS,
    logs.RetentionDays.INFINITE,
)


def masks_identifiers() -> logs.DataProtectionPolicy:
    """Return a policy that masks identifiers of patients in events; whoever may ``logs:Unmask`` still reads them."""
    return logs.DataProtectionPolicy(
        identifiers=[
            logs.DataIdentifier.DRIVERSLICENSE_US,
            logs.DataIdentifier.EMAILADDRESS,
            logs.DataIdentifier.HEALTHINSURANCECLAIMNUMBER_US,
            logs.DataIdentifier.MEDICAREBENEFICIARYNUMBER_US,
            logs.DataIdentifier.PHONENUMBER_US,
            logs.DataIdentifier.SSN_US,
        ]
    )


class LogGroupOptions(TypedDict, total=False):
    """The options of `aws_cdk.aws_logs.LogGroup` that are passed on as they are."""

    data_protection_policy: logs.DataProtectionPolicy
    field_index_policies: Sequence[logs.FieldIndexPolicy]
    log_group_class: logs.LogGroupClass
    log_group_name: str


class EncryptedLogGroup(Construct):
    """A log group that is encrypted with your key, keeps its events for six years, and can't be deleted by mistake.

    The key's policy lets CloudWatch Logs use it for the log groups of this account and Region. Storage costs about
    0.03 USD a GB and month for as long as events are kept.

    Rules: LogGroupEncrypted, LogGroupRetentionSet, LogGroupKeptSixYears, LogGroupKept,
    LogGroupProtectedFromDeletion.
    Your duty: that no PHI is logged that need not be, and that somebody reviews the events.
    AWS: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html

    Attributes:
        log_group: the `logs.LogGroup`, with the logical id that it would have without this construct.
    """

    contract = Contract(
        wraps=logs.LogGroup,
        types=("AWS::Logs::LogGroup",),
        fixed={},
        governed={
            "retention": ("LogGroupKeptSixYears", "LogGroupRetentionSet"),
            "deletion_protection_enabled": ("LogGroupProtectedFromDeletion",),
            "removal_policy": ("LogGroupKept",),
        },
        chosen=("encryption_key",),
        free=LogGroupOptions,
    )

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        encryption_key: AnyKey | None = None,
        retention: logs.RetentionDays = logs.RetentionDays.SIX_YEARS,
        deletion_protection_enabled: bool = True,
        removal_policy: RemovalPolicy = RemovalPolicy.RETAIN,
        waivers: Sequence[Waiver] = (),
        **options: Unpack[LogGroupOptions],
    ) -> None:
        """Make a log group.

        Args:
            scope: where it belongs.
            id: its id there.
            encryption_key: by default the stack's `EncryptionKey`. An imported key must let CloudWatch Logs use it.
            retention: how long events are kept; by default, and unless waived, six years (2192 days) or longer. Events
                that never expire need a waiver of LogGroupRetentionSet.
            deletion_protection_enabled: by default every deletion is refused until this is switched off.
            removal_policy: by default the log group stays when the stack goes. If you give it a name, a second
                deployment of a deleted stack finds that name taken.
            waivers: exceptions from the rules about log groups.
            **options: of `logs.LogGroup`, see `LogGroupOptions`.

        Raises:
            ComplianceError: an option is unknown, weaker than a rule that is not waived, or keeps nothing.
        """
        arguments = Arguments(scope, id, contract=self.contract, waivers=waivers, free=options)
        arguments.govern(
            "retention",
            retention,
            holds=retention in _SIX_YEARS_OR_MORE,
            asked="six years or longer",
            rule="LogGroupKeptSixYears",
        )
        arguments.govern(
            "retention",
            retention,
            holds=retention is not logs.RetentionDays.INFINITE,
            asked="a number of days",
            rule="LogGroupRetentionSet",
        )
        arguments.govern(
            "deletion_protection_enabled",
            deletion_protection_enabled,
            holds=deletion_protection_enabled is True,
            asked="True",
            rule="LogGroupProtectedFromDeletion",
        )
        arguments.govern(
            "removal_policy", removal_policy, holds=removal_policy in _KEEPING, asked="RETAIN", rule="LogGroupKept"
        )
        if options.get("log_group_class") is logs.LogGroupClass.DELIVERY:
            arguments.refuse(
                "log_group_class",
                "DELIVERY",
                asked="STANDARD or INFREQUENT_ACCESS",
                way_out="the class DELIVERY keeps no events; make a logs.LogGroup for it",
                citation="164.312(b)",
            )
        if is_alias(encryption_key):
            arguments.refuse(
                "encryption_key",
                "an alias",
                asked="a key",
                way_out="CloudWatch Logs takes the ARN of a key only; pass the key itself",
                citation="164.312(a)(2)(iv)",
            )
        super().__init__(scope, id)
        self.log_group = logs.LogGroup(
            self,
            "Default",
            encryption_key=usable_key(self, encryption_key, by_cloudwatch_logs=True),
            retention=retention,
            deletion_protection_enabled=deletion_protection_enabled,
            removal_policy=removal_policy,
            **options,
        )
        if waivers:
            resource = self.log_group.node.default_child
            assert isinstance(resource, CfnResource)
            record(resource, waivers, scope=self)
