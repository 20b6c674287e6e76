"""AWS Backup: vaults whose recovery points nobody deletes before their time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias, TypedDict, Unpack

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_backup as backup
from aws_cdk import aws_iam as iam
from constructs import Construct

from hipaa_constructs.services._durations import days_of, known_days
from hipaa_constructs.services._keeping import KEEPING
from hipaa_constructs.services._of_stack import stack_of
from hipaa_constructs.services._options import Arguments, Contract
from hipaa_constructs.services._tokens import PARTITION
from hipaa_constructs.services._waiving import waive
from hipaa_constructs.services.kms import AnyKey, usable_key
from hipaa_constructs.waivers import Waiver

LONGEST_CONTINUOUS = Duration.days(35)
"""How long AWS Backup keeps continuous backups at most; a lock that asked for more would refuse them."""

_SHORTEST_GRACE = Duration.days(3)
_CITATION = "164.312(c)(1)"


class VaultOptions(TypedDict, total=False):
    """The options of `aws_cdk.aws_backup.BackupVault` that are passed on as they are."""

    access_policy: iam.PolicyDocument
    backup_vault_name: str


_NOTICE = "HipaaBackupPlan tells a topic of jobs that fail; the CDK would let AWS Backup publish for anybody"


class EncryptedBackupVault(Construct):
    """A backup vault that is encrypted with your key, locked, and kept when its stack goes.

    Its policy denies everyone to delete recovery points or to shorten their life; AWS Backup itself expires them. The
    lock refuses backups kept for less than 35 days. In governance mode whoever may administer locks can lift it; in
    compliance mode nobody can once the grace time is over, the root user and AWS included, and the vault can't be
    deleted before its last recovery point has expired: what was backed up by mistake is paid for to the end. So
    governance is the default, and compliance mode is asked for.

    Its name is made of the path: a second deployment of a stack that was deleted finds the kept vault, and must import
    it. A vault costs nothing; recovery points do, from about 0.01 to 0.10 USD a GB and month.

    Rules: BackupVaultUsesCustomerManagedKey, BackupVaultProtectedFromDeletion, BackupVaultLocked,
    BackupVaultDeletionDenied, BackupVaultKept.
    Your duty: who may restore, lift the lock or change the policy (``freeze_policy`` for AWS Config's rule
    backup-recovery-point-manual-deletion-disabled), and a copy in another Region or account
    (``HipaaBackupPlan(copy_to=…)``).
    AWS: https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html

    Attributes:
        vault: the `backup.BackupVault`, with the logical id that it would have without this construct.
        key: what encrypts it.
        min_retention: the shortest retention that the lock takes.
        max_retention: the longest, or None.
    """

    contract = Contract(
        wraps=backup.BackupVault,
        types=("AWS::Backup::BackupVault",),
        fixed={
            "block_recovery_point_deletion": "recovery points are always protected from deletion (164.312(c)(1))",
            "lock_configuration": "pass lock_mode, min_retention and changeable_for (164.312(c)(1))",
            "notification_events": _NOTICE,
            "notification_topic": _NOTICE,
        },
        governed={"removal_policy": ("BackupVaultKept",)},
        chosen=("encryption_key",),
        free=VaultOptions,
    )

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        encryption_key: AnyKey | None = None,
        lock_mode: Literal["GOVERNANCE", "COMPLIANCE"] = "GOVERNANCE",
        min_retention: Duration = LONGEST_CONTINUOUS,
        max_retention: Duration | None = None,
        changeable_for: Duration | None = None,
        freeze_policy: bool = False,
        removal_policy: RemovalPolicy = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        waivers: Sequence[Waiver] = (),
        **options: Unpack[VaultOptions],
    ) -> None:
        """Make a vault.

        Args:
            scope: where it belongs.
            id: its id there.
            encryption_key: by default the stack's `EncryptionKey`. Can't be changed later without a new vault.
            lock_mode: ``GOVERNANCE``, the default, or ``COMPLIANCE``, which can't be undone.
            min_retention: how long each recovery point is kept at least, in days; by default 35, the longest that a
                continuous backup can be kept. Backups that ask for less fail.
            max_retention: how long each is kept at most, in days; by default as long as it asks for. Backups that ask
                for more, or for ever, fail: with a compliance lock they could never be deleted.
            changeable_for: how long a compliance lock can still be lifted, 3 days or longer; needed for it.
            freeze_policy: denies everyone to change the policy too. Nobody can take that back, CloudFormation included;
                by default the policy can be changed by whom IAM lets.
            removal_policy: by default, and unless waived, the vault stays when the stack goes. Where the stack's first
                deployment fails, it goes, as its name would be taken.
            waivers: exceptions from the rules about vaults.
            **options: of `backup.BackupVault`, see `VaultOptions`.

        Raises:
            ComplianceError: an option is fixed or unknown, weaker than a rule that is not waived, or a lock that AWS
                Backup does not take.
        """
        arguments = Arguments(scope, id, contract=self.contract, waivers=waivers, free=options)
        arguments.govern(
            "removal_policy", removal_policy, holds=removal_policy in KEEPING, asked="RETAIN", rule="BackupVaultKept"
        )
        _check_lock(arguments, lock_mode, min_retention, changeable_for)
        _check_longest(arguments, min_retention, max_retention)
        super().__init__(scope, id)
        self.key = usable_key(scope, encryption_key)
        self.min_retention = min_retention
        self.max_retention = max_retention
        self.vault = backup.BackupVault(
            self,
            "Default",
            encryption_key=self.key,
            block_recovery_point_deletion=True,
            lock_configuration=backup.LockConfiguration(
                min_retention=min_retention, max_retention=max_retention, changeable_for=changeable_for
            ),
            removal_policy=removal_policy,
            **options,
        )
        if freeze_policy:
            self.vault.add_to_access_policy(
                iam.PolicyStatement(
                    effect=iam.Effect.DENY,
                    principals=[iam.AnyPrincipal()],
                    # AWS Config wants the first three in one statement.
                    actions=[
                        "backup:DeleteRecoveryPoint",
                        "backup:UpdateRecoveryPointLifecycle",
                        "backup:PutBackupVaultAccessPolicy",
                        "backup:DeleteBackupVaultAccessPolicy",
                    ],
                    resources=["*"],
                )
            )
        waive(self, *waivers)


AnyVault: TypeAlias = EncryptedBackupVault | backup.IBackupVault | str
"""Whatever recovery points may be copied to: a vault, or the ARN of one."""


def vault_seen_from(scope: Construct, vault: AnyVault) -> backup.IBackupVault:
    """Return a vault as the CDK sees it, also one of another Region or account.

    A vault always has a name in its template, so that its ARN needs no reference from one Region to another, for which
    the CDK would ask for a physical name.
    """
    if isinstance(vault, str):
        return backup.BackupVault.from_backup_vault_arn(scope, "CopyTo", vault)
    made = vault.vault if isinstance(vault, EncryptedBackupVault) else vault
    resource, here, there = made.node.default_child, stack_of(scope), stack_of(made)
    if not isinstance(resource, backup.CfnBackupVault) or (here.region, here.account) == (there.region, there.account):
        return made
    arn = f"arn:{PARTITION}:backup:{there.region}:{there.account}:backup-vault:{resource.backup_vault_name}"
    return backup.BackupVault.from_backup_vault_arn(scope, "CopyTo", arn)


def _check_longest(arguments: Arguments, shortest: Duration, longest: Duration | None) -> None:
    if longest is not None and days_of(longest) < days_of(shortest):
        arguments.refuse(
            "max_retention",
            longest,
            asked=f"{shortest.to_human_string()} or longer, as min_retention is",
            way_out="no backup would be taken in",
            citation="164.308(a)(7)(ii)(A)",
        )


def _check_lock(arguments: Arguments, mode: str, min_retention: Duration, grace: Duration | None) -> None:
    if mode not in ("GOVERNANCE", "COMPLIANCE"):
        arguments.refuse(
            "lock_mode",
            mode,
            asked="'GOVERNANCE' or 'COMPLIANCE'",
            way_out="AWS Backup knows no other lock",
            citation=_CITATION,
        )
    if (shortest := known_days(min_retention)) is not None and shortest < 1:
        arguments.refuse(
            "min_retention",
            min_retention,
            asked="one day or longer",
            way_out="AWS Backup takes no shorter lock",
            citation=_CITATION,
        )
    if mode == "GOVERNANCE" and grace is not None:
        arguments.refuse(
            "changeable_for",
            grace,
            asked="left out with lock_mode='GOVERNANCE'",
            way_out="a governance lock can always be lifted; pass lock_mode='COMPLIANCE' for one that can't",
            citation=_CITATION,
        )
    if mode == "COMPLIANCE" and (grace is None or days_of(grace) < days_of(_SHORTEST_GRACE)):
        arguments.refuse(
            "changeable_for",
            grace,
            asked="3 days or longer with lock_mode='COMPLIANCE'",
            way_out="afterwards nobody can lift the lock, so AWS Backup asks for time to think",
            citation=_CITATION,
        )
