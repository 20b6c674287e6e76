"""What is judged of clusters of EMR and of their security configurations."""

from __future__ import annotations

import json

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import (
    BROKEN,
    GONE,
    MET,
    NOT_APPLICABLE,
    PARAMETER,
    UNDECIDED,
    Body,
    resource,
    template,
    verdict,
)
from tests.rules._stores import ON, PASSWORD, SET, Place, alone, each_case, judged, network

CLUSTER = "AWS::EMR::Cluster"
CONFIGURATION = "AWS::EMR::SecurityConfiguration"


@each_case(
    [
        ("EmrAuthenticated", CLUSTER, ("KerberosAttributes", "Realm")),
        ("EmrSecurityConfigured", CLUSTER, ("SecurityConfiguration",)),
    ],
    SET,
)
def test_it_must_be_named(place: Place, value: Json, wanted: str) -> None:
    assert judged(place, value) == wanted


@each_case(
    [
        ("EmrPasswordHidden", CLUSTER, ("KerberosAttributes", name))
        for name in ("ADDomainJoinPassword", "CrossRealmTrustPrincipalPassword", "KdcAdminPassword")
    ],
    [*PASSWORD, (GONE, NOT_APPLICABLE)],
)
def test_no_password_stands_in_the_template(place: Place, value: Json, wanted: str) -> None:
    assert judged(place, value) == wanted


@pytest.mark.parametrize(
    ("instances", "gateway", "wanted"),
    [
        ({"Ec2SubnetId": {"Ref": "Subnet"}}, None, MET),
        ({"Ec2SubnetId": {"Ref": "Subnet"}}, {"Ref": "Gateway"}, BROKEN),
        ({"Ec2SubnetIds": [{"Ref": "Subnet"}]}, None, MET),
        ({"Ec2SubnetIds": [{"Ref": "Subnet"}]}, {"Ref": "Gateway"}, BROKEN),
        ({"Ec2SubnetIds": [{"Ref": "Subnet"}, "subnet-1"]}, None, UNDECIDED),
        ({"Ec2SubnetIds": []}, None, BROKEN),
        ({"Ec2SubnetIds": PARAMETER}, None, UNDECIDED),
        ({"Ec2SubnetId": "subnet-1"}, None, UNDECIDED),
        ({"Ec2SubnetId": 7}, None, BROKEN),
        ({}, None, BROKEN),
        (PARAMETER, None, UNDECIDED),
    ],
    ids=str,
)
def test_the_subnets_decide(instances: Json, gateway: Json, wanted: str) -> None:
    body = template({"It": resource(CLUSTER, {"Instances": instances}), **network(gateway=gateway)})
    assert verdict("EmrPrivate", body) == wanted


GOOD: Body = {
    "EncryptionConfiguration": {
        "EnableAtRestEncryption": True,
        "EnableInTransitEncryption": True,
        "AtRestEncryptionConfiguration": {"LocalDiskEncryptionConfiguration": {"EncryptionKeyProviderType": "AwsKms"}},
        "InTransitEncryptionConfiguration": {"TLSCertificateConfiguration": {"CertificateProviderType": "PEM"}},
    }
}
ENCRYPTION = ("SecurityConfiguration", "EncryptionConfiguration")
BOTH = [("EmrEncryptedAtRest", "EnableAtRestEncryption"), ("EmrEncryptedInTransit", "EnableInTransitEncryption")]


@each_case([(rule, CONFIGURATION, (*ENCRYPTION, name)) for rule, name in BOTH], ON)
def test_the_switch_decides(place: Place, value: Json, wanted: str) -> None:
    assert judged(place, value, {"SecurityConfiguration": GOOD}) == wanted


@each_case(
    [
        (
            "EmrEncryptedAtRest",
            CONFIGURATION,
            (*ENCRYPTION, "AtRestEncryptionConfiguration", "LocalDiskEncryptionConfiguration"),
        ),
        (
            "EmrEncryptedInTransit",
            CONFIGURATION,
            (*ENCRYPTION, "InTransitEncryptionConfiguration", "TLSCertificateConfiguration"),
        ),
    ],
    SET,
)
def test_it_must_say_how(place: Place, value: Json, wanted: str) -> None:
    assert judged(place, value, {"SecurityConfiguration": GOOD}) == wanted


@pytest.mark.parametrize("rule", [rule for rule, _ in BOTH])
@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (json.dumps(GOOD), MET),
        (json.dumps({"EncryptionConfiguration": {}}), BROKEN),
        (json.dumps({"EncryptionConfiguration": {"Ref": "Nothing"}}), UNDECIDED),
        ({"Fn::Sub": json.dumps({**GOOD, "Key": "${AnyParameter}"})}, MET),
        ({"Fn::Sub": json.dumps({"EncryptionConfiguration": {"Key": "${AnyParameter}"}})}, BROKEN),
        ({"Fn::Sub": '{"EncryptionConfiguration": ${AnyParameter}}'}, UNDECIDED),
        ({"Fn::Join": ["", [json.dumps(GOOD)[:-1], ', "Key": "', PARAMETER, '"}']]}, MET),
        ("{", BROKEN),
        ("[" * 100_000, BROKEN),
        ("7", BROKEN),
        (PARAMETER, UNDECIDED),
        (GONE, BROKEN),
        (7, BROKEN),
        ({}, BROKEN),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_configuration_may_be_a_text(rule: str, text: Json, wanted: str) -> None:
    assert verdict(rule, alone(CONFIGURATION, {"SecurityConfiguration": text})) == wanted
