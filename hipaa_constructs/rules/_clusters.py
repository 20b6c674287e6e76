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


def _source_of(cluster: Resource) -> Resource | None:
    source = cluster.at("SourceDBClusterIdentifier").target()
    return source if source is not None and source.type == cluster.type and source is not cluster else None


def encrypted(cluster: Resource) -> Outcome:
    """Judge the storage, and with it backups and snapshots; a restored or copied one goes by its origin."""
    storage = cluster.at("StorageEncrypted")
    if storage.is_absent and is_restored(cluster):
        if not cluster.at("KmsKeyId").is_absent:
            return MET  # What is restored with a key is encrypted with it.
        source = _source_of(cluster)
        return storage.undecided(_ORIGIN) if source is None else source.at("StorageEncrypted").must_be(True)
    return storage.must_be(True)


def encrypted_with_own_key(cluster: Resource) -> Outcome:
    """Judge the key; without one of the customer's AWS uses one of its own."""
    key = cluster.at("KmsKeyId")
    if key.is_absent and is_restored(cluster):
        source = _source_of(cluster)
        return key.undecided(_ORIGIN) if source is None else customers_key(source.at("KmsKeyId"), by_alias=True)
    return customers_key(key, by_alias=True)
