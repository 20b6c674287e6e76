"""What is judged of volumes and their snapshots."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import (
    BROKEN,
    GONE,
    MALFORMED,
    MET,
    NEVER_TEXT,
    NEVER_TRUE,
    NOT_APPLICABLE,
    PARAMETER,
    UNDECIDED,
    Body,
    resource,
    template,
    verdict,
)

ENCRYPTED, KEY, KEPT = "EbsVolumeEncrypted", "EbsVolumeUsesCustomerManagedKey", "EbsVolumeKept"
SNAPSHOTS, COPIES = "DlmPolicyTakesSnapshots", "DlmCopiesEncrypted"


def volume(properties: Json, **attributes: Json) -> Body:
    key = resource("AWS::KMS::Key")
    return template({"It": resource("AWS::EC2::Volume", properties, **attributes), "Key": key})


@pytest.mark.parametrize(
    ("value", "wanted"),
    [(True, MET), ("true", MET), (False, BROKEN), (GONE, BROKEN), (PARAMETER, UNDECIDED)]
    + [(value, BROKEN) for value in NEVER_TRUE],
)
def test_whether_a_volume_is_encrypted_decides(value: Json, wanted: str) -> None:
    assert verdict(ENCRYPTED, volume({"Encrypted": value})) == wanted


@pytest.mark.parametrize("source", ["SnapshotId", "SourceVolumeId"])
def test_a_copy_is_encrypted_as_its_source_is(source: str) -> None:
    assert verdict(ENCRYPTED, volume({source: "snap-1"})) == UNDECIDED
    assert verdict(KEY, volume({source: "snap-1"})) == UNDECIDED
    assert verdict(ENCRYPTED, volume({source: "snap-1", "Encrypted": False})) == BROKEN
    assert verdict(KEY, volume({source: "snap-1", "KmsKeyId": "alias/aws/ebs"})) == BROKEN


@pytest.mark.parametrize(
    ("key", "wanted"),
    [
        ({"Fn::GetAtt": ["Key", "Arn"]}, MET),
        ("alias/records", MET),
        ("alias/aws/ebs", BROKEN),
        (GONE, BROKEN),
        (PARAMETER, UNDECIDED),
    ],
)
def test_the_key_of_a_volume_decides(key: Json, wanted: str) -> None:
    assert verdict(KEY, volume({"KmsKeyId": key})) == wanted


@pytest.mark.parametrize(
    ("deletion", "replacement", "wanted"),
    [
        ("Snapshot", "Snapshot", MET),
        ("Retain", "Retain", MET),
        ("RetainExceptOnCreate", "Snapshot", MET),
        ("Snapshot", "RetainExceptOnCreate", BROKEN),
        ("Delete", "Snapshot", BROKEN),
        ("Snapshot", "Delete", BROKEN),
        ("Snapshot", GONE, BROKEN),
        (GONE, "Snapshot", BROKEN),
        (PARAMETER, "Snapshot", UNDECIDED),
        (3, "Snapshot", BROKEN),
    ],
)
def test_what_becomes_of_a_volume_decides(deletion: Json, replacement: Json, wanted: str) -> None:
    body = volume({}, DeletionPolicy=deletion, UpdateReplacePolicy=replacement)
    assert verdict(KEPT, body) == wanted


def policy(details: Json, **properties: Json) -> Body:
    body: Json = {"State": "ENABLED", "PolicyDetails": details, **properties}
    return template({"It": resource("AWS::DLM::LifecyclePolicy", body)})


NO_RULE: tuple[Json, ...] = (None, 0, True, [], "x")
DAILY: Body = {"CreateRule": {"Interval": 24}, "RetainRule": {"Count": 7}}


@pytest.mark.parametrize(
    ("schedules", "wanted"),
    [
        ([DAILY], MET),
        ([DAILY, {"CreateRule": {"Interval": 24}}], BROKEN),
        ([{**DAILY, "CreateRule": GONE}], BROKEN),
        ([{**DAILY, "RetainRule": {}}], BROKEN),
        ([{**DAILY, "RetainRule": PARAMETER}], UNDECIDED),
        ([PARAMETER], UNDECIDED),
        (PARAMETER, UNDECIDED),
        ([], BROKEN),
        (GONE, BROKEN),
        ("x", BROKEN),
        *(([{**DAILY, "CreateRule": value}], BROKEN) for value in NO_RULE),
    ],
)
def test_the_schedules_of_a_policy_decide(schedules: Json, wanted: str) -> None:
    assert verdict(SNAPSHOTS, policy({"Schedules": schedules})) == wanted


@pytest.mark.parametrize(
    ("state", "wanted"),
    [("ENABLED", MET), ("DISABLED", BROKEN), (GONE, BROKEN), (PARAMETER, UNDECIDED)]
    + [(value, BROKEN) for value in NEVER_TEXT],
)
def test_the_state_of_a_policy_decides(state: Json, wanted: str) -> None:
    assert verdict(SNAPSHOTS, policy({"Schedules": [DAILY]}, State=state)) == wanted
    assert verdict(SNAPSHOTS, policy(GONE, State=state, DefaultPolicy="VOLUME")) == wanted
    assert verdict(SNAPSHOTS, policy({"PolicyType": "EVENT_BASED_POLICY"}, State=state)) == wanted


@pytest.mark.parametrize(
    ("encrypted", "wanted"),
    [(True, MET), (False, BROKEN), (GONE, BROKEN), (PARAMETER, UNDECIDED)] + [(v, BROKEN) for v in NEVER_TRUE],
)
def test_copies_in_other_regions_are_encrypted(encrypted: Json, wanted: str) -> None:
    copied: Json = {"Schedules": [{**DAILY, "CrossRegionCopyRules": [{"Encrypted": encrypted}]}]}
    assert verdict(COPIES, policy(copied)) == wanted
    shared: Json = {"Actions": [{"CrossRegionCopy": [{"EncryptionConfiguration": {"Encrypted": encrypted}}]}]}
    assert verdict(COPIES, policy(shared)) == wanted


@pytest.mark.parametrize("details", [{}, GONE, {"Schedules": [DAILY]}, {"Actions": [{}]}])
def test_a_policy_without_copies_is_not_judged(details: Json) -> None:
    assert verdict(COPIES, policy(details)) == NOT_APPLICABLE


@pytest.mark.parametrize("details", [{"Schedules": PARAMETER}, {"Actions": PARAMETER}, PARAMETER])
def test_hidden_copies_are_undecided(details: Json) -> None:
    assert verdict(COPIES, policy(details)) == UNDECIDED


@pytest.mark.parametrize("value", MALFORMED, ids=str)
def test_a_malformed_intrinsic_function_is_no_pass(value: Json) -> None:
    assert verdict(ENCRYPTED, volume({"Encrypted": value})) in (BROKEN, UNDECIDED)
    assert verdict(SNAPSHOTS, policy({"Schedules": value})) in (BROKEN, UNDECIDED)
