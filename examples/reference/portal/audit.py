"""Who did what, kept for six years where nobody can change it."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_config as config
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam

from hipaa_constructs import EncryptedTrail
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
    """AWS Config's recorder of a Region, which delivers to the log archive; there can only be one."""

    def __init__(self, app: cdk.App, id: str, region: str, keys: KeysStack) -> None:
        super().__init__(app, id, region)
        bucket, prefix = keys.log_archive.bucket, "config"
        objects = bucket.arn_for_objects(f"{prefix}/AWSLogs/{self.account}/Config/*")
        own = {"StringEquals": {"aws:SourceAccount": self.account}}
        service = iam.ServicePrincipal("config.amazonaws.com", conditions=own)
        for allowed, resource in (
            (("s3:GetBucketAcl", "s3:ListBucket"), bucket.bucket_arn),
            (("s3:PutObject",), objects),
        ):
            statement = iam.PolicyStatement(principals=[service], actions=list(allowed), resources=[resource])
            bucket.add_to_resource_policy(statement)
        name = "aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"
        role = self.format_arn(service="iam", region="", resource="role", resource_name=name)
        recorded = {"allSupported": True, "includeGlobalResourceTypes": region == self.settings.primary}
        config.CfnConfigurationRecorder(self, "Recorder", role_arn=role, recording_group=recorded)
        config.CfnDeliveryChannel(self, "Channel", s3_bucket_name=bucket.bucket_name, s3_key_prefix=prefix)
