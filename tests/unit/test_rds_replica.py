"""What the read replicas are, and what they refuse."""

from __future__ import annotations

import pytest
from aws_cdk import App, Aws, Fn, RemovalPolicy, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_rds as rds
from aws_cdk import aws_secretsmanager as secretsmanager

from hipaa_constructs import HipaaRdsInstance, HipaaRdsReadReplica
from hipaa_constructs.rules._value import Json
from tests._refusals import made, refusal, waiver
from tests._synthesis import Body, at, of_type, report_of, synthesized, the
from tests.unit.test_rds import INSTANCE, ISOLATED, MYSQL, SECRET, SQL_SERVER
from tools.examples import POSTGRES, network

SOURCE = "arn:aws:rds:us-west-2:123456789012:db:records"


@pytest.fixture
def stack() -> Stack:
    return Stack(App(), "Stack")


def source(stack: Stack) -> HipaaRdsInstance:
    secret = secretsmanager.Secret.from_secret_complete_arn(stack, "Password", SECRET)
    return HipaaRdsInstance(stack, "It", engine=POSTGRES, vpc=network(stack), master_secret=secret)


def near(stack: Stack) -> None:
    source(stack).add_read_replica("Replica")


def far(stack: Stack) -> None:
    HipaaRdsReadReplica(stack, "Replica", source=SOURCE, engine=POSTGRES, vpc=network(stack))


NEAR, FAR = synthesized(near), synthesized(far)


def properties(template: Body, prefix: str) -> Body:
    found = the(template, INSTANCE, prefix)["Properties"]
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize(("template", "prefix"), [(NEAR, "ItReplica"), (FAR, "Replica")])
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BackupRetentionPeriod", 35),
        ("CopyTagsToSnapshot", True),
        ("DeleteAutomatedBackups", False),
        ("DeletionProtection", True),
        ("EnableCloudwatchLogsExports", ["postgresql", "upgrade", "iam-db-auth-error"]),
        ("EnableIAMDatabaseAuthentication", True),
        ("MonitoringInterval", 60),
        ("MultiAZ", True),
        ("PubliclyAccessible", False),
        ("StorageEncrypted", None),
    ],
)
def test_a_replica_has_by_default(template: Body, prefix: str, name: str, value: Json) -> None:
    assert properties(template, prefix).get(name) == value


def test_a_replica_in_the_same_region_has_the_key_of_its_source() -> None:
    (key,) = of_type(NEAR, "AWS::KMS::Key")
    assert properties(NEAR, "ItReplica")["KmsKeyId"] == {"Fn::GetAtt": [key, "Arn"]}


def test_a_replica_in_another_region_names_the_arn_of_its_source_and_a_key_of_its_own() -> None:
    found = properties(FAR, "Replica")
    (key,) = of_type(FAR, "AWS::KMS::Key")
    assert found["SourceDBInstanceIdentifier"] == SOURCE
    assert found["SourceRegion"] == "us-west-2"
    assert found["KmsKeyId"] == {"Fn::GetAtt": [key, "Arn"]}


def test_the_arn_of_the_source_may_be_a_token() -> None:
    template = synthesized(
        lambda stack: HipaaRdsReadReplica(
            stack, "Replica", source=Fn.import_value("Records"), engine=POSTGRES, vpc=network(stack)
        )
    )
    found = properties(template, "Replica")
    assert found["SourceDBInstanceIdentifier"] == {"Fn::ImportValue": "Records"}
    assert found["SourceRegion"] == {"Fn::Select": [3, {"Fn::Split": [":", {"Fn::ImportValue": "Records"}]}]}


def test_a_replica_has_log_groups_of_its_own() -> None:
    replica = the(NEAR, INSTANCE, "ItReplica")
    assert str(replica["DependsOn"]).count("ItReplica") == 3


def test_a_replica_is_in_the_plan_of_its_source() -> None:
    selection = the(NEAR, "AWS::Backup::BackupSelection")
    resources = at(selection, "Properties", "BackupSelection", "Resources")
    assert isinstance(resources, list)
    assert len(resources) == 2


@pytest.mark.parametrize("build", [near, far])
def test_a_replica_is_without_findings(build: object) -> None:
    assert callable(build)
    assert report_of(lambda app: build(Stack(app, "Stack"))).findings == []


def test_a_replica_has_the_logical_id_of_the_plain_one() -> None:
    def plain(stack: Stack) -> None:
        of = rds.DatabaseInstance.from_database_instance_attributes(
            stack, "Of", instance_identifier="records", instance_endpoint_address="", port=0, security_groups=[]
        )
        vpc = network(stack)
        rds.DatabaseInstanceReadReplica(
            stack,
            "Replica",
            source_database_instance=of,
            instance_type=ec2.InstanceType("m5.large"),
            vpc=vpc,
            vpc_subnets=ISOLATED,
        )

    assert list(of_type(FAR, INSTANCE)) == list(of_type(synthesized(plain), INSTANCE))


