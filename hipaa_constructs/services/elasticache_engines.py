"""Amazon ElastiCache: engines, and from which version on they do all that is asked of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from aws_cdk import Fn

from hipaa_constructs.services._tokens import is_unresolved

EngineName = Literal["valkey", "redis"]


@dataclass(frozen=True, slots=True)
class Engine:
    """An engine of caches.

    Attributes:
        name: as CloudFormation writes it.
        floor: the oldest version that signs users in by IAM, beside encryption in transit and at rest.
        default: the version of a new cluster.
    """

    name: str
    floor: tuple[int, int]
    default: str

    def family(self, version: str) -> str:
        """Return the family of parameter groups of a version, also of one that only the deployment knows."""
        hidden = is_unresolved(version)
        major = Fn.select(0, Fn.split(".", version)) if hidden else version.partition(".")[0]
        return f"{self.name}{major}"


# https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth-iam.html
ENGINES: Mapping[str, Engine] = {
    "valkey": Engine("valkey", (7, 2), "8.0"),
    "redis": Engine("redis", (7, 0), "7.1"),
}


def parsed(version: str) -> tuple[int, int] | None:
    """Return major and minor version, or None for what is no version."""
    major, _, rest = version.partition(".")
    minor = rest.partition(".")[0] or "0"
    return (int(major), int(minor)) if major.isdecimal() and minor.isdecimal() else None
