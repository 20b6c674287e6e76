"""Databases, weakened."""

from __future__ import annotations

from aws_cdk import Stack
from aws_cdk import aws_rds as rds

from hipaa_constructs import HipaaAuroraCluster, HipaaRdsInstance
from tests.mutation._weakening import Weakening
from tools.examples import AURORA_POSTGRES, network

_VERSION_14 = rds.PostgresEngineVersion.VER_14


def postgres(stack: Stack) -> None:
    engine = rds.DatabaseInstanceEngine.postgres(version=_VERSION_14)
    HipaaRdsInstance(stack, "It", engine=engine, vpc=network(stack))


def mysql(stack: Stack) -> None:
    engine = rds.DatabaseInstanceEngine.mysql(version=rds.MysqlEngineVersion.VER_8_0)
    HipaaRdsInstance(stack, "It", engine=engine, vpc=network(stack))


def sql_server(stack: Stack) -> None:
    engine = rds.DatabaseInstanceEngine.sql_server_se(version=rds.SqlServerEngineVersion.VER_16)
    licence = rds.LicenseModel.LICENSE_INCLUDED
    HipaaRdsInstance(stack, "It", engine=engine, vpc=network(stack), license_model=licence)


def oracle(stack: Stack) -> None:
    engine = rds.DatabaseInstanceEngine.oracle_ee(version=rds.OracleEngineVersion.VER_19_0_0_0_2024_10_R1)
    licence = rds.LicenseModel.BRING_YOUR_OWN_LICENSE
    HipaaRdsInstance(stack, "It", engine=engine, vpc=network(stack), license_model=licence)


def aurora(stack: Stack) -> None:
    HipaaAuroraCluster(stack, "It", engine=AURORA_POSTGRES, vpc=network(stack))


def aurora_mysql(stack: Stack) -> None:
    engine = rds.DatabaseClusterEngine.aurora_mysql(version=rds.AuroraMysqlEngineVersion.VER_3_08_0)
    HipaaAuroraCluster(stack, "It", engine=engine, vpc=network(stack))


_KIND = ("DBInstance", "DBCluster")

WEAKENING = Weakening(
    "rds",
    (postgres, mysql, sql_server, oracle, aurora, aurora_mysql),
    only=(
        "BackupSelection::removed",
        "BackupSelection:Properties/BackupSelection/Resources:deleted",
        *(f"{kind}:Properties/BackupRetentionPeriod:*" for kind in _KIND),
        *(f"{kind}:Properties/CopyTagsToSnapshot:*" for kind in _KIND),
        *(f"{kind}:Properties/DB*ParameterGroupName:*" for kind in _KIND),
        *(f"{kind}:Properties/DeleteAutomatedBackups:*" for kind in _KIND),
        *(f"{kind}:Properties/DeletionProtection:*" for kind in _KIND),
        *(f"{kind}:Properties/EnableCloudwatchLogsExports:deleted" for kind in _KIND),
        "DBCluster:Properties/EnableCloudwatchLogsExports/[03]:*",
        "DBInstance:Properties/EnableCloudwatchLogsExports/[013]:*",
        *(f"{kind}:Properties/EnableIAMDatabaseAuthentication:*" for kind in _KIND),
        *(f"{kind}:Properties/KmsKeyId:*" for kind in _KIND),
        *(f"{kind}:Properties/ManageMasterUserPassword:*" for kind in _KIND),
        *(f"{kind}:Properties/MasterUserSecret*" for kind in _KIND),
        *(f"{kind}:Properties/PerformanceInsightsK*KeyId:*" for kind in _KIND),
        *(f"{kind}:Properties/StorageEncrypted:*" for kind in _KIND),
        *(f"{kind}:UpdateReplacePolicy:*" for kind in _KIND),
        *(f"{kind}:DeletionPolicy:weakened" for kind in _KIND),
        "DBInstance:Properties/AutoMinorVersionUpgrade:False",
        "DBInstance:Properties/MonitoringInterval:deleted",
        "DBInstance:Properties/MonitoringRoleArn:deleted",
        "DBInstance:Properties/MultiAZ:*",
        "DBInstance:Properties/OptionGroupName:*",
        "DBInstance:Properties/PubliclyAccessible:*",
        "DB*ParameterGroup:Properties/Parameters/rds.force_ssl:*",
        "DB*ParameterGroup:Properties/Parameters/require_secure_transport:*",
        "DB*ParameterGroup:Properties/Parameters/audit_trail:deleted",
        "DB*ParameterGroup:Properties/Parameters/pgaudit.log:deleted",
        "DB*ParameterGroup:Properties/Parameters/server_audit_*:deleted",
        "DB*ParameterGroup:Properties/Parameters/shared_preload_libraries:*",
        "OptionGroup:Properties/OptionConfigurations*OptionName:*",
        "OptionGroup:Properties/OptionConfigurations:deleted",
    ),
    exempt=(("It[RW]*:*Policy", "*", "the data is the cluster's"),),
)
