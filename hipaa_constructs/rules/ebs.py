"""What a template must show of Amazon EBS volumes and their snapshots."""

from __future__ import annotations

from hipaa_constructs.rules._keys import customers_key
from hipaa_constructs.rules._launches import listed
from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._outcome import MET, Outcome, all_met
from hipaa_constructs.rules._rule import Severity, rule

VOLUME = "AWS::EC2::Volume"
LIFECYCLE = "AWS::DLM::LifecyclePolicy"
_GUIDE = "https://docs.aws.amazon.com/ebs/latest/userguide/"
_AT_REST = ("164.312(a)(2)(iv)", "164.312(e)(2)(ii)")
_KEPT = ("Retain", "RetainExceptOnCreate", "Snapshot")


def _source_decides(volume: Resource, place: Node) -> Outcome | None:
    copied = not volume.at("SnapshotId").is_absent or not volume.at("SourceVolumeId").is_absent
    return (
        place.undecided("the snapshot or volume that it is made from decides") if copied and place.is_absent else None
    )


@rule(
    title="every volume is encrypted",
    fix="set Encrypted to true; it can't be changed later",
    applies_to=(VOLUME,),
    controls=_AT_REST,
    requirement="HC-048",
    same_as=(
        "config:encrypted-volumes",
        "guard:ENCRYPTED_VOLUMES",
        "prowler:ec2_ebs_volume_encryption",
        "checkov:CKV_AWS_3",
    ),
    url=_GUIDE + "ebs-encryption.html",
)
def ebs_volume_encrypted(volume: Resource) -> Outcome:
    """Judge the switch; that an account encrypts by default no template shows."""
    place = volume.at("Encrypted")
    return _source_decides(volume, place) or place.must_be(True)


@rule(
    title="every volume is encrypted with a customer managed key",
    fix="set KmsKeyId to a key of yours",
    applies_to=(VOLUME,),
    controls=_AT_REST,
    requirement="HC-049",
    severity=Severity.WARNING,
    url=_GUIDE + "ebs-encryption.html",
)
def ebs_volume_uses_customer_managed_key(volume: Resource) -> Outcome:
    """Judge the key; without one the account's default key encrypts, mostly one of AWS."""
    place = volume.at("KmsKeyId")
    return _source_decides(volume, place) or customers_key(place, by_alias=True)


@rule(
    title="every volume outlives its stack, or a snapshot of it does",
    fix="set DeletionPolicy and UpdateReplacePolicy to Snapshot or Retain",
    applies_to=(VOLUME,),
    controls=("164.308(a)(7)(ii)(A)", "164.310(d)(2)(iv)"),
    requirement="HC-054",
    url="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-deletionpolicy.html",
)
def ebs_volume_kept(volume: Resource) -> Outcome:
    """Judge what becomes of it when the stack goes, and when it is replaced."""
    return all_met(
        [
            volume.attribute("DeletionPolicy").must_be(*_KEPT),
            volume.attribute("UpdateReplacePolicy").must_be("Retain", "Snapshot"),
        ]
    )


@rule(
    title="every lifecycle policy of snapshots is on, has a schedule and a retention",
    fix="set State to ENABLED, and CreateRule and RetainRule of each schedule",
    applies_to=(LIFECYCLE,),
    controls=("164.308(a)(7)(i)", "164.308(a)(7)(ii)(A)"),
    requirement="HC-052",
    severity=Severity.WARNING,
    url=_GUIDE + "snapshot-lifecycle.html",
)
def dlm_policy_takes_snapshots(policy: Resource) -> Outcome:
    """Judge state and schedules; default policies have a schedule of their own."""
    state = policy.at("State").must_be("ENABLED")
    if not policy.at("DefaultPolicy").is_absent:
        return state
    details = policy.at("PolicyDetails")
    if details.at("PolicyType").value == "EVENT_BASED_POLICY":
        return state
    schedules = details.at("Schedules")
    found = listed(schedules)
    return all_met([state, *map(_scheduled, found)] if found else [state, schedules.broken()])


def _scheduled(schedule: Node) -> Outcome:
    return all_met([_filled(schedule.at("CreateRule")), _filled(schedule.at("RetainRule"))])


def _filled(place: Node) -> Outcome:
    if place.is_unknown:
        return place.undecided()
    return MET if isinstance(place.value, dict) and place.value else place.broken()


@rule(
    title="every copy of a snapshot in another Region is encrypted",
    fix="set Encrypted to true, and CmkArn to a key of that Region, in CrossRegionCopyRules and CrossRegionCopy",
    applies_to=(LIFECYCLE,),
    controls=_AT_REST,
    requirement="HC-052",
    same_as=("guard:DLM_LIFECYCLE_POLICY_CROSS_REGION_ENCRYPTION_RULE",),
    url=_GUIDE + "snapshot-ami-policy.html",
)
def dlm_copies_encrypted(policy: Resource) -> Outcome:
    """Judge the copies that a policy makes of its snapshots, and of those that others share with it."""
    details = policy.at("PolicyDetails")
    copies = [
        copy.at("Encrypted")
        for schedule in listed(details.at("Schedules"))
        for copy in listed(schedule.at("CrossRegionCopyRules"))
    ] + [
        copy.at("EncryptionConfiguration", "Encrypted")
        for action in listed(details.at("Actions"))
        for copy in listed(action.at("CrossRegionCopy"))
    ]
    return all_met(place.must_be(True) for place in copies)
