"""What a template must show of clusters of Amazon Redshift."""

from __future__ import annotations

from hipaa_constructs.rules._keys import customers_key
from hipaa_constructs.rules._node import Resource
from hipaa_constructs.rules._outcome import MET, NOT_APPLICABLE, Outcome, all_met
from hipaa_constructs.rules._redshift import (
    CLUSTER,
    GUIDE,
    LOGS,
    PARAMETER_GROUP,
    SUBNET_GROUP,
    elsewhere,
    is_restored,
    parameter,
)
from hipaa_constructs.rules._rule import Severity, rule
from hipaa_constructs.rules._stores import (
    AT_REST,
    AVAILABLE,
    DELETION_URL,
    IN_TRANSIT,
    KEPT,
    PRIVATE,
    RESTORABLE,
    SIGNED_IN,
    from_secret,
    group_of,
    in_private_subnets,
    kept_or_snapshotted,
    lists,
    off_or_absent,
    on_or_absent,
)

_DAYS = 35
_SPANS_ZONES = ("ra3.", "rg.")


@rule(
    title="every cluster of Redshift is encrypted",
    fix="set Encrypted to true, or leave it out",
    applies_to=(CLUSTER,),
    controls=AT_REST,
    requirement="HC-055",
    same_as=(
        "cdk-nag:HIPAA.Security-RedshiftClusterConfiguration",
        "config:redshift-cluster-configuration-check",
        "guard:REDSHIFT_CLUSTER_CONFIGURATION_CHECK",
        "prowler:redshift_cluster_encrypted_at_rest",
        "checkov:CKV_AWS_64",
    ),
    url=GUIDE + "working-with-db-encryption.html",
)
def redshift_encrypted(cluster: Resource) -> Outcome:
    """Judge the switch; Redshift makes no unencrypted clusters any more, but restores unencrypted snapshots."""
    switch = cluster.at("Encrypted")
    if switch.is_absent and is_restored(cluster):
        return switch.undecided("it may be that of the snapshot")
    return on_or_absent(switch)


@rule(
    title="every cluster of Redshift is encrypted with a customer managed key",
    fix="set KmsKeyId to a key of yours",
    applies_to=(CLUSTER,),
    controls=AT_REST,
    requirement="HC-056",
    same_as=("config:redshift-cluster-kms-enabled",),
    severity=Severity.WARNING,
    url=GUIDE + "working-with-db-encryption.html",
)
def redshift_uses_customer_managed_key(cluster: Resource) -> Outcome:
    """Judge the key; without one Redshift uses a key of its own, which nobody else can revoke or audit."""
    key = cluster.at("KmsKeyId")
    if key.is_absent and is_restored(cluster):
        return key.undecided("it is that of the snapshot")
    return customers_key(key, by_alias=True)


@rule(
    title="every cluster of Redshift delivers its audit logs",
    fix="set LoggingProperties to a bucket, or to cloudwatch with connectionlog, userlog and useractivitylog",
    applies_to=(CLUSTER,),
    controls=("164.312(b)",),
    requirement="HC-057",
    same_as=(
        "cdk-nag:HIPAA.Security-RedshiftClusterConfiguration",
        "config:redshift-cluster-configuration-check",
        "config:redshift-audit-logging-enabled",
        "guard:REDSHIFT_CLUSTER_CONFIGURATION_CHECK",
        "prowler:redshift_cluster_audit_logging",
        "checkov:CKV_AWS_71",
    ),
    url=GUIDE + "db-auditing.html",
)
def redshift_logged(cluster: Resource) -> Outcome:
    """Judge the destination; a bucket gets every log, a log group those that are named."""
    logging = cluster.at("LoggingProperties")
    kind = logging.at("LogDestinationType")
    to_bucket = logging.at("BucketName").must_be_set()
    to_logs = lists(logging.at("LogExports"), *LOGS)
    if kind.is_unknown:
        return to_bucket if to_bucket == to_logs else kind.undecided()
    if kind.text == "cloudwatch":
        return to_logs
    return to_bucket if kind.is_absent or kind.text == "s3" else kind.broken()


@rule(
    title="every cluster of Redshift logs what its users do",
    fix="set enable_user_activity_logging to true in an AWS::Redshift::ClusterParameterGroup that the cluster names",
    applies_to=(CLUSTER, PARAMETER_GROUP),
    controls=("164.312(b)",),
    requirement="HC-058",
    url=GUIDE + "db-auditing.html#db-auditing-enable-logging",
)
def redshift_user_activity_logged(resource: Resource) -> Outcome:
    """Judge the parameter at its group; in the default groups of AWS it is off."""
    if resource.type == PARAMETER_GROUP:
        return parameter(resource, "enable_user_activity_logging").must_be(True)
    group = group_of(resource, "ClusterParameterGroupName", PARAMETER_GROUP)
    if group is None:
        return resource.at("ClusterParameterGroupName").broken("a default group, where it is off")
    return NOT_APPLICABLE if isinstance(group, Resource) else group


