"""What watches an account, and what that refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from aws_cdk import App, Environment, RemovalPolicy, Stack
from aws_cdk import aws_s3 as s3

from hipaa_constructs import AuditBaseline, LogArchive
from hipaa_constructs.rules import RULES
from hipaa_constructs.rules._value import Json
from hipaa_constructs.services._conformance import ManagedRule, judged_in, managed_rules, pack_bodies
from tests._refusals import made, refusal, waiver
from tests._synthesis import Body, at, list_at, metadata_waivers, of_type, report_of, statements, synthesized, the

RECORDER, CHANNEL = "AWS::Config::ConfigurationRecorder", "AWS::Config::DeliveryChannel"
PACK, DETECTOR, HUB = "AWS::Config::ConformancePack", "AWS::GuardDuty::Detector", "AWS::SecurityHub::Hub"
STANDARD, ANALYZER = "AWS::SecurityHub::Standard", "AWS::AccessAnalyzer::Analyzer"
KINDS = (RECORDER, CHANNEL, PACK, DETECTOR, HUB, STANDARD, ANALYZER)
PLAIN = synthesized(lambda stack: AuditBaseline(stack, "It"))


@pytest.fixture
def stack() -> Stack:
    return Stack(App(), "Stack")


def rules_of(template: Body) -> dict[str, Json]:
    """Return the properties of the rules in all packs, by identifier."""
    found: dict[str, Json] = {}
    for pack in of_type(template, PACK).values():
        body = at(pack, "Properties", "TemplateBody")
        assert isinstance(body, str)
        for resource in yaml.safe_load(body)["Resources"].values():
            assert resource["Type"] == "AWS::Config::ConfigRule"
            found[resource["Properties"]["Source"]["SourceIdentifier"]] = resource["Properties"]
    return found


# AWS Config


def test_all_types_are_recorded_with_the_linked_role() -> None:
    properties = at(the(PLAIN, RECORDER), "Properties")
    assert at(properties, "RecordingGroup") == {"AllSupported": True, "IncludeGlobalResourceTypes": True}
    assert "role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig" in str(at(properties, "RoleARN"))


def test_users_and_roles_can_be_recorded_elsewhere() -> None:
    template = synthesized(lambda stack: AuditBaseline(stack, "It", global_types=False))
    assert at(the(template, RECORDER), "Properties", "RecordingGroup", "IncludeGlobalResourceTypes") is False


def archive_policy(template: Body) -> list[Body]:
    """Return what the policy of the archive lets AWS Config do."""
    (policy,) = (one for name, one in of_type(template, "AWS::S3::BucketPolicy").items() if "AccessLogs" not in name)
    return [one for one in statements(policy) if one["Principal"] == {"Service": "config.amazonaws.com"}]


def test_config_delivers_to_the_archive_of_the_stack_below_its_folder() -> None:
    properties = at(the(PLAIN, CHANNEL), "Properties")
    (archive,) = (name for name in of_type(PLAIN, "AWS::S3::Bucket") if "AccessLogs" not in name)
    assert at(properties, "S3BucketName") == {"Ref": archive}
    assert at(properties, "S3KeyPrefix") == "config"


def test_config_may_deliver_for_this_account_alone() -> None:
    allowed = archive_policy(PLAIN)
    assert [one["Action"] for one in allowed] == [["s3:GetBucketAcl", "s3:ListBucket"], "s3:PutObject"]
    for one in allowed:
        assert at(one, "Condition", "StringEquals", "aws:SourceAccount") == {"Ref": "AWS::AccountId"}
    place = list_at(allowed[1], "Resource", "Fn::Join", 1)
    assert place[1:] == ["/config/AWSLogs/", {"Ref": "AWS::AccountId"}, "/Config/*"]


def test_config_is_let_deliver_before_it_tries() -> None:
    (policy,) = (name for name in of_type(PLAIN, "AWS::S3::BucketPolicy") if "AccessLogs" not in name)
    assert at(the(PLAIN, CHANNEL), "DependsOn") == [policy]


def test_config_delivers_to_an_archive_of_another_stack(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path))
    archive = LogArchive(Stack(app, "Logs"), "Archive")
    stack = Stack(app, "Stack")
    AuditBaseline(stack, "It", log_archive=archive)
    app.synth()
    assert [one.node.id for one in stack.dependencies] == ["Logs"]
    assert len(archive_policy(json.loads((tmp_path / "Logs.template.json").read_text("utf-8")))) == 2


def test_config_delivers_to_an_imported_bucket() -> None:
    template = synthesized(
        lambda stack: AuditBaseline(stack, "It", log_archive=s3.Bucket.from_bucket_name(stack, "Logs", "logs"))
    )
    assert at(the(template, CHANNEL), "Properties", "S3BucketName") == "logs"
    assert of_type(template, "AWS::S3::Bucket") == {}


def test_a_baseline_called_default_keeps_the_ids_of_a_recorder_that_is_there() -> None:
    template = synthesized(lambda stack: AuditBaseline(stack, "Default"))
    assert (list(of_type(template, RECORDER)), list(of_type(template, CHANNEL))) == (["Recorder"], ["Channel"])


# The packs


def test_the_packs_hold_every_rule_that_a_rule_here_names_and_that_every_region_has() -> None:
    held = {str(at(one, "ConfigRuleName")) for one in rules_of(PLAIN).values()}
    claimed = {claim.removeprefix("config:") for rule in RULES.values() for claim in rule.same_as if "config:" in claim}
    assert held - claimed == {name for name, rule in managed_rules().items() if rule.about_account}
    assert {name for name in claimed - held if not name.startswith("cloudfront-")} == {
        "required-tags",
        "redshift-cluster-multi-az-enabled",
        "route53-query-logging-enabled",
    }


def test_accounts_are_judged_where_no_template_shows_it() -> None:
    assert {"ROOT_ACCOUNT_MFA_ENABLED", "IAM_PASSWORD_POLICY", "ACCESS_KEYS_ROTATED"} <= set(rules_of(PLAIN))


@pytest.mark.parametrize(("region", "has"), [("us-east-1", True), ("us-west-2", False), (None, False)])
def test_a_rule_is_in_the_packs_of_the_regions_that_have_it(region: str | None, has: bool) -> None:
    template = synthesized(lambda stack: AuditBaseline(stack, "It"), region=region)
    assert ("CLOUDFRONT_VIEWER_POLICY_HTTPS" in rules_of(template)) is has


@pytest.mark.parametrize(("region", "has"), [("us-west-1", False), ("us-west-2", True), (None, False)])
def test_a_rule_that_a_region_lacks_is_not_in_its_packs(region: str | None, has: bool) -> None:
    assert ("redshift-cluster-multi-az-enabled" in {one.name for one in judged_in(region)}) is has


def test_rules_are_told_what_they_can_t_be_without() -> None:
    assert at(rules_of(PLAIN)["ACCESS_KEYS_ROTATED"], "InputParameters") == {"maxAccessKeyAge": "90"}
    assert at(rules_of(PLAIN)["CW_LOGGROUP_RETENTION_PERIOD_CHECK"], "InputParameters") == {"MinRetentionTime": "2192"}
    assert at(rules_of(PLAIN)["ENCRYPTED_VOLUMES"], "InputParameters") is None


@pytest.mark.parametrize("pack", of_type(PLAIN, PACK))
def test_a_pack_is_within_the_limits_of_config(pack: str) -> None:
    body = at(PLAIN, "Resources", pack, "Properties", "TemplateBody")
    assert isinstance(body, str)
    assert len(body.encode()) <= 51_200
    assert len(yaml.safe_load(body)["Resources"]) <= 130


def rule(number: int) -> ManagedRule:
    return ManagedRule(f"rule-{number}", f"RULE_{number}", False, {}, frozenset(), frozenset())


@pytest.mark.parametrize(("rules", "packs"), [(1, 1), (130, 1), (131, 2), (260, 2), (261, 3), (0, 0)])
def test_there_are_as_many_packs_as_needed(rules: int, packs: int) -> None:
    assert len(list(pack_bodies([rule(number) for number in range(rules)]))) == packs


def test_packs_have_names_of_their_own() -> None:
    names = [at(one, "Properties", "ConformancePackName") for one in of_type(PLAIN, PACK).values()]
    assert len(set(map(str, names))) == len(names) == 2
    assert all(str(name).startswith("Stack-It-") for name in names)


def test_a_rule_can_be_left_out() -> None:
    template = synthesized(lambda stack: AuditBaseline(stack, "It", without_rules=["encrypted-volumes"]))
    assert set(rules_of(PLAIN)) - set(rules_of(template)) == {"ENCRYPTED_VOLUMES"}


@pytest.mark.parametrize(
    ("name", "way_out"),
    [("encrypted-volume", "did you mean encrypted-volumes?"), ("zzz", "the packs have no other")],
)
def test_a_rule_that_is_none_can_t_be_left_out(stack: Stack, name: str, way_out: str) -> None:
    refusal(
        lambda: AuditBaseline(stack, "It", without_rules=[name]),
        f"Stack/It: without_rules must be names of rules in the packs, got {name!r}; {way_out} (164.308(a)(8))",
    )


@pytest.mark.parametrize("kind", [PACK, HUB])
def test_rules_wait_for_what_is_recorded(kind: str) -> None:
    needed = {*of_type(PLAIN, RECORDER), *of_type(PLAIN, CHANNEL)}
    for one in of_type(PLAIN, kind).values():
        assert needed <= set(map(str, list_at(one, "DependsOn")))


# The others


def test_guardduty_has_every_protection_plan_and_its_agents() -> None:
    properties = at(the(PLAIN, DETECTOR), "Properties")
    assert at(properties, "Enable") is True
    assert at(properties, "FindingPublishingFrequency") == "FIFTEEN_MINUTES"
    features = list_at(properties, "Features")
    assert {at(one, "Name") for one in features} == {
        *("S3_DATA_EVENTS", "EKS_AUDIT_LOGS", "EBS_MALWARE_PROTECTION", "RDS_LOGIN_EVENTS", "LAMBDA_NETWORK_LOGS"),
        "RUNTIME_MONITORING",
    }
    assert {at(one, "Status") for one in features} == {"ENABLED"}
    agents = list_at(features[-1], "AdditionalConfiguration")
    assert [(at(one, "Name"), at(one, "Status")) for one in agents] == [
        ("EKS_ADDON_MANAGEMENT", "ENABLED"),
        ("ECS_FARGATE_AGENT_MANAGEMENT", "ENABLED"),
        ("EC2_AGENT_MANAGEMENT", "ENABLED"),
    ]


def test_security_hub_judges_by_two_standards_and_no_older_one() -> None:
    properties = at(the(PLAIN, HUB), "Properties")
    assert at(properties, "EnableDefaultStandards") is False
    assert at(properties, "AutoEnableControls") is True
    assert at(properties, "ControlFindingGenerator") == "SECURITY_CONTROL"
    arns = [str(at(one, "Properties", "StandardsArn", "Fn::Join", 1)) for one in of_type(PLAIN, STANDARD).values()]
    assert ["aws-foundational-security-best-practices/v/1.0.0" in arns[0], "nist-800-53/v/5.0.0" in arns[1]] == [
        True,
        True,
    ]


def test_standards_are_enabled_one_after_the_other() -> None:
    (hub,) = of_type(PLAIN, HUB)
    first, second = of_type(PLAIN, STANDARD)
    waits = [at(one, "DependsOn") for one in of_type(PLAIN, STANDARD).values()]
    assert waits == [[hub], [first]]
    assert first != second


def test_the_analyzer_is_of_the_account() -> None:
    assert at(the(PLAIN, ANALYZER), "Properties") == {"Type": "ACCOUNT"}


@pytest.mark.parametrize("kind", KINDS)
def test_what_watches_stays_when_the_stack_goes(kind: str) -> None:
    for one in of_type(PLAIN, kind).values():
        # An account has one of each, which must not be in the way after a first deployment that failed.
        assert (one["DeletionPolicy"], one["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")


@pytest.mark.parametrize("kind", KINDS)
def test_it_may_go_with_the_stack(kind: str) -> None:
    template = synthesized(lambda stack: AuditBaseline(stack, "It", removal_policy=RemovalPolicy.DESTROY))
    assert {one["DeletionPolicy"] for one in of_type(template, kind).values()} == {"Delete"}


@pytest.mark.parametrize(
    ("switch", "missing"),
    [
        ("config_recorder", {RECORDER, CHANNEL}),
        ("conformance_pack", {PACK}),
        ("guard_duty", {DETECTOR}),
        ("security_hub", {HUB, STANDARD}),
        ("access_analyzer", {ANALYZER}),
    ],
)
def test_each_can_be_managed_elsewhere(switch: str, missing: set[str]) -> None:
    template = synthesized(lambda stack: made(AuditBaseline, stack, **{switch: False}))
    assert {kind for kind in KINDS if not of_type(template, kind)} == missing


def test_packs_without_a_recorder_wait_for_none() -> None:
    template = synthesized(lambda stack: AuditBaseline(stack, "It", config_recorder=False))
    assert all("DependsOn" not in one for one in of_type(template, PACK).values())


def test_without_a_recorder_there_is_no_archive() -> None:
    assert (
        of_type(synthesized(lambda stack: AuditBaseline(stack, "It", config_recorder=False)), "AWS::S3::Bucket") == {}
    )


def test_a_baseline_of_nothing_is_refused(stack: Stack) -> None:
    refusal(
        lambda: AuditBaseline(
            stack,
            "It",
            config_recorder=False,
            conformance_pack=False,
            guard_duty=False,
            security_hub=False,
            access_analyzer=False,
        ),
        "Stack/It: config_recorder must be True where all else is switched off, got False; without anything there is "
        "no baseline (164.308(a)(8))",
    )


def test_a_waiver_is_recorded_on_what_it_is_about() -> None:
    template = synthesized(lambda stack: AuditBaseline(stack, "It", waivers=[waiver("GuarddutyMonitorsRuntime")]))
    assert metadata_waivers(the(template, DETECTOR))
    assert metadata_waivers(the(template, HUB)) == []


def test_a_baseline_breaks_no_rule() -> None:
    environment = Environment(account="123456789012", region="us-east-1")
    report = report_of(lambda app: AuditBaseline(Stack(app, "Stack", env=environment), "It"))
    assert report.findings == []
    met = {one.rule.id for one in report.judgements if one.outcome.verdict.name == "MET"}
    assert {
        "ConfigRecorderRecordsAllTypes",
        "ConfigRecorderContinuous",
        "ConfigDeliveryBucketNotLocked",
        "GuarddutyDetectorEnabled",
        "GuarddutyProtectionsEnabled",
        "GuarddutyMonitorsRuntime",
        "SecurityHubHasStandards",
    } <= met
