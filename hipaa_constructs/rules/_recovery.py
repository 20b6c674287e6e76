"""What would be left of a data store without its Region, how old it would be and how long it would take to use."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from hipaa_constructs.rules._backups import Arns, selections_of
from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._rds import CLUSTER, INSTANCE
from hipaa_constructs.rules._s3 import BUCKET
from hipaa_constructs.rules._schedules import longest_gap
from hipaa_constructs.rules._value import UNKNOWN

TABLE, GLOBAL_TABLE = "AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable"
FILE_SYSTEM = "AWS::EFS::FileSystem"
CACHE = "AWS::ElastiCache::ReplicationGroup"

RESTORE_MINUTES = 240
"""What a restore is taken to last: AWS says hours of backups in general, a few hours of those of RDS."""

_DAY = 1440
_START_WINDOW = 8 * 60
"""The minutes within which AWS Backup starts a job, if a rule does not say."""


@dataclass(frozen=True, slots=True)
class Route:
    """One way to the data in another Region.

    Attributes:
        name: what it is called in a finding.
        rpo: the minutes of changes that it may miss; None where AWS states no bound.
        rto: the minutes that it takes until the data can be used.
        keeps_history: whether what is deleted or spoilt at the source is still there as it was.
    """

    name: str
    rpo: int | None
    rto: int
    keeps_history: bool = False

    def meets(self, rpo: float, rto: float) -> bool:
        """Tell whether it is young and fast enough."""
        return self.rpo is not None and self.rpo <= rpo and self.rto <= rto

    def __str__(self) -> str:
        """Return it as a finding words it."""
        age = "no bound" if self.rpo is None else f"{self.rpo} min"
        return f"{self.name} (RPO {age}, RTO {self.rto} min)"


# Figures of AWS, the higher end where it names a span:
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-time-control.html
# Deletions of versions are not replicated: https://docs.aws.amazon.com/AmazonS3/latest/userguide/delete-marker-replication.html
_S3_TIMED = Route("S3 replication with time control", 15, 15, keeps_history=True)
_S3_UNTIMED = Route("S3 replication without time control", None, 15, keeps_history=True)
# https://docs.aws.amazon.com/prescriptive-guidance/latest/dr-standard-edition-amazon-rds/rds-pitr-snapshot.html
_RDS_BACKUPS = Route("cross-Region automated backups", 30, RESTORE_MINUTES, keeps_history=True)
# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.XRgn.html
_RDS_REPLICA = Route("a read replica in another Region", 5, 30)
# https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-global-database-disaster-recovery.html
_AURORA_GLOBAL = Route("an Aurora global database", 1, 5)
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GlobalTables.html
_GLOBAL_TABLE = Route("a replica of the global table", 1, 5)
# https://docs.aws.amazon.com/efs/latest/ug/efs-replication.html
_EFS = Route("EFS replication", 15, 15)
# https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Redis-Global-Datastore.html
_GLOBAL_DATASTORE = Route("a global datastore", 1, 5)


def routes(store: Resource) -> tuple[list[Route], str]:
    """Return the ways to a store's data in other Regions.

    Args:
        store: of one of the types in `STORES`.

    Returns:
        Those that the templates show, and what hides others; empty if nothing does.
    """
    found: list[Route] = []
    hidden = ""
    for one in STORES[store.type](store):
        if isinstance(one, Route):
            found.append(one)
        else:
            hidden = hidden or one
    return found, hidden


Routes = Iterator[Route | str]


def _bucket(bucket: Resource) -> Routes:
    rules = bucket.at("ReplicationConfiguration", "Rules")
    if rules.is_unknown:
        yield "an intrinsic function hides its replication"
    for rule in rules.items():
        if rule.at("Status").is_unknown or rule.is_unknown:
            yield "an intrinsic function hides its replication"
        elif rule.at("Status").text == "Enabled" and _takes_all(rule):
            yield from _replicates(rule, bucket)
    yield from _backed_up(bucket, Arns("s3", ""), "Tags")


def _takes_all(rule: Node) -> bool:
    filtering = rule.at("Filter")
    prefixes = (rule.at("Prefix"), filtering.at("Prefix"))
    others = (filtering.at("TagFilter"), filtering.at("And"))
    return all(one.is_absent or one.text == "" for one in prefixes) and all(one.is_absent for one in others)


def _replicates(rule: Node, bucket: Resource) -> Routes:
    destination = rule.at("Destination")
    targets = [one for one in bucket.template.assembly.resources(BUCKET) if destination.at("Bucket").designates(one)]
    abroad = _elsewhere(bucket, [one.template.region for one in targets] or [None])
    if abroad is None:
        yield "the Region of the bucket that it is replicated to is not known"
    elif abroad:
        timed = destination.at("ReplicationTime", "Status").text == "Enabled"
        yield _S3_TIMED if timed else _S3_UNTIMED


def _elsewhere(store: Resource, regions: Iterable[str | None]) -> bool | None:
    here = store.template.region
    answers = [None if here is None or region is None else region != here for region in regions]
    return True if True in answers else None if None in answers else False


def _instance(database: Resource) -> Routes:
    region = database.at("AutomaticBackupReplicationRegion")
    if not region.is_absent:
        # RDS refuses a database's own Region.
        yield _RDS_BACKUPS
    replicas, unsure = _replicas(database, INSTANCE, "SourceDBInstanceIdentifier")
    yield from _abroad(database, replicas, _RDS_REPLICA)
    if unsure:
        yield "an intrinsic function hides what a read replica is one of"
    yield from _backed_up(database, Arns("rds", "db:"), "Tags")


def _replicas(database: Resource, kind: str, *path: str) -> tuple[list[Resource], list[Resource]]:
    return database.template.assembly.pointing_at(database, kind, *path)


def _abroad(store: Resource, copies: Iterable[Resource], route: Route) -> Routes:
    for copy in copies:
        abroad = _elsewhere(store, [copy.template.region])
        if abroad is None:
            yield "the Region of a stack is not known"
        elif abroad:
            yield route


def _cluster(database: Resource) -> Routes:
    yield from _members(database, CLUSTER, "GlobalClusterIdentifier", _AURORA_GLOBAL)
    replicas, unsure = _replicas(database, CLUSTER, "ReplicationSourceIdentifier")
    yield from _abroad(database, replicas, _RDS_REPLICA)
    if unsure:
        yield "an intrinsic function hides what a replica is one of"
    yield from _backed_up(database, Arns("rds", "cluster:"), "Tags")


def _members(store: Resource, kind: str, key: str, route: Route) -> Routes:
    group = store.at(key)
    if group.is_absent:
        return
    others = [one for one in store.template.assembly.resources(kind) if one is not store and one.exists]
    members = [one for one in others if one.at(key).agrees_with(group)]
    yield from _abroad(store, members, route)
    if not members:
        yield "the other members are in no template here"


def _cache(cache: Resource) -> Routes:
    yield from _members(cache, CACHE, "GlobalReplicationGroupId", _GLOBAL_DATASTORE)


def _global_table(table: Resource) -> Routes:
    regions = [one.at("Region").text for one in table.at("Replicas").items()]
    # One of the replicas is the Region of the stack.
    if len(set(regions) - {None}) > 1:
        yield _GLOBAL_TABLE
    elif table.at("Replicas").is_unknown or None in regions:
        yield "an intrinsic function hides its replicas"
    yield from _backed_up(table, Arns("dynamodb", "table/"), "Replicas", "*", "Tags")


def _table(table: Resource) -> Routes:
    yield from _backed_up(table, Arns("dynamodb", "table/"), "Tags")


def _file_system(file_system: Resource) -> Routes:
    for destination in file_system.each("ReplicationConfiguration", "Destinations", "*"):
        abroad = _elsewhere(file_system, [destination.at("Region").text])
        if abroad is None:
            yield "the Region that it is replicated to is not known"
        elif abroad:
            yield _EFS
    yield from _backed_up(file_system, Arns("elasticfilesystem", "file-system/"), "FileSystemTags")


def _backed_up(store: Resource, arns: Arns, *tags: str) -> Routes:
    selections, unsure = selections_of(store, arns, *tags)
    if unsure:
        yield "an intrinsic function or a condition hides what a backup selection takes"
    for selection in selections:
        plans = selection.at("BackupPlanId").targets()
        if not plans:
            yield "the backup plan is in no template here"
        for plan in plans:
            for rule in plan.at("BackupPlan", "BackupPlanRule").items():
                yield from _copied(store, rule)


def _copied(store: Resource, rule: Node) -> Routes:
    actions = rule.at("CopyActions")
    abroad = [_elsewhere(store, [_region_of(one)]) for one in actions.each("*", "DestinationBackupVaultArn")]
    if True not in abroad:
        if None in abroad or actions.is_unknown:
            yield "the Region of the vault that backups are copied to is not known"
        return
    schedule, window = rule.at("ScheduleExpression"), rule.at("StartWindowMinutes")
    # Without a schedule AWS Backup runs a rule every day.
    gap = _DAY if schedule.is_absent else longest_gap(schedule.text or "")
    start = _START_WINDOW if window.is_absent else window.number
    if gap is None or start is None:
        yield "how often backups are copied is not known"
    else:
        yield Route("copies of AWS Backup", gap + int(start), RESTORE_MINUTES, keeps_history=True)


def _region_of(vault: Node) -> str | None:
    targets = vault.targets()
    if targets:
        return targets[0].template.region if len(targets) == 1 else None
    fields = vault.outline().split(":")
    region = fields[3] if len(fields) > 3 else ""
    return region if region and UNKNOWN not in region else None


STORES: Mapping[str, Callable[[Resource], Routes]] = {
    BUCKET: _bucket,
    INSTANCE: _instance,
    CLUSTER: _cluster,
    TABLE: _table,
    GLOBAL_TABLE: _global_table,
    FILE_SYSTEM: _file_system,
    CACHE: _cache,
}
"""How each type of store is found again elsewhere."""
