"""An interface engine on an instance of its own, entered by Session Manager alone, with snapshots every four hours."""

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam

from hipaa_constructs import (
    EncryptedVolume,
    EncryptionKey,
    FlowLoggedVpc,
    HipaaInstance,
    ManagedPolicyRole,
    PatchPolicy,
    SecureParameter,
    SessionManagerAccess,
    SnapshotPolicy,
    enforce,
)

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
sessions = SessionManagerAccess(stack, "Sessions")
sessions.let_in(engine.role)
operator = ManagedPolicyRole(
    stack,
    "Operator",
    assumed_by=iam.PrincipalWithConditions(
        iam.AccountRootPrincipal(), {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
    ),
)
sessions.allow(operator, engine.instance)
# Made by hand, as CloudFormation makes no secure parameters.
SecureParameter(stack, "/interface/partner-password", encryption_key=EncryptionKey.of(stack)).grant_read(engine.role)
PatchPolicy(stack, "Patches").protect(engine, engine.role)
enforce(app)
app.synth()
