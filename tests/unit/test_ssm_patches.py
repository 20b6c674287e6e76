"""What the policies of patches are, and what they refuse."""

from __future__ import annotations

import pytest
from aws_cdk import App, Duration, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms

from hipaa_constructs import EncryptedBucket, ManagedPolicyRole, PatchPolicy
from hipaa_constructs.rules._value import Json
from tests._refusals import made, refusal, waiver
from tests._synthesis import (
    Body,
    at,
    list_at,
    metadata_waivers,
    of_type,
    report_of,
    statement_called,
    statements,
    synthesized,
    the,
)
from tools import examples

BASELINE, ASSOCIATION, SYNC = "AWS::SSM::PatchBaseline", "AWS::SSM::Association", "AWS::SSM::ResourceDataSync"
RULE = ("Properties", "ApprovalRules", "PatchRules", 0)


@pytest.fixture
def stack() -> Stack:
    return Stack(App(), "Stack")


def patches(stack: Stack, **options: object) -> PatchPolicy:
    found = made(PatchPolicy, stack, **options)
    assert isinstance(found, PatchPolicy)
    return found


def with_a_machine(stack: Stack) -> None:
    machine = examples.instance(stack)
    patches(stack).protect(machine, machine.role)


PLAIN = synthesized(patches)
MACHINE = synthesized(with_a_machine)


def association(template: Body, kind: str, *path: str | int) -> Json:
    return at(the(template, ASSOCIATION, f"It{kind}"), "Properties", *path)


def test_security_updates_are_approved_after_a_week() -> None:
    rule = at(the(PLAIN, BASELINE), *RULE)
    assert (at(rule, "ApproveAfterDays"), at(rule, "EnableNonSecurity")) == (7, None)
    assert at(rule, "PatchFilterGroup", "PatchFilters") == [{"Key": "PRODUCT", "Values": ["*"]}]


def test_a_missing_update_is_a_critical_finding() -> None:
    assert at(the(PLAIN, BASELINE), *RULE, "ComplianceLevel") == "CRITICAL"


def test_of_windows_the_security_and_critical_updates_are_approved() -> None:
    template = synthesized(lambda stack: patches(stack, operating_system="WINDOWS"))
    assert list_at(the(template, BASELINE), *RULE, "PatchFilterGroup", "PatchFilters")[1] == {
        "Key": "CLASSIFICATION",
        "Values": ["CriticalUpdates", "SecurityUpdates"],
    }


@pytest.mark.parametrize("system", ["DEBIAN", "UBUNTU"])
def test_updates_of_debian_and_ubuntu_are_approved_at_once(system: str) -> None:
    template = synthesized(lambda stack: patches(stack, operating_system=system))
    assert at(the(template, BASELINE), *RULE, "ApproveAfterDays") is None


@pytest.mark.parametrize("days", [0, 15])
def test_updates_may_be_approved_at_once_or_after_fifteen_days(days: int) -> None:
    template = synthesized(lambda stack: patches(stack, approve_after=Duration.days(days)))
    assert at(the(template, BASELINE), *RULE, "ApproveAfterDays") == days


def test_patches_are_installed_every_sunday_and_at_no_other_time() -> None:
    assert association(PLAIN, "Installation", "Name") == "AWS-RunPatchBaseline"
    assert association(PLAIN, "Installation", "Parameters", "Operation") == ["Install"]
    assert association(PLAIN, "Installation", "ScheduleExpression") == "cron(0 7 ? * SUN *)"
    assert association(PLAIN, "Installation", "ApplyOnlyAtCronInterval") is True


def test_half_of_the_machines_are_patched_at_a_time() -> None:
    assert association(PLAIN, "Installation", "MaxConcurrency") == "50%"


def test_patches_may_be_installed_at_a_rate() -> None:
    template = synthesized(lambda stack: patches(stack, schedule="rate(7 days)"))
    assert association(template, "Installation", "ScheduleExpression") == "rate(7 days)"
    assert association(template, "Installation", "ApplyOnlyAtCronInterval") is None


def test_what_is_installed_is_gathered_twice_a_day() -> None:
    assert association(PLAIN, "Inventory", "Name") == "AWS-GatherSoftwareInventory"
    assert association(PLAIN, "Inventory", "ScheduleExpression") == "rate(12 hours)"


def test_a_machine_that_is_protected_is_of_the_group_of_the_baseline() -> None:
    (group,) = list_at(the(MACHINE, BASELINE), "Properties", "PatchGroups")
    assert {"Key": "PatchGroup", "Value": group} in list_at(the(MACHINE, "AWS::EC2::Instance"), "Properties", "Tags")


@pytest.mark.parametrize("kind", ["Installation", "Inventory"])
def test_both_associations_are_of_that_group(kind: str) -> None:
    groups = list_at(the(MACHINE, BASELINE), "Properties", "PatchGroups")
    assert association(MACHINE, kind, "Targets") == [{"Key": "tag:PatchGroup", "Values": groups}]


def test_a_machine_may_say_what_it_has_and_read_no_parameter() -> None:
    granted = str([one["Action"] for one in statements(the(MACHINE, "AWS::IAM::ManagedPolicy", "ExampleRole"))])
    assert "ssm:PutComplianceItems" in granted
    assert "ssm:GetParameter" not in granted


def test_a_machine_reads_only_buckets_of_aws() -> None:
    found = statements(the(MACHINE, "AWS::IAM::ManagedPolicy", "ExampleRole"))
    (reading,) = (one for one in found if one["Action"] == "s3:GetObject")
    names = [list_at(one, "Fn::Join", 1)[2] for one in list_at(reading["Resource"])]
    assert names == [":s3:::aws-ssm-", ":s3:::aws-patch-manager-", ":s3:::patch-baseline-snapshot-"]


