"""What is judged of databases: encryption at rest, access, logs and passwords."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules import RULES
from hipaa_constructs.rules._value import Json
from tests.rules._judging import (
    BROKEN,
    GONE,
    MALFORMED,
    MET,
    NEVER_TRUE,
    NOT_APPLICABLE,
    PARAMETER,
    UNDECIDED,
    Body,
    resource,
    template,
    verdict,
)

INSTANCE = "AWS::RDS::DBInstance"
CLUSTER = "AWS::RDS::DBCluster"
KEY = "arn:aws:kms:us-east-1:123456789012:key/1234"
MEMBER: Body = {"DBClusterIdentifier": "records"}
REPLICA: Body = {"SourceDBInstanceIdentifier": "arn:aws:rds:us-west-2:123456789012:db:records"}
OF_ZONES: Body = {"Engine": "postgres", "DBClusterInstanceClass": "db.m6gd.large"}
RESTORED: Body = {"DBSnapshotIdentifier": "records"}
SECRET = "{{resolve:secretsmanager:records:SecretString:password}}"

Case = tuple[str, Body, str]

CASES: list[Case] = [
    ("RdsStorageEncrypted", {"StorageEncrypted": True}, MET),
    ("RdsStorageEncrypted", {"StorageEncrypted": "true"}, MET),
    ("RdsStorageEncrypted", {"StorageEncrypted": False}, BROKEN),
    ("RdsStorageEncrypted", {}, BROKEN),
    ("RdsStorageEncrypted", {"StorageEncrypted": PARAMETER}, UNDECIDED),
    ("RdsStorageEncrypted", MEMBER, NOT_APPLICABLE),
    ("RdsStorageEncrypted", {"Engine": "aurora-mysql"}, NOT_APPLICABLE),
    ("RdsStorageEncrypted", REPLICA, UNDECIDED),
    ("RdsStorageEncrypted", {**REPLICA, "KmsKeyId": KEY}, MET),
    ("RdsStorageEncrypted", RESTORED, UNDECIDED),
    ("RdsStorageEncrypted", {**RESTORED, "StorageEncrypted": True}, UNDECIDED),
    ("RdsStorageEncrypted", {**RESTORED, "StorageEncrypted": True, "KmsKeyId": KEY}, UNDECIDED),
    ("RdsStorageEncrypted", {**RESTORED, "StorageEncrypted": False}, BROKEN),
    ("RdsStorageEncrypted", {**REPLICA, "StorageEncrypted": True}, UNDECIDED),
    ("RdsUsesCustomerManagedKey", {"KmsKeyId": KEY}, MET),
    ("RdsUsesCustomerManagedKey", {"KmsKeyId": "alias/records"}, MET),
    ("RdsUsesCustomerManagedKey", {"KmsKeyId": "alias/aws/rds"}, BROKEN),
    ("RdsUsesCustomerManagedKey", {}, BROKEN),
    ("RdsUsesCustomerManagedKey", {"KmsKeyId": PARAMETER}, UNDECIDED),
    ("RdsUsesCustomerManagedKey", MEMBER, NOT_APPLICABLE),
    ("RdsUsesCustomerManagedKey", REPLICA, UNDECIDED),
    ("RdsUsesCustomerManagedKey", RESTORED, UNDECIDED),
    ("RdsUsesCustomerManagedKey", {**RESTORED, "KmsKeyId": KEY}, UNDECIDED),
    ("RdsUsesCustomerManagedKey", {"DBClusterSnapshotIdentifier": "records", "KmsKeyId": KEY}, UNDECIDED),
    ("RdsUsesCustomerManagedKey", {"SourceDbiResourceId": "db-1", "KmsKeyId": KEY}, MET),
    ("RdsUsesCustomerManagedKey", {"SourceDbiResourceId": "db-1", "KmsKeyId": "alias/aws/rds"}, BROKEN),
    ("RdsUsesCustomerManagedKey", {**MEMBER, **RESTORED}, NOT_APPLICABLE),
    ("RdsNotPublic", {"PubliclyAccessible": False}, MET),
    ("RdsNotPublic", {"PubliclyAccessible": True}, BROKEN),
    ("RdsNotPublic", {}, BROKEN),
    ("RdsNotPublic", {"PubliclyAccessible": PARAMETER}, UNDECIDED),
    ("RdsNotPublic", {**MEMBER, "PubliclyAccessible": True}, BROKEN),
    ("RdsMultiAz", {"MultiAZ": True}, MET),
    ("RdsMultiAz", {"MultiAZ": False}, BROKEN),
    ("RdsMultiAz", {}, BROKEN),
    ("RdsMultiAz", {"MultiAZ": PARAMETER}, UNDECIDED),
    ("RdsMultiAz", MEMBER, NOT_APPLICABLE),
    ("RdsDeletionProtected", {"DeletionProtection": True}, MET),
    ("RdsDeletionProtected", {}, BROKEN),
    ("RdsDeletionProtected", {"DeletionProtection": PARAMETER}, UNDECIDED),
    ("RdsDeletionProtected", MEMBER, NOT_APPLICABLE),
    ("RdsMonitored", {"MonitoringInterval": 60, "MonitoringRoleArn": "arn:aws:iam::1:role/x"}, MET),
    ("RdsMonitored", {"MonitoringInterval": 0, "MonitoringRoleArn": "arn:aws:iam::1:role/x"}, BROKEN),
    ("RdsMonitored", {"MonitoringInterval": 60}, BROKEN),
    ("RdsMonitored", {}, BROKEN),
    ("RdsMonitored", {"MonitoringInterval": PARAMETER, "MonitoringRoleArn": "arn:aws:iam::1:role/x"}, UNDECIDED),
    ("RdsMonitored", MEMBER, UNDECIDED),
    ("RdsLogsExported", {"Engine": "postgres", "EnableCloudwatchLogsExports": ["upgrade", "postgresql"]}, MET),
    ("RdsLogsExported", {"Engine": "postgres", "EnableCloudwatchLogsExports": ["postgresql"]}, BROKEN),
    ("RdsLogsExported", {"Engine": "postgres"}, BROKEN),
    ("RdsLogsExported", {"Engine": "postgres", "EnableCloudwatchLogsExports": PARAMETER}, UNDECIDED),
    ("RdsLogsExported", {"Engine": "postgres", "EnableCloudwatchLogsExports": ["upgrade", PARAMETER]}, UNDECIDED),
    ("RdsLogsExported", {"Engine": "sqlserver-ee", "EnableCloudwatchLogsExports": ["agent", "error"]}, MET),
    ("RdsLogsExported", {"Engine": "oracle-se2", "EnableCloudwatchLogsExports": ["alert"]}, BROKEN),
    ("RdsLogsExported", {"Engine": "mariadb", "EnableCloudwatchLogsExports": ["audit", "error"]}, BROKEN),
    ("RdsLogsExported", {"Engine": "db2-se"}, BROKEN),
    ("RdsLogsExported", {"Engine": "informix"}, NOT_APPLICABLE),
    ("RdsLogsExported", {"Engine": PARAMETER}, UNDECIDED),
    ("RdsLogsExported", REPLICA, UNDECIDED),
    ("RdsLogsExported", MEMBER, NOT_APPLICABLE),
    ("RdsMinorVersionsUpgraded", {}, MET),
    ("RdsMinorVersionsUpgraded", {"AutoMinorVersionUpgrade": False}, BROKEN),
    ("RdsMinorVersionsUpgraded", {"AutoMinorVersionUpgrade": PARAMETER}, UNDECIDED),
    ("RdsIamAuthenticated", {"Engine": "postgres", "EnableIAMDatabaseAuthentication": True}, MET),
    ("RdsIamAuthenticated", {"Engine": "postgres"}, BROKEN),
    ("RdsIamAuthenticated", {"Engine": "oracle-ee"}, NOT_APPLICABLE),
    ("RdsIamAuthenticated", {"Engine": PARAMETER}, UNDECIDED),
    ("RdsIamAuthenticated", {"Engine": PARAMETER, "EnableIAMDatabaseAuthentication": True}, MET),
    ("RdsIamAuthenticated", MEMBER, NOT_APPLICABLE),
    ("RdsPasswordManaged", {"ManageMasterUserPassword": True, "MasterUserSecret": {"KmsKeyId": KEY}}, MET),
    ("RdsPasswordManaged", {"ManageMasterUserPassword": True}, BROKEN),
    ("RdsPasswordManaged", {"ManageMasterUserPassword": False, "MasterUserSecret": {"KmsKeyId": KEY}}, BROKEN),
    ("RdsPasswordManaged", {"MasterUserPassword": SECRET}, MET),
    ("RdsPasswordManaged", {"MasterUserPassword": {"Fn::Join": ["", [SECRET[:26], PARAMETER, "}}"]]}}, MET),
    ("RdsPasswordManaged", {"MasterUserPassword": "{{resolve:ssm-secure:records:1}}"}, UNDECIDED),
    ("RdsPasswordManaged", {"MasterUserPassword": "hunter2"}, BROKEN),
    ("RdsPasswordManaged", {"MasterUserPassword": PARAMETER}, UNDECIDED),
    ("RdsPasswordManaged", {}, BROKEN),
    ("RdsPasswordManaged", {"MasterUserAuthenticationType": "iam-db-auth"}, MET),
    ("RdsPasswordManaged", {"MasterUserAuthenticationType": "password"}, BROKEN),
    ("RdsPasswordManaged", {"MasterUserAuthenticationType": "password", **RESTORED}, UNDECIDED),
    ("RdsPasswordManaged", {"MasterUserAuthenticationType": []}, BROKEN),
    ("RdsPasswordManaged", {"MasterUserAuthenticationType": PARAMETER}, UNDECIDED),
    ("RdsPasswordManaged", {"MasterUserAuthenticationType": "iam-db-auth", "MasterUserPassword": "hunter2"}, BROKEN),
    ("RdsPasswordManaged", {"MasterUserAuthenticationType": "iam-db-auth", "ManageMasterUserPassword": True}, BROKEN),
    ("RdsPasswordManaged", RESTORED, UNDECIDED),
    ("RdsPasswordManaged", REPLICA, NOT_APPLICABLE),
    ("RdsPasswordManaged", MEMBER, NOT_APPLICABLE),
    ("RdsPerformanceInsightsEncrypted", {}, NOT_APPLICABLE),
    ("RdsPerformanceInsightsEncrypted", {"EnablePerformanceInsights": False}, NOT_APPLICABLE),
    ("RdsPerformanceInsightsEncrypted", {"EnablePerformanceInsights": True}, BROKEN),
    (
        "RdsPerformanceInsightsEncrypted",
        {"EnablePerformanceInsights": True, "PerformanceInsightsKMSKeyId": KEY},
        MET,
    ),
    ("RdsEngineEligible", {"Engine": "postgres"}, MET),
    ("RdsEngineEligible", {"Engine": "oracle-ee-cdb"}, MET),
    ("RdsEngineEligible", {"Engine": "custom-sqlserver-ee"}, BROKEN),
    ("RdsEngineEligible", {"Engine": "postgresque"}, BROKEN),
    ("RdsEngineEligible", {}, BROKEN),
    ("RdsEngineEligible", {"Engine": PARAMETER}, UNDECIDED),
    ("RdsEngineEligible", RESTORED, NOT_APPLICABLE),
    ("RdsTagsCopied", {"CopyTagsToSnapshot": True}, MET),
    ("RdsTagsCopied", {}, BROKEN),
    ("RdsTagsCopied", MEMBER, NOT_APPLICABLE),
]


@pytest.mark.parametrize(("rule", "properties", "wanted"), CASES)
def test_an_instance_is_judged(rule: str, properties: Body, wanted: str) -> None:
    assert verdict(rule, template({"It": resource(INSTANCE, properties)})) == wanted


CLUSTER_CASES: list[Case] = [
    ("RdsStorageEncrypted", {"StorageEncrypted": True}, MET),
    ("RdsStorageEncrypted", {}, BROKEN),
    ("RdsStorageEncrypted", OF_ZONES, BROKEN),
    ("RdsStorageEncrypted", {"Engine": "aurora-postgresql"}, UNDECIDED),
    ("RdsStorageEncrypted", {"Engine": PARAMETER}, UNDECIDED),
    ("RdsStorageEncrypted", {"Engine": "aurora-postgresql", "StorageEncrypted": False}, BROKEN),
    ("RdsStorageEncrypted", {"Engine": "aurora-postgresql", "StorageEncrypted": None}, BROKEN),
    (
        "RdsStorageEncrypted",
        {"SnapshotIdentifier": "records", "StorageEncrypted": PARAMETER, "KmsKeyId": KEY},
        UNDECIDED,
    ),
    ("RdsStorageEncrypted", {"SnapshotIdentifier": "records", "KmsKeyId": KEY}, UNDECIDED),
    ("RdsStorageEncrypted", {"ReplicationSourceIdentifier": "arn:x", "StorageEncrypted": True}, MET),
    ("RdsUsesCustomerManagedKey", {"Engine": "aurora-postgresql"}, BROKEN),
    ("RdsUsesCustomerManagedKey", {"SnapshotIdentifier": "records"}, UNDECIDED),
    ("RdsUsesCustomerManagedKey", {"SnapshotIdentifier": "records", "KmsKeyId": KEY}, MET),
    ("RdsUsesCustomerManagedKey", {"KmsKeyId": KEY}, MET),
    ("RdsDeletionProtected", {}, BROKEN),
    ("RdsLogsExported", {"Engine": "aurora-postgresql", "EnableCloudwatchLogsExports": ["postgresql"]}, MET),
    ("RdsLogsExported", {"Engine": "aurora-mysql", "EnableCloudwatchLogsExports": ["audit"]}, BROKEN),
    ("RdsLogsExported", {"Engine": "mysql", "EnableCloudwatchLogsExports": ["error", "general", "slowquery"]}, MET),
    ("RdsLogsExported", {"Engine": "mysql", "EnableCloudwatchLogsExports": ["audit", "error", "general"]}, BROKEN),
    ("RdsIamAuthenticated", {"Engine": "aurora-mysql"}, BROKEN),
    ("RdsPasswordManaged", {"MasterUserPassword": "hunter2"}, BROKEN),
    ("RdsPasswordManaged", {"MasterUserAuthenticationType": "iam-db-auth"}, MET),
    ("RdsPasswordManaged", {"GlobalClusterIdentifier": "world"}, UNDECIDED),
    ("RdsPasswordManaged", {"ReplicationSourceIdentifier": "arn:x"}, NOT_APPLICABLE),
    ("RdsPerformanceInsightsEncrypted", {"PerformanceInsightsEnabled": True}, BROKEN),
    (
        "RdsPerformanceInsightsEncrypted",
        {"PerformanceInsightsEnabled": True, "PerformanceInsightsKmsKeyId": KEY},
        MET,
    ),
    ("RdsEngineEligible", {"Engine": "aurora-postgresql"}, MET),
    ("RdsEngineEligible", {"Engine": "neptune"}, BROKEN),
    ("RdsTagsCopied", {}, BROKEN),
    ("RdsNotPublic", {"Engine": "aurora-mysql"}, NOT_APPLICABLE),
    ("RdsNotPublic", {"Engine": "aurora-mysql", "PubliclyAccessible": True}, BROKEN),
    ("RdsNotPublic", OF_ZONES, BROKEN),
    ("RdsNotPublic", {**OF_ZONES, "PubliclyAccessible": True}, BROKEN),
    ("RdsNotPublic", {**OF_ZONES, "PubliclyAccessible": False}, MET),
    ("RdsNotPublic", {**OF_ZONES, "PubliclyAccessible": PARAMETER}, UNDECIDED),
    ("RdsMonitored", {"Engine": "aurora-mysql"}, NOT_APPLICABLE),
    ("RdsMonitored", {"Engine": "aurora-mysql", "MonitoringInterval": 0}, NOT_APPLICABLE),
    ("RdsMonitored", OF_ZONES, BROKEN),
    ("RdsMonitored", {**OF_ZONES, "DBClusterIdentifier": "records"}, BROKEN),
    ("RdsMonitored", {**OF_ZONES, "MonitoringInterval": 60, "MonitoringRoleArn": "arn:aws:iam::1:role/x"}, MET),
    ("RdsMinorVersionsUpgraded", {"Engine": "aurora-mysql"}, NOT_APPLICABLE),
    ("RdsMinorVersionsUpgraded", {"Engine": "aurora-mysql", "AutoMinorVersionUpgrade": False}, BROKEN),
    ("RdsMinorVersionsUpgraded", OF_ZONES, MET),
    ("RdsMinorVersionsUpgraded", {**OF_ZONES, "AutoMinorVersionUpgrade": False}, BROKEN),
]


@pytest.mark.parametrize(("rule", "properties", "wanted"), CLUSTER_CASES)
def test_a_cluster_is_judged(rule: str, properties: Body, wanted: str) -> None:
    assert verdict(rule, template({"It": resource(CLUSTER, properties)})) == wanted


@pytest.mark.parametrize(
    ("public", "wanted"), [(False, MET), (True, BROKEN), (GONE, BROKEN), (PARAMETER, UNDECIDED), ([], BROKEN)]
)
def test_a_group_of_shards_has_a_public_address_of_its_own(public: Json, wanted: str) -> None:
    body = template({"It": resource("AWS::RDS::DBShardGroup", {"PubliclyAccessible": public})})
    assert verdict("RdsNotPublic", body) == wanted


@pytest.mark.parametrize("value", NEVER_TRUE)
@pytest.mark.parametrize(
    ("rule", "name"),
    [
        ("RdsStorageEncrypted", "StorageEncrypted"),
        ("RdsMultiAz", "MultiAZ"),
        ("RdsDeletionProtected", "DeletionProtection"),
        ("RdsTagsCopied", "CopyTagsToSnapshot"),
    ],
)
def test_a_wrong_type_is_broken(rule: str, name: str, value: Json) -> None:
    assert verdict(rule, template({"It": resource(INSTANCE, {name: value})})) == BROKEN


@pytest.mark.parametrize("value", MALFORMED)
@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.startswith("Rds")])
def test_nothing_malformed_is_met_nor_raises(rule: str, value: Json) -> None:
    names = (
        "DBClusterIdentifier",
        "DBParameterGroupName",
        "EnableCloudwatchLogsExports",
        "Engine",
        "MasterUserPassword",
        "OptionGroupName",
        "SourceDBInstanceIdentifier",
        "StorageEncrypted",
    )
    for name in names:
        properties: Body = {"Engine": "postgres", name: value}
        kind = INSTANCE if INSTANCE in RULES[rule].applies_to else RULES[rule].applies_to[0]
        verdict(rule, template({"It": resource(kind, properties)}))


def test_the_properties_may_be_missing() -> None:
    for rule in RULES.values():
        if rule.id.startswith("Rds"):
            for kind in rule.applies_to:
                assert verdict(rule.id, template({"It": resource(kind)})) in (BROKEN, MET, NOT_APPLICABLE, UNDECIDED)


def replica(source: Body) -> Body:
    return template(
        {
            "Source": resource(INSTANCE, source),
            "It": resource(INSTANCE, {"SourceDBInstanceIdentifier": {"Ref": "Source"}}),
        }
    )


@pytest.mark.parametrize(
    ("rule", "source", "wanted"),
    [
        ("RdsStorageEncrypted", {"StorageEncrypted": True}, MET),
        ("RdsStorageEncrypted", {}, BROKEN),
        ("RdsUsesCustomerManagedKey", {"KmsKeyId": KEY}, MET),
        ("RdsUsesCustomerManagedKey", {}, BROKEN),
        ("RdsUsesCustomerManagedKey", {"KmsKeyId": "alias/records"}, MET),
        ("RdsLogsExported", {"Engine": "postgres"}, BROKEN),
        ("RdsIamAuthenticated", {"Engine": "sqlserver-se"}, NOT_APPLICABLE),
    ],
)
def test_a_replica_is_judged_by_its_source(rule: str, source: Body, wanted: str) -> None:
    assert verdict(rule, replica(source)) == wanted


def test_a_replica_with_a_key_of_its_own_is_judged_by_that() -> None:
    its: Json = {"SourceDBInstanceIdentifier": {"Ref": "Source"}, "KmsKeyId": KEY}
    body = template({"Source": resource(INSTANCE, {}), "It": resource(INSTANCE, its)})
    assert verdict("RdsUsesCustomerManagedKey", body) == MET


def test_replicas_of_each_other_end() -> None:
    body = template(
        {
            "It": resource(INSTANCE, {"SourceDBInstanceIdentifier": {"Ref": "Other"}}),
            "Other": resource(INSTANCE, {"SourceDBInstanceIdentifier": {"Ref": "It"}}),
        }
    )
    assert verdict("RdsLogsExported", body) == UNDECIDED


def members(*zones: Json, **cluster: Json) -> Body:
    return template(
        {
            "It": resource(CLUSTER, cluster),
            **{
                f"Member{index}": resource(
                    INSTANCE,
                    {
                        "DBClusterIdentifier": {"Ref": "It"},
                        **({} if zone is None else {"AvailabilityZone": zone}),
                    },
                )
                for index, zone in enumerate(zones)
            },
        }
    )


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        (members(None, None), MET),
        (members("us-east-1a", "us-east-1b"), MET),
        (members("us-east-1a", "us-east-1a"), BROKEN),
        (members(None), BROKEN),
        (members(), UNDECIDED),
        (members(DBClusterInstanceClass="db.m6gd.large"), MET),
        (members(EngineMode="serverless"), MET),
    ],
)
def test_the_members_of_a_cluster_are_counted(body: Body, wanted: str) -> None:
    assert verdict("RdsClusterMultiAz", body) == wanted


def test_a_member_of_a_cluster_that_is_hidden_is_undecided() -> None:
    body = template(
        {
            "It": resource(CLUSTER),
            "One": resource(INSTANCE, {"DBClusterIdentifier": {"Ref": "It"}}),
            "Two": resource(INSTANCE, {"DBClusterIdentifier": PARAMETER}),
        }
    )
    assert verdict("RdsClusterMultiAz", body) == UNDECIDED


@pytest.mark.parametrize(("interval", "wanted"), [(60, MET), (0, BROKEN)])
def test_a_cluster_may_monitor_its_members(interval: int, wanted: str) -> None:
    body = template(
        {
            "Cluster": resource(
                CLUSTER, {"MonitoringInterval": interval, "MonitoringRoleArn": "arn:aws:iam::1:role/x"}
            ),
            "It": resource(INSTANCE, {"DBClusterIdentifier": {"Ref": "Cluster"}}),
        }
    )
    assert verdict("RdsMonitored", body) == wanted


def test_a_member_that_says_it_is_not_monitored_is_not() -> None:
    monitored: Json = {"MonitoringInterval": 60, "MonitoringRoleArn": "arn:aws:iam::1:role/x"}
    its: Json = {"DBClusterIdentifier": {"Ref": "Cluster"}, "MonitoringInterval": 0}
    body = template({"Cluster": resource(CLUSTER, monitored), "It": resource(INSTANCE, its)})
    assert verdict("RdsMonitored", body) == BROKEN


def audited(engine: str, parameters: Json, kind: str = INSTANCE) -> Body:
    name = "DBParameterGroupName" if kind == INSTANCE else "DBClusterParameterGroupName"
    group = "AWS::RDS::DBParameterGroup" if kind == INSTANCE else "AWS::RDS::DBClusterParameterGroup"
    return template(
        {
            "Group": resource(group, {"Family": "x", "Parameters": parameters}),
            "It": resource(kind, {"Engine": engine, name: {"Ref": "Group"}}),
        }
    )


AUDIT_CASES: list[tuple[Body, str]] = [
    (audited("postgres", {"shared_preload_libraries": "pg_cron,pgaudit", "pgaudit.log": "all"}), MET),
    (audited("postgres", {"shared_preload_libraries": "pgaudit", "pgaudit.log": "none"}), BROKEN),
    (audited("postgres", {"shared_preload_libraries": "pgaudit"}), BROKEN),
    (audited("postgres", {"shared_preload_libraries": "pg_cron", "pgaudit.log": "all"}), BROKEN),
    (audited("postgres", {"shared_preload_libraries": PARAMETER, "pgaudit.log": "all"}), UNDECIDED),
    (audited("postgres", PARAMETER), UNDECIDED),
    (audited("oracle-ee", {"audit_trail": "OS"}), MET),
    (audited("oracle-ee", {"audit_trail": "NONE"}), BROKEN),
    (audited("sqlserver-se", {}), NOT_APPLICABLE),
    (audited("aurora-postgresql", {"shared_preload_libraries": "pgaudit", "pgaudit.log": "all"}, CLUSTER), MET),
    (audited("aurora-mysql", {"server_audit_logging": "1", "server_audit_events": "QUERY"}, CLUSTER), MET),
    (audited("aurora-mysql", {"server_audit_logging": "1"}, CLUSTER), BROKEN),
    (audited("aurora-mysql", {"server_audit_logging": 0, "server_audit_events": "QUERY"}, CLUSTER), BROKEN),
]


@pytest.mark.parametrize(("body", "wanted"), AUDIT_CASES)
def test_what_fills_the_audit_log_decides(body: Body, wanted: str) -> None:
    assert verdict("RdsAudited", body) == wanted


def optioned(options: Json, engine: str = "mysql") -> Body:
    return template(
        {
            "Group": resource("AWS::RDS::OptionGroup", {"OptionConfigurations": options}),
            "It": resource(INSTANCE, {"Engine": engine, "OptionGroupName": {"Ref": "Group"}}),
        }
    )


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        (optioned([{"OptionName": "MARIADB_AUDIT_PLUGIN"}]), MET),
        (optioned([{"OptionName": "MEMCACHED"}]), BROKEN),
        (optioned([]), BROKEN),
        (optioned([], "db2-se"), BROKEN),
        (optioned([{"OptionName": "DB2_AUDIT"}], "db2-se"), UNDECIDED),
        (optioned([{"OptionName": "DB2_AUDIT"}], "mysql"), BROKEN),
        (template({"It": resource(INSTANCE, {"Engine": "db2-ae"})}), BROKEN),
        (optioned(PARAMETER), UNDECIDED),
        (optioned([{"OptionName": PARAMETER}]), UNDECIDED),
        (template({"It": resource(INSTANCE, {"Engine": "mariadb"})}), BROKEN),
        (template({"It": resource(INSTANCE, {"Engine": "mariadb", "OptionGroupName": "default:x"})}), BROKEN),
        (template({"It": resource(INSTANCE, {"Engine": "mariadb", "OptionGroupName": "own"})}), UNDECIDED),
        (template({"It": resource(INSTANCE, {"Engine": "mariadb", "OptionGroupName": 3})}), BROKEN),
    ],
)
def test_the_option_of_the_audit_decides(body: Body, wanted: str) -> None:
    assert verdict("RdsAudited", body) == wanted
