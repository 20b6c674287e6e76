"""What a template must show of Amazon VPC: flow logs, default groups, subnets, routes and endpoints."""

from __future__ import annotations

import json
from collections.abc import Iterable

from hipaa_constructs.rules._network import is_wide, lists_public, prefix_list
from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._outcome import MET, NOT_APPLICABLE, Outcome, Verdict, all_met, broken, undecided
from hipaa_constructs.rules._policy import Statement, read
from hipaa_constructs.rules._resolve import intrinsic, names_in
from hipaa_constructs.rules._rule import Severity, rule
from hipaa_constructs.rules._template import Assembly
from hipaa_constructs.rules._value import Unresolved
from hipaa_constructs.rules._zones import zone_of

VPC = "AWS::EC2::VPC"
SUBNET = "AWS::EC2::Subnet"
FLOW_LOG = "AWS::EC2::FlowLog"
ENDPOINT = "AWS::EC2::VPCEndpoint"
_ASSOCIATION = "AWS::SSM::Association"
_GUIDE = "https://docs.aws.amazon.com/vpc/latest/userguide/"
_ENDPOINT_GUIDE = "https://docs.aws.amazon.com/vpc/latest/privatelink/"
_GATEWAYS = ("TransitGateway", "TransitGatewayAttachment")
_RUNBOOKS = ("AWSConfigRemediation-RemoveVPCDefaultSecurityGroupRules", "AWS-CloseSecurityGroup")
_NEEDED_FIELDS = (
    "interface-id",
    "srcaddr",
    "dstaddr",
    "srcport",
    "dstport",
    "protocol",
    "packets",
    "bytes",
    "start",
    "end",
    "action",
    "log-status",
    "tcp-flags",
    "pkt-srcaddr",
    "pkt-dstaddr",
    "flow-direction",
    "traffic-path",
)
_WHOSE_REQUEST = (
    "aws:PrincipalAccount",
    "aws:PrincipalArn",
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:userid",
)
_WHOSE_RESOURCE = ("aws:ResourceAccount", "aws:ResourceOrgID", "aws:ResourceOrgPaths")
_DIFFERING = ("stringnotequals", "stringnotequalsifexists", "stringnotlike", "stringnotlikeifexists")
_WITHOUT_PRIVATE_DNS = (".dynamodb-streams", ".iot.data")
"""Services whose interface endpoints answer to no private name.

AWS: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/privatelink-streams.html and
https://docs.aws.amazon.com/iot/latest/developerguide/IoTCore-VPC.html
"""
_RECORDS = (
    ("AWS::Route53::RecordSet", "AliasTarget", "DNSName"),
    ("AWS::Route53::RecordSet", "ResourceRecords", "*"),
    ("AWS::Route53::RecordSetGroup", "RecordSets", "*", "AliasTarget", "DNSName"),
    ("AWS::Route53::RecordSetGroup", "RecordSets", "*", "ResourceRecords", "*"),
)


@rule(
    title="every VPC has a flow log",
    fix="add an AWS::EC2::FlowLog whose ResourceId is the VPC and whose ResourceType is VPC",
    applies_to=(VPC,),
    controls=("164.312(b)",),
    requirement="HC-033",
    same_as=(
        "cdk-nag:HIPAA.Security-VPCFlowLogsEnabled",
        "config:vpc-flow-logs-enabled",
        "prowler:vpc_flow_logs_enabled",
    ),
    url=_GUIDE + "flow-logs.html",
)
def vpc_flow_logged(vpc: Resource) -> Outcome:
    """Judge that a flow log of any stack is about it; one of a subnet sees a part only."""
    sure, unsure = vpc.template.assembly.pointing_at(vpc, FLOW_LOG, "ResourceId")
    if any(log.at("ResourceType").text == "VPC" for log in sure):
        return MET
    if unsure or any(log.at("ResourceType").is_unknown for log in sure):
        return undecided(why="an intrinsic function hides what a flow log is about")
    return broken(found="no flow log is about it")


