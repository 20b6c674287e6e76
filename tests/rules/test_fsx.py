"""What is judged of file systems of FSx."""

from __future__ import annotations

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
from tests.rules._stores import OWN_KEY, Place, alone, each_case, each_policy, judged, kept, least, one_of

FILES = "AWS::FSx::FileSystem"
CONFIGURATIONS = {
    "LUSTRE": "LustreConfiguration",
    "ONTAP": "OntapConfiguration",
    "OPENZFS": "OpenZFSConfiguration",
    "WINDOWS": "WindowsConfiguration",
}
RULES = ["FsxUsesCustomerManagedKey", "FsxBackedUp", "FsxKept"]
DAYS = "AutomaticBackupRetentionDays"


def of_type(kind: str, **others: Json) -> Body:
    deployment: Body = {"DeploymentType": "PERSISTENT_2"} if kind == "LUSTRE" else {}
    return {"FileSystemType": kind, CONFIGURATIONS[kind]: deployment, **others}


@pytest.mark.parametrize("kind", CONFIGURATIONS)
@pytest.mark.parametrize(("key", "wanted"), [*OWN_KEY, (GONE, BROKEN)], ids=str)
def test_the_key_decides(kind: str, key: Json, wanted: str) -> None:
    assert verdict("FsxUsesCustomerManagedKey", alone(FILES, of_type(kind, KmsKeyId=key))) == wanted


def test_the_key_of_what_is_restored_may_be_the_backups() -> None:
    assert verdict("FsxUsesCustomerManagedKey", alone(FILES, of_type("WINDOWS", BackupId="x"))) == UNDECIDED
    known = of_type("WINDOWS", BackupId="x", KmsKeyId="x")
    assert verdict("FsxUsesCustomerManagedKey", alone(FILES, known)) == MET


@pytest.mark.parametrize("kind", CONFIGURATIONS)
def test_the_days_of_automatic_backups_decide(kind: str) -> None:
    for value, wanted in least(1, BROKEN if kind == "LUSTRE" else MET):
        assert judged(("FsxBackedUp", FILES, (CONFIGURATIONS[kind], DAYS)), value, of_type(kind)) == wanted


@pytest.mark.parametrize(
    ("selected", "wanted"),
    [
        ("arn:aws:fsx:*:*:file-system/*", MET),
        ({"Fn::GetAtt": ["It", "ResourceARN"]}, MET),
        ({"Fn::Sub": "arn:aws:fsx:us-east-1:123456789012:file-system/${It}"}, MET),
        ("arn:aws:elasticfilesystem:*:*:file-system/*", BROKEN),
        (PARAMETER, UNDECIDED),
    ],
    ids=str,
)
def test_a_backup_plan_does_in_place_of_automatic_backups(selected: Json, wanted: str) -> None:
    selection = resource("AWS::Backup::BackupSelection", {"BackupSelection": {"Resources": [selected]}})
    files = resource(FILES, {"FileSystemType": "WINDOWS", "WindowsConfiguration": {DAYS: 0}})
    assert verdict("FsxBackedUp", template({"It": files, "Selection": selection})) == wanted


@pytest.mark.parametrize(("value", "wanted"), [("yes", MET), ("no", BROKEN)])
def test_a_backup_plan_selects_file_systems_by_their_tags(value: str, wanted: str) -> None:
    by_tag: Json = [{"ConditionType": "STRINGEQUALS", "ConditionKey": "phi", "ConditionValue": "yes"}]
    selection = resource("AWS::Backup::BackupSelection", {"BackupSelection": {"ListOfTags": by_tag}})
    tagged: Body = {"WindowsConfiguration": {DAYS: 0}, "Tags": [{"Key": "phi", "Value": value}]}
    files = resource(FILES, {"FileSystemType": "WINDOWS", **tagged})
    assert verdict("FsxBackedUp", template({"It": files, "Selection": selection})) == wanted


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize(
    ("deployment", "wanted"),
    [
        ("SCRATCH_1", NOT_APPLICABLE),
        ("SCRATCH_2", NOT_APPLICABLE),
        (GONE, NOT_APPLICABLE),
        ("PERSISTENT_1", BROKEN),
        (PARAMETER, UNDECIDED),
        (7, BROKEN),
    ],
)
def test_scratch_holds_no_records(rule: str, deployment: Json, wanted: str) -> None:
    body = alone(FILES, {"FileSystemType": "LUSTRE", "LustreConfiguration": {"DeploymentType": deployment}})
    assert verdict(rule, body) == wanted


@pytest.mark.parametrize("rule", [*RULES, "FsxMultiAz"])
@pytest.mark.parametrize(
    ("kind", "wanted"), [("x", BROKEN), (GONE, BROKEN), (7, BROKEN), ([], BROKEN), (PARAMETER, UNDECIDED)], ids=str
)
def test_the_type_must_be_known(rule: str, kind: Json, wanted: str) -> None:
    assert verdict(rule, alone(FILES, {"FileSystemType": kind})) == wanted


@each_case(
    [("FsxMultiAz", FILES, (CONFIGURATIONS[kind], "DeploymentType")) for kind in ("ONTAP", "OPENZFS", "WINDOWS")],
    [*one_of("MULTI_AZ_1", "MULTI_AZ_2"), ("SINGLE_AZ_1", BROKEN)],
)
def test_the_deployment_decides(place: Place, value: Json, wanted: str) -> None:
    kind = next(kind for kind, name in CONFIGURATIONS.items() if name == place[2][0])
    assert judged(place, value, of_type(kind)) == wanted


@pytest.mark.parametrize("deployment", ["SCRATCH_2", "PERSISTENT_2", PARAMETER], ids=str)
def test_lustre_is_always_in_one_zone(deployment: Json) -> None:
    properties: Body = {"FileSystemType": "LUSTRE", "LustreConfiguration": {"DeploymentType": deployment}}
    assert verdict("FsxMultiAz", alone(FILES, properties)) == NOT_APPLICABLE


@each_policy(("FsxKept", FILES), snapshots=False)
def test_file_systems_are_kept(rule: str, kind: str, deletion: Json, replacement: Json, wanted: str) -> None:
    assert kept(rule, kind, deletion, replacement, of_type("ONTAP")) == wanted
