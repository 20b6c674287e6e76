"""Amazon RDS: databases that begin as snapshots, or as backups from another Region."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import aws_kms as kms
from aws_cdk import aws_rds as rds

from hipaa_constructs.services._options import Arguments
from hipaa_constructs.services._rds import check_snapshot
from hipaa_constructs.services._tokens import is_unresolved

_NEW_ONLY = ("character_set_name", "database_name", "timezone")


def check_restore(
    arguments: Arguments,
    here: str,
    snapshot: str | None,
    backups: str | None,
    given: Mapping[str, object],
) -> str | None:
    """Return what is restored, or None for a new database.

    Args:
        arguments: of the construct.
        here: the Region of the stack.
        snapshot: the name or ARN of a snapshot, if one is restored.
        backups: the ARN of replicated automated backups, if they are.
        given: the other options.

    Raises:
        ComplianceError: it is none, or of another Region, or an option is about new databases only.
    """
    origin = "snapshot_identifier" if backups is None else "automated_backups_arn"
    if backups is not None:
        _check_backups(arguments, here, backups, snapshot)
    elif snapshot is not None:
        check_snapshot(arguments, here, snapshot, "snapshot")
    else:
        return None
    for name in _NEW_ONLY:
        if name in given:
            arguments.refuse(
                name,
                given[name],
                asked=f"left out with {origin}",
                way_out="it is in the snapshot" if backups is None else "it is in the backups",
                citation="164.308(a)(7)(ii)(B)",
            )
    return snapshot or backups


def _check_backups(arguments: Arguments, here: str, backups: str, snapshot: str | None) -> None:
    if snapshot is not None:
        arguments.refuse(
            "automated_backups_arn", backups, asked="left out with snapshot_identifier",
            way_out="a database begins as one thing", citation="164.308(a)(7)(ii)(B)",
        )  # fmt: skip
    if is_unresolved(backups):
        return
    parts = backups.split(":", 6)
    if len(parts) < 7 or parts[2] != "rds" or parts[5] != "auto-backup":
        arguments.refuse(
            "automated_backups_arn", backups, asked="the ARN of replicated automated backups",
            way_out="aws rds describe-db-instance-automated-backups names them", citation="164.308(a)(7)(ii)(B)",
        )  # fmt: skip
    if not is_unresolved(here) and parts[3] != here:
        arguments.refuse(
            "automated_backups_arn", backups, asked=f"in {here}",
            way_out="restore them where they were replicated to", citation="164.308(a)(7)(ii)(B)",
        )  # fmt: skip


def finish_restore(resource: rds.CfnDBInstance, key: kms.IKey | None, backups: str | None) -> None:
    """Say of a restored database what the CDK's construct does not.

    Args:
        resource: the database.
        key: of the password that RDS makes; None if it has one.
        backups: the ARN of replicated automated backups, if it is restored from some.
    """
    if backups is None:
        # Only cdk-nag reads it: CloudFormation restores an instance as its snapshot is, with the snapshot's key.
        resource.storage_encrypted = True
    else:
        resource.db_snapshot_identifier = None
        resource.source_db_instance_automated_backups_arn = backups
        resource.use_latest_restorable_time = True
        # It is that of the backups, which the template may not say; cdk-nag reads the construct.
        resource.storage_encrypted = True
        resource.add_property_deletion_override("StorageEncrypted")
    if key is not None:
        resource.manage_master_user_password = True
        resource.master_user_secret = rds.CfnDBInstance.MasterUserSecretProperty(kms_key_id=key.key_arn)
