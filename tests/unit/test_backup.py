"""What the backup plans and vaults are, and what they refuse."""

from __future__ import annotations

import pytest
from aws_cdk import App, Duration, NestedStack, RemovalPolicy, Stack, Stage
from aws_cdk import aws_backup as backup
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_sns as sns

from hipaa_constructs import EncryptedBackupVault, EncryptedTopic, HipaaBackupPlan
from hipaa_constructs.rules._value import Json
from tests._refusals import made, refusal, waiver
from tests._synthesis import Body, at, of_type, report_of, statements, synthesized, the

PLAN = "AWS::Backup::BackupPlan"
VAULT = "AWS::Backup::BackupVault"
SELECTION = "AWS::Backup::BackupSelection"
RULE = "AWS::Events::Rule"
TABLE = "arn:aws:dynamodb:us-east-1:123456789012:table/visits"
ABROAD = "arn:aws:backup:us-west-2:123456789012:backup-vault:copies"

PLAIN = synthesized(lambda stack: HipaaBackupPlan(stack, "It"))


@pytest.fixture
def stack() -> Stack:
    return Stack(App(), "Stack")


def rules(template: Body) -> list[Json]:
    found = at(the(template, PLAN), "Properties", "BackupPlan", "BackupPlanRule")
    assert isinstance(found, list)
    return found


def protecting(*resources: backup.BackupResource) -> Json:
    template = synthesized(lambda stack: HipaaBackupPlan(stack, "It").protect(*resources))
    return at(the(template, SELECTION), "Properties", "BackupSelection")


def test_backups_are_daily_monthly_and_yearly() -> None:
    kept = {str(at(rule, "RuleName")): at(rule, "Lifecycle", "DeleteAfterDays") for rule in rules(PLAIN)}
    assert kept == {"Daily": 35, "Monthly": 365, "Yearly": 2192}


def test_older_backups_move_to_cold_storage() -> None:
    moved = [at(rule, "Lifecycle", "MoveToColdStorageAfterDays") for rule in rules(PLAIN)]
    assert moved == [None, 90, 90]


def test_daily_backups_are_continuous() -> None:
    assert [at(rule, "EnableContinuousBackup") for rule in rules(PLAIN)] == [True, None, None]


def test_daily_backups_kept_longer_are_not_continuous() -> None:
    template = synthesized(lambda stack: HipaaBackupPlan(stack, "It", daily_retention=Duration.days(90)))
    assert at(rules(template)[0], "EnableContinuousBackup") is False


def test_the_vault_is_encrypted_with_the_stacks_key() -> None:
    (key,) = of_type(PLAIN, "AWS::KMS::Key")
    assert at(the(PLAIN, VAULT), "Properties", "EncryptionKeyArn") == {"Fn::GetAtt": [key, "Arn"]}


def test_the_vault_is_locked_in_governance_mode() -> None:
    assert at(the(PLAIN, VAULT), "Properties", "LockConfiguration") == {"MinRetentionDays": 35}


def test_the_vault_can_be_locked_for_good() -> None:
    template = synthesized(
        lambda stack: EncryptedBackupVault(stack, "It", lock_mode="COMPLIANCE", changeable_for=Duration.days(7))
    )
    lock = at(the(template, VAULT), "Properties", "LockConfiguration")
    assert lock == {"ChangeableForDays": 7, "MinRetentionDays": 35}


def test_nobody_deletes_recovery_points() -> None:
    (denial,) = statements(the(PLAIN, VAULT), "AccessPolicy")
    assert (denial["Effect"], denial["Principal"]) == ("Deny", {"AWS": "*"})
    assert denial["Action"] == ["backup:DeleteRecoveryPoint", "backup:UpdateRecoveryPointLifecycle"]


def test_the_vault_stays_when_the_stack_goes() -> None:
    vault = the(PLAIN, VAULT)
    assert (vault["DeletionPolicy"], vault["UpdateReplacePolicy"]) == ("Retain", "Retain")


def test_a_plan_has_the_logical_id_of_the_plain_one() -> None:
    plain = synthesized(lambda stack: backup.BackupPlan.daily35_day_retention(stack, "It"))
    assert set(of_type(PLAIN, PLAN)) == set(of_type(plain, PLAN))


