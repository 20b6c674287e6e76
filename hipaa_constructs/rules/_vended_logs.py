"""Logs that a service of AWS vends by a source and a delivery, which stand beside the resource that they are about."""

from __future__ import annotations

from hipaa_constructs.rules._node import Resource
from hipaa_constructs.rules._outcome import MET, NOT_APPLICABLE, Outcome, Verdict, undecided

SOURCE = "AWS::Logs::DeliverySource"
DELIVERY = "AWS::Logs::Delivery"


def vended(resource: Resource, *kinds: str) -> Outcome:
    """Judge that logs of a resource are delivered; not applicable where no template vends any.

    Args:
        resource: what the logs are about.
        kinds: the types of logs that count; none for a resource that has one type only.
    """
    assembly = resource.template.assembly
    sources, unsure = assembly.pointing_at(resource, SOURCE, "ResourceArn")
    hidden = any(_is_of(source, kinds).verdict is not Verdict.BROKEN for source in unsure)
    for source in sources:
        kind = _is_of(source, kinds).verdict
        delivered, others = assembly.pointing_at(source, DELIVERY, "DeliverySourceName")
        if delivered and kind is Verdict.MET:
            return MET
        hidden = hidden or (kind is not Verdict.BROKEN and bool(delivered or others))
    return undecided(why="an intrinsic function hides which logs are delivered") if hidden else NOT_APPLICABLE


def _is_of(source: Resource, kinds: tuple[str, ...]) -> Outcome:
    return source.at("LogType").must_be(*kinds) if kinds else MET
