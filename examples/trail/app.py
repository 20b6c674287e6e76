"""A trail of all Regions with alarms, whose digest files are reviewed every week."""

import aws_cdk as cdk
from aws_cdk import aws_events as events

from hipaa_constructs import EncryptedTrail, enforce

app = cdk.App()
stack = cdk.Stack(app, "Audit", termination_protection=True)
EncryptedTrail(stack, "Trail", digest_review=events.Schedule.cron(hour="6", minute="0", week_day="MON"))
enforce(app)
app.synth()
