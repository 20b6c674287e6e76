"""What a template must show of the containers and volumes of ECS tasks."""

from __future__ import annotations

from collections.abc import Callable

from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._outcome import MET, NOT_APPLICABLE, Outcome, Verdict, all_met
from hipaa_constructs.rules._rule import Severity, rule
from hipaa_constructs.rules._value import UNKNOWN
from hipaa_constructs.rules._variables import without_secret

TASK = "AWS::ECS::TaskDefinition"
DAEMON = "AWS::ECS::DaemonTaskDefinition"
_GUIDE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/"
_ROOT = ("root", "0")


def _every_container(task: Resource, judge: Callable[[Node], Outcome]) -> Outcome:
    return _every(task.at("ContainerDefinitions"), judge)


def _every(places: Node, judge: Callable[[Node], Outcome]) -> Outcome:
    """Judge each place of a list, which need not be there."""
    if places.is_unknown:
        return places.undecided()
    if not places.is_absent and not isinstance(places.value, list):
        return places.broken()
    return all_met([MET, *(one.undecided() if one.is_unknown else judge(one) for one in places.items())])


def _is_windows(task: Resource) -> bool:
    return task.at("RuntimePlatform", "OperatingSystemFamily").outline().startswith("WINDOWS")


@rule(
    title="every container sends its logs to CloudWatch Logs",
    fix="set LogConfiguration with LogDriver awslogs and the option awslogs-group",
    applies_to=(TASK, DAEMON),
    controls=("164.312(b)",),
    requirement="HC-153",
    same_as=("cdk-nag:AwsSolutions-ECS7",),
    url=_GUIDE + "using_awslogs.html",
)
def ecs_container_logged(task: Resource) -> Outcome:
    """Judge the log driver of each container; where FireLens sends them, the template can't tell."""
    return _every_container(task, _logged)


def _logged(container: Node) -> Outcome:
    configured = container.at("LogConfiguration")
    if configured.is_unknown:
        return configured.undecided()
    driver = configured.at("LogDriver")
    if driver.value == "awsfirelens":
        return driver.undecided("FireLens sends them where its own configuration says")
    if driver.value != "awslogs":
        return driver.must_be("awslogs")
    return configured.at("Options", "awslogs-group").must_be_set()


@rule(
    title="every container has a root file system that it can only read",
    fix="set ReadonlyRootFilesystem to true, and mount a tmpfs where the program writes",
    applies_to=(TASK, DAEMON),
    controls=("164.312(c)(1)",),
    requirement="HC-160",
    same_as=("config:ecs-containers-readonly-access", "prowler:ecs_task_definitions_containers_readonly_access"),
    severity=Severity.WARNING,
    url=_GUIDE + "security-tasks-containers.html",
)
def ecs_container_read_only(task: Resource) -> Outcome:
    """Judge each container: what can't be written can't be tampered with. Windows knows no such file system."""
    if _is_windows(task):
        return NOT_APPLICABLE
    return _every_container(task, lambda container: container.at("ReadonlyRootFilesystem").must_be(True))


@rule(
    title="no container runs as root",
    fix="set User to a user that is not root, e.g. 1000:1000",
    applies_to=(TASK, DAEMON),
    controls=("164.312(a)(1)",),
    requirement="HC-159",
    severity=Severity.WARNING,
    url=_GUIDE + "security-tasks-containers.html",
)
def ecs_container_not_root(task: Resource) -> Outcome:
    """Judge the user of each container; without one the image decides, which a template does not show."""
    if _is_windows(task):
        return NOT_APPLICABLE
    return _every_container(task, _not_root)


def _not_root(container: Node) -> Outcome:
    user = container.at("User")
    name = user.outline().partition(":")[0]
    if name in _ROOT or (user.text is None and user.number is None and not user.is_unknown):
        return user.broken()
    return user.undecided() if UNKNOWN in name else user.must_be_set()


@rule(
    title="no container is privileged",
    fix="leave Privileged out, or set it to false",
    applies_to=(TASK, DAEMON),
    controls=("164.312(a)(1)",),
    requirement="HC-158",
    same_as=("prowler:ecs_task_definitions_no_privileged_containers",),
    url=_GUIDE + "security-tasks-containers.html",
)
def ecs_container_not_privileged(task: Resource) -> Outcome:
    """Judge each container; a privileged one is root of its host."""
    return _every_container(task, lambda container: _absent_or_false(container.at("Privileged")))


def _absent_or_false(place: Node) -> Outcome:
    return MET if place.is_absent else place.must_be(False)


