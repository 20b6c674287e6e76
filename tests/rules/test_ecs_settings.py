"""What else is judged of clusters and services: settings that are known in part."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import BROKEN, MET, PARAMETER, UNDECIDED, outcome, partly, resource, template, verdict

CLUSTER, SERVICE = "AWS::ECS::Cluster", "AWS::ECS::Service"


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("containerInsights", MET),
        ("containerinsights", BROKEN),
        (partly("containerInsights"), MET),
        (partly("other"), BROKEN),
        (PARAMETER, MET),
    ],
)
def test_the_setting_that_measures_is_known_by_its_name(name: Json, wanted: str) -> None:
    settings: Json = [{"Name": name, "Value": "enabled"}]
    assert verdict("EcsClusterMeasured", template({"It": resource(CLUSTER, {"ClusterSettings": settings})})) == wanted


@pytest.mark.parametrize(("value", "wanted"), [("disabled", BROKEN), (PARAMETER, UNDECIDED)])
def test_a_setting_that_may_measure_decides_by_its_value(value: Json, wanted: str) -> None:
    settings: Json = [{"Name": partly("containerInsights"), "Value": value}]
    assert verdict("EcsClusterMeasured", template({"It": resource(CLUSTER, {"ClusterSettings": settings})})) == wanted


def test_a_service_without_a_circuit_breaker_says_so() -> None:
    found = outcome("EcsServiceRollsBack", template({"It": resource(SERVICE, {})}))
    assert (found.found, found.property) == ("absent", "DeploymentConfiguration.DeploymentCircuitBreaker")
