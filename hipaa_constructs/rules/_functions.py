"""What kind of function a Lambda function is: the CDK's own, one at the edge, or one of the app."""

from __future__ import annotations

import csv
import datetime
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from hipaa_constructs.rules._node import Resource
from hipaa_constructs.rules._policy import read

FUNCTION = "AWS::Lambda::Function"

_SINGLETONS = (
    "AWS679f53fac002430cb0da5b7982bd2287"
    "|BucketNotificationsHandler050a0587b7544547bf325f094a3db834"
    "|(Custom::|Custom)CDKBucketDeployment8693BB64968944B69AAFB0CC9EB8756C"
    "|LogRetentionaae0aa3c5b4d4f87b02d85b201efdd8a"
)
_OF_THE_CDK = re.compile(
    rf"(^|/)({_SINGLETONS})\w*/Resource$|CustomResourceProvider/Handler$|/framework-(onEvent|isComplete|onTimeout)/Resource$"
)
_IDS_OF_THE_CDK = re.compile(
    rf"^({_SINGLETONS})|CustomResourceProviderHandler[0-9A-F]{{8}}$|framework(onEvent|isComplete|onTimeout)[0-9A-F]{{8}}$"
)


def is_of_the_cdk(function: Resource) -> bool:
    """Tell whether the CDK made a function to carry deployments out: it meets no PHI, and nobody can configure it."""
    path = function.construct_path
    if path is not None:
        return _OF_THE_CDK.search(path) is not None
    return _IDS_OF_THE_CDK.search(function.logical_id) is not None


def is_at_the_edge(function: Resource) -> bool:
    """Tell whether a function runs in CloudFront, which takes no VPC, variables, dead letters or concurrency."""
    assembly = function.template.assembly
    if function in assembly.once("functions at the edge", lambda: _of_distributions(function)):
        return True
    role = function.at("Role").target()
    return role is not None and assembly.once(("edge role", role), lambda: _trusts_the_edge(role), of=role.template)


def _of_distributions(function: Resource) -> frozenset[Resource]:
    found: set[Resource] = set()
    for distribution in function.template.assembly.resources("AWS::CloudFront::Distribution"):
        config = distribution.at("DistributionConfig")
        for behavior in (config.at("DefaultCacheBehavior"), *config.each("CacheBehaviors", "*")):
            for place in behavior.each("LambdaFunctionAssociations", "*", "LambdaFunctionARN"):
                for target in place.targets():
                    found |= {target, *target.at("FunctionName").targets()}
    return frozenset(found)


def _trusts_the_edge(role: Resource) -> bool:
    statements, _ = read(role.at("AssumeRolePolicyDocument"))
    return any(place.text == "edgelambda.amazonaws.com" for one in statements for place in one.services())


def is_of_the_app(function: Resource) -> bool:
    """Tell whether a function is one that an app may configure as it likes."""
    return not is_of_the_cdk(function) and not is_at_the_edge(function)


@cache
def deprecated_on() -> Mapping[str, datetime.date]:
    """Return the day from which AWS no longer mends a runtime, by its name, as AWS announced it in November 2026.

    Newer runtimes have no date yet.

    AWS: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
    """
    text = files(__package__).joinpath("lambda_runtimes.csv").read_text("utf-8")
    rows = csv.DictReader(text.splitlines())
    return {row["runtime"]: datetime.date.fromisoformat(row["deprecated_on"]) for row in rows}
