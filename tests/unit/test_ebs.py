"""What volumes and the policies of their snapshots are, and what they refuse."""

from __future__ import annotations

import pytest
from aws_cdk import App, Duration, Environment, Fn, RemovalPolicy, Size, Stack
from aws_cdk import aws_ec2 as ec2

from hipaa_constructs import EncryptedVolume, EncryptionKey, HipaaBackupPlan, Profile, SnapshotPolicy
from hipaa_constructs.rules._value import Json
from tests._refusals import made, refusal, waiver
from tests._synthesis import Body, at, list_at, of_type, report_of, statements, synthesized, the

VOLUME, POLICY, BLOCK = "AWS::EC2::Volume", "AWS::DLM::LifecyclePolicy", "AWS::EC2::SnapshotBlockPublicAccess"
WEST = "arn:aws:kms:us-west-2:123456789012:key/mrk-0123456789abcdef"


@pytest.fixture
def stack() -> Stack:
    return Stack(App(), "Stack", env=Environment(account="123456789012", region="us-east-1"))


def volume(stack: Stack, **options: object) -> EncryptedVolume:
    given: dict[str, object] = {"availability_zone": Fn.select(0, Fn.get_azs()), "size": Size.gibibytes(10), **options}
    found = made(EncryptedVolume, stack, **{name: value for name, value in given.items() if value is not None})
    assert isinstance(found, EncryptedVolume)
    return found


def policy(stack: Stack, **options: object) -> SnapshotPolicy:
    found = made(SnapshotPolicy, stack, **options)
    assert isinstance(found, SnapshotPolicy)
    return found


def build_everything(stack: Stack) -> None:
    snapshots = SnapshotPolicy(
        stack,
        "Snapshots",
        every=Duration.hours(4),
        start="01:30",
        retention=Duration.days(14),
        copy_to={"us-west-2": WEST},
        fast_restore_zones=["us-east-1a"],
        block_public_access=True,
    )
    snapshots.protect(volume(stack))


PLAIN = synthesized(volume)
SNAPSHOTS = synthesized(policy)
EVERYTHING = synthesized(build_everything, region="us-east-1")


def schedule(template: Body, *path: str | int) -> Json:
    return at(the(template, POLICY), "Properties", "PolicyDetails", "Schedules", 0, *path)


def test_a_volume_is_encrypted_with_the_stacks_key() -> None:
    (key,) = of_type(PLAIN, "AWS::KMS::Key")
    properties = the(PLAIN, VOLUME)["Properties"]
    assert (at(properties, "Encrypted"), at(properties, "KmsKeyId")) == (True, {"Fn::GetAtt": [key, "Arn"]})


def test_a_volume_takes_a_key_of_its_own() -> None:
    template = synthesized(lambda stack: volume(stack, encryption_key=EncryptionKey(stack, "Own")))
    assert str(at(the(template, VOLUME), "Properties", "KmsKeyId", "Fn::GetAtt", 0)).startswith("Own")


def test_a_snapshot_stays_when_the_stack_goes() -> None:
    body = the(PLAIN, VOLUME)
    assert (body["DeletionPolicy"], body["UpdateReplacePolicy"]) == ("Snapshot", "Snapshot")


def test_a_volume_may_stay_itself() -> None:
    template = synthesized(lambda stack: volume(stack, removal_policy=RemovalPolicy.RETAIN))
    assert the(template, VOLUME)["DeletionPolicy"] == "Retain"


def test_the_stacks_plan_backs_a_volume_up() -> None:
    (logical_id,) = of_type(PLAIN, VOLUME)
    selection = at(the(PLAIN, "AWS::Backup::BackupSelection"), "Properties", "BackupSelection", "Resources", 0)
    assert {"Ref": logical_id} in list_at(selection, "Fn::Join", 1)


def test_another_plan_may_back_a_volume_up() -> None:
    template = synthesized(lambda stack: volume(stack, backup_plan=HipaaBackupPlan(stack, "Own")))
    assert [name[:3] for name in of_type(template, "AWS::Backup::BackupPlan")] == ["Own"]


def test_a_volume_is_gp3_unless_another_type_is_asked_for() -> None:
    fast = synthesized(lambda stack: volume(stack, volume_type=ec2.EbsDeviceVolumeType.IO2, iops=3000))
    types = [at(the(one, VOLUME), "Properties", "VolumeType") for one in (PLAIN, fast)]
    assert types == ["gp3", "io2"]


def test_a_volume_is_made_of_a_snapshot() -> None:
    template = synthesized(lambda stack: volume(stack, size=None, snapshot_id="snap-0123456789abcdef0"))
    properties = the(template, VOLUME)["Properties"]
    assert (at(properties, "SnapshotId"), at(properties, "Encrypted")) == ("snap-0123456789abcdef0", True)