def test_the_parameters_of_the_source_are_the_replicas() -> None:
    def build(stack: Stack) -> None:
        secret = secretsmanager.Secret.from_secret_complete_arn(stack, "Password", SECRET)
        database = HipaaRdsInstance(
            stack,
            "It",
            engine=MYSQL,
            vpc=network(stack),
            master_secret=secret,
            parameters={"max_connections": "100"},
        )
        database.add_read_replica("Replica", port=3307)

    template = synthesized(build)
    groups = of_type(template, "AWS::RDS::DBParameterGroup").values()
    assert [at(one, "Properties", "Parameters", "max_connections") for one in groups] == ["100", "100"]
    assert properties(template, "ItReplica")["Port"] == "3307"


def test_connections_let_in() -> None:
    def build(stack: Stack) -> None:
        replica = source(stack).add_read_replica("Replica")
        replica.connections.allow_default_port_from(ec2.Peer.ipv4("10.0.0.0/16"))

    group = the(synthesized(build), "AWS::EC2::SecurityGroup", "ItReplica")
    rule = at(group, "Properties", "SecurityGroupIngress", 0)
    assert [at(rule, name) for name in ("CidrIp", "FromPort", "ToPort")] == ["10.0.0.0/16", 5432, 5432]


def test_a_replica_of_a_database_whose_password_rds_manages_is_refused(stack: Stack) -> None:
    database = HipaaRdsInstance(stack, "It", engine=POSTGRES, vpc=network(stack))
    refusal(
        lambda: database.add_read_replica("Replica"),
        "Stack/It: master_secret must be a secret of yours for a read replica, got None; RDS makes no replica of a "
        "database whose password it manages (164.308(a)(7)(ii)(C))",
    )


def test_a_replica_of_sql_server_is_refused(stack: Stack) -> None:
    refusal(
        lambda: HipaaRdsReadReplica(stack, "It", source=SOURCE, engine=SQL_SERVER, vpc=network(stack)),
        "Stack/It: engine must be PostgreSQL, MySQL, MariaDB or Oracle, got 'sqlserver-se'; RDS makes no automated "
        "backups of a replica of SQL Server; make an rds.DatabaseInstanceReadReplica with a waiver "
        "(164.308(a)(7)(ii)(A))",
    )


@pytest.mark.parametrize("name", ["records", "arn:aws:rds:us-west-2:123456789012:cluster:records"])
def test_a_source_that_does_not_say_its_region_is_refused(stack: Stack, name: str) -> None:
    refusal(
        lambda: HipaaRdsReadReplica(stack, "It", source=name, engine=POSTGRES, vpc=network(stack)),
        "Stack/It: source must be a database, or the ARN of one (arn:aws:rds:REGION:ACCOUNT:db:IDENTIFIER), got "
        f"'{name}'; its identifier alone does not say the Region (164.308(a)(7)(ii)(B))",
    )


def test_a_weaker_replica_needs_a_waiver(stack: Stack) -> None:
    refusal(
        lambda: HipaaRdsReadReplica(stack, "It", source=SOURCE, engine=POSTGRES, vpc=network(stack), multi_az=False),
        "Stack/It: multi_az must be True, got False; to go without it pass "
        'waivers=[Waiver(rule="RdsMultiAz", …)] (164.308(a)(7)(i))',
    )


def test_a_waived_replica_records_the_waiver() -> None:
    def build(app: App) -> None:
        stack = Stack(app, "Stack")
        waivers = [waiver("RdsMultiAz")]
        vpc = network(stack)
        HipaaRdsReadReplica(stack, "It", source=SOURCE, engine=POSTGRES, vpc=vpc, multi_az=False, waivers=waivers)

    assert report_of(build).findings == []


def test_the_storage_of_a_replica_can_not_be_said(stack: Stack) -> None:
    refusal(
        lambda: made(
            HipaaRdsReadReplica,
            stack,
            source=SOURCE,
            engine=POSTGRES,
            vpc=network(stack),
            storage_encrypted=Aws.REGION,
        ),
        f"Stack/It: storage_encrypted can't be set, got '{Aws.REGION}'; storage is always encrypted "
        "(164.312(a)(2)(iv)); pass encryption_key",
    )


def test_a_replica_may_go_with_its_stack() -> None:
    def going(stack: Stack) -> None:
        policy = RemovalPolicy.DESTROY
        HipaaRdsReadReplica(stack, "Replica", source=SOURCE, engine=POSTGRES, vpc=network(stack), removal_policy=policy)

    assert the(synthesized(going), INSTANCE, "Replica")["DeletionPolicy"] == "Delete"
