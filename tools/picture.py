"""The architecture of the reference deployment, drawn from its templates."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pygraphviz

from hipaa_constructs.rules import Assembly, Resource, Template
from tools.costs import TEMPLATES, region_of

SHOWN = {
    "AWS::Backup::BackupVault": "backup vault",
    "AWS::CloudFront::Distribution": "CloudFront",
    "AWS::CloudTrail::Trail": "trail of all Regions",
    "AWS::Config::ConfigurationRecorder": "AWS Config",
    "AWS::ECR::Repository": "images",
    "AWS::ECS::Service": "tasks on Fargate",
    "AWS::ElastiCache::ReplicationGroup": "Valkey",
    "AWS::ElasticLoadBalancingV2::LoadBalancer": "internal load balancer",
    "AWS::GuardDuty::Detector": "GuardDuty",
    "AWS::KMS::Key": "key",
    "AWS::KMS::ReplicaKey": "copy of the key",
    "AWS::RDS::DBInstance": "PostgreSQL",
    "AWS::Route53::HostedZone": "private zone",
    "AWS::S3::Bucket": "",
    "AWS::SNS::Topic": "alarms",
    "AWS::SQS::Queue": "",
    "AWS::SecretsManager::Secret": "password",
    "AWS::SecurityHub::Hub": "Security Hub",
    "AWS::WAFv2::WebACL": "AWS WAF",
}
"""What is drawn, and how it is called; nothing stands for its own id."""

_HASH = re.compile("[0-9A-F]{8}$")

THROUGH = ("AWS::CloudFront::VpcOrigin", "AWS::ECS::TaskDefinition")
"""What leads from one thing to the next without being drawn itself."""

LEADING = {
    "AWS::CloudFront::Distribution": ("AWS::ElasticLoadBalancingV2::LoadBalancer", "AWS::WAFv2::WebACL"),
    "AWS::ECS::Service": (
        *("AWS::ElastiCache::ReplicationGroup", "AWS::RDS::DBInstance", "AWS::S3::Bucket", "AWS::SQS::Queue"),
        "AWS::SecretsManager::Secret",
    ),
}
"""Which of the things that a resource names it is drawn to lead to; everything names keys and archives."""


@dataclass(frozen=True, slots=True)
class Edge:
    """A line from one resource to another.

    Attributes:
        start: where it begins.
        end: where it ends.
        label: what passes.
    """

    start: Resource
    end: Resource
    label: str = ""


def drawing() -> pygraphviz.AGraph:
    """Return the picture of the deployment with a warm standby, before it is laid out."""
    assembly = Assembly(_templates())
    graph = pygraphviz.AGraph(directed=True, rankdir="LR", fontname="Helvetica", nodesep="0.25", ranksep="0.9")
    graph.node_attr.update(shape="box", style="rounded,filled", fillcolor="white", fontname="Helvetica", fontsize="11")
    graph.edge_attr.update(fontname="Helvetica", fontsize="9", color="#555555")
    for region in sorted({str(template.region) for template in assembly.templates}):
        of_region = graph.add_subgraph(name=f"cluster_{region}", label=region, style="filled", fillcolor="#eef3f8")
        for template in assembly.templates:
            if template.region == region:
                name = f"cluster_{template.stack_name}"
                stack = of_region.add_subgraph(
                    name=name, label=template.stack_name, style="filled", fillcolor="#dde7f0"
                )
                for resource in _shown(template):
                    stack.add_node(_id(resource), label=_label(resource))
    graph.add_node("viewer", label="viewers", shape="ellipse")
    for distribution in assembly.resources("AWS::CloudFront::Distribution"):
        graph.add_edge("viewer", _id(distribution), label="HTTPS")
    for edge in _edges(assembly):
        graph.add_edge(_id(edge.start), _id(edge.end), label=edge.label)
    return graph


def _templates() -> Iterator[Template]:
    for path in sorted(TEMPLATES.glob("test_warm_standby*.json")):
        stack = path.stem.partition("[")[2].rstrip("]")
        body = json.loads(path.read_text(encoding="utf-8"))
        yield Template(body, name=stack, stack_name=stack, region=region_of(stack), account="123456789012")


def _shown(template: Template) -> list[Resource]:
    return [one for one in template.resources.values() if one.type in SHOWN]


def _id(resource: Resource) -> str:
    return f"{resource.template.stack_name}.{resource.logical_id}"


def _label(resource: Resource) -> str:
    own = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", _HASH.sub("", resource.logical_id)).lower()
    return SHOWN[resource.type] or own


def _edges(assembly: Assembly) -> Iterator[Edge]:
    for kind, targets in LEADING.items():
        for start in assembly.resources(kind):
            yield from (Edge(start, end) for end in _named(start) if end.type in targets)
    yield from _balanced(assembly)
    for trail in assembly.resources("AWS::CloudTrail::Trail"):
        yield from (Edge(trail, bucket) for bucket in trail.at("S3BucketName").targets())
    for key in assembly.resources("AWS::KMS::ReplicaKey"):
        yield from (Edge(primary, key, "copy") for primary in key.at("PrimaryKeyArn").targets())
    for bucket in assembly.resources("AWS::S3::Bucket"):
        for place in bucket.each("ReplicationConfiguration", "Rules", "*", "Destination", "Bucket"):
            others = assembly.resources("AWS::S3::Bucket")
            yield from (Edge(bucket, other, "replication") for other in others if place.designates(other))
    for database in assembly.resources("AWS::RDS::DBInstance"):
        source = database.at("SourceDBInstanceIdentifier")
        others = assembly.resources("AWS::RDS::DBInstance")
        yield from (Edge(other, database, "replication") for other in others if source.designates(other))
    for copying in assembly.resources("AWS::ECR::ReplicationConfiguration"):
        yield from _images(copying)
    for plan in assembly.resources("AWS::Backup::BackupPlan"):
        yield from _backups(plan)
    for record in assembly.resources("AWS::Route53::RecordSet"):
        for zone in record.at("HostedZoneId").targets():
            ends = record.at("AliasTarget", "DNSName").targets()
            yield from (Edge(zone, end, record.at("Failover").text or "") for end in ends)


def _named(resource: Resource) -> list[Resource]:
    """Return what a resource names, by way of what is not drawn."""
    found: dict[Resource, None] = {}
    pending = [resource]
    while pending:
        one = pending.pop()
        for other in one.template.named_resources(one.body.get("Properties")):
            if other.type in THROUGH and other not in found:
                pending.append(other)
            found[other] = None
    return [one for one in found if one.type not in THROUGH and one is not resource]


def _balanced(assembly: Assembly) -> Iterator[Edge]:
    for listened in assembly.resources("AWS::ElasticLoadBalancingV2::ListenerRule"):
        targets = [one for place in listened.each("Actions", "*", "TargetGroupArn") for one in place.targets()]
        balancers = [
            balancer
            for listener in listened.at("ListenerArn").targets()
            for balancer in listener.at("LoadBalancerArn").targets()
        ]
        for service in assembly.resources("AWS::ECS::Service"):
            groups = [one for place in service.each("LoadBalancers", "*", "TargetGroupArn") for one in place.targets()]
            if set(groups) & set(targets):
                yield from (Edge(balancer, service, "HTTPS") for balancer in balancers)


def _images(copying: Resource) -> Iterator[Edge]:
    places = copying.each("ReplicationConfiguration", "Rules", "*", "Destinations", "*", "Region")
    regions = {place.text for place in places}
    repositories = copying.template.assembly.resources("AWS::ECR::Repository")
    for one in repositories:
        if one.template is copying.template:
            yield from (
                Edge(one, other, "replication")
                for other in repositories
                if other.name.text == one.name.text and other.template.region in regions
            )


def _backups(plan: Resource) -> Iterator[Edge]:
    rules = plan.at("BackupPlan", "BackupPlanRule").items()
    vaults = dict.fromkeys(vault for rule in rules for vault in rule.at("TargetBackupVault").targets())
    selections, _ = plan.template.assembly.pointing_at(plan, "AWS::Backup::BackupSelection", "BackupPlanId")
    places = [place for one in selections for place in one.each("BackupSelection", "Resources", "*")]
    for chosen in dict.fromkeys(one for place in places for one in place.targets()):
        yield from (Edge(chosen, vault, "backups") for vault in vaults)
    copied = [place for rule in rules for place in rule.each("CopyActions", "*", "DestinationBackupVaultArn")]
    names = {place.outline().rpartition(":")[2] for place in copied}
    for copy in plan.template.assembly.resources("AWS::Backup::BackupVault"):
        if copy.at("BackupVaultName").text in names:
            yield from (Edge(vault, copy, "copies") for vault in vaults)


def draw(path: Path) -> None:
    """Draw the picture.

    Args:
        path: of the file, whose suffix says how it is drawn.
    """
    graph = drawing()
    graph.layout("dot")
    graph.draw(str(path))
