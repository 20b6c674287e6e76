"""What the clusters of Aurora are, and what they refuse."""

from __future__ import annotations

import pytest
from aws_cdk import App, Duration, RemovalPolicy, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_rds as rds
from aws_cdk import aws_secretsmanager as secretsmanager

from hipaa_constructs import EncryptedSecret, HipaaAuroraCluster, HipaaBackupPlan
from hipaa_constructs.rules import RULES
from hipaa_constructs.rules._value import Json
from hipaa_constructs.services.rds_engines import CLUSTER_ENGINES
from tests._refusals import made, refusal, waiver
from tests._synthesis import Body, at, of_type, report_of, synthesized, the
from tests.unit.test_rds import INSTANCE, ISOLATED, LOG_GROUP, SECRET
from tools.examples import AURORA_POSTGRES, network

CLUSTER = "AWS::RDS::DBCluster"
MYSQL = rds.DatabaseClusterEngine.aurora_mysql(version=rds.AuroraMysqlEngineVersion.VER_3_08_0)
OF_EACH = {"aurora-postgresql": AURORA_POSTGRES, "aurora-mysql": MYSQL}
EACH = pytest.mark.parametrize(("name", "engine"), OF_EACH.items(), ids=OF_EACH)


@pytest.fixture
def stack() -> Stack:
    return Stack(App(), "Stack")


def cluster(stack: Stack) -> HipaaAuroraCluster:
    return HipaaAuroraCluster(stack, "It", engine=AURORA_POSTGRES, vpc=network(stack))


PLAIN = synthesized(cluster)


def with_defaults(stack: Stack, options: dict[str, object]) -> dict[str, object]:
    return {"engine": AURORA_POSTGRES, "vpc": network(stack), **options}


def of(**options: object) -> Body:
    """Return the template of a cluster made with options."""
    return synthesized(lambda stack: made(HipaaAuroraCluster, stack, **with_defaults(stack, options)))


def properties(template: Body) -> Body:
    found = the(template, CLUSTER)["Properties"]
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BackupRetentionPeriod", 35),
        ("CopyTagsToSnapshot", True),
        ("DeleteAutomatedBackups", False),
        ("DeletionProtection", True),
        ("EnableCloudwatchLogsExports", ["postgresql", "iam-db-auth-error", "instance"]),
        ("EnableIAMDatabaseAuthentication", True),
        ("ManageMasterUserPassword", True),
        ("MasterUserPassword", None),
        ("MasterUsername", "postgres"),
        ("PerformanceInsightsEnabled", True),
        ("StorageEncrypted", True),
    ],
)
def test_a_cluster_has_by_default(name: str, value: Json) -> None:
    assert properties(PLAIN).get(name) == value


def test_storage_password_and_insights_are_encrypted_with_the_stacks_key() -> None:
    (key,) = of_type(PLAIN, "AWS::KMS::Key")
    arn: Json = {"Fn::GetAtt": [key, "Arn"]}
    found = properties(PLAIN)
    assert [found[name] for name in ("KmsKeyId", "PerformanceInsightsKmsKeyId")] == [arn, arn]
    assert found["MasterUserSecret"] == {"KmsKeyId": arn}
    for member in of_type(PLAIN, INSTANCE).values():
        assert at(member, "Properties", "PerformanceInsightsKMSKeyId") == arn


def test_a_writer_and_a_reader_are_serverless_private_monitored_and_upgraded() -> None:
    members = of_type(PLAIN, INSTANCE)
    assert [name[:8] for name in members] == ["ItWriter", "ItReader"]
    for member in members.values():
        assert at(member, "Properties", "DBInstanceClass") == "db.serverless"
        assert at(member, "Properties", "PubliclyAccessible") is False
        assert at(member, "Properties", "MonitoringInterval") == 60
        assert at(member, "Properties", "AutoMinorVersionUpgrade") is True


def test_members_can_be_provisioned() -> None:
    template = of(instance_type=ec2.InstanceType("r6g.large"), readers=2)
    classes = [at(one, "Properties", "DBInstanceClass") for one in of_type(template, INSTANCE).values()]
    assert classes == ["db.r6g.large"] * 3


@EACH
def test_every_engine_refuses_plaintext_is_audited_and_exports_its_logs(name: str, engine: rds.IClusterEngine) -> None:
    template = of(engine=engine)
    parameters = at(the(template, "AWS::RDS::DBClusterParameterGroup"), "Properties", "Parameters")
    assert parameters == CLUSTER_ENGINES[name].parameters
    assert properties(template)["EnableCloudwatchLogsExports"] == list(CLUSTER_ENGINES[name].logs)
    assert the(template, CLUSTER)["DependsOn"] == sorted(of_type(template, LOG_GROUP))


