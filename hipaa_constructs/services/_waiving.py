"""Waivers, put on constructs: written into the template and acknowledged to the CDK."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import Acknowledgment, CfnResource, Validations
from constructs import IConstruct

from hipaa_constructs.errors import ComplianceError
from hipaa_constructs.rules import RULES
from hipaa_constructs.services._library_waivers import development_waiver
from hipaa_constructs.services._metadata import noted
from hipaa_constructs.services._options import Arguments
from hipaa_constructs.waivers import METADATA_KEY, RecordedWaiver, Waiver


def waive(construct: IConstruct, *waivers: Waiver) -> None:
    """Excuse the resources of a construct from rules.

    For constructs that are not of this package; those take ``waivers=[…]`` themselves. Each waiver is put on the
    resources that its rule is about, among those that are there at the time of the call: a resource added afterwards is
    not excused.

    Args:
        construct: a resource, a construct, a stack; the narrower, the better an auditor understands it.
        waivers: the exceptions.

    Raises:
        ComplianceError: there is no such resource, so that the waiver would excuse nothing.
    """
    if not waivers:
        return
    node = construct.node
    resources, path = [child for child in node.find_all() if isinstance(child, CfnResource)], node.path
    for waiver in waivers:
        for resource in _resources_for(construct, waiver, resources):
            record(resource, [waiver], path=path)


def excuse(construct: IConstruct, arguments: Arguments) -> None:
    """Excuse the resources of a construct from the rules that it has waivers of, or that its environment relaxes.

    Args:
        construct: what was made.
        arguments: what it was made of.
    """
    waive(construct, *arguments.waivers)
    if arguments.relaxed:
        resources = [child for child in construct.node.find_all() if isinstance(child, CfnResource)]
        for rule in arguments.relaxed:
            waiver = development_waiver(rule)
            for resource in _resources_for(construct, waiver, resources):
                record(resource, [waiver], path=construct.node.path, by_library=True)


def _resources_for(construct: IConstruct, waiver: Waiver, resources: Sequence[CfnResource]) -> Sequence[CfnResource]:
    if waiver.is_foreign:
        main: IConstruct | None = construct
        while main is not None and not isinstance(main, CfnResource):
            main = main.node.default_child
        if main is not None:
            return [main]
        raise ComplianceError(
            f"{construct.node.path}: {waiver.rule} must be waived on one resource, got a construct without a main one; "
            "waive it on the resource that the finding names"
        )
    types = RULES[waiver.rule].applies_to
    chosen = [resource for resource in resources if "*" in types or resource.cfn_resource_type in types]
    if not chosen:
        raise ComplianceError(
            f"{construct.node.path}: {waiver.rule} must be waived where there is a resource of type "
            f"{' or '.join(types)}, got none; call waive() after the resources are made"
        )
    return chosen


def record(resource: CfnResource, waivers: Sequence[Waiver], *, path: str, by_library: bool = False) -> None:
    """Write waivers into a resource's metadata and acknowledge them to the CDK, for this resource alone.

    Args:
        resource: what is excused.
        waivers: the exceptions; none leaves the resource as it is.
        path: of the construct that they were given to.
        by_library: whether this package makes them, because AWS leaves no other way.
    """
    if not waivers:
        return
    found = noted(resource)
    before = found.get("waivers")
    recorded: list[object] = [*before] if isinstance(before, list) else []
    recorded += [RecordedWaiver(waiver, path, by_library).as_metadata() for waiver in waivers]
    acknowledgments = [
        Acknowledgment(id=id, reason=f"{waiver.reason} (approved by {waiver.approved_by}, until {waiver.expiry})")
        for waiver in waivers
        for id in waiver.acknowledged_ids
    ]
    Validations.of(resource).acknowledge(*acknowledgments)
    resource.add_metadata(METADATA_KEY, {**found, "waivers": recorded})
