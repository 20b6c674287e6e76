"""An app of two services behind one load balancer that the internet reaches."""

import datetime

import aws_cdk as cdk
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticloadbalancingv2 as elbv2

from hipaa_constructs import (
    FlowLoggedVpc,
    HipaaEcsCluster,
    HipaaEcsService,
    HipaaWebAcl,
    HttpsLoadBalancer,
    Waiver,
    enforce,
)

app = cdk.App()
stack = cdk.Stack(app, "Public", env=cdk.Environment(account="123456789012", region="us-east-1"))
opening = Waiver(
    rule="RouteNotToInternetGateway",
    reason="The load balancer of the portal is reached from the internet, and nothing else is.",
    approved_by="security@example.org",
    expires=datetime.date(2099, 1, 1),
)
network = FlowLoggedVpc(stack, "Vpc", max_azs=2, public_subnets=True, nat_gateways=1, waivers=[opening])
# The emulator asks ACM for the certificate, which must be there before.
certificate = acm.Certificate.from_certificate_arn(stack, "Certificate", app.node.try_get_context("certificate"))
front = HttpsLoadBalancer(
    stack,
    "Front",
    vpc=network.vpc,
    internet_facing=True,
    certificates=[certificate],
    web_acl_arn=HipaaWebAcl(stack, "Acl").resource.attr_arn,
)
cluster = HipaaEcsCluster(stack, "Cluster", vpc=network.vpc)
providers = {"records": None, "visits": cluster.add_instances("Large", instance_type=ec2.InstanceType("r7i.2xlarge"))}
for priority, (name, provider) in enumerate(providers.items(), start=1):
    HipaaEcsService(
        stack,
        name.title(),
        vpc=network.vpc,
        cluster=cluster,
        capacity_provider=provider,
        load_balancer=front,
        listener_priority=priority,
        listener_conditions=[elbv2.ListenerCondition.path_patterns([f"/{name}/*"])],
        image=ecs.ContainerImage.from_registry("public.ecr.aws/example/portal@sha256:" + "0" * 64),
        container_port=8443,
    )
enforce(app)
app.synth()
