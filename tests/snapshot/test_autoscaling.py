"""The whole templates of the groups of instances."""

from __future__ import annotations

from aws_cdk import Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs

from hipaa_constructs import EncryptionKey, HipaaEcsCluster, HipaaEcsService
from tests._synthesis import synthesized
from tests.snapshot.conftest import Templates
from tools import examples
from tools.examples import imported_certificate, network


def test_group_with_defaults(templates: Templates) -> None:
    templates.hold(synthesized(examples.instances))


def test_service_on_instances(templates: Templates) -> None:
    def build(stack: Stack) -> None:
        vpc = network(stack)
        cluster = HipaaEcsCluster(stack, "Cluster", vpc=vpc)
        provider = cluster.add_instances(
            "Large", instance_type=ec2.InstanceType("r7i.2xlarge"), encryption_key=EncryptionKey.of(stack)
        )
        HipaaEcsService(
            stack,
            "It",
            vpc=vpc,
            cluster=cluster,
            capacity_provider=provider,
            certificates=[imported_certificate(stack)],
            image=ecs.ContainerImage.from_registry("public.ecr.aws/example/portal"),
            container_port=8443,
        )

    templates.hold(synthesized(build))
