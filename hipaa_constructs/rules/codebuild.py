"""What a template must show of AWS CodeBuild projects."""

from __future__ import annotations

import re

from hipaa_constructs.rules._launches import listed
from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._outcome import MET, Outcome, all_met, any_met
from hipaa_constructs.rules._rule import Severity, rule

PROJECT = "AWS::CodeBuild::Project"
REPORT_GROUP = "AWS::CodeBuild::ReportGroup"
_USER_GUIDE = "https://docs.aws.amazon.com/codebuild/latest/userguide/"
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


@rule(
    title="what builds leave behind is encrypted",
    fix="leave EncryptionDisabled out of artifacts, S3 logs and report exports, or set it to false",
    applies_to=(PROJECT, REPORT_GROUP),
    controls=("164.312(a)(2)(iv)", "164.312(e)(2)(ii)"),
    requirement="HC-354",
    same_as=("checkov:CKV_AWS_78",),
    url=_USER_GUIDE + "security-encryption.html",
)
def codebuild_output_encrypted(resource: Resource) -> Outcome:
    """Judge that nobody turned the encryption off, which is on by default."""
    if resource.type == REPORT_GROUP:
        places = [resource.at("ExportConfig", "S3Destination")]
    else:
        places = [
            resource.at("Artifacts"),
            *listed(resource.at("SecondaryArtifacts")),
            resource.at("LogsConfig", "S3Logs"),
        ]
    flags = [place.at("EncryptionDisabled") for place in places]
    return all_met([MET, *(flag.must_be(False) for flag in flags if not flag.is_absent)])


@rule(
    title="every build is logged",
    fix="leave CloudWatchLogs.Status out of LogsConfig, or set it or S3Logs.Status to ENABLED",
    applies_to=(PROJECT,),
    controls=("164.312(b)",),
    requirement="HC-355",
    url=_USER_GUIDE + "change-project.html",
)
def codebuild_build_logged(project: Resource) -> Outcome:
    """Judge both logs, of which that in CloudWatch Logs is on by default."""
    own = project.at("LogsConfig", "CloudWatchLogs", "Status")
    return any_met(
        [
            MET if own.is_absent else own.must_be("ENABLED"),
            project.at("LogsConfig", "S3Logs", "Status").must_be("ENABLED"),
        ]
    )


@rule(
    title="no build is privileged",
    fix="leave PrivilegedMode out, or set it to false; building images needs it",
    applies_to=(PROJECT,),
    controls=("164.312(a)(1)",),
    requirement="HC-356",
    severity=Severity.WARNING,
    url=_USER_GUIDE + "sample-docker.html",
)
def codebuild_build_not_privileged(project: Resource) -> Outcome:
    """Judge the environment: a privileged build is root of its host."""
    place = project.at("Environment", "PrivilegedMode")
    return MET if place.is_absent else place.must_be(False)
