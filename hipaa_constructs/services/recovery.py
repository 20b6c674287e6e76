"""Recovery objectives: how old a store's copy may be, and how soon it must be of use, without the store's Region."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from aws_cdk import CfnResource, Duration
from constructs import IConstruct

from hipaa_constructs.errors import ComplianceError
from hipaa_constructs.rules._recovery import STORES
from hipaa_constructs.rules.recovery import OBJECTIVE
from hipaa_constructs.services._metadata import note

_CITATION = "164.308(a)(7)(ii)(B)"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryObjective:
    """What is promised of data stores when their Region is lost, checked against how each of them is copied.

    ``RecoveryObjective(rpo=Duration.minutes(30), rto=Duration.hours(4)).set_for(documents, records)`` writes the
    objectives into the template. The rule RecoveryObjectiveMet then fails the synthesis, with the numbers, if no copy
    in another Region is as young, or restores as fast, as AWS publishes of such copies.

    Rules: RecoveryObjectiveMet, RecoveryPointsCopied.
    Your duty: to find out in restore tests what a recovery really takes, and to decide with those who run the business
    what it may take.
    AWS: https://docs.aws.amazon.com/whitepapers/latest/disaster-recovery-workloads-on-aws/disaster-recovery-options-in-the-cloud.html

    Attributes:
        rpo: the recovery point objective, a minute or longer: the changes that may be lost.
        rto: the recovery time objective, a minute or longer: how long the data may be out of reach.

    Raises:
        ComplianceError: an objective is no duration of a minute or longer.
    """

    rpo: Duration
    rto: Duration

    def __post_init__(self) -> None:
        """Refuse what is no objective."""
        for name, value in (("rpo", self.rpo), ("rto", self.rto)):
            if not isinstance(value, Duration) or value.is_unresolved() or value.to_minutes(integral=False) < 1:
                given = value.to_human_string() if isinstance(value, Duration) else repr(value)
                raise ComplianceError(
                    f"RecoveryObjective: {name} must be a Duration of a minute or longer, got {given}; no copy of data "
                    f"is made in less time ({_CITATION})"
                )

    def set_for(self, *constructs: IConstruct) -> None:
        """Set the objectives for the data stores in constructs.

        Stores that are added afterwards are not among them; of a store that has objectives already, these take their
        place.

        Args:
            *constructs: buckets, databases of RDS and Aurora, tables of DynamoDB, file systems of EFS, replication
                groups of ElastiCache, or constructs that hold some.

        Raises:
            ComplianceError: there is no such store in a construct.
        """
        stores: list[CfnResource] = []
        for construct in constructs:
            found = list(_stores(construct))
            if not found:
                raise ComplianceError(
                    f"{construct.node.path}: a recovery objective must be set for a data store, got none of "
                    f"{', '.join(STORES)}; set it after the store is made ({_CITATION})"
                )
            stores += found
        for store in stores:
            note(
                store,
                OBJECTIVE,
                {
                    "rpo_minutes": self.rpo.to_minutes(integral=False),
                    "rto_minutes": self.rto.to_minutes(integral=False),
                },
            )


def _stores(construct: IConstruct) -> Iterator[CfnResource]:
    for child in construct.node.find_all():
        if isinstance(child, CfnResource) and child.cfn_resource_type in STORES:
            yield child
