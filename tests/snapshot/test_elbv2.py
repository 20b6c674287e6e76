"""The whole templates of the load balancers."""

from __future__ import annotations

from aws_cdk import Duration, Stack
from aws_cdk import aws_elasticloadbalancingv2 as elbv2

from hipaa_constructs import HttpsLoadBalancer
from tests._synthesis import synthesized
from tests.mutation._elbv2 import balancer
from tests.snapshot.conftest import Templates
from tools.examples import imported_certificate, network


def test_load_balancer_with_defaults(templates: Templates) -> None:
    def build(stack: Stack) -> None:
        HttpsLoadBalancer(stack, "It", vpc=network(stack), certificates=[imported_certificate(stack)])

    templates.hold(synthesized(build))


def test_load_balancer_with_redirect_web_acl_and_targets(templates: Templates) -> None:
    templates.hold(synthesized(balancer))


def test_load_balancer_with_all_free_options(templates: Templates) -> None:
    def build(stack: Stack) -> None:
        HttpsLoadBalancer(
            stack,
            "It",
            vpc=network(stack),
            certificates=[imported_certificate(stack)],
            client_keep_alive=Duration.minutes(5),
            cross_zone_enabled=True,
            http2_enabled=True,
            idle_timeout=Duration.seconds(30),
            ip_address_type=elbv2.IpAddressType.IPV4,
            load_balancer_name="portal",
            minimum_capacity_unit=100,
            preserve_host_header=True,
            preserve_xff_client_port=True,
            waf_fail_open=False,
            x_amzn_tls_version_and_cipher_suite_headers=True,
            xff_header_processing_mode=elbv2.XffHeaderProcessingMode.APPEND,
        )

    templates.hold(synthesized(build))
