"""What services of Amazon ECS refuse, before anything is built."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticloadbalancingv2 as elbv2

from hipaa_constructs.services._options import Arguments
from hipaa_constructs.services._tokens import is_unresolved
from hipaa_constructs.services.ecs_cluster import HipaaEcsCluster
from hipaa_constructs.services.ecs_tls_proxy import TlsProxy
from hipaa_constructs.services.elbv2 import HttpsLoadBalancer, check_certificates

LEAST_TASKS = 2
_IN_TRANSIT = "164.312(e)(2)(ii)"


def check_protocol(arguments: Arguments, protocol: str, proxy: TlsProxy | None, port: int) -> None:
    """Refuse a program whose traffic would reach the task in plain text, and a proxy without use."""
    if protocol not in ("https", "http"):
        arguments.refuse(
            "container_protocol", protocol, asked="'https' or 'http'", way_out="say what the program speaks",
            citation=_IN_TRANSIT,
        )  # fmt: skip
    if proxy is not None and not isinstance(proxy, TlsProxy):
        arguments.refuse("tls_proxy", proxy, asked="a TlsProxy", way_out="pass TlsProxy(image=…)", citation=_IN_TRANSIT)
    if protocol == "http" and proxy is None:
        arguments.refuse(
            "container_protocol", protocol, asked="'https' without a tls_proxy",
            way_out="let the program end TLS, or pass tls_proxy=TlsProxy(image=…)", citation=_IN_TRANSIT,
        )  # fmt: skip
    if protocol == "https" and proxy is not None:
        arguments.refuse(
            "tls_proxy", "one", asked="left out for a program that speaks HTTPS",
            way_out="say container_protocol='http' if it speaks plain HTTP", citation=_IN_TRANSIT,
        )  # fmt: skip
    if proxy is not None and proxy.port == port:
        arguments.refuse(
            "container_port", port, asked="another port than the proxy's", way_out="pass TlsProxy(port=…)",
            citation=_IN_TRANSIT,
        )  # fmt: skip


def check_balancer(
    arguments: Arguments,
    balancer: HttpsLoadBalancer | None,
    certificates: Sequence[elbv2.IListenerCertificate | acm.ICertificate],
    conditions: Sequence[elbv2.ListenerCondition],
    region: str,
) -> None:
    """Refuse what leaves it open how requests reach the service."""
    if balancer is None:
        check_certificates(arguments, certificates, region)
        if conditions:
            arguments.refuse(
                "listener_conditions", "some", asked="left out without a load_balancer",
                way_out="the service gets every request of its own load balancer", citation=_IN_TRANSIT,
            )  # fmt: skip
        return
    if not isinstance(balancer, HttpsLoadBalancer):
        arguments.refuse(
            "load_balancer", balancer, asked="an HttpsLoadBalancer", way_out="make one, or leave it out",
            citation=_IN_TRANSIT,
        )  # fmt: skip
    if certificates:
        arguments.refuse(
            "certificates", "some", asked="left out with a load_balancer", way_out="pass them to that load balancer",
            citation=_IN_TRANSIT,
        )  # fmt: skip
    if not conditions:
        arguments.refuse(
            "listener_conditions", "none", asked="given with a load_balancer",
            way_out="e.g. [elbv2.ListenerCondition.host_headers(['portal.example.com'])]", citation="164.312(a)(1)",
        )  # fmt: skip


def check_capacity(
    arguments: Arguments,
    cluster: HipaaEcsCluster | None,
    provider: ecs.AsgCapacityProvider | None,
    **of_fargate: object,
) -> None:
    """Refuse instances that belong to no cluster given, and what only Fargate knows."""
    if provider is None:
        return
    if cluster is None:
        arguments.refuse(
            "cluster", None, asked="given with a capacity_provider", way_out="pass the cluster that has the instances",
            citation="164.308(a)(7)(i)",
        )  # fmt: skip
    for name, value in of_fargate.items():
        if value is not None:
            arguments.refuse(
                name, value if isinstance(value, int) else "one", asked="left out with a capacity_provider",
                way_out="the instances decide", citation="164.308(a)(7)(i)",
            )  # fmt: skip


def check_counts(arguments: Arguments, least: int, most: int) -> None:
    """Refuse fewer tasks than a failure leaves one of, and limits the wrong way round."""
    arguments.govern("min_count", least, holds=least >= LEAST_TASKS, asked="2 or more", rule="EcsServiceRunsTwoTasks")
    if not is_unresolved(least) and not is_unresolved(most) and not 1 <= least <= most:
        arguments.refuse(
            "max_count", most, asked=f"{max(least, 1)} or more", way_out="min_count tasks run always",
            citation="164.308(a)(7)(i)",
        )  # fmt: skip
