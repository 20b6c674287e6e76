"""Every service of the guidance is on the page of services, with blocks that are there and that an example shows."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import hipaa_constructs
from tools.services import SERVICES, ServiceRow

EXAMPLES = Path(__file__).parents[2] / "examples"
GUIDANCE = [
    "Encryption and keys (AWS KMS)",
    "Amazon EC2",
    "AWS Systems Manager",
    "Amazon VPC",
    "Amazon Elastic Block Store",
    "Amazon Redshift",
    "Amazon S3",
    "Amazon SQS",
    "Amazon S3 Glacier",
    "Amazon RDS",
    "Amazon CloudFront",
    "Elastic Load Balancing",
    "Amazon ECS",
    "Amazon DynamoDB",
    "Amazon API Gateway",
    "AWS Shield",
    "AWS WAF",
    "Amazon Inspector",
    "AWS Lambda",
    "Amazon Route 53",
    "Amazon ElastiCache for Redis",
    "Amazon CloudWatch",
    "AWS CloudTrail",
    "Amazon Elastic File System",
    "AWS Certificate Manager",
    "Auditing, backups and disaster recovery",
]
EACH = pytest.mark.parametrize("row", SERVICES, ids=lambda row: row.service)


def shown() -> set[str]:
    """Return the names of this package that examples use."""
    trees = [ast.parse(path.read_text("utf-8")) for path in EXAMPLES.rglob("*.py")]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    loaded = {node.id for node in nodes if isinstance(node, ast.Name)}
    imported = {
        alias.name
        for node in nodes
        if isinstance(node, ast.ImportFrom) and node.module == "hipaa_constructs"
        for alias in node.names
    }
    return imported & loaded


SHOWN = shown()


def test_every_service_of_the_guidance_has_a_row() -> None:
    assert [row.service for row in SERVICES] == GUIDANCE


@EACH
def test_the_blocks_are_there(row: ServiceRow) -> None:
    assert set(row.blocks) <= set(hipaa_constructs.__all__)


@EACH
def test_an_example_shows_the_blocks(row: ServiceRow) -> None:
    assert set(row.blocks) <= SHOWN


@EACH
def test_a_row_says_what_to_know(row: ServiceRow) -> None:
    assert row.note.endswith(".")
