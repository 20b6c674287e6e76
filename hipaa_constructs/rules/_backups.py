"""What backup selections take: by ARN, by pattern and by tag, in whichever stack they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._outcome import MET, Outcome, broken, undecided
from hipaa_constructs.rules._template import Assembly
from hipaa_constructs.rules._value import UNKNOWN

_SELECTION = "AWS::Backup::BackupSelection"
_TAG_PREFIX = "aws:ResourceTag/"
_STORES = frozenset(
    (
        "AWS::DocDB::DBCluster",
        "AWS::DynamoDB::GlobalTable",
        "AWS::DynamoDB::Table",
        "AWS::EC2::Instance",
        "AWS::EC2::Volume",
        "AWS::EFS::FileSystem",
        "AWS::EKS::Cluster",
        "AWS::FSx::FileSystem",
        "AWS::FSx::Volume",
        "AWS::Neptune::DBCluster",
        "AWS::RDS::DBCluster",
        "AWS::RDS::DBInstance",
        "AWS::Redshift::Cluster",
        "AWS::RedshiftServerless::Namespace",
        "AWS::S3::Bucket",
        "AWS::Timestream::Table",
    )
)
"""What is backed up under an ARN of its own: no attribute of one is the ARN of another."""


@dataclass(frozen=True, slots=True)
class Arns:
    """What the ARNs of a kind of resource look like.

    Attributes:
        service: the service in them, e.g. ``dynamodb``.
        prefix: what comes before the name, e.g. ``table/``; nothing for a bucket.
    """

    service: str
    prefix: str


def in_backup_plan(resource: Resource, arns: Arns, *tags: str) -> Outcome:
    """Judge that a backup selection takes a resource.

    Args:
        resource: what should be backed up.
        arns: what its ARN looks like.
        *tags: the path of its tags, with ``"*"`` for each place of a list.
    """
    selections, unsure = selections_of(resource, arns, *tags)
    if selections:
        return MET
    if unsure:
        return undecided(why="an intrinsic function or a condition hides what a backup selection takes")
    return broken(found="no backup selection takes it")


def selections_of(resource: Resource, arns: Arns, *tags: str) -> tuple[list[Resource], bool]:
    """Return the backup selections that take a resource, and whether others may.

    Args:
        resource: what should be backed up.
        arns: what its ARN looks like.
        *tags: the path of its tags, with ``"*"`` for each place of a list.
    """
    assembly = resource.template.assembly
    named, broad = assembly.once("what backup selections name", lambda: _index(assembly))
    candidates = dict.fromkeys([*named.get(resource, ()), *broad])
    answers = [(selection, _selects(selection, resource, arns, tags)) for selection in candidates]
    return [selection for selection, answer in answers if answer], any(answer is None for _, answer in answers)


def _index(assembly: Assembly) -> tuple[dict[Resource, list[Resource]], list[Resource]]:
    """Return the selections that name each resource, and those that may take others."""
    named: dict[Resource, list[Resource]] = defaultdict(list)
    broad: list[Resource] = []
    for selection in assembly.resources(_SELECTION):
        if not selection.exists:
            continue
        body = selection.at("BackupSelection")
        places = body.at("Resources").items()
        targets = [place.targets() for place in places]
        for target in dict.fromkeys(target for found in targets for target in found):
            named[target].append(selection)
        # Conditions and exceptions only take away from what is named.
        if not places or not body.at("ListOfTags").is_absent or not all(map(_are_stores, targets)):
            broad.append(selection)
    return dict(named), broad


def _are_stores(targets: Sequence[Resource]) -> bool:
    """Tell whether what a selection names is known: an attribute of anything else can be the ARN of any store."""
    return bool(targets) and all(target.type in _STORES for target in targets)


def _selects(selection: Resource, resource: Resource, arns: Arns, tags: tuple[str, ...]) -> bool | None:
    body = selection.at("BackupSelection")
    if body.is_unknown:
        return None
    resources, listed, conditions = body.at("Resources"), body.at("ListOfTags"), body.at("Conditions")
    taken = _any(
        [
            _any_of(resources, (_takes(place, resource, arns) for place in resources.items())),
            _any_of(listed, (_tagged(one, resource, tags) for one in listed.items())),
        ]
    )
    if resources.is_absent and listed.is_absent and _say_something(conditions):
        taken = True
    without = body.at("NotResources")
    left_out = _any_of(without, (_takes(place, resource, arns) for place in without.items()))
    return _all([taken, _fulfils(conditions, resource, tags), None if left_out is None else not left_out])


def _say_something(conditions: Node) -> bool:
    return conditions.is_unknown or any(place.is_unknown or place.items() for _, place in conditions.entries())


def _takes(place: Node, resource: Resource, arns: Arns) -> bool | None:
    pattern, targets = place.outline(), place.targets()
    if resource in targets:
        whole = pattern == UNKNOWN or pattern.partition(arns.prefix or ":::")[2] == UNKNOWN
        return (True if place.target() is resource else None) if whole else False
    if _are_stores(targets):
        return False
    fields = pattern.split(":", 5)
    if len(fields) < 6:
        example = f"arn:aws:{arns.service}:us-east-1:123456789012:{arns.prefix}x"
        return None if UNKNOWN in pattern else fnmatchcase(example, pattern)
    if not fnmatchcase(arns.service, fields[2].replace(UNKNOWN, "*")):
        return False
    hidden = UNKNOWN in fields[2] + fields[5]
    return _takes_name(fields[5].replace(UNKNOWN, "*"), resource, arns, sure=not hidden)


def _takes_name(pattern: str, resource: Resource, arns: Arns, *, sure: bool) -> bool | None:
    if pattern in ("*", arns.prefix + "*") and sure:
        return True
    name = resource.name
    if name.text is not None:
        return (True if sure else None) if fnmatchcase(arns.prefix + name.text, pattern) else False
    head, wildcard, _ = pattern.partition("*")
    if not wildcard:  # CloudFormation makes up the name of a resource that has none, so no literal is it.
        return None if name.is_unknown and head.startswith(arns.prefix) else False
    return None if head.startswith(arns.prefix) or arns.prefix.startswith(head) else False


def _fulfils(conditions: Node, resource: Resource, tags: tuple[str, ...]) -> bool | None:
    entries = dict(conditions.entries())
    equal = entries.pop("StringEquals", None)
    answers: list[bool | None] = [None for _ in entries]
    if conditions.is_unknown or (equal is not None and equal.is_unknown):
        answers.append(None)
    answers += [_tagged(one, resource, tags) for one in (equal.items() if equal is not None else [])]
    return _all(answers)


def _tagged(condition: Node, resource: Resource, path: tuple[str, ...]) -> bool | None:
    key, value = condition.at("ConditionKey"), condition.at("ConditionValue")
    if key.text is None or value.text is None:
        return None if condition.is_unknown or key.is_unknown or value.is_unknown else False
    name = key.text.removeprefix(_TAG_PREFIX)
    # Of the tags that the whole stack is deployed with, the keys are known.
    hidden = name in resource.template.stack_tags
    for tags in resource.each(*path):
        hidden = hidden or tags.is_unknown
        for tag in tags.items():
            if tag.is_unknown or tag.at("Key").is_unknown:
                hidden = True
            elif tag.at("Key").text == name:
                if tag.at("Value").text == value.text:
                    return True
                hidden = hidden or tag.at("Value").is_unknown
    return None if hidden else False


def _any_of(place: Node, answers: Iterable[bool | None]) -> bool | None:
    return _any([*answers, None if place.is_unknown else False])


def _any(answers: Iterable[bool | None]) -> bool | None:
    found = list(answers)
    return True if True in found else None if None in found else False


def _all(answers: Iterable[bool | None]) -> bool | None:
    found = list(answers)
    return False if False in found else None if None in found else True
