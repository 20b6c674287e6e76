"""Amazon CloudWatch Logs: log groups that can be shown to an auditor six years later."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Literal, TypedDict, Unpack

from aws_cdk import CfnResource, RemovalPolicy
from aws_cdk import aws_logs as logs
from constructs import Construct

from hipaa_constructs.errors import ComplianceError
from hipaa_constructs.services._keeping import KEEPING
from hipaa_constructs.services._options import Arguments, Contract
from hipaa_constructs.services._waiving import record
from hipaa_constructs.services.kms import AnyKey, is_alias, usable_key
from hipaa_constructs.waivers import Waiver

_SIX_YEARS_OR_MORE = (
    logs.RetentionDays.SIX_YEARS,
    logs.RetentionDays.SEVEN_YEARS,
    logs.RetentionDays.EIGHT_YEARS,
    logs.RetentionDays.NINE_YEARS,
    logs.RetentionDays.TEN_YEARS,
    logs.RetentionDays.INFINITE,
)


# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL-custom-data-identifiers.html
_CUSTOM_NAME = re.compile(r"[A-Za-z0-9_-]{1,128}")
_CUSTOM_PATTERN = re.compile(r"[A-Za-z0-9_#=@/;,\- ^$?\[\]{}|\\*+.]{1,200}")
_MOST_CUSTOM = 10
_NO_CUSTOM: Mapping[str, str] = MappingProxyType({})


def masks_identifiers(
    *, custom: Mapping[str, str] = _NO_CUSTOM, findings_to: logs.ILogGroup | EncryptedLogGroup | None = None
) -> logs.DataProtectionPolicy:
    """Return a policy that masks identifiers of patients in events; whoever may ``logs:Unmask`` still reads them.

    Masked are what identifies a patient of the United States and what a record says of drugs and procedures: Social
    Security, Medicare (MBI), health insurance claim (HICN), driver's license, phone and passport numbers, taxpayer
    (ITIN) and provider (NPI) identifiers, DEA numbers, drug (NDC) and procedure (HCPCS) codes, e-mail addresses. Most
    are found only beside a keyword, e.g. ``ssn``; names and addresses are not masked, nor is anything of before.

    Args:
        custom: further identifiers, each a name and a regular expression, e.g.
            ``{"MedicalRecordNumber": "MRN-[0-9]{8}"}``; none by default, at most ten.
        findings_to: a log group that is told what was found where, without the value, for which whoever deploys must
            be let deliver logs; none by default.

    Raises:
        ComplianceError: an identifier of your own is none that CloudWatch Logs takes.

    AWS: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/protect-sensitive-log-data-types-health.html
    """
    if len(custom) > _MOST_CUSTOM:
        raise ComplianceError(
            f"masks_identifiers: custom must hold at most {_MOST_CUSTOM} identifiers, got {len(custom)}; join some "
            "with | (164.312(a)(1))"
        )
    for name, pattern in custom.items():
        if not _CUSTOM_NAME.fullmatch(name) or not _CUSTOM_PATTERN.fullmatch(pattern):
            raise ComplianceError(
                "masks_identifiers: custom must hold names of letters, digits, _ and -, and regular expressions of at "
                f"most 200 characters of letters, digits, spaces and _#=@/;,-^$?[]{{}}|\\*+., got {name!r}: {pattern!r}"
                "; CloudWatch Logs takes no other (164.312(a)(1))"
            )
    managed = logs.DataIdentifier
    return logs.DataProtectionPolicy(
        identifiers=[
            managed.DRIVERSLICENSE_US,
            managed.DRUGENFORCEMENTAGENCYNUMBER_US,
            managed.EMAILADDRESS,
            managed.HEALTHCAREPROCEDURECODE_US,
            managed.HEALTHINSURANCECLAIMNUMBER_US,
            managed.INDIVIDUALTAXIDENTIFICATIONNUMBER_US,
            managed.MEDICAREBENEFICIARYNUMBER_US,
            managed.NATIONALDRUGCODE_US,
            managed.NATIONALPROVIDERID_US,
            managed.PASSPORTNUMBER_US,
            managed.PHONENUMBER_US,
            managed.SSN_US,
            *(logs.CustomDataIdentifier(name, pattern) for name, pattern in custom.items()),
        ],
        log_group_audit_destination=findings_to.log_group
        if isinstance(findings_to, EncryptedLogGroup)
        else findings_to,
    )


class LogGroupOptions(TypedDict, total=False):
    """The options of `aws_cdk.aws_logs.LogGroup` that are passed on as they are."""

    field_index_policies: Sequence[logs.FieldIndexPolicy]
    log_group_class: logs.LogGroupClass
    log_group_name: str


class EncryptedLogGroup(Construct):
    """A log group that is encrypted with your key, keeps its events for six years, and can't be deleted by mistake.

    Identifiers of patients are masked wherever events are read, unless it is said not to hold any. The key's policy
    lets CloudWatch Logs use it for the log groups of this account and Region.

    Storage costs about 0.03 USD a GB and month for as long as events are kept, masking 0.12 USD for each GB taken in.

    Rules: LogGroupEncrypted, LogGroupRetentionSet, LogGroupKeptSixYears, LogGroupKept,
    LogGroupProtectedFromDeletion.
    And of what programs write: LogGroupMasksIdentifiers.
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
        chosen=("data_protection_policy", "encryption_key"),
        free=LogGroupOptions,
    )

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        encryption_key: AnyKey | None = None,
        data_protection_policy: logs.DataProtectionPolicy | Literal[False] | None = None,
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
            data_protection_policy: what is masked in events; by default what `masks_identifiers` names. False masks
                nothing, for logs that applications don't write to. The class INFREQUENT_ACCESS masks nothing either.
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
            "removal_policy", removal_policy, holds=removal_policy in KEEPING, asked="RETAIN", rule="LogGroupKept"
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
        infrequent = options.get("log_group_class") is logs.LogGroupClass.INFREQUENT_ACCESS
        if infrequent and data_protection_policy:
            arguments.refuse(
                "data_protection_policy",
                "a policy",
                asked="False or left out",
                way_out="the class INFREQUENT_ACCESS masks nothing; use STANDARD",
                citation="164.312(a)(1)",
            )
        if data_protection_policy is None and not infrequent:
            data_protection_policy = masks_identifiers()
        super().__init__(scope, id)
        self.log_group = logs.LogGroup(
            self,
            "Default",
            data_protection_policy=data_protection_policy or None,
            encryption_key=usable_key(scope, encryption_key, by_cloudwatch_logs=True),
            retention=retention,
            deletion_protection_enabled=deletion_protection_enabled,
            removal_policy=removal_policy,
            **options,
        )
        if waivers:
            resource = self.log_group.node.default_child
            assert isinstance(resource, CfnResource)
            record(resource, waivers, path=arguments.path)
