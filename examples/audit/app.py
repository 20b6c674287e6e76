"""Auditing of an account whose organization has a trail and GuardDuty: alarms, AWS Config, scans, masked logs."""

import aws_cdk as cdk
from aws_cdk import aws_logs as logs

from hipaa_constructs import (
    AuditAlarms,
    AuditBaseline,
    EncryptedLogGroup,
    InspectorScanning,
    enforce,
    masks_identifiers,
)

app = cdk.App()
stack = cdk.Stack(app, "Audit", termination_protection=True)
AuditAlarms(
    stack,
    "Alarms",
    log_group=logs.LogGroup.from_log_group_name(stack, "Trail", "organization-trail"),
    break_glass_roles=[stack.format_arn(service="iam", region="", resource="role", resource_name="BreakGlass")],
)
AuditBaseline(stack, "Baseline", guard_duty=False)
InspectorScanning(stack, "Scanning", cis_tags={"phi": ["yes"]})
EncryptedLogGroup(
    stack, "Portal", data_protection_policy=masks_identifiers(custom={"MedicalRecordNumber": "MRN-[0-9]{8}"})
)
enforce(app)
app.synth()