@rule(
    title="every flow log records accepted and rejected traffic",
    fix="set TrafficType to ALL",
    applies_to=(FLOW_LOG,),
    controls=("164.312(b)",),
    requirement="HC-034",
    url=_GUIDE + "flow-logs-basics.html",
)
def flow_log_records_all_traffic(log: Resource) -> Outcome:
    """Judge the kind of traffic; a second flow log of the same resource may record the other half."""
    if log.at("ResourceType").text in _GATEWAYS:  # Their flow logs always record everything.
        return NOT_APPLICABLE
    place = log.at("TrafficType")
    outcome = place.must_be("ALL")
    target = log.at("ResourceId").target()
    if outcome.verdict is Verdict.BROKEN and target is not None and place.text in ("ACCEPT", "REJECT"):
        logs, _ = target.template.assembly.pointing_at(target, FLOW_LOG, "ResourceId")
        kinds = {other.at("TrafficType").text for other in logs}
        if "ALL" in kinds or kinds >= {"ACCEPT", "REJECT"}:
            return MET
    return outcome


@rule(
    title="every flow log records who really spoke, which way and by which path",
    fix="set LogFormat to the default fields, tcp-flags, pkt-srcaddr, pkt-dstaddr, flow-direction and traffic-path",
    applies_to=(FLOW_LOG,),
    controls=("164.312(b)",),
    requirement="HC-326",
    severity=Severity.WARNING,
    url=_GUIDE + "flow-log-records.html",
)
def flow_log_records_who_spoke(log: Resource) -> Outcome:
    """Judge the fields; behind a load balancer or NAT the default format names the middleman only."""
    if log.at("ResourceType").text in _GATEWAYS:
        return NOT_APPLICABLE
    place = log.at("LogFormat")
    if place.text is None:
        return place.undecided() if place.is_unknown else place.broken()
    missing = [field for field in _NEEDED_FIELDS if "${" + field + "}" not in place.text]
    return place.broken(f"without {', '.join(missing)}") if missing else MET


@rule(
    title="every default security group is closed",
    fix="have its rules taken out, by the runbook AWSConfigRemediation-RemoveVPCDefaultSecurityGroupRules in an "
    "AWS::SSM::Association (FlowLoggedVpc does) or by restrict_default_security_group=True of ec2.Vpc",
    applies_to=(VPC,),
    controls=("164.312(e)(1)",),
    requirement="HC-035",
    same_as=(
        "cdk-nag:HIPAA.Security-VPCDefaultSecurityGroupClosed",
        "config:vpc-default-security-group-closed",
        "prowler:ec2_securitygroup_default_restrict_traffic",
    ),
    severity=Severity.WARNING,
    url=_GUIDE + "default-security-group.html",
)
def vpc_default_security_group_closed(vpc: Resource) -> Outcome:
    """Judge that something takes its rules out, which CloudFormation itself can't."""
    assembly = vpc.template.assembly
    closing, unsure = assembly.pointing_at(vpc, "Custom::VpcRestrictDefaultSG", "DefaultSecurityGroupId")
    for path in (
        ("Targets", "*", "Values", "*"),
        ("Parameters", "GroupId", "*"),
        ("Parameters", "SecurityGroupId", "*"),
    ):
        found, hidden = assembly.pointing_at(vpc, _ASSOCIATION, *path)
        closing = [*closing, *(one for one in found if one.at("Name").text in _RUNBOOKS)]
        unsure = [*unsure, *(one for one in hidden if one.at("Name").text in _RUNBOOKS)]
    remediations = assembly.resources("AWS::Config::RemediationConfiguration")
    if closing or any(_closes_all(one) for one in remediations):
        return MET
    if unsure or any(_names_default_group(one, vpc) for one in _custom_resources(vpc)):
        return undecided(why="a custom resource or an intrinsic function hides whether its rules are taken out")
    return broken(found="nothing takes the rules out of its default security group")