@EACH
def test_every_engine_is_without_findings(name: str, engine: rds.IClusterEngine) -> None:
    def build(app: App) -> None:
        stack = Stack(app, "Stack")
        HipaaAuroraCluster(stack, "It", engine=engine, vpc=network(stack))

    report = report_of(build)
    assert report.findings == []
    met = {one.rule.id for one in report.judgements if one.outcome.verdict.value == "met"}
    assert {"RdsAuroraTlsOnly", "RdsAudited", "RdsInBackupPlan", "RdsClusterMultiAz"} <= met


def test_the_log_groups_are_named_after_the_cluster() -> None:
    identifier = at(properties(PLAIN)["DBClusterIdentifier"], "Fn::Join", 1, 0)
    name = at(the(PLAIN, LOG_GROUP, "ItPostgresql"), "Properties", "LogGroupName", "Fn::Join", 1, 0)
    assert name == f"/aws/rds/cluster/{identifier}"


def test_the_cluster_has_the_logical_id_of_the_plain_one() -> None:
    plain = synthesized(
        lambda stack: rds.DatabaseCluster(
            stack,
            "It",
            engine=AURORA_POSTGRES,
            vpc=network(stack),
            vpc_subnets=ISOLATED,
            writer=rds.ClusterInstance.serverless_v2("Writer"),
        )
    )
    assert list(of_type(PLAIN, CLUSTER)) == list(of_type(plain, CLUSTER))


def test_a_last_snapshot_is_taken() -> None:
    found = the(PLAIN, CLUSTER)
    assert (found["DeletionPolicy"], found["UpdateReplacePolicy"]) == ("Snapshot", "Snapshot")


def test_the_cluster_and_not_its_members_is_in_the_stacks_plan() -> None:
    selection = at(the(PLAIN, "AWS::Backup::BackupSelection"), "Properties", "BackupSelection")
    resources, left_out = at(selection, "Resources"), at(selection, "NotResources")
    assert isinstance(resources, list)
    assert "DBClusterArn" in str(resources[0])
    assert resources[1:] == left_out


def test_another_plan_can_be_given() -> None:
    def build(stack: Stack) -> None:
        plan = HipaaBackupPlan(stack, "Own")
        HipaaAuroraCluster(stack, "It", engine=AURORA_POSTGRES, vpc=network(stack), backup_plan=plan)

    assert [name[:3] for name in of_type(synthesized(build), "AWS::Backup::BackupPlan")] == ["Own"]


def test_a_snapshot_is_restored_under_the_key_with_a_new_password() -> None:
    template = of(snapshot_identifier="records-2026")
    found = properties(template)
    (key,) = of_type(template, "AWS::KMS::Key")
    assert found["SnapshotIdentifier"] == "records-2026"
    assert found["KmsKeyId"] == {"Fn::GetAtt": [key, "Arn"]}
    assert found["ManageMasterUserPassword"] is True
    assert found["MasterUserSecret"] == {"KmsKeyId": {"Fn::GetAtt": [key, "Arn"]}}
    assert "MasterUsername" not in found
    assert of_type(template, "AWS::SecretsManager::Secret") == {}


def test_a_restored_cluster_is_without_findings() -> None:
    def build(app: App) -> None:
        stack = Stack(app, "Stack")
        HipaaAuroraCluster(stack, "It", engine=AURORA_POSTGRES, vpc=network(stack), snapshot_identifier="records")

    assert report_of(build).findings == []


def test_a_secret_of_ones_own_is_the_password() -> None:
    def build(stack: Stack) -> None:
        secret = secretsmanager.Secret.from_secret_complete_arn(stack, "Password", SECRET)
        HipaaAuroraCluster(stack, "It", engine=AURORA_POSTGRES, vpc=network(stack), master_secret=secret)

    found = properties(synthesized(build))
    assert "ManageMasterUserPassword" not in found
    assert "{{resolve:secretsmanager:" in str(found["MasterUserPassword"])


def test_a_secret_that_is_rotated_is_rotated_once_it_is_attached() -> None:
    def build(stack: Stack) -> None:
        rotation = secretsmanager.HostedRotation.postgre_sql_single_user()
        secret = EncryptedSecret(stack, "Password", hosted_rotation=rotation)
        HipaaAuroraCluster(stack, "It", engine=AURORA_POSTGRES, vpc=network(stack), master_secret=secret)

    template = synthesized(build)
    (attachment,) = of_type(template, "AWS::SecretsManager::SecretTargetAttachment")
    assert the(template, "AWS::SecretsManager::RotationSchedule")["DependsOn"] == [attachment]


