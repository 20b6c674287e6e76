"""What is judged of the Database Migration Service."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import BROKEN, GONE, MET, NEVER_TRUE, NOT_APPLICABLE, PARAMETER, UNDECIDED, verdict
from tests.rules._stores import OWN_KEY_OR_ALIAS, PASSWORD, SECRET, Place, alone, each_case, judged, one_of

INSTANCE = "AWS::DMS::ReplicationInstance"
SERVERLESS = "AWS::DMS::ReplicationConfig"
ENDPOINT = "AWS::DMS::Endpoint"
TLS = "DmsEndpointEncrypted"


@pytest.mark.parametrize(
    ("public", "wanted"),
    [
        (False, MET),
        ("false", MET),
        (True, BROKEN),
        (GONE, BROKEN),
        (PARAMETER, UNDECIDED),
        *((value, BROKEN) for value in NEVER_TRUE),
    ],
    ids=str,
)
def test_the_public_address_must_be_denied(public: Json, wanted: str) -> None:
    assert verdict("DmsNotPublic", alone(INSTANCE, {"PubliclyAccessible": public})) == wanted


@pytest.mark.parametrize("engine", ["mysql", "Oracle", "postgres", "mongodb", "docdb", "sqlserver", GONE, 7], ids=str)
def test_the_mode_of_a_database_decides(engine: Json) -> None:
    for value, wanted in one_of("require", "verify-ca", "verify-full"):
        assert judged((TLS, ENDPOINT, ("SslMode",)), value, {"EngineName": engine}) == wanted


def test_the_mode_none_is_none() -> None:
    assert verdict(TLS, alone(ENDPOINT, {"EngineName": "mysql", "SslMode": "none"})) == BROKEN


@pytest.mark.parametrize(
    "engine",
    ["dynamodb", "elasticsearch", "kinesis", "neptune", "opensearch", "redshift", "redshift-serverless", "s3", "S3"],
)
def test_services_of_aws_are_spoken_to_over_https(engine: str) -> None:
    assert verdict(TLS, alone(ENDPOINT, {"EngineName": engine})) == NOT_APPLICABLE


def test_a_hidden_engine_leaves_it_open() -> None:
    assert verdict(TLS, alone(ENDPOINT, {"EngineName": PARAMETER, "SslMode": "require"})) == UNDECIDED


@each_case([(TLS, ENDPOINT, ("RedisSettings", "SslSecurityProtocol"))], one_of("ssl-encryption", absent=MET))
def test_the_protocol_of_redis_decides(place: Place, value: Json, wanted: str) -> None:
    assert judged(place, value, {"EngineName": "redis"}) == wanted


@each_case(
    [(TLS, ENDPOINT, ("KafkaSettings", "SecurityProtocol"))],
    [*one_of("ssl-encryption", "ssl-authentication", "sasl-ssl"), ("plaintext", BROKEN)],
)
def test_the_protocol_of_kafka_decides(place: Place, value: Json, wanted: str) -> None:
    assert judged(place, value, {"EngineName": "kafka"}) == wanted


@each_case(
    [
        ("DmsUsesCustomerManagedKey", INSTANCE, ("KmsKeyId",)),
        ("DmsUsesCustomerManagedKey", SERVERLESS, ("ComputeConfig", "KmsKeyId")),
    ],
    [*OWN_KEY_OR_ALIAS, (GONE, BROKEN)],
)
def test_the_key_decides(place: Place, value: Json, wanted: str) -> None:
    assert judged(place, value) == wanted


@each_case(
    [
        ("DmsPasswordHidden", ENDPOINT, ("Password",)),
        ("DmsPasswordHidden", ENDPOINT, ("MongoDbSettings", "Password")),
        ("DmsPasswordHidden", ENDPOINT, ("KafkaSettings", "SaslPassword")),
        ("DmsPasswordHidden", ENDPOINT, ("RedisSettings", "AuthPassword")),
    ],
    PASSWORD,
)
def test_no_password_stands_in_the_template(place: Place, value: Json, wanted: str) -> None:
    assert judged(place, value) == wanted


def test_one_password_in_the_template_is_enough() -> None:
    both: Json = {"Password": SECRET, "RedisSettings": {"AuthPassword": "swordfish"}}
    assert verdict("DmsPasswordHidden", alone(ENDPOINT, both)) == BROKEN
    other: Json = {"Password": "swordfish", "RedisSettings": {"AuthPassword": SECRET}}
    assert verdict("DmsPasswordHidden", alone(ENDPOINT, other)) == BROKEN


@pytest.mark.parametrize("properties", [{}, {"S3Settings": {"BucketName": "x"}}, {"Other": {"Password": "x"}}], ids=str)
def test_without_a_password_there_is_none(properties: Json) -> None:
    assert verdict("DmsPasswordHidden", alone(ENDPOINT, properties)) == NOT_APPLICABLE
