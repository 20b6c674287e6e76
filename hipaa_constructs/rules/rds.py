"""What a template must show of Amazon RDS: encryption at rest, access, logs and passwords."""

from __future__ import annotations

import json

from hipaa_constructs.rules._keys import customers_key
from hipaa_constructs.rules._node import Resource
from hipaa_constructs.rules._outcome import MET, NOT_APPLICABLE, Outcome, Verdict, all_met, any_met, broken, undecided
from hipaa_constructs.rules._rds import (
    AURORA_GUIDE,
    CLUSTER,
    GUIDE,
    INSTANCE,
    engine_named,
    engine_of,
    hides_its_engine,
    if_engine,
    is_member,
    is_multi_az_cluster,
    is_replica,
    is_restored,
    unless_member,
)
from hipaa_constructs.rules._rds_storage import encrypted, encrypted_with_own_key
from hipaa_constructs.rules._rule import Severity, rule
from hipaa_constructs.rules._value import Unresolved

_AT_REST = ("164.312(a)(2)(iv)", "164.312(e)(2)(ii)")
_ELIGIBLE = ("aurora-mysql", "aurora-postgresql", "db2", "mariadb", "mysql", "oracle", "postgres", "sqlserver")
_FROM_SECRET = "{{resolve:secretsmanager:"


@rule(
    title="every database encrypts its storage",
    fix="set StorageEncrypted to true; it can't be changed afterwards, restore an encrypted copy of a snapshot instead",
    applies_to=(INSTANCE, CLUSTER),
    controls=_AT_REST,
    requirement="HC-098",
    same_as=(
        "cdk-nag:HIPAA.Security-RDSStorageEncrypted",
        "config:rds-storage-encrypted",
        "guard:RDS_STORAGE_ENCRYPTED",
        "prowler:rds_instance_storage_encrypted",
        "checkov:CKV_AWS_16",
        "checkov:CKV_AWS_96",
    ),
    url=GUIDE + "Overview.Encryption.html",
)
def rds_storage_encrypted(database: Resource) -> Outcome:
    """Judge the storage, and with it backups, snapshots and replicas; a restored or copied one goes by its origin.

    That a restored or copied one says it is encrypted changes nothing, but for a cluster that is given a key or that
    replicates one of another Region. Clusters of Aurora are encrypted by default since February 18, 2026.
    """
    return unless_member(database, encrypted(database))


@rule(
    title="every database is encrypted with a customer managed key",
    fix="set KmsKeyId to a key of yours; it can't be changed afterwards, restore a snapshot copied with it instead",
    applies_to=(INSTANCE, CLUSTER),
    controls=_AT_REST,
    requirement="HC-099",
    url=GUIDE + "Overview.Encryption.Keys.html",
)
def rds_uses_customer_managed_key(database: Resource) -> Outcome:
    """Judge the key, or that of the origin; RDS encrypts without one of the customer's too."""
    return unless_member(database, encrypted_with_own_key(database))


@rule(
    title="no database is publicly accessible",
    fix="set PubliclyAccessible to false",
    applies_to=(INSTANCE, CLUSTER, "AWS::RDS::DBShardGroup"),
    controls=("164.312(a)(1)", "164.312(e)(1)"),
    requirement="HC-107",
    same_as=(
        "cdk-nag:HIPAA.Security-RDSInstancePublicAccess",
        "config:rds-instance-public-access-check",
        "guard:RDS_INSTANCE_PUBLIC_ACCESS_CHECK",
        "prowler:rds_instance_no_public_access",
        "checkov:CKV_AWS_17",
    ),
    url=GUIDE + "USER_VPC.WorkingWithRDSInstanceinaVPC.html",
)
def rds_not_public(database: Resource) -> Outcome:
    """Judge the public address; what holds by default depends on the subnets, so it must be said.

    Of clusters those of several zones have one; Aurora's have that of their members.
    """
    public = database.at("PubliclyAccessible")
    return NOT_APPLICABLE if public.is_absent and _leaves_to_members(database) else public.must_be(False)


def _leaves_to_members(database: Resource) -> bool:
    return database.type == CLUSTER and not is_multi_az_cluster(database)


@rule(
    title="every database has a standby in another Availability Zone",
    fix="set MultiAZ to true",
    applies_to=(INSTANCE,),
    controls=("164.308(a)(7)(i)", "164.308(a)(7)(ii)(C)"),
    requirement="HC-108",
    same_as=(
        "cdk-nag:HIPAA.Security-RDSMultiAZSupport",
        "config:rds-multi-az-support",
        "guard:RDS_MULTI_AZ_SUPPORT",
        "prowler:rds_instance_multi_az",
        "checkov:CKV_AWS_157",
    ),
    severity=Severity.WARNING,
    url=GUIDE + "Concepts.MultiAZSingleStandby.html",
)
def rds_multi_az(instance: Resource) -> Outcome:
    """Judge instances that are no members of a cluster, which has standbys of its own kind."""
    return unless_member(instance, instance.at("MultiAZ").must_be(True))


