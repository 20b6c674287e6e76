"""What a template must show of Amazon MemoryDB."""

from __future__ import annotations

from hipaa_constructs.rules._keys import customers_key
from hipaa_constructs.rules._node import Resource
from hipaa_constructs.rules._outcome import MET, NOT_APPLICABLE, Outcome, all_met, any_met
from hipaa_constructs.rules._retention import kept_on_deletion
from hipaa_constructs.rules._rule import Severity, rule
from hipaa_constructs.rules._stores import AT_REST, IN_TRANSIT, KEPT, RESTORABLE, SIGNED_IN, from_secret

CLUSTER = "AWS::MemoryDB::Cluster"
USER = "AWS::MemoryDB::User"
_GUIDE = "https://docs.aws.amazon.com/memorydb/latest/devguide/"
_OPEN = "open-access"


@rule(
    title="every cluster of MemoryDB speaks TLS",
    fix="set TLSEnabled to true; it can't be changed later",
    applies_to=(CLUSTER,),
    controls=IN_TRANSIT,
    requirement="HC-387",
    url=_GUIDE + "in-transit-encryption.html",
)
def memorydb_encrypted_in_transit(cluster: Resource) -> Outcome:
    """Judge the switch; where nothing is said, a list of users shows it, which works with TLS only."""
    switch = cluster.at("TLSEnabled")
    if not switch.is_absent:
        return switch.must_be(True)
    return MET if _lists_users(cluster) is MET else switch.undecided("only a list of users would show it")


def _lists_users(cluster: Resource) -> Outcome:
    users = cluster.at("ACLName")
    return users.undecided() if users.may_be(_OPEN) else users.broken() if users.text == _OPEN else users.must_be_set()


@rule(
    title="every cluster of MemoryDB makes clients sign in",
    fix="set ACLName to an AWS::MemoryDB::ACL of your users, not open-access",
    applies_to=(CLUSTER,),
    controls=("164.312(d)", "164.312(a)(1)"),
    requirement="HC-388",
    url=_GUIDE + "clusters.acls.html",
)
def memorydb_authenticated(cluster: Resource) -> Outcome:
    """Judge the list of users; that of AWS lets everyone do everything."""
    return _lists_users(cluster)


@rule(
    title="no password of a user of MemoryDB stands in the template",
    fix="set AuthenticationMode.Type to iam, or Passwords to dynamic references to a secret",
    applies_to=(USER,),
    controls=SIGNED_IN,
    requirement="HC-388",
    url=_GUIDE + "auth-iam.html",
)
def memorydb_password_hidden(user: Resource) -> Outcome:
    """Judge each password."""
    passwords = user.at("AuthenticationMode", "Passwords")
    if passwords.is_absent or passwords.value == []:
        return NOT_APPLICABLE
    return all_met(from_secret(password) for password in passwords.items() or [passwords])


@rule(
    title="every cluster of MemoryDB is encrypted with a customer managed key",
    fix="set KmsKeyId to a key of yours; it can't be changed later",
    applies_to=(CLUSTER,),
    controls=AT_REST,
    requirement="HC-389",
    severity=Severity.WARNING,
    url=_GUIDE + "at-rest-encryption.html",
)
def memorydb_uses_customer_managed_key(cluster: Resource) -> Outcome:
    """Judge the key; MemoryDB encrypts with one of its own otherwise."""
    return customers_key(cluster.at("KmsKeyId"))


@rule(
    title="every cluster of MemoryDB makes daily snapshots",
    fix="set SnapshotRetentionLimit to 1 or more",
    applies_to=(CLUSTER,),
    controls=RESTORABLE,
    requirement="HC-390",
    url=_GUIDE + "snapshots-automatic.html",
)
def memorydb_backed_up(cluster: Resource) -> Outcome:
    """Judge how long snapshots are kept; nothing said means none."""
    return cluster.at("SnapshotRetentionLimit").must_be_at_least(1)


@rule(
    title="every cluster of MemoryDB leaves a snapshot behind, or stays, when its stack goes",
    fix="set FinalSnapshotName, or DeletionPolicy and UpdateReplacePolicy to Retain",
    applies_to=(CLUSTER,),
    controls=KEPT,
    requirement="HC-390",
    url=_GUIDE + "snapshots-making.html",
)
def memorydb_kept(cluster: Resource) -> Outcome:
    """Judge what becomes of the data; CloudFormation's own snapshots know no MemoryDB."""
    return any_met([kept_on_deletion(cluster), cluster.at("FinalSnapshotName").must_be_set()])
