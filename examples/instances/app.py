"""A service on instances of one's own: encrypted volumes, IMDSv2, no SSH, no public addresses."""

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_ecs as ecs

from hipaa_constructs import (
    EncryptedLogGroup,
    FlowLoggedVpc,
    HipaaAutoScalingGroup,
    HipaaCertificate,
    HipaaEcsCluster,
    HipaaEcsService,
    enforce,
)

app = cdk.App()
stack = cdk.Stack(app, "Imaging", termination_protection=True)
tag = cdk.CfnParameter(stack, "ImageTag", allowed_pattern=r"[\w][\w.-]{0,127}").value_as_string
images = ecr.Repository.from_repository_name(stack, "Images", "imaging")
certificate = HipaaCertificate(stack, "Certificate", domain_name="imaging.example.org").certificate
network = FlowLoggedVpc(stack, "Network", endpoints="standard")
cluster = HipaaEcsCluster(stack, "Cluster", vpc=network.vpc)
large = cluster.add_instances("Large", instance_type=ec2.InstanceType("r7i.2xlarge"), root_volume_gib=200)
HipaaEcsService(
    stack,
    "Service",
    vpc=network.vpc,
    cluster=cluster,
    capacity_provider=large,
    certificates=[certificate],
    image=ecs.ContainerImage.from_ecr_repository(images, tag),
    container_port=8443,
    cpu=4096,
    memory_limit_mib=32768,
)
# Machines without containers, and where their programs write what they did.
converters = HipaaAutoScalingGroup(
    stack,
    "Converters",
    vpc=network.vpc,
    instance_type=ec2.InstanceType("m7g.large"),
    machine_image=ec2.MachineImage.latest_amazon_linux2023(cpu_type=ec2.AmazonLinuxCpuType.ARM_64),
)
EncryptedLogGroup(stack, "Conversions").log_group.grant_write(converters.role)
enforce(app)
app.synth()
