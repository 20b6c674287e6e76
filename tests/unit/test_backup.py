"""What the backup plans and vaults are, and what they refuse."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

import pytest
from aws_cdk import App, Duration, Environment, Fn, NestedStack, RemovalPolicy, Stack, Stage
from aws_cdk import aws_backup as backup
from aws_cdk import aws_docdb as docdb
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_efs as efs
from aws_cdk import aws_events as events
from aws_cdk import aws_fsx as fsx
from aws_cdk import aws_neptune as neptune
from aws_cdk import aws_rds as rds
from aws_cdk import aws_redshift as redshift
from aws_cdk import aws_redshiftserverless as serverless
from aws_cdk import aws_sns as sns
from constructs import Construct, IConstruct

from hipaa_constructs import EncryptedBackupVault, EncryptedBucket, EncryptedTopic, HipaaBackupPlan
from hipaa_constructs.rules._value import Json
from hipaa_constructs.services.backup_resources import Protectable
from tests._refusals import made, refusal, waiver
from tests._synthesis import Body, at, list_at, of_type, report_of, statements, synthesized, the

PLAN = "AWS::Backup::BackupPlan"
VAULT = "AWS::Backup::BackupVault"
SELECTION = "AWS::Backup::BackupSelection"
RULE = "AWS::Events::Rule"
TABLE = "arn:aws:dynamodb:us-east-1:123456789012:table/visits"
ABROAD = "arn:aws:backup:us-west-2:123456789012:backup-vault:copies"

TRIAL = "AWS::Backup::RestoreTestingSelection"
MONTHLY = events.Schedule.cron(day="2", hour="8", minute="0")

PLAIN = synthesized(lambda stack: HipaaBackupPlan(stack, "It"))


@pytest.fixture
def stack() -> Stack:
    return Stack(App(), "Stack")


def rules(template: Body) -> list[Json]:
    return list_at(the(template, PLAN), "Properties", "BackupPlan", "BackupPlanRule")


def table_in(stack: Stack) -> dynamodb.Table:
    key = dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING)
    return dynamodb.Table(stack, "Table", partition_key=key)


def databases(stack: Stack, plan: HipaaBackupPlan, count: int = 2) -> None:
    group = rds.CfnDBSubnetGroup(stack, "Group", db_subnet_group_description="x", subnet_ids=["subnet-1", "subnet-2"])
    security = ec2.CfnSecurityGroup(stack, "Security", group_description="x", vpc_id="vpc-1")
    for number in range(count):
        plan.protect(
            rds.CfnDBInstance(
                stack,
                f"Database{number}",
                db_subnet_group_name=group.ref,
                vpc_security_groups=[security.attr_group_id],
            )
        )


def protecting(*resources: Protectable) -> Json:
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
    assert (vault["DeletionPolicy"], vault["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")


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


def test_copies_go_to_an_arn() -> None:
    template = synthesized(lambda stack: HipaaBackupPlan(stack, "It", copy_to=ABROAD))
    assert [at(rule, "CopyActions", 0, "DestinationBackupVaultArn") for rule in rules(template)] == [ABROAD] * 3


def test_copies_go_to_a_vault_of_the_app_in_another_region() -> None:
    def build(stack: Stack) -> None:
        there = Environment(account="123456789012", region="us-west-2")
        west = Stack(App.of(stack), "West", env=there)
        HipaaBackupPlan(stack, "It", copy_to=EncryptedBackupVault(west, "Copies"))

    copy = at(rules(synthesized(build, region="us-east-1"))[0], "CopyActions", 0, "DestinationBackupVaultArn")
    name = [":backup:us-west-2:123456789012:backup-vault:WestCopies"]
    pieces = list_at(copy, "Fn::Join", 1)
    assert str(pieces[-1]).startswith(name[0])


def test_copies_go_to_a_vault_of_the_same_stack() -> None:
    template = synthesized(lambda stack: HipaaBackupPlan(stack, "It", copy_to=EncryptedBackupVault(stack, "Copies")))
    copy = at(rules(template)[0], "CopyActions", 0, "DestinationBackupVaultArn")
    assert list_at(copy, "Fn::GetAtt")[1] == "BackupVaultArn"


@pytest.mark.parametrize("name", ["backup_vault", "copy_to"])
def test_a_vault_that_takes_no_such_backups_is_refused(stack: Stack, name: str) -> None:
    vault = EncryptedBackupVault(stack, "Vault", max_retention=Duration.days(365))
    refusal(
        lambda: made(HipaaBackupPlan, stack, **{name: vault}),
        f"Stack/It: {name} must be one that takes backups kept for 2192 days, got 'Stack/Vault, which takes 35 days to "
        "365 days'; its lock would make them fail; pass another min_retention or max_retention to the vault "
        "(164.308(a)(7)(ii)(A))",
    )


def test_a_vault_that_takes_longer_backups_only_is_refused(stack: Stack) -> None:
    vault = EncryptedBackupVault(stack, "Vault", min_retention=Duration.days(90))
    refusal(
        lambda: HipaaBackupPlan(stack, "It", backup_vault=vault),
        "Stack/It: backup_vault must be one that takes backups kept for 35 days, got 'Stack/Vault, which takes 90 days "
        "or longer'; its lock would make them fail; pass another min_retention or max_retention to the vault "
        "(164.308(a)(7)(ii)(A))",
    )


def test_the_lock_follows_daily_backups_that_a_waiver_lets_be_shorter() -> None:
    template = synthesized(
        lambda stack: HipaaBackupPlan(
            stack, "It", daily_retention=Duration.days(7), waivers=[waiver("BackupPlanRunsDaily")]
        )
    )
    assert at(the(template, VAULT), "Properties", "LockConfiguration") == {"MinRetentionDays": 7}


def test_a_lock_can_have_a_longest_time() -> None:
    template = synthesized(lambda stack: EncryptedBackupVault(stack, "It", max_retention=Duration.days(2192)))
    lock = at(the(template, VAULT), "Properties", "LockConfiguration")
    assert lock == {"MaxRetentionDays": 2192, "MinRetentionDays": 35}


def test_a_longest_time_below_the_shortest_is_refused(stack: Stack) -> None:
    refusal(
        lambda: EncryptedBackupVault(stack, "It", max_retention=Duration.days(30)),
        "Stack/It: max_retention must be 35 days or longer, as min_retention is, got 30 days; no backup would be taken "
        "in (164.308(a)(7)(ii)(A))",
    )


@pytest.mark.parametrize(("kept", "shown"), [(None, "no end"), (Duration.days(400), "400 days")])
def test_rules_beyond_the_longest_time_are_refused(stack: Stack, kept: Duration | None, shown: str) -> None:
    vault = EncryptedBackupVault(stack, "Vault", max_retention=Duration.days(365))
    refusal(
        lambda: HipaaBackupPlan(
            stack,
            "It",
            backup_vault=vault,
            backup_plan_rules=[backup.BackupPlanRule(rule_name="Own", delete_after=kept)],
        ),
        "Stack/It: backup_plan_rules must be rules that keep backups for 365 days or shorter, got "
        f"'Own with {shown}'; the lock of the vault refuses others; pass a vault with a longer max_retention "
        "(164.308(a)(7)(ii)(A))",
    )


def test_a_frozen_policy_denies_its_own_change() -> None:
    template = synthesized(lambda stack: EncryptedBackupVault(stack, "It", freeze_policy=True))
    _, denial = statements(the(template, VAULT), "AccessPolicy")
    assert denial["Action"] == [
        "backup:DeleteRecoveryPoint",
        "backup:UpdateRecoveryPointLifecycle",
        "backup:PutBackupVaultAccessPolicy",
        "backup:DeleteBackupVaultAccessPolicy",
    ]


def test_a_resource_is_protected_by_its_arn() -> None:
    assert at(protecting(backup.BackupResource.from_arn(TABLE)), "Resources") == [TABLE]


BACKED_UP: Mapping[str, tuple[Callable[[Stack], IConstruct], str]] = {
    "a table": (table_in, '["{id}", "Arn"]'),
    "a table of version 2": (
        lambda stack: dynamodb.TableV2(
            stack, "It", partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING)
        ),
        '["{id}", "Arn"]',
    ),
    "a bucket of this package": (lambda stack: EncryptedBucket(stack, "It"), '["{id}", "Arn"]'),
    "an instance": (lambda stack: rds.CfnDBInstance(stack, "It"), '["{id}", "DBInstanceArn"]'),
    "a cluster": (lambda stack: rds.CfnDBCluster(stack, "It"), '["{id}", "DBClusterArn"]'),
    "a cluster of DocumentDB": (lambda stack: docdb.CfnDBCluster(stack, "It"), ':cluster:", {"Ref": "{id}"}'),
    "a cluster of Neptune": (lambda stack: neptune.CfnDBCluster(stack, "It"), ':cluster:", {"Ref": "{id}"}'),
    "a cluster of Redshift": (
        lambda stack: redshift.CfnCluster(
            stack, "It", cluster_type="single-node", db_name="x", master_username="x", node_type="ra3.large"
        ),
        ':cluster:", {"Ref": "{id}"}',
    ),
    "a namespace of Redshift Serverless": (
        lambda stack: serverless.CfnNamespace(stack, "It", namespace_name="records"),
        '["{id}", "Namespace.NamespaceArn"]',
    ),
    "a file system": (lambda stack: efs.CfnFileSystem(stack, "It"), '["{id}", "Arn"]'),
    "a file system of FSx": (
        lambda stack: fsx.CfnFileSystem(stack, "It", file_system_type="LUSTRE", subnet_ids=["subnet-1"]),
        '["{id}", "ResourceARN"]',
    ),
    "a volume": (
        lambda stack: ec2.CfnVolume(stack, "It", availability_zone="us-east-1a", size=10),
        ':volume/", {"Ref": "{id}"}',
    ),
    "a machine": (lambda stack: ec2.CfnInstance(stack, "It"), ':instance/", {"Ref": "{id}"}'),
}


@pytest.mark.parametrize(("build", "arn"), BACKED_UP.values(), ids=BACKED_UP)
def test_a_construct_is_protected_by_its_arn(build: Callable[[Stack], IConstruct], arn: str) -> None:
    template = synthesized(lambda stack: HipaaBackupPlan(stack, "Plan").protect(build(stack)))
    (found,) = list_at(the(template, SELECTION, "Plan"), "Properties", "BackupSelection", "Resources")
    resources = template["Resources"]
    assert isinstance(resources, dict)
    assert any(arn.replace("{id}", logical_id) in json.dumps(found) for logical_id in resources)


def test_members_of_a_cluster_are_protected_with_it() -> None:
    def build(stack: Stack) -> None:
        scope = Construct(stack, "Both")
        cluster = rds.CfnDBCluster(scope, "Cluster")
        rds.CfnDBInstance(scope, "Member", db_cluster_identifier=cluster.ref)
        HipaaBackupPlan(stack, "It").protect(scope)

    template = synthesized(build)
    (cluster,), (member,) = of_type(template, "AWS::RDS::DBCluster"), of_type(template, "AWS::RDS::DBInstance")
    selection = at(the(template, SELECTION), "Properties", "BackupSelection")
    left_out = {"Fn::GetAtt": [member, "DBInstanceArn"]}
    assert at(selection, "Resources") == [{"Fn::GetAtt": [cluster, "DBClusterArn"]}, left_out]
    assert at(selection, "NotResources") == [left_out]


def test_an_arn_is_protected_as_it_is() -> None:
    assert at(protecting(TABLE), "Resources") == [TABLE]


def test_an_arn_known_at_the_deployment_only_is_protected() -> None:
    template = synthesized(lambda stack: HipaaBackupPlan(stack, "It").protect(Fn.import_value("table")))
    found = list_at(the(template, SELECTION), "Properties", "BackupSelection", "Resources")
    assert found == [{"Fn::ImportValue": "table"}]


def test_an_imported_resource_is_protected_by_its_arn() -> None:
    template = synthesized(
        lambda stack: HipaaBackupPlan(stack, "It").protect(dynamodb.Table.from_table_arn(stack, "Table", TABLE))
    )
    assert list_at(the(template, SELECTION), "Properties", "BackupSelection", "Resources") == [TABLE]


def test_what_the_cdk_makes_of_a_construct_is_protected() -> None:
    template = synthesized(
        lambda stack: HipaaBackupPlan(stack, "It").protect(backup.BackupResource.from_construct(table_in(stack)))
    )
    (table,) = of_type(template, "AWS::DynamoDB::Table")
    found = list_at(the(template, SELECTION), "Properties", "BackupSelection", "Resources")
    assert found == [{"Fn::GetAtt": [table, "Arn"]}]


def test_what_is_protected_already_is_passed_over() -> None:
    def build(stack: Stack) -> None:
        plan, table = HipaaBackupPlan(stack, "It"), table_in(stack)
        plan.protect(table, TABLE)
        plan.protect(backup.BackupResource.from_dynamo_db_table(table), TABLE)

    assert len(list_at(the(synthesized(build), SELECTION), "Properties", "BackupSelection", "Resources")) == 2


def test_a_resource_of_a_nested_stack_is_selected_there() -> None:
    def build(app: App) -> None:
        stack = Stack(app, "Stack")
        nested = NestedStack(stack, "Nested")
        HipaaBackupPlan.of(nested).protect(table_in(nested))
        assert any(isinstance(child, backup.CfnBackupSelection) for child in nested.node.find_all())

    # The plain table itself is weak.
    assert [one for one in report_of(build).findings if one.rule.service == "backup"] == []


def test_a_resource_of_another_stack_is_selected_there() -> None:
    def build(app: App) -> None:
        data = Stack(app, "Data")
        plan = HipaaBackupPlan(Stack(app, "Backup"), "It", restore_testing=MONTHLY)
        plan.protect(table_in(data))
        databases(data, plan)
        assert any(isinstance(child, backup.CfnBackupSelection) for child in data.node.find_all())

    # The plain databases themselves are weak.
    assert [one for one in report_of(build).findings if one.rule.service == "backup"] == []


def test_a_resource_of_another_region_is_refused() -> None:
    app = App()
    west = Stack(app, "West", env=Environment(account="123456789012", region="us-west-2"))
    east = Stack(app, "East", env=Environment(account="123456789012", region="us-east-1"))
    refusal(
        lambda: HipaaBackupPlan(east, "It").protect(table_in(west)),
        "East/It: what is protected must be in us-east-1 of 123456789012, got something of West in us-west-2 of "
        "123456789012; make a plan in its own stack (164.308(a)(7)(ii)(A))",
    )


@pytest.mark.parametrize(("given", "shown"), [("visits", "'visits'"), (7, "7"), (None, "None")])
def test_what_is_no_resource_is_refused(stack: Stack, given: object, shown: str) -> None:
    protect: Callable[..., object] = HipaaBackupPlan(stack, "It").protect
    refusal(
        lambda: protect(given),
        "Stack/It: what is protected must be a database, table, file system, volume, instance, cluster or bucket, got "
        f"{shown}; pass its ARN if AWS Backup supports it (164.308(a)(7)(ii)(A))",
    )


def test_a_construct_that_can_not_be_backed_up_is_refused(stack: Stack) -> None:
    refusal(
        lambda: HipaaBackupPlan(stack, "It").protect(sns.Topic(stack, "Topic")),
        "Stack/It: what is protected must be a database, table, file system, volume, instance, cluster or bucket, got "
        "Stack/Topic; pass its ARN if AWS Backup supports it (164.308(a)(7)(ii)(A))",
    )


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
    kinds = [at(selection, "Properties", "ProtectedResourceType") for selection in of_type(template, TRIAL).values()]
    assert kinds == ["DynamoDB", "EBS", "EFS", "S3"]


def test_tables_and_volumes_are_restored_under_the_vaults_key() -> None:
    template = synthesized(lambda stack: HipaaBackupPlan(stack, "It", restore_testing=MONTHLY))
    (key,) = of_type(template, "AWS::KMS::Key")
    arn = {"Fn::GetAtt": [key, "Arn"]}
    settings = [at(one, "Properties", "RestoreMetadataOverrides") for one in of_type(template, TRIAL).values()]
    assert settings == [{"encryptionType": "KMS", "kmsMasterKeyArn": arn}, {"kmsKeyId": arn}, None, None]


def test_a_vault_of_a_key_unknown_leaves_the_key_to_aws_backup() -> None:
    template = synthesized(
        lambda stack: HipaaBackupPlan(
            stack,
            "It",
            backup_vault=backup.BackupVault.from_backup_vault_name(stack, "Own", "own"),
            restore_testing=MONTHLY,
        )
    )
    settings = [at(one, "Properties", "RestoreMetadataOverrides") for one in of_type(template, TRIAL).values()]
    assert settings == [None] * 4


def test_databases_are_restored_into_their_own_network() -> None:
    template = synthesized(lambda stack: databases(stack, HipaaBackupPlan(stack, "It", restore_testing=MONTHLY)))
    (group,) = of_type(template, "AWS::RDS::DBSubnetGroup")
    (security,) = of_type(template, "AWS::EC2::SecurityGroup")
    trial = the(template, TRIAL, "ItRestoreTestingRDS")
    assert at(trial, "Properties", "RestoreMetadataOverrides") == {
        "dbSubnetGroupName": {"Ref": group},
        "vpcSecurityGroupIds": {"Fn::Join": ["", ['["', {"Fn::GetAtt": [security, "GroupId"]}, '"]']]},
    }
    assert at(trial, "Properties", "ProtectedResourceArns") == [
        {"Fn::GetAtt": [instance, "DBInstanceArn"]} for instance in of_type(template, "AWS::RDS::DBInstance")
    ]


def test_a_database_of_a_network_unknown_is_not_restored() -> None:
    template = synthesized(
        lambda stack: HipaaBackupPlan(stack, "It", restore_testing=MONTHLY).protect(
            "arn:aws:rds:us-east-1:123456789012:db:records"
        )
    )
    assert len(of_type(template, TRIAL)) == 4


def test_a_trial_restores_thirty_databases_and_the_next_one_the_others() -> None:
    template = synthesized(
        lambda stack: databases(stack, HipaaBackupPlan(stack, "It", restore_testing=MONTHLY), count=31)
    )
    trials = [one for logical_id, one in of_type(template, TRIAL).items() if "RDS" in logical_id]
    arns = [at(one, "Properties", "ProtectedResourceArns") for one in trials]
    assert [len(one) for one in arns if isinstance(one, list)] == [30, 1]


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
        assert any(isinstance(child, backup.CfnBackupSelection) for child in data.node.find_all())

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
