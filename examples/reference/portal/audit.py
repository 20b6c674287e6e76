"""Who did what, kept for six years where nobody can change it."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_events as events

from hipaa_constructs import AuditBaseline, EncryptedTrail
from portal.copies import CopiesStack
from portal.foundation import KeysStack
from portal.settings import PortalStack


class AuditStack(PortalStack):
    """A trail of all Regions, reviewed every week and copied to the recovery Region."""

    def __init__(self, app: cdk.App, id: str, region: str, copies: CopiesStack) -> None:
        super().__init__(app, id, region)
        every_week = events.Schedule.cron(hour="6", minute="0", week_day="MON")
        EncryptedTrail(self, "Trail", digest_review=every_week, replicate_to=copies.trail)


class RecorderStack(PortalStack):
    """What watches a Region: AWS Config, which delivers to the log archive, GuardDuty, Security Hub, an analyzer."""

    def __init__(self, app: cdk.App, id: str, region: str, keys: KeysStack) -> None:
        super().__init__(app, id, region)
        in_primary = region == self.settings.primary
        AuditBaseline(self, "Default", log_archive=keys.log_archive, global_types=in_primary)
