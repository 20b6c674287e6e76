"""What the rules about Amazon RDS share: engines, clusters and their members, and groups of parameters and options."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._outcome import MET, NOT_APPLICABLE, Outcome, Verdict, any_met, broken, undecided

INSTANCE = "AWS::RDS::DBInstance"
CLUSTER = "AWS::RDS::DBCluster"
GUIDE = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/"
AURORA_GUIDE = "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/"

_SOURCES = {
    "SourceDBInstanceIdentifier": INSTANCE,
    "SourceDBClusterIdentifier": CLUSTER,
    "ReplicationSourceIdentifier": CLUSTER,
}
_GROUPS = {
    (INSTANCE, "parameters"): ("DBParameterGroupName", "AWS::RDS::DBParameterGroup"),
    (CLUSTER, "parameters"): ("DBClusterParameterGroupName", "AWS::RDS::DBClusterParameterGroup"),
    (INSTANCE, "options"): ("OptionGroupName", "AWS::RDS::OptionGroup"),
}


def is_member(database: Resource) -> bool:
    """Tell whether an instance belongs to a cluster, which then holds the data and most settings."""
    return database.type == INSTANCE and (
        not database.at("DBClusterIdentifier").is_absent or (database.at("Engine").text or "").startswith("aurora")
    )


def is_multi_az_cluster(database: Resource) -> bool:
    """Tell whether a database is a cluster of RDS that makes its members itself, unlike one of Aurora."""
    return database.type == CLUSTER and not database.at("DBClusterInstanceClass").is_absent


def is_replica(database: Resource) -> bool:
    """Tell whether a database is made as a replica of another."""
    return any(not database.at(name).is_absent for name in _SOURCES)


def source_of(database: Resource) -> Resource | None:
    """Return the database that a replica is of, if the templates make it."""
    for name, kind in _SOURCES.items():
        targets = [one for one in database.at(name).targets() if one.type == kind]
        if len(targets) == 1 and targets[0] is not database:
            return targets[0]
    return None


def engine_of(database: Resource) -> Node:
    """Return the place that says the engine: its own, that of a replica's source, or that of the parameter group."""
    template = database.template
    return template.assembly.once(("engine_of", database), lambda: _engine_of(database), of=template)


def _engine_of(database: Resource) -> Node:
    line = _line(database)
    named = next((one for one in line if not one.at("Engine").is_absent), line[-1])
    engine = named.at("Engine")
    if engine.is_absent and (group := _parameter_group(named)) is not None:
        family = group.at("Family")
        return engine if family.is_absent else family
    return engine


def _line(database: Resource) -> list[Resource]:
    """Return a database, the one that it is a replica of, the one that that is of, and so on."""
    line = [database]
    while (source := source_of(line[-1])) is not None and source not in line:
        line.append(source)
    return line


def _parameter_group(database: Resource) -> Resource | None:
    property, kind = _GROUPS[(database.type, "parameters")]
    group = database.at(property).target()
    return group if group is not None and group.type == kind else None


def engine_named(database: Resource, *names: str) -> bool | None:
    """Tell whether a database is of one of some engines, by the first part of the name; None where it is hidden."""
    engine = engine_of(database)
    if engine.is_unknown or (engine.is_absent and hides_its_engine(database)):
        return None
    return _is_of(engine.text or "", names)


@lru_cache(maxsize=4096)
def _is_of(engine: str, names: tuple[str, ...]) -> bool:
    return any(re.fullmatch(rf"{name}(-.*|[0-9.]*)", engine.lower()) for name in names)


def hides_its_engine(database: Resource) -> bool:
    """Tell whether a database that names no engine has that of a snapshot or of another database."""
    return is_replica(database) or is_restored(database)


def is_restored(database: Resource) -> bool:
    """Tell whether a database begins as a snapshot or as another one was at a time."""
    return any(
        not database.at(name).is_absent
        for name in (
            "DBSnapshotIdentifier",
            "DBClusterSnapshotIdentifier",
            "SnapshotIdentifier",
            "SourceDBInstanceAutomatedBackupsArn",
            "SourceDbiResourceId",
            "SourceDbClusterResourceId",
        )
    )


def major_version(database: Resource) -> tuple[int, ...]:
    """Return the numbers that the version begins with; none where it is not known."""
    line = _line(database)
    places = [one.at("EngineVersion") for one in line]
    places += [group.at("Family") for one in line if (group := _parameter_group(one)) is not None]
    version = next((place for place in places if not place.is_absent), places[0])
    text = version.text or (str(version.number) if version.number is not None else "")
    return tuple(int(number) for number in re.findall(r"\d+", text)[:2])


def is_read_replica(database: Resource) -> bool:
    """Tell whether an instance goes on replicating another one, or a cluster; RDS makes no backups of it by itself."""
    latest = database.at("UseLatestRestorableTime")
    restored = not database.at("RestoreTime").is_absent or not (latest.is_absent or latest.must_be(False) is MET)
    return database.type == INSTANCE and is_replica(database) and not restored


def _with_group(database: Resource, property: str) -> Resource | Outcome:
    """Return the database whose group an instance has: its own, or of a replica without one that of its source.

    That is so of replicas of an instance in the same Region, which is named by its identifier and not by an ARN.
    """
    seen: list[Resource] = []
    while database.at(property).is_absent and _is_beside_its_source(database):
        seen.append(database)
        source = source_of(database)
        if source is None or source in seen:
            place = database.at("SourceDBInstanceIdentifier")
            return place.undecided("the group is that of the source, which is not in these templates")
        database = source
    return database