@rule(
    title="every cluster of Redshift refuses plaintext connections",
    fix="set require_ssl to true in an AWS::Redshift::ClusterParameterGroup that the cluster names",
    applies_to=(CLUSTER, PARAMETER_GROUP),
    controls=IN_TRANSIT,
    requirement="HC-059",
    same_as=(
        "cdk-nag:HIPAA.Security-RedshiftRequireTlsSSL",
        "config:redshift-require-tls-ssl",
        "prowler:redshift_cluster_in_transit_encryption_enabled",
        "checkov:CKV_AWS_105",
    ),
    url=GUIDE + "connecting-ssl-support.html",
)
def redshift_tls_only(resource: Resource) -> Outcome:
    """Judge the parameter at its group.

    In default.redshift-2.0 it is on, and groups of that family begin as that one. A cluster without a group has that
    one if it was made in 2025 or later, and default.redshift-1.0, where it is off, if it is older.
    """
    if resource.type == PARAMETER_GROUP:
        found, family = parameter(resource, "require_ssl"), resource.at("ParameterGroupFamily")
        if not found.is_absent or family.text == "redshift-1.0":
            return found.must_be(True)
        return family.must_be("redshift-2.0")
    name = resource.at("ClusterParameterGroupName")
    group = group_of(resource, "ClusterParameterGroupName", PARAMETER_GROUP)
    if group is None:
        return (
            name.undecided("the default group of clusters of before 2025")
            if name.is_absent
            else name.must_be("default.redshift-2.0")
        )
    return NOT_APPLICABLE if isinstance(group, Resource) else group


@rule(
    title="no cluster of Redshift is publicly accessible",
    fix="set PubliclyAccessible to false, or leave it out",
    applies_to=(CLUSTER,),
    controls=PRIVATE,
    requirement="HC-060",
    same_as=(
        "cdk-nag:HIPAA.Security-RedshiftClusterPublicAccess",
        "config:redshift-cluster-public-access-check",
        "guard:REDSHIFT_CLUSTER_PUBLIC_ACCESS_CHECK",
        "prowler:redshift_cluster_public_access",
        "checkov:CKV_AWS_87",
    ),
    url=GUIDE + "managing-clusters-vpc.html",
)
def redshift_not_public(cluster: Resource) -> Outcome:
    """Judge the public address, which there is none by default."""
    return off_or_absent(cluster.at("PubliclyAccessible"))


@rule(
    title="every cluster of Redshift loads and unloads through its VPC",
    fix="set EnhancedVpcRouting to true",
    applies_to=(CLUSTER,),
    controls=("164.312(e)(1)",),
    requirement="HC-061",
    same_as=(
        "cdk-nag:HIPAA.Security-RedshiftEnhancedVPCRoutingEnabled",
        "config:redshift-enhanced-vpc-routing-enabled",
        "guard:REDSHIFT_ENHANCED_VPC_ROUTING_ENABLED",
        "prowler:redshift_cluster_enhanced_vpc_routing",
    ),
    severity=Severity.WARNING,
    url=GUIDE + "enhanced-vpc-routing.html",
)
def redshift_routed_through_vpc(cluster: Resource) -> Outcome:
    """Judge the switch; without it COPY and UNLOAD take a way that flow logs and endpoint policies don't see."""
    return cluster.at("EnhancedVpcRouting").must_be(True)


@rule(
    title="every cluster of Redshift makes automated snapshots",
    fix="leave AutomatedSnapshotRetentionPeriod at 1 or more",
    applies_to=(CLUSTER,),
    controls=RESTORABLE,
    requirement="HC-062",
    same_as=(
        "cdk-nag:HIPAA.Security-RedshiftBackupEnabled",
        "config:redshift-backup-enabled",
        "guard:REDSHIFT_BACKUP_ENABLED",
        "prowler:redshift_cluster_automated_snapshot",
    ),
    url=GUIDE + "working-with-snapshots.html",
)
def redshift_backed_up(cluster: Resource) -> Outcome:
    """Judge the period, where zero means none; the default is a day."""
    return cluster.at("AutomatedSnapshotRetentionPeriod").must_be_at_least(1, absent=True)


@rule(
    title="every cluster of Redshift keeps its automated snapshots for 35 days",
    fix="set AutomatedSnapshotRetentionPeriod to 35",
    applies_to=(CLUSTER,),
    controls=RESTORABLE,
    requirement="HC-062",
    severity=Severity.WARNING,
    url=GUIDE + "working-with-snapshots.html",
)
def redshift_snapshots_kept(cluster: Resource) -> Outcome:
    """Judge the period against the longest that Redshift knows."""
    return cluster.at("AutomatedSnapshotRetentionPeriod").must_be_at_least(_DAYS)


