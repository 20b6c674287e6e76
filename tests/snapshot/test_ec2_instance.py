"""The whole templates of single instances."""

from __future__ import annotations

from aws_cdk import Stack
from aws_cdk import aws_ec2 as ec2

from hipaa_constructs import EncryptionKey, HipaaBackupPlan, HipaaInstance
from tests._refusals import waiver
from tests._synthesis import synthesized
from tests.snapshot.conftest import Templates
from tools.examples import network


def test_instance_with_defaults(templates: Templates) -> None:
    templates.hold(
        synthesized(
            lambda stack: HipaaInstance(
                stack,
                "It",
                vpc=network(stack),
                instance_type=ec2.InstanceType("m7g.large"),
                machine_image=ec2.MachineImage.latest_amazon_linux2023(cpu_type=ec2.AmazonLinuxCpuType.ARM_64),
            )
        )
    )


def test_instance_with_all_options(templates: Templates) -> None:
    def build(stack: Stack) -> None:
        HipaaInstance(
            stack,
            "It",
            vpc=network(stack),
            instance_type=ec2.InstanceType("t3.large"),
            machine_image=ec2.MachineImage.latest_amazon_linux2023(),
            availability_zone="us-east-1b",
            backup_plan=HipaaBackupPlan(stack, "Plan"),
            credit_specification=ec2.CpuCredits.UNLIMITED,
            detailed_monitoring=False,
            disable_api_termination=False,
            ebs_optimized=True,
            encryption_key=EncryptionKey(stack, "Own"),
            hibernation_enabled=True,
            http_protocol_ipv6=True,
            instance_metadata_tags=True,
            instance_name="engine",
            private_ip_address="10.0.0.4",
            propagate_tags_to_volume_on_creation=True,
            root_device_name="/dev/sda1",
            root_volume_gib=100,
            source_dest_check=True,
            waivers=[waiver("Ec2InstanceMonitored"), waiver("Ec2InstanceProtectedFromTermination")],
        )

    templates.hold(synthesized(build))