@rule(
    title="no container in the network of its host runs as root",
    fix="set NetworkMode to awsvpc, or User of each container to a user that is not root and Privileged to false",
    applies_to=(TASK,),
    controls=(
        "164.308(a)(3)(i)",
        "164.308(a)(3)(ii)(A)",
        "164.308(a)(4)(ii)(A)",
        "164.308(a)(4)(ii)(C)",
        "164.312(a)(1)",
    ),
    requirement="HC-157",
    same_as=(
        "config:ecs-task-definition-user-for-host-mode-check",
        "guard:ECS_TASK_DEFINITION_USER_FOR_HOST_MODE_CHECK",
        "prowler:ecs_task_definitions_host_networking_mode_users",
    ),
    url="https://docs.aws.amazon.com/config/latest/developerguide/ecs-task-definition-user-for-host-mode-check.html",
)
def ecs_host_network_not_root(task: Resource) -> Outcome:
    """Judge the containers of tasks that share the network of their host, where root could read what others send."""
    mode = task.at("NetworkMode")
    if mode.value != "host" and not mode.may_be("host"):
        return NOT_APPLICABLE
    outcome = _every_container(task, lambda one: all_met([_not_root(one), _absent_or_false(one.at("Privileged"))]))
    return mode.undecided() if mode.is_unknown and outcome.verdict is Verdict.BROKEN else outcome


@rule(
    title="no secret stands in the plain variables of a container",
    fix="name the secret or parameter in Secrets instead of Environment",
    applies_to=(TASK, DAEMON),
    controls=("164.312(a)(1)",),
    requirement="HC-161",
    same_as=("prowler:ecs_task_definitions_no_environment_secrets",),
    url=_GUIDE + "specifying-sensitive-data.html",
)
def ecs_variables_without_secrets(task: Resource) -> Outcome:
    """Judge the names, the forms of the values and parameters with NoEcho; whoever may describe the task reads them."""
    return _every_container(task, lambda container: _every(container.at("Environment"), without_secret))


@rule(
    title="every task has a network interface of its own",
    fix="set NetworkMode to awsvpc",
    applies_to=(TASK,),
    controls=(
        "164.308(a)(3)(i)",
        "164.308(a)(4)(ii)(A)",
        "164.308(a)(4)(ii)(C)",
        "164.312(a)(1)",
        "164.312(e)(1)",
    ),
    requirement="HC-163",
    severity=Severity.WARNING,
    url=_GUIDE + "task-networking.html",
)
def ecs_task_has_own_network(task: Resource) -> Outcome:
    """Judge the network mode: only with awsvpc do security groups and flow logs tell one task from another."""
    return task.at("NetworkMode").must_be("awsvpc")


@rule(
    title="every EFS volume of a task is mounted with TLS",
    fix="set TransitEncryption to ENABLED in EFSVolumeConfiguration",
    applies_to=(TASK,),
    controls=("164.312(a)(2)(iv)", "164.312(e)(1)", "164.312(e)(2)(i)", "164.312(e)(2)(ii)"),
    requirement="HC-154",
    same_as=("checkov:CKV_AWS_97",),
    url=_GUIDE + "efs-volumes.html",
)
def ecs_task_mounts_efs_with_tls(task: Resource) -> Outcome:
    """Judge each volume of EFS."""
    return _every_file_system(task, lambda volume: volume.at("TransitEncryption").must_be("ENABLED"))


@rule(
    title="every EFS volume of a task asks IAM who may mount it",
    fix="set AuthorizationConfig.IAM to ENABLED in EFSVolumeConfiguration",
    applies_to=(TASK,),
    controls=("164.312(a)(1)",),
    requirement="HC-155",
    severity=Severity.WARNING,
    url=_GUIDE + "efs-volumes.html",
)
def ecs_task_mounts_efs_by_iam(task: Resource) -> Outcome:
    """Judge each volume of EFS."""
    return _every_file_system(task, lambda volume: volume.at("AuthorizationConfig", "IAM").must_be("ENABLED"))


def _every_file_system(task: Resource, judge: Callable[[Node], Outcome]) -> Outcome:
    volumes = task.at("Volumes")
    if volumes.is_unknown:
        return volumes.undecided()
    if not volumes.is_absent and not isinstance(volumes.value, list):
        return volumes.broken()
    places = [_file_system(volume) for volume in volumes.items()]
    found = [place for place in places if not place.is_absent]
    return all_met([NOT_APPLICABLE, *(one.undecided() if one.is_unknown else judge(one) for one in found)])


def _file_system(volume: Node) -> Node:
    # CloudFormation takes both spellings.
    place = volume.at("EFSVolumeConfiguration")
    return volume.at("EfsVolumeConfiguration") if place.is_absent else place