def test_a_volume_has_the_logical_id_of_the_plain_one() -> None:
    def plain(stack: Stack) -> None:
        ec2.Volume(stack, "It", availability_zone="us-east-1a", size=Size.gibibytes(10))

    assert list(of_type(synthesized(plain), VOLUME)) == list(of_type(PLAIN, VOLUME))


def test_a_volume_of_neither_size_nor_snapshot_is_refused(stack: Stack) -> None:
    refusal(
        lambda: volume(stack, size=None),
        "Stack/It: size must be given, or snapshot_id, got None; e.g. Size.gibibytes(100) (164.308(a)(7)(ii)(A))",
    )


def test_a_volume_that_goes_with_its_stack_is_refused(stack: Stack) -> None:
    refusal(
        lambda: volume(stack, removal_policy=RemovalPolicy.DESTROY),
        "Stack/It: removal_policy must be SNAPSHOT or RETAIN, got RemovalPolicy.DESTROY; to go without it pass "
        'waivers=[Waiver(rule="EbsVolumeKept", …)] (164.308(a)(7)(ii)(A))',
    )


def test_a_volume_goes_with_its_stack_if_that_is_waived() -> None:
    options = {"removal_policy": RemovalPolicy.DESTROY, "waivers": [waiver("EbsVolumeKept")]}
    assert the(synthesized(lambda stack: volume(stack, **options)), VOLUME)["DeletionPolicy"] == "Delete"


@pytest.mark.parametrize("option", EncryptedVolume.contract.fixed)
def test_a_fixed_option_of_a_volume_is_refused_with_the_way_out(stack: Stack, option: str) -> None:
    refusal(
        lambda: volume(stack, **{option: "x"}),
        f"Stack/It: {option} can't be set, got 'x'; {EncryptedVolume.contract.fixed[option]}",
    )


def test_snapshots_are_taken_every_day_and_kept_for_35() -> None:
    assert at(the(SNAPSHOTS, POLICY), "Properties", "State") == "ENABLED"
    assert schedule(SNAPSHOTS, "CreateRule") == {"Interval": 24, "IntervalUnit": "HOURS", "Times": ["05:00"]}
    assert schedule(SNAPSHOTS, "RetainRule") == {"Interval": 35, "IntervalUnit": "DAYS"}


def test_in_development_they_are_kept_for_a_week() -> None:
    app = App()
    Profile.DEVELOPMENT.apply_to(app)
    policy(Stack(app, "Stack"))
    template: Body = app.synth().get_stack_by_name("Stack").template
    assert schedule(template, "RetainRule", "Interval") == 7


def test_snapshots_may_be_taken_more_often() -> None:
    assert schedule(EVERYTHING, "CreateRule") == {"Interval": 4, "IntervalUnit": "HOURS", "Times": ["01:30"]}


def test_nothing_is_copied_nor_restored_fast_unless_asked_for() -> None:
    assert (schedule(SNAPSHOTS, "CrossRegionCopyRules"), schedule(SNAPSHOTS, "FastRestoreRule")) == (None, None)


def test_copies_are_encrypted_with_the_other_regions_key_and_kept_as_long() -> None:
    assert schedule(EVERYTHING, "CrossRegionCopyRules") == [
        {
            "CmkArn": WEST,
            "CopyTags": True,
            "Encrypted": True,
            "RetainRule": {"Interval": 14, "IntervalUnit": "DAYS"},
            "Target": "us-west-2",
        }
    ]


def test_snapshots_of_the_last_day_restore_fast_where_asked_for() -> None:
    rule = schedule(EVERYTHING, "FastRestoreRule")
    assert rule == {"AvailabilityZones": ["us-east-1a"], "Interval": 1, "IntervalUnit": "DAYS"}


def test_a_volume_that_is_protected_has_the_tag_that_the_policy_takes() -> None:
    taken = list_at(the(EVERYTHING, POLICY), "Properties", "PolicyDetails", "TargetTags")
    assert list_at(the(EVERYTHING, VOLUME), "Properties", "Tags") == taken


def test_two_policies_take_volumes_of_their_own() -> None:
    def build(stack: Stack) -> None:
        SnapshotPolicy(stack, "First")
        SnapshotPolicy(stack, "Second")

    bodies = of_type(synthesized(build), POLICY).values()
    assert len({str(at(body, "Properties", "PolicyDetails", "TargetTags")) for body in bodies}) == 2


def test_the_role_uses_the_keys_of_both_regions_and_no_other() -> None:
    (key,) = of_type(EVERYTHING, "AWS::KMS::Key")
    grants = list(statements(the(EVERYTHING, "AWS::IAM::ManagedPolicy", "Snapshots")))
    assert [one["Resource"] for one in grants] == [[{"Fn::GetAtt": [key, "Arn"]}, WEST]] * 2


