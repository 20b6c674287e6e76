"""An interface engine on an instance of its own, entered by Session Manager alone, backed up every day and every four hours."""

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2

from hipaa_constructs import EncryptedVolume, FlowLoggedVpc, HipaaInstance, SnapshotPolicy, enforce

app = cdk.App()
stack = cdk.Stack(app, "Interface", termination_protection=True)
network = FlowLoggedVpc(stack, "Network", endpoints="standard").vpc
engine = HipaaInstance(
    stack,
    "Engine",
    vpc=network,
    instance_type=ec2.InstanceType("m7g.large"),
    machine_image=ec2.MachineImage.latest_amazon_linux2023(cpu_type=ec2.AmazonLinuxCpuType.ARM_64),
)
queues = EncryptedVolume(
    stack,
    "Queues",
    availability_zone=engine.instance.instance_availability_zone,
    size=cdk.Size.gibibytes(100),
)
ec2.CfnVolumeAttachment(
    stack,
    "Attachment",
    device="/dev/sdf",
    instance_id=engine.instance.instance_id,
    volume_id=queues.volume.volume_id,
)
SnapshotPolicy(stack, "Snapshots", every=cdk.Duration.hours(4), retention=cdk.Duration.days(3)).protect(queues)
engine.connections.allow_from(ec2.Peer.ipv4("10.0.0.0/16"), ec2.Port.tcp(6661), "HL7 over TLS")
enforce(app)
app.synth()
