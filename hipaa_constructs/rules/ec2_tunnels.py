"""What a template must show of the ways into a network, and of what an account forbids altogether."""

from __future__ import annotations

from collections.abc import Callable

from hipaa_constructs.rules._launches import listed
from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._outcome import Outcome, all_met
from hipaa_constructs.rules._rule import Severity, rule

CONNECTION = "AWS::EC2::VPNConnection"
ENCRYPTION_CONTROL = "AWS::EC2::VPCEncryptionControl"
BLOCK_OPTIONS = "AWS::EC2::VPCBlockPublicAccessOptions"
BLOCK_EXCLUSION = "AWS::EC2::VPCBlockPublicAccessExclusion"
SNAPSHOT_BLOCK = "AWS::EC2::SnapshotBlockPublicAccess"
_GUIDE = "https://docs.aws.amazon.com/vpn/latest/s2svpn/"
_VPC_GUIDE = "https://docs.aws.amazon.com/vpc/latest/userguide/"
_IN_TRANSIT = ("164.312(a)(2)(iv)", "164.312(e)(1)", "164.312(e)(2)(i)", "164.312(e)(2)(ii)")
_TUNNELS = 2


def _every_tunnel(connection: Resource, judge: Callable[[Node], Outcome]) -> Outcome:
    """Judge both tunnels; one without options has AWS's own."""
    place = connection.at("VpnTunnelOptionsSpecifications")
    if place.is_unknown:
        return place.undecided()
    tunnels = place.items()
    missing = [] if len(tunnels) == _TUNNELS else [place.broken(f"options of {len(tunnels)} tunnels")]
    return all_met([*missing, *map(judge, tunnels)])


@rule(
    title="every VPN tunnel is set up by IKEv2",
    fix="set IKEVersions of both VpnTunnelOptionsSpecifications to ikev2 alone",
    applies_to=(CONNECTION,),
    controls=_IN_TRANSIT,
    requirement="HC-043",
    same_as=("config:ec2-vpn-connection-ike-version-check",),
    severity=Severity.WARNING,
    url=_GUIDE + "VPNTunnels.html",
)
def vpn_tunnels_use_ike_v2(connection: Resource) -> Outcome:
    """Judge the versions of both tunnels; without a word IKEv1 is taken too."""
    return _every_tunnel(connection, _only_ike_v2)


def _only_ike_v2(tunnel: Node) -> Outcome:
    versions = tunnel.at("IKEVersions")
    found = [one.at("Value").must_be("ikev2") for one in listed(versions)]
    return all_met(found) if found else versions.broken()


@rule(
    title="every VPN tunnel is logged",
    fix="set LogOptions.CloudwatchLogOptions of both VpnTunnelOptionsSpecifications: LogEnabled and LogGroupArn",
    applies_to=(CONNECTION,),
    controls=("164.312(e)(1)",),
    requirement="HC-043",
    same_as=("config:ec2-vpn-connection-logging-enabled",),
    severity=Severity.WARNING,
    url=_GUIDE + "monitoring-logs.html",
)
def vpn_tunnels_logged(connection: Resource) -> Outcome:
    """Judge the logs of both tunnels."""
    return _every_tunnel(connection, _logged)


def _logged(tunnel: Node) -> Outcome:
    options = tunnel.at("LogOptions", "CloudwatchLogOptions")
    return all_met([options.at("LogEnabled").must_be(True), options.at("LogGroupArn").must_be_set()])


@rule(
    title="encryption controls refuse plaintext",
    fix="set Mode to enforce, once the flow logs show that nothing in the VPC speaks plaintext",
    applies_to=(ENCRYPTION_CONTROL,),
    controls=_IN_TRANSIT,
    requirement="HC-046",
    severity=Severity.WARNING,
    url=_VPC_GUIDE + "vpc-encryption-controls.html",
)
def vpc_encryption_enforced(control: Resource) -> Outcome:
    """Judge the mode; one that only watches is where everyone begins."""
    return control.at("Mode").must_be("enforce")


@rule(
    title="where VPCs are closed to the internet no exclusion opens one",
    fix="set InternetGatewayBlockMode to block-bidirectional or block-ingress, InternetGatewayExclusionMode to "
    "allow-egress",
    applies_to=(BLOCK_OPTIONS, BLOCK_EXCLUSION),
    controls=("164.312(e)(1)",),
    requirement="HC-047",
    severity=Severity.WARNING,
    url=_VPC_GUIDE + "security-vpc-bpa.html",
)
def vpc_public_access_blocked(resource: Resource) -> Outcome:
    """Judge the block of the account, and what is excluded from it; who may call out is not thereby reached."""
    if resource.type == BLOCK_EXCLUSION:
        return resource.at("InternetGatewayExclusionMode").must_be("allow-egress")
    return resource.at("InternetGatewayBlockMode").must_be("block-bidirectional", "block-ingress")


@rule(
    title="no snapshot of a volume is public",
    fix="set State to block-all-sharing; block-new-sharing leaves those public that are",
    applies_to=(SNAPSHOT_BLOCK,),
    controls=(
        "164.308(a)(3)(i)",
        "164.308(a)(4)(ii)(A)",
        "164.308(a)(4)(ii)(C)",
        "164.312(a)(1)",
        "164.312(e)(1)",
    ),
    requirement="HC-024",
    same_as=(
        "config:ebs-snapshot-block-public-access",
        "prowler:ec2_ebs_snapshot_account_block_public_access",
    ),
    url="https://docs.aws.amazon.com/ebs/latest/userguide/block-public-access-snapshots.html",
)
def ebs_snapshots_not_public(block: Resource) -> Outcome:
    """Judge the block of the account and Region, where a template declares one."""
    return block.at("State").must_be("block-all-sharing")
