"""What is judged of jobs of AWS Batch."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import (
    BROKEN,
    GONE,
    MALFORMED,
    MET,
    NEVER_TEXT,
    PARAMETER,
    UNDECIDED,
    Body,
    outcome,
    resource,
    template,
    verdict,
)

PRIVILEGED, PUBLIC, SECRETS = (
    "BatchContainerNotPrivileged",
    "BatchJobWithoutPublicAddress",
    "BatchVariablesWithoutSecrets",
)


def job(**properties: Json) -> Body:
    return template({"It": resource("AWS::Batch::JobDefinition", properties)})


def nodes(**properties: Json) -> Body:
    return job(NodeProperties={"NodeRangeProperties": [properties]})


def jobs_of(container: Json) -> list[Body]:
    """Make a job of each kind with a container."""
    tasks: Json = {"TaskProperties": [{"Containers": [container]}]}
    return [
        job(ContainerProperties=container),
        job(EcsProperties=tasks),
        nodes(Container=container),
        nodes(EcsProperties=tasks),
    ]


@pytest.mark.parametrize(
    ("flag", "wanted"),
    [(False, MET), (GONE, MET), (True, BROKEN), ("true", BROKEN), (None, BROKEN), ([], BROKEN), (PARAMETER, UNDECIDED)],
)
def test_a_privileged_container_breaks(flag: Json, wanted: str) -> None:
    for body in jobs_of({"Privileged": flag}):
        assert verdict(PRIVILEGED, body) == wanted
    for key in ("Containers", "InitContainers"):
        pods: Json = {"PodProperties": {key: [{"SecurityContext": {"Privileged": flag}}]}}
        assert verdict(PRIVILEGED, job(EksProperties=pods)) == wanted
        assert verdict(PRIVILEGED, nodes(EksProperties=pods)) == wanted


@pytest.mark.parametrize(
    ("choice", "wanted"),
    [("DISABLED", MET), (GONE, MET), ("ENABLED", BROKEN), (PARAMETER, UNDECIDED)] + [(v, BROKEN) for v in NEVER_TEXT],
)
def test_a_public_address_breaks(choice: Json, wanted: str) -> None:
    network: Json = {"NetworkConfiguration": {"AssignPublicIp": choice}}
    assert verdict(PUBLIC, job(ContainerProperties=network)) == wanted
    assert verdict(PUBLIC, nodes(Container=network)) == wanted
    assert verdict(PUBLIC, job(EcsProperties={"TaskProperties": [network]})) == wanted
    assert verdict(PUBLIC, nodes(EcsProperties={"TaskProperties": [network]})) == wanted


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("URL", "https://x", MET),
        ("DB_PASSWORD", "hunter2", BROKEN),
        ("DB_PASSWORD", PARAMETER, BROKEN),
        ("DB_PASSWORD", "", MET),
        ("DB_PASSWORD", GONE, MET),
        ("MAX_TOKENS", "4096", MET),
        ("URL", "postgres://me:hunter2@db/portal", BROKEN),
        (PARAMETER, "x", UNDECIDED),
        (7, "x", MET),
        ("TABLE", "{{resolve:secretsmanager:x}}", BROKEN),
        ("TABLE", {"Fn::Sub": "{{resolve:secretsmanager:${AnyParameter}}}"}, BROKEN),
    ],
)
def test_a_secret_in_a_variable_breaks(name: Json, value: Json, wanted: str) -> None:
    for body in jobs_of({"Environment": [{"Name": name, "Value": value}]}):
        assert verdict(SECRETS, body) == wanted
    for key in ("Containers", "InitContainers"):
        pods: Json = {"PodProperties": {key: [{"Env": [{"Name": name, "Value": value}]}]}}
        assert verdict(SECRETS, job(EksProperties=pods)) == wanted
        assert verdict(SECRETS, nodes(EksProperties=pods)) == wanted


def test_the_finding_does_not_spread_the_secret() -> None:
    body = job(ContainerProperties={"Environment": [{"Name": "TOKEN", "Value": "hunter2"}]})
    assert outcome(SECRETS, body).found == "TOKEN, with a plain value"


@pytest.mark.parametrize("rule", [PRIVILEGED, PUBLIC, SECRETS])
@pytest.mark.parametrize("place", ["ContainerProperties", "EcsProperties", "NodeProperties"])
def test_hidden_properties_are_undecided(rule: str, place: str) -> None:
    assert verdict(rule, job(**{place: PARAMETER})) == UNDECIDED
    assert verdict(rule, job(**{place: GONE})) == MET


def test_hidden_variables_and_tasks_are_undecided() -> None:
    assert verdict(SECRETS, job(ContainerProperties={"Environment": PARAMETER})) == UNDECIDED
    assert verdict(SECRETS, job(ContainerProperties={"Environment": [PARAMETER]})) == UNDECIDED
    assert verdict(PRIVILEGED, job(EcsProperties={"TaskProperties": [PARAMETER]})) == UNDECIDED
    assert verdict(PRIVILEGED, job(EksProperties=PARAMETER)) == UNDECIDED


@pytest.mark.parametrize("value", MALFORMED, ids=str)
def test_a_malformed_intrinsic_function_is_no_pass(value: Json) -> None:
    assert verdict(PRIVILEGED, job(ContainerProperties={"Privileged": value})) in (BROKEN, UNDECIDED)
