"""An app of the stores that the emulator can make."""

import aws_cdk as cdk

from hipaa_constructs import ArchiveBucket, EncryptedFileSystem, FlowLoggedVpc, enforce
from tools.examples import KEY_IN_THE_WEST

app = cdk.App()
stack = cdk.Stack(app, "Stores", synthesizer=cdk.BootstraplessSynthesizer(), termination_protection=True)
vpc = FlowLoggedVpc(stack, "Network", max_azs=2).vpc
files = EncryptedFileSystem(stack, "Scans", vpc=vpc, replication_region="us-west-2", replication_key=KEY_IN_THE_WEST)
files.add_access_point("Viewer", path="/scans", uid="1000", gid="1000")
ArchiveBucket(stack, "Closed", locked=True, expires=True)
enforce(app)
app.synth()