def test_the_role_grants_keys_to_aws_alone() -> None:
    (granting, _) = statements(the(SNAPSHOTS, "AWS::IAM::ManagedPolicy"))
    assert granting["Condition"] == {"Bool": {"kms:GrantIsForAWSResource": "true"}}


def test_only_policies_of_this_account_take_the_role() -> None:
    trust = at(the(SNAPSHOTS, "AWS::IAM::Role"), "Properties", "AssumeRolePolicyDocument", "Statement", 0)
    assert at(trust, "Condition", "StringEquals") == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    assert ":policy/*" in list_at(trust, "Condition", "ArnLike", "aws:SourceArn", "Fn::Join", 1)


def test_sharing_with_everybody_is_blocked_if_asked_for() -> None:
    assert at(the(EVERYTHING, BLOCK), "Properties", "State") == "block-all-sharing"
    assert of_type(SNAPSHOTS, BLOCK) == {}


def test_everything_together_gives_no_finding() -> None:
    env = Environment(account="123456789012", region="us-east-1")
    assert report_of(lambda app: build_everything(Stack(app, "Stack", env=env))).findings == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"every": Duration.hours(5)},
            "every must be 1, 2, 3, 4, 6, 8, 12 or 24 hours, got 5 hours; Data Lifecycle Manager takes no other "
            "interval (164.308(a)(7)(ii)(A))",
        ),
        ({"start": "24:00"}, "start must be a time of day in UTC, got '24:00'; e.g. 05:00 (164.308(a)(7)(ii)(A))"),
        ({"start": "5:00"}, "start must be a time of day in UTC, got '5:00'; e.g. 05:00 (164.308(a)(7)(ii)(A))"),
        (
            {"retention": Duration.hours(36)},
            "retention must be whole days, from 1 to 36500, got 1 day 12 hours; Data Lifecycle Manager takes no other "
            "time (164.308(a)(7)(ii)(A))",
        ),
        (
            {"retention": Duration.days(0)},
            "retention must be whole days, from 1 to 36500, got 0 days; Data Lifecycle Manager takes no other time "
            "(164.308(a)(7)(ii)(A))",
        ),
        (
            {"retention": Duration.days(36501)},
            "retention must be whole days, from 1 to 36500, got 36501 days; Data Lifecycle Manager takes no other time "
            "(164.308(a)(7)(ii)(A))",
        ),
        (
            {"copy_to": dict.fromkeys(["us-west-1", "us-west-2", "eu-west-1", "eu-west-2"], WEST)},
            "copy_to must be 3 Regions at most, got 4; Data Lifecycle Manager copies to no more (164.308(a)(7)(ii)(B))",
        ),
        (
            {"copy_to": {"us-east-1": WEST}},
            "copy_to must be other Regions, got 'us-east-1'; e.g. us-west-2 (164.308(a)(7)(ii)(B))",
        ),
        (
            {"copy_to": {"west": WEST}},
            "copy_to must be other Regions, got 'west'; e.g. us-west-2 (164.308(a)(7)(ii)(B))",
        ),
        (
            {"copy_to": {"us-west-1": WEST}},
            f"copy_to must be given with the ARN of a key of us-west-1, got '{WEST}'; Data Lifecycle Manager takes no "
            "alias, and no key of another Region (164.312(a)(2)(iv))",
        ),
        (
            {"copy_to": {"us-west-2": "alias/records"}},
            "copy_to must be given with the ARN of a key of us-west-2, got 'alias/records'; Data Lifecycle Manager "
            "takes no alias, and no key of another Region (164.312(a)(2)(iv))",
        ),
    ],
)
def test_what_data_lifecycle_manager_takes_not_is_refused(
    stack: Stack, options: dict[str, object], message: str
) -> None:
    refusal(lambda: policy(stack, **options), f"Stack/It: {message}")


@pytest.mark.parametrize("days", [1, 36500])
def test_the_shortest_and_the_longest_retention_are_taken(days: int) -> None:
    template = synthesized(lambda stack: policy(stack, retention=Duration.days(days)))
    assert schedule(template, "RetainRule", "Interval") == days


def test_a_key_that_the_deployment_knows_is_taken() -> None:
    template = synthesized(lambda stack: policy(stack, copy_to={"us-west-2": Fn.import_value("Key")}))
    assert schedule(template, "CrossRegionCopyRules", 0, "CmkArn") == {"Fn::ImportValue": "Key"}


@pytest.mark.parametrize("option", SnapshotPolicy.contract.fixed)
def test_a_fixed_option_of_a_policy_is_refused_with_the_way_out(stack: Stack, option: str) -> None:
    refusal(
        lambda: policy(stack, **{option: "x"}),
        f"Stack/It: {option} can't be set, got 'x'; {SnapshotPolicy.contract.fixed[option]}",
    )
