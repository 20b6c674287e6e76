"""What is judged of file systems of EFS."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules import RULES, Assembly, Template
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
from tests.rules._stores import (
    ON,
    OWN_KEY_OR_ALIAS,
    SET,
    Place,
    alone,
    each_case,
    each_policy,
    judged,
    kept,
)

FILES = "AWS::EFS::FileSystem"
POINT = "AWS::EFS::AccessPoint"
DENIAL: Body = {
    "Effect": "Deny",
    "Principal": {"AWS": "*"},
    "Action": "*",
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}


@each_case([("EfsEncrypted", FILES, ("Encrypted",))], ON)
def test_the_switch_decides(place: Place, value: Json, wanted: str) -> None:
    assert judged(place, value) == wanted


@each_case([("EfsUsesCustomerManagedKey", FILES, ("KmsKeyId",))], [*OWN_KEY_OR_ALIAS, (GONE, BROKEN)])
def test_the_key_decides(place: Place, value: Json, wanted: str) -> None:
    assert judged(place, value) == wanted


@pytest.mark.parametrize(
    ("statement", "wanted"),
    [
        (DENIAL, MET),
        ({**DENIAL, "Action": "elasticfilesystem:ClientMount"}, MET),
        ({**DENIAL, "Action": "elasticfilesystem:ClientWrite"}, BROKEN),
        ({**DENIAL, "Effect": "Allow"}, BROKEN),
        ({**DENIAL, "Condition": {"Bool": {"aws:SecureTransport": "true"}}}, BROKEN),
        ({**DENIAL, "Principal": {"AWS": "arn:aws:iam::123456789012:root"}}, BROKEN),
        ({**DENIAL, "Effect": PARAMETER}, UNDECIDED),
        (PARAMETER, UNDECIDED),
        ("x", BROKEN),
    ],
    ids=str,
)
def test_the_policy_decides(statement: Json, wanted: str) -> None:
    assert verdict("EfsTlsOnly", alone(FILES, {"FileSystemPolicy": {"Statement": [statement]}})) == wanted


@pytest.mark.parametrize(("policy", "wanted"), [(GONE, BROKEN), (PARAMETER, UNDECIDED), (7, BROKEN), ({}, BROKEN)])
def test_without_a_policy_it_breaks(policy: Json, wanted: str) -> None:
    assert verdict("EfsTlsOnly", alone(FILES, {"FileSystemPolicy": policy})) == wanted


@pytest.mark.parametrize("name", ["Uid", "Gid"])
@pytest.mark.parametrize(("value", "wanted"), [(1000, MET), (0, MET), ("0", MET), ("1000", MET), *SET[3:]], ids=str)
def test_an_access_point_names_a_user_and_a_group(name: str, value: Json, wanted: str) -> None:
    place = ("EfsAccessPointEnforcesUser", POINT, ("PosixUser", name))
    assert judged(place, value, {"PosixUser": {"Uid": "1000", "Gid": "1000"}}) == wanted


@each_case([("EfsAccessPointEnforcesRoot", POINT, ("RootDirectory", "Path"))], [*SET, ("/", BROKEN), ("/visits", MET)])
def test_an_access_point_names_a_directory(place: Place, value: Json, wanted: str) -> None:
    assert judged(place, value) == wanted


@pytest.mark.parametrize(
    ("zone", "wanted"), [(GONE, MET), ("us-east-1a", BROKEN), ("", BROKEN), (PARAMETER, UNDECIDED)]
)
def test_one_zone_is_too_few(zone: Json, wanted: str) -> None:
    assert verdict("EfsRegional", alone(FILES, {"AvailabilityZoneName": zone})) == wanted


def replicated(*destinations: Json, **others: Json) -> Body:
    configuration: Json = {"ReplicationConfiguration": {"Destinations": list(destinations)}}
    return template({"It": resource(FILES, configuration), **others})


@pytest.mark.parametrize(
    ("destination", "wanted"),
    [
        ({"Region": "us-west-2", "KmsKeyId": "x"}, MET),
        ({"Region": "us-west-2"}, BROKEN),
        ({"Region": "us-west-2", "KmsKeyId": "alias/aws/elasticfilesystem"}, BROKEN),
        ({"KmsKeyId": "x"}, BROKEN),
        ({"Region": "us-west-2", "FileSystemId": "fs-1"}, MET),
        ({"FileSystemId": "fs-1"}, MET),
        ({"Region": PARAMETER, "KmsKeyId": "x"}, UNDECIDED),
        ({"Region": "us-west-2", "KmsKeyId": PARAMETER}, UNDECIDED),
        ({"Region": 7, "KmsKeyId": "x"}, MET),
        ({"Region": None, "KmsKeyId": "x"}, BROKEN),
        (PARAMETER, UNDECIDED),
        ({}, BROKEN),
        ("x", BROKEN),
    ],
    ids=str,
)
def test_the_destination_decides(destination: Json, wanted: str) -> None:
    assert verdict("EfsReplicated", replicated(destination)) == wanted


@pytest.mark.parametrize(("region", "wanted"), [("us-west-2", BROKEN), ("us-east-1", MET)])
def test_a_copy_in_the_same_region_is_none(region: str, wanted: str) -> None:
    one = Template(replicated({"Region": "us-west-2", "KmsKeyId": "x"}), region=region)
    Assembly([one])
    assert RULES["EfsReplicated"].judge(one.resources["It"]).verdict.value == wanted


@pytest.mark.parametrize(
    ("configuration", "wanted"),
    [(GONE, BROKEN), (PARAMETER, UNDECIDED), ({"Destinations": []}, BROKEN), ({"Destinations": PARAMETER}, UNDECIDED)],
    ids=str,
)
def test_without_a_destination_it_breaks(configuration: Json, wanted: str) -> None:
    assert verdict("EfsReplicated", alone(FILES, {"ReplicationConfiguration": configuration})) == wanted


@pytest.mark.parametrize(
    ("destination", "wanted"),
    [({"Ref": "It"}, NOT_APPLICABLE), (PARAMETER, UNDECIDED), ({"Ref": "Another"}, BROKEN), ("fs-1", BROKEN)],
    ids=str,
)
def test_a_destination_is_not_replicated_further(destination: Json, wanted: str) -> None:
    source = resource(FILES, {"ReplicationConfiguration": {"Destinations": [{"FileSystemId": destination}]}})
    body = template({"It": resource(FILES, {}), "Source": source, "Another": resource(FILES, {})})
    assert verdict("EfsReplicated", body) == wanted


@each_policy(("EfsKept", FILES), snapshots=False)
def test_file_systems_are_kept(rule: str, kind: str, deletion: Json, replacement: Json, wanted: str) -> None:
    assert kept(rule, kind, deletion, replacement) == wanted