def test_a_vault_has_the_logical_id_of_the_plain_one() -> None:
    mine = synthesized(lambda stack: EncryptedBackupVault(stack, "It"))
    plain = synthesized(lambda stack: backup.BackupVault(stack, "It"))
    assert list(of_type(mine, VAULT)) == list(of_type(plain, VAULT))


def test_copies_go_to_a_vault_elsewhere_for_as_long() -> None:
    def build(stack: Stack) -> None:
        HipaaBackupPlan(stack, "It", copy_to=backup.BackupVault.from_backup_vault_arn(stack, "Abroad", ABROAD))

    copies = [at(rule, "CopyActions", 0) for rule in rules(synthesized(build))]
    assert [at(copy, "DestinationBackupVaultArn") for copy in copies] == [ABROAD] * 3
    assert [at(copy, "Lifecycle", "DeleteAfterDays") for copy in copies] == [35, 365, 2192]


def test_a_resource_is_protected_by_its_arn() -> None:
    assert at(protecting(backup.BackupResource.from_arn(TABLE)), "Resources") == [TABLE]


def test_resources_are_protected_by_tag() -> None:
    chosen = at(protecting(backup.BackupResource.from_tag("phi", "yes")), "ListOfTags")
    assert chosen == [{"ConditionKey": "phi", "ConditionType": "STRINGEQUALS", "ConditionValue": "yes"}]


def test_resources_protected_one_by_one_share_a_selection() -> None:
    def build(stack: Stack) -> None:
        plan = HipaaBackupPlan(stack, "It")
        plan.protect(backup.BackupResource.from_arn(TABLE))
        plan.protect(backup.BackupResource.from_arn(TABLE + "2"))

    selection = the(synthesized(build), SELECTION)
    assert at(selection, "Properties", "BackupSelection", "Resources") == [TABLE, TABLE + "2"]


def test_a_table_of_the_same_stack_is_protected_and_quiet_in_cdk_nag() -> None:
    def build(stack: Stack) -> None:
        table = dynamodb.Table(
            stack, "Table", partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING)
        )
        HipaaBackupPlan.of(stack).protect(backup.BackupResource.from_dynamo_db_table(table))

    template = synthesized(build)
    (table,) = of_type(template, "AWS::DynamoDB::Table")
    assert table in str(at(the(template, SELECTION), "Properties", "BackupSelection", "Resources"))


def test_the_role_takes_backups_with_aws_own_policies() -> None:
    policies = str(at(the(PLAIN, "AWS::IAM::Role"), "Properties", "ManagedPolicyArns"))
    assert "service-role/AWSBackupServiceRolePolicyForBackup" in policies
    assert "AWSBackupServiceRolePolicyForS3Backup" in policies
    assert "Restores" not in policies


@pytest.mark.parametrize("state", ["ABORTED", "EXPIRED", "FAILED"])
@pytest.mark.parametrize("place", [("$or", 0, "detail", "state"), ("$or", 1, "detail", "status")])
def test_jobs_that_fail_are_told_of(state: str, place: tuple[str | int, ...]) -> None:
    states = at(the(PLAIN, RULE), "Properties", "EventPattern", *place)
    assert state in (states if isinstance(states, list) else [])


def test_the_stacks_topic_lets_the_rule_publish() -> None:
    (topic,) = of_type(PLAIN, "AWS::SNS::Topic")
    assert at(the(PLAIN, RULE), "Properties", "Targets", 0, "Arn") == {"Ref": topic}
    allowed = [at(one, "Principal", "Service") for one in statements(the(PLAIN, "AWS::SNS::TopicPolicy"))]
    assert "events.amazonaws.com" in allowed


def test_another_topic_can_be_told() -> None:
    template = synthesized(lambda stack: HipaaBackupPlan(stack, "It", notify=EncryptedTopic(stack, "Operations")))
    (topic,) = of_type(template, "AWS::SNS::Topic")
    assert topic.startswith("Operations")