def _is_beside_its_source(database: Resource) -> bool:
    source = database.at("SourceDBInstanceIdentifier")
    if source.is_absent or not is_read_replica(database) or not database.at("SourceRegion").is_absent:
        return False
    return re.match(r"arn:[^:]*:rds:[a-z]", source.outline()) is None


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a database; findings about it stand where the database names the group.

    Attributes:
        name: its name.
        group: the place in the database that names the group.
        value: its place in the group, absent where the engine's default holds.
    """

    name: str
    group: Node
    value: Node

    @property
    def text(self) -> str:
        """The value in lower case."""
        return self.value.outline().strip().lower()

    def broken(self) -> Outcome:
        """Return the verdict that it is not what is wanted."""
        found = "the engine's default" if self.value.is_absent else self.value.shown()
        return self.group.broken(f"{self.name} is {found}")

    def undecided(self) -> Outcome:
        """Return the verdict that the template alone can't tell its value."""
        return self.group.undecided(f"{self.name} is {self.value.shown()}, which is known at deployment only")


def parameter(database: Resource, name: str) -> Parameter | Outcome:
    """Return a parameter of the group that a database has; an outcome where the group is not known."""
    property, kind = _GROUPS[(database.type, "parameters")]
    holder = _with_group(database, property)
    if isinstance(holder, Outcome):
        return holder
    place = holder.at(property)
    group = place.target()
    if place.is_absent or (place.text or "").startswith("default."):
        nothing = Node(database.template, {"Ref": "AWS::NoValue"}, place.path)
        return Parameter(name, place, nothing)  # In the default group nothing is set.
    if group is None or group.type != kind:
        return place.undecided("the parameter group is not in these templates") if _named(place) else place.broken()
    parameters = group.at("Parameters")
    if parameters.is_unknown:
        return undecided(*place.path, why="an intrinsic function hides the parameters of the group")
    return Parameter(name, place, parameters.at(name))


@dataclass(frozen=True, slots=True)
class Setting:
    """What a setting of an option has to be.

    Attributes:
        name: its name.
        fits: tells whether a value in upper case is right; None is what holds where the option says nothing of it.
        otherwise: what a finding says of the setting where it is not.
    """

    name: str
    fits: Callable[[str | None], bool]
    otherwise: str


def option(database: Resource, name: str, setting: Setting | None = None) -> Outcome:
    """Judge that the option group of an instance has an option, with a setting that is right."""
    property, kind = _GROUPS[(INSTANCE, "options")]
    holder = _with_group(database, property)
    if isinstance(holder, Outcome):
        return holder
    place = holder.at(property)
    group = place.target()
    if place.is_absent or (place.text or "").startswith("default:"):
        return broken(*place.path, found="the default option group, without options")
    if group is None or group.type != kind:
        return place.undecided("the option group is not in these templates") if _named(place) else place.broken()
    configurations = group.at("OptionConfigurations")
    found: list[Outcome] = []
    if configurations.is_unknown:
        found.append(undecided(*place.path, why="an intrinsic function hides the options of the group"))
    for one in configurations.items():
        if one.is_unknown or one.at("OptionName").is_unknown:
            found.append(undecided(*place.path, why="an intrinsic function hides an option of the group"))
        elif one.at("OptionName").text == name:
            found.append(MET if setting is None else _has_setting(place, one.at("OptionSettings"), setting))
    return any_met(found) if found else broken(*place.path, found=f"an option group without {name}")


def _has_setting(place: Node, settings: Node, wanted: Setting) -> Outcome:
    values = [one.at("Value") for one in settings.items() if one.at("Name").text == wanted.name]
    hidden = settings.is_unknown or any(one.at("Name").is_unknown for one in settings.items())
    if hidden if not values else any(value.is_unknown for value in values):
        return undecided(*place.path, why=f"an intrinsic function hides {wanted.name}")
    if values:
        right = all(value.text is not None and wanted.fits(value.text.upper()) for value in values)
    else:
        right = (settings.is_absent or isinstance(settings.value, list)) and wanted.fits(None)
    return MET if right else broken(*place.path, found=f"{wanted.name} {wanted.otherwise}")


def _named(place: Node) -> bool:
    return place.is_unknown or place.text is not None


def one_of(found: Parameter | Outcome, *wanted: str) -> Outcome:
    """Judge a parameter: that it is set to one of some values, in any case of letters."""
    if isinstance(found, Outcome):
        return found
    if found.value.is_unknown:
        return found.undecided()
    return MET if found.text in wanted else found.broken()


def unless_member(database: Resource, outcome: Outcome) -> Outcome:
    """Return an outcome, or for a member of a cluster that the rule does not apply."""
    return NOT_APPLICABLE if is_member(database) else outcome


def if_engine(applies: bool | None, database: Resource, outcome: Outcome) -> Outcome:
    """Return an outcome if a database is of an engine; undecided where that is hidden, unless it is met anyway."""
    if applies is None:
        return outcome if outcome.verdict is Verdict.MET else engine_of(database).undecided("the engine is not known")
    return outcome if applies else NOT_APPLICABLE
