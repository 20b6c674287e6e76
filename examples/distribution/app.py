"""Pages in a private bucket and an API, behind one name: HTTPS all the way, nothing cached."""

import aws_cdk as cdk

from hipaa_constructs import EncryptedBucket, EndToEndHttpsDistribution, HipaaCertificate, HttpsOrigin, enforce

app = cdk.App()
stack = cdk.Stack(
    app, "Edge", env=cdk.Environment(account="123456789012", region="us-east-1"), termination_protection=True
)
certificate = HipaaCertificate(stack, "Certificate", domain_name="portal.example.org").certificate
EndToEndHttpsDistribution(
    stack,
    "Portal",
    certificate=certificate,
    domain_names=["portal.example.org"],
    default_behavior=HttpsOrigin.bucket(EncryptedBucket(stack, "Pages")),
    additional_behaviors={"/api/*": HttpsOrigin.custom("api.example.org")},
    default_root_object="index.html",
)
enforce(app)
app.synth()