def test_reports_are_encrypted_with_the_key_of_their_bucket() -> None:
    (key,) = of_type(PLAIN, "AWS::KMS::Key")
    (bucket,) = (name for name in of_type(PLAIN, "AWS::S3::Bucket") if name.startswith("It"))
    destination = at(the(PLAIN, SYNC), "Properties", "S3Destination")
    assert (at(destination, "BucketName"), at(destination, "KMSKeyArn")) == (
        {"Ref": bucket},
        {"Fn::GetAtt": [key, "Arn"]},
    )


@pytest.mark.parametrize("sid", ["ReportsAskWhoseBucketItIs", "ReportsOfThisAccount"])
def test_only_reports_of_this_account_are_written(sid: str) -> None:
    statement = statement_called(the(PLAIN, "AWS::S3::BucketPolicy", "It"), sid)
    assert at(statement, "Condition", "StringEquals", "aws:SourceAccount") == {"Ref": "AWS::AccountId"}
    assert ":resource-data-sync/*" in list_at(statement, "Condition", "ArnLike", "aws:SourceArn", "Fn::Join", 1)


def test_the_key_encrypts_reports_and_decrypts_none() -> None:
    statement = statement_called(the(PLAIN, "AWS::KMS::Key"), "ReportsOfSystemsManager", "KeyPolicy")
    assert statement["Action"] == "kms:GenerateDataKey"


def test_reports_wait_for_the_policy_of_their_bucket() -> None:
    (policy,) = (name for name in of_type(PLAIN, "AWS::S3::BucketPolicy") if name.startswith("It"))
    assert policy in list_at(the(PLAIN, SYNC), "DependsOn")


def test_reports_may_go_to_a_bucket_with_an_imported_key() -> None:
    def build(stack: Stack) -> None:
        key = kms.Key.from_key_arn(stack, "Key", "arn:aws:kms:us-east-1:123456789012:key/1234")
        patches(stack, reports=EncryptedBucket(stack, "Own", encryption_key=key))

    assert str(at(the(synthesized(build), SYNC), "Properties", "S3Destination", "BucketName")).startswith(
        "{'Ref': 'Own"
    )


def test_what_reports_to_another_bucket_has_another_name() -> None:
    def name(bucket: str) -> object:
        made = synthesized(lambda stack: patches(stack, reports=EncryptedBucket(stack, bucket)))
        return at(the(made, SYNC), "Properties", "SyncName")

    assert name("One") == name("One") != name("Other")


def test_with_a_machine_it_gives_no_finding() -> None:
    assert report_of(lambda app: with_a_machine(Stack(app, "Stack"))).findings == []


def test_options_are_passed_on() -> None:
    template = synthesized(lambda stack: patches(stack, rejected_patches=["kernel*"]))
    assert at(the(template, BASELINE), "Properties", "RejectedPatches") == ["kernel*"]


def test_any_role_may_be_let_in(stack: Stack) -> None:
    role = ManagedPolicyRole(stack, "Role", assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"))
    patches(stack).protect(stack, role)
    assert len(role.policies) == 1


def test_later_approval_is_refused(stack: Stack) -> None:
    refusal(
        lambda: patches(stack, approve_after=Duration.days(16)),
        "Stack/It: approve_after must be 15 days or less, got 16 days; to go without it pass "
        'waivers=[Waiver(rule="SsmPatchesApprovedInTime", …)] (164.308(a)(5)(ii)(B))',
    )


def test_later_approval_is_recorded_if_it_is_waived() -> None:
    waived = waiver("SsmPatchesApprovedInTime")
    template = synthesized(lambda stack: patches(stack, approve_after=Duration.days(16), waivers=[waived]))
    assert [one["rule"] for one in metadata_waivers(the(template, BASELINE))] == [waived.rule]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"operating_system": "MACOS"},
            "operating_system must be ALMA_LINUX or AMAZON_LINUX_2 or AMAZON_LINUX_2023 or DEBIAN or ORACLE_LINUX or "
            "REDHAT_ENTERPRISE_LINUX or ROCKY_LINUX or SUSE or UBUNTU or WINDOWS, got 'MACOS'; make an "
            "ssm.CfnPatchBaseline for another",
        ),
        (
            {"schedule": "sundays"},
            "schedule must be a cron or rate expression, got 'sundays'; e.g. cron(0 7 ? * SUN *)",
        ),
        (
            {"approve_after": Duration.hours(36)},
            "approve_after must be whole days, from 0 to 360, got 1 day 12 hours; Systems Manager takes no other time",
        ),
        (
            {"approve_after": Duration.days(361)},
            "approve_after must be whole days, from 0 to 360, got 361 days; Systems Manager takes no other time",
        ),
    ],
)
def test_what_systems_manager_takes_not_is_refused(stack: Stack, options: dict[str, object], message: str) -> None:
    refusal(lambda: patches(stack, **options), f"Stack/It: {message} (164.308(a)(5)(ii)(B))")


@pytest.mark.parametrize("option", PatchPolicy.contract.fixed)
def test_a_fixed_option_is_refused_with_the_way_out(stack: Stack, option: str) -> None:
    refusal(
        lambda: patches(stack, **{option: "x"}),
        f"Stack/It: {option} can't be set, got 'x'; {PatchPolicy.contract.fixed[option]}",
    )
