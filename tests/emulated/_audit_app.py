"""An app of what watches an account, and of alarms on a trail's log group."""

import aws_cdk as cdk

from hipaa_constructs import (
    AuditAlarms,
    AuditBaseline,
    EncryptedLogGroup,
    InspectorScanning,
    enforce,
    masks_identifiers,
)

app = cdk.App()
env = cdk.Environment(account="123456789012", region="us-east-1")
stack = cdk.Stack(app, "Audit", env=env, synthesizer=cdk.BootstraplessSynthesizer())
masking = masks_identifiers(custom={"MedicalRecordNumber": "MRN-[0-9]{8}"})
trail = EncryptedLogGroup(stack, "TrailLog", data_protection_policy=masking)
role = stack.format_arn(service="iam", region="", resource="role", resource_name="BreakGlass")
AuditAlarms(stack, "Alarms", log_group=trail, break_glass_roles=[role])
AuditBaseline(stack, "Baseline")
InspectorScanning(stack, "Scanning", cis_tags={"phi": ["yes"]})
enforce(app)
app.synth()
