"""What is judged of environments of AWS Elastic Beanstalk."""

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
    partly,
    resource,
    template,
    verdict,
)

UPDATES, HEALTH = "ElasticBeanstalkUpdatesItself", "ElasticBeanstalkHealthEnhanced"


def option(namespace: Json, name: Json, value: Json) -> Json:
    return {"Namespace": namespace, "OptionName": name, "Value": value}


def on(value: Json = "true") -> Json:
    return option("aws:elasticbeanstalk:managedactions", "ManagedActionsEnabled", value)


def level(value: Json = "minor") -> Json:
    return option("aws:elasticbeanstalk:managedactions:platformupdate", "UpdateLevel", value)


def health(value: Json = "enhanced") -> Json:
    return option("aws:elasticbeanstalk:healthreporting:system", "SystemType", value)


def environment(*options: Json, template_of: list[Json] | None = None, **properties: Json) -> Body:
    parts: dict[str, Json] = {
        "It": resource("AWS::ElasticBeanstalk::Environment", {"OptionSettings": list(options), **properties})
    }
    if template_of is not None:
        parts["Template"] = resource("AWS::ElasticBeanstalk::ConfigurationTemplate", {"OptionSettings": template_of})
    return template(parts)


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ([on(), level()], MET),
        ([on(True), level("patch")], MET),
        ([level(), on(), health()], MET),
        ([on("false"), level()], BROKEN),
        ([on(), level("major")], BROKEN),
        ([on()], BROKEN),
        ([level()], BROKEN),
        ([on(PARAMETER), level()], UNDECIDED),
        ([on(), level(PARAMETER)], UNDECIDED),
        ([on(GONE), level()], BROKEN),
        ([], BROKEN),
        ([option("aws:elasticbeanstalk:managedactions", PARAMETER, "true"), level()], UNDECIDED),
        ([option(PARAMETER, "ManagedActionsEnabled", "true"), level()], UNDECIDED),
        ([option("other", "ManagedActionsEnabled", "true"), level()], BROKEN),
        ([option("other", PARAMETER, "true"), level()], BROKEN),
        ([option(PARAMETER, "Other", "true"), level()], BROKEN),
        ([option(PARAMETER, PARAMETER, "true"), level()], UNDECIDED),
        ([option(partly("other"), "ManagedActionsEnabled", "true"), level()], BROKEN),
        ([option("aws:elasticbeanstalk:managedactions", partly("other"), "true"), level()], BROKEN),
        ([PARAMETER], UNDECIDED),
        (["x", 3], BROKEN),
        *(([on(value), level()], BROKEN) for value in NEVER_TEXT if value is not True),
    ],
)
def test_managed_updates_are_on(options: list[Json], wanted: str) -> None:
    assert verdict(UPDATES, environment(*options)) == wanted


@pytest.mark.parametrize(
    ("value", "wanted"),
    [("enhanced", MET), ("basic", BROKEN), (GONE, BROKEN), (PARAMETER, UNDECIDED)] + [(v, BROKEN) for v in NEVER_TEXT],
)
def test_the_health_system_decides(value: Json, wanted: str) -> None:
    assert verdict(HEALTH, environment(health(value))) == wanted


def test_the_finding_names_the_option() -> None:
    found = outcome(HEALTH, environment(health("basic")))
    assert (found.property, found.found) == ("OptionSettings", "SystemType: basic")


@pytest.mark.parametrize(
    ("options", "inherited", "wanted"),
    [
        ([], [health()], MET),
        ([], [health("basic")], BROKEN),
        ([], [], BROKEN),
        ([health("basic")], [health()], BROKEN),
        ([health()], [health("basic")], MET),
        ([], [PARAMETER], UNDECIDED),
    ],
)
def test_a_configuration_template_fills_in(options: list[Json], inherited: list[Json], wanted: str) -> None:
    body = environment(*options, template_of=inherited, TemplateName={"Ref": "Template"})
    assert verdict(HEALTH, body) == wanted


@pytest.mark.parametrize("name", ["saved", PARAMETER, {"Ref": "It"}])
def test_a_template_that_is_not_here_leaves_it_open(name: Json) -> None:
    assert verdict(HEALTH, environment(TemplateName=name)) == UNDECIDED
    assert verdict(HEALTH, environment(health("basic"), TemplateName=name)) == BROKEN


@pytest.mark.parametrize(("settings", "wanted"), [(PARAMETER, UNDECIDED), ("x", BROKEN), (GONE, BROKEN), ({}, BROKEN)])
def test_settings_of_a_wrong_type_are_no_pass(settings: Json, wanted: str) -> None:
    assert verdict(HEALTH, environment(OptionSettings=settings)) == wanted


@pytest.mark.parametrize("value", MALFORMED, ids=str)
def test_a_malformed_intrinsic_function_is_no_pass(value: Json) -> None:
    assert verdict(HEALTH, environment(health(value))) in (BROKEN, UNDECIDED)
