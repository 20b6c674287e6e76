"""What everything else of a Region stands on: the key of the records, the archive of logs, alarms, the network."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from hipaa_constructs import EncryptedTopic, EncryptionKey, FlowLoggedVpc, LogArchive, ReplicaEncryptionKey
from portal.settings import PortalStack


class KeysStack(PortalStack):
    """The key of both Regions, or its copy in the second one; a log archive, and the topic that alarms tell."""

    def __init__(self, app: cdk.App, id: str, region: str, copy_of: KeysStack | None = None) -> None:
        super().__init__(app, id, region)
        self.key: EncryptionKey | ReplicaEncryptionKey
        if copy_of is None:
            self.key = EncryptionKey(self, "EncryptionKey", multi_region=True)
        else:
            self.key = ReplicaEncryptionKey(self, "EncryptionKey", primary_key_arn=copy_of.key.key.key_arn)
        self.log_archive = LogArchive(self, "LogArchive")
        self.topic = EncryptedTopic(self, "Alarms", encryption_key=self.key)
        self.topic.allow_alarms()

    def alarm(self, scope: Construct, id: str, metric: cloudwatch.Metric, above: float, name: str = "") -> None:
        """Tell the topic when a measure is above what it may be, or missing."""
        comparison = cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD
        alarm = cloudwatch.Alarm(
            scope, id, metric=metric, threshold=above, evaluation_periods=3, comparison_operator=comparison,
            alarm_name=name or None,
        )  # fmt: skip
        alarm.add_alarm_action(actions.SnsAction(self.topic.topic))
        alarm.add_insufficient_data_action(actions.SnsAction(self.topic.topic))


class NetworkStack(PortalStack):
    """Private and isolated subnets in three zones, and in each an endpoint of every AWS service that is called.

    CloudFront asks for an internet gateway; no subnet has a route to it.
    """

    def __init__(self, app: cdk.App, id: str, region: str, keys: KeysStack, cidr: str) -> None:
        super().__init__(app, id, region)
        self.cidr = cidr
        self.vpc = FlowLoggedVpc(
            self,
            "Network",
            ip_addresses=ec2.IpAddresses.cidr(cidr),
            availability_zones=[region + zone for zone in "abc"],
            create_internet_gateway=True,
            endpoints="standard",
            encryption_key=keys.key,
        ).vpc