@rule(
    title="every cluster of Redshift takes new versions",
    fix="leave AllowVersionUpgrade true, and DeferMaintenance out",
    applies_to=(CLUSTER,),
    controls=("164.308(a)(5)(ii)(A)",),
    requirement="HC-063",
    same_as=(
        "cdk-nag:HIPAA.Security-RedshiftClusterMaintenanceSettings",
        "config:redshift-cluster-maintenancesettings-check",
        "guard:REDSHIFT_CLUSTER_MAINTENANCESETTINGS_CHECK",
        "prowler:redshift_cluster_automatic_upgrades",
    ),
    severity=Severity.WARNING,
    url=GUIDE + "managing-cluster-considerations.html",
)
def redshift_maintained(cluster: Resource) -> Outcome:
    """Judge both switches; a cluster without a maintenance window of its own gets one."""
    return all_met([on_or_absent(cluster.at("AllowVersionUpgrade")), off_or_absent(cluster.at("DeferMaintenance"))])


@rule(
    title="every cluster of Redshift is in subnets of a VPC",
    fix="set ClusterSubnetGroupName to an AWS::Redshift::ClusterSubnetGroup of private subnets",
    applies_to=(CLUSTER,),
    controls=PRIVATE,
    requirement="HC-064",
    same_as=("checkov:CKV_AWS_154",),
    url=GUIDE + "working-with-cluster-subnet-groups.html",
)
def redshift_in_vpc(cluster: Resource) -> Outcome:
    """Judge that subnets are chosen; without any the default ones are taken, which are public."""
    name = cluster.at("ClusterSubnetGroupName")
    return name.broken() if name.text == "default" else name.must_be_set()


@rule(
    title="every subnet of a cluster of Redshift is private",
    fix="set SubnetIds to subnets without a route to an internet gateway",
    applies_to=(SUBNET_GROUP,),
    controls=PRIVATE,
    requirement="HC-064",
    severity=Severity.WARNING,
    url=GUIDE + "working-with-cluster-subnet-groups.html",
)
def redshift_subnets_private(group: Resource) -> Outcome:
    """Judge the subnets that are in these templates."""
    places = group.at("SubnetIds")
    return in_private_subnets(places.items() or [places])


@rule(
    title="every cluster of Redshift that can is in two Availability Zones",
    fix="set MultiAZ to true",
    applies_to=(CLUSTER,),
    controls=AVAILABLE,
    requirement="HC-065",
    same_as=("config:redshift-cluster-multi-az-enabled", "prowler:redshift_cluster_multi_az_enabled"),
    severity=Severity.WARNING,
    url=GUIDE + "managing-cluster-multi-az.html",
)
def redshift_multi_az(cluster: Resource) -> Outcome:
    """Judge the switch, which nodes with managed storage have, if there are several of them."""
    node, kind = cluster.at("NodeType"), cluster.at("ClusterType")
    spans = node.is_unknown or (node.text or "").lower().startswith(_SPANS_ZONES)
    if kind.text == "single-node" or not spans:
        return NOT_APPLICABLE
    outcome = cluster.at("MultiAZ").must_be(True)
    hidden = next((place for place in (node, kind) if place.is_unknown), None)
    return outcome if outcome is MET or hidden is None else hidden.undecided()


@rule(
    title="every cluster of Redshift copies its snapshots to a second Region under a key there",
    fix="set DestinationRegion to another Region, and SnapshotCopyGrantName to a grant for a key of yours there",
    applies_to=(CLUSTER,),
    controls=RESTORABLE,
    requirement="HC-066",
    severity=Severity.WARNING,
    url=GUIDE + "cross-region-snapshot-copy.html",
)
def redshift_snapshots_copied(cluster: Resource) -> Outcome:
    """Judge the Region and the grant, without which the copies are not under a key of the customer's."""
    return all_met([elsewhere(cluster.at("DestinationRegion")), cluster.at("SnapshotCopyGrantName").must_be_set()])


@rule(
    title="no password of a cluster of Redshift is known to anybody",
    fix="set ManageMasterPassword to true and MasterPasswordSecretKmsKeyId to a key of yours, or refer to a secret "
    "with {{resolve:secretsmanager:…}}",
    applies_to=(CLUSTER,),
    controls=SIGNED_IN,
    requirement="HC-067",
    same_as=("guard:REDSHIFT_CLUSTER_MASTER_USER_PASSWORD_NO_PLAINTEXT_PASSWORD",),
    url=GUIDE + "redshift-secrets-manager-integration.html",
)
def redshift_password_managed(cluster: Resource) -> Outcome:
    """Judge where the password of the first user comes from; that of a snapshot is not known here."""
    password, managed = cluster.at("MasterUserPassword"), cluster.at("ManageMasterPassword")
    if not password.is_absent:
        return from_secret(password)
    if managed.is_absent and is_restored(cluster):
        return managed.undecided("the password is the snapshot's")
    key = customers_key(cluster.at("MasterPasswordSecretKmsKeyId"), by_alias=True)
    return all_met([managed.must_be(True), key])


@rule(
    title="every cluster of Redshift leaves a snapshot behind, or stays, when its stack goes",
    fix="set DeletionPolicy and UpdateReplacePolicy to Snapshot or Retain",
    applies_to=(CLUSTER,),
    controls=KEPT,
    requirement="HC-062",
    url=DELETION_URL,
)
def redshift_kept(cluster: Resource) -> Outcome:
    """Judge what becomes of the data when the stack goes, or the cluster is replaced."""
    return kept_or_snapshotted(cluster)
