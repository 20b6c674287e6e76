"""What is judged of clusters, services and tasks."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules._secrets import holds_a_secret, names_a_secret
from hipaa_constructs.rules._value import Json
from tests.rules._judging import (
    BROKEN,
    GONE,
    MET,
    NEVER_TEXT,
    NEVER_TRUE,
    NOT_APPLICABLE,
    PARAMETER,
    UNDECIDED,
    Body,
    changed,
    partly,
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


OF_CONTAINERS = (
    "EcsContainerLogged",
    "EcsContainerReadOnly",
    "EcsContainerNotRoot",
    "EcsContainerNotPrivileged",
    "EcsVariablesWithoutSecrets",
)
GOOD: Body = {
    "LogConfiguration": {"LogDriver": "awslogs", "Options": {"awslogs-group": "portal"}},
    "ReadonlyRootFilesystem": True,
    "User": "1000:1000",
}


def with_container(container: Json) -> Body:
    return template({"It": resource(TASK, {"ContainerDefinitions": [GOOD, container]})})


@pytest.mark.parametrize("rule", OF_CONTAINERS)
def test_good_containers_meet(rule: str) -> None:
    assert verdict(rule, with_container(GOOD)) == MET


@pytest.mark.parametrize("rule", OF_CONTAINERS)
@pytest.mark.parametrize(
    "body", [with_container(PARAMETER), template({"It": resource(TASK, {"ContainerDefinitions": PARAMETER})})]
)
def test_hidden_containers_are_undecided(rule: str, body: Body) -> None:
    assert verdict(rule, body) == UNDECIDED


@pytest.mark.parametrize(
    ("configured", "wanted"),
    [
        ({"LogDriver": "awslogs", "Options": {"awslogs-group": {"Ref": "Group"}}}, MET),
        ({"LogDriver": "awslogs"}, BROKEN),
        ({"LogDriver": "awslogs", "Options": {"awslogs-region": "us-east-1"}}, BROKEN),
        ({"LogDriver": partly("awslogs")}, UNDECIDED),
        ({"LogDriver": partly("splunk")}, BROKEN),
        ({"LogDriver": "json-file"}, BROKEN),
        ({"LogDriver": "splunk"}, BROKEN),
        (GONE, BROKEN),
        ("x", BROKEN),
        ({"LogDriver": "awsfirelens"}, UNDECIDED),
        ({"LogDriver": PARAMETER}, UNDECIDED),
        (PARAMETER, UNDECIDED),
    ],
)
def test_the_log_driver_of_each_container_decides(configured: Json, wanted: str) -> None:
    body = with_container({**GOOD, "LogConfiguration": configured})
    resources = body["Resources"]
    assert isinstance(resources, dict)
    resources["Group"] = resource("AWS::Logs::LogGroup")
    assert verdict("EcsContainerLogged", body) == wanted


@pytest.mark.parametrize("value", NEVER_TRUE)
def test_a_root_file_system_that_can_be_written_breaks(value: Json) -> None:
    assert verdict("EcsContainerReadOnly", with_container({**GOOD, "ReadonlyRootFilesystem": value})) == BROKEN


@pytest.mark.parametrize(
    ("user", "wanted"),
    [
        ("1000", MET),
        ("nginx", MET),
        (1000, MET),
        ("root", BROKEN),
        ("0", BROKEN),
        (0, BROKEN),
        ("0:1000", BROKEN),
        ("root:portal", BROKEN),
        ("", BROKEN),
        (GONE, BROKEN),
        ([], BROKEN),
        (PARAMETER, UNDECIDED),
        ({"Fn::Sub": "1000:${AnyParameter}"}, MET),
        (partly("root"), UNDECIDED),
        ({"Fn::Sub": "${AnyParameter}:1000"}, UNDECIDED),
    ],
)
def test_the_user_of_each_container_decides(user: Json, wanted: str) -> None:
    assert verdict("EcsContainerNotRoot", with_container({**GOOD, "User": user})) == wanted


def test_containers_of_windows_have_other_users() -> None:
    body = template({"It": resource(TASK, {"RuntimePlatform": {"OperatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}})})
    assert verdict("EcsContainerNotRoot", body) == NOT_APPLICABLE


@pytest.mark.parametrize(
    ("value", "wanted"), [(False, MET), (GONE, MET), (True, BROKEN), ("x", BROKEN), (PARAMETER, UNDECIDED)]
)
def test_privileges_decide(value: Json, wanted: str) -> None:
    assert verdict("EcsContainerNotPrivileged", with_container({**GOOD, "Privileged": value})) == wanted


@pytest.mark.parametrize(
    ("variables", "wanted"),
    [
        ([{"Name": "STAGE", "Value": "production"}], MET),
        ([{"Name": "DB_PASSWORD", "Value": ""}], MET),
        ([{"Name": "DB_PASSWORD", "Value": "x"}], BROKEN),
        ([{"Name": "DB_PASSWORD", "Value": PARAMETER}], BROKEN),
        ([{"Name": "DB", "Value": "postgres://portal:x@db/portal"}], BROKEN),
        ([{"Name": "DB", "Value": "{{resolve:secretsmanager:portal}}"}], BROKEN),
        ([{"Name": "DB_PASSWORD_ARN", "Value": "arn"}], MET),
        ([{"Name": PARAMETER, "Value": "x"}], UNDECIDED),
        ([PARAMETER], UNDECIDED),
        (PARAMETER, UNDECIDED),
    ],
)
def test_plain_variables_hold_no_secrets(variables: Json, wanted: str) -> None:
    assert verdict("EcsVariablesWithoutSecrets", with_container({**GOOD, "Environment": variables})) == wanted


@pytest.mark.parametrize(
    "name",
    [
        "PASSWORD", "DB_PASSWORD", "db-password", "DbPass.password", "PGPASSWORD", "SECRET", "CLIENT_SECRET", "TOKEN",
        "GITHUB_TOKEN", "API_KEY", "APIKEY", "STRIPE_API_KEY", "AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY", "PRIVATE_KEY",
        "CREDENTIALS", "SIGNING_KEY", "PASSPHRASE", "SECRET_KEY", "DJANGO_SECRET_KEY", "PASSWORD_1",
    ],
)  # fmt: skip
def test_a_name_says_that_the_value_is_a_secret(name: str) -> None:
    assert names_a_secret(name)


@pytest.mark.parametrize(
    "name",
    [
        "STAGE", "SECRET_ARN", "PASSWORD_FILE", "TOKEN_URL", "TOKENIZER", "KMS_KEY_ID", "TABLE_KEY", "SECRET_NAME",
        "PASSWORD_MIN_LENGTH", "TOKEN_TTL", "PRIMARY_KEY", "COMPASS", "BYPASS", "PASSENGER", "CREDENTIALS_PATH",
        "NGINX_CONFIGURATION", "PUBLIC_KEY",
    ],
)  # fmt: skip
def test_a_name_says_where_a_secret_is_or_nothing_of_it(name: str) -> None:
    assert not names_a_secret(name)


@pytest.mark.parametrize(
    "value",
    [
        "AKIAIOSFODNN7EXAMPLE",
        "-----BEGIN RSA PRIVATE KEY-----\nx",
        "-----BEGIN PRIVATE KEY-----",
        "amqps://user:pass@queue",
        "{{resolve:ssm-secure:portal}}",
    ],
)
def test_a_value_has_the_form_of_a_secret(value: str) -> None:
    assert holds_a_secret(value)


@pytest.mark.parametrize("value", ["production", "https://example.org/a:b@c", "-----BEGIN CERTIFICATE-----", "a@b"])
def test_a_value_has_not_the_form_of_a_secret(value: str) -> None:
    assert not holds_a_secret(value)


@pytest.mark.parametrize(
    ("mode", "wanted"), [("awsvpc", MET), ("bridge", BROKEN), ("host", BROKEN), (GONE, BROKEN), (PARAMETER, UNDECIDED)]
)
def test_the_network_mode_decides(mode: Json, wanted: str) -> None:
    body = template({"It": resource(TASK, {"NetworkMode": mode})})
    assert verdict("EcsTaskHasOwnNetwork", body) == wanted


OF_EFS = ("EcsTaskMountsEfsWithTls", "EcsTaskMountsEfsByIam")


@pytest.mark.parametrize("spelling", ["EFSVolumeConfiguration", "EfsVolumeConfiguration"])
@pytest.mark.parametrize(
    ("tls", "iam", "wanted"),
    [
        ("ENABLED", "ENABLED", (MET, MET)),
        ("DISABLED", "DISABLED", (BROKEN, BROKEN)),
        (GONE, GONE, (BROKEN, BROKEN)),
        (PARAMETER, PARAMETER, (UNDECIDED, UNDECIDED)),
    ],
)
def test_how_efs_is_mounted_decides(spelling: str, tls: Json, iam: Json, wanted: tuple[str, str]) -> None:
    volume: Json = {spelling: {"TransitEncryption": tls, "AuthorizationConfig": {"IAM": iam}}}
    body = template({"It": resource(TASK, {"Volumes": [{"Name": "scratch"}, volume]})})
    assert tuple(verdict(rule, body) for rule in OF_EFS) == wanted


@pytest.mark.parametrize("rule", OF_EFS)
@pytest.mark.parametrize(
    ("volumes", "wanted"), [([{"Name": "scratch"}], NOT_APPLICABLE), (GONE, NOT_APPLICABLE), (PARAMETER, UNDECIDED)]
)
def test_other_volumes_are_not_judged(rule: str, volumes: Json, wanted: str) -> None:
    assert verdict(rule, template({"It": resource(TASK, {"Volumes": volumes})})) == wanted


@pytest.mark.parametrize("rule", [*OF_CONTAINERS, "EcsHostNetworkNotRoot"])
@pytest.mark.parametrize("containers", ["x", {}, 1, None])
def test_containers_of_a_wrong_type_break(rule: str, containers: Json) -> None:
    body = template({"It": resource(TASK, {"ContainerDefinitions": containers, "NetworkMode": "host"})})
    assert verdict(rule, body) == BROKEN


@pytest.mark.parametrize("rule", OF_EFS)
def test_volumes_of_a_wrong_type_break(rule: str) -> None:
    assert verdict(rule, template({"It": resource(TASK, {"Volumes": "x"})})) == BROKEN


@pytest.mark.parametrize(
    ("mode", "container", "wanted"),
    [
        ("host", {"User": "1000"}, MET),
        ("host", {"User": "root"}, BROKEN),
        ("host", {}, BROKEN),
        ("host", {"User": "1000", "Privileged": True}, BROKEN),
        ("awsvpc", {}, NOT_APPLICABLE),
        (GONE, {}, NOT_APPLICABLE),
        (PARAMETER, {}, UNDECIDED),
        (PARAMETER, {"User": "1000"}, MET),
        (partly("host"), {}, UNDECIDED),
        (partly("bridge"), {}, NOT_APPLICABLE),
    ],
)
def test_root_in_the_network_of_its_host_breaks(mode: Json, container: Json, wanted: str) -> None:
    body = template({"It": resource(TASK, {"NetworkMode": mode, "ContainerDefinitions": [container]})})
    assert verdict("EcsHostNetworkNotRoot", body) == wanted


def test_containers_of_windows_have_no_read_only_root() -> None:
    windows: Json = {"OperatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}
    body = template({"It": resource(TASK, {"RuntimePlatform": windows, "ContainerDefinitions": [{}]})})
    assert verdict("EcsContainerReadOnly", body) == NOT_APPLICABLE


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
