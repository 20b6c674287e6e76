"""Constructs made with what they refuse."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from aws_cdk import Stack

from hipaa_constructs import ComplianceError, Waiver


def waiver(rule: str) -> Waiver:
    """Return a waiver that is good for long."""
    return Waiver(rule=rule, reason="because", approved_by="CISO", expires="2999-12-31")


def refusal(build: Callable[[], object], message: str) -> None:
    """Demand that something is refused with exactly one message."""
    with pytest.raises(ComplianceError, match=f"^{re.escape(message)}$"):
        build()


def made(kind: Callable[..., object], stack: Stack, **options: object) -> object:
    """Make a construct with options that a type checker would refuse."""
    return kind(stack, "It", **options)
