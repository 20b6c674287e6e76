"""What is judged of CodeBuild projects."""

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
    partly,
    resource,
    template,
    verdict,
)

VARIABLES, SOURCE = "CodebuildVariablesWithoutCredentials", "CodebuildSourceWithoutCredentials"
OUTPUT, LOGGED, PRIVILEGED = "CodebuildOutputEncrypted", "CodebuildBuildLogged", "CodebuildBuildNotPrivileged"
OFF = [(False, MET), ("false", MET), (GONE, MET), (True, BROKEN), (None, BROKEN), ([], BROKEN), (PARAMETER, UNDECIDED)]


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
        ({"Name": partly("STAGE"), "Value": "x"}, MET),
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
        (partly("https://me:secret@example.org/portal.git"), UNDECIDED),
        (partly("bucket/key.zip"), MET),
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


@pytest.mark.parametrize(("disabled", "wanted"), OFF)
def test_what_builds_leave_behind_is_encrypted(disabled: Json, wanted: str) -> None:
    switch: Json = {"Type": "S3", "EncryptionDisabled": disabled}
    assert judged(OUTPUT, {"Artifacts": switch}) == wanted
    assert judged(OUTPUT, {"SecondaryArtifacts": [{"Type": "S3"}, switch]}) == wanted
    assert judged(OUTPUT, {"LogsConfig": {"S3Logs": switch}}) == wanted
    group = resource("AWS::CodeBuild::ReportGroup", {"ExportConfig": {"S3Destination": switch}})
    assert verdict(OUTPUT, template({"It": group})) == wanted


def test_a_report_group_that_exports_nothing_is_let_be() -> None:
    group = resource("AWS::CodeBuild::ReportGroup", {"ExportConfig": {"ExportConfigType": "NO_EXPORT"}})
    assert verdict(OUTPUT, template({"It": group})) == MET


@pytest.mark.parametrize("place", ["Artifacts", "SecondaryArtifacts", "LogsConfig"])
def test_hidden_outputs_are_undecided(place: str) -> None:
    assert judged(OUTPUT, {place: PARAMETER}) == UNDECIDED


@pytest.mark.parametrize(
    ("watch", "bucket", "wanted"),
    [
        (GONE, GONE, MET),
        ("ENABLED", GONE, MET),
        ("DISABLED", GONE, BROKEN),
        ("DISABLED", "DISABLED", BROKEN),
        ("DISABLED", "ENABLED", MET),
        (PARAMETER, GONE, UNDECIDED),
        ("DISABLED", PARAMETER, UNDECIDED),
        (PARAMETER, "ENABLED", MET),
        *((value, GONE, BROKEN) for value in NEVER_TEXT),
    ],
)
def test_builds_are_logged(watch: Json, bucket: Json, wanted: str) -> None:
    config: Json = {"CloudWatchLogs": {"Status": watch}, "S3Logs": {"Status": bucket}}
    assert judged(LOGGED, {"LogsConfig": config}) == wanted


@pytest.mark.parametrize(("privileged", "wanted"), OFF)
def test_a_privileged_build_breaks(privileged: Json, wanted: str) -> None:
    assert judged(PRIVILEGED, {"Environment": {"PrivilegedMode": privileged}}) == wanted
    assert judged(PRIVILEGED, {"Environment": GONE}) == MET


@pytest.mark.parametrize("value", MALFORMED, ids=str)
def test_a_malformed_intrinsic_function_is_no_pass(value: Json) -> None:
    assert judged(PRIVILEGED, {"Environment": {"PrivilegedMode": value}}) in (BROKEN, UNDECIDED)
    assert judged(LOGGED, {"LogsConfig": {"CloudWatchLogs": {"Status": value}}}) in (BROKEN, UNDECIDED)
