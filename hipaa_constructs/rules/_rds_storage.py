"""Whether the storage of databases of Amazon RDS is encrypted, and with which key: their own or their origin's."""

from __future__ import annotations

from hipaa_constructs.rules._keys import customers_key
from hipaa_constructs.rules._node import Resource
from hipaa_constructs.rules._outcome import MET, Outcome, Verdict
from hipaa_constructs.rules._rds import CLUSTER, engine_named, is_replica, is_restored, source_of
from hipaa_constructs.rules._stores import is_given

_ORIGIN = "it is that of the snapshot or of the other database"


def encrypted(database: Resource, seen: tuple[Resource, ...] = ()) -> Outcome:
    """Judge the storage; a copy goes by the database that it is of, that one by its own origin, and so on."""
    storage = database.at("StorageEncrypted")
    said = _by_default(database) if storage.is_absent else storage.must_be(True)
    refused = said.verdict is Verdict.BROKEN and not storage.is_absent
    if refused or not _is_copy(database):
        return said
    if not storage.is_absent and is_given(database, "ReplicationSourceIdentifier"):
        return said
    source = _source_of(database, seen)
    if source is not None:
        return encrypted(source, (*seen, database))
    if is_given(database, "KmsKeyId"):
        if is_replica(database):
            return MET  # A key for the replica of an unencrypted database is refused.
        if database.type == CLUSTER and not storage.is_absent:
            return said  # With both, a snapshot that is not encrypted is restored to a cluster that is.
    return storage.undecided(_ORIGIN)


def _by_default(database: Resource) -> Outcome:
    storage = database.at("StorageEncrypted")
    if database.type == CLUSTER and engine_named(database, "aurora") is not False:
        return storage.undecided("Aurora encrypts by default only the clusters made since February 18, 2026")
    return storage.broken()


def encrypted_with_own_key(database: Resource, seen: tuple[Resource, ...] = ()) -> Outcome:
    """Judge the key; a copy that names none has that of the database that it is of."""
    key = database.at("KmsKeyId")
    if is_given(database, "DBSnapshotIdentifier", "DBClusterSnapshotIdentifier"):
        return key.undecided("an instance is restored with the key of its snapshot")
    if not key.is_absent or not _is_copy(database):
        return customers_key(key, by_alias=True)
    source = _source_of(database, seen)
    return key.undecided(_ORIGIN) if source is None else encrypted_with_own_key(source, (*seen, database))


def _is_copy(database: Resource) -> bool:
    return is_replica(database) or is_restored(database)


def _source_of(database: Resource, seen: tuple[Resource, ...]) -> Resource | None:
    source = source_of(database)
    return None if source in seen else source
