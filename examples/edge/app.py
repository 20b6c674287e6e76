"""The way in: signed and logged names, certificates, a web ACL, TLS that is passed through, and Shield Advanced."""

import datetime

import aws_cdk as cdk
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_elasticloadbalancingv2_targets as targets

from hipaa_constructs import (
    EmergencyContact,
    FlowLoggedVpc,
    HipaaCertificate,
    HipaaHostedZone,
    HipaaWebAcl,
    HttpsLoadBalancer,
    ShieldEngagement,
    ShieldProtection,
    TlsNetworkLoadBalancer,
    Waiver,
    enforce,
)

app = cdk.App()
stack = cdk.Stack(
    app, "Edge", env=cdk.Environment(account="123456789012", region="us-east-1"), termination_protection=True
)
network = FlowLoggedVpc(stack, "Network")
zone = HipaaHostedZone(stack, "Public", zone_name="example.org")
HipaaHostedZone(stack, "Private", zone_name="internal.example.org", vpcs=[network.vpc], log_network_queries=True)
certificate = HipaaCertificate(
    stack,
    "Certificate",
    domain_name="portal.example.org",
    validation=acm.CertificateValidation.from_dns(zone.zone),
)
portal = HttpsLoadBalancer(stack, "Portal", vpc=network.vpc, certificates=[certificate.certificate])
HipaaWebAcl(stack, "Firewall").associate("Portal", portal)
# Partners connect to the network's own addresses; TLS goes through to the portal, which ends it.
no_certificate = Waiver(
    rule="cdk-nag:HIPAA.Security-ELBv2ACMCertificateRequired",
    reason="A TCP listener takes no certificate; the portal behind it has one.",
    approved_by="security@example.org",
    expires=datetime.date(2099, 1, 1),
)
TlsNetworkLoadBalancer(
    stack,
    "Partners",
    vpc=network.vpc,
    pass_through=True,
    targets=[targets.AlbListenerTarget(portal.listener)],
    waivers=[no_certificate],
)
# Interfaces that are not HTTP, such as HL7 over TLS: ended here, and begun anew to the machines.
TlsNetworkLoadBalancer(
    stack, "Interfaces", vpc=network.vpc, certificates=[certificate.certificate], port=2575, target_port=2575
)
# Only with a subscription of Shield Advanced, 3,000 USD a month; Shield Standard needs nothing.
if app.node.try_get_context("shield_advanced"):
    ShieldProtection(stack, "Names", resource_arn=zone.zone.hosted_zone_arn)
    ShieldEngagement(
        stack,
        "ResponseTeam",
        contacts=[EmergencyContact(email_address="security@example.org", phone_number="+12065550100")],
    )
enforce(app)
app.synth()
