"""Policies of patches, weakened."""

from __future__ import annotations

from aws_cdk import Stack

from hipaa_constructs import PatchPolicy
from tests.mutation._weakening import Weakening


def patches(stack: Stack) -> None:
    PatchPolicy(stack, "It")


WEAKENING = Weakening(
    "ssm_patches",
    (patches,),
    only=(
        "PatchBaseline:Properties/ApprovalRules:deleted",
        "PatchBaseline:Properties/ApprovalRules/PatchRules/0/ApproveAfterDays:deleted",
        "Association:Properties/Parameters/Operation:deleted",
    ),
    expected=frozenset({"S3BucketReplicated"}),
)
