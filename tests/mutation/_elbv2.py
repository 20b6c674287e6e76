"""Load balancers, weakened."""

from __future__ import annotations

from aws_cdk import Stack
from aws_cdk import aws_elasticloadbalancingv2 as elbv2

from hipaa_constructs import HttpsLoadBalancer
from tests.mutation._weakening import Weakening
from tools.examples import imported_certificate, network


def balancer(stack: Stack) -> None:
    made = HttpsLoadBalancer(
        stack,
        "It",
        vpc=network(stack),
        certificates=[imported_certificate(stack)],
        redirect_http=True,
        web_acl_arn="arn:aws:wafv2:us-east-1:123456789012:regional/webacl/portal/0123",
    )
    made.listener.add_targets(
        "Portal",
        port=8443,
        protocol=elbv2.ApplicationProtocol.HTTPS,
        target_group_name="portal",
        conditions=[elbv2.ListenerCondition.path_patterns(["/portal/*"])],
        priority=1,
        health_check=elbv2.HealthCheck(protocol=elbv2.Protocol.HTTPS),
    )


WEAKENING = Weakening(
    "elbv2",
    (balancer,),
    only=(
        "LoadBalancer:Properties/LoadBalancerAttributes*:*",
        "LoadBalancer:Properties/Subnets:deleted",
        "LoadBalancer:Properties/Subnets/*:deleted",
        "Listener:Properties/Certificates:deleted",
        "Listener:Properties/Certificates/*:deleted",
        "Listener:Properties/DefaultActions/0/RedirectConfig/Protocol:*",
        "Listener:Properties/DefaultActions/0/RedirectConfig:deleted",
        "Listener:Properties/DefaultActions/0/Type:*",
        "Listener:Properties/SslPolicy:*",
        "TargetGroup:Properties/HealthCheckProtocol:*",
        "TargetGroup:Properties/Protocol:*",
    ),
    exempt=(
        ("LoadBalancer:Properties/LoadBalancerAttributes/?/Key", "weakened", "refused: there is no such attribute"),
        ("LoadBalancer:Properties/LoadBalancerAttributes/2*", "deleted", "defensive is the default"),
        ("LoadBalancer:Properties/LoadBalancerAttributes/[58]*", "*", "only a prefix"),
        ("LoadBalancer:Properties/LoadBalancerAttributes/[47]/Value", "alias/aws/s3", "another bucket, or refused"),
        ("ItHttps*:Properties/DefaultActions/0/Type", "*", "a fixed response"),
    ),
)
