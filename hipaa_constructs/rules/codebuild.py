"""What a template must show of AWS CodeBuild projects."""

from __future__ import annotations

import re

from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._outcome import MET, Outcome, all_met
from hipaa_constructs.rules._rule import rule

PROJECT = "AWS::CodeBuild::Project"
_GUIDE = "https://docs.aws.amazon.com/config/latest/developerguide/"
_CREDENTIALS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
_SIGNED_IN = re.compile(r"[a-z+]+://[^/@]+@", re.IGNORECASE)
_CONTROLS = ("164.308(a)(3)(i)", "164.308(a)(4)(ii)(A)", "164.308(a)(4)(ii)(C)", "164.312(a)(1)")


@rule(
    title="no project holds AWS credentials in plain variables",
    fix="grant to the project's ServiceRole, or give the variable the type SECRETS_MANAGER or PARAMETER_STORE",
    applies_to=(PROJECT,),
    controls=_CONTROLS,
    requirement="HC-343",
    same_as=(
        "cdk-nag:HIPAA.Security-CodeBuildProjectEnvVarAwsCred",
        "config:codebuild-project-envvar-awscred-check",
        "guard:CODEBUILD_PROJECT_ENVVAR_AWSCRED_CHECK",
    ),
    url=_GUIDE + "codebuild-project-envvar-awscred-check.html",
)
def codebuild_variables_without_credentials(project: Resource) -> Outcome:
    """Judge the names and types of the variables of the environment."""
    variables = project.at("Environment", "EnvironmentVariables")
    hidden = variables.undecided() if variables.is_unknown else MET
    return all_met([hidden, *(_no_credential(variable) for variable in variables.items())])


def _no_credential(variable: Node) -> Outcome:
    name, kind = variable.at("Name"), variable.at("Type")
    if variable.is_unknown or any(name.may_be(one) for one in _CREDENTIALS):
        return variable.undecided("an intrinsic function hides the variable")
    if name.value not in _CREDENTIALS:
        return MET
    return name.broken() if kind.is_absent else kind.must_be("SECRETS_MANAGER", "PARAMETER_STORE")


@rule(
    title="no project holds credentials in the URL of its source",
    fix="connect the repository by OAuth, CodeConnections or a secret, and write Location without user and password",
    applies_to=(PROJECT,),
    controls=_CONTROLS,
    requirement="HC-343",
    same_as=(
        "cdk-nag:HIPAA.Security-CodeBuildProjectSourceRepoUrl",
        "config:codebuild-project-source-repo-url-check",
        "guard:CODEBUILD_PROJECT_SOURCE_REPO_URL_CHECK",
    ),
    url=_GUIDE + "codebuild-project-source-repo-url-check.html",
)
def codebuild_source_without_credentials(project: Resource) -> Outcome:
    """Judge the locations of all sources; a project without a source has none."""
    places = [project.at("Source", "Location"), *project.each("SecondarySources", "*", "Location")]
    return all_met(_no_sign_in(place) for place in places)


def _no_sign_in(place: Node) -> Outcome:
    if _SIGNED_IN.match(place.outline()):
        return place.broken("a URL with a user or password")
    return place.undecided() if place.may_be("https://user:password@host/repository") else MET
