"""What a template must show of the services it uses, whatever they are."""

from __future__ import annotations

from functools import lru_cache

from hipaa_constructs.rules._eligible import Standing, eligible_services
from hipaa_constructs.rules._node import Resource
from hipaa_constructs.rules._outcome import MET, NOT_APPLICABLE, Outcome, broken, undecided
from hipaa_constructs.rules._rule import Severity, rule
from hipaa_constructs.rules._template import anchored

_LIST = "https://docs.aws.amazon.com/whitepapers/latest/architecting-hipaa-security-and-compliance-on-aws/welcome.html"
_OLDEST_DAYS = 365


@rule(
    title="every resource is of a service that is HIPAA eligible, or that holds no data",
    fix="use a service of the HIPAA Eligible Services Reference, or waive this for resources that never hold ePHI",
    applies_to=("*",),
    controls=("164.308(b)(1)", "164.314(a)(1)"),
    requirement="HC-328",
    url=_LIST,
)
def service_hipaa_eligible(resource: Resource) -> Outcome:
    """Judge the type by the list in this package: the agreement with AWS lets ePHI into eligible services only."""
    return _standing(resource.type)


@lru_cache(maxsize=4096)
def _standing(kind: str) -> Outcome:
    entry = eligible_services().of(kind)
    if entry is None:
        return undecided("Type", why=f"the list of {eligible_services().as_of} does not know the service of {kind}")
    match entry.standing:
        case Standing.ELIGIBLE:
            return MET
        case Standing.SUPPORTING:
            return NOT_APPLICABLE
        case Standing.NOT_ELIGIBLE:
            return broken("Type", found=f"{kind}, {entry.note}")
        case Standing.UNCLEAR:
            return undecided("Type", why=f"{kind}: {entry.note}")


@rule(
    title="the list of eligible services is less than a year old",
    fix="update hipaa_constructs, or waive this after a look at AWS's HIPAA Eligible Services Reference",
    applies_to=("*",),
    controls=("164.308(b)(1)",),
    requirement="HC-328",
    severity=Severity.WARNING,
    url=_LIST,
    only=anchored,
)
def eligible_services_list_current(resource: Resource) -> Outcome:
    """Judge the date of the list, at the first resource of all."""
    assembly = resource.template.assembly
    if resource is not assembly.anchor:
        return NOT_APPLICABLE
    as_of = eligible_services().as_of
    age = (assembly.today - as_of).days
    return MET if age <= _OLDEST_DAYS else broken(found=f"it is of {as_of}, {age} days old")
