"""What a template must show of Amazon FSx."""

from __future__ import annotations

from collections.abc import Callable

from hipaa_constructs.rules._backups import Arns, in_backup_plan
from hipaa_constructs.rules._keys import customers_key
from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._outcome import NOT_APPLICABLE, Outcome, any_met
from hipaa_constructs.rules._retention import kept_on_deletion
from hipaa_constructs.rules._rule import Severity, rule
from hipaa_constructs.rules._stores import AT_REST, AVAILABLE, DELETION_URL, KEPT, RESTORABLE

FILE_SYSTEM = "AWS::FSx::FileSystem"
_GUIDE = "https://docs.aws.amazon.com/fsx/latest/"
_CONFIGURATIONS = {
    "LUSTRE": "LustreConfiguration",
    "ONTAP": "OntapConfiguration",
    "OPENZFS": "OpenZFSConfiguration",
    "WINDOWS": "WindowsConfiguration",
}
_SCRATCH = ("SCRATCH_1", "SCRATCH_2")
_IN_TWO_ZONES = ("MULTI_AZ_1", "MULTI_AZ_2")


def _if_durable(file_system: Resource, judge: Callable[[Node, str], Outcome]) -> Outcome:
    """Judge the configuration of a file system by its type, but for scratch ones, which hold copies for hours."""
    kind = file_system.at("FileSystemType")
    name = _CONFIGURATIONS.get(kind.text or "")
    if name is None:
        return kind.undecided() if kind.is_unknown else kind.broken()
    configuration = file_system.at(name)
    deployment = configuration.at("DeploymentType")
    if kind.text == "LUSTRE":
        if deployment.is_unknown:
            return deployment.undecided()
        if deployment.is_absent or deployment.text in _SCRATCH:
            return NOT_APPLICABLE
    return judge(configuration, name)


@rule(
    title="every file system of FSx is encrypted with a customer managed key",
    fix="set KmsKeyId to a key of yours; it can't be changed later",
    applies_to=(FILE_SYSTEM,),
    controls=AT_REST,
    requirement="HC-380",
    severity=Severity.WARNING,
    url=_GUIDE + "WindowsGuide/encryption-at-rest.html",
)
def fsx_uses_customer_managed_key(file_system: Resource) -> Outcome:
    """Judge the key; FSx encrypts with one of its own otherwise, and always so what is scratch."""
    key = file_system.at("KmsKeyId")
    if key.is_absent and not file_system.at("BackupId").is_absent:
        return key.undecided("it may be that of the backup")
    return _if_durable(file_system, lambda _, __: customers_key(key))


@rule(
    title="every file system of FSx is backed up",
    fix="set AutomaticBackupRetentionDays to 1 or more, or name the file system in an AWS::Backup::BackupSelection",
    applies_to=(FILE_SYSTEM,),
    controls=RESTORABLE,
    requirement="HC-381",
    url=_GUIDE + "WindowsGuide/using-backups.html",
)
def fsx_backed_up(file_system: Resource) -> Outcome:
    """Judge automatic backups, which all but Lustre make for 30 days by default, and backup plans of all stacks."""

    def backed_up(configuration: Node, name: str) -> Outcome:
        days = configuration.at("AutomaticBackupRetentionDays")
        automatic = days.must_be_at_least(1, absent=name != "LustreConfiguration")
        return any_met([automatic, in_backup_plan(file_system, Arns("fsx", "file-system/"), "Tags")])

    return _if_durable(file_system, backed_up)


@rule(
    title="every file system of FSx that can is in two Availability Zones",
    fix="set DeploymentType to MULTI_AZ_1 (or MULTI_AZ_2 of ONTAP); it can't be changed later",
    applies_to=(FILE_SYSTEM,),
    controls=AVAILABLE,
    requirement="HC-382",
    severity=Severity.WARNING,
    url=_GUIDE + "WindowsGuide/high-availability-multiAZ.html",
)
def fsx_multi_az(file_system: Resource) -> Outcome:
    """Judge the kind of deployment; that of Lustre is always in one zone."""
    kind = file_system.at("FileSystemType")
    if kind.text == "LUSTRE":
        return NOT_APPLICABLE
    return _if_durable(file_system, lambda configuration, _: configuration.at("DeploymentType").must_be(*_IN_TWO_ZONES))


@rule(
    title="every file system of FSx stays when its stack goes",
    fix="set DeletionPolicy and UpdateReplacePolicy to Retain",
    applies_to=(FILE_SYSTEM,),
    controls=KEPT,
    requirement="HC-381",
    url=DELETION_URL,
)
def fsx_kept(file_system: Resource) -> Outcome:
    """Judge what becomes of the files when the stack goes: automatic backups go with the file system."""
    return _if_durable(file_system, lambda _, __: kept_on_deletion(file_system))
