"""An app of machines and what belongs to them, as far as the emulator makes it."""

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2

from hipaa_constructs import (
    EncryptedVolume,
    FlowLoggedVpc,
    HipaaInstance,
    PatchPolicy,
    SessionManagerAccess,
    SnapshotPolicy,
    enforce,
)

app = cdk.App()
stack = cdk.Stack(
    app,
    "Machines",
    env=cdk.Environment(account="123456789012", region="us-east-1"),
)
network = FlowLoggedVpc(stack, "Network", max_azs=2).vpc
image = ec2.MachineImage.generic_linux({"us-east-1": app.node.get_context("image")})
engine = HipaaInstance(stack, "Engine", vpc=network, instance_type=ec2.InstanceType("m7i.large"), machine_image=image)
queues = EncryptedVolume(
    stack, "Queues", availability_zone=network.private_subnets[0].availability_zone, size=cdk.Size.gibibytes(100)
)
SessionManagerAccess(stack, "Sessions").let_in(engine.role)
PatchPolicy(stack, "Patches").protect(engine, engine.role)
SnapshotPolicy(stack, "Snapshots").protect(queues)
enforce(app)
app.synth()
