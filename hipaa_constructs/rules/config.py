"""What a template must show of AWS Config, where it declares a recorder or a delivery channel."""

from __future__ import annotations

from hipaa_constructs.rules._node import Resource
from hipaa_constructs.rules._outcome import MET, NOT_APPLICABLE, Outcome, all_met, any_met
from hipaa_constructs.rules._rule import Severity, rule
from hipaa_constructs.rules._s3 import BUCKET

RECORDER = "AWS::Config::ConfigurationRecorder"
CHANNEL = "AWS::Config::DeliveryChannel"
_GUIDE = "https://docs.aws.amazon.com/config/latest/developerguide/"


@rule(
    title="every configuration recorder records all types of resources",
    fix="set RecordingGroup.AllSupported to true, and in one Region IncludeGlobalResourceTypes; leave ResourceTypes "
    "and exclusions out",
    applies_to=(RECORDER,),
    controls=("164.308(a)(1)(ii)(B)", "164.312(b)"),
    requirement="HC-318",
    same_as=("prowler:config_recorder_all_regions_enabled",),
    severity=Severity.WARNING,
    url=_GUIDE + "select-resources.html",
)
def config_recorder_records_all_types(recorder: Resource) -> Outcome:
    """Judge the recording group: where nothing is said, it is all types but users, groups, roles and policies of IAM.

    Those a recorder of one Region records for all, so it is undecided where none of the assembly does.
    """
    return all_met([_records_all(recorder), _recorded_globally(recorder)])


def _recorded_globally(recorder: Resource) -> Outcome:
    recorders = [one for one in recorder.template.assembly.resources(RECORDER) if one.exists]
    places = [one.at("RecordingGroup", "IncludeGlobalResourceTypes") for one in recorders]
    if any(place.must_be(True) is MET for place in places):
        return MET
    own = recorder.at("RecordingGroup", "IncludeGlobalResourceTypes")
    return own.undecided("no recorder here records users, groups, roles and policies of IAM")


def _records_all(recorder: Resource) -> Outcome:
    group = recorder.at("RecordingGroup")
    if group.is_absent:
        return MET
    listed, excluded = group.at("ResourceTypes"), group.at("ExclusionByResourceTypes", "ResourceTypes")
    if group.is_unknown:
        return group.undecided()
    return all_met(
        [
            MET if listed.value == [] else listed.must_be_absent(),
            MET if excluded.value == [] else excluded.must_be_absent(),
            any_met(
                [
                    group.at("AllSupported").must_be(True),
                    group.at("RecordingStrategy", "UseOnly").must_be("ALL_SUPPORTED_RESOURCE_TYPES"),
                ]
            ),
        ]
    )


@rule(
    title="every configuration recorder records changes as they happen",
    fix="leave RecordingMode out, or set RecordingFrequency to CONTINUOUS, in overrides too",
    applies_to=(RECORDER,),
    controls=("164.312(b)",),
    requirement="HC-318",
    severity=Severity.WARNING,
    url=_GUIDE + "select-resources-recording-frequency.html",
)
def config_recorder_continuous(recorder: Resource) -> Outcome:
    """Judge the frequency: a daily record misses what was opened and closed again on one day."""
    mode = recorder.at("RecordingMode")
    if mode.is_absent:
        return MET
    overrides = mode.at("RecordingModeOverrides")
    return all_met(
        [
            mode.at("RecordingFrequency").must_be("CONTINUOUS"),
            *([overrides.undecided()] if overrides.is_unknown else []),
            *(one.at("RecordingFrequency").must_be("CONTINUOUS") for one in overrides.items()),
        ]
    )


@rule(
    title="AWS Config delivers to a bucket that it can deliver to",
    fix="name a bucket without a default retention of Object Lock, and replicate it to a locked one if need be",
    applies_to=(CHANNEL,),
    controls=("164.312(b)",),
    requirement="HC-318",
    url=_GUIDE + "manage-delivery-channel.html",
)
def config_delivery_bucket_not_locked(channel: Resource) -> Outcome:
    """Judge the bucket: AWS Config does not deliver where Object Lock has a default retention."""
    place = channel.at("S3BucketName")
    buckets = [one for one in channel.template.assembly.resources(BUCKET) if place.designates(one)]
    locks = [one.at("ObjectLockConfiguration", "Rule", "DefaultRetention") for one in buckets]
    if any(lock.is_unknown for lock in locks):
        return place.undecided("an intrinsic function hides whether the bucket has a default retention")
    if any(not lock.is_absent for lock in locks):
        return place.broken("the bucket has a default retention of Object Lock")
    return MET if buckets else NOT_APPLICABLE
