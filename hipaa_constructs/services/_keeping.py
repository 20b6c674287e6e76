"""What must become of a resource when its stack goes."""

from __future__ import annotations

from aws_cdk import RemovalPolicy

KEEPING = (RemovalPolicy.RETAIN, RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)
"""It stays."""

KEEPING_DATA = (*KEEPING, RemovalPolicy.SNAPSHOT)
"""It stays, or a last snapshot of what it holds does."""
