"""What is judged of clusters of Kafka."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import BROKEN, GONE, MET, PARAMETER, UNDECIDED, Body, verdict
from tests.rules._stores import (
    OFF_OR_ABSENT,
    ON,
    ON_OR_ABSENT,
    OWN_KEY,
    Place,
    alone,
    each_case,
    each_policy,
    judged,
    kept,
    one_of,
)

CLUSTER = "AWS::MSK::Cluster"
TRANSIT = ("EncryptionInfo", "EncryptionInTransit")
WAYS = [("Sasl", "Iam"), ("Sasl", "Scram"), ("Tls",)]


@each_case([("MskTlsOnly", CLUSTER, (*TRANSIT, "ClientBroker"))], one_of("TLS", absent=MET))
def test_clients_speak_tls(place: Place, value: Json, wanted: str) -> None:
    assert judged(place, value) == wanted


@pytest.mark.parametrize("value", ["TLS_PLAINTEXT", "PLAINTEXT"])
def test_clients_speak_nothing_else(value: Json) -> None:
    assert judged(("MskTlsOnly", CLUSTER, (*TRANSIT, "ClientBroker")), value) == BROKEN


@each_case([("MskTlsOnly", CLUSTER, (*TRANSIT, "InCluster"))], ON_OR_ABSENT)
def test_brokers_speak_tls(place: Place, value: Json, wanted: str) -> None:
    assert judged(place, value) == wanted


@each_case(
    [("MskUsesCustomerManagedKey", CLUSTER, ("EncryptionInfo", "EncryptionAtRest", "DataVolumeKMSKeyId"))],
    [*OWN_KEY, (GONE, BROKEN)],
)
def test_the_key_decides(place: Place, value: Json, wanted: str) -> None:
    assert judged(place, value) == wanted


@each_case([("MskAuthenticated", CLUSTER, ("ClientAuthentication", *way, "Enabled")) for way in WAYS], ON)
def test_there_must_be_a_way_to_sign_in(place: Place, value: Json, wanted: str) -> None:
    assert judged(place, value) == wanted


@each_case([("MskAuthenticated", CLUSTER, ("ClientAuthentication", "Unauthenticated", "Enabled"))], OFF_OR_ABSENT)
def test_there_must_be_no_way_around_it(place: Place, value: Json, wanted: str) -> None:
    assert judged(place, value, {"ClientAuthentication": {"Sasl": {"Iam": {"Enabled": True}}}}) == wanted


@each_case(
    [
        ("MskLogged", CLUSTER, ("LoggingInfo", "BrokerLogs", kind, "Enabled"))
        for kind in ("CloudWatchLogs", "Firehose", "S3")
    ],
    ON,
)
def test_one_destination_of_logs_must_be_on(place: Place, value: Json, wanted: str) -> None:
    assert judged(place, value) == wanted


def test_other_logs_are_not_those_of_brokers() -> None:
    other: Body = {"LoggingInfo": {"AuthorizerLogs": {"S3": {"Enabled": True}}}}
    assert verdict("MskLogged", alone(CLUSTER, other)) == BROKEN


ACCESS = ("BrokerNodeGroupInfo", "ConnectivityInfo", "PublicAccess", "Type")


@each_case([("MskNotPublic", CLUSTER, ACCESS)], [*one_of("DISABLED", absent=MET), ("SERVICE_PROVIDED_EIPS", BROKEN)])
def test_public_access_must_be_off(place: Place, value: Json, wanted: str) -> None:
    assert judged(place, value) == wanted


def test_a_hidden_place_leaves_it_open() -> None:
    assert verdict("MskNotPublic", alone(CLUSTER, {"BrokerNodeGroupInfo": PARAMETER})) == UNDECIDED


@each_policy(("MskKept", CLUSTER), snapshots=False)
def test_clusters_are_kept(rule: str, kind: str, deletion: Json, replacement: Json, wanted: str) -> None:
    assert kept(rule, kind, deletion, replacement) == wanted
