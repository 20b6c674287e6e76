"""What instances, replicas and clusters of Amazon RDS have in common."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from aws_cdk import CfnResource, Duration, Fn, RemovalPolicy
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_rds as rds
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from hipaa_constructs.services._durations import days_of, known_days
from hipaa_constructs.services._keeping import KEEPING_DATA
from hipaa_constructs.services._options import Arguments
from hipaa_constructs.services._tokens import ACCOUNT_ID, PARTITION, REGION, STACK_UUID, is_unresolved
from hipaa_constructs.services.iam import ManagedPolicyRole
from hipaa_constructs.services.kms import AnyKey, is_alias
from hipaa_constructs.services.logs import EncryptedLogGroup
from hipaa_constructs.services.profile import Relaxation
from hipaa_constructs.services.rds_engines import Engine, engine_type, known, major_version
from hipaa_constructs.services.secretsmanager import EncryptedSecret

LONGEST_RETENTION = Duration.days(35)
_SHORT_RETENTION = Duration.days(7)
MONITORING_INTERVAL = Duration.seconds(60)
_LONGEST_SLUG = 24
_PARTS = 8
_SMALL_LOGS = {"iam-db-auth-error", "instance"}

BACKUP_RETENTION = Relaxation(
    option="backup_retention",
    production=LONGEST_RETENTION,
    development=_SHORT_RETENTION,
    rules=("RdsBackupsKept",),
)
DELETE_BACKUPS = Relaxation(
    option="delete_automated_backups", production=False, development=True, rules=("RdsKept",), without_phi=True
)
INSTANCE_TYPE = Relaxation(option="instance_type", production="m5.large", development="t4g.medium")
MULTI_AZ = Relaxation(option="multi_az", production=True, development=False, rules=("RdsMultiAz",))
PROTECTION = Relaxation(
    option="deletion_protection", production=True, development=False, rules=("RdsDeletionProtected",), without_phi=True
)
REMOVAL = Relaxation(
    option="removal_policy",
    production=RemovalPolicy.SNAPSHOT,
    development=RemovalPolicy.DESTROY,
    rules=("RdsKept",),
    without_phi=True,
)

FIXED = {
    "cloudwatch_logs_retention": "the log groups are made beforehand and keep six years (164.316(b)(2)(i)); it would "
    "bring a Lambda function",
    "cloudwatch_logs_retention_role": "no function sets the retention of the log groups",
    "copy_tags_to_snapshot": "tags go with the data (164.310(d)(2)(iii))",
    "credentials": "RDS makes and rotates the password (164.308(a)(5)(ii)(D)); pass master_username, or master_secret",
    "manage_master_user_password": "RDS makes and rotates the password (164.308(a)(5)(ii)(D)); pass master_secret for "
    "a secret of your own",
    "monitoring_role": "the construct makes one whose trust is confined to this account",
    "parameter_group": "the construct makes the group; pass parameters",
    "performance_insight_encryption_key": "query texts can hold PHI (164.312(a)(2)(iv)): it is encryption_key",
    "storage_encrypted": "storage is always encrypted (164.312(a)(2)(iv)); pass encryption_key",
    "storage_encryption_key": "pass encryption_key",
}


def known_engine(
    arguments: Arguments, engine: rds.IInstanceEngine | rds.IClusterEngine, table: Mapping[str, Engine]
) -> Engine:
    """Return what is known of an engine, or refuse it.

    Raises:
        ComplianceError: it is not in the table, has no version, or one below the floor.
    """
    found = known(engine, table)
    if found is None:
        arguments.refuse(
            "engine",
            engine_type(engine) or engine,
            asked=f"one of {', '.join(table)}",
            way_out="HIPAA eligibility and settings are known of no other",
            citation="164.308(b)(1)",
        )
        raise AssertionError
    version = major_version(engine)
    if version is None:
        arguments.refuse(
            "engine",
            f"{engine_type(engine)} without a version",
            asked="an engine with a version",
            way_out="its parameter group needs one; name the major version and minor ones are upgraded",
            citation="164.308(a)(5)(ii)(A)",
        )
    elif version < found.floor:
        arguments.refuse(
            "engine",
            f"{engine_type(engine)} {'.'.join(map(str, version))}",
            asked=f"version {found.floor_shown} or later",
            way_out="older ones are out of standard support",
            citation="164.308(a)(5)(ii)(A)",
        )
    return found


def usual_type(arguments: Arguments, engine: Engine) -> ec2.InstanceType:
    """Return the type of instances of which nothing is said."""
    return ec2.InstanceType(arguments.default(INSTANCE_TYPE, None) if engine.graviton else INSTANCE_TYPE.production)


def check_key(arguments: Arguments, key: AnyKey | None) -> None:
    """Refuse an alias, which CloudWatch Logs does not take."""
    if is_alias(key):
        arguments.refuse(
            "encryption_key",
            "an alias",
            asked="a key",
            way_out="CloudWatch Logs takes the ARN of a key only; pass the key itself",
            citation="164.312(a)(2)(iv)",
        )


def check_snapshot(arguments: Arguments, here: str, given: str, *kinds: str) -> None:
    """Refuse what is no snapshot, and one of another Region, as RDS restores where the snapshot is.

    Args:
        arguments: of the construct.
        here: the Region of the stack.
        given: the name of a snapshot or its ARN.
        *kinds: what stands in the ARNs that serve, ``snapshot`` or ``cluster-snapshot``.

    Raises:
        ComplianceError: it is another ARN, or one of another Region.
    """
    if is_unresolved(given) or not given.startswith("arn:"):
        return
    parts = given.split(":", 6)
    if len(parts) < 7 or parts[2] != "rds" or parts[5] not in kinds:
        arguments.refuse(
            "snapshot_identifier",
            given,
            asked=f"the name or ARN of a {' or '.join(kinds)}",
            way_out="nothing else is restored by its identifier",
            citation="164.308(a)(7)(ii)(B)",
        )
    if not is_unresolved(here) and parts[3] != here:
        arguments.refuse(
            "snapshot_identifier",
            given,
            asked=f"in {here}",
            way_out="copy it there, under a key of that Region, and restore the copy",
            citation="164.308(a)(7)(ii)(B)",
        )


def check_replication(arguments: Arguments, here: str, region: str | None, key: str | None) -> None:
    """Refuse backups to another Region without a key of that Region, and to the same one."""
    if region is None and key is None:
        return
    if region is None or key is None:
        missing = "backup_replication_region" if region is None else "backup_replication_key"
        arguments.refuse(
            missing,
            None,
            asked="given with its pair",
            way_out="a Region and a key of that Region belong together",
            citation="164.312(a)(2)(iv)",
        )
        return
    if is_unresolved(region):
        return
    if region == here:
        arguments.refuse(
            "backup_replication_region",
            region,
            asked="another Region than the database's",
            way_out="copies in the same Region guard against nothing new",
            citation="164.308(a)(7)(ii)(A)",
        )
    if not is_unresolved(key) and f":{region}:" not in key:
        arguments.refuse(
            "backup_replication_key",
            key,
            asked=f"the ARN of a key in {region}",
            way_out="backups are encrypted with a key of the Region they are copied to",
            citation="164.312(a)(2)(iv)",
        )


def derived_identifier(scope: Construct) -> str:
    """Return an identifier that is known before the database is made, so that its log groups can be.

    It carries the id of the stack that is deployed: a stack that is made anew finds no name taken by what its
    predecessor left. Within a stack it stays, so a change that would replace the database, and leave an empty one,
    fails.

    Args:
        scope: the construct that the database is of.
    """
    slug = re.sub("[^a-z0-9]+", "-", scope.node.id.lower()).strip("-")[:_LONGEST_SLUG].strip("-")
    stack = Fn.select(0, Fn.split("-", STACK_UUID))
    return "-".join(part for part in ("db", slug, scope.node.addr[-_PARTS:], stack) if part)


def exported_log_groups(
    scope: Construct, database: CfnResource, name: str, logs: Sequence[str], key: AnyKey | None
) -> dict[str, EncryptedLogGroup]:
    """Make the log groups that a database exports to, before it: RDS takes one that is there, or makes a bare one.

    Args:
        scope: the construct that they are of.
        database: the database.
        name: what comes before the type of the log, e.g. ``/aws/rds/instance/records``.
        logs: the types of logs.
        key: what they are encrypted with.
    """
    groups: dict[str, EncryptedLogGroup] = {}
    for log in logs:
        id = "".join(part.capitalize() for part in log.split("-")) + "Log"
        groups[log] = EncryptedLogGroup(
            scope, id, encryption_key=key, data_protection_policy=False, log_group_name=f"{name}/{log}"
        )
    if groups:
        database.node.add_dependency(*groups.values())
    return groups


def monitoring_role(scope: Construct, kind: str) -> iam.Role:
    """Make the role that enhanced monitoring writes with, for databases of this account and Region.

    AWS: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Monitoring.OS.Enabling.html

    Args:
        scope: the construct that it is of.
        kind: ``db`` or ``cluster``, as ARNs have it.
    """
    arn = f"arn:{PARTITION}:rds:{REGION}:{ACCOUNT_ID}:{kind}:*"
    conditions = {"StringEquals": {"aws:SourceAccount": ACCOUNT_ID}, "ArnLike": {"aws:SourceArn": arn}}
    policy = iam.ManagedPolicy.from_aws_managed_policy_name("service-role/AmazonRDSEnhancedMonitoringRole")
    return ManagedPolicyRole(
        scope,
        "MonitoringRole",
        assumed_by=iam.ServicePrincipal("monitoring.rds.amazonaws.com", conditions=conditions),
        managed_policies=[policy],
    ).role


def closed_security_group(scope: Construct, vpc: ec2.IVpc) -> ec2.SecurityGroup:
    """Make a security group that lets nobody in and nothing out until ``connections`` say so."""
    return ec2.SecurityGroup(
        scope,
        "SecurityGroup",
        vpc=vpc,
        allow_all_outbound=False,
        description=f"Who reaches the database {scope.node.id}",
    )


def secret_of(given: EncryptedSecret | secretsmanager.ISecret | None) -> secretsmanager.ISecret | None:
    """Return the secret that a database was given, as the CDK sees it."""
    return given.secret if isinstance(given, EncryptedSecret) else given


def rotate_once_attached(
    given: EncryptedSecret | secretsmanager.ISecret | None, attached: secretsmanager.ISecret | None
) -> None:
    """Begin to rotate a secret after it says where its database is, which the first rotation reads."""
    if isinstance(given, EncryptedSecret) and given.rotation is not None and attached is not None:
        given.rotation.node.add_dependency(attached)


def managed_credentials(username: str, key: kms.IKey) -> rds.Credentials:
    """Return the user whose password RDS makes, keeps under a key and rotates."""
    return rds.Credentials.from_username(username, encryption_key=key)


def option_group(
    scope: Construct, engine: rds.IInstanceEngine, known: Engine, further: Sequence[rds.OptionConfiguration]
) -> rds.OptionGroup | None:
    """Make the option group of an engine that has its audit or encryption there; None without any option.

    It stays when the stack goes, as the snapshots that name it do, which can't be restored without it.
    """
    own = [rds.OptionConfiguration(name=name, settings=settings) for name, settings in known.options.items()]
    configurations = [*own, *further]
    if not configurations:
        return None
    group = rds.OptionGroup(scope, "OptionGroup", engine=engine, configurations=configurations)
    resource = group.node.default_child
    assert isinstance(resource, CfnResource)
    resource.apply_removal_policy(RemovalPolicy.RETAIN)
    return group


def resource_of(instance: Construct) -> rds.CfnDBInstance:
    """Return the resource of an instance."""
    resource = instance.node.default_child
    assert isinstance(resource, rds.CfnDBInstance)
    return resource


def govern_settings(
    arguments: Arguments,
    engine: Engine,
    *,
    auto_minor_version_upgrade: bool,
    cloudwatch_logs_exports: Sequence[str],
    delete_automated_backups: bool,
    deletion_protection: bool,
    iam_authentication: bool,
    monitoring_interval: Duration,
    removal_policy: RemovalPolicy | None = None,
    multi_az: bool = True,
) -> None:
    """Refuse settings that are weaker than a rule asks; of a replica no rule asks what becomes of it."""
    seconds = 1 if monitoring_interval.is_unresolved() else monitoring_interval.to_seconds(integral=False)
    needed = set(engine.logs) - _SMALL_LOGS
    for name, value, holds, asked, rule in (
        (
            "auto_minor_version_upgrade",
            auto_minor_version_upgrade,
            auto_minor_version_upgrade is True,
            "True",
            "RdsMinorVersionsUpgraded",
        ),
        (
            "cloudwatch_logs_exports",
            ", ".join(cloudwatch_logs_exports),
            needed <= set(cloudwatch_logs_exports),
            f"all of {', '.join(log for log in engine.logs if log in needed)}",
            "RdsLogsExported",
        ),
        (
            "delete_automated_backups",
            delete_automated_backups,
            delete_automated_backups is False,
            "False",
            "RdsKept",
        ),
        ("deletion_protection", deletion_protection, deletion_protection is True, "True", "RdsDeletionProtected"),
        (
            "iam_authentication",
            iam_authentication,
            iam_authentication is engine.iam,
            str(engine.iam),
            "RdsIamAuthenticated",
        ),
        ("monitoring_interval", monitoring_interval, seconds > 0, "1 to 60 seconds", "RdsMonitored"),
        ("multi_az", multi_az, multi_az is True, "True", "RdsMultiAz"),
        ("removal_policy", removal_policy, removal_policy in (None, *KEEPING_DATA), "SNAPSHOT or RETAIN", "RdsKept"),
    ):
        if not holds:
            arguments.govern(name, value, holds=False, asked=asked, rule=rule)


def govern_backups(arguments: Arguments, retention: Duration) -> None:
    """Refuse backups that are kept shorter than 35 days, and longer ones, which RDS does not keep."""
    days, longest = known_days(retention), days_of(LONGEST_RETENTION)
    if days is None:
        return
    if days > longest:
        arguments.refuse(
            "backup_retention",
            retention,
            asked="35 days",
            way_out="RDS keeps automated backups no longer; a backup plan does",
            citation="164.308(a)(7)(ii)(A)",
        )
    arguments.govern("backup_retention", retention, holds=days >= 1, asked="35 days", rule="RdsBackedUp")
    arguments.govern("backup_retention", retention, holds=days >= longest, asked="35 days", rule="RdsBackupsKept")


def govern_parameters(arguments: Arguments, engine: Engine, given: Mapping[str, str]) -> dict[str, str]:
    """Return all parameters, or refuse those that let plaintext in or switch the audit off."""
    for name, value in given.items():
        if is_unresolved(value):
            continue
        if name in engine.tls:
            wanted = engine.tls[name]
            same = value.upper() in {wanted.upper(), *({"1", "ON"} if wanted in ("1", "ON") else ())}
            asked = f"with {name} {wanted}"
            arguments.govern("parameters", f"{name} {value}", holds=same, asked=asked, rule=engine.tls_rule)
        if name in engine.audit:
            holds = _audits(name, value)
            arguments.govern("parameters", f"{name} {value}", holds=holds, asked=f"with {name} on", rule="RdsAudited")
    return {**engine.parameters, **given}


def _audits(name: str, value: str) -> bool:
    if name == "shared_preload_libraries":
        return "pgaudit" in value.split(",")
    return value.strip().lower() not in ("", "0", "off", "none", "false")
