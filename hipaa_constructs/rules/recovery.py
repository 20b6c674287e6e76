"""What a template must show of data stores whose recovery objectives it states."""

from __future__ import annotations

from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._outcome import MET, NOT_APPLICABLE, Outcome
from hipaa_constructs.rules._rds import is_member
from hipaa_constructs.rules._recovery import CACHE, STORES, routes
from hipaa_constructs.rules._rule import rule
from hipaa_constructs.rules.waivers import METADATA_KEY

OBJECTIVE = "recovery_objective"
"""The key beside the recorded waivers under which a store's objective is written."""


@rule(
    title="every data store meets the recovery objectives that are set for it",
    fix="replicate it to another Region, copy its backups there more often, or set another RecoveryObjective",
    applies_to=tuple(STORES),
    controls=("164.308(a)(7)(i)", "164.308(a)(7)(ii)(B)", "164.308(a)(7)(ii)(E)"),
    requirement="HC-346",
    url="https://docs.aws.amazon.com/whitepapers/latest/disaster-recovery-workloads-on-aws/disaster-recovery-options-in-the-cloud.html",
)
def recovery_objective_met(store: Resource) -> Outcome:
    """Judge each way to the data without the store's Region by the figures that AWS publishes for it.

    One way must meet both objectives. A copy of AWS Backup is as old as its schedule allows, and the window in which a
    job starts; the time that the copy itself takes comes on top. Restores are taken to last four hours: only a restore
    test shows how long they do. Members of Aurora clusters are copied with their cluster.
    """
    objective = _objective(store)
    if objective is None:
        return NOT_APPLICABLE
    rpo, rto = objective.at("rpo_minutes").number, objective.at("rto_minutes").number
    if rpo is None or rto is None:
        return objective.broken("rpo_minutes and rto_minutes must be numbers")
    found, hidden = routes(store)
    if any(route.meets(rpo, rto) for route in found):
        return MET
    if hidden:
        return objective.undecided(hidden)
    ways = "; ".join(str(route) for route in dict.fromkeys(found)) or "nothing in another Region"
    return objective.broken(f"RPO {rpo:g} min and RTO {rto:g} min are set, and it has {ways}")


@rule(
    title="every data store with recovery objectives has backups in another Region",
    fix="add CopyActions to a vault of another Region to the rules of its backup plan (copy_to of HipaaBackupPlan)",
    applies_to=tuple(kind for kind in STORES if kind != CACHE),
    controls=("164.308(a)(7)(ii)(A)", "164.308(a)(7)(ii)(B)"),
    requirement="HC-311",
    url="https://docs.aws.amazon.com/aws-backup/latest/devguide/cross-region-backup.html",
)
def recovery_points_copied(store: Resource) -> Outcome:
    """Judge that not all copies elsewhere are replicas, to which deletions and damage are replicated as well.

    Versions of replicated buckets count as backups; AWS Backup makes none of caches.
    """
    objective = _objective(store)
    if objective is None:
        return NOT_APPLICABLE
    found, hidden = routes(store)
    if any(route.keeps_history for route in found):
        return MET
    if hidden:
        return objective.undecided(hidden)
    return objective.broken("; ".join(str(route) for route in dict.fromkeys(found)) or "nothing in another Region")


def _objective(store: Resource) -> Node | None:
    if "Metadata" not in store.body:
        return None
    objective = store.attribute("Metadata").at(METADATA_KEY, OBJECTIVE)
    return None if objective.is_absent or is_member(store) else objective
