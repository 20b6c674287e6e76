"""What is judged of CodeBuild projects."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import BROKEN, GONE, MET, NEVER_TEXT, PARAMETER, UNDECIDED, resource, template, verdict

VARIABLES, SOURCE = "CodebuildVariablesWithoutCredentials", "CodebuildSourceWithoutCredentials"


def judged(rule: str, properties: Json) -> str:
    return verdict(rule, template({"It": resource("AWS::CodeBuild::Project", properties)}))


@pytest.mark.parametrize(
    ("variable", "wanted"),
    [
        ({"Name": "STAGE", "Value": "prod"}, MET),
        ({"Name": "AWS_SECRET_ACCESS_KEY", "Value": "portal:key", "Type": "SECRETS_MANAGER"}, MET),
        ({"Name": "AWS_ACCESS_KEY_ID", "Value": "/portal/id", "Type": "PARAMETER_STORE"}, MET),
        ({"Name": "AWS_ACCESS_KEY_ID", "Value": "AKIA"}, BROKEN),
        ({"Name": "AWS_SECRET_ACCESS_KEY", "Value": "x", "Type": "PLAINTEXT"}, BROKEN),
        ({"Name": "AWS_SESSION_TOKEN", "Value": "x", "Type": GONE}, BROKEN),
        ({"Name": "AWS_ACCESS_KEY_ID", "Value": "x", "Type": PARAMETER}, UNDECIDED),
        ({"Name": PARAMETER, "Value": "x"}, UNDECIDED),
        (PARAMETER, UNDECIDED),
        (GONE, MET),
        *((value, MET) for value in NEVER_TEXT),
    ],
    ids=str,
)
def test_a_variable_holds_no_credentials(variable: Json, wanted: str) -> None:
    properties: Json = {"Environment": {"EnvironmentVariables": [{"Name": "A", "Value": "b"}, variable]}}
    assert judged(VARIABLES, properties) == wanted


@pytest.mark.parametrize(
    ("location", "wanted"),
    [
        ("https://example.org/portal.git", MET),
        ("https://example.org/portal@v2.git", MET),
        ("bucket/key.zip", MET),
        (GONE, MET),
        ({"Fn::GetAtt": ["Repository", "CloneUrlHttp"]}, MET),
        ("https://me:secret@example.org/portal.git", BROKEN),
        ("HTTPS://token@example.org/portal.git", BROKEN),
        ({"Fn::Sub": "https://me:${AnyParameter}@example.org/portal.git"}, BROKEN),
        (PARAMETER, UNDECIDED),
        *((value, MET) for value in NEVER_TEXT),
    ],
    ids=str,
)
def test_a_source_holds_no_credentials(location: Json, wanted: str) -> None:
    assert judged(SOURCE, {"Source": {"Type": "GITHUB", "Location": location}}) == wanted
    second: Json = {"Source": {"Type": "NO_SOURCE"}, "SecondarySources": [{"Location": location}]}
    assert judged(SOURCE, second) == wanted


@pytest.mark.parametrize("properties", [None, {}, [], "x", 3], ids=str)
@pytest.mark.parametrize("rule", [VARIABLES, SOURCE])
def test_a_bare_project(rule: str, properties: Json) -> None:
    assert judged(rule, properties) == MET


def test_variables_that_are_hidden_are_undecided() -> None:
    assert judged(VARIABLES, {"Environment": {"EnvironmentVariables": PARAMETER}}) == UNDECIDED
