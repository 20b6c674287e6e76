"""What a template must show of the tags of its resources."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._outcome import MET, NOT_APPLICABLE, Outcome
from hipaa_constructs.rules._rule import Severity, rule
from hipaa_constructs.rules._value import UNKNOWN, may_match


@rule(
    title="every resource carries the tags that the team asks for",
    fix="add the tags, best to the whole stack (Tags.of(app).add in the CDK)",
    applies_to=("*",),
    controls=("164.310(d)(2)(iii)",),
    requirement="HC-330",
    same_as=("config:required-tags",),
    severity=Severity.WARNING,
    url="https://docs.aws.amazon.com/config/latest/developerguide/required-tags.html",
    only=lambda template: template.resources.values() if template.assembly.settings.required_tags else (),
)
def resource_tagged(resource: Resource) -> Outcome:
    """Judge the tags of every type that takes any, and those that the whole stack is deployed with."""
    assembly = resource.template.assembly
    if not assembly.settings.required_tags or resource.type not in taggable_types():
        return NOT_APPLICABLE
    tags = resource.at(taggable_types()[resource.type])
    keys = {*_keys(tags), *resource.template.stack_tags}
    missing = [key for key in assembly.settings.required_tags if key not in keys]
    if not missing:
        return MET
    if tags.is_unknown or any(UNKNOWN in key and may_match([key], missing[0]) for key in keys):
        return tags.undecided("an intrinsic function hides its tags")
    return tags.broken(f"no tag {', '.join(missing)}")


def _keys(tags: Node) -> list[str]:
    """Return the keys of tags, which some types take as a list and some as a mapping."""
    listed = [tag.at("Key").outline() for tag in tags.items()]
    return listed or [key for key, _ in tags.entries()]


@cache
def taggable_types() -> Mapping[str, str]:
    """Return the types that take tags, each with the property that holds them."""
    lines = files(__package__).joinpath("taggable_types.txt").read_text("utf-8").splitlines()
    return {kind: name or "Tags" for kind, _, name in (line.partition(" ") for line in lines)}
