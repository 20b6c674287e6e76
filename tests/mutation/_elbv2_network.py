"""Network Load Balancers, weakened."""

from __future__ import annotations

from aws_cdk import Stack

from hipaa_constructs import TlsNetworkLoadBalancer
from tests.mutation._weakening import Weakening
from tools.examples import imported_certificate, network


def terminating(stack: Stack) -> None:
    TlsNetworkLoadBalancer(stack, "It", vpc=network(stack), certificates=[imported_certificate(stack)])


def passing(stack: Stack) -> None:
    TlsNetworkLoadBalancer(stack, "It", vpc=network(stack), pass_through=True, target_port=8443)


WEAKENING = Weakening(
    "elbv2_network",
    (terminating, passing),
    only=(
        "LoadBalancer:Properties/LoadBalancerAttributes:deleted",
        "LoadBalancer:Properties/LoadBalancerAttributes/[023]:deleted",
        "LoadBalancer:Properties/LoadBalancerAttributes/[023]/Value:*",
        "LoadBalancer:Properties/Subnets:deleted",
        "LoadBalancer:Properties/Subnets/*:deleted",
        "Listener:Properties/Certificates:deleted",
        "Listener:Properties/Certificates/*:deleted",
        "Listener:Properties/DefaultActions/0/TargetGroupArn:*",
        "Listener:Properties/Protocol:weakened",
        "Listener:Properties/SslPolicy:*",
        "TargetGroup:Properties/HealthCheckProtocol:*",
        "TargetGroup:Properties/Protocol:*",
    ),
    exempt=(
        ("LoadBalancer:Properties/LoadBalancerAttributes/3/Value", "alias/aws/s3", "another bucket, or refused"),
        ("Listener:Properties/Protocol", "weakened", "refused: there is no such protocol"),
        ("Listener:Properties/DefaultActions/0/TargetGroupArn", "*", "refused, or another group"),
    ),
)
