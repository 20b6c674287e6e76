"""A bucket for records, judged at every synthesis."""

import aws_cdk as cdk

from hipaa_constructs import EncryptedBucket, enforce

app = cdk.App()
portal = cdk.Stack(app, "Portal", termination_protection=True)
EncryptedBucket(portal, "Records")

enforce(app)
app.synth()
