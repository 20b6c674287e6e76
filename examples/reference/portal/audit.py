"""Who did what, kept for six years where nobody can change it."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_events as events

from hipaa_constructs import EncryptedTrail
from portal.copies import CopiesStack
from portal.foundation import KeysStack
from portal.settings import PortalStack


class AuditStack(PortalStack):
    """A trail of all Regions, reviewed every week and copied to the recovery Region."""

    def __init__(self, app: cdk.App, id: str, region: str, keys: KeysStack, copies: CopiesStack) -> None:
        super().__init__(app, id, region)
        every_week = events.Schedule.cron(hour="6", minute="0", week_day="MON")
        EncryptedTrail(self, "Trail", digest_review=every_week, replicate_to=copies.trail)


class RecorderStack(PortalStack):
    """AWS Config's recorder of a Region, for accounts that have none: there can only be one."""

    def __init__(self, app: cdk.App, id: str, region: str, keys: KeysStack) -> None:
        super().__init__(app, id, region)
