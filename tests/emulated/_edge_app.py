"""An app of names and certificates; moto knows no listeners of Network Load Balancers in templates."""

import aws_cdk as cdk

from hipaa_constructs import FlowLoggedVpc, HipaaCertificate, HipaaHostedZone, enforce

app = cdk.App()
stack = cdk.Stack(app, "Edge", env=cdk.Environment(account="123456789012", region="us-east-1"))
network = FlowLoggedVpc(stack, "Vpc", max_azs=2)
HipaaHostedZone(stack, "Public", zone_name="example.org", comment="Portals")
HipaaHostedZone(stack, "Private", zone_name="internal.example.org", vpcs=[network.vpc])
HipaaCertificate(stack, "Certificate", domain_name="portal.example.org")
enforce(app)
app.synth()
