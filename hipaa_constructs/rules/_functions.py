"""What kind of function a Lambda function is: the CDK's own, one at the edge, or one of the app."""

from __future__ import annotations

import datetime
import re

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

DEPRECATED_ON = {
    "dotnet10": datetime.date(2028, 11, 14),
    "dotnet6": datetime.date(2024, 12, 20),
    "dotnet8": datetime.date(2026, 11, 10),
    "dotnetcore1.0": datetime.date(2019, 6, 27),
    "dotnetcore2.0": datetime.date(2019, 5, 30),
    "dotnetcore2.1": datetime.date(2022, 1, 5),
    "dotnetcore3.1": datetime.date(2023, 4, 3),
    "go1.x": datetime.date(2024, 1, 8),
    "java11": datetime.date(2027, 6, 30),
    "java17": datetime.date(2027, 6, 30),
    "java21": datetime.date(2029, 6, 30),
    "java25": datetime.date(2029, 6, 30),
    "java8": datetime.date(2024, 1, 8),
    "java8.al2": datetime.date(2027, 6, 30),
    "nodejs": datetime.date(2016, 8, 30),
    "nodejs10.x": datetime.date(2021, 7, 30),
    "nodejs12.x": datetime.date(2023, 3, 31),
    "nodejs14.x": datetime.date(2023, 12, 4),
    "nodejs16.x": datetime.date(2024, 6, 12),
    "nodejs18.x": datetime.date(2025, 9, 1),
    "nodejs20.x": datetime.date(2026, 4, 30),
    "nodejs22.x": datetime.date(2027, 4, 30),
    "nodejs24.x": datetime.date(2028, 4, 30),
    "nodejs4.3": datetime.date(2020, 3, 5),
    "nodejs4.3-edge": datetime.date(2020, 3, 5),
    "nodejs6.10": datetime.date(2019, 8, 12),
    "nodejs8.10": datetime.date(2020, 3, 6),
    "provided": datetime.date(2024, 1, 8),
    "provided.al2": datetime.date(2026, 7, 31),
    "provided.al2023": datetime.date(2029, 6, 30),
    "python2.7": datetime.date(2021, 7, 15),
    "python3.10": datetime.date(2026, 10, 31),
    "python3.11": datetime.date(2027, 6, 30),
    "python3.12": datetime.date(2028, 10, 31),
    "python3.13": datetime.date(2029, 6, 30),
    "python3.14": datetime.date(2029, 6, 30),
    "python3.6": datetime.date(2022, 7, 18),
    "python3.7": datetime.date(2023, 12, 4),
    "python3.8": datetime.date(2024, 10, 14),
    "python3.9": datetime.date(2025, 12, 15),
    "ruby2.5": datetime.date(2021, 7, 30),
    "ruby2.7": datetime.date(2023, 12, 7),
    "ruby3.2": datetime.date(2026, 3, 31),
    "ruby3.3": datetime.date(2027, 3, 31),
    "ruby3.4": datetime.date(2028, 3, 31),
    "ruby4.0": datetime.date(2029, 3, 31),
}
"""The day from which AWS no longer mends a runtime, as announced in November 2026; newer runtimes have no date yet.

AWS: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
"""


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
    return role is not None and assembly.once(("edge role", role), lambda: _trusts_the_edge(role))


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
