"""What a template must show of security groups and network ACLs."""

from __future__ import annotations

from hipaa_constructs.rules._launches import listed
from hipaa_constructs.rules._network import closed, in_range, is_open, is_wide, only_port
from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._outcome import MET, NOT_APPLICABLE, Outcome, all_met
from hipaa_constructs.rules._rule import Severity, rule

GROUP = "AWS::EC2::SecurityGroup"
INGRESS = "AWS::EC2::SecurityGroupIngress"
EGRESS = "AWS::EC2::SecurityGroupEgress"
_GUIDE = "https://docs.aws.amazon.com/vpc/latest/userguide/"
_SSH = 22
_HTTPS = 443
_TCP_AND_UDP = (6, 17)
_ADMINISTRATION = (
    20, 21, 23, 135, 445, 1433, 1434, 1521, 2049, 3306, 3309, 3389, 4333, 5432, 5439, 6379, 9200, 11211, 27017,
)  # fmt: skip
"""FTP, Telnet, RPC, SMB, SQL Server, Oracle, NFS, MySQL, RDP, mSQL, PostgreSQL, Redshift, Redis, OpenSearch, Memcached
and MongoDB."""


def _openings(resource: Resource) -> tuple[list[Node], list[Outcome]]:
    """Return the ingress rules of a group, or the one that the resource itself is; and what is hidden of them."""
    if resource.type == INGRESS:
        return [resource.at()], []
    place = resource.at("SecurityGroupIngress")
    found = [place] if isinstance(place.value, dict) else place.items()
    hidden = [node.undecided() for node in (place, *found) if node.is_unknown]
    return [node for node in found if not node.is_unknown], hidden


def _closed(resource: Resource, *ports: int) -> Outcome:
    openings, hidden = _openings(resource)
    return all_met([MET, *(closed(opening, *ports) for opening in openings), *hidden])


@rule(
    title="no security group lets the internet reach SSH",
    fix="connect by Systems Manager Session Manager, or name the addresses or group that may; mind ::/0",
    applies_to=(GROUP, INGRESS),
    controls=("164.312(a)(1)", "164.312(e)(1)"),
    requirement="HC-019",
    same_as=(
        "cdk-nag:HIPAA.Security-EC2RestrictedSSH",
        "config:restricted-ssh",
        "guard:INCOMING_SSH_DISABLED",
        "prowler:ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_22",
        "checkov:CKV_AWS_24",
    ),
    url=_GUIDE + "security-group-rules.html",
)
def security_group_ssh_closed(resource: Resource) -> Outcome:
    """Judge IPv4 and IPv6 alike."""
    return _closed(resource, _SSH)


@rule(
    title="no security group lets the internet reach databases or administration",
    fix="name the addresses or group that may reach FTP, RDP, SMB, NFS, databases and caches; mind ::/0",
    applies_to=(GROUP, INGRESS),
    controls=("164.312(a)(1)", "164.312(e)(1)"),
    requirement="HC-020",
    same_as=(
        "cdk-nag:HIPAA.Security-EC2RestrictedCommonPorts",
        "config:restricted-common-ports",
        "guard:RESTRICTED_INCOMING_TRAFFIC",
        "prowler:ec2_securitygroup_allow_ingress_from_internet_to_high_risk_tcp_ports",
        "checkov:CKV_AWS_25",
    ),
    url=_GUIDE + "security-group-rules.html",
)
def security_group_admin_ports_closed(resource: Resource) -> Outcome:
    """Judge IPv4 and IPv6 alike; a rule for all protocols from another group is no opening."""
    return _closed(resource, *_ADMINISTRATION)


@rule(
    title="the internet reaches security groups by HTTPS only",
    fix="open port 443 only, and let a redirect at the edge answer plain HTTP",
    applies_to=(GROUP, INGRESS),
    controls=("164.312(e)(1)",),
    requirement="HC-021",
    same_as=(
        "config:vpc-sg-open-only-to-authorized-ports",
        "prowler:ec2_securitygroup_allow_ingress_from_internet_to_any_port",
    ),
    severity=Severity.WARNING,
    url=_GUIDE + "security-group-rules.html",
)
def security_group_open_on_https_only(resource: Resource) -> Outcome:
    """Judge every opening to the public; port 80 is one of them."""
    openings, hidden = _openings(resource)
    return all_met([MET, *(_is_https(opening) for opening in openings), *hidden])


def _is_https(opening: Node) -> Outcome:
    everyone, alone = is_open(opening), only_port(opening, _HTTPS)
    if everyone is False or alone:
        return MET
    if everyone is None or alone is None:
        return opening.undecided("an intrinsic function hides who reaches which port")
    return opening.broken("the internet reaches other ports than 443")


@rule(
    title="every security group and each of its rules says what it is for",
    fix="set GroupDescription, and Description of each rule",
    applies_to=(GROUP, INGRESS, EGRESS),
    controls=("164.316(b)(1)",),
    requirement="HC-023",
    same_as=("cdk-nag:AwsSolutions-EC27", "guard:SECURITY_GROUP_DESCRIPTION_RULE", "checkov:CKV_AWS_23"),
    severity=Severity.WARNING,
    url=_GUIDE + "security-group-rules.html",
)
def security_group_described(resource: Resource) -> Outcome:
    """Judge the texts that a reviewer goes by."""
    if resource.type != GROUP:
        return resource.at("Description").must_be_set()
    rules = [*listed(resource.at("SecurityGroupIngress")), *listed(resource.at("SecurityGroupEgress"))]
    return all_met(
        [
            resource.at("GroupDescription").must_be_set(),
            *(one.undecided() if one.is_unknown else one.at("Description").must_be_set() for one in rules),
        ]
    )


@rule(
    title="no network ACL lets the internet reach SSH, RDP or everything",
    fix="name the addresses that may, leave ports 22 and 3389 out, or rely on security groups",
    applies_to=("AWS::EC2::NetworkAclEntry",),
    controls=("164.312(e)(1)",),
    requirement="HC-044",
    same_as=("config:nacl-no-unrestricted-ssh-rdp", "prowler:ec2_networkacl_allow_ingress_any_port"),
    severity=Severity.WARNING,
    url=_GUIDE + "vpc-network-acls.html",
)
def network_acl_admin_ports_closed(entry: Resource) -> Outcome:
    """Judge entries that let TCP or UDP in; a wider entry behind a narrower denial is judged by itself."""
    if entry.at("Egress").value in (True, "true") or entry.at("RuleAction").text == "deny":
        return NOT_APPLICABLE
    answers = [is_wide(entry.at(family)) for family in ("CidrBlock", "Ipv6CidrBlock")]
    if answers == [False, False]:
        return MET
    protocol = entry.at("Protocol")
    if protocol.number not in (-1, *_TCP_AND_UDP) and not protocol.is_unknown:
        return MET
    first, last = entry.at("PortRange", "From"), entry.at("PortRange", "To")
    reached = [True] if protocol.number == -1 else [in_range(first, last, port) for port in (_SSH, 3389)]
    if True in answers and True in reached and not any(entry.at(key).is_unknown for key in ("Egress", "RuleAction")):
        return protocol.undecided() if protocol.is_unknown else entry.at().broken("the internet reaches SSH or RDP")
    if reached == [False, False]:
        return MET
    return entry.at().undecided("an intrinsic function hides who reaches which port")
