"""Elastic Load Balancing: the way in, over TLS only, and on record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict, Unpack

from aws_cdk import CfnResource, Duration
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_wafv2 as wafv2
from constructs import Construct

from hipaa_constructs.services._of_stack import region_of
from hipaa_constructs.services._options import Arguments, Contract
from hipaa_constructs.services._placement import public_subnets, serving_subnets
from hipaa_constructs.services._tokens import is_unresolved
from hipaa_constructs.services._waiving import waive
from hipaa_constructs.services.s3_logs import LogArchive
from hipaa_constructs.waivers import Waiver

_IN_TRANSIT = "164.312(e)(2)(ii)"
NEWEST_TLS = elbv2.SslPolicy.TLS13_12_RES_PQ
OLD_TLS = (
    elbv2.SslPolicy.FIPS_TLS13_10,
    elbv2.SslPolicy.FIPS_TLS13_10_PQ,
    elbv2.SslPolicy.FIPS_TLS13_11,
    elbv2.SslPolicy.FORWARD_SECRECY,
    elbv2.SslPolicy.FORWARD_SECRECY_TLS11,
    elbv2.SslPolicy.LEGACY,
    elbv2.SslPolicy.RECOMMENDED,
    elbv2.SslPolicy.TLS11,
    elbv2.SslPolicy.TLS13_10,
    elbv2.SslPolicy.TLS13_10_PQ,
    elbv2.SslPolicy.TLS13_11,
)
_SAFE_DESYNC = (elbv2.DesyncMitigationMode.DEFENSIVE, elbv2.DesyncMitigationMode.STRICTEST)
NAG_WANTS_CERTIFICATE = "cdk-nag:HIPAA.Security-ELBv2ACMCertificateRequired"
_EVERYONE = ("0.0.0.0/0", "::/0")


class LoadBalancerOptions(TypedDict, total=False):
    """The options of `aws_cdk.aws_elasticloadbalancingv2.ApplicationLoadBalancer` that are passed on as they are."""

    client_keep_alive: Duration
    cross_zone_enabled: bool
    deny_all_igw_traffic: bool
    http2_enabled: bool
    idle_timeout: Duration
    ip_address_type: elbv2.IpAddressType
    load_balancer_name: str
    minimum_capacity_unit: float
    preserve_host_header: bool
    preserve_xff_client_port: bool
    security_group: ec2.ISecurityGroup
    waf_fail_open: bool
    x_amzn_tls_version_and_cipher_suite_headers: bool
    xff_header_processing_mode: elbv2.XffHeaderProcessingMode


class HttpsLoadBalancer(Construct):
    """An Application Load Balancer that listens on HTTPS only, is internal, logs all access, and can't be deleted.

    TLS 1.3, or 1.2 with forward secrecy, each with a key exchange that quantum computers can't undo where the client
    knows it; a certificate of ACM; headers that are not valid are dropped. Access and connection logs go to the stack's
    `LogArchive`. There is no plain HTTP listener unless ``redirect_http`` asks for one, which only redirects. Nobody
    reaches an internal load balancer before ``allow_from`` or ``load_balancer.connections`` names them.

    Requests that no rule of the listener sends anywhere get a 404. Send them on with ``listener.add_target_groups``;
    make the target groups HTTPS.

    The price: about 0.03 USD an hour and 0.008 USD for each capacity unit and hour, some 20 USD a month; nothing for
    the logs but their storage.

    Rules: TlsListenerTls12Only, TlsListenerUsesAcmCertificate, AlbDropsInvalidHeaders, AlbDesyncMitigated,
    LoadBalancerAccessLogged, AlbConnectionsLogged, LoadBalancerProtectedFromDeletion, LoadBalancerSpansZones.
    With ``redirect_http`` also HttpListenerOnlyRedirects.
    Your duty: the certificate's domain, target groups over HTTPS, that somebody reads the logs.
    AWS: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html

    Attributes:
        load_balancer: the `elbv2.ApplicationLoadBalancer`, with the logical id that it would have without this
            construct.
        listener: its HTTPS listener.
        web_acl_association: what puts the web ACL in front of it; None without one.
    """

    contract = Contract(
        wraps=elbv2.ApplicationLoadBalancer,
        types=(
            "AWS::ElasticLoadBalancingV2::LoadBalancer",
            "AWS::ElasticLoadBalancingV2::Listener",
            "AWS::EC2::SecurityGroup",
        ),
        fixed={},
        governed={
            "deletion_protection": ("LoadBalancerProtectedFromDeletion",),
            "desync_mitigation_mode": ("AlbDesyncMitigated",),
            "drop_invalid_header_fields": ("AlbDropsInvalidHeaders",),
            "redirect_http": ("SecurityGroupOpenOnHttpsOnly",),
            "ssl_policy": ("TlsListenerTls12Only",),
            "web_acl_arn": ("AlbPublicBehindWebAcl",),
        },
        chosen=("internet_facing", "vpc", "vpc_subnets"),
        free=LoadBalancerOptions,
    )

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        vpc: ec2.IVpc,
        certificates: Sequence[elbv2.IListenerCertificate | acm.ICertificate],
        internet_facing: bool = False,
        vpc_subnets: ec2.SubnetSelection | None = None,
        allow_from: Sequence[ec2.IPeer] | None = None,
        port: int = 443,
        redirect_http: bool = False,
        default_action: elbv2.ListenerAction | None = None,
        ssl_policy: elbv2.SslPolicy = NEWEST_TLS,
        mutual_authentication: elbv2.MutualAuthentication | None = None,
        web_acl_arn: str | None = None,
        log_archive: LogArchive | None = None,
        deletion_protection: bool = True,
        desync_mitigation_mode: elbv2.DesyncMitigationMode = elbv2.DesyncMitigationMode.DEFENSIVE,
        drop_invalid_header_fields: bool = True,
        waivers: Sequence[Waiver] = (),
        **options: Unpack[LoadBalancerOptions],
    ) -> None:
        """Make a load balancer.

        Args:
            scope: where it belongs.
            id: its id there.
            vpc: the network.
            certificates: of ACM, in the load balancer's own Region; the first is shown to clients that name no host.
            internet_facing: by default only the network itself, and what is connected to it, can reach it.
            vpc_subnets: by default the private subnets, else the isolated ones; the public ones if internet-facing. Of
                two Availability Zones or more.
            allow_from: who may connect; by default nobody yet, or everyone if internet-facing.
            port: of the HTTPS listener; by default 443.
            redirect_http: adds a listener on port 80 that sends clients to HTTPS. Not by default. Open to everyone, it
                needs a waiver of SecurityGroupOpenOnHttpsOnly. cdk-nag asks it for a certificate, which plain HTTP has
                no use for: a waiver of ``cdk-nag:HIPAA.Security-ELBv2ACMCertificateRequired`` is put on it.
            default_action: what becomes of requests that no rule of the listener is about; by default a 404.
            ssl_policy: by default ``ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09``, which AWS recommends; never one that
                allows TLS 1.1 unless waived.
            mutual_authentication: whether clients must show certificates; by default not.
            web_acl_arn: a regional web ACL of AWS WAF; needed if internet-facing, unless waived.
            log_archive: where its logs go, in the same Region and account; by default the stack's `LogArchive`.
            deletion_protection: by default every deletion is refused until this is switched off.
            desync_mitigation_mode: by default defensive; strictest is the other one that needs no waiver.
            drop_invalid_header_fields: by default such headers never reach the targets.
            waivers: exceptions from the rules about load balancers, listeners and their security group.
            **options: of `elbv2.ApplicationLoadBalancer`, see `LoadBalancerOptions`.

        Raises:
            ComplianceError: an option is unknown or weaker than a rule that is not waived; there is no certificate, or
                one of another Region or of IAM; the subnets are of one zone only, or public ones of an internal one.
        """
        arguments = Arguments(scope, id, contract=self.contract, waivers=waivers, free=options)
        peers = peers_of(allow_from, internet_facing=internet_facing)
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
        arguments.govern(
            "desync_mitigation_mode",
            desync_mitigation_mode,
            holds=desync_mitigation_mode in _SAFE_DESYNC,
            asked="DEFENSIVE or STRICTEST",
            rule="AlbDesyncMitigated",
        )
        arguments.govern(
            "drop_invalid_header_fields",
            drop_invalid_header_fields,
            holds=drop_invalid_header_fields is True,
            asked="True",
            rule="AlbDropsInvalidHeaders",
        )
        arguments.govern(
            "web_acl_arn",
            web_acl_arn,
            holds=web_acl_arn is not None or not internet_facing,
            asked="given for an internet-facing load balancer",
            rule="AlbPublicBehindWebAcl",
        )
        arguments.govern(
            "redirect_http",
            redirect_http,
            holds=not redirect_http or not any(peer.unique_id in _EVERYONE for peer in peers),
            asked="False where everyone may connect",
            rule="SecurityGroupOpenOnHttpsOnly",
        )
        check_certificates(arguments, certificates, region_of(scope))
        _check_web_acl(arguments, web_acl_arn)
        place = public_subnets if internet_facing else serving_subnets
        subnets = place(arguments, vpc, vpc_subnets)
        super().__init__(scope, id)
        self.load_balancer = elbv2.ApplicationLoadBalancer(
            self,
            "Default",
            vpc=vpc,
            vpc_subnets=subnets,
            internet_facing=internet_facing,
            deletion_protection=deletion_protection,
            desync_mitigation_mode=desync_mitigation_mode,
            drop_invalid_header_fields=drop_invalid_header_fields,
            **options,
        )
        self._log_to(log_archive or LogArchive.of(scope))
        self.listener = self.load_balancer.add_listener(
            "Https",
            port=port,
            protocol=elbv2.ApplicationProtocol.HTTPS,
            certificates=certificates_of(certificates),
            ssl_policy=ssl_policy,
            mutual_authentication=mutual_authentication,
            default_action=default_action or elbv2.ListenerAction.fixed_response(404),
            open=False,
        )
        redirecting: elbv2.ApplicationListener | None = None
        if redirect_http:
            redirecting = self.load_balancer.add_listener(
                "Http",
                port=80,
                protocol=elbv2.ApplicationProtocol.HTTP,
                default_action=elbv2.ListenerAction.redirect(
                    protocol="HTTPS", port=str(port), permanent=True, host="#{host}", path="/#{path}", query="#{query}"
                ),
                open=False,
            )
        for peer in peers:
            self.load_balancer.connections.allow_from(peer, ec2.Port.tcp(port), "HTTPS to the load balancer")
            if redirect_http:
                self.load_balancer.connections.allow_from(peer, ec2.Port.tcp(80), "Redirected to HTTPS")
        self.web_acl_association: wafv2.CfnWebACLAssociation | None = None
        if web_acl_arn is not None:
            self.web_acl_association = wafv2.CfnWebACLAssociation(
                self,
                "WebAclAssociation",
                resource_arn=self.load_balancer.load_balancer_arn,
                web_acl_arn=web_acl_arn,
            )
        of_redirect = [one for one in waivers if redirecting is not None and one.rule == NAG_WANTS_CERTIFICATE]
        if redirecting is not None:
            waive(redirecting, *of_redirect)
        waive(self, *(one for one in waivers if one not in of_redirect))

    def _log_to(self, archive: LogArchive) -> None:
        # The L2's own methods grant again what the archive grants, and need to know the Region.
        archive.allow_load_balancer_logs()
        for kind, prefix in (("access_logs", "load-balancer-access"), ("connection_logs", "load-balancer-connections")):
            self.load_balancer.set_attribute(f"{kind}.s3.enabled", "true")
            self.load_balancer.set_attribute(f"{kind}.s3.bucket", archive.bucket.bucket_name)
            self.load_balancer.set_attribute(f"{kind}.s3.prefix", prefix)
        resource = self.load_balancer.node.default_child
        policy = archive.bucket.policy
        assert isinstance(resource, CfnResource)
        assert policy is not None
        # Elastic Load Balancing tries to write before it switches the logs on.
        resource.node.add_dependency(policy)


def peers_of(given: Sequence[ec2.IPeer] | None, *, internet_facing: bool) -> Sequence[ec2.IPeer]:
    """Return who may connect: nobody but those who were named, or everyone from the internet."""
    if given is None:
        return [ec2.Peer.any_ipv4()] if internet_facing else []
    return given


def certificates_of(
    certificates: Sequence[elbv2.IListenerCertificate | acm.ICertificate],
) -> list[elbv2.IListenerCertificate]:
    """Return certificates as listeners take them."""
    return [elbv2.ListenerCertificate.from_arn(one.certificate_arn) for one in certificates]


def check_certificates(
    arguments: Arguments, certificates: Sequence[elbv2.IListenerCertificate | acm.ICertificate], region: str
) -> None:
    """Refuse what a listener of a Region can't use, as far as it is known already."""
    if isinstance(certificates, str) or not certificates:
        arguments.refuse(
            "certificates",
            certificates,
            asked="at least one certificate of ACM",
            way_out="make one with acm.Certificate, or import it by its ARN",
            citation=_IN_TRANSIT,
        )
    for one in certificates:
        arn = getattr(one, "certificate_arn", None)
        if not isinstance(arn, str):
            arguments.refuse(
                "certificates", one, asked="acm.ICertificate objects",
                way_out="import one by acm.Certificate.from_certificate_arn()", citation=_IN_TRANSIT,
            )  # fmt: skip
        elif not is_unresolved(arn):
            _check_certificate_arn(arguments, arn, region)


def _check_certificate_arn(arguments: Arguments, arn: str, region: str) -> None:
    parts = arn.split(":")
    if len(parts) < 6 or parts[2] != "acm":
        arguments.refuse(
            "certificates", arn, asked="of ACM", way_out="import it into ACM, which watches its expiry",
            citation=_IN_TRANSIT,
        )  # fmt: skip
    if not is_unresolved(region) and parts[3] != region:
        arguments.refuse(
            "certificates", arn, asked=f"of the load balancer's Region, {region}", way_out="request one there",
            citation=_IN_TRANSIT,
        )  # fmt: skip


def _check_web_acl(arguments: Arguments, arn: str | None) -> None:
    if arn is not None and not is_unresolved(arn) and (":wafv2:" not in arn or ":global/" in arn):
        arguments.refuse(
            "web_acl_arn", arn, asked="the ARN of a regional web ACL",
            way_out="make one with the scope REGIONAL; CLOUDFRONT is for distributions", citation="164.312(e)(1)",
        )  # fmt: skip
