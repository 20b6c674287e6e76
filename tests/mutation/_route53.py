"""Zones, weakened."""

from __future__ import annotations

from aws_cdk import Stack

from hipaa_constructs import HipaaHostedZone
from tests.mutation._weakening import Weakening
from tools.examples import network


def public_zone(stack: Stack) -> None:
    HipaaHostedZone(stack, "It", zone_name="example.org")


def private_zone(stack: Stack) -> None:
    HipaaHostedZone(stack, "It", zone_name="internal.example.org", vpcs=[network(stack)], log_network_queries=True)


WEAKENING = Weakening(
    "route53",
    (public_zone, private_zone),
    only=(
        "DNSSEC::removed",
        "DNSSEC:Properties/HostedZoneId:*",
        "HostedZone:Properties/QueryLoggingConfig*:deleted",
        "Key:DeletionPolicy:*",
        "Key:Properties/PendingWindowInDays:29",
        "LogGroup:DeletionPolicy:*",
        "LogGroup:Properties/DeletionProtectionEnabled:*",
        "LogGroup:Properties/KmsKeyId:deleted",
        "LogGroup:Properties/RetentionInDays:*",
    ),
)
