"""An app of every construct that the emulator can make: a log group, and records replicated to a second Region."""

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3

from hipaa_constructs import EncryptedBucket, EncryptedLogGroup, ReplicaBucket, enforce

ACCOUNT = "123456789012"
REPLICA = "records-replica"

app = cdk.App()
west = cdk.Stack(
    app,
    "West",
    env=cdk.Environment(account=ACCOUNT, region="us-west-2"),
    synthesizer=cdk.BootstraplessSynthesizer(),
)
EncryptedBucket(west, "Replica", bucket_name=REPLICA)

# Its key has an ARN only once it is deployed.
replica_key = app.node.try_get_context("replica_key")
if replica_key:
    east = cdk.Stack(
        app,
        "East",
        env=cdk.Environment(account=ACCOUNT, region="us-east-1"),
        synthesizer=cdk.BootstraplessSynthesizer(),
    )
    target = ReplicaBucket(
        bucket=s3.Bucket.from_bucket_name(east, "Replica", REPLICA),
        encryption_key=kms.Key.from_key_arn(east, "ReplicaKey", replica_key),
    )
    EncryptedBucket(east, "Records", replicate_to=target)
    EncryptedLogGroup(east, "Audit")

enforce(app)
app.synth()
