"""What is judged of task definitions: their containers, network and volumes."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules._secrets import holds_a_secret, names_a_secret
from hipaa_constructs.rules._value import Json
from tests.rules._judging import (
    BROKEN,
    GONE,
    MET,
    NEVER_TRUE,
    NOT_APPLICABLE,
    PARAMETER,
    UNDECIDED,
    Body,
    partly,
    resource,
    template,
    verdict,
)

TASK = "AWS::ECS::TaskDefinition"
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


@pytest.mark.parametrize(
    ("rule", "bad"),
    [
        ("EcsContainerLogged", {"LogConfiguration": GONE}),
        ("EcsContainerReadOnly", {"ReadonlyRootFilesystem": False}),
        ("EcsContainerNotRoot", {"User": "root"}),
        ("EcsContainerNotPrivileged", {"Privileged": True}),
        ("EcsVariablesWithoutSecrets", {"Environment": [{"Name": "DB_PASSWORD", "Value": "x"}]}),
    ],
    ids=OF_CONTAINERS,
)
def test_the_containers_of_a_daemon_are_judged_like_those_of_a_task(rule: str, bad: Body) -> None:
    for container, wanted in ((GOOD, MET), ({**GOOD, **bad}, BROKEN)):
        daemon = resource("AWS::ECS::DaemonTaskDefinition", {"ContainerDefinitions": [container]})
        assert verdict(rule, template({"It": daemon})) == wanted


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
        ([{"Name": "MAX_TOKENS", "Value": "4096"}], MET),
        ([{"Name": "MAX_TOKENS", "Value": 4096}], MET),
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
