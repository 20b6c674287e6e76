"""What a template must show of the networks of ECS services: that their tasks reach what they start with."""

from __future__ import annotations

from collections.abc import Iterator

from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._outcome import MET, NOT_APPLICABLE, Outcome
from hipaa_constructs.rules._routes import SUBNET, subnet_has_neighbors, subnet_leads_out
from hipaa_constructs.rules._rule import rule
from hipaa_constructs.rules._value import UNKNOWN
from hipaa_constructs.rules.ecs import SERVICE

_ENDPOINT = "AWS::EC2::VPCEndpoint"
_IMAGES = ("ecr.api", "ecr.dkr", "s3")
"""What an image of Amazon ECR is pulled from; the layers come from Amazon S3."""
_SECRETS = {"AWS::SecretsManager::Secret": "secretsmanager", "AWS::SSM::Parameter": "ssm"}


@rule(
    title="every service in a network without a way out reaches the AWS services that its tasks start with",
    fix="add an AWS::EC2::VPCEndpoint of each to the VPC (endpoints='standard' of FlowLoggedVpc)",
    applies_to=(SERVICE,),
    controls=("164.312(e)(1)",),
    requirement="HC-040",
    url="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/vpc-endpoints.html",
)
def ecs_service_reaches_aws_services(service: Resource) -> Outcome:
    """Judge services in subnets of these templates that have a route table there, and in it no default route.

    Asked for are the endpoints of what the task definition names: images of Amazon ECR, the log driver awslogs, and
    secrets. What the program itself calls, the template does not say; nor what endpoints there are in a network that a
    transit gateway, a peering connection or a core network leads to.
    """
    places = service.at("NetworkConfiguration", "AwsvpcConfiguration", "Subnets")
    subnets = [one for place in places.items() for one in place.targets() if one.type == SUBNET]
    vpc = subnets[0].at("VpcId").target() if subnets else None
    if vpc is None or not all(subnet_leads_out(subnet) is False for subnet in subnets):
        return NOT_APPLICABLE
    task = service.at("TaskDefinition").target()
    needed = dict.fromkeys(_needed(task)) if task is not None else {}
    endpoints, unsure = vpc.template.assembly.pointing_at(vpc, _ENDPOINT, "VpcId")
    names = [_name(endpoint.at("ServiceName")) for endpoint in endpoints]
    missing = [name for name in needed if name not in names]
    if missing and (unsure or None in names):
        return places.undecided("an intrinsic function hides of which service, or in which VPC, an endpoint is")
    if missing and all(subnet_has_neighbors(subnet) for subnet in subnets):
        return places.undecided(f"another network may have the endpoint of {', '.join(missing)}")
    return places.broken(f"no endpoint of {', '.join(missing)}") if missing else MET


def _needed(task: Resource) -> Iterator[str]:
    for container in task.at("ContainerDefinitions").items():
        if ".dkr.ecr." in container.at("Image").outline():
            yield from _IMAGES
        if container.at("LogConfiguration", "LogDriver").text == "awslogs":
            yield "logs"
        for secret in container.each("Secrets", "*", "ValueFrom"):
            kinds = {target.type for target in secret.targets()}
            yield from (name for kind, name in _SECRETS.items() if kind in kinds or f":{name}:" in secret.outline())


def _name(service: Node) -> str | None:
    fields = service.outline().split(".", 3)
    return fields[3] if len(fields) == 4 and UNKNOWN not in fields[3] else None
