"""What a template must show of AWS Batch jobs."""

from __future__ import annotations

from collections.abc import Iterator

from hipaa_constructs.rules._launches import listed
from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._outcome import MET, Outcome, all_met
from hipaa_constructs.rules._rule import Severity, rule
from hipaa_constructs.rules._variables import without_secret

JOB = "AWS::Batch::JobDefinition"
_GUIDE = "https://docs.aws.amazon.com/batch/latest/userguide/"


@rule(
    title="no container of a job is privileged",
    fix="leave Privileged out, or set it to false",
    applies_to=(JOB,),
    controls=("164.312(a)(1)",),
    requirement="HC-351",
    severity=Severity.WARNING,
    url=_GUIDE + "job_definition_parameters.html",
)
def batch_container_not_privileged(job: Resource) -> Outcome:
    """Judge the containers on ECS and on EKS; a privileged one is root of its host."""
    flags = [container.at("Privileged") for container in _containers(job)]
    flags += [container.at("SecurityContext", "Privileged") for container in _pods(job)]
    return all_met([MET, *(flag.must_be(False) for flag in flags if not flag.is_absent)])


@rule(
    title="no job gets a public IP address",
    fix="leave AssignPublicIp out, or set it to DISABLED",
    applies_to=(JOB,),
    controls=("164.312(a)(1)", "164.312(e)(1)"),
    requirement="HC-352",
    url=_GUIDE + "fargate.html",
)
def batch_job_without_public_address(job: Resource) -> Outcome:
    """Judge the networks of jobs on Fargate; on instances the subnets decide."""
    places = [
        group.at("NetworkConfiguration", "AssignPublicIp")
        for group in (*_single(job), *(task for tasks in _groups(job) for task in tasks))
    ]
    return all_met([MET, *(place.must_be("DISABLED") for place in places if not place.is_absent)])


@rule(
    title="no secret stands in the plain variables of a job",
    fix="name the secret or parameter in Secrets instead of Environment; mount the secret in a pod instead of Env",
    applies_to=(JOB,),
    controls=("164.312(a)(1)",),
    requirement="HC-353",
    url=_GUIDE + "specifying-sensitive-data.html",
)
def batch_variables_without_secrets(job: Resource) -> Outcome:
    """Judge the names and the forms of the values, of pods too; whoever may describe the job reads them."""
    variables = [one for container in _containers(job) for one in listed(container.at("Environment"))]
    variables += [one for container in _pods(job) for one in listed(container.at("Env"))]
    return all_met([MET, *map(without_secret, variables)])


def _single(job: Resource) -> Iterator[Node]:
    """Yield the containers that a job, or each range of its nodes, has one of."""
    own = job.at("ContainerProperties")
    if not own.is_absent:
        yield own
    for nodes in listed(job.at("NodeProperties", "NodeRangeProperties")):
        container = nodes.at("Container")
        if not container.is_absent:
            yield container


def _groups(job: Resource) -> Iterator[list[Node]]:
    """Yield the tasks of several containers each."""
    yield listed(job.at("EcsProperties", "TaskProperties"))
    for nodes in listed(job.at("NodeProperties", "NodeRangeProperties")):
        yield listed(nodes.at("EcsProperties", "TaskProperties"))


def _containers(job: Resource) -> Iterator[Node]:
    yield from _single(job)
    for tasks in _groups(job):
        for task in tasks:
            yield from listed(task.at("Containers"))


def _pods(job: Resource) -> Iterator[Node]:
    places = [job.at("EksProperties", "PodProperties")]
    places += [
        one.at("EksProperties", "PodProperties") for one in listed(job.at("NodeProperties", "NodeRangeProperties"))
    ]
    for place in places:
        for key in ("Containers", "InitContainers"):
            yield from listed(place.at(key))
