"""What is judged of clusters and services."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import (
    BROKEN,
    GONE,
    MET,
    NEVER_TEXT,
    NOT_APPLICABLE,
    PARAMETER,
    UNDECIDED,
    Body,
    changed,
    resource,
    template,
    verdict,
    without,
)

CLUSTER = "AWS::ECS::Cluster"
SERVICE = "AWS::ECS::Service"
TASK = "AWS::ECS::TaskDefinition"
SCALED = "AWS::ApplicationAutoScaling::ScalableTarget"
KEY: Json = {"Fn::GetAtt": ["Key", "Arn"]}


def cluster(**properties: Json) -> Body:
    return template({"It": resource(CLUSTER, properties), "Key": resource("AWS::KMS::Key")})


@pytest.mark.parametrize(
    ("key", "wanted"),
    [
        ({"Ref": "Key"}, MET),
        (KEY, MET),
        ("1234", MET),
        ("alias/records", BROKEN),
        (GONE, BROKEN),
        ({"Ref": "MultiRegion"}, BROKEN),
        ({"Fn::GetAtt": ["Replica", "KeyId"]}, BROKEN),
        (PARAMETER, UNDECIDED),
    ],
)
def test_the_key_of_ephemeral_storage_decides(key: Json, wanted: str) -> None:
    storage: Json = {"ManagedStorageConfiguration": {"FargateEphemeralStorageKmsKeyId": key}}
    body = template(
        {
            "It": resource(CLUSTER, {"Configuration": storage}),
            "Key": resource("AWS::KMS::Key"),
            "MultiRegion": resource("AWS::KMS::Key", {"MultiRegion": True}),
            "Replica": resource("AWS::KMS::ReplicaKey"),
        }
    )
    assert verdict("EcsClusterEncryptsEphemeralStorage", body) == wanted


@pytest.mark.parametrize("properties", [None, {}, "x", {"Configuration": "x"}])
@pytest.mark.parametrize(
    "rule", ["EcsClusterEncryptsEphemeralStorage", "EcsClusterLogsExecSessions", "EcsClusterMeasured"]
)
def test_a_cluster_that_configures_nothing_breaks(rule: str, properties: Json) -> None:
    assert verdict(rule, template({"It": resource(CLUSTER, properties)})) == BROKEN


EXEC = cluster(
    Configuration={
        "ExecuteCommandConfiguration": {
            "KmsKeyId": KEY,
            "Logging": "OVERRIDE",
            "LogConfiguration": {"CloudWatchLogGroupName": "sessions", "CloudWatchEncryptionEnabled": True},
        }
    }
)
AT_EXEC = ("Resources", "It", "Properties", "Configuration", "ExecuteCommandConfiguration")
TO_S3: Json = {"S3BucketName": "sessions", "S3EncryptionEnabled": True}
BOTH_LOGS: Json = {"CloudWatchLogGroupName": "x", "CloudWatchEncryptionEnabled": True, "S3BucketName": "plain"}


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        (EXEC, MET),
        (changed(EXEC, (*AT_EXEC, "LogConfiguration"), TO_S3), MET),
        (changed(EXEC, (*AT_EXEC, "LogConfiguration"), BOTH_LOGS), BROKEN),
        (changed(EXEC, (*AT_EXEC, "Logging"), "DEFAULT"), BROKEN),
        (changed(EXEC, (*AT_EXEC, "Logging"), "NONE"), BROKEN),
        (without(EXEC, (*AT_EXEC, "KmsKeyId")), BROKEN),
        (without(EXEC, (*AT_EXEC, "LogConfiguration")), BROKEN),
        (changed(EXEC, (*AT_EXEC, "LogConfiguration", "CloudWatchEncryptionEnabled"), False), BROKEN),
        (changed(EXEC, (*AT_EXEC, "LogConfiguration"), {}), BROKEN),
        (changed(EXEC, AT_EXEC, PARAMETER), UNDECIDED),
        (changed(EXEC, (*AT_EXEC, "Logging"), PARAMETER), UNDECIDED),
        (changed(EXEC, (*AT_EXEC, "LogConfiguration", "CloudWatchLogGroupName"), PARAMETER), UNDECIDED),
    ],
)
def test_sessions_must_be_encrypted_and_logged(body: Body, wanted: str) -> None:
    assert verdict("EcsClusterLogsExecSessions", body) == wanted


@pytest.mark.parametrize(
    ("settings", "wanted"),
    [
        ([{"Name": "containerInsights", "Value": "enhanced"}], MET),
        ([{"Name": "containerInsights", "Value": "enabled"}], MET),
        ([{"Name": "containerInsights", "Value": "disabled"}], BROKEN),
        ([{"Name": "other", "Value": "enabled"}], BROKEN),
        ([], BROKEN),
        (PARAMETER, UNDECIDED),
        ([{"Name": "containerInsights", "Value": PARAMETER}], UNDECIDED),
        ([{"Name": {"Fn::Sub": "${AnyParameter}Insights"}, "Value": "enhanced"}], MET),
        ([{"Name": {"Fn::Sub": "${AnyParameter}insights"}, "Value": "enhanced"}], BROKEN),
    ],
)
def test_the_setting_of_a_cluster_decides_what_is_measured(settings: Json, wanted: str) -> None:
    assert verdict("EcsClusterMeasured", cluster(ClusterSettings=settings)) == wanted


def service(**properties: Json) -> Body:
    return template({"It": resource(SERVICE, properties)})


def network(**properties: Json) -> Json:
    return {"AwsvpcConfiguration": properties}


@pytest.mark.parametrize(
    ("value", "wanted"),
    [("DISABLED", MET), (GONE, MET), ("ENABLED", BROKEN), (PARAMETER, UNDECIDED)],
)
def test_public_addresses_of_tasks_decide(value: Json, wanted: str) -> None:
    body = service(NetworkConfiguration=network(AssignPublicIp=value))
    assert verdict("EcsServiceWithoutPublicAddresses", body) == wanted


@pytest.mark.parametrize("value", NEVER_TEXT)
def test_public_addresses_of_a_wrong_type_break(value: Json) -> None:
    body = service(NetworkConfiguration=network(AssignPublicIp=value))
    assert verdict("EcsServiceWithoutPublicAddresses", body) == BROKEN


@pytest.mark.parametrize(
    ("properties", "wanted"),
    [
        ({"DesiredCount": 2}, MET),
        ({"DesiredCount": "3"}, MET),
        ({"DesiredCount": 1}, BROKEN),
        ({}, BROKEN),
        ({"DesiredCount": PARAMETER}, UNDECIDED),
        ({"SchedulingStrategy": "DAEMON"}, NOT_APPLICABLE),
        ({"DesiredCount": 2, "NetworkConfiguration": network(Subnets=["a", "b"])}, MET),
        ({"DesiredCount": 2, "NetworkConfiguration": network(Subnets=["a"])}, BROKEN),
        ({"DesiredCount": 2, "NetworkConfiguration": network(Subnets=PARAMETER)}, UNDECIDED),
    ],
)
def test_two_tasks_run_over_two_subnets(properties: Body, wanted: str) -> None:
    assert verdict("EcsServiceRunsTwoTasks", service(**properties)) == wanted


@pytest.mark.parametrize(
    ("least", "namespace", "wanted"),
    [(2, "ecs", MET), (1, "ecs", BROKEN), (PARAMETER, "ecs", UNDECIDED), (2, "dynamodb", BROKEN)],
)
def test_the_least_that_scaling_leaves_decides(least: Json, namespace: str, wanted: str) -> None:
    name: Json = {"Fn::Join": ["", ["service/", {"Ref": "Cluster"}, "/", {"Fn::GetAtt": ["It", "Name"]}]]}
    target: Json = {"MinCapacity": least, "ServiceNamespace": namespace, "ResourceId": name}
    body = template(
        {"It": resource(SERVICE, {"DesiredCount": 1}), "Cluster": resource(CLUSTER), "T": resource(SCALED, target)}
    )
    assert verdict("EcsServiceRunsTwoTasks", body) == wanted


@pytest.mark.parametrize(
    ("version", "wanted"),
    [("LATEST", MET), ("1.4.0", MET), (GONE, MET), ("1.3.0", BROKEN), (PARAMETER, UNDECIDED)],
)
def test_the_platform_of_a_service_decides(version: Json, wanted: str) -> None:
    assert verdict("EcsServiceOnLatestPlatform", service(PlatformVersion=version)) == wanted


@pytest.mark.parametrize(
    ("volumes", "wanted"),
    [
        ([{"Name": "a", "ManagedEBSVolume": {"Encrypted": True}}], MET),
        ([{"Name": "a", "ManagedEBSVolume": {"Encrypted": False}}], BROKEN),
        ([{"Name": "a", "ManagedEBSVolume": {}}], BROKEN),
        ([{"Name": "a", "ManagedEBSVolume": PARAMETER}], UNDECIDED),
        (PARAMETER, UNDECIDED),
        ([], NOT_APPLICABLE),
        (GONE, NOT_APPLICABLE),
    ],
)
def test_the_volumes_of_a_service_decide(volumes: Json, wanted: str) -> None:
    assert verdict("EcsServiceVolumesEncrypted", service(VolumeConfigurations=volumes)) == wanted


@pytest.mark.parametrize(
    ("breaker", "controller", "wanted"),
    [
        ({"Enable": True, "Rollback": True}, GONE, MET),
        ({"Enable": True, "Rollback": False}, GONE, BROKEN),
        ({"Enable": False, "Rollback": True}, GONE, BROKEN),
        (GONE, GONE, BROKEN),
        (GONE, "CODE_DEPLOY", NOT_APPLICABLE),
        (GONE, "EXTERNAL", NOT_APPLICABLE),
        ({"Enable": False, "Rollback": False}, PARAMETER, UNDECIDED),
        (GONE, PARAMETER, UNDECIDED),
        (PARAMETER, GONE, UNDECIDED),
    ],
)
def test_deployments_that_fail_roll_back(breaker: Json, controller: Json, wanted: str) -> None:
    body = service(
        DeploymentConfiguration={"DeploymentCircuitBreaker": breaker}, DeploymentController={"Type": controller}
    )
    assert verdict("EcsServiceRollsBack", body) == wanted


@pytest.mark.parametrize(("version", "wanted"), [("1.0.0", MET), ("LATEST", MET), ("1.4.0", BROKEN)])
def test_the_platform_of_windows_has_a_version_of_its_own(version: str, wanted: str) -> None:
    windows: Json = {"OperatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}
    body = template(
        {
            "It": resource(SERVICE, {"PlatformVersion": version, "TaskDefinition": {"Ref": "Task"}}),
            "Task": resource(TASK, {"RuntimePlatform": windows}),
        }
    )
    assert verdict("EcsServiceOnLatestPlatform", body) == wanted


@pytest.mark.parametrize(("value", "wanted"), [("DISABLED", MET), (GONE, MET), ("ENABLED", BROKEN)])
def test_public_addresses_of_a_set_of_tasks_decide(value: Json, wanted: str) -> None:
    network_: Json = {"AwsVpcConfiguration": {"AssignPublicIp": value}}
    body = template({"It": resource("AWS::ECS::TaskSet", {"NetworkConfiguration": network_})})
    assert verdict("EcsServiceWithoutPublicAddresses", body) == wanted


@pytest.mark.parametrize(
    ("value", "wanted"), [("DISABLED", MET), (GONE, MET), ("ENABLED", BROKEN), (7, BROKEN), (PARAMETER, UNDECIDED)]
)
def test_public_addresses_of_tasks_that_events_start_decide(value: Json, wanted: str) -> None:
    old: Json = {"NetworkConfiguration": {"AwsVpcConfiguration": {"AssignPublicIp": value}}}
    new: Json = {"NetworkConfiguration": {"AwsvpcConfiguration": {"AssignPublicIp": value}}}
    bodies = [
        resource("AWS::Events::Rule", {"Targets": [{"Arn": "x"}, {"EcsParameters": old}]}),
        resource("AWS::Scheduler::Schedule", {"Target": {"EcsParameters": new}}),
        resource("AWS::Pipes::Pipe", {"TargetParameters": {"EcsTaskParameters": new}}),
    ]
    found = [verdict("EcsServiceWithoutPublicAddresses", template({"It": body})) for body in bodies]
    assert found == [wanted] * 3


@pytest.mark.parametrize(
    ("kind", "properties", "wanted"),
    [
        ("AWS::Events::Rule", {"Targets": [{"Arn": "x"}]}, NOT_APPLICABLE),
        ("AWS::Events::Rule", {}, NOT_APPLICABLE),
        ("AWS::Events::Rule", {"Targets": PARAMETER}, UNDECIDED),
        ("AWS::Events::Rule", {"Targets": "x"}, BROKEN),
        ("AWS::Scheduler::Schedule", {"Target": {"Arn": "x"}}, NOT_APPLICABLE),
        ("AWS::Pipes::Pipe", {"Target": "x"}, NOT_APPLICABLE),
    ],
    ids=str,
)
def test_what_events_start_otherwise_is_not_judged(kind: str, properties: Json, wanted: str) -> None:
    assert verdict("EcsServiceWithoutPublicAddresses", template({"It": resource(kind, properties)})) == wanted