def test_connections_let_in() -> None:
    def build(stack: Stack) -> None:
        cluster(stack).connections.allow_default_port_from(ec2.Peer.ipv4("10.0.0.0/16"))

    rule = at(the(synthesized(build), "AWS::EC2::SecurityGroup"), "Properties", "SecurityGroupIngress", 0)
    assert [at(rule, name) for name in ("CidrIp", "FromPort", "ToPort")] == ["10.0.0.0/16", 5432, 5432]


def test_performance_insights_can_be_off() -> None:
    template = of(enable_performance_insights=False)
    assert "PerformanceInsightsKmsKeyId" not in properties(template)
    for member in of_type(template, INSTANCE).values():
        assert "PerformanceInsightsKMSKeyId" not in str(member)


def test_options_are_passed_on() -> None:
    found = properties(of(default_database_name="records", serverless_v2_max_capacity=8, port=5433))
    assert (found["DatabaseName"], found["Port"]) == ("records", 5433)
    assert at(found["ServerlessV2ScalingConfiguration"], "MaxCapacity") == 8


WEAKER: list[tuple[dict[str, object], str, str]] = [
    ({"readers": 0}, "readers must be 1 or more, got 0", "RdsClusterMultiAz"),
    ({"deletion_protection": False}, "deletion_protection must be True, got False", "RdsDeletionProtected"),
    (
        {"removal_policy": RemovalPolicy.DESTROY},
        "removal_policy must be SNAPSHOT or RETAIN, got RemovalPolicy.DESTROY",
        "RdsKept",
    ),
    ({"backup_retention": Duration.days(7)}, "backup_retention must be 35 days, got 7 days", "RdsBackupsKept"),
    (
        {"parameters": {"rds.force_ssl": "off"}},
        "parameters must be with rds.force_ssl 1, got 'rds.force_ssl off'",
        "RdsAuroraTlsOnly",
    ),
    (
        {"cloudwatch_logs_exports": []},
        "cloudwatch_logs_exports must be all of postgresql, got ''",
        "RdsLogsExported",
    ),
]


@pytest.mark.parametrize(("options", "message", "rule"), WEAKER)
def test_a_weaker_value_is_refused(stack: Stack, options: dict[str, object], message: str, rule: str) -> None:
    refusal(
        lambda: made(HipaaAuroraCluster, stack, **with_defaults(stack, options)),
        f'Stack/It: {message}; to go without it pass waivers=[Waiver(rule="{rule}", …)] ({RULES[rule].controls[0]})',
    )


@pytest.mark.parametrize(("options", "message", "rule"), WEAKER)
def test_a_weaker_value_passes_with_a_waiver(options: dict[str, object], message: str, rule: str) -> None:
    def build(app: App) -> None:
        stack = Stack(app, "Stack")
        made(HipaaAuroraCluster, stack, **with_defaults(stack, options), waivers=[waiver(rule)])

    assert {one.rule.id for one in report_of(build).findings} <= {"WaiverUsed"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"readers": 16},
            "readers must be 1 to 15, got 16; a cluster of Aurora has no more members (164.308(a)(7)(ii)(C))",
        ),
        (
            {"engine": rds.DatabaseClusterEngine.aurora_mysql(version=rds.AuroraMysqlEngineVersion.VER_2_11_4)},
            "engine must be version 8.0 (version 3) or later, got 'aurora-mysql 5.7'; older ones are out of standard "
            "support (164.308(a)(5)(ii)(A))",
        ),
        (
            {"engine": rds.DatabaseInstanceEngine.postgres(version=rds.PostgresEngineVersion.VER_17_6)},
            "engine must be one of aurora-postgresql, aurora-mysql, got 'postgres'; HIPAA eligibility and settings are "
            "known of no other (164.308(b)(1))",
        ),
        (
            {"snapshot_identifier": "records", "master_username": "me"},
            "master_username must be left out with snapshot_identifier, got 'me'; RDS makes a new password of the user "
            "in the snapshot, whose databases are in it too (164.308(a)(7)(ii)(B))",
        ),
        (
            {"snapshot_identifier": "arn:aws:rds:us-east-1:123456789012:cluster:records"},
            "snapshot_identifier must be the name or ARN of a cluster-snapshot or snapshot, got "
            "'arn:aws:rds:us-east-1:123456789012:cluster:records'; nothing else is restored by its identifier "
            "(164.308(a)(7)(ii)(B))",
        ),
        (
            {"writer": "x"},
            "writer can't be set, got 'x'; pass instance_type and readers; the construct makes the members, each "
            "encrypted and monitored",
        ),
    ],
)
def test_what_no_waiver_makes_right_is_refused(stack: Stack, options: dict[str, object], message: str) -> None:
    given = with_defaults(stack, options)
    before = len(stack.node.children)
    refusal(lambda: made(HipaaAuroraCluster, stack, **given), f"Stack/It: {message}")
    assert len(stack.node.children) == before
