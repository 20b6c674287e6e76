"""What the reference deployment costs a month, counted in its templates and priced by AWS's lists."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from hipaa_constructs.rules import Assembly, Resource, Template

TEMPLATES = Path(__file__).parent.parent / "tests" / "snapshot" / "__snapshots__" / "test_reference"
HOURS = 730
REGIONS = {"Recovery": "us-west-2", "Edge": "us-east-1", "": "us-east-2"}


def _zones(database: Resource) -> int:
    return 2 if database.at("MultiAZ").value is True else 1


def _endpoint(endpoint: Resource) -> float:
    interface = endpoint.at("VpcEndpointType").text == "Interface"
    return 0.01 * HOURS * len(endpoint.at("SubnetIds").items()) if interface else 0


def _cache(cache: Resource) -> float:
    nodes = (cache.at("NumNodeGroups").number or 1) * (1 + (cache.at("ReplicasPerNodeGroup").number or 0))
    return 0.0256 * HOURS * nodes


def _tasks(target: Resource) -> float:
    return (0.5 * 0.04048 + 1 * 0.004445) * HOURS * (target.at("MinCapacity").number or 0)


STANDING: Mapping[str, Callable[[Resource], float]] = {
    "AWS::ApplicationAutoScaling::ScalableTarget": _tasks,
    "AWS::CloudWatch::Alarm": lambda one: 0.10,
    "AWS::EC2::VPCEndpoint": _endpoint,
    "AWS::ElastiCache::ReplicationGroup": _cache,
    "AWS::ElasticLoadBalancingV2::LoadBalancer": lambda one: (0.0225 + 0.008) * HOURS,
    "AWS::KMS::Key": lambda one: 1.0,
    "AWS::KMS::ReplicaKey": lambda one: 1.0,
    "AWS::RDS::DBInstance": lambda one: (0.178 * HOURS + 100 * 0.115) * _zones(one),
    "AWS::Route53::HealthCheck": lambda one: 0.50,
    "AWS::Route53::HostedZone": lambda one: 0.50,
    "AWS::SecretsManager::Secret": lambda one: 0.40 * (1 + len(one.at("ReplicaRegions").items())),
    "AWS::WAFv2::WebACL": lambda one: 5.0 + len(one.at("Rules").items()),
}
"""What a resource costs a month while it is there, in USD."""

_LOGS, _S3, _BACKUP, _S3_BACKUP, _TRANSFER, _RTC = 0.50, 0.023, 0.095, 0.05, 0.02, 0.015
# AWS Config: items and evaluations; GuardDuty: calls, data events, flow logs and a processor; checks of Security Hub.
_WATCHED = 1_000 * 0.003 + 3_000 * 0.001 + 4.00 + 10 * 0.80 + 30 * 1.00 + 1.50 + 10_000 * 0.001
_WATCHED_IN_RECOVERY = 300 * 0.003 + 1_000 * 0.001 + 1.00 + 5 * 1.00 + 1.50 + 5_000 * 0.001
USED: Mapping[str, float] = {
    "Audit": 10_000_000 / 100_000 * 0.10 + 10 * _LOGS + 4 * 20 * 0.0034,
    "Data": 500 * _S3 + 500 * _S3_BACKUP + 150 * _BACKUP + 50 * (_RTC + _TRANSFER) + 20 * _TRANSFER + 5 * _LOGS,
    "Edge": 10 * 0.60 + 10 * _LOGS,
    "Network": 30 * _LOGS,
    "Recorder": _WATCHED,
    "RecoveryCopies": 500 * _S3 + 500 * _S3_BACKUP + 150 * _BACKUP,
    "RecoveryNetwork": 5 * _LOGS,
    "RecoveryRecorder": _WATCHED_IN_RECOVERY,
    "RecoveryService": 2 * _LOGS,
    "RecoveryStandby": 5 * _LOGS + 100 * _TRANSFER,
    "Service": 15 * _LOGS,
}
"""What the use assumed in the README costs a month in each stack, in USD."""

_REPLICATED_BACKUPS = 100 * (_BACKUP + _TRANSFER)
"""What a pilot light has in place of a replica of the database."""


@dataclass(frozen=True, slots=True)
class Row:
    """What a stack costs a month, in whole USD; None where there is no such stack.

    Attributes:
        stack: its name.
        region: where it is.
        warm: with a warm standby.
        pilot: with a pilot light.
    """

    stack: str
    region: str
    warm: int
    pilot: int | None


def rows() -> list[Row]:
    """Return a row for each stack, by Region and name."""
    warm = {stack: _cost(stack, body) for stack, body in _templates("test_warm_standby")}
    pilot = {stack: cost for stack, cost in warm.items() if stack not in ("RecoveryService", "RecoveryStandby")}
    pilot |= {stack: _cost(stack, body) for stack, body in _templates("test_pilot_light")}
    pilot["RecoveryCopies"] += _REPLICATED_BACKUPS
    found = [
        Row(stack, region_of(stack), round(cost), round(pilot[stack]) if stack in pilot else None)
        for stack, cost in warm.items()
    ]
    return sorted(found, key=lambda row: (row.region, row.stack))


def region_of(stack: str) -> str:
    """Return the Region that a stack of the reference is in."""
    return next(region for prefix, region in REGIONS.items() if stack.startswith(prefix))


def _templates(test: str) -> Iterator[tuple[str, Template]]:
    for path in sorted(TEMPLATES.glob(f"{test}*.json")):
        yield path.stem.partition("[")[2].rstrip("]"), Template(json.loads(path.read_text(encoding="utf-8")))


def _cost(stack: str, template: Template) -> float:
    standing = sum(price(one) for kind, price in STANDING.items() for one in Assembly([template]).resources(kind))
    return standing + USED.get(stack, 0)