def test_an_imported_topic_is_named_as_it_is() -> None:
    arn = "arn:aws:sns:us-east-1:123456789012:operations"
    template = synthesized(
        lambda stack: HipaaBackupPlan(stack, "It", notify=sns.Topic.from_topic_arn(stack, "Topic", arn))
    )
    assert at(the(template, RULE), "Properties", "Targets", 0, "Arn") == arn


def test_restores_are_not_tested_unless_asked_for() -> None:
    assert of_type(PLAIN, "AWS::Backup::RestoreTestingPlan") == {}


def test_restores_of_the_vault_are_tested_on_a_schedule() -> None:
    template = synthesized(
        lambda stack: HipaaBackupPlan(stack, "It", restore_testing=events.Schedule.cron(day="2", hour="8", minute="0"))
    )
    (vault,) = of_type(template, VAULT)
    properties = at(the(template, "AWS::Backup::RestoreTestingPlan"), "Properties")
    assert at(properties, "ScheduleExpression") == "cron(0 8 2 * ? *)"
    assert at(properties, "RecoveryPointSelection", "IncludeVaults") == [{"Fn::GetAtt": [vault, "BackupVaultArn"]}]
    kinds = [
        at(selection, "Properties", "ProtectedResourceType")
        for selection in of_type(template, "AWS::Backup::RestoreTestingSelection").values()
    ]
    assert kinds == ["Aurora", "DynamoDB", "EBS", "EFS", "RDS", "S3"]


def test_rules_can_be_ones_own() -> None:
    own = [backup.BackupPlanRule(rule_name="Own", delete_after=Duration.days(60))]
    template = synthesized(lambda stack: HipaaBackupPlan(stack, "It", backup_plan_rules=own))
    assert [at(rule, "RuleName") for rule in rules(template)] == ["Own"]


def test_a_stack_has_one_plan(stack: Stack) -> None:
    assert HipaaBackupPlan.of(stack) is HipaaBackupPlan.of(NestedStack(stack, "Nested"))


def test_a_plan_in_a_stage_breaks_no_rule() -> None:
    def build(app: App) -> None:
        HipaaBackupPlan(Stack(Stage(app, "Prod"), "Stack"), "It").protect(backup.BackupResource.from_arn(TABLE))

    assert report_of(build).findings == []


def test_resources_of_another_stack_are_selected_there() -> None:
    def build(app: App) -> None:
        plan = HipaaBackupPlan(Stack(app, "Backup"), "It")
        data = Stack(app, "Data")
        plan.protect(backup.BackupResource.from_arn(TABLE), scope=data)
        assert any(isinstance(child, backup.CfnBackupSelection) for child in data.node.children)

    assert report_of(build).findings == []


def test_daily_backups_kept_for_less_than_35_days_need_a_waiver(stack: Stack) -> None:
    refusal(
        lambda: HipaaBackupPlan(stack, "It", daily_retention=Duration.days(7)),
        "Stack/It: daily_retention must be 35 days or longer, got 7 days; to go without it pass waivers=[Waiver("
        'rule="BackupPlanRunsDaily", …)] (164.308(a)(7)(i))',
    )


@pytest.mark.parametrize("name", ["monthly_retention", "yearly_retention"])
def test_less_than_cold_storage_takes_is_refused(stack: Stack, name: str) -> None:
    refusal(
        lambda: made(HipaaBackupPlan, stack, **{name: Duration.days(100)}),
        f"Stack/It: {name} must be 180 days or longer, got 100 days; backups move to cold storage after 90 days and "
        "stay there for 90; pass backup_plan_rules for others (164.308(a)(7)(ii)(A))",
    )


def test_no_rules_need_a_waiver(stack: Stack) -> None:
    refusal(
        lambda: HipaaBackupPlan(stack, "It", backup_plan_rules=[]),
        "Stack/It: backup_plan_rules must be rules of which a daily one keeps backups for 35 days or longer, got "
        "'none'; to go without it pass waivers=[Waiver(rule=\"BackupPlanRunsDaily\", …)] (164.308(a)(7)(i))",
    )