def _closes_all(remediation: Resource) -> bool:
    named = remediation.at("TargetId").text in _RUNBOOKS
    return named and remediation.at("Automatic").value is True and remediation.exists


def _custom_resources(vpc: Resource) -> Iterable[Resource]:
    assembly = vpc.template.assembly

    def find() -> list[Resource]:
        kinds = (kind for kind in assembly.types if kind.startswith("Custom::"))
        return assembly.resources("AWS::CloudFormation::CustomResource", *kinds)

    return assembly.once("custom resources", find)


def _names_default_group(resource: Resource, vpc: Resource) -> bool:
    named = names_in(resource.body.get("Properties"))
    return resource.template is vpc.template and (vpc.logical_id, "DefaultSecurityGroup") in named


@rule(
    title="no subnet gives public addresses to what is launched in it",
    fix="leave MapPublicIpOnLaunch and AssignIpv6AddressOnCreation out, or set them to false",
    applies_to=(SUBNET,),
    controls=("164.312(a)(1)", "164.312(e)(1)"),
    requirement="HC-036",
    same_as=(
        "cdk-nag:HIPAA.Security-VPCSubnetAutoAssignPublicIpDisabled",
        "config:subnet-auto-assign-public-ip-disabled",
        "guard:SUBNET_AUTO_ASSIGN_PUBLIC_IP_DISABLED",
        "prowler:vpc_subnet_no_public_ip_by_default",
    ),
    url=_GUIDE + "subnet-public-ip.html",
)
def subnet_assigns_no_public_address(subnet: Resource) -> Outcome:
    """Judge both families of addresses; every IPv6 address of a VPC can be routed from the internet."""
    flags = (subnet.at("MapPublicIpOnLaunch"), subnet.at("AssignIpv6AddressOnCreation"))
    return all_met([MET, *(flag.must_be(False) for flag in flags if not flag.is_absent)])


@rule(
    title="no route leads everywhere through an internet gateway",
    fix="route through a NAT gateway, a VPC endpoint or a transit gateway instead, or narrow the destination",
    applies_to=("AWS::EC2::Route",),
    controls=("164.312(e)(1)",),
    requirement="HC-037",
    same_as=(
        "cdk-nag:HIPAA.Security-VPCNoUnrestrictedRouteToIGW",
        "config:no-unrestricted-route-to-igw",
        "guard:NO_UNRESTRICTED_ROUTE_TO_IGW",
    ),
    url=_GUIDE + "VPC_Internet_Gateway.html",
)
def route_not_to_internet_gateway(route: Resource) -> Outcome:
    """Judge routes of both families; the subnets of internet-facing load balancers need a waiver."""
    gateway = route.at("GatewayId")
    leads = _leads_to_internet(gateway)
    if gateway.is_absent:
        return NOT_APPLICABLE
    if leads is False:
        return MET
    outcomes = []
    for name in ("DestinationCidrBlock", "DestinationIpv6CidrBlock"):
        place = route.at(name)
        if not place.is_absent:
            wide = is_wide(place)
            outcomes.append(MET if wide is False else place.undecided() if wide is None else place.broken())
    listed = route.at("DestinationPrefixListId")
    if not listed.is_absent:
        outcomes.append(_prefixes_confined(listed))
    outcome = all_met(outcomes) if outcomes else gateway.broken("an internet gateway, without a destination")
    if leads is None and outcome.verdict is Verdict.BROKEN:
        return gateway.undecided()
    return outcome


def _prefixes_confined(place: Node) -> Outcome:
    prefixes = prefix_list(place)
    public = None if prefixes is None else lists_public(prefixes)
    if public is None:
        return place.undecided("a prefix list hides where it leads")
    return place.broken("a prefix list of everyone") if public else MET


