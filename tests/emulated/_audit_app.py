"""An app of what audits that the emulator can make."""

import aws_cdk as cdk

from hipaa_constructs import AuditAlarms, AuditBaseline, EncryptedLogGroup, InspectorScanning, enforce

app = cdk.App()
stack = cdk.Stack(app, "Audit", termination_protection=True)
trail = EncryptedLogGroup(stack, "Trail").log_group
AuditAlarms(stack, "Alarms", log_group=trail)
AuditBaseline(stack, "Baseline")
InspectorScanning(stack, "Scanning")
enforce(app)
app.synth()
