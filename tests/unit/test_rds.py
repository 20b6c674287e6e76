"""What the databases are, and what they refuse."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from aws_cdk import App, Aws, CfnParameter, Duration, Environment, RemovalPolicy, Stack, Stage
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from aws_cdk import aws_rds as rds
from aws_cdk import aws_secretsmanager as secretsmanager

from hipaa_constructs import EncryptedSecret, EncryptionKey, HipaaBackupPlan, HipaaRdsInstance
from hipaa_constructs.errors import ComplianceError
from hipaa_constructs.rules import RULES
from hipaa_constructs.rules._value import Json
from hipaa_constructs.services.rds_engines import ENGINES
from tests._refusals import made, refusal, waiver
from tests._synthesis import Body, at, of_type, report_of, synthesized, the
from tools.examples import POSTGRES, network

ACCOUNT = "123456789012"
INSTANCE = "AWS::RDS::DBInstance"
LOG_GROUP = "AWS::Logs::LogGroup"
PARAMETERS = "AWS::RDS::DBParameterGroup"
OPTIONS = "AWS::RDS::OptionGroup"
ENGINE = rds.DatabaseInstanceEngine
MYSQL = ENGINE.mysql(version=rds.MysqlEngineVersion.VER_8_4_5)
MARIADB = ENGINE.maria_db(version=rds.MariaDbEngineVersion.VER_10_11_10)
SQL_SERVER = ENGINE.sql_server_se(version=rds.SqlServerEngineVersion.VER_16_00_4175_1_V1)
ORACLE = ENGINE.oracle_ee(version=rds.OracleEngineVersion.VER_19_0_0_0_2024_10_R1)
OF_EACH = {"postgres": POSTGRES, "mysql": MYSQL, "mariadb": MARIADB, "sqlserver": SQL_SERVER, "oracle": ORACLE}
EACH = pytest.mark.parametrize(("name", "engine"), OF_EACH.items(), ids=OF_EACH)
SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:records-AbCdEf"
ISOLATED = ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)
KEY_ELSEWHERE = "arn:aws:kms:us-west-2:123456789012:key/1234"


@pytest.fixture
def stack() -> Stack:
    return Stack(App(), "Stack")


def instance(stack: Stack) -> HipaaRdsInstance:
    return HipaaRdsInstance(stack, "It", engine=POSTGRES, vpc=network(stack))


PLAIN = synthesized(instance)


def of(**options: object) -> Body:
    """Return the properties of a database made with options."""
    template = synthesized(lambda stack: made(HipaaRdsInstance, stack, **with_defaults(stack, options)))
    return properties(template)


def with_defaults(stack: Stack, options: dict[str, object]) -> dict[str, object]:
    return {"engine": POSTGRES, "vpc": network(stack), **options}


def properties(template: Body) -> Body:
    found = the(template, INSTANCE)["Properties"]
    assert isinstance(found, dict)
    return found


def of_engine(engine: rds.IInstanceEngine) -> Body:
    licence = rds.LicenseModel.LICENSE_INCLUDED if engine is SQL_SERVER else None
    if engine is ORACLE:
        licence = rds.LicenseModel.BRING_YOUR_OWN_LICENSE
    options = {} if licence is None else {"license_model": licence}
    return synthesized(lambda stack: made(HipaaRdsInstance, stack, engine=engine, vpc=network(stack), **options))


def test_storage_password_and_insights_are_encrypted_with_the_stacks_key() -> None:
    (key,) = of_type(PLAIN, "AWS::KMS::Key")
    arn: Json = {"Fn::GetAtt": [key, "Arn"]}
    found = properties(PLAIN)
    assert found["StorageEncrypted"] is True
    assert found["KmsKeyId"] == arn
    assert found["MasterUserSecret"] == {"KmsKeyId": arn}
    assert found["PerformanceInsightsKMSKeyId"] == arn


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AutoMinorVersionUpgrade", True),
        ("BackupRetentionPeriod", 35),
        ("CopyTagsToSnapshot", True),
        ("DeleteAutomatedBackups", False),
        ("DeletionProtection", True),
        ("EnableCloudwatchLogsExports", ["postgresql", "upgrade", "iam-db-auth-error"]),
        ("EnableIAMDatabaseAuthentication", True),
        ("EnablePerformanceInsights", True),
        ("ManageMasterUserPassword", True),
        ("MasterUserPassword", None),
        ("MasterUsername", "postgres"),
        ("MonitoringInterval", 60),
        ("MultiAZ", True),
        ("PubliclyAccessible", False),
        ("StorageType", "gp3"),
    ],
)
def test_a_database_has_by_default(name: str, value: Json) -> None:
    assert properties(PLAIN).get(name) == value


@EACH
def test_every_engine_exports_all_its_logs_to_groups_made_before(name: str, engine: rds.IInstanceEngine) -> None:
    template = of_engine(engine)
    database = the(template, INSTANCE)
    groups = of_type(template, LOG_GROUP)
    assert at(database, "Properties", "EnableCloudwatchLogsExports") == list(ENGINES[name].logs)
    assert database["DependsOn"] == sorted(groups)
    assert len(groups) == len(ENGINES[name].logs)


@EACH
def test_every_engine_refuses_plaintext_and_is_audited(name: str, engine: rds.IInstanceEngine) -> None:
    template = of_engine(engine)
    parameters = the(template, PARAMETERS)
    assert at(parameters, "Properties", "Parameters") == ENGINES[name].parameters
    found = [at(one, "Properties", "OptionConfigurations") for one in of_type(template, OPTIONS).values()]
    named = [at(option, "OptionName") for options in found if isinstance(options, list) for option in options]
    assert named == list(ENGINES[name].options)


@EACH
def test_every_engine_is_without_findings(name: str, engine: rds.IInstanceEngine) -> None:
    licence = {SQL_SERVER: rds.LicenseModel.LICENSE_INCLUDED, ORACLE: rds.LicenseModel.BRING_YOUR_OWN_LICENSE}

    def build(app: App) -> None:
        stack = Stack(app, "Stack")
        options = {"license_model": licence[engine]} if engine in licence else {}
        made(HipaaRdsInstance, stack, engine=engine, vpc=network(stack), **options)

    report = report_of(build)
    assert report.findings == []
    met = {one.rule.id for one in report.judgements if one.outcome.verdict.value == "met"}
    assert {ENGINES[name].tls_rule, "RdsInBackupPlan", "RdsLogsExported"} <= met


def test_sql_server_and_oracle_do_not_sign_in_with_iam() -> None:
    for engine in (SQL_SERVER, ORACLE):
        assert "EnableIAMDatabaseAuthentication" not in properties(of_engine(engine))


def test_the_identifier_and_the_log_groups_carry_the_stacks_own_id() -> None:
    identifier = at(PLAIN["Resources"], next(iter(of_type(PLAIN, INSTANCE))), "Properties", "DBInstanceIdentifier")
    name = at(the(PLAIN, LOG_GROUP, "ItPostgresql"), "Properties", "LogGroupName")
    stack: Json = {"Fn::Select": [2, {"Fn::Split": ["/", {"Ref": "AWS::StackId"}]}]}
    part: Json = {"Fn::Select": [0, {"Fn::Split": ["-", stack]}]}
    first, second = at(identifier, "Fn::Join", 1, 0), at(identifier, "Fn::Join", 1, 1)
    assert isinstance(first, str)
    assert (first[:6], second) == ("db-it-", part)
    assert at(name, "Fn::Join", 1) == [f"/aws/rds/instance/{first}", part, "/postgresql"]


def test_an_identifier_is_made_of_any_id() -> None:
    template = synthesized(lambda stack: HipaaRdsInstance(stack, "Ä_Ö", engine=POSTGRES, vpc=network(stack)))
    beginning = at(properties(template)["DBInstanceIdentifier"], "Fn::Join", 1, 0)
    assert isinstance(beginning, str)
    assert re.fullmatch(r"db-[0-9a-f]{8}-", beginning)


def test_two_databases_of_one_id_have_two_identifiers() -> None:
    def build(stack: Stack) -> None:
        vpc = network(stack)
        for scope in (stack, EncryptionKey(stack, "Scope")):
            HipaaRdsInstance(scope, "It", engine=POSTGRES, vpc=vpc)

    found = of_type(synthesized(build), INSTANCE).values()
    assert len({str(at(one, "Properties", "DBInstanceIdentifier")) for one in found}) == 2


def test_the_log_groups_are_encrypted_kept_and_keep_six_years() -> None:
    (key,) = of_type(PLAIN, "AWS::KMS::Key")
    for group in of_type(PLAIN, LOG_GROUP).values():
        assert at(group, "Properties", "KmsKeyId") == {"Fn::GetAtt": [key, "Arn"]}
        assert at(group, "Properties", "RetentionInDays") == 2192
        assert group["DeletionPolicy"] == "Retain"


def test_an_identifier_can_be_chosen() -> None:
    template = synthesized(
        lambda stack: HipaaRdsInstance(stack, "It", engine=POSTGRES, vpc=network(stack), instance_identifier="records")
    )
    assert properties(template)["DBInstanceIdentifier"] == "records"
    group = the(template, LOG_GROUP, "ItUpgrade")
    assert at(group, "Properties", "LogGroupName") == "/aws/rds/instance/records/upgrade"


def test_the_database_has_the_logical_id_of_the_plain_one() -> None:
    plain = synthesized(
        lambda stack: rds.DatabaseInstance(stack, "It", engine=POSTGRES, vpc=network(stack), vpc_subnets=ISOLATED)
    )
    assert list(of_type(PLAIN, INSTANCE)) == list(of_type(plain, INSTANCE))


def test_a_last_snapshot_is_taken() -> None:
    database = the(PLAIN, INSTANCE)
    assert (database["DeletionPolicy"], database["UpdateReplacePolicy"]) == ("Snapshot", "Snapshot")


def test_a_database_can_be_retained() -> None:
    template = synthesized(
        lambda stack: HipaaRdsInstance(
            stack, "It", engine=POSTGRES, vpc=network(stack), removal_policy=RemovalPolicy.RETAIN
        )
    )
    assert the(template, INSTANCE)["DeletionPolicy"] == "Retain"


def test_the_option_group_stays_for_the_snapshots_that_name_it() -> None:
    assert the(of_engine(MYSQL), OPTIONS)["DeletionPolicy"] == "Retain"


def test_nobody_is_let_in_and_nothing_out() -> None:
    group = the(PLAIN, "AWS::EC2::SecurityGroup")
    assert "SecurityGroupIngress" not in str(group)
    assert at(group, "Properties", "SecurityGroupEgress", 0, "CidrIp") == "255.255.255.255/32"


def test_connections_let_in() -> None:
    def build(stack: Stack) -> None:
        instance(stack).connections.allow_default_port_from(ec2.Peer.ipv4("10.0.0.0/16"))

    rule = at(the(synthesized(build), "AWS::EC2::SecurityGroup"), "Properties", "SecurityGroupIngress", 0)
    assert [at(rule, name) for name in ("CidrIp", "FromPort", "ToPort")] == ["10.0.0.0/16", 5432, 5432]


def test_connections_know_a_port_of_ones_own() -> None:
    def build(stack: Stack) -> None:
        database = HipaaRdsInstance(stack, "It", engine=MYSQL, vpc=network(stack), port=3307)
        database.connections.allow_default_port_from_any_ipv4()

    template = synthesized(build)
    rule = at(the(template, "AWS::EC2::SecurityGroup"), "Properties", "SecurityGroupIngress", 0)
    assert at(rule, "FromPort") == 3307
    assert properties(template)["Port"] == "3307"


def test_a_database_connects_to_constructs_of_the_cdk() -> None:
    def build(stack: Stack) -> None:
        group = ec2.SecurityGroup.from_security_group_id(stack, "Group", "sg-1", mutable=False)
        instance(stack).connections.allow_from(group, ec2.Port.tcp(5432))
        group.connections.allow_to_default_port(
            HipaaRdsInstance(stack, "Second", engine=POSTGRES, vpc=network_of_two(stack))
        )

    assert len(of_type(synthesized(build), "AWS::EC2::SecurityGroup")) == 2


def test_security_groups_can_be_given() -> None:
    def build(stack: Stack) -> None:
        group = ec2.SecurityGroup.from_security_group_id(stack, "Group", "sg-1")
        HipaaRdsInstance(stack, "It", engine=POSTGRES, vpc=network(stack), security_groups=[group])

    assert properties(synthesized(build))["VPCSecurityGroups"] == ["sg-1"]


def test_the_isolated_subnets_are_used() -> None:
    group = the(PLAIN, "AWS::RDS::DBSubnetGroup")
    assert at(group, "Properties", "SubnetIds") == ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]


def test_the_monitoring_role_is_for_this_account_and_region() -> None:
    role = the(PLAIN, "AWS::IAM::Role", "ItMonitoringRole")
    condition = at(role, "Properties", "AssumeRolePolicyDocument", "Statement", 0, "Condition")
    assert at(condition, "StringEquals") == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    assert ":db:*" in str(at(condition, "ArnLike"))


def test_the_database_is_in_the_stacks_plan() -> None:
    (database,) = of_type(PLAIN, INSTANCE)
    selection = the(PLAIN, "AWS::Backup::BackupSelection")
    assert f"['{database}', 'DBInstanceArn']" in str(at(selection, "Properties", "BackupSelection", "Resources"))


def test_another_plan_can_be_given() -> None:
    def build(stack: Stack) -> None:
        plan = HipaaBackupPlan(stack, "Own")
        HipaaRdsInstance(stack, "It", engine=POSTGRES, vpc=network(stack), backup_plan=plan)

    assert [name[:3] for name in of_type(synthesized(build), "AWS::Backup::BackupPlan")] == ["Own"]


def test_a_key_of_ones_own_encrypts_all() -> None:
    def build(stack: Stack) -> None:
        key = EncryptionKey(stack, "Own")
        HipaaRdsInstance(stack, "It", engine=POSTGRES, vpc=network(stack), encryption_key=key)

    template = synthesized(build)
    (own,) = [name for name in of_type(template, "AWS::KMS::Key") if name.startswith("Own")]
    assert properties(template)["KmsKeyId"] == {"Fn::GetAtt": [own, "Arn"]}
    assert at(the(template, LOG_GROUP, "ItUpgrade"), "Properties", "KmsKeyId") == {"Fn::GetAtt": [own, "Arn"]}


def test_an_imported_key_encrypts() -> None:
    arn = "arn:aws:kms:us-east-1:123456789012:key/1234"
    template = synthesized(
        lambda stack: HipaaRdsInstance(
            stack,
            "It",
            engine=POSTGRES,
            vpc=network(stack),
            encryption_key=kms.Key.from_key_arn(stack, "Key", arn),
        )
    )
    assert properties(template)["KmsKeyId"] == arn


def test_a_secret_of_ones_own_is_the_password() -> None:
    def build(stack: Stack) -> None:
        rotation = secretsmanager.HostedRotation.postgre_sql_single_user()
        secret = EncryptedSecret(stack, "Password", hosted_rotation=rotation)
        HipaaRdsInstance(stack, "It", engine=POSTGRES, vpc=network(stack), master_secret=secret)

    template = synthesized(build)
    assert "ManageMasterUserPassword" not in properties(template)
    assert "{{resolve:secretsmanager:" in str(properties(template)["MasterUserPassword"])
    (attachment,) = of_type(template, "AWS::SecretsManager::SecretTargetAttachment")
    assert the(template, "AWS::SecretsManager::RotationSchedule")["DependsOn"] == [attachment]


def test_an_imported_secret_is_the_password() -> None:
    def build(app: App) -> None:
        stack = Stack(app, "Stack")
        secret = secretsmanager.Secret.from_secret_complete_arn(stack, "Password", SECRET)
        HipaaRdsInstance(stack, "It", engine=POSTGRES, vpc=network(stack), master_secret=secret)

    assert report_of(build).findings == []


def test_performance_insights_can_be_off() -> None:
    found = of(enable_performance_insights=False)
    assert found["EnablePerformanceInsights"] is False
    assert "PerformanceInsightsKMSKeyId" not in found


def test_backups_can_go_to_another_region() -> None:
    found = of(backup_replication_region="us-west-2", backup_replication_key=KEY_ELSEWHERE)
    assert found["AutomaticBackupReplicationRegion"] == "us-west-2"
    assert found["AutomaticBackupReplicationKmsKeyId"] == KEY_ELSEWHERE
    assert found["AutomaticBackupReplicationRetentionPeriod"] == 35


def test_a_snapshot_is_restored_encrypted_and_with_a_new_password() -> None:
    found = of(snapshot_identifier="records-2026")
    assert found["DBSnapshotIdentifier"] == "records-2026"
    assert found["StorageEncrypted"] is True
    assert found["ManageMasterUserPassword"] is True
    assert "KmsKeyId" not in found
    assert "MasterUsername" not in found


def test_a_snapshot_is_restored_with_a_secret_of_ones_own() -> None:
    def build(stack: Stack) -> None:
        secret = secretsmanager.Secret.from_secret_complete_arn(stack, "Password", SECRET)
        HipaaRdsInstance(
            stack, "It", engine=POSTGRES, vpc=network(stack), master_secret=secret, snapshot_identifier="records"
        )

    found = properties(synthesized(build))
    assert "ManageMasterUserPassword" not in found
    assert "{{resolve:secretsmanager:" in str(found["MasterUserPassword"])


BACKUPS = f"arn:aws:rds:us-east-1:{ACCOUNT}:auto-backup:ab-l2ijcexjp7xq7hoj4siexample"


def test_replicated_backups_are_restored_as_late_as_they_go() -> None:
    found = of(automated_backups_arn=BACKUPS)
    assert (found["SourceDBInstanceAutomatedBackupsArn"], found["UseLatestRestorableTime"]) == (BACKUPS, True)
    assert found["ManageMasterUserPassword"] is True
    assert not {"DBSnapshotIdentifier", "KmsKeyId", "MasterUsername", "StorageEncrypted"} & set(found)


def test_replicated_backups_are_restored_with_the_password_that_was() -> None:
    def build(stack: Stack) -> None:
        secret = secretsmanager.Secret.from_secret_complete_arn(stack, "Password", SECRET)
        HipaaRdsInstance(
            stack, "It", engine=POSTGRES, vpc=network(stack), master_secret=secret, automated_backups_arn=BACKUPS
        )

    assert "{{resolve:secretsmanager:" in str(properties(synthesized(build))["MasterUserPassword"])


@pytest.mark.parametrize("origin", [{"automated_backups_arn": BACKUPS}, {"snapshot_identifier": "records"}], ids=str)
def test_how_a_restored_database_is_encrypted_is_undecided_and_nothing_else(origin: dict[str, str]) -> None:
    def build(app: App) -> None:
        stack = Stack(app, "Stack")
        HipaaRdsInstance(
            stack,
            "It",
            engine=POSTGRES,
            vpc=network(stack),
            automated_backups_arn=origin.get("automated_backups_arn"),
            snapshot_identifier=origin.get("snapshot_identifier"),
        )

    findings = report_of(build).findings
    assert {one.rule.id for one in findings} == {"RdsStorageEncrypted", "RdsUsesCustomerManagedKey"}
    assert {one.outcome.verdict.value for one in findings} == {"undecided"}


def test_a_restored_database_has_the_logical_id_of_the_plain_one() -> None:
    plain = synthesized(
        lambda stack: rds.DatabaseInstanceFromSnapshot(
            stack, "It", engine=POSTGRES, vpc=network(stack), vpc_subnets=ISOLATED, snapshot_identifier="records"
        )
    )
    mine = synthesized(
        lambda stack: HipaaRdsInstance(stack, "It", engine=POSTGRES, vpc=network(stack), snapshot_identifier="records")
    )
    assert list(of_type(mine, INSTANCE)) == list(of_type(plain, INSTANCE))


def test_parameters_and_options_are_added() -> None:
    def build(stack: Stack) -> None:
        HipaaRdsInstance(
            stack,
            "It",
            engine=MYSQL,
            vpc=network(stack),
            parameters={"max_connections": "100", "require_secure_transport": "ON", "slow_query_log": "0"},
            option_configurations=[rds.OptionConfiguration(name="MEMCACHED", port=11211, vpc=network_of(stack))],
        )

    template = synthesized(build)
    parameters = at(the(template, PARAMETERS), "Properties", "Parameters")
    assert isinstance(parameters, dict)
    assert [parameters[name] for name in ("max_connections", "require_secure_transport", "slow_query_log")] == [
        "100",
        "ON",
        "0",
    ]
    options = at(the(template, OPTIONS), "Properties", "OptionConfigurations")
    assert isinstance(options, list)
    assert [at(one, "OptionName") for one in options] == ["MARIADB_AUDIT_PLUGIN", "MEMCACHED"]


def network_of_two(stack: Stack) -> ec2.IVpc:
    return ec2.Vpc.from_vpc_attributes(
        stack,
        "Second network",
        vpc_id="vpc-2",
        availability_zones=["us-east-1a", "us-east-1b"],
        isolated_subnet_ids=["subnet-3", "subnet-4"],
        isolated_subnet_route_table_ids=["rtb-3", "rtb-4"],
    )


def network_of(stack: Stack) -> ec2.IVpc:
    return ec2.Vpc.from_vpc_attributes(stack, "Other", vpc_id="vpc-1", availability_zones=["us-east-1a"])


def test_options_are_passed_on() -> None:
    found = of(allocated_storage=200, port=5433, database_name="records", preferred_backup_window="03:00-04:00")
    assert [found[name] for name in ("AllocatedStorage", "Port", "DBName", "PreferredBackupWindow")] == [
        "200",
        "5433",
        "records",
        "03:00-04:00",
    ]


def test_tokens_pass() -> None:
    def build(stack: Stack) -> None:
        days = CfnParameter(stack, "Days", type="Number").value_as_number
        HipaaRdsInstance(
            stack,
            "It",
            engine=POSTGRES,
            vpc=network(stack),
            backup_retention=Duration.days(days),
            snapshot_identifier=Aws.STACK_NAME,
            parameters={"rds.force_ssl": Aws.REGION},
        )

    found = properties(synthesized(build))
    assert found["BackupRetentionPeriod"] == {"Ref": "Days"}
    assert found["DBSnapshotIdentifier"] == {"Ref": "AWS::StackName"}


def test_a_stage_and_a_known_environment_change_nothing_but_names() -> None:
    def build(app: App) -> None:
        stage = Stage(app, "Production", env=Environment(account="123456789012", region="us-east-1"))
        instance(Stack(stage, "Stack"))

    app = App()
    build(app)
    assert properties_in(app)["MultiAZ"] is True


def properties_in(app: App) -> Body:
    (artifact,) = app.synth().get_nested_assembly("assembly-Production").stacks
    return properties(artifact.template)


WEAKER: list[tuple[dict[str, object], str, str]] = [
    ({"multi_az": False}, "multi_az must be True, got False", "RdsMultiAz"),
    ({"deletion_protection": False}, "deletion_protection must be True, got False", "RdsDeletionProtected"),
    (
        {"removal_policy": RemovalPolicy.DESTROY},
        "removal_policy must be SNAPSHOT or RETAIN, got RemovalPolicy.DESTROY",
        "RdsKept",
    ),
    ({"delete_automated_backups": True}, "delete_automated_backups must be False, got True", "RdsKept"),
    (
        {"auto_minor_version_upgrade": False},
        "auto_minor_version_upgrade must be True, got False",
        "RdsMinorVersionsUpgraded",
    ),
    (
        {"monitoring_interval": Duration.seconds(0)},
        "monitoring_interval must be 1 to 60 seconds, got 0 seconds",
        "RdsMonitored",
    ),
    ({"iam_authentication": False}, "iam_authentication must be True, got False", "RdsIamAuthenticated"),
    (
        {"cloudwatch_logs_exports": ["upgrade"]},
        "cloudwatch_logs_exports must be all of postgresql, upgrade, got 'upgrade'",
        "RdsLogsExported",
    ),
    ({"backup_retention": Duration.days(7)}, "backup_retention must be 35 days, got 7 days", "RdsBackupsKept"),
    (
        {"parameters": {"rds.force_ssl": "0"}},
        "parameters must be with rds.force_ssl 1, got 'rds.force_ssl 0'",
        "RdsPostgresTlsOnly",
    ),
    (
        {"parameters": {"pgaudit.log": "none"}},
        "parameters must be with pgaudit.log on, got 'pgaudit.log none'",
        "RdsAudited",
    ),
    (
        {"parameters": {"shared_preload_libraries": "auto_explain"}},
        "parameters must be with shared_preload_libraries on, got 'shared_preload_libraries auto_explain'",
        "RdsAudited",
    ),
]


@pytest.mark.parametrize(("options", "message", "rule"), WEAKER)
def test_a_weaker_value_is_refused(stack: Stack, options: dict[str, object], message: str, rule: str) -> None:
    refusal(
        lambda: made(HipaaRdsInstance, stack, **with_defaults(stack, options)),
        f'Stack/It: {message}; to go without it pass waivers=[Waiver(rule="{rule}", …)] ({RULES[rule].controls[0]})',
    )


@pytest.mark.parametrize(("options", "message", "rule"), WEAKER)
def test_a_weaker_value_passes_with_a_waiver(options: dict[str, object], message: str, rule: str) -> None:
    def build(app: App) -> None:
        stack = Stack(app, "Stack")
        made(HipaaRdsInstance, stack, **with_defaults(stack, options), waivers=[waiver(rule)])

    assert {one.rule.id for one in report_of(build).findings} <= {"WaiverUsed"}


def test_no_backups_need_two_waivers(stack: Stack) -> None:
    refusal(
        lambda: made(
            HipaaRdsInstance,
            stack,
            **with_defaults(stack, {"backup_retention": Duration.days(0)}),
            waivers=[waiver("RdsBackupsKept")],
        ),
        "Stack/It: backup_retention must be 35 days, got 0 days; to go without it pass "
        'waivers=[Waiver(rule="RdsBackedUp", …)] (164.308(a)(7)(ii)(A))',
    )


REFUSED: list[tuple[Callable[[Stack], dict[str, object]], str]] = [
    (
        lambda stack: {"backup_retention": Duration.days(36)},
        "backup_retention must be 35 days, got 36 days; RDS keeps automated backups no longer; a backup plan does "
        "(164.308(a)(7)(ii)(A))",
    ),
    (
        lambda stack: {"engine": ENGINE.POSTGRES},
        "engine must be an engine with a version, got 'postgres without a version'; its parameter group needs one; "
        "name the major version and minor ones are upgraded (164.308(a)(5)(ii)(A))",
    ),
    (
        lambda stack: {"engine": ENGINE.postgres(version=rds.PostgresEngineVersion.VER_13)},
        "engine must be version 14 or later, got 'postgres 13'; older ones are out of standard support "
        "(164.308(a)(5)(ii)(A))",
    ),
    (
        lambda stack: {"engine": ENGINE.mysql(version=rds.MysqlEngineVersion.VER_5_7)},
        "engine must be version 8.0 or later, got 'mysql 5.7'; older ones are out of standard support "
        "(164.308(a)(5)(ii)(A))",
    ),
    (
        lambda stack: {"engine": "postgres"},
        "engine must be one of postgres, mysql, mariadb, sqlserver, oracle, got 'postgres'; HIPAA eligibility and "
        "settings are known of no other (164.308(b)(1))",
    ),
    (
        lambda stack: {
            "vpc": ec2.Vpc(stack, "Public"),
            "vpc_subnets": ec2.SubnetSelection(subnet_type=ec2.SubnetType.PUBLIC),
        },
        "vpc_subnets must be isolated or private, got 'public ones'; public ones lead to the internet (164.312(e)(1))",
    ),
    (
        lambda stack: {"vpc": one_zone(stack)},
        "vpc_subnets must be of two Availability Zones or more, got '1 of 1'; a zone that fails must not take "
        "everything along; pass a network that has them (164.308(a)(7)(ii)(C))",
    ),
    (
        lambda stack: {"encryption_key": kms.Key.from_key_arn(stack, "K", "arn:aws:kms:us-east-1:1:alias/records")},
        "encryption_key must be a key, got 'an alias'; CloudWatch Logs takes the ARN of a key only; pass the key "
        "itself (164.312(a)(2)(iv))",
    ),
    (
        lambda stack: {"snapshot_identifier": "records", "database_name": "records"},
        "database_name must be left out with snapshot_identifier, got 'records'; it is in the snapshot "
        "(164.308(a)(7)(ii)(B))",
    ),
    (
        lambda stack: {"snapshot_identifier": f"arn:aws:rds:us-east-1:{ACCOUNT}:cluster-snapshot:records"},
        f"snapshot_identifier must be the name or ARN of a snapshot, got 'arn:aws:rds:us-east-1:{ACCOUNT}:"
        "cluster-snapshot:records'; nothing else is restored by its identifier (164.308(a)(7)(ii)(B))",
    ),
    (
        lambda stack: {"backup_replication_region": "us-west-2"},
        "backup_replication_key must be given with its pair, got None; a Region and a key of that Region belong "
        "together (164.312(a)(2)(iv))",
    ),
    (
        lambda stack: {"backup_replication_region": "eu-west-1", "backup_replication_key": KEY_ELSEWHERE},
        f"backup_replication_key must be the ARN of a key in eu-west-1, got '{KEY_ELSEWHERE}'; backups are encrypted "
        "with a key of the Region they are copied to (164.312(a)(2)(iv))",
    ),
    (
        lambda stack: {"publicly_accessible": True},
        "publicly_accessible can't be set, got True; a database is not reached from the internet (164.312(e)(1))",
    ),
    (
        lambda stack: {"storage_encrypted": False},
        "storage_encrypted can't be set, got False; storage is always encrypted (164.312(a)(2)(iv)); pass "
        "encryption_key",
    ),
    (
        lambda stack: {"instance_typ": "m5.large"},
        "there is no option instance_typ; did you mean instance_type?",
    ),
    (
        lambda stack: {"waivers": [waiver("KmsKeyRotated")]},
        "waivers must be of rules about AWS::RDS::DBInstance, got one of KmsKeyRotated, which is about AWS::KMS::Key",
    ),
]


def one_zone(stack: Stack) -> ec2.IVpc:
    return ec2.Vpc.from_vpc_attributes(
        stack,
        "Narrow",
        vpc_id="vpc-1",
        availability_zones=["us-east-1a"],
        isolated_subnet_ids=["subnet-1"],
        isolated_subnet_route_table_ids=["rtb-1"],
    )


@pytest.mark.parametrize(("options", "message"), REFUSED)
def test_what_no_waiver_makes_right_is_refused(
    stack: Stack, options: Callable[[Stack], dict[str, object]], message: str
) -> None:
    given = with_defaults(stack, options(stack))
    before = len(stack.node.children)
    refusal(lambda: made(HipaaRdsInstance, stack, **given), f"Stack/It: {message}")
    assert len(stack.node.children) == before


def test_subnets_that_the_network_has_not_are_refused(stack: Stack) -> None:
    chosen = ec2.SubnetSelection(subnet_group_name="Records")
    with pytest.raises(ComplianceError, match=r"^Stack/It: vpc_subnets must be subnets of the network, .*'Records'"):
        HipaaRdsInstance(stack, "It", engine=POSTGRES, vpc=network_of(stack), vpc_subnets=chosen)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"automated_backups_arn": BACKUPS, "snapshot_identifier": "records"},
            f"automated_backups_arn must be left out with snapshot_identifier, got '{BACKUPS}'; a database begins as "
            "one thing (164.308(a)(7)(ii)(B))",
        ),
        (
            {"automated_backups_arn": "records"},
            "automated_backups_arn must be the ARN of replicated automated backups, got 'records'; aws rds "
            "describe-db-instance-automated-backups names them (164.308(a)(7)(ii)(B))",
        ),
        (
            {"automated_backups_arn": BACKUPS},
            f"automated_backups_arn must be in us-west-2, got '{BACKUPS}'; restore them where they were replicated to "
            "(164.308(a)(7)(ii)(B))",
        ),
        (
            {"automated_backups_arn": BACKUPS.replace("us-east-1", "us-west-2"), "database_name": "records"},
            "database_name must be left out with automated_backups_arn, got 'records'; it is in the backups "
            "(164.308(a)(7)(ii)(B))",
        ),
    ],
    ids=["both", "no-arn", "another-region", "what-they-hold"],
)
def test_backups_that_can_not_be_restored_are_refused(options: dict[str, object], message: str) -> None:
    stack = Stack(App(), "Stack", env=Environment(account=ACCOUNT, region="us-west-2"))
    vpc = network(stack)
    refusal(lambda: made(HipaaRdsInstance, stack, engine=POSTGRES, vpc=vpc, **options), f"Stack/It: {message}")


def test_a_snapshot_of_another_region_is_refused() -> None:
    stack = Stack(App(), "Stack", env=Environment(account=ACCOUNT, region="us-west-2"))
    arn = f"arn:aws:rds:us-east-1:{ACCOUNT}:snapshot:records"
    refusal(
        lambda: HipaaRdsInstance(stack, "It", engine=POSTGRES, vpc=network(stack), snapshot_identifier=arn),
        f"Stack/It: snapshot_identifier must be in us-west-2, got '{arn}'; copy it there, under a key of that Region, "
        "and restore the copy (164.308(a)(7)(ii)(B))",
    )


@pytest.mark.parametrize(
    "name", ["rds:records-2026-11-01", f"arn:aws:rds:us-east-1:{ACCOUNT}:snapshot:awsbackup:job-1"]
)
def test_a_snapshot_is_named_or_given_by_arn(name: str) -> None:
    assert of(snapshot_identifier=name)["DBSnapshotIdentifier"] == name


def test_backups_in_the_same_region_are_refused() -> None:
    stack = Stack(App(), "Stack", env=Environment(account="123456789012", region="us-west-2"))
    refusal(
        lambda: HipaaRdsInstance(
            stack,
            "It",
            engine=POSTGRES,
            vpc=network(stack),
            backup_replication_region="us-west-2",
            backup_replication_key=KEY_ELSEWHERE,
        ),
        "Stack/It: backup_replication_region must be another Region than the database's, got 'us-west-2'; copies in "
        "the same Region guard against nothing new (164.308(a)(7)(ii)(A))",
    )