@rule(
    title="every database cluster has members in two Availability Zones",
    fix="add a second AWS::RDS::DBInstance to the cluster, without AvailabilityZone or in another one",
    applies_to=(CLUSTER,),
    controls=("164.308(a)(7)(i)", "164.308(a)(7)(ii)(C)"),
    requirement="HC-109",
    same_as=("config:rds-cluster-multi-az-enabled",),
    severity=Severity.WARNING,
    url=AURORA_GUIDE + "Concepts.AuroraHighAvailability.html",
)
def rds_cluster_multi_az(cluster: Resource) -> Outcome:
    """Judge the members of Aurora; other clusters have two standbys by themselves, serverless v1 moves."""
    mode = cluster.at("EngineMode")
    if not cluster.at("DBClusterInstanceClass").is_absent or mode.text == "serverless":
        return MET
    members, unsure = cluster.template.assembly.pointing_at(cluster, INSTANCE, "DBClusterIdentifier")
    zones = {member.at("AvailabilityZone").text or index for index, member in enumerate(members)}
    if len(zones) > 1:
        return MET
    if unsure or mode.is_unknown:
        return undecided(why="an intrinsic function hides which cluster an instance belongs to")
    if not members:
        return undecided(why="no member of it is in these templates")
    return broken(found="one member" if len(members) == 1 else f"{len(members)} members in one zone")


@rule(
    title="every database is protected from deletion",
    fix="set DeletionProtection to true",
    applies_to=(INSTANCE, CLUSTER),
    controls=("164.308(a)(7)(i)", "164.308(a)(7)(ii)(C)"),
    requirement="HC-113",
    same_as=(
        "cdk-nag:HIPAA.Security-RDSInstanceDeletionProtectionEnabled",
        "config:rds-cluster-deletion-protection-enabled",
        "guard:RDS_INSTANCE_DELETION_PROTECTION_ENABLED",
    ),
    url=GUIDE + "USER_DeleteInstance.html",
)
def rds_deletion_protected(database: Resource) -> Outcome:
    """Judge the protection, which for members of a cluster is the cluster's."""
    return unless_member(database, database.at("DeletionProtection").must_be(True))


@rule(
    title="every database has enhanced monitoring",
    fix="set MonitoringInterval to 60 seconds or fewer, and MonitoringRoleArn",
    applies_to=(INSTANCE, CLUSTER),
    controls=("164.312(b)",),
    requirement="HC-115",
    same_as=(
        "cdk-nag:HIPAA.Security-RDSEnhancedMonitoringEnabled",
        "config:rds-enhanced-monitoring-enabled",
        "guard:RDS_ENHANCED_MONITORING_ENABLED",
        "checkov:CKV_AWS_118",
    ),
    severity=Severity.WARNING,
    url=GUIDE + "USER_Monitoring.OS.html",
)
def rds_monitored(database: Resource) -> Outcome:
    """Judge interval and role, of a member or for the whole cluster; Aurora's clusters are judged by their members."""
    if _leaves_to_members(database):
        return NOT_APPLICABLE
    own = _monitored(database)
    cluster = database.at("DBClusterIdentifier")
    by_itself = database.type == CLUSTER or cluster.is_absent or not database.at("MonitoringInterval").is_absent
    if own.verdict is not Verdict.BROKEN or by_itself:
        return own
    target = cluster.target()
    if target is None or target.type != CLUSTER:
        return cluster.undecided("the cluster, which may monitor its members, is not in these templates")
    return any_met([_monitored(target), own])


def _monitored(database: Resource) -> Outcome:
    return all_met(
        [database.at("MonitoringInterval").must_be_at_least(1), database.at("MonitoringRoleArn").must_be_set()]
    )


@rule(
    title="every database gets its minor upgrades by itself",
    fix="set AutoMinorVersionUpgrade to true, or leave it out",
    applies_to=(INSTANCE, CLUSTER),
    controls=("164.308(a)(5)(ii)(A)",),
    requirement="HC-118",
    same_as=(
        "cdk-nag:HIPAA.Security-RDSAutomaticMinorVersionUpgradeEnabled",
        "config:rds-automatic-minor-version-upgrade-enabled",
        "guard:RDS_AUTOMATIC_MINOR_VERSION_UPGRADE_ENABLED",
    ),
    severity=Severity.WARNING,
    url=GUIDE + "USER_UpgradeDBInstance.Upgrading.html",
)
def rds_minor_versions_upgraded(database: Resource) -> Outcome:
    """Judge the switch, which is on by default; a cluster of Aurora may leave it to its members."""
    switch = database.at("AutoMinorVersionUpgrade")
    if switch.is_absent:
        return NOT_APPLICABLE if _leaves_to_members(database) else MET
    return switch.must_be(True)


