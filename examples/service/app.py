"""A portal on Fargate behind an internal HTTPS load balancer; nginx ends TLS beside the program, which speaks HTTP."""

import aws_cdk as cdk
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_ecs as ecs

from hipaa_constructs import FlowLoggedVpc, HipaaCertificate, HipaaEcsService, TlsProxy, enforce

app = cdk.App()
stack = cdk.Stack(app, "Portal", termination_protection=True)
tag = cdk.CfnParameter(stack, "ImageTag", allowed_pattern=r"[\w][\w.-]{0,127}").value_as_string
certificate = HipaaCertificate(stack, "Certificate", domain_name="portal.example.org").certificate
nginx = cdk.CfnParameter(stack, "Nginx", allowed_pattern=".+@sha256:[0-9a-f]{64}").value_as_string
network = FlowLoggedVpc(stack, "Network", endpoints="standard")
portal = HipaaEcsService(
    stack,
    "Service",
    vpc=network.vpc,
    certificates=[certificate],
    image=ecs.ContainerImage.from_ecr_repository(ecr.Repository.from_repository_name(stack, "Images", "portal"), tag),
    container_port=8080,
    container_protocol="http",
    tls_proxy=TlsProxy(image=nginx),
)
cdk.CfnOutput(stack, "Address", value=portal.load_balancer.load_balancer.load_balancer_dns_name)
enforce(app)
app.synth()
