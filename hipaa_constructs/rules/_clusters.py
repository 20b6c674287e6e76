"""What the rules about clusters of the kind of Amazon DocumentDB and Amazon Neptune share."""

from __future__ import annotations

from hipaa_constructs.rules._keys import customers_key
from hipaa_constructs.rules._node import Resource
from hipaa_constructs.rules._outcome import MET, Outcome
from hipaa_constructs.rules._stores import is_given

_ORIGIN = "it is that of the snapshot or of the other cluster"


def is_restored(cluster: Resource) -> bool:
    """Tell whether a cluster begins as a snapshot or as another one was."""
    return is_given(cluster, "SnapshotIdentifier", "SourceDBClusterIdentifier")


def _source_of(cluster: Resource, seen: tuple[Resource, ...]) -> Resource | None:
    source = cluster.at("SourceDBClusterIdentifier").target()
    if source is None or source.type != cluster.type or source in (cluster, *seen):
        return None
    return source


def encrypted(cluster: Resource, seen: tuple[Resource, ...] = ()) -> Outcome:
    """Judge the storage, and with it backups and snapshots; a restored or copied one goes by its origin, and so on."""
    storage = cluster.at("StorageEncrypted")
    if storage.is_absent and is_restored(cluster):
        if not cluster.at("KmsKeyId").is_absent:
            return MET  # What is restored with a key is encrypted with it.
        source = _source_of(cluster, seen)
        return storage.undecided(_ORIGIN) if source is None else encrypted(source, (*seen, cluster))
    return storage.must_be(True)


def encrypted_with_own_key(cluster: Resource, seen: tuple[Resource, ...] = ()) -> Outcome:
    """Judge the key, or that of the origin; without one of the customer's AWS uses one of its own."""
    key = cluster.at("KmsKeyId")
    if key.is_absent and is_restored(cluster):
        source = _source_of(cluster, seen)
        return key.undecided(_ORIGIN) if source is None else encrypted_with_own_key(source, (*seen, cluster))
    return customers_key(key, by_alias=True)
