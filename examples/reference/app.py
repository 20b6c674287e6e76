"""A patient portal in two Regions, which survives the loss of one of them."""

import aws_cdk as cdk
from portal.audit import AuditStack, RecorderStack
from portal.copies import CopiesStack
from portal.data import DataStack, StandbyStack
from portal.edge import EdgeStack
from portal.foundation import KeysStack, NetworkStack
from portal.service import ServiceStack
from portal.settings import Settings

from hipaa_constructs import enforce

app = cdk.App()
settings = Settings.of(app)
here, there = settings.primary, settings.recovery

keys = KeysStack(app, "Keys", here)
network = NetworkStack(app, "Network", here, keys, cidr="10.0.0.0/16")
recovery_keys = KeysStack(app, "RecoveryKeys", there, copy_of=keys)
recovery_network = NetworkStack(app, "RecoveryNetwork", there, recovery_keys, cidr="10.1.0.0/16")
copies = CopiesStack(app, "RecoveryCopies", there, recovery_keys)
data = DataStack(app, "Data", here, keys, network, copies)
serving = [ServiceStack(app, "Service", here, keys, network, data.stores)]
if settings.stands_by:
    standby = StandbyStack(app, "RecoveryStandby", recovery_keys, recovery_network, copies, data)
    serving.append(ServiceStack(app, "RecoveryService", there, recovery_keys, recovery_network, standby.stores))
# A stack is not updated whose references lead to a Region that is lost: after a failover the edge has none there.
EdgeStack(app, "Edge", serving if settings.active == "primary" else serving[1:])
AuditStack(app, "Audit", here, copies)
if settings.config_recorder == "yes":
    RecorderStack(app, "Recorder", here, keys)
    RecorderStack(app, "RecoveryRecorder", there, recovery_keys)

enforce(app)
app.synth()
