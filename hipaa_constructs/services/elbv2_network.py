"""Elastic Load Balancing: TLS that is passed through to its targets, or ended and begun anew."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict, Unpack

from aws_cdk import CfnResource
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from constructs import Construct

from hipaa_constructs.services._of_stack import region_of
from hipaa_constructs.services._options import Arguments, Contract
from hipaa_constructs.services._placement import public_subnets, serving_subnets
from hipaa_constructs.services._waiving import waive
from hipaa_constructs.services.elbv2 import (
    NAG_WANTS_CERTIFICATE,
    NEWEST_TLS,
    OLD_TLS,
    certificates_of,
    check_certificates,
    peers_of,
)
from hipaa_constructs.services.s3_logs import LogArchive
from hipaa_constructs.waivers import Waiver

_HTTPS = 443
_IN_TRANSIT = "164.312(e)(2)(ii)"
_EVERYONE = ("0.0.0.0/0", "::/0")


class NetworkLoadBalancerOptions(TypedDict, total=False):
    """The options of `aws_cdk.aws_elasticloadbalancingv2.NetworkLoadBalancer` that are passed on as they are."""

    client_routing_policy: elbv2.ClientRoutingPolicy
    deny_all_igw_traffic: bool
    enable_prefix_for_ipv6_source_nat: bool
    ip_address_type: elbv2.IpAddressType
    load_balancer_name: str
    minimum_capacity_unit: float
    zonal_shift: bool


class TlsNetworkLoadBalancer(Construct):
    """A Network Load Balancer that is internal, can't be deleted, and lets nothing but TLS through, end to end.

    With a certificate of ACM it ends TLS and begins it anew to its targets: TLS 1.3, or 1.2 with forward secrecy, as
    `HttpsLoadBalancer` has it. With ``pass_through`` it hands on what it gets, and the targets end TLS themselves, so
    that nothing between the client and them can read: that they do is shown by health checks over HTTPS on the same
    port. Use it for protocols that are not HTTP, such as HL7 over TLS; else `HttpsLoadBalancer`, which a web ACL can
    stand before.

    Nobody reaches it before ``allow_from`` or ``load_balancer.connections`` names them. Its access log goes to the
    stack's `LogArchive`, and is of connections over TLS listeners only: those that are passed through are in the flow
    logs of the network, and in the logs of the targets.

    The price: about 0.0225 USD an hour and 0.006 USD for each capacity unit and hour, some 20 USD a month, and traffic
    between zones.

    Rules: NlbListenerEncrypted, TargetGroupEncrypted, TargetGroupHealthCheckedOverHttps, TlsListenerTls12Only,
    TlsListenerUsesAcmCertificate, LoadBalancerAccessLogged, LoadBalancerProtectedFromDeletion,
    LoadBalancerSpansZones.
    Your duty: the certificates of the targets, which the load balancer does not verify.
    AWS: https://docs.aws.amazon.com/elasticloadbalancing/latest/network/create-tls-listener.html

    Attributes:
        load_balancer: the `elbv2.NetworkLoadBalancer`, with the logical id that it would have without this construct.
        listener: its one listener.
        target_group: what it leads to.
    """

    contract = Contract(
        wraps=elbv2.NetworkLoadBalancer,
        types=(
            "AWS::ElasticLoadBalancingV2::LoadBalancer",
            "AWS::ElasticLoadBalancingV2::Listener",
            "AWS::ElasticLoadBalancingV2::TargetGroup",
            "AWS::EC2::SecurityGroup",
        ),
        fixed={
            "disable_security_groups": "a security group always says who may connect (164.312(a)(1))",
            "enforce_security_group_inbound_rules_on_private_link_traffic": "the security group is for callers by "
            "PrivateLink too (164.312(a)(1))",
            "subnet_mappings": "pass vpc_subnets, which are checked; AWS chooses the addresses (164.312(e)(1))",
        },
        governed={
            "allow_from": ("SecurityGroupOpenOnHttpsOnly",),
            "deletion_protection": ("LoadBalancerProtectedFromDeletion",),
            "health_check": ("NlbListenerEncrypted", "TargetGroupEncrypted", "TargetGroupHealthCheckedOverHttps"),
            "ssl_policy": ("TlsListenerTls12Only",),
        },
        chosen=("cross_zone_enabled", "internet_facing", "security_groups", "vpc", "vpc_subnets"),
        free=NetworkLoadBalancerOptions,
    )

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        vpc: ec2.IVpc,
        certificates: Sequence[elbv2.IListenerCertificate | acm.ICertificate] = (),
        pass_through: bool = False,
        targets: Sequence[elbv2.INetworkLoadBalancerTarget] = (),
        target_port: int = _HTTPS,
        health_check: elbv2.HealthCheck | None = None,
        internet_facing: bool = False,
        vpc_subnets: ec2.SubnetSelection | None = None,
        security_groups: Sequence[ec2.ISecurityGroup] = (),
        allow_from: Sequence[ec2.IPeer] | None = None,
        port: int = _HTTPS,
        ssl_policy: elbv2.SslPolicy = NEWEST_TLS,
        log_archive: LogArchive | None = None,
        deletion_protection: bool = True,
        cross_zone_enabled: bool = True,
        waivers: Sequence[Waiver] = (),
        **options: Unpack[NetworkLoadBalancerOptions],
    ) -> None:
        """Make a load balancer.

        Args:
            scope: where it belongs.
            id: its id there.
            vpc: the network.
            certificates: of ACM, in the load balancer's own Region; none if TLS is passed through.
            pass_through: whether the targets end TLS instead of the load balancer; by default not. cdk-nag asks the
                listener for a certificate, which a TCP listener can't have: a waiver of
                ``cdk-nag:HIPAA.Security-ELBv2ACMCertificateRequired`` is put on it.
            targets: what it leads to, all of one kind; without any, the target group takes IP addresses. Those with
                security groups are opened to it; for others, ``load_balancer.connections.allow_to`` is.
            target_port: where the targets listen for TLS; by default 443.
            health_check: by default whether TLS is answered, or, if it is passed through, HTTPS with a status below 400
                on ``/``; over HTTP never, and over TCP only if it is not passed through, unless waived.
            internet_facing: by default only the network itself, and what is connected to it, can reach it.
            vpc_subnets: by default the private subnets, else the isolated ones; the public ones if internet-facing. Of
                two Availability Zones or more.
            security_groups: by default one of its own.
            allow_from: who may connect; by default nobody yet, or everyone if internet-facing, and on port 443 only
                unless waived.
            port: of the listener; by default 443.
            ssl_policy: by default ``ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09``, which AWS recommends; never one that
                allows TLS 1.1 unless waived.
            log_archive: where its logs go, in the same Region and account; by default the stack's `LogArchive`.
            deletion_protection: by default every deletion is refused until this is switched off.
            cross_zone_enabled: by default each zone sends to the targets of all, so that a zone without healthy ones
                still answers; traffic between zones costs.
            waivers: exceptions from the rules about load balancers, listeners, target groups and security groups.
            **options: of `elbv2.NetworkLoadBalancer`, see `NetworkLoadBalancerOptions`.

        Raises:
            ComplianceError: an option is fixed or unknown, or weaker than a rule that is not waived; there is no
                certificate, one of another Region or of IAM, or one although TLS is passed through; the subnets are of
                one zone only, or public ones of an internal one.
        """
        arguments = Arguments(scope, id, contract=self.contract, waivers=waivers, free=options)
        peers = peers_of(allow_from, internet_facing=internet_facing)
        if health_check is None and pass_through:
            health_check = elbv2.HealthCheck(protocol=elbv2.Protocol.HTTPS)
        _check(arguments, ssl_policy, deletion_protection=deletion_protection)
        _check_peers(arguments, peers, port)
        _check_health(arguments, health_check, target_port, pass_through=pass_through)
        if not pass_through:
            check_certificates(arguments, certificates, region_of(scope))
        elif certificates:
            arguments.refuse(
                "certificates", "some", asked="left out where TLS is passed through",
                way_out="the targets have them", citation=_IN_TRANSIT,
            )  # fmt: skip
        subnets = (public_subnets if internet_facing else serving_subnets)(arguments, vpc, vpc_subnets)
        super().__init__(scope, id)
        self.load_balancer = elbv2.NetworkLoadBalancer(
            self,
            "Default",
            vpc=vpc,
            vpc_subnets=subnets,
            internet_facing=internet_facing,
            security_groups=security_groups or [_closed_group(self, vpc)],
            enforce_security_group_inbound_rules_on_private_link_traffic=True,
            deletion_protection=deletion_protection,
            cross_zone_enabled=cross_zone_enabled,
            **options,
        )
        self._log_to(log_archive or LogArchive.of(scope))
        self.target_group = elbv2.NetworkTargetGroup(
            self,
            "Targets",
            vpc=vpc,
            port=target_port,
            protocol=elbv2.Protocol.TCP if pass_through else elbv2.Protocol.TLS,
            target_type=None if targets else elbv2.TargetType.IP,
            targets=targets or None,
            health_check=health_check,
        )
        self.listener = self.load_balancer.add_listener(
            "Tls",
            port=port,
            protocol=elbv2.Protocol.TCP if pass_through else elbv2.Protocol.TLS,
            certificates=None if pass_through else certificates_of(certificates),
            ssl_policy=None if pass_through else ssl_policy,
            default_target_groups=[self.target_group],
        )
        for peer in peers:
            self.load_balancer.connections.allow_from(peer, ec2.Port.tcp(port), "TLS to the load balancer")
        for target in targets:
            connections: object = getattr(target, "connections", None)
            if isinstance(connections, ec2.Connections):
                connections.allow_from(self.load_balancer, ec2.Port.tcp(target_port), "TLS from the load balancer")
        of_listener = [one for one in waivers if pass_through and one.rule == NAG_WANTS_CERTIFICATE]
        waive(self.listener, *of_listener)
        waive(self, *(one for one in waivers if one not in of_listener))

    def _log_to(self, archive: LogArchive) -> None:
        archive.allow_network_load_balancer_logs()
        self.load_balancer.set_attribute("access_logs.s3.enabled", "true")
        self.load_balancer.set_attribute("access_logs.s3.bucket", archive.bucket.bucket_name)
        self.load_balancer.set_attribute("access_logs.s3.prefix", "network-load-balancer-access")
        resource = self.load_balancer.node.default_child
        policy = archive.bucket.policy
        assert isinstance(resource, CfnResource)
        assert policy is not None
        # Elastic Load Balancing tries to write before it switches the logs on.
        resource.node.add_dependency(policy)


def _closed_group(scope: Construct, vpc: ec2.IVpc) -> ec2.SecurityGroup:
    return ec2.SecurityGroup(
        scope, "SecurityGroup", vpc=vpc, description="Network Load Balancer", allow_all_outbound=False
    )


def _check(arguments: Arguments, ssl_policy: elbv2.SslPolicy, *, deletion_protection: bool) -> None:
    arguments.govern(
        "ssl_policy",
        ssl_policy,
        holds=ssl_policy not in OLD_TLS,
        asked="a policy with TLS 1.2 or 1.3 as its floor",
        rule="TlsListenerTls12Only",
    )
    arguments.govern(
        "deletion_protection",
        deletion_protection,
        holds=deletion_protection is True,
        asked="True",
        rule="LoadBalancerProtectedFromDeletion",
    )


def _check_peers(arguments: Arguments, peers: Sequence[ec2.IPeer], port: int) -> None:
    arguments.govern(
        "allow_from",
        f"everyone on port {port}",
        holds=port == _HTTPS or not any(peer.unique_id in _EVERYONE for peer in peers),
        asked="known callers on a port that is not 443",
        rule="SecurityGroupOpenOnHttpsOnly",
    )


def _check_health(
    arguments: Arguments, health_check: elbv2.HealthCheck | None, target_port: int, *, pass_through: bool
) -> None:
    protocol = None if health_check is None else health_check.protocol
    port = None if health_check is None else health_check.port
    shown = (
        "the default" if protocol is None else f"over {protocol.name}" + ("" if port is None else f" on port {port}")
    )
    arguments.govern(
        "health_check",
        shown,
        holds=protocol is not elbv2.Protocol.HTTP,
        asked="over HTTPS or TCP",
        rule="TargetGroupHealthCheckedOverHttps",
    )
    for rule in ("TargetGroupEncrypted", "NlbListenerEncrypted"):
        arguments.govern(
            "health_check",
            shown,
            holds=not pass_through
            or (protocol is elbv2.Protocol.HTTPS and port in (None, "traffic-port", str(target_port))),
            asked="over HTTPS on the targets' own port where TLS is passed through",
            rule=rule,
        )
