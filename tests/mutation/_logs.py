"""Log groups, weakened."""

from __future__ import annotations

from aws_cdk import Stack

from hipaa_constructs import EncryptedLogGroup
from tests.mutation._weakening import Weakening


def log_group(stack: Stack) -> None:
    EncryptedLogGroup(stack, "It")


WEAKENING = Weakening(
    "logs",
    (log_group,),
    types=("AWS::Logs::LogGroup",),
    exempt=(
        ("LogGroup:*/DataProtectionPolicy*", "*", "no application logs to it; the rule judges the groups of those"),
    ),
)