@rule(
    title="every database lets its users sign in with IAM where its engine can",
    fix="set EnableIAMDatabaseAuthentication to true",
    applies_to=(INSTANCE, CLUSTER),
    controls=("164.312(d)", "164.312(a)(2)(i)"),
    requirement="HC-119",
    same_as=("checkov:CKV_AWS_161", "checkov:CKV_AWS_162"),
    severity=Severity.WARNING,
    url=GUIDE + "UsingWithRDS.IAMDBAuth.html",
)
def rds_iam_authenticated(database: Resource) -> Outcome:
    """Judge PostgreSQL, MySQL and MariaDB, and Aurora's clusters."""
    if is_member(database):
        return NOT_APPLICABLE
    names = ("postgres", "mysql", "mariadb", "aurora-postgresql", "aurora-mysql")
    switch = database.at("EnableIAMDatabaseAuthentication")
    return if_engine(engine_named(database, *names), database, switch.must_be(True))


@rule(
    title="no database's password is known to anybody",
    fix="set ManageMasterUserPassword to true and MasterUserSecret.KmsKeyId to a key of yours, or refer to a secret "
    "with {{resolve:secretsmanager:…}}",
    applies_to=(INSTANCE, CLUSTER),
    controls=("164.312(d)", "164.308(a)(5)(ii)(D)"),
    requirement="HC-120",
    url=GUIDE + "rds-secrets-manager.html",
)
def rds_password_managed(database: Resource) -> Outcome:
    """Judge where the password of the first user comes from; replicas and members have that of another.

    A first user that signs in with IAM has none.
    """
    if is_member(database) or is_replica(database):
        return NOT_APPLICABLE
    password, managed = database.at("MasterUserPassword"), database.at("ManageMasterUserPassword")
    sign_in = database.at("MasterUserAuthenticationType")
    if password.is_absent and managed.is_absent and not sign_in.is_absent:
        by_iam = sign_in.must_be("iam-db-auth")
        if by_iam.verdict is not Verdict.BROKEN:
            return by_iam
    if not password.is_absent:
        if not isinstance(password.value, Unresolved):
            return password.broken("a password")
        return MET if _FROM_SECRET in json.dumps(password.value.expression) else password.undecided()
    if managed.is_absent and is_restored(database):
        return managed.undecided("the password is the snapshot's")
    if managed.is_absent and not database.at("GlobalClusterIdentifier").is_absent:
        return managed.undecided("the password may be that of the global cluster's first one")
    return all_met([managed.must_be(True), customers_key(database.at("MasterUserSecret", "KmsKeyId"), by_alias=True)])


@rule(
    title="every database encrypts Performance Insights with a customer managed key",
    fix="set PerformanceInsightsKMSKeyId (PerformanceInsightsKmsKeyId of a cluster) to a key of yours",
    applies_to=(INSTANCE, CLUSTER),
    controls=_AT_REST,
    requirement="HC-121",
    url=GUIDE + "USER_PerfInsights.html",
)
def rds_performance_insights_encrypted(database: Resource) -> Outcome:
    """Judge the key if Performance Insights is on: the texts of queries can hold PHI."""
    of_instance = database.type == INSTANCE
    switch = database.at("EnablePerformanceInsights" if of_instance else "PerformanceInsightsEnabled")
    if switch.is_absent or switch.must_be(False) is MET:
        return NOT_APPLICABLE
    key = database.at("PerformanceInsightsKMSKeyId" if of_instance else "PerformanceInsightsKmsKeyId")
    return customers_key(key, by_alias=True)


@rule(
    title="every database is of an engine on the list of HIPAA eligible services",
    fix="set Engine to PostgreSQL, MySQL, MariaDB, SQL Server, Oracle, Db2 or Aurora",
    applies_to=(INSTANCE, CLUSTER),
    controls=("164.308(b)(1)",),
    requirement="HC-123",
    url=GUIDE + "RDS-compliance.html",
)
def rds_engine_eligible(database: Resource) -> Outcome:
    """Judge the engine; that of a snapshot or another database is known there."""
    engine = engine_of(database)
    if engine.is_absent and hides_its_engine(database):
        return NOT_APPLICABLE
    if engine.is_unknown:
        return engine.undecided()
    return MET if engine_named(database, *_ELIGIBLE) else engine.broken()


@rule(
    title="every database copies its tags to its snapshots",
    fix="set CopyTagsToSnapshot to true",
    applies_to=(INSTANCE, CLUSTER),
    controls=("164.310(d)(2)(iii)",),
    requirement="HC-124",
    severity=Severity.WARNING,
    url=GUIDE + "USER_Tagging.html",
)
def rds_tags_copied(database: Resource) -> Outcome:
    """Judge the switch, so that snapshots stay classified; for members of a cluster it is the cluster's."""
    return unless_member(database, database.at("CopyTagsToSnapshot").must_be(True))
