"""What a template must show of Amazon MSK."""

from __future__ import annotations

from hipaa_constructs.rules._keys import customers_key
from hipaa_constructs.rules._node import Resource
from hipaa_constructs.rules._outcome import MET, Outcome, all_met, any_met
from hipaa_constructs.rules._retention import kept_on_deletion
from hipaa_constructs.rules._rule import Severity, rule
from hipaa_constructs.rules._stores import AT_REST, DELETION_URL, IN_TRANSIT, KEPT, PRIVATE, off_or_absent, on_or_absent

CLUSTER = "AWS::MSK::Cluster"
_GUIDE = "https://docs.aws.amazon.com/msk/latest/developerguide/"


@rule(
    title="every cluster of Kafka speaks TLS, to clients and between brokers",
    fix="set EncryptionInTransit with ClientBroker TLS and InCluster true, or leave both out",
    applies_to=(CLUSTER,),
    controls=IN_TRANSIT,
    requirement="HC-364",
    same_as=("checkov:CKV_AWS_81",),
    url=_GUIDE + "msk-encryption.html",
)
def msk_tls_only(cluster: Resource) -> Outcome:
    """Judge both; by default MSK speaks TLS only."""
    transit = cluster.at("EncryptionInfo", "EncryptionInTransit")
    clients = transit.at("ClientBroker")
    return all_met([MET if clients.is_absent else clients.must_be("TLS"), on_or_absent(transit.at("InCluster"))])


@rule(
    title="every cluster of Kafka is encrypted with a customer managed key",
    fix="set EncryptionInfo.EncryptionAtRest.DataVolumeKMSKeyId to a key of yours; it can't be changed later",
    applies_to=(CLUSTER,),
    controls=AT_REST,
    requirement="HC-365",
    severity=Severity.WARNING,
    url=_GUIDE + "msk-encryption.html",
)
def msk_uses_customer_managed_key(cluster: Resource) -> Outcome:
    """Judge the key; MSK encrypts with one of its own otherwise."""
    return customers_key(cluster.at("EncryptionInfo", "EncryptionAtRest", "DataVolumeKMSKeyId"))


@rule(
    title="every cluster of Kafka makes clients sign in",
    fix="set ClientAuthentication.Sasl.Iam.Enabled (or Scram, or Tls) to true, and Unauthenticated to false",
    applies_to=(CLUSTER,),
    controls=("164.312(d)", "164.312(a)(1)"),
    requirement="HC-366",
    url=_GUIDE + "kafka_apis_iam.html",
)
def msk_authenticated(cluster: Resource) -> Outcome:
    """Judge that there is a way to sign in, and none around it."""
    clients = cluster.at("ClientAuthentication")
    ways = [clients.at(*path, "Enabled").must_be(True) for path in (("Sasl", "Iam"), ("Sasl", "Scram"), ("Tls",))]
    return all_met([any_met(ways), off_or_absent(clients.at("Unauthenticated", "Enabled"))])


@rule(
    title="every cluster of Kafka delivers the logs of its brokers",
    fix="set LoggingInfo.BrokerLogs with CloudWatchLogs, Firehose or S3 enabled",
    applies_to=(CLUSTER,),
    controls=("164.312(b)",),
    requirement="HC-367",
    same_as=("checkov:CKV_AWS_80",),
    url=_GUIDE + "msk-logging.html",
)
def msk_logged(cluster: Resource) -> Outcome:
    """Judge that one destination is on."""
    logs = cluster.at("LoggingInfo", "BrokerLogs")
    return any_met(logs.at(kind, "Enabled").must_be(True) for kind in ("CloudWatchLogs", "Firehose", "S3"))


@rule(
    title="no cluster of Kafka is publicly accessible",
    fix="set BrokerNodeGroupInfo.ConnectivityInfo.PublicAccess.Type to DISABLED, or leave it out",
    applies_to=(CLUSTER,),
    controls=PRIVATE,
    requirement="HC-368",
    same_as=("checkov:CKV_AWS_291",),
    url=_GUIDE + "public-access.html",
)
def msk_not_public(cluster: Resource) -> Outcome:
    """Judge the kind of access, which is off by default."""
    kind = cluster.at("BrokerNodeGroupInfo", "ConnectivityInfo", "PublicAccess", "Type")
    return MET if kind.is_absent else kind.must_be("DISABLED")


@rule(
    title="every cluster of Kafka stays when its stack goes",
    fix="set DeletionPolicy and UpdateReplacePolicy to Retain",
    applies_to=(CLUSTER,),
    controls=KEPT,
    requirement="HC-369",
    severity=Severity.WARNING,
    url=DELETION_URL,
)
def msk_kept(cluster: Resource) -> Outcome:
    """Judge what becomes of the topics when the stack goes, or the cluster is replaced."""
    return kept_on_deletion(cluster)
