"""What a template must show of Amazon EFS."""

from __future__ import annotations

from hipaa_constructs.rules._keys import customers_key
from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._outcome import MET, NOT_APPLICABLE, Outcome, all_met
from hipaa_constructs.rules._policy import Statement, denies_plaintext
from hipaa_constructs.rules._retention import kept_on_deletion
from hipaa_constructs.rules._rule import Severity, rule
from hipaa_constructs.rules._stores import (
    AT_REST,
    DELETION_URL,
    IN_TRANSIT,
    KEPT,
    PRIVATE,
    RESTORABLE,
    denied,
    each,
    in_private_subnets,
)

FILE_SYSTEM = "AWS::EFS::FileSystem"
ACCESS_POINT = "AWS::EFS::AccessPoint"
MOUNT_TARGET = "AWS::EFS::MountTarget"
_GUIDE = "https://docs.aws.amazon.com/efs/latest/ug/"


@rule(
    title="every file system is encrypted at rest",
    fix="set Encrypted to true; it can't be changed later",
    applies_to=(FILE_SYSTEM,),
    controls=AT_REST,
    requirement="HC-256",
    same_as=(
        "cdk-nag:HIPAA.Security-EFSEncrypted",
        "config:efs-encrypted-check",
        "guard:EFS_ENCRYPTED_CHECK",
        "prowler:efs_encryption_at_rest_enabled",
        "checkov:CKV_AWS_42",
    ),
    url=_GUIDE + "encryption-at-rest.html",
)
def efs_encrypted(file_system: Resource) -> Outcome:
    """Judge the switch, which is off where nothing is said."""
    return file_system.at("Encrypted").must_be(True)


@rule(
    title="every file system is encrypted with a customer managed key",
    fix="set KmsKeyId to a key of yours; it can't be changed later",
    applies_to=(FILE_SYSTEM,),
    controls=AT_REST,
    requirement="HC-257",
    same_as=("config:efs-filesystem-ct-encrypted",),
    severity=Severity.WARNING,
    url=_GUIDE + "encryption-at-rest.html",
)
def efs_uses_customer_managed_key(file_system: Resource) -> Outcome:
    """Judge the key; without one EFS uses the AWS managed key."""
    return customers_key(file_system.at("KmsKeyId"), by_alias=True)


@rule(
    title="every file system refuses clients without TLS",
    fix="deny * to everyone where aws:SecureTransport is false, in FileSystemPolicy",
    applies_to=(FILE_SYSTEM,),
    controls=IN_TRANSIT,
    requirement="HC-258",
    url=_GUIDE + "iam-access-control-nfs-efs.html",
)
def efs_tls_only(file_system: Resource) -> Outcome:
    """Judge the policy: who may not mount without TLS can't read or write without it."""
    return denied(file_system.at("FileSystemPolicy"), _refuses_plaintext, "no statement denies clients without TLS")


def _refuses_plaintext(statement: Statement) -> bool | None:
    return denies_plaintext(statement, "elasticfilesystem:ClientMount")


@rule(
    title="every access point acts as one user",
    fix="set PosixUser",
    applies_to=(ACCESS_POINT,),
    controls=("164.312(a)(1)",),
    requirement="HC-260",
    same_as=("config:efs-access-point-enforce-user-identity", "prowler:efs_access_point_enforce_user_identity"),
    severity=Severity.WARNING,
    url=_GUIDE + "enforce-identity-access-points.html",
)
def efs_access_point_enforces_user(point: Resource) -> Outcome:
    """Judge user and group; without them clients say who they are."""
    return all_met(_is_id(point.at("PosixUser", name)) for name in ("Uid", "Gid"))


def _is_id(place: Node) -> Outcome:
    return MET if place.number is not None else place.must_be_set()


@rule(
    title="every access point shows a part of its file system",
    fix="set RootDirectory.Path to a directory other than /",
    applies_to=(ACCESS_POINT,),
    controls=("164.312(a)(1)",),
    requirement="HC-260",
    same_as=("config:efs-access-point-enforce-root-directory", "prowler:efs_access_point_enforce_root_directory"),
    severity=Severity.WARNING,
    url=_GUIDE + "enforce-root-directory-access-point.html",
)
def efs_access_point_enforces_root(point: Resource) -> Outcome:
    """Judge the directory, which is the whole file system by default."""
    path = point.at("RootDirectory", "Path")
    return path.undecided() if path.may_be("/") else path.broken() if path.text == "/" else path.must_be_set()


@rule(
    title="every mount target is in a private subnet",
    fix="set SubnetId to a subnet without a route to an internet gateway",
    applies_to=(MOUNT_TARGET,),
    controls=PRIVATE,
    requirement="HC-261",
    same_as=("config:efs-mount-target-public-accessible", "prowler:efs_mount_target_not_publicly_accessible"),
    severity=Severity.WARNING,
    url=_GUIDE + "manage-fs-access.html",
)
def efs_mount_target_private(target: Resource) -> Outcome:
    """Judge the subnet, if it is in these templates."""
    return in_private_subnets([target.at("SubnetId")])


@rule(
    title="every file system is in several Availability Zones",
    fix="leave AvailabilityZoneName out; it can't be changed later",
    applies_to=(FILE_SYSTEM,),
    controls=("164.308(a)(7)(i)",),
    requirement="HC-262",
    same_as=("prowler:efs_multi_az_enabled",),
    severity=Severity.WARNING,
    url=_GUIDE + "availability-durability.html",
)
def efs_regional(file_system: Resource) -> Outcome:
    """Judge the zone, which only file systems of one zone name."""
    return file_system.at("AvailabilityZoneName").must_be_absent()


@rule(
    title="every file system is replicated to a second Region under a customer managed key",
    fix="set ReplicationConfiguration.Destinations with Region and KmsKeyId",
    applies_to=(FILE_SYSTEM,),
    controls=RESTORABLE,
    requirement="HC-262",
    severity=Severity.WARNING,
    url=_GUIDE + "efs-replication.html",
)
def efs_replicated(file_system: Resource) -> Outcome:
    """Judge the destination; a file system that is one can't be replicated further."""
    destinations = file_system.at("ReplicationConfiguration", "Destinations")
    if destinations.is_absent:
        path = ("ReplicationConfiguration", "Destinations", "*", "FileSystemId")
        sources, unsure = file_system.template.assembly.pointing_at(file_system, FILE_SYSTEM, *path)
        if sources or unsure:
            return NOT_APPLICABLE if sources else destinations.undecided("it may be a destination")
    return each(destinations, lambda place: _goes_elsewhere(place, file_system.template.region))


def _goes_elsewhere(destination: Node, own: str | None) -> Outcome:
    region, key = destination.at("Region"), destination.at("KmsKeyId")
    existing = not destination.at("FileSystemId").is_absent
    if region.text is not None and region.text == own:
        return region.broken("the file system's own Region")
    # The destination that is there already has a Region and a key of its own.
    outcomes = [] if existing and region.is_absent else [region.must_be_set()]
    return all_met([MET, *outcomes, *([] if existing else [customers_key(key, by_alias=True)])])


@rule(
    title="every file system of EFS stays when its stack goes",
    fix="set DeletionPolicy and UpdateReplacePolicy to Retain",
    applies_to=(FILE_SYSTEM,),
    controls=KEPT,
    requirement="HC-259",
    url=DELETION_URL,
)
def efs_kept(file_system: Resource) -> Outcome:
    """Judge what becomes of the files when the stack goes, or the file system is replaced."""
    return kept_on_deletion(file_system)
