"""Repositories of images, weakened."""

from __future__ import annotations

from aws_cdk import Stack

from hipaa_constructs import EncryptedRepository
from tests.mutation._weakening import Weakening


def repository(stack: Stack) -> None:
    EncryptedRepository(stack, "It")


WEAKENING = Weakening(
    "ecr",
    (repository,),
    types=("AWS::ECR::Repository",),
    exempt=(("Repository:*Policy", "*", "an image is no record; the option is free"),),
)
