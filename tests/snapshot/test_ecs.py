"""The whole templates of the services and clusters."""

from __future__ import annotations

from aws_cdk import Stack
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_secretsmanager as secretsmanager

from hipaa_constructs import HipaaEcsCluster, HipaaEcsService, HttpsLoadBalancer
from tests._refusals import waiver
from tests._synthesis import synthesized
from tests.snapshot.conftest import Templates
from tools import examples
from tools.examples import imported_certificate, network


def test_service_with_a_proxy(templates: Templates) -> None:
    templates.hold(synthesized(examples.service))


def test_cluster_with_defaults(templates: Templates) -> None:
    templates.hold(synthesized(lambda stack: HipaaEcsCluster(stack, "It", vpc=network(stack))))


def test_service_that_shares_a_cluster_and_a_load_balancer(templates: Templates) -> None:
    def build(stack: Stack) -> None:
        vpc = network(stack)
        balancer = HttpsLoadBalancer(stack, "Balancer", vpc=vpc, certificates=[imported_certificate(stack)])
        secret = secretsmanager.Secret.from_secret_name_v2(stack, "Secret", "portal")
        HipaaEcsService(
            stack,
            "It",
            vpc=vpc,
            cluster=HipaaEcsCluster(stack, "Cluster", vpc=vpc),
            load_balancer=balancer,
            listener_conditions=[elbv2.ListenerCondition.path_patterns(["/portal/*"])],
            image=ecs.ContainerImage.from_registry("public.ecr.aws/example/portal"),
            container_port=8443,
            environment={"STAGE": "production"},
            secrets={"DB_PASSWORD": ecs.Secret.from_secrets_manager(secret)},
            container={"command": ["serve"], "working_directory": "/srv"},
            readonly_root_filesystem=False,
            enable_execute_command=True,
            ephemeral_storage_gib=50,
            service_name="portal",
            waivers=[waiver("EcsContainerReadOnly")],
        )

    templates.hold(synthesized(build))
