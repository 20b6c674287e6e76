"""The app."""

from __future__ import annotations

import aws_cdk as cdk

from benchmarks.by_hand.audit import AuditStack, RecorderStack
from benchmarks.by_hand.common import PRIMARY, RECOVERY
from benchmarks.by_hand.data import DataStack, StandbyStack
from benchmarks.by_hand.edge import EdgeStack
from benchmarks.by_hand.foundation import CopiesStack, KeysStack, NetworkStack
from benchmarks.by_hand.service import ServiceStack


def build(app: cdk.App) -> None:
    """Make the stacks of both Regions."""
    keys = KeysStack(app, "Keys", PRIMARY)
    network = NetworkStack(app, "Network", PRIMARY, keys, "10.0.0.0/16")
    recovery_keys = KeysStack(app, "RecoveryKeys", RECOVERY, copy_of=keys)
    recovery_network = NetworkStack(app, "RecoveryNetwork", RECOVERY, recovery_keys, "10.1.0.0/16")
    copies = CopiesStack(app, "RecoveryCopies", RECOVERY, recovery_keys)
    data = DataStack(app, "Data", PRIMARY, keys, network, copies)
    standby = StandbyStack(app, "RecoveryStandby", recovery_keys, recovery_network, copies, data)
    serving = [
        ServiceStack(app, "Service", PRIMARY, keys, network, data.stores),
        ServiceStack(app, "RecoveryService", RECOVERY, recovery_keys, recovery_network, standby.stores),
    ]
    EdgeStack(app, "Edge", serving)
    AuditStack(app, "Audit", PRIMARY, copies)
    RecorderStack(app, "Recorder", PRIMARY, keys, is_primary=True)
    RecorderStack(app, "RecoveryRecorder", RECOVERY, recovery_keys, is_primary=False)