def test_rules_that_the_lock_would_refuse_are_refused(stack: Stack) -> None:
    own = [
        backup.BackupPlanRule(rule_name="Daily", delete_after=Duration.days(35)),
        backup.BackupPlanRule(rule_name="Hourly", delete_after=Duration.days(2)),
    ]
    refusal(
        lambda: HipaaBackupPlan(stack, "It", backup_plan_rules=own),
        "Stack/It: backup_plan_rules must be rules that keep backups for 35 days or longer, got 'Hourly with 2 days'; "
        "the lock of the vault refuses others; pass a vault with a shorter min_retention (164.308(a)(7)(ii)(A))",
    )


def test_a_copy_of_rules_of_ones_own_is_refused(stack: Stack) -> None:
    refusal(
        lambda: HipaaBackupPlan(
            stack,
            "It",
            backup_plan_rules=[backup.BackupPlanRule(delete_after=Duration.days(60))],
            copy_to=EncryptedBackupVault(stack, "Copies"),
        ),
        "Stack/It: copy_to must be left out with backup_plan_rules, got 'a vault'; give each rule copy_actions of its "
        "own (164.308(a)(7)(ii)(A))",
    )


@pytest.mark.parametrize("grace", [None, Duration.days(2)])
def test_a_lock_for_good_needs_time_to_think(stack: Stack, grace: Duration | None) -> None:
    shown = "None" if grace is None else "2 days"
    refusal(
        lambda: EncryptedBackupVault(stack, "It", lock_mode="COMPLIANCE", changeable_for=grace),
        f"Stack/It: changeable_for must be 3 days or longer with lock_mode='COMPLIANCE', got {shown}; afterwards "
        "nobody can lift the lock, so AWS Backup asks for time to think (164.312(c)(1))",
    )


def test_a_governance_lock_has_no_grace_time(stack: Stack) -> None:
    refusal(
        lambda: EncryptedBackupVault(stack, "It", changeable_for=Duration.days(7)),
        "Stack/It: changeable_for must be left out with lock_mode='GOVERNANCE', got 7 days; a governance lock can "
        "always be lifted; pass lock_mode='COMPLIANCE' for one that can't (164.312(c)(1))",
    )


def test_an_unknown_lock_is_refused(stack: Stack) -> None:
    refusal(
        lambda: made(EncryptedBackupVault, stack, lock_mode="NONE"),
        "Stack/It: lock_mode must be 'GOVERNANCE' or 'COMPLIANCE', got 'NONE'; AWS Backup knows no other lock "
        "(164.312(c)(1))",
    )


def test_a_lock_of_no_time_is_refused(stack: Stack) -> None:
    refusal(
        lambda: EncryptedBackupVault(stack, "It", min_retention=Duration.days(0)),
        "Stack/It: min_retention must be one day or longer, got 0 days; AWS Backup takes no shorter lock "
        "(164.312(c)(1))",
    )


def test_a_vault_that_goes_needs_a_waiver(stack: Stack) -> None:
    refusal(
        lambda: EncryptedBackupVault(stack, "It", removal_policy=RemovalPolicy.DESTROY),
        "Stack/It: removal_policy must be RETAIN, got RemovalPolicy.DESTROY; to go without it pass waivers=[Waiver("
        'rule="BackupVaultKept", …)] (164.308(a)(7)(ii)(A))',
    )


def test_a_waived_vault_goes_with_its_stack() -> None:
    template = synthesized(
        lambda stack: EncryptedBackupVault(
            stack, "It", removal_policy=RemovalPolicy.DESTROY, waivers=[waiver("BackupVaultKept")]
        )
    )
    assert the(template, VAULT)["DeletionPolicy"] == "Delete"


def test_notifications_of_the_vault_have_another_way(stack: Stack) -> None:
    with pytest.raises(Exception, match="notification_topic can't be set"):
        made(EncryptedBackupVault, stack, notification_topic=None)


def test_a_refusal_leaves_nothing_behind(stack: Stack) -> None:
    with pytest.raises(Exception, match="backup_plan_rules"):
        HipaaBackupPlan(stack, "It", backup_plan_rules=[])
    assert stack.node.children == []