def _leads_to_internet(gateway: Node) -> bool | None:
    if gateway.is_unknown:
        targets = gateway.targets()
        if any(target.type == "AWS::EC2::InternetGateway" for target in targets):
            return True if gateway.target() is not None else None
        known = ("AWS::EC2::VPNGateway", "AWS::EC2::CarrierGateway", ENDPOINT)
        return False if targets and all(target.type in known for target in targets) else None
    text = gateway.text
    return text is None or text.startswith("igw-")


@rule(
    title="every VPC spans two Availability Zones or more",
    fix="declare subnets in two zones or more",
    applies_to=(VPC,),
    controls=("164.308(a)(7)(i)", "164.308(a)(7)(ii)(C)"),
    requirement="HC-045",
    same_as=("prowler:vpc_subnet_different_az",),
    severity=Severity.WARNING,
    url="https://docs.aws.amazon.com/vpc/latest/userguide/configure-subnets.html",
)
def vpc_spans_zones(vpc: Resource) -> Outcome:
    """Judge the zones of the subnets that the templates declare, in any stack."""
    subnets, unsure = vpc.template.assembly.pointing_at(vpc, SUBNET, "VpcId")
    if not subnets and not unsure:
        return NOT_APPLICABLE
    named: set[str] = set()
    numbered: set[str] = set()
    hidden = bool(unsure)
    for subnet in subnets:
        place = zone_of(subnet)
        if place.text is not None:
            named.add(place.text)
        elif (number := _numbered_zone(place)) is not None:
            numbered.add(number)
        else:
            hidden = True
    if max(len(named), len(numbered)) > 1:
        return MET
    if hidden or (named and numbered):
        return undecided(why="the zones of its subnets are known at deployment only")
    return broken(found="all its subnets are in one Availability Zone")


def _numbered_zone(place: Node) -> str | None:
    """Return which of the Region's zones a value picks, where it picks one by its number."""
    if not isinstance(place.value, Unresolved):
        return None
    match intrinsic(place.value.expression):
        case "Fn::Select", [number, zones] if (intrinsic(zones) or ("",))[0] == "Fn::GetAZs":
            return json.dumps([str(number), zones])
    return None


@rule(
    title="every endpoint of an AWS service admits known principals only",
    fix="give it a PolicyDocument whose statements name principals, confine them by aws:PrincipalAccount or "
    "aws:PrincipalOrgID, or name the resources",
    applies_to=(ENDPOINT,),
    controls=("164.312(a)(1)",),
    requirement="HC-041",
    same_as=("prowler:vpc_endpoint_connections_trust_boundaries",),
    severity=Severity.WARNING,
    url=_ENDPOINT_GUIDE + "vpc-endpoints-access.html",
)
def vpc_endpoint_policy_confined(endpoint: Resource) -> Outcome:
    """Judge the policy: without one, whoever is in the network may carry data to an account of their own.

    A statement that denies everything to strangers, or on their resources, confines those that allow.
    """
    service = endpoint.at("ServiceName")
    if endpoint.at("VpcEndpointType").value in ("GatewayLoadBalancer", "Resource", "ServiceNetwork"):
        return NOT_APPLICABLE
    if service.outline().startswith("com.amazonaws.vpce."):  # Endpoint services of others take no policy.
        return NOT_APPLICABLE
    document = endpoint.at("PolicyDocument")
    if document.is_absent:
        return document.broken("absent, so everyone is admitted")
    statements, hidden = read(document)
    refusing = [statement for statement in statements if _refuses_strangers(statement)]
    outcomes = [
        MET if any(_overrules(one, statement) for one in refusing) else _admits_known(statement)
        for statement in statements
    ]
    if hidden or document.is_unknown:
        outcomes.append(document.undecided("an intrinsic function hides statements of the policy"))
    return all_met(outcomes) if outcomes else document.broken()


