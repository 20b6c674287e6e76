"""What instances are launched with, wherever a template says it."""

from __future__ import annotations

from collections.abc import Callable

from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._outcome import MET, Outcome, Verdict, all_met

INSTANCE = "AWS::EC2::Instance"
LAUNCH_TEMPLATE = "AWS::EC2::LaunchTemplate"
LAUNCH_CONFIGURATION = "AWS::AutoScaling::LaunchConfiguration"
SPOT_FLEET = "AWS::EC2::SpotFleet"
EC2_FLEET = "AWS::EC2::EC2Fleet"
DATA = "LaunchTemplateData"


def listed(place: Node) -> list[Node]:
    """Return the places of a list that need not be there; the place itself if it is unknown, or no list."""
    if place.is_absent:
        return []
    return place.items() if isinstance(place.value, list) else [place]


def launches(resource: Resource) -> list[Node]:
    """Return the places that say how instances are launched: one of most resources, several of fleets."""
    match resource.type:
        case "AWS::EC2::LaunchTemplate":
            return [resource.at(DATA)]
        case "AWS::EC2::SpotFleet":
            return listed(resource.at("SpotFleetRequestConfigData", "LaunchSpecifications"))
        case "AWS::EC2::EC2Fleet":
            configs = listed(resource.at("LaunchTemplateConfigs"))
            return [place for config in configs for place in listed(config.at("Overrides"))]
    return [resource.at()]


def each_launch(resource: Resource, judge: Callable[[Node], Outcome]) -> Outcome:
    """Judge every place that says how instances are launched."""
    return all_met([MET, *map(judge, launches(resource))])


def own_or_templates(
    instance: Resource, judge: Callable[[Node], Outcome], own: tuple[str, ...], template: tuple[str, ...]
) -> Outcome:
    """Judge what an instance says itself, or else what its launch template says.

    Args:
        instance: may name a launch template.
        judge: of the place, wherever it is.
        own: the place in the properties of the instance.
        template: the place in the data of a launch template.
    """
    place, specification = instance.at(*own), instance.at("LaunchTemplate")
    if not place.is_absent or specification.is_absent:
        return judge(place)
    named = named_template(specification)
    if named is None:
        return place.undecided("a launch template decides that is not in the templates, or not in this version")
    inherited = judge(named.at(DATA, *template))
    if inherited.verdict is Verdict.BROKEN:
        return place.broken(f"{inherited.found} in its launch template")
    return place.undecided(inherited.found) if inherited.verdict is Verdict.UNDECIDED else inherited


def named_template(specification: Node) -> Resource | None:
    """Return the launch template that is named in its latest version, if it is in the templates."""
    version = specification.at("Version")
    for key in ("LaunchTemplateId", "LaunchTemplateName"):
        target = specification.at(key).target()
        if target is not None and target.type == LAUNCH_TEMPLATE:
            return target if version.text == "$Latest" or version.target() is target else None
    return None
