"""What a template must show of the segments of a network: where data stores are, and what may leave."""

from __future__ import annotations

from hipaa_constructs.rules._launches import listed
from hipaa_constructs.rules._network import is_open, only_port
from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._outcome import MET, NOT_APPLICABLE, Outcome, Verdict, all_met
from hipaa_constructs.rules._routes import SUBNET, subnet_leads_out, vpc_leads_out
from hipaa_constructs.rules._rule import Severity, rule

GROUP = "AWS::EC2::SecurityGroup"
EGRESS = "AWS::EC2::SecurityGroupEgress"
ATTACHMENT = "AWS::EC2::VPCGatewayAttachment"
_GUIDE = "https://docs.aws.amazon.com/vpc/latest/userguide/"
_HTTPS = 443
_STORES = {
    "AWS::DAX::SubnetGroup": ("SubnetIds",),
    "AWS::DMS::ReplicationSubnetGroup": ("SubnetIds",),
    "AWS::DocDB::DBSubnetGroup": ("SubnetIds",),
    "AWS::EFS::MountTarget": ("SubnetId",),
    "AWS::ElastiCache::ServerlessCache": ("SubnetIds",),
    "AWS::ElastiCache::SubnetGroup": ("SubnetIds",),
    "AWS::MemoryDB::SubnetGroup": ("SubnetIds",),
    "AWS::Neptune::DBSubnetGroup": ("SubnetIds",),
    "AWS::OpenSearchService::Domain": ("VPCOptions", "SubnetIds"),
    "AWS::RDS::DBSubnetGroup": ("SubnetIds",),
    "AWS::Redshift::ClusterSubnetGroup": ("SubnetIds",),
    "AWS::RedshiftServerless::Workgroup": ("SubnetIds",),
}
"""Where data stores, or the groups of subnets that they are put in, name their subnets."""


@rule(
    title="every data store is in subnets that nothing leads out of",
    fix="name isolated subnets, whose route tables have no default route, apart from those of programs and gateways",
    applies_to=tuple(_STORES),
    controls=("164.312(a)(1)", "164.312(e)(1)"),
    requirement="HC-039",
    severity=Severity.WARNING,
    url=_GUIDE + "VPC_Scenarios.html",
)
def data_store_in_isolated_subnets(store: Resource) -> Outcome:
    """Judge subnets whose route tables are in the templates: who breaks into a store must not send away what it has.

    Where a subnet or its routes are elsewhere, nobody here can tell, so nothing is judged.
    """
    place = store.at(*_STORES[store.type])
    if place.is_absent:
        return NOT_APPLICABLE
    outcome = all_met(_isolated(one) for one in listed(place))
    return NOT_APPLICABLE if outcome.verdict is Verdict.UNDECIDED else outcome


def _isolated(place: Node) -> Outcome:
    subnet = place.target()
    leads_out = subnet_leads_out(subnet) if subnet is not None and subnet.type == SUBNET else None
    if place.text is None and not place.is_unknown:
        return place.broken()
    if leads_out is None:
        return place.undecided("the subnet or its routes are not in the templates")
    return place.broken("a subnet with a default route") if leads_out else MET


@rule(
    title="what is in a network that leads out may call the internet by HTTPS only",
    fix="set SecurityGroupEgress to the groups, prefix lists and ports that are needed (allow_all_outbound=False)",
    applies_to=(GROUP, EGRESS),
    controls=("164.312(e)(1)",),
    requirement="HC-022",
    severity=Severity.WARNING,
    url=_GUIDE + "security-group-rules.html",
)
def security_group_egress_confined(resource: Resource) -> Outcome:
    """Judge openings to the public on other ports than 443; a network that nothing leads out of confines by itself.

    A group without rules lets everything out, as does one that the CDK makes.
    """
    if resource.type == EGRESS:
        openings, group = [resource.at()], resource.at("GroupId").target()
    else:
        openings, group = listed(resource.at("SecurityGroupEgress")), resource
    outcome = all_met([MET, *map(_confined, openings)]) if openings else _without_rules(resource)
    if outcome.verdict is Verdict.MET or group is None:
        return outcome
    vpc = group.at("VpcId").target()
    return MET if vpc is not None and vpc_leads_out(vpc) is False else outcome


def _confined(opening: Node) -> Outcome:
    if opening.is_unknown:
        return opening.undecided()
    everyone, alone = is_open(opening), only_port(opening, _HTTPS)
    if everyone is False or alone:
        return MET
    if everyone is None or alone is None:
        return opening.undecided("an intrinsic function hides what is called on which port")
    return opening.broken("everything outside, on other ports than 443")


def _without_rules(group: Resource) -> Outcome:
    # CloudFormation takes the rule that lets everything out away from a group once it adds one.
    added, unsure = group.template.assembly.pointing_at(group, EGRESS, "GroupId")
    place = group.at("SecurityGroupEgress")
    if added:
        return MET
    return place.undecided("a rule of its own may take its place") if unsure else place.broken("absent: everything")


@rule(
    title="internet gateways are attached to the VPCs only that the team named",
    fix="take the gateway away, or name the VPC among the settings' internet_vpcs",
    applies_to=(ATTACHMENT,),
    controls=("164.312(e)(1)",),
    requirement="HC-038",
    same_as=("config:internet-gateway-authorized-vpc-only",),
    url=_GUIDE + "VPC_Internet_Gateway.html",
)
def internet_gateway_authorized(attachment: Resource) -> Outcome:
    """Judge attachments by the list of VPCs that the team decided on; without a list nothing is judged."""
    authorized = attachment.template.assembly.settings.internet_vpcs
    if authorized is None or attachment.at("InternetGatewayId").is_absent:
        return NOT_APPLICABLE
    place = attachment.at("VpcId")
    vpc = place.target()
    if vpc is not None:
        return MET if vpc.logical_id in authorized or vpc.construct_path in authorized else place.broken()
    return place.must_be(*authorized)
