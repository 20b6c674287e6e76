"""What a template must show of global databases of Amazon Aurora."""

from __future__ import annotations

from hipaa_constructs.rules._node import Resource
from hipaa_constructs.rules._outcome import Outcome
from hipaa_constructs.rules._rds import AURORA_GUIDE, CLUSTER
from hipaa_constructs.rules._rds_storage import encrypted
from hipaa_constructs.rules._rule import rule

GLOBAL_CLUSTER = "AWS::RDS::GlobalCluster"


@rule(
    title="every global database encrypts its storage",
    fix="set StorageEncrypted to true, or name an encrypted cluster in SourceDBClusterIdentifier",
    applies_to=(GLOBAL_CLUSTER,),
    controls=("164.312(a)(2)(iv)", "164.312(e)(2)(ii)"),
    requirement="HC-098",
    url=AURORA_GUIDE + "aurora-global-database-getting-started.html",
)
def rds_global_cluster_encrypted(database: Resource) -> Outcome:
    """Judge the switch, or as it is judged itself the cluster that the global database is made of."""
    storage, source = database.at("StorageEncrypted"), database.at("SourceDBClusterIdentifier")
    if source.is_absent:
        return storage.must_be(True)
    cluster = source.target()
    if cluster is None or cluster.type != CLUSTER:
        return source.undecided("the cluster is not in these templates")
    return encrypted(cluster)


@rule(
    title="every global database is protected from deletion",
    fix="set DeletionProtection to true",
    applies_to=(GLOBAL_CLUSTER,),
    controls=("164.308(a)(7)(i)", "164.308(a)(7)(ii)(C)"),
    requirement="HC-113",
    url=AURORA_GUIDE + "aurora-global-database-managing.html",
)
def rds_global_cluster_deletion_protected(database: Resource) -> Outcome:
    """Judge the switch, which is off where nothing is said."""
    return database.at("DeletionProtection").must_be(True)