def _refuses_strangers(statement: Statement) -> bool:
    """Tell whether a statement denies what it is about to all who are not known, or on all resources of others."""
    everything = any(place.value == "*" for place in statement.resources)
    if not (statement.is_deny and statement.names_everyone() and everything) or statement.hidden or statement.inverted:
        return False
    deciding = [
        (operator, key, values)
        for (operator, key), values in statement.conditions.items()
        if key != "aws:principalisawsservice"
    ]
    if len(deciding) != 1:  # All conditions must hold at once, so a second one narrows what is denied.
        return False
    operator, key, values = deciding[0]
    known = any(key == one.lower() for one in (*_WHOSE_REQUEST, *_WHOSE_RESOURCE))
    return known and operator in _DIFFERING and all("*" not in node.outline() for node in values)


def _overrules(denying: Statement, allowing: Statement) -> bool:
    sure = not allowing.inverted and "Action" not in allowing.hidden and bool(allowing.action_texts)
    return sure and allowing.effect == "Allow" and denying.covers(*allowing.action_texts)


def _admits_known(statement: Statement) -> Outcome:
    if not statement.may_be("Allow"):
        return MET if statement.is_deny else statement.node.broken("neither Allow nor Deny")
    if statement.is_confined((*_WHOSE_REQUEST, *_WHOSE_RESOURCE)) or _is_for_services(statement):
        return MET
    everyone = statement.names_everyone() or "NotPrincipal" in statement.inverted
    if not everyone and "Principal" not in statement.hidden:
        return MET
    named = [_names_owner(place) for place in statement.resources]
    if named and all(named):
        return MET
    if not everyone or statement.hidden & {"Effect", "Condition"} or (None in named and False not in named):
        return statement.node.undecided("an intrinsic function hides whom it admits")
    return statement.node.broken("it admits everyone to everything")


def _is_for_services(statement: Statement) -> bool:
    values = statement.condition("bool", key="aws:PrincipalIsAWSService")
    return bool(values) and all(str(node.value).lower() == "true" for node in values or ())


def _names_owner(place: Node) -> bool | None:
    """Tell whether a resource's ARN says whose it is: by account, or by a name that nobody else can have."""
    if place.may_be("*"):
        return None
    fields = place.outline().split(":", 5)
    if len(fields) < 6:
        return False
    account, name = fields[4:]
    whose = account or name.partition("/")[0]
    return bool(whose) and "*" not in whose and "?" not in whose


@rule(
    title="every interface endpoint answers to the name of its service",
    fix="set PrivateDnsEnabled to true",
    applies_to=(ENDPOINT,),
    controls=("164.312(e)(1)",),
    requirement="HC-040",
    severity=Severity.WARNING,
    url=_ENDPOINT_GUIDE + "interface-endpoints.html",
)
def vpc_endpoint_private_dns_on(endpoint: Resource) -> Outcome:
    """Judge private DNS: without it, callers that use the service's usual name go past the endpoint.

    A record that names the endpoint may do the same for several networks, so that it leaves the question open.
    """
    service = endpoint.at("ServiceName").outline()
    if endpoint.at("VpcEndpointType").text != "Interface":
        return NOT_APPLICABLE
    if service.startswith("com.amazonaws.vpce.") or service.endswith(_WITHOUT_PRIVATE_DNS):
        return NOT_APPLICABLE
    enabled = endpoint.at("PrivateDnsEnabled")
    outcome = enabled.must_be(True)
    if outcome.verdict is Verdict.BROKEN and endpoint in _in_records(endpoint.template.assembly):
        return enabled.undecided("a record names it, perhaps by the name of its service")
    return outcome


def _in_records(assembly: Assembly) -> frozenset[Resource]:
    """Return the resources that records name, also by a part of an attribute."""

    def index() -> frozenset[Resource]:
        return frozenset(
            target
            for kind, *path in _RECORDS
            for record in assembly.resources(kind)
            if record.exists
            for place in record.each(*path)
            for target in place.targets()
        )

    return assembly.once("resources that records name", index)
