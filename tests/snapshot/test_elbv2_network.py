"""The whole templates of the Network Load Balancers."""

from __future__ import annotations

from aws_cdk import Stack
from aws_cdk import aws_elasticloadbalancingv2 as elbv2

from hipaa_constructs import TlsNetworkLoadBalancer
from tests._synthesis import synthesized
from tests.mutation._elbv2_network import passing, terminating
from tests.snapshot.conftest import Templates
from tools.examples import imported_certificate, network


def test_load_balancer_with_defaults(templates: Templates) -> None:
    templates.hold(synthesized(terminating))


def test_load_balancer_that_passes_tls_through(templates: Templates) -> None:
    templates.hold(synthesized(passing))


def test_load_balancer_with_all_free_options(templates: Templates) -> None:
    def build(stack: Stack) -> None:
        TlsNetworkLoadBalancer(
            stack,
            "It",
            vpc=network(stack),
            certificates=[imported_certificate(stack)],
            client_routing_policy=elbv2.ClientRoutingPolicy.AVAILABILITY_ZONE_AFFINITY,
            ip_address_type=elbv2.IpAddressType.IPV4,
            load_balancer_name="portal",
            minimum_capacity_unit=5500,
            zonal_shift=True,
        )

    templates.hold(synthesized(build))
