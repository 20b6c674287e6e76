"""What a template must show of Amazon Route 53."""

from __future__ import annotations

from collections.abc import Iterable

from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._outcome import MET, NOT_APPLICABLE, Outcome, Verdict, all_met, any_met
from hipaa_constructs.rules._phi import names_staff, phi_like
from hipaa_constructs.rules._rule import Severity, rule

ZONE = "AWS::Route53::HostedZone"
RECORD = "AWS::Route53::RecordSet"
GROUP = "AWS::Route53::RecordSetGroup"
_GUIDE = "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/"
_CHOOSING = ("Failover", "GeoLocation", "GeoProximityLocation", "MultiValueAnswer", "Region", "Weight")
_MAILBOX = "an e-mail address"


def _records(resource: Resource) -> list[Node]:
    return resource.each("RecordSets", "*") if resource.type == GROUP else [resource.at()]


@rule(
    title="no zone and no record looks like an identifier of a patient",
    fix="use opaque ids: DNS is answered to everyone, and zones' names and comments are not encrypted",
    applies_to=(ZONE, RECORD, GROUP),
    controls=("164.312(a)(1)",),
    requirement="HC-219",
    url=_GUIDE + "DomainNameFormat.html",
)
def route53_names_without_phi(resource: Resource) -> Outcome:
    """Judge the texts for patterns of identifiers; a record may name a mailbox of the domain."""
    if resource.type == ZONE:
        tags = [tag.at("Value") for tag in resource.each("HostedZoneTags", "*") if not names_staff(tag.at("Key").text)]
        places = [resource.at("Name"), resource.at("HostedZoneConfig", "Comment"), *tags]
        return all_met([MET, *_likenesses(places)])
    places = [resource.at("Comment")]
    for record in _records(resource):
        places += [record.at("Name"), *record.each("ResourceRecords", "*")]
    return all_met([MET, *_likenesses(places, but=_MAILBOX)])


def _likenesses(places: Iterable[Node], but: str = "") -> list[Outcome]:
    found = [(place, phi_like(place.text)) for place in places if place.text is not None]
    # The text itself stays out of the finding: if it is what it looks like, a report must not spread it.
    return [place.broken(f"text that looks like {kind}") for place, kind in found if kind and kind != but]


def _is_public(zone: Resource) -> Outcome | None:
    """Return what to say of a zone that is not public, or not surely."""
    networks = zone.at("VPCs")
    if networks.is_unknown:
        return networks.undecided("it is not known whether the zone is public")
    return NOT_APPLICABLE if networks.items() else None


@rule(
    title="every public zone logs the queries that it answers",
    fix="set QueryLoggingConfig.CloudWatchLogsLogGroupArn, to a group of us-east-1",
    applies_to=(ZONE,),
    controls=("164.312(b)",),
    requirement="HC-220",
    same_as=(
        "config:route53-query-logging-enabled",
        "prowler:route53_public_hosted_zones_cloudwatch_logging_enabled",
    ),
    severity=Severity.WARNING,
    url=_GUIDE + "query-logs.html",
)
def route53_queries_logged(zone: Resource) -> Outcome:
    """Judge public zones; queries of private ones are logged by the resolver of the VPC."""
    group = zone.at("QueryLoggingConfig", "CloudWatchLogsLogGroupArn").must_be_set()
    other = _is_public(zone)
    return group if other is None or (other.verdict is Verdict.UNDECIDED and group is MET) else other


@rule(
    title="every public zone is signed",
    fix="add an AWS::Route53::KeySigningKey and an AWS::Route53::DNSSEC with the zone in HostedZoneId",
    applies_to=(ZONE,),
    controls=("164.312(c)(1)", "164.312(e)(2)(i)"),
    requirement="HC-221",
    severity=Severity.WARNING,
    url=_GUIDE + "dns-configuring-dnssec.html",
)
def route53_zone_signed(zone: Resource) -> Outcome:
    """Judge that signing is switched on for it, in any stack."""
    other = _is_public(zone)
    if other is not None:
        return other
    sure, unsure = zone.template.assembly.pointing_at(zone, "AWS::Route53::DNSSEC", "HostedZoneId")
    if sure:
        return MET
    name = zone.at("Name")
    return name.undecided("an intrinsic function hides which zone is signed") if unsure else name.broken("not signed")


@rule(
    title="no record leads to an end point whose health is not checked, where others could stand in",
    fix="set HealthCheckId, or EvaluateTargetHealth of the alias to true",
    applies_to=(RECORD, GROUP),
    controls=("164.308(a)(7)(i)", "164.308(a)(7)(ii)(C)"),
    requirement="HC-222",
    severity=Severity.WARNING,
    url=_GUIDE + "dns-failover.html",
)
def route53_records_check_health(resource: Resource) -> Outcome:
    """Judge records that are chosen among several of one name; the last resort of a failover need not be checked."""
    return all_met(_checks_health(record) for record in _records(resource))


def _checks_health(record: Node) -> Outcome:
    if record.at("Failover").text == "SECONDARY" or all(record.at(name).is_absent for name in _CHOOSING):
        return NOT_APPLICABLE
    return any_met(
        [record.at("HealthCheckId").must_be_set(), record.at("AliasTarget", "EvaluateTargetHealth").must_be(True)]
    )
